//! SQL on the authority to sign in somebody's place.

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId};
use crate::signing::{DelegationId, DocumentId};
use crate::sql;

/// A delegation as it stands.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Delegation {
    pub id: DelegationId,
    pub giver_id: PersonId,
    pub holder_id: PersonId,
    pub giver: String,
    pub holder: String,
    pub basis: String,
    pub scope: String,
    /// Words with spaces between; empty: every kind.
    pub kinds: String,
    pub starts_at: Timestamp,
    /// The first moment at which it no longer holds.
    pub ends_at: Timestamp,
    pub confirmed_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

/// What is written down of a new one.
#[derive(Clone, Debug)]
pub struct NewDelegation {
    pub giver: PersonId,
    pub holder: PersonId,
    pub basis: String,
    pub scope: String,
    pub kinds: String,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
}

pub async fn insert(
    tx: &mut Tx,
    (organisation, id): (OrganisationId, DelegationId),
    new: &NewDelegation,
    by: PersonId,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO signing_delegation (id, organisation_id, giver_id, holder_id, basis, scope, kinds, starts_at,
                                         ends_at, recorded_by, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        id, organisation, new.giver, new.holder, new.basis.as_str(), new.scope.as_str(), new.kinds.as_str(),
        new.starts_at, new.ends_at, by, now)?;
    Ok(())
}

/// Every delegation of an organisation, the newest first.
pub async fn of_organisation(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Vec<Delegation>, db::Error> {
    sql!(tx => fetch_all
        "SELECT d.id, d.giver_id, d.holder_id, giver.full_name AS giver, holder.full_name AS holder, d.basis, d.scope,
                d.kinds, d.starts_at, d.ends_at, d.confirmed_at, d.ended_at
         FROM signing_delegation d JOIN person giver ON giver.id = d.giver_id
         JOIN person holder ON holder.id = d.holder_id
         WHERE d.organisation_id = $1 ORDER BY d.recorded_at DESC, d.id DESC" as Delegation, organisation)
}

/// The one by which a step is signed; `None`: by the signer's own authority.
pub async fn of_step(
    tx: &mut Tx,
    document: DocumentId,
    number: i64,
) -> Result<Option<Delegation>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT d.id, d.giver_id, d.holder_id, giver.full_name AS giver, holder.full_name AS holder, d.basis, d.scope,
                d.kinds, d.starts_at, d.ends_at, d.confirmed_at, d.ended_at
         FROM signature_step JOIN signing_delegation d ON d.id = signature_step.delegation_id
         JOIN person giver ON giver.id = d.giver_id JOIN person holder ON holder.id = d.holder_id
         WHERE signature_step.document_id = $1 AND signature_step.number = $2" as Delegation, document, number)
}

/// Says by which delegation a waiting step is signed.
pub async fn rely(
    tx: &mut Tx,
    (document, number): (DocumentId, i64),
    delegation: DelegationId,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE signature_step SET delegation_id = $3 WHERE document_id = $1 AND number = $2",
        document, number, delegation)?;
    Ok(())
}

/// Takes the giver's word. False: it is not theirs, confirmed already, or ended.
pub async fn confirm(
    tx: &mut Tx,
    (organisation, id): (OrganisationId, DelegationId),
    giver: PersonId,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE signing_delegation SET confirmed_at = $4
         WHERE id = $1 AND organisation_id = $2 AND giver_id = $3 AND confirmed_at IS NULL AND ended_at IS NULL",
        id, organisation, giver, now)?;
    Ok(changed == 1)
}

/// Ends one that has not ended. False: somebody did before.
pub async fn end(
    tx: &mut Tx,
    (organisation, id): (OrganisationId, DelegationId),
    by: PersonId,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE signing_delegation SET ended_at = $3, ended_by = $4
         WHERE id = $1 AND organisation_id = $2 AND ended_at IS NULL", id, organisation, now, by)?;
    Ok(changed == 1)
}
