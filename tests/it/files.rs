//! Files: the yearly list, documents in and out of them, closing, the archive.

mod export;

use ecabinet::files::WorkFileId;
use ecabinet::files::rules::{Access, Act, Retention, State};
use ecabinet::files::store::{self, Of};
use ecabinet::identity::OrgRole;
use ecabinet::outgoing::rules::{Deviation, State as OutgoingState};
use ecabinet::outgoing::{OutgoingId, judging};

use crate::harness::pdf::pdf;
use crate::harness::{Answer, Browser, TestApp, noon};
use crate::incoming::{TYPED, act as act_on_incoming, brought};
use crate::on_both;
use crate::outgoing::{issued, sealed_office};

/// What a form says of a file that its keeper opens at once.
fn fields<'a>(keeper: &'a str, notation: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![
        ("year", "2026"),
        ("notation", notation),
        ("title", "Chỉnh trang đô thị năm 2026"),
        ("retention", "20"),
        ("access", "unrestricted"),
        ("language", "Tiếng Việt"),
        ("keeper", keeper),
        ("note", ""),
        ("open", "yes"),
    ]
}

/// Opens a file of one's own; gives its id.
pub async fn opened(browser: &mut Browser, notation: &str) -> String {
    let shown = browser.get("/files").await.text();
    // The form offers the reader as keeper.
    let select = shown.split("<select class=\"select\" id=\"keeper\"").nth(1).unwrap();
    let chosen = select.split("selected").next().unwrap().rsplit("value=\"").next().unwrap();
    let keeper = chosen.split('"').next().unwrap();
    let answer = browser.post("/files", &fields(keeper, notation)).await;
    assert_eq!(answer.status, 303, "{}", answer.visible_text());
    answer.location().strip_prefix("/files/").unwrap().to_owned()
}

/// Puts the document of a page into a file.
pub async fn put(browser: &mut Browser, page: &str, file: &str) -> Answer {
    browser.post(&format!("{page}/files"), &[("file", file)]).await
}

fn id_of(page: &str) -> OutgoingId {
    page.rsplit('/').next().unwrap().parse().unwrap()
}

async fn deviations(app: &TestApp, page: &str) -> Vec<Deviation> {
    let mut tx = app.app.db.read().await.unwrap();
    judging::judge(&mut tx, app.organisation, id_of(page)).await.unwrap().unwrap().deviations
}

async fn read(app: &TestApp, file: &str) -> store::WorkFile {
    let mut tx = app.app.db.read().await.unwrap();
    store::file(&mut tx, app.organisation, file.parse().unwrap()).await.unwrap().unwrap()
}

/// The places of a file, first document first.
async fn places(app: &TestApp, file: &str) -> Vec<store::Paper> {
    let mut tx = app.app.db.read().await.unwrap();
    store::contents(&mut tx, file.parse::<WorkFileId>().unwrap()).await.unwrap()
}

/// A letter that is registered and only to be known.
async fn letter(app: &TestApp, clerk: &mut Browser, symbol: &str, dated_on: &str) -> String {
    let id = brought(clerk, "cong-van.pdf", &pdf(&[symbol, "trang hai"])).await;
    let chair = app.person("chair").await.to_string();
    let mut typed = TYPED.to_vec();
    (typed[0].1, typed[1].1) = (symbol, dated_on);
    typed.extend([
        ("leader", chair.as_str()),
        ("signer_name", "Trần Thị Bình"),
        ("signer_position", "Giám đốc"),
    ]);
    assert_eq!(act_on_incoming(app, clerk, id, "registration", &typed).await.status, 303);
    format!("/incoming/{id}")
}

/// The same, and the chair has said that nothing is to be done.
async fn known_letter(app: &TestApp, clerk: &mut Browser, symbol: &str, dated_on: &str) -> String {
    let page = letter(app, clerk, symbol, dated_on).await;
    let id = page.rsplit('/').next().unwrap().parse().unwrap();
    let mut chair = app.sign_in("chair").await;
    assert_eq!(act_on_incoming(app, &mut chair, id, "information", &[]).await.status, 303);
    page
}

on_both! {
    async fn a_document_lies_in_two_files_and_is_filed_until_it_is_taken_out_of_both(app) {
        let app = sealed_office(app).await;
        let page = issued(&app).await;
        let mut drafter = app.sign_in("drafter").await;
        assert!(deviations(&app, &page).await.contains(&Deviation::NotFiled));
        let (first, second) = (opened(&mut drafter, "05/KTHT").await, opened(&mut drafter, "06/KTHT").await);
        let offered = drafter.get(&format!("{page}/files")).await.visible_text();
        assert!(offered.contains("05/KTHT (2026): Chỉnh trang đô thị") && offered.contains("Chưa nằm trong hồ sơ nào"), "{offered}");
        for file in [&first, &second] {
            assert_eq!(put(&mut drafter, &page, file).await.status, 303);
        }
        assert!(!deviations(&app, &page).await.contains(&Deviation::NotFiled));
        let again = put(&mut drafter, &page, &first).await;
        assert!(again.status == 409 && again.visible_text().contains("đã nằm trong hồ sơ này"));
        let shown = app.sign_in("delegate1").await.get(&page).await.visible_text();
        assert!(shown.contains("05/KTHT; 06/KTHT") && shown.contains("Đã lưu"), "{shown}");
        for (file, is_filed) in [(&first, true), (&second, false)] {
            let place = places(&app, file).await[0].id.to_string();
            let removals = format!("/files/{file}/removals");
            let silent = drafter.post(&removals, &[("placement", &place), ("note", " ")]).await;
            assert_eq!(silent.status, 422, "a reason is asked for");
            let fields = [("placement", place.as_str()), ("note", "Đưa nhầm hồ sơ")];
            assert_eq!(drafter.post(&removals, &fields).await.status, 303);
            assert_eq!(drafter.post(&removals, &fields).await.status, 404, "it is out");
            assert_eq!(deviations(&app, &page).await.contains(&Deviation::NotFiled), !is_filed);
        }
        let mut tx = app.app.db.read().await.unwrap();
        let document = ecabinet::outgoing::store::outgoing(&mut tx, app.organisation, id_of(&page)).await.unwrap().unwrap();
        assert_eq!((document.state, document.filed_at, document.filed_in.as_str()), (OutgoingState::Issued, None, ""));
        let course = drafter.get(&page).await.visible_text();
        assert!(course.contains("Đã rút khỏi hồ sơ") && course.contains("Đưa nhầm hồ sơ"), "{course}");
    }

    async fn the_table_of_contents_is_in_the_order_of_dates_with_pages(app) {
        let mut clerk = app.sign_in("clerk").await;
        let file = opened(&mut clerk, "01/VP").await;
        for (symbol, day) in [("20/TB-SNV", "2026-11-20"), ("7/KH-STC", "2026-11-02"), ("9/CV-STC", "2026-11-11")] {
            let page = known_letter(&app, &mut clerk, symbol, day).await;
            assert_eq!(put(&mut clerk, &page, &file).await.status, 303);
        }
        app.run_jobs().await;
        let shown = clerk.get(&format!("/files/{file}")).await.visible_text();
        let at = |text: &str| shown.find(text).unwrap_or_else(|| panic!("{text} is missing: {shown}"));
        assert!(at("1 7/KH-STC") < at("2 9/CV-STC") && at("2 9/CV-STC") < at("3 20/TB-SNV"), "{shown}");
        assert!(shown.contains("3 văn bản, 6 trang"), "{shown}");
    }

    async fn what_is_laid_in_while_worked_on_counts_as_filed_when_it_is_done(app) {
        let mut clerk = app.sign_in("clerk").await;
        let file = opened(&mut clerk, "01/VP").await;
        let page = letter(&app, &mut clerk, "20/TB-SNV", "2026-11-20").await;
        assert_eq!(put(&mut clerk, &page, &file).await.status, 303);
        let early = clerk.post(&format!("/files/{file}/closing"), &[]).await;
        assert!(early.status == 409, "work is still done on it");
        let slip = clerk.get(&page).await.visible_text();
        assert!(slip.contains("01/VP") && !slip.contains("Đã vào hồ sơ"), "{slip}");
        let id = page.rsplit('/').next().unwrap().parse().unwrap();
        let mut chair = app.sign_in("chair").await;
        assert_eq!(act_on_incoming(&app, &mut chair, id, "information", &[]).await.status, 303);
        let asked = clerk.get(&format!("{page}/files")).await.visible_text();
        assert!(asked.contains("Xác nhận đã lưu hồ sơ"), "{asked}");
        assert_eq!(put(&mut clerk, &page, &file).await.status, 303);
        assert_eq!(crate::incoming::read(&app, id).await.state, ecabinet::incoming::rules::State::Filed);
        assert_eq!(places(&app, &file).await.len(), 1, "it lies there once");
        let place = places(&app, &file).await[0].id.to_string();
        let out = clerk.post(&format!("/files/{file}/removals"), &[("placement", &place), ("note", "Nhầm")]).await;
        assert_eq!(out.status, 303);
        assert_eq!(crate::incoming::read(&app, id).await.state, ecabinet::incoming::rules::State::InfoOnly);
    }

    async fn a_file_is_closed_after_a_check_and_opened_again_only_by_permission(app) {
        let mut clerk = app.sign_in("clerk").await;
        let mut head = app.sign_in("head").await;
        let file = opened(&mut head, "05/KTHT").await;
        let closing = format!("/files/{file}/closing");
        assert_eq!(head.post(&closing, &[]).await.status, 409, "it is empty");
        let page = known_letter(&app, &mut clerk, "20/TB-SNV", "2026-11-20").await;
        app.run_jobs().await;
        assert_eq!(put(&mut clerk, &page, &file).await.status, 303);
        assert_eq!(head.post(&closing, &[]).await.status, 303);
        let closed = read(&app, &file).await;
        assert_eq!((closed.state, closed.hand_in_by.unwrap().date_time()), (State::Closed, "23:59, 23/11/2027".into()));
        let late = known_letter(&app, &mut clerk, "21/TB-SNV", "2026-11-21").await;
        let refused = put(&mut clerk, &late, &file).await;
        assert!(refused.status == 409 && refused.visible_text().contains("đã kết thúc"), "{}", refused.visible_text());
        let reopening = format!("/files/{file}/reopening");
        assert_eq!(head.post(&reopening, &[("note", "Sót văn bản")]).await.status, 403, "not its keeper alone");
        assert_eq!(clerk.post(&reopening, &[("note", "")]).await.status, 422);
        assert_eq!(clerk.post(&reopening, &[("note", "Sót văn bản")]).await.status, 303);
        assert_eq!(put(&mut clerk, &late, &file).await.status, 303);
        let course = head.get(&format!("/files/{file}")).await.visible_text();
        assert!(course.contains("Mở lại hồ sơ Sót văn bản"), "{course}");
    }

    async fn the_keeper_and_the_archive_are_told_thirty_days_before_it_is_due(app) {
        let mut clerk = app.sign_in("clerk").await;
        let archivist = app.person("guest").await;
        let mut tx = app.app.db.write().await.unwrap();
        ecabinet::identity::store::add_role(&mut tx, archivist, OrgRole::Archivist).await.unwrap();
        tx.commit().await.unwrap();
        let file = opened(&mut clerk, "01/VP").await;
        let page = known_letter(&app, &mut clerk, "20/TB-SNV", "2026-11-20").await;
        app.run_jobs().await;
        assert_eq!(put(&mut clerk, &page, &file).await.status, 303);
        assert_eq!(clerk.post(&format!("/files/{file}/closing"), &[]).await.status, 303);
        let told = |text: String| text.contains("Đến hạn nộp lưu 23/11/2027");
        app.run_jobs().await;
        assert!(!told(app.sign_in("clerk").await.get("/notices").await.visible_text()), "not yet");
        app.app.clock.advance(336 * 86_400);
        app.run_jobs().await;
        app.run_jobs().await;
        for login in ["clerk", "guest"] {
            let mut browser = app.sign_in(login).await;
            let notices = browser.get("/notices").await.visible_text();
            assert_eq!(notices.matches("Đến hạn nộp lưu 23/11/2027").count(), 1, "{login}: {notices}");
        }
        let mut clerk = app.sign_in("clerk").await;
        assert!(clerk.get("/files?year=2026").await.visible_text().contains("Sắp đến hạn nộp lưu 23/11/2027"));
        let taking = format!("/files/{file}/hand-in");
        assert_eq!(clerk.post(&taking, &[]).await.status, 403, "the archivist's act");
        assert_eq!(app.sign_in("guest").await.post(&taking, &[]).await.status, 303);
        assert_eq!(read(&app, &file).await.state, State::HandedIn);
    }

    async fn last_years_list_is_copied_once_with_the_new_year(app) {
        let mut clerk = app.sign_in("clerk").await;
        let drafter = app.person("drafter").await.to_string();
        for notation in ["01.2026/VP", "02.2026/VP"] {
            assert_eq!(clerk.post("/files", &fields(&drafter, notation)).await.status, 303);
        }
        let mut stranger = app.sign_in("drafter").await;
        assert_eq!(stranger.post("/files/copies", &[("year", "2027")]).await.status, 403);
        assert_eq!(clerk.post("/files/copies", &[("year", "2027")]).await.status, 303);
        let list = clerk.get("/files?year=2027").await.visible_text();
        assert!(list.contains("01.2027/VP Chỉnh trang đô thị năm 2027") && list.contains("02.2027/VP"), "{list}");
        assert!(list.contains("20 năm") && list.contains("Nguyễn Văn drafter") && list.contains("Chưa mở"), "{list}");
        assert_eq!(clerk.post("/files/copies", &[("year", "2027")]).await.status, 409, "nothing is left to copy");
    }

    async fn a_file_is_shown_to_those_it_concerns_and_changed_by_its_keeper(app) {
        let mut drafter = app.sign_in("drafter").await;
        let file = opened(&mut drafter, "05/KTHT").await;
        let page = format!("/files/{file}");
        for (login, status) in [("drafter", 200), ("head", 200), ("clerk", 200), ("delegate1", 404), ("stranger", 404)] {
            let mut browser = app.sign_in(login).await;
            assert_eq!(browser.get(&page).await.status, status, "{login}");
        }
        let list = app.sign_in("delegate1").await.get("/files").await;
        assert!(list.visible_text().contains("05/KTHT") && !list.text().contains(&page), "the list is for all, what is in a file is not");
        let keeper = app.person("drafter").await.to_string();
        let mut changed = fields(&keeper, "07/KTHT");
        changed.push(("version", "1"));
        changed[3].1 = "permanent";
        let details = format!("{page}/details");
        assert_eq!(app.sign_in("head").await.post(&details, &changed).await.status, 403);
        assert_eq!(drafter.post(&details, &changed).await.status, 303);
        let saved = read(&app, &file).await;
        assert_eq!((saved.notation.as_str(), saved.retention, saved.access), ("07/KTHT", Retention::Permanent, Access::Unrestricted));
        let stale = drafter.post(&details, &changed).await;
        assert!(stale.status == 409 && stale.text().contains("value=\"07/KTHT\""), "what was typed is kept");
        let twin = drafter.post("/files", &fields(&keeper, "07/KTHT")).await;
        assert!(twin.status == 409 && twin.visible_text().contains("đã có hồ sơ mang số và ký hiệu đó"));
        let head = app.person("head").await.to_string();
        assert_eq!(drafter.post("/files", &fields(&head, "08/KTHT")).await.status, 403, "the clerk's to plan for others");
    }

    async fn only_who_handles_a_document_puts_it_into_a_file(app) {
        let app = sealed_office(app).await;
        let page = issued(&app).await;
        let mut expert = app.sign_in("expert").await;
        let file = opened(&mut expert, "05/KTHT").await;
        assert_eq!(put(&mut expert, &page, &file).await.status, 403, "another's document");
        let mut delegate = app.sign_in("delegate1").await;
        let elsewhere = opened(&mut delegate, "01/HĐ").await;
        let mut drafter = app.sign_in("drafter").await;
        assert_eq!(put(&mut drafter, &page, &elsewhere).await.status, 404, "a file one knows nothing of");
        assert_eq!(put(&mut drafter, &page, &file).await.status, 303, "a colleague's file");
        assert_eq!(drafter.post(&format!("{page}/acts"), &[("act", "file"), ("note", "x")]).await.status, 409);
        assert_eq!(drafter.post(&format!("{page}/acts"), &[("act", "take_out"), ("note", "x")]).await.status, 409);
    }

    async fn each_act_on_a_file_is_kept_with_who_and_when(app) {
        let mut clerk = app.sign_in("clerk").await;
        let keeper = app.person("clerk").await.to_string();
        let mut planned = fields(&keeper, "01/VP");
        planned.pop();
        let page = clerk.post("/files", &planned).await.location().to_owned();
        assert_eq!(clerk.post(&format!("{page}/opening"), &[]).await.status, 303);
        assert_eq!(clerk.post(&format!("{page}/opening"), &[]).await.status, 409, "once");
        let file: WorkFileId = page.rsplit('/').next().unwrap().parse().unwrap();
        let mut tx = app.app.db.read().await.unwrap();
        let events = store::events(&mut tx, file).await.unwrap();
        assert_eq!(events.iter().map(|event| event.act).collect::<Vec<_>>(), [Act::Plan, Act::Open]);
        assert!(events.iter().all(|event| event.full_name == "Nguyễn Văn clerk" && event.at == noon()));
        assert_eq!(store::latest_for(&mut tx, app.person("clerk").await).await.unwrap(), None);
        assert!(store::files_of(&mut tx, Of::Outgoing(OutgoingId::new())).await.unwrap().is_empty());
    }
}
