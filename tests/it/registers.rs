//! Numbers: once, in order, without gaps, on both databases.

use std::collections::BTreeSet;

use ecabinet::identity::Actor;
use ecabinet::registers::{self, NumberId, RegisterError, SeriesKind, Wanted, store};
use futures_util::future::join_all;

use crate::harness::{TestApp, noon};
use crate::on_both;

pub async fn actor(app: &TestApp, login: &str) -> Actor {
    let mut tx = app.app.db.read().await.unwrap();
    let person = app.person(login).await;
    let found = ecabinet::identity::store::person(&mut tx, app.organisation, person).await.unwrap().unwrap();
    Actor {
        person,
        organisation: app.organisation,
        full_name: found.full_name,
        position: found.position,
        roles: ecabinet::identity::store::roles_of(&mut tx, person).await.unwrap(),
        session: Vec::new(),
    }
}

fn wanted<'a>(code: &'a str, holder: &'a str) -> Wanted<'a> {
    Wanted { kind: SeriesKind::Outgoing, code, day: noon(), holder, subject: "Quyết định", link: "/" }
}

/// Has the clerk remark something beside the number of the one document of a
/// feature: `outgoing` or `incoming`.
pub async fn remark(app: &TestApp, feature: &str, words: &str) {
    let mut tx = app.app.db.read().await.unwrap();
    let (number,) = ecabinet::sql!(tx => fetch_one
        "SELECT id FROM register_number WHERE holder LIKE $1" as (NumberId,), format!("{feature}:%"))
    .unwrap();
    drop(tx);
    let path = format!("/registers/numbers/{number}/note");
    assert_eq!(app.sign_in("clerk").await.post(&path, &[("note", words)]).await.status, 303);
}

on_both! {
    async fn thirty_two_clerks_at_once_leave_no_gap_and_no_double(app) {
        let clerk = actor(&app, "clerk").await;
        let taking = (0..32).map(|index| {
            let (db, clerk) = (app.app.db.clone(), clerk.clone());
            async move {
                let holder = format!("outgoing:{index}");
                let mut tx = db.write().await.unwrap();
                let issued = registers::take(&mut tx, &clerk, &wanted("QĐ", &holder), noon()).await.unwrap();
                // Every fourth changes their mind: what rolls back gives its number back.
                if index % 4 == 3 {
                    return None;
                }
                tx.commit().await.unwrap();
                Some(issued.number)
            }
        });
        let numbers: Vec<i64> = join_all(taking).await.into_iter().flatten().collect();
        let distinct: BTreeSet<i64> = numbers.iter().copied().collect();
        assert_eq!(numbers.len(), 24);
        assert_eq!(distinct, (1..=24).collect(), "no gap, no double");
    }

    async fn each_kind_and_each_year_counts_for_itself(app) {
        let clerk = actor(&app, "clerk").await;
        let mut tx = app.app.db.write().await.unwrap();
        for (code, holder, number) in [("QĐ", "a:1", 1), ("TB", "a:2", 1), ("QĐ", "a:3", 2), ("", "a:4", 1)] {
            let issued = registers::take(&mut tx, &clerk, &wanted(code, holder), noon()).await.unwrap();
            assert_eq!(issued.number, number, "{code}");
        }
        let next_year = noon().plus_seconds(60 * 86_400);
        let later = Wanted { day: next_year, ..wanted("QĐ", "a:5") };
        assert_eq!(registers::take(&mut tx, &clerk, &later, next_year).await.unwrap().number, 1);
        let incoming = Wanted { kind: SeriesKind::Incoming, ..wanted("", "b:1") };
        assert_eq!(registers::take(&mut tx, &clerk, &incoming, noon()).await.unwrap().number, 1);
    }

    async fn a_date_never_runs_back_or_ahead(app) {
        let clerk = actor(&app, "clerk").await;
        let day = |days: i64| noon().plus_seconds(days * 86_400);
        for (holder, on, expected) in [("a:1", 1, false), ("a:2", 0, true), ("a:3", -1, false), ("a:4", 0, true)] {
            let mut tx = app.app.db.write().await.unwrap();
            let asked = Wanted { day: day(on), ..wanted("QĐ", holder) };
            let given = registers::take(&mut tx, &clerk, &asked, noon()).await;
            assert_eq!(given.is_ok(), expected, "{holder}: {given:?}");
            if expected {
                tx.commit().await.unwrap();
            }
        }
    }

    async fn a_document_has_one_number_and_only_a_clerk_gives_it(app) {
        let clerk = actor(&app, "clerk").await;
        let mut tx = app.app.db.write().await.unwrap();
        let issued = registers::take(&mut tx, &clerk, &wanted("QĐ", "a:1"), noon()).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = app.app.db.write().await.unwrap();
        let again = registers::take(&mut tx, &clerk, &wanted("QĐ", "a:1"), noon()).await;
        assert!(matches!(again, Err(RegisterError::Taken)), "{again:?}");
        drop(tx);
        let mut tx = app.app.db.write().await.unwrap();
        registers::void(&mut tx, &clerk, issued.id, "Bỏ, không ban hành", noon()).await.unwrap();
        let next = registers::take(&mut tx, &clerk, &wanted("QĐ", "a:1"), noon()).await.unwrap();
        assert_eq!(next.number, 2, "a cancelled number is not given again");
        let secretary = actor(&app, "secretary").await;
        let refused = registers::take(&mut tx, &secretary, &wanted("QĐ", "a:9"), noon()).await;
        assert!(matches!(refused, Err(RegisterError::NotClerk)));
    }

    async fn a_number_is_kept_free_given_or_given_up_and_stays_in_the_register(app) {
        let mut clerk = app.sign_in("clerk").await;
        let reserve = [("kind", "outgoing"), ("code", "QĐ"), ("reason", "Quyết định khen thưởng chiều nay")];
        for _ in 0..2 {
            assert_eq!(clerk.post("/registers/reservations", &reserve).await.status, 303);
        }
        let without = [("kind", "outgoing"), ("code", "QĐ"), ("reason", " ")];
        assert_eq!(clerk.post("/registers/reservations", &without).await.status, 422);
        let person = actor(&app, "clerk").await;
        let mut tx = app.app.db.write().await.unwrap();
        let kept = registers::reserved(&mut tx, &person, (SeriesKind::Outgoing, "QĐ"), noon()).await.unwrap();
        assert_eq!(kept.iter().map(|one| one.number).collect::<Vec<_>>(), [1, 2]);
        let other = registers::take_reserved(&mut tx, &person, kept[0].id, &wanted("TB", "a:1"), noon()).await;
        assert!(matches!(other, Err(RegisterError::OtherSeries)));
        let given = registers::take_reserved(&mut tx, &person, kept[0].id, &wanted("QĐ", "a:1"), noon()).await;
        assert_eq!(given.unwrap().number, 1);
        let series = store::series(&mut tx, app.organisation).await.unwrap()[0].id;
        tx.commit().await.unwrap();

        let cancel = |id| format!("/registers/reservations/{id}/cancellation");
        let reason = [("reason", "Không dùng nữa")];
        assert_eq!(clerk.post(&cancel(kept[0].id), &reason).await.status, 409, "a document has it");
        assert_eq!(app.sign_in("stranger").await.post(&cancel(kept[1].id), &reason).await.status, 403);
        assert_eq!(clerk.post(&cancel(kept[1].id), &reason).await.status, 303);
        let page = clerk.get(&format!("/registers/{series}")).await.visible_text();
        assert!(page.contains("Đã hủy") && page.contains("Không dùng nữa"), "{page}");
        assert_eq!(app.sign_in("stranger").await.get(&format!("/registers/{series}")).await.status, 404);
        assert_eq!(app.sign_in("delegate1").await.get("/registers").await.status, 403);
    }

    async fn what_the_clerk_remarks_stands_beside_the_number_and_each_remark_in_the_log(app) {
        let person = actor(&app, "clerk").await;
        let mut tx = app.app.db.write().await.unwrap();
        let given = registers::take(&mut tx, &person, &wanted("QĐ", "a:1"), noon()).await.unwrap();
        let series = store::series(&mut tx, app.organisation).await.unwrap()[0].id;
        tx.commit().await.unwrap();
        let (path, page) = (format!("/registers/numbers/{}/note", given.id), format!("/registers/{series}"));
        let mut clerk = app.sign_in("clerk").await;
        for remark in ["Thu hồi bản in <lần 1>", " Đính\r\nchính "] {
            let answer = clerk.post(&path, &[("note", remark)]).await;
            assert_eq!((answer.status, answer.location()), (303, page.clone()));
        }
        let shown = clerk.get(&page).await;
        assert!(shown.visible_text().contains("Đính chính") && !shown.visible_text().contains("Thu hồi bản in"));
        let acts = app.acts_on(&format!("number:{}", given.id)).await;
        assert_eq!(acts, ["number_taken", "number_noted", "number_noted"]);

        assert_eq!(clerk.post(&path, &[("note", &*"a".repeat(501))]).await.status, 422);
        assert_eq!(app.sign_in("stranger").await.post(&path, &[("note", "x")]).await.status, 403);
        assert_eq!(app.sign_in("admin").await.post(&path, &[("note", "x")]).await.status, 403);
        let mut tx = app.app.db.read().await.unwrap();
        assert_eq!(store::note_of(&mut tx, "a:1").await.unwrap(), "Đính chính");
    }

    async fn the_administrator_chooses_how_documents_are_numbered(app) {
        let mut admin = app.sign_in("admin").await;
        let (clerk, choice) = (actor(&app, "clerk").await, [("by_type", "false")]);
        let mut tx = app.app.db.read().await.unwrap();
        assert_eq!(registers::series_code(&mut tx, &clerk, "QĐ").await.unwrap(), "QĐ");
        drop(tx);
        assert_eq!(admin.post("/registers/scheme", &choice).await.status, 303);
        let mut tx = app.app.db.read().await.unwrap();
        assert_eq!(registers::series_code(&mut tx, &clerk, "QĐ").await.unwrap(), "");
        assert_eq!(app.sign_in("clerk").await.post("/registers/scheme", &choice).await.status, 403);
    }
}
