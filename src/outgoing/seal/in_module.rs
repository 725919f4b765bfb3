//! A seal whose key lies in a device of the server.
//!
//! The device opens by the settings, for anyone at the clerk's screen; so the
//! clerk's own password stands in the PIN's place.

use std::sync::Arc;

use super::{OpenSeal, picture};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::actions::{ConfirmError, confirm};
use crate::identity::{Actor, OrganisationId};
use crate::outgoing::actions::OutgoingError;
use crate::signing::certificate::Certificate;
use crate::signing::certificates;
use crate::signing::rules::Validity;
use crate::web::App;

/// Is the seal's key in the device? Then a password opens it, not a PIN.
pub async fn is_in_module(tx: &mut Tx, app: &App, organisation: OrganisationId) -> Result<bool, db::Error> {
    Ok(app.seal_module.is_some() && !certificates::of_seal(tx, organisation).await?.is_empty())
}

/// Opens the seal with the actor's password, once.
pub(super) async fn open(
    app: &App,
    actor: &Actor,
    password: String,
    now: Timestamp,
) -> Result<OpenSeal, OutgoingError> {
    let module = app.seal_module.as_ref().ok_or(OutgoingError::NoSeal)?;
    let mut tx = app.db.read().await?;
    let certificate = usable(&mut tx, actor.organisation, now).await?;
    let picture = picture::of(&mut tx, actor.organisation).await?.ok_or(OutgoingError::NoSealPicture)?;
    drop(tx);
    confirm(&app.db, actor, password, now).await?;
    let key = module.open(&certificate).await?;
    Ok(OpenSeal { signer: Arc::new(key), image: picture.image, diameter: picture.diameter })
}

/// A certificate of the seal that is valid now: the one bound last.
async fn usable(tx: &mut Tx, organisation: OrganisationId, now: Timestamp) -> Result<Vec<u8>, OutgoingError> {
    for certificate in certificates::of_seal(tx, organisation).await? {
        if Certificate::from_der(&certificate)?.validity(now) == Validity::Holds {
            return Ok(certificate);
        }
    }
    Err(OutgoingError::SealExpired)
}

impl From<ConfirmError> for OutgoingError {
    fn from(error: ConfirmError) -> Self {
        match error {
            ConfirmError::Wrong => Self::WrongPassword,
            ConfirmError::Wait { seconds } => Self::Wait { seconds },
            ConfirmError::Password(error) => Self::Password(error),
            ConfirmError::Db(error) => Self::Db(error),
        }
    }
}
