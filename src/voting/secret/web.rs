//! Asking for a paper, casting a ballot, and the form of one ballot.

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::CONNECTION;
use axum::response::IntoResponse;
use axum::routing::post;
use serde::Deserialize;
use tokio::sync::Semaphore;

use super::actions::{self, BoxError, SecretError};
use super::key::before_code;
use super::rules::{Ballot, Code};
use super::{store, urls};
use crate::db::{self, Tx};
use crate::identity::{Actor, Chrome, PersonId};
use crate::meetings;
use crate::voting::VoteId;
use crate::voting::rules::{VoteKind, VoteState};
use crate::voting::store::Vote;
use crate::voting::web::result::choice_label;
use crate::voting::web::sheet::{ChoiceButton, MandateView, buttons};
use crate::web::{self, App, Form, Now, Path};

/// Far above a ballot of a 2048-bit key, written in hex.
const BODY_LIMIT: usize = 4 * 1024;
/// Signatures checked at a time: strangers may post here, and their nonsense
/// must leave the processor to others.
static CHECKS: Semaphore = Semaphore::const_new(4);

pub fn router() -> Router<App> {
    Router::new()
        .route("/votes/{vote}/ballot-papers", post(issue))
        .route("/votes/{vote}/secret-ballots", post(cast))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

impl From<BoxError> for web::Error {
    fn from(error: BoxError) -> Self {
        Self::internal(error)
    }
}

impl From<SecretError> for web::Error {
    fn from(error: SecretError) -> Self {
        match error {
            SecretError::NotSecret => Self::NotFound,
            SecretError::BadRequest => Self::Invalid("secret-paper-bad".into()),
            SecretError::PaperElsewhere => Self::Conflict("secret-paper-elsewhere".into()),
            SecretError::NotAPaper => Self::Forbidden("secret-not-paper".into()),
            SecretError::Spent => Self::Conflict("secret-spent".into()),
            SecretError::Vote(error) => error.into(),
            SecretError::Box(error) => error.into(),
            SecretError::Db(error) => error.into(),
        }
    }
}

#[derive(Deserialize)]
struct PaperForm {
    member: PersonId,
    blinded: String,
}

/// Answers with the blind signature, in hex, to the page's script.
async fn issue(
    Path(vote): Path<VoteId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<PaperForm>,
) -> Result<String, web::Error> {
    let blinded = hex::decode(&form.blinded).map_err(|_| SecretError::BadRequest)?;
    let mut tx = app.db.write().await?;
    let (meeting, signature) =
        actions::issue_paper(&mut tx, &actor, vote, (form.member, &blinded), now).await?;
    tx.commit().await?;
    app.live.changed(meetings::desk_topic(meeting));
    Ok(hex::encode(signature))
}

/// Not `Debug`: nothing may print it.
#[derive(Deserialize)]
struct BallotForm {
    code: String,
    signature: String,
    choice: String,
}

impl BallotForm {
    fn read(self) -> Option<Ballot> {
        let (code, signature) = (Code::parse(&self.code)?, hex::decode(&self.signature).ok()?);
        Some(Ballot { code, choice: self.choice, signature })
    }
}

/// Takes a ballot from nobody: no session is looked at, nothing is logged,
/// and the connection ends, so that what it held in memory is wiped.
async fn cast(
    Path(vote): Path<VoteId>,
    State(app): State<App>,
    Form(form): Form<BallotForm>,
) -> Result<impl IntoResponse, web::Error> {
    let ballot = form.read().ok_or(SecretError::NotAPaper)?;
    let mut tx = app.db.read().await?;
    let key = actions::public_key(&mut tx, vote).await?;
    drop(tx);
    let seat = CHECKS.acquire().await.map_err(web::Error::internal)?;
    if !key.holds(vote, &ballot.code, &ballot.signature).map_err(BoxError::from)? {
        return Err(SecretError::NotAPaper.into());
    }
    drop(seat);
    let mut tx = app.db.write().await?;
    let meeting = actions::cast(&mut tx, vote, ballot).await?;
    tx.commit().await?;
    app.live.changed(meetings::desk_topic(meeting));
    Ok([(CONNECTION, "close")])
}

/// One mandate's ballot in one secret vote, as the sheet shows it.
pub struct SecretBallotView {
    pub vote: VoteId,
    pub member: PersonId,
    /// Whose, and on what, when the sheet has several.
    pub name: Option<String>,
    pub question: Option<String>,
    pub hindrance: Option<String>,
    pub choices: Vec<ChoiceButton>,
    /// The vote's public key, in hex.
    pub modulus: String,
    /// What stands before the code in what is signed.
    pub signed_text: String,
    pub papers_url: String,
    pub ballots_url: String,
}

/// The ballots of a sheet: for each mandate, one on each question.
pub async fn ballots(
    tx: &mut Tx,
    chrome: &Chrome,
    open: &[&Vote],
    mandates: &[MandateView],
) -> Result<Vec<SecretBallotView>, db::Error> {
    let mut views = Vec::new();
    for mandate in mandates {
        for vote in open {
            let Some((key, _)) = store::public_side(tx, vote.id).await? else { continue };
            views.push(SecretBallotView {
                vote: vote.id,
                member: mandate.member,
                name: mandate.name.clone(),
                question: (open.len() > 1).then(|| vote.question.clone()),
                hindrance: mandate.hindrance.clone(),
                choices: buttons(chrome, vote, None),
                modulus: hex::encode(&key.modulus),
                signed_text: before_code(vote.id),
                papers_url: urls::papers(vote.id),
                ballots_url: urls::ballots(vote.id),
            });
        }
    }
    Ok(views)
}

/// The published ballots of a secret vote.
pub struct SecretList {
    pub lines: Vec<SecretLine>,
    /// Why it counts for nothing, if so.
    pub void: Option<String>,
}

pub struct SecretLine {
    pub code: String,
    /// In groups, as the voter saw it.
    pub shown: String,
    pub choice: String,
}

/// The list of a secret vote that is over.
pub async fn list(tx: &mut Tx, lang: web::Lang, vote: &Vote) -> Result<Option<SecretList>, db::Error> {
    if vote.kind != VoteKind::Secret || vote.state != VoteState::Published {
        return Ok(None);
    }
    let ballots = store::ballots(tx, vote.id).await?;
    let papers = store::papers(tx, vote.id).await?.len();
    let counts = [("ballots", ballots.len().to_string()), ("papers", papers.to_string())];
    let gaps = counts.each_ref().map(|(name, count)| (*name, count.as_str()));
    let void = (ballots.len() > papers).then(|| lang.t_with("secret-void-why", &gaps));
    let line = |ballot: Ballot| SecretLine {
        shown: ballot.code.grouped(),
        code: ballot.code.as_str().to_owned(),
        choice: choice_label(lang, vote, &ballot.choice),
    };
    Ok(Some(SecretList { lines: ballots.into_iter().map(line).collect(), void }))
}
