//! A room is given once; its plan and the closed days are kept.

use crate::harness::TestApp;
use crate::harness::meeting::as_fields;
use crate::on_both;

/// The form of a meeting in the office's room, at these hours.
fn at<'a>(app: &'a TestApp, title: &'a str, from: &'a str, to: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut form = app.basics(title).to_vec();
    form[3].1 = from;
    form[4].1 = to;
    form
}

on_both! {
    async fn a_room_that_is_taken_is_refused_with_who_has_it_and_which_is_free(app) {
        let mut secretary = app.sign_in("secretary").await;
        let mut admin = app.sign_in("admin").await;
        assert_eq!(admin.post("/rooms", &[("name", "Phòng nhỏ"), ("seats", "8")]).await.status, 303);
        let first = at(&app, "Họp giao ban", "2026-11-24T08:00", "2026-11-24T10:00");
        assert_eq!(secretary.post("/meetings", &first).await.status, 303);
        let second = at(&app, "Họp đột xuất", "2026-11-24T09:30", "2026-11-24T11:00");
        let refused = secretary.post("/meetings", &second).await;
        assert_eq!(refused.status, 409);
        let page = refused.visible_text();
        assert!(page.contains("Phòng đã có cuộc họp khác: Họp giao ban, 08:00 – 10:00, 24/11/2026"), "{page}");
        assert!(page.contains("Hội trường A (40 chỗ). Đã có: Họp giao ban, 08:00 – 10:00"), "{page}");
        assert!(page.contains("Phòng nhỏ (8 chỗ)") && !page.contains("Phòng nhỏ (8 chỗ). Đã có"), "{page}");
        assert!(refused.text().contains("Họp đột xuất"), "what was typed is still there");
        let after = at(&app, "Họp sau", "2026-11-24T10:00", "2026-11-24T11:00");
        assert_eq!(secretary.post("/meetings", &after).await.status, 303, "one ends when the next begins");
    }

    async fn of_eight_who_want_one_room_at_once_one_gets_it(app) {
        let secretary = app.sign_in("secretary").await;
        let answers = futures_util::future::join_all((0..8).map(|number| {
            let (mut browser, title) = (secretary.clone(), format!("Họp {number}"));
            let app = &app;
            async move {
                // They overlap, each with another beginning.
                let from = format!("2026-11-24T08:{:02}", number * 5);
                browser.post("/meetings", &at(app, &title, &from, "2026-11-24T11:00")).await.status
            }
        })).await;
        assert_eq!(answers.iter().filter(|status| **status == 303).count(), 1, "{answers:?}");
        assert_eq!(answers.iter().filter(|status| **status == 409).count(), 7, "{answers:?}");
    }

    async fn two_meetings_that_change_rooms_with_each_other_are_both_refused(app) {
        let mut first = app.meeting().draft().await;
        let mut second = app.meeting().draft().await;
        let rooms = {
            let mut tx = app.app.db.read().await.unwrap();
            let mut rooms = Vec::new();
            for id in [first.id, second.id] {
                let meeting = ecabinet::meetings::store::meeting(&mut tx, app.organisation, id).await.unwrap();
                rooms.push(meeting.unwrap().room_id.unwrap().to_string());
            }
            rooms
        };
        let form = |room: &str| {
            let mut form: Vec<(String, String)> =
                app.basics("Đổi phòng").iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
            form[2].1 = room.to_owned();
            form.push(("version".into(), "1".into()));
            form
        };
        let (one, two) = (form(&rooms[1]), form(&rooms[0]));
        let (path_one, path_two) = (first.path("preparation"), second.path("preparation"));
        let (one, two) = (as_fields(&one), as_fields(&two));
        let (one, two) = futures_util::future::join(
            first.secretary.post(&path_one, &one),
            second.secretary.post(&path_two, &two),
        ).await;
        assert_eq!((one.status, two.status), (409, 409));
    }

    async fn a_meeting_moves_within_its_own_time_and_a_cancelled_one_gives_its_room_back(app) {
        let mut secretary = app.sign_in("secretary").await;
        let form = at(&app, "Họp dời giờ", "2026-11-24T08:00", "2026-11-24T10:00");
        let made = secretary.post("/meetings", &form).await;
        let path = made.location();
        let mut moved = at(&app, "Họp dời giờ", "2026-11-24T09:00", "2026-11-24T11:00");
        moved.push(("version", "1"));
        assert_eq!(secretary.post(&path, &moved).await.status, 303);
        let early = at(&app, "Họp sớm", "2026-11-24T08:00", "2026-11-24T09:00");
        assert_eq!(secretary.post("/meetings", &early).await.status, 303, "the hour it left is free");
        let late = at(&app, "Họp muộn", "2026-11-24T10:00", "2026-11-24T11:00");
        assert_eq!(secretary.post("/meetings", &late).await.status, 409);
        let cancelled = path.replace("preparation", "cancellation");
        assert_eq!(secretary.post(&cancelled, &[]).await.status, 303);
        assert_eq!(secretary.post("/meetings", &late).await.status, 303);
    }

    async fn a_copy_into_a_taken_hour_comes_without_a_room(app) {
        let mut model = app.meeting().published().await;
        let path = model.path("copies");
        let copied = model.secretary.post(&path, &[("starts_at", "2026-11-24T08:00")]).await;
        assert_eq!(copied.status, 303);
        let page = model.secretary.get(&copied.location()).await.visible_text();
        assert!(page.contains("Chưa chọn phòng họp hoặc đường dẫn trực tuyến"), "{page}");
    }

    async fn a_plan_is_drawn_and_saved_and_one_label_sits_once(app) {
        let mut admin = app.sign_in("admin").await;
        let page = format!("/rooms/{}", app.room);
        let drawn = admin.get(&format!("{page}?rows=2&columns=3")).await.text();
        assert!(drawn.contains("name=\"seat-2-3\" value=\"B3\""), "{drawn}");
        let plan = [
            ("name", "Hội trường lớn"), ("seats", "60"), ("seat-1-1", "A1"), ("seat-1-2", " "), ("seat-2-1", "B1"),
        ];
        assert_eq!(admin.post(&page, &plan).await.status, 303);
        let shown = admin.get(&page).await;
        assert!(shown.visible_text().contains("60 chỗ, sơ đồ có 2 ghế"), "{}", shown.visible_text());
        let twice = [("name", "Hội trường lớn"), ("seats", "60"), ("seat-1-1", "A1"), ("seat-2-2", "A1")];
        let refused = admin.post(&page, &twice).await;
        assert_eq!(refused.status, 422);
        assert!(refused.visible_text().contains("mỗi ghế có tên riêng"));
        assert!(admin.get(&page).await.text().contains("value=\"B1\""), "the plan before stays");
        assert_eq!(admin.post(&page, &[("name", ""), ("seats", "0")]).await.status, 422);
        assert_eq!(app.acts_on(&format!("room:{}", app.room)).await, ["room_edited"]);
    }

    async fn a_room_out_of_use_stays_with_its_meetings_and_takes_no_new_one(app) {
        let mut meeting = app.meeting().draft().await;
        let mut admin = app.sign_in("admin").await;
        let retired = [("name", "Hội trường A"), ("seats", "40"), ("retired", "on")];
        assert_eq!(admin.post(&format!("/rooms/{}", app.room), &retired).await.status, 303);
        assert!(admin.get("/rooms").await.visible_text().contains("40 chỗ. Ngừng sử dụng"));
        let form = meeting.secretary.get("/meetings/new").await.text();
        assert!(!form.contains("Hội trường A"), "{form}");
        let refused = meeting.secretary.post("/meetings", &app.basics("Họp mới")).await;
        assert_eq!(refused.status, 422);
        assert!(refused.visible_text().contains("Phòng này đã ngừng sử dụng"), "{}", refused.visible_text());
        let path = meeting.path("preparation");
        assert!(meeting.secretary.get(&path).await.text().contains("Hội trường A"), "its own room");
        let mut renamed = app.basics("Họp chuyên đề").to_vec();
        renamed.push(("version", "1"));
        assert_eq!(meeting.secretary.post(&path, &renamed).await.status, 303);
        let back = [("name", "Hội trường A"), ("seats", "40")];
        assert_eq!(admin.post(&format!("/rooms/{}", app.room), &back).await.status, 303);
        assert!(meeting.secretary.get("/meetings/new").await.text().contains("Hội trường A"));
    }

    async fn the_secretary_reads_rooms_and_only_the_administrator_changes_them(app) {
        let mut secretary = app.sign_in("secretary").await;
        let page = format!("/rooms/{}", app.room);
        assert_eq!(secretary.get("/rooms").await.status, 200);
        assert_eq!(secretary.get(&page).await.status, 200);
        assert_eq!(secretary.post("/rooms", &[("name", "Phòng X"), ("seats", "5")]).await.status, 403);
        assert_eq!(secretary.post(&page, &[("name", "Phòng X"), ("seats", "5")]).await.status, 403);
        assert_eq!(secretary.post("/holidays", &[("day", "2027-02-08"), ("name", "Tết")]).await.status, 403);
        assert_eq!(app.sign_in("delegate1").await.get("/rooms").await.status, 403);
    }

    async fn a_closed_day_is_kept_and_warns_whoever_plans_a_meeting_on_it(app) {
        let mut admin = app.sign_in("admin").await;
        assert_eq!(admin.post("/holidays", &[("day", "2026-11-24"), ("name", "Nghỉ bù")]).await.status, 303);
        assert_eq!(admin.post("/holidays", &[("day", "ngày mai"), ("name", "Nghỉ")]).await.status, 422);
        let mut meeting = app.meeting().draft().await;
        let path = meeting.path("preparation");
        let page = meeting.secretary.get(&path).await.visible_text();
        assert!(page.contains("Ngày họp là ngày nghỉ: Nghỉ bù"), "{page}");
        assert!(admin.get("/rooms").await.visible_text().contains("24/11/2026 Nghỉ bù"));
        assert_eq!(admin.post("/holidays/removals", &[("day", "2026-11-24")]).await.status, 303);
        assert_eq!(admin.post("/holidays/removals", &[("day", "2026-11-24")]).await.status, 404);
        assert!(!meeting.secretary.get(&path).await.visible_text().contains("Nghỉ bù"));
    }

    async fn the_video_conference_is_https_and_shown_to_the_invited(app) {
        let mut meeting = app.meeting().published().await;
        let path = meeting.path("preparation");
        let edit = |url: &'static str, version: &'static str| {
            let mut form = app.basics("Họp trực tuyến").to_vec();
            form.extend([("version", version), ("online_url", url)]);
            form
        };
        for bad in ["javascript:alert(1)", "http://hop.example.vn/1", "https://a:b@hop.example.vn/"] {
            assert_eq!(meeting.secretary.post(&path, &edit(bad, "1")).await.status, 422, "{bad}");
        }
        let taken = meeting.secretary.post(&path, &edit("https://hop.example.vn/phong/1", "1")).await;
        assert_eq!(taken.status, 303);
        let page = app.sign_in("delegate1").await.get(&meeting.path("answer")).await.text();
        assert!(page.contains("href=\"https://hop.example.vn/phong/1\" rel=\"noopener noreferrer\""), "{page}");
    }
}
