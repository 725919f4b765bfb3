//! How an office deals with tasks: its days, leaders and reminders.

use serde_json::json;

use super::rules::{Reminders, WorkingDays};
use super::store::{self, SwappedDay};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::actions::log;
use crate::identity::rules::clean_line;
use crate::identity::{self, Actor, OrgRole, OrganisationId, PersonId};
use crate::{jobs, meetings};

#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("the administrator sets this")]
    NotKeeper,
    #[error("no such person or day")]
    NotFound,
    #[error("not a number of hours or days that makes sense")]
    Numbers,
    #[error("not a day with a name")]
    Day,
    #[error("the day is worked anyway")]
    Worked,
    #[error("the day is entered already")]
    Twice,
    #[error(transparent)]
    Job(#[from] jobs::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Which days an office works.
pub async fn working_days(tx: &mut Tx, organisation: OrganisationId) -> Result<WorkingDays, db::Error> {
    let closed = meetings::store::holidays(tx, organisation).await?;
    let swapped = store::swapped_days(tx, organisation).await?;
    Ok(WorkingDays::new(closed.into_iter().map(|one| one.day), swapped.into_iter().map(|one| one.day)))
}

fn must_keep(actor: &Actor) -> Result<(), SettingsError> {
    if actor.is(OrgRole::SystemAdmin) { Ok(()) } else { Err(SettingsError::NotKeeper) }
}

/// Sets who leads, and when people are reminded. Open tasks follow the new
/// times; what was told already is not told again.
pub async fn set_rules(
    tx: &mut Tx,
    actor: &Actor,
    reminders: Reminders,
    leaders: &[PersonId],
    now: Timestamp,
) -> Result<(), SettingsError> {
    must_keep(actor)?;
    if !reminders.are_sensible() {
        return Err(SettingsError::Numbers);
    }
    set_leaders(tx, actor.organisation, leaders).await?;
    store::set_reminders(tx, actor.organisation, reminders).await?;
    let days = working_days(tx, actor.organisation).await?;
    for line in store::lines(tx, actor.organisation, store::Scope::default()).await? {
        for (_, at) in reminders.moments(line.due_at, &days).into_iter().filter(|(_, at)| *at > now) {
            jobs::queue_at(tx, super::REMINDER_JOB, &line.id, at, now).await?;
        }
    }
    let details = json!({ "hours_before": reminders.hours_before, "hours_after": reminders.hours_after,
                          "escalation_days": reminders.escalation_days, "leaders": leaders });
    Ok(log(tx, actor, "task_rules_set", format!("organisation:{}", actor.organisation), details, now).await?)
}

/// Names the leaders. The caller has judged who names them.
pub async fn set_leaders(
    tx: &mut Tx,
    organisation: OrganisationId,
    leaders: &[PersonId],
) -> Result<(), SettingsError> {
    for leader in leaders {
        // The ids come from a form.
        identity::store::person(tx, organisation, *leader).await?.ok_or(SettingsError::NotFound)?;
    }
    Ok(store::set_leaders(tx, organisation, leaders).await?)
}

/// Enters a day that is worked although it would be closed.
pub async fn put_swapped_day(
    tx: &mut Tx,
    actor: &Actor,
    day: &str,
    name: &str,
    now: Timestamp,
) -> Result<(), SettingsError> {
    must_keep(actor)?;
    let day: jiff::civil::Date = day.parse().map_err(|_| SettingsError::Day)?;
    let name = clean_line(name).ok_or(SettingsError::Day)?;
    let new = SwappedDay { day: day.to_string(), name };
    let closed = meetings::store::holidays(tx, actor.organisation).await?;
    let usual = WorkingDays::new(closed.into_iter().map(|one| one.day), []);
    if usual.is_worked(day) {
        return Err(SettingsError::Worked);
    }
    if !store::insert_swapped_day(tx, actor.organisation, &new).await? {
        return Err(SettingsError::Twice);
    }
    let details = json!({ "name": new.name });
    Ok(log(tx, actor, "swapped_day_set", format!("holiday:{}", new.day), details, now).await?)
}

pub async fn remove_swapped_day(
    tx: &mut Tx,
    actor: &Actor,
    day: &str,
    now: Timestamp,
) -> Result<(), SettingsError> {
    must_keep(actor)?;
    if !store::delete_swapped_day(tx, actor.organisation, day).await? {
        return Err(SettingsError::NotFound);
    }
    Ok(log(tx, actor, "swapped_day_removed", format!("holiday:{day}"), json!({}), now).await?)
}
