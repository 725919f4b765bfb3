//! The pages of outgoing documents.

mod acts;
mod consulting;
mod delegations;
mod desk;
mod document;
mod drafting;
mod files;
mod form;
mod list;
mod register;
mod seal;
mod sent;
mod sent_draft;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use super::actions::OutgoingError;
use super::seal::picture::MOST_BYTES;
use crate::exchange::web::no_such_body;
use crate::jobs::Failure;
use crate::papers;
use crate::web::{self, App, Lang, Message, StateBadge};

pub fn router() -> Router<App> {
    let uploads = Router::new()
        .route("/outgoing/draft", get(drafting::show).post(drafting::draft))
        .route("/outgoing/{outgoing}/editions", post(drafting::revise))
        .route("/outgoing/{outgoing}/attachments", post(drafting::attach))
        // The upload itself counts its bytes and stops at the configured limit.
        .layer(DefaultBodyLimit::disable());
    let picture = Router::new()
        .route("/outgoing/seal", get(seal::show).post(seal::take))
        // As large as a picture may be, and the rest of the form.
        .layer(DefaultBodyLimit::max(2 * MOST_BYTES));
    Router::new()
        .merge(uploads)
        .merge(picture)
        .merge(delegations::router())
        .merge(consulting::router())
        .merge(register::router())
        .route("/outgoing/seal/picture", get(seal::picture))
        .route("/outgoing", get(list::show))
        .route("/outgoing/desk", get(desk::show))
        .route("/outgoing/desk/numbers", post(desk::number))
        .route("/outgoing/desk/seals", post(desk::seal))
        .route("/outgoing/desk/issues", post(desk::issue))
        .route("/outgoing/{outgoing}", get(document::show))
        .route("/outgoing/{outgoing}/details", post(drafting::save))
        .route("/outgoing/{outgoing}/format", get(files::format))
        .route("/outgoing/{outgoing}/acts", post(document::act))
        .route("/outgoing/{outgoing}/number", post(desk::number_one))
        .route("/outgoing/{outgoing}/file", get(files::file))
        .route("/outgoing/{outgoing}/attachments/{attachment}", get(files::attachment))
        .route("/outgoing/{outgoing}/attachments/{attachment}/removal", post(drafting::detach))
}

impl From<OutgoingError> for web::Error {
    fn from(error: OutgoingError) -> Self {
        match error {
            OutgoingError::NotFound => Self::NotFound,
            OutgoingError::NotNow => Self::Conflict("outgoing-not-now".into()),
            OutgoingError::NotYours => Self::Forbidden("outgoing-not-yours".into()),
            OutgoingError::SameHand => Self::Forbidden("outgoing-same-hand".into()),
            OutgoingError::Stale => Self::Conflict("outgoing-stale".into()),
            OutgoingError::Fields => Self::Invalid("outgoing-fields".into()),
            OutgoingError::Address => Self::Invalid("outgoing-address".into()),
            OutgoingError::Body(unknown) => Self::Invalid(no_such_body(unknown)),
            OutgoingError::NoUnit => Self::Invalid("outgoing-no-unit".into()),
            OutgoingError::Deadline => Self::Invalid("outgoing-deadline-wrong".into()),
            OutgoingError::SaidAlready => Self::Conflict("outgoing-said-already".into()),
            OutgoingError::Text => Self::Invalid("outgoing-text-wrong".into()),
            OutgoingError::Unanswered => Self::Conflict("outgoing-unanswered".into()),
            OutgoingError::Reason => Self::Invalid("outgoing-reason-missing".into()),
            OutgoingError::Classified => Self::Invalid("outgoing-classified".into()),
            OutgoingError::TooLong => Self::Invalid("outgoing-write-too-long".into()),
            OutgoingError::NoFile => Self::Invalid("outgoing-no-file".into()),
            OutgoingError::Upload(error) => papers::web::upload_refusal(error),
            OutgoingError::Typeset(error) => {
                tracing::error!(%error, "A written draft could not be laid out");
                Self::Invalid("outgoing-not-laid-out".into())
            }
            OutgoingError::NoRoomForNumber => Self::Conflict("outgoing-no-room-number".into()),
            OutgoingError::NoRoomForSignature => Self::Conflict("outgoing-no-room-signature".into()),
            OutgoingError::Findings => Self::Invalid("outgoing-findings".into()),
            OutgoingError::SignedFile => Self::Conflict("outgoing-signed-file".into()),
            OutgoingError::NoSeal => Self::Conflict("outgoing-no-seal".into()),
            OutgoingError::TestSeal => Self::Conflict("outgoing-test-seal".into()),
            OutgoingError::SealExpired => Self::Conflict("outgoing-seal-expired".into()),
            OutgoingError::SealLocked => Self::Conflict("outgoing-seal-locked".into()),
            OutgoingError::WrongPin { left } => {
                Self::Invalid(Message::with("outgoing-wrong-pin", "left", left))
            }
            OutgoingError::WayClosed => Self::Conflict("outgoing-way-closed".into()),
            OutgoingError::NoSealPicture => Self::Conflict("outgoing-no-seal-picture".into()),
            OutgoingError::NoPicture => Self::Invalid("outgoing-no-picture".into()),
            OutgoingError::WrongPassword => Self::Invalid("outgoing-wrong-password".into()),
            OutgoingError::Wait { seconds } => {
                Self::TooMany(Message::with("outgoing-wait", "seconds", seconds))
            }
            OutgoingError::NoDelegation => Self::Conflict("outgoing-no-delegation".into()),
            OutgoingError::Module(error) => {
                tracing::error!(error = %Failure::from_error(&error), "The device of the seal cannot be used");
                Self::Conflict("outgoing-seal-device".into())
            }
            OutgoingError::Password(error) => Self::internal(error),
            OutgoingError::Overtaken => Self::Conflict("outgoing-overtaken".into()),
            OutgoingError::Register(error) => error.into(),
            OutgoingError::Exchange(error) => error.into(),
            OutgoingError::Print(error) => error.into(),
            OutgoingError::Paper(error) => papers::web::paper_refusal(error),
            OutgoingError::Layout(_) => Self::Conflict("outgoing-unreadable".into()),
            OutgoingError::Pdf(_) => Self::Conflict("outgoing-cannot-append".into()),
            OutgoingError::Profile(error) => Self::internal(error),
            OutgoingError::Crypto(error) => Self::internal(error),
            OutgoingError::KeyFile(error) => Self::internal(error),
            OutgoingError::Picture(error) => Self::internal(error),
            OutgoingError::Broken(error) => Self::internal(error),
            OutgoingError::Storage(error) => error.into(),
            OutgoingError::Jobs(error) => error.into(),
            OutgoingError::Db(error) => error.into(),
        }
    }
}

/// What stands in the way of one document of a batch, for a person.
fn sentence(error: OutgoingError, lang: Lang) -> String {
    match web::Error::from(error) {
        web::Error::Conflict(message) | web::Error::Invalid(message) | web::Error::Forbidden(message) => {
            message.text(lang)
        }
        web::Error::NotFound => lang.t("outgoing-gone"),
        web::Error::SignIn { .. }
        | web::Error::TooLarge(_)
        | web::Error::TooMany(_)
        | web::Error::Internal(_) => lang.t("outgoing-failed"),
    }
}

fn state_badge(state: super::rules::State, lang: Lang) -> StateBadge {
    use super::rules::State;
    let (kind, icon) = match state {
        State::Draft => ("", "edit"),
        State::ContentReview | State::FormatCheck => ("now", "eye"),
        State::AwaitingSignature => ("now", "sign"),
        State::Signed => ("now", "register"),
        State::Numbered => ("now", "seal"),
        State::Sealed => ("now", "outbox"),
        State::Issued | State::Filed => ("good", "good"),
        State::Recalled => ("warn", "undo"),
        State::Cancelled => ("bad", "bad"),
    };
    StateBadge { kind, icon, word: lang.t(&format!("outgoing-state-{}", dashed(state.as_str()))) }
}

/// A word of ours as the end of a text's key.
fn dashed(word: &str) -> String {
    word.replace('_', "-")
}
