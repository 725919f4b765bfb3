//! SQL on the units and people at work on a document.

use super::Direction;
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{PersonId, UnitId};
use crate::incoming::IncomingId;
use crate::sql;

/// A unit that a direction names.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct NamedUnit {
    pub unit_id: UnitId,
    pub name: String,
    pub is_lead: bool,
    pub assigned_at: Option<Timestamp>,
}

/// Replaces the units of an earlier direction, with the people they named.
pub async fn name_units(tx: &mut Tx, id: IncomingId, direction: &Direction) -> Result<(), db::Error> {
    sql!(tx => execute "DELETE FROM incoming_assignment WHERE document_id = $1", id)?;
    sql!(tx => execute "DELETE FROM incoming_unit WHERE document_id = $1", id)?;
    let lead = direction.lead.iter().map(|unit| (*unit, true));
    for (unit, is_lead) in lead.chain(direction.help.iter().map(|unit| (*unit, false))) {
        sql!(tx => execute
            "INSERT INTO incoming_unit (document_id, unit_id, is_lead) VALUES ($1, $2, $3)
             ON CONFLICT (document_id, unit_id) DO NOTHING", id, unit, is_lead)?;
    }
    Ok(())
}

/// The lead unit first, then those that help.
pub async fn units_of(tx: &mut Tx, id: IncomingId) -> Result<Vec<NamedUnit>, db::Error> {
    sql!(tx => fetch_all
        "SELECT incoming_unit.unit_id, unit.name, incoming_unit.is_lead, incoming_unit.assigned_at
         FROM incoming_unit JOIN unit ON unit.id = incoming_unit.unit_id
         WHERE incoming_unit.document_id = $1
         ORDER BY incoming_unit.is_lead DESC, unit.position, unit.id" as NamedUnit, id)
}

/// A person at work on a document.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Assignment {
    pub person_id: PersonId,
    pub full_name: String,
    pub unit_id: UnitId,
    pub done_at: Option<Timestamp>,
}

pub async fn assignments(tx: &mut Tx, id: IncomingId) -> Result<Vec<Assignment>, db::Error> {
    sql!(tx => fetch_all
        "SELECT incoming_assignment.person_id, person.full_name, incoming_assignment.unit_id,
                incoming_assignment.done_at
         FROM incoming_assignment JOIN person ON person.id = incoming_assignment.person_id
         WHERE incoming_assignment.document_id = $1 ORDER BY person.folded_name, person.id" as Assignment, id)
}

/// Notes that a unit said who works on it, and forgets whom it said before.
pub async fn replace_assignments(
    tx: &mut Tx,
    id: IncomingId,
    unit: UnitId,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "DELETE FROM incoming_assignment WHERE document_id = $1 AND unit_id = $2", id, unit)?;
    sql!(tx => execute
        "UPDATE incoming_unit SET assigned_at = $3 WHERE document_id = $1 AND unit_id = $2", id, unit, now)?;
    Ok(())
}

pub async fn assign(tx: &mut Tx, id: IncomingId, unit: UnitId, person: PersonId) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO incoming_assignment (document_id, person_id, unit_id) VALUES ($1, $2, $3)
         ON CONFLICT (document_id, person_id) DO NOTHING", id, person, unit)?;
    Ok(())
}

/// Notes when somebody's part was done; `None` opens it again.
pub async fn mark_done(
    tx: &mut Tx,
    id: IncomingId,
    person: PersonId,
    done_at: Option<Timestamp>,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE incoming_assignment SET done_at = $3 WHERE document_id = $1 AND person_id = $2", id, person, done_at)?;
    Ok(())
}
