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

/// Notes that a person has a service send a code. False: they did so after `earlier`.
pub async fn ask_code(
    tx: &mut Tx,
    (person, service): (PersonId, &str),
    earlier: Timestamp,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE remote_account SET code_asked_at = $3
         WHERE person_id = $1 AND service = $2 AND (code_asked_at IS NULL OR code_asked_at <= $4)",
        person, service, now, earlier)?;
    Ok(changed == 1)
}

/// The name a person gave last; empty: none yet.
pub async fn of(tx: &mut Tx, person: PersonId, service: &str) -> Result<String, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT account FROM remote_account WHERE person_id = $1 AND service = $2" as (String,), person, service)?;
    Ok(row.map(|(account,)| account).unwrap_or_default())
}
