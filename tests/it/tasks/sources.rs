//! Where tasks come from, and what is counted of them.

use ecabinet::identity;
use ecabinet::tasks::rules::{Rhythm, Source};
use ecabinet::tasks::store;
use ecabinet::tasks::{NewTask, TaskId};

use super::{DAY, economy, page, task, told, unit};
use crate::conclusions::{drafted, read};
use crate::incoming::{SUBJECT, directed};
use crate::on_both;

on_both! {
    async fn a_directed_document_becomes_a_task_of_its_unit_and_says_where_it_comes_from(app) {
        let id = directed(&app, &mut app.sign_in("clerk").await).await;
        let (mut chair, mut head) = (app.sign_in("chair").await, app.sign_in("head").await);
        let form = format!("/tasks/new?document={id}");
        assert!(chair.get(&format!("/incoming/{id}")).await.text().contains(&form));
        let shown = chair.get(&form).await;
        assert!(shown.text().contains("Tham mưu trong tuần") && shown.text().contains("2026-11-27"), "{}", shown.text());
        assert!(shown.visible_text().contains("Từ văn bản đến: "), "{}", shown.visible_text());
        let (unit, document) = (economy(&app).await, id.to_string());
        let fields = [("title", SUBJECT), ("lead", &unit), ("due", "2026-11-27"), ("document", &document)];
        for giver in [&mut chair, &mut head] {
            let given = giver.post("/tasks/new", &fields).await;
            assert_eq!(given.status, 303, "{}", given.visible_text());
            let task = task(&app, given.location().rsplit('/').next().unwrap().parse().unwrap()).await;
            assert_eq!((task.source, task.source_title.as_str()), (Source::Document, SUBJECT));
            assert_eq!(task.source_link, format!("/incoming/{id}"));
        }
        assert_eq!(app.sign_in("delegate1").await.get(&form).await.status, 404, "it does not concern them");
        let elsewhere = self::unit(&app, "Văn phòng").await;
        let fields = [("title", SUBJECT), ("lead", &elsewhere), ("due", "2026-11-27"), ("document", &document)];
        assert_eq!(head.post("/tasks/new", &fields).await.status, 403, "a head gives to the own unit");
    }

    async fn of_a_task_from_a_restricted_meeting_a_mail_tells_only_that_there_is_something(app) {
        let meeting = drafted(&app).await;
        let (_, conclusions) = read(&app, &meeting).await;
        let unit = economy(&app).await;
        let point = meeting.path(&format!("conclusions/points/{}", conclusions[0].id));
        let fields = [("text", "Hoàn thiện quy chế"), ("lead", unit.as_str()), ("deadline", "2026-11-27"), ("version", "1")];
        let mut secretary = app.sign_in("secretary").await;
        assert_eq!(secretary.post(&point, &fields).await.status, 303);
        let mut tx = app.app.db.write().await.unwrap();
        ecabinet::sql!(tx => execute "UPDATE meeting SET restricted = TRUE WHERE 1 = 1").unwrap();
        tx.commit().await.unwrap();
        let conclusion = conclusions[0].id.to_string();
        assert_eq!(secretary.post(&meeting.path("tasks"), &[("conclusion", &conclusion)]).await.status, 303);
        assert_eq!(told(&app, "head", "Hoàn thiện quy chế").await, 1);
        let outbox = page(&mut secretary, "/mails").await;
        assert!(outbox.contains("Bạn có thông báo mới") && !outbox.contains("Hoàn thiện quy chế"), "{outbox}");
    }

    async fn the_leaders_page_counts_also_what_a_list_is_too_short_for(app) {
        let mut tx = app.app.db.write().await.unwrap();
        let units = identity::store::units(&mut tx, app.organisation).await.unwrap();
        let (giver, now) = (app.person("secretary").await, app.app.clock.now());
        for number in 0..store::MOST + 5 {
            ecabinet::sql!(tx => execute
                "INSERT INTO task (id, organisation_id, title, details, source, source_title, source_link, lead_unit_id,
                                   giver_id, given_at, due_at, state, progress, rhythm, version)
                 VALUES ($1, $2, 'Rà soát', '', 'hand', '', '', $3, $4, $5, $6, 'new', 0, 'once', 1)",
                TaskId::new(), app.organisation, units[0].id, giver, now.plus_seconds(-3 * DAY),
                now.plus_seconds(if number < 3 { -DAY } else { DAY })).unwrap();
        }
        tx.commit().await.unwrap();
        let mut secretary = app.sign_in("secretary").await;
        let overview = page(&mut secretary, "/tasks/overview").await;
        assert!(overview.contains("205"), "{overview}");
        let list = page(&mut secretary, "/tasks?view=given").await;
        assert!(list.contains("Hiện 200 việc gấp nhất trong số 205 việc chưa xong"), "{list}");
        assert!(!page(&mut secretary, "/tasks?view=late").await.contains("gấp nhất"), "three are late");
    }

    async fn another_feature_gives_a_task_by_its_own_right(app) {
        let mut tx = app.app.db.write().await.unwrap();
        let units = identity::store::units(&mut tx, app.organisation).await.unwrap();
        let actor = identity::Actor {
            person: app.person("chair").await,
            organisation: app.organisation,
            full_name: "Nguyễn Văn chair".into(),
            position: "Chủ tịch".into(),
            roles: Vec::new(),
            session: Vec::new(),
        };
        let now = app.app.clock.now();
        let new = NewTask {
            title: "Trả lời công văn số 12".into(),
            details: String::new(),
            source: Source::Document,
            source_title: "Công văn 12/UBND".into(),
            source_link: "/incoming".into(),
            conclusion: None,
            lead_unit: units[1].id,
            co_units: vec![units[0].id],
            person: None,
            due_at: now.plus_seconds(2 * DAY),
            rhythm: Rhythm::Once,
            after: None,
            steps: Vec::new(),
        };
        let id = ecabinet::tasks::give(&mut tx, &actor, new, now).await.unwrap();
        tx.commit().await.unwrap();
        let text = page(&mut app.sign_in("drafter").await, &format!("/tasks/{id}")).await;
        assert!(text.contains("Công văn 12/UBND") && text.contains("Văn phòng"), "{text}");
    }
}
