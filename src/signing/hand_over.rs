//! What other features may do with a document: take it back before it is
//! signed, and append the organisation's signature after.

use super::DocumentId;
use super::rules::{DocumentState, StepState};
use crate::db::{self, Tx};
use crate::sql;
use crate::storage::Hash;

/// Takes a document out of everyone's queue. False: it is complete already.
/// One that was sent back is in nobody's queue.
///
/// The first statement holds the document's row, as a signature being recorded
/// does: of the two, whoever is second finds what the first did.
pub async fn withdraw(tx: &mut Tx, document: DocumentId) -> Result<bool, db::Error> {
    let open = sql!(tx => execute
        "UPDATE signing_document SET size = size WHERE id = $1 AND state <> $2", document, DocumentState::Complete)?;
    if open == 0 {
        return Ok(false);
    }
    sql!(tx => execute
        "DELETE FROM signature_step WHERE document_id = $1 AND state = $2", document, StepState::Waiting)?;
    Ok(true)
}

/// Puts the sealed bytes of a complete document in the place of those they
/// were appended to. False: others came first.
pub async fn put_sealed(
    tx: &mut Tx,
    document: DocumentId,
    (base, sealed): (Hash, Hash),
    size: i64,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE signing_document SET sha256 = $3, size = $4 WHERE id = $1 AND sha256 = $2 AND state = $5",
        document, base, sealed, size, DocumentState::Complete)?;
    Ok(changed == 1)
}
