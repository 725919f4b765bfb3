//! SQL on votes, ballots, mandates and results.

mod ballots;
mod proxies;
mod records;
mod results;

use std::collections::HashMap;

use super::VoteId;
use super::rules::{DecidedBy, Outcome, VoteKind, VoteState, Way};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::PersonId;
use crate::meetings::rules::VoteTerms;
use crate::meetings::{self, ItemId, MeetingId, TermsId};
use crate::papers::VersionId;
use crate::sql;

pub use self::ballots::{Ballot, NamedBallot, ballot_of, ballots, ballots_of, count_ballots, put_ballot};
pub use self::proxies::{delete_proxy, held_by, holding, proxies, put_proxy};
pub use self::records::{
    SignatureLine, insert_record, insert_record_signature, record, record_head, record_signatures,
};
pub use self::results::{MandateLine, VoteResult, mandates_of, publish, result, results_of};

crate::column!(VoteId as uuid::Uuid);
crate::column!(VoteKind as String);
crate::column!(VoteState as String);
crate::column!(Outcome as String);
crate::column!(DecidedBy as String);
crate::column!(Way as String);

#[derive(Clone, Debug)]
pub struct Vote {
    pub id: VoteId,
    pub meeting: MeetingId,
    pub item: ItemId,
    /// Counts the votes of the meeting from 1.
    pub number: i64,
    /// The first vote of its sheet; its own id when it stands alone.
    pub sheet: VoteId,
    pub kind: VoteKind,
    /// The earlier vote that this one repeats.
    pub repeats: Option<VoteId>,
    pub paper_version: Option<VersionId>,
    pub question: String,
    pub state: VoteState,
    /// The row its rule is kept in.
    pub terms_id: TermsId,
    pub terms: VoteTerms,
    /// Empty unless it was cancelled.
    pub cancel_reason: String,
    pub opened_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct VoteRow {
    id: VoteId,
    meeting_id: MeetingId,
    item_id: ItemId,
    number: i64,
    sheet_id: VoteId,
    kind: VoteKind,
    repeats_id: Option<VoteId>,
    paper_version_id: Option<VersionId>,
    question: String,
    state: VoteState,
    terms_id: TermsId,
    cancel_reason: String,
    opened_at: Option<Timestamp>,
    closed_at: Option<Timestamp>,
}

impl VoteRow {
    fn with(self, terms: VoteTerms) -> Vote {
        Vote {
            id: self.id,
            meeting: self.meeting_id,
            item: self.item_id,
            number: self.number,
            sheet: self.sheet_id,
            kind: self.kind,
            repeats: self.repeats_id,
            paper_version: self.paper_version_id,
            question: self.question,
            state: self.state,
            terms_id: self.terms_id,
            terms,
            cancel_reason: self.cancel_reason,
            opened_at: self.opened_at,
            closed_at: self.closed_at,
        }
    }
}

/// Votes with their rules; most share one.
async fn with_terms(tx: &mut Tx, rows: Vec<VoteRow>) -> Result<Vec<Vote>, db::Error> {
    let mut known: HashMap<TermsId, VoteTerms> = HashMap::new();
    let mut votes = Vec::with_capacity(rows.len());
    for row in rows {
        let terms = match known.get(&row.terms_id) {
            Some(terms) => terms.clone(),
            None => meetings::store::terms(tx, row.terms_id).await?,
        };
        known.insert(row.terms_id, terms.clone());
        votes.push(row.with(terms));
    }
    Ok(votes)
}

pub async fn insert_vote(tx: &mut Tx, vote: &Vote) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO vote (id, meeting_id, item_id, number, sheet_id, kind, repeats_id, paper_version_id,
                           question, state, terms_id, cancel_reason, opened_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1)",
        vote.id, vote.meeting, vote.item, vote.number, vote.sheet, vote.kind, vote.repeats,
        vote.paper_version, vote.question.as_str(), vote.state, vote.terms_id, vote.cancel_reason.as_str(),
        vote.opened_at)?;
    Ok(())
}

/// The number the next vote of a meeting gets. The caller holds the meeting.
pub async fn next_number(tx: &mut Tx, meeting: MeetingId) -> Result<i64, db::Error> {
    let (number,) = sql!(tx => fetch_one
        "SELECT coalesce(max(number), 0) + 1 FROM vote WHERE meeting_id = $1" as (i64,), meeting)?;
    Ok(number)
}

pub async fn vote(tx: &mut Tx, id: VoteId) -> Result<Option<Vote>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT id, meeting_id, item_id, number, sheet_id, kind, repeats_id, paper_version_id, question, state,
                terms_id, cancel_reason, opened_at, closed_at
         FROM vote WHERE id = $1" as VoteRow, id)?;
    let Some(row) = row else { return Ok(None) };
    let terms = meetings::store::terms(tx, row.terms_id).await?;
    Ok(Some(row.with(terms)))
}

/// The votes of a meeting, in the order of the agenda.
pub async fn votes_of(tx: &mut Tx, meeting: MeetingId) -> Result<Vec<Vote>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT vote.id, vote.meeting_id, vote.item_id, vote.number, vote.sheet_id, vote.kind, vote.repeats_id,
                vote.paper_version_id, vote.question, vote.state, vote.terms_id, vote.cancel_reason,
                vote.opened_at, vote.closed_at
         FROM vote JOIN agenda_item ON agenda_item.id = vote.item_id
         WHERE vote.meeting_id = $1 ORDER BY agenda_item.position, vote.number" as VoteRow, meeting)?;
    with_terms(tx, rows).await
}

/// The votes on one sheet, in their order. `sheet` is its first vote.
pub async fn sheet(tx: &mut Tx, sheet: VoteId) -> Result<Vec<Vote>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT id, meeting_id, item_id, number, sheet_id, kind, repeats_id, paper_version_id, question, state,
                terms_id, cancel_reason, opened_at, closed_at
         FROM vote WHERE sheet_id = $1 ORDER BY number" as VoteRow, sheet)?;
    with_terms(tx, rows).await
}

/// Reads the sheet that a vote is on and holds it until `tx` ends.
///
/// The write on its first vote is what holds it: both databases make a second
/// caller wait, so no vote of the sheet can close between this read and the
/// caller's next write.
pub async fn claim(tx: &mut Tx, id: VoteId) -> Result<Vec<Vote>, db::Error> {
    let row = sql!(tx => fetch_optional
        "UPDATE vote SET version = version + 1
         WHERE id = (SELECT sheet_id FROM vote member WHERE member.id = $1)
         RETURNING id" as (VoteId,), id)?;
    match row {
        Some((first,)) => sheet(tx, first).await,
        None => Ok(Vec::new()),
    }
}

/// Opens the prepared votes of a sheet and gives how many. The caller holds the sheet.
pub async fn open(tx: &mut Tx, sheet: VoteId, now: Timestamp) -> Result<u64, db::Error> {
    sql!(tx => execute
        "UPDATE vote SET state = 'open', opened_at = $2 WHERE sheet_id = $1 AND state = 'prepared'", sheet, now)
}

/// Takes a prepared or open vote off the table; it stays listed.
pub async fn cancel(tx: &mut Tx, id: VoteId, reason: &str, now: Timestamp) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE vote SET state = 'cancelled', cancel_reason = $2, closed_at = $3
         WHERE id = $1 AND state IN ('prepared', 'open')", id, reason, now)?;
    Ok(changed == 1)
}

/// True when a vote of the meeting still takes ballots.
pub async fn has_open(tx: &mut Tx, meeting: MeetingId) -> Result<bool, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT id FROM vote WHERE meeting_id = $1 AND state = 'open' LIMIT 1" as (VoteId,), meeting)?;
    Ok(row.is_some())
}

/// The open votes in which a person's own mandate was not used yet.
pub async fn waiting_for(
    tx: &mut Tx,
    person: PersonId,
) -> Result<Vec<(VoteId, MeetingId, String)>, db::Error> {
    sql!(tx => fetch_all
        "SELECT vote.id, vote.meeting_id, vote.question FROM vote
         JOIN participant ON participant.meeting_id = vote.meeting_id
              AND participant.person_id = $1 AND participant.member
         WHERE vote.state = 'open'
           AND NOT EXISTS (SELECT 1 FROM ballot WHERE ballot.vote_id = vote.id AND ballot.member_id = $1)
         ORDER BY vote.opened_at, vote.number" as (VoteId, MeetingId, String), person)
}

/// The paper version a vote is on.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Draft {
    pub title: String,
    pub number: i64,
    pub sha256: String,
    /// The newest version of the same paper.
    pub newest: i64,
    /// It is still on the agenda of the vote's meeting.
    pub is_on_agenda: bool,
}

pub async fn draft(tx: &mut Tx, meeting: MeetingId, version: VersionId) -> Result<Option<Draft>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT paper.title, paper_version.number, paper_version.sha256,
                (SELECT max(newer.number) FROM paper_version newer WHERE newer.paper_id = paper.id) AS newest,
                EXISTS (SELECT 1 FROM agenda_paper JOIN agenda_item ON agenda_item.id = agenda_paper.item_id
                        WHERE agenda_paper.paper_id = paper.id AND agenda_item.meeting_id = $1) AS is_on_agenda
         FROM paper_version JOIN paper ON paper.id = paper_version.paper_id
         WHERE paper_version.id = $2" as Draft, meeting, version)
}

impl Draft {
    /// Nothing newer came, and it was not withdrawn.
    pub fn is_current(&self) -> bool {
        self.is_on_agenda && self.number == self.newest
    }
}

/// The newest version of the paper that `version` is of, if it is still on
/// the agenda.
pub async fn newest_on_agenda(
    tx: &mut Tx,
    meeting: MeetingId,
    version: VersionId,
) -> Result<Option<VersionId>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT newest.id FROM paper_version
         JOIN paper_version newest ON newest.paper_id = paper_version.paper_id
         JOIN agenda_paper ON agenda_paper.paper_id = paper_version.paper_id
         JOIN agenda_item ON agenda_item.id = agenda_paper.item_id AND agenda_item.meeting_id = $1
         WHERE paper_version.id = $2 ORDER BY newest.number DESC LIMIT 1" as (VersionId,), meeting, version)?;
    Ok(row.map(|(id,)| id))
}
