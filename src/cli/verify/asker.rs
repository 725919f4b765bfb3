//! Asks authorities about certificates; a file that needs nobody costs no network.

use std::sync::OnceLock;
use std::time::Duration;

use pades::trust::{Fetch, FetchError};

use crate::cli::network::Network;
use crate::remote;

/// How long authorities are asked about the certificates of one file.
const PATIENCE: Duration = Duration::from_secs(30);

/// The way to the network, opened at the first question.
#[derive(Default)]
pub(super) struct Asker {
    network: OnceLock<Option<Network>>,
}

/// Questions about one file.
pub(super) struct Lookup<'a> {
    asker: &'a Asker,
    begun: OnceLock<Option<remote::Lookup>>,
}

impl Asker {
    pub(super) fn lookup(&self) -> Lookup<'_> {
        Lookup { asker: self, begun: OnceLock::new() }
    }
}

impl Lookup<'_> {
    fn begin(&self) -> Result<&remote::Lookup, FetchError> {
        let begun = self.begun.get_or_init(|| {
            let network = self.asker.network.get_or_init(|| Network::open().ok());
            network.as_ref().map(|network| network.lookup(PATIENCE))
        });
        begun.as_ref().ok_or_else(|| FetchError("the network cannot be used".to_owned()))
    }
}

impl Fetch for Lookup<'_> {
    fn ocsp(&self, address: &str, request: &[u8]) -> Result<Vec<u8>, FetchError> {
        self.begin()?.ocsp(address, request)
    }

    fn crl(&self, address: &str) -> Result<Vec<u8>, FetchError> {
        self.begin()?.crl(address)
    }

    fn certificate(&self, address: &str) -> Result<Vec<u8>, FetchError> {
        self.begin()?.certificate(address)
    }
}
