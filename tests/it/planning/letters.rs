//! The invitation as a document that is signed.

use crate::on_both;
use crate::signing::{PIN, practising};

on_both! {
    async fn the_chair_signs_the_invitation_and_the_notices_carry_it(app) {
        let app = practising(app).await;
        let mut meeting = app.meeting().draft().await;
        let chair = app.person("chair").await.to_string();
        meeting.act("invitation-letters", &[("signer", &*chair)]).await;
        let path = meeting.path("preparation");
        let page = meeting.secretary.get(&path).await.visible_text();
        assert!(page.contains("Chờ ký") && page.contains("Người ký: Nguyễn Văn chair"), "{page}");
        let mut browser = app.sign_in("chair").await;
        let queue = browser.get("/signing").await;
        assert!(queue.visible_text().contains("Giấy mời: Họp thường kỳ tháng 11"), "{}", queue.visible_text());
        let step = queue.text().split("sign-row__title\" href=\"/signing/").nth(1).map(|rest| rest.split('"').next().unwrap().to_owned());
        let signed = browser.post(&format!("/signing/{}/signatures", step.unwrap()), &[("pin", PIN)]).await;
        assert_eq!(signed.status, 303, "{}", signed.visible_text());
        let page = meeting.secretary.get(&path).await.visible_text();
        assert!(page.contains("Giấy mời đã ký"), "{page}");
        meeting.act("publication", &[]).await;
        let mails = meeting.secretary.get("/mails").await.visible_text();
        assert!(mails.contains("http://office.test/d/"), "{mails}");
        let file = app.sign_in("delegate1").await.get(&meeting.path("invitation")).await;
        assert!(file.body.starts_with(b"%PDF-") && String::from_utf8_lossy(&file.body).contains("/ByteRange"));
    }

    async fn an_invitation_of_a_meeting_that_changed_is_said_to_be_stale(app) {
        let mut meeting = app.meeting().draft().await;
        let chair = app.person("chair").await.to_string();
        meeting.act("invitation-letters", &[("signer", &*chair)]).await;
        let path = meeting.path("preparation");
        let mut form = app.basics("Họp đổi tên").to_vec();
        form.push(("version", "1"));
        assert_eq!(meeting.secretary.post(&path, &form).await.status, 303);
        assert!(meeting.secretary.get(&path).await.visible_text().contains("Cuộc họp đã thay đổi sau khi lập giấy mời này"));
        meeting.act("publication", &[]).await;
        let mails = meeting.secretary.get("/mails").await.visible_text();
        assert!(!mails.contains("http://office.test/d/"), "an unsigned one is not sent");
    }

    async fn only_the_organiser_asks_and_only_a_member_signs(app) {
        let mut meeting = app.meeting().published().await;
        let path = meeting.path("invitation-letters");
        let chair = app.person("chair").await.to_string();
        let guest = app.person("guest").await.to_string();
        assert_eq!(app.sign_in("delegate1").await.post(&path, &[("signer", &*chair)]).await.status, 403);
        assert_eq!(meeting.secretary.post(&path, &[("signer", &*guest)]).await.status, 404);
        let stranger = app.person("stranger").await.to_string();
        assert_eq!(meeting.secretary.post(&path, &[("signer", &*stranger)]).await.status, 404);
    }
}
