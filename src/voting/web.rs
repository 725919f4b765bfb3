//! Preparing, opening, casting, closing, and the page of one vote.

mod proxies;
pub mod result;
pub mod sheet;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use serde::Deserialize;

use self::result::{BallotLine, ResultView};
use super::actions::{self, Answer, Question, VoteError};
use super::rules::{VoteKind, VoteState};
use super::secret::web::SecretList;
use super::store::{self, MandateLine, Vote};
use super::{VoteId, secret};
use crate::db::Db;
use crate::identity::{Actor, Chrome, PersonId, Section};
use crate::meetings::store::Meeting;
use crate::meetings::{self, ItemId, MeetingId};
use crate::papers::VersionId;
use crate::web::{self, App, Form, Now, Path};

pub use self::result::{option_label, result_view, rule_text};

pub fn router() -> Router<App> {
    Router::new()
        .route("/meetings/{meeting}/votes", post(prepare))
        .route("/votes/{vote}", get(show))
        .route("/votes/{vote}/ballots", post(cast))
        .route("/votes/{vote}/entered-ballots", post(enter))
        .route("/votes/{vote}/opening", post(open))
        .route("/votes/{vote}/closure", post(close))
        .route("/votes/{vote}/cancellation", post(cancel))
        .route("/votes/{vote}/repetition", post(repeat))
        .merge(proxies::router())
        .merge(secret::web::router())
}

impl From<VoteError> for web::Error {
    fn from(error: VoteError) -> Self {
        match error {
            VoteError::NotFound => Self::NotFound,
            VoteError::NotOpen => Self::Conflict("vote-not-open".into()),
            VoteError::AnotherOpen => Self::Conflict("vote-another-open".into()),
            VoteError::NotAMember => Self::Forbidden("vote-not-a-member".into()),
            VoteError::NotPresent => Self::Conflict("vote-not-present".into()),
            VoteError::NotYourMandate => Self::Conflict("vote-not-your-mandate".into()),
            VoteError::AlreadyVoted => Self::Conflict("vote-already-cast".into()),
            VoteError::OwnBallotStands => Self::Conflict("vote-own-ballot-stands".into()),
            VoteError::Choice => Self::Invalid("vote-choice-bad".into()),
            VoteError::Secret => Self::Conflict("vote-is-secret".into()),
            VoteError::Unsigned => Self::Conflict("vote-needs-signature".into()),
            VoteError::NotConducting => Self::Forbidden("meeting-not-organiser".into()),
            VoteError::NotUnderWay => Self::Conflict("vote-not-under-way".into()),
            VoteError::Interrupted => Self::Conflict("vote-interrupted".into()),
            VoteError::Question => Self::Invalid("vote-question-bad".into()),
            VoteError::Secrecy => Self::Conflict("vote-secrecy-by-rule".into()),
            VoteError::StaleDraft => Self::Conflict("vote-stale-draft".into()),
            VoteError::Reason => Self::Invalid("vote-reason-bad".into()),
            VoteError::NotOver => Self::Conflict("vote-not-over".into()),
            VoteError::NoProxy => Self::Conflict("vote-no-proxy".into()),
            VoteError::Meeting(error) => error.into(),
            VoteError::Box(error) => error.into(),
            VoteError::Db(error) => error.into(),
        }
    }
}

/// Fields that may come several times: `item`, `question` and `paper_version`
/// belong together in the order they come.
fn questions(fields: &[(String, String)]) -> Result<Vec<Question>, web::Error> {
    let all = |name: &'static str| {
        fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    };
    let mut versions = all("paper_version");
    let mut read = Vec::new();
    for (item, text) in all("item").zip(all("question")) {
        let item: ItemId = item.parse().map_err(|_| web::Error::NotFound)?;
        let paper_version: Option<VersionId> = versions.next().and_then(|version| version.parse().ok());
        read.push(Question { item, text: text.to_owned(), paper_version });
    }
    Ok(read)
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
}

async fn prepare(
    Path(meeting): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Redirect, web::Error> {
    let questions = questions(&fields)?;
    let kind: Option<VoteKind> = field(&fields, "kind").and_then(|kind| kind.parse().ok());
    let mut tx = app.db.write().await?;
    let vote = actions::prepare(&mut tx, &actor, meeting, &questions, kind, now).await?;
    let opens = field(&fields, "open").is_some();
    if opens {
        actions::open(&mut tx, &actor, vote, now).await?;
    }
    tx.commit().await?;
    if opens {
        return Ok(back(&app, meeting));
    }
    // Only those who run the meeting see what is prepared.
    app.live.changed(meetings::desk_topic(meeting));
    Ok(Redirect::to(&meetings::urls::meeting(meeting)))
}

/// What a vote changes on pages, the sheet and the results, many see alike.
fn back(app: &App, meeting: MeetingId) -> Redirect {
    app.live.changed_alike(meetings::topic(meeting));
    Redirect::to(&meetings::urls::meeting(meeting))
}

/// Answers as a sheet sends them. `choice` is the voter's own mandate on the
/// vote of the address; `choice-VOTE` and `choice-VOTE-MEMBER` name others.
fn answers(fields: &[(String, String)], vote: VoteId, actor: PersonId) -> Result<Vec<Answer>, VoteError> {
    let mut read = Vec::new();
    for (name, choice) in fields {
        let mut parts = name.split('-');
        if parts.next() != Some("choice") {
            continue;
        }
        let vote = parts.next().map_or(Ok(vote), |id| id.parse().map_err(|_| VoteError::Choice))?;
        let member = parts.next().map_or(Ok(actor), |id| id.parse().map_err(|_| VoteError::Choice))?;
        read.push(Answer { vote, member, choice: choice.clone() });
    }
    Ok(read)
}

async fn cast(
    Path(vote): Path<VoteId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let answers = answers(&fields, vote, actor.person)?;
    let vote = actions::cast(&mut tx, &actor, vote, &answers, now).await?;
    tx.commit().await?;
    // How many ballots are in is for those who run the vote; the voter's page follows by itself.
    app.live.changed(meetings::desk_topic(vote.meeting));
    Ok(Redirect::to(&meetings::urls::meeting(vote.meeting)))
}

async fn enter(
    Path(vote): Path<VoteId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let answers = answers(&fields, vote, actor.person)?;
    let vote = actions::enter_by_hand(&mut tx, &actor, vote, &answers, now).await?;
    tx.commit().await?;
    // The sheets of those it was entered for change.
    app.live.changed(meetings::topic(vote.meeting));
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
    Ok(back(&app, vote.meeting))
}

async fn close(
    Path(vote): Path<VoteId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let vote = actions::close(&mut tx, &actor, vote, now).await?;
    tx.commit().await?;
    Ok(back(&app, vote.meeting))
}

#[derive(Debug, Deserialize)]
struct CancelForm {
    #[serde(default)]
    reason: String,
}

async fn cancel(
    Path(vote): Path<VoteId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<CancelForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let vote = actions::cancel(&mut tx, &actor, vote, &form.reason, now).await?;
    tx.commit().await?;
    Ok(back(&app, vote.meeting))
}

async fn repeat(
    Path(vote): Path<VoteId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let new = actions::repeat(&mut tx, &actor, vote, now).await?;
    let (new, _) = actions::find(&mut tx, &actor, new).await?;
    tx.commit().await?;
    Ok(back(&app, new.meeting))
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
    draft: Option<sheet::DraftLine>,
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
}

async fn show(
    Path(id): Path<VoteId>,
    chrome: Chrome,
    actor: Actor,
    State(db): State<Db>,
) -> Result<Html<String>, web::Error> {
    let mut tx = db.read().await?;
    let (vote, meeting) = actions::find(&mut tx, &actor, id).await?;
    let (_, standing) = meetings::actions::find(&mut tx, &actor, vote.meeting).await?;
    let result = store::result(&mut tx, id).await?.map(|result| result_view(chrome.lang(), &vote, result));
    let repeats = match vote.repeats {
        Some(earlier) => store::vote(&mut tx, earlier).await?.map(|earlier| earlier.number),
        None => None,
    };
    let mandates = store::mandates_of(&mut tx, id).await?;
    web::page(&VotePage {
        repeats,
        is_open: vote.state == VoteState::Open,
        is_cancelled: vote.state == VoteState::Cancelled,
        may_conduct: standing.may_conduct(),
        draft: sheet::draft(&mut tx, &vote).await?,
        rule: rule_text(chrome.lang(), &vote),
        ballots: result::ballots(&mut tx, chrome.lang(), &vote).await?,
        secret: secret::web::list(&mut tx, chrome.lang(), &vote).await?,
        few_voters: secret::actions::few_voters(&mut tx, &vote).await?,
        proxies: mandates.into_iter().filter(MandateLine::is_held_by_another).collect(),
        chrome: chrome.at(Section::Meetings),
        meeting,
        vote,
        result,
    })
}
