//! From the draft to the sending.

use serde_json::json;

use super::SlipId;
use super::actions::{SlipError, View, bounded, claim, claim_to_manage, log, tell};
use super::reminder::queue_moments;
use super::rules::{Act, State, Terms, is_deadline};
use super::store::{self, Member, Slip};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::rules::clean_line;
use crate::identity::{self, Actor, OrgRole, OrganisationId, PersonId};
use crate::meetings::{self, MeetingTypeId};
use crate::papers::{self, Upload};

/// Most questions of one slip, and most people asked.
const MOST_QUESTIONS: usize = 30;
const MOST_MEMBERS: usize = 500;

/// What the form of a draft says.
#[derive(Clone, Debug)]
pub struct Draft {
    pub body: MeetingTypeId,
    pub title: String,
    pub statement: String,
    pub questions: Vec<String>,
    pub members: Vec<PersonId>,
    pub adviser: PersonId,
    pub approver: PersonId,
    pub deadline: Timestamp,
    pub version: i64,
}

/// Begins a slip.
pub async fn create(tx: &mut Tx, actor: &Actor, draft: &Draft, now: Timestamp) -> Result<SlipId, SlipError> {
    let mut slip = Slip {
        id: SlipId::new(),
        organisation_id: actor.organisation,
        type_id: draft.body,
        title: String::new(),
        statement: String::new(),
        drafter_id: actor.person,
        adviser_id: actor.person,
        approver_id: actor.person,
        state: State::Draft,
        reason: String::new(),
        deadline: draft.deadline,
        unanswered: Terms::default().unanswered,
        is_signed: false,
        hours_before: Terms::default().hours_before,
        hours_after: Terms::default().hours_after,
        version: 1,
        sent_at: None,
        closed_at: None,
        report_sha256: None,
    };
    fill(tx, &mut slip, draft, now).await?;
    store::insert(tx, &slip, now).await?;
    put_rows(tx, slip.id, draft).await?;
    log(tx, actor, "slip_drafted", slip.id, json!({ "title": slip.title }), now).await?;
    Ok(slip.id)
}

/// Saves a draft over the version it was typed on.
pub async fn save(
    tx: &mut Tx,
    actor: &Actor,
    id: SlipId,
    draft: &Draft,
    now: Timestamp,
) -> Result<(), SlipError> {
    let mut slip = claim_to_manage(tx, actor, id, State::Draft).await?.slip;
    slip.version = draft.version;
    fill(tx, &mut slip, draft, now).await?;
    if !store::save(tx, &slip).await? {
        return Err(SlipError::Stale);
    }
    put_rows(tx, id, draft).await?;
    share(tx, id).await?;
    log(tx, actor, "slip_saved", id, json!({ "version": draft.version + 1 }), now).await
}

async fn fill(tx: &mut Tx, slip: &mut Slip, draft: &Draft, now: Timestamp) -> Result<(), SlipError> {
    let bodies = meetings::store::types(tx, slip.organisation_id).await?;
    if !bodies.iter().any(|body| body.id == draft.body) {
        return Err(SlipError::NotFound);
    }
    if !is_deadline(draft.deadline, now) {
        return Err(SlipError::Deadline);
    }
    if draft.members.len() > MOST_MEMBERS || draft.questions.len() > MOST_QUESTIONS {
        return Err(SlipError::Text);
    }
    must_work_here(tx, slip.organisation_id, &draft.members).await?;
    must_work_here(tx, slip.organisation_id, &[draft.adviser, draft.approver]).await?;
    slip.title = clean_line(&draft.title).ok_or(SlipError::Text)?;
    slip.statement = bounded(&draft.statement)?;
    slip.type_id = draft.body;
    slip.deadline = draft.deadline;
    slip.adviser_id = draft.adviser;
    slip.approver_id = draft.approver;
    slip.set_terms(store::terms(tx, draft.body).await?);
    Ok(())
}

/// The ids come from a form: all must be people of this organisation who sign in.
async fn must_work_here(
    tx: &mut Tx,
    organisation: OrganisationId,
    people: &[PersonId],
) -> Result<(), SlipError> {
    let known = identity::store::people(tx, organisation).await?;
    let is_here = |id: &PersonId| known.iter().any(|one| one.id == *id && one.active);
    if people.iter().all(is_here) { Ok(()) } else { Err(SlipError::NotFound) }
}

async fn put_rows(tx: &mut Tx, slip: SlipId, draft: &Draft) -> Result<(), SlipError> {
    let questions: Vec<String> = draft.questions.iter().filter_map(|text| clean_line(text)).collect();
    store::replace_questions(tx, slip, &questions).await?;
    store::remove_members(tx, slip).await?;
    for (position, member) in (0..).zip(&draft.members) {
        store::insert_member(tx, slip, *member, position).await?;
    }
    Ok(())
}

/// Adds a paper to a draft.
pub async fn add_paper(
    tx: &mut Tx,
    actor: &Actor,
    id: SlipId,
    upload: &Upload,
    now: Timestamp,
) -> Result<(), SlipError> {
    claim_to_manage(tx, actor, id, State::Draft).await?;
    let paper = papers::actions::add_paper(tx, actor, upload, &upload.title, now).await?;
    store::attach(tx, id, paper).await?;
    share(tx, id).await?;
    log(tx, actor, "slip_paper_added", id, json!({ "paper": paper.to_string() }), now).await
}

/// Lets exactly those read the slip's papers who may see the slip now.
pub(super) async fn share(tx: &mut Tx, id: SlipId) -> Result<(), SlipError> {
    let Some(slip) = store::claim(tx, id).await? else { return Ok(()) };
    let mut people = vec![slip.drafter_id, slip.adviser_id, slip.approver_id];
    let roles = identity::store::all_roles(tx, slip.organisation_id).await?;
    people.extend(roles.iter().filter(|(_, role)| *role == OrgRole::Secretary).map(|(person, _)| *person));
    if slip.state.is_sent() {
        people.extend(store::members(tx, id).await?.iter().map(Member::answerer));
    }
    people.sort_unstable();
    people.dedup();
    let readers: Vec<(PersonId, bool)> = people.into_iter().map(|person| (person, true)).collect();
    for paper in store::papers(tx, id).await? {
        papers::actions::set_readers(tx, paper.paper_id, &readers).await?;
    }
    Ok(())
}

/// Submits, approves, returns, sends or cancels.
pub async fn advance(
    tx: &mut Tx,
    actor: &Actor,
    id: SlipId,
    (act, reason, version): (Act, &str, i64),
    now: Timestamp,
) -> Result<(), SlipError> {
    let view = claim(tx, actor, id).await?;
    if view.slip.version != version {
        return Err(SlipError::Stale);
    }
    let may = match act {
        Act::Approve => view.approves,
        Act::Return => view.approves || view.manages,
        Act::Submit | Act::Send | Act::Cancel => view.manages,
        // These do more than move on.
        Act::Close | Act::Report => return Err(SlipError::NotNow),
    };
    if !may {
        return Err(SlipError::NotYours);
    }
    let View { mut slip, members, .. } = view;
    slip.state = slip.state.after(act).ok_or(SlipError::NotNow)?;
    slip.reason = bounded(reason)?;
    if matches!(act, Act::Return | Act::Cancel) && slip.reason.is_empty() {
        return Err(SlipError::Text);
    }
    if matches!(act, Act::Submit | Act::Approve | Act::Send) {
        must_be_whole(tx, &slip, &members, now).await?;
    }
    if act == Act::Send {
        slip.sent_at = Some(now);
    }
    if !store::save(tx, &slip).await? {
        return Err(SlipError::Stale);
    }
    share(tx, id).await?;
    tell_of(tx, &slip, &members, act, now).await?;
    log(tx, actor, &format!("slip_{}", act.as_str()), id, json!({ "members": members.len() }), now).await
}

/// Somebody is asked something, and has time to answer.
async fn must_be_whole(
    tx: &mut Tx,
    slip: &Slip,
    members: &[Member],
    now: Timestamp,
) -> Result<(), SlipError> {
    if members.is_empty() || store::questions(tx, slip.id).await?.is_empty() {
        return Err(SlipError::Empty);
    }
    if is_deadline(slip.deadline, now) { Ok(()) } else { Err(SlipError::Deadline) }
}

async fn tell_of(
    tx: &mut Tx,
    slip: &Slip,
    members: &[Member],
    act: Act,
    now: Timestamp,
) -> Result<(), SlipError> {
    let asked: Vec<PersonId> = members.iter().map(Member::answerer).collect();
    let makers = vec![slip.drafter_id, slip.adviser_id];
    let (people, what) = match act {
        Act::Submit => (vec![slip.approver_id], "Duyệt phiếu lấy ý kiến"),
        Act::Approve => (makers, "Phiếu đã được duyệt"),
        Act::Return => (makers, "Phiếu bị trả lại"),
        Act::Send => (asked, "Lấy ý kiến"),
        Act::Cancel if slip.sent_at.is_some() => (asked, "Dừng lấy ý kiến"),
        Act::Cancel | Act::Close | Act::Report => return Ok(()),
    };
    tell(tx, slip, &people, what, now).await?;
    if act == Act::Send {
        queue_moments(tx, slip, now).await?;
    }
    Ok(())
}

/// Sets how a body asks in writing, for slips from now on.
pub async fn set_rule(
    tx: &mut Tx,
    actor: &Actor,
    body: MeetingTypeId,
    terms: Terms,
    now: Timestamp,
) -> Result<(), SlipError> {
    if !actor.is(OrgRole::Secretary) && !actor.is(OrgRole::SystemAdmin) {
        return Err(SlipError::Rule);
    }
    let bodies = meetings::store::types(tx, actor.organisation).await?;
    if !bodies.iter().any(|known| known.id == body) {
        return Err(SlipError::NotFound);
    }
    if !terms.are_sensible() {
        return Err(SlipError::Rule);
    }
    store::set_terms(tx, body, terms).await?;
    let details = json!({ "unanswered": terms.unanswered.as_str(), "signed": terms.is_signed });
    Ok(identity::actions::log(tx, actor, "slip_rule_set", format!("body:{body}"), details, now).await?)
}
