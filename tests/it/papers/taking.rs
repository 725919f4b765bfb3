//! Taking papers away: who gets a copy with their name on it, who the exact bytes.

use std::process::Command;

use ecabinet::papers::urls;
use ecabinet::sql;
use ecabinet::storage::Hash;

use super::{let_read, ready};
use crate::harness::left_out;
use crate::harness::pdf::{PdfBuilder, pdf};
use crate::harness::server::has_program;
use crate::on_both;

/// What another program reads on the pages; `None` where it is not installed.
fn text_of(pdf: &[u8]) -> Option<String> {
    if !has_program("pdftotext") {
        left_out("what pdftotext reads of a copy", "pdftotext is missing");
        return None;
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pdf).unwrap();
    let read = Command::new("pdftotext").arg("-layout").arg(file.path()).arg("-").output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    Some(String::from_utf8(read.stdout).unwrap())
}

fn is_sound(pdf: &[u8]) -> bool {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pdf).unwrap();
    !has_program("qpdf")
        || Command::new("qpdf").arg("--check").arg(file.path()).output().unwrap().status.success()
}

on_both! {
    async fn a_copy_bears_its_readers_name_and_the_time_on_every_page(app) {
        let original = pdf(&["Trang một", "Trang hai", "Trang ba"]);
        let (paper, version) = ready(&app, "Tờ trình", &original).await;
        let_read(&app, paper, &[("delegate1", true)]).await;
        let mut browser = app.sign_in("delegate1").await;
        let copy = browser.get(&urls::reading_copy(version)).await;
        assert_eq!(copy.status, 200);
        assert_eq!(copy.headers["content-length"], copy.body.len().to_string().as_str());
        assert!(copy.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
        // What was stored comes first, byte for byte.
        assert!(copy.body.starts_with(&original) && copy.body.len() > original.len());
        assert!(is_sound(&copy.body));
        if let Some(text) = text_of(&copy.body) {
            let foot = "Bản đọc của Nguyễn Văn delegate1, tải lúc";
            assert_eq!(text.matches(foot).count(), 3, "{text}");
            assert_eq!(text.matches(&crate::harness::noon().date_time()).count(), 3, "{text}");
        }
        // And the stored file is what it was.
        let mut secretary = app.sign_in("secretary").await;
        assert_eq!(Hash::of(&secretary.get(&urls::file(version)).await.body), Hash::of(&original));
    }

    async fn the_exact_bytes_are_for_those_who_answer_for_them(app) {
        let (paper, version) = ready(&app, "Tờ trình", &pdf(&["Trang một"])).await;
        let_read(&app, paper, &[("delegate1", true), ("delegate2", false), ("chair", true)]).await;
        let chair = app.person("chair").await;
        let mut tx = app.app.db.write().await.unwrap();
        ecabinet::papers::actions::set_keepers(&mut tx, paper, &[chair, app.person("delegate2").await]).await.unwrap();
        tx.commit().await.unwrap();
        let all = [urls::downloads(version), urls::reading_copy(version), urls::file(version)];
        for (login, expected) in [
            ("secretary", [200, 200, 200]),
            ("chair", [200, 200, 200]),
            ("delegate1", [200, 200, 404]),
            // Named a keeper, but nothing of this paper may be taken away.
            ("delegate2", [404, 404, 404]),
            ("stranger", [404, 404, 404]),
            ("admin", [404, 404, 404]),
        ] {
            let mut browser = app.sign_in(login).await;
            for (path, expected) in all.iter().zip(expected) {
                assert_eq!(browser.get(path).await.status, expected, "{login} {path}");
            }
        }
        let page = app.sign_in("delegate1").await.get(&urls::downloads(version)).await;
        assert!(!page.text().contains(&urls::file(version)));
        assert!(page.visible_text().contains("Bản gốc do chủ trì"), "{}", page.visible_text());
    }

    async fn who_took_what_is_in_the_log(app) {
        let (paper, version) = ready(&app, "Tờ trình", &pdf(&["Trang một"])).await;
        let_read(&app, paper, &[("delegate1", true)]).await;
        app.sign_in("delegate1").await.get(&urls::reading_copy(version)).await;
        app.sign_in("secretary").await.get(&urls::file(version)).await;
        let mut tx = app.app.db.read().await.unwrap();
        let acts = sql!(tx => fetch_all
            "SELECT act FROM audit_entry WHERE subject = $1 ORDER BY sequence" as (String,), format!("version:{version}")).unwrap();
        let acts: Vec<&str> = acts.iter().map(|(act,)| act.as_str()).collect();
        assert_eq!(acts, ["paper_version_added", "paper_copy_taken", "paper_original_taken"]);
    }

    async fn a_scan_gets_its_name_too(app) {
        let scan = PdfBuilder::new().page_drawing(b"0.4 g 90 90 300 400 re f").page_drawing(b"0.6 g 90 90 300 400 re f").build();
        let (_, version) = ready(&app, "Bản quét", &scan).await;
        let copy = app.sign_in("secretary").await.get(&urls::reading_copy(version)).await;
        assert!(is_sound(&copy.body));
        if let Some(text) = text_of(&copy.body) {
            assert_eq!(text.matches("Nguyễn Văn secretary, tải lúc").count(), 2, "{text}");
        }
    }
}
