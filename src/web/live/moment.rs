//! Points in the order of events.

use std::fmt;
use std::str::FromStr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::Deserialize;

use crate::web::{App, Query};

/// A point in the order in which one node told its screens things: the number
/// of its latest event then.
///
/// Each start of a node counts anew under a name of its own, so a number of
/// another node, or of an earlier run, is never taken for one of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Moment {
    pub(super) node: u64,
    pub(super) number: u64,
}

#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("this is no moment")]
pub struct MomentError;

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}-{}", self.node, self.number)
    }
}

impl FromStr for Moment {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Self, MomentError> {
        let (node, number) = text.split_once('-').ok_or(MomentError)?;
        Ok(Self {
            node: u64::from_str_radix(node, 16).map_err(|_| MomentError)?,
            number: number.parse().map_err(|_| MomentError)?,
        })
    }
}

impl TryFrom<String> for Moment {
    type Error = MomentError;

    fn try_from(text: String) -> Result<Self, MomentError> {
        text.parse()
    }
}

/// The moment up to which a screen knows everything, if it said so.
#[derive(Clone, Copy, Debug)]
pub struct Since(pub Option<Moment>);

#[derive(Debug, Default, Deserialize)]
struct SinceQuery {
    since: Option<String>,
}

impl FromRequestParts<App> for Since {
    type Rejection = std::convert::Infallible;

    /// A browser that lost its stream says by itself what it heard last. That
    /// is later than what the address says: the moment of the page.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let heard = parts.headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok());
        let Query(query) = Query::<SinceQuery>::from_request_parts(parts, app).await?;
        Ok(Self(heard.or_else(|| query.since?.parse().ok())))
    }
}

#[cfg(test)]
mod tests {
    use super::Moment;

    #[test]
    fn a_moment_is_read_as_it_was_written() {
        let moment = Moment { node: 0xfeed, number: 42 };
        assert_eq!(moment.to_string(), "feed-42");
        assert_eq!("feed-42".parse::<Moment>().unwrap(), moment);
        for bad in ["", "feed", "-", "feed-", "-42", "feed-4x", "feed-42-1", "feed--1"] {
            assert!(bad.parse::<Moment>().is_err(), "{bad}");
        }
    }
}
