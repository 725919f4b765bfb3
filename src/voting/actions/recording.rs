//! The record of a vote: written when it closes, signed by who answers for it.

use serde_json::json;

use super::super::VoteId;
use super::super::record::{
    self, BallotEntry, Entry, MandateEntry, MeetingEntry, PaperEntry, PersonEntry, RecordSignature,
    ResultEntry, VoteEntry,
};
use super::super::store::{self, MandateLine, NamedBallot, Vote};
use super::{Counted, VoteError, find, log};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{self, Actor, PersonId};
use crate::meetings;

/// Writes the record of a vote that has just been published.
pub(super) async fn keep(
    tx: &mut Tx,
    actor: &Actor,
    vote: &Vote,
    counted: &Counted,
    now: Timestamp,
) -> Result<(), VoteError> {
    let mandates = store::mandates_of(tx, vote.id).await?;
    let mut entries =
        vec![Entry::Vote(vote_entry(tx, actor, vote, now).await?), Entry::Rule((&vote.terms).into())];
    entries.extend(mandates.iter().map(|line| Entry::Mandate(mandate_entry(line, counted.chair))));
    entries.extend(store::ballots(tx, vote.id).await?.into_iter().map(ballot_entry).map(Entry::Ballot));
    entries.extend(counted.secret.iter().cloned().map(Entry::SecretBallot));
    let result = &counted.result;
    entries.push(Entry::Result(ResultEntry::new(&result.tally, result.outcome, result.decided_by)));
    let (body, head) = record::seal(&entries);
    Ok(store::insert_record(tx, vote.id, &body, &head).await?)
}

async fn vote_entry(tx: &mut Tx, actor: &Actor, vote: &Vote, now: Timestamp) -> Result<VoteEntry, VoteError> {
    let (meeting, _) = meetings::actions::find(tx, actor, vote.meeting).await?;
    let organisation = identity::store::organisation(tx, meeting.organisation_id).await?;
    let body = meetings::store::meeting_type(tx, meeting.type_id).await?;
    let draft = match vote.paper_version {
        Some(version) => store::draft(tx, vote.meeting, version).await?,
        None => None,
    };
    let paper =
        draft.map(|draft| PaperEntry { title: draft.title, version: draft.number, sha256: draft.sha256 });
    Ok(VoteEntry {
        id: vote.id.to_string(),
        number: vote.number,
        ballots: vote.kind,
        repeats: vote.repeats.map(|earlier| earlier.to_string()),
        question: vote.question.clone(),
        paper,
        meeting: MeetingEntry {
            id: meeting.id.to_string(),
            title: meeting.title,
            organisation: organisation.name,
            body: body.body_name,
        },
        opened_at: moment(vote.opened_at.unwrap_or(now)),
        closed_at: moment(now),
    })
}

fn moment(at: Timestamp) -> String {
    at.to_jiff().to_string()
}

fn person(id: PersonId, name: &str) -> PersonEntry {
    PersonEntry { id: id.to_string(), name: name.to_owned() }
}

fn mandate_entry(line: &MandateLine, chair: Option<PersonId>) -> MandateEntry {
    let name = line.holder.as_deref().unwrap_or_default();
    MandateEntry {
        member: person(line.member_id, &line.member),
        is_chair: chair == Some(line.member_id),
        holder: line.holder_id.map(|holder| person(holder, name)),
    }
}

fn ballot_entry(ballot: NamedBallot) -> BallotEntry {
    BallotEntry {
        member: person(ballot.member_id, &ballot.full_name),
        choice: ballot.choice,
        way: ballot.way,
        cast_by: person(ballot.cast_by, &ballot.caster),
        cast_at: moment(ballot.cast_at),
        signature: ballot.signature.map(hex::encode),
    }
}

/// The record as a file, with the signatures so far. Whoever may know of the
/// meeting may have it.
pub async fn export(tx: &mut Tx, actor: &Actor, id: VoteId) -> Result<String, VoteError> {
    find(tx, actor, id).await?;
    let (body, _) = store::record(tx, id).await?.ok_or(VoteError::NotFound)?;
    let signatures: Vec<RecordSignature> = store::record_signatures(tx, id)
        .await?
        .into_iter()
        .map(|one| RecordSignature { cms: hex::encode(one.cms), signed_at: moment(one.signed_at) })
        .collect();
    record::with_signatures(&body, &signatures).map_err(|error| VoteError::Record(error.to_string()))
}

/// What the actor is to sign: chair and secretary answer for a record.
pub async fn record_to_sign(
    tx: &mut Tx,
    actor: &Actor,
    id: VoteId,
    now: Timestamp,
) -> Result<String, VoteError> {
    let (_, meeting) = find(tx, actor, id).await?;
    let (_, standing) = meetings::actions::find(tx, actor, meeting.id).await?;
    if !standing.may_conduct() {
        return Err(VoteError::NotConducting);
    }
    let (_, head) = store::record(tx, id).await?.ok_or(VoteError::NotFound)?;
    Ok(record::signed_content(&head, &moment(now)))
}

/// Puts the actor's signature to a record. A second one of the same person
/// changes nothing.
pub async fn sign_record(
    tx: &mut Tx,
    actor: &Actor,
    id: VoteId,
    cms: &[u8],
    now: Timestamp,
) -> Result<(), VoteError> {
    let content = record_to_sign(tx, actor, id, now).await?;
    if !crate::signing::is_signed_by(tx, actor.person, content.as_bytes(), cms, now).await? {
        return Err(VoteError::Unsigned);
    }
    if store::insert_record_signature(tx, id, actor.person, cms, now).await? {
        log(tx, actor, "vote_record_signed", id, json!({ "content": content }), now).await?;
    }
    Ok(())
}
