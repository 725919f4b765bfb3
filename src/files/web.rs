//! The pages of files, and what refusals say.

mod document;
mod file;
mod form;
mod leaving;
mod list;

use axum::Router;
use axum::routing::{get, post};

use super::actions::FileError;
use super::rules::{HandIn, State, hand_in};
use crate::clock::Timestamp;
use crate::identity::Chrome;
use crate::web::{self, App, Message};

pub fn router() -> Router<App> {
    Router::new()
        .route("/files", get(list::show).post(list::plan))
        .route("/files/copies", post(list::copy))
        .route("/files/{work_file}", get(file::show))
        .route("/files/{work_file}/details", post(file::change))
        .route("/files/{work_file}/opening", post(file::open))
        .route("/files/{work_file}/closing", post(file::close))
        .route("/files/{work_file}/reopening", post(file::reopen))
        .route("/files/{work_file}/hand-in", post(file::hand_in))
        .route("/files/{work_file}/removals", post(file::take_out))
        .route("/files/{work_file}/contents", get(leaving::contents))
        .route("/files/{work_file}/exports", post(leaving::export))
        .route("/files/print", get(leaving::list))
        .route("/outgoing/{outgoing}/metadata", get(leaving::of_outgoing))
        .route("/incoming/{incoming}/metadata", get(leaving::of_incoming))
        .route("/outgoing/{outgoing}/files", get(document::of_outgoing).post(document::put_outgoing))
        .route("/incoming/{incoming}/files", get(document::of_incoming).post(document::put_incoming))
}

impl From<FileError> for web::Error {
    fn from(error: FileError) -> Self {
        match error {
            FileError::NotFound => Self::NotFound,
            FileError::NotNow(state) => Self::Conflict(
                match state {
                    State::Planned => "files-not-now-planned",
                    State::Open => "files-not-now-open",
                    State::Closed => "files-not-now-closed",
                    State::HandedIn => "files-not-now-handed-in",
                }
                .into(),
            ),
            FileError::NotYours => Self::Forbidden("files-not-yours".into()),
            FileError::NotKeeperOfList => Self::Forbidden("files-not-keeper-of-list".into()),
            FileError::Taken => Self::Conflict("files-taken".into()),
            FileError::Fields => Self::Invalid("files-fields".into()),
            FileError::Stale => Self::Conflict("files-stale".into()),
            FileError::Reason => Self::Invalid("files-reason-missing".into()),
            FileError::AlreadyThere => Self::Conflict("files-already-there".into()),
            FileError::NotFinal => Self::Conflict("files-not-final".into()),
            FileError::NotComplete => Self::Conflict("files-not-complete".into()),
            FileError::NothingToCopy => Self::Conflict("files-nothing-to-copy".into()),
            FileError::NoNumber => Self::Conflict("files-no-number".into()),
            FileError::Hidden(count) => Self::Forbidden(Message::with("files-hidden", "count", count)),
            FileError::Print(error) => error.into(),
            FileError::Outgoing(error) => error.into(),
            FileError::Incoming(error) => error.into(),
            FileError::Jobs(error) => error.into(),
            FileError::Db(error) => error.into(),
        }
    }
}

/// A state or a day as a badge: shape, word and colour.
struct Sign {
    kind: &'static str,
    icon: &'static str,
    word: String,
}

fn state_sign(chrome: &Chrome, state: State) -> Sign {
    let (kind, icon, key) = match state {
        State::Planned => ("", "ring", "files-state-planned"),
        State::Open => ("now", "edit", "files-state-open"),
        State::Closed => ("good", "lock", "files-state-closed"),
        State::HandedIn => ("good", "archive", "files-state-handed-in"),
    };
    Sign { kind, icon, word: chrome.t(key) }
}

/// The day a closed file is due in the archive.
fn hand_in_sign(chrome: &Chrome, (state, due): (State, Option<Timestamp>), now: Timestamp) -> Option<Sign> {
    let due = due.filter(|_| state == State::Closed)?;
    let (kind, icon, key) = match hand_in(due, now) {
        HandIn::Later => ("", "clock", "files-hand-in-by"),
        HandIn::Soon => ("warn", "clock", "files-hand-in-soon"),
        HandIn::Late => ("bad", "warn", "files-hand-in-late"),
    };
    Some(Sign { kind, icon, word: chrome.t1(key, "date", due.date()) })
}
