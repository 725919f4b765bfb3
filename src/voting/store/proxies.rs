//! Mandates given to others.

use super::super::rules::Proxy;
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::PersonId;
use crate::meetings::MeetingId;
use crate::sql;

/// Gives a member's mandate to somebody, or to somebody else than before.
pub async fn put_proxy(
    tx: &mut Tx,
    meeting: MeetingId,
    proxy: Proxy,
    reason: &str,
    by: PersonId,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO proxy (meeting_id, giver_id, holder_id, reason, recorded_by, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (meeting_id, giver_id) DO UPDATE SET holder_id = excluded.holder_id,
                reason = excluded.reason, recorded_by = excluded.recorded_by,
                recorded_at = excluded.recorded_at",
        meeting, proxy.giver, proxy.holder, reason, by, now)?;
    Ok(())
}

pub async fn delete_proxy(tx: &mut Tx, meeting: MeetingId, giver: PersonId) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "DELETE FROM proxy WHERE meeting_id = $1 AND giver_id = $2", meeting, giver)?;
    Ok(changed == 1)
}

#[derive(sqlx::FromRow)]
struct ProxyRow {
    giver_id: PersonId,
    holder_id: PersonId,
    reason: String,
}

/// The proxies of a meeting, each with its reason.
pub async fn proxies(tx: &mut Tx, meeting: MeetingId) -> Result<Vec<(Proxy, String)>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT giver_id, holder_id, reason FROM proxy WHERE meeting_id = $1 ORDER BY giver_id" as ProxyRow,
        meeting)?;
    let proxy = |row: ProxyRow| (Proxy { giver: row.giver_id, holder: row.holder_id }, row.reason);
    Ok(rows.into_iter().map(proxy).collect())
}

/// Who was named to hold a member's mandate.
pub async fn holding(
    tx: &mut Tx,
    meeting: MeetingId,
    giver: PersonId,
) -> Result<Option<PersonId>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT holder_id FROM proxy WHERE meeting_id = $1 AND giver_id = $2" as (PersonId,), meeting, giver)?;
    Ok(row.map(|(holder,)| holder))
}

/// The members that gave their mandate to a person or for whom the person
/// sits in. Whether the mandate can be used is for the rules to say.
pub async fn held_by(tx: &mut Tx, meeting: MeetingId, person: PersonId) -> Result<Vec<PersonId>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT person.id FROM person
         WHERE person.id IN (SELECT giver_id FROM proxy WHERE meeting_id = $1 AND holder_id = $2
                             UNION SELECT substitute_for FROM participant
                                   WHERE meeting_id = $1 AND person_id = $2)
         ORDER BY person.folded_name, person.id" as (PersonId,), meeting, person)?;
    Ok(rows.into_iter().map(|(member,)| member).collect())
}
