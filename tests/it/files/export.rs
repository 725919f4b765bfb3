//! A file as a package, read back by programs that are not ours.

use std::process::Command;

use ecabinet::identity::OrgRole;
use ecabinet::storage::Hash;
use serde_json::Value;

use super::{known_letter, letter, opened, put};
use crate::harness::server::has_program;
use crate::harness::{Browser, TestApp};
use crate::on_both;
use crate::outgoing::{issued, sealed_office, text_of};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/files/read_package.py");

/// What Python's ZIP and XML readers find in a package.
fn read(package: &[u8]) -> Value {
    read_as("ho-so.zip", package)
}

fn read_as(name: &str, bytes: &[u8]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let python = std::env::var("ECABINET_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let read = Command::new(python).arg(SCRIPT).arg(path).output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    serde_json::from_slice(&read.stdout).unwrap()
}

/// One entry of a package.
fn taken(package: &[u8], name: &str) -> Vec<u8> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(package)).unwrap();
    let mut bytes = Vec::new();
    std::io::copy(&mut zip.by_name(name).unwrap(), &mut bytes).unwrap();
    bytes
}

fn words(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect()
}

/// A file with one document issued today and two letters, one of them older.
async fn filled(app: &TestApp) -> (String, String) {
    let page = issued(app).await;
    let mut clerk = app.sign_in("clerk").await;
    let file = opened(&mut clerk, "01/VP").await;
    assert_eq!(put(&mut clerk, &page, &file).await.status, 303);
    for (symbol, day) in [("20/TB-SNV", "2026-11-20"), ("452/UBND-VX", "2026-11-02")] {
        let letter = known_letter(app, &mut clerk, symbol, day).await;
        assert_eq!(put(&mut clerk, &letter, &file).await.status, 303);
    }
    app.run_jobs().await;
    (file, page)
}

async fn exported(browser: &mut Browser, file: &str) -> Vec<u8> {
    let answer = browser.post(&format!("/files/{file}/exports"), &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.visible_text());
    answer.body
}

/// Nothing is damaged, and both signatures hold.
fn judge(bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("van-ban.pdf");
    std::fs::write(&path, bytes).unwrap();
    if has_program("qpdf") {
        let checked = Command::new("qpdf").arg("--check").arg(&path).output().unwrap();
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    }
    if has_program("pdfsig") {
        let said = Command::new("pdfsig").arg("-nocert").arg(&path).output().unwrap().stdout;
        let said = String::from_utf8_lossy(&said).into_owned();
        assert_eq!(said.matches("Signature is Valid").count(), 2, "{said}");
    }
}

on_both! {
    async fn a_package_holds_every_document_as_stored_in_the_order_of_dates(app) {
        let app = sealed_office(app).await;
        let (file, page) = filled(&app).await;
        let mut clerk = app.sign_in("clerk").await;
        let package = exported(&mut clerk, &file).await;
        let read = read(&package);
        assert_eq!(words(&read["names"]), [
            "muc-luc.pdf", "ho-so.xml", "van-ban/001-452-ubnd-vx.pdf", "van-ban/002-20-tb-snv.pdf",
            "van-ban/003-01-qd-ubnd.pdf",
        ]);
        for document in read["documents"].as_array().unwrap() {
            for enclosed in document["enclosed"].as_array().unwrap() {
                assert_eq!(enclosed["is"], enclosed["said"], "{enclosed}");
            }
        }
        let shown = clerk.get(&format!("{page}/file")).await.body;
        assert_eq!(read["documents"][2]["enclosed"][0]["is"], Hash::of(&shown).to_string(), "byte for byte");
        judge(&taken(&package, "van-ban/003-01-qd-ubnd.pdf"));
        let course = clerk.get(&format!("/files/{file}")).await.visible_text();
        assert!(course.contains("Xuất hồ sơ Nguyễn Văn clerk"), "{course}");
        assert!(app.acts_on(&format!("file:{file}")).await.contains(&"file_exported".to_owned()));
    }

    async fn the_table_of_contents_goes_along_on_paper(app) {
        let app = sealed_office(app).await;
        let (file, _) = filled(&app).await;
        let mut clerk = app.sign_in("clerk").await;
        let package = exported(&mut clerk, &file).await;
        let text = text_of(&taken(&package, "muc-luc.pdf")).split_whitespace().collect::<Vec<_>>().join(" ");
        let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part} is missing: {text}"));
        assert!(at("452/UBND-VX") < at("20/TB-SNV") && at("20/TB-SNV") < at("01/QĐ-UBND"), "{text}");
        for part in ["MỤC LỤC VĂN BẢN TRONG HỒ SƠ", "Hồ sơ 01/VP", "Bản in từ hệ thống", "Thông báo:"] {
            at(part);
        }
    }

    async fn the_metadata_hold_every_field_of_the_annex(app) {
        let app = sealed_office(app).await;
        let (file, _) = filled(&app).await;
        crate::registers::remark(&app, "outgoing", "Gửi kèm bản giấy").await;
        let read = read(&exported(&mut app.sign_in("clerk").await, &file).await);
        let folder = &read["file"];
        let of_file = ["Title", "Maintenance", "Rights", "Creator", "Language", "StartDate", "EndDate", "DocTotal", "PageTotal"];
        assert_eq!(of_file.map(|name| folder[name].as_str().unwrap()), [
            "Chỉnh trang đô thị năm 2026", "20 năm", "Không hạn chế", "Nguyễn Văn clerk", "Tiếng Việt", "02/11/2026", "",
            "3", "5",
        ]);
        assert_eq!(folder["FileCode"], serde_json::json!({
            "OrganId": "anhai", "FileCatalog": "2026", "FileNotation": "01/VP",
        }));
        let [letter, notice, own] = [0, 1, 2].map(|at| &read["documents"][at]);
        assert_eq!(words(&letter["order"]), [
            "FileCode", "DocOrdinal", "TypeName", "CodeNumber", "CodeNotation", "IssuedDate", "OrganName", "Subject",
            "Language", "PageAmount", "Description", "ArrivalDate", "ArrivalNumber", "SignerInfo", "Priority",
            "ToPlaces", "TraceHeaderList", "DueDate",
        ]);
        let of_letter = ["DocOrdinal", "TypeName", "CodeNumber", "CodeNotation", "IssuedDate", "PageAmount", "ArrivalNumber"];
        assert_eq!(of_letter.map(|name| letter[name].as_str().unwrap()), [
            "1", "Công văn", "452", "UBND-VX", "02/11/2026", "2", "2",
        ]);
        assert_eq!(letter["SignerInfo"], serde_json::json!({ "Position": "Giám đốc", "FullName": "Trần Thị Bình" }));
        assert!(letter["TraceHeaderList"].as_str().unwrap().contains("Không có chữ ký số"), "{letter}");
        assert_eq!((&notice["TypeName"], &notice["DocOrdinal"]), (&"Thông báo".into(), &"2".into()));
        assert_eq!(words(&own["order"]), [
            "FileCode", "DocOrdinal", "TypeName", "CodeNumber", "CodeNotation", "IssuedDate", "OrganName", "Subject",
            "Language", "PageAmount", "Description", "SignerInfo", "To", "To", "To", "Priority", "IssuedAmount", "DueDate",
        ]);
        let of_own = ["TypeName", "CodeNumber", "CodeNotation", "Priority", "IssuedAmount", "DueDate"];
        assert_eq!(of_own.map(|name| own[name].as_str().unwrap()), ["Quyết định", "01", "QĐ-UBND", "1", "5", "04/12/2026"]);
        assert_eq!((&own["Description"], &letter["Description"]), (&"Gửi kèm bản giấy".into(), &"".into()));
        assert_eq!(own["SignerInfo"]["FullName"], "Nguyễn Văn chair");
        assert_eq!((&own["To"][0]["OrganId"], &own["To"][2]["OrganName"]), (&"sontra".into(), &"Các tổ dân phố".into()));
    }

    async fn one_document_gives_its_metadata_with_each_file_it_lies_in(app) {
        let app = sealed_office(app).await;
        let (_, page) = filled(&app).await;
        let mut drafter = app.sign_in("drafter").await;
        let second = opened(&mut drafter, "05/KTHT").await;
        assert_eq!(put(&mut drafter, &page, &second).await.status, 303);
        let answer = drafter.get(&format!("{page}/metadata")).await;
        assert_eq!(answer.status, 200, "{}", answer.visible_text());
        let own = read_as("van-ban.xml", &answer.body);
        assert_eq!((&own["kind"], &own["CodeNumber"], &own["DocOrdinal"]), (&"OutgoingDocument".into(), &"01".into(), &serde_json::json!(["3", "1"])));
        let notations: Vec<&Value> = own["FileCode"].as_array().unwrap().iter().map(|code| &code["FileNotation"]).collect();
        assert_eq!(notations, ["01/VP", "05/KTHT"]);
        let shown = drafter.get(&format!("{page}/file")).await.body;
        assert_eq!(own["enclosed"][0]["said"], Hash::of(&shown).to_string());
    }

    async fn metadata_are_for_those_whom_the_document_concerns(app) {
        let mut clerk = app.sign_in("clerk").await;
        let page = letter(&app, &mut clerk, "20/TB-SNV", "2026-11-20").await;
        let metadata = format!("{page}/metadata");
        for (login, status) in [("clerk", 200), ("chair", 200), ("head", 404), ("stranger", 404)] {
            assert_eq!(app.sign_in(login).await.get(&metadata).await.status, status, "{login}");
        }
        let read = read_as("van-ban.xml", &clerk.get(&metadata).await.body);
        assert_eq!((&read["FileCode"]["OrganId"], &read["DocOrdinal"]), (&"anhai".into(), &"".into()), "it lies in no file yet");
        let id = crate::incoming::brought(&mut clerk, "khac.pdf", &crate::harness::pdf::pdf(&["Chưa vào sổ"])).await;
        assert_eq!(clerk.get(&format!("/incoming/{id}/metadata")).await.status, 409);
    }

    async fn a_package_whose_bytes_were_altered_breaks_off(app) {
        let mut clerk = app.sign_in("clerk").await;
        let file = opened(&mut clerk, "01/VP").await;
        let page = letter(&app, &mut clerk, "20/TB-SNV", "2026-11-20").await;
        assert_eq!(put(&mut clerk, &page, &file).await.status, 303);
        let exports = format!("/files/{file}/exports");
        assert!(clerk.download(&exports).await.is_ok());
        let id = page.rsplit('/').next().unwrap().parse().unwrap();
        app.alter_stored(crate::incoming::read(&app, id).await.sha256);
        assert!(clerk.download(&exports).await.is_err(), "half a package is not handed out as a whole one");
    }

    async fn only_who_may_read_all_of_a_file_takes_it_out(app) {
        let mut drafter = app.sign_in("drafter").await;
        let file = opened(&mut drafter, "05/KTHT").await;
        let exports = format!("/files/{file}/exports");
        for (login, status) in [("drafter", 200), ("clerk", 200), ("head", 403), ("delegate1", 404), ("stranger", 404)] {
            let answer = app.sign_in(login).await.post(&exports, &[]).await;
            assert_eq!(answer.status, status, "{login}");
        }
        let mut clerk = app.sign_in("clerk").await;
        let letter = known_letter(&app, &mut clerk, "20/TB-SNV", "2026-11-20").await;
        assert_eq!(put(&mut clerk, &letter, &file).await.status, 303);
        let refused = drafter.post(&exports, &[]).await;
        assert!(refused.status == 403 && refused.visible_text().contains("có 1 văn bản anh/chị không được đọc"), "{}", refused.visible_text());
        assert_eq!(clerk.post(&exports, &[]).await.status, 200);
        let mut tx = app.app.db.write().await.unwrap();
        ecabinet::identity::store::add_role(&mut tx, app.person("guest").await, OrgRole::Archivist).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(app.sign_in("guest").await.post(&exports, &[]).await.status, 403, "it is not the archive's yet");
        assert_eq!(clerk.post(&format!("/files/{file}/closing"), &[("note", "Đủ")]).await.status, 303);
        assert_eq!(app.sign_in("guest").await.post(&exports, &[]).await.status, 200);
    }

    async fn the_lists_are_printed_for_their_readers(app) {
        let mut drafter = app.sign_in("drafter").await;
        let file = opened(&mut drafter, "05/KTHT").await;
        let contents = app.sign_in("head").await.get(&format!("/files/{file}/contents")).await;
        assert!(contents.status == 200 && text_of(&contents.body).contains("Hồ sơ 05/KTHT"));
        assert_eq!(app.sign_in("delegate1").await.get(&format!("/files/{file}/contents")).await.status, 404);
        let list = app.sign_in("delegate1").await.get("/files/print?year=2026").await;
        let text = text_of(&list.body);
        for part in ["DANH MỤC HỒ SƠ", "1 hồ sơ", "05/KTHT", "20 năm", "Nguyễn Văn drafter", "Bản in từ hệ thống"] {
            assert!(text.contains(part), "{part} is missing: {text}");
        }
    }
}
