//! Asking a timestamp authority (RFC 3161) over HTTP.
//!
//! The time in a signature comes from there or not at all: the service's own
//! clock is never put in its place.

use std::time::Duration;

use pades::{ServiceError, TimestampService};

use super::authority;
use crate::clock::Clock;
use crate::config::Config;
use crate::remote::{Authority, Remote};

/// Where timestamps come from. Asked from a blocking thread only.
#[derive(Clone, Debug)]
pub enum Stamps {
    /// A timestamp authority on the network.
    Remote(Authority),
    /// The built-in one of a test office.
    Test(Clock),
}

impl Stamps {
    /// What the settings name.
    pub fn of(config: &Config, remote: &Remote, clock: &Clock) -> Option<Self> {
        if !config.timestamp_url.is_empty() {
            let patience = Duration::from_secs(config.timestamp_seconds);
            Some(Self::Remote(remote.authority(config.timestamp_url.clone(), patience)))
        } else if config.test_authority {
            Some(Self::Test(clock.clone()))
        } else {
            None
        }
    }
}

impl TimestampService for Stamps {
    fn timestamp(&self, request: &[u8]) -> Result<Vec<u8>, ServiceError> {
        match self {
            Self::Remote(authority) => authority.timestamp(request),
            Self::Test(clock) => answer_test_request(request, clock),
        }
    }
}

/// Answers a request with the built-in test authority.
pub(super) fn answer_test_request(request: &[u8], clock: &Clock) -> Result<Vec<u8>, ServiceError> {
    let stamper = authority::stamper().map_err(|error| ServiceError(error.to_string()))?;
    stamper.respond(request, clock.now().to_jiff())
}
