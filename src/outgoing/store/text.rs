//! What was typed of drafts that the system laid out.

use crate::db::{self, Tx};
use crate::outgoing::OutgoingId;
use crate::outgoing::writing::Written;
use crate::sql;

pub async fn insert_text(tx: &mut Tx, of: OutgoingId, edition: i64, text: &Written) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO outgoing_text (outgoing_id, edition, issuer, addressees, bases, body, authority)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        of, edition, text.issuer.as_str(), text.addressees.as_str(), text.bases.as_str(), text.body.as_str(), text.authority.as_str())?;
    Ok(())
}

/// What an edition was laid out from; `None`: it came as a file.
pub async fn text(tx: &mut Tx, of: OutgoingId, edition: i64) -> Result<Option<Written>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT issuer, addressees, bases, body, authority FROM outgoing_text
         WHERE outgoing_id = $1 AND edition = $2" as Written, of, edition)
}
