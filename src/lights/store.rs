//! SQL on the lights.

use super::{Basis, Light};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::sql;
use crate::storage::Hash;

/// False: the file is known already.
pub(super) async fn insert(tx: &mut Tx, file: Hash) -> Result<bool, db::Error> {
    let added = sql!(tx => execute
        "INSERT INTO light (sha256, trust_fingerprint, software) VALUES ($1, '', '')
         ON CONFLICT (sha256) DO NOTHING", file)?;
    Ok(added == 1)
}

/// The light of a file; `None` until it has been judged.
pub async fn of(tx: &mut Tx, file: Hash) -> Result<Option<Light>, db::Error> {
    let row =
        sql!(tx => fetch_optional "SELECT verdict FROM light WHERE sha256 = $1" as (Option<Light>,), file)?;
    Ok(row.and_then(|(light,)| light))
}

/// Files that wait to be judged, after `last` in the order of their hashes.
pub async fn waiting(tx: &mut Tx, last: &str, limit: i64) -> Result<Vec<Hash>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT sha256 FROM light WHERE verdict IS NULL AND sha256 > $1 ORDER BY sha256 LIMIT $2" as (Hash,),
        last, limit)?;
    Ok(rows.into_iter().map(|(file,)| file).collect())
}

/// Writes down what a file came to.
pub async fn keep(
    tx: &mut Tx,
    file: Hash,
    light: Light,
    basis: &Basis,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE light SET verdict = $2, trust_fingerprint = $3, software = $4, judged_at = $5 WHERE sha256 = $1",
        file, light, basis.trust_fingerprint.as_str(), basis.software.as_str(), now)?;
    Ok(())
}

/// True: some light was forgotten, or never lit.
pub(super) async fn forget_others(tx: &mut Tx, basis: &Basis) -> Result<bool, db::Error> {
    let forgotten = sql!(tx => execute
        "UPDATE light SET verdict = NULL
         WHERE verdict IS NULL OR trust_fingerprint <> $1 OR software <> $2",
        basis.trust_fingerprint.as_str(), basis.software.as_str())?;
    Ok(forgotten > 0)
}
