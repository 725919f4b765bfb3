//! Papers on their way from the unit that prepares them to the meeting.

use ecabinet::meetings::MeetingId;
use ecabinet::meetings::store::{PreparedPaper, all_papers, prepared_paper};
use ecabinet::papers::PaperId;

use crate::harness::meeting::Meeting;
use crate::harness::pdf::pdf;
use crate::harness::{Browser, TestApp};
use crate::on_both;

/// A meeting whose first item the unit of economy prepares, with one draft.
async fn drafted(app: &TestApp, mut meeting: Meeting) -> (Meeting, PaperId, Browser) {
    let head = app.person("head").await;
    let mut tx = app.app.db.read().await.unwrap();
    let unit = ecabinet::meetings::store::unit_of(&mut tx, head).await.unwrap().to_string();
    drop(tx);
    let item = meeting.items[0];
    let form = [("title", "Kế hoạch đầu tư công"), ("unit", &*unit)];
    meeting.act(&format!("items/{item}"), &form).await;
    let mut drafter = app.sign_in("drafter").await;
    let path = meeting.path(&format!("items/{item}/documents"));
    let sent = drafter.upload(&path, "Tờ trình đầu tư.pdf", &pdf(&["Bản một"]), &[]).await;
    assert_eq!(sent.status, 303, "{}", sent.visible_text());
    let papers = {
        let mut tx = app.app.db.read().await.unwrap();
        all_papers(&mut tx, meeting.id, head).await.unwrap()
    };
    (meeting, papers[0].paper_id, drafter)
}

async fn state(app: &TestApp, meeting: &Meeting, paper: PaperId) -> PreparedPaper {
    let mut tx = app.app.db.read().await.unwrap();
    prepared_paper(&mut tx, meeting.id, paper).await.unwrap().unwrap()
}

/// Does something with version 1 of a paper, or another.
async fn step(browser: &mut Browser, meeting: MeetingId, paper: PaperId, act: &[(&str, &str)]) -> u16 {
    let mut form = act.to_vec();
    if !form.iter().any(|(name, _)| *name == "version") {
        form.push(("version", "1"));
    }
    browser.post(&format!("/meetings/{meeting}/papers/{paper}/steps"), &form).await.status
}

on_both! {
    async fn a_paper_goes_from_the_unit_by_its_head_to_the_readers(app) {
        let meeting = app.meeting().published().await;
        let (mut meeting, paper, mut drafter) = drafted(&app, meeting).await;
        let (mut head, mut delegate) = (app.sign_in("head").await, app.sign_in("delegate1").await);
        assert!(head.get("/notices").await.visible_text().contains("Đơn vị được giao chuẩn bị: Kế hoạch đầu tư công"));
        let reader = format!("/papers/{}", state(&app, &meeting, paper).await.version_id);
        for act in ["approve", "publish"] {
            assert_ne!(step(&mut head, meeting.id, paper, &[("act", act)]).await, 303, "{act} before it is submitted");
        }
        assert_eq!(step(&mut drafter, meeting.id, paper, &[("act", "submit")]).await, 303);
        assert!(head.get("/notices").await.visible_text().contains("Tài liệu chờ duyệt: Tờ trình đầu tư"));
        assert_eq!(step(&mut drafter, meeting.id, paper, &[("act", "approve")]).await, 409, "only the head approves");
        assert_eq!(step(&mut delegate, meeting.id, paper, &[("act", "approve")]).await, 404);
        assert_eq!(step(&mut head, meeting.id, paper, &[("act", "approve")]).await, 303);
        assert!(!delegate.get(&meeting.page()).await.visible_text().contains("Tờ trình đầu tư"));
        assert_eq!(delegate.get(&reader).await.status, 404, "approved is not published");
        let path = meeting.path("preparation");
        let page = meeting.secretary.get(&path).await.visible_text();
        assert!(page.contains("Đã duyệt") && page.contains("1 tài liệu chưa phát hành"), "{page}");
        assert_eq!(step(&mut head, meeting.id, paper, &[("act", "publish")]).await, 409);
        assert_eq!(step(&mut meeting.secretary, meeting.id, paper, &[("act", "publish")]).await, 303);
        assert!(delegate.get(&meeting.page()).await.visible_text().contains("Tờ trình đầu tư"));
        assert_eq!(delegate.get(&reader).await.status, 200);
        assert!(delegate.get("/notices").await.visible_text().contains("Tài liệu họp mới: Tờ trình đầu tư"));
        let acts = app.acts_on(&format!("meeting:{}", meeting.id)).await;
        for act in ["paper_submitted", "paper_approved", "paper_published"] {
            assert!(acts.contains(&act.to_owned()), "{act} in {acts:?}");
        }
    }

    async fn a_new_file_voids_the_approval_and_says_so(app) {
        let meeting = app.meeting().published().await;
        let (mut meeting, paper, mut drafter) = drafted(&app, meeting).await;
        let mut head = app.sign_in("head").await;
        step(&mut drafter, meeting.id, paper, &[("act", "submit")]).await;
        assert_eq!(step(&mut head, meeting.id, paper, &[("act", "approve")]).await, 303);
        let path = meeting.path(&format!("documents/{paper}/versions"));
        assert_eq!(drafter.upload(&path, "ban-hai.pdf", &pdf(&["Bản hai"]), &[]).await.status, 303);
        assert_eq!(state(&app, &meeting, paper).await.state.as_str(), "draft");
        assert!(head.get("/notices").await.visible_text().contains("lần duyệt trước không còn hiệu lực"));
        let page = head.get("/unit").await.visible_text();
        assert!(page.contains("Bản 2: có tệp mới, lần trình duyệt trước không còn hiệu lực"), "{page}");
        assert_eq!(step(&mut meeting.secretary, meeting.id, paper, &[("act", "publish"), ("version", "2")]).await, 409);
        assert_eq!(step(&mut drafter, meeting.id, paper, &[("act", "submit")]).await, 409, "version 1 is no longer the newest");
        assert_eq!(step(&mut drafter, meeting.id, paper, &[("act", "submit"), ("version", "2")]).await, 303);
        assert!(app.acts_on(&format!("meeting:{}", meeting.id)).await.contains(&"paper_approval_void".to_owned()));
    }

    async fn an_approval_of_the_page_before_the_new_file_is_stale(app) {
        let meeting = app.meeting().published().await;
        let (meeting, paper, mut drafter) = drafted(&app, meeting).await;
        let path = meeting.path(&format!("documents/{paper}/versions"));
        drafter.upload(&path, "ban-hai.pdf", &pdf(&["Bản hai"]), &[]).await;
        assert_eq!(step(&mut drafter, meeting.id, paper, &[("act", "submit"), ("version", "2")]).await, 303);
        let mut head = app.sign_in("head").await;
        assert_eq!(step(&mut head, meeting.id, paper, &[("act", "approve")]).await, 409);
        assert_eq!(state(&app, &meeting, paper).await.state.as_str(), "submitted");
    }

    async fn what_is_sent_back_names_a_reason_and_returns_to_its_drafter(app) {
        let meeting = app.meeting().published().await;
        let (meeting, paper, mut drafter) = drafted(&app, meeting).await;
        let mut head = app.sign_in("head").await;
        step(&mut drafter, meeting.id, paper, &[("act", "submit")]).await;
        assert_eq!(step(&mut head, meeting.id, paper, &[("act", "return")]).await, 422);
        let returned = [("act", "return"), ("reason", "Thiếu phụ lục")];
        assert_eq!(step(&mut head, meeting.id, paper, &returned).await, 303);
        assert!(drafter.get("/notices").await.visible_text().contains("Tài liệu bị trả lại"));
        let page = drafter.get("/unit").await.visible_text();
        assert!(page.contains("Trả lại") && page.contains("Thiếu phụ lục"), "{page}");
        assert_eq!(step(&mut drafter, meeting.id, paper, &[("act", "submit")]).await, 303);
    }

    async fn nobody_approves_a_paper_of_their_own(app) {
        let meeting = app.meeting().published().await;
        let (meeting, paper, _) = drafted(&app, meeting).await;
        let mut head = app.sign_in("head").await;
        let path = meeting.path(&format!("documents/{paper}/versions"));
        assert_eq!(head.upload(&path, "cua-truong.pdf", &pdf(&["Bản hai"]), &[]).await.status, 303);
        assert_eq!(step(&mut head, meeting.id, paper, &[("act", "submit"), ("version", "2")]).await, 303);
        assert_eq!(step(&mut head, meeting.id, paper, &[("act", "approve"), ("version", "2")]).await, 409);
    }

    async fn a_withdrawn_paper_is_read_no_more_and_the_unit_may_change_it(app) {
        let meeting = app.meeting().published().await;
        let (mut meeting, paper, mut drafter) = drafted(&app, meeting).await;
        let (mut head, mut delegate) = (app.sign_in("head").await, app.sign_in("delegate1").await);
        step(&mut drafter, meeting.id, paper, &[("act", "submit")]).await;
        step(&mut head, meeting.id, paper, &[("act", "approve")]).await;
        step(&mut meeting.secretary, meeting.id, paper, &[("act", "publish")]).await;
        let reader = format!("/papers/{}", state(&app, &meeting, paper).await.version_id);
        assert_eq!(delegate.get(&reader).await.status, 200);
        let versions = meeting.path(&format!("documents/{paper}/versions"));
        let refused = drafter.upload(&versions, "len.pdf", &pdf(&["Lén"]), &[]).await;
        assert_eq!(refused.status, 409, "what is read is changed by the meeting's secretary only");
        let withdrawn = [("act", "withdraw"), ("reason", "Sai số liệu")];
        assert_eq!(step(&mut meeting.secretary, meeting.id, paper, &withdrawn).await, 303);
        assert_eq!(delegate.get(&reader).await.status, 404);
        assert_eq!(drafter.upload(&versions, "sua.pdf", &pdf(&["Sửa"]), &[]).await.status, 303);
        assert_eq!(state(&app, &meeting, paper).await.state.as_str(), "draft");
    }

    async fn what_the_secretary_brings_is_published_and_a_change_is_told(app) {
        let mut meeting = app.meeting().published().await;
        let item = meeting.items[0].to_string();
        let path = meeting.path("papers");
        meeting.secretary.upload(&path, "Báo cáo.pdf", &pdf(&["Một"]), &[("item", &item)]).await;
        let mut delegate = app.sign_in("delegate1").await;
        let paper = {
            let mut tx = app.app.db.read().await.unwrap();
            all_papers(&mut tx, meeting.id, app.person("chair").await).await.unwrap()[0].paper_id
        };
        let path = meeting.path(&format!("papers/{paper}/versions"));
        assert_eq!(meeting.secretary.upload(&path, "moi.pdf", &pdf(&["Hai"]), &[]).await.status, 303);
        assert_eq!(state(&app, &meeting, paper).await.state.as_str(), "published");
        assert!(delegate.get("/notices").await.visible_text().contains("Tài liệu đã thay đổi: Báo cáo"));
        assert!(delegate.get(&meeting.page()).await.visible_text().contains("Mới"));
    }

    async fn a_unit_brings_papers_to_its_own_items_only(app) {
        let meeting = app.meeting().published().await;
        let (meeting, paper, mut drafter) = drafted(&app, meeting).await;
        let other = meeting.path(&format!("items/{}/documents", meeting.items[1]));
        assert_eq!(drafter.upload(&other, "a.pdf", &pdf(&["A"]), &[]).await.status, 404);
        let own = meeting.path(&format!("items/{}/documents", meeting.items[0]));
        let mut clerk = app.sign_in("clerk").await;
        assert_eq!(clerk.upload(&own, "a.pdf", &pdf(&["A"]), &[]).await.status, 404);
        let versions = meeting.path(&format!("documents/{paper}/versions"));
        assert_eq!(clerk.upload(&versions, "a.pdf", &pdf(&["A"]), &[]).await.status, 404);
        assert!(clerk.get("/unit").await.visible_text().contains("Không có tài liệu nào phải chuẩn bị"));
        let draft = format!("/papers/{}", state(&app, &meeting, paper).await.version_id);
        assert_eq!(clerk.get(&draft).await.status, 404);
        assert_eq!(app.sign_in("expert").await.get(&draft).await.status, 200, "of the unit");
    }

    async fn papers_that_are_late_are_said_in_the_readiness_list(app) {
        let meeting = app.meeting().draft().await;
        let (mut meeting, _, _) = drafted(&app, meeting).await;
        let kind: ecabinet::meetings::MeetingTypeId = app.committee.parse().unwrap();
        let mut tx = app.app.db.write().await.unwrap();
        let rules = ecabinet::meetings::store::planning_rules(&mut tx, kind).await.unwrap();
        let rules = ecabinet::meetings::rules::PlanningRules { deadline_days: 2, ..rules };
        ecabinet::meetings::store::set_planning_rules(&mut tx, kind, rules).await.unwrap();
        tx.commit().await.unwrap();
        let path = meeting.path("preparation");
        let page = meeting.secretary.get(&path).await.visible_text();
        // Tuesday's meeting: two working days before is Friday.
        assert!(page.contains("Quá hạn gửi tài liệu từ 08:00, 20/11/2026"), "{page}");
    }
}
