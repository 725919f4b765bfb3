//! What refusals say, and how a delivery looks in a list.

use super::{DeliveryState, ExchangeError, Unknown};
use crate::web::{self, Message};

impl From<ExchangeError> for web::Error {
    fn from(error: ExchangeError) -> Self {
        match error {
            ExchangeError::NotFound => Self::NotFound,
            ExchangeError::NotNow => Self::Conflict("exchange-not-now".into()),
            ExchangeError::NoFolder(_) | ExchangeError::Folder(_) => Self::internal(error),
            ExchangeError::Content(error) => Self::internal(error),
            ExchangeError::Broken(error) => Self::internal(error),
            ExchangeError::Storage(error) => error.into(),
            ExchangeError::Jobs(error) => error.into(),
            ExchangeError::Db(error) => error.into(),
        }
    }
}

/// What was typed is no body of the directory; those it may mean are named.
pub fn no_such_body(unknown: Unknown) -> Message {
    let near: Vec<String> =
        unknown.near.iter().map(|body| format!("{} ({})", body.name, body.code)).collect();
    let key = if near.is_empty() { "exchange-no-body" } else { "exchange-no-body-but" };
    Message { key, gaps: vec![("typed", unknown.typed), ("near", near.join("; "))] }
}

/// The key of a state's word, and how it is marked: kind and icon.
pub fn delivery_sign(state: DeliveryState) -> (&'static str, &'static str, &'static str) {
    match state {
        DeliveryState::Queued => ("exchange-queued", "", "wait"),
        DeliveryState::Sent => ("dispatch-sent", "", "wait"),
        DeliveryState::Arrived => ("dispatch-received", "", "wait"),
        DeliveryState::Refused => ("dispatch-refused", "bad", "bad"),
        DeliveryState::Accepted => ("dispatch-accepted", "good", "good"),
        DeliveryState::Assigned => ("dispatch-assigned", "now", "people"),
        DeliveryState::Processing => ("dispatch-processing", "now", "edit"),
        DeliveryState::Completed => ("dispatch-completed", "good", "check"),
        DeliveryState::RecallRequested => ("exchange-recall-requested", "warn", "undo"),
        DeliveryState::Recalled => ("dispatch-recalled", "warn", "undo"),
        DeliveryState::RecallRefused => ("exchange-recall-refused", "bad", "bad"),
        DeliveryState::Cancelled => ("exchange-cancelled", "warn", "undo"),
    }
}
