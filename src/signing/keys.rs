//! Signing keys: PKCS#12 files that only their owner's PIN opens.
//!
//! The PIN is neither kept nor logged. Each try is counted before it is made,
//! so that many at once cannot try more PINs than one after the other.

use openssl::error::ErrorStack;
use openssl::rand::rand_bytes;
use pades::authority::{KeyKind, Subject, Terms};
use pades::sign::{Pkcs12Error, Pkcs12Signer};
use serde_json::json;

use super::certificate::Certificate;
use super::rules::MOST_WRONG_PINS;
use super::store::{self, KeyRow};
use super::{authority, autograph};
use crate::audit::{self, Act};
use crate::clock::Timestamp;
use crate::db::{self, Db, Tx};
use crate::identity::{self, Actor, OrgRole, OrganisationId, PersonId};

const DAY: i64 = 86_400;
/// A test certificate has begun yesterday, so that no clock is too slow for it.
const TEST_YEARS: i64 = 3;

/// A person's key as others may see it: everything but the key.
#[derive(Clone, Debug)]
pub struct KeyLine {
    pub certificate: Certificate,
    pub is_test: bool,
    pub is_locked: bool,
}

/// The key of a person, if there is one.
pub(super) async fn key_of(tx: &mut Tx, person: PersonId) -> Result<Option<KeyLine>, KeyError> {
    let Some(row) = store::key(tx, person).await? else { return Ok(None) };
    Ok(Some(KeyLine {
        certificate: Certificate::from_der(&row.certificate)?,
        is_test: row.test,
        is_locked: row.wrong_pins >= MOST_WRONG_PINS,
    }))
}

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("there is no such person")]
    NoPerson,
    #[error("the crypto library failed")]
    Crypto(#[from] ErrorStack),
    #[error("the signature picture could not be drawn")]
    Picture(#[from] image::ImageError),
    #[error("the work broke off")]
    Broken(#[from] tokio::task::JoinError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Gives a person a key of the built-in test authority, opened by `pin`, and
/// a drawn signature. A key they had before is replaced.
pub async fn issue_test_key(
    tx: &mut Tx,
    organisation: OrganisationId,
    person: PersonId,
    pin: &str,
    now: Timestamp,
) -> Result<(), KeyError> {
    let office = identity::store::organisation(tx, organisation).await?;
    let holder = identity::store::person(tx, organisation, person).await?.ok_or(KeyError::NoPerson)?;
    let subject = Subject {
        common_name: holder.full_name.clone(),
        organisation: Some(office.name),
        unit: None,
        title: Some(holder.position).filter(|position| !position.is_empty()),
    };
    let pin = pin.to_owned();
    let row = tokio::task::spawn_blocking(move || make_test_key(&subject, &pin, now)).await??;
    store::replace_key(tx, person, &row, now).await?;
    Ok(())
}

fn make_test_key(subject: &Subject, pin: &str, now: Timestamp) -> Result<KeyRow, KeyError> {
    let mut serial = [0_u8; 8];
    rand_bytes(&mut serial)?;
    let terms = Terms {
        not_before: now.plus_seconds(-DAY).to_jiff(),
        not_after: now.plus_seconds(TEST_YEARS * 365 * DAY).to_jiff(),
        // Half the range: a serial number is positive (RFC 5280 §4.1.2.2).
        serial: u64::from_be_bytes(serial) >> 1,
        key: KeyKind::P256,
    };
    let issued = authority::issuer()?.issue_person(subject, &terms)?;
    Ok(KeyRow {
        pkcs12: issued.to_pkcs12(&subject.common_name, pin)?,
        certificate: issued.certificate.to_der()?,
        image: autograph::draw(&subject.common_name)?,
        test: true,
        wrong_pins: 0,
    })
}

/// True when a key of the test authority is in the database: an office that
/// does real work must not start with one.
pub async fn test_keys_present(tx: &mut Tx) -> Result<bool, db::Error> {
    store::has_test_keys(tx).await
}

#[derive(Debug, thiserror::Error)]
pub enum PinError {
    #[error("the key is locked after too many wrong PINs")]
    Locked,
    #[error("the PIN is wrong, {left} tries are left")]
    Wrong { left: i64 },
    #[error("the key file cannot be used")]
    File(#[source] Pkcs12Error),
    #[error("the work broke off")]
    Broken(#[from] tokio::task::JoinError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Opens the actor's key with the PIN just typed, once.
///
/// Opens its own transactions: a wrong PIN must stay counted although the
/// request is refused.
pub(super) async fn open(
    db: &Db,
    actor: &Actor,
    pkcs12: Vec<u8>,
    pin: String,
    now: Timestamp,
) -> Result<Pkcs12Signer, PinError> {
    let mut tx = db.write().await?;
    let tries = store::count_pin(&mut tx, actor.person).await?.ok_or(PinError::Locked)?;
    tx.commit().await?;
    let opened = tokio::task::spawn_blocking(move || Pkcs12Signer::open(&pkcs12, &pin)).await?;
    let mut tx = db.write().await?;
    match opened {
        Ok(signer) => {
            store::forget_wrong_pins(&mut tx, actor.person).await?;
            tx.commit().await?;
            Ok(signer)
        }
        Err(Pkcs12Error::WrongPassphrase) => {
            let left = MOST_WRONG_PINS - tries;
            let subject = format!("person:{}", actor.person);
            identity::actions::log(&mut tx, actor, "pin_wrong", subject, json!({ "left": left }), now)
                .await?;
            tx.commit().await?;
            Err(if left > 0 { PinError::Wrong { left } } else { PinError::Locked })
        }
        Err(error) => Err(PinError::File(error)),
    }
}

#[derive(Debug, thiserror::Error)]
pub enum UnlockError {
    #[error("only the system administrator unlocks keys")]
    NotAllowed,
    #[error("there is no such key")]
    NotFound,
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Lets a locked key be tried again. The PIN stays what it was.
pub async fn unlock(tx: &mut Tx, actor: &Actor, person: PersonId, now: Timestamp) -> Result<(), UnlockError> {
    if !actor.is(OrgRole::SystemAdmin) {
        return Err(UnlockError::NotAllowed);
    }
    identity::store::person(tx, actor.organisation, person).await?.ok_or(UnlockError::NotFound)?;
    if !store::forget_wrong_pins(tx, person).await? {
        return Err(UnlockError::NotFound);
    }
    let act = Act {
        chain: actor.organisation.into(),
        actor: Some(actor.person.into()),
        act: "key_unlocked",
        subject: format!("person:{person}"),
        details: json!({}),
    };
    Ok(audit::record(tx, act, now).await?)
}
