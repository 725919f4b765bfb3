//! Files on their way in.

use std::path::{Path, PathBuf};

use axum::body::Bytes;
use axum::response::IntoResponse;
use ecabinet::papers::{PaperError, State, UploadError, actions, urls, web};
use ecabinet::sql;
use ecabinet::storage::Hash;

use super::{Sent, actor, added, scratch_files, state, upload};
use crate::harness::pdf::{PdfBuilder, pdf};
use crate::harness::server::has_program;
use crate::harness::{TestApp, left_out, noon};
use crate::on_both;

on_both! {
    async fn every_file_that_cannot_be_taken_is_refused_and_leaves_nothing(app) {
        let whole = pdf(&["Tờ trình"]);
        let locked = PdfBuilder::new().page("x").build_with_trailer(
            "/ID [<00> <00>] /Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4 \
             /O <0000000000000000000000000000000000000000000000000000000000000000> \
             /U <0000000000000000000000000000000000000000000000000000000000000000> >>",
        );
        let refused = async |name: &str, bytes: &[u8]| upload(&app, name, bytes).await.unwrap_err();
        assert!(matches!(refused("a.pdf", b"").await, UploadError::Empty));
        let large = [whole.as_slice(), &vec![b' '; 9 << 20]].concat();
        assert!(matches!(refused("a.pdf", &large).await, UploadError::TooLarge { limit_mib: 8 }));
        assert!(matches!(refused("a.pdf", b"MZ\x90\x00 a program").await, UploadError::NotADocument));
        assert!(matches!(refused("a.docx", b"PK\x03\x04 no zip").await, UploadError::NotADocument));
        assert!(matches!(refused("a.pdf", &whole[..whole.len() - 60]).await, UploadError::Truncated));
        assert!(matches!(refused("a.pdf", b"%PDF-1.7\nnothing\n%%EOF").await, UploadError::Unreadable));
        assert!(matches!(refused("a.pdf", &locked).await, UploadError::NeedsPassword));
        assert!(matches!(refused("Kế hoạch (Tối mật).pdf", &whole).await, UploadError::Classified(_)));
        assert!(matches!(refused("a.pdf", &pdf(&["UBND\nTUYỆT MẬT\nSố 1"])).await, UploadError::Classified(_)));
        assert_eq!(scratch_files(&app), 0);
        assert!(std::fs::read_dir(app.app.config.storage_url.strip_prefix("file:").unwrap()).unwrap().next().is_none());
    }

    async fn the_bytes_come_back_exactly(app) {
        let sent = pdf(&["Tờ trình số 118", "Phụ lục"]);
        let (_, version) = added(&app, "Tờ trình", &sent).await;
        let answer = app.sign_in("secretary").await.get(&urls::file(version)).await;
        assert_eq!((answer.status, Hash::of(&answer.body)), (200, Hash::of(&sent)));
        assert_eq!(answer.headers["content-type"], "application/pdf");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert!(answer.headers["content-security-policy"].to_str().unwrap().starts_with("sandbox"));
    }

    async fn a_new_version_keeps_the_one_before(app) {
        let (paper, first) = added(&app, "Tờ trình", &pdf(&["Bản thứ nhất"])).await;
        let next = upload(&app, "moi.pdf", &pdf(&["Bản thứ hai"])).await.unwrap();
        let secretary = actor(&app, "secretary").await;
        let mut tx = app.app.db.write().await.unwrap();
        let second = actions::add_version(&mut tx, &secretary, paper, &next, noon()).await.unwrap();
        let latest = ecabinet::papers::latest_version(&mut tx, app.organisation, paper).await.unwrap().unwrap();
        assert_eq!((latest.id, latest.number), (second, 2));
        tx.commit().await.unwrap();
        let mut browser = app.sign_in("secretary").await;
        assert_eq!(browser.get(&urls::file(first)).await.body, pdf(&["Bản thứ nhất"]));
        assert_eq!(browser.get(&urls::file(second)).await.body, pdf(&["Bản thứ hai"]));
    }

    async fn two_new_versions_at_once_get_two_numbers(app) {
        let (paper, _) = added(&app, "Tờ trình", &pdf(&["Bản thứ nhất"])).await;
        let next = upload(&app, "moi.pdf", &pdf(&["Bản khác"])).await.unwrap();
        let secretary = actor(&app, "secretary").await;
        let one = async || {
            let mut tx = app.app.db.write().await.unwrap();
            actions::add_version(&mut tx, &secretary, paper, &next, noon()).await.unwrap();
            tx.commit().await.unwrap();
        };
        tokio::join!(one(), one(), one(), one());
        let mut tx = app.app.db.read().await.unwrap();
        let latest = ecabinet::papers::latest_version(&mut tx, app.organisation, paper).await.unwrap().unwrap();
        assert_eq!(latest.number, 5);
    }

    async fn another_organisations_paper_takes_no_version(app) {
        let (paper, _) = added(&app, "Tờ trình", &pdf(&["Bản thứ nhất"])).await;
        let next = upload(&app, "moi.pdf", &pdf(&["Bản lạ"])).await.unwrap();
        let stranger = actor(&app, "stranger").await;
        let mut tx = app.app.db.write().await.unwrap();
        let refused = actions::add_version(&mut tx, &stranger, paper, &next, noon()).await;
        assert!(matches!(refused, Err(PaperError::NotFound)));
        let refused = actions::rename_paper(&mut tx, &stranger, paper, "Tên khác", noon()).await;
        assert!(matches!(refused, Err(PaperError::NotFound)));
    }

    async fn a_title_is_cleaned_and_may_bear_no_marking(app) {
        let sent = upload(&app, "a.pdf", &pdf(&["x"])).await.unwrap();
        let secretary = actor(&app, "secretary").await;
        let mut tx = app.app.db.write().await.unwrap();
        let refused = actions::add_paper(&mut tx, &secretary, &sent, "Báo cáo (Mật)", noon()).await;
        assert!(matches!(refused, Err(PaperError::Classified(_))));
        assert!(matches!(actions::add_paper(&mut tx, &secretary, &sent, " \n", noon()).await, Err(PaperError::Title)));
        let paper = actions::add_paper(&mut tx, &secretary, &sent, " Tờ\u{202e}  trình ", noon()).await.unwrap();
        actions::rename_paper(&mut tx, &secretary, paper, "Tờ trình 2", noon()).await.unwrap();
        let latest = ecabinet::papers::latest_version(&mut tx, app.organisation, paper).await.unwrap().unwrap();
        assert_eq!(latest.title, "Tờ trình 2");
    }

    async fn a_transfer_cut_short_leaves_nothing(app) {
        let whole = pdf(&["Tờ trình"]);
        let half = Bytes::copy_from_slice(&whole[..whole.len() / 2]);
        let broken: [Sent; 2] = [Ok(half.clone()), Err(std::io::Error::other("cut"))];
        let refused = actions::read_upload(&app.app, "a.pdf", futures_util::stream::iter(broken)).await;
        assert!(matches!(refused, Err(UploadError::BrokenOff)));

        // The browser goes away: the request is dropped where it waits for more.
        let waiting = futures_util::StreamExt::chain(
            futures_util::stream::iter([Sent::Ok(half)]),
            futures_util::stream::pending(),
        );
        let mut gone = Box::pin(actions::read_upload(&app.app, "a.pdf", waiting));
        let short = std::time::Duration::from_millis(200);
        assert!(tokio::time::timeout(short, &mut gone).await.is_err());
        assert_eq!(scratch_files(&app), 1);
        drop(gone);
        assert_eq!(scratch_files(&app), 0);
        let mut tx = app.app.db.read().await.unwrap();
        let (rows,) = sql!(tx => fetch_one "SELECT count(id) FROM paper_version" as (i64,)).unwrap();
        assert_eq!(rows, 0);
    }

    async fn a_hostile_name_is_shown_and_sent_harmlessly(app) {
        let name = "../..\\<script>alert(1)</script>\"\r\nSet-Cookie: a=b; tờ trình.pdf";
        let sent = upload(&app, name, &pdf(&["x"])).await.unwrap();
        let secretary = actor(&app, "secretary").await;
        let mut tx = app.app.db.write().await.unwrap();
        let paper = actions::add_paper(&mut tx, &secretary, &sent, "<b>Tờ</b> \"trình\"", noon()).await.unwrap();
        let version = ecabinet::papers::latest_version(&mut tx, app.organisation, paper).await.unwrap().unwrap().id;
        tx.commit().await.unwrap();
        let mut browser = app.sign_in("secretary").await;
        let page = browser.get(&urls::reader(version)).await.text();
        assert!(!page.contains("<b>Tờ</b>") && !page.contains("<script>alert"), "{page}");
        let answer = browser.get(&urls::file(version)).await;
        let header = answer.headers["content-disposition"].to_str().unwrap();
        assert!(header.starts_with("attachment; filename=\"script__Set-Cookie"), "{header}");
        assert!(header.ends_with("t%E1%BB%9D%20tr%C3%ACnh.pdf") && answer.headers.get("set-cookie").is_none());
    }

    async fn a_pdf_that_breaks_its_reader_hurts_nobody(app) {
        let hostile = PdfBuilder::new().page("Trang một").page_that_overflows().build();
        let (_, version) = added(&app, "Tài liệu lạ", &hostile).await;
        let (_, good) = added(&app, "Tài liệu thường", &pdf(&["Trang một"])).await;
        app.run_jobs().await;
        assert_eq!((state(&app, version).await, state(&app, good).await), (State::Unreadable, State::Ready));
        let mut browser = app.sign_in("secretary").await;
        let page = browser.get(&urls::reader(version)).await;
        assert_eq!(page.status, 200);
        assert!(page.visible_text().contains("không hiển thị được"), "{}", page.visible_text());
        assert_eq!(browser.get(&urls::file(version)).await.body, hostile);
        // Its first page breaks the reader: then it is not taken at all.
        let at_once = upload(&app, "a.pdf", &PdfBuilder::new().page_that_overflows().build()).await;
        assert!(matches!(at_once, Err(UploadError::Unreadable)));
    }
}

#[test]
fn every_refusal_has_its_own_sentence() {
    use ecabinet::papers::Marking;
    use ecabinet::web::Lang;
    let refusals = [
        UploadError::Empty,
        UploadError::TooLarge { limit_mib: 8 },
        UploadError::BrokenOff,
        UploadError::NotADocument,
        UploadError::Truncated,
        UploadError::Unreadable,
        UploadError::NeedsPassword,
        UploadError::Classified(Marking::Secret),
        UploadError::Bomb,
        UploadError::NoConverter,
        UploadError::NotConverted,
    ];
    let mut sentences = std::collections::BTreeSet::new();
    for refusal in refusals {
        let status = if matches!(refusal, UploadError::TooLarge { .. }) { 413 } else { 422 };
        let error = web::upload_refusal(refusal);
        assert_eq!(error.clone().into_response().status(), status);
        let (ecabinet::web::Error::Invalid(message) | ecabinet::web::Error::TooLarge(message)) = error else {
            panic!("{error:?}");
        };
        for lang in [Lang::Vi, Lang::En] {
            assert!(sentences.insert(message.text(lang)), "{} is said twice", message.key);
        }
    }
}

/// Files of all kinds; `None` where the corpus is not at hand.
#[expect(clippy::disallowed_methods, reason = "ECABINET_TEST_… speaks to the tests")]
fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let folder = std::env::var("ECABINET_TEST_CORPUS").map_or(beside, PathBuf::from).join("pdfs");
    if !folder.is_dir() {
        left_out("corpus", "set ECABINET_TEST_CORPUS to the folder of sample files");
        return None;
    }
    Some(folder)
}

on_both! {
    async fn every_sample_file_is_shown_or_refused_with_a_reason(app) {
        let Some(folder) = corpus() else { return };
        let mut shown = 0;
        let mut browser = app.sign_in("secretary").await;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|ending| ending != "pdf") {
                continue;
            }
            let bytes = tokio::fs::read(&path).await.unwrap();
            if let Err(error) = upload(&app, "a.pdf", &bytes).await {
                let is_reason = !matches!(error, UploadError::Storage(_) | UploadError::Examine(_));
                assert!(is_reason, "{}: {error}", path.display());
                continue;
            }
            let (_, version) = added(&app, "Tệp mẫu", &bytes).await;
            app.run_jobs().await;
            assert_eq!(state(&app, version).await, State::Ready, "{}", path.display());
            let picture = browser.get(&urls::page_image(version, 1, 160)).await;
            assert_eq!(picture.status, 200, "{}", path.display());
            assert_eq!(browser.get(&urls::reader(version)).await.status, 200);
            shown += 1;
        }
        assert!(shown >= 15, "only {shown} could be shown");
    }
}

/// A zip file with these entries, nothing packed; `claimed` is what the
/// table of contents says each unpacks to.
fn zip(entries: &[(&str, &str)], claimed: Option<u32>) -> Vec<u8> {
    let (mut bytes, mut table) = (Vec::new(), Vec::new());
    for (name, content) in entries {
        let mut crc = !0_u32;
        for byte in content.bytes() {
            crc ^= u32::from(byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
            }
        }
        let offset = bytes.len() as u32;
        let size = content.len() as u32;
        let mut fields = [20_u16, 0, 0, 0, 0].map(u16::to_le_bytes).concat();
        fields.extend([!crc, size, claimed.unwrap_or(size)].map(u32::to_le_bytes).concat());
        fields.extend([name.len() as u16, 0].map(u16::to_le_bytes).concat());
        bytes.extend([b"PK\x03\x04", fields.as_slice(), name.as_bytes(), content.as_bytes()].concat());
        let rest = [[0; 10].as_slice(), &offset.to_le_bytes()].concat();
        table.extend([b"PK\x01\x02\x14\x00", fields.as_slice(), &rest, name.as_bytes()].concat());
    }
    let count = entries.len() as u16;
    let end = [0, 0, count, count].map(u16::to_le_bytes).concat();
    let place = [table.len() as u32, bytes.len() as u32].map(u32::to_le_bytes).concat();
    [bytes, table, b"PK\x05\x06".to_vec(), end, place, vec![0, 0]].concat()
}

const DOCUMENT: &str = "<?xml version=\"1.0\"?><office:document-content \
xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" office:version=\"1.2\"><office:body><office:text>\
<text:p>Tờ trình về chợ Điện Bàn</text:p></office:text></office:body></office:document-content>";
const MANIFEST: &str = "<?xml version=\"1.0\"?><manifest:manifest \
xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" manifest:version=\"1.2\">\
<manifest:file-entry manifest:full-path=\"/\" manifest:media-type=\"application/vnd.oasis.opendocument.text\"/>\
<manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/></manifest:manifest>";

fn odt() -> Vec<u8> {
    zip(
        &[
            ("mimetype", "application/vnd.oasis.opendocument.text"),
            ("content.xml", DOCUMENT),
            ("META-INF/manifest.xml", MANIFEST),
        ],
        None,
    )
}

#[tokio::test]
async fn an_office_file_becomes_a_pdf_or_is_refused_clearly() {
    let app = TestApp::new(crate::harness::Database::Sqlite).await.unwrap();
    let taken = upload(&app, "Tờ trình.odt", &odt()).await;
    if !has_program("soffice") {
        left_out("office files", "soffice is not installed");
        assert!(matches!(taken, Err(UploadError::NoConverter)));
        return;
    }
    let taken = taken.unwrap();
    assert_eq!((taken.pages, taken.title.as_str()), (1, "Tờ trình"));
    assert_eq!(taken.source, Some(Hash::of(&odt())));
    assert!(app.app.storage.read(taken.hash).await.unwrap().starts_with(b"%PDF-"));
    assert_eq!(scratch_files(&app), 0);
}

#[tokio::test]
async fn a_zip_bomb_and_a_plain_zip_are_refused_unopened() {
    let app = TestApp::new(crate::harness::Database::Sqlite).await.unwrap();
    let bomb = zip(&[("[Content_Types].xml", "x"), ("word/document.xml", "x")], Some(0x7fff_ffff));
    assert!(matches!(upload(&app, "a.docx", &bomb).await, Err(UploadError::Bomb)));
    let plain = zip(&[("run.exe", "MZ")], None);
    assert!(matches!(upload(&app, "a.docx", &plain).await, Err(UploadError::NotADocument)));
}
