//! Reminding those who have not answered.

use super::CirculationId;
use super::rules::is_open;
use super::store::{self, Circulation, Subject};
use super::urls;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::notices::{self, Manner, Tidings};
use crate::{jobs, meetings};

/// The kind of job that reminds; its payload is the circulation's id.
pub const JOB: &str = "circulation_reminder";

/// Reminds each member who has neither agreed nor commented, while answers
/// still come in. Runs as a job; the second time it reminds again, no worse.
pub async fn remind(tx: &mut Tx, id: CirculationId, now: Timestamp) -> Result<usize, jobs::Error> {
    let Some(circulation) = store::claim(tx, id).await? else { return Ok(0) };
    let Some(of) = store::subject_of(tx, id).await? else { return Ok(0) };
    if !is_open(circulation.deadline, circulation.closed_at, now) {
        return Ok(0);
    }
    tell_silent(tx, &circulation, &of, now).await
}

async fn tell_silent(
    tx: &mut Tx,
    circulation: &Circulation,
    of: &Subject,
    now: Timestamp,
) -> Result<usize, jobs::Error> {
    let subject = format!("Nhắc cho ý kiến dự thảo biên bản: {}", of.title);
    let body = format!("Hạn cho ý kiến: {}.", circulation.deadline.date_time());
    let link = urls::circulation(of.meeting_id);
    let members = store::members(tx, circulation.id).await?;
    let silent: Vec<_> = members.iter().filter(|one| one.agreed_at.is_none() && one.comments == 0).collect();
    let organisation = of.organisation_id;
    let tidings = Tidings { organisation, subject: &subject, link: &link, body: &body };
    let is_discreet = meetings::store::plan(tx, of.meeting_id).await?.restricted;
    let manner = Manner { calendar: None, is_discreet };
    for one in &silent {
        notices::actions::tell_in(tx, (one.person_id, one.email.as_str()), &tidings, manner, now).await?;
        store::mark_reminded(tx, circulation.id, one.person_id, now).await?;
    }
    Ok(silent.len())
}
