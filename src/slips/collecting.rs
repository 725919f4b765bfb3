//! While answers come in, and after: reminding, extending, closing, answering
//! opinions, reporting.

use serde_json::json;

use super::actions::{SlipError, claim_to_manage, find, log, silent, tell};
use super::drafting::share;
use super::reminder::queue_moments;
use super::rules::{Act, State, is_deadline};
use super::store::{self, Answer, Member};
use super::{QuestionId, SlipId, page};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{self, Actor, PersonId};
use crate::web::App;

/// Gives members longer.
pub async fn extend(
    tx: &mut Tx,
    actor: &Actor,
    id: SlipId,
    deadline: Timestamp,
    now: Timestamp,
) -> Result<(), SlipError> {
    let view = claim_to_manage(tx, actor, id, State::Collecting).await?;
    let mut slip = view.slip;
    if !is_deadline(deadline, now) || deadline <= slip.deadline {
        return Err(SlipError::Deadline);
    }
    slip.deadline = deadline;
    if !store::save(tx, &slip).await? {
        return Err(SlipError::Stale);
    }
    queue_moments(tx, &slip, now).await?;
    tell(tx, &slip, &silent(&slip, &view.members), "Gia hạn trả lời phiếu", now).await?;
    log(tx, actor, "slip_extended", id, json!({ "deadline": deadline }), now).await
}

/// Reminds those who are silent, now.
pub async fn remind_now(tx: &mut Tx, actor: &Actor, id: SlipId, now: Timestamp) -> Result<usize, SlipError> {
    let view = claim_to_manage(tx, actor, id, State::Collecting).await?;
    let told = tell(tx, &view.slip, &silent(&view.slip, &view.members), "Nhắc trả lời phiếu", now).await?;
    log(tx, actor, "slip_reminded", id, json!({ "members": told }), now).await?;
    Ok(told)
}

/// Names somebody who answers instead of a member that has not answered.
pub async fn substitute(
    tx: &mut Tx,
    actor: &Actor,
    id: SlipId,
    (member, substitute): (PersonId, PersonId),
    now: Timestamp,
) -> Result<(), SlipError> {
    let view = claim_to_manage(tx, actor, id, State::Collecting).await?;
    if !view.members.iter().any(|one| one.person_id == member) {
        return Err(SlipError::NotFound);
    }
    let found = identity::store::person(tx, actor.organisation, substitute).await?;
    let found = found.filter(|found| found.active).ok_or(SlipError::NotFound)?;
    // One person answers once.
    let is_asked = view.members.iter().any(|one| one.person_id == found.id || one.answerer() == found.id);
    if is_asked || !store::set_substitute(tx, id, member, found.id).await? {
        return Err(SlipError::Substitute);
    }
    share(tx, id).await?;
    tell(tx, &view.slip, &[found.id], "Trả lời thay phiếu lấy ý kiến", now).await?;
    let details = json!({ "member": member.to_string(), "substitute": substitute.to_string() });
    log(tx, actor, "slip_substituted", id, details, now).await
}

/// Ends the collecting. Answers that come later are refused in words.
pub async fn close(tx: &mut Tx, actor: &Actor, id: SlipId, now: Timestamp) -> Result<(), SlipError> {
    let mut slip = claim_to_manage(tx, actor, id, State::Collecting).await?.slip;
    slip.state = slip.state.after(Act::Close).ok_or(SlipError::NotNow)?;
    slip.closed_at = Some(now);
    if !store::save(tx, &slip).await? {
        return Err(SlipError::Stale);
    }
    log(tx, actor, "slip_closed", id, json!({}), now).await
}

/// Writes what the drafter says to an opinion.
pub async fn respond(
    tx: &mut Tx,
    actor: &Actor,
    id: SlipId,
    (member, question, text): (PersonId, QuestionId, &str),
    now: Timestamp,
) -> Result<(), SlipError> {
    claim_to_manage(tx, actor, id, State::Closed).await?;
    let response = super::actions::bounded(text)?;
    let known = store::answers(tx, id).await?;
    let found = known.into_iter().find(|one| one.person_id == member && one.question_id == question);
    let answer = Answer { response, ..found.ok_or(SlipError::NotFound)? };
    store::respond(tx, id, &answer).await?;
    log(tx, actor, "slip_responded", id, json!({ "member": member.to_string() }), now).await
}

/// Makes the report, once; after it nothing changes any more.
pub async fn report(app: &App, actor: &Actor, id: SlipId, now: Timestamp) -> Result<(), SlipError> {
    let mut tx = app.db.read().await?;
    let view = find(&mut tx, actor, id).await?;
    if !view.manages {
        return Err(SlipError::NotYours);
    }
    if view.slip.state != State::Closed {
        return Err(SlipError::NotNow);
    }
    let answers = store::answers(&mut tx, id).await?;
    let placed = page::report(&mut tx, app, &view, actor, now).await?;
    drop(tx);
    let sha256 = app.storage.put(placed.pdf).await?;

    let mut tx = app.db.write().await?;
    let mut slip = claim_to_manage(&mut tx, actor, id, State::Closed).await?.slip;
    let said =
        |answers: &[Answer]| -> Vec<String> { answers.iter().map(|one| one.response.clone()).collect() };
    if said(&store::answers(&mut tx, id).await?) != said(&answers) {
        return Err(SlipError::Stale);
    }
    slip.state = State::Reported;
    slip.report_sha256 = Some(sha256);
    if !store::save(&mut tx, &slip).await? {
        return Err(SlipError::Stale);
    }
    let asked: Vec<PersonId> = view.members.iter().map(Member::answerer).collect();
    tell(&mut tx, &slip, &asked, "Kết quả lấy ý kiến", now).await?;
    log(&mut tx, actor, "slip_reported", id, json!({ "sha256": sha256.to_string() }), now).await?;
    Ok(tx.commit().await?)
}
