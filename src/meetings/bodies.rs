//! The kinds of meeting: the body that meets, and the rules it keeps.

use serde_json::json;

use super::actions::MeetingError;
use super::rooms::{log, must_keep};
use super::rules::{Fraction, PlanningRules, VoteTerms, are_usable};
use super::store::{self, MeetingType};
use super::{MeetingTypeId, TermsId};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::Actor;
use crate::identity::rules::clean_line;

/// What a form says about a kind of meeting.
#[derive(Clone, Debug)]
pub struct BodyDetails {
    pub name: String,
    pub body_name: String,
    pub terms: VoteTerms,
    pub planning: PlanningRules,
}

/// A kind of meeting of the organisation.
pub async fn find(tx: &mut Tx, actor: &Actor, id: MeetingTypeId) -> Result<MeetingType, MeetingError> {
    let kinds = store::types(tx, actor.organisation).await?;
    kinds.into_iter().find(|kind| kind.id == id).ok_or(MeetingError::NotFound)
}

pub async fn create(
    tx: &mut Tx,
    actor: &Actor,
    details: &BodyDetails,
    now: Timestamp,
) -> Result<MeetingTypeId, MeetingError> {
    must_keep(actor)?;
    let kind = checked(MeetingTypeId::new(), TermsId::new(), details)?;
    store::insert_type(tx, actor.organisation, &kind).await?;
    store::set_planning_rules(tx, kind.id, details.planning).await?;
    log(tx, actor, "body_created", subject(kind.id), json!({ "name": kind.name }), now).await?;
    Ok(kind.id)
}

/// Changes a kind of meeting, from the rule the form was made from. The rule
/// before stays written down: votes that were prepared by it keep it.
pub async fn edit(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingTypeId,
    details: &BodyDetails,
    terms_id: TermsId,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let before = find(tx, actor, id).await?;
    must_keep(actor)?;
    if before.terms_id != terms_id {
        return Err(MeetingError::Stale);
    }
    let is_same = before.terms == details.terms;
    let kind = checked(id, if is_same { terms_id } else { TermsId::new() }, details)?;
    if !is_same {
        store::insert_terms(tx, kind.terms_id, &kind.terms).await?;
    }
    if !store::update_type(tx, actor.organisation, &kind, terms_id).await? {
        return Err(MeetingError::Stale);
    }
    store::set_planning_rules(tx, id, details.planning).await?;
    log(tx, actor, "body_edited", subject(id), json!({ "name": kind.name, "rule": !is_same }), now).await
}

fn subject(kind: MeetingTypeId) -> String {
    format!("body:{kind}")
}

fn checked(id: MeetingTypeId, terms_id: TermsId, details: &BodyDetails) -> Result<MeetingType, MeetingError> {
    let name = clean_line(&details.name).ok_or(MeetingError::Title)?;
    let body_name = clean_line(&details.body_name).ok_or(MeetingError::Title)?;
    let mut terms = details.terms.clone();
    for option in &mut terms.options {
        option.label = clean_line(&option.label).unwrap_or_default();
    }
    let planning = details.planning;
    let is_part = |part: Fraction| {
        (1..=100).contains(&part.denominator) && (1..=part.denominator).contains(&part.numerator)
    };
    // More than all of them is never reached: nothing could ever pass.
    let is_reachable = !(terms.strict && terms.pass.numerator == terms.pass.denominator);
    let fits = is_part(terms.quorum)
        && is_part(terms.pass)
        && is_reachable
        && are_usable(&terms.options)
        && (0..=30).contains(&planning.deadline_days)
        && (1..=240).contains(&planning.speech_minutes);
    if !fits {
        return Err(MeetingError::Rules);
    }
    Ok(MeetingType { id, name, body_name, terms_id, terms })
}
