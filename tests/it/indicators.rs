//! The figures: equal to a slow count, equal wherever they are shown, and equal
//! after a rebuild; and the keys that read them.

mod certificates;
mod offices;
mod slowly;
mod year;

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Method, header};
use ecabinet::indicators::actions::{self, Scope, Table};
use ecabinet::indicators::following;
use ecabinet::indicators::rules::{By, Indicator, Month, Months};
use ecabinet::indicators::store::{self, Cut};
use ecabinet::outgoing::OutgoingId;
use ecabinet::sql;
use futures_util::future::join_all;
use serde_json::Value;

use self::slowly::{Counted, slowly};
use self::year::work;
use crate::files::{opened, put};
use crate::harness::{Answer, Browser, TestApp, noon};
use crate::on_both;
use crate::outgoing::{issued, sealed_office};

/// The year up to this month, and a month for what ends after today.
fn months() -> Months {
    let this = Month::of(noon());
    Months::new(this.plus(-12), this.plus(1)).unwrap()
}

const PERIOD: &str = "from=2025-11&to=2026-12";

fn cut(app: &TestApp) -> Cut {
    actions::cut(app.organisation, Scope::Office, months(), None)
}

/// Counts on until nothing is left.
async fn caught_up(app: &TestApp) {
    while !following::catch_up(&app.app.db, app.organisation).await.unwrap() {}
}

async fn table(app: &TestApp, by: By) -> Table {
    actions::table(&app.app.db, cut(app), by, noon()).await.unwrap()
}

/// The slow count, added up by what `key` says; people who were active are
/// counted by head.
fn grouped<K: Ord>(
    counted: &Counted,
    key: impl Fn(&(&'static str, String, ecabinet::identity::UnitId, ecabinet::identity::PersonId)) -> K,
) -> BTreeMap<(K, &'static str), (i64, i64)> {
    let mut sums: BTreeMap<(K, &'static str), (i64, i64)> = BTreeMap::new();
    for (of, figure) in counted.iter().filter(|(of, _)| of.0 != "users_active") {
        let sum = sums.entry((key(of), of.0)).or_default();
        *sum = (sum.0 + figure.0, sum.1 + figure.1);
    }
    sums
}

fn told(table: &Table) -> BTreeMap<(String, &'static str), (i64, i64)> {
    let lines = table.lines.iter().flat_map(|line| {
        line.figures
            .0
            .iter()
            .map(|(one, figure)| ((line.key.clone(), one.as_str()), (figure.part, figure.whole)))
    });
    let is_summed = |one: &str| !["users_active", "cert_bound"].contains(&one);
    lines.filter(|((_, one), figure)| is_summed(one) && *figure != (0, 0)).collect()
}

/// One document issued and filed, one filed that nobody had checked, one issued
/// only, one number kept and unused; the two filed ones in files that are closed.
async fn documents(app: &TestApp) {
    let (filed, unchecked) = (issued(app).await, issued(app).await);
    issued(app).await;
    app.run_jobs().await;
    let mut tx = app.app.db.write().await.unwrap();
    sql!(tx => execute
        "DELETE FROM outgoing_step WHERE act = 'approve_format' AND outgoing_id = $1",
        unchecked.rsplit('/').next().unwrap().parse::<OutgoingId>().unwrap())
    .unwrap();
    tx.commit().await.unwrap();
    let mut drafter = app.sign_in("drafter").await;
    for (page, notation) in [(filed, "12/KTHT"), (unchecked, "13/KTHT")] {
        let file = opened(&mut drafter, notation).await;
        assert_eq!(put(&mut drafter, &page, &file).await.status, 303);
        assert_eq!(
            drafter.post(&format!("/files/{file}/closing"), &[("note", "Đã kiểm tra")]).await.status,
            303
        );
    }
    let mut clerk = app.sign_in("clerk").await;
    let reserved = clerk
        .post("/registers/reservations", &[("kind", "outgoing"), ("code", "QĐ"), ("reason", "Lấy số trước")])
        .await;
    assert_eq!(reserved.status, 303, "{}", reserved.visible_text());
    app.run_jobs().await;
}

async fn question(app: &TestApp, key: &str, query: &str) -> Answer {
    let mut centre = app.browser();
    let request = centre
        .request(Method::GET, &format!("/api/v1/indicators?{query}"))
        .header(header::AUTHORIZATION, format!("Bearer {key}"))
        .body(Body::empty())
        .unwrap();
    centre.send(request).await
}

async fn json(app: &TestApp, key: &str, query: &str) -> Value {
    let answer = question(app, key, query).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    serde_json::from_slice(&answer.body).unwrap()
}

/// Makes a key on the page of the settings, where it stands once.
async fn key(app: &TestApp, name: &str) -> String {
    let page = app.sign_in("admin").await.post("/indicators/keys", &[("name", name)]).await;
    assert_eq!(page.status, 200, "{}", page.visible_text());
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    let text = page.text();
    let (_, rest) = text.split_once("<code class=\"indicator-key\">").unwrap();
    rest.split_once('<').unwrap().0.to_owned()
}

/// A file inside a workbook.
pub fn part_of(xlsx: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(xlsx)).unwrap();
    let mut part = String::new();
    std::io::Read::read_to_string(&mut archive.by_name(name).unwrap(), &mut part).unwrap();
    part
}

on_both! {
    async fn a_year_comes_to_the_same_as_a_slow_count_by_month_by_unit_and_by_person(app) {
        let app = sealed_office(app).await;
        work(&app).await;
        documents(&app).await;
        caught_up(&app).await;
        let counted = slowly(&app).await;
        let names: std::collections::BTreeSet<&str> = counted.keys().map(|of| of.0).collect();
        let summed = Indicator::ALL.iter().filter(|one| **one != Indicator::CertBound).count();
        assert_eq!(names.len(), summed, "every indicator has something to count: {names:?}");

        assert_eq!(told(&table(&app, By::Month).await), grouped(&counted, |of| of.1.clone()));
        assert_eq!(told(&table(&app, By::Unit).await), grouped(&counted, |of| of.2.to_string()));
        assert_eq!(told(&table(&app, By::Person).await), grouped(&counted, |of| of.3.to_string()));
        let heads: std::collections::BTreeSet<_> =
            counted.keys().filter(|of| of.0 == "users_active").map(|of| of.3).collect();
        let active = table(&app, By::Month).await.total.of(Indicator::UsersActive);
        assert_eq!(active.part, i64::try_from(heads.len()).unwrap(), "by head, not by month");
        assert_eq!(active.whole, 13);
        let procedure = table(&app, By::Month).await.total.of(Indicator::ProcedureShare);
        assert_eq!(procedure.whole, 3);
        let files = table(&app, By::Month).await.total.of(Indicator::WorkFileOnline);
        assert!(files.whole - files.part == 1, "{files:?}");
        let edoc = table(&app, By::Month).await.total.of(Indicator::EdocShare);
        assert_eq!((edoc.part, edoc.whole), (3, 4));
    }

    async fn counted_anew_from_the_log_the_figures_are_equal_and_what_nobody_did_is_gone(app) {
        work(&app).await;
        caught_up(&app).await;
        let before = told(&table(&app, By::Person).await);
        let mut tx = app.app.db.write().await.unwrap();
        sql!(tx => execute "UPDATE indicator_sum SET part = part + 7, whole = whole + 7").unwrap();
        sql!(tx => execute
            "INSERT INTO indicator_fact (subject_id, indicator, person_id, month, organisation_id, unit_id, part, whole,
                                         at, reasons, run)
             SELECT id, 'task_on_time', id, 1767200400000000, organisation_id, unit_id, 1, 1, 1767200400000000, '', 1
             FROM person WHERE login = 'chair'").unwrap();
        sql!(tx => execute "DELETE FROM indicator_fact WHERE indicator = 'opinion_on_time'").unwrap();
        tx.commit().await.unwrap();
        assert_ne!(told(&table(&app, By::Person).await), before);

        let mut admin = app.sign_in("admin").await;
        assert_eq!(admin.post("/indicators/rebuilds", &[]).await.status, 303);
        assert_eq!(admin.post("/indicators/rebuilds", &[]).await.status, 409, "one at a time");
        assert!(admin.get("/indicators/settings").await.visible_text().contains("Đang tính lại"));
        let meanwhile = app.sign_in("secretary").await.get("/indicators").await.visible_text();
        assert!(meanwhile.contains("Còn việc mới đang được tính"), "{meanwhile}");
        app.run_jobs().await;
        assert_eq!(told(&table(&app, By::Person).await), before);
        assert!(!admin.get("/indicators/settings").await.visible_text().contains("Đang tính lại"));
        assert_eq!(told(&table(&app, By::Person).await), before, "and stays");
    }

    async fn eight_who_count_at_once_count_once(app) {
        work(&app).await;
        let counting = (0..8).map(|_| {
            let (db, organisation) = (app.app.db.clone(), app.organisation);
            tokio::spawn(async move { while !following::catch_up(&db, organisation).await.unwrap() {} })
        });
        for counted in join_all(counting).await {
            counted.unwrap();
        }
        let counted = slowly(&app).await;
        assert_eq!(told(&table(&app, By::Month).await), grouped(&counted, |of| of.1.clone()));
        let mut tx = app.app.db.read().await.unwrap();
        let (facts,) = sql!(tx => fetch_one "SELECT count(*) FROM indicator_fact" as (i64,)).unwrap();
        drop(tx);
        caught_up(&app).await;
        let mut tx = app.app.db.read().await.unwrap();
        let (after,) = sql!(tx => fetch_one "SELECT count(*) FROM indicator_fact" as (i64,)).unwrap();
        assert_eq!(facts, after);
    }

    async fn the_page_the_files_and_the_programs_are_told_the_same(app) {
        work(&app).await;
        caught_up(&app).await;
        let expected = table(&app, By::Month).await;
        let key = key(&app, "IOC Đà Nẵng").await;
        let answer = json(&app, &key, PERIOD).await;
        let mut secretary = app.sign_in("secretary").await;
        let page = secretary.get(&format!("/indicators?{PERIOD}")).await.visible_text();
        let book = secretary.get(&format!("/indicators/table.xlsx?{PERIOD}")).await.body;
        let sheet = part_of(&book, "xl/worksheets/sheet1.xml");
        for indicator in [Indicator::TaskOnTime, Indicator::OpinionOnTime, Indicator::ArrivalSameDay, Indicator::PaperlessMeetings] {
            let figure = expected.total.of(indicator);
            assert!(figure.part > 0 && figure.part < figure.whole, "{indicator:?} {figure:?}");
            assert!(page.contains(&format!("{} / {}", figure.part, figure.whole)), "{indicator:?} {figure:?}: {page}");
            let told = answer["indicators"].as_array().unwrap().iter().find(|one| one["code"] == indicator.as_str()).unwrap();
            assert_eq!((told["numerator_value"].as_i64(), told["denominator_value"].as_i64()), (Some(figure.part), Some(figure.whole)));
            assert_eq!(told["permille"].as_i64(), figure.permille());
            let row = 2 + Indicator::ALL.iter().position(|one| *one == indicator).unwrap();
            for (column, number) in [("B", figure.part), ("C", figure.whole)] {
                let cell = format!("<c r=\"{column}{row}\"><v>{number}</v></c>");
                assert!(sheet.contains(&cell), "{cell} {sheet}");
            }
            let detail = secretary.get(&format!("/indicators/{}?{PERIOD}", indicator.as_str())).await.visible_text();
            assert!(detail.contains(&format!("{} / {}", figure.part, figure.whole)));
        }
        assert_eq!(answer["lines"].as_array().unwrap().len(), 14);
        assert_eq!(answer["organisation"]["level"], "commune");
        let pdf = secretary.get(&format!("/indicators/report.pdf?{PERIOD}")).await;
        assert!(pdf.status == 200 && pdf.body.starts_with(b"%PDF"));
        let tasks = expected.total.of(Indicator::TaskOnTime);
        let text = crate::outgoing::text_of(&pdf.body);
        let text: String = text.split_whitespace().collect();
        assert!(text.contains(&format!("({}/{})", tasks.part, tasks.whole)), "{text}");
    }

    async fn the_list_behind_a_figure_holds_exactly_what_it_counts(app) {
        work(&app).await;
        caught_up(&app).await;
        let figure = table(&app, By::Month).await.total.of(Indicator::TaskOnTime);
        let mut tx = app.app.db.read().await.unwrap();
        let facts = store::facts(&mut tx, cut(&app), Indicator::TaskOnTime, (0, 1_000)).await.unwrap();
        assert_eq!(i64::try_from(facts.len()).unwrap(), figure.whole);
        assert_eq!(facts.iter().map(|fact| fact.part).sum::<i64>(), figure.part);
        assert!(facts.iter().all(|fact| fact.task.as_deref() == Some("Việc")));
        let short = facts.iter().take_while(|fact| fact.part < fact.whole).count();
        assert_eq!(i64::try_from(short).unwrap(), figure.whole - figure.part, "what falls short comes first");
        drop(tx);
        let shown = app.sign_in("secretary").await.get(&format!("/indicators/task_on_time?{PERIOD}")).await;
        assert_eq!(shown.text().matches("href=\"/tasks/0").count(), facts.len().min(50));
    }

    async fn a_document_that_left_the_procedure_is_listed_with_its_deviations(app) {
        let app = sealed_office(app).await;
        issued(&app).await;
        app.run_jobs().await;
        let mut secretary = app.sign_in("secretary").await;
        let shown = secretary.get("/indicators/procedure_share").await.visible_text();
        assert!(shown.contains("0,0%") && shown.contains("Ban hành Kế hoạch chỉnh trang hẻm, ngõ"), "{shown}");
        assert!(shown.contains("Không đạt") && shown.contains("hồ sơ"), "{shown}");
        assert!(secretary.get("/indicators/signed_share").await.visible_text().contains("100,0%"));
    }

    async fn each_sees_what_concerns_them(app) {
        work(&app).await;
        let office = format!("/indicators?{PERIOD}");
        let sentence = async |login: &str| app.sign_in(login).await.get(&office).await.visible_text();
        assert!(sentence("secretary").await.contains("Số liệu của cả cơ quan"));
        assert!(sentence("head").await.contains("Số liệu của đơn vị bạn"));
        let own = sentence("delegate1").await;
        assert!(own.contains("Số liệu của riêng bạn") && !own.contains("Thiết lập"));
        let person = app.person("delegate1").await;
        let all = slowly(&app).await;
        let mine: (i64, i64) = all.iter().filter(|(of, _)| of.0 == "task_on_time" && of.3 == person)
            .fold((0, 0), |sum, (_, one)| (sum.0 + one.0, sum.1 + one.1));
        assert!(mine.1 > 0 && own.contains(&format!("{} / {}", mine.0, mine.1)), "{mine:?} {own}");
        // Another unit in the address changes nothing for who sees one only.
        let mut head = app.sign_in("head").await;
        let mut tx = app.app.db.read().await.unwrap();
        let units = ecabinet::identity::store::units(&mut tx, app.organisation).await.unwrap();
        drop(tx);
        let elsewhere = head.get(&format!("{office}&unit={}", units[0].id)).await.visible_text();
        assert_eq!(elsewhere, head.get(&office).await.visible_text());
        let mut stranger = app.sign_in("stranger").await;
        let foreign = stranger.get(&format!("/indicators/task_on_time?{PERIOD}&unit={}", units[0].id)).await.text();
        assert!(!foreign.contains("href=\"/tasks/0") && foreign.contains("Chưa có gì trong thời gian này"));
        let admin = app.sign_in("admin").await.get(&format!("/indicators/task_on_time?{PERIOD}")).await.visible_text();
        assert!(!admin.contains("Danh sách tạo nên con số"), "who keeps the machine reads no titles");
    }

    async fn a_key_is_shown_once_kept_as_a_hash_and_ends_when_revoked(app) {
        let key = key(&app, "IOC thành phố").await;
        assert!(key.starts_with("eck_") && key.len() == 52, "{key}");
        let mut admin = app.sign_in("admin").await;
        let page = admin.get("/indicators/settings").await.text();
        assert!(!page.contains(&key) && page.contains(&key[..10]) && page.contains("chưa dùng"));
        let mut tx = app.app.db.read().await.unwrap();
        let (kept,) = sql!(tx => fetch_one "SELECT secret_hash FROM indicator_key" as (Vec<u8>,)).unwrap();
        assert_eq!(kept.len(), 32);
        let (logged,) = sql!(tx => fetch_one
            "SELECT count(*) FROM audit_entry WHERE details LIKE '%' || $1 || '%'" as (i64,), &key[4..]).unwrap();
        assert_eq!(logged, 0);
        drop(tx);
        assert_eq!(question(&app, &key, "").await.status, 200);
        assert!(!admin.get("/indicators/settings").await.visible_text().contains("chưa dùng"));
        for wrong in ["", "eck_0", &key[..51], &key.to_uppercase()] {
            let answer = question(&app, wrong, "").await;
            assert_eq!((answer.status, answer.headers[header::WWW_AUTHENTICATE].to_str().unwrap()), (401, "Bearer"), "{wrong}");
        }
        // A session opens pages, not the programs' door.
        assert_eq!(admin.get("/api/v1/indicators").await.status, 401);

        let mut tx = app.app.db.read().await.unwrap();
        let id = store::keys(&mut tx, app.organisation).await.unwrap()[0].id;
        drop(tx);
        let revocation = format!("/indicators/keys/{id}/revocation");
        assert_eq!(app.sign_in("stranger").await.post(&revocation, &[]).await.status, 404);
        assert_eq!(app.sign_in("secretary").await.post(&revocation, &[]).await.status, 403);
        assert_eq!(admin.post(&revocation, &[]).await.status, 303);
        assert_eq!(admin.post(&revocation, &[]).await.status, 404);
        assert_eq!(question(&app, &key, "").await.status, 401);
        for login in ["secretary", "chair"] {
            let mut other = app.sign_in(login).await;
            assert_eq!(other.post("/indicators/keys", &[("name", "Của tôi")]).await.status, 403);
            assert_eq!(other.get("/indicators/settings").await.status, 403);
            assert_eq!(other.post("/indicators/rebuilds", &[]).await.status, 403);
        }
    }

    async fn a_question_that_cannot_be_read_is_refused_and_not_guessed(app) {
        let key = key(&app, "IOC").await;
        for wrong in ["from=2026-13", "from=x", "by=colour", "unit=1", "from=2026-12&to=2026-01", "from=2020-01&to=2026-01"] {
            assert_eq!(question(&app, &key, wrong).await.status, 422, "{wrong}");
        }
        let year = json(&app, &key, "from=2026-01&to=2026-12&by=unit").await;
        assert_eq!((year["from"].as_str(), year["by"].as_str()), (Some("2026-01"), Some("unit")));
    }

    async fn a_key_that_asks_too_often_waits(app) {
        let key = key(&app, "IOC").await;
        let mut centre = app.browser();
        let mut answers = Vec::new();
        for _ in 0..61 {
            let request = centre.request(Method::GET, "/api/v1/indicators")
                .header(header::AUTHORIZATION, format!("Bearer {key}")).body(Body::empty()).unwrap();
            answers.push(centre.send(request).await.status);
        }
        assert!(answers[..60].iter().all(|status| *status == 200));
        assert_eq!(answers[60], 429);
    }

    async fn the_office_sets_its_targets(app) {
        let mut admin = app.sign_in("admin").await;
        let sent = admin.post("/indicators/targets", &[("edoc_share", "95"), ("task_on_time", " 90 "), ("signed_share", "")]).await;
        assert_eq!(sent.status, 303);
        for wrong in ["101", "-1", "nhiều"] {
            assert_eq!(admin.post("/indicators/targets", &[("edoc_share", wrong)]).await.status, 422, "{wrong}");
        }
        let targets = table(&app, By::Month).await.targets;
        assert_eq!(targets[&Indicator::EdocShare], 95);
        assert_eq!(targets[&Indicator::TaskOnTime], 90);
        assert_eq!(targets[&Indicator::SignedShare], 100, "the usual one");
        assert_eq!(targets[&Indicator::ProcedureShare], 60, "of a commune");
        assert_eq!(admin.post("/indicators/targets", &[("edoc_share", "")]).await.status, 303);
        assert_eq!(table(&app, By::Month).await.targets[&Indicator::EdocShare], 80);
        let mut secretary: Browser = app.sign_in("secretary").await;
        assert_eq!(secretary.post("/indicators/targets", &[("edoc_share", "1")]).await.status, 403);
    }
}
