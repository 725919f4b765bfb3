//! A document sent to a neighbour, and the answer that comes back.

use ecabinet::identity::store::{self as people, Person};
use ecabinet::identity::{PersonId, actions};
use ecabinet::incoming::IncomingId;
use ecabinet::incoming::rules::{Act, State};
use ecabinet::incoming::store::{self as arrivals, Document};
use ecabinet::jobs;
use ecabinet::outgoing::answers::{ANSWER_JOB, AnswerNews};
use ecabinet::outgoing::{self, store};
use ecabinet::signing::{keys, urls};

use super::{decision, issued, sealed_office};
use crate::harness::{Answer, Browser, PASSWORD, TestApp, noon};
use crate::incoming::sent::{taken, theirs};
use crate::on_both;
use crate::signing::PIN;

/// The neighbour with people enough to answer: one signs, one checks, one drafts.
pub async fn two_offices(app: TestApp) -> TestApp {
    let app = sealed_office(app).await;
    let hash = actions::hash_password(PASSWORD.to_owned()).await.unwrap();
    let mut tx = app.app.db.write().await.unwrap();
    let unit = people::units(&mut tx, app.other).await.unwrap()[0].id;
    for login in ["their-chair", "their-head", "their-expert", "their-other"] {
        let person = Person {
            id: PersonId::new(),
            unit_id: unit,
            login: login.into(),
            full_name: format!("Nguyễn Văn {login}"),
            position: "Chuyên viên".into(),
            email: format!("{login}@office.test"),
            active: true,
        };
        assert!(people::insert_person(&mut tx, app.other, &person, &hash, noon()).await.unwrap());
    }
    outgoing::issue_test_seal(&mut tx, app.other, PIN, noon()).await.unwrap();
    let chair = people::credentials(&mut tx, "their-chair").await.unwrap().unwrap().id;
    keys::issue_test_key(&mut tx, app.other, chair, PIN, noon()).await.unwrap();
    tx.commit().await.unwrap();
    app
}

/// Does something with a document at the neighbour, on a page that is fresh.
async fn act(app: &TestApp, browser: &mut Browser, id: IncomingId, noun: &str, fields: &[(&str, &str)]) {
    let version = theirs(app, id).await.version.to_string();
    let mut fields = fields.to_vec();
    fields.push(("version", &version));
    let answer = browser.post(&format!("/incoming/{id}/{noun}"), &fields).await;
    assert_eq!(answer.status, 303, "{noun}: {}", answer.visible_text());
}

/// What we sent, registered there and given to their expert.
pub async fn given_to_their_expert(app: &TestApp) -> IncomingId {
    let (mut clerk, id) = taken(app).await;
    let Document { symbol, sender, subject, .. } = theirs(app, id).await;
    let chair = app.person("their-chair").await.to_string();
    let fields = [
        ("symbol", symbol.as_str()),
        ("dated_on", "2026-11-23"),
        ("sender", &sender),
        ("subject", &subject),
        ("leader", &chair),
    ];
    act(app, &mut clerk, id, "registration", &fields).await;
    let mut tx = app.app.db.read().await.unwrap();
    let unit = people::units(&mut tx, app.other).await.unwrap()[0].id.to_string();
    drop(tx);
    let mut chair = app.sign_in("their-chair").await;
    act(app, &mut chair, id, "direction", &[("lead", &unit), ("deadline", "2026-11-27")]).await;
    let expert = app.person("their-expert").await.to_string();
    let mut head = app.sign_in("their-head").await;
    act(app, &mut head, id, "assignment", &[("person", &expert)]).await;
    id
}

async fn draft(app: &TestApp, login: &str, answers: &str) -> Answer {
    let (checker, signer) =
        (app.person("their-head").await.to_string(), app.person("their-chair").await.to_string());
    let asker = app.organisation.to_string();
    let fields = [
        ("kind", "decision"),
        ("symbol", "QĐ-UBND"),
        ("priority", "normal"),
        ("subject", "Thống nhất Kế hoạch chỉnh trang hẻm, ngõ"),
        ("checker", &checker),
        ("signer", &signer),
        ("capacity", "tm"),
        ("copies", "2"),
        ("organisation", &asker),
        ("answers", answers),
    ];
    let file = decision(app, "Nguyễn Văn their-chair");
    app.sign_in(login).await.upload("/outgoing/draft", "tra-loi.pdf", &file, &fields).await
}

async fn move_on(app: &TestApp, login: &str, page: &str, act: &str) {
    let fields = [("act", act), ("note", "Đồng ý")];
    let answer = app.sign_in(login).await.post(&format!("{page}/acts"), &fields).await;
    assert_eq!(answer.status, 303, "{act}: {}", answer.visible_text());
}

/// The neighbour's draft on its way to us.
async fn issue_there(app: &TestApp, page: &str) {
    move_on(app, "their-expert", page, "submit").await;
    move_on(app, "their-head", page, "approve_content").await;
    move_on(app, "stranger", page, "approve_format").await;
    let id = page.rsplit('/').next().unwrap();
    let mut tx = app.app.db.read().await.unwrap();
    let found = store::outgoing(&mut tx, app.other, id.parse().unwrap()).await.unwrap().unwrap();
    drop(tx);
    let signatures = urls::signatures(found.document_id.unwrap(), 1);
    assert_eq!(app.sign_in("their-chair").await.post(&signatures, &[("pin", PIN)]).await.status, 303);
    let mut clerk = app.sign_in("stranger").await;
    assert_eq!(clerk.post(&format!("{page}/number"), &[("reserved", "")]).await.status, 303);
    let sealed = clerk.post("/outgoing/desk/seals", &[("document", id), ("pin", PIN)]).await;
    assert_eq!(sealed.status, 303, "{}", sealed.visible_text());
    assert_eq!(clerk.post("/outgoing/desk/issues", &[("document", id)]).await.status, 303);
}

async fn page_of(app: &TestApp, login: &str, page: &str) -> String {
    app.sign_in(login).await.get(page).await.visible_text()
}

on_both! {
    async fn what_is_sent_to_a_neighbour_is_answered_and_both_sides_read_how_far_it_is(app) {
        let app = two_offices(app).await;
        let ours = issued(&app).await;
        let id = given_to_their_expert(&app).await;
        assert!(page_of(&app, "drafter", &ours).await.contains("UBND phường Sơn Trà Đã phân công"));
        let mut expert = app.sign_in("their-expert").await;
        let form = expert.post(&format!("/incoming/{id}/answers"), &[]).await;
        assert_eq!(form.location(), format!("/outgoing/draft?answers=incoming:{id}"));
        let shown = expert.get(&form.location()).await;
        assert!(shown.visible_text().contains("Trả lời văn bản: 01/QĐ-UBND, UBND phường An Hải"));
        let asker = format!("value=\"{}\" checked", app.organisation);
        assert!(shown.text().contains(&asker), "the answer goes to who asked");
        let drafted = draft(&app, "their-expert", &format!("incoming:{id}")).await;
        let answer = drafted.location().to_owned();
        app.run_jobs().await;
        assert_eq!(theirs(&app, id).await.state, State::InProgress);
        let slip = page_of(&app, "their-chair", &format!("/incoming/{id}")).await;
        assert!(slip.contains("Văn bản trả lời …/QĐ-UBND: Thống nhất Kế hoạch") && slip.contains("Dự thảo"), "{slip}");
        assert!(page_of(&app, "drafter", &ours).await.contains("Sơn Trà Đang xử lý"));
        assert!(page_of(&app, "their-expert", &answer).await.contains("Trả lời văn bản 01/QĐ-UBND, UBND phường An Hải"));
        issue_there(&app, &answer).await;
        app.run_jobs().await;
        let done = theirs(&app, id).await;
        assert_eq!((done.state, done.completed_at), (State::Completed, Some(noon())));
        let shown = page_of(&app, "drafter", &ours).await;
        assert!(shown.contains("Sơn Trà Đã xử lý xong"), "{shown}");
        assert!(shown.contains("Đã trả lời bằng: 01/QĐ-UBND: Thống nhất Kế hoạch"), "{shown}");
        let told = page_of(&app, "drafter", "/notices").await;
        assert!(told.contains("UBND phường Sơn Trà trả lời bằng 01/QĐ-UBND"), "{told}");
        let told = page_of(&app, "their-chair", "/notices").await;
        assert!(told.contains("Đã xử lý xong"), "{told}");
        the_answer_arrives(&app).await;
    }

    async fn an_answer_is_written_down_once_however_often_it_is_told(app) {
        let app = two_offices(app).await;
        issued(&app).await;
        let id = given_to_their_expert(&app).await;
        assert_eq!(app.sign_in("their-expert").await.post(&format!("/incoming/{id}/answers"), &[]).await.status, 303);
        let mut tx = app.app.db.write().await.unwrap();
        let news = AnswerNews {
            organisation: app.other,
            subject: format!("incoming:{id}"),
            drafter: app.person("their-expert").await,
            title: "09/UBND-VP: Trả lời".into(),
            is_issued: true,
            at: noon(),
        };
        for _ in 0..2 {
            jobs::queue(&mut tx, ANSWER_JOB, &news, noon()).await.unwrap();
        }
        tx.commit().await.unwrap();
        app.run_jobs().await;
        let mut tx = app.app.db.read().await.unwrap();
        let course = arrivals::course(&mut tx, id).await.unwrap();
        let told: Vec<Act> = course.iter().filter(|line| line.note.contains("09/UBND-VP")).map(|line| line.act).collect();
        assert_eq!(told, [Act::Complete]);
    }

    async fn only_who_leads_the_work_drafts_its_answer(app) {
        let app = two_offices(app).await;
        issued(&app).await;
        let id = given_to_their_expert(&app).await;
        let name = format!("incoming:{id}");
        let early = draft(&app, "their-expert", &name).await;
        assert_eq!(early.status, 404, "not asked for on the document's own page");
        for (login, status) in [("stranger", 303), ("their-chair", 303), ("their-expert", 303), ("drafter", 404)] {
            let answer = app.sign_in(login).await.post(&format!("/incoming/{id}/answers"), &[]).await;
            assert_eq!(answer.status, status, "{login}");
        }
        assert_eq!(draft(&app, "their-other", &name).await.status, 404, "a name typed into the form is not enough");
        assert_eq!(draft(&app, "their-expert", &name).await.status, 303);
    }
}

/// At our door the neighbour's document names ours.
async fn the_answer_arrives(app: &TestApp) {
    let mut clerk = app.sign_in("clerk").await;
    let desk = clerk.get("/incoming").await.text();
    let path = desk.split("action=\"").find(|rest| rest.starts_with("/incoming/dispatches/")).unwrap();
    let path = path.split('"').next().unwrap().to_owned();
    let page = clerk.post(&path, &[]).await.location().to_owned();
    let shown = clerk.get(&page).await.visible_text();
    assert!(shown.contains("Trả lời văn bản của ta 01/QĐ-UBND: Ban hành Kế hoạch"), "{shown}");
}
