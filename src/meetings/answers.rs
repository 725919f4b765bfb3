//! What invited people and units answer: who comes, who does not, who is sent.

use serde_json::json;

use super::MeetingId;
use super::actions::{MeetingError, claim, log};
use super::agenda::sync_readers;
use super::news;
use super::rules::{Answer, Attendance, MeetingRole, MeetingState, PlanningRules, SubstitutesFrom};
use super::store::{self, GivenAnswer, Meeting, Participant};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::rules::clean_line;
use crate::identity::{self, Actor, PersonId};
use crate::web::{Lang, Message};

pub use super::store::unanswered;

/// Says that the actor comes, or does not and why. Until the meeting begins
/// they may think again; a substitute they sent is then taken back.
pub async fn answer(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    answer: Answer,
    reason: &str,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let (meeting, me) = invited(tx, actor, id).await?;
    let reason = clean_line(reason).unwrap_or_default();
    if answer == Answer::Substituted || (answer == Answer::Declined && reason.is_empty()) {
        return Err(MeetingError::Reason);
    }
    if let Some(substitute) = substitute_of(tx, id, me.person_id).await? {
        unseat(tx, &meeting, &substitute, now).await?;
    }
    let attendance =
        if answer == Answer::Declined { Attendance::AbsentExcused } else { Attendance::NotChecked };
    let noted = if answer == Answer::Declined { reason.as_str() } else { "" };
    store::set_attendance(tx, id, me.person_id, attendance, noted, None).await?;
    record(tx, actor, &meeting, (me.person_id, answer), &reason, now).await
}

/// The actor sends someone in their place.
pub async fn send_substitute(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    substitute: PersonId,
    reason: &str,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let (meeting, me) = invited(tx, actor, id).await?;
    let reason = clean_line(reason).ok_or(MeetingError::Reason)?;
    seat(tx, actor, &meeting, (me.person_id, substitute), &reason, now).await
}

/// The meeting and the actor's place in it, while answers are taken.
async fn invited(tx: &mut Tx, actor: &Actor, id: MeetingId) -> Result<(Meeting, Participant), MeetingError> {
    let (meeting, _) = claim(tx, actor, id).await?;
    let me = store::participant(tx, id, actor.person).await?.ok_or(MeetingError::NotFound)?;
    if meeting.state != MeetingState::Published || me.checked_in_at.is_some() {
        return Err(MeetingError::NotNow);
    }
    Ok((meeting, me))
}

async fn record(
    tx: &mut Tx,
    actor: &Actor,
    meeting: &Meeting,
    given: (PersonId, Answer),
    reason: &str,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let (person_id, answer) = given;
    let given = GivenAnswer { person_id, answer, reason: reason.to_owned(), answered_at: now };
    store::put_answer(tx, meeting.id, &given).await?;
    let details = json!({ "person": person_id.to_string(), "answer": answer });
    log(tx, actor, "invitation_answered", meeting.id, details, now).await
}

/// Seats a substitute by the body's rule, and excuses the member.
pub(super) async fn seat(
    tx: &mut Tx,
    actor: &Actor,
    meeting: &Meeting,
    pair: (PersonId, PersonId),
    reason: &str,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let (member, substitute) = pair;
    let rules = store::planning_rules(tx, meeting.type_id).await?;
    let people = store::participants(tx, meeting.id).await?;
    let of = people.iter().find(|known| known.person_id == member).ok_or(MeetingError::NotFound)?;
    check_pair(tx, actor, &people, of, substitute, rules).await?;
    let position = i64::try_from(people.len()).unwrap_or(i64::MAX);
    store::set_attendance(tx, meeting.id, member, Attendance::AbsentExcused, reason, None).await?;
    store::put_participant(tx, meeting.id, substitute, MeetingRole::Delegate, position).await?;
    store::set_substitute(tx, meeting.id, substitute, member).await?;
    sync_readers(tx, meeting).await?;
    let seated = store::participant(tx, meeting.id, substitute).await?;
    news::invite(tx, actor, meeting, seated.as_slice(), now).await?;
    record(tx, actor, meeting, (member, Answer::Substituted), reason, now).await?;
    let details = json!({ "member": member.to_string(), "substitute": substitute.to_string() });
    log(tx, actor, "substitute_named", meeting.id, details, now).await
}

/// Refuses a substitute whom the rule does not allow.
async fn check_pair(
    tx: &mut Tx,
    actor: &Actor,
    people: &[Participant],
    member: &Participant,
    substitute: PersonId,
    rules: PlanningRules,
) -> Result<(), MeetingError> {
    let is_invited = people.iter().any(|known| known.person_id == substitute);
    let found = identity::store::person(tx, actor.organisation, substitute).await?;
    let found =
        found.filter(|found| found.active && member.member && !is_invited).ok_or(MeetingError::NotFound)?;
    let is_sent = people.iter().any(|known| known.substitute_for == Some(member.person_id));
    if is_sent {
        return Err(MeetingError::NotNow);
    }
    let is_allowed = match rules.substitutes {
        SubstitutesFrom::Nowhere => false,
        SubstitutesFrom::Unit => found.unit_id == member.unit_id,
        SubstitutesFrom::Office => true,
    };
    if is_allowed { Ok(()) } else { Err(MeetingError::Substitute) }
}

async fn substitute_of(
    tx: &mut Tx,
    id: MeetingId,
    member: PersonId,
) -> Result<Option<Participant>, MeetingError> {
    let people = store::participants(tx, id).await?;
    Ok(people.into_iter().find(|known| known.substitute_for == Some(member)))
}

/// Chair or secretary do not accept a substitute: the member is asked again.
pub async fn refuse_substitute(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    substitute: PersonId,
    reason: &str,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let (meeting, standing) = claim(tx, actor, id).await?;
    if !standing.may_conduct() {
        return Err(MeetingError::NotOrganiser);
    }
    let seated = store::participant(tx, id, substitute).await?.ok_or(MeetingError::NotFound)?;
    let member = seated.substitute_for.ok_or(MeetingError::NotFound)?;
    if meeting.state != MeetingState::Published {
        return Err(MeetingError::NotNow);
    }
    let reason = clean_line(reason).ok_or(MeetingError::Reason)?;
    unseat(tx, &meeting, &seated, now).await?;
    store::delete_answer(tx, id, member).await?;
    let subject = Message::with("substitute-refused-notice", "name", &seated.full_name).text(Lang::Vi);
    let asked = store::participant(tx, id, member).await?;
    news::tell(tx, &meeting, asked.as_slice(), &subject, &reason, now).await?;
    let details = json!({ "member": member.to_string(), "substitute": substitute.to_string() });
    log(tx, actor, "substitute_refused", id, details, now).await
}

/// Takes a substitute out of the meeting; the member's place is open again.
async fn unseat(
    tx: &mut Tx,
    meeting: &Meeting,
    substitute: &Participant,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let Some(member) = substitute.substitute_for else { return Ok(()) };
    // Whoever has come cannot be sent away on paper: ballots may have been cast.
    if substitute.checked_in_at.is_some() {
        return Err(MeetingError::NotNow);
    }
    store::remove_participant(tx, meeting.id, substitute.person_id).await?;
    store::delete_answer(tx, meeting.id, substitute.person_id).await?;
    store::set_attendance(tx, meeting.id, member, Attendance::NotChecked, "", None).await?;
    sync_readers(tx, meeting).await?;
    let gone = std::slice::from_ref(substitute);
    news::tell_called_off(tx, meeting, gone, "uninvited-notice", now).await
}

/// The people a member may send: active, of the office, not invited yet, and
/// where the rule wants it of the member's own unit.
pub async fn candidates(
    tx: &mut Tx,
    meeting: &Meeting,
    member: &Participant,
) -> Result<Vec<identity::store::Person>, MeetingError> {
    if !member.member {
        return Ok(Vec::new());
    }
    let rules = store::planning_rules(tx, meeting.type_id).await?;
    let people = store::participants(tx, meeting.id).await?;
    let mut candidates = identity::store::people(tx, meeting.organisation_id).await?;
    candidates.retain(|one| {
        let is_allowed = match rules.substitutes {
            SubstitutesFrom::Nowhere => false,
            SubstitutesFrom::Unit => one.unit_id == member.unit_id,
            SubstitutesFrom::Office => true,
        };
        is_allowed && one.active && !people.iter().any(|known| known.person_id == one.id)
    });
    Ok(identity::actions::sorted_by_name(candidates))
}
