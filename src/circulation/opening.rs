//! Sending a draft out.

use serde_json::json;

use super::actions::{CirculationError, find_as_organiser, log};
use super::rules::{is_deadline, is_open, reminder};
use super::store::{self, Circulation};
use super::{CirculationId, REMINDER_JOB, urls};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::Actor;
use crate::meetings::rules::MeetingRole;
use crate::meetings::store::{Meeting, Participant};
use crate::meetings::{self, MeetingId};
use crate::notices::{self, Manner, Tidings};
use crate::web::App;
use crate::{jobs, minutes};

/// Sends the draft to the members, who have until `deadline`.
///
/// The file is made outside the transaction; if a text changed meanwhile, the
/// secretary sends again.
pub async fn open(
    app: &App,
    actor: &Actor,
    meeting: MeetingId,
    deadline: Timestamp,
    now: Timestamp,
) -> Result<(), CirculationError> {
    if !is_deadline(deadline, now) {
        return Err(CirculationError::Deadline);
    }
    let mut tx = app.db.read().await?;
    let (meeting, _) = find_as_organiser(&mut tx, actor, meeting).await?;
    let draft = minutes::store::minutes(&mut tx, meeting.id).await?.ok_or(CirculationError::NotFound)?;
    let made_from = versions(&mut tx, draft.id).await?;
    let pdf = minutes::actions::draft_pdf(app, &mut tx, &meeting, &draft, now).await?;
    drop(tx);
    let size = i64::try_from(pdf.len()).unwrap_or(i64::MAX);
    let sha256 = app.storage.put(pdf).await?;
    let id = CirculationId::new();

    let mut tx = app.db.write().await?;
    let draft = minutes::store::claim_draft(&mut tx, meeting.id).await?.ok_or(CirculationError::Locked)?;
    if versions(&mut tx, draft.id).await? != made_from {
        return Err(CirculationError::Stale);
    }
    let new = Circulation { id, minutes_id: draft.id, sha256, opened_at: now, deadline, closed_at: None };
    keep(&mut tx, meeting.id, &new, (actor, size)).await?;
    send(&mut tx, actor, &meeting, &new).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(())
}

/// Writes down what goes out, unless a draft is before the members already.
async fn keep(
    tx: &mut Tx,
    meeting: MeetingId,
    new: &Circulation,
    (actor, size): (&Actor, i64),
) -> Result<(), CirculationError> {
    let before = store::newest(tx, meeting).await?;
    if before.is_some_and(|before| is_open(before.deadline, before.closed_at, new.opened_at)) {
        return Err(CirculationError::Open);
    }
    store::insert(tx, new, size, actor.person).await?;
    for text in minutes::store::texts(tx, new.minutes_id).await? {
        store::insert_part(tx, new.id, &text).await?;
    }
    Ok(())
}

/// Tells every member, and queues the reminder.
async fn send(
    tx: &mut Tx,
    actor: &Actor,
    meeting: &Meeting,
    new: &Circulation,
) -> Result<(), CirculationError> {
    let now = new.opened_at;
    let subject = format!("Xin ý kiến dự thảo biên bản: {}", meeting.title);
    let body = format!("Đề nghị cho ý kiến trước {}.", new.deadline.date_time());
    let link = urls::circulation(meeting.id);
    let tidings = Tidings { organisation: actor.organisation, subject: &subject, link: &link, body: &body };
    let people = meetings::store::participants(tx, meeting.id).await?;
    let members: Vec<&Participant> = people.iter().filter(|one| is_asked(one, actor)).collect();
    if members.is_empty() {
        return Err(CirculationError::Nobody);
    }
    let is_discreet = meetings::store::plan(tx, meeting.id).await?.restricted;
    let manner = Manner { calendar: None, is_discreet };
    for one in &members {
        store::insert_member(tx, new.id, one.person_id).await?;
        notices::actions::tell_in(tx, (one.person_id, one.email.as_str()), &tidings, manner, now).await?;
    }
    let remind_at = reminder(now, new.deadline);
    jobs::queue_at(tx, REMINDER_JOB, &new.id, remind_at, now).await?;
    let details = json!({ "members": members.len(), "sha256": new.sha256.to_string() });
    log(tx, actor, "circulation_opened", new.id, details, now).await
}

/// Chair and delegates are asked, and who sat in for one of them; not guests,
/// and not the one who asks.
fn is_asked(one: &Participant, actor: &Actor) -> bool {
    let spoke_for_the_body = one.role.is_member() || one.substitute_for.is_some();
    spoke_for_the_body && one.role != MeetingRole::Secretary && one.person_id != actor.person
}

async fn versions(tx: &mut Tx, draft: minutes::MinutesId) -> Result<Vec<(String, i64)>, crate::db::Error> {
    let texts = minutes::store::texts(tx, draft).await?;
    Ok(texts.into_iter().map(|text| (text.part, text.version)).collect())
}
