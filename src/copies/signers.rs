//! Who signs copies: the head, and whom the head lets (NĐ 30/2020, Điều 26).
//!
//! The administrator says who the head is; head or administrator keep the
//! list. Who wrote a name down, and until when it holds, stays on record.

use serde_json::json;

use super::CopySignerId;
use super::actions::CopyError;
use super::rules::{symbol, usual_symbol};
use super::store::{self, NewSigner, Setting};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::rules::clean_line;
use crate::identity::{self, Actor, OrgRole, OrganisationId, PersonId};
use crate::outgoing::rules::Capacity;

/// The longest time a leave may run, in days: whoever gives it looks at it again.
pub const MOST_DAYS: i64 = 5 * 366;
const DAY: i64 = 86_400;

/// Somebody who signs copies now.
#[derive(Clone, Debug)]
pub struct Entitled {
    pub person: PersonId,
    pub full_name: String,
    pub position: String,
    pub capacity: Capacity,
}

/// How an office makes its copies, also before anybody has said so.
pub async fn setting(tx: &mut Tx, organisation: OrganisationId) -> Result<Setting, db::Error> {
    if let Some(setting) = store::setting(tx, organisation).await? {
        return Ok(setting);
    }
    let office = identity::store::organisation(tx, organisation).await?;
    Ok(Setting { head_id: None, symbol: usual_symbol(&office.name), shows_seal: false })
}

/// Everyone who signs copies now, the head first.
pub async fn entitled(
    tx: &mut Tx,
    organisation: OrganisationId,
    now: Timestamp,
) -> Result<Vec<Entitled>, db::Error> {
    let mut found: Vec<Entitled> = Vec::new();
    if let Some(head) = setting(tx, organisation).await?.head_id {
        let head = identity::store::person(tx, organisation, head).await?.filter(|head| head.active);
        found.extend(head.map(|head| Entitled {
            person: head.id,
            full_name: head.full_name,
            position: head.position,
            capacity: Capacity::Own,
        }));
    }
    for one in store::signers(tx, organisation).await? {
        let holds = one.active && one.ended_at.is_none() && one.starts_at <= now && now < one.ends_at;
        if holds && found.iter().all(|known| known.person != one.person_id) {
            found.push(Entitled {
                person: one.person_id,
                full_name: one.full_name,
                position: one.position,
                capacity: one.capacity,
            });
        }
    }
    Ok(found)
}

/// May this person keep the list? The head, and the administrator for the head.
pub fn may_keep(actor: &Actor, setting: &Setting) -> bool {
    actor.is(OrgRole::SystemAdmin) || setting.head_id == Some(actor.person)
}

async fn must_keep(tx: &mut Tx, actor: &Actor) -> Result<(), CopyError> {
    let setting = setting(tx, actor.organisation).await?;
    if may_keep(actor, &setting) { Ok(()) } else { Err(CopyError::NotYours) }
}

/// Says who the head is.
pub async fn name_head(tx: &mut Tx, actor: &Actor, head: PersonId, now: Timestamp) -> Result<(), CopyError> {
    if !actor.is(OrgRole::SystemAdmin) {
        return Err(CopyError::NotYours);
    }
    must_work_here(tx, actor, head).await?;
    let usual = setting(tx, actor.organisation).await?.symbol;
    store::put_head(tx, actor.organisation, (head, &usual)).await?;
    log(tx, actor, "copy_head_named", json!({ "head": head.to_string() }), now).await
}

/// Says how the symbol of copies ends, and whether they bear the seal's picture.
pub async fn choose_look(
    tx: &mut Tx,
    actor: &Actor,
    (typed, shows_seal): (&str, bool),
    now: Timestamp,
) -> Result<(), CopyError> {
    must_keep(tx, actor).await?;
    let symbol = symbol(typed).ok_or(CopyError::Symbol)?;
    store::put_look(tx, actor.organisation, (&symbol, shows_seal)).await?;
    log(tx, actor, "copy_look_chosen", json!({ "symbol": symbol, "shows_seal": shows_seal }), now).await
}

/// Lets somebody sign copies.
pub async fn name_signer(
    tx: &mut Tx,
    actor: &Actor,
    new: &NewSigner,
    now: Timestamp,
) -> Result<(), CopyError> {
    must_keep(tx, actor).await?;
    let basis = clean_line(&new.basis).ok_or(CopyError::Basis)?;
    let days = new.ends_at.seconds_since(new.starts_at) / DAY;
    if !(1..=MOST_DAYS).contains(&days) || new.ends_at <= now {
        return Err(CopyError::Days);
    }
    must_work_here(tx, actor, new.person).await?;
    let new = NewSigner { basis, ..new.clone() };
    let id = CopySignerId::new();
    store::insert_signer(tx, (actor.organisation, id), &new, actor.person, now).await?;
    let details = json!({ "signer": id.to_string(), "person": new.person.to_string(), "capacity": new.capacity,
                          "basis": new.basis, "starts_at": new.starts_at.date(), "ends_at": new.ends_at.date() });
    log(tx, actor, "copy_signer_named", details, now).await
}

/// Ends a leave at once; what was signed by it stays as it is.
pub async fn end(tx: &mut Tx, actor: &Actor, id: CopySignerId, now: Timestamp) -> Result<(), CopyError> {
    let all = store::signers(tx, actor.organisation).await?;
    if !all.iter().any(|one| one.id == id) {
        return Err(CopyError::NotFound);
    }
    must_keep(tx, actor).await?;
    if !store::end_signer(tx, (actor.organisation, id), actor.person, now).await? {
        return Err(CopyError::NotNow);
    }
    log(tx, actor, "copy_signer_ended", json!({ "signer": id.to_string() }), now).await
}

async fn must_work_here(tx: &mut Tx, actor: &Actor, person: PersonId) -> Result<(), CopyError> {
    let found = identity::store::person(tx, actor.organisation, person).await?;
    found.filter(|person| person.active).map(|_| ()).ok_or(CopyError::NotFound)
}

async fn log(
    tx: &mut Tx,
    actor: &Actor,
    act: &str,
    details: serde_json::Value,
    now: Timestamp,
) -> Result<(), CopyError> {
    let subject = format!("organisation:{}", actor.organisation);
    Ok(identity::actions::log(tx, actor, act, subject, details, now).await?)
}
