//! SQL on how an office deals with tasks: its days, leaders and reminders.

use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId};
use crate::sql;
use crate::tasks::rules::Reminders;

/// A weekend day that is worked instead of another.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SwappedDay {
    /// As `2027-02-20`.
    pub day: String,
    pub name: String,
}

pub async fn swapped_days(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<SwappedDay>, db::Error> {
    sql!(tx => fetch_all
        "SELECT day, name FROM swapped_day WHERE organisation_id = $1 ORDER BY day" as SwappedDay, organisation)
}

/// False: the day is entered already.
pub async fn insert_swapped_day(
    tx: &mut Tx,
    organisation: OrganisationId,
    new: &SwappedDay,
) -> Result<bool, db::Error> {
    let made = sql!(tx => execute
        "INSERT INTO swapped_day (organisation_id, day, name) VALUES ($1, $2, $3)
         ON CONFLICT (organisation_id, day) DO NOTHING", organisation, new.day.as_str(), new.name.as_str())?;
    Ok(made == 1)
}

/// False: there was no such day.
pub async fn delete_swapped_day(
    tx: &mut Tx,
    organisation: OrganisationId,
    day: &str,
) -> Result<bool, db::Error> {
    let deleted = sql!(tx => execute
        "DELETE FROM swapped_day WHERE organisation_id = $1 AND day = $2", organisation, day)?;
    Ok(deleted == 1)
}

/// The leaders of an office, who sign in still.
pub async fn leaders(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Vec<(PersonId, String, String)>, db::Error> {
    sql!(tx => fetch_all
        "SELECT person.id, person.full_name, person.email FROM task_leader
         JOIN person ON person.id = task_leader.person_id
         WHERE task_leader.organisation_id = $1 AND person.active ORDER BY person.created_at, person.id"
        as (PersonId, String, String), organisation)
}

pub async fn set_leaders(
    tx: &mut Tx,
    organisation: OrganisationId,
    people: &[PersonId],
) -> Result<(), db::Error> {
    sql!(tx => execute "DELETE FROM task_leader WHERE organisation_id = $1", organisation)?;
    for person in people {
        sql!(tx => execute
            "INSERT INTO task_leader (organisation_id, person_id) VALUES ($1, $2)
             ON CONFLICT (organisation_id, person_id) DO NOTHING", organisation, *person)?;
    }
    Ok(())
}

/// How an office reminds; the usual way, if it never said.
pub async fn reminders(tx: &mut Tx, organisation: OrganisationId) -> Result<Reminders, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT hours_before, hours_after, escalation_days FROM task_rule WHERE organisation_id = $1"
        as (i64, i64, i64), organisation)?;
    let known = |(hours_before, hours_after, escalation_days)| Reminders {
        hours_before,
        hours_after,
        escalation_days,
    };
    Ok(row.map(known).unwrap_or_default())
}

pub async fn set_reminders(
    tx: &mut Tx,
    organisation: OrganisationId,
    new: Reminders,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO task_rule (organisation_id, hours_before, hours_after, escalation_days)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (organisation_id) DO UPDATE SET hours_before = excluded.hours_before,
             hours_after = excluded.hours_after, escalation_days = excluded.escalation_days",
        organisation, new.hours_before, new.hours_after, new.escalation_days)?;
    Ok(())
}
