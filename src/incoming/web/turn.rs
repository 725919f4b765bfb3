//! What a person can do with a document now, ready for its forms.

use super::page::Kept;
use super::priority_word;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::store::{Person, Unit};
use crate::identity::{self, Actor, Chrome, UnitId};
use crate::incoming::actions::Found;
use crate::incoming::rules::{Act, Entry, Priority, Typed, entry, working_days_after};
use crate::incoming::store::{self, Document, Twin};
use crate::incoming::{answering, sent, urls};
use crate::lights::Light;
use crate::meetings;
use crate::web;

/// Deadlines a leader can give with one tap, in working days.
const QUICK: [i64; 4] = [1, 3, 5, 10];
/// The one that is chosen at first.
const USUAL: i64 = 5;

/// What this person can do now.
#[derive(Default)]
pub(super) struct Turn {
    pub may_judge: bool,
    pub register: Option<RegisterView>,
    pub may_send_back: bool,
    /// Who it can be laid before.
    pub present: Vec<(Person, bool)>,
    pub is_forwarding: bool,
    pub direct: Option<DirectView>,
    /// People of the unit this person speaks for.
    pub assign: Vec<(Person, bool)>,
    /// `true`: what they say is done closes the document.
    pub report: Option<bool>,
    pub may_answer: bool,
    /// Why its sender took it back, as long as nobody has noted it here.
    pub recalled: Option<String>,
    /// What was directed may become tasks, with steps and a holder.
    pub may_give_task: bool,
    pub may_reopen: bool,
    pub may_file: bool,
    /// The files (hồ sơ) it lies in; a page of the feature that keeps them.
    pub files_url: Option<String>,
    pub is_read_only: bool,
}

pub(super) struct RegisterView {
    pub typed: Typed,
    pub must_look: bool,
    pub is_closed: bool,
    pub twins: Vec<TwinView>,
    pub leaders: Vec<(Person, bool)>,
    pub priorities: Vec<(i64, String, bool)>,
}

pub(super) struct TwinView {
    pub link: String,
    pub text: String,
}

pub(super) struct DirectView {
    pub units: Vec<UnitChoice>,
    pub days: Vec<DayChoice>,
    pub other_day: String,
    pub is_other: bool,
    pub has_none: bool,
    pub is_again: bool,
}

pub(super) struct UnitChoice {
    pub unit: Unit,
    pub leads: bool,
    pub helps: bool,
}

pub(super) struct DayChoice {
    pub value: String,
    pub label: String,
    pub day: String,
    pub is_chosen: bool,
}

/// Works out what this person can do with the document now.
pub(super) async fn turn(
    tx: &mut Tx,
    chrome: &Chrome,
    actor: &Actor,
    found: &Found,
    kept: &Kept,
    now: Timestamp,
) -> Result<Turn, web::Error> {
    let (document, standing) = (&found.document, &found.standing);
    let can = |act: Act| document.state.after(act).is_some();
    let mut turn = plain(found);
    if standing.is_clerk && can(Act::Recall) {
        turn.recalled = sent::recalled(tx, actor, document).await?;
    }
    let mut people = identity::store::people(tx, actor.organisation).await?;
    people.retain(|one| one.active);
    if standing.is_clerk && turn.recalled.is_none() && can(Act::Register) {
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
        turn.assign = assignable(people, unit, (found, kept));
    }
    turn.report = standing.works.filter(|leads| can(if *leads { Act::Report } else { Act::Help }));
    turn.may_answer = answering::may_answer(found);
    turn.is_read_only = document.state.is_over();
    Ok(turn)
}

/// What the state and the person's part say by themselves.
fn plain(found: &Found) -> Turn {
    let (document, standing) = (&found.document, &found.standing);
    let can = |act: Act| document.state.after(act).is_some();
    Turn {
        may_judge: standing.is_clerk && can(Act::Verify),
        may_send_back: standing.is_clerk && (can(Act::Refuse) || can(Act::Return)),
        is_forwarding: standing.is_leader && !standing.is_clerk,
        may_give_task: document.directed_at.is_some() && (standing.is_leader || standing.heads.is_some()),
        may_reopen: standing.is_leader && can(Act::Reopen),
        may_file: (standing.is_clerk || standing.leads_work()) && can(Act::File),
        files_url: document.arrival_number.is_some().then(|| urls::act(document.id, "files")),
        ..Turn::default()
    }
}

/// The unit's people, with those who are or were just chosen.
fn assignable(people: Vec<Person>, unit: UnitId, (found, kept): (&Found, &Kept)) -> Vec<(Person, bool)> {
    let is_on = |one: &Person| {
        kept.people.contains(&one.id) || found.people.iter().any(|at_work| at_work.person_id == one.id)
    };
    let of_unit = people.into_iter().filter(|one| one.unit_id == unit);
    of_unit.map(|one| (is_on(&one), one)).map(|(on, one)| (one, on)).collect()
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
        signer_name: document.signer_name.clone(),
        signer_position: document.signer_position.clone(),
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
