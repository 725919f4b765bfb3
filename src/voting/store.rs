//! SQL on votes and ballots.

use super::VoteId;
use super::rules::{Choice, DecidedBy, Outcome, Tally, VoteState};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::PersonId;
use crate::meetings::rules::{Fraction, PassBase, Tie, VoteTerms};
use crate::meetings::{ItemId, MeetingId};
use crate::papers::VersionId;
use crate::sql;

crate::column!(VoteId as uuid::Uuid);
crate::column!(Choice as String);
crate::column!(VoteState as String);
crate::column!(Outcome as String);
crate::column!(DecidedBy as String);

#[derive(Clone, Debug)]
pub struct Vote {
    pub id: VoteId,
    pub meeting: MeetingId,
    pub item: ItemId,
    pub paper_version: Option<VersionId>,
    pub question: String,
    pub state: VoteState,
    pub terms: VoteTerms,
    pub opened_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct VoteRow {
    id: VoteId,
    meeting_id: MeetingId,
    item_id: ItemId,
    paper_version_id: Option<VersionId>,
    question: String,
    state: VoteState,
    quorum_numerator: i64,
    quorum_denominator: i64,
    pass_numerator: i64,
    pass_denominator: i64,
    pass_base: PassBase,
    pass_strict: bool,
    tie: Tie,
    change_allowed: bool,
    opened_at: Option<Timestamp>,
    closed_at: Option<Timestamp>,
}

impl From<VoteRow> for Vote {
    fn from(row: VoteRow) -> Self {
        let terms = VoteTerms {
            quorum: Fraction { numerator: row.quorum_numerator, denominator: row.quorum_denominator },
            pass: Fraction { numerator: row.pass_numerator, denominator: row.pass_denominator },
            base: row.pass_base,
            strict: row.pass_strict,
            tie: row.tie,
            change_allowed: row.change_allowed,
        };
        Self {
            id: row.id,
            meeting: row.meeting_id,
            item: row.item_id,
            paper_version: row.paper_version_id,
            question: row.question,
            state: row.state,
            terms,
            opened_at: row.opened_at,
            closed_at: row.closed_at,
        }
    }
}

#[derive(Clone, Debug)]
pub struct VoteResult {
    pub tally: Tally,
    pub outcome: Outcome,
    pub decided_by: DecidedBy,
}

#[derive(sqlx::FromRow)]
struct ResultRow {
    vote_id: VoteId,
    total_members: i64,
    present: i64,
    voted: i64,
    approve: i64,
    reject: i64,
    abstain: i64,
    not_voting: i64,
    outcome: Outcome,
    decided_by: DecidedBy,
}

/// A ballot with the name of its voter: the votes here are open.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct NamedBallot {
    pub person_id: PersonId,
    pub full_name: String,
    pub choice: Choice,
}

pub async fn insert_vote(tx: &mut Tx, vote: &Vote) -> Result<(), db::Error> {
    let terms = &vote.terms;
    sql!(tx => execute
        "INSERT INTO vote (id, meeting_id, item_id, paper_version_id, question, state, quorum_numerator,
                           quorum_denominator, pass_numerator, pass_denominator, pass_base, pass_strict, tie,
                           change_allowed, opened_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 1)",
        vote.id, vote.meeting, vote.item, vote.paper_version, vote.question.as_str(), vote.state,
        terms.quorum.numerator, terms.quorum.denominator, terms.pass.numerator, terms.pass.denominator,
        terms.base, terms.strict, terms.tie, terms.change_allowed, vote.opened_at)?;
    Ok(())
}

pub async fn vote(tx: &mut Tx, id: VoteId) -> Result<Option<Vote>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT id, meeting_id, item_id, paper_version_id, question, state, quorum_numerator,
                quorum_denominator, pass_numerator, pass_denominator, pass_base, pass_strict, tie,
                change_allowed, opened_at, closed_at
         FROM vote WHERE id = $1" as VoteRow, id)?;
    Ok(row.map(Vote::from))
}

/// The votes of a meeting, in the order of the agenda.
pub async fn votes_of(tx: &mut Tx, meeting: MeetingId) -> Result<Vec<Vote>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT vote.id, vote.meeting_id, vote.item_id, vote.paper_version_id, vote.question, vote.state,
                vote.quorum_numerator, vote.quorum_denominator, vote.pass_numerator, vote.pass_denominator,
                vote.pass_base, vote.pass_strict, vote.tie, vote.change_allowed, vote.opened_at, vote.closed_at
         FROM vote JOIN agenda_item ON agenda_item.id = vote.item_id
         WHERE vote.meeting_id = $1 ORDER BY agenda_item.position, vote.id" as VoteRow, meeting)?;
    Ok(rows.into_iter().map(Vote::from).collect())
}

/// Reads a vote that is still open and holds it until `tx` ends.
///
/// The write is what holds it: both databases make a second caller wait, so
/// the vote cannot close between this read and the caller's next write.
pub async fn claim_open(tx: &mut Tx, id: VoteId) -> Result<Option<Vote>, db::Error> {
    let row = sql!(tx => fetch_optional
        "UPDATE vote SET version = version + 1 WHERE id = $1 AND state = 'open'
         RETURNING id, meeting_id, item_id, paper_version_id, question, state, quorum_numerator,
                   quorum_denominator, pass_numerator, pass_denominator, pass_base, pass_strict, tie,
                   change_allowed, opened_at, closed_at" as VoteRow, id)?;
    Ok(row.map(Vote::from))
}

/// Opens a prepared vote. False: it was open or over already.
pub async fn open(tx: &mut Tx, id: VoteId, now: Timestamp) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE vote SET state = 'open', opened_at = $2, version = version + 1
         WHERE id = $1 AND state = 'prepared'", id, now)?;
    Ok(changed == 1)
}

pub async fn publish(tx: &mut Tx, id: VoteId, result: &VoteResult, now: Timestamp) -> Result<(), db::Error> {
    let tally = &result.tally;
    sql!(tx => execute
        "UPDATE vote SET state = 'published', closed_at = $2 WHERE id = $1", id, now)?;
    sql!(tx => execute
        "INSERT INTO vote_result (vote_id, total_members, present, voted, approve, reject, abstain, not_voting,
                                  outcome, decided_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id, tally.total_members, tally.present, tally.voted, tally.approve, tally.reject, tally.abstain,
        tally.not_voting, result.outcome, result.decided_by)?;
    Ok(())
}

/// Puts a ballot in, or in the place of the voter's earlier one. False: there
/// was one already and it may not be changed.
pub async fn put_ballot(
    tx: &mut Tx,
    vote: VoteId,
    person: PersonId,
    choice: Choice,
    may_change: bool,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "INSERT INTO ballot (vote_id, person_id, choice, cast_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (vote_id, person_id) DO UPDATE SET choice = excluded.choice, cast_at = excluded.cast_at
         WHERE ($5 AND $5)", vote, person, choice, now, may_change)?;
    Ok(changed == 1)
}

pub async fn ballot_of(tx: &mut Tx, vote: VoteId, person: PersonId) -> Result<Option<Choice>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT choice FROM ballot WHERE vote_id = $1 AND person_id = $2" as (Choice,), vote, person)?;
    Ok(row.map(|(choice,)| choice))
}

pub async fn ballots(tx: &mut Tx, vote: VoteId) -> Result<Vec<NamedBallot>, db::Error> {
    sql!(tx => fetch_all
        "SELECT ballot.person_id, person.full_name, ballot.choice FROM ballot
         JOIN person ON person.id = ballot.person_id
         WHERE ballot.vote_id = $1 ORDER BY person.folded_name, person.id" as NamedBallot, vote)
}

/// The results of a meeting's published votes.
pub async fn results_of(tx: &mut Tx, meeting: MeetingId) -> Result<Vec<(VoteId, VoteResult)>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT vote_result.vote_id, vote_result.total_members, vote_result.present, vote_result.voted,
                vote_result.approve, vote_result.reject, vote_result.abstain, vote_result.not_voting,
                vote_result.outcome, vote_result.decided_by
         FROM vote_result JOIN vote ON vote.id = vote_result.vote_id
         WHERE vote.meeting_id = $1" as ResultRow, meeting)?;
    let results = rows.into_iter().map(|row| {
        let tally = Tally {
            total_members: row.total_members,
            present: row.present,
            voted: row.voted,
            approve: row.approve,
            reject: row.reject,
            abstain: row.abstain,
            not_voting: row.not_voting,
        };
        (row.vote_id, VoteResult { tally, outcome: row.outcome, decided_by: row.decided_by })
    });
    Ok(results.collect())
}

/// The open votes in which a person has a ballot that was not cast yet.
pub async fn waiting_for(
    tx: &mut Tx,
    person: PersonId,
) -> Result<Vec<(VoteId, MeetingId, String)>, db::Error> {
    sql!(tx => fetch_all
        "SELECT vote.id, vote.meeting_id, vote.question FROM vote
         JOIN participant ON participant.meeting_id = vote.meeting_id
              AND participant.person_id = $1 AND participant.member
         WHERE vote.state = 'open'
           AND NOT EXISTS (SELECT 1 FROM ballot WHERE ballot.vote_id = vote.id AND ballot.person_id = $1)
         ORDER BY vote.opened_at" as (VoteId, MeetingId, String), person)
}

/// The paper version a vote is on: title, number, hash.
pub async fn draft(tx: &mut Tx, version: VersionId) -> Result<Option<(String, i64, String)>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT paper.title, paper_version.number, paper_version.sha256 FROM paper_version
         JOIN paper ON paper.id = paper_version.paper_id
         WHERE paper_version.id = $1" as (String, i64, String), version)
}
