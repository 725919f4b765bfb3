//! SQL on the certificates that are bound to people and organisations.

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId};
use crate::signing::rules::BindingEnd;
use crate::signing::{BindingId, certificates::NewBinding};
use crate::sql;
use crate::storage::Hash;

/// Binds a certificate. False: it is bound already, here or elsewhere.
pub async fn insert(
    tx: &mut Tx,
    organisation: OrganisationId,
    new: &NewBinding,
    bound_by: PersonId,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "INSERT INTO bound_certificate (id, organisation_id, person_id, certificate, fingerprint, not_after,
                                        bound_by, bound_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (fingerprint) WHERE ended_at IS NULL DO NOTHING",
        new.id, organisation, new.person, new.certificate.as_slice(), new.fingerprint, new.not_after,
        bound_by, now)?;
    Ok(changed == 1)
}

/// Why former bindings of a certificate ended, wherever they were.
pub async fn former_ends(tx: &mut Tx, fingerprint: Hash) -> Result<Vec<BindingEnd>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT ended_because FROM bound_certificate WHERE fingerprint = $1 AND ended_at IS NOT NULL" as (BindingEnd,),
        fingerprint)?;
    Ok(rows.into_iter().map(|(end,)| end).collect())
}

/// Ends a binding of an organisation, and gives its holder. `None`: there is none that holds.
pub async fn end(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: BindingId,
    (because, by): (BindingEnd, PersonId),
    now: Timestamp,
) -> Result<Option<Option<PersonId>>, db::Error> {
    let row = sql!(tx => fetch_optional
        "UPDATE bound_certificate SET ended_at = $3, ended_by = $4, ended_because = $5
         WHERE id = $1 AND organisation_id = $2 AND ended_at IS NULL
         RETURNING person_id" as (Option<PersonId>,), id, organisation, now, by, because)?;
    Ok(row.map(|(holder,)| holder))
}

/// The certificates that sign for a person, newest binding first.
pub async fn of_person(tx: &mut Tx, person: PersonId) -> Result<Vec<Vec<u8>>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT certificate FROM bound_certificate
         WHERE person_id = $1 AND ended_at IS NULL ORDER BY bound_at DESC, id DESC" as (Vec<u8>,), person)?;
    Ok(rows.into_iter().map(|(certificate,)| certificate).collect())
}

/// The certificates of an organisation's own, which seal, newest binding first.
pub async fn of_seal(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<Vec<u8>>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT certificate FROM bound_certificate
         WHERE organisation_id = $1 AND person_id IS NULL AND ended_at IS NULL
         ORDER BY bound_at DESC, id DESC" as (Vec<u8>,), organisation)?;
    Ok(rows.into_iter().map(|(certificate,)| certificate).collect())
}

/// A line of the administrator's list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct BindingLine {
    pub id: BindingId,
    pub person_id: Option<PersonId>,
    pub full_name: Option<String>,
    pub certificate: Vec<u8>,
    pub fingerprint: Hash,
    pub bound_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub ended_because: Option<BindingEnd>,
}

/// Every binding of an organisation, those that hold first.
pub async fn of_organisation(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Vec<BindingLine>, db::Error> {
    sql!(tx => fetch_all
        "SELECT bound_certificate.id, bound_certificate.person_id, person.full_name, bound_certificate.certificate,
                bound_certificate.fingerprint, bound_certificate.bound_at, bound_certificate.ended_at,
                bound_certificate.ended_because
         FROM bound_certificate LEFT JOIN person ON person.id = bound_certificate.person_id
         WHERE bound_certificate.organisation_id = $1
         ORDER BY CASE WHEN bound_certificate.ended_at IS NULL THEN 0 ELSE 1 END, person.folded_name,
                  bound_certificate.bound_at, bound_certificate.id" as BindingLine, organisation)
}

/// A binding that ends soon.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ExpiringRow {
    pub id: BindingId,
    pub organisation_id: OrganisationId,
    pub person_id: Option<PersonId>,
    pub not_after: Timestamp,
    pub warned_at_days: Option<i64>,
    /// Who is told where the organisation itself is the holder.
    pub bound_by: PersonId,
}

/// Bindings that hold and whose certificate ends before a time.
pub async fn expiring(tx: &mut Tx, before: Timestamp) -> Result<Vec<ExpiringRow>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, organisation_id, person_id, not_after, warned_at_days, bound_by FROM bound_certificate
         WHERE ended_at IS NULL AND not_after < $1 ORDER BY not_after, id" as ExpiringRow, before)
}

/// Notes a warning. False: another worker has given it.
pub async fn mark_warned(tx: &mut Tx, id: BindingId, days: i64) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE bound_certificate SET warned_at_days = $2
         WHERE id = $1 AND (warned_at_days IS NULL OR warned_at_days > $2)", id, days)?;
    Ok(changed == 1)
}
