//! Codes that a remote service sends when it is asked to.

use ecabinet::config::ServiceName;
use ecabinet::signing::{StepState, urls};

use super::provider::{ACCOUNT, Mood, Provider, SERVICE_PIN};
use super::service::Desk;
use crate::harness::{Answer, TestApp};
use crate::on_both;

async fn office(app: TestApp) -> Desk {
    let desk = Desk::of(app, 10, Provider::settings_with_codes).await;
    desk.provider.kept().sends_codes = true;
    desk
}

impl Desk {
    /// Presses the button that has a code sent, with all three documents chosen.
    async fn asks_for_a_code(&mut self, account: &str) -> Answer {
        let names: Vec<String> = self.documents.iter().map(|document| format!("{document}.1")).collect();
        let steps = names.iter().map(|name| ("step", name.as_str()));
        let fields: Vec<_> =
            steps.chain([("account", account), ("pin", SERVICE_PIN), ("code", "")]).collect();
        let codes = urls::service_codes(&ServiceName::try_from("thu".to_owned()).unwrap());
        self.secretary.post(&codes, &fields).await
    }

    fn times_asked(&self) -> usize {
        self.provider.times("credentials/getChallenge")
    }
}

on_both! {
    async fn a_code_that_was_asked_for_signs_all(app) {
        let mut desk = office(app).await;
        let review = desk.secretary.get(&urls::review(&[(desk.documents[0], 1)])).await;
        assert!(review.visible_text().contains("Yêu cầu gửi mã cho tôi"));
        let told = desk.asks_for_a_code(ACCOUNT).await;
        let said = told.visible_text();
        assert!(told.status == 200 && said.contains("Đã yêu cầu dịch vụ gửi mã"), "{said}");
        assert!(said.contains("Ký 3 văn bản"), "all that was chosen is there still: {said}");
        assert!(told.text().contains(&format!("value=\"{ACCOUNT}\"")) && !told.text().contains(SERVICE_PIN));
        assert!(!desk.provider.kept().heard.concat().contains(SERVICE_PIN), "a PIN is for signing");
        let code = desk.provider.kept().received.clone().unwrap();
        assert!(!told.text().contains(&code));
        let (_, said) = desk.signs_as(ACCOUNT, SERVICE_PIN, &code).await;
        assert!(said.contains("Đã ký 3 trong 3"), "{said}");
        assert_eq!((desk.states().await, desk.times_asked()), (vec![StepState::Signed; 3], 1));
    }

    async fn a_code_is_asked_for_once_a_minute(app) {
        let mut desk = office(app).await;
        desk.asks_for_a_code(ACCOUNT).await;
        for _ in 0..3 {
            let said = desk.asks_for_a_code(ACCOUNT).await.visible_text();
            assert!(said.contains("Vừa có yêu cầu gửi mã"), "{said}");
        }
        assert_eq!(desk.times_asked(), 1);
        desk.app.app.clock.advance(60);
        let said = desk.asks_for_a_code(ACCOUNT).await.visible_text();
        assert!(said.contains("Đã yêu cầu dịch vụ gửi mã") && desk.times_asked() == 2, "{said}");
    }

    async fn a_question_of_the_service_is_shown_and_answered(app) {
        let mut desk = office(app).await;
        desk.provider.kept().question = Some("Tên <b>lót</b> của mẹ bạn?");
        let told = desk.asks_for_a_code(ACCOUNT).await;
        assert!(told.visible_text().contains("Dịch vụ hỏi:") && !told.text().contains("<b>lót"), "{}", told.text());
        assert!(desk.signs_as(ACCOUNT, SERVICE_PIN, "Lụa").await.1.contains("Đã ký 3 trong 3"));
    }

    async fn without_a_code_the_page_says_why(app) {
        let mut desk = office(app).await;
        let nobody = desk.asks_for_a_code("").await;
        assert!(nobody.status == 422 && nobody.visible_text().contains("tên tài khoản"));
        desk.provider.kept().mood = Mood::Dies;
        assert!(desk.asks_for_a_code(ACCOUNT).await.visible_text().contains("Dịch vụ ký từ xa không trả lời"));
        desk.provider.kept().mood = Mood::Signs;
        desk.provider.kept().sends_codes = false;
        desk.app.app.clock.advance(60);
        assert!(desk.asks_for_a_code(ACCOUNT).await.visible_text().contains("không dùng mã do dịch vụ gửi"));
        assert_eq!(desk.times_asked(), 1, "what is not sent is not asked for");
        desk.app.app.clock.advance(60);
        assert!(desk.asks_for_a_code("000").await.visible_text().contains("từ chối"));
        let codes = urls::service_codes(&ServiceName::try_from("khac".to_owned()).unwrap());
        assert_eq!(desk.secretary.post(&codes, &[("account", ACCOUNT)]).await.status, 404);
    }
}
