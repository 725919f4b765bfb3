//! SQL on the names by which remote services know people.

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::PersonId;
use crate::sql;

/// Keeps the name a person gave last.
pub async fn set(
    tx: &mut Tx,
    person: PersonId,
    (service, account): (&str, &str),
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO remote_account (person_id, service, account, set_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (person_id, service) DO UPDATE SET account = excluded.account, set_at = excluded.set_at",
        person, service, account, now)?;
    Ok(())
}

/// The name a person gave last; empty: none yet.
pub async fn of(tx: &mut Tx, person: PersonId, service: &str) -> Result<String, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT account FROM remote_account WHERE person_id = $1 AND service = $2" as (String,), person, service)?;
    Ok(row.map(|(account,)| account).unwrap_or_default())
}
