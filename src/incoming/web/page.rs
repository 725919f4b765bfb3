//! The page of one document: the mark "Đến", what is to be done, the slip.

use askama::Template;
use axum::Router;
use axum::extract::State as Service;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::turn::{Turn, turn};
use super::{Sign, due_sign, priority_sign, state_sign, verdict_sign};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{self, Actor, Chrome, PersonId, Section};
use crate::incoming::actions::{self, Found, IncomingError, sync_readers};
use crate::incoming::letters::store::Letter;
use crate::incoming::rules::{Act, Typed, Way};
use crate::incoming::store::{self, Assignment, CourseLine, Direction, Document, NamedUnit, Twin};
use crate::incoming::{IncomingId, answering, letters, urls};
use crate::lights::Light;
use crate::outgoing::answers::{AnswerLine, answered_by};
use crate::papers;
use crate::web::{self, App, Now, Path, Query};

pub(super) fn router() -> Router<App> {
    Router::new().route("/incoming/{incoming}", get(show)).route("/incoming/{incoming}/file", get(read))
}

/// Width of the first page's picture beside the forms.
const PICTURE: u32 = 640;

/// What was typed in a form that was refused.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub typed: Option<Typed>,
    pub leader: Option<PersonId>,
    pub direction: Option<Direction>,
    pub people: Vec<PersonId>,
    pub text: String,
    pub reason: String,
    /// Why it was refused, and what looks the same; set by [`answered`].
    pub problem: Option<String>,
    pub twins: Vec<Twin>,
}

#[derive(Template)]
#[template(path = "incoming/document.html")]
struct DocumentPage {
    chrome: Chrome,
    /// Its address, under which every form stands.
    base: String,
    /// Number and symbol, day and sender in a line.
    about: String,
    document: Document,
    state: Sign,
    verdict: Option<Sign>,
    priority: Option<Sign>,
    due: Option<Sign>,
    leader: Option<String>,
    units: Vec<UnitView>,
    course: Vec<CourseView>,
    steps: Vec<(String, Sign)>,
    turn: Turn,
    picture: Option<String>,
    file_url: String,
    /// Title and address of each file that came with it.
    attachments: Vec<(String, String)>,
    answers: Vec<AnswerView>,
    /// Our own document that this one answers: title and address.
    question: Option<(String, String)>,
    /// The letter it came in: its sender and time, and where a clerk reads it.
    letter: Option<(String, Option<String>)>,
    verdict_url: String,
    /// What was given on just before, to be seen for once.
    done: Option<(String, String)>,
    kept: Kept,
}

/// A document drafted as an answer.
struct AnswerView {
    title: String,
    link: Option<String>,
    state: String,
}

struct UnitView {
    named: NamedUnit,
    people: Vec<(String, bool)>,
}

struct CourseView {
    icon: &'static str,
    /// Ending of the timeline's style class.
    kind: &'static str,
    title: String,
    who: String,
    when: String,
    note: String,
}

#[derive(Debug, Default, Deserialize)]
struct PageQuery {
    done: Option<IncomingId>,
}

async fn show(
    Path(id): Path<IncomingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Query(query): Query<PageQuery>,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    let found = actions::find(&mut tx, &actor, id).await?;
    let mut page = load(&mut tx, chrome, &actor, found, Kept::default(), now).await?;
    if let Some(done) = query.done
        && let Ok(before) = actions::find(&mut tx, &actor, done).await
    {
        page.done = Some((urls::document(done), before.document.subject));
    }
    web::page(&page)
}

/// Leads to the file. Rights are written down when a document changes hands;
/// somebody who became a clerk since gets theirs here.
async fn read(
    Path(id): Path<IncomingId>,
    actor: Actor,
    Service(app): Service<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let found = actions::find(&mut tx, &actor, id).await?;
    sync_readers(&mut tx, id, actor.organisation).await?;
    tx.commit().await?;
    let back = urls::document(id);
    Ok(Redirect::to(&format!("{}?back={back}", papers::urls::reader(found.document.version_id))))
}

/// Saves what a handler did and shows the document, or shows it with what was
/// typed and why it was refused.
pub(super) async fn answered(
    app: &App,
    tx: Tx,
    (chrome, actor, id): (Chrome, &Actor, IncomingId),
    done: Result<(), IncomingError>,
    mut kept: Kept,
) -> Result<Response, web::Error> {
    let Err(error) = done else {
        tx.commit().await?;
        app.bell.notify_one();
        return Ok(Redirect::to(&urls::document(id)).into_response());
    };
    drop(tx);
    if let IncomingError::Twins(twins) = &error {
        kept.twins = twins.clone();
    }
    let (status, message) = web::Error::from(error).of_form()?;
    kept.problem = Some(message.text(chrome.lang()));
    let mut tx = app.db.read().await?;
    let found = actions::find(&mut tx, actor, id).await?;
    let page = load(&mut tx, chrome, actor, found, kept, app.clock.now()).await?;
    Ok((status, web::page(&page)?).into_response())
}

async fn load(
    tx: &mut Tx,
    chrome: Chrome,
    actor: &Actor,
    found: Found,
    kept: Kept,
    now: Timestamp,
) -> Result<DocumentPage, web::Error> {
    let turn = turn(tx, &chrome, actor, &found, &kept, now).await?;
    let people = identity::store::people(tx, actor.organisation).await?;
    let course = store::course(tx, found.document.id).await?;
    let file = papers::version(tx, actor.organisation, found.document.version_id).await?;
    let is_ready = file.is_some_and(|file| file.state == papers::State::Ready);
    let attachments = attached(tx, found.document.id).await?;
    let answers = answer_views(tx, &chrome, actor, found.document.id).await?;
    let question = match found.document.dispatch_id {
        Some(dispatch) => answered_by(tx, actor, dispatch).await?,
        None => None,
    };
    let letter = letters::store::of_document(tx, actor.organisation, found.document.id).await?;
    let letter = letter.map(|letter| letter_view(&letter, found.standing.is_clerk));
    let leader = people.into_iter().find(|one| Some(one.id) == found.document.presented_to);
    let Found { document, units, people, .. } = found;
    Ok(DocumentPage {
        state: state_sign(&chrome, document.state),
        verdict: document.verdict.map(|verdict| verdict_sign(&chrome, verdict)),
        priority: priority_sign(&chrome, document.priority),
        due: document.deadline.map(|deadline| due_sign(&chrome, deadline, document.completed_at, now)),
        leader: leader.map(|one| one.full_name),
        units: unit_views(units, &people),
        course: course.into_iter().map(|line| course_view(&chrome, line)).collect(),
        steps: steps(&chrome, &document, now),
        turn,
        picture: is_ready.then(|| papers::urls::page_image(document.version_id, 1, PICTURE)),
        attachments,
        answers,
        question,
        letter,
        file_url: urls::act(document.id, "file"),
        verdict_url: papers::urls::verdict(document.version_id),
        done: None,
        kept,
        base: urls::document(document.id),
        about: about(&document),
        document,
        chrome: chrome.at(Section::Incoming),
    })
}

/// Title and address of each file that came with a document.
async fn attached(tx: &mut Tx, id: IncomingId) -> Result<Vec<(String, String)>, web::Error> {
    let back = urls::document(id);
    let files = store::attachments(tx, id).await?;
    let link = |(_, file, title)| (title, format!("{}?back={back}", papers::urls::reader(file)));
    Ok(files.into_iter().map(link).collect())
}

async fn answer_views(
    tx: &mut Tx,
    chrome: &Chrome,
    actor: &Actor,
    id: IncomingId,
) -> Result<Vec<AnswerView>, web::Error> {
    let lines = answering::drafted(tx, actor, id).await?;
    let view = |line: AnswerLine| AnswerView {
        state: chrome.t(&format!("outgoing-state-{}", line.state.as_str().replace('_', "-"))),
        title: line.title,
        link: line.link,
    };
    Ok(lines.into_iter().map(view).collect())
}

fn letter_view(letter: &Letter, is_clerk: bool) -> (String, Option<String>) {
    let parts = [letter.sender.clone(), letter.received_at.date_time()];
    let said = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    (said, is_clerk.then(|| urls::letter(letter.id)))
}

fn unit_views(units: Vec<NamedUnit>, people: &[Assignment]) -> Vec<UnitView> {
    let view = |named: NamedUnit| UnitView {
        people: people
            .iter()
            .filter(|one| one.unit_id == named.unit_id)
            .map(|one| (one.full_name.clone(), one.done_at.is_some()))
            .collect(),
        named,
    };
    units.into_iter().map(view).collect()
}

fn about(document: &Document) -> String {
    let day = document.dated_on.map(|day| day.date()).unwrap_or_default();
    let parts = [document.symbol.clone(), day, document.sender.clone()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

fn course_view(chrome: &Chrome, line: CourseLine) -> CourseView {
    let (icon, kind) = match line.act {
        Act::Arrive => ("inbox", ""),
        Act::Verify => ("shield", ""),
        Act::Register => ("register", "good"),
        Act::Present => ("person", ""),
        Act::Direct | Act::Inform => ("edit", "good"),
        Act::Assign | Act::Help => ("people", ""),
        Act::Report | Act::Answer => ("note", ""),
        Act::Complete => ("good", "good"),
        Act::File => ("archive", "good"),
        Act::Reopen | Act::TakeOut => ("undo", "warn"),
        Act::Refuse | Act::Return | Act::Recall => ("bad", "bad"),
    };
    let note = match (line.act, line.note.parse::<Light>()) {
        (Act::Verify, Ok(light)) => verdict_sign(chrome, light).word,
        _ => line.note,
    };
    let who = if line.position.is_empty() { String::new() } else { format!(", {}", line.position) };
    CourseView {
        icon,
        kind,
        title: chrome.t(&format!("incoming-act-{}", line.act.as_str())),
        who: format!("{}{who}", line.full_name),
        when: line.done_at.date_time(),
        note,
    }
}

/// The steps of the procedure; none before it has begun.
fn steps(chrome: &Chrome, document: &Document, now: Timestamp) -> Vec<(String, Sign)> {
    if document.arrival_number.is_none() {
        return Vec::new();
    }
    let way = Way {
        arrived_at: document.arrived_at,
        verified_at: document.verdict_at,
        registered_at: document.registered_at,
        directed_at: document.directed_at,
        deadline: document.deadline,
        completed_at: document.completed_at,
        state: document.state,
    };
    let sign = |kept: Option<bool>| {
        let (kind, icon, key) = match kept {
            Some(true) => ("good", "good", "incoming-step-kept"),
            Some(false) => ("bad", "bad", "incoming-step-missed"),
            None => ("", "ring", "incoming-step-open"),
        };
        Sign { kind, icon, word: chrome.t(key) }
    };
    let name = |step: &str| chrome.t(&format!("incoming-step-{}", step.replace('_', "-")));
    way.steps(now).into_iter().map(|(step, kept)| (name(step.as_str()), sign(kept))).collect()
}
