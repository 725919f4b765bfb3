//! Tasks: given, taken, reported, judged, handed over; reminders and days.

mod sources;

use ecabinet::identity;
use ecabinet::tasks::TaskId;
use ecabinet::tasks::rules::{Source, State};
use ecabinet::tasks::store::{self, Scope, Task};

use crate::conclusions::{drafted, read};
use crate::harness::pdf::pdf;
use crate::harness::{Browser, TestApp};
use crate::on_both;

const DAY: i64 = 86_400;

async fn unit(app: &TestApp, name: &str) -> String {
    let mut tx = app.app.db.read().await.unwrap();
    let units = identity::store::units(&mut tx, app.organisation).await.unwrap();
    units.iter().find(|unit| unit.name == name).unwrap().id.to_string()
}

async fn economy(app: &TestApp) -> String {
    unit(app, "Phòng Kinh tế").await
}

/// The secretary gives the economy's unit a task of so many days; `more` is sent too.
async fn give(app: &TestApp, days: &str, more: &[(&str, &str)]) -> TaskId {
    let unit = economy(app).await;
    let mut fields = vec![("title", "Rà soát các tuyến hẻm"), ("lead", unit.as_str()), ("days", days)];
    fields.extend(more);
    let given = app.sign_in("secretary").await.post("/tasks/new", &fields).await;
    assert_eq!(given.status, 303, "{}", given.visible_text());
    given.location().rsplit('/').next().unwrap().parse().unwrap()
}

async fn task(app: &TestApp, id: TaskId) -> Task {
    let mut tx = app.app.db.read().await.unwrap();
    store::task(&mut tx, app.organisation, id).await.unwrap().unwrap()
}

/// Sends an act on the task as it stands, as this person.
async fn act(app: &TestApp, id: TaskId, login: &str, act: &str, more: &[(&str, &str)]) -> u16 {
    let version = task(app, id).await.version.to_string();
    let mut fields = vec![("act", act), ("version", version.as_str())];
    fields.extend(more);
    app.sign_in(login).await.post(&format!("/tasks/{id}/acts"), &fields).await.status
}

async fn report(app: &TestApp, id: TaskId, login: &str, act: &str, text: &str) -> u16 {
    let version = task(app, id).await.version.to_string();
    let fields = [("act", act), ("text", text), ("progress", "60"), ("version", version.as_str())];
    let mut browser = app.sign_in(login).await;
    browser.upload(&format!("/tasks/{id}/reports"), "bao-cao.pdf", &pdf(&["Báo cáo"]), &fields).await.status
}

/// How many notices with these words a person has had.
async fn told(app: &TestApp, login: &str, words: &str) -> i64 {
    let person = app.person(login).await;
    let mut tx = app.app.db.read().await.unwrap();
    let (count,) = ecabinet::sql!(tx => fetch_one
        "SELECT count(id) FROM notice WHERE person_id = $1 AND subject LIKE '%' || $2 || '%'" as (i64,), person, words)
    .unwrap();
    count
}

/// Moves the clock and lets every due job run.
async fn wait(app: &TestApp, seconds: i64) {
    app.app.clock.advance(seconds);
    app.run_jobs().await;
}

async fn admin_leads(app: &TestApp, leader: &str) {
    let leader = app.person(leader).await.to_string();
    let fields = [
        ("hours_before", "24"),
        ("hours_after", "24"),
        ("escalation_days", "2"),
        ("leader", leader.as_str()),
    ];
    let mut admin = app.sign_in("admin").await;
    assert_eq!(admin.post("/tasks/settings", &fields).await.status, 303);
}

async fn page(browser: &mut Browser, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.visible_text());
    answer.visible_text()
}

on_both! {
    async fn a_task_goes_from_a_conclusion_to_an_accepted_report_with_an_extension_and_an_escalation(app) {
        admin_leads(&app, "chair").await;
        let meeting = drafted(&app).await;
        let (_, conclusions) = read(&app, &meeting).await;
        let (unit, mut secretary) = (economy(&app).await, app.sign_in("secretary").await);
        let point = meeting.path(&format!("conclusions/points/{}", conclusions[0].id));
        // A Friday.
        let fields = [("text", "Hoàn thiện quy chế"), ("lead", unit.as_str()), ("deadline", "2026-11-27"), ("version", "1")];
        assert_eq!(secretary.post(&point, &fields).await.status, 303);
        let conclusion = conclusions[0].id.to_string();
        let form = meeting.path("tasks");
        assert_eq!(secretary.post(&form, &[("conclusion", &conclusion)]).await.status, 303);
        assert_eq!(secretary.post(&form, &[("conclusion", &conclusion)]).await.status, 409, "given once");
        assert!(page(&mut secretary, &form).await.contains("Xem việc"));
        let mut tx = app.app.db.read().await.unwrap();
        let id = store::lines(&mut tx, app.organisation, Scope::default()).await.unwrap()[0].id;
        drop(tx);
        assert_eq!(told(&app, "head", "Việc được giao").await, 1);

        assert_eq!(act(&app, id, "drafter", "accept", &[]).await, 303);
        assert_eq!(task(&app, id).await.person_id, Some(app.person("drafter").await));
        assert_eq!(report(&app, id, "drafter", "progress", "Đã có dự thảo").await, 303);
        assert_eq!(task(&app, id).await.progress, 60);
        wait(&app, 4 * DAY).await;
        assert_eq!(told(&app, "drafter", "Sắp đến hạn").await, 1);
        let ask = [("text", "Chờ ý kiến thành phố"), ("due", "2026-11-30")];
        assert_eq!(act(&app, id, "drafter", "ask_extension", &ask).await, 303);
        assert_eq!(told(&app, "secretary", "Xin gia hạn").await, 1);
        assert_eq!(act(&app, id, "drafter", "grant_extension", &[]).await, 403, "one does not grant oneself");
        assert_eq!(act(&app, id, "secretary", "grant_extension", &[]).await, 303);
        assert_eq!(task(&app, id).await.due_at.date_time(), "17:00, 30/11/2026");

        wait(&app, 5 * DAY).await;
        assert_eq!(told(&app, "chair", "quá hạn").await, 0, "not two working days yet");
        wait(&app, DAY).await;
        assert_eq!(told(&app, "chair", "Báo cáo lãnh đạo").await, 1);
        assert_eq!(told(&app, "drafter", "Quá hạn").await, 1);
        wait(&app, DAY).await;
        assert_eq!(told(&app, "chair", "Báo cáo lãnh đạo").await, 1, "told once");
        assert!(page(&mut app.sign_in("chair").await, "/tasks/overview").await.contains("Hoàn thiện quy chế"));

        assert_eq!(report(&app, id, "drafter", "report", "Đã ban hành").await, 303);
        assert_eq!(act(&app, id, "secretary", "return", &[("text", "Thiếu phụ lục")]).await, 303);
        assert_eq!(report(&app, id, "drafter", "report", "Đã bổ sung").await, 303);
        assert_eq!(act(&app, id, "chair", "approve", &[]).await, 303);
        assert_eq!(task(&app, id).await.state, State::Done);
        let story = page(&mut app.sign_in("drafter").await, &format!("/tasks/{id}")).await;
        for words in ["Gia hạn đến: 30/11/2026", "Báo cáo lãnh đạo", "Thiếu phụ lục", "Duyệt kết quả", "bao-cao"] {
            assert!(story.contains(words), "{words}: {story}");
        }
        assert_eq!(act(&app, id, "chair", "cancel", &[("text", "Thôi")]).await, 409, "what is done stays done");
    }

    async fn what_is_wrong_with_a_deadline_is_said_at_the_form_and_nothing_typed_is_lost(app) {
        let unit = economy(&app).await;
        let mut secretary = app.sign_in("secretary").await;
        for (name, value, words) in [
            ("due", "2026-11-20", "Thời hạn phải ở sau"),
            ("due", "2026-11-28", "Ngày đó cơ quan nghỉ"),
            ("days", "0", "Thời hạn phải ở sau"),
            ("days", "mai", "Thời hạn phải ở sau"),
        ] {
            let fields = [("title", "Việc <b>mới</b>"), ("lead", unit.as_str()), (name, value)];
            let refused = secretary.post("/tasks/new", &fields).await;
            assert_eq!(refused.status, 422, "{value}");
            let text = refused.text();
            assert!(text.contains(words) && text.contains("Việc &#60;b&#62;mới"), "{value}: {text}");
        }
    }

    async fn days_closed_and_days_swapped_move_a_deadline_and_are_entered_once(app) {
        let mut admin = app.sign_in("admin").await;
        let closed = [("day", "2026-11-24"), ("name", "Nghỉ bù")];
        assert_eq!(admin.post("/holidays", &closed).await.status, 303);
        let twice = admin.post("/holidays", &closed).await;
        assert_eq!(twice.status, 409);
        assert!(twice.visible_text().contains("đã có trong danh sách"), "{}", twice.visible_text());
        let swapped = [("day", "2026-11-28"), ("name", "Làm bù ngày 24/11")];
        assert_eq!(admin.post("/tasks/swapped-days", &swapped).await.status, 303);
        assert_eq!(admin.post("/tasks/swapped-days", &swapped).await.status, 409, "entered twice");
        let usual = [("day", "2026-11-25"), ("name", "Thứ Tư")];
        assert_eq!(admin.post("/tasks/swapped-days", &usual).await.status, 409, "worked anyway");
        // From Monday the 23rd: the 25th, 26th, 27th, and Saturday the 28th.
        let id = give(&app, "4", &[]).await;
        assert_eq!(task(&app, id).await.due_at.date(), "28/11/2026");
        assert_eq!(admin.post("/tasks/swapped-days/removals", &[("day", "2026-11-28")]).await.status, 303);
        assert_eq!(admin.post("/tasks/swapped-days/removals", &[("day", "2026-11-28")]).await.status, 404);
        let mut secretary = app.sign_in("secretary").await;
        assert_eq!(secretary.post("/tasks/swapped-days", &swapped).await.status, 403);
    }

    async fn reminders_come_before_at_and_after_and_never_twice(app) {
        let drafter = app.person("drafter").await.to_string();
        let id = give(&app, "2", &[("person", &drafter)]).await;
        assert_eq!(task(&app, id).await.due_at.date_time(), "17:00, 25/11/2026");
        for (seconds, words) in [(29 * 3600, "Sắp đến hạn"), (DAY, "Đến hạn"), (DAY, "Quá hạn")] {
            wait(&app, seconds).await;
            assert_eq!(told(&app, "drafter", words).await, 1, "{words}");
            app.run_jobs().await;
            assert_eq!(told(&app, "drafter", words).await, 1, "{words} twice");
        }
        // The times change: what was told stays told.
        admin_leads(&app, "chair").await;
        wait(&app, 1).await;
        assert_eq!(told(&app, "drafter", "Quá hạn").await, 1);
    }

    async fn after_a_week_without_power_only_the_last_word_is_said(app) {
        let drafter = app.person("drafter").await.to_string();
        give(&app, "2", &[("person", &drafter)]).await;
        wait(&app, 9 * DAY).await;
        let all = ["Sắp đến hạn", "Đến hạn", "Quá hạn"];
        let mut counts = Vec::new();
        for words in all {
            counts.push(told(&app, "drafter", words).await);
        }
        assert_eq!(counts, [0, 0, 1]);
    }

    async fn many_reminders_due_at_once_come_once_each_and_a_broken_one_holds_up_nobody(app) {
        let drafter = app.person("drafter").await.to_string();
        for _ in 0..35 {
            give(&app, "2", &[("person", &drafter)]).await;
        }
        let mut tx = app.app.db.write().await.unwrap();
        let broken = app.app.clock.now();
        ecabinet::jobs::queue(&mut tx, ecabinet::tasks::REMINDER_JOB, &"no task", broken).await.unwrap();
        tx.commit().await.unwrap();
        wait(&app, 29 * 3600).await;
        assert_eq!(told(&app, "drafter", "Sắp đến hạn").await, 35);
        app.run_jobs().await;
        assert_eq!(told(&app, "drafter", "Sắp đến hạn").await, 35);
        let mut tx = app.app.db.read().await.unwrap();
        let stuck = ecabinet::jobs::stuck(&mut tx).await.unwrap();
        assert_eq!(stuck.iter().map(|job| job.payload.as_str()).collect::<Vec<_>>(), ["\"no task\""]);
    }

    async fn two_who_act_at_once_do_not_overrule_each_other(app) {
        let id = give(&app, "3", &[]).await;
        let fields = [("act", "accept"), ("version", "1")];
        let path = format!("/tasks/{id}/acts");
        assert_eq!(app.sign_in("drafter").await.post(&path, &fields).await.status, 303);
        let late = app.sign_in("expert").await.post(&path, &fields).await;
        assert_eq!(late.status, 409);
        assert!(late.visible_text().contains("Người khác vừa cập nhật"), "{}", late.visible_text());
        assert_eq!(task(&app, id).await.person_id, Some(app.person("drafter").await));
        assert_eq!(act(&app, id, "expert", "progress", &[("text", "x")]).await, 403, "it is the drafter's");
        assert_eq!(act(&app, id, "delegate1", "accept", &[]).await, 404, "not of the unit");
    }

    async fn who_leaves_hands_over_and_the_unit_is_told(app) {
        let drafter = app.person("drafter").await.to_string();
        let id = give(&app, "3", &[("person", &drafter)]).await;
        let mut admin = app.sign_in("admin").await;
        let left = admin.post(&format!("/people/{drafter}/retirement"), &[]).await;
        assert_eq!(left.status, 303, "{}", left.visible_text());
        app.run_jobs().await;
        assert_eq!(told(&app, "head", "Cần bàn giao 1 việc").await, 1);
        let unit = economy(&app).await;
        let fields = [("title", "Việc khác"), ("lead", unit.as_str()), ("days", "2"), ("person", &drafter)];
        let refused = app.sign_in("secretary").await.post("/tasks/new", &fields).await;
        assert!(refused.text().contains("không còn làm việc"), "{}", refused.visible_text());
        let mut head = app.sign_in("head").await;
        let overview = page(&mut head, "/tasks/overview").await;
        assert!(overview.contains("đã nghỉ, còn giữ 1 việc"), "{overview}");
        let expert = app.person("expert").await.to_string();
        let form = [("from", drafter.as_str()), ("to", expert.as_str())];
        assert_eq!(app.sign_in("expert").await.post("/tasks/hand-overs", &form).await.status, 403);
        assert_eq!(head.post("/tasks/hand-overs", &form).await.status, 303);
        assert_eq!(task(&app, id).await.person_id.unwrap().to_string(), expert);
        assert_eq!(told(&app, "expert", "Việc được giao").await, 1);
        assert!(!page(&mut head, "/tasks/overview").await.contains("đã nghỉ"));
    }

    async fn a_recurring_task_has_one_follower_whether_it_is_done_or_late(app) {
        let drafter = app.person("drafter").await.to_string();
        let id = give(&app, "2", &[("person", &drafter), ("rhythm", "weekly"), ("steps", "Thu số liệu\nTổng hợp")]).await;
        wait(&app, 3 * DAY).await;
        let mut tx = app.app.db.read().await.unwrap();
        let open = store::lines(&mut tx, app.organisation, Scope::default()).await.unwrap();
        let next = open.iter().find(|line| line.id != id).unwrap();
        assert_eq!((open.len(), next.due_at.date().as_str(), next.source), (2, "02/12/2026", Source::Recurring));
        assert_eq!(store::steps(&mut tx, next.id).await.unwrap().len(), 2);
        drop(tx);
        assert_eq!(act(&app, id, "drafter", "accept", &[]).await, 303);
        assert_eq!(report(&app, id, "drafter", "report", "Xong tuần này").await, 303);
        assert_eq!(act(&app, id, "secretary", "approve", &[]).await, 303);
        let mut tx = app.app.db.read().await.unwrap();
        assert_eq!(store::lines(&mut tx, app.organisation, Scope::default()).await.unwrap().len(), 1);
    }

    async fn a_task_waits_for_the_one_before_it(app) {
        let first = give(&app, "2", &[]).await;
        let second = give(&app, "3", &[("after", &first.to_string())]).await;
        for id in [first, second] {
            assert_eq!(act(&app, id, "drafter", "accept", &[]).await, 303);
        }
        assert_eq!(report(&app, second, "drafter", "report", "Xong").await, 409);
        assert_eq!(report(&app, first, "drafter", "report", "Xong").await, 303);
        assert_eq!(act(&app, first, "secretary", "approve", &[]).await, 303);
        assert_eq!(report(&app, second, "drafter", "report", "Xong").await, 303);
    }

    async fn a_late_task_is_put_on_an_agenda_and_one_in_time_is_not(app) {
        let id = give(&app, "1", &[]).await;
        let meeting = app.meeting().draft().await;
        let form = [("meeting", meeting.id.to_string())];
        let form = [("meeting", form[0].1.as_str())];
        let path = format!("/tasks/{id}/follow-ups");
        assert_eq!(app.sign_in("secretary").await.post(&path, &form).await.status, 409);
        wait(&app, 2 * DAY).await;
        assert_eq!(app.sign_in("secretary").await.post(&path, &form).await.status, 303);
        let items = app.item_ids(meeting.id).await;
        assert_eq!(items.len(), meeting.items.len() + 1);
        assert_eq!(app.sign_in("head").await.post(&path, &form).await.status, 404, "who does not prepare the meeting");
    }

    async fn steps_are_ticked_by_the_unit_and_every_view_shows_what_it_promises(app) {
        let drafter = app.person("drafter").await.to_string();
        let id = give(&app, "5", &[("person", &drafter), ("steps", "Khảo sát")]).await;
        let mut tx = app.app.db.read().await.unwrap();
        let step = store::steps(&mut tx, id).await.unwrap()[0].id;
        drop(tx);
        let mut expert = app.sign_in("expert").await;
        assert_eq!(expert.post(&format!("/tasks/{id}/steps/{step}"), &[("done", "on")]).await.status, 303);
        assert_eq!(expert.post(&format!("/tasks/{id}/steps"), &[("text", "Thêm")]).await.status, 403);
        let mut own = app.sign_in("drafter").await;
        assert_eq!(own.post(&format!("/tasks/{id}/steps"), &[("text", "Lập biểu")]).await.status, 303);
        assert!(page(&mut own, "/").await.contains("Việc: Rà soát"), "home has it");
        let title = "Rà soát các tuyến hẻm";
        for (login, view, shown) in [
            ("drafter", "mine", true), ("expert", "mine", false), ("expert", "unit", true), ("secretary", "given", true),
            ("drafter", "holders", true), ("delegate1", "holders", false), ("delegate1", "sources", false),
            ("secretary", "sources", true), ("drafter", "late", false),
        ] {
            for shape in ["", "&as=board"] {
                let mut person = app.sign_in(login).await;
                let text = page(&mut person, &format!("/tasks?view={view}{shape}")).await;
                assert_eq!(text.contains(title), shown, "{login} {view}{shape}: {text}");
            }
        }
        wait(&app, 8 * DAY).await;
        assert!(page(&mut app.sign_in("drafter").await, "/tasks?view=late").await.contains(title));
        assert!(page(&mut app.sign_in("drafter").await, "/").await.contains("Quá hạn 17:00, 30/11/2026"));
        assert_eq!(app.sign_in("drafter").await.get("/tasks/overview").await.status, 403);
    }
}
