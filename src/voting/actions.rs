//! What people do about votes.

mod casting;
mod proxies;

use serde_json::json;

use super::VoteId;
use super::rules::{self, Mandate, Proxy, Seat, Tally, Used, VoteKind, VoteState};
use super::store::{self, Vote, VoteResult};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::rules::clean_line;
use crate::identity::{self, Actor, PersonId};
use crate::meetings::actions::MeetingError;
use crate::meetings::rules::{MeetingRole, MeetingState, Secrecy, VoteTerms};
use crate::meetings::store::{Meeting, Participant};
use crate::meetings::{self, ItemId, MeetingId, TermsId};
use crate::papers::VersionId;

pub use self::casting::{Answer, cast, enter_by_hand};
pub use self::proxies::{give_proxy, take_back_proxy};

/// Questions on one sheet: more could not be read before voting.
const MOST_QUESTIONS: usize = 30;

#[derive(Debug, thiserror::Error)]
pub enum VoteError {
    #[error("there is no such vote for this person")]
    NotFound,
    #[error("the vote takes no ballots now")]
    NotOpen,
    #[error("another vote is open")]
    AnotherOpen,
    #[error("only members of the body vote")]
    NotAMember,
    #[error("only those who are present vote")]
    NotPresent,
    #[error("the mandate is not this person's to use now")]
    NotYourMandate,
    #[error("a ballot was cast and may not be changed")]
    AlreadyVoted,
    #[error("the member's own ballot stands")]
    OwnBallotStands,
    #[error("a choice is missing or is none of the options")]
    Choice,
    #[error("the ballots of a secret vote come in another way")]
    Secret,
    #[error("the rule asks for signed ballots")]
    Unsigned,
    #[error("only the chair or the secretary runs a vote")]
    NotConducting,
    #[error("the meeting is not under way")]
    NotUnderWay,
    #[error("the session is interrupted")]
    Interrupted,
    #[error("a question is needed")]
    Question,
    #[error("the rule of the body says otherwise about secret votes")]
    Secrecy,
    #[error("the paper was replaced or withdrawn after the vote was prepared")]
    StaleDraft,
    #[error("a reason is needed")]
    Reason,
    #[error("only a vote that is over is repeated")]
    NotOver,
    #[error("the rule does not let this person hold the mandate")]
    NoProxy,
    #[error(transparent)]
    Meeting(#[from] MeetingError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Finds a vote in a meeting the actor may know of.
pub async fn find(tx: &mut Tx, actor: &Actor, id: VoteId) -> Result<(Vote, Meeting), VoteError> {
    let vote = store::vote(tx, id).await?.ok_or(VoteError::NotFound)?;
    let (meeting, _) = meetings::actions::find(tx, actor, vote.meeting).await?;
    Ok((vote, meeting))
}

/// What is put to the vote.
#[derive(Clone, Debug)]
pub struct Question {
    pub item: ItemId,
    pub text: String,
    /// The exact draft voted on, if there is one.
    pub paper_version: Option<VersionId>,
}

/// Writes questions down for later, on one sheet, with the body's rule as it
/// is now. Without `kind`, the vote is open unless the rule wants it secret.
pub async fn prepare(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
    questions: &[Question],
    kind: Option<VoteKind>,
    now: Timestamp,
) -> Result<VoteId, VoteError> {
    let meeting = claim_editable(tx, actor, meeting).await?;
    if questions.is_empty() || questions.len() > MOST_QUESTIONS {
        return Err(VoteError::Question);
    }
    let body = meetings::store::meeting_type(tx, meeting.type_id).await?;
    let kind = kind_by_rule(kind, &body.terms)?;
    let sheet = VoteId::new();
    let agenda = Agenda::load(tx, actor, meeting.id).await?;
    for (id, question) in std::iter::once(sheet).chain(std::iter::repeat_with(VoteId::new)).zip(questions) {
        if !agenda.holds(question) {
            return Err(VoteError::NotFound);
        }
        let new = NewVote { id, sheet, kind, repeats: None, terms: (body.terms_id, body.terms.clone()) };
        insert(tx, actor, meeting.id, question, new, now).await?;
    }
    Ok(sheet)
}

/// As [`meetings::actions::claim`], for those who run the meeting, while it may be changed.
async fn claim_editable(tx: &mut Tx, actor: &Actor, id: MeetingId) -> Result<Meeting, VoteError> {
    let (meeting, standing) = meetings::actions::claim(tx, actor, id).await?;
    if !standing.may_conduct() {
        return Err(VoteError::NotConducting);
    }
    if !meeting.state.is_editable() {
        return Err(VoteError::NotUnderWay);
    }
    Ok(meeting)
}

fn kind_by_rule(asked: Option<VoteKind>, terms: &VoteTerms) -> Result<VoteKind, VoteError> {
    match (terms.secrecy, asked) {
        (Secrecy::Required, None | Some(VoteKind::Secret)) => Ok(VoteKind::Secret),
        (Secrecy::Allowed, asked) => Ok(asked.unwrap_or(VoteKind::Open)),
        (Secrecy::Forbidden, None | Some(VoteKind::Open)) => Ok(VoteKind::Open),
        (Secrecy::Required, Some(VoteKind::Open)) | (Secrecy::Forbidden, Some(VoteKind::Secret)) => {
            Err(VoteError::Secrecy)
        }
    }
}

/// Ids come from a form: item and draft must be this meeting's.
struct Agenda {
    items: Vec<ItemId>,
    /// The newest version of each paper, with its item.
    papers: Vec<(VersionId, ItemId)>,
}

impl Agenda {
    async fn load(tx: &mut Tx, actor: &Actor, meeting: MeetingId) -> Result<Self, db::Error> {
        let items = meetings::store::items(tx, meeting).await?;
        let papers = meetings::store::agenda_papers(tx, meeting, actor.person).await?;
        Ok(Self {
            items: items.into_iter().map(|item| item.id).collect(),
            papers: papers.into_iter().map(|paper| (paper.version_id, paper.item_id)).collect(),
        })
    }

    fn holds(&self, question: &Question) -> bool {
        let is_its_paper = |version| self.papers.contains(&(version, question.item));
        self.items.contains(&question.item) && question.paper_version.is_none_or(is_its_paper)
    }
}

/// What a new vote has besides its question.
struct NewVote {
    id: VoteId,
    sheet: VoteId,
    kind: VoteKind,
    repeats: Option<VoteId>,
    terms: (TermsId, VoteTerms),
}

/// Writes one vote down under the next number. The caller holds the meeting.
async fn insert(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
    question: &Question,
    new: NewVote,
    now: Timestamp,
) -> Result<(), VoteError> {
    let (terms_id, terms) = new.terms;
    let vote = Vote {
        id: new.id,
        meeting,
        item: question.item,
        number: store::next_number(tx, meeting).await?,
        sheet: new.sheet,
        kind: new.kind,
        repeats: new.repeats,
        paper_version: question.paper_version,
        question: clean_line(&question.text).ok_or(VoteError::Question)?,
        state: VoteState::Prepared,
        terms_id,
        terms,
        cancel_reason: String::new(),
        opened_at: None,
        closed_at: None,
    };
    store::insert_vote(tx, &vote).await?;
    let details = json!({
        "number": vote.number, "question": vote.question, "kind": vote.kind,
        "repeats": vote.repeats.map(|repeated| repeated.to_string()),
    });
    log(tx, actor, "vote_prepared", vote.id, details, now).await
}

/// Puts the question of a vote that is over to the vote again, as a new
/// number that names the old one. It is on the paper as it is now.
pub async fn repeat(tx: &mut Tx, actor: &Actor, id: VoteId, now: Timestamp) -> Result<VoteId, VoteError> {
    let old = store::vote(tx, id).await?.ok_or(VoteError::NotFound)?;
    let meeting = claim_editable(tx, actor, old.meeting).await?;
    if !matches!(old.state, VoteState::Published | VoteState::Cancelled) {
        return Err(VoteError::NotOver);
    }
    let paper_version = match old.paper_version {
        Some(version) => {
            let newest = store::newest_on_agenda(tx, meeting.id, version).await?;
            Some(newest.ok_or(VoteError::StaleDraft)?)
        }
        None => None,
    };
    let body = meetings::store::meeting_type(tx, meeting.type_id).await?;
    let kind = kind_by_rule(Some(old.kind), &body.terms)?;
    let question = Question { item: old.item, text: old.question, paper_version };
    let sheet = VoteId::new();
    let new = NewVote { id: sheet, sheet, kind, repeats: Some(id), terms: (body.terms_id, body.terms) };
    insert(tx, actor, meeting.id, &question, new, now).await?;
    Ok(sheet)
}

/// Opens the sheet a vote is on while the meeting is under way.
pub async fn open(tx: &mut Tx, actor: &Actor, id: VoteId, now: Timestamp) -> Result<Vote, VoteError> {
    let votes = must_conduct(tx, actor, id).await?;
    let vote = votes.iter().find(|vote| vote.id == id).cloned().ok_or(VoteError::NotFound)?;
    // One sheet at a time: a member's screen shows one.
    let all = store::votes_of(tx, vote.meeting).await?;
    if all.iter().any(|other| other.sheet != vote.sheet && other.state == VoteState::Open) {
        return Err(VoteError::AnotherOpen);
    }
    if vote.state != VoteState::Prepared {
        return Err(VoteError::NotOpen);
    }
    if vote.kind == VoteKind::Secret {
        return Err(VoteError::Secret);
    }
    let prepared: Vec<&Vote> = votes.iter().filter(|vote| vote.state == VoteState::Prepared).collect();
    for vote in &prepared {
        refuse_stale_draft(tx, vote).await?;
    }
    store::open(tx, vote.sheet, now).await?;
    for vote in prepared {
        log(tx, actor, "vote_opened", vote.id, json!({}), now).await?;
    }
    Ok(vote)
}

/// Approval is for exact bytes: a paper that was replaced or withdrawn after
/// the question was written is not what the question is about.
async fn refuse_stale_draft(tx: &mut Tx, vote: &Vote) -> Result<(), VoteError> {
    let Some(version) = vote.paper_version else { return Ok(()) };
    match store::draft(tx, vote.meeting, version).await? {
        Some(draft) if draft.is_current() => Ok(()),
        _ => Err(VoteError::StaleDraft),
    }
}

/// Holds the meeting and the sheet of a vote, for those who run the meeting.
async fn must_conduct(tx: &mut Tx, actor: &Actor, id: VoteId) -> Result<Vec<Vote>, VoteError> {
    let vote = store::vote(tx, id).await?.ok_or(VoteError::NotFound)?;
    let (meeting, standing) = meetings::actions::claim(tx, actor, vote.meeting).await?;
    if !standing.may_conduct() {
        return Err(VoteError::NotConducting);
    }
    if meeting.state != MeetingState::InProgress {
        return Err(VoteError::NotUnderWay);
    }
    Ok(store::claim(tx, id).await?)
}

/// Takes a vote off the table, with the reason. A sheet that is open goes as
/// a whole, for it was shown as one.
pub async fn cancel(
    tx: &mut Tx,
    actor: &Actor,
    id: VoteId,
    reason: &str,
    now: Timestamp,
) -> Result<Vote, VoteError> {
    let vote = store::vote(tx, id).await?.ok_or(VoteError::NotFound)?;
    claim_editable(tx, actor, vote.meeting).await?;
    let reason = clean_line(reason).ok_or(VoteError::Reason)?;
    let sheet = store::claim(tx, id).await?;
    let vote = sheet.iter().find(|vote| vote.id == id).cloned().ok_or(VoteError::NotFound)?;
    let goes = |other: &&Vote| match vote.state {
        VoteState::Open => other.state == VoteState::Open,
        VoteState::Prepared => other.id == id,
        VoteState::Published | VoteState::Cancelled => false,
    };
    let going: Vec<&Vote> = sheet.iter().filter(goes).collect();
    if going.is_empty() {
        return Err(VoteError::NotOpen);
    }
    for vote in going {
        store::cancel(tx, vote.id, &reason, now).await?;
        log(tx, actor, "vote_cancelled", vote.id, json!({ "reason": reason }), now).await?;
    }
    Ok(vote)
}

/// Closes the sheet a vote is on and publishes its results, in one act:
/// nobody can know the outcome while a ballot may still change.
pub async fn close(tx: &mut Tx, actor: &Actor, id: VoteId, now: Timestamp) -> Result<Vote, VoteError> {
    let votes = must_conduct(tx, actor, id).await?;
    let vote = votes.iter().find(|vote| vote.id == id).cloned().ok_or(VoteError::NotFound)?;
    if vote.state != VoteState::Open {
        return Err(VoteError::NotOpen);
    }
    let body = Body::load(tx, vote.meeting).await?;
    for vote in votes.iter().filter(|vote| vote.state == VoteState::Open) {
        let (result, mandates) = count(tx, vote, &body).await?;
        publish(tx, actor, vote, &result, &mandates, now).await?;
    }
    Ok(vote)
}

/// Counts the ballots of an open vote by its rule.
async fn count(tx: &mut Tx, vote: &Vote, body: &Body) -> Result<(VoteResult, Vec<Mandate>), VoteError> {
    let ballots = store::ballots_of(tx, vote.id).await?;
    let used: Vec<Used> = ballots
        .iter()
        .map(|ballot| Used { member: ballot.member_id, way: ballot.way, cast_by: ballot.cast_by })
        .collect();
    let mandates = rules::settled(body.mandates(&vote.terms), &used);
    let tally = Tally::count(&vote.terms, &mandates, ballots.iter().map(|ballot| ballot.choice.as_str()));
    let of_chair = ballots.iter().find(|ballot| Some(ballot.member_id) == body.chair());
    let chair = of_chair.and_then(|ballot| vote.terms.meaning(&ballot.choice));
    let (outcome, decided_by) = tally.decide(&vote.terms, chair);
    Ok((VoteResult { tally, outcome, decided_by }, mandates))
}

/// Ends a vote with its result.
pub async fn publish(
    tx: &mut Tx,
    actor: &Actor,
    vote: &Vote,
    result: &VoteResult,
    mandates: &[Mandate],
    now: Timestamp,
) -> Result<(), VoteError> {
    store::publish(tx, vote.id, result, mandates, now).await?;
    let tally = &result.tally;
    let counts: serde_json::Map<String, serde_json::Value> =
        tally.counts.iter().map(|count| (count.choice.clone(), json!(count.ballots))).collect();
    let details = json!({
        "total_members": tally.total_members, "present": tally.present, "proxies": tally.proxies,
        "voted": tally.voted, "invalid": tally.invalid, "not_voting": tally.not_voting, "counts": counts,
        "outcome": result.outcome, "decided_by": result.decided_by,
    });
    log(tx, actor, "vote_published", vote.id, details, now).await
}

/// The body that votes: who is there, and who gave whom the mandate.
#[derive(Clone, Debug)]
pub struct Body {
    pub people: Vec<Participant>,
    pub proxies: Vec<Proxy>,
}

impl Body {
    pub async fn load(tx: &mut Tx, meeting: MeetingId) -> Result<Self, db::Error> {
        let people = meetings::store::participants(tx, meeting).await?;
        let proxies = store::proxies(tx, meeting).await?.into_iter().map(|(proxy, _)| proxy).collect();
        Ok(Self { people, proxies })
    }

    pub fn mandates(&self, terms: &VoteTerms) -> Vec<Mandate> {
        let seats: Vec<Seat> = self.people.iter().map(seat).collect();
        rules::mandates(&seats, &self.proxies, terms)
    }

    fn chair(&self) -> Option<PersonId> {
        self.people.iter().find(|one| one.role == MeetingRole::Chair).map(|one| one.person_id)
    }
}

/// A participant, as far as mandates ask.
pub fn seat(one: &Participant) -> Seat {
    Seat {
        person: one.person_id,
        is_member: one.member,
        is_there: one.attendance.is_there(),
        substitute_for: one.substitute_for,
    }
}

/// True when a vote of the meeting still takes ballots.
pub async fn has_open_votes(tx: &mut Tx, meeting: MeetingId) -> Result<bool, db::Error> {
    store::has_open(tx, meeting).await
}

/// How far an open vote is, for those who run it.
#[derive(Clone, Debug, Default)]
pub struct Turnout {
    pub voted: i64,
    pub mandates: i64,
    /// Members whose mandate can be used and was not.
    pub waiting: Vec<PersonId>,
}

pub async fn turnout(tx: &mut Tx, vote: &Vote, body: &Body) -> Result<Turnout, db::Error> {
    let ballots = store::ballots_of(tx, vote.id).await?;
    let voted: std::collections::HashSet<PersonId> = ballots.iter().map(|ballot| ballot.member_id).collect();
    let usable: Vec<PersonId> = body
        .mandates(&vote.terms)
        .into_iter()
        .filter(|mandate| mandate.holder.is_some() || voted.contains(&mandate.member))
        .map(|mandate| mandate.member)
        .collect();
    Ok(Turnout {
        voted: i64::try_from(voted.len()).unwrap_or(i64::MAX),
        mandates: i64::try_from(usable.len()).unwrap_or(i64::MAX),
        waiting: usable.into_iter().filter(|member| !voted.contains(member)).collect(),
    })
}

async fn log(
    tx: &mut Tx,
    actor: &Actor,
    act: &str,
    vote: VoteId,
    details: serde_json::Value,
    now: Timestamp,
) -> Result<(), VoteError> {
    Ok(identity::actions::log(tx, actor, act, format!("vote:{vote}"), details, now).await?)
}
