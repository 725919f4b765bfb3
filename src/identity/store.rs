//! SQL on organisations, units, people and sessions.

use super::{Level, OrgRole, OrganisationId, PersonId, UnitId};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::sql;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Organisation {
    pub id: OrganisationId,
    pub code: String,
    pub name: String,
    pub parent_name: String,
    pub place: String,
    pub level: Level,
    /// The organisation right above it in this installation, which reads its sums.
    pub parent_id: Option<OrganisationId>,
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Unit {
    pub id: UnitId,
    pub parent_id: Option<UnitId>,
    pub name: String,
    pub position: i64,
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Person {
    pub id: PersonId,
    pub unit_id: UnitId,
    pub login: String,
    pub full_name: String,
    pub position: String,
    pub email: String,
    pub active: bool,
}

#[derive(Debug, sqlx::FromRow)]
pub struct SessionRow {
    pub person_id: PersonId,
    pub organisation_id: OrganisationId,
    pub full_name: String,
    pub position: String,
    pub active: bool,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
}

#[derive(Debug, sqlx::FromRow)]
pub struct Credentials {
    pub id: PersonId,
    pub organisation_id: OrganisationId,
    pub password_hash: String,
    pub active: bool,
}

#[derive(Debug, sqlx::FromRow)]
pub struct Device {
    pub device: String,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
}

pub async fn insert_organisation(
    tx: &mut Tx,
    organisation: &Organisation,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO organisation (id, code, name, parent_name, place, level, parent_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        organisation.id, organisation.code.as_str(), organisation.name.as_str(),
        organisation.parent_name.as_str(), organisation.place.as_str(), organisation.level, organisation.parent_id,
        now)?;
    Ok(())
}

pub async fn organisation(tx: &mut Tx, id: OrganisationId) -> Result<Organisation, db::Error> {
    sql!(tx => fetch_one
        "SELECT id, code, name, parent_name, place, level, parent_id FROM organisation WHERE id = $1" as Organisation, id)
}

/// Every organisation of the installation, by name.
pub async fn organisations(tx: &mut Tx) -> Result<Vec<Organisation>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, code, name, parent_name, place, level, parent_id FROM organisation ORDER BY name, id"
        as Organisation)
}

/// Everyone under an organisation, not only right under it: by level, the
/// highest first, and by name.
pub async fn organisations_below(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Vec<Organisation>, db::Error> {
    let mut all = organisations(tx).await?;
    let placed: Vec<_> = all.iter().map(|one| (one.id, one.parent_id)).collect();
    let below = super::rules::below(organisation, &placed);
    all.retain(|one| below.contains(&one.id));
    all.sort_by_key(|one| one.level);
    Ok(all)
}

pub async fn set_parent(
    tx: &mut Tx,
    organisation: OrganisationId,
    parent: Option<OrganisationId>,
) -> Result<(), db::Error> {
    sql!(tx => execute "UPDATE organisation SET parent_id = $2 WHERE id = $1", organisation, parent)?;
    Ok(())
}

pub async fn organisation_count(tx: &mut Tx) -> Result<i64, db::Error> {
    let (count,) = sql!(tx => fetch_one "SELECT count(id) FROM organisation" as (i64,))?;
    Ok(count)
}

pub async fn insert_unit(tx: &mut Tx, organisation: OrganisationId, unit: &Unit) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO unit (id, organisation_id, parent_id, name, position) VALUES ($1, $2, $3, $4, $5)",
        unit.id, organisation, unit.parent_id, unit.name.as_str(), unit.position)?;
    Ok(())
}

/// All units of an organisation, in the order they were given.
pub async fn units(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<Unit>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, parent_id, name, position FROM unit WHERE organisation_id = $1 ORDER BY position, id"
        as Unit, organisation)
}

/// Adds a person. False: the login is taken.
pub async fn insert_person(
    tx: &mut Tx,
    organisation: OrganisationId,
    person: &Person,
    password_hash: &str,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let folded = super::rules::fold(&person.full_name);
    let added = sql!(tx => execute
        "INSERT INTO person (id, organisation_id, unit_id, login, full_name, folded_name, position, email,
                             password_hash, active, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (login) DO NOTHING",
        person.id, organisation, person.unit_id, person.login.as_str(), person.full_name.as_str(), folded,
        person.position.as_str(), person.email.as_str(), password_hash, person.active, now)?;
    Ok(added == 1)
}

pub async fn people(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<Person>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, unit_id, login, full_name, position, email, active FROM person
         WHERE organisation_id = $1 ORDER BY created_at, id" as Person, organisation)
}

pub async fn person(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: PersonId,
) -> Result<Option<Person>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT id, unit_id, login, full_name, position, email, active FROM person
         WHERE organisation_id = $1 AND id = $2" as Person, organisation, id)
}

pub async fn login_taken(tx: &mut Tx, login: &str) -> Result<bool, db::Error> {
    let found = sql!(tx => fetch_optional "SELECT login FROM person WHERE login = $1" as (String,), login)?;
    Ok(found.is_some())
}

pub async fn set_active(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: PersonId,
    active: bool,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE person SET active = $3 WHERE organisation_id = $1 AND id = $2", organisation, id, active)?;
    Ok(changed == 1)
}

pub async fn set_password(tx: &mut Tx, id: PersonId, password_hash: &str) -> Result<(), db::Error> {
    sql!(tx => execute "UPDATE person SET password_hash = $2 WHERE id = $1", id, password_hash)?;
    Ok(())
}

pub async fn add_role(tx: &mut Tx, person: PersonId, role: OrgRole) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO person_role (person_id, role) VALUES ($1, $2) ON CONFLICT (person_id, role) DO NOTHING",
        person, role)?;
    Ok(())
}

pub async fn remove_roles(tx: &mut Tx, person: PersonId) -> Result<(), db::Error> {
    sql!(tx => execute "DELETE FROM person_role WHERE person_id = $1", person)?;
    Ok(())
}

pub async fn roles_of(tx: &mut Tx, person: PersonId) -> Result<Vec<OrgRole>, db::Error> {
    let rows = sql!(tx => fetch_all "SELECT role FROM person_role WHERE person_id = $1 ORDER BY role"
        as (OrgRole,), person)?;
    Ok(rows.into_iter().map(|(role,)| role).collect())
}

/// Every role held in an organisation.
pub async fn all_roles(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Vec<(PersonId, OrgRole)>, db::Error> {
    sql!(tx => fetch_all
        "SELECT person_role.person_id, person_role.role FROM person_role
         JOIN person ON person.id = person_role.person_id
         WHERE person.organisation_id = $1 ORDER BY person_role.role" as (PersonId, OrgRole), organisation)
}

pub async fn credentials(tx: &mut Tx, login: &str) -> Result<Option<Credentials>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT id, organisation_id, password_hash, active FROM person WHERE login = $1" as Credentials, login)
}

pub async fn credentials_of(tx: &mut Tx, person: PersonId) -> Result<Credentials, db::Error> {
    sql!(tx => fetch_one
        "SELECT id, organisation_id, password_hash, active FROM person WHERE id = $1" as Credentials, person)
}

pub async fn failures(tx: &mut Tx, subject: &str) -> Result<(i64, Timestamp), db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT failures, last_at FROM sign_in_failure WHERE subject = $1" as (i64, Timestamp), subject)?;
    Ok(row.unwrap_or((0, Timestamp::from_micros(0))))
}

pub async fn count_failure(tx: &mut Tx, subject: &str, now: Timestamp) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO sign_in_failure (subject, failures, last_at) VALUES ($1, 1, $2)
         ON CONFLICT (subject) DO UPDATE
         SET failures = sign_in_failure.failures + 1, last_at = excluded.last_at", subject, now)?;
    Ok(())
}

pub async fn forget_failures(tx: &mut Tx, subject: &str) -> Result<(), db::Error> {
    sql!(tx => execute "DELETE FROM sign_in_failure WHERE subject = $1", subject)?;
    Ok(())
}

pub async fn insert_session(
    tx: &mut Tx,
    key: &[u8],
    person: PersonId,
    device: &str,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO session (id_hash, person_id, created_at, seen_at, device) VALUES ($1, $2, $3, $3, $4)",
        key, person, now, device)?;
    Ok(())
}

pub async fn session(tx: &mut Tx, key: &[u8]) -> Result<Option<SessionRow>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT session.person_id, person.organisation_id, person.full_name, person.position, person.active,
                session.created_at, session.seen_at
         FROM session JOIN person ON person.id = session.person_id WHERE session.id_hash = $1" as SessionRow, key)
}

pub async fn touch_session(tx: &mut Tx, key: &[u8], now: Timestamp) -> Result<(), db::Error> {
    sql!(tx => execute "UPDATE session SET seen_at = $2 WHERE id_hash = $1", key, now)?;
    Ok(())
}

pub async fn delete_session(tx: &mut Tx, key: &[u8]) -> Result<(), db::Error> {
    sql!(tx => execute "DELETE FROM session WHERE id_hash = $1", key)?;
    Ok(())
}

pub async fn delete_sessions_of(tx: &mut Tx, person: PersonId) -> Result<(), db::Error> {
    sql!(tx => execute "DELETE FROM session WHERE person_id = $1", person)?;
    Ok(())
}

pub async fn devices_of(tx: &mut Tx, person: PersonId) -> Result<Vec<Device>, db::Error> {
    sql!(tx => fetch_all
        "SELECT device, created_at, seen_at FROM session WHERE person_id = $1 ORDER BY seen_at DESC" as Device,
        person)
}
