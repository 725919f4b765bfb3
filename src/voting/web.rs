//! Preparing, opening, casting, closing, and the page of one vote.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use serde::Deserialize;

use super::VoteId;
use super::actions::{self, Question, VoteError};
use super::rules::{Choice, Outcome, VoteState};
use super::store::{self, NamedBallot, Vote, VoteResult};
use crate::db::Db;
use crate::identity::{Actor, Chrome, Section};
use crate::meetings::store::Meeting;
use crate::meetings::{self, ItemId, MeetingId};
use crate::papers::VersionId;
use crate::web::{self, App, Form, Now, Path};

pub fn router() -> Router<App> {
    Router::new()
        .route("/meetings/{meeting}/votes", post(prepare))
        .route("/votes/{vote}", get(show))
        .route("/votes/{vote}/ballots", post(cast))
        .route("/votes/{vote}/opening", post(open))
        .route("/votes/{vote}/closure", post(close))
}

impl From<VoteError> for web::Error {
    fn from(error: VoteError) -> Self {
        match error {
            VoteError::NotFound => Self::NotFound,
            VoteError::NotOpen => Self::Conflict("vote-not-open".into()),
            VoteError::AnotherOpen => Self::Conflict("vote-another-open".into()),
            VoteError::NotAMember => Self::Forbidden("vote-not-a-member".into()),
            VoteError::NotPresent => Self::Conflict("vote-not-present".into()),
            VoteError::AlreadyVoted => Self::Conflict("vote-already-cast".into()),
            VoteError::NotConducting => Self::Forbidden("meeting-not-organiser".into()),
            VoteError::NotUnderWay => Self::Conflict("vote-not-under-way".into()),
            VoteError::Question => Self::Invalid("vote-question-bad".into()),
            VoteError::Meeting(error) => error.into(),
            VoteError::Db(error) => error.into(),
        }
    }
}

#[derive(Debug, Deserialize)]
struct QuestionForm {
    item: ItemId,
    question: String,
    paper_version: Option<String>,
    /// Present: open it at once.
    open: Option<String>,
}

async fn prepare(
    Path(meeting): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<QuestionForm>,
) -> Result<Redirect, web::Error> {
    let paper_version: Option<VersionId> = form.paper_version.and_then(|version| version.parse().ok());
    let question = Question { item: form.item, text: form.question, paper_version };
    let mut tx = app.db.write().await?;
    let vote = actions::prepare(&mut tx, &actor, meeting, question, now).await?;
    if form.open.is_some() {
        actions::open(&mut tx, &actor, vote, now).await?;
    }
    tx.commit().await?;
    app.live.changed(meetings::topic(meeting));
    Ok(Redirect::to(&meetings::urls::meeting(meeting)))
}

#[derive(Debug, Deserialize)]
struct CastForm {
    choice: Choice,
}

async fn cast(
    Path(vote): Path<VoteId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<CastForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let vote = actions::cast(&mut tx, &actor, vote, form.choice, now).await?;
    tx.commit().await?;
    app.live.changed(meetings::desk_topic(vote.meeting));
    Ok(Redirect::to(&meetings::urls::meeting(vote.meeting)))
}

async fn open(
    Path(vote): Path<VoteId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let vote = actions::open(&mut tx, &actor, vote, now).await?;
    tx.commit().await?;
    app.live.changed(meetings::topic(vote.meeting));
    Ok(Redirect::to(&meetings::urls::meeting(vote.meeting)))
}

async fn close(
    Path(vote): Path<VoteId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let (vote, _) = actions::close(&mut tx, &actor, vote, now).await?;
    tx.commit().await?;
    app.live.changed(meetings::topic(vote.meeting));
    Ok(Redirect::to(&meetings::urls::meeting(vote.meeting)))
}

#[derive(Template)]
#[template(path = "voting/vote.html")]
struct VotePage {
    chrome: Chrome,
    meeting: Meeting,
    vote: Vote,
    is_open: bool,
    rule: String,
    result: Option<ResultView>,
    /// Names with choices, once the vote is over.
    ballots: Vec<NamedBallot>,
}

/// A result with its shares, ready to show.
pub struct ResultView {
    pub result: VoteResult,
    pub is_adopted: bool,
    pub outcome: String,
    pub decided_by: Option<String>,
    pub rows: Vec<ResultRow>,
}

pub struct ResultRow {
    pub label: String,
    pub icon: &'static str,
    pub kind: &'static str,
    pub count: i64,
    /// Per cent of all members and of those present, one decimal.
    pub of_members: String,
    pub of_present: String,
    pub width: i64,
}

async fn show(
    Path(id): Path<VoteId>,
    chrome: Chrome,
    actor: Actor,
    State(db): State<Db>,
) -> Result<Html<String>, web::Error> {
    let mut tx = db.read().await?;
    let vote = actions::find(&mut tx, &actor, id).await?;
    let (meeting, _) = meetings::actions::find(&mut tx, &actor, vote.meeting).await?;
    let result = store::results_of(&mut tx, vote.meeting).await?.into_iter().find(|(of, _)| *of == id);
    let result = result.map(|(_, result)| result_view(&chrome, result));
    let is_over = vote.state == VoteState::Published;
    let ballots = if is_over { store::ballots(&mut tx, id).await? } else { Vec::new() };
    let rule = rule_text(chrome.lang(), &vote);
    let is_open = vote.state == VoteState::Open;
    web::page(&VotePage {
        chrome: chrome.at(Section::Meetings),
        meeting,
        is_open,
        vote,
        rule,
        result,
        ballots,
    })
}

/// The rule of a vote in one sentence.
pub fn rule_text(lang: web::Lang, vote: &Vote) -> String {
    let terms = &vote.terms;
    let base = lang.t(&format!("base-{}", terms.base.as_str()));
    let key = if terms.strict { "rule-more-than" } else { "rule-at-least" };
    let tie = lang.t(&format!("tie-{}", terms.tie.as_str()));
    let gaps = [
        ("quorum", terms.quorum.to_string()),
        ("part", terms.pass.to_string()),
        ("base", base),
        ("tie", tie),
    ];
    let gaps: Vec<(&'static str, &str)> = gaps.iter().map(|(name, value)| (*name, value.as_str())).collect();
    lang.t_with(key, &gaps)
}

pub fn result_view(chrome: &Chrome, result: VoteResult) -> ResultView {
    let tally = &result.tally;
    let row = |label: &str, icon, kind, count: i64| ResultRow {
        label: chrome.t(label),
        icon,
        kind,
        count,
        of_members: per_cent(count, tally.total_members),
        of_present: per_cent(count, tally.present),
        width: if tally.total_members > 0 { count * 100 / tally.total_members } else { 0 },
    };
    let rows = vec![
        row("choice-approve", "check", "good", tally.approve),
        row("choice-reject", "cross", "bad", tally.reject),
        row("choice-abstain", "minus", "", tally.abstain),
        row("not-voting", "ring", "none", tally.not_voting),
    ];
    let decided_by = match result.decided_by {
        super::rules::DecidedBy::Count => None,
        super::rules::DecidedBy::ChairSide => Some(chrome.t("decided-chair-side")),
        super::rules::DecidedBy::TieFails => Some(chrome.t("decided-tie-fails")),
    };
    ResultView {
        is_adopted: result.outcome == Outcome::Adopted,
        outcome: chrome.t(&format!("outcome-{}", result.outcome.as_str())),
        decided_by,
        rows,
        result,
    }
}

/// `66,7 %`: decimals with a comma, as Vietnamese documents write them.
pub fn per_cent(part: i64, whole: i64) -> String {
    if whole <= 0 {
        return "–".to_owned();
    }
    let tenths = (part * 1000 + whole / 2) / whole;
    format!("{},{} %", tenths / 10, tenths % 10)
}
