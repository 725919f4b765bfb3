//! What a checker of files finds in the bytes.

use typeset::{Making, Placed, Typesetter};

use crate::{run, samples, set_invitation, set_minutes, set_report, typesetter};

#[test]
fn the_file_claims_and_holds_what_pdf_a_2a_wants() {
    let Some(file) = set_minutes(&samples::minutes()).and_then(|placed| plain(&placed)) else { return };

    for wanted in [
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "/OutputIntents",
        "/GTS_PDFA1",
        "/MarkInfo",
        "/Marked true",
        "/StructTreeRoot",
        "/Lang (vi-VN)",
        "/Alt",
    ] {
        assert!(file.contains(wanted), "{wanted} is missing");
    }
    for forbidden in ["/JavaScript", "/EmbeddedFile", "/Encrypt", "/Launch"] {
        assert!(!file.contains(forbidden), "{forbidden} is there");
    }
}

#[test]
fn a_report_is_pdf_a_3a_and_carries_its_findings() {
    let Some(placed) = set_report(&samples::report()) else { return };
    let Some(file) = plain(&placed) else { return };

    for wanted in ["<pdfaid:part>3</pdfaid:part>", "/AFRelationship /Data", "report.json", "report.xml"] {
        assert!(file.contains(wanted), "{wanted} is missing");
    }
    assert!(file.contains("{\"software\":\"ecabinet\"}") && file.contains("<ValidationReport/>"));
    let words = crate::text(&placed, 1).unwrap_or_default();
    assert!(words.contains("HỢP LỆ") && words.contains("Nguyễn Văn An"), "{words}");
}

#[test]
fn tags_tell_headings_lists_and_tables_apart() {
    let Some(file) = set_minutes(&samples::minutes()).and_then(|placed| plain(&placed)) else { return };

    for tag in ["/H1", "/H2", "/L", "/LI", "/Table", "/TR", "/TH", "/TD", "/Figure", "/P"] {
        assert!(file.lines().any(|line| line.trim() == format!("/S {tag}")), "no {tag}");
    }
}

#[test]
fn every_font_is_embedded() {
    let Some(file) = set_minutes(&samples::minutes()).and_then(|placed| plain(&placed)) else { return };
    let described = file.lines().filter(|line| line.trim() == "/Type /FontDescriptor").count();

    assert_eq!(described, 4);
    assert_eq!(file.matches("/FontFile2 ").count(), described);
}

#[test]
fn qpdf_has_nothing_to_say() {
    for placed in [set_invitation(&samples::invitation()), set_minutes(&samples::long_minutes())] {
        let Some(output) = placed.and_then(|placed| run("qpdf", &["--check", "{}"], &placed)) else { return };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn the_same_making_gives_the_same_bytes() {
    let (Some(first), Some(second)) = (typesetter(), typesetter()) else { return };
    let form = samples::minutes();
    let making = samples::making();
    let other = Making { ident: "another document".into(), ..samples::making() };
    let bytes = |typesetter: &Typesetter, making| typesetter.minutes(&form, making).unwrap().pdf;

    assert!(bytes(&first, &making) == bytes(&second, &making));
    assert!(bytes(&first, &making) != bytes(&first, &other));
}

#[test]
fn the_metadata_name_title_author_and_the_hour_in_vietnam() {
    let Some(file) = set_invitation(&samples::invitation()).and_then(|placed| plain(&placed)) else { return };

    assert!(file.contains("Giấy mời: Họp Ủy ban nhân dân xã, phiên thường kỳ tháng 11 năm 2026"));
    assert!(file.contains("<rdf:li>Ủy ban nhân dân xã Quế Sơn</rdf:li>"));
    assert!(file.contains("2026-11-05T11:30:00+07:00"));
}

/// The file with its objects and streams in the clear.
fn plain(placed: &Placed) -> Option<String> {
    let output = run("qpdf", &["--qdf", "--object-streams=disable", "{}", "-"], placed)?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}
