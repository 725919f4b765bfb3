//! The figures of a year, counted from the rows one by one: no facts, no sums.

use std::collections::{BTreeMap, BTreeSet};

use ecabinet::clock::Timestamp;
use ecabinet::db::Tx;
use ecabinet::files::WorkFileId;
use ecabinet::identity::{PersonId, UnitId};
use ecabinet::incoming::IncomingId;
use ecabinet::meetings::MeetingId;
use ecabinet::outgoing::OutgoingId;
use ecabinet::papers::PaperId;
use ecabinet::sql;

use super::year::Office;
use crate::harness::TestApp;

/// Numerator and denominator, by indicator, month (`2026-11`), unit and person.
pub type Counted = BTreeMap<(&'static str, String, UnitId, PersonId), (i64, i64)>;

struct Slowly {
    unit_of: BTreeMap<PersonId, UnitId>,
    counted: Counted,
}

impl Slowly {
    fn add(
        &mut self,
        what: &'static str,
        at: Timestamp,
        unit: Option<UnitId>,
        person: PersonId,
        figure: (i64, i64),
    ) {
        let month = at.for_input()[..7].to_owned();
        let unit = unit.unwrap_or(self.unit_of[&person]);
        let sum = self.counted.entry((what, month, unit, person)).or_default();
        *sum = (sum.0 + figure.0, sum.1 + figure.1);
    }
}

/// Counts everything again from the rows themselves, without facts or sums.
pub async fn slowly(app: &TestApp) -> Counted {
    let office = Office::load(app).await;
    let mut tx = app.app.db.read().await.unwrap();
    let mut sums = Slowly { unit_of: office.people.into_iter().collect(), counted: Counted::new() };
    tasks(&mut tx, &mut sums).await;
    letters(&mut tx, &mut sums).await;
    slips(&mut tx, &mut sums).await;
    meetings(&mut tx, &mut sums).await;
    documents(&mut tx, app, &mut sums).await;
    files(&mut tx, &mut sums).await;
    let acts = sql!(tx => fetch_all
        "SELECT actor_id, at FROM audit_entry WHERE chain_id = $1 AND actor_id IS NOT NULL" as (PersonId, Timestamp),
        app.organisation).unwrap();
    let months: BTreeMap<(PersonId, String), Timestamp> =
        acts.into_iter().map(|(person, at)| ((person, at.for_input()[..7].to_owned()), at)).collect();
    for ((person, _), at) in months {
        sums.add("users_active", at, None, person, (1, 0));
    }
    sums.counted
}

async fn tasks(tx: &mut Tx, sums: &mut Slowly) {
    let rows = sql!(tx => fetch_all
        "SELECT task.lead_unit_id, task.person_id, task.due_at, task_act.at
         FROM task JOIN task_act ON task_act.task_id = task.id AND task_act.act = 'report'
         WHERE task.state = 'approved_done' AND task_act.number = (SELECT max(number) FROM task_act last
             WHERE last.task_id = task.id AND last.act = 'report')" as (UnitId, PersonId, Timestamp, Timestamp))
    .unwrap();
    for (unit, person, due, reported) in rows {
        sums.add("task_on_time", reported, Some(unit), person, (i64::from(reported <= due), 1));
    }
}

type LetterRow =
    (IncomingId, PersonId, Timestamp, Option<Timestamp>, String, Option<UnitId>, Option<Timestamp>);

async fn letters(tx: &mut Tx, sums: &mut Slowly) {
    let rows = sql!(tx => fetch_all
        "SELECT id, brought_by, arrived_at, registered_at, state, lead_unit_id, deadline FROM incoming_document"
        as LetterRow).unwrap();
    for (id, clerk, arrived, registered, state, unit, deadline) in rows {
        if registered.is_some() || state == "arrived" || state == "verified" {
            let same = registered.is_some_and(|at| at.date() == arrived.date());
            sums.add("arrival_same_day", arrived, None, clerk, (i64::from(same), 1));
        }
        let done = sql!(tx => fetch_all
            "SELECT person_id, done_at FROM incoming_course WHERE document_id = $1 AND act = 'complete'"
            as (PersonId, Timestamp), id)
        .unwrap();
        let last = done.last().filter(|_| state == "completed" || state == "filed");
        if let (Some((person, at)), Some(deadline)) = (last, deadline) {
            sums.add("incoming_on_time", *at, unit, *person, (i64::from(*at <= deadline), 1));
        }
    }
}

async fn slips(tx: &mut Tx, sums: &mut Slowly) {
    let rows = sql!(tx => fetch_all
        "SELECT slip_member.person_id, slip_member.answered_at, slip.deadline, slip.closed_at
         FROM slip_member JOIN slip ON slip.id = slip_member.slip_id WHERE slip.state <> 'collecting'"
        as (PersonId, Option<Timestamp>, Timestamp, Timestamp))
    .unwrap();
    for (person, answered, deadline, closed) in rows {
        let in_time = answered.is_some_and(|at| at <= deadline);
        sums.add("opinion_on_time", closed, None, person, (i64::from(in_time), 1));
    }
}

async fn meetings(tx: &mut Tx, sums: &mut Slowly) {
    let rows = sql!(tx => fetch_all
        "SELECT id, created_by, started_at FROM meeting WHERE state = 'ended'" as (MeetingId, PersonId, Timestamp))
    .unwrap();
    for (id, secretary, started) in rows {
        let papers = sql!(tx => fetch_all
            "SELECT agenda_paper.paper_id, paper_version.pages FROM agenda_item
             JOIN agenda_paper ON agenda_paper.item_id = agenda_item.id
             JOIN paper_version ON paper_version.paper_id = agenda_paper.paper_id
             WHERE agenda_item.meeting_id = $1" as (PaperId, i64), id)
        .unwrap();
        sums.add("paperless_meetings", started, None, secretary, (i64::from(!papers.is_empty()), 1));
        for (paper, pages) in papers {
            let readers = sql!(tx => fetch_all
                "SELECT person_id FROM paper_reader WHERE paper_id = $1" as (PersonId,), paper)
            .unwrap();
            let saved = pages * i64::try_from(readers.len()).unwrap();
            sums.add("pages_saved", started, None, secretary, (saved, 0));
        }
    }
}

async fn documents(tx: &mut Tx, app: &TestApp, sums: &mut Slowly) {
    let rows = sql!(tx => fetch_all
        "SELECT id, drafter_id, issued_at, sealed_at FROM outgoing_document
         WHERE organisation_id = $1 AND issued_at IS NOT NULL"
        as (OutgoingId, PersonId, Timestamp, Option<Timestamp>), app.organisation)
    .unwrap();
    for (id, drafter, issued, sealed) in rows {
        let is_right = went_right(tx, id).await;
        sums.add("edoc_share", issued, None, drafter, (1, 1));
        sums.add("signed_share", issued, None, drafter, (i64::from(sealed.is_some()), 1));
        sums.add("procedure_share", issued, None, drafter, (i64::from(is_right), 1));
    }
    let reserved = sql!(tx => fetch_all
        "SELECT register_number.taken_by, register_number.day FROM register_number
         JOIN number_series ON number_series.id = register_number.series_id
         WHERE number_series.organisation_id = $1 AND number_series.kind = 'outgoing'
           AND register_number.state = 'reserved'" as (PersonId, Timestamp), app.organisation)
    .unwrap();
    for (clerk, day) in reserved {
        sums.add("edoc_share", day, None, clerk, (0, 1));
    }
}

async fn went_right(tx: &mut Tx, id: OutgoingId) -> bool {
    let acts: BTreeSet<String> = sql!(tx => fetch_all
        "SELECT act FROM outgoing_step WHERE outgoing_id = $1" as (String,), id)
    .unwrap()
    .into_iter()
    .map(|(act,)| act)
    .collect();
    let (filed, verdict) = sql!(tx => fetch_one
        "SELECT outgoing_document.filed_at, light.verdict FROM outgoing_document
         JOIN signing_document ON signing_document.id = outgoing_document.document_id
         JOIN light ON light.sha256 = signing_document.sha256 WHERE outgoing_document.id = $1"
        as (Option<Timestamp>, Option<String>), id)
    .unwrap();
    let steps = ["approve_content", "approve_format", "number", "seal", "issue", "file"];
    steps.iter().all(|act| acts.contains(*act)) && filed.is_some() && verdict.as_deref() == Some("valid")
}

async fn files(tx: &mut Tx, sums: &mut Slowly) {
    let rows = sql!(tx => fetch_all
        "SELECT id, keeper_id, unit_id, closed_at FROM work_file WHERE state IN ('closed', 'handed_in')"
        as (WorkFileId, PersonId, UnitId, Timestamp))
    .unwrap();
    for (id, keeper, unit, closed) in rows {
        let inside = sql!(tx => fetch_all
            "SELECT outgoing_id, taken_out_at FROM work_file_document WHERE file_id = $1"
            as (Option<OutgoingId>, Option<Timestamp>), id)
        .unwrap();
        let mut is_online = true;
        for document in inside.iter().filter(|(_, out)| out.is_none()).filter_map(|(document, _)| *document) {
            is_online &= went_right(tx, document).await;
        }
        sums.add("work_file_online", closed, Some(unit), keeper, (i64::from(is_online), 1));
    }
}
