//! What votes came to.

use super::super::VoteId;
use super::super::rules::{Count, DecidedBy, Mandate, Outcome, Tally};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::PersonId;
use crate::meetings::MeetingId;
use crate::meetings::rules::Meaning;
use crate::sql;

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
    proxies: i64,
    voted: i64,
    invalid: i64,
    not_voting: i64,
    outcome: Outcome,
    decided_by: DecidedBy,
}

#[derive(sqlx::FromRow)]
struct CountRow {
    vote_id: VoteId,
    choice: String,
    meaning: Meaning,
    ballots: i64,
}

/// Ends a vote with its result and the table of its mandates. The caller holds the sheet.
pub async fn publish(
    tx: &mut Tx,
    id: VoteId,
    result: &VoteResult,
    mandates: &[Mandate],
    now: Timestamp,
) -> Result<(), db::Error> {
    let tally = &result.tally;
    sql!(tx => execute
        "UPDATE vote SET state = 'published', closed_at = $2 WHERE id = $1", id, now)?;
    sql!(tx => execute
        "INSERT INTO vote_result (vote_id, total_members, present, proxies, voted, invalid, not_voting, outcome,
                                  decided_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id, tally.total_members, tally.present, tally.proxies, tally.voted, tally.invalid, tally.not_voting,
        result.outcome, result.decided_by)?;
    for count in &tally.counts {
        sql!(tx => execute
            "INSERT INTO vote_count (vote_id, choice, ballots) VALUES ($1, $2, $3)",
            id, count.choice.as_str(), count.ballots)?;
    }
    sql!(tx => insert
        "INSERT INTO vote_mandate (vote_id, member_id, holder_id) " of mandates,
        |mandate| id, mandate.member, mandate.holder)
}

/// The results of a meeting's published votes.
pub async fn results_of(tx: &mut Tx, meeting: MeetingId) -> Result<Vec<(VoteId, VoteResult)>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT vote_result.vote_id, vote_result.total_members, vote_result.present, vote_result.proxies,
                vote_result.voted, vote_result.invalid, vote_result.not_voting, vote_result.outcome,
                vote_result.decided_by
         FROM vote_result JOIN vote ON vote.id = vote_result.vote_id
         WHERE vote.meeting_id = $1" as ResultRow, meeting)?;
    let counts = sql!(tx => fetch_all
        "SELECT vote_count.vote_id, vote_count.choice, vote_option.meaning, vote_count.ballots
         FROM vote_count JOIN vote ON vote.id = vote_count.vote_id
         JOIN vote_option ON vote_option.terms_id = vote.terms_id AND vote_option.key = vote_count.choice
         WHERE vote.meeting_id = $1 ORDER BY vote_option.position" as CountRow, meeting)?;
    Ok(rows.into_iter().map(|row| (row.vote_id, with_counts(row, &counts))).collect())
}

fn with_counts(row: ResultRow, counts: &[CountRow]) -> VoteResult {
    let own = counts.iter().filter(|count| count.vote_id == row.vote_id);
    let count = |count: &CountRow| Count {
        choice: count.choice.clone(),
        meaning: count.meaning,
        ballots: count.ballots,
    };
    let tally = Tally {
        total_members: row.total_members,
        present: row.present,
        proxies: row.proxies,
        voted: row.voted,
        invalid: row.invalid,
        not_voting: row.not_voting,
        counts: own.map(count).collect(),
    };
    VoteResult { tally, outcome: row.outcome, decided_by: row.decided_by }
}

pub async fn result(tx: &mut Tx, id: VoteId) -> Result<Option<VoteResult>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT vote_id, total_members, present, proxies, voted, invalid, not_voting, outcome, decided_by
         FROM vote_result WHERE vote_id = $1" as ResultRow, id)?;
    let Some(row) = row else { return Ok(None) };
    let counts = sql!(tx => fetch_all
        "SELECT vote_count.vote_id, vote_count.choice, vote_option.meaning, vote_count.ballots
         FROM vote_count JOIN vote ON vote.id = vote_count.vote_id
         JOIN vote_option ON vote_option.terms_id = vote.terms_id AND vote_option.key = vote_count.choice
         WHERE vote_count.vote_id = $1 ORDER BY vote_option.position" as CountRow, id)?;
    Ok(Some(with_counts(row, &counts)))
}

/// A mandate as it stood when the vote closed, with names.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MandateLine {
    pub member_id: PersonId,
    pub member: String,
    pub holder_id: Option<PersonId>,
    pub holder: Option<String>,
}

impl MandateLine {
    pub fn is_held_by_another(&self) -> bool {
        self.holder_id.is_some_and(|holder| holder != self.member_id)
    }
}

pub async fn mandates_of(tx: &mut Tx, vote: VoteId) -> Result<Vec<MandateLine>, db::Error> {
    sql!(tx => fetch_all
        "SELECT vote_mandate.member_id, person.full_name AS member, vote_mandate.holder_id,
                holder.full_name AS holder
         FROM vote_mandate JOIN person ON person.id = vote_mandate.member_id
         LEFT JOIN person holder ON holder.id = vote_mandate.holder_id
         WHERE vote_mandate.vote_id = $1 ORDER BY person.folded_name, person.id" as MandateLine, vote)
}
