//! Pages about written opinion slips.

mod draft;
mod list;
mod member;
mod office;

use axum::Router;

use super::actions::SlipError;
use super::rules::{MemberState, State};
use crate::identity::Chrome;
use crate::papers;
use crate::web::{self, App, StateBadge};

pub fn router() -> Router<App> {
    Router::new().merge(list::router()).merge(draft::router()).merge(member::router()).merge(office::router())
}

impl From<SlipError> for web::Error {
    fn from(error: SlipError) -> Self {
        match error {
            SlipError::NotFound => Self::NotFound,
            SlipError::NotYours => Self::Forbidden("slip-not-yours".into()),
            SlipError::NotNow => Self::Conflict("slip-not-now".into()),
            SlipError::Stale => Self::Conflict("slip-stale".into()),
            SlipError::Text => Self::Invalid("slip-text".into()),
            SlipError::Deadline => Self::Invalid("slip-deadline-bad".into()),
            SlipError::Empty => Self::Invalid("slip-empty".into()),
            SlipError::Unanswered => Self::Invalid("slip-unanswered".into()),
            SlipError::Closed => Self::Conflict("slip-closed-already".into()),
            SlipError::Replaced => Self::Conflict("slip-replaced".into()),
            SlipError::Signed => Self::Conflict("slip-signed-already".into()),
            SlipError::OtherDevice => Self::Conflict("slip-other-device".into()),
            SlipError::Substitute => Self::Conflict("slip-substitute-bad".into()),
            SlipError::NoRoom => Self::internal(error),
            SlipError::Rule => Self::Forbidden("slip-rule-bad".into()),
            SlipError::NotCarried => Self::Conflict("slip-not-carried".into()),
            SlipError::Drafted => Self::Conflict("slip-drafted-already".into()),
            SlipError::Sign(error) => error.into(),
            SlipError::Outgoing(error) => (*error).into(),
            SlipError::Paper(error) => papers::web::paper_refusal(error),
            SlipError::Typeset(error) => Self::internal(error),
            SlipError::Broken(error) => Self::internal(error),
            SlipError::Random(error) => Self::internal(error),
            SlipError::Storage(error) => error.into(),
            SlipError::Job(error) => error.into(),
            SlipError::Db(error) => error.into(),
        }
    }
}

fn state_badge(chrome: &Chrome, state: State) -> StateBadge {
    let (kind, icon) = match state {
        State::Draft => ("", "edit"),
        State::Submitted => ("warn", "wait"),
        State::Approved => ("now", "check"),
        State::Collecting => ("now", "outbox"),
        State::Closed => ("warn", "stop"),
        State::Reported => ("good", "good"),
        State::Cancelled => ("", "cross"),
    };
    StateBadge { kind, icon, word: chrome.t(&format!("slip-state-{}", state.as_str())) }
}

fn member_badge(chrome: &Chrome, state: MemberState) -> StateBadge {
    let (kind, icon) = match state {
        MemberState::Pending => ("warn", "wait"),
        MemberState::Opened => ("", "eye"),
        MemberState::Answered => ("now", "check"),
        MemberState::Signed => ("good", "sign"),
    };
    StateBadge { kind, icon, word: chrome.t(&format!("slip-member-{}", state.as_str())) }
}
