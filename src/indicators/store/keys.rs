//! SQL on the keys of operations centres.

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId};
use crate::indicators::KeyId;
use crate::sql;

/// A key as its office sees it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Key {
    pub id: KeyId,
    pub organisation_id: OrganisationId,
    pub name: String,
    pub beginning: String,
    pub created_by: PersonId,
    pub created_at: Timestamp,
    pub used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

pub async fn insert_key(tx: &mut Tx, new: &Key, secret_hash: &[u8]) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO indicator_key (id, organisation_id, name, beginning, secret_hash, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        new.id, new.organisation_id, new.name.as_str(), new.beginning.as_str(), secret_hash, new.created_by,
        new.created_at)?;
    Ok(())
}

/// The keys of an organisation, those that work first.
pub async fn keys(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<Key>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, organisation_id, name, beginning, created_by, created_at, used_at, revoked_at FROM indicator_key
         WHERE organisation_id = $1
         ORDER BY CASE WHEN revoked_at IS NULL THEN 0 ELSE 1 END, created_at DESC, id" as Key, organisation)
}

/// The key with this secret, if it still works.
pub async fn key_by_hash(tx: &mut Tx, secret_hash: &[u8]) -> Result<Option<Key>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT id, organisation_id, name, beginning, created_by, created_at, used_at, revoked_at FROM indicator_key
         WHERE secret_hash = $1 AND revoked_at IS NULL" as Key, secret_hash)
}

pub async fn mark_used(tx: &mut Tx, id: KeyId, now: Timestamp) -> Result<(), db::Error> {
    sql!(tx => execute "UPDATE indicator_key SET used_at = $2 WHERE id = $1", id, now)?;
    Ok(())
}

/// False: there is no such key, or it was revoked before.
pub async fn revoke_key(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: KeyId,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let revoked = sql!(tx => execute
        "UPDATE indicator_key SET revoked_at = $3
         WHERE id = $1 AND organisation_id = $2 AND revoked_at IS NULL", id, organisation, now)?;
    Ok(revoked == 1)
}
