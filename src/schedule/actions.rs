//! What people do with the office's week and with their own calendar.

use openssl::rand::rand_bytes;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::store::{self, Entry};
use super::{EntryId, EntryState};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::actions::log;
use crate::identity::rules::clean_line;
use crate::identity::{Actor, OrgRole};
use crate::meetings;
use crate::meetings::calendar::{self, Event, Method};
use crate::meetings::rules::MeetingState;

/// How far back a calendar reaches, in seconds.
const LOOK_BACK: i64 = 60 * 86_400;
/// Longest entry, in seconds: a journey abroad.
const LONGEST: i64 = 62 * 86_400;

#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    #[error("there is no such entry for this person")]
    NotFound,
    #[error("only the Office approves entries")]
    NotApprover,
    #[error("the form is older than the entry")]
    Stale,
    #[error("a title is missing or too long")]
    Title,
    #[error("a time does not fit")]
    Time,
    #[error("no random numbers")]
    Random(#[from] openssl::error::ErrorStack),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// What a form says about an entry.
#[derive(Clone, Debug)]
pub struct EntryDetails {
    pub title: String,
    pub place: String,
    pub people: String,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
}

/// The Office approves: its secretaries.
pub fn approves(actor: &Actor) -> bool {
    actor.is(OrgRole::Secretary)
}

/// Anyone may propose an entry; until it is approved it is seen by them and
/// the Office only.
pub async fn propose(
    tx: &mut Tx,
    actor: &Actor,
    details: &EntryDetails,
    now: Timestamp,
) -> Result<EntryId, ScheduleError> {
    let id = EntryId::new();
    let entry = Entry {
        id,
        title: String::new(),
        place: String::new(),
        people: String::new(),
        starts_at: now,
        ends_at: now,
        state: EntryState::Draft,
        created_by: actor.person,
        version: 1,
    };
    let entry = filled(entry, details)?;
    store::insert_entry(tx, actor.organisation, &entry, now).await?;
    log(tx, actor, "entry_proposed", subject(id), json!({ "title": entry.title }), now).await?;
    Ok(id)
}

fn filled(entry: Entry, details: &EntryDetails) -> Result<Entry, ScheduleError> {
    let length = details.ends_at.seconds_since(details.starts_at);
    if length <= 0 || length > LONGEST {
        return Err(ScheduleError::Time);
    }
    Ok(Entry {
        title: clean_line(&details.title).ok_or(ScheduleError::Title)?,
        place: clean_line(&details.place).unwrap_or_default(),
        people: clean_line(&details.people).unwrap_or_default(),
        starts_at: details.starts_at,
        ends_at: details.ends_at,
        ..entry
    })
}

/// The entry as a page shows it for changing.
pub async fn find(tx: &mut Tx, actor: &Actor, id: EntryId) -> Result<Entry, ScheduleError> {
    let entry = store::entry(tx, actor.organisation, id).await?;
    entry.filter(|entry| may_change(actor, entry)).ok_or(ScheduleError::NotFound)
}

async fn claim(tx: &mut Tx, actor: &Actor, id: EntryId) -> Result<Entry, ScheduleError> {
    let entry = store::claim_entry(tx, actor.organisation, id).await?;
    entry.filter(|entry| may_change(actor, entry)).ok_or(ScheduleError::NotFound)
}

/// Its author, and the Office.
pub fn may_change(actor: &Actor, entry: &Entry) -> bool {
    entry.created_by == actor.person || approves(actor)
}

/// Changes an entry. Changed by another than the Office, it waits for approval
/// again: other words were approved.
pub async fn edit(
    tx: &mut Tx,
    actor: &Actor,
    id: EntryId,
    details: &EntryDetails,
    version: i64,
    now: Timestamp,
) -> Result<(), ScheduleError> {
    let entry = claim(tx, actor, id).await?;
    if entry.version != version {
        return Err(ScheduleError::Stale);
    }
    let mut entry = filled(entry, details)?;
    let is_approved = entry.state == EntryState::Approved && approves(actor);
    entry.state = if is_approved { EntryState::Approved } else { EntryState::Draft };
    store::update_entry(tx, &entry, is_approved.then_some(actor.person)).await?;
    Ok(log(tx, actor, "entry_edited", subject(id), json!({ "title": entry.title }), now).await?)
}

/// Puts an entry into the office's week, in the words the approver saw.
pub async fn approve(
    tx: &mut Tx,
    actor: &Actor,
    id: EntryId,
    version: i64,
    now: Timestamp,
) -> Result<(), ScheduleError> {
    let entry = claim(tx, actor, id).await?;
    if !approves(actor) {
        return Err(ScheduleError::NotApprover);
    }
    if entry.version != version {
        return Err(ScheduleError::Stale);
    }
    let entry = Entry { state: EntryState::Approved, ..entry };
    store::update_entry(tx, &entry, Some(actor.person)).await?;
    Ok(log(tx, actor, "entry_approved", subject(id), json!({ "title": entry.title }), now).await?)
}

/// Takes an entry out of the week.
pub async fn remove(tx: &mut Tx, actor: &Actor, id: EntryId, now: Timestamp) -> Result<(), ScheduleError> {
    let entry = claim(tx, actor, id).await?;
    store::delete_entry(tx, id).await?;
    Ok(log(tx, actor, "entry_removed", subject(id), json!({ "title": entry.title }), now).await?)
}

fn subject(entry: EntryId) -> String {
    format!("entry:{entry}")
}

/// Opens the actor's calendar for other devices; gives the secret, which is
/// shown once and kept nowhere.
pub async fn open_calendar(tx: &mut Tx, actor: &Actor, now: Timestamp) -> Result<String, ScheduleError> {
    let mut secret = [0_u8; 24];
    rand_bytes(&mut secret)?;
    let secret = hex::encode(secret);
    store::put_feed(tx, actor.person, &hash(&secret), now).await?;
    log(tx, actor, "calendar_opened", format!("person:{}", actor.person), json!({}), now).await?;
    Ok(secret)
}

/// Closes it: the address leads nowhere from now on.
pub async fn close_calendar(tx: &mut Tx, actor: &Actor, now: Timestamp) -> Result<(), ScheduleError> {
    if store::delete_feed(tx, actor.person).await? {
        log(tx, actor, "calendar_closed", format!("person:{}", actor.person), json!({}), now).await?;
    }
    Ok(())
}

fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

/// The calendar a secret opens; `address` is the service's own.
pub async fn feed(tx: &mut Tx, secret: &str, address: &str, now: Timestamp) -> Result<String, ScheduleError> {
    let owner = store::feed_owner(tx, &hash(secret)).await?.ok_or(ScheduleError::NotFound)?;
    let own = store::own_meetings(tx, owner, now.plus_seconds(-LOOK_BACK)).await?;
    let events: Vec<Event> = own
        .into_iter()
        .map(|meeting| Event {
            meeting: meeting.id,
            sequence: meeting.sequence,
            starts_at: meeting.starts_at,
            ends_at: meeting.ends_at,
            summary: meetings::calendar_summary(&meeting.title, meeting.restricted),
            place: meeting.room.unwrap_or(meeting.online_url),
            link: Some(format!("{address}{}", meetings::urls::meeting(meeting.id))),
            is_cancelled: meeting.state == MeetingState::Cancelled,
            between: None,
        })
        .collect();
    Ok(calendar::text(Method::Publish, &events, now))
}
