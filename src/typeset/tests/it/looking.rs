//! For the eye: writes the sample forms into a folder, if one is named.

use crate::{samples, set_document, set_invitation, set_minutes, set_notice, set_report};

/// `ECABINET_TEST_LOOK=look cargo test -p typeset looking`, then open the files.
#[test]
fn samples_are_written_where_someone_looks() {
    let Some(folder) = std::env::var_os("ECABINET_TEST_LOOK").map(std::path::PathBuf::from) else { return };
    let mut long = samples::long_minutes();
    long.banner = Some("VĂN BẢN THỬ NGHIỆM – KHÔNG CÓ GIÁ TRỊ".into());
    for (name, placed) in [
        ("invitation.pdf", set_invitation(&samples::invitation())),
        ("minutes.pdf", set_minutes(&samples::minutes())),
        ("long.pdf", set_minutes(&long)),
        ("notice.pdf", set_notice(&samples::notice())),
        ("document.pdf", set_document(&samples::document())),
        ("report.pdf", set_report(&samples::report())),
    ] {
        let Some(placed) = placed else { return };
        std::fs::write(folder.join(name), placed.pdf).unwrap();
    }
}
