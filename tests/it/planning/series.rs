//! Meetings that recur, and what was put off.

use ecabinet::meetings::store::{self, Meeting as Row};

use crate::harness::TestApp;
use crate::on_both;

/// The meetings of the office, the soonest first.
async fn all(app: &TestApp) -> Vec<Row> {
    let mut tx = app.app.db.read().await.unwrap();
    let ids = ecabinet::sql!(tx => fetch_all
        "SELECT id FROM meeting ORDER BY starts_at, id" as (ecabinet::meetings::MeetingId,))
    .unwrap();
    let mut meetings = Vec::new();
    for (id,) in ids {
        meetings.push(store::meeting(&mut tx, app.organisation, id).await.unwrap().unwrap());
    }
    meetings
}

on_both! {
    async fn a_weekly_meeting_is_drafted_until_its_last_day(app) {
        let mut meeting = app.meeting().draft().await;
        let path = meeting.path("repetitions");
        let none = [("rhythm", "weekly"), ("last_day", "2026-11-25")];
        assert_eq!(meeting.secretary.post(&path, &none).await.status, 422);
        meeting.act("repetitions", &[("rhythm", "weekly"), ("last_day", "2026-12-15")]).await;
        let days: Vec<String> = all(&app).await.iter().map(|one| one.starts_at.date_time()).collect();
        assert_eq!(days, ["08:00, 24/11/2026", "08:00, 01/12/2026", "08:00, 08/12/2026", "08:00, 15/12/2026"]);
        for one in all(&app).await {
            assert_eq!(app.agenda(one.id).await.len(), 2);
            assert!(app.participant(one.id, "delegate5").await.is_some());
            assert!(one.room_id.is_some());
        }
        let again = [("rhythm", "weekly"), ("last_day", "2026-12-31")];
        assert_eq!(meeting.secretary.post(&path, &again).await.status, 409, "it recurs already");
    }

    async fn a_change_is_for_one_or_for_all_that_follow(app) {
        let mut meeting = app.meeting().draft().await;
        meeting.act("repetitions", &[("rhythm", "weekly"), ("last_day", "2026-12-15")]).await;
        let series = all(&app).await;
        let edit = |title: &'static str, day: &str, scope: &'static str| {
            let mut form: Vec<(String, String)> =
                app.basics(title).iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            form[3].1 = format!("{day}T14:00");
            form[4].1 = format!("{day}T16:00");
            form.push(("version".into(), "1".into()));
            form.push(("scope".into(), scope.into()));
            form
        };
        let path = format!("/meetings/{}/preparation", series[1].id);
        let form = edit("Họp chiều", "2026-12-02", "following");
        let form = crate::harness::meeting::as_fields(&form);
        let done = meeting.secretary.post(&path, &form).await;
        assert_eq!(done.status, 303, "{}", done.visible_text());
        let times: Vec<String> = all(&app).await.iter().map(|one| one.starts_at.date_time()).collect();
        assert_eq!(times, ["08:00, 24/11/2026", "14:00, 02/12/2026", "14:00, 09/12/2026", "14:00, 16/12/2026"]);
        let path = format!("/meetings/{}/preparation", series[3].id);
        let mut form = edit("Họp cuối", "2026-12-17", "one");
        form[5].1 = "2".into();
        let form = crate::harness::meeting::as_fields(&form);
        assert_eq!(meeting.secretary.post(&path, &form).await.status, 303);
        let titles: Vec<String> = all(&app).await.into_iter().map(|one| one.title).collect();
        assert_eq!(titles, ["Họp thường kỳ tháng 11", "Họp chiều", "Họp chiều", "Họp cuối"]);
    }

    async fn all_that_follow_move_or_none(app) {
        let mut meeting = app.meeting().draft().await;
        meeting.act("repetitions", &[("rhythm", "weekly"), ("last_day", "2026-12-08")]).await;
        let mut other = app.basics("Họp khác").to_vec();
        other[3].1 = "2026-12-08T14:00";
        other[4].1 = "2026-12-08T16:00";
        assert_eq!(meeting.secretary.post("/meetings", &other).await.status, 303);
        let mut form = app.basics("Họp chiều").to_vec();
        form[3].1 = "2026-11-24T14:00";
        form[4].1 = "2026-11-24T16:00";
        form.extend([("version", "1"), ("scope", "following")]);
        let path = meeting.path("preparation");
        let refused = meeting.secretary.post(&path, &form).await;
        assert_eq!(refused.status, 409);
        assert!(refused.visible_text().contains("Phòng đã có cuộc họp khác: Họp khác"), "{}", refused.visible_text());
        assert_eq!(all(&app).await.iter().filter(|one| one.starts_at.time() == "08:00").count(), 3);
    }

    async fn a_series_needs_a_series_to_change(app) {
        let mut meeting = app.meeting().draft().await;
        let mut form = app.basics("Họp").to_vec();
        form.extend([("version", "1"), ("scope", "following")]);
        let path = meeting.path("preparation");
        assert_eq!(meeting.secretary.post(&path, &form).await.status, 404);
        let path = meeting.path("repetitions");
        let form = [("rhythm", "monthly"), ("last_day", "2027-03-31")];
        assert_eq!(app.sign_in("delegate1").await.post(&path, &form).await.status, 404);
    }

    async fn what_was_put_off_stands_on_the_next_agenda(app) {
        let mut meeting = app.meeting().published().await;
        meeting.act("items", &[("title", "Giá dịch vụ thu gom rác")]).await;
        let item = app.agenda(meeting.id).await[2].id;
        let path = meeting.path(&format!("items/{item}/deferral"));
        assert_eq!(app.sign_in("delegate1").await.post(&path, &[("deferred", "yes")]).await.status, 403);
        meeting.act(&format!("items/{item}/deferral"), &[("deferred", "yes")]).await;
        let page = meeting.path("preparation");
        assert!(meeting.secretary.get(&page).await.visible_text().contains("Hoãn sang kỳ sau"));
        let copies = meeting.path("copies");
        let copied = meeting.secretary.post(&copies, &[("starts_at", "2026-12-24T08:00")]).await;
        let copy = app.meeting_at(&copied.location()).await;
        let items = app.agenda(copy.id).await;
        assert_eq!(items[2].title, "Giá dịch vụ thu gom rác");
        assert!(!items[2].deferred && !items[2].recurring);
        meeting.act(&format!("items/{item}/deferral"), &[]).await;
        assert!(!app.agenda(meeting.id).await[2].deferred);
    }
}
