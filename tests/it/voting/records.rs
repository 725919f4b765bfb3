//! The record of a vote: exported, signed, checked by the command; signed ballots.

use std::process::Output;

use ecabinet::identity::{self, OrgRole};
use ecabinet::signing::keys;
use ecabinet::voting::store;
use serde_json::Value;

use super::{cast, close, everyone_casts};
use crate::cli::{Desk, root};
use crate::harness::meeting::{MEMBERS, Vote};
use crate::harness::{TestApp, noon};
use crate::on_both;
use crate::signing::PIN;

async fn give_keys(app: &TestApp, logins: &[&str]) {
    let mut tx = app.app.db.write().await.unwrap();
    for login in logins {
        let person = app.person(login).await;
        keys::issue_test_key(&mut tx, app.organisation, person, PIN, noon()).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn record_of(vote: &mut Vote) -> Vec<u8> {
    let path = vote.path("record.json");
    let answer = vote.meeting.secretary.get(&path).await;
    assert_eq!(answer.status, 200, "{}", answer.visible_text());
    answer.body
}

/// Runs the command on a record, trusting the test office's root.
fn verify(record: &[u8], more: &[&str]) -> (i32, Value) {
    let desk = Desk::new();
    desk.put("record.json", record);
    let root = root("certs-dev/root.cert.pem");
    let mut arguments = vec!["verify-vote", "record.json", "--json", "--no-default-trust"];
    arguments.extend(["--trust", root.to_str().unwrap(), "--at", "2026-11-23T06:00:00Z"]);
    arguments.extend(more);
    let Output { status, stdout, stderr, .. } = desk.run(&arguments);
    let text = String::from_utf8(stdout).unwrap();
    let said = serde_json::from_str(&text);
    (status.code().unwrap(), said.unwrap_or_else(|_| panic!("{text}{}", String::from_utf8_lossy(&stderr))))
}

/// A vote that is over, with its record signed by the secretary.
async fn signed_record(app: &TestApp) -> (Vote, Vec<u8>) {
    give_keys(app, &["secretary"]).await;
    let mut vote = app.open_vote("Thông qua kế hoạch?").await;
    everyone_casts(app, &vote, &["approve", "approve", "approve", "approve", "reject"]).await;
    close(&mut vote).await;
    let path = vote.path("record-signatures");
    let signed = vote.meeting.secretary.post(&path, &[("pin", PIN)]).await;
    assert_eq!(signed.status, 303, "{}", signed.visible_text());
    let record = record_of(&mut vote).await;
    (vote, record)
}

on_both! {
    async fn a_signed_record_is_counted_again_by_anybody(app) {
        let app = app.accepting_test_keys();
        let (_, record) = signed_record(&app).await;
        let (code, said) = verify(&record, &[]);
        assert_eq!((code, &said["verdict"]), (0, &Value::from("valid")), "{said}");
        assert_eq!(said["recounted"]["outcome"], "adopted");
        assert_eq!(said["signers"][0]["name"], "Nguyễn Văn secretary");
    }

    async fn a_record_names_whoever_entered_a_ballot_even_if_not_invited(app) {
        let mut tx = app.app.db.write().await.unwrap();
        let clerk = app.person("clerk").await;
        identity::store::add_role(&mut tx, clerk, OrgRole::Secretary).await.unwrap();
        tx.commit().await.unwrap();
        let mut vote = app.open_vote("Thông qua kế hoạch?").await;
        assert!(app.participant(vote.meeting.id, "clerk").await.is_none());
        let member = app.person("delegate3").await.to_string();
        let form = [("member", member.as_str()), (&format!("choice-{}", vote.id), "approve")];
        let entered = app.sign_in("clerk").await.post(&vote.path("entered-ballots"), &form).await;
        assert_eq!(entered.status, 303, "{}", entered.visible_text());
        close(&mut vote).await;
        let record = String::from_utf8(record_of(&mut vote).await).unwrap();
        let (_, caster) = record.split_once("\"cast_by\":").expect(&record);
        let (caster, _) = caster.split_once('}').unwrap();
        assert!(caster.contains("Nguyễn Văn clerk") && caster.contains(&clerk.to_string()), "{caster}");
    }

    async fn a_record_that_was_changed_is_found_out(app) {
        let app = app.accepting_test_keys();
        let (_, record) = signed_record(&app).await;
        let text = String::from_utf8(record).unwrap();
        for (what, by) in [("\"reject\",\"kind\":\"ballot\"", "\"approve\",\"kind\":\"ballot\""),
            ("Thông qua kế hoạch?", "Thông qua dự toán?"), ("\"signed_at\":\"2026", "\"signed_at\":\"2025"),
            ("\"number\":1", "\"number\":2"), ("{\"entries\"", "{ \"entries\"")]
        {
            let forged = text.replacen(what, by, 1);
            assert_ne!(forged, text, "{what}: {text}");
            let (code, said) = verify(forged.as_bytes(), &[]);
            assert_eq!((code, &said["verdict"]), (1, &Value::from("invalid")), "{what}: {said}");
        }
    }

    async fn an_unsigned_record_an_unknown_signer_and_another_file_have_their_own_codes(app) {
        let app = app.accepting_test_keys();
        let (_, record) = signed_record(&app).await;
        let mut file: Value = serde_json::from_slice(&record).unwrap();
        file["signatures"] = Value::Array(Vec::new());
        assert_eq!(verify(file.to_string().as_bytes(), &[]).0, 4);
        let desk = Desk::new();
        desk.put("record.json", &record);
        let alone = ["verify-vote", "record.json", "--no-default-trust", "--at", "2026-11-23T06:00:00Z"];
        assert_eq!(desk.run(&alone).status.code(), Some(3), "nobody is trusted");
        assert_eq!(desk.run(&["verify-vote", "plain.pdf"]).status.code(), Some(2));
        assert_eq!(desk.run(&["verify-vote", "nowhere.json"]).status.code(), Some(2));
    }

    async fn only_who_conducts_signs_a_record_and_a_wrong_pin_signs_nothing(app) {
        let app = app.accepting_test_keys();
        give_keys(&app, &["secretary", "delegate1"]).await;
        let mut vote = app.open_vote("Thông qua?").await;
        let path = vote.path("record-signatures");
        assert_eq!(vote.meeting.secretary.post(&path, &[("pin", PIN)]).await.status, 404, "not over yet");
        close(&mut vote).await;
        assert_eq!(app.sign_in("delegate1").await.post(&path, &[("pin", PIN)]).await.status, 403);
        let wrong = vote.meeting.secretary.post(&path, &[("pin", "000000")]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.visible_text().contains("Mã PIN chưa đúng"), "{}", wrong.visible_text());
        let record = record_of(&mut vote).await;
        assert!(String::from_utf8(record).unwrap().contains("\"signatures\":[]"));
        assert_eq!(app.sign_in("stranger").await.get(&vote.path("record.json")).await.status, 404);
    }

    async fn a_result_is_had_as_a_table_and_on_paper(app) {
        let mut vote = app.open_vote("=HYPERLINK(\"a\")").await;
        everyone_casts(&app, &vote, &["approve", "reject"]).await;
        let mut delegate = app.sign_in("delegate1").await;
        for file in ["ballots.csv", "result.pdf", "record.json"] {
            assert_eq!(delegate.get(&vote.path(file)).await.status, 404, "{file} before the closing");
        }
        close(&mut vote).await;
        let csv = delegate.get(&vote.path("ballots.csv")).await.text();
        assert!(csv.starts_with('\u{feff}') && csv.contains("\"'=HYPERLINK(\"\"a\"\")\""), "{csv}");
        for line in ["Tổng số thành viên,6", "Tán thành,1", "Nguyễn Văn delegate1,Không tán thành,"] {
            assert!(csv.contains(line), "{line} is not in: {csv}");
        }
        let pdf = delegate.get(&vote.path("result.pdf")).await;
        assert_eq!((pdf.status, &pdf.body[..5]), (200, &b"%PDF-"[..]));
        assert_eq!(app.sign_in("stranger").await.get(&vote.path("result.pdf")).await.status, 404);
    }

    async fn where_the_rule_asks_for_it_a_ballot_is_signed_and_the_record_proves_it(app) {
        let app = app.accepting_test_keys();
        let kind = app.body(|terms| terms.signed_ballots = true).await;
        give_keys(&app, MEMBERS).await;
        let mut vote = app.meeting().of_kind(kind).under_way().await.open_vote(&app, "Thông qua?").await;
        let mut delegate = app.sign_in("delegate1").await;
        let page = delegate.get(&vote.meeting.page()).await.text();
        assert!(page.contains("name=\"pin\""), "the sheet asks for the PIN");
        let unsigned = cast(&mut delegate, &vote, "approve").await;
        assert_eq!(unsigned.status, 409);
        assert!(unsigned.visible_text().contains("phải được ký số"), "{}", unsigned.visible_text());
        let wrong = delegate.post(&vote.path("ballots"), &[("choice", "approve"), ("pin", "000000")]).await;
        assert_eq!(wrong.status, 422);
        assert!(app.count(&vote).await.0.is_empty());
        for login in &MEMBERS[..4] {
            let mut member = app.sign_in(login).await;
            let cast = member.post(&vote.path("ballots"), &[("choice", "approve"), ("pin", PIN)]).await;
            assert_eq!(cast.status, 303, "{}", cast.visible_text());
        }
        close(&mut vote).await;
        let record = record_of(&mut vote).await;
        let (code, said) = verify(&record, &[]);
        assert_eq!((code, &said["signed_ballots"]), (4, &Value::from(4)), "{said}");
        let text = String::from_utf8(record).unwrap();
        let mut tx = app.app.db.read().await.unwrap();
        let ballots = store::ballots_of(&mut tx, vote.id).await.unwrap();
        let (one, other) = (hex::encode(ballots[0].signature.as_ref().unwrap()),
            hex::encode(ballots[1].signature.as_ref().unwrap()));
        let (code, said) = verify(text.replace(&one, &other).as_bytes(), &[]);
        let codes: Vec<&str> =
            said["messages"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
        assert_eq!(code, 1);
        assert!(codes.contains(&"signature"), "another's signature is no signature: {codes:?}");
    }
}
