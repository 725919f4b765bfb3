//! A year of an office's work, straight into its tables, with the entries of the
//! log that the acts would have left.

use ecabinet::audit::{self, Act};
use ecabinet::clock::Timestamp;
use ecabinet::db::Tx;
use ecabinet::files::WorkFileId;
use ecabinet::identity::{self, PersonId, UnitId};
use ecabinet::incoming::IncomingId;
use ecabinet::meetings::{ItemId, MeetingId, MeetingTypeId};
use ecabinet::papers::{PaperId, VersionId};
use ecabinet::signing::DocumentId;
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
        file(&mut tx, app, &office, (&mut dice, number)).await;
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

/// A file in any state, with nothing in it that went out.
async fn file(tx: &mut Tx, app: &TestApp, office: &Office, (dice, number): (&mut Dice, i64)) {
    let (id, opened) = (WorkFileId::new(), moment(dice));
    let ((keeper, _), (_, unit)) = (office.anyone(dice), office.anyone(dice));
    let state = ["closed", "handed_in", "open"][usize::try_from(dice.below(3)).unwrap()];
    let closed = (state != "open").then(|| opened.plus_seconds(dice.below(20) * DAY));
    let handed_in = closed.filter(|_| state == "handed_in").map(|at| at.plus_seconds(DAY));
    sql!(tx => execute
        "INSERT INTO work_file (id, organisation_id, year, notation, title, folded, retention, access, language,
                                keeper_id, unit_id, note, state, opened_at, closed_at, handed_in_at, version,
                                created_at)
         VALUES ($1, $2, 2026, $3, 'Hồ sơ', '', '20', 'unrestricted', 'Tiếng Việt', $4, $5, '', $6, $7, $8, $9, 1, $7)",
        id, app.organisation, format!("{number}/HS"), keeper, unit, state, opened, closed, handed_in).unwrap();
    log(tx, app, keeper, format!("file:{id}"), opened).await;
}

/// Somebody is asked to sign something.
pub async fn asked(tx: &mut Tx, app: &TestApp, person: PersonId, at: Timestamp) {
    let id = DocumentId::new();
    sql!(tx => execute
        "INSERT INTO signing_document (id, organisation_id, title, code, original_sha256, sha256, size, state, link,
                                       is_discreet, created_at)
         VALUES ($1, $2, 'Văn bản', $3, $4, $4, 1, 'signing', '/', $5, $6)",
        id, app.organisation, id.to_string(), "0".repeat(64), false, at).unwrap();
    sql!(tx => execute
        "INSERT INTO signature_step (document_id, number, person_id, capacity, page, box_x, box_y, box_width,
                                     box_height, state)
         VALUES ($1, 1, $2, 'chair', 1, 0, 0, 1, 1, 'waiting')", id, person)
    .unwrap();
    log(tx, app, person, format!("document:{id}"), at).await;
}
