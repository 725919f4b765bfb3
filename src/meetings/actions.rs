//! Preparing a meeting.

use serde_json::json;

use super::rules::session::Refusal;
use super::rules::{MeetingRole, MeetingState, Preparation};
use super::store::{self, Holder, Meeting, Participant};
use super::{MeetingId, MeetingTypeId, RoomId, agenda, news, rooms, units};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::rules::clean_line;
use crate::identity::{self, Actor, OrgRole, PersonId};
use crate::jobs;
use crate::papers;

#[derive(Debug, thiserror::Error)]
pub enum MeetingError {
    /// Not there, or not for this person.
    #[error("there is no such meeting for this person")]
    NotFound,
    #[error("only those who prepare the meeting may do this")]
    NotOrganiser,
    #[error("the meeting takes no such change any more")]
    NotNow,
    #[error("the form is older than the meeting")]
    Stale,
    #[error("a title is missing or too long")]
    Title,
    #[error("a time does not fit")]
    Time,
    #[error("the meeting is not ready")]
    NotReady,
    #[error("the session cannot do this now")]
    Session(#[from] Refusal),
    #[error("a vote is open")]
    OpenVotes,
    #[error("another device went to another item meanwhile")]
    WentOn,
    #[error("the code on the screen has changed since")]
    StaleCode,
    #[error("a meeting is put off to a time to come")]
    AdjournTime,
    #[error("another meeting has the room")]
    RoomTaken(Box<Holder>),
    #[error("the address of the video conference cannot be taken")]
    OnlineUrl,
    #[error("only the administrator keeps rooms and bodies")]
    NotKeeper,
    #[error("seats do not fit")]
    Seats,
    #[error("the rules of a body do not fit together")]
    Rules,
    #[error("a reason is missing")]
    Reason,
    #[error("the body's rule allows no such substitute")]
    Substitute,
    #[error("too many people, or none")]
    Places,
    #[error("the time by which a unit answers does not fit")]
    Deadline,
    #[error("the time to name people is past")]
    TooLate,
    #[error("one does not approve one's own paper")]
    OwnPaper,
    #[error("the holiday is entered already")]
    HolidayTwice,
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error("no code could be made")]
    Code(#[from] openssl::error::ErrorStack),
    #[error(transparent)]
    Job(#[from] jobs::Error),
    #[error(transparent)]
    Paper(#[from] papers::PaperError),
}

/// A person's place in a meeting.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    pub role: Option<MeetingRole>,
    /// Prepares it: secretary of the organisation or of this meeting.
    pub is_organiser: bool,
    /// Runs it now instead of its chair.
    pub is_conductor: bool,
    /// Named to run it when the chair cannot.
    pub is_deputy: bool,
}

impl Standing {
    pub fn is_chair(&self) -> bool {
        self.role == Some(MeetingRole::Chair)
    }

    /// May run the meeting: the chair, the secretary who helps, and a deputy
    /// who took over.
    pub fn may_conduct(&self) -> bool {
        self.is_chair() || self.is_organiser || self.is_conductor
    }

    /// May run the meeting instead of its chair.
    pub fn may_take_over(&self) -> bool {
        self.may_conduct() || self.is_deputy
    }
}

/// Finds a meeting this person may know of.
pub async fn find(tx: &mut Tx, actor: &Actor, id: MeetingId) -> Result<(Meeting, Standing), MeetingError> {
    let meeting = store::meeting(tx, actor.organisation, id).await?.ok_or(MeetingError::NotFound)?;
    with_standing(tx, actor, meeting).await
}

/// As [`find`], and holds the meeting until `tx` ends.
pub async fn claim(tx: &mut Tx, actor: &Actor, id: MeetingId) -> Result<(Meeting, Standing), MeetingError> {
    let meeting = store::claim(tx, actor.organisation, id).await?.ok_or(MeetingError::NotFound)?;
    with_standing(tx, actor, meeting).await
}

async fn with_standing(
    tx: &mut Tx,
    actor: &Actor,
    meeting: Meeting,
) -> Result<(Meeting, Standing), MeetingError> {
    let place = store::place_in(tx, meeting.id, actor.person).await?;
    let (role, is_deputy) = place.map_or((None, false), |(role, is_deputy)| (Some(role), is_deputy));
    let is_organiser = actor.is(OrgRole::Secretary) || role == Some(MeetingRole::Secretary);
    let may_know = is_organiser
        || role == Some(MeetingRole::Chair)
        || (role.is_some() && meeting.announced_at.is_some());
    if !may_know {
        return Err(MeetingError::NotFound);
    }
    let is_conductor = role.is_some() && meeting.conductor_id == Some(actor.person);
    Ok((meeting, Standing { role, is_organiser, is_conductor, is_deputy }))
}

/// As [`claim`], for those who prepare the meeting, while it may be changed.
pub(super) async fn claim_editable(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
) -> Result<Meeting, MeetingError> {
    let (meeting, standing) = claim(tx, actor, id).await?;
    if !standing.is_organiser {
        return Err(MeetingError::NotOrganiser);
    }
    if !meeting.state.is_editable() {
        return Err(MeetingError::NotNow);
    }
    Ok(meeting)
}

/// When, where and what for.
#[derive(Clone, Debug)]
pub struct Basics {
    pub title: String,
    pub kind: MeetingTypeId,
    pub room: Option<RoomId>,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    /// The office's own video conference; empty: none.
    pub online_url: String,
    /// Only the invited know of the meeting.
    pub restricted: bool,
}

/// Opens a draft; its maker becomes its secretary.
pub async fn create(
    tx: &mut Tx,
    actor: &Actor,
    basics: Basics,
    now: Timestamp,
) -> Result<MeetingId, MeetingError> {
    if !actor.is(OrgRole::Secretary) {
        return Err(MeetingError::NotOrganiser);
    }
    let mut meeting = Meeting {
        id: MeetingId::new(),
        organisation_id: actor.organisation,
        type_id: basics.kind,
        room_id: None,
        title: String::new(),
        starts_at: now,
        ends_at: now,
        state: MeetingState::Draft,
        current_item_id: None,
        announced_at: None,
        started_at: None,
        ended_at: None,
        adjourned_until: None,
        conductor_id: None,
        version: 1,
    };
    let plan = apply(tx, actor, &mut meeting, basics).await?;
    store::insert_meeting(tx, &meeting, actor.person, now).await?;
    store::set_plan(tx, meeting.id, &plan.0, plan.1).await?;
    rooms::hold(tx, actor, &meeting).await?;
    store::put_participant(tx, meeting.id, actor.person, MeetingRole::Secretary, 0).await?;
    log(tx, actor, "meeting_created", meeting.id, json!({ "title": meeting.title }), now).await?;
    Ok(meeting.id)
}

/// Writes what a form says into a meeting; gives what is kept beside it: where
/// it is held online, and whether only the invited know of it.
pub(super) async fn apply(
    tx: &mut Tx,
    actor: &Actor,
    meeting: &mut Meeting,
    basics: Basics,
) -> Result<(String, bool), MeetingError> {
    // Ids come from a form: they must be this organisation's own.
    let kinds = store::types(tx, actor.organisation).await?;
    let rooms = store::rooms(tx, actor.organisation).await?;
    if !kinds.iter().any(|kind| kind.id == basics.kind) {
        return Err(MeetingError::NotFound);
    }
    if basics.room.is_some_and(|room| !rooms.iter().any(|known| known.id == room)) {
        return Err(MeetingError::NotFound);
    }
    if basics.ends_at <= basics.starts_at {
        return Err(MeetingError::Time);
    }
    meeting.title = clean_line(&basics.title).ok_or(MeetingError::Title)?;
    meeting.type_id = basics.kind;
    meeting.room_id = basics.room;
    meeting.starts_at = basics.starts_at;
    meeting.ends_at = basics.ends_at;
    Ok((basics.online_url, basics.restricted))
}

/// Changes title, time or place. `version` is the one the form was made from.
pub async fn edit(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    basics: Basics,
    version: i64,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let meeting = claim_editable(tx, actor, id).await?;
    if meeting.version != version {
        return Err(MeetingError::Stale);
    }
    change(tx, actor, meeting, basics, now).await
}

/// Writes a change down and tells those who were told of the meeting.
pub(super) async fn change(
    tx: &mut Tx,
    actor: &Actor,
    mut meeting: Meeting,
    basics: Basics,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let before = (meeting.clone(), store::plan(tx, meeting.id).await?);
    let plan = apply(tx, actor, &mut meeting, basics).await?;
    meeting.version += 1;
    store::update_meeting(tx, &meeting).await?;
    store::set_plan(tx, meeting.id, &plan.0, plan.1).await?;
    rooms::hold(tx, actor, &meeting).await?;
    if meeting.announced_at.is_some() {
        if before.0.is_at_another_time(&meeting) {
            // Who could come then may not come now, and the other way round.
            store::forget_answers(tx, meeting.id).await?;
        }
        news::tell_changes(tx, actor, (&before.0, &before.1), &meeting, now).await?;
    }
    log(tx, actor, "meeting_edited", meeting.id, json!({ "title": meeting.title }), now).await
}

/// Sets who is invited, and as what. People of other organisations are passed
/// over: a form that names them was not made by us.
pub async fn set_participants(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    chosen: &[(PersonId, MeetingRole)],
    now: Timestamp,
) -> Result<(), MeetingError> {
    let meeting = claim_editable(tx, actor, id).await?;
    let people = identity::store::people(tx, actor.organisation).await?;
    let before = store::participants(tx, id).await?;
    if meeting.state.has_begun_and_not_ended() && before.iter().any(|member| is_unseated(member, chosen)) {
        return Err(MeetingError::NotNow);
    }
    for participant in &before {
        if !chosen.iter().any(|(person, _)| *person == participant.person_id) {
            store::remove_participant(tx, id, participant.person_id).await?;
            store::delete_answer(tx, id, participant.person_id).await?;
        }
    }
    for (position, (person, role)) in (0..).zip(chosen) {
        if people.iter().any(|known| known.id == *person && known.active) {
            store::put_participant(tx, id, *person, *role, position).await?;
        }
    }
    agenda::sync_readers(tx, &meeting).await?;
    if meeting.announced_at.is_some() {
        if !preparation(tx, &meeting).await?.is_ready() {
            return Err(MeetingError::NotReady);
        }
        let added = |person: &Participant| !before.iter().any(|known| known.person_id == person.person_id);
        let invited: Vec<Participant> =
            store::participants(tx, id).await?.into_iter().filter(added).collect();
        news::invite(tx, actor, &meeting, &invited, now).await?;
        let gone = |person: &Participant| !chosen.iter().any(|(known, _)| *known == person.person_id);
        let gone: Vec<Participant> = before.iter().filter(|person| gone(person)).cloned().collect();
        news::tell_called_off(tx, &meeting, &gone, "uninvited-notice", now).await?;
    }
    log(tx, actor, "participants_set", id, json!({ "people": chosen.len() }), now).await
}

/// True for a member who came and would no longer be one: ballots may have
/// been cast, and a result counts members.
fn is_unseated(member: &Participant, chosen: &[(PersonId, MeetingRole)]) -> bool {
    let stays = chosen.iter().any(|(person, role)| *person == member.person_id && role.is_member());
    member.member && member.checked_in_at.is_some() && !stays
}

/// What is still missing before a meeting can be published.
pub async fn preparation(tx: &mut Tx, meeting: &Meeting) -> Result<Preparation, db::Error> {
    let people = store::participants(tx, meeting.id).await?;
    let count = |role| people.iter().filter(|person| person.role == role).count();
    Ok(Preparation {
        chairs: count(MeetingRole::Chair),
        secretaries: count(MeetingRole::Secretary),
        members: people.iter().filter(|person| person.member).count(),
        items: store::items(tx, meeting.id).await?.len(),
        ends_after_start: meeting.ends_at > meeting.starts_at,
    })
}

/// Publishes a draft: participants see it and are told.
pub async fn publish(tx: &mut Tx, actor: &Actor, id: MeetingId, now: Timestamp) -> Result<(), MeetingError> {
    let mut meeting = claim_editable(tx, actor, id).await?;
    if meeting.state != MeetingState::Draft {
        return Err(MeetingError::NotNow);
    }
    if !preparation(tx, &meeting).await?.is_ready() {
        return Err(MeetingError::NotReady);
    }
    meeting.state = MeetingState::Published;
    meeting.announced_at = Some(now);
    store::update_meeting(tx, &meeting).await?;
    agenda::sync_readers(tx, &meeting).await?;
    let people = store::participants(tx, id).await?;
    news::invite(tx, actor, &meeting, &people, now).await?;
    units::tell_all(tx, &meeting, now).await?;
    log(tx, actor, "meeting_published", id, json!({ "people": people.len() }), now).await
}

/// Calls a meeting off before it began; the invited are told.
pub async fn cancel(tx: &mut Tx, actor: &Actor, id: MeetingId, now: Timestamp) -> Result<(), MeetingError> {
    let mut meeting = claim_editable(tx, actor, id).await?;
    if meeting.state.has_begun_and_not_ended() {
        return Err(MeetingError::NotNow);
    }
    let was_announced = meeting.announced_at.is_some();
    meeting.state = MeetingState::Cancelled;
    store::update_meeting(tx, &meeting).await?;
    store::release_rooms(tx, id).await?;
    if was_announced {
        let people = store::participants(tx, id).await?;
        news::tell_called_off(tx, &meeting, &people, "meeting-cancelled-notice", now).await?;
    }
    log(tx, actor, "meeting_cancelled", id, json!({}), now).await
}

pub(super) async fn log(
    tx: &mut Tx,
    actor: &Actor,
    act: &str,
    meeting: MeetingId,
    details: serde_json::Value,
    now: Timestamp,
) -> Result<(), MeetingError> {
    Ok(identity::actions::log(tx, actor, act, format!("meeting:{meeting}"), details, now).await?)
}
