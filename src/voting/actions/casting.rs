//! Ballots of open votes.

use serde_json::json;

use super::super::VoteId;
use super::super::rules::{self, Mandate, Proxy, VoteKind, VoteState, Way};
use super::super::store::{self, Ballot, Vote};
use super::{Body, VoteError, find, log, must_conduct, seat};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{Actor, PersonId};
use crate::meetings;
use crate::meetings::rules::MeetingState;

/// What one mandate says to one question.
#[derive(Clone, Debug)]
pub struct Answer {
    pub vote: VoteId,
    /// Whose mandate it is.
    pub member: PersonId,
    /// The key of an option.
    pub choice: String,
}

/// Casts the ballots of one sheet: the actor's own and those of the mandates
/// the actor holds. All are taken or none. A ballot that is in already, cast
/// the same way, is taken again without a trace, as after a lost answer.
pub async fn cast(
    tx: &mut Tx,
    actor: &Actor,
    id: VoteId,
    answers: &[Answer],
    now: Timestamp,
) -> Result<Vote, VoteError> {
    let (_, meeting) = find(tx, actor, id).await?;
    let sheet = open_sheet(tx, id).await?;
    if meeting.state != MeetingState::InProgress {
        return Err(VoteError::Interrupted);
    }
    refuse_incomplete(&sheet, answers)?;
    for answer in answers {
        let vote = sheet.iter().find(|vote| vote.id == answer.vote).ok_or(VoteError::Choice)?;
        if vote.terms.signed_ballots {
            return Err(VoteError::Unsigned);
        }
        let way = way(tx, actor, vote, answer.member).await?;
        put(tx, actor, vote, answer, way, now).await?;
    }
    sheet.into_iter().find(|vote| vote.id == id).ok_or(VoteError::NotOpen)
}

/// Holds the sheet of a vote that takes ballots and gives its open votes.
async fn open_sheet(tx: &mut Tx, id: VoteId) -> Result<Vec<Vote>, VoteError> {
    let mut sheet = store::claim(tx, id).await?;
    sheet.retain(|vote| vote.state == VoteState::Open);
    if !sheet.iter().any(|vote| vote.id == id) {
        return Err(VoteError::NotOpen);
    }
    if sheet.iter().any(|vote| vote.kind == VoteKind::Secret) {
        return Err(VoteError::Secret);
    }
    Ok(sheet)
}

/// A mandate answers every question of the sheet at once.
fn refuse_incomplete(sheet: &[Vote], answers: &[Answer]) -> Result<(), VoteError> {
    let answers_all = |member: PersonId| {
        let own = |vote: &Vote| answers.iter().any(|one| one.member == member && one.vote == vote.id);
        sheet.iter().all(own)
    };
    let is_complete = !answers.is_empty() && answers.iter().all(|answer| answers_all(answer.member));
    if is_complete { Ok(()) } else { Err(VoteError::Choice) }
}

/// How the actor may use the mandate of `member` now.
pub(in crate::voting) async fn way(
    tx: &mut Tx,
    actor: &Actor,
    vote: &Vote,
    member: PersonId,
) -> Result<Way, VoteError> {
    let voter = meetings::store::participant(tx, vote.meeting, actor.person).await?;
    let voter = voter.ok_or(VoteError::NotAMember)?;
    if member == actor.person {
        if !voter.member {
            return Err(VoteError::NotAMember);
        }
        return if voter.attendance.is_there() { Ok(Way::Own) } else { Err(VoteError::NotPresent) };
    }
    let giver = meetings::store::participant(tx, vote.meeting, member).await?;
    let giver = giver.ok_or(VoteError::NotYourMandate)?;
    let named = store::holding(tx, vote.meeting, member).await?;
    let proxies: Vec<Proxy> = named.into_iter().map(|holder| Proxy { giver: member, holder }).collect();
    let mandates = rules::mandates(&[seat(&giver), seat(&voter)], &proxies, &vote.terms);
    let held = Mandate { member, holder: Some(actor.person) };
    if mandates.contains(&held) { Ok(Way::Proxy) } else { Err(VoteError::NotYourMandate) }
}

/// Puts a ballot in, where it may take the place of the one that is in.
async fn put(
    tx: &mut Tx,
    actor: &Actor,
    vote: &Vote,
    answer: &Answer,
    way: Way,
    now: Timestamp,
) -> Result<(), VoteError> {
    vote.terms.meaning(&answer.choice).ok_or(VoteError::Choice)?;
    if let Some(old) = store::ballot_of(tx, vote.id, answer.member).await? {
        if old.choice == answer.choice && old.way == way && old.cast_by == actor.person {
            return Ok(());
        }
        if !rules::may_replace(old.way, way, vote.terms.change_allowed) {
            return Err(if old.way == way { VoteError::AlreadyVoted } else { VoteError::OwnBallotStands });
        }
    }
    let ballot = Ballot {
        member_id: answer.member,
        choice: answer.choice.clone(),
        way,
        cast_by: actor.person,
        cast_at: now,
        signature: None,
    };
    store::put_ballot(tx, vote.id, &ballot).await?;
    let (act, details) = match way {
        Way::Own => ("ballot_cast", json!({ "choice": ballot.choice })),
        Way::Proxy => {
            ("ballot_cast", json!({ "choice": ballot.choice, "member": answer.member.to_string() }))
        }
        Way::Hand => {
            ("ballot_entered", json!({ "choice": ballot.choice, "member": answer.member.to_string() }))
        }
    };
    log(tx, actor, act, vote.id, details, now).await
}

/// The secretary enters a ballot where the network failed. Whoever could not
/// vote by their own device cannot vote by another's hand either.
pub async fn enter_by_hand(
    tx: &mut Tx,
    actor: &Actor,
    id: VoteId,
    answers: &[Answer],
    now: Timestamp,
) -> Result<Vote, VoteError> {
    must_conduct(tx, actor, id).await?;
    let sheet = open_sheet(tx, id).await?;
    let vote = sheet.iter().find(|vote| vote.id == id).cloned().ok_or(VoteError::NotOpen)?;
    let mandates = Body::load(tx, vote.meeting).await?.mandates(&vote.terms);
    refuse_incomplete(&sheet, answers)?;
    for answer in answers {
        let vote = sheet.iter().find(|vote| vote.id == answer.vote).ok_or(VoteError::Choice)?;
        let mandate = mandates.iter().find(|mandate| mandate.member == answer.member);
        if mandate.ok_or(VoteError::NotFound)?.holder.is_none() {
            return Err(VoteError::NotYourMandate);
        }
        // Conducting is no reason to be counted as somebody else's hand.
        let way = if answer.member == actor.person { Way::Own } else { Way::Hand };
        put(tx, actor, vote, answer, way, now).await?;
    }
    Ok(vote)
}
