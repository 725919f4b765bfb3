//! A year of an office's work, straight into its tables, with the entries of the
//! log that the acts would have left; and the figures counted from these rows
//! one by one.

use std::collections::{BTreeMap, BTreeSet};

use ecabinet::audit::{self, Act};
use ecabinet::clock::Timestamp;
use ecabinet::db::Tx;
use ecabinet::identity::{self, PersonId, UnitId};
use ecabinet::incoming::IncomingId;
use ecabinet::meetings::{ItemId, MeetingId, MeetingTypeId};
use ecabinet::papers::{PaperId, VersionId};
use ecabinet::slips::SlipId;
use ecabinet::sql;
use ecabinet::tasks::TaskId;

use crate::harness::{TestApp, noon};

const DAY: i64 = 86_400;
/// Things of each kind: enough to fall in every month, in every way.
const EACH: i64 = 60;

/// Numbers that look random and are the same each time.
pub struct Dice(u64);

impl Dice {
    pub fn new() -> Self {
        Self(20_261_123)
    }

    fn below(&mut self, end: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap() % end
    }
}

pub struct Office {
    pub people: Vec<(PersonId, UnitId)>,
    committee: MeetingTypeId,
}

impl Office {
    pub async fn load(app: &TestApp) -> Self {
        let mut tx = app.app.db.read().await.unwrap();
        let people = identity::store::people(&mut tx, app.organisation).await.unwrap();
        Self {
            people: people.iter().map(|one| (one.id, one.unit_id)).collect(),
            committee: app.committee.parse().unwrap(),
        }
    }

    fn anyone(&self, dice: &mut Dice) -> (PersonId, UnitId) {
        self.people[usize::try_from(dice.below(i64::try_from(self.people.len()).unwrap())).unwrap()]
    }
}

/// A moment in the year before now.
fn moment(dice: &mut Dice) -> Timestamp {
    noon().plus_seconds(-dice.below(365) * DAY + dice.below(DAY))
}

async fn log(tx: &mut Tx, app: &TestApp, actor: PersonId, subject: String, at: Timestamp) {
    let details = serde_json::json!({});
    let act =
        Act { chain: app.organisation.into(), actor: Some(actor.into()), act: "seeded", subject, details };
    audit::record(tx, act, at).await.unwrap();
}

/// Does a year's work: every kind of thing, each in some state.
pub async fn work(app: &TestApp) {
    let (office, mut dice) = (Office::load(app).await, Dice::new());
    for number in 0..EACH {
        let mut tx = app.app.db.write().await.unwrap();
        task(&mut tx, app, &office, &mut dice).await;
        letter(&mut tx, app, &office, (&mut dice, number + 1)).await;
        slip(&mut tx, app, &office, &mut dice).await;
        meeting(&mut tx, app, &office, &mut dice).await;
        tx.commit().await.unwrap();
    }
}

async fn task(tx: &mut Tx, app: &TestApp, office: &Office, dice: &mut Dice) {
    let (id, given) = (TaskId::new(), moment(dice));
    let ((giver, unit), (person, _)) = (office.anyone(dice), office.anyone(dice));
    let due = given.plus_seconds(5 * DAY);
    let reported = given.plus_seconds((1 + dice.below(9)) * DAY);
    let state = ["approved_done", "approved_done", "in_progress", "cancelled"]
        [usize::try_from(dice.below(4)).unwrap()];
    let ended = (state != "in_progress").then(|| reported.plus_seconds(2 * DAY));
    sql!(tx => execute
        "INSERT INTO task (id, organisation_id, title, details, source, source_title, source_link, lead_unit_id,
                           person_id, giver_id, given_at, due_at, state, progress, rhythm, version, ended_at)
         VALUES ($1, $2, 'Việc', '', 'hand', '', '', $3, $4, $5, $6, $7, $8, 0, 'once', 1, $9)",
        id, app.organisation, unit, person, giver, given, due, state, ended).unwrap();
    // A first report that was sent back, and the one that counts.
    for (number, at) in [(1_i64, given.plus_seconds(DAY)), (2, reported)] {
        sql!(tx => execute
            "INSERT INTO task_act (task_id, number, act, person_id, at, text) VALUES ($1, $2, 'report', $3, $4, '')",
            id, number, person, at).unwrap();
    }
    log(tx, app, giver, format!("task:{id}"), given).await;
    log(tx, app, person, format!("task:{id}"), reported).await;
}

async fn paper(tx: &mut Tx, app: &TestApp, by: PersonId, pages: i64) -> (PaperId, VersionId) {
    let (paper, version) = (PaperId::new(), VersionId::new());
    sql!(tx => execute
        "INSERT INTO paper (id, organisation_id, title, created_by, created_at) VALUES ($1, $2, 'Giấy', $3, 0)",
        paper, app.organisation, by).unwrap();
    sql!(tx => execute
        "INSERT INTO paper_version (id, paper_id, number, sha256, size, file_name, state, pages, uploaded_by, uploaded_at)
         VALUES ($1, $2, 1, $3, 1, 'a.pdf', 'ready', $4, $5, 0)", version, paper, "0".repeat(64), pages, by).unwrap();
    (paper, version)
}

async fn letter(tx: &mut Tx, app: &TestApp, office: &Office, (dice, number): (&mut Dice, i64)) {
    let (id, arrived) = (IncomingId::new(), moment(dice));
    let ((clerk, unit), (person, _)) = (office.anyone(dice), office.anyone(dice));
    let (paper, version) = paper(tx, app, clerk, 1).await;
    let is_registered = dice.below(5) > 0;
    let registered = arrived.plus_seconds(dice.below(DAY));
    let deadline = (dice.below(3) > 0).then(|| arrived.plus_seconds(6 * DAY));
    let done = (is_registered && dice.below(3) > 0).then(|| arrived.plus_seconds((1 + dice.below(10)) * DAY));
    let state = match (is_registered, done) {
        (false, _) => ["arrived", "refused", "recalled"][usize::try_from(dice.below(3)).unwrap()],
        (true, Some(_)) => "completed",
        (true, None) => "in_progress",
    };
    let held =
        if is_registered { Some(held_number(tx, app, (clerk, number), registered).await) } else { None };
    sql!(tx => execute
        "INSERT INTO incoming_document (id, organisation_id, origin, paper_id, version_id, sha256, state, version,
             brought_by, arrived_at, symbol, folded_symbol, sender, folded_sender, subject, folded_text, priority,
             arrival_year, arrival_number, number_id, registered_at, registered_by, direction, lead_unit_id, deadline,
             completed_at, file_code)
         VALUES ($1, $2, 'upload', $3, $4, $5, $6, 1, $7, $8, '', '', '', '', 'Công văn', '', 0, $9, $10, $11, $12, $7,
                 '', $13, $14, $15, '')",
        id, app.organisation, paper, version, "0".repeat(64), state, clerk, arrived, held.map(|_| 2026_i64),
        held.map(|_| number), held, is_registered.then_some(registered), unit, deadline, done).unwrap();
    if let Some(at) = done {
        sql!(tx => execute
            "INSERT INTO incoming_course (id, document_id, act, person_id, note, done_at)
             VALUES ($1, $2, 'complete', $3, '', $4)", IncomingId::new(), id, person, at)
        .unwrap();
    }
    log(tx, app, clerk, format!("incoming:{id}"), arrived).await;
}

async fn held_number(
    tx: &mut Tx,
    app: &TestApp,
    (clerk, number): (PersonId, i64),
    at: Timestamp,
) -> uuid::Uuid {
    sql!(tx => execute
        "INSERT INTO number_series (id, organisation_id, kind, code, year, last_number, last_day)
         VALUES ($1, $2, 'incoming', '', 2026, 0, 0) ON CONFLICT (organisation_id, kind, code, year) DO NOTHING",
        uuid::Uuid::now_v7(), app.organisation).unwrap();
    let id = uuid::Uuid::now_v7();
    sql!(tx => execute
        "INSERT INTO register_number (id, series_id, number, state, day, holder, subject, link, reason, taken_by, taken_at)
         SELECT $1, id, $2, 'held', $3, $4, '', '', '', $5, $3 FROM number_series
         WHERE organisation_id = $6 AND kind = 'incoming'",
        id, number, at, format!("incoming:{id}"), clerk, app.organisation).unwrap();
    id
}

async fn slip(tx: &mut Tx, app: &TestApp, office: &Office, dice: &mut Dice) {
    let (id, sent) = (SlipId::new(), moment(dice));
    let (drafter, _) = office.anyone(dice);
    let (deadline, closed) = (sent.plus_seconds(3 * DAY), sent.plus_seconds(4 * DAY));
    let is_closed = dice.below(4) > 0;
    sql!(tx => execute
        "INSERT INTO slip (id, organisation_id, type_id, title, statement, drafter_id, adviser_id, approver_id, state,
                           reason, deadline, unanswered, is_signed, hours_before, hours_after, version, created_at,
                           sent_at, closed_at)
         VALUES ($1, $2, $3, 'Phiếu', '', $4, $4, $4, $5, '', $6, 'not_counted', $7, 24, 24, 1, $8, $8, $9)",
        id, app.organisation, office.committee, drafter, if is_closed { "closed" } else { "collecting" }, deadline,
        false, sent, is_closed.then_some(closed)).unwrap();
    for (position, (member, _)) in (0_i64..).zip(office.people.iter().skip(1).step_by(3)) {
        let answered = match dice.below(4) {
            0 => None,
            1 => Some(deadline.plus_seconds(1)),
            _ => Some(sent.plus_seconds(dice.below(3 * DAY))),
        };
        sql!(tx => execute
            "INSERT INTO slip_member (slip_id, person_id, position, state, version, answered_at)
             VALUES ($1, $2, $3, $4, 1, $5)",
            id, *member, position, if answered.is_some() { "answered" } else { "pending" }, answered)
        .unwrap();
    }
    log(tx, app, drafter, format!("slip:{id}"), sent).await;
}

async fn meeting(tx: &mut Tx, app: &TestApp, office: &Office, dice: &mut Dice) {
    let (id, starts) = (MeetingId::new(), moment(dice));
    let (secretary, _) = office.anyone(dice);
    let state = ["ended", "ended", "published"][usize::try_from(dice.below(3)).unwrap()];
    let started = (state == "ended").then_some(starts);
    let (item, has_papers) = (ItemId::new(), dice.below(3) > 0);
    sql!(tx => execute
        "INSERT INTO meeting (id, organisation_id, type_id, title, folded_title, starts_at, ends_at, state, started_at,
                              ended_at, created_by, created_at, version)
         VALUES ($1, $2, $3, 'Phiên họp', '', $4, $4, $5, $6, $6, $7, 0, 1)",
        id, app.organisation, office.committee, starts, state, started, secretary).unwrap();
    sql!(tx => execute
        "INSERT INTO agenda_item (id, meeting_id, position, title, presenter, minutes_allotted, recurring)
         VALUES ($1, $2, 0, 'Mục', '', 10, $3)", item, id, false)
    .unwrap();
    if has_papers {
        let (paper, _) = paper(tx, app, secretary, 1 + dice.below(20)).await;
        sql!(tx => execute
            "INSERT INTO agenda_paper (item_id, paper_id, position, guests_may_read, may_download)
             VALUES ($1, $2, 0, $3, $3)", item, paper, false)
        .unwrap();
        for (reader, _) in office.people.iter().take(5) {
            sql!(tx => execute
                "INSERT INTO paper_reader (paper_id, person_id, may_download) VALUES ($1, $2, $3)", paper, *reader,
                false).unwrap();
        }
    }
    log(tx, app, secretary, format!("meeting:{id}"), starts).await;
}

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
        "SELECT id, drafter_id, issued_at, sealed_at, filed_at FROM outgoing_document
         WHERE organisation_id = $1 AND issued_at IS NOT NULL"
        as (ecabinet::outgoing::OutgoingId, PersonId, Timestamp, Option<Timestamp>, Option<Timestamp>),
        app.organisation)
    .unwrap();
    for (id, drafter, issued, sealed, filed) in rows {
        let acts: BTreeSet<String> = sql!(tx => fetch_all
            "SELECT act FROM outgoing_step WHERE outgoing_id = $1" as (String,), id)
        .unwrap()
        .into_iter()
        .map(|(act,)| act)
        .collect();
        let (verdict,) = sql!(tx => fetch_one
            "SELECT light.verdict FROM outgoing_document JOIN signing_document
                 ON signing_document.id = outgoing_document.document_id
             JOIN light ON light.sha256 = signing_document.sha256 WHERE outgoing_document.id = $1"
            as (Option<String>,), id)
        .unwrap();
        let steps = ["approve_content", "approve_format", "number", "seal", "issue", "file"];
        let is_right = steps.iter().all(|act| acts.contains(*act))
            && filed.is_some()
            && verdict.as_deref() == Some("valid");
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
