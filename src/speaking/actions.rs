//! What people do about speaking: asking, withdrawing, answering.

use serde_json::json;

use super::RequestId;
use super::rules::{Act, Overtaken};
use super::rules::{AnswerWay, LONGEST_ANSWER, LONGEST_TOPIC, SpeechKind, SpeechState, after};
use super::store::{self, Answer, NewRequest, Request, Step};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::rules::{clean_line, clean_text};
use crate::identity::{self, Actor, PersonId};
use crate::meetings::actions::{self as meetings_actions, MeetingError, Standing};
use crate::meetings::rules::MeetingState;
use crate::meetings::store::{Item, Meeting, Participant};
use crate::meetings::{self, ItemId, MeetingId};

#[derive(Debug, thiserror::Error)]
pub enum SpeechError {
    #[error("there is no such request for this person")]
    NotFound,
    #[error("only members may ask this")]
    OnlyMembers,
    #[error("only those who run the meeting may do this")]
    NotConducting,
    #[error("nobody can ask to speak now")]
    NotNow,
    #[error("the meeting is not under way")]
    NotUnderWay,
    #[error("the person has such a request on this item")]
    AlreadyAsked,
    #[error("someone else has the floor")]
    FloorTaken,
    #[error("another device was faster")]
    Overtaken,
    #[error("the topic is too long")]
    Topic,
    #[error("a questioning needs someone of this meeting who is questioned")]
    Addressee,
    #[error("a written answer needs a day, an answer needs a text")]
    Answer,
    #[error(transparent)]
    Meeting(#[from] MeetingError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<Overtaken> for SpeechError {
    fn from(_: Overtaken) -> Self {
        Self::Overtaken
    }
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Wish {
    pub kind: SpeechKind,
    /// The present item, if none is named.
    pub item: Option<ItemId>,
    pub topic: String,
    pub addressee: Option<PersonId>,
    /// The person for whom those who run the meeting write it down.
    pub person: Option<PersonId>,
}

/// Asks to speak, for oneself or, as those who run the meeting, for another.
pub async fn ask(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    wish: Wish,
    now: Timestamp,
) -> Result<RequestId, SpeechError> {
    let (meeting, standing) = meetings_actions::find(tx, actor, id).await?;
    let speaker = speaker(tx, actor, &meeting, standing, &wish).await?;
    if !takes_requests(&meeting) {
        return Err(SpeechError::NotNow);
    }
    let item = item_of(tx, &meeting, wish.item).await?;
    let rule = meetings::store::session_rule(tx, meeting.type_id).await?;
    let request = NewRequest {
        id: RequestId::new(),
        meeting: id,
        item: item.id,
        person: speaker.person_id,
        kind: wish.kind,
        topic: topic(&wish.topic)?,
        addressee: addressee(tx, id, &wish).await?,
        allotted_seconds: rule.speech_minutes * 60,
        entered_by: (speaker.person_id != actor.person).then_some(actor.person),
    };
    if !store::insert(tx, &request, now).await? {
        return Err(SpeechError::AlreadyAsked);
    }
    log(tx, actor, "speech_requested", request.id, json!({ "kind": wish.kind }), now).await?;
    Ok(request.id)
}

/// From the invitation until the end.
pub fn takes_requests(meeting: &Meeting) -> bool {
    meeting.state == MeetingState::Published || meeting.state.has_begun_and_not_ended()
}

async fn speaker(
    tx: &mut Tx,
    actor: &Actor,
    meeting: &Meeting,
    standing: Standing,
    wish: &Wish,
) -> Result<Participant, SpeechError> {
    let person = wish.person.unwrap_or(actor.person);
    if person != actor.person && !standing.may_conduct() {
        return Err(SpeechError::NotConducting);
    }
    let found = meetings::store::participant(tx, meeting.id, person).await?.ok_or(SpeechError::NotFound)?;
    if wish.kind.may_be_asked_by(found.role, found.member) {
        Ok(found)
    } else {
        Err(SpeechError::OnlyMembers)
    }
}

/// The item named, or the present one. What is over takes no more requests.
async fn item_of(tx: &mut Tx, meeting: &Meeting, wanted: Option<ItemId>) -> Result<Item, SpeechError> {
    let wanted = wanted.or(meeting.current_item_id).ok_or(SpeechError::NotNow)?;
    let items = meetings::store::items(tx, meeting.id).await?;
    let item = items.into_iter().find(|item| item.id == wanted).ok_or(SpeechError::NotFound)?;
    if item.ended_at.is_some() { Err(SpeechError::NotNow) } else { Ok(item) }
}

fn topic(text: &str) -> Result<String, SpeechError> {
    if text.chars().count() > LONGEST_TOPIC {
        return Err(SpeechError::Topic);
    }
    Ok(clean_line(text).unwrap_or_default())
}

/// Only a questioning has someone who is questioned, and needs one.
async fn addressee(tx: &mut Tx, id: MeetingId, wish: &Wish) -> Result<Option<PersonId>, SpeechError> {
    if wish.kind != SpeechKind::Questioning {
        return Ok(None);
    }
    let person = wish.addressee.ok_or(SpeechError::Addressee)?;
    meetings::store::participant(tx, id, person).await?.ok_or(SpeechError::Addressee)?;
    Ok(Some(person))
}

/// Takes one's own request back.
pub async fn withdraw(
    tx: &mut Tx,
    actor: &Actor,
    id: RequestId,
    now: Timestamp,
) -> Result<Request, SpeechError> {
    let (request, _) = find(tx, actor, id).await?;
    if request.person_id != actor.person {
        return Err(SpeechError::NotFound);
    }
    let step = step(&request, after(request.state, Act::Withdraw)?, now);
    if !store::take_step(tx, id, &step).await? {
        return Err(SpeechError::Overtaken);
    }
    log(tx, actor, "speech_withdrawn", id, json!({}), now).await?;
    Ok(request)
}

/// A request in a meeting the actor may know of.
pub(super) async fn find(
    tx: &mut Tx,
    actor: &Actor,
    id: RequestId,
) -> Result<(Request, Standing), SpeechError> {
    let request = store::request(tx, id).await?.ok_or(SpeechError::NotFound)?;
    let (_, standing) = meetings_actions::find(tx, actor, request.meeting_id).await?;
    Ok((request, standing))
}

/// The step from where a request is to `to`, its clock started or stopped as that wants.
pub(super) fn step(request: &Request, to: SpeechState, now: Timestamp) -> Step {
    Step {
        from: request.state,
        to,
        spoken: request.time().spoken_at(now),
        running_since: (to == SpeechState::Speaking).then_some(now),
        now,
    }
}

/// How a questioning is answered, as the form says it.
#[derive(Clone, Debug)]
pub struct Reply {
    pub way: AnswerWay,
    pub due_at: Option<Timestamp>,
    pub text: String,
}

/// Writes the answer to a questioning down, or until when it is due: those
/// who run the meeting, and whoever was questioned, also after its end.
pub async fn reply(
    tx: &mut Tx,
    actor: &Actor,
    id: RequestId,
    reply: Reply,
    now: Timestamp,
) -> Result<Request, SpeechError> {
    let (request, standing) = find(tx, actor, id).await?;
    let is_questioned = request.addressee_id == Some(actor.person);
    if request.kind != SpeechKind::Questioning || !(standing.may_conduct() || is_questioned) {
        return Err(SpeechError::NotFound);
    }
    let text = clean_text(reply.text.trim());
    let is_given = !text.is_empty();
    let is_dated = reply.way == AnswerWay::InRoom || reply.due_at.is_some();
    let says_something = is_given || reply.way == AnswerWay::Written;
    if !is_dated || !says_something || text.chars().count() > LONGEST_ANSWER {
        return Err(SpeechError::Answer);
    }
    let answer = Answer {
        request_id: id,
        way: reply.way,
        due_at: reply.due_at,
        text,
        answered_at: is_given.then_some(now),
    };
    store::put_answer(tx, &answer, is_given.then_some(actor.person)).await?;
    log(tx, actor, "questioning_answered", id, json!({ "way": reply.way, "given": is_given }), now).await?;
    Ok(request)
}

pub(super) async fn log(
    tx: &mut Tx,
    actor: &Actor,
    act: &str,
    request: RequestId,
    details: serde_json::Value,
    now: Timestamp,
) -> Result<(), SpeechError> {
    Ok(identity::actions::log(tx, actor, act, format!("speech:{request}"), details, now).await?)
}
