//! SQL on the ways an organisation has closed.

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{Actor, OrganisationId};
use crate::signing::rules::{SignerRole, Way};
use crate::sql;

/// What an organisation has closed, for whom.
pub async fn closed(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<(SignerRole, Way)>, db::Error> {
    sql!(tx => fetch_all
        "SELECT role, way FROM closed_way WHERE organisation_id = $1 ORDER BY role, way" as (SignerRole, Way),
        organisation)
}

/// Closes just these; what stays closed keeps who closed it and when.
pub async fn replace(
    tx: &mut Tx,
    actor: &Actor,
    ways: &[(SignerRole, Way)],
    now: Timestamp,
) -> Result<(), db::Error> {
    for (role, way) in closed(tx, actor.organisation).await? {
        if !ways.contains(&(role, way)) {
            sql!(tx => execute
                "DELETE FROM closed_way WHERE organisation_id = $1 AND role = $2 AND way = $3",
                actor.organisation, role, way)?;
        }
    }
    for (role, way) in ways {
        sql!(tx => execute
            "INSERT INTO closed_way (organisation_id, role, way, closed_by, closed_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (organisation_id, role, way) DO NOTHING",
            actor.organisation, *role, *way, actor.person, now)?;
    }
    Ok(())
}
