//! Preparing a meeting.

use serde_json::json;

use super::rules::session::Refusal;
use super::rules::{MeetingRole, MeetingState, Preparation};
use super::store::{self, Item, Meeting, Participant};
use super::{ItemId, MeetingId, MeetingTypeId, RoomId, agenda, urls};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::rules::{clean_line, clean_text};
use crate::identity::{self, Actor, OrgRole, PersonId};
use crate::jobs;
use crate::notices::{self, Tidings};
use crate::papers;
use crate::web::{Lang, Message};

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
    apply(tx, actor, &mut meeting, basics).await?;
    store::insert_meeting(tx, &meeting, actor.person, now).await?;
    store::put_participant(tx, meeting.id, actor.person, MeetingRole::Secretary, 0).await?;
    log(tx, actor, "meeting_created", meeting.id, json!({ "title": meeting.title }), now).await?;
    Ok(meeting.id)
}

async fn apply(
    tx: &mut Tx,
    actor: &Actor,
    meeting: &mut Meeting,
    basics: Basics,
) -> Result<(), MeetingError> {
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
    Ok(())
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
    let mut meeting = claim_editable(tx, actor, id).await?;
    if meeting.version != version {
        return Err(MeetingError::Stale);
    }
    apply(tx, actor, &mut meeting, basics).await?;
    meeting.version += 1;
    store::update_meeting(tx, &meeting).await?;
    log(tx, actor, "meeting_edited", id, json!({ "title": meeting.title }), now).await
}

/// "Như kỳ trước": a new draft with the people, room and recurring items of
/// an earlier meeting.
pub async fn copy(
    tx: &mut Tx,
    actor: &Actor,
    from: MeetingId,
    starts_at: Timestamp,
    now: Timestamp,
) -> Result<MeetingId, MeetingError> {
    let (model, standing) = find(tx, actor, from).await?;
    if !standing.is_organiser {
        return Err(MeetingError::NotOrganiser);
    }
    let length = model.ends_at.seconds_since(model.starts_at);
    let basics = Basics {
        title: model.title,
        kind: model.type_id,
        room: model.room_id,
        starts_at,
        ends_at: starts_at.plus_seconds(length),
    };
    let id = create(tx, actor, basics, now).await?;
    for (position, person) in (1..).zip(store::participants(tx, from).await?) {
        if person.substitute_for.is_none() {
            store::put_participant(tx, id, person.person_id, person.role, position).await?;
        }
    }
    for (position, item) in (0..).zip(store::items(tx, from).await?.into_iter().filter(|item| item.recurring))
    {
        let copied = Item { id: ItemId::new(), position, started_at: None, ended_at: None, ..item };
        store::insert_item(tx, id, &copied).await?;
    }
    log(tx, actor, "meeting_copied", id, json!({ "from": from.to_string() }), now).await?;
    Ok(id)
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
        invite(tx, actor, &meeting, &invited, now).await?;
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
    invite(tx, actor, &meeting, &people, now).await?;
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
    if was_announced {
        let subject = Message::with("meeting-cancelled-notice", "title", &meeting.title).text(Lang::Vi);
        let people = store::participants(tx, id).await?;
        tell(tx, &meeting, &people, &subject, &meeting.starts_at.date_time(), now).await?;
    }
    log(tx, actor, "meeting_cancelled", id, json!({}), now).await
}

pub(super) async fn invite(
    tx: &mut Tx,
    actor: &Actor,
    meeting: &Meeting,
    people: &[Participant],
    now: Timestamp,
) -> Result<(), MeetingError> {
    let subject = Message::with("invitation-notice", "title", &meeting.title).text(Lang::Vi);
    let rooms = store::rooms(tx, actor.organisation).await?;
    let room = rooms.into_iter().find(|room| Some(room.id) == meeting.room_id).map(|room| room.name);
    let items = store::items(tx, meeting.id).await?;
    let agenda: Vec<String> =
        (1..).zip(&items).map(|(number, item)| format!("{number}. {}", item.title)).collect();
    let body = format!(
        "{}\n{}\n{}\n\n{}",
        meeting.title,
        meeting.starts_at.date_time(),
        room.unwrap_or_default(),
        agenda.join("\n")
    );
    let others: Vec<Participant> =
        people.iter().filter(|person| person.person_id != actor.person).cloned().collect();
    tell(tx, meeting, &others, &subject, &clean_text(&body), now).await
}

pub(super) async fn tell(
    tx: &mut Tx,
    meeting: &Meeting,
    people: &[Participant],
    subject: &str,
    body: &str,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let link = urls::meeting(meeting.id);
    let tidings = Tidings { organisation: meeting.organisation_id, subject, link: &link, body };
    for person in people {
        notices::actions::tell(tx, person.person_id, &person.email, &tidings, now).await?;
    }
    Ok(())
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
