//! A person's signature over bytes that are no PDF, such as a ballot.

use pades::detached;

use super::certificate::Certificate;
use super::desk::Desk;
use super::keys;
use super::policy;
use super::rules::{MOST_WRONG_PINS, SignerRole, Validity, Way};
use super::signature::SignError;
use super::store;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{Actor, PersonId};

/// Signs bytes with the actor's key and the PIN just typed: a CMS beside them.
///
/// Opens its own transactions: a wrong PIN must stay counted although the
/// request is refused.
pub async fn sign_bytes(
    desk: &Desk,
    actor: &Actor,
    contents: Vec<Vec<u8>>,
    pin: String,
    now: Timestamp,
) -> Result<Vec<Vec<u8>>, SignError> {
    let mut tx = desk.db.read().await?;
    policy::must_be_open(&mut tx, actor.organisation, SignerRole::Member, Way::KeptKey).await?;
    let key = store::key(&mut tx, actor.person).await?.ok_or(SignError::NoKey)?;
    drop(tx);
    if key.test && !desk.accepts_test_keys {
        return Err(SignError::TestKey);
    }
    if key.wrong_pins >= MOST_WRONG_PINS {
        return Err(SignError::Locked);
    }
    match Certificate::from_der(&key.certificate)?.validity(now) {
        Validity::Holds => {}
        Validity::NotYet => return Err(SignError::NotYetValid),
        Validity::Expired => return Err(SignError::Expired),
    }
    let signer = keys::open(&desk.db, actor, key.pkcs12, pin, now).await?;
    let work = move || {
        let signatures = contents.iter().map(|content| detached::sign(content, &signer));
        signatures.collect::<Result<Vec<_>, _>>()
    };
    Ok(tokio::task::spawn_blocking(work).await??)
}

/// Is this the person's own signature over the bytes? It must be made with
/// the key they have here.
pub async fn is_signed_by(
    tx: &mut Tx,
    person: PersonId,
    content: &[u8],
    cms: &[u8],
    now: Timestamp,
) -> Result<bool, SignError> {
    let Some(key) = store::key(tx, person).await? else { return Ok(false) };
    let nobody = pades::trust::Anchors::none();
    let checked = detached::verify(content, cms, &nobody, now.to_jiff());
    Ok(checked.is_ok_and(|signed| signed.certificate == key.certificate))
}
