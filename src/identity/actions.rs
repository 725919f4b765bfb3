//! What people do about identity: sign in and out, add and retire people.

use std::collections::BTreeSet;

use serde_json::json;

use super::passwords::{self, PasswordError};
use super::rules::{self, SHORTEST_PASSWORD, wait_after};
use super::session::new_session;
use super::store::{self, Person};
use super::{Actor, OrgRole, OrganisationId, PersonId, RETIRED_JOB, UnitId};
use crate::audit::{self, Act};
use crate::clock::Timestamp;
use crate::db::{self, Db, Tx};
use crate::jobs;

#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    #[error("login or password is wrong")]
    Wrong,
    #[error("too many failures, wait {seconds} s")]
    Wait { seconds: i64 },
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error("no random numbers")]
    Random(#[from] openssl::error::ErrorStack),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// A try to sign in.
#[derive(Debug)]
pub struct Attempt {
    pub login: String,
    pub password: String,
    /// Where it comes from: counted too, so that one machine cannot try all logins.
    pub address: String,
    pub device: String,
}

/// Signs a person in and gives the secret for the cookie.
///
/// Opens its own transactions: hashing the password takes long, and a failure
/// must be counted although the request is refused.
pub async fn sign_in(db: &Db, attempt: Attempt, now: Timestamp) -> Result<String, SignInError> {
    let subjects = [format!("login:{}", attempt.login), format!("address:{}", attempt.address)];
    let mut tx = db.read().await?;
    for subject in &subjects {
        let (failures, last) = store::failures(&mut tx, subject).await?;
        let seconds = wait_after(failures, last, now);
        if seconds > 0 {
            return Err(SignInError::Wait { seconds });
        }
    }
    let found = store::credentials(&mut tx, &attempt.login).await?.filter(|found| found.active);
    drop(tx);
    let stored = found.as_ref().map(|found| found.password_hash.clone());
    let is_right = passwords::matches(attempt.password, stored).await?;

    let mut tx = db.write().await?;
    let Some(person) = found.filter(|_| is_right) else {
        for subject in &subjects {
            store::count_failure(&mut tx, subject, now).await?;
        }
        tx.commit().await?;
        return Err(SignInError::Wrong);
    };
    for subject in &subjects {
        store::forget_failures(&mut tx, subject).await?;
    }
    let (secret, key) = new_session()?;
    store::insert_session(&mut tx, &key, person.id, &attempt.device, now).await?;
    let act = Act {
        chain: person.organisation_id.into(),
        actor: Some(person.id.into()),
        act: "signed_in",
        subject: format!("person:{}", person.id),
        details: json!({}),
    };
    audit::record(&mut tx, act, now).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Adds the actor's act to the organisation's log.
pub async fn log(
    tx: &mut Tx,
    actor: &Actor,
    act: &str,
    subject: String,
    details: serde_json::Value,
    now: Timestamp,
) -> Result<(), db::Error> {
    let chain = actor.organisation.into();
    audit::record(tx, Act { chain, actor: Some(actor.person.into()), act, subject, details }, now).await
}

pub async fn sign_out(tx: &mut Tx, actor: &Actor, now: Timestamp) -> Result<(), db::Error> {
    store::delete_session(tx, &actor.session).await?;
    log(tx, actor, "signed_out", format!("person:{}", actor.person), json!({}), now).await
}

/// Ends every session of the actor, on all devices.
pub async fn sign_out_everywhere(tx: &mut Tx, actor: &Actor, now: Timestamp) -> Result<(), db::Error> {
    store::delete_sessions_of(tx, actor.person).await?;
    log(tx, actor, "signed_out_everywhere", format!("person:{}", actor.person), json!({}), now).await
}

/// Ends every session of a person of the organisation: the next time one of
/// their devices meets the network, it forgets what it kept.
pub async fn wipe_devices(
    tx: &mut Tx,
    actor: &Actor,
    person: PersonId,
    now: Timestamp,
) -> Result<(), PeopleError> {
    store::person(tx, actor.organisation, person).await?.ok_or(PeopleError::NotFound)?;
    store::delete_sessions_of(tx, person).await?;
    Ok(log(tx, actor, "devices_wiped", format!("person:{person}"), json!({}), now).await?)
}

#[derive(Debug, thiserror::Error)]
pub enum ChangePasswordError {
    #[error("the old password is wrong")]
    Wrong,
    #[error("the new password is too short")]
    TooShort,
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Changes the actor's password and ends all sessions but this one.
pub async fn change_password(
    db: &Db,
    actor: &Actor,
    old: String,
    new: String,
    now: Timestamp,
) -> Result<(), ChangePasswordError> {
    if new.chars().count() < SHORTEST_PASSWORD {
        return Err(ChangePasswordError::TooShort);
    }
    let mut tx = db.read().await?;
    let stored = store::credentials_of(&mut tx, actor.person).await?.password_hash;
    drop(tx);
    if !passwords::matches(old, Some(stored)).await? {
        return Err(ChangePasswordError::Wrong);
    }
    let hash = passwords::hash(new).await?;
    let mut tx = db.write().await?;
    store::set_password(&mut tx, actor.person, &hash).await?;
    store::delete_sessions_of(&mut tx, actor.person).await?;
    store::insert_session(&mut tx, &actor.session, actor.person, "", now).await?;
    log(&mut tx, actor, "password_changed", format!("person:{}", actor.person), json!({}), now).await?;
    Ok(tx.commit().await?)
}

#[derive(Debug, thiserror::Error)]
pub enum ConfirmError {
    #[error("the password is wrong")]
    Wrong,
    #[error("too many failures, wait {seconds} s")]
    Wait { seconds: i64 },
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Makes sure by their password that it is the actor who sits there, before
/// something that a screen left open must not be enough for.
///
/// Opens its own transactions, as [`sign_in`] does.
pub async fn confirm(db: &Db, actor: &Actor, password: String, now: Timestamp) -> Result<(), ConfirmError> {
    let subject = format!("confirm:{}", actor.person);
    let mut tx = db.read().await?;
    let (failures, last) = store::failures(&mut tx, &subject).await?;
    let seconds = wait_after(failures, last, now);
    if seconds > 0 {
        return Err(ConfirmError::Wait { seconds });
    }
    let stored = store::credentials_of(&mut tx, actor.person).await?.password_hash;
    drop(tx);
    let is_right = passwords::matches(password, Some(stored)).await?;
    let mut tx = db.write().await?;
    if is_right {
        store::forget_failures(&mut tx, &subject).await?;
    } else {
        store::count_failure(&mut tx, &subject, now).await?;
    }
    tx.commit().await?;
    if is_right { Ok(()) } else { Err(ConfirmError::Wrong) }
}

#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    #[error("there is no such person")]
    NotFound,
    #[error("one cannot retire oneself")]
    Oneself,
    #[error(transparent)]
    Job(#[from] jobs::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Retires a person or takes them back. Everything they did stays.
pub async fn set_active(
    tx: &mut Tx,
    actor: &Actor,
    person: PersonId,
    active: bool,
    now: Timestamp,
) -> Result<(), PeopleError> {
    if person == actor.person {
        return Err(PeopleError::Oneself);
    }
    if !store::set_active(tx, actor.organisation, person, active).await? {
        return Err(PeopleError::NotFound);
    }
    store::delete_sessions_of(tx, person).await?;
    if !active {
        jobs::queue(tx, RETIRED_JOB, &person, now).await?;
    }
    let act = if active { "person_activated" } else { "person_retired" };
    Ok(log(tx, actor, act, format!("person:{person}"), json!({}), now).await?)
}

#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    #[error("there is no organisation with the code {0}")]
    NotFound(String),
    #[error("an organisation cannot stand under itself, nor under one that stands under it")]
    Ring,
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Says which organisation stands right above another, or that none does: from
/// now on those above read its sums. Done by whoever runs the installation, and
/// on record in the logs of all whom it concerns.
pub async fn place(tx: &mut Tx, code: &str, above: Option<&str>, now: Timestamp) -> Result<(), PlaceError> {
    let all = store::organisations(tx).await?;
    let find =
        |code: &str| all.iter().find(|one| one.code == code).ok_or(PlaceError::NotFound(code.to_owned()));
    let (one, parent) = (find(code)?, above.map(find).transpose()?);
    let placed: Vec<_> = all.iter().map(|one| (one.id, one.parent_id)).collect();
    if parent.is_some_and(|parent| parent.id == one.id || rules::below(one.id, &placed).contains(&parent.id))
    {
        return Err(PlaceError::Ring);
    }
    let parent_id = parent.map(|parent| parent.id);
    if parent_id == one.parent_id {
        return Ok(());
    }
    store::set_parent(tx, one.id, parent_id).await?;
    let subject = format!("organisation:{}", one.id);
    let details = json!({ "code": one.code, "under": parent.map(|parent| &parent.code) });
    let concerned: BTreeSet<_> = [Some(one.id), one.parent_id, parent_id].into_iter().flatten().collect();
    for chain in concerned {
        let (subject, details) = (subject.clone(), details.clone());
        let act = Act { chain: chain.into(), actor: None, act: "organisation_placed", subject, details };
        audit::record(tx, act, now).await?;
    }
    Ok(())
}

/// Gives a person exactly these roles.
pub async fn set_roles(
    tx: &mut Tx,
    actor: &Actor,
    person: PersonId,
    roles: &[OrgRole],
    now: Timestamp,
) -> Result<(), PeopleError> {
    store::person(tx, actor.organisation, person).await?.ok_or(PeopleError::NotFound)?;
    store::remove_roles(tx, person).await?;
    for role in roles {
        store::add_role(tx, person, *role).await?;
    }
    Ok(log(tx, actor, "roles_set", format!("person:{person}"), json!({ "roles": roles }), now).await?)
}

/// Hashes a password for a new account.
pub async fn hash_password(password: String) -> Result<String, PasswordError> {
    passwords::hash(password).await
}

/// People as lists show them: sorted the Vietnamese way, by given name.
pub fn sorted_by_name(mut people: Vec<Person>) -> Vec<Person> {
    people.sort_by_cached_key(|person| rules::name_order(&person.full_name));
    people
}

/// Those who speak for a unit: its administrators; where it has none, all its
/// people, so that nothing is given to a unit in which nobody would see it.
pub async fn heads_of_unit(
    tx: &mut Tx,
    organisation: OrganisationId,
    unit: UnitId,
) -> Result<Vec<Person>, db::Error> {
    let roles = store::all_roles(tx, organisation).await?;
    let mut people = store::people(tx, organisation).await?;
    people.retain(|one| one.active && one.unit_id == unit);
    let speaks =
        |one: &store::Person| roles.iter().any(|(of, role)| *of == one.id && *role == OrgRole::UnitAdmin);
    if people.iter().any(speaks) {
        people.retain(speaks);
    }
    Ok(people)
}
