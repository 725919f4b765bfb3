//! SQL on who signs copies, and how they look.

use crate::clock::Timestamp;
use crate::copies::CopySignerId;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId};
use crate::outgoing::rules::Capacity;
use crate::sql;

/// How an office makes its copies.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Setting {
    pub head_id: Option<PersonId>,
    pub symbol: String,
    pub shows_seal: bool,
}

/// `None`: nobody has said anything yet.
pub async fn setting(tx: &mut Tx, organisation: OrganisationId) -> Result<Option<Setting>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT head_id, symbol, shows_seal FROM copy_setting WHERE organisation_id = $1" as Setting, organisation)
}

/// Names the head; the rest stays as it is, or begins as `usual`.
pub async fn put_head(
    tx: &mut Tx,
    organisation: OrganisationId,
    (head, usual): (PersonId, &str),
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO copy_setting (organisation_id, head_id, symbol, shows_seal) VALUES ($1, $2, $3, $4)
         ON CONFLICT (organisation_id) DO UPDATE SET head_id = excluded.head_id",
        organisation, head, usual, false)?;
    Ok(())
}

/// How the symbol ends, and whether the seal's picture is shown.
pub async fn put_look(
    tx: &mut Tx,
    organisation: OrganisationId,
    (symbol, shows_seal): (&str, bool),
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO copy_setting (organisation_id, symbol, shows_seal) VALUES ($1, $2, $3)
         ON CONFLICT (organisation_id) DO UPDATE SET symbol = excluded.symbol, shows_seal = excluded.shows_seal",
        organisation, symbol, shows_seal)?;
    Ok(())
}

/// Somebody's leave to sign copies.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Signer {
    pub id: CopySignerId,
    pub person_id: PersonId,
    pub full_name: String,
    pub position: String,
    pub active: bool,
    pub capacity: Capacity,
    pub basis: String,
    pub starts_at: Timestamp,
    /// The first moment at which it no longer holds.
    pub ends_at: Timestamp,
    pub named_by: String,
    pub named_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

/// What is written down of a new one.
#[derive(Clone, Debug)]
pub struct NewSigner {
    pub person: PersonId,
    pub capacity: Capacity,
    pub basis: String,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
}

pub async fn insert_signer(
    tx: &mut Tx,
    (organisation, id): (OrganisationId, CopySignerId),
    new: &NewSigner,
    by: PersonId,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO copy_signer (id, organisation_id, person_id, capacity, basis, starts_at, ends_at, named_by, named_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id, organisation, new.person, new.capacity, new.basis.as_str(), new.starts_at, new.ends_at, by, now)?;
    Ok(())
}

/// Everyone who was ever let sign copies, the newest first.
pub async fn signers(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<Signer>, db::Error> {
    sql!(tx => fetch_all
        "SELECT s.id, s.person_id, p.full_name, p.position, p.active, s.capacity, s.basis, s.starts_at, s.ends_at,
                giver.full_name AS named_by, s.named_at, s.ended_at
         FROM copy_signer s JOIN person p ON p.id = s.person_id JOIN person giver ON giver.id = s.named_by
         WHERE s.organisation_id = $1 ORDER BY s.named_at DESC, s.id DESC" as Signer, organisation)
}

/// Ends one that has not ended. False: it is not there, or somebody did before.
pub async fn end_signer(
    tx: &mut Tx,
    (organisation, id): (OrganisationId, CopySignerId),
    by: PersonId,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE copy_signer SET ended_at = $3, ended_by = $4
         WHERE id = $1 AND organisation_id = $2 AND ended_at IS NULL", id, organisation, now, by)?;
    Ok(changed == 1)
}
