//! Xin ý kiến phối hợp: other units comment on a draft by a deadline, and the
//! drafter says what became of each comment.
//!
//! A comment is kept with the edition it was made on: what the draft became
//! afterwards does not change what was said about it.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::actions::{OutgoingError, claim, find, log, may_see};
use super::rules::{Act, State};
use super::store::{self, Comment, Consultation, Outgoing, Question, Unspoken};
use super::{ConsultationId, OutgoingId, drafting, urls};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::actions::heads_of_unit;
use crate::identity::rules::clean_text;
use crate::identity::store::Person;
use crate::identity::{self, Actor, OrganisationId, PersonId, UnitId};
use crate::jobs::Failure;
use crate::notices::{self, Tidings};
use crate::papers::{self, Upload, VersionId};
use crate::web::App;
use crate::{jobs, meetings};

/// The kind of job that reminds a unit.
pub const REMINDER_JOB: &str = "consultation_reminder";
/// Longest question, comment or reply, in characters.
const LONGEST: usize = 5_000;
/// How long before the deadline a unit is reminded.
const BEFORE: i64 = 24 * 3_600;

/// What a reminder is about.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Reminder {
    pub organisation: OrganisationId,
    pub consultation: ConsultationId,
    pub is_late: bool,
}

/// A question to a unit, and what a person may do with it.
#[derive(Clone, Debug)]
pub struct Consulted {
    pub question: Consultation,
    pub document: Outgoing,
    pub may_comment: bool,
    /// May give it to somebody of the unit.
    pub may_assign: bool,
    pub may_reply: bool,
}

/// Asks units about a draft. A unit asked already about this edition is not asked again.
pub async fn ask(
    tx: &mut Tx,
    actor: &Actor,
    id: OutgoingId,
    (units, text, due): (&[UnitId], &str, Timestamp),
    now: Timestamp,
) -> Result<(), OutgoingError> {
    let document = claim(tx, actor, id, Act::Submit).await?;
    let known = identity::store::units(tx, actor.organisation).await?;
    if units.is_empty() || !units.iter().all(|unit| known.iter().any(|one| one.id == *unit)) {
        return Err(OutgoingError::NoUnit);
    }
    if due <= now {
        return Err(OutgoingError::Deadline);
    }
    let text = clean(text)?;
    let question = Question { edition: document.edition, text: &text, due };
    for unit in units {
        let made = store::insert_consultation(tx, id, *unit, (&question, actor.person), now).await?;
        let Some(made) = made else { continue };
        let heads = heads_of_unit(tx, actor.organisation, *unit).await?;
        tell(tx, &document, (&heads, "Xin ý kiến", made), now).await?;
        remind_later(tx, actor.organisation, (made, due), now).await?;
    }
    drafting::open_to(tx, actor.organisation, &document).await?;
    log(tx, actor, "outgoing_consulted", &document, json!({ "units": units.len() }), now).await
}

async fn remind_later(
    tx: &mut Tx,
    organisation: OrganisationId,
    (consultation, due): (ConsultationId, Timestamp),
    now: Timestamp,
) -> Result<(), OutgoingError> {
    let soon = due.plus_seconds(-BEFORE);
    for (at, is_late) in [(soon, false), (due.plus_seconds(1), true)] {
        if at > now {
            let reminder = Reminder { organisation, consultation, is_late };
            jobs::queue_at(tx, REMINDER_JOB, &reminder, at, now).await?;
        }
    }
    Ok(())
}

/// Finds a question for those it concerns; for others it is not there.
pub async fn consulted(tx: &mut Tx, actor: &Actor, id: ConsultationId) -> Result<Consulted, OutgoingError> {
    let question = store::consultation(tx, actor.organisation, id).await?.ok_or(OutgoingError::NotFound)?;
    let document = store::outgoing(tx, actor.organisation, question.outgoing_id).await?;
    let document = document.ok_or(OutgoingError::NotFound)?;
    let heads = heads_of_unit(tx, actor.organisation, question.unit_id).await?;
    let is_head = heads.iter().any(|head| head.id == actor.person);
    let speaks = is_head || question.assignee_id == Some(actor.person);
    if !speaks && !may_see(actor, &document) {
        return Err(OutgoingError::NotFound);
    }
    let is_open = question.commented_at.is_none() && takes_comments(document.state);
    let is_to_answer = question.commented_at.is_some() && question.replied_at.is_none();
    Ok(Consulted {
        may_comment: is_open && speaks,
        may_assign: is_open && is_head,
        may_reply: is_to_answer && document.drafter_id == actor.person,
        question,
        document,
    })
}

/// Until the signer has it: what is out for signature is not discussed any more.
fn takes_comments(state: State) -> bool {
    matches!(state, State::Draft | State::ContentReview | State::FormatCheck)
}

/// The unit's head gives the question to one of the unit's people.
pub async fn assign(
    tx: &mut Tx,
    actor: &Actor,
    id: ConsultationId,
    person: PersonId,
    now: Timestamp,
) -> Result<(), OutgoingError> {
    let found = consulted(tx, actor, id).await?;
    if !found.may_assign {
        return Err(OutgoingError::NotYours);
    }
    let of_unit = meetings::store::people_of_unit(tx, found.question.unit_id).await?;
    if !of_unit.contains(&person) {
        return Err(OutgoingError::NotFound);
    }
    if !store::assign_consultation(tx, id, person).await? {
        return Err(OutgoingError::SaidAlready);
    }
    let person = identity::store::person(tx, actor.organisation, person).await?;
    tell(tx, &found.document, (person.as_slice(), "Giao góp ý", id), now).await?;
    drafting::open_to(tx, actor.organisation, &found.document).await?;
    log(tx, actor, "consultation_assigned", &found.document, json!({ "unit": found.question.unit }), now)
        .await
}

/// What a unit says.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    pub text: &'a str,
    /// The file that was read: not the newest, should there be a newer one.
    pub version: VersionId,
    /// A file that goes with it.
    pub file: Option<&'a Upload>,
}

/// The unit's comment, once.
pub async fn comment(
    tx: &mut Tx,
    actor: &Actor,
    id: ConsultationId,
    said: Said<'_>,
    now: Timestamp,
) -> Result<(), OutgoingError> {
    let found = consulted(tx, actor, id).await?;
    // Held, so that the draft is not handed on between this look and the comment.
    let document = store::claim(tx, actor.organisation, found.document.id).await?;
    let document = document.filter(|document| takes_comments(document.state)).ok_or(OutgoingError::NotNow)?;
    if !found.may_comment {
        let is_said = found.question.commented_at.is_some();
        return Err(if is_said { OutgoingError::SaidAlready } else { OutgoingError::NotYours });
    }
    let text = must_say(said.text)?;
    // The id comes from a form: it must be a file of this very draft.
    let version = papers::version(tx, actor.organisation, said.version).await?;
    let version = version.filter(|version| version.paper_id == document.paper_id);
    let version = version.ok_or(OutgoingError::NotFound)?;
    let comment = Comment {
        person: actor.person,
        text: &text,
        edition: version.number,
        version: version.id,
        file: said.file.map(|file| (file.hash, file.title.as_str())),
    };
    if !store::put_comment(tx, id, &comment, now).await? {
        return Err(OutgoingError::SaidAlready);
    }
    let drafter = identity::store::person(tx, actor.organisation, document.drafter_id).await?;
    let what = format!("{} góp ý", found.question.unit);
    tell(tx, &document, (drafter.as_slice(), &what, id), now).await?;
    log(tx, actor, "consultation_commented", &document, json!({ "edition": version.number }), now).await
}

/// The drafter says what became of a comment.
pub async fn reply(
    tx: &mut Tx,
    actor: &Actor,
    id: ConsultationId,
    text: &str,
    now: Timestamp,
) -> Result<OutgoingId, OutgoingError> {
    let found = consulted(tx, actor, id).await?;
    if !found.may_reply {
        let is_theirs = found.document.drafter_id == actor.person;
        return Err(if is_theirs { OutgoingError::NotNow } else { OutgoingError::NotYours });
    }
    let text = must_say(text)?;
    if !store::put_reply(tx, id, &text, now).await? {
        return Err(OutgoingError::NotNow);
    }
    let heads = heads_of_unit(tx, actor.organisation, found.question.unit_id).await?;
    tell(tx, &found.document, (&heads, "Đã trả lời góp ý", id), now).await?;
    log(tx, actor, "consultation_answered", &found.document, json!({ "unit": found.question.unit }), now)
        .await?;
    Ok(found.document.id)
}

fn must_say(typed: &str) -> Result<String, OutgoingError> {
    Some(clean(typed)?).filter(|text| !text.is_empty()).ok_or(OutgoingError::Text)
}

fn clean(typed: &str) -> Result<String, OutgoingError> {
    let text = clean_text(typed).trim().to_owned();
    if text.chars().count() <= LONGEST { Ok(text) } else { Err(OutgoingError::Text) }
}

/// Refuses to hand on a draft while a comment on it lies unanswered.
pub(super) async fn must_be_answered(tx: &mut Tx, document: &Outgoing) -> Result<(), OutgoingError> {
    let asked = store::consultations_of(tx, document.id).await?;
    let is_left = |one: &Consultation| one.commented_at.is_some() && one.replied_at.is_none();
    if asked.iter().any(is_left) { Err(OutgoingError::Unanswered) } else { Ok(()) }
}

/// Who reads a draft because their unit was asked about it.
pub(super) async fn readers(tx: &mut Tx, document: &Outgoing) -> Result<Vec<PersonId>, OutgoingError> {
    let mut readers = Vec::new();
    for one in store::consultations_of(tx, document.id).await? {
        let heads = heads_of_unit(tx, document.organisation_id, one.unit_id).await?;
        readers.extend(heads.iter().map(|head| head.id));
        readers.extend(one.assignee_id);
    }
    Ok(readers)
}

/// Reminds a unit that has not spoken; when it is late, its head and the drafter hear of it.
async fn remind(tx: &mut Tx, reminder: Reminder, now: Timestamp) -> Result<(), OutgoingError> {
    let Reminder { organisation, consultation, is_late } = reminder;
    let Some(question) = store::consultation(tx, organisation, consultation).await? else { return Ok(()) };
    let Some(document) = store::outgoing(tx, organisation, question.outgoing_id).await? else {
        return Ok(());
    };
    if !takes_comments(document.state) || !store::mark_reminded(tx, consultation, is_late, now).await? {
        return Ok(());
    }
    let mut people = heads_of_unit(tx, organisation, question.unit_id).await?;
    let mut others: Vec<PersonId> = question.assignee_id.into_iter().collect();
    others.extend(is_late.then_some(document.drafter_id));
    for other in others {
        if !people.iter().any(|one| one.id == other) {
            people.extend(identity::store::person(tx, organisation, other).await?);
        }
    }
    let what = if is_late { "Quá hạn góp ý" } else { "Sắp hết hạn góp ý" };
    let what = format!("{what} ({})", question.unit);
    tell(tx, &document, (&people, &what, consultation), now).await
}

/// The job that reminds.
pub async fn run(app: &App, reminder: Reminder) -> Result<(), Failure> {
    let reminded = async {
        let mut tx = app.db.write().await?;
        remind(&mut tx, reminder, app.clock.now()).await?;
        Ok::<_, OutgoingError>(tx.commit().await?)
    };
    reminded.await.map_err(|error| Failure::from_error(&error))?;
    app.bell.notify_one();
    Ok(())
}

async fn tell(
    tx: &mut Tx,
    document: &Outgoing,
    (people, what, consultation): (&[Person], &str, ConsultationId),
    now: Timestamp,
) -> Result<(), OutgoingError> {
    let subject = format!("{what}: {}", document.subject);
    let link = urls::consultation(consultation);
    let organisation = document.organisation_id;
    let tidings = Tidings { organisation, subject: &subject, link: &link, body: &document.subject };
    for person in people {
        notices::actions::tell(tx, person.id, &person.email, &tidings, now).await?;
    }
    Ok(())
}

/// A draft that waits for a person's comment.
#[derive(Clone, Debug)]
pub struct Asked {
    pub subject: String,
    pub link: String,
    pub due_at: Timestamp,
}

/// The drafts that wait for a comment of this person, or of the unit they speak for.
pub async fn asked_of(tx: &mut Tx, actor: &Actor) -> Result<Vec<Asked>, OutgoingError> {
    let unit = meetings::store::unit_of(tx, actor.person).await?;
    let heads = heads_of_unit(tx, actor.organisation, unit).await?;
    let is_head = heads.iter().any(|head| head.id == actor.person);
    let found = store::consultations_to(tx, (unit, actor.person)).await?;
    // What the head gave to somebody waits for them, and no longer for the head.
    let is_theirs = |one: &Unspoken| match one.assignee_id {
        Some(assignee) => assignee == actor.person,
        None => is_head && one.unit_id == unit,
    };
    let asked =
        |one: Unspoken| Asked { link: urls::consultation(one.id), subject: one.subject, due_at: one.due_at };
    Ok(found.into_iter().filter(is_theirs).map(asked).collect())
}

/// What was said on a document, for those who may see it.
pub async fn of_document(
    tx: &mut Tx,
    actor: &Actor,
    id: OutgoingId,
) -> Result<Vec<Consultation>, OutgoingError> {
    find(tx, actor, id).await?;
    Ok(store::consultations_of(tx, id).await?)
}
