//! Who of those that must sign had a certificate at the end of each month:
//! counted again from the certificates themselves.

use std::collections::BTreeSet;

use ecabinet::clock::Timestamp;
use ecabinet::identity::{self, PersonId};
use ecabinet::indicators::rules::{By, Indicator, Month};
use ecabinet::sql;
use ecabinet::storage::Hash;
use openssl::asn1::Asn1Time;
use openssl::x509::X509;
use pades::authority::{Authority, KeyKind, Subject, Terms};

use super::year::asked;
use super::{PERIOD, caught_up, cut, json, key, months, table};
use crate::harness::{TestApp, noon};
use crate::on_both;

const DAY: i64 = 86_400;

fn days(days: i64) -> Timestamp {
    noon().plus_seconds(days * DAY)
}

/// A certificate that holds from one day to another, seen from today.
fn certificate(serial: u64, (from, until): (i64, i64)) -> X509 {
    let pem = |name: &str| std::fs::read(format!("{}/certs-dev/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let authority = Authority::from_pem(&pem("sub-ca.cert.pem"), &pem("sub-ca.key.pem"), &[]).unwrap();
    let subject = Subject { common_name: "Nguyễn Văn A".into(), ..Subject::default() };
    let terms = Terms {
        not_before: days(from).to_jiff(),
        not_after: days(until).to_jiff(),
        serial,
        key: KeyKind::P256,
    };
    authority.issue_person(&subject, &terms).unwrap().certificate
}

/// Binds a certificate on a day, and ends it on another.
async fn bind(
    app: &TestApp,
    (serial, holder): (u64, Option<PersonId>),
    held: (i64, i64),
    (bound, ended): (i64, Option<i64>),
) {
    let der = certificate(serial, held).to_der().unwrap();
    let admin = app.person("admin").await;
    let mut tx = app.app.db.write().await.unwrap();
    let because = ended.map(|_| "replaced");
    sql!(tx => execute
        "INSERT INTO bound_certificate (id, organisation_id, person_id, certificate, fingerprint, not_after, bound_by,
                                        bound_at, ended_at, ended_by, ended_because)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        uuid::Uuid::now_v7(), app.organisation, holder, der.as_slice(), Hash::of(&der), days(held.1), admin,
        days(bound), ended.map(days), ended.map(|_| admin), because).unwrap();
    tx.commit().await.unwrap();
}

/// Seven who are asked to sign at different times, and their certificates: one
/// all the year, one that ran out, one that was replaced with a gap, one bound
/// before it holds, one withdrawn, one without, and the seal's.
async fn history(app: &TestApp) -> Vec<PersonId> {
    let mut people = Vec::new();
    for login in ["chair", "secretary", "delegate1", "delegate2", "delegate3", "delegate4", "delegate5"] {
        people.push(app.person(login).await);
    }
    let mut tx = app.app.db.write().await.unwrap();
    sql!(tx => execute "UPDATE organisation SET created_at = $1 WHERE id = $2", days(-250), app.organisation)
        .unwrap();
    for (person, asked_on) in people.iter().zip([
        &[-360_i64, -300, -200, -100, -3][..],
        &[-350, -100],
        &[-340],
        &[-300, -20],
        &[-170],
        &[-380],
        &[-40],
    ]) {
        for day in asked_on {
            asked(&mut tx, app, *person, days(*day)).await;
        }
    }
    tx.commit().await.unwrap();
    bind(app, (1, Some(people[0])), (-400, 400), (-399, None)).await;
    bind(app, (2, Some(people[1])), (-400, -50), (-390, None)).await;
    bind(app, (3, Some(people[2])), (-400, 400), (-395, Some(-250))).await;
    bind(app, (4, Some(people[2])), (-100, 400), (-90, None)).await;
    bind(app, (5, Some(people[3])), (-30, 400), (-310, None)).await;
    bind(app, (6, Some(people[4])), (-400, 400), (-160, Some(-10))).await;
    bind(app, (7, Some(people[5])), (-400, 400), (-385, None)).await;
    bind(app, (8, None), (-200, 400), (-199, None)).await;
    people
}

/// Numerator and denominator on a day, from the rows and the certificates' own words.
async fn slowly(app: &TestApp, month: Month, day: Timestamp) -> (i64, i64) {
    let mut tx = app.app.db.read().await.unwrap();
    let since = month.plus(-11).start();
    let (here,) = sql!(tx => fetch_one
        "SELECT created_at FROM organisation WHERE id = $1" as (Timestamp,), app.organisation)
    .unwrap();
    let mut must: BTreeSet<Option<PersonId>> = BTreeSet::new();
    if here <= day {
        must.insert(None);
    }
    for person in identity::store::people(&mut tx, app.organisation).await.unwrap() {
        let rows = sql!(tx => fetch_all
            "SELECT signing_document.created_at FROM signature_step
             JOIN signing_document ON signing_document.id = signature_step.document_id
             WHERE signature_step.person_id = $1" as (Timestamp,), person.id)
        .unwrap();
        if person.active && rows.iter().any(|(at,)| *at >= since && *at <= day) {
            must.insert(Some(person.id));
        }
    }
    let rows = sql!(tx => fetch_all
        "SELECT person_id, certificate, bound_at, ended_at FROM bound_certificate"
        as (Option<PersonId>, Vec<u8>, Timestamp, Option<Timestamp>))
    .unwrap();
    let moment = Asn1Time::from_unix(day.as_micros() / 1_000_000).unwrap();
    let signs = |(_, der, bound, ended): &&(Option<PersonId>, Vec<u8>, Timestamp, Option<Timestamp>)| {
        let certificate = X509::from_der(der).unwrap();
        certificate.not_before() <= moment.as_ref()
            && certificate.not_after() > moment.as_ref()
            && *bound <= day
            && ended.is_none_or(|ended| ended > day)
    };
    let have: BTreeSet<Option<PersonId>> = rows.iter().filter(signs).map(|(holder, ..)| *holder).collect();
    (i64::try_from(must.intersection(&have).count()).unwrap(), i64::try_from(must.len()).unwrap())
}

on_both! {
    async fn certificates_are_counted_on_the_last_day_of_each_month_from_what_is_on_record(app) {
        let people = history(&app).await;
        caught_up(&app).await;
        let by_month = table(&app, By::Month).await;
        let mut told = BTreeSet::new();
        for (line, month) in by_month.lines.iter().zip(months().each()) {
            let figure = line.figures.of(Indicator::CertBound);
            if month.start() > noon() {
                assert_eq!((figure.part, figure.whole), (0, 0), "what lies ahead is nothing of nothing");
                continue;
            }
            let day = month.plus(1).start().plus_seconds(-1).min(noon());
            assert_eq!((figure.part, figure.whole), slowly(&app, month, day).await, "{}", line.label);
            told.insert((figure.part, figure.whole));
        }
        assert!(told.len() > 4, "the months differ: {told:?}");
        let now = by_month.total.of(Indicator::CertBound);
        assert_eq!((now.part, now.whole), slowly(&app, Month::of(noon()), noon()).await, "the whole time is its last day");

        let persons = table(&app, By::Person).await;
        let of = |person: PersonId| persons.lines.iter().find(|line| line.key == person.to_string()).unwrap();
        let one = |person: PersonId| { let figure = of(person).figures.of(Indicator::CertBound); (figure.part, figure.whole) };
        assert_eq!((one(people[0]), one(people[1]), one(people[5])), ((1, 1), (0, 1), (0, 0)), "who was asked long ago need not have one");
        let units = table(&app, By::Unit).await;
        let sum: i64 = units.lines.iter().map(|line| line.figures.of(Indicator::CertBound).whole).sum();
        assert_eq!(sum + 1, now.whole, "the seal is of no unit");
    }

    async fn counted_anew_and_by_program_page_and_list_the_certificates_are_the_same(app) {
        history(&app).await;
        caught_up(&app).await;
        let before = table(&app, By::Person).await.total.of(Indicator::CertBound);
        let mut admin = app.sign_in("admin").await;
        assert_eq!(admin.post("/indicators/rebuilds", &[]).await.status, 303);
        app.run_jobs().await;
        assert_eq!(table(&app, By::Person).await.total.of(Indicator::CertBound), before);

        let key = key(&app, "IOC").await;
        let answer = json(&app, &key, PERIOD).await;
        let told = answer["indicators"].as_array().unwrap().iter().find(|one| one["code"] == "cert_bound").unwrap().clone();
        assert_eq!((told["numerator_value"].as_i64(), told["denominator_value"].as_i64()), (Some(before.part), Some(before.whole)));
        let page = app.sign_in("secretary").await.get(&format!("/indicators/cert_bound?{PERIOD}")).await;
        let text = page.visible_text();
        assert!(text.contains(&format!("{} / {}", before.part, before.whole)), "{text}");
        assert!(text.contains("Chứng thư của cơ quan, để đóng dấu") && text.contains("Chứng thư dùng được đến"), "{text}");
        let list = text.split("Danh sách tạo nên con số").nth(1).unwrap();
        let short = usize::try_from(before.whole - before.part).unwrap();
        assert_eq!(list.matches("Không đạt").count(), short, "{list}");
        assert_eq!(list.matches("Chưa có chứng thư dùng được").count(), short);
        assert_eq!(list.matches(" Đạt").count(), usize::try_from(before.part).unwrap(), "{list}");
    }

    async fn who_left_the_office_is_no_longer_asked_for_a_certificate(app) {
        let people = history(&app).await;
        caught_up(&app).await;
        let before = table(&app, By::Month).await.total.of(Indicator::CertBound);
        let mut tx = app.app.db.write().await.unwrap();
        identity::store::set_active(&mut tx, app.organisation, people[1], false).await.unwrap();
        tx.commit().await.unwrap();
        let after = table(&app, By::Month).await.total.of(Indicator::CertBound);
        assert_eq!((after.part, after.whole), (before.part, before.whole - 1));
        assert_eq!(cut(&app).organisation, app.organisation);
    }
}
