//! The network, as commands ask it: with the person's own reach, and with patience.

use std::time::Duration;

use openssl::rand::rand_bytes;
use pades::sign::Stamping;
use tokio::runtime::{Builder, Runtime};

use super::sign::Refusal;
use crate::remote::{Authority, Hosts, Lookup, Reach, Remote};

/// How long a timestamp authority may take; a national one has been seen to take two minutes.
const STAMP_PATIENCE: Duration = Duration::from_secs(180);

pub(super) struct Network {
    /// Calls run on it.
    _runtime: Runtime,
    remote: Remote,
}

impl Network {
    pub(super) fn open() -> Result<Self, Refusal> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(|error| Refusal::of(&error))?;
        let remote = Remote::new(Hosts::default(), Reach::Anywhere, runtime.handle().clone());
        Ok(Self { _runtime: runtime, remote })
    }

    /// Asks about the certificates of one file, so long in all.
    pub(super) fn lookup(&self, patience: Duration) -> Lookup {
        self.remote.lookup(patience)
    }

    pub(super) fn authority(&self, address: &str) -> Authority {
        self.remote.authority(address.to_owned(), STAMP_PATIENCE)
    }
}

/// How to ask an authority that must answer. Whether it is trusted is for whoever judges the file.
pub(super) fn stamping(authority: &Authority) -> Result<Stamping<'_>, Refusal> {
    let mut nonce = [0; 16];
    rand_bytes(&mut nonce).map_err(|error| Refusal::of(&error))?;
    Ok(Stamping { service: authority, nonce, anchors: None, required: true })
}
