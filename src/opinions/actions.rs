//! What people do about opinions: writing, and answering.

use serde_json::json;

use super::OpinionId;
use super::rules::{self, Reach, takes_opinions};
use super::store::{self, NewOpinion, Opinion};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{self, Actor};
use crate::meetings::actions::MeetingError;
use crate::meetings::store::Meeting;
use crate::meetings::{self, ItemId, MeetingId};
use crate::papers::PaperId;

#[derive(Debug, thiserror::Error)]
pub enum OpinionError {
    #[error("there is no such paper or opinion for this person")]
    NotFound,
    #[error("only participants write opinions")]
    NotInvited,
    #[error("the item takes no more opinions")]
    NotNow,
    #[error("the text is empty or too long")]
    Text,
    #[error(transparent)]
    Meeting(#[from] MeetingError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Finds a meeting and how far the actor sees into its opinions. Whoever
/// prepared one of its papers comes in without being invited.
pub async fn find(tx: &mut Tx, actor: &Actor, id: MeetingId) -> Result<(Meeting, Reach), OpinionError> {
    let prepared = store::prepared_by(tx, id, actor.person).await?;
    match meetings::actions::find(tx, actor, id).await {
        Ok((meeting, standing)) => {
            let rule = meetings::store::session_rule(tx, meeting.type_id).await?;
            let is_member = standing.role.is_some_and(|role| role.is_member());
            let answers_all = standing.may_conduct();
            let reads_all = answers_all || (is_member && rule.opinions_shown);
            Ok((meeting, Reach { reads_all, answers_all, prepared }))
        }
        Err(MeetingError::NotFound) if !prepared.is_empty() => {
            let meeting = meetings::store::meeting(tx, actor.organisation, id).await?;
            let reach = Reach { prepared, ..Reach::default() };
            Ok((meeting.ok_or(OpinionError::NotFound)?, reach))
        }
        Err(error) => Err(error.into()),
    }
}

/// Writes the actor's opinion on a paper, or changes it.
pub async fn write(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    (item, paper): (ItemId, PaperId),
    text: &str,
    now: Timestamp,
) -> Result<OpinionId, OpinionError> {
    let (meeting, standing) = meetings::actions::claim(tx, actor, id).await?;
    if standing.role.is_none() {
        return Err(OpinionError::NotInvited);
    }
    let items = meetings::store::items(tx, id).await?;
    let item = items.iter().find(|known| known.id == item).ok_or(OpinionError::NotFound)?;
    let readable = meetings::store::readable_papers(tx, id, actor.person).await?;
    let papers = meetings::store::agenda_papers(tx, id, actor.person).await?;
    let line = papers.iter().find(|line| line.item_id == item.id && line.paper_id == paper);
    let line = line.filter(|line| readable.contains(&line.paper_id)).ok_or(OpinionError::NotFound)?;
    if !takes_opinions(meeting.state, item.ended_at) {
        return Err(OpinionError::NotNow);
    }
    let opinion = NewOpinion {
        meeting: id,
        item: item.id,
        paper,
        version: line.version_id,
        person: actor.person,
        text: rules::text(text).ok_or(OpinionError::Text)?,
    };
    let written = store::put(tx, &opinion, now).await?;
    log(tx, actor, "opinion_written", written, json!({ "paper": paper.to_string() }), now).await?;
    Ok(written)
}

/// Answers an opinion: those who run the meeting, and whoever prepared the
/// paper; also after the meeting, when what was said is worked in.
pub async fn answer(
    tx: &mut Tx,
    actor: &Actor,
    id: OpinionId,
    text: &str,
    now: Timestamp,
) -> Result<Opinion, OpinionError> {
    let opinion = store::opinion(tx, id).await?.ok_or(OpinionError::NotFound)?;
    let (_, reach) = find(tx, actor, opinion.meeting_id).await?;
    if !reach.may_answer(opinion.paper_id) {
        return Err(OpinionError::NotFound);
    }
    let text = rules::text(text).ok_or(OpinionError::Text)?;
    store::put_answer(tx, id, &text, actor.person, now).await?;
    log(tx, actor, "opinion_answered", id, json!({}), now).await?;
    Ok(opinion)
}

async fn log(
    tx: &mut Tx,
    actor: &Actor,
    act: &str,
    opinion: OpinionId,
    details: serde_json::Value,
    now: Timestamp,
) -> Result<(), OpinionError> {
    Ok(identity::actions::log(tx, actor, act, format!("opinion:{opinion}"), details, now).await?)
}
