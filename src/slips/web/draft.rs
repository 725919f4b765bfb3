//! The form of a slip, its papers, and its way to being sent.

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use serde::Deserialize;

use super::state_badge;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::store::Person;
use crate::identity::{self, Actor, Chrome, PersonId, Section};
use crate::meetings;
use crate::meetings::store::MeetingType;
use crate::papers;
use crate::slips::actions::{self, Draft, SlipError, View};
use crate::slips::rules::{Act, State as SlipState};
use crate::slips::store::{self, Paper, Question, Slip};
use crate::slips::{SlipId, urls};
use crate::web::{self, App, Form, Now, Parts, Path, StateBadge};

const DAY: i64 = 86_400;

pub(super) fn router() -> Router<App> {
    let uploads = Router::new()
        .route("/slips/{slip}/papers", post(add_paper))
        // The upload itself counts its bytes and stops at the configured limit.
        .layer(DefaultBodyLimit::disable());
    Router::new()
        .merge(uploads)
        .route("/slips/new", get(show_new).post(create))
        .route("/slips/{slip}/draft", post(save))
        .route("/slips/{slip}/acts", post(advance))
}

#[derive(Template)]
#[template(path = "slips/draft.html")]
struct DraftPage {
    chrome: Chrome,
    slip: Option<Slip>,
    badge: Option<StateBadge>,
    bodies: Vec<MeetingType>,
    people: Vec<Candidate>,
    questions: String,
    listed: Vec<Question>,
    papers: Vec<Paper>,
    deadline: String,
    adviser: PersonId,
    approver: PersonId,
    may_edit: bool,
    may: Vec<Act>,
}

struct Candidate {
    person: Person,
    is_asked: bool,
}

impl DraftPage {
    fn may(&self, act: &str) -> bool {
        self.may.iter().any(|one| one.as_str() == act)
    }
}

async fn show_new(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    let asked = store::last_members(&mut tx, actor.organisation).await?;
    let deadline = now.day().0.plus_seconds(5 * DAY + 17 * 3600);
    web::page(&DraftPage {
        bodies: meetings::store::types(&mut tx, actor.organisation).await?,
        people: candidates(&mut tx, &actor, &asked).await?,
        questions: chrome.t("slip-question-usual"),
        listed: Vec::new(),
        papers: Vec::new(),
        deadline: deadline.for_input(),
        adviser: actor.person,
        approver: actor.person,
        slip: None,
        badge: None,
        may_edit: true,
        may: Vec::new(),
        chrome: chrome.at(Section::Slips),
    })
}

/// The page of a slip that is not sent yet.
pub(super) async fn page(
    tx: &mut Tx,
    chrome: Chrome,
    actor: &Actor,
    view: View,
) -> Result<Html<String>, web::Error> {
    let asked: Vec<PersonId> = view.members.iter().map(|one| one.person_id).collect();
    let listed = store::questions(tx, view.slip.id).await?;
    let texts: Vec<&str> = listed.iter().map(|one| one.text.as_str()).collect();
    let may = |act: &Act| match act {
        Act::Approve => view.approves,
        Act::Return => view.approves || view.manages,
        Act::Submit | Act::Send | Act::Cancel => view.manages,
        Act::Close | Act::Report => false,
    };
    web::page(&DraftPage {
        bodies: meetings::store::types(tx, actor.organisation).await?,
        people: candidates(tx, actor, &asked).await?,
        questions: texts.join("\n"),
        papers: store::papers(tx, view.slip.id).await?,
        deadline: view.slip.deadline.for_input(),
        adviser: view.slip.adviser_id,
        approver: view.slip.approver_id,
        badge: Some(state_badge(&chrome, view.slip.state)),
        may_edit: view.manages && view.slip.state == SlipState::Draft,
        may: Act::ALL
            .iter()
            .copied()
            .filter(|act| may(act) && view.slip.state.after(*act).is_some())
            .collect(),
        listed,
        slip: Some(view.slip),
        chrome: chrome.at(Section::Slips),
    })
}

/// Everyone who could be asked; those who are come first.
async fn candidates(tx: &mut Tx, actor: &Actor, asked: &[PersonId]) -> Result<Vec<Candidate>, web::Error> {
    let people = identity::store::people(tx, actor.organisation).await?;
    let active = people.into_iter().filter(|one| one.active).collect();
    let sorted = identity::actions::sorted_by_name(active);
    let candidate = |person: Person| Candidate { is_asked: asked.contains(&person.id), person };
    let mut candidates: Vec<Candidate> = sorted.into_iter().map(candidate).collect();
    candidates.sort_by_key(|one| !one.is_asked);
    Ok(candidates)
}

/// `member` may stand many times; each line of `questions` is one.
fn draft_of(fields: &[(String, String)]) -> Result<Draft, SlipError> {
    let field = |name: &str| {
        let found = fields.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    let person = |value: &str| value.parse().map_err(|_| SlipError::NotFound);
    let members = fields.iter().filter(|(name, _)| name == "member");
    let questions = field("questions").lines().map(str::trim).filter(|line| !line.is_empty());
    Ok(Draft {
        body: field("body").parse().map_err(|_| SlipError::NotFound)?,
        title: field("title").to_owned(),
        statement: field("statement").to_owned(),
        questions: questions.map(str::to_owned).collect(),
        members: members.map(|(_, value)| person(value)).collect::<Result<_, _>>()?,
        adviser: person(field("adviser"))?,
        approver: person(field("approver"))?,
        deadline: Timestamp::from_input(field("deadline")).ok_or(SlipError::Deadline)?,
        version: field("version").parse().unwrap_or_default(),
    })
}

async fn create(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let slip = actions::create(&mut tx, &actor, &draft_of(&fields)?, now).await?;
    done(&app, tx, slip).await
}

async fn save(
    Path(id): Path<SlipId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::find(&mut tx, &actor, id).await?;
    actions::save(&mut tx, &actor, id, &draft_of(&fields)?, now).await?;
    done(&app, tx, id).await
}

pub(super) async fn done(app: &App, tx: Tx, id: SlipId) -> Result<Redirect, web::Error> {
    tx.commit().await?;
    app.bell.notify_one();
    Ok(Redirect::to(&urls::slip(id)))
}

async fn add_paper(
    Path(id): Path<SlipId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    mut form: Parts,
) -> Result<Redirect, web::Error> {
    // Refuses before a long upload is read, not after.
    let mut tx = app.db.read().await?;
    let view = actions::find(&mut tx, &actor, id).await?;
    drop(tx);
    if !view.manages {
        return Err(SlipError::NotYours.into());
    }
    while let Some(mut part) = form.next().await? {
        if part.name() == "file" && !part.file_name().is_empty() {
            let upload = papers::web::receive(&app, &mut part).await?;
            let mut tx = app.db.write().await?;
            actions::add_paper(&mut tx, &actor, id, &upload, now).await?;
            tx.commit().await?;
        }
    }
    app.bell.notify_one();
    Ok(Redirect::to(&urls::slip(id)))
}

#[derive(Debug, Deserialize)]
struct ActForm {
    act: String,
    version: i64,
    #[serde(default)]
    reason: String,
}

async fn advance(
    Path(id): Path<SlipId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<ActForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::find(&mut tx, &actor, id).await?;
    let act: Act = form.act.parse().map_err(|_| SlipError::NotNow)?;
    actions::advance(&mut tx, &actor, id, (act, &form.reason, form.version), now).await?;
    done(&app, tx, id).await
}
