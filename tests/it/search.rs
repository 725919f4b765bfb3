//! Search: every field and the text, for those who may know of a document.

use std::collections::BTreeSet;

use ecabinet::search::rules::Register;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use uuid::Uuid;

use crate::harness::pdf::pdf;
use crate::harness::{Browser, TestApp};
use crate::incoming::{TYPED, act, brought, directed};
use crate::indicators::part_of;
use crate::on_both;
use crate::outgoing::{issued, sealed_office};

const EVERYBODY: [&str; 8] =
    ["chair", "secretary", "clerk", "head", "expert", "drafter", "admin", "delegate1"];

/// What an address says with these fields.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'=').remove(b'&').remove(b'-');

/// What a search shows: the links of its documents.
async fn found(browser: &mut Browser, query: &str) -> BTreeSet<String> {
    let query = utf8_percent_encode(query, KEPT);
    let answer = browser.get(&format!("/search?{query}")).await;
    assert_eq!(answer.status, 200);
    let text = answer.text();
    let links = text.split("class=\"table__link\" href=\"").skip(1);
    links.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// A registered letter whose second page speaks of a school.
async fn registered(app: &TestApp, clerk: &mut Browser) -> String {
    let file = pdf(&["Công văn về phòng chống bão", "Trường mầm non Đông Đa thiếu phòng học"]);
    let id = brought(clerk, "cong-van.pdf", &file).await;
    app.run_jobs().await;
    assert_eq!(act(app, clerk, id, "registration", &TYPED).await.status, 303);
    format!("/incoming/{id}")
}

on_both! {
    async fn every_field_and_the_text_are_found_with_and_without_marks(app) {
        let app = sealed_office(app).await;
        let mut clerk = app.sign_in("clerk").await;
        let (came, went) = (registered(&app, &mut clerk).await, issued(&app).await);
        let (only_came, only_went) = (BTreeSet::from([came.clone()]), BTreeSet::from([went.clone()]));
        for words in ["bão số 13", "bao so 13", "452/UBND-VX", "đà nẵng vx", "mầm non đông đa", "MAM NON DONG DA"] {
            assert_eq!(found(&mut clerk, &format!("q={words}")).await, only_came, "{words}");
        }
        for words in ["chỉnh trang hẻm", "chinh trang hem", "01/QĐ-UBND", "Quyết định drafter", "Các tổ dân phố"] {
            assert_eq!(found(&mut clerk, &format!("q={words}")).await, only_went, "{words}");
        }
        // The words are all there, but not one after the other.
        assert_eq!(found(&mut clerk, "q=\"phòng học\"").await, only_came);
        assert_eq!(found(&mut clerk, "q=\"học phòng\"").await, BTreeSet::new());
        assert_eq!(found(&mut clerk, "q=học phòng").await, only_came);
        assert_eq!(found(&mut clerk, "").await, BTreeSet::from([came, went]));
        assert_eq!(found(&mut clerk, "register=incoming").await, only_came);
        assert_eq!(found(&mut clerk, "register=outgoing&from=2026-11-23&to=2026-11-23").await, only_went);
        assert_eq!(found(&mut clerk, "from=2026-11-24").await, BTreeSet::new());
        assert_eq!(found(&mut clerk, "to=2026-11-20").await, only_came);
    }

    async fn a_search_shows_exactly_what_its_reader_may_open(app) {
        let app = sealed_office(app).await;
        let mut clerk = app.sign_in("clerk").await;
        let mut pages = vec![format!("/incoming/{}", directed(&app, &mut clerk).await), issued(&app).await];
        let at_door = brought(&mut clerk, "don.pdf", &pdf(&["Đơn kiến nghị"])).await;
        pages.push(format!("/incoming/{at_door}"));
        let mut seen_by = BTreeSet::new();
        for login in EVERYBODY {
            let mut browser = app.sign_in(login).await;
            let shown = found(&mut browser, "").await;
            for page in &pages {
                let opens = browser.get(page).await.status == 200;
                assert_eq!(shown.contains(page), opens, "{login} and {page}");
                seen_by.insert((page.clone(), opens));
            }
        }
        assert_eq!(seen_by.len(), 5, "each incoming document is hidden from somebody and shown to somebody");
        let mut stranger = app.sign_in("stranger").await;
        assert_eq!(found(&mut stranger, "").await, BTreeSet::new());
    }

    async fn what_a_file_says_of_itself_opens_no_door(app) {
        let mut clerk = app.sign_in("clerk").await;
        let (expert, other) = (app.person("expert").await, app.other);
        let text = format!("p{expert}\no{other}\ne bincoming outgoing\nbí mật của văn thư");
        brought(&mut clerk, "gia-mao.pdf", &pdf(&[&text])).await;
        app.run_jobs().await;
        assert_eq!(found(&mut clerk, "q=bí mật của văn thư").await.len(), 1);
        let mut expert = app.sign_in("expert").await;
        for words in ["", "bí mật", "\" OR facets : \"e", "' | 'e':A", "*", "NOT x", "a\\"] {
            assert_eq!(found(&mut expert, &format!("q={words}")).await, BTreeSet::new(), "{words}");
        }
        assert_eq!(found(&mut app.sign_in("stranger").await, "q=bí mật").await, BTreeSet::new());
    }

    async fn a_change_is_found_and_what_it_was_before_is_not(app) {
        let mut clerk = app.sign_in("clerk").await;
        let id = brought(&mut clerk, "cong-van.pdf", &pdf(&["Văn bản chưa đọc"])).await;
        let page = BTreeSet::from([format!("/incoming/{id}")]);
        // The file is read by a job; until then its name is known.
        assert_eq!(found(&mut clerk, "q=chưa đọc").await, BTreeSet::new());
        assert_eq!(found(&mut clerk, "q=").await, page);
        app.run_jobs().await;
        assert_eq!(found(&mut clerk, "q=chưa đọc").await, page);
        assert_eq!(act(&app, &mut clerk, id, "registration", &TYPED).await.status, 303);
        assert_eq!(found(&mut clerk, "q=chưa đọc bão số 13").await, page);
        let shown = clerk.get("/search?q=bão").await.visible_text();
        assert!(shown.contains("Đến số 1 · 452/UBND-VX") && shown.contains("20/11/2026"), "{shown}");
    }

    async fn a_search_is_kept_under_its_name_for_its_owner_alone(app) {
        let mut clerk = app.sign_in("clerk").await;
        let fields = [("name", "Bão lũ"), ("q", "bão & lũ"), ("register", "incoming"), ("from", ""), ("to", "2026-12-31")];
        let kept = clerk.post("/search/saved", &fields).await;
        let query = "/search?q=b%C3%A3o%20%26%20l%C5%A9&register=incoming&to=2026%2D12%2D31";
        assert_eq!((kept.status, kept.location()), (303, query.to_owned()));
        let again = [("name", "Bão lũ"), ("q", "lũ"), ("register", "")];
        assert_eq!(clerk.post("/search/saved", &again).await.status, 303);
        let page = clerk.get("/search").await.text();
        assert_eq!(page.matches("href=\"/search?q=l%C5%A9\"").count(), 1, "{page}");
        assert!(!page.contains("register=incoming"));
        assert_eq!(clerk.post("/search/saved", &[("name", " "), ("q", "lũ")]).await.status, 422);
        let removal = page.split("action=\"").find(|rest| rest.contains("/removal")).unwrap().split('"').next().unwrap();
        assert_eq!(app.sign_in("head").await.post(removal, &[]).await.status, 404);
        assert!(!app.sign_in("head").await.get("/search").await.text().contains("Bão lũ"));
        assert_eq!(clerk.post(removal, &[]).await.status, 303);
        assert_eq!(clerk.post(removal, &[]).await.status, 404);
    }

    async fn what_was_found_is_a_workbook_without_formulas(app) {
        let mut clerk = app.sign_in("clerk").await;
        let id = brought(&mut clerk, "cong-van.pdf", &pdf(&["Công văn"])).await;
        let mut typed = TYPED;
        typed[3].1 = "=HYPERLINK(\"http://x\")";
        assert_eq!(act(&app, &mut clerk, id, "registration", &typed).await.status, 303);
        let answer = clerk.get("/search/table.xlsx?register=incoming").await;
        assert_eq!(answer.status, 200);
        let words = part_of(&answer.body, "xl/sharedStrings.xml");
        assert!(words.contains("=HYPERLINK(") && words.contains("Kết xuất từ hệ thống lúc"), "{words}");
        assert!(!part_of(&answer.body, "xl/worksheets/sheet1.xml").contains("<f>"));
    }

    async fn the_index_can_be_thrown_away_and_made_again(app) {
        let mut clerk = app.sign_in("clerk").await;
        let page = registered(&app, &mut clerk).await;
        assert_eq!(found(&mut clerk, "q=mầm non").await, BTreeSet::from([page.clone()]));
        let mut tx = app.app.db.write().await.unwrap();
        ecabinet::sql!(tx => execute "DELETE FROM search_progress").unwrap();
        tx.commit().await.unwrap();
        assert_eq!(found(&mut clerk, "q=mầm non").await, BTreeSet::from([page]));
        let mut tx = app.app.db.read().await.unwrap();
        let rows = ecabinet::sql!(tx => fetch_all "SELECT register, subject_id FROM search_entry" as (Register, Uuid));
        assert_eq!(rows.unwrap().len(), 1);
    }
}
