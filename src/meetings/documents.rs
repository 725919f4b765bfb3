//! Papers on their way: brought by the unit that prepares them, approved
//! there, published by those who prepare the meeting.

use serde_json::json;

use super::actions::{MeetingError, log};
use super::agenda::{self, sync_readers};
use super::rules::{MeetingRole, PaperAct, PaperHand, PaperState};
use super::store::{self, Item, Meeting, PreparedPaper};
use super::{ItemId, MeetingId, news, units, urls};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::rules::clean_line;
use crate::identity::{self, Actor, OrgRole, PersonId, UnitId};
use crate::notices::{self, Manner, Tidings};
use crate::papers::{self, PaperId};
use crate::web::{Lang, Message};

/// A unit brings a file for an item it prepares.
pub async fn bring(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    item: ItemId,
    upload: &papers::Upload,
    now: Timestamp,
) -> Result<PaperId, MeetingError> {
    let meeting = claim(tx, actor, id).await?;
    let item = agenda::item_of(tx, id, item).await?;
    must_be_of(tx, actor, item.unit_id).await?;
    if !meeting.state.is_editable() {
        return Err(MeetingError::NotNow);
    }
    agenda::attach(tx, actor, &meeting, item.id, (upload, PaperState::Draft), now).await
}

/// A unit brings a new file of its paper. An approval was for other bytes: it
/// is void, and whoever gave it is told.
pub async fn bring_anew(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    paper: PaperId,
    upload: &papers::Upload,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let meeting = claim(tx, actor, id).await?;
    let known = store::prepared_paper(tx, id, paper).await?.ok_or(MeetingError::NotFound)?;
    must_be_of(tx, actor, known.unit_id).await?;
    if !meeting.state.is_editable() || !known.state.takes_files_of_the_unit() {
        return Err(MeetingError::NotNow);
    }
    papers::actions::add_version(tx, actor, paper, upload, now).await?;
    begin_anew(tx, actor, &meeting, &known, now).await?;
    Ok(())
}

async fn claim(tx: &mut Tx, actor: &Actor, id: MeetingId) -> Result<Meeting, MeetingError> {
    store::claim(tx, actor.organisation, id).await?.ok_or(MeetingError::NotFound)
}

/// True when the actor may bring files for an item of this unit, asked before
/// a long upload is read.
pub async fn may_bring(tx: &mut Tx, actor: &Actor, id: MeetingId, item: ItemId) -> Result<(), MeetingError> {
    store::meeting(tx, actor.organisation, id).await?.ok_or(MeetingError::NotFound)?;
    let item = agenda::item_of(tx, id, item).await?;
    must_be_of(tx, actor, item.unit_id).await
}

/// As [`may_bring`], for a new file of a paper.
pub async fn may_bring_anew(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    paper: PaperId,
) -> Result<(), MeetingError> {
    store::meeting(tx, actor.organisation, id).await?.ok_or(MeetingError::NotFound)?;
    let known = store::prepared_paper(tx, id, paper).await?.ok_or(MeetingError::NotFound)?;
    must_be_of(tx, actor, known.unit_id).await
}

async fn must_be_of(tx: &mut Tx, actor: &Actor, unit: Option<UnitId>) -> Result<(), MeetingError> {
    let own = store::unit_of(tx, actor.person).await?;
    if unit == Some(own) { Ok(()) } else { Err(MeetingError::NotFound) }
}

/// Notes that a paper has a new file. A published one stays published: only
/// those who prepare the meeting change what is read. Any other starts anew.
pub(super) async fn begin_anew(
    tx: &mut Tx,
    actor: &Actor,
    meeting: &Meeting,
    before: &PreparedPaper,
    now: Timestamp,
) -> Result<PaperState, MeetingError> {
    let is_read = before.state == PaperState::Published;
    let state = if is_read { PaperState::Published } else { PaperState::Draft };
    store::set_paper_state(tx, before.item_id, before.paper_id, state).await?;
    store::insert_step(tx, before.paper_id, (state, before.number + 1, ""), actor.person, now).await?;
    sync_readers(tx, meeting).await?;
    if matches!(before.state, PaperState::Submitted | PaperState::Approved) {
        let subject = Message::with("paper-approval-void-notice", "title", &before.title).text(Lang::Vi);
        tell_unit(tx, meeting, before, &subject, now).await?;
        let details = json!({ "paper": before.paper_id.to_string(), "version": before.number });
        log(tx, actor, "paper_approval_void", meeting.id, details, now).await?;
    }
    Ok(state)
}

/// What is done with a paper, on which version, and why.
#[derive(Clone, Debug)]
pub struct Step {
    pub act: PaperAct,
    /// The number the person saw.
    pub version: i64,
    pub reason: String,
}

/// Moves a paper on, or back.
pub async fn step(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    paper: PaperId,
    step: &Step,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let meeting = claim(tx, actor, id).await?;
    let known = store::prepared_paper(tx, id, paper).await?.ok_or(MeetingError::NotFound)?;
    let hands = hands(tx, actor, &meeting, &known).await?;
    if hands.is_empty() {
        return Err(MeetingError::NotFound);
    }
    // An act on bytes that are no longer the newest would be an act on others.
    if known.number != step.version {
        return Err(MeetingError::Stale);
    }
    let next = hands.iter().find_map(|hand| known.state.after(step.act, *hand));
    let next = next.filter(|_| meeting.state.is_editable()).ok_or(MeetingError::NotNow)?;
    if step.act == PaperAct::Approve && known.uploaded_by == actor.person {
        return Err(MeetingError::OwnPaper);
    }
    let reason = clean_line(&step.reason).unwrap_or_default();
    if matches!(step.act, PaperAct::Return | PaperAct::Withdraw) && reason.is_empty() {
        return Err(MeetingError::Reason);
    }
    store::set_paper_state(tx, known.item_id, paper, next).await?;
    store::insert_step(tx, paper, (next, known.number, &reason), actor.person, now).await?;
    sync_readers(tx, &meeting).await?;
    tell(tx, &meeting, &known, next, &reason, now).await?;
    let details = json!({ "paper": paper.to_string(), "version": known.number, "reason": reason });
    log(tx, actor, act_name(next), id, details, now).await
}

/// Every hand the actor has in this paper.
async fn hands(
    tx: &mut Tx,
    actor: &Actor,
    meeting: &Meeting,
    paper: &PreparedPaper,
) -> Result<Vec<PaperHand>, MeetingError> {
    let place = store::place_in(tx, meeting.id, actor.person).await?;
    let role = place.map(|(role, _)| role);
    let mut hands = Vec::new();
    if actor.is(OrgRole::Secretary) || role == Some(MeetingRole::Secretary) {
        hands.push(PaperHand::Organiser);
    }
    if paper.unit_id == Some(store::unit_of(tx, actor.person).await?) {
        let may_approve = actor.is(OrgRole::UnitAdmin) || role.is_some_and(MeetingRole::is_member);
        hands.push(if may_approve { PaperHand::UnitApprover } else { PaperHand::UnitMember });
    }
    Ok(hands)
}

/// The acts a person may do with a paper now.
pub async fn open_acts(
    tx: &mut Tx,
    actor: &Actor,
    meeting: &Meeting,
    paper: &PreparedPaper,
) -> Result<Vec<PaperAct>, MeetingError> {
    let hands = hands(tx, actor, meeting, paper).await?;
    let is_possible = |act: &PaperAct| {
        let is_own = *act == PaperAct::Approve && paper.uploaded_by == actor.person;
        !is_own && hands.iter().any(|hand| paper.state.after(*act, *hand).is_some())
    };
    Ok(PaperAct::ALL.iter().copied().filter(is_possible).collect())
}

fn act_name(state: PaperState) -> &'static str {
    match state {
        PaperState::Draft => "paper_drafted",
        PaperState::Submitted => "paper_submitted",
        PaperState::Approved => "paper_approved",
        PaperState::Returned => "paper_returned",
        PaperState::Published => "paper_published",
        PaperState::Withdrawn => "paper_withdrawn",
    }
}

/// Tells those whose turn it is.
async fn tell(
    tx: &mut Tx,
    meeting: &Meeting,
    paper: &PreparedPaper,
    state: PaperState,
    reason: &str,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let text = |key| Message::with(key, "title", &paper.title).text(Lang::Vi);
    match state {
        PaperState::Draft => Ok(()),
        PaperState::Submitted => tell_unit(tx, meeting, paper, &text("paper-submitted-notice"), now).await,
        PaperState::Returned | PaperState::Withdrawn => {
            let key = if state == PaperState::Returned {
                "paper-returned-notice"
            } else {
                "paper-withdrawn-notice"
            };
            tell_drafter(tx, meeting, paper.uploaded_by, &text(key), reason, now).await
        }
        PaperState::Approved => {
            let mut people = store::participants(tx, meeting.id).await?;
            people.retain(|one| one.role == MeetingRole::Secretary);
            news::tell(tx, meeting, &people, &text("paper-approved-notice"), &meeting.title, now).await
        }
        PaperState::Published if meeting.announced_at.is_some() => {
            // Whoever may not read it is not to learn its title either.
            let readers = store::readers_of(tx, paper.paper_id).await?;
            let mut people = store::participants(tx, meeting.id).await?;
            people.retain(|one| readers.contains(&one.person_id));
            news::tell(tx, meeting, &people, &text("paper-published-notice"), &meeting.title, now).await
        }
        PaperState::Published => Ok(()),
    }
}

async fn tell_unit(
    tx: &mut Tx,
    meeting: &Meeting,
    paper: &PreparedPaper,
    subject: &str,
    now: Timestamp,
) -> Result<(), MeetingError> {
    match paper.unit_id {
        Some(unit) => units::tell_administrators(tx, meeting, unit, subject, &meeting.title, now).await,
        None => Ok(()),
    }
}

async fn tell_drafter(
    tx: &mut Tx,
    meeting: &Meeting,
    drafter: PersonId,
    subject: &str,
    reason: &str,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let drafter = identity::store::person(tx, meeting.organisation_id, drafter).await?;
    let link = urls::unit();
    let tidings = Tidings { organisation: meeting.organisation_id, subject, link: &link, body: reason };
    let manner = Manner { calendar: None, is_discreet: store::plan(tx, meeting.id).await?.restricted };
    for person in drafter.iter().filter(|person| person.active) {
        let to = (person.id, person.email.as_str());
        notices::actions::tell_in(tx, to, &tidings, manner, now).await?;
    }
    Ok(())
}

/// Tells a unit that an item is now its to prepare.
pub(super) async fn tell_preparers(
    tx: &mut Tx,
    meeting: &Meeting,
    before: Option<UnitId>,
    item: &Item,
    now: Timestamp,
) -> Result<(), MeetingError> {
    match item.unit_id.filter(|_| item.unit_id != before) {
        Some(unit) => {
            let subject = Message::with("unit-prepares-notice", "title", &item.title).text(Lang::Vi);
            units::tell_administrators(tx, meeting, unit, &subject, &meeting.title, now).await
        }
        None => Ok(()),
    }
}
