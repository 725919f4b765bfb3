//! What other features may do with a document: take it back before it is
//! signed, and append the organisation's signature after.

use super::rules::{DocumentState, Level, StepState};
use super::{DocumentId, timestamp};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::jobs;
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

/// What sealing a file gave.
#[derive(Clone, Copy, Debug)]
pub struct Sealed {
    /// The bytes the seal was appended to.
    pub base: Hash,
    pub result: Hash,
    pub size: i64,
    pub level: Level,
    /// A timestamp authority is set and gave no time now: it is asked again.
    pub is_stamped_later: bool,
}

/// Puts the sealed bytes of a complete document in the place of those they
/// were appended to. False: others came first.
pub async fn put_sealed(
    tx: &mut Tx,
    document: DocumentId,
    sealed: &Sealed,
    now: Timestamp,
) -> Result<bool, jobs::Error> {
    let Sealed { base, result, size, level, is_stamped_later } = *sealed;
    let changed = sql!(tx => execute
        "UPDATE signing_document SET sha256 = $3, size = $4, seal_level = $6
         WHERE id = $1 AND sha256 = $2 AND state = $5",
        document, base, result, size, DocumentState::Complete, level)?;
    if changed == 1 && is_stamped_later {
        jobs::queue(tx, timestamp::JOB, &document, now).await?;
    }
    Ok(changed == 1)
}

/// What the organisation's signature proves about its time; `None`: there is none yet.
pub async fn seal_level(tx: &mut Tx, document: DocumentId) -> Result<Option<Level>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT seal_level FROM signing_document WHERE id = $1" as (Option<Level>,), document)?;
    Ok(row.and_then(|(level,)| level))
}
