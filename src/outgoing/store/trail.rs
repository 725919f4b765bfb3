//! Who did what to a document.

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::PersonId;
use crate::outgoing::OutgoingId;
use crate::outgoing::rules::Act;
use crate::sql;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Step {
    pub edition: i64,
    pub act: Act,
    pub person_id: PersonId,
    pub full_name: String,
    pub note: String,
    pub at: Timestamp,
}

pub async fn add_step(
    tx: &mut Tx,
    (of, edition): (OutgoingId, i64),
    act: Act,
    person: PersonId,
    note: &str,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO outgoing_step (id, outgoing_id, edition, act, person_id, note, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)", uuid::Uuid::now_v7(), of, edition, act, person, note, now)?;
    Ok(())
}

/// All steps of a document, in their order.
pub async fn steps(tx: &mut Tx, of: OutgoingId) -> Result<Vec<Step>, db::Error> {
    sql!(tx => fetch_all
        "SELECT edition, act, person_id, person.full_name, note, at FROM outgoing_step
         JOIN person ON person.id = outgoing_step.person_id
         WHERE outgoing_id = $1 ORDER BY at, outgoing_step.id" as Step, of)
}
