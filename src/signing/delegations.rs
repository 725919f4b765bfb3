//! Authority to sign in somebody's place (ủy quyền, NĐ 30/2020 Điều 13).
//!
//! The Office writes down what the paper says that gives it; it holds once the
//! giver has said so here, for the kinds and the days named. It is looked at
//! when a document is handed to its signer, and again when they sign.

use serde_json::json;

use super::store::delegations as rows;
pub use super::store::delegations::{Delegation, NewDelegation};
use super::{DelegationId, DocumentId};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{self, Actor, OrgRole, OrganisationId, PersonId};
use crate::{jobs, notices};

/// Letters of the paper's name, and of what may be signed.
const MOST_LETTERS: usize = 500;
/// The longest time a delegation may run, in days: the law wants an end.
pub const MOST_DAYS: i64 = 366;
const DAY: i64 = 86_400;

#[derive(Debug, thiserror::Error)]
pub enum DelegationError {
    #[error("only the Office and the clerk write delegations down")]
    NotAllowed,
    #[error("there is no such delegation or person here")]
    NotFound,
    #[error("paper and matter are named, and not at length")]
    Words,
    #[error("giver and holder are the same person")]
    Oneself,
    #[error("the days are missing, past, or too many")]
    Days,
    #[error("the giver signs by a delegation themselves, which is not handed on")]
    HandedOn,
    #[error("it was confirmed or ended already")]
    NotNow,
    #[error(transparent)]
    Jobs(#[from] jobs::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Delegation {
    /// Confirmed by its giver, not ended, and of this day.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.confirmed_at.is_some() && self.ended_at.is_none() && self.starts_at <= now && now < self.ends_at
    }

    /// Does it cover this kind of document?
    pub fn covers(&self, kind: &str) -> bool {
        self.kinds.is_empty() || self.kinds.split(' ').any(|covered| covered == kind)
    }
}

/// May this person write delegations down, and see those of everyone?
pub fn may_record(actor: &Actor) -> bool {
    actor.is(OrgRole::Secretary) || actor.is(OrgRole::Clerk)
}

/// Writes a delegation down and asks its giver to confirm it.
pub async fn record(
    tx: &mut Tx,
    actor: &Actor,
    new: &NewDelegation,
    now: Timestamp,
) -> Result<DelegationId, DelegationError> {
    if !may_record(actor) {
        return Err(DelegationError::NotAllowed);
    }
    check(new, now)?;
    for person in [new.giver, new.holder] {
        let found = identity::store::person(tx, actor.organisation, person).await?;
        found.filter(|person| person.active).ok_or(DelegationError::NotFound)?;
    }
    let all = rows::of_organisation(tx, actor.organisation).await?;
    if all.iter().any(|one| one.holder_id == new.giver && one.holds(now)) {
        return Err(DelegationError::HandedOn);
    }
    let id = DelegationId::new();
    rows::insert(tx, (actor.organisation, id), new, actor.person, now).await?;
    let details = json!({ "giver": new.giver.to_string(), "holder": new.holder.to_string(), "basis": new.basis,
                          "kinds": new.kinds, "starts_at": new.starts_at.date(), "ends_at": new.ends_at.date() });
    identity::actions::log(tx, actor, "delegation_recorded", subject(id), details, now).await?;
    let words = format!("Xin xác nhận ủy quyền ký: {}", new.basis);
    tell(tx, actor.organisation, new.giver, (&words, &new.scope), now).await?;
    Ok(id)
}

fn check(new: &NewDelegation, now: Timestamp) -> Result<(), DelegationError> {
    let is_short = |text: &str| !text.is_empty() && text.chars().count() <= MOST_LETTERS;
    if !is_short(&new.basis) || !is_short(&new.scope) {
        return Err(DelegationError::Words);
    }
    if new.giver == new.holder {
        return Err(DelegationError::Oneself);
    }
    let days = new.ends_at.seconds_since(new.starts_at) / DAY;
    if !(1..=MOST_DAYS).contains(&days) || new.ends_at <= now {
        return Err(DelegationError::Days);
    }
    Ok(())
}

/// The giver says that it is so. Until then nobody signs by it.
pub async fn confirm(
    tx: &mut Tx,
    actor: &Actor,
    id: DelegationId,
    now: Timestamp,
) -> Result<(), DelegationError> {
    let found = find(tx, actor, id).await?;
    if !rows::confirm(tx, (actor.organisation, id), actor.person, now).await? {
        return Err(DelegationError::NotNow);
    }
    identity::actions::log(tx, actor, "delegation_confirmed", subject(id), json!({}), now).await?;
    let words = format!("Bạn được ủy quyền ký: {}", found.basis);
    Ok(tell(tx, actor.organisation, found.holder_id, (&words, &found.scope), now).await?)
}

/// Ends a delegation at once: its giver may, and whoever writes them down.
/// What was signed by it stays as it is.
pub async fn end(
    tx: &mut Tx,
    actor: &Actor,
    id: DelegationId,
    now: Timestamp,
) -> Result<(), DelegationError> {
    let found = find(tx, actor, id).await?;
    if !may_end(actor, &found) {
        return Err(DelegationError::NotFound);
    }
    if !rows::end(tx, (actor.organisation, id), actor.person, now).await? {
        return Err(DelegationError::NotNow);
    }
    identity::actions::log(tx, actor, "delegation_ended", subject(id), json!({}), now).await?;
    let words = format!("Ủy quyền ký đã chấm dứt: {}", found.basis);
    for person in [found.giver_id, found.holder_id].into_iter().filter(|person| *person != actor.person) {
        tell(tx, actor.organisation, person, (&words, &found.scope), now).await?;
    }
    Ok(())
}

pub fn may_end(actor: &Actor, delegation: &Delegation) -> bool {
    may_record(actor) || delegation.giver_id == actor.person
}

/// The delegations that concern a person; for the Office, all.
pub async fn list(tx: &mut Tx, actor: &Actor) -> Result<Vec<Delegation>, db::Error> {
    let all = rows::of_organisation(tx, actor.organisation).await?;
    let concerns =
        |one: &Delegation| may_record(actor) || [one.giver_id, one.holder_id].contains(&actor.person);
    Ok(all.into_iter().filter(concerns).collect())
}

/// The delegation by which a person may sign this kind of document now.
pub async fn in_force(
    tx: &mut Tx,
    organisation: OrganisationId,
    (holder, kind): (PersonId, &str),
    now: Timestamp,
) -> Result<Option<DelegationId>, db::Error> {
    let all = rows::of_organisation(tx, organisation).await?;
    let fits = |one: &&Delegation| one.holder_id == holder && one.covers(kind) && one.holds(now);
    Ok(all.iter().find(fits).map(|one| one.id))
}

/// Lets the first step of a document be signed by a delegation: it must still
/// hold when its signer signs.
pub async fn rely(tx: &mut Tx, document: DocumentId, delegation: DelegationId) -> Result<(), db::Error> {
    rows::rely(tx, (document, 1), delegation).await
}

/// The delegation of somebody concerned by it.
async fn find(tx: &mut Tx, actor: &Actor, id: DelegationId) -> Result<Delegation, DelegationError> {
    let found = list(tx, actor).await?.into_iter().find(|one| one.id == id);
    found.ok_or(DelegationError::NotFound)
}

async fn tell(
    tx: &mut Tx,
    organisation: OrganisationId,
    person: PersonId,
    (subject, body): (&str, &str),
    now: Timestamp,
) -> Result<(), jobs::Error> {
    let Some(person) = identity::store::person(tx, organisation, person).await? else { return Ok(()) };
    let link = super::urls::delegations();
    let tidings = notices::Tidings { organisation, subject, link: &link, body };
    notices::actions::tell(tx, person.id, &person.email, &tidings, now).await
}

fn subject(id: DelegationId) -> String {
    format!("delegation:{id}")
}
