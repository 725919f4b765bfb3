//! The page of a slip: for a member their own to answer, for everyone else
//! what fits their part.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::{draft, member_badge, office};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{self, Actor, Chrome, Section};
use crate::meetings;
use crate::signing;
use crate::signing::signature::SignError;
use crate::slips::actions::{self, Given, SlipError, View};
use crate::slips::rules::{Choice, MemberState, State as SlipState};
use crate::slips::store::{self, Member, Paper, Slip};
use crate::slips::{QuestionId, SlipId, urls};
use crate::web::{self, App, Form, Now, Path, Query, StateBadge};

pub(super) fn router() -> Router<App> {
    Router::new().route("/slips/{slip}", get(show)).route("/slips/{slip}/answers", post(answer))
}

#[derive(Template)]
#[template(path = "slips/member.html")]
struct MemberPage {
    chrome: Chrome,
    slip: Slip,
    body: String,
    own: Member,
    badge: StateBadge,
    questions: Vec<QuestionView>,
    papers: Vec<Paper>,
    choices: Vec<(&'static str, String)>,
    may_answer: bool,
    is_late: bool,
    /// Who answers instead, where somebody does.
    replaced_by: Option<String>,
    /// For whom the reader answers, where it is not for themselves.
    instead_of: Option<String>,
    has_key: bool,
    signed: Option<String>,
    drafter: String,
    manages: bool,
    /// Why the answer, which is kept, is not signed.
    problem: Option<String>,
}

struct QuestionView {
    number: usize,
    id: QuestionId,
    text: String,
    choice: Option<Choice>,
    said: String,
    response: String,
}

impl QuestionView {
    fn is_chosen(&self, word: &str) -> bool {
        self.choice.is_some_and(|choice| choice.as_str() == word)
    }
}

#[derive(Debug, Default, serde::Deserialize)]
struct ShowQuery {
    /// `office`: those who are asked too look at how it goes.
    side: Option<String>,
}

async fn show(
    Path(id): Path<SlipId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Query(query): Query<ShowQuery>,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    let view = actions::find(&mut tx, &actor, id).await?;
    if !view.slip.state.is_sent() {
        return draft::page(&mut tx, chrome, &actor, view).await;
    }
    if view.own.is_none() || (view.manages && query.side.as_deref() == Some("office")) {
        return office::page(&mut tx, chrome, &actor, view, now).await;
    }
    drop(tx);
    let mut tx = app.db.write().await?;
    actions::open(&mut tx, &actor, id, now).await?;
    tx.commit().await?;
    let mut tx = app.db.read().await?;
    let view = actions::find(&mut tx, &actor, id).await?;
    web::page(&page(&mut tx, chrome, &actor, view, now).await?)
}

async fn page(
    tx: &mut Tx,
    chrome: Chrome,
    actor: &Actor,
    view: View,
    now: Timestamp,
) -> Result<MemberPage, web::Error> {
    let slip = view.slip;
    let own = view.own.ok_or(SlipError::NotFound)?;
    let signed = match own.document_id.filter(|_| !view.is_replaced) {
        Some(document) => {
            signing::status(tx, document).await?.map(|status| signing::urls::public(&status.code))
        }
        None => None,
    };
    let drafter = identity::store::person(tx, actor.organisation, slip.drafter_id).await?;
    Ok(MemberPage {
        body: meetings::store::meeting_type(tx, slip.type_id).await?.body_name,
        badge: member_badge(&chrome, own.state),
        questions: questions(tx, &slip, &own, view.is_replaced).await?,
        papers: if view.is_replaced { Vec::new() } else { store::papers(tx, slip.id).await? },
        choices: Choice::ALL
            .iter()
            .map(|one| (one.as_str(), chrome.t(&format!("slip-choice-{}", one.as_str()))))
            .collect(),
        may_answer: slip.state == SlipState::Collecting
            && own.state != MemberState::Signed
            && !view.is_replaced,
        is_late: slip.deadline < now,
        replaced_by: own.substitute.clone().filter(|_| view.is_replaced),
        instead_of: (own.substitute.is_some() && !view.is_replaced).then(|| own.full_name.clone()),
        has_key: signing::has_key(tx, actor.person).await?,
        drafter: drafter.map(|one| one.full_name).unwrap_or_default(),
        signed,
        manages: view.manages,
        problem: None,
        own,
        slip,
        chrome: chrome.at(Section::Slips),
    })
}

/// The questions with what this member said; a replaced member sees no answer
/// that is not their own.
async fn questions(
    tx: &mut Tx,
    slip: &Slip,
    own: &Member,
    is_replaced: bool,
) -> Result<Vec<QuestionView>, web::Error> {
    let answers = store::answers(tx, slip.id).await?;
    let questions = store::questions(tx, slip.id).await?;
    let view = |(number, question): (usize, store::Question)| {
        let of = answers.iter().find(|one| one.person_id == own.person_id && one.question_id == question.id);
        let of = of.filter(|_| !is_replaced);
        QuestionView {
            number,
            id: question.id,
            text: question.text,
            choice: of.map(|one| one.choice),
            said: of.map(|one| one.text.clone()).unwrap_or_default(),
            response: of.map(|one| one.response.clone()).unwrap_or_default(),
        }
    };
    Ok((1..).zip(questions).map(view).collect())
}

/// The fields are named after the questions: `choice-…` and `text-…`. With a
/// PIN the answer is signed at once; if that fails, it is kept unsigned.
async fn answer(
    Path(id): Path<SlipId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, web::Error> {
    let (version, is_signed) = keep(&app, &actor, id, &fields, now).await?;
    let pin = field(&fields, "pin").unwrap_or_default().to_owned();
    if is_signed && field(&fields, "how") == Some("sign") {
        match actions::sign(&app, &actor, id, (version, pin), now).await {
            Err(SlipError::Sign(error)) => return unsigned(&app, chrome, &actor, (id, error), now).await,
            signed => signed?,
        }
    }
    app.bell.notify_one();
    Ok(Redirect::to(&urls::slip(id)).into_response())
}

/// The page again with what was answered, and why it is not signed yet.
async fn unsigned(
    app: &App,
    chrome: Chrome,
    actor: &Actor,
    (id, error): (SlipId, SignError),
    now: Timestamp,
) -> Result<Response, web::Error> {
    let problem = match web::Error::from(error) {
        web::Error::Invalid(message) | web::Error::Conflict(message) => message.text(chrome.lang()),
        other => return Err(other),
    };
    let mut tx = app.db.read().await?;
    let view = actions::find(&mut tx, actor, id).await?;
    let page = page(&mut tx, chrome, actor, view, now).await?;
    let page = web::page(&MemberPage { problem: Some(problem), ..page })?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// Writes the answer down; gives its version, and whether it wants a signature.
async fn keep(
    app: &App,
    actor: &Actor,
    id: SlipId,
    fields: &[(String, String)],
    now: Timestamp,
) -> Result<(i64, bool), web::Error> {
    let mut tx = app.db.write().await?;
    let view = actions::find(&mut tx, actor, id).await?;
    let questions = store::questions(&mut tx, id).await?;
    let given = questions.iter().map(|question| Given {
        question: question.id,
        choice: field(fields, &format!("choice-{}", question.id)).and_then(|choice| choice.parse().ok()),
        text: field(fields, &format!("text-{}", question.id)).unwrap_or_default().to_owned(),
    });
    let given: Vec<Given> = given.collect();
    let version = field(fields, "version").and_then(|version| version.parse().ok()).unwrap_or_default();
    let version = actions::answer(&mut tx, actor, id, (&given, version), now).await?;
    tx.commit().await?;
    Ok((version, view.slip.is_signed))
}
