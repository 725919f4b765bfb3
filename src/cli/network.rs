//! The network, as commands ask it: with the person's own reach, and with patience.

use std::path::PathBuf;
use std::time::Duration;

use openssl::rand::rand_bytes;
use openssl::x509::X509;
use pades::sign::{Missing, MissingProof, Stamping};
use pades::trust::{Anchors, Collection, ValidationData};
use tokio::runtime::{Builder, Runtime};

use super::sign::Refusal;
use super::{trust, words};
use crate::config::Config;
use crate::remote::{Authority, Hosts, Lookup, Reach, Remote};

/// How long a timestamp authority may take; a national one has been seen to take two minutes.
const STAMP_PATIENCE: Duration = Duration::from_secs(180);
/// How long the revocation evidence of one file may take in all.
const LOOKUP_PATIENCE: Duration = Duration::from_secs(30);

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

/// Who gives the proofs of the long-term levels, and where chains end.
pub(super) struct Proofs {
    anchors: Anchors,
    lookup: Lookup,
    known: ValidationData,
}

impl Proofs {
    /// Chains end at the roots of the settings, at those of the person, and at roots among `carried`: what is
    /// gathered is trusted by whoever judges the file, not here.
    pub(super) fn new(network: &Network, paths: &[PathBuf], carried: &[X509]) -> Result<Self, Refusal> {
        let config = Config::load(None).map_err(|error| Refusal::Usage(words(&error)))?;
        let list = trust::list(Some(&config), paths).map_err(Refusal::Usage)?;
        let mut anchors = list.anchors().clone();
        for certificate in carried.iter().filter(|one| is_root(one)) {
            let der = certificate.to_der().map_err(|error| Refusal::of(&error))?;
            anchors.extend(Anchors::from_bytes(&der).map_err(|error| Refusal::of(&error))?);
        }
        Ok(Self { anchors, lookup: network.lookup(LOOKUP_PATIENCE), known: ValidationData::default() })
    }

    pub(super) fn collection(&self, now: jiff::Timestamp) -> Collection<'_> {
        Collection { anchors: &self.anchors, now, known: &self.known, fetch: Some(&self.lookup), nonce: None }
    }
}

fn is_root(certificate: &X509) -> bool {
    certificate.public_key().is_ok_and(|key| certificate.verify(&key).unwrap_or(false))
}

/// Why a level was not reached, certificate by certificate.
pub(super) fn shortfall(missing: &[Missing]) -> String {
    let lacks: Vec<String> = missing.iter().map(lack).collect();
    format!("the level was not reached: {}", lacks.join("; "))
}

fn lack(missing: &Missing) -> String {
    let proof = match missing.proof {
        MissingProof::Chain => "no chain to a root that --trust or the settings name".to_owned(),
        MissingProof::Revocation => "nobody says whether it is revoked".to_owned(),
        MissingProof::Revoked(time, _) => format!("revoked since {time}"),
        MissingProof::OnHold(time) => format!("suspended since {time}"),
    };
    let tried =
        if missing.tried.is_empty() { String::new() } else { format!(" ({})", missing.tried.join(", ")) };
    format!("{}: {proof}{tried}", missing.subject)
}
