//! What happens in a secret vote: papers are issued by name, ballots are cast
//! without one.

use openssl::error::ErrorStack;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::key::{PublicKey, VoteKey};
use super::rules::{Ballot, BallotBox, FEW_VOTERS, Put};
use super::store::{self, SecretBox};
use super::{FORGET_JOB, seal};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{Actor, PersonId};
use crate::jobs;
use crate::meetings::rules::{MeetingState, Tie, VoteTerms};
use crate::meetings::{self, MeetingId};
use crate::voting::actions::{self as votes, Body, VoteError};
use crate::voting::rules::{self, DecidedBy, Mandate, Outcome, Tally, Used, VoteKind, VoteState, Way};
use crate::voting::store::{Vote, VoteResult};
use crate::voting::{self, VoteId};

/// Why the machinery of a secret vote failed: nobody's refusal.
#[derive(Debug, thiserror::Error)]
pub enum BoxError {
    #[error("the vote's key could not be made or used")]
    Key(#[from] ErrorStack),
    #[error("the vote's key was not made: {0}")]
    Task(#[from] tokio::task::JoinError),
    #[error("the ballot box is missing or cannot be opened")]
    Broken,
    #[error(transparent)]
    Job(#[from] jobs::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("the vote is not secret, or was never opened")]
    NotSecret,
    #[error("what was to be signed is no number of this vote's key")]
    BadRequest,
    #[error("the mandate's paper was given to another device")]
    PaperElsewhere,
    #[error("the paper is not of this vote")]
    NotAPaper,
    #[error("the paper was spent on another choice")]
    Spent,
    #[error(transparent)]
    Vote(#[from] VoteError),
    #[error(transparent)]
    Box(#[from] BoxError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<ErrorStack> for SecretError {
    fn from(error: ErrorStack) -> Self {
        Self::Box(error.into())
    }
}

/// Makes key and box of a vote that opens. Gives the key's fingerprint.
///
/// The key is made while the caller holds the database's writer: a tenth of a
/// second, once a vote. Made earlier, it could be read earlier.
pub async fn open_box(tx: &mut Tx, vote: VoteId) -> Result<String, BoxError> {
    let key = tokio::task::spawn_blocking(VoteKey::generate).await??;
    let seal_key = seal::fresh_key()?;
    let sealed = seal::seal(&seal_key, vote, &BallotBox::default().to_bytes())?;
    let contents = SecretBox { private_key: key.to_der()?, seal_key, sealed };
    let public = key.public();
    store::insert_box(tx, vote, &public, &contents).await?;
    tx.leave_no_order();
    Ok(public.fingerprint())
}

/// Signs the blinded code that the page of a mandate's holder sent, and
/// writes down that this mandate got its paper. The same request again gets
/// the same answer; another one is refused, or one mandate could vote twice.
pub async fn issue_paper(
    tx: &mut Tx,
    actor: &Actor,
    id: VoteId,
    (member, blinded): (PersonId, &[u8]),
    now: Timestamp,
) -> Result<(MeetingId, Vec<u8>), SecretError> {
    votes::find(tx, actor, id).await?;
    let vote = claim_open(tx, id).await?;
    let way = votes::way(tx, actor, &vote, member).await?;
    let held = store::open_box(tx, id).await?.ok_or(BoxError::Broken)?;
    let key = VoteKey::from_der(&held.private_key)?;
    let signature = key.sign_blinded(blinded)?.ok_or(SecretError::BadRequest)?;
    if store::insert_paper(tx, id, member, actor.person, blinded).await? {
        let details = json!({ "member": member.to_string(), "way": way });
        votes::log(tx, actor, "ballot_paper_issued", id, details, now).await?;
        return Ok((vote.meeting, signature));
    }
    let known = store::paper(tx, id, member).await?;
    let is_same = known
        .is_some_and(|paper| paper.holder_id == actor.person && paper.blinded.as_deref() == Some(blinded));
    if is_same { Ok((vote.meeting, signature)) } else { Err(SecretError::PaperElsewhere) }
}

/// The key that ballots of this vote are checked with.
pub async fn public_key(tx: &mut Tx, id: VoteId) -> Result<PublicKey, SecretError> {
    let (key, _) = store::public_side(tx, id).await?.ok_or(SecretError::NotSecret)?;
    Ok(key)
}

/// Puts a ballot in the box. The caller has checked its signature. Nobody
/// acts here: there is no actor, no time and no line in the log.
pub async fn cast(tx: &mut Tx, id: VoteId, ballot: Ballot) -> Result<MeetingId, SecretError> {
    let vote = claim_open(tx, id).await?;
    vote.terms.meaning(&ballot.choice).ok_or(VoteError::Choice)?;
    let held = store::open_box(tx, id).await?.ok_or(BoxError::Broken)?;
    let mut ballots = unsealed(id, &held)?;
    match ballots.put(ballot) {
        Put::TakenBefore => {}
        Put::Spent => return Err(SecretError::Spent),
        Put::Taken => {
            let sealed = seal::seal(&held.seal_key, id, &ballots.to_bytes())?;
            store::put_back(tx, id, &sealed).await?;
            tx.leave_no_order();
        }
    }
    Ok(vote.meeting)
}

/// Holds a secret vote that takes ballots now.
async fn claim_open(tx: &mut Tx, id: VoteId) -> Result<Vote, SecretError> {
    let sheet = voting::store::claim(tx, id).await?;
    let vote = sheet.into_iter().find(|vote| vote.id == id && vote.state == VoteState::Open);
    let vote = vote.ok_or(VoteError::NotOpen)?;
    if vote.kind != VoteKind::Secret {
        return Err(SecretError::NotSecret);
    }
    match meetings::store::state(tx, vote.meeting).await? {
        Some(MeetingState::InProgress) => Ok(vote),
        _ => Err(VoteError::Interrupted.into()),
    }
}

fn unsealed(vote: VoteId, held: &SecretBox) -> Result<BallotBox, BoxError> {
    let bytes = seal::unseal(&held.seal_key, vote, &held.sealed).ok_or(BoxError::Broken)?;
    BallotBox::from_bytes(&bytes).ok_or(BoxError::Broken)
}

/// What a secret vote came to, with what the log says of it.
pub struct Opened {
    pub result: VoteResult,
    pub mandates: Vec<Mandate>,
    pub details: serde_json::Value,
}

/// Opens the box of a vote that closes, counts, publishes the ballots by
/// their codes, and takes away key, seal and box. The caller holds the sheet.
pub async fn count(tx: &mut Tx, vote: &Vote, body: &Body, now: Timestamp) -> Result<Opened, BoxError> {
    let held = store::open_box(tx, vote.id).await?.ok_or(BoxError::Broken)?;
    let ballots = unsealed(vote.id, &held)?;
    let papers = store::papers(tx, vote.id).await?;
    let mandates = rules::settled(body.mandates(&vote.terms), &papers.iter().map(used).collect::<Vec<_>>());
    let result = counted(vote, &mandates, ballots.ballots(), papers.len());
    let details = json!({
        "papers": papers.len(), "ballots": ballots.ballots().len(), "list": list_hash(ballots.ballots()),
    });
    store::publish(tx, vote.id, ballots.ballots()).await?;
    tx.leave_no_order();
    jobs::queue(tx, FORGET_JOB, &vote.id, now).await?;
    Ok(Opened { result, mandates, details })
}

/// Whoever took a paper took part, though nobody knows whether it was cast:
/// so a result never counts more ballots than mandates.
fn used((member, holder): &(PersonId, PersonId)) -> Used {
    let way = if member == holder { Way::Own } else { Way::Proxy };
    Used { member: *member, way, cast_by: *holder }
}

fn counted(vote: &Vote, mandates: &[Mandate], ballots: &[Ballot], papers: usize) -> VoteResult {
    let choices = ballots.iter().map(|ballot| ballot.choice.as_str());
    if ballots.len() > papers {
        // Somebody forged ballots or took papers away: nothing here may pass for a count.
        let tally = Tally::count(&vote.terms, mandates, std::iter::empty());
        return VoteResult { tally, outcome: Outcome::Void, decided_by: DecidedBy::Count };
    }
    let tally = Tally::count(&vote.terms, mandates, choices);
    // Which side the chair took is as secret as the rest.
    let terms = VoteTerms { tie: Tie::Fail, ..vote.terms.clone() };
    let (outcome, decided_by) = tally.decide(&terms, None);
    VoteResult { tally, outcome, decided_by }
}

/// How many could vote, if they are so few that the totals would tell.
pub async fn few_voters(tx: &mut Tx, vote: &Vote) -> Result<Option<usize>, db::Error> {
    if vote.kind != VoteKind::Secret || vote.state != VoteState::Prepared {
        return Ok(None);
    }
    let mandates = Body::load(tx, vote.meeting).await?.mandates(&vote.terms);
    let voters = mandates.iter().filter(|mandate| mandate.holder.is_some()).count();
    Ok((voters < FEW_VOTERS).then_some(voters))
}

/// Throws away the unread box of a vote that is cancelled.
pub async fn discard(tx: &mut Tx, vote: VoteId, now: Timestamp) -> Result<(), BoxError> {
    store::discard(tx, vote).await?;
    tx.leave_no_order();
    Ok(jobs::queue(tx, FORGET_JOB, &vote, now).await?)
}

/// SHA-256 over the published list, a line a ballot: what the log keeps of it.
pub fn list_hash(ballots: &[Ballot]) -> String {
    let mut hash = Sha256::new();
    for ballot in ballots {
        hash.update(format!("{} {}\n", ballot.code.as_str(), ballot.choice));
    }
    hex::encode(hash.finalize())
}
