//! What the preparation page shows and does beyond people and agenda: advice,
//! answers, recurrence, the signed invitation, papers on their way.

use axum::Router;
use axum::extract::State;
use axum::response::Redirect;
use axum::routing::post;
use serde::Deserialize;

use super::preparation::done;
use super::unit::{PaperLine, act_line, state_badge, steps_of};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::store::Unit;
use crate::identity::{Actor, Chrome, PersonId};
use crate::lights::Badge;
use crate::meetings::actions::MeetingError;
use crate::meetings::documents::{self, Step};
use crate::meetings::rules::{Advice, Answer, PaperAct, Rhythm};
use crate::meetings::store::{self, AgendaPaper, Meeting, Participant};
use crate::meetings::{ItemId, MeetingId, agenda, invitation, outlook, series, urls};
use crate::papers::PaperId;
use crate::signing::{self, DocumentState};
use crate::web::{self, App, Form, Now, Path};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/meetings/{meeting}/repetitions", post(repeat))
        .route("/meetings/{meeting}/invitation-letters", post(open_letter))
        .route("/meetings/{meeting}/items/{item}/deferral", post(defer))
        .route("/meetings/{meeting}/papers/{paper}/steps", post(step))
}

/// The surroundings of a meeting, as its preparation page shows them.
pub(super) struct PlanningView {
    pub advice: Vec<String>,
    pub counts: AnswerCounts,
    pub letter: Option<LetterView>,
    /// The chair first, then the other members.
    pub signers: Vec<(PersonId, String)>,
    pub units: Vec<Unit>,
    pub may_repeat: bool,
}

/// How many of the asked answered what.
#[derive(Default)]
pub(super) struct AnswerCounts {
    pub accepted: usize,
    pub declined: usize,
    pub substituted: usize,
    pub silent: usize,
}

impl AnswerCounts {
    pub fn of(answers: &[Option<Answer>]) -> Self {
        let count = |wanted: Option<Answer>| answers.iter().filter(|answer| **answer == wanted).count();
        Self {
            accepted: count(Some(Answer::Accepted)),
            declined: count(Some(Answer::Declined)),
            substituted: count(Some(Answer::Substituted)),
            silent: count(None),
        }
    }
}

pub(super) struct LetterView {
    pub badge: Badge,
    pub signer: String,
    pub file: String,
    pub is_stale: bool,
}

/// A paper on the preparation page, with how far it has come.
pub(super) struct PaperOnTheWay {
    pub paper: AgendaPaper,
    pub line: PaperLine,
}

pub(super) async fn load(
    tx: &mut Tx,
    chrome: &Chrome,
    meeting: &Meeting,
    people: &[Participant],
    units: Vec<Unit>,
    now: Timestamp,
) -> Result<PlanningView, web::Error> {
    let plan = store::plan(tx, meeting.id).await?;
    let answers = store::answers(tx, meeting.id).await?;
    let asked = people.iter().filter(|one| !matches!(one.role.as_str(), "chair" | "secretary"));
    let given: Vec<Option<Answer>> = asked
        .map(|one| answers.iter().find(|given| given.person_id == one.person_id).map(|given| given.answer))
        .collect();
    let advice = outlook::advice(tx, meeting, chrome.lang(), now).await?;
    let signers = people.iter().filter(|one| one.member);
    Ok(PlanningView {
        advice: advice.iter().map(|advice| advice_text(chrome, advice)).collect(),
        counts: AnswerCounts::of(&given),
        letter: letter(tx, chrome, meeting).await?,
        signers: signers.map(|one| (one.person_id, one.full_name.clone())).collect(),
        units,
        may_repeat: plan.series_id.is_none() && !meeting.state.has_begun_and_not_ended(),
    })
}

fn advice_text(chrome: &Chrome, advice: &Advice) -> String {
    match advice {
        Advice::NoPlace => chrome.t("advice-no-place"),
        Advice::RoomTooSmall { seats, people } => {
            chrome.t2("advice-room-small", "seats", seats, "people", people)
        }
        Advice::PapersOnTheWay { count } => chrome.t1("advice-papers", "count", count),
        Advice::PapersLate { since } => chrome.t1("advice-late", "time", since.date_time()),
        Advice::Holiday { name } => chrome.t1("advice-holiday", "name", name),
    }
}

async fn letter(tx: &mut Tx, chrome: &Chrome, meeting: &Meeting) -> Result<Option<LetterView>, web::Error> {
    let Some(letter) = invitation::letter(tx, meeting).await? else { return Ok(None) };
    let is_complete = letter.status.state == DocumentState::Complete;
    let badge = if is_complete {
        Badge { kind: "good", icon: "seal", word: "letter-signed" }
    } else {
        Badge { kind: "now", icon: "sign", word: "letter-waits" }
    };
    let signer = letter.status.steps.first().map(|step| step.full_name.clone()).unwrap_or_default();
    let file = if is_complete {
        signing::urls::public(&letter.status.code)
    } else {
        format!("{}/invitation", urls::meeting(meeting.id))
    };
    Ok(Some(LetterView {
        badge,
        signer: chrome.t1("letter-signer", "name", signer),
        file,
        is_stale: letter.is_stale,
    }))
}

/// Every paper of a meeting with how far it has come and what can be done.
pub(super) async fn papers(
    tx: &mut Tx,
    chrome: &Chrome,
    meeting: &Meeting,
    actor: &Actor,
) -> Result<Vec<PaperOnTheWay>, web::Error> {
    let steps = store::steps(tx, meeting.id).await?;
    let mut lines = Vec::new();
    for paper in store::all_papers(tx, meeting.id, actor.person).await? {
        let Some(known) = store::prepared_paper(tx, meeting.id, paper.paper_id).await? else { continue };
        let acts = documents::open_acts(tx, actor, meeting, &known).await?;
        let line = PaperLine {
            badge: state_badge(known.state),
            acts: acts.into_iter().map(|act| act_line(chrome, act)).collect(),
            steps: steps_of(chrome, &steps, known.paper_id),
            takes_files: false,
            known,
        };
        lines.push(PaperOnTheWay { paper, line });
    }
    Ok(lines)
}

#[derive(Debug, Deserialize)]
struct RepetitionForm {
    rhythm: Rhythm,
    /// As `2027-06-30`.
    last_day: String,
}

async fn repeat(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<RepetitionForm>,
) -> Result<Redirect, web::Error> {
    let until = form.last_day.parse().map_err(|_| MeetingError::Time)?;
    let mut tx = app.db.write().await?;
    series::repeat(&mut tx, &actor, id, form.rhythm, until, now).await?;
    done(&app, tx, id).await
}

#[derive(Debug, Deserialize)]
struct LetterForm {
    signer: PersonId,
}

async fn open_letter(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<LetterForm>,
) -> Result<Redirect, web::Error> {
    invitation::open_for_signing(&app, &actor, id, form.signer, now).await?;
    let tx = app.db.read().await?;
    done(&app, tx, id).await
}

#[derive(Debug, Deserialize)]
struct DeferralForm {
    deferred: Option<String>,
}

async fn defer(
    Path((id, item)): Path<(MeetingId, ItemId)>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<DeferralForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    agenda::defer_item(&mut tx, &actor, id, item, form.deferred.is_some(), now).await?;
    done(&app, tx, id).await
}

#[derive(Debug, Deserialize)]
struct StepForm {
    act: PaperAct,
    version: i64,
    reason: Option<String>,
    /// `unit`: go back to the unit's own page.
    back: Option<String>,
}

async fn step(
    Path((id, paper)): Path<(MeetingId, PaperId)>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<StepForm>,
) -> Result<Redirect, web::Error> {
    let step = Step { act: form.act, version: form.version, reason: form.reason.unwrap_or_default() };
    let mut tx = app.db.write().await?;
    documents::step(&mut tx, &actor, id, paper, &step, now).await?;
    let to_preparation = done(&app, tx, id).await?;
    Ok(if form.back.as_deref() == Some("unit") { Redirect::to(&urls::unit()) } else { to_preparation })
}
