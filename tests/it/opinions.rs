//! What is said on papers, by whom it is read, and what is answered.

use ecabinet::meetings::store::{self as meetings, SessionRule};
use ecabinet::opinions::store;

use crate::harness::meeting::Meeting;
use crate::harness::pdf::pdf;
use crate::harness::{Answer, Browser, TestApp};
use crate::on_both;

/// A paper on the first item, brought in by the secretary.
async fn with_paper(app: &TestApp, mut meeting: Meeting) -> (Meeting, String) {
    let item = meeting.items[0].to_string();
    let path = meeting.path("papers");
    let sent = meeting.secretary.upload(&path, "to-trinh.pdf", &pdf(&["Tờ trình"]), &[("item", &item)]).await;
    assert_eq!(sent.status, 303, "{}", sent.visible_text());
    let secretary = app.person("secretary").await;
    let mut tx = app.app.db.read().await.unwrap();
    let papers = meetings::agenda_papers(&mut tx, meeting.id, secretary).await.unwrap();
    let paper = papers[0].paper_id.to_string();
    (meeting, paper)
}

async fn say(browser: &mut Browser, meeting: &Meeting, paper: &str, text: &str) -> Answer {
    let item = meeting.items[0].to_string();
    let form = [("item", &*item), ("paper", paper), ("text", text)];
    browser.post(&meeting.path("opinions"), &form).await
}

async fn said(app: &TestApp, meeting: &Meeting) -> Vec<store::Opinion> {
    let mut tx = app.app.db.read().await.unwrap();
    store::opinions(&mut tx, meeting.id, 100).await.unwrap()
}

on_both! {
    async fn an_opinion_is_written_before_the_meeting_and_changed_in_it(app) {
        let (mut meeting, paper) = with_paper(&app, app.meeting().published().await).await;
        let mut delegate = app.sign_in("delegate1").await;
        assert_eq!(say(&mut delegate, &meeting, &paper, "Cần rõ thời hạn").await.status, 303);
        meeting.act("opening", &[]).await;
        let first = meeting.items[0].to_string();
        meeting.act("current-item", &[("item", &first)]).await;
        assert_eq!(say(&mut delegate, &meeting, &paper, "Thời hạn đã rõ").await.status, 303);
        let kept = said(&app, &meeting).await;
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].text, "Thời hạn đã rõ");
        let second = meeting.items[1].to_string();
        meeting.act("current-item", &[("item", &second)]).await;
        let late = say(&mut delegate, &meeting, &paper, "Thêm").await;
        assert_eq!(late.status, 409);
        assert!(late.visible_text().contains("đã bàn xong"), "{}", late.visible_text());
    }

    async fn members_read_only_their_own_unless_the_kind_of_meeting_says_so(app) {
        let (meeting, paper) = with_paper(&app, app.meeting().published().await).await;
        say(&mut app.sign_in("delegate1").await, &meeting, &paper, "Ý của người thứ nhất").await;
        let mut other = app.sign_in("delegate2").await;
        let sees = |page: Answer| page.visible_text().contains("Ý của người thứ nhất");
        assert!(!sees(other.get(&meeting.path("opinions")).await));
        let table = other.get(&meeting.path("opinions.csv")).await.text();
        assert!(!table.contains("người thứ nhất"), "{table}");
        for reader in ["chair", "secretary"] {
            assert!(sees(app.sign_in(reader).await.get(&meeting.path("opinions")).await), "{reader}");
        }
        let mut tx = app.app.db.write().await.unwrap();
        let kind = app.committee.parse().unwrap();
        let open = SessionRule { speech_minutes: 3, opinions_shown: true };
        meetings::set_session_rule(&mut tx, kind, &open).await.unwrap();
        assert_eq!(meetings::session_rule(&mut tx, kind).await.unwrap(), open);
        tx.commit().await.unwrap();
        assert!(sees(other.get(&meeting.path("opinions")).await));
        assert!(!sees(app.sign_in("guest").await.get(&meeting.path("opinions")).await), "a guest is no member");
    }

    async fn those_who_run_the_meeting_answer_and_the_writer_reads_it(app) {
        let (mut meeting, paper) = with_paper(&app, app.meeting().published().await).await;
        let mut delegate = app.sign_in("delegate1").await;
        say(&mut delegate, &meeting, &paper, "Cần rõ thời hạn").await;
        let id = said(&app, &meeting).await[0].id;
        let path = format!("/opinions/{id}/answer");
        assert_eq!(delegate.post(&path, &[("text", "Tự trả lời")]).await.status, 404);
        assert_eq!(meeting.secretary.post(&path, &[("text", "")]).await.status, 422);
        assert_eq!(meeting.secretary.post(&path, &[("text", "Tiếp thu, <b>bổ sung</b>.")]).await.status, 303);
        let page = delegate.get(&meeting.path("opinions")).await;
        assert!(page.text().contains("Tiếp thu, &#60;b&#62;bổ sung"), "{}", page.visible_text());
    }

    async fn whoever_prepared_the_paper_reads_and_answers_without_being_invited(app) {
        let (mut meeting, paper) = with_paper(&app, app.meeting().published().await).await;
        say(&mut app.sign_in("delegate1").await, &meeting, &paper, "Cần rõ thời hạn").await;
        let clerk = app.person("clerk").await;
        let mut drafter = app.sign_in("clerk").await;
        assert_eq!(drafter.get(&meeting.path("opinions")).await.status, 404);
        let paper_id: ecabinet::papers::PaperId = paper.parse().unwrap();
        let mut tx = app.app.db.write().await.unwrap();
        ecabinet::sql!(tx => execute "UPDATE paper SET created_by = $1 WHERE id = $2", clerk, paper_id).unwrap();
        tx.commit().await.unwrap();
        let page = drafter.get(&meeting.path("opinions")).await;
        assert!(page.visible_text().contains("Cần rõ thời hạn"), "{}", page.visible_text());
        let id = said(&app, &meeting).await[0].id;
        let answered = drafter.post(&format!("/opinions/{id}/answer"), &[("text", "Sẽ bổ sung.")]).await;
        assert_eq!(answered.status, 303);
        assert_eq!(drafter.get(&meeting.page()).await.status, 404, "the meeting itself stays closed");
        meeting.act("opening", &[]).await;
    }

    async fn what_a_person_may_not_read_takes_no_opinion_of_theirs(app) {
        let (meeting, paper) = with_paper(&app, app.meeting().published().await).await;
        let mut guest = app.sign_in("guest").await;
        assert_eq!(say(&mut guest, &meeting, &paper, "Ý kiến").await.status, 404);
        let nothing = ecabinet::papers::PaperId::new().to_string();
        assert_eq!(say(&mut app.sign_in("delegate1").await, &meeting, &nothing, "Ý kiến").await.status, 404);
        let clerk = say(&mut app.sign_in("clerk").await, &meeting, &paper, "Ý kiến").await;
        assert_eq!(clerk.status, 404);
    }

    async fn hostile_text_is_shown_as_text_and_a_formula_is_no_formula(app) {
        let (mut meeting, paper) = with_paper(&app, app.meeting().published().await).await;
        let hostile = "=HYPERLINK(\"http://x\")<script>alert(1)</script>";
        assert_eq!(say(&mut app.sign_in("delegate1").await, &meeting, &paper, hostile).await.status, 303);
        let page = meeting.secretary.get(&meeting.path("opinions")).await.text();
        assert!(page.contains("&#60;script&#62;") && !page.contains("<script>alert"));
        let table = meeting.secretary.get(&meeting.path("opinions.csv")).await.text();
        assert!(table.contains("\"'=HYPERLINK"), "{table}");
        let long = "a".repeat(5_001);
        assert_eq!(say(&mut app.sign_in("delegate2").await, &meeting, &paper, &long).await.status, 422);
        assert_eq!(say(&mut app.sign_in("delegate2").await, &meeting, &paper, "  ").await.status, 422);
    }
}
