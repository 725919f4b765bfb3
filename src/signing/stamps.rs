//! Asking a timestamp authority (RFC 3161) over HTTP.
//!
//! The time in a signature comes from there or not at all: the service's own
//! clock is never put in its place.

use std::time::Duration;

use futures_util::TryStreamExt;
use pades::{ServiceError, TimestampService};
use reqwest::header;
use tokio::runtime::Handle;

use super::authority;
use crate::clock::Clock;
use crate::config::Config;

/// The largest answer taken; tokens of public authorities stay below 8 KiB.
const LARGEST_ANSWER: usize = 64 * 1024;

/// Where timestamps come from. Asked from a blocking thread only.
#[derive(Clone, Debug)]
pub enum Stamps {
    /// A timestamp authority on the network.
    Remote { url: String, deadline: Duration, runtime: Handle },
    /// The built-in one of a test office.
    Test(Clock),
}

impl Stamps {
    /// What the settings name. Must be called on a runtime.
    pub fn of(config: &Config, clock: &Clock) -> Option<Self> {
        if !config.timestamp_url.is_empty() {
            let deadline = Duration::from_secs(config.timestamp_seconds);
            Some(Self::remote(config.timestamp_url.clone(), deadline, Handle::current()))
        } else if config.test_authority {
            Some(Self::Test(clock.clone()))
        } else {
            None
        }
    }

    pub fn remote(url: String, deadline: Duration, runtime: Handle) -> Self {
        Self::Remote { url, deadline, runtime }
    }
}

impl TimestampService for Stamps {
    fn timestamp(&self, request: &[u8]) -> Result<Vec<u8>, ServiceError> {
        match self {
            Self::Remote { url, deadline, runtime } => runtime.block_on(async {
                let answer = tokio::time::timeout(*deadline, ask(url, request.to_vec())).await;
                answer.map_err(|_| ServiceError("it took too long".to_owned()))?
            }),
            Self::Test(clock) => answer_test_request(request, clock),
        }
    }
}

/// Answers a request with the built-in test authority.
pub(super) fn answer_test_request(request: &[u8], clock: &Clock) -> Result<Vec<u8>, ServiceError> {
    let stamper = authority::stamper().map_err(|error| ServiceError(error.to_string()))?;
    stamper.respond(request, clock.now().to_jiff())
}

async fn ask(url: &str, request: Vec<u8>) -> Result<Vec<u8>, ServiceError> {
    let failed = |error: reqwest::Error| ServiceError(error.without_url().to_string());
    // No redirects: an answer from elsewhere is not the authority's.
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let client = client.build().map_err(failed)?;
    let answer = client
        .post(url)
        .header(header::CONTENT_TYPE, "application/timestamp-query")
        .header(header::ACCEPT, "application/timestamp-reply")
        .body(request)
        .send()
        .await
        .map_err(failed)?;
    if answer.status() != reqwest::StatusCode::OK {
        return Err(ServiceError(format!("it answered with status {}", answer.status().as_u16())));
    }
    let media_type = answer.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_reply = media_type
        .and_then(|text| text.split(';').next())
        .is_some_and(|text| text.trim().eq_ignore_ascii_case("application/timestamp-reply"));
    if !is_reply {
        return Err(ServiceError("its answer is not a timestamp reply".to_owned()));
    }
    let mut body = Vec::new();
    let mut chunks = answer.bytes_stream();
    while let Some(chunk) = chunks.try_next().await.map_err(failed)? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Err(ServiceError("its answer is too long".to_owned()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
