//! The one way to a verdict: page, command, report and light all come here.

use std::sync::Arc;

use jiff::Timestamp;
use pades::pdf::{Password, Source};
use pades::trust::Fetch;
use pades::verify::{Context, FileReport, verify_source};

use super::trust::TrustList;

const ONLINE: &str = "ETSI EN 319 102-1; revocation by what the file holds and what its authorities answer";
const OFFLINE: &str = "ETSI EN 319 102-1; revocation by what the file holds, nobody was asked";

/// What a verdict rests on besides the file.
#[derive(Clone, Debug)]
pub struct Grounds {
    pub trust: Arc<TrustList>,
    /// The moment as of which is judged.
    pub at: Timestamp,
    /// Authorities are asked what the file does not hold.
    pub is_online: bool,
}

impl Grounds {
    /// Times in a verdict are told to the second, so it is judged by whole ones.
    pub fn new(trust: Arc<TrustList>, at: Timestamp, is_online: bool) -> Self {
        Self { trust, at: Timestamp::from_second(at.as_second()).unwrap_or(at), is_online }
    }

    /// Trusts nobody: for what is true of a file whoever signed it.
    pub fn nobody() -> Self {
        Self { trust: Arc::default(), at: Timestamp::UNIX_EPOCH, is_online: false }
    }

    /// The policy in a line, for reports.
    pub fn policy(&self) -> &'static str {
        if self.is_online { ONLINE } else { OFFLINE }
    }
}

/// Judges a file. One that cannot be read gets a report too. Where
/// authorities are to be asked, `fetch` does it.
pub fn judge(
    file: &dyn Source,
    grounds: &Grounds,
    password: Option<&Password>,
    fetch: Option<&dyn Fetch>,
) -> FileReport {
    let fetch = fetch.filter(|_| grounds.is_online);
    let context = Context { password, fetch, ..Context::new(grounds.trust.anchors(), grounds.at) };
    verify_source(file, &context).unwrap_or_else(|unreadable| unreadable.report_source(file))
}
