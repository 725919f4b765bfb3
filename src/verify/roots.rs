//! The list of trusted certificates: one administrator puts a certificate
//! forward or asks for its removal, another agrees.

use openssl::error::ErrorStack;
use openssl::x509::X509;
use serde_json::json;

use super::store::{self, Standing};
use super::trust::{self, TrustList, parse_certificates};
use super::{RootId, RootState};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{Actor, OrgRole};
use crate::web::App;

#[derive(Debug, thiserror::Error)]
pub enum RootError {
    #[error("only a system administrator decides whom to trust")]
    NotAllowed,
    #[error("there is no such certificate on the list")]
    NotFound,
    #[error("the file holds no certificate")]
    NoCertificate,
    #[error("the certificate may not issue others, so it is no root")]
    NoAuthority,
    #[error("the certificate is one of the test authority, which this installation does not accept")]
    TestAuthority,
    #[error("the certificate is on the list, or waits for it, already")]
    AlreadyThere,
    #[error("who asked for a change cannot agree to it")]
    SamePerson,
    #[error("nothing waits for agreement")]
    NothingWaits,
    #[error("the crypto library failed")]
    Crypto(#[from] ErrorStack),
    #[error(transparent)]
    Db(#[from] db::Error),
}

#[derive(Debug, thiserror::Error)]
pub enum CurrentError {
    #[error("a certificate of the trust list cannot be read")]
    Crypto(#[from] ErrorStack),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Whom this installation trusts now: the settings, and the list.
pub async fn current(tx: &mut Tx, app: &App) -> Result<TrustList, CurrentError> {
    let mut certificates: Vec<X509> = app.roots.as_ref().clone();
    for der in store::trusted(tx).await? {
        let certificate = X509::from_der(&der)?;
        // A database that once belonged to a test office must not bring its trust along.
        if app.config.test_authority || !trust::is_of_test_authority(&certificate) {
            certificates.push(certificate);
        }
    }
    Ok(TrustList::new(&certificates)?)
}

fn must_decide(actor: &Actor) -> Result<(), RootError> {
    if actor.is(OrgRole::SystemAdmin) { Ok(()) } else { Err(RootError::NotAllowed) }
}

/// Puts every certificate of a file forward; all of them, or none.
pub(super) async fn propose(
    tx: &mut Tx,
    actor: &Actor,
    file: &[u8],
    accepts_test_authority: bool,
    now: Timestamp,
) -> Result<(), RootError> {
    must_decide(actor)?;
    let certificates = parse_certificates(file);
    if certificates.is_empty() {
        return Err(RootError::NoCertificate);
    }
    for certificate in &certificates {
        if !accepts_test_authority && trust::is_of_test_authority(certificate) {
            return Err(RootError::TestAuthority);
        }
        if !trust::may_issue(certificate) {
            return Err(RootError::NoAuthority);
        }
        let fingerprint = hex::encode(trust::sha256(certificate)?);
        let der = certificate.to_der()?;
        let root = store::propose(tx, &fingerprint, &der, actor.person, now).await?;
        let root = root.ok_or(RootError::AlreadyThere)?;
        log(tx, actor, "trust_root_proposed", (root, &fingerprint), now).await?;
    }
    Ok(())
}

/// Agrees to what another administrator asked for.
pub(super) async fn confirm(
    tx: &mut Tx,
    actor: &Actor,
    root: RootId,
    now: Timestamp,
) -> Result<(), RootError> {
    let standing = claim(tx, actor, root).await?;
    let asked_by = match standing.state {
        RootState::Proposed => Some(standing.proposed_by),
        RootState::Leaving => standing.leaving_by,
        RootState::Trusted | RootState::Removed => return Err(RootError::NothingWaits),
    };
    if asked_by == Some(actor.person) {
        return Err(RootError::SamePerson);
    }
    let act = if standing.state == RootState::Proposed {
        store::confirm(tx, root, actor.person, now).await?;
        "trust_root_confirmed"
    } else {
        store::remove(tx, root, Some(actor.person), now).await?;
        "trust_root_removed"
    };
    Ok(log(tx, actor, act, (root, &standing.fingerprint), now).await?)
}

/// Asks for a certificate to go; it counts until another agrees.
pub(super) async fn ask_removal(
    tx: &mut Tx,
    actor: &Actor,
    root: RootId,
    now: Timestamp,
) -> Result<(), RootError> {
    let standing = claim(tx, actor, root).await?;
    if standing.state != RootState::Trusted {
        return Err(RootError::NothingWaits);
    }
    store::ask_removal(tx, root, actor.person).await?;
    Ok(log(tx, actor, "trust_root_removal_asked", (root, &standing.fingerprint), now).await?)
}

/// Takes back what waits for agreement. Any administrator may: it changes
/// nothing about who is trusted.
pub(super) async fn withdraw(
    tx: &mut Tx,
    actor: &Actor,
    root: RootId,
    now: Timestamp,
) -> Result<(), RootError> {
    let standing = claim(tx, actor, root).await?;
    match standing.state {
        RootState::Proposed => store::remove(tx, root, None, now).await?,
        RootState::Leaving => store::keep(tx, root).await?,
        RootState::Trusted | RootState::Removed => return Err(RootError::NothingWaits),
    }
    Ok(log(tx, actor, "trust_root_withdrawn", (root, &standing.fingerprint), now).await?)
}

async fn claim(tx: &mut Tx, actor: &Actor, root: RootId) -> Result<Standing, RootError> {
    must_decide(actor)?;
    store::claim(tx, root).await?.ok_or(RootError::NotFound)
}

async fn log(
    tx: &mut Tx,
    actor: &Actor,
    act: &'static str,
    (root, fingerprint): (RootId, &str),
    now: Timestamp,
) -> Result<(), db::Error> {
    let details = json!({ "sha256": fingerprint });
    crate::identity::actions::log(tx, actor, act, format!("trust-root:{root}"), details, now).await
}
