//! The seal of an office whose timestamp authority is slow: honest about its
//! time, and stamped later, the attachments too.

use std::sync::atomic::Ordering;

use ecabinet::signing::rules::Level;
use ecabinet::sql;
use ecabinet::storage::Hash;
use pades::verify::{Context, Verdict};

use super::{act, decision, draft, number, out_for_signature, sealed_office, sign};
use crate::harness::pdf::pdf;
use crate::harness::{TestApp, noon};
use crate::on_both;
use crate::signing::{Mood, PIN, set_up, timestamp_server};

/// A document with an attachment, signed and numbered.
async fn numbered(app: &TestApp) -> String {
    let mut drafter = app.sign_in("drafter").await;
    let page = draft(app, &mut drafter, &decision(app, "Nguyễn Văn chair")).await;
    let fields = [("title", "Phụ lục I")];
    let attached =
        drafter.upload(&format!("{page}/attachments"), "pl1.pdf", &pdf(&["Phụ lục"]), &fields).await;
    assert_eq!(attached.status, 303, "{}", attached.visible_text());
    assert_eq!(act(app, "drafter", &page, "submit", "").await, 303);
    assert_eq!(act(app, "head", &page, "approve_content", "").await, 303);
    app.sign_in("secretary").await.get(&format!("{page}/format")).await;
    assert_eq!(act(app, "secretary", &page, "approve_format", "Mẫu thử").await, 303);
    sign(app, &page).await;
    number(app, &page).await;
    page
}

async fn attachment(app: &TestApp) -> (Hash, Option<Level>) {
    let mut tx = app.app.db.read().await.unwrap();
    sql!(tx => fetch_one "SELECT sealed_sha256, seal_level FROM outgoing_attachment" as (Hash, Option<Level>))
        .unwrap()
}

on_both! {
    async fn a_seal_without_a_trusted_time_says_so_and_gets_one_later(app) {
        let (address, mood) = timestamp_server().await;
        let app = sealed_office(set_up(app, |config| config.timestamp_url = address)).await;
        let page = numbered(&app).await;
        mood.store(Mood::Fails as u8, Ordering::SeqCst);
        let id = page.rsplit('/').next().unwrap();
        let mut clerk = app.sign_in("clerk").await;
        let sealed = clerk.post("/outgoing/desk/seals", &[("document", id), ("pin", PIN)]).await;
        assert_eq!(sealed.status, 303, "{}", sealed.visible_text());
        let words = "Chữ ký của cơ quan chưa có dấu thời gian";
        let said = clerk.get(&page).await.visible_text();
        assert!(said.contains(words) && said.contains("tự bổ sung"), "{said}");
        let before = clerk.get(&format!("{page}/file")).await.body;
        let (attached, level) = attachment(&app).await;
        assert_eq!(level, Some(Level::Bb));

        mood.store(Mood::Answers as u8, Ordering::SeqCst);
        app.app.clock.advance(60);
        app.run_jobs().await;
        assert!(!clerk.get(&page).await.visible_text().contains(words));
        let after = clerk.get(&format!("{page}/file")).await.body;
        assert!(after.starts_with(&before) && after.len() > before.len());
        let (stamped, level) = attachment(&app).await;
        assert_eq!(level, Some(Level::Bt));
        let (old, new) = (app.app.storage.read(attached).await.unwrap(), app.app.storage.read(stamped).await.unwrap());
        assert!(new.starts_with(&old) && new.len() > old.len());
        for file in [after, new.to_vec()] {
            let context = Context::new(&app.app.anchors, noon().to_jiff());
            let report = pades::verify::verify(&file, &context).unwrap();
            assert_eq!(report.verdict, Verdict::Valid, "{report:?}");
        }
        // Asked once more, nothing is added.
        let document = out_for_signature(&app, &page).await;
        let desk = ecabinet::signing::Desk::of(&app.app);
        ecabinet::signing::timestamp::stamp(&desk, document, noon()).await.unwrap();
        assert_eq!(attachment(&app).await.0, stamped);
    }

    async fn a_seal_that_has_its_time_says_nothing(app) {
        let app = sealed_office(app).await;
        let page = numbered(&app).await;
        let id = page.rsplit('/').next().unwrap();
        let mut clerk = app.sign_in("clerk").await;
        assert_eq!(clerk.post("/outgoing/desk/seals", &[("document", id), ("pin", PIN)]).await.status, 303);
        assert_eq!(attachment(&app).await.1, Some(Level::Bt));
        assert!(!clerk.get(&page).await.visible_text().contains("chưa có dấu thời gian"));
    }
}
