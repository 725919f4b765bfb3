//! Which ways of signing an organisation leaves open to whom.
//!
//! Every way that the law and this program know for a role is open until the
//! administrator closes it. A signature by a closed way is refused before a PIN
//! is asked, and once more when it is recorded.

use serde_json::json;

use super::DocumentId;
use super::rules::{SignerRole, Way};
use super::signature::SignError;
use super::store::{self, policy};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{self, Actor, OrgRole, OrganisationId};

#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    #[error("only the system administrator opens and closes ways")]
    NotAllowed,
    #[error("a role would have no way left to sign")]
    NoWayLeft,
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Leaves just these ways open.
pub async fn set(
    tx: &mut Tx,
    actor: &Actor,
    open: &[(SignerRole, Way)],
    now: Timestamp,
) -> Result<(), PolicyError> {
    if !actor.is(OrgRole::SystemAdmin) {
        return Err(PolicyError::NotAllowed);
    }
    let mut closed = Vec::new();
    for role in SignerRole::ALL {
        let (kept, rest): (Vec<Way>, Vec<Way>) =
            role.ways().iter().copied().partition(|way| open.contains(&(*role, *way)));
        if kept.is_empty() {
            return Err(PolicyError::NoWayLeft);
        }
        closed.extend(rest.into_iter().map(|way| (*role, way)));
    }
    policy::replace(tx, actor, &closed, now).await?;
    let names: Vec<_> =
        closed.iter().map(|(role, way)| format!("{}: {}", role.as_str(), way.as_str())).collect();
    let subject = format!("organisation:{}", actor.organisation);
    identity::actions::log(tx, actor, "ways_set", subject, json!({ "closed": names }), now).await?;
    Ok(())
}

/// The ways a role may sign by.
pub async fn open_ways(
    tx: &mut Tx,
    organisation: OrganisationId,
    role: SignerRole,
) -> Result<Vec<Way>, db::Error> {
    let closed = policy::closed(tx, organisation).await?;
    let is_open = |way: &Way| !closed.contains(&(role, *way));
    Ok(role.ways().iter().copied().filter(is_open).collect())
}

/// Refuses a way that is closed for a role.
pub(super) async fn must_be_open(
    tx: &mut Tx,
    organisation: OrganisationId,
    role: SignerRole,
    way: Way,
) -> Result<(), SignError> {
    if open_ways(tx, organisation, role).await?.contains(&way) { Ok(()) } else { Err(SignError::WayClosed) }
}

/// Refuses a way that is closed for whoever signs a step.
pub(super) async fn must_be_open_for(
    tx: &mut Tx,
    organisation: OrganisationId,
    (document, number): (DocumentId, i64),
    way: Way,
) -> Result<(), SignError> {
    let step = store::step(tx, document, number).await?.ok_or(SignError::NotFound)?;
    must_be_open(tx, organisation, SignerRole::of_step(&step.capacity), way).await
}
