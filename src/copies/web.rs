//! The pages of copies.

mod ask;
mod copy;
mod list;
mod register;
mod scan;
mod settings;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use super::actions::CopyError;
use super::rules::State;
use super::store::Line;
use super::urls;
use crate::papers;
use crate::registers::printed;
use crate::web::{self, App, Lang, StateBadge};

pub fn router() -> Router<App> {
    let uploads = Router::new()
        .route("/copies/scans", get(scan::show).post(scan::bring))
        // The upload itself counts its bytes and stops at the configured limit.
        .layer(DefaultBodyLimit::disable());
    Router::new()
        .merge(uploads)
        .merge(settings::router())
        .merge(register::router())
        .route("/copies", get(list::show))
        .route("/copies/{copy}", get(copy::show))
        .route("/copies/{copy}/acts", post(copy::act))
        .route("/copies/{copy}/number", post(copy::number))
        .route("/copies/{copy}/seals", post(copy::seal))
        .route("/copies/{copy}/source", get(copy::source))
        .route("/copies/{copy}/file", get(copy::file))
        .route("/copies/{copy}/copies", get(ask::of_copy).post(ask::ask_of_copy))
        .route("/outgoing/{outgoing}/copies", get(ask::of_outgoing).post(ask::ask_of_outgoing))
        .route("/incoming/{incoming}/copies", get(ask::of_incoming).post(ask::ask_of_incoming))
}

impl From<CopyError> for web::Error {
    fn from(error: CopyError) -> Self {
        match error {
            CopyError::NotFound => Self::NotFound,
            CopyError::NotNow => Self::Conflict("copy-not-now".into()),
            CopyError::NotYours => Self::Forbidden("copy-not-yours".into()),
            CopyError::SameHand => Self::Forbidden("copy-same-hand".into()),
            CopyError::NotIssued => Self::Conflict("copy-not-issued".into()),
            CopyError::NotRegistered => Self::Conflict("copy-not-registered".into()),
            CopyError::NotSealed => Self::Conflict("copy-not-sealed".into()),
            CopyError::Recalled => Self::Conflict("copy-recalled".into()),
            CopyError::Cancelled => Self::Conflict("copy-source-cancelled".into()),
            CopyError::Replaced => Self::Conflict("copy-replaced".into()),
            CopyError::Classified => Self::Invalid("copy-classified".into()),
            CopyError::BrokenSignature => Self::Conflict("copy-broken-signature".into()),
            CopyError::NotLooked => Self::Invalid("copy-not-looked".into()),
            CopyError::WrongForm => Self::Invalid("copy-wrong-form".into()),
            CopyError::NotFromThisCopy => Self::Conflict("copy-not-from-this-copy".into()),
            CopyError::Pages => Self::Invalid("copy-pages-wrong".into()),
            CopyError::Purpose => Self::Invalid("copy-purpose-missing".into()),
            CopyError::Particulars => Self::Invalid("copy-particulars-wrong".into()),
            CopyError::NoSigner => Self::Conflict("copy-no-signer".into()),
            CopyError::NotASigner => Self::Conflict("copy-not-a-signer".into()),
            CopyError::Locked => Self::Conflict("copy-locked".into()),
            CopyError::NoPlace => Self::Conflict("copy-no-place".into()),
            CopyError::NoExcerpt => Self::Conflict("copy-no-excerpt".into()),
            CopyError::Overtaken => Self::Conflict("copy-overtaken".into()),
            CopyError::Reason => Self::Invalid("copy-reason-missing".into()),
            CopyError::Days => Self::Invalid("copy-days-wrong".into()),
            CopyError::Basis => Self::Invalid("copy-basis-missing".into()),
            CopyError::Symbol => Self::Invalid("copy-symbol-wrong".into()),
            CopyError::NotAClerk => Self::Forbidden("copy-not-a-clerk".into()),
            CopyError::Outgoing(error) => error.into(),
            CopyError::Incoming(error) => error.into(),
            CopyError::Register(error) => error.into(),
            CopyError::Print(error) => error.into(),
            CopyError::Paper(error) => papers::web::paper_refusal(error),
            CopyError::Sheets(_) | CopyError::Draw(_) | CopyError::Picture(_) => {
                Self::Conflict("copy-unreadable".into())
            }
            CopyError::Pdf(_) => Self::Conflict("copy-cannot-append".into()),
            CopyError::Verdict(error) => Self::internal(error),
            CopyError::Broken(error) => Self::internal(error),
            CopyError::Storage(error) => error.into(),
            CopyError::Jobs(error) => error.into(),
            CopyError::Db(error) => error.into(),
        }
    }
}

/// What is wrong, beside the form it is about; what is not of the form stays an error.
fn said(error: CopyError, lang: Lang) -> Result<String, web::Error> {
    match web::Error::from(error) {
        web::Error::Invalid(message) | web::Error::Conflict(message) => Ok(message.text(lang)),
        other => Err(other),
    }
}

fn state_badge(state: State, lang: Lang) -> StateBadge {
    let (kind, icon) = match state {
        State::Asked => ("now", "sign"),
        State::Approved => ("now", "register"),
        State::Numbered => ("now", "seal"),
        State::Sealed => ("good", "good"),
        State::Returned => ("warn", "undo"),
        State::Cancelled => ("bad", "bad"),
    };
    StateBadge { kind, icon, word: lang.t(&format!("copy-state-{}", state.as_str())) }
}

/// A copy as lists show it.
struct Row {
    /// `None`: not for this person to open.
    link: Option<String>,
    form: &'static str,
    number: String,
    title: String,
    source: String,
    recipient: String,
    signer: String,
    asked_at: String,
    badge: StateBadge,
}

impl Row {
    fn new((line, opens): (Line, bool), lang: Lang) -> Self {
        let number = line.number.map(|number| format!("{}/{}", printed(number), line.symbol));
        Self {
            link: opens.then(|| urls::copy(line.id)),
            form: line.form.legal_name(),
            number: number.unwrap_or_default(),
            title: line.source_subject,
            source: line.source_symbol,
            recipient: line.recipient,
            signer: line.signer,
            asked_at: line.asked_at.date(),
            badge: state_badge(line.state, lang),
        }
    }
}
