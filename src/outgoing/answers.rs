//! Answers: a draft that names what it answers, and what its issue tells those
//! who asked.
//!
//! What is answered belongs to a feature after this one. That feature says who
//! may answer with [`allow`]; it hears of a draft and of its issue by a job.

use serde::{Deserialize, Serialize};

use super::actions::{OutgoingError, may_see};
use super::store::{self, Outgoing};
use super::{DispatchId, OutgoingId, reviewing, urls};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{self, Actor, OrganisationId, PersonId};
use crate::jobs;
use crate::outgoing::rules::State;

/// The kind of job by which the feature that keeps what is answered hears of it.
pub const ANSWER_JOB: &str = "outgoing_answer";

/// What a person may draft an answer to.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Answerable {
    /// As its feature names it: "incoming:018f…".
    pub subject: String,
    /// What the draft's page says it answers, and where that is read.
    pub title: String,
    pub link: String,
    /// The dispatch it came by, if its sender is of this installation.
    pub dispatch_id: Option<DispatchId>,
}

/// Lets a person draft an answer; gives the address of the form.
pub async fn allow(tx: &mut Tx, actor: &Actor, to: &Answerable) -> Result<String, db::Error> {
    store::put_answerable(tx, actor, to).await?;
    Ok(urls::answer(&to.subject))
}

/// What a person asked to answer; others learn nothing of it.
///
/// The name comes from a form: without this, a draft could claim to answer a
/// document that its drafter must not know of, and end it by being issued.
pub(super) async fn asked(tx: &mut Tx, actor: &Actor, subject: &str) -> Result<Answerable, OutgoingError> {
    let found = store::answerable(tx, actor.organisation, (subject, Some(actor.person))).await?;
    found.ok_or(OutgoingError::NotFound)
}

/// The organisation an answer goes to, if it is of this installation.
pub(super) async fn asker_of(
    tx: &mut Tx,
    to: Option<&Answerable>,
) -> Result<Option<OrganisationId>, db::Error> {
    match to.and_then(|to| to.dispatch_id) {
        Some(id) => Ok(store::dispatched(tx, id).await?.map(|(sender, _)| sender)),
        None => Ok(None),
    }
}

/// A document that answers, as the page of what is answered shows it.
#[derive(Clone, Debug)]
pub struct AnswerLine {
    /// "07/UBND-VP: Góp ý dự thảo Quy chế".
    pub title: String,
    pub state: State,
    /// `None`: this person may not read it yet.
    pub link: Option<String>,
}

/// The documents that answer a matter, given up ones left out.
pub async fn answers_to(tx: &mut Tx, actor: &Actor, subject: &str) -> Result<Vec<AnswerLine>, db::Error> {
    let mut lines = Vec::new();
    for id in store::answering(tx, actor.organisation, subject).await? {
        let Some(found) = store::outgoing(tx, actor.organisation, id).await? else { continue };
        if found.state != State::Cancelled {
            let link = may_see(actor, &found).then(|| urls::document(id));
            lines.push(AnswerLine { title: title(&found), state: found.state, link });
        }
    }
    Ok(lines)
}

/// What a dispatch that came here answers: title and address of our own document.
pub async fn answered_by(
    tx: &mut Tx,
    actor: &Actor,
    dispatch: DispatchId,
) -> Result<Option<(String, String)>, db::Error> {
    let Some(id) = store::question_of(tx, dispatch).await? else { return Ok(None) };
    let found = store::outgoing(tx, actor.organisation, id).await?;
    Ok(found.map(|found| (title(&found), urls::document(id))))
}

fn title(document: &Outgoing) -> String {
    format!("{}: {}", document.number_and_symbol(), document.subject)
}

/// What became of an answer, for the feature that keeps what it answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AnswerNews {
    pub organisation: OrganisationId,
    pub subject: String,
    /// Who drafted the answer.
    pub drafter: PersonId,
    pub title: String,
    pub is_issued: bool,
    pub at: Timestamp,
}

/// Tells, surely, that an answer was drafted or issued.
pub(super) async fn spread(
    tx: &mut Tx,
    document: &Outgoing,
    is_issued: bool,
    now: Timestamp,
) -> Result<(), OutgoingError> {
    let Some(subject) = document.answers.clone() else { return Ok(()) };
    let news = AnswerNews {
        organisation: document.organisation_id,
        subject,
        drafter: document.drafter_id,
        title: title(document),
        is_issued,
        at: now,
    };
    Ok(jobs::queue(tx, ANSWER_JOB, &news, now).await?)
}

/// Joins an issued answer with what it answers, and tells who asked.
pub(super) async fn issued(tx: &mut Tx, document: &Outgoing, now: Timestamp) -> Result<(), OutgoingError> {
    spread(tx, document, true, now).await?;
    let Some(subject) = document.answers.as_deref() else { return Ok(()) };
    let found = store::answerable(tx, document.organisation_id, (subject, None)).await?;
    let Some(dispatch) = found.and_then(|found| found.dispatch_id) else { return Ok(()) };
    store::set_answer(tx, dispatch, document.id).await?;
    let Some((sender, question)) = store::dispatched(tx, dispatch).await? else { return Ok(()) };
    let Some(question) = store::outgoing(tx, sender, question).await? else { return Ok(()) };
    let office = identity::store::organisation(tx, document.organisation_id).await?;
    let what = format!("{} trả lời bằng {}", office.name, document.number_and_symbol());
    reviewing::tell(tx, &question, (question.drafter_id, &what), now).await
}

/// What an answer names, for its own page.
pub(super) async fn named(tx: &mut Tx, document: &Outgoing) -> Result<Option<Answerable>, db::Error> {
    match document.answers.as_deref() {
        Some(subject) => store::answerable(tx, document.organisation_id, (subject, None)).await,
        None => Ok(None),
    }
}

/// A receiver's answer as the sender's page shows it.
pub(super) async fn received(tx: &mut Tx, answer: OutgoingId) -> Result<Option<(String, String)>, db::Error> {
    store::published(tx, answer).await
}
