//! Drafting and editing a notice of conclusions.

use serde_json::json;

use super::rules::{self, Occasion, points};
use super::store::{self, Conclusion, Notice};
use super::{ConclusionId, ConclusionNoticeId, NoticeState};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::rules::{clean_line, clean_text};
use crate::identity::{self, Actor};
use crate::meetings::actions::{MeetingError, Standing};
use crate::meetings::rules::MeetingRole;
use crate::meetings::store::Meeting;
use crate::meetings::{self, MeetingId};
use crate::minutes::actions::CONCLUSION;
use crate::{jobs, minutes, storage};

/// Longest text of one field, in characters.
const LONGEST_TEXT: usize = 20_000;
/// Most points of one notice: more than any meeting concludes.
const MOST: usize = 200;

#[derive(Debug, thiserror::Error)]
pub enum ConclusionError {
    #[error("there is no such notice for this person")]
    NotFound,
    #[error("a notice is drafted when the meeting is over")]
    NotOver,
    #[error("there is a notice already")]
    Exists,
    #[error("the notice is locked")]
    Locked,
    #[error("someone else saved meanwhile")]
    Stale,
    #[error("a text is missing or too long")]
    Text,
    #[error("a date cannot be read")]
    Date,
    #[error("a notice without conclusions says nothing")]
    Empty,
    #[error("no room for a signature was left")]
    NoRoom,
    #[error(transparent)]
    Meeting(#[from] MeetingError),
    #[error("the notice cannot be typeset")]
    Typeset(#[from] typeset::TypesetError),
    #[error("the typesetting broke off")]
    Task(#[from] tokio::task::JoinError),
    #[error("no random numbers")]
    Random(#[from] openssl::error::ErrorStack),
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error(transparent)]
    Job(#[from] jobs::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Finds a meeting and what this person may see of its notice: whoever runs
/// the meeting the draft too, every participant the locked one.
pub async fn find(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
) -> Result<(Meeting, Standing, Option<Notice>), ConclusionError> {
    let (meeting, standing) = meetings::actions::find(tx, actor, meeting).await?;
    let notice = store::notice(tx, meeting.id).await?;
    let is_for_them = |notice: &Notice| standing.may_conduct() || notice.state == NoticeState::Locked;
    Ok((meeting, standing, notice.filter(is_for_them)))
}

/// Drafts the notice from the chair's conclusion in the minutes.
pub async fn draft(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
    now: Timestamp,
) -> Result<ConclusionNoticeId, ConclusionError> {
    let (meeting, _, _) = find_as_organiser(tx, actor, meeting).await?;
    let written = minutes::store::minutes(tx, meeting.id).await?.ok_or(ConclusionError::NotOver)?;
    let notice = first_notice(tx, actor, &meeting).await?;
    if !store::insert(tx, &notice, now).await? {
        return Err(ConclusionError::Exists);
    }
    let texts = minutes::store::texts(tx, written.id).await?;
    let conclusion = texts.iter().find(|text| text.part == CONCLUSION);
    for point in conclusion.map(|text| points(&text.text)).unwrap_or_default().iter().take(MOST) {
        store::insert_conclusion(tx, notice.id, point).await?;
    }
    log(tx, actor, "conclusions_drafted", notice.id, json!({}), now).await?;
    Ok(notice.id)
}

/// The texts a notice begins with; the chair signs, unless someone else is chosen.
async fn first_notice(tx: &mut Tx, actor: &Actor, meeting: &Meeting) -> Result<Notice, ConclusionError> {
    let people = meetings::store::participants(tx, meeting.id).await?;
    let chair = people.iter().find(|one| one.role == MeetingRole::Chair).ok_or(ConclusionError::NotOver)?;
    let organisation = identity::store::organisation(tx, actor.organisation).await?;
    let rooms = meetings::store::rooms(tx, actor.organisation).await?;
    let room = rooms.iter().find(|room| Some(room.id) == meeting.room_id);
    let occasion = Occasion {
        meeting: &meeting.title,
        day: meeting.started_at.unwrap_or(meeting.starts_at).date(),
        venue: room.map_or(&organisation.name, |room| &room.name),
        chair: &chair.full_name,
        chair_position: &chair.position,
    };
    Ok(Notice {
        id: ConclusionNoticeId::new(),
        meeting_id: meeting.id,
        state: NoticeState::Draft,
        subject: rules::subject(&occasion),
        opening: rules::opening(&occasion),
        closing: rules::closing(),
        capacity: rules::capacity(&chair.position),
        recipients: "Thành viên dự họp\nCác đơn vị được giao nhiệm vụ\nLưu: VT".to_owned(),
        signer_id: chair.person_id,
        version: 1,
        changes: 1,
        document_id: None,
    })
}

/// The texts of the notice itself, as a form sends them.
#[derive(Clone, Debug)]
pub struct Frame {
    pub subject: String,
    pub opening: String,
    pub closing: String,
    pub capacity: String,
    pub recipients: String,
    pub signer: identity::PersonId,
    pub version: i64,
}

pub async fn save_frame(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
    frame: Frame,
    now: Timestamp,
) -> Result<(), ConclusionError> {
    let mut notice = claim(tx, actor, meeting).await?;
    // The id comes from a form: it must be someone of this organisation.
    let signer = identity::store::person(tx, actor.organisation, frame.signer).await?;
    notice.signer_id = signer.filter(|person| person.active).ok_or(ConclusionError::NotFound)?.id;
    notice.subject = clean_line(&frame.subject).ok_or(ConclusionError::Text)?;
    notice.opening = bounded(&frame.opening)?;
    notice.closing = bounded(&frame.closing)?;
    notice.capacity = bounded(&frame.capacity)?;
    notice.recipients = bounded(&frame.recipients)?;
    notice.version = frame.version;
    if notice.capacity.trim().is_empty() {
        return Err(ConclusionError::Text);
    }
    if !store::save(tx, &notice).await? {
        return Err(ConclusionError::Stale);
    }
    log(tx, actor, "conclusions_saved", notice.id, json!({ "version": frame.version + 1 }), now).await
}

/// Adds a conclusion at the end.
pub async fn add(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
    text: &str,
    now: Timestamp,
) -> Result<ConclusionId, ConclusionError> {
    let notice = claim(tx, actor, meeting).await?;
    let text = bounded(text)?;
    if text.trim().is_empty() || store::conclusions(tx, notice.id).await?.len() >= MOST {
        return Err(ConclusionError::Text);
    }
    let id = store::insert_conclusion(tx, notice.id, &text).await?;
    log(tx, actor, "conclusion_added", notice.id, json!({ "conclusion": id.to_string() }), now).await?;
    Ok(id)
}

/// Changes a conclusion; `new.version` is the one the form was made from.
pub async fn save(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
    mut new: Conclusion,
    now: Timestamp,
) -> Result<(), ConclusionError> {
    let notice = claim(tx, actor, meeting).await?;
    must_belong(tx, &notice, new.id).await?;
    let units = identity::store::units(tx, actor.organisation).await?;
    let is_ours = |id: &identity::UnitId| units.iter().any(|unit| unit.id == *id);
    if !new.lead_unit.iter().chain(&new.co_units).all(is_ours) {
        return Err(ConclusionError::NotFound);
    }
    // Who leads does not help itself.
    new.co_units.retain(|unit| Some(*unit) != new.lead_unit);
    new.text = bounded(&new.text)?;
    if new.text.trim().is_empty() {
        return Err(ConclusionError::Text);
    }
    if !store::save_conclusion(tx, &new).await? {
        return Err(ConclusionError::Stale);
    }
    log(tx, actor, "conclusion_saved", notice.id, json!({ "conclusion": new.id.to_string() }), now).await
}

pub async fn remove(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
    conclusion: ConclusionId,
    now: Timestamp,
) -> Result<(), ConclusionError> {
    let notice = claim(tx, actor, meeting).await?;
    must_belong(tx, &notice, conclusion).await?;
    store::delete_conclusion(tx, conclusion).await?;
    log(tx, actor, "conclusion_removed", notice.id, json!({ "conclusion": conclusion.to_string() }), now)
        .await
}

pub(super) async fn find_as_organiser(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
) -> Result<(Meeting, Standing, Option<Notice>), ConclusionError> {
    let found = find(tx, actor, meeting).await?;
    if found.1.is_organiser { Ok(found) } else { Err(MeetingError::NotOrganiser.into()) }
}

async fn claim(tx: &mut Tx, actor: &Actor, meeting: MeetingId) -> Result<Notice, ConclusionError> {
    let (_, _, notice) = find_as_organiser(tx, actor, meeting).await?;
    if notice.is_none() {
        return Err(ConclusionError::NotFound);
    }
    store::claim_draft(tx, meeting).await?.ok_or(ConclusionError::Locked)
}

async fn must_belong(tx: &mut Tx, notice: &Notice, conclusion: ConclusionId) -> Result<(), ConclusionError> {
    let known = store::conclusions(tx, notice.id).await?;
    if known.iter().any(|one| one.id == conclusion) { Ok(()) } else { Err(ConclusionError::NotFound) }
}

fn bounded(text: &str) -> Result<String, ConclusionError> {
    let text = clean_text(text).trim_end().to_owned();
    if text.chars().count() <= LONGEST_TEXT { Ok(text) } else { Err(ConclusionError::Text) }
}

pub(super) async fn log(
    tx: &mut Tx,
    actor: &Actor,
    act: &str,
    notice: ConclusionNoticeId,
    details: serde_json::Value,
    now: Timestamp,
) -> Result<(), ConclusionError> {
    let subject = format!("conclusions:{notice}");
    Ok(identity::actions::log(tx, actor, act, subject, details, now).await?)
}
