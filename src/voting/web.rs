//! The forms of votes: preparing, opening, casting, closing.

mod exports;
mod list;
mod page;
mod proxies;
pub mod result;
pub mod sheet;

use axum::Router;
use axum::extract::State;
use axum::response::Redirect;
use axum::routing::post;
use serde::Deserialize;

use super::actions::{self, Answer, Question, SignedAnswer, VoteError};
use super::rules::VoteKind;
use super::{VoteId, secret, urls};
use crate::clock::Timestamp;
use crate::identity::{Actor, PersonId};
use crate::meetings::{self, ItemId, MeetingId};
use crate::papers::VersionId;
use crate::signing::{self, Desk};
use crate::web::{self, App, Form, Now, Path};

pub use self::result::{option_label, result_view, rule_text};

pub fn router() -> Router<App> {
    Router::new()
        .route("/meetings/{meeting}/votes", post(prepare))
        .route("/votes/{vote}/ballots", post(cast))
        .route("/votes/{vote}/entered-ballots", post(enter))
        .route("/votes/{vote}/opening", post(open))
        .route("/votes/{vote}/closure", post(close))
        .route("/votes/{vote}/cancellation", post(cancel))
        .route("/votes/{vote}/repetition", post(repeat))
        .route("/votes/{vote}/unanimity", post(close_as_unanimous))
        .merge(page::router())
        .merge(list::router())
        .merge(exports::router())
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
            VoteError::NotUnanimous => Self::Conflict("vote-not-unanimous".into()),
            VoteError::Record(reason) => Self::internal(std::io::Error::other(reason)),
            VoteError::Sign(error) => error.into(),
            VoteError::Meeting(error) => error.into(),
            VoteError::Box(error) => error.into(),
            VoteError::Db(error) => error.into(),
        }
    }
}

/// The questions of a form: one, with `item`, `question` and `paper_version`;
/// or a list, whose `about` (an item, or an item and a paper's version) and
/// `question` come in pairs, some of them left empty.
fn questions(fields: &[(String, String)]) -> Result<Vec<Question>, web::Error> {
    let all = |name: &'static str| {
        fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    };
    let question = |item: &str, version: Option<&str>, text: &str| {
        let item: ItemId = item.parse().map_err(|_| web::Error::NotFound)?;
        let paper_version: Option<VersionId> = version.and_then(|version| version.parse().ok());
        Ok(Question { item, text: text.to_owned(), paper_version })
    };
    if let Some(item) = field(fields, "item") {
        let text = field(fields, "question").unwrap_or_default();
        return Ok(vec![question(item, field(fields, "paper_version"), text)?]);
    }
    let pairs = all("about").zip(all("question")).filter(|(_, text)| !text.trim().is_empty());
    let read = pairs.map(|(about, text)| match about.split_once('/') {
        Some((item, version)) => question(item, Some(version), text),
        None => question(about, None, text),
    });
    read.collect()
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
    let answers = answers(&fields, vote, actor.person)?;
    let signatures = signatures(&app, &actor, vote, &answers, field(&fields, "pin"), now).await?;
    let signed = answers.into_iter().zip(signatures);
    let signed: Vec<SignedAnswer> =
        signed.map(|(answer, signature)| SignedAnswer { answer, signature }).collect();
    let mut tx = app.db.write().await?;
    let vote = actions::cast_signed(&mut tx, &actor, vote, &signed, now).await?;
    tx.commit().await?;
    // How many ballots are in is for those who run the vote; the voter's page follows by itself.
    app.live.changed(meetings::desk_topic(vote.meeting));
    Ok(Redirect::to(&meetings::urls::meeting(vote.meeting)))
}

/// A signature for each answer, where a PIN came with them.
async fn signatures(
    app: &App,
    actor: &Actor,
    vote: VoteId,
    answers: &[Answer],
    pin: Option<&str>,
    now: Timestamp,
) -> Result<Vec<Option<Vec<u8>>>, VoteError> {
    let Some(pin) = pin else { return Ok(vec![None; answers.len()]) };
    let mut tx = app.db.read().await?;
    let contents = actions::ballots_to_sign(&mut tx, actor, vote, answers).await?;
    drop(tx);
    let contents = contents.into_iter().map(String::into_bytes).collect();
    let made = signing::sign_bytes(&Desk::of(app), actor, contents, pin.to_owned(), now).await?;
    Ok(made.into_iter().map(Some).collect())
}

async fn enter(
    Path(vote): Path<VoteId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let member = field(&fields, "member").and_then(|id| id.parse().ok()).ok_or(VoteError::Choice)?;
    let answers = answers(&fields, vote, member)?;
    let vote = actions::enter_by_hand(&mut tx, &actor, vote, &answers, now).await?;
    tx.commit().await?;
    // The sheets of those it was entered for change.
    app.live.changed(meetings::topic(vote.meeting));
    Ok(Redirect::to(&urls::vote(vote.id)))
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

async fn close_as_unanimous(
    Path(vote): Path<VoteId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let vote = actions::close_as_unanimous(&mut tx, &actor, vote, now).await?;
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
    app.live.changed(meetings::topic(new.meeting));
    Ok(Redirect::to(&urls::vote(new.id)))
}
