//! The agenda: its items, their papers, and who may read them.

use std::collections::BTreeSet;

use serde_json::json;

use super::actions::{MeetingError, claim, claim_editable, log};
use super::news::tell;
use super::rules::{self, MeetingRole, MeetingState, PaperException, PaperRule, PaperState};
use super::store::{self, Item, Meeting};
use super::{ItemId, MeetingId, documents};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::rules::clean_line;
use crate::identity::{self, Actor, PersonId, UnitId};
use crate::papers::{self, PaperId, VersionId};
use crate::web::{Lang, Message};

/// Longest time an agenda item may be given, in minutes.
const LONGEST_ITEM: i64 = 24 * 60;

/// What a form says about an agenda item.
#[derive(Clone, Debug)]
pub struct ItemDetails {
    pub title: String,
    pub presenter: String,
    pub minutes_allotted: i64,
    pub recurring: bool,
    /// The unit that prepares its papers.
    pub unit: Option<UnitId>,
}

pub async fn add_item(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    details: ItemDetails,
    now: Timestamp,
) -> Result<ItemId, MeetingError> {
    let meeting = claim_editable(tx, actor, id).await?;
    let unit_id = own_unit(tx, actor, details.unit).await?;
    let position = store::items(tx, id).await?.last().map_or(0, |last| last.position + 1);
    let item = Item {
        id: ItemId::new(),
        position,
        title: clean_line(&details.title).ok_or(MeetingError::Title)?,
        presenter: clean_line(&details.presenter).unwrap_or_default(),
        minutes_allotted: details.minutes_allotted.clamp(0, LONGEST_ITEM),
        recurring: details.recurring,
        started_at: None,
        ended_at: None,
        unit_id,
        deferred: false,
    };
    store::insert_item(tx, id, &item).await?;
    documents::tell_preparers(tx, &meeting, None, &item, now).await?;
    log(tx, actor, "item_added", id, json!({ "item": item.id.to_string(), "title": item.title }), now)
        .await?;
    Ok(item.id)
}

pub async fn edit_item(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    item: ItemId,
    details: ItemDetails,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let meeting = claim_editable(tx, actor, id).await?;
    let unit_id = own_unit(tx, actor, details.unit).await?;
    let known = item_of(tx, id, item).await?;
    let before = known.unit_id;
    let changed = Item {
        unit_id,
        title: clean_line(&details.title).ok_or(MeetingError::Title)?,
        presenter: clean_line(&details.presenter).unwrap_or_default(),
        minutes_allotted: details.minutes_allotted.clamp(0, LONGEST_ITEM),
        recurring: details.recurring,
        ..known
    };
    store::update_item(tx, id, &changed).await?;
    documents::tell_preparers(tx, &meeting, before, &changed, now).await?;
    sync_readers(tx, &meeting).await?;
    log(tx, actor, "item_edited", id, json!({ "item": item.to_string(), "title": changed.title }), now).await
}

/// A unit named in a form, if it is one of the organisation's own.
async fn own_unit(tx: &mut Tx, actor: &Actor, unit: Option<UnitId>) -> Result<Option<UnitId>, MeetingError> {
    let Some(unit) = unit else { return Ok(None) };
    let units = identity::store::units(tx, actor.organisation).await?;
    if units.iter().any(|known| known.id == unit) { Ok(Some(unit)) } else { Err(MeetingError::NotFound) }
}

/// Puts an item off until the next meeting made like this one, or takes that
/// back. What was not reached is often seen only when the meeting is over.
pub async fn defer_item(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    item: ItemId,
    deferred: bool,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let (meeting, standing) = claim(tx, actor, id).await?;
    if !standing.may_conduct() {
        return Err(MeetingError::NotOrganiser);
    }
    if meeting.state == MeetingState::Cancelled {
        return Err(MeetingError::NotNow);
    }
    let known = item_of(tx, id, item).await?;
    store::set_item_plan(tx, item, known.unit_id, deferred).await?;
    let act = if deferred { "item_deferred" } else { "item_no_longer_deferred" };
    log(tx, actor, act, id, json!({ "item": item.to_string() }), now).await
}

pub(super) async fn item_of(tx: &mut Tx, id: MeetingId, item: ItemId) -> Result<Item, MeetingError> {
    let items = store::items(tx, id).await?;
    items.into_iter().find(|known| known.id == item).ok_or(MeetingError::NotFound)
}

/// Takes an item off the agenda, unless it was dealt with.
pub async fn remove_item(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    item: ItemId,
    now: Timestamp,
) -> Result<(), MeetingError> {
    claim_editable(tx, actor, id).await?;
    if item_of(tx, id, item).await?.started_at.is_some() {
        return Err(MeetingError::NotNow);
    }
    let papers = store::all_papers(tx, id, actor.person).await?;
    for paper in papers.iter().filter(|paper| paper.item_id == item) {
        papers::actions::set_readers(tx, paper.paper_id, &[]).await?;
    }
    match store::delete_item(tx, id, item).await {
        // A vote on it was prepared.
        Err(error) if error.is_still_needed() => return Err(MeetingError::NotNow),
        deleted => deleted?,
    };
    log(tx, actor, "item_removed", id, json!({ "item": item.to_string() }), now).await
}

/// Puts the agenda in a new order.
pub async fn reorder(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    order: &[ItemId],
    now: Timestamp,
) -> Result<(), MeetingError> {
    claim_editable(tx, actor, id).await?;
    let items = store::items(tx, id).await?;
    let present: Vec<ItemId> = items.iter().map(|item| item.id).collect();
    for (position, next) in (0..).zip(rules::reordered(&present, order)) {
        if let Some(item) = items.iter().find(|item| item.id == next) {
            store::update_item(tx, id, &Item { position, ..item.clone() }).await?;
        }
    }
    log(tx, actor, "agenda_reordered", id, json!({}), now).await
}

/// Adds an uploaded file: to `item`, or as an item of its own, titled like it.
pub async fn add_paper(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    item: Option<ItemId>,
    upload: &papers::Upload,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let meeting = claim_editable(tx, actor, id).await?;
    let item = match item {
        Some(item) => item_of(tx, id, item).await?.id,
        None => {
            let details = ItemDetails {
                title: upload.title.clone(),
                presenter: String::new(),
                minutes_allotted: 15,
                recurring: false,
                unit: None,
            };
            add_item(tx, actor, id, details, now).await?
        }
    };
    attach(tx, actor, &meeting, item, (upload, PaperState::Published), now).await?;
    Ok(())
}

/// Makes a paper of an upload, on an item, as far on its way as `state` says.
pub(super) async fn attach(
    tx: &mut Tx,
    actor: &Actor,
    meeting: &Meeting,
    item: ItemId,
    brought: (&papers::Upload, PaperState),
    now: Timestamp,
) -> Result<PaperId, MeetingError> {
    let (upload, state) = brought;
    let paper = papers::actions::add_paper(tx, actor, upload, &upload.title, now).await?;
    let position = store::all_papers(tx, meeting.id, actor.person).await?.len();
    store::attach_paper(tx, item, paper, i64::try_from(position).unwrap_or(i64::MAX), state).await?;
    store::insert_step(tx, paper, (state, 1, ""), actor.person, now).await?;
    sync_readers(tx, meeting).await?;
    Ok(paper)
}

/// Replaces a paper by a new version; what was there stays readable as the
/// version before. Its readers are told once the meeting is announced.
pub async fn replace_paper(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    paper: PaperId,
    upload: &papers::Upload,
    now: Timestamp,
) -> Result<VersionId, MeetingError> {
    let meeting = claim_editable(tx, actor, id).await?;
    let known = store::prepared_paper(tx, id, paper).await?.ok_or(MeetingError::NotFound)?;
    let version = papers::actions::add_version(tx, actor, paper, upload, now).await?;
    let state = documents::begin_anew(tx, actor, &meeting, &known, now).await?;
    if meeting.announced_at.is_some() && state == PaperState::Published {
        let subject = Message::with("paper-changed-notice", "title", &known.title).text(Lang::Vi);
        // Whoever may not read it is not to learn its title either.
        let readers = store::readers_of(tx, paper).await?;
        let mut people = store::participants(tx, id).await?;
        people.retain(|person| readers.contains(&person.person_id));
        tell(tx, &meeting, &people, &subject, &meeting.title, now).await?;
    }
    Ok(version)
}

pub async fn remove_paper(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    item: ItemId,
    paper: PaperId,
    now: Timestamp,
) -> Result<(), MeetingError> {
    claim_editable(tx, actor, id).await?;
    item_of(tx, id, item).await?;
    if !store::detach_paper(tx, item, paper).await? {
        return Err(MeetingError::NotFound);
    }
    papers::actions::set_readers(tx, paper, &[]).await?;
    log(tx, actor, "paper_removed", id, json!({ "paper": paper.to_string() }), now).await
}

/// Sets what roles may do with a paper.
pub async fn set_paper_rule(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    item: ItemId,
    rule: PaperRule,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let meeting = claim_editable(tx, actor, id).await?;
    item_of(tx, id, item).await?;
    if !store::set_paper_rule(tx, item, rule.paper, rule.guests_may_read, rule.may_download).await? {
        return Err(MeetingError::NotFound);
    }
    sync_readers(tx, &meeting).await?;
    let details = json!({ "paper": rule.paper.to_string(), "guests": rule.guests_may_read, "download": rule.may_download });
    log(tx, actor, "paper_rule_set", id, details, now).await
}

/// Gives one participant a rule of their own for one paper.
pub async fn set_paper_exception(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    own: PaperException,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let meeting = claim_editable(tx, actor, id).await?;
    let papers = store::all_papers(tx, id, actor.person).await?;
    let is_ours = papers.iter().any(|known| known.paper_id == own.paper);
    if !is_ours || store::place_in(tx, id, own.person).await?.is_none() {
        return Err(MeetingError::NotFound);
    }
    store::put_exception(tx, &own).await?;
    sync_readers(tx, &meeting).await?;
    let details =
        json!({ "paper": own.paper.to_string(), "person": own.person.to_string(), "read": own.may_read });
    log(tx, actor, "paper_exception_set", id, details, now).await
}

/// Writes down who may now read each paper of the meeting.
pub(super) async fn sync_readers(tx: &mut Tx, meeting: &Meeting) -> Result<(), MeetingError> {
    let people: Vec<(PersonId, MeetingRole)> = store::participants(tx, meeting.id)
        .await?
        .iter()
        .map(|person| (person.person_id, person.role))
        .collect();
    let keepers: Vec<PersonId> = people
        .iter()
        .filter(|(_, role)| matches!(role, MeetingRole::Chair | MeetingRole::Secretary))
        .map(|(person, _)| *person)
        .collect();
    let exceptions = store::exceptions(tx, meeting.id).await?;
    let items = store::items(tx, meeting.id).await?;
    let nobody = PersonId::default();
    for paper in store::all_papers(tx, meeting.id, nobody).await? {
        let rule = PaperRule {
            paper: paper.paper_id,
            guests_may_read: paper.guests_may_read,
            may_download: paper.may_download,
        };
        let readers = if paper.progress == PaperState::Published {
            rules::readers(meeting.announced_at.is_some(), &people, rule, &exceptions)
        } else {
            let item = items.iter().find(|item| item.id == paper.item_id);
            preparers(tx, &people, item.and_then(|item| item.unit_id)).await?
        };
        papers::actions::set_readers(tx, paper.paper_id, &readers).await?;
        papers::actions::set_keepers(tx, paper.paper_id, &keepers).await?;
    }
    Ok(())
}

/// Those who read a paper on its way: the meeting's secretaries, and the unit
/// that prepares it.
async fn preparers(
    tx: &mut Tx,
    people: &[(PersonId, MeetingRole)],
    unit: Option<UnitId>,
) -> Result<Vec<(PersonId, bool)>, MeetingError> {
    let secretaries = people.iter().filter(|(_, role)| *role == MeetingRole::Secretary);
    let mut readers: BTreeSet<PersonId> = secretaries.map(|(person, _)| *person).collect();
    if let Some(unit) = unit {
        readers.extend(store::people_of_unit(tx, unit).await?);
    }
    Ok(readers.into_iter().map(|person| (person, true)).collect())
}
