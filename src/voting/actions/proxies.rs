//! Mandates given to others: recorded by those who run the meeting.

use serde_json::json;

use super::super::rules::{Proxy, may_hold};
use super::super::store;
use super::{VoteError, claim_editable, seat};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::rules::clean_line;
use crate::identity::{self, Actor, PersonId};
use crate::meetings::{self, MeetingId};

/// Records that a member gave the mandate to another member, or to whoever
/// sits in for the member, as the body's rule allows.
pub async fn give_proxy(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
    proxy: Proxy,
    reason: &str,
    now: Timestamp,
) -> Result<(), VoteError> {
    let meeting = claim_editable(tx, actor, meeting).await?;
    let reason = clean_line(reason).ok_or(VoteError::Reason)?;
    let giver = meetings::store::participant(tx, meeting.id, proxy.giver).await?;
    let holder = meetings::store::participant(tx, meeting.id, proxy.holder).await?;
    let (Some(giver), Some(holder)) = (giver, holder) else { return Err(VoteError::NotFound) };
    let body = meetings::store::meeting_type(tx, meeting.type_id).await?;
    if !giver.member || proxy.giver == proxy.holder || !may_hold(&seat(&holder), proxy.giver, &body.terms) {
        return Err(VoteError::NoProxy);
    }
    store::put_proxy(tx, meeting.id, proxy, &reason, actor.person, now).await?;
    let details = json!({
        "giver": proxy.giver.to_string(), "holder": proxy.holder.to_string(), "reason": reason,
    });
    identity::actions::log(tx, actor, "proxy_given", format!("meeting:{}", meeting.id), details, now).await?;
    Ok(())
}

/// Ends a proxy. Ballots that were cast by it stay.
pub async fn take_back_proxy(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
    giver: PersonId,
    now: Timestamp,
) -> Result<(), VoteError> {
    let meeting = claim_editable(tx, actor, meeting).await?;
    if !store::delete_proxy(tx, meeting.id, giver).await? {
        return Err(VoteError::NotFound);
    }
    let details = json!({ "giver": giver.to_string() });
    identity::actions::log(tx, actor, "proxy_taken_back", format!("meeting:{}", meeting.id), details, now)
        .await?;
    Ok(())
}
