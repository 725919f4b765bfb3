//! The page of one vote.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use serde::Deserialize;

use super::super::rules::{VoteKind, VoteState};
use super::super::secret::web::SecretList;
use super::super::store::{self, MandateLine, SignatureLine, Vote};
use super::super::{VoteId, actions, secret, urls};
use super::result::{BallotLine, ResultView, ballots};
use super::sheet::{self, ChoiceButton, DraftLine};
use super::{result_view, rule_text};
use crate::db::{self, Db, Tx};
use crate::identity::{Actor, Chrome, PersonId, Section};
use crate::meetings;
use crate::meetings::store::Meeting;
use crate::signing::{self, Desk};
use crate::web::{self, App, Form, Lang, Now, Path};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/votes/{vote}", get(show))
        .route("/votes/{vote}/record-signatures", post(sign_record))
}

#[derive(Template)]
#[template(path = "voting/vote.html")]
struct VotePage {
    chrome: Chrome,
    meeting: Meeting,
    vote: Vote,
    /// The number of the vote this one repeats.
    repeats: Option<i64>,
    is_open: bool,
    is_cancelled: bool,
    may_conduct: bool,
    draft: Option<DraftLine>,
    rule: String,
    result: Option<ResultView>,
    /// Names with choices, once an open vote is over.
    ballots: Vec<BallotLine>,
    /// The ballots of a secret vote that is over, by code.
    secret: Option<SecretList>,
    /// Opening it would tell who chose what.
    few_voters: Option<usize>,
    /// Mandates that were held by somebody else than the member.
    proxies: Vec<MandateLine>,
    /// The last hash of its record.
    record: Option<String>,
    signatures: Vec<SignatureLine>,
    /// Ballots that the secretary may enter.
    by_hand: Option<HandForm>,
}

/// The form for a member whose device failed.
struct HandForm {
    members: Vec<(PersonId, String)>,
    questions: Vec<HandQuestion>,
}

struct HandQuestion {
    field: String,
    question: String,
    choices: Vec<ChoiceButton>,
}

async fn show(
    Path(id): Path<VoteId>,
    chrome: Chrome,
    actor: Actor,
    State(db): State<Db>,
) -> Result<Html<String>, web::Error> {
    let mut tx = db.read().await?;
    let (vote, _) = actions::find(&mut tx, &actor, id).await?;
    let (meeting, standing) = meetings::actions::find(&mut tx, &actor, vote.meeting).await?;
    let lang = chrome.lang();
    let result = store::result(&mut tx, id).await?.map(|result| result_view(lang, &vote, result));
    let mandates = store::mandates_of(&mut tx, id).await?;
    let takes_hands = standing.may_conduct() && vote.state == VoteState::Open && vote.kind == VoteKind::Open;
    web::page(&VotePage {
        repeats: number_of(&mut tx, vote.repeats).await?,
        is_open: vote.state == VoteState::Open,
        is_cancelled: vote.state == VoteState::Cancelled,
        may_conduct: standing.may_conduct(),
        draft: sheet::draft(&mut tx, &vote).await?,
        rule: rule_text(lang, &vote),
        ballots: ballots(&mut tx, lang, &vote).await?,
        secret: secret::web::list(&mut tx, lang, &vote).await?,
        few_voters: secret::actions::few_voters(&mut tx, &vote).await?,
        proxies: mandates.into_iter().filter(MandateLine::is_held_by_another).collect(),
        record: store::record_head(&mut tx, id).await?,
        signatures: store::record_signatures(&mut tx, id).await?,
        by_hand: if takes_hands { hand_form(&mut tx, lang, &vote).await? } else { None },
        chrome: chrome.at(Section::Meetings),
        meeting,
        vote,
        result,
    })
}

async fn number_of(tx: &mut Tx, vote: Option<VoteId>) -> Result<Option<i64>, db::Error> {
    let Some(vote) = vote else { return Ok(None) };
    Ok(store::vote(tx, vote).await?.map(|vote| vote.number))
}

/// The members whose ballots are missing; nobody else's can be entered.
async fn hand_form(tx: &mut Tx, lang: Lang, vote: &Vote) -> Result<Option<HandForm>, db::Error> {
    if vote.terms.signed_ballots {
        return Ok(None);
    }
    let body = actions::Body::load(tx, vote.meeting).await?;
    let waiting = actions::turnout(tx, vote, &body).await?.waiting;
    let missing = body.people.iter().filter(|one| waiting.contains(&one.person_id));
    let questions = store::sheet(tx, vote.sheet).await?;
    let open = questions.iter().filter(|other| other.state == VoteState::Open);
    let question = |vote: &Vote| HandQuestion {
        field: format!("choice-{}", vote.id),
        question: vote.question.clone(),
        choices: sheet::buttons(lang, vote, None),
    };
    Ok(Some(HandForm {
        members: missing.map(|one| (one.person_id, one.full_name.clone())).collect(),
        questions: open.map(question).collect(),
    }))
}

#[derive(Deserialize)]
struct PinForm {
    #[serde(default)]
    pin: String,
}

async fn sign_record(
    Path(id): Path<VoteId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<PinForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.read().await?;
    let content = actions::record_to_sign(&mut tx, &actor, id, now).await?;
    drop(tx);
    let signed =
        signing::sign_bytes(&Desk::of(&app), &actor, vec![content.into_bytes()], form.pin, now).await?;
    let mut tx = app.db.write().await?;
    for cms in signed {
        actions::sign_record(&mut tx, &actor, id, &cms, now).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&urls::vote(id)))
}
