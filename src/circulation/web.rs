//! The page of a draft before its members.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{Html, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::actions::{self, CirculationError, Verdict, View};
use super::rules::{Decision, Kind, is_open};
use super::store::{Circulation, Comment, Member};
use super::{CommentId, opening, urls};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{Actor, Chrome, Section};
use crate::meetings::store::Meeting;
use crate::meetings::{self, MeetingId};
use crate::minutes::actions::CONCLUSION;
use crate::signing::web::{Disposition, pdf_response};
use crate::web::{self, App, Form, Now, Path};

/// How long members have, unless the secretary says otherwise: three days.
const USUAL: i64 = 3 * 86_400;

pub fn router() -> Router<App> {
    Router::new()
        .route("/meetings/{meeting}/circulation", get(show).post(open))
        .route("/meetings/{meeting}/circulation/file", get(file))
        .route("/meetings/{meeting}/circulation/agreement", post(agree))
        .route("/meetings/{meeting}/circulation/comments", post(comment))
        .route("/meetings/{meeting}/circulation/comments/{comment}/decision", post(decide))
        .route("/meetings/{meeting}/circulation/closure", post(close))
        .route("/meetings/{meeting}/circulation/reminders", post(remind))
}

impl From<CirculationError> for web::Error {
    fn from(error: CirculationError) -> Self {
        match error {
            CirculationError::NotFound => Self::NotFound,
            CirculationError::Deadline => Self::Invalid("circulation-deadline-wrong".into()),
            CirculationError::Nobody => Self::Conflict("circulation-nobody".into()),
            CirculationError::Open => Self::Conflict("circulation-open-already".into()),
            CirculationError::Closed => Self::Conflict("circulation-closed-already".into()),
            CirculationError::Locked => Self::Conflict("circulation-locked".into()),
            CirculationError::Stale => Self::Conflict("circulation-stale".into()),
            CirculationError::Text => Self::Invalid("circulation-text".into()),
            CirculationError::Decided => Self::Conflict("circulation-decided".into()),
            CirculationError::NoAnswer => Self::Invalid("circulation-no-answer".into()),
            CirculationError::Overlap => Self::Conflict("circulation-overlap".into()),
            CirculationError::Meeting(error) => error.into(),
            CirculationError::Minutes(error) => error.into(),
            CirculationError::Storage(error) => error.into(),
            CirculationError::Job(error) => error.into(),
            CirculationError::Db(error) => error.into(),
        }
    }
}

#[derive(Template)]
#[template(path = "circulation/circulation.html")]
struct CirculationPage {
    chrome: Chrome,
    meeting: Meeting,
    circulation: Option<Circulation>,
    is_open: bool,
    is_organiser: bool,
    /// The secretary may send the draft out now.
    may_open: bool,
    /// Asked, and answers still come in.
    may_answer: bool,
    agreed_at: Option<Timestamp>,
    usual_deadline: String,
    parts: Vec<PartView>,
    members: Vec<Member>,
    agreed: usize,
}

/// One part as it went out, with what was said on it.
struct PartView {
    number: usize,
    title: String,
    part: String,
    text: String,
    comments: Vec<Comment>,
}

async fn show(
    Path(id): Path<MeetingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    let view = actions::find(&mut tx, &actor, id).await?;
    let parts = parts(&mut tx, &chrome, &view).await?;
    let newest = crate::minutes::store::minutes(&mut tx, id).await?;
    let is_draft = newest.is_some_and(|newest| newest.document_id.is_none());
    let is_open =
        view.circulation.as_ref().is_some_and(|one| is_open(one.deadline, one.closed_at, now)) && is_draft;
    let me = view.members.iter().find(|one| one.person_id == actor.person);
    web::page(&CirculationPage {
        chrome: chrome.at(Section::Meetings),
        may_open: view.standing.is_organiser && is_draft && !is_open,
        may_answer: is_open && me.is_some(),
        agreed_at: me.and_then(|me| me.agreed_at),
        is_organiser: view.standing.is_organiser,
        is_open,
        usual_deadline: now.plus_seconds(USUAL).for_input(),
        agreed: view.members.iter().filter(|one| one.agreed_at.is_some()).count(),
        meeting: view.meeting,
        circulation: view.circulation,
        members: view.members,
        parts,
    })
}

/// The parts in the order of the agenda, the conclusion last.
async fn parts(tx: &mut Tx, chrome: &Chrome, view: &View) -> Result<Vec<PartView>, web::Error> {
    let items = meetings::store::items(tx, view.meeting.id).await?;
    let titles = items.into_iter().map(|item| (item.id.to_string(), item.title));
    let titles = titles.chain([(CONCLUSION.to_owned(), chrome.t("conclusion"))]);
    let views = titles.filter_map(|(part, title)| {
        let sent = view.parts.iter().find(|sent| sent.part == part)?;
        let comments = view.comments.iter().filter(|one| one.part == part).cloned().collect();
        Some(PartView { number: 0, title, text: sent.text.clone(), part, comments })
    });
    Ok(views.zip(1..).map(|(view, number)| PartView { number, ..view }).collect())
}

#[derive(Debug, Deserialize)]
struct OpenForm {
    deadline: String,
}

async fn open(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<OpenForm>,
) -> Result<Redirect, web::Error> {
    let deadline = Timestamp::from_input(&form.deadline).ok_or(CirculationError::Deadline)?;
    opening::open(&app, &actor, id, deadline, now).await?;
    app.live.changed(meetings::desk_topic(id));
    Ok(Redirect::to(&urls::circulation(id)))
}

async fn file(
    Path(id): Path<MeetingId>,
    actor: Actor,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.read().await?;
    let view = actions::find(&mut tx, &actor, id).await?;
    let circulation = view.circulation.ok_or(web::Error::NotFound)?;
    drop(tx);
    let title = format!("Dự thảo biên bản: {}", view.meeting.title);
    pdf_response(&app.storage, circulation.sha256, &title, Disposition::Inline).await
}

async fn done(app: &App, tx: Tx, id: MeetingId) -> Result<Redirect, web::Error> {
    tx.commit().await?;
    app.bell.notify_one();
    app.live.changed(meetings::desk_topic(id));
    Ok(Redirect::to(&urls::circulation(id)))
}

async fn agree(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::agree(&mut tx, &actor, id, now).await?;
    done(&app, tx, id).await
}

#[derive(Debug, Deserialize)]
struct CommentForm {
    part: String,
    kind: String,
    text: String,
}

async fn comment(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<CommentForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::find(&mut tx, &actor, id).await?;
    let kind: Kind = form.kind.parse().map_err(|_| CirculationError::Text)?;
    actions::comment(&mut tx, &actor, id, (&form.part, kind, &form.text), now).await?;
    done(&app, tx, id).await
}

#[derive(Debug, Deserialize)]
struct DecisionForm {
    /// `applied`: accepted, and put into the draft.
    decision: String,
    #[serde(default)]
    answer: String,
}

async fn decide(
    Path((id, comment)): Path<(MeetingId, CommentId)>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<DecisionForm>,
) -> Result<Redirect, web::Error> {
    let applies = form.decision == "applied";
    let word = if applies { Decision::Accepted.as_str() } else { &form.decision };
    let decision: Decision = word.parse().map_err(|_| CirculationError::Text)?;
    let verdict = Verdict { decision, applies, answer: form.answer };
    let mut tx = app.db.write().await?;
    actions::decide(&mut tx, &actor, (id, comment), verdict, now).await?;
    done(&app, tx, id).await
}

async fn close(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::close(&mut tx, &actor, id, now).await?;
    done(&app, tx, id).await
}

async fn remind(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::remind(&mut tx, &actor, id, now).await?;
    done(&app, tx, id).await
}
