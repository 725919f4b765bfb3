//! SQL on people who are counted by head.

use super::Cut;
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId, UnitId};
use crate::sql;

/// A person, their unit, and the moment that has them counted.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Head {
    pub person_id: PersonId,
    pub unit_id: UnitId,
    pub at: Timestamp,
}

/// Everyone who may sign in, with the moment their account was made.
pub async fn accounts(tx: &mut Tx, cut: Cut) -> Result<Vec<Head>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id AS person_id, unit_id, created_at AS at FROM person
         WHERE organisation_id = $1 AND active AND ($2 IS NULL OR unit_id = $2) AND ($3 IS NULL OR id = $3)"
        as Head, cut.organisation, cut.unit, cut.person)
}

/// In which months somebody did something in the house.
pub async fn presence(tx: &mut Tx, cut: Cut) -> Result<Vec<Head>, db::Error> {
    sql!(tx => fetch_all
        "SELECT person_id, unit_id, month AS at FROM indicator_sum
         WHERE organisation_id = $1 AND month >= $2 AND month < $3 AND indicator = 'users_active' AND part > 0
           AND ($4 IS NULL OR unit_id = $4) AND ($5 IS NULL OR person_id = $5)" as Head,
        cut.organisation, cut.from(), cut.to(), cut.unit, cut.person)
}

/// In which months since a moment somebody was asked to sign, of those who may
/// still sign in, in the unit they are in now.
pub async fn asked(tx: &mut Tx, cut: Cut, since: Timestamp) -> Result<Vec<Head>, db::Error> {
    sql!(tx => fetch_all
        "SELECT DISTINCT indicator_sum.person_id, person.unit_id, indicator_sum.month AS at
         FROM indicator_sum JOIN person ON person.id = indicator_sum.person_id
         WHERE indicator_sum.organisation_id = $1 AND indicator_sum.month >= $2 AND indicator_sum.month < $3
           AND indicator_sum.indicator = 'cert_bound' AND indicator_sum.part > 0 AND person.active
           AND ($4 IS NULL OR person.unit_id = $4) AND ($5 IS NULL OR person.id = $5)" as Head,
        cut.organisation, since, cut.to(), cut.unit, cut.person)
}

/// When the office came into the house.
pub async fn here_since(tx: &mut Tx, organisation: OrganisationId) -> Result<Timestamp, db::Error> {
    let (since,) = sql!(tx => fetch_one
        "SELECT created_at FROM organisation WHERE id = $1" as (Timestamp,), organisation)?;
    Ok(since)
}
