//! Figures across offices: sums of those under one, for those it concerns.

use ecabinet::identity::{Level, OrgRole, OrganisationId, PersonId, UnitId, actions, store};
use ecabinet::indicators::offices;
use ecabinet::indicators::rules::{By, Indicator};
use ecabinet::sql;

use super::year::work;
use super::{PERIOD, caught_up, json, key, months, part_of, question, table};
use crate::harness::{PASSWORD, TestApp, noon};
use crate::on_both;

/// A city above the ward, with a secretary and an administrator of its own.
async fn city(app: &TestApp) -> OrganisationId {
    let id = OrganisationId::new();
    let hash = actions::hash_password(PASSWORD.to_owned()).await.unwrap();
    let mut tx = app.app.db.write().await.unwrap();
    let organisation = store::Organisation {
        id,
        code: "danang".into(),
        name: "UBND thành phố Đà Nẵng".into(),
        parent_name: String::new(),
        place: "Đà Nẵng".into(),
        level: Level::Province,
        parent_id: None,
    };
    store::insert_organisation(&mut tx, &organisation, noon()).await.unwrap();
    let unit = store::Unit { id: UnitId::new(), parent_id: None, name: "Văn phòng".into(), position: 0 };
    store::insert_unit(&mut tx, id, &unit).await.unwrap();
    for (login, role) in
        [("city", Some(OrgRole::Secretary)), ("cityadmin", Some(OrgRole::SystemAdmin)), ("cityexpert", None)]
    {
        let person = store::Person {
            id: PersonId::new(),
            unit_id: unit.id,
            login: login.into(),
            full_name: format!("Trần Thị {login}"),
            position: "Chuyên viên".into(),
            email: String::new(),
            active: true,
        };
        store::insert_person(&mut tx, id, &person, &hash, noon()).await.unwrap();
        if let Some(role) = role {
            store::add_role(&mut tx, person.id, role).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
    id
}

async fn place(app: &TestApp, code: &str, above: Option<&str>) -> Result<(), actions::PlaceError> {
    let mut tx = app.app.db.write().await.unwrap();
    actions::place(&mut tx, code, above, noon()).await?;
    tx.commit().await.unwrap();
    Ok(())
}

on_both! {
    async fn an_office_reads_the_sums_of_those_under_it_and_nothing_else(app) {
        work(&app).await;
        caught_up(&app).await;
        city(&app).await;
        place(&app, "anhai", Some("danang")).await.unwrap();
        place(&app, "sontra", Some("danang")).await.unwrap();
        let tasks = table(&app, By::Month).await.total.of(Indicator::TaskOnTime);
        assert!(tasks.whole > 0);
        let mut city = app.sign_in("city").await;
        assert!(city.get("/indicators").await.text().contains("/indicators/organisations?"));
        let page = city.get(&format!("/indicators/organisations?{PERIOD}")).await;
        let text = page.visible_text();
        assert!(text.contains("Cấp tỉnh") && text.contains("Cấp xã") && text.contains("Cộng 2 cơ quan"), "{text}");
        assert!(text.contains("UBND phường An Hải") && text.contains("UBND phường Sơn Trà"), "{text}");
        assert!(text.contains(&format!("{} / {}", tasks.part, tasks.whole)), "{text}");
        for secret in ["/tasks/0", "/meetings/0", "/slips/0", "Việc được giao thử", "Trần Thị chair"] {
            assert!(!page.text().contains(secret), "{secret}");
        }
        let detail = city.get(&format!("/indicators/task_on_time?{PERIOD}")).await;
        let text = detail.visible_text();
        assert!(text.contains("Theo cơ quan") && text.contains(&format!("({} / {})", tasks.part, tasks.whole)), "{text}");
        assert!(!detail.text().contains("href=\"/tasks/0"), "the list is the city's own");
        let own = app.sign_in("secretary").await.get("/indicators").await.visible_text();
        assert!(own.contains("UBND thành phố Đà Nẵng đọc được số liệu cộng gộp của cơ quan này"), "{own}");
    }

    async fn page_file_and_program_say_the_same_of_every_office(app) {
        work(&app).await;
        caught_up(&app).await;
        let city_id = city(&app).await;
        place(&app, "anhai", Some("danang")).await.unwrap();
        // Whoever signs in is active from then on, and counted.
        let (mut admin, mut secretary) = (app.sign_in("cityadmin").await, app.sign_in("city").await);
        let made = admin.post("/indicators/keys", &[("name", "IOC")]).await.text();
        let all = offices::table_of(&app.app.db, city_id, months(), noon()).await.unwrap();
        assert_eq!(all.lines.iter().map(|line| line.key.as_str()).collect::<Vec<_>>(), ["danang", "anhai"]);
        assert_eq!(all.lines[1].figures, table(&app, By::Month).await.total, "a line is what the office itself reads");
        let secret = made.split("<code class=\"indicator-key\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
        let answer = json(&app, &secret, &format!("{PERIOD}&by=organisation")).await;
        let line = &answer["lines"][1];
        assert_eq!((line["key"].as_str(), line["level"].as_str()), (Some("anhai"), Some("commune")));
        let book = secretary.get(&format!("/indicators/table.xlsx?{PERIOD}")).await.body;
        let sheet = part_of(&book, "xl/worksheets/sheet5.xml");
        let page = secretary.get(&format!("/indicators/organisations?{PERIOD}")).await.visible_text();
        for (index, indicator) in Indicator::ALL.iter().enumerate() {
            let figure = all.lines[1].figures.of(*indicator);
            let told = &line["figures"][indicator.as_str()];
            assert_eq!(told["numerator_value"].as_i64(), Some(figure.part), "{indicator:?}");
            assert!(sheet.contains(&format!("<v>{}</v>", figure.part)), "{indicator:?} {sheet}");
            if !indicator.is_count() && figure.whole > 0 {
                assert!(page.contains(&format!("{} / {}", figure.part, figure.whole)), "{index} {page}");
            }
            let sum = answer["indicators"].as_array().unwrap()[index]["numerator_value"].as_i64();
            assert_eq!(sum, Some(all.lines.iter().map(|line| line.figures.of(*indicator).part).sum()), "{indicator:?}");
        }
        assert_eq!(question(&app, &secret, &format!("by=organisation&unit={}", app.organisation)).await.status, 422);
    }

    async fn who_stands_under_nobody_or_sees_less_than_the_office_compares_nothing(app) {
        city(&app).await;
        let page = "/indicators/organisations";
        assert_eq!(app.sign_in("city").await.get(page).await.status, 404, "nobody stands under it yet");
        place(&app, "anhai", Some("danang")).await.unwrap();
        assert_eq!(app.sign_in("city").await.get(page).await.status, 200);
        assert_eq!(app.sign_in("cityexpert").await.get(page).await.status, 404);
        for login in ["secretary", "stranger"] {
            assert_eq!(app.sign_in(login).await.get(page).await.status, 404, "{login}");
        }
        let key = key(&app, "IOC").await;
        let own = json(&app, &key, "by=organisation").await;
        assert_eq!(own["lines"].as_array().unwrap().len(), 1, "who has none under it reads itself");
        place(&app, "anhai", None).await.unwrap();
        assert_eq!(app.sign_in("city").await.get(page).await.status, 404, "and not longer than it stands there");
    }

    async fn a_place_is_on_record_and_a_ring_is_refused(app) {
        city(&app).await;
        place(&app, "anhai", Some("danang")).await.unwrap();
        place(&app, "sontra", Some("anhai")).await.unwrap();
        for (one, above) in [("danang", "danang"), ("danang", "anhai"), ("danang", "sontra")] {
            assert!(matches!(place(&app, one, Some(above)).await, Err(actions::PlaceError::Ring)), "{one} {above}");
        }
        assert!(matches!(place(&app, "anhai", Some("nowhere")).await, Err(actions::PlaceError::NotFound(_))));
        let mut tx = app.app.db.read().await.unwrap();
        let city = store::organisations(&mut tx).await.unwrap().into_iter().find(|one| one.code == "danang").unwrap();
        let below = store::organisations_below(&mut tx, city.id).await.unwrap();
        assert_eq!(below.len(), 2, "also who stands two steps under it");
        let (logged,) = sql!(tx => fetch_one
            "SELECT count(*) FROM audit_entry WHERE act = 'organisation_placed'" as (i64,)).unwrap();
        assert_eq!(logged, 4, "in the log of both, each time");
        assert!(matches!(ecabinet::audit::verify(&mut tx).await.unwrap(), ecabinet::audit::Finding::Intact { .. }));
    }

    async fn whoever_runs_the_installation_places_offices_at_the_command_line(app) {
        city(&app).await;
        let database = app.app.config.database_url.reveal().to_owned();
        let run = async |arguments: &[&str]| {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ecabinet"));
            command.arg("organisations").args(arguments).env("ECABINET_DATABASE_URL", &database);
            let done = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
            let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
            (done.status.code().unwrap(), text(done.stdout), text(done.stderr))
        };
        let (code, listed, _) = run(&[]).await;
        assert!(code == 0 && listed.contains("anhai\tcommune\t-\tUBND phường An Hải"), "{listed}");
        let (code, listed, said) = run(&["anhai", "--under", "danang"]).await;
        assert!(code == 0 && listed.contains("anhai\tcommune\tdanang\t"), "{listed}{said}");
        assert_eq!(app.sign_in("city").await.get("/indicators/organisations").await.status, 200);
        let (code, listed, said) = run(&["danang", "--under", "anhai"]).await;
        assert!(code == 1 && listed.is_empty() && said.contains("cannot stand under itself"), "{code} {said}");
        assert_eq!(run(&["hue", "--under", "danang"]).await.0, 1, "a code nobody has");
        assert_eq!(run(&["anhai"]).await.0, 2, "what is to be done is not said");
        let (code, listed, _) = run(&["anhai", "--alone"]).await;
        assert!(code == 0 && listed.contains("anhai\tcommune\t-\t"), "{listed}");
    }
}
