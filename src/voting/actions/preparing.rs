//! Writing questions down, and putting one to the vote again.

use serde_json::json;

use super::super::VoteId;
use super::super::rules::{VoteKind, VoteState};
use super::super::store::{self, Vote};
use super::{VoteError, claim_editable, log};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::Actor;
use crate::identity::rules::clean_line;
use crate::meetings::rules::{Secrecy, VoteTerms};
use crate::meetings::{self, ItemId, MeetingId, TermsId};
use crate::papers::VersionId;

/// Questions on one sheet: more could not be read before voting.
const MOST_QUESTIONS: usize = 30;

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
