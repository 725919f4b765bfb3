//! The page of one document: the mark "Đến", what is to be done, the slip.

use askama::Template;
use axum::Router;
use axum::extract::State as Service;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::{Sign, due_sign, priority_sign, priority_word, state_sign, verdict_sign};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::store::{Person, Unit};
use crate::identity::{self, Actor, Chrome, PersonId, Section, UnitId};
use crate::incoming::actions::{self, Found, IncomingError, sync_readers};
use crate::incoming::rules::{Act, Entry, Priority, Typed, Way, entry, working_days_after};
use crate::incoming::store::{self, CourseLine, Direction, Document, NamedUnit, Twin};
use crate::incoming::{IncomingId, urls};
use crate::lights::Light;
use crate::web::{self, App, Now, Path, Query};
use crate::{meetings, papers};

pub(super) fn router() -> Router<App> {
    Router::new().route("/incoming/{incoming}", get(show)).route("/incoming/{incoming}/file", get(read))
}

/// Deadlines a leader can give with one tap, in working days.
const QUICK: [i64; 4] = [1, 3, 5, 10];
/// The one that is chosen at first.
const USUAL: i64 = 5;
/// Width of the first page's picture beside the forms.
const PICTURE: u32 = 640;

/// What was typed in a form that was refused.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub typed: Option<Typed>,
    pub leader: Option<PersonId>,
    pub direction: Option<Direction>,
    pub people: Vec<PersonId>,
    pub text: String,
    pub reason: String,
    pub file_code: String,
    /// Why it was refused, and what looks the same; set by [`answered`].
    pub problem: Option<String>,
    pub twins: Vec<Twin>,
}

#[derive(Template)]
#[template(path = "incoming/document.html")]
struct DocumentPage {
    chrome: Chrome,
    /// Its address, under which every form stands.
    base: String,
    document: Document,
    state: Sign,
    verdict: Option<Sign>,
    priority: Option<Sign>,
    due: Option<Sign>,
    leader: Option<String>,
    units: Vec<UnitView>,
    course: Vec<CourseView>,
    steps: Vec<(String, Sign)>,
    turn: Turn,
    picture: Option<String>,
    file_url: String,
    verdict_url: String,
    /// What was given on just before, to be seen for once.
    done: Option<(String, String)>,
    kept: Kept,
}

struct UnitView {
    named: NamedUnit,
    people: Vec<(String, bool)>,
}

struct CourseView {
    icon: &'static str,
    /// Ending of the timeline's style class.
    kind: &'static str,
    title: String,
    who: String,
    when: String,
    note: String,
}

/// What this person can do now.
#[derive(Default)]
struct Turn {
    may_judge: bool,
    register: Option<RegisterView>,
    may_send_back: bool,
    /// Who it can be laid before.
    present: Vec<(Person, bool)>,
    is_forwarding: bool,
    direct: Option<DirectView>,
    /// People of the unit this person speaks for.
    assign: Vec<(Person, bool)>,
    /// `true`: what they say is done closes the document.
    report: Option<bool>,
    may_reopen: bool,
    may_file: bool,
    is_read_only: bool,
}

struct RegisterView {
    typed: Typed,
    must_look: bool,
    is_closed: bool,
    twins: Vec<TwinView>,
    leaders: Vec<(Person, bool)>,
    priorities: Vec<(i64, String, bool)>,
}

struct TwinView {
    link: String,
    text: String,
}

struct DirectView {
    units: Vec<UnitChoice>,
    days: Vec<DayChoice>,
    other_day: String,
    is_other: bool,
    has_none: bool,
    is_again: bool,
}

struct UnitChoice {
    unit: Unit,
    leads: bool,
    helps: bool,
}

struct DayChoice {
    value: String,
    label: String,
    day: String,
    is_chosen: bool,
}

#[derive(Debug, Default, Deserialize)]
struct PageQuery {
    done: Option<IncomingId>,
}

async fn show(
    Path(id): Path<IncomingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Query(query): Query<PageQuery>,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    let found = actions::find(&mut tx, &actor, id).await?;
    let mut page = load(&mut tx, chrome, &actor, found, Kept::default(), now).await?;
    if let Some(done) = query.done
        && let Ok(before) = actions::find(&mut tx, &actor, done).await
    {
        page.done = Some((urls::document(done), before.document.subject));
    }
    web::page(&page)
}

/// Leads to the file. Rights are written down when a document changes hands;
/// somebody who became a clerk since gets theirs here.
async fn read(
    Path(id): Path<IncomingId>,
    actor: Actor,
    Service(app): Service<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let found = actions::find(&mut tx, &actor, id).await?;
    sync_readers(&mut tx, id, actor.organisation).await?;
    tx.commit().await?;
    let back = urls::document(id);
    Ok(Redirect::to(&format!("{}?back={back}", papers::urls::reader(found.document.version_id))))
}

/// Saves what a handler did and shows the document, or shows it with what was
/// typed and why it was refused.
pub(super) async fn answered(
    app: &App,
    tx: Tx,
    (chrome, actor, id): (Chrome, &Actor, IncomingId),
    done: Result<(), IncomingError>,
    mut kept: Kept,
) -> Result<Response, web::Error> {
    let Err(error) = done else {
        tx.commit().await?;
        app.bell.notify_one();
        return Ok(Redirect::to(&urls::document(id)).into_response());
    };
    drop(tx);
    if let IncomingError::Twins(twins) = &error {
        kept.twins = twins.clone();
    }
    let (status, message) = match web::Error::from(error) {
        web::Error::Conflict(message) => (StatusCode::CONFLICT, message),
        web::Error::Invalid(message) => (StatusCode::UNPROCESSABLE_ENTITY, message),
        other => return Err(other),
    };
    kept.problem = Some(message.text(chrome.lang()));
    let mut tx = app.db.read().await?;
    let found = actions::find(&mut tx, actor, id).await?;
    let page = load(&mut tx, chrome, actor, found, kept, app.clock.now()).await?;
    Ok((status, web::page(&page)?).into_response())
}

async fn load(
    tx: &mut Tx,
    chrome: Chrome,
    actor: &Actor,
    found: Found,
    kept: Kept,
    now: Timestamp,
) -> Result<DocumentPage, web::Error> {
    let turn = turn(tx, &chrome, actor, &found, &kept, now).await?;
    let people = identity::store::people(tx, actor.organisation).await?;
    let course = store::course(tx, found.document.id).await?;
    let file = papers::version(tx, actor.organisation, found.document.version_id).await?;
    let is_ready = file.is_some_and(|file| file.state == papers::State::Ready);
    let leader = people.into_iter().find(|one| Some(one.id) == found.document.presented_to);
    let Found { document, units, people, .. } = found;
    let view = |named: NamedUnit| UnitView {
        people: people
            .iter()
            .filter(|one| one.unit_id == named.unit_id)
            .map(|one| (one.full_name.clone(), one.done_at.is_some()))
            .collect(),
        named,
    };
    Ok(DocumentPage {
        state: state_sign(&chrome, document.state),
        verdict: document.verdict.map(|verdict| verdict_sign(&chrome, verdict)),
        priority: priority_sign(&chrome, document.priority),
        due: document.deadline.map(|deadline| due_sign(&chrome, deadline, document.completed_at, now)),
        leader: leader.map(|one| one.full_name),
        units: units.into_iter().map(view).collect(),
        course: course.into_iter().map(|line| course_view(&chrome, line)).collect(),
        steps: steps(&chrome, &document, now),
        turn,
        picture: is_ready.then(|| papers::urls::page_image(document.version_id, 1, PICTURE)),
        file_url: urls::act(document.id, "file"),
        verdict_url: papers::urls::verdict(document.version_id),
        done: None,
        kept,
        base: urls::document(document.id),
        document,
        chrome: chrome.at(Section::Incoming),
    })
}

fn course_view(chrome: &Chrome, line: CourseLine) -> CourseView {
    let (icon, kind) = match line.act {
        Act::Arrive => ("inbox", ""),
        Act::Verify => ("shield", ""),
        Act::Register => ("register", "good"),
        Act::Present => ("person", ""),
        Act::Direct | Act::Inform => ("edit", "good"),
        Act::Assign | Act::Help => ("people", ""),
        Act::Report | Act::Answer => ("note", ""),
        Act::Complete => ("good", "good"),
        Act::File => ("archive", "good"),
        Act::Reopen => ("undo", "warn"),
        Act::Refuse | Act::Return | Act::Recall => ("bad", "bad"),
    };
    let note = match (line.act, line.note.parse::<Light>()) {
        (Act::Verify, Ok(light)) => verdict_sign(chrome, light).word,
        _ => line.note,
    };
    let who = if line.position.is_empty() { String::new() } else { format!(", {}", line.position) };
    CourseView {
        icon,
        kind,
        title: chrome.t(&format!("incoming-act-{}", line.act.as_str())),
        who: format!("{}{who}", line.full_name),
        when: line.done_at.date_time(),
        note,
    }
}

/// The steps of the procedure; none before it has begun.
fn steps(chrome: &Chrome, document: &Document, now: Timestamp) -> Vec<(String, Sign)> {
    if document.arrival_number.is_none() {
        return Vec::new();
    }
    let way = Way {
        arrived_at: document.arrived_at,
        verified_at: document.verdict_at,
        registered_at: document.registered_at,
        directed_at: document.directed_at,
        deadline: document.deadline,
        completed_at: document.completed_at,
        state: document.state,
    };
    let sign = |kept: Option<bool>| {
        let (kind, icon, key) = match kept {
            Some(true) => ("good", "good", "incoming-step-kept"),
            Some(false) => ("bad", "bad", "incoming-step-missed"),
            None => ("", "ring", "incoming-step-open"),
        };
        Sign { kind, icon, word: chrome.t(key) }
    };
    let name = |step: &str| chrome.t(&format!("incoming-step-{}", step.replace('_', "-")));
    way.steps(now).into_iter().map(|(step, kept)| (name(step.as_str()), sign(kept))).collect()
}

async fn turn(
    tx: &mut Tx,
    chrome: &Chrome,
    actor: &Actor,
    found: &Found,
    kept: &Kept,
    now: Timestamp,
) -> Result<Turn, web::Error> {
    let (document, standing) = (&found.document, &found.standing);
    let can = |act: Act| document.state.after(act).is_some();
    let mut turn = Turn {
        may_judge: standing.is_clerk && can(Act::Verify),
        may_send_back: standing.is_clerk && (can(Act::Refuse) || can(Act::Return)),
        is_forwarding: standing.is_leader && !standing.is_clerk,
        may_reopen: standing.is_leader && can(Act::Reopen),
        may_file: (standing.is_clerk || standing.leads_work()) && can(Act::File),
        ..Turn::default()
    };
    let mut people = identity::store::people(tx, actor.organisation).await?;
    people.retain(|one| one.active);
    if standing.is_clerk && can(Act::Register) {
        turn.register = Some(register_view(tx, chrome, (document, kept), people.clone()).await?);
    }
    if (standing.is_clerk || standing.is_leader) && can(Act::Present) {
        let others = people.iter().filter(|one| Some(one.id) != document.presented_to);
        turn.present = others.map(|one| (one.clone(), kept.leader == Some(one.id))).collect();
    }
    if standing.is_leader && can(Act::Direct) {
        turn.direct = Some(direct_view(tx, chrome, (found, kept), now).await?);
    }
    if let Some((unit, leads)) = standing.heads
        && can(if leads { Act::Assign } else { Act::Help })
    {
        let is_on = |one: &Person| {
            kept.people.contains(&one.id) || found.people.iter().any(|at_work| at_work.person_id == one.id)
        };
        let of_unit = people.into_iter().filter(|one| one.unit_id == unit);
        turn.assign = of_unit.map(|one| (is_on(&one), one)).map(|(on, one)| (one, on)).collect();
    }
    turn.report = standing.works.filter(|leads| can(if *leads { Act::Report } else { Act::Help }));
    turn.is_read_only = document.state.is_over();
    Ok(turn)
}

async fn register_view(
    tx: &mut Tx,
    chrome: &Chrome,
    (document, kept): (&Document, &Kept),
    people: Vec<Person>,
) -> Result<RegisterView, web::Error> {
    let known = Typed {
        symbol: document.symbol.clone(),
        dated_on: document.dated_on.map(day_for_input).unwrap_or_default(),
        sender: document.sender.clone(),
        subject: document.subject.clone(),
        priority: document.priority.number(),
    };
    let typed = kept.typed.clone().unwrap_or(known);
    let twins = match kept.twins.as_slice() {
        [] => store::twins(tx, document, (&typed.symbol, &typed.sender)).await?,
        found => found.to_vec(),
    };
    let last = store::last_leader(tx, document.organisation_id).await?;
    let chosen = if kept.typed.is_some() { kept.leader } else { last };
    let entry = entry(document.verdict.unwrap_or(Light::Unreadable));
    Ok(RegisterView {
        must_look: entry == Entry::AfterLook,
        is_closed: entry == Entry::Closed,
        twins: twins.into_iter().map(|twin| twin_view(chrome, twin)).collect(),
        leaders: people
            .into_iter()
            .map(|one| (Some(one.id) == chosen, one))
            .map(|(is, one)| (one, is))
            .collect(),
        priorities: Priority::ALL
            .into_iter()
            .map(|one| (one.number(), priority_word(chrome, one), one.number() == typed.priority))
            .collect(),
        typed,
    })
}

fn twin_view(chrome: &Chrome, twin: Twin) -> TwinView {
    let why = chrome.t(if twin.is_same_file { "incoming-twin-file" } else { "incoming-twin-symbol" });
    let place = match (twin.arrival_number, twin.arrival_year) {
        (Some(number), Some(year)) => chrome.t2("incoming-number-of", "number", number, "year", year),
        _ => chrome.t("incoming-at-door"),
    };
    let parts = [why, place, twin.symbol, twin.sender, twin.subject, twin.arrived_at.date_time()];
    let text = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    TwinView { link: urls::document(twin.id), text }
}

async fn direct_view(
    tx: &mut Tx,
    chrome: &Chrome,
    (found, kept): (&Found, &Kept),
    now: Timestamp,
) -> Result<DirectView, web::Error> {
    let document = &found.document;
    let all = identity::store::units(tx, document.organisation_id).await?;
    let (lead, help, deadline) = match &kept.direction {
        Some(typed) => (typed.lead, typed.help.clone(), typed.deadline),
        None => (document.lead_unit_id, helping(found), document.deadline),
    };
    // The organisation itself, above its units, is given nothing.
    let has_parents = all.iter().any(|unit| unit.parent_id.is_some());
    let units = all.into_iter().filter(|unit| unit.parent_id.is_some() || !has_parents);
    let is_again = document.directed_at.is_some() || kept.direction.is_some();
    let holidays = meetings::store::holidays(tx, document.organisation_id).await?;
    let holidays: Vec<String> = holidays.into_iter().map(|holiday| holiday.day).collect();
    let chosen = deadline.map(day_for_input);
    let days: Vec<DayChoice> = QUICK
        .into_iter()
        .filter_map(|count| day_choice(chrome, count, (now, &holidays)))
        .map(|day| DayChoice {
            is_chosen: if is_again { chosen.as_ref() == Some(&day.value) } else { day.is_chosen },
            ..day
        })
        .collect();
    let is_other = chosen.is_some() && !days.iter().any(|day| day.is_chosen);
    Ok(DirectView {
        units: units
            .map(|unit| UnitChoice { leads: lead == Some(unit.id), helps: help.contains(&unit.id), unit })
            .collect(),
        other_day: chosen.filter(|_| is_other).unwrap_or_default(),
        is_other,
        has_none: is_again && deadline.is_none(),
        is_again: document.directed_at.is_some(),
        days,
    })
}

fn helping(found: &Found) -> Vec<UnitId> {
    found.units.iter().filter(|named| !named.is_lead).map(|named| named.unit_id).collect()
}

fn day_choice(chrome: &Chrome, count: i64, (now, holidays): (Timestamp, &[String])) -> Option<DayChoice> {
    let day = working_days_after(now.in_office().date(), count, holidays)?;
    let at = Timestamp::from_date_input(&day.to_string())?;
    let weekday = chrome.t(&format!("weekday-{}", day.weekday().to_monday_one_offset()));
    Some(DayChoice {
        value: day.to_string(),
        label: chrome.t1("incoming-working-days", "count", count),
        day: format!("{weekday}, {}", at.date()),
        is_chosen: count == USUAL,
    })
}

fn day_for_input(at: Timestamp) -> String {
    at.for_input().split('T').next().unwrap_or_default().to_owned()
}
