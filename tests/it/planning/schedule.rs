//! The office's week.

use crate::harness::TestApp;
use crate::on_both;

async fn week(app: &TestApp, login: &str) -> String {
    app.sign_in(login).await.get("/schedule?week=2026-11-26").await.visible_text()
}

const VISIT: [(&str, &str); 5] = [
    ("title", "Kiểm tra công trình kè sông"),
    ("people", "Chủ tịch UBND"),
    ("place", "Tổ dân phố 14"),
    ("starts_at", "2026-11-25T14:00"),
    ("ends_at", "2026-11-25T16:00"),
];

on_both! {
    async fn the_week_shows_announced_meetings_to_the_whole_office(app) {
        let mut meeting = app.meeting().draft().await;
        assert!(!week(&app, "clerk").await.contains("Họp thường kỳ"), "a draft is nobody's to see");
        meeting.act("publication", &[]).await;
        let page = app.sign_in("clerk").await.get("/schedule?week=2026-11-26").await;
        let text = page.visible_text();
        assert!(text.contains("Từ 23/11/2026 đến 29/11/2026"), "{text}");
        assert!(text.contains("Thứ Ba 24/11 08:00 – 11:00 Họp thường kỳ tháng 11 Hội trường A"), "{text}");
        assert!(text.contains("Thứ Hai 23/11 Hôm nay"), "{text}");
        assert!(!page.text().contains(&format!("href=\"{}\"", meeting.page())), "not invited: no way in");
        let invited = app.sign_in("delegate1").await.get("/schedule?week=2026-11-26").await.text();
        assert!(invited.contains(&format!("href=\"{}\"", meeting.page())));
        assert!(!week(&app, "stranger").await.contains("Họp thường kỳ"), "another office");
        meeting.act("cancellation", &[]).await;
        assert!(!week(&app, "clerk").await.contains("Họp thường kỳ"));
    }

    async fn a_restricted_meeting_is_in_the_week_of_the_invited_only(app) {
        let mut meeting = app.meeting().published().await;
        let mut form = app.basics("Họp kiểm điểm").to_vec();
        form.extend([("version", "1"), ("restricted", "on")]);
        let path = meeting.path("preparation");
        assert_eq!(meeting.secretary.post(&path, &form).await.status, 303);
        assert!(!week(&app, "clerk").await.contains("Họp kiểm điểm"));
        assert!(week(&app, "delegate1").await.contains("Họp kiểm điểm"));
        assert!(week(&app, "secretary").await.contains("Họp kiểm điểm"));
    }

    async fn an_entry_is_seen_by_all_once_the_office_approves_it(app) {
        let mut delegate = app.sign_in("delegate1").await;
        let proposed = delegate.post("/schedule/entries", &VISIT).await;
        assert_eq!(proposed.location(), "/schedule?week=2026-11-25");
        assert!(week(&app, "delegate1").await.contains("Kiểm tra công trình kè sông Chờ duyệt"));
        assert!(!week(&app, "clerk").await.contains("Kiểm tra công trình"));
        assert!(week(&app, "secretary").await.contains("1 mục chờ Văn phòng duyệt"));
        let mut secretary = app.sign_in("secretary").await;
        let page = secretary.get("/schedule?week=2026-11-25").await.text();
        let entry = page.split("action=\"/schedule/entries/").nth(1).unwrap().split('/').next().unwrap().to_owned();
        let path = format!("/schedule/entries/{entry}");
        assert_eq!(delegate.post(&format!("{path}/approval"), &[("version", "1")]).await.status, 403);
        assert_eq!(app.sign_in("clerk").await.get(&path).await.status, 404);
        assert_eq!(secretary.post(&format!("{path}/approval"), &[("version", "9")]).await.status, 409);
        assert_eq!(secretary.post(&format!("{path}/approval"), &[("version", "1")]).await.status, 303);
        let text = week(&app, "clerk").await;
        assert!(text.contains("14:00 – 16:00 Kiểm tra công trình kè sông Tổ dân phố 14 Chủ tịch UBND"), "{text}");
        // Other words wait for approval again.
        let mut changed = VISIT.to_vec();
        changed[0].1 = "Tiếp công dân";
        changed.push(("version", "2"));
        assert_eq!(delegate.post(&path, &changed).await.status, 303);
        assert!(!week(&app, "clerk").await.contains("Tiếp công dân"));
        assert_eq!(delegate.post(&path, &changed).await.status, 409, "from the page before");
        assert_eq!(delegate.post(&format!("{path}/removal"), &[]).await.status, 303);
        assert_eq!(delegate.get(&path).await.status, 404);
        let acts = app.acts_on(&format!("entry:{}", plain(&entry))).await;
        assert_eq!(acts, ["entry_proposed", "entry_approved", "entry_edited", "entry_removed"]);
    }

    async fn what_cannot_stand_in_a_week_is_refused(app) {
        let mut delegate = app.sign_in("delegate1").await;
        for (field, value) in [
            ("title", " "), ("starts_at", "hôm nay"), ("ends_at", "2026-11-25T14:00"), ("ends_at", "2027-11-25T14:00"),
        ] {
            let mut form = VISIT.to_vec();
            form.retain(|(name, _)| *name != field);
            form.push((field, value));
            assert_eq!(delegate.post("/schedule/entries", &form).await.status, 422, "{field}={value}");
        }
        for odd in ["x", "9999-12-31", "-0001-01-01", "2026-02-30"] {
            assert_eq!(delegate.get(&format!("/schedule?week={odd}")).await.status, 200, "{odd}");
        }
    }
}

fn plain(id: &str) -> String {
    id.replace('-', "")
}
