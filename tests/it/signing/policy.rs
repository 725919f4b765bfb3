//! Ways of signing that the administrator closes for a role.

use ecabinet::signing::rules::SignerRole;
use ecabinet::signing::{StepState, policy, urls};

use super::ways::{bind, issued};
use super::{PIN, open, practising, status};
use crate::harness::TestApp;
use crate::on_both;

const EVERY: &[&str] = &[
    "leader.token",
    "leader.vgca",
    "leader.remote",
    "leader.brought_back",
    "leader.kept_key",
    "secretary.token",
    "secretary.vgca",
    "secretary.remote",
    "secretary.brought_back",
    "secretary.kept_key",
    "member.kept_key",
    "clerk.hsm",
    "clerk.kept_key",
];

/// Leaves all ways open but some; gives status and text of the page.
async fn close(app: &TestApp, login: &str, closed: &[&str]) -> (u16, String) {
    let open: Vec<_> = EVERY.iter().filter(|way| !closed.contains(way)).map(|way| ("open", *way)).collect();
    let answer = app.sign_in(login).await.post(&urls::policy(), &open).await;
    (answer.status, answer.visible_text())
}

on_both! {
    async fn every_way_is_open_until_the_administrator_closes_it(app) {
        let mut tx = app.app.db.read().await.unwrap();
        let mut names = Vec::new();
        for role in SignerRole::ALL {
            let ways = policy::open_ways(&mut tx, app.organisation, *role).await.unwrap();
            names.extend(ways.into_iter().map(|way| format!("{}.{}", role.as_str(), way.as_str())));
        }
        names.sort();
        let mut every = EVERY.to_vec();
        every.sort_unstable();
        assert_eq!(names, every);
    }

    async fn a_closed_way_is_not_offered_and_not_taken(app) {
        let app = practising(app).await;
        let key = issued("Nguyễn Văn secretary", 71);
        assert_eq!(bind(&app, "secretary", &key.certificate).await.status, 303);
        let (document, _) = open(&app).await;
        let mut secretary = app.sign_in("secretary").await;
        let closed = ["secretary.kept_key", "secretary.vgca", "secretary.brought_back"];
        assert_eq!(close(&app, "admin", &closed).await.0, 303);
        let page = secretary.get(&urls::step(document, 1)).await.text();
        for gone in ["name=\"pin\"", "data-desktop=", "/errands"] {
            assert!(!page.contains(gone), "{gone}");
        }
        assert!(page.contains("data-token="), "{page}");
        let words = "không cho ký bằng cách này";
        let pin = secretary.post(&urls::signatures(document, 1), &[("pin", PIN)]).await;
        assert!(pin.status == 409 && pin.visible_text().contains(words), "{}", pin.visible_text());
        let errand = secretary.post(&urls::errands(document, 1), &[]).await;
        assert!(errand.status == 409 && errand.visible_text().contains(words), "{}", errand.visible_text());
        assert!(secretary.post(&urls::desktop_acts(document, 1), &[]).await.text().contains(words));
        assert_eq!(status(&app, document).await.steps[0].state, StepState::Waiting);
        // Another role signs as before, and the way opens again.
        assert_eq!(close(&app, "admin", &[]).await.0, 303);
        assert_eq!(secretary.post(&urls::signatures(document, 1), &[("pin", PIN)]).await.status, 303);
        assert_eq!(close(&app, "admin", &closed).await.0, 303);
        let chair = app.sign_in("chair").await.post(&urls::signatures(document, 2), &[("pin", PIN)]).await;
        assert_eq!(chair.status, 303, "{}", chair.visible_text());
    }

    async fn what_is_away_comes_back_to_a_closed_way_in_vain(app) {
        let app = practising(app).await;
        let key = issued("Nguyễn Văn secretary", 72);
        assert_eq!(bind(&app, "secretary", &key.certificate).await.status, 303);
        let (document, _) = open(&app).await;
        let name = format!("{document}.1");
        let mut secretary = app.sign_in("secretary").await;
        let batch = secretary.post("/signing/acts", &[("step", &name)]).await;
        let batch: serde_json::Value = serde_json::from_slice(&batch.body).unwrap();
        let act = &batch["acts"][0];
        let values = format!("/signing/acts/{}/values", act["id"].as_str().unwrap().replace('-', ""));
        let message = hex::decode(act["message"].as_str().unwrap()).unwrap();
        let algorithm = serde_json::from_value(act["algorithm"].clone()).unwrap();
        let value = hex::encode(pades::sign::Signer::sign(&key.signer(), &message, algorithm).unwrap());
        assert_eq!(close(&app, "admin", &["secretary.token"]).await.0, 303);
        let late = secretary.post(&values, &[("value", &value)]).await;
        assert!(late.text().contains("không cho ký bằng cách này"), "{}", late.text());
        assert_eq!(status(&app, document).await.steps[0].state, StepState::Waiting);
    }

    async fn only_the_administrator_closes_ways_and_each_role_keeps_one(app) {
        assert_eq!(close(&app, "chair", &["leader.token"]).await.0, 403);
        assert_eq!(app.sign_in("clerk").await.get(&urls::policy()).await.status, 403);
        let (code, said) = close(&app, "admin", &["clerk.hsm", "clerk.kept_key"]).await;
        assert!(code == 422 && said.contains("ít nhất một cách ký"), "{code} {said}");
        assert_eq!(close(&app, "admin", &["clerk.hsm"]).await.0, 303);
        let mut admin = app.sign_in("admin").await;
        let page = admin.get(&urls::policy()).await.text();
        assert!(page.contains("value=\"clerk.kept_key\" checked") && page.contains("value=\"clerk.hsm\">"), "{page}");
        assert!(admin.get("/audit").await.visible_text().contains("Thay đổi cách ký của từng vai trò"));
        // What one office closes is open in another.
        let mut tx = app.app.db.read().await.unwrap();
        assert_eq!(policy::open_ways(&mut tx, app.other, SignerRole::Clerk).await.unwrap().len(), 2);
    }
}
