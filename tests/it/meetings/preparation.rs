//! Making a meeting: title, people, agenda, publication.

use super::add_paper;
use crate::harness::meeting::{as_fields, participants_form};
use crate::on_both;

on_both! {
    async fn a_new_meeting_is_a_draft_with_its_maker_as_secretary(app) {
        let mut secretary = app.sign_in("secretary").await;
        let made = secretary.post("/meetings", &app.basics("Họp giao ban tuần 48")).await;
        assert_eq!(made.status, 303);
        let page = secretary.get(&made.location()).await.visible_text();
        assert!(page.contains("Chuẩn bị: Họp giao ban tuần 48"), "{page}");
        assert!(secretary.get("/meetings").await.visible_text().contains("Đang soạn"));
        let meeting = app.meeting_at(&made.location()).await;
        let maker = app.participant(meeting.id, "secretary").await.unwrap();
        assert!(!maker.member, "a secretary does not vote");
    }

    async fn only_the_secretary_makes_meetings(app) {
        let mut delegate = app.sign_in("delegate1").await;
        assert_eq!(delegate.get("/meetings/new").await.status, 403);
        assert_eq!(delegate.post("/meetings", &app.basics("Họp riêng")).await.status, 403);
    }

    async fn what_cannot_be_a_meeting_is_refused_with_a_sentence_and_what_was_typed(app) {
        let mut secretary = app.sign_in("secretary").await;
        let long = "A".repeat(10_000);
        for title in ["", "   ", "\u{202e}\u{200f}", &long] {
            let refused = secretary.post("/meetings", &app.basics(title)).await;
            assert_eq!(refused.status, 422);
            assert!(refused.visible_text().contains("Cần có tên"), "{}", refused.visible_text());
        }
        let mut backwards = app.basics("Họp ngược giờ");
        backwards[4].1 = "2026-11-24T07:00";
        let refused = secretary.post("/meetings", &backwards).await;
        assert_eq!(refused.status, 422);
        assert!(refused.visible_text().contains("giờ kết thúc phải sau giờ bắt đầu"));
        assert!(refused.text().contains("Họp ngược giờ"), "what was typed is still there");
        for time in ["", "ngày mai", "2026-02-30T08:00", "-999999-01-01T00:00"] {
            let mut form = app.basics("Họp");
            form[3].1 = time;
            assert_eq!(secretary.post("/meetings", &form).await.status, 422, "{time}");
        }
        assert!(secretary.get("/meetings").await.visible_text().contains("Không có cuộc họp nào"));
    }

    async fn markup_in_a_title_is_text(app) {
        let mut secretary = app.sign_in("secretary").await;
        let hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> {{ 7*7 }} \u{202e}gnp.exe";
        let made = secretary.post("/meetings", &app.basics(hostile)).await;
        let mut meeting = app.meeting_at(&made.location()).await;
        meeting.invite(&app, &[("chair", "chair"), ("secretary", "secretary"), ("delegate1", "delegate")]).await;
        meeting.act("items", &[("title", hostile), ("presenter", hostile)]).await;
        meeting.act("publication", &[]).await;
        let mut delegate = app.sign_in("delegate1").await;
        let mut pages = Vec::new();
        for path in [&meeting.path("preparation"), "/meetings", "/mails"] {
            pages.push((path.to_owned(), meeting.secretary.get(path).await));
        }
        for path in [&meeting.page(), "/notices"] {
            pages.push((path.to_owned(), delegate.get(path).await));
        }
        for (path, page) in pages {
            assert_eq!(page.status, 200, "{path}");
            let html = page.text();
            assert!(!html.contains("<script>alert") && !html.contains("<img src=x"), "{path}");
            assert!(html.contains("{{ 7*7 }}"), "{path} shows it as it is");
            assert!(!html.contains('\u{202e}'), "{path} turns the reading direction");
        }
    }

    async fn a_stale_form_changes_nothing(app) {
        let mut meeting = app.meeting().draft().await;
        let path = meeting.path("preparation");
        let edit = |title: &'static str, version: &'static str| {
            let mut form = app.basics(title).to_vec();
            form.push(("version", version));
            form
        };
        assert_eq!(meeting.secretary.post(&path, &edit("Sửa lần một", "1")).await.status, 303);
        let stale = meeting.secretary.post(&path, &edit("Sửa từ trang cũ", "1")).await;
        assert_eq!(stale.status, 409);
        assert!(stale.visible_text().contains("Người khác vừa sửa"), "{}", stale.visible_text());
        assert!(stale.text().contains("Sửa từ trang cũ"), "what was typed is lost");
        let none = meeting.secretary.post(&path, &app.basics("Không có số bản")).await;
        assert_eq!(none.status, 409);
        assert!(meeting.secretary.get(&path).await.visible_text().contains("Chuẩn bị: Sửa lần một"));
    }

    async fn of_eight_edits_of_one_page_one_is_taken(app) {
        let meeting = app.meeting().draft().await;
        let mut form = app.basics("Sửa cùng lúc").to_vec();
        form.push(("version", "1"));
        let path = meeting.path("preparation");
        let answers = futures_util::future::join_all((0..8).map(|_| {
            let (mut browser, path, form) = (meeting.secretary.clone(), path.clone(), form.clone());
            async move { browser.post(&path, &form).await.status }
        })).await;
        assert_eq!(answers.iter().filter(|status| **status == 303).count(), 1, "{answers:?}");
        assert_eq!(answers.iter().filter(|status| **status == 409).count(), 7, "{answers:?}");
    }

    async fn a_copy_brings_people_room_and_recurring_items_but_no_papers(app) {
        let mut model = app.meeting().published().await;
        model.act("items", &[("title", "Việc đột xuất")]).await;
        add_paper(&app, &mut model, "Tờ trình cũ").await;
        let path = model.path("copies");
        let copied = model.secretary.post(&path, &[("starts_at", "2026-12-24T08:00")]).await;
        assert_eq!(copied.status, 303);
        let copy = app.meeting_at(&copied.location()).await;
        let titles: Vec<String> = app.agenda(copy.id).await.into_iter().map(|item| item.title).collect();
        assert_eq!(titles, ["Kế hoạch đầu tư công", "Giá đất năm 2027"]);
        for login in ["chair", "delegate5", "guest"] {
            let (before, after) =
                (app.participant(model.id, login).await.unwrap(), app.participant(copy.id, login).await.unwrap());
            assert_eq!((before.role, before.member), (after.role, after.member), "{login}");
        }
        let page = model.secretary.get(&copied.location()).await;
        assert!(!page.text().contains("Tờ trình cũ"));
        assert!(page.text().contains("2026-12-24T11:00"), "it lasts as long as the one before");
        assert!(page.text().contains(&format!("value=\"{}\" selected", app.room)), "{}", page.text());
    }

    async fn the_agenda_takes_a_new_order_and_a_stale_list_loses_no_item(app) {
        let mut meeting = app.meeting().draft().await;
        let [first, second] = meeting.items[..] else { panic!("two items") };
        let stale = format!("{second},{first}");
        meeting.act("items", &[("title", "Thêm sau")]).await;
        let nonsense = format!("{stale},{second},không phải mã,{}", meeting.id);
        meeting.act("agenda-order", &[("order", &nonsense)]).await;
        let titles: Vec<String> = app.agenda(meeting.id).await.into_iter().map(|item| item.title).collect();
        assert_eq!(titles, ["Giá đất năm 2027", "Kế hoạch đầu tư công", "Thêm sau"]);
        meeting.act("agenda-order", &[("order", "")]).await;
        assert_eq!(app.agenda(meeting.id).await.len(), 3);
    }

    async fn an_item_is_edited_and_removed(app) {
        let mut meeting = app.meeting().draft().await;
        let [first, second] = meeting.items[..] else { panic!("two items") };
        meeting.act(&format!("items/{first}"), &[("title", "Đổi tên"), ("minutes", "99999")]).await;
        meeting.act(&format!("items/{second}/removal"), &[]).await;
        let agenda = app.agenda(meeting.id).await;
        assert_eq!((agenda.len(), agenda[0].title.as_str()), (1, "Đổi tên"));
        assert_eq!(agenda[0].minutes_allotted, 24 * 60, "a day at most");
        let nameless = meeting.secretary.post(&meeting.path("items"), &[("title", " ")]).await;
        assert_eq!(nameless.status, 422);
    }

    async fn an_item_with_a_vote_stays(app) {
        let mut meeting = app.meeting().draft().await;
        meeting.ask("Thông qua kế hoạch?").await;
        let path = meeting.path(&format!("items/{}/removal", meeting.items[0]));
        assert_eq!(meeting.secretary.post(&path, &[]).await.status, 409);
        assert_eq!(app.agenda(meeting.id).await.len(), 2);
    }

    async fn a_meeting_that_is_not_ready_is_not_published(app) {
        let mut secretary = app.sign_in("secretary").await;
        let made = secretary.post("/meetings", &app.basics("Chưa xong")).await;
        let mut meeting = app.meeting_at(&made.location()).await;
        let publication = meeting.path("publication");
        let refused = meeting.secretary.post(&publication, &[]).await;
        assert_eq!(refused.status, 409);
        assert!(refused.visible_text().contains("chưa đủ điều kiện"), "{}", refused.visible_text());
        meeting.act("items", &[("title", "Nội dung")]).await;
        let two_chairs = [("chair", "chair"), ("delegate1", "chair"), ("secretary", "secretary")];
        meeting.invite(&app, &two_chairs).await;
        assert_eq!(meeting.secretary.post(&publication, &[]).await.status, 409);
        meeting.invite(&app, &[("chair", "chair"), ("delegate1", "delegate")]).await;
        assert_eq!(meeting.secretary.post(&publication, &[]).await.status, 409, "no secretary");
        meeting.invite(&app, &[("chair", "chair"), ("delegate1", "delegate"), ("secretary", "secretary")]).await;
        meeting.act("publication", &[]).await;
        assert_eq!(meeting.secretary.post(&publication, &[]).await.status, 409, "published once");
    }

    async fn publishing_tells_each_of_the_invited_once(app) {
        let mut meeting = app.meeting().draft().await;
        assert!(meeting.secretary.get("/mails").await.visible_text().contains("Chưa có thư"));
        meeting.act("publication", &[]).await;
        let mails = meeting.secretary.get("/mails").await.visible_text();
        for login in ["chair", "delegate1", "delegate2", "delegate3", "delegate4", "delegate5", "guest"] {
            assert_eq!(mails.matches(&format!("{login}@office.test")).count(), 1, "{login}: {mails}");
        }
        assert!(mails.contains("Giấy mời: Họp thường kỳ tháng 11"));
        assert!(mails.contains("1. Kế hoạch đầu tư công"), "the mail carries the agenda");
        assert!(mails.contains(&format!("http://office.test{}", meeting.page())), "and the way in");
        let notices = app.sign_in("guest").await.get("/notices").await.visible_text();
        assert_eq!(notices.matches("Giấy mời").count(), 1, "{notices}");
    }

    async fn who_is_added_later_is_told_and_the_others_not_again(app) {
        let mut meeting = app.meeting().published().await;
        let mut people = vec![("chair", "chair"), ("secretary", "secretary"), ("delegate1", "delegate")];
        meeting.invite(&app, &people).await;
        people.push(("clerk", "guest"));
        meeting.invite(&app, &people).await;
        let mails = meeting.secretary.get("/mails").await.visible_text();
        assert_eq!(mails.matches("clerk@office.test").count(), 1);
        assert_eq!(mails.matches("delegate1@office.test").count(), 1);
    }

    async fn strangers_and_the_retired_are_not_invited(app) {
        let mut meeting = app.meeting().draft().await;
        let retired = app.person("delegate5").await;
        app.sign_in("admin").await.post(&format!("/people/{retired}/retirement"), &[]).await;
        meeting.invite(&app, &[("secretary", "secretary"), ("chair", "chair")]).await;
        let form = participants_form(&app, &[("secretary", "secretary"), ("stranger", "delegate"), ("delegate5", "delegate")]).await;
        meeting.act("participants", &as_fields(&form)).await;
        assert!(app.participant(meeting.id, "stranger").await.is_none());
        assert!(app.participant(meeting.id, "delegate5").await.is_none());
    }

    async fn a_form_with_words_that_do_not_exist_is_refused(app) {
        let mut meeting = app.meeting().published().await;
        let path = meeting.path(&format!("attendance/{}", app.person("delegate1").await));
        assert_eq!(meeting.secretary.post(&path, &[("attendance", "asleep")]).await.status, 422);
        assert_eq!(meeting.secretary.post(&path, &[]).await.status, 422);
        let path = meeting.path("participants");
        assert_eq!(meeting.secretary.post(&path, &[("person", "' OR 1=1 --")]).await.status, 404);
    }

    async fn a_cancelled_meeting_is_announced_and_takes_no_more_changes(app) {
        let mut meeting = app.meeting().published().await;
        meeting.act("cancellation", &[]).await;
        let notices = app.sign_in("delegate1").await.get("/notices").await.visible_text();
        assert!(notices.contains("Hủy cuộc họp: Họp thường kỳ tháng 11"), "{notices}");
        for form in ["items", "publication", "opening", "cancellation", "check-ins"] {
            let path = meeting.path(form);
            assert_eq!(meeting.secretary.post(&path, &[("title", "Thêm")]).await.status, 409, "{form}");
        }
    }

    async fn a_draft_called_off_was_never_theirs_to_see(app) {
        let mut meeting = app.meeting().draft().await;
        meeting.act("cancellation", &[]).await;
        let mut delegate = app.sign_in("delegate1").await;
        assert_eq!(delegate.get(&meeting.page()).await.status, 404);
        assert!(!delegate.get("/meetings").await.visible_text().contains("Họp thường kỳ"));
    }

    async fn an_announced_meeting_keeps_its_chair(app) {
        let mut meeting = app.meeting().published().await;
        let form = participants_form(&app, &[("secretary", "secretary"), ("delegate1", "delegate")]).await;
        let path = meeting.path("participants");
        assert_eq!(meeting.secretary.post(&path, &as_fields(&form)).await.status, 409);
        assert!(app.participant(meeting.id, "chair").await.is_some());
    }

    async fn a_meeting_under_way_is_not_cancelled(app) {
        let mut meeting = app.meeting().under_way().await;
        let path = meeting.path("cancellation");
        assert_eq!(meeting.secretary.post(&path, &[]).await.status, 409);
    }
}
