//! Ballots of open votes.

use serde_json::json;

use super::super::VoteId;
use super::super::record;
use super::super::rules::{self, Mandate, Proxy, VoteKind, VoteState, Way};
use super::super::store::{self, Ballot, Vote};
use super::{Body, VoteError, find, log, must_conduct, seat};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{Actor, PersonId};
use crate::meetings::rules::MeetingState;
use crate::{meetings, signing};

/// What one mandate says to one question.
#[derive(Clone, Debug)]
pub struct Answer {
    pub vote: VoteId,
    /// Whose mandate it is.
    pub member: PersonId,
    /// The key of an option.
    pub choice: String,
}

/// An answer with the signature of who casts it, where the rule asks for one.
#[derive(Clone, Debug)]
pub struct SignedAnswer {
    pub answer: Answer,
    /// CMS over the ballot's content.
    pub signature: Option<Vec<u8>>,
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
    let unsigned = |answer: &Answer| SignedAnswer { answer: answer.clone(), signature: None };
    let answers: Vec<SignedAnswer> = answers.iter().map(unsigned).collect();
    cast_signed(tx, actor, id, &answers, now).await
}

/// As [`cast`], with the actor's signatures.
pub async fn cast_signed(
    tx: &mut Tx,
    actor: &Actor,
    id: VoteId,
    answers: &[SignedAnswer],
    now: Timestamp,
) -> Result<Vote, VoteError> {
    let (_, meeting) = find(tx, actor, id).await?;
    let sheet = open_sheet(tx, id).await?;
    if meeting.state != MeetingState::InProgress {
        return Err(VoteError::Interrupted);
    }
    refuse_incomplete(&sheet, answers.iter().map(|signed| &signed.answer))?;
    for signed in answers {
        let vote = sheet.iter().find(|vote| vote.id == signed.answer.vote).ok_or(VoteError::Choice)?;
        let way = way(tx, actor, vote, signed.answer.member).await?;
        put(tx, actor, vote, signed, way, now).await?;
    }
    sheet.into_iter().find(|vote| vote.id == id).ok_or(VoteError::NotOpen)
}

/// What the actor is to sign for each of the answers, in their order.
pub async fn ballots_to_sign(
    tx: &mut Tx,
    actor: &Actor,
    id: VoteId,
    answers: &[Answer],
) -> Result<Vec<String>, VoteError> {
    find(tx, actor, id).await?;
    let mut contents = Vec::new();
    for answer in answers {
        let vote = store::vote(tx, answer.vote).await?.ok_or(VoteError::Choice)?;
        contents.push(content(tx, actor, &vote, answer).await?);
    }
    Ok(contents)
}

/// The exact bytes behind a signed ballot.
async fn content(tx: &mut Tx, actor: &Actor, vote: &Vote, answer: &Answer) -> Result<String, VoteError> {
    let draft = match vote.paper_version {
        Some(version) => store::draft(tx, vote.meeting, version).await?,
        None => None,
    };
    let paper = draft.as_ref().map(|draft| draft.sha256.as_str());
    let (member, caster) = (answer.member.to_string(), actor.person.to_string());
    let id = vote.id.to_string();
    Ok(record::ballot_content(&id, &vote.question, paper, &member, &caster, &answer.choice))
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
fn refuse_incomplete<'a>(sheet: &[Vote], answers: impl Iterator<Item = &'a Answer>) -> Result<(), VoteError> {
    let answers: Vec<&Answer> = answers.collect();
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

/// Is the ballot new? False when just this one is in already; refused when
/// the one that is in may not be replaced.
async fn is_new(
    tx: &mut Tx,
    actor: &Actor,
    vote: &Vote,
    answer: &Answer,
    way: Way,
) -> Result<bool, VoteError> {
    let Some(old) = store::ballot_of(tx, vote.id, answer.member).await? else { return Ok(true) };
    if old.choice == answer.choice && old.way == way && old.cast_by == actor.person {
        Ok(false)
    } else if rules::may_replace(old.way, way, vote.terms.change_allowed) {
        Ok(true)
    } else if old.way == way {
        Err(VoteError::AlreadyVoted)
    } else {
        Err(VoteError::OwnBallotStands)
    }
}

/// Puts a ballot in, where it may take the place of the one that is in.
async fn put(
    tx: &mut Tx,
    actor: &Actor,
    vote: &Vote,
    signed: &SignedAnswer,
    way: Way,
    now: Timestamp,
) -> Result<(), VoteError> {
    let answer = &signed.answer;
    vote.terms.meaning(&answer.choice).ok_or(VoteError::Choice)?;
    if !is_new(tx, actor, vote, answer, way).await? {
        return Ok(());
    }
    if vote.terms.signed_ballots {
        refuse_unsigned(tx, actor, vote, signed, now).await?;
    }
    let ballot = Ballot {
        member_id: answer.member,
        choice: answer.choice.clone(),
        way,
        cast_by: actor.person,
        cast_at: now,
        signature: signed.signature.clone().filter(|_| vote.terms.signed_ballots),
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

/// Where the rule asks for signatures, a ballot counts only with that of who
/// casts it, made with the key they have here, over exactly this ballot.
async fn refuse_unsigned(
    tx: &mut Tx,
    actor: &Actor,
    vote: &Vote,
    signed: &SignedAnswer,
    now: Timestamp,
) -> Result<(), VoteError> {
    let cms = signed.signature.as_ref().ok_or(VoteError::Unsigned)?;
    let content = content(tx, actor, vote, &signed.answer).await?;
    let is_signed = signing::is_signed_by(tx, actor.person, content.as_bytes(), cms, now).await?;
    if is_signed { Ok(()) } else { Err(VoteError::Unsigned) }
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
    refuse_incomplete(&sheet, answers.iter())?;
    for answer in answers {
        let vote = sheet.iter().find(|vote| vote.id == answer.vote).ok_or(VoteError::Choice)?;
        let mandate = mandates.iter().find(|mandate| mandate.member == answer.member);
        if mandate.ok_or(VoteError::NotFound)?.holder.is_none() {
            return Err(VoteError::NotYourMandate);
        }
        // Conducting is no reason to be counted as somebody else's hand.
        let way = if answer.member == actor.person { Way::Own } else { Way::Hand };
        let unsigned = SignedAnswer { answer: answer.clone(), signature: None };
        put(tx, actor, vote, &unsigned, way, now).await?;
    }
    Ok(vote)
}
