//! The verdict, for anyone: the page, the JSON, and the code on a paper.

use axum::body::Body;
use axum::http::{Method, header};
use ecabinet::papers;
use ecabinet::signing::urls;
use ecabinet::verify::{RootId, urls as verify_urls};
use serde_json::Value;

use crate::harness::{Browser, TestApp};
use crate::on_both;
use crate::signing::{PIN, open, practising, set_up, signed_by_both, small_pdf, status};

async fn signed_file(app: &TestApp) -> Vec<u8> {
    let (document, _) = signed_by_both(app).await;
    app.app.storage.read(status(app, document).await.sha256).await.unwrap().to_vec()
}

/// The file with one letter of what was signed exchanged.
pub fn altered(file: &[u8]) -> Vec<u8> {
    let at = file.windows(8).position(|window| window == b"/MediaBo").unwrap() + 11;
    let mut altered = file.to_vec();
    let place = altered[at..].iter().position(|byte| *byte == b'5').unwrap() + at;
    altered[place] = b'6';
    altered
}

async fn verdict_json(browser: &mut Browser, file: Vec<u8>) -> Value {
    let request = browser
        .request(Method::POST, "/api/v1/verify?name=a.pdf")
        .header(header::CONTENT_TYPE, "application/pdf")
        .body(Body::from(file))
        .unwrap();
    let answer = browser.send(request).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    serde_json::from_slice(&answer.body).unwrap()
}

on_both! {
    async fn anyone_gets_a_verdict_without_signing_in(app) {
        let app = practising(app).await;
        let file = signed_file(&app).await;
        let mut browser = app.browser();
        assert!(browser.get("/verify").await.visible_text().contains("không lưu lại"));
        let good = browser.upload("/verify", "tốt.pdf", &file, &[]).await;
        let text = good.visible_text();
        assert_eq!(good.status, 200);
        for part in [
            "Hợp lệ",
            "tốt.pdf",
            "CHỨNG THƯ THỬ NGHIỆM",
            "Nguyễn Văn secretary",
            "Nguyễn Văn chair",
            "Tổ chức cấp chứng thư (CA)",
            "Cơ quan, đơn vị quản lý UBND phường An Hải",
            "12:00:00 23/11/2026 (+07:00), theo dấu thời gian",
            "Trong thời hạn",
            "từ 12:00:00 22/11/2026",
        ] {
            assert!(text.contains(part), "{part} is missing: {text}");
        }
        assert!(text.contains("Chưa kiểm tra: chứng thư có bị thu hồi"), "a light without its limit: {text}");
        let bad = browser.upload("/verify", "sửa.pdf", &altered(&file), &[]).await.visible_text();
        assert!(bad.contains("Không hợp lệ") && bad.contains("Không nguyên vẹn"), "{bad}");
        let plain = browser.upload("/verify", "trơn.pdf", &small_pdf(), &[]).await.visible_text();
        assert!(plain.contains("Không có chữ ký số"), "{plain}");
        let garbage = browser.upload("/verify", "ảnh.pdf", b"no PDF at all", &[]).await.visible_text();
        assert!(garbage.contains("Đây không phải là tệp PDF"), "{garbage}");
    }

    async fn a_kept_file_shows_its_versions_its_changed_pages_and_its_report(app) {
        let app = practising(app).await;
        let file = signed_file(&app).await;
        let mut browser = app.browser();
        let sent = browser.upload("/verify", "tốt.pdf", &file, &[("keep", "on")]).await;
        let base = sent.location();
        assert!(sent.status == 303 && base.starts_with("/verify/kept/"), "{} {base}", sent.status);
        // Another visitor of the same service, who has the address.
        let mut other = browser.clone();
        let page = other.get(&base).await;
        let text = page.visible_text();
        for part in [
            "Tệp được giữ đến 12:30",
            "Diễn biến của tệp Lập tệp, chưa có chữ ký",
            "Phiên bản 3",
            "kết thúc bằng chữ ký của Nguyễn Văn chair",
            "Những trang đã thay đổi",
            "Số trang trông khác đi: 1",
            "Báo cáo PDF",
        ] {
            assert!(text.contains(part), "{part} is missing: {text}");
        }
        for revision in [2, 3] {
            let picture = format!("{base}/revisions/{revision}/pages/1");
            assert!(page.text().contains(&picture), "{picture} is not on the page");
            let drawn = other.get(&picture).await;
            assert_eq!((drawn.status, &drawn.body[..4]), (200, &b"\x89PNG"[..]));
        }
        let first = other.get(&format!("{base}/revisions/1")).await.body;
        let last = other.get(&format!("{base}/revisions/3")).await.body;
        assert!(file.starts_with(&first) && first.len() < file.len() && last == file);
        let report: Value = serde_json::from_slice(&other.get(&format!("{base}/reports/json")).await.body).unwrap();
        assert_eq!((&report["result"]["verdict"], &report["result"]["file"]), (&"valid".into(), &"tốt.pdf".into()));
        assert!(other.get(&format!("{base}/reports/xml")).await.text().contains("mainindication:total-passed"));
        let pdf = other.get(&format!("{base}/reports/pdf")).await.body;
        assert_eq!(verdict_json(&mut other, pdf).await["verdict"], "valid", "signed with the test key");
        for nothing in ["/revisions/0", "/revisions/4", "/revisions/1/pages/9", "/reports/doc"] {
            assert_eq!(other.get(&format!("{base}{nothing}")).await.status, 404, "{nothing}");
        }
        app.app.clock.advance(30 * 60);
        assert_eq!(other.get(&base).await.status, 404);
        assert_eq!(std::fs::read_dir(&app.app.config.scratch).unwrap().count(), 0, "it is wiped");
    }

    async fn a_file_added_to_after_signing_shows_what_was_added(app) {
        let app = practising(app).await;
        let mut file = signed_file(&app).await;
        file.extend_from_slice(b"\nnobody signed this\n");
        let mut browser = app.browser();
        let sent = browser.upload("/verify", "thêm.pdf", &file, &[("keep", "on")]).await;
        let page = browser.get(&sent.location()).await.visible_text();
        assert!(!page.contains("Hợp lệ Tất cả"), "{page}");
    }

    async fn papers_of_the_office_get_the_same_answer(app) {
        let app = practising(app).await;
        let file = signed_file(&app).await;
        let mut meeting = app.meeting().draft().await;
        let item = meeting.items[0].to_string();
        let path = meeting.path("papers");
        assert_eq!(meeting.secretary.upload(&path, "đã ký.pdf", &file, &[("item", &item)]).await.status, 303);
        let version = latest_paper(&app).await;
        let page = meeting.secretary.get(&papers::urls::verdict(version)).await;
        assert_eq!(page.status, 200);
        assert!(page.visible_text().contains("Tất cả 2 chữ ký đều hợp lệ"), "{}", page.visible_text());
        let own = meeting.secretary.get(&format!("{}/revisions/3", papers::urls::verdict(version))).await;
        assert_eq!(own.body, file);
        assert_eq!(app.sign_in("guest").await.get(&papers::urls::verdict(version)).await.status, 404);
        assert_eq!(app.sign_in("stranger").await.get(&papers::urls::verdict(version)).await.status, 404);
    }

    async fn a_light_stands_beside_each_signed_file_until_the_list_changes(app) {
        let app = practising(app).await;
        let file = signed_file(&app).await;
        let mut meeting = app.meeting().published().await;
        let (item, agenda_path) = (meeting.items[0].to_string(), format!("/meetings/{}", meeting.id));
        let path = meeting.path("papers");
        for (name, bytes) in [("đã ký.pdf", file.clone()), ("trơn.pdf", small_pdf()), ("sửa.pdf", altered(&file))] {
            assert_eq!(meeting.secretary.upload(&path, name, &bytes, &[("item", &item)]).await.status, 303);
        }
        app.run_jobs().await;
        let agenda = meeting.secretary.get(&agenda_path).await.visible_text();
        assert_eq!(agenda.matches("Chữ ký hợp lệ").count(), 1, "{agenda}");
        assert_eq!(agenda.matches("Chữ ký không hợp lệ").count(), 1, "{agenda}");
        let queue = app.sign_in("secretary").await.get("/signing").await.visible_text();
        assert!(queue.contains("Chữ ký hợp lệ"), "{queue}");
        let (mut first, mut second) = (app.sign_in("admin").await, app.sign_in("stranger").await);
        first.upload("/trust/roots", "root.pem", &own_root(), &[]).await;
        second.post(&verify_urls::confirmation(root_id(&app).await), &[]).await;
        let agenda = meeting.secretary.get(&agenda_path).await.visible_text();
        assert!(!agenda.contains("Chữ ký hợp lệ"), "a light of another list: {agenda}");
        app.run_jobs().await;
        let agenda = meeting.secretary.get(&agenda_path).await.visible_text();
        assert!(agenda.contains("Chữ ký hợp lệ"), "{agenda}");
    }

    async fn a_result_put_aside_tells_what_has_changed_since(app) {
        let app = practising(app).await;
        let file = signed_file(&app).await;
        let mut meeting = app.meeting().draft().await;
        let item = meeting.items[0].to_string();
        let path = meeting.path("papers");
        meeting.secretary.upload(&path, "đã ký.pdf", &file, &[("item", &item)]).await;
        let page = papers::urls::verdict(latest_paper(&app).await);
        let kept = meeting.secretary.post(&format!("{page}/reports"), &[]).await;
        assert_eq!((kept.status, kept.location()), (303, page.clone()));
        app.app.clock.advance(3600);
        let same = meeting.secretary.get(&page).await.visible_text();
        assert!(same.contains("Không đổi so với kết quả Nguyễn Văn secretary lưu lúc 12:00"), "{same}");
        let (mut first, mut second) = (app.sign_in("admin").await, app.sign_in("stranger").await);
        first.upload("/trust/roots", "root.pem", &own_root(), &[]).await;
        second.post(&verify_urls::confirmation(root_id(&app).await), &[]).await;
        let changed = meeting.secretary.get(&page).await.visible_text();
        assert!(changed.contains("Danh sách tin cậy đã thay đổi"), "{changed}");
        let (document, _) = signed_by_both(&app).await;
        let code = status(&app, document).await.code;
        let reports = format!("{}/reports", urls::public(&code));
        assert_eq!(second.post(&reports, &[]).await.status, 404, "not of this office");
        assert_eq!(first.post(&reports, &[]).await.status, 303);
        let stranger = app.browser().get(&urls::public(&code)).await.visible_text();
        assert!(stranger.contains("Báo cáo PDF") && !stranger.contains("lưu lúc"), "{stranger}");
    }

    async fn two_administrators_put_a_root_on_the_list_and_take_it_off(app) {
        let practice = practising(TestApp::new(crate::harness::Database::Sqlite).await.unwrap()).await;
        let file = signed_file(&practice).await;
        let before = app.browser().upload("/verify", "a.pdf", &file, &[]).await.visible_text();
        assert!(before.contains("Chưa kết luận được"), "{before}");
        let (mut first, mut second) = (app.sign_in("admin").await, app.sign_in("stranger").await);
        let root = own_root();
        let added = first.upload("/trust/roots", "root.pem", &root, &[]).await;
        assert_eq!(added.status, 303, "{}", added.visible_text());
        let again = second.upload("/trust/roots", "root.pem", &root, &[]).await;
        assert_eq!(again.status, 422);
        assert!(again.visible_text().contains("đã có trong danh sách"), "{}", again.visible_text());
        let id = root_id(&app).await;
        let empty = fingerprint(&app).await;
        let own = first.post(&verify_urls::confirmation(id), &[]).await;
        assert!(own.status == 422 && own.visible_text().contains("không thể tự đồng ý"), "{}", own.visible_text());
        assert_eq!(fingerprint(&app).await, empty, "one person changes nothing");
        assert_eq!(second.post(&verify_urls::confirmation(id), &[]).await.status, 303);
        assert_ne!(fingerprint(&app).await, empty);
        let page = second.get("/trust").await.visible_text();
        assert!(page.contains("Gốc thử của cơ quan") && page.contains("Đang tin cậy"), "{page}");
        assert_eq!(second.post(&verify_urls::removal(id), &[]).await.status, 303);
        assert_eq!(second.post(&verify_urls::confirmation(id), &[]).await.status, 422);
        assert_ne!(fingerprint(&app).await, empty, "it counts until another agrees");
        assert_eq!(first.post(&verify_urls::withdrawal(id), &[]).await.status, 303);
        assert_eq!(first.post(&verify_urls::removal(id), &[]).await.status, 303);
        assert_eq!(second.post(&verify_urls::confirmation(id), &[]).await.status, 303);
        assert_eq!(fingerprint(&app).await, empty);
        assert_eq!(first.post(&verify_urls::confirmation(id), &[]).await.status, 422, "decided already");
        let log = first.get("/audit").await.visible_text();
        assert!(log.contains("Đề nghị tin cậy một chứng thư gốc"), "{log}");
        assert_eq!(app.sign_in("secretary").await.get("/trust").await.status, 403);
    }

    async fn an_office_in_earnest_refuses_the_test_root_whoever_loads_it(app) {
        let mut admin = app.sign_in("admin").await;
        let test_root = ecabinet::signing::authority::ROOT;
        let refused = admin.upload("/trust/roots", "root.pem", test_root, &[]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.visible_text().contains("không bao giờ được tin cậy"), "{}", refused.visible_text());
        let garbage = admin.upload("/trust/roots", "root.pem", b"no certificate", &[]).await;
        assert!(garbage.visible_text().contains("không chứa chứng thư nào"), "{}", garbage.visible_text());
        let empty = fingerprint(&app).await;
        // A practising office trusts it; turned into a real one, it must not.
        let practice = practising(app).await;
        assert_ne!(fingerprint(&practice).await, empty);
        let mut admin = practice.sign_in("admin").await;
        assert_eq!(admin.upload("/trust/roots", "root.pem", test_root, &[]).await.status, 303);
        let id = root_id(&practice).await;
        let confirmed = practice.sign_in("stranger").await.post(&verify_urls::confirmation(id), &[]).await;
        assert_eq!(confirmed.status, 303);
        let real = set_up(practice, |config| config.test_authority = false);
        assert_eq!(fingerprint(&real).await, empty);
    }

    async fn the_code_on_a_paper_leads_to_the_file_once_all_have_signed(app) {
        let app = practising(app).await;
        let (document, code) = open(&app).await;
        let mut stranger = app.browser();
        let early = stranger.get(&urls::public(&code)).await;
        assert!(early.visible_text().contains("Chưa ký xong"), "{}", early.visible_text());
        assert_eq!(stranger.get(&urls::public_file(&code)).await.status, 404);
        for (login, number) in [("secretary", 1), ("chair", 2)] {
            let path = urls::signatures(document, number);
            assert_eq!(app.sign_in(login).await.post(&path, &[("pin", PIN)]).await.status, 303);
        }
        let page = stranger.get(&urls::public(&code)).await;
        assert!(page.visible_text().contains("Hợp lệ") && page.visible_text().contains("Tải văn bản đã ký"));
        let file = stranger.get(&urls::public_file(&code)).await;
        let stored = app.app.storage.read(status(&app, document).await.sha256).await.unwrap();
        assert_eq!((file.status, file.body.as_slice()), (200, stored.as_ref()));
        assert_eq!(stranger.get("/d/no-such-code").await.status, 404);
    }
}

#[tokio::test]
async fn the_json_is_as_promised() {
    let app = practising(sqlite().await).await;
    let file = signed_file(&app).await;
    let mut browser = app.browser();
    let report = verdict_json(&mut browser, file.clone()).await;
    assert_eq!((&report["file"], &report["verdict"]), (&"a.pdf".into(), &"valid".into()), "{report}");
    assert_eq!(report["size"], file.len());
    assert!(report["error"].is_null() && report["sentence"]["vi"].is_string());
    let signature = &report["signatures"][0];
    for key in [
        "field",
        "kind",
        "sub_filter",
        "indication",
        "sub_indication",
        "intact",
        "coverage",
        "changes_after",
        "docmdp",
        "level",
        "signer",
        "signing_time",
        "time_source",
        "digest_algorithm",
        "signature_algorithm",
        "messages",
    ] {
        assert!(signature.get(key).is_some(), "{key} is missing: {signature}");
    }
    assert_eq!(signature["indication"], "TOTAL-PASSED");
    assert_eq!((&signature["level"], &signature["time_source"]), (&"B-T".into(), &"timestamp".into()));
    assert_eq!(verdict_json(&mut browser, altered(&file)).await["verdict"], "invalid");
    assert_eq!(verdict_json(&mut browser, small_pdf()).await["verdict"], "unsigned");
    let garbage = verdict_json(&mut browser, b"garbage".to_vec()).await;
    assert_eq!((&garbage["verdict"], &garbage["error"]["code"]), (&"unreadable".into(), &"not-a-pdf".into()));
    let description: Value = serde_json::from_slice(&browser.get("/api/v1/openapi.json").await.body).unwrap();
    assert!(description["paths"]["/api/v1/verify"]["post"].is_object());
    let schemas = &description["components"]["schemas"];
    described(signature, schemas, "Signature");
    described(&signature["certificate_status"], schemas, "CertificateStatus");
    described(&signature["chain"][0], schemas, "ChainLink");
    described(&signature["timestamps"][0], schemas, "Timestamp");
}

/// Every field of an answer stands in its schema.
fn described(answer: &Value, schemas: &Value, name: &str) {
    let fields = answer.as_object().unwrap_or_else(|| panic!("no {name} in the answer"));
    for field in fields.keys() {
        assert!(schemas[name]["properties"].get(field).is_some(), "{name} is described without {field}");
    }
}

#[tokio::test]
async fn an_office_that_does_not_practise_trusts_no_test_certificate() {
    let practice = practising(sqlite().await).await;
    let file = signed_file(&practice).await;
    let real = sqlite().await;
    let page = real.browser().upload("/verify", "a.pdf", &file, &[]).await.visible_text();
    assert!(page.contains("Chưa kết luận được") && page.contains("CHỨNG THƯ THỬ NGHIỆM"), "{page}");
}

#[tokio::test]
async fn too_large_too_many_and_nothing_are_refused_in_words() {
    let app = sqlite().await;
    let mut browser = app.browser();
    let large = browser.upload("/verify", "a.pdf", &vec![b' '; 8 * 1024 * 1024 + 1], &[]).await;
    assert_eq!(large.status, 413);
    assert!(large.visible_text().contains("lớn hơn 8 MiB"), "{}", large.visible_text());
    let empty = browser.upload("/verify", "", b"", &[]).await;
    assert_eq!(empty.status, 422);
    assert!(empty.visible_text().contains("Chưa chọn tệp"), "{}", empty.visible_text());
    for _ in 0..28 {
        assert_eq!(browser.upload("/verify", "a.pdf", b"x", &[]).await.status, 200);
    }
    let refused = browser.upload("/verify", "a.pdf", b"x", &[]).await;
    assert_eq!(refused.status, 429);
    app.app.clock.advance(60);
    assert_eq!(browser.upload("/verify", "a.pdf", b"x", &[]).await.status, 200);
}

#[tokio::test]
async fn a_checked_file_is_not_kept() {
    let app = sqlite().await;
    app.browser().upload("/verify", "a.pdf", &small_pdf(), &[]).await;
    let kept = app.app.storage.read(ecabinet::storage::Hash::of(&small_pdf())).await;
    assert!(kept.is_err());
    assert_eq!(std::fs::read_dir(&app.app.config.scratch).unwrap().count(), 0);
}

#[tokio::test]
async fn the_command_and_the_service_give_the_same_bytes() {
    let app = practising(sqlite().await).await;
    let file = signed_file(&app).await;
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [("a.pdf", file.clone()), ("b.pdf", altered(&file)), ("c.pdf", b"garbage".to_vec())]
    {
        std::fs::write(folder.path().join(name), &bytes).unwrap();
        let said = std::process::Command::new(env!("CARGO_BIN_EXE_ecabinet"))
            .args(["verify", "--json", "--at", "2026-11-23T05:00:00Z", name])
            .env("ECABINET_TEST_AUTHORITY", "true")
            .current_dir(folder.path())
            .output()
            .unwrap();
        let mut browser = app.browser();
        let request = browser
            .request(Method::POST, &format!("/api/v1/verify?name={name}"))
            .header(header::CONTENT_TYPE, "application/pdf")
            .body(Body::from(bytes))
            .unwrap();
        let answer = browser.send(request).await;
        assert_eq!(String::from_utf8(said.stdout).unwrap().trim_end(), answer.text(), "{name}");
    }
}

/// A root of an office's own, valid whenever this test runs.
fn own_root() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("root.pem");
    let made = std::process::Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "3650",
            "-utf8",
            "-keyout",
            "/dev/null",
        ])
        .args(["-subj", "/CN=Gốc thử của cơ quan", "-addext", "basicConstraints=critical,CA:TRUE", "-out"])
        .arg(&out)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    std::fs::read(out).unwrap()
}

async fn root_id(app: &TestApp) -> RootId {
    let mut tx = app.app.db.read().await.unwrap();
    let (id,) = ecabinet::sql!(tx => fetch_one "SELECT id FROM trust_root" as (RootId,)).unwrap();
    id
}

async fn latest_paper(app: &TestApp) -> papers::VersionId {
    let mut tx = app.app.db.read().await.unwrap();
    let (id,) = ecabinet::sql!(tx => fetch_one
        "SELECT id FROM paper_version ORDER BY id DESC LIMIT 1" as (papers::VersionId,))
    .unwrap();
    id
}

async fn fingerprint(app: &TestApp) -> String {
    let mut tx = app.app.db.read().await.unwrap();
    ecabinet::verify::trust_list(&mut tx, &app.app).await.unwrap().fingerprint()
}

async fn sqlite() -> TestApp {
    TestApp::new(crate::harness::Database::Sqlite).await.unwrap()
}
