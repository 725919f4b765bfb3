//! SQL on the list of trusted certificates, and on reports put aside.

use super::{ReportId, RootId, RootState};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId};
use crate::sql;
use crate::storage::Hash;

/// A certificate of the list, with the people who decided about it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct RootRow {
    pub id: RootId,
    pub certificate: Vec<u8>,
    pub state: RootState,
    pub proposed_by: PersonId,
    pub proposed_at: Timestamp,
    pub proposer: String,
    pub confirmer: Option<String>,
    pub confirmed_at: Option<Timestamp>,
    pub leaving_by: Option<PersonId>,
    pub leaver: Option<String>,
}

/// Every certificate that is on the list, or on its way to or from it.
pub(super) async fn roots(tx: &mut Tx) -> Result<Vec<RootRow>, db::Error> {
    sql!(tx => fetch_all
        "SELECT trust_root.id, trust_root.certificate, trust_root.state, trust_root.proposed_by,
                trust_root.proposed_at, proposer.full_name AS proposer, confirmer.full_name AS confirmer,
                trust_root.confirmed_at, trust_root.leaving_by, leaver.full_name AS leaver
         FROM trust_root JOIN person AS proposer ON proposer.id = trust_root.proposed_by
         LEFT JOIN person AS confirmer ON confirmer.id = trust_root.confirmed_by
         LEFT JOIN person AS leaver ON leaver.id = trust_root.leaving_by
         WHERE trust_root.state <> $1 ORDER BY trust_root.proposed_at, trust_root.id" as RootRow,
        RootState::Removed)
}

/// The certificates that count: also those that one administrator wants gone.
pub(super) async fn trusted(tx: &mut Tx) -> Result<Vec<Vec<u8>>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT certificate FROM trust_root WHERE state = $1 OR state = $2 ORDER BY fingerprint" as (Vec<u8>,),
        RootState::Trusted, RootState::Leaving)?;
    Ok(rows.into_iter().map(|(certificate,)| certificate).collect())
}

/// Puts a certificate forward; one that was removed may come again. `None`:
/// it is on the list, or waits for it, already.
pub(super) async fn propose(
    tx: &mut Tx,
    fingerprint: &str,
    certificate: &[u8],
    by: PersonId,
    now: Timestamp,
) -> Result<Option<RootId>, db::Error> {
    let row = sql!(tx => fetch_optional
        "INSERT INTO trust_root (id, fingerprint, certificate, state, proposed_by, proposed_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (fingerprint) DO UPDATE
         SET state = excluded.state, proposed_by = excluded.proposed_by, proposed_at = excluded.proposed_at,
             confirmed_by = NULL, confirmed_at = NULL, leaving_by = NULL, removed_by = NULL, removed_at = NULL
         WHERE trust_root.state = $7
         RETURNING id" as (RootId,),
        RootId::new(), fingerprint, certificate, RootState::Proposed, by, now, RootState::Removed)?;
    Ok(row.map(|(id,)| id))
}

/// Where a certificate stands, held until `tx` ends: who else decides about
/// it waits.
pub(super) async fn claim(tx: &mut Tx, root: RootId) -> Result<Option<Standing>, db::Error> {
    sql!(tx => fetch_optional
        "UPDATE trust_root SET state = state WHERE id = $1
         RETURNING fingerprint, state, proposed_by, leaving_by" as Standing, root)
}

/// What a decision about a certificate depends on.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Standing {
    pub fingerprint: String,
    pub state: RootState,
    pub proposed_by: PersonId,
    pub leaving_by: Option<PersonId>,
}

pub(super) async fn confirm(
    tx: &mut Tx,
    root: RootId,
    by: PersonId,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE trust_root SET state = $2, confirmed_by = $3, confirmed_at = $4 WHERE id = $1",
        root, RootState::Trusted, by, now)?;
    Ok(())
}

pub(super) async fn ask_removal(tx: &mut Tx, root: RootId, by: PersonId) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE trust_root SET state = $2, leaving_by = $3 WHERE id = $1", root, RootState::Leaving, by)?;
    Ok(())
}

/// Leaves the certificate where it was before somebody asked for its removal.
pub(super) async fn keep(tx: &mut Tx, root: RootId) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE trust_root SET state = $2, leaving_by = NULL WHERE id = $1", root, RootState::Trusted)?;
    Ok(())
}

/// Takes it off the list. `by` is `None` for a proposal that was taken back.
pub(super) async fn remove(
    tx: &mut Tx,
    root: RootId,
    by: Option<PersonId>,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE trust_root SET state = $2, removed_by = $3, removed_at = $4 WHERE id = $1",
        root, RootState::Removed, by, now)?;
    Ok(())
}

/// A report that somebody put aside.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct ReportRow {
    pub report: String,
    pub full_name: String,
    pub made_at: Timestamp,
}

/// Puts a report aside, with who had it made; it is never changed.
pub async fn put_report(
    tx: &mut Tx,
    file: Hash,
    report: &str,
    by: PersonId,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO verdict_report (id, sha256, report, made_by, made_at) VALUES ($1, $2, $3, $4, $5)",
        ReportId::new(), file, report, by, now)?;
    Ok(())
}

/// The last report that the organisation put aside on a file.
pub(super) async fn last_report(
    tx: &mut Tx,
    organisation: OrganisationId,
    file: Hash,
) -> Result<Option<ReportRow>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT verdict_report.report, person.full_name, verdict_report.made_at
         FROM verdict_report JOIN person ON person.id = verdict_report.made_by
         WHERE verdict_report.sha256 = $1 AND person.organisation_id = $2
         ORDER BY verdict_report.made_at DESC, verdict_report.id DESC LIMIT 1" as ReportRow, file, organisation)
}
