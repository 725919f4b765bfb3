//! For browsers and proxies through which no stream comes: asking.

use std::sync::Arc;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::event::window;
use super::hub::Following;
use super::{Live, Moment, person_topic};
use crate::identity::PersonId;

/// An event, as a stream that comes back would tell it.
#[derive(Debug, Serialize)]
struct Told {
    id: String,
    event: &'static str,
    /// Milliseconds over which screens spread their asking.
    within: u64,
}

/// The events of some topics after a moment; "no content" when there are none.
pub fn since(live: &Live, person: PersonId, topics: Vec<String>, moment: Moment) -> Response {
    let mut topics: Vec<Arc<str>> = topics.into_iter().map(Arc::from).collect();
    topics.push(person_topic(person).into());
    let told = all_since(live, &topics, moment);
    if told.is_empty() { StatusCode::NO_CONTENT.into_response() } else { Json(told).into_response() }
}

fn all_since(live: &Live, topics: &[Arc<str>], moment: Moment) -> Vec<Told> {
    let hub = live.hub();
    let mut told = Vec::new();
    let mut number = hub.number_of(moment);
    // Bounded by what is kept.
    loop {
        match hub.following(topics, number) {
            Following::Nothing => return told,
            Following::Forgotten { listeners } => {
                return vec![Told { id: hub.now().to_string(), event: "anew", within: window(listeners) }];
            }
            Following::Event(event) => {
                number = event.number;
                if event.signal().is_some() {
                    let id = Moment { node: hub.node(), number }.to_string();
                    told.push(Told { id, event: "changed", within: event.within });
                }
            }
        }
    }
}
