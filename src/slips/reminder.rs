//! Reminding members who are silent, and telling the adviser who they are.

use super::SlipId;
use super::actions::{silent, tell};
use super::rules::{Moment, State};
use super::store::{self, Slip};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::jobs;

/// The kind of job that reminds; its payload is the slip's id.
pub const JOB: &str = "slip_reminder";
/// Few enough that nobody who writes waits long for them.
const TOGETHER: i64 = 10;

/// Queues a job for every moment of the deadline that is still to come.
pub(super) async fn queue_moments(tx: &mut Tx, slip: &Slip, now: Timestamp) -> Result<(), jobs::Error> {
    for (_, at) in slip.terms().moments(slip.deadline).into_iter().filter(|(_, at)| *at > now) {
        jobs::queue_at(tx, JOB, &slip.id, at, now).await?;
    }
    Ok(())
}

/// Reminds of one slip. May run any number of times, and late: each moment of
/// a deadline is told once, and of several that passed unseen only the last.
pub async fn run(tx: &mut Tx, id: SlipId, now: Timestamp) -> Result<(), jobs::Error> {
    let Some(slip) = store::claim(tx, id).await? else { return Ok(()) };
    if slip.state != State::Collecting {
        return Ok(());
    }
    let mut latest = None;
    for (moment, at) in slip.terms().moments(slip.deadline) {
        if at <= now && store::note_reminder(tx, &slip, moment, now).await? {
            latest = Some(moment);
        }
    }
    let members = store::members(tx, id).await?;
    let silent = silent(&slip, &members);
    let Some(moment) = latest.filter(|_| !silent.is_empty()) else { return Ok(()) };
    let what = match moment {
        Moment::Before => "Sắp hết hạn trả lời phiếu",
        Moment::Due => "Đến hạn trả lời phiếu",
        Moment::After => "Quá hạn trả lời phiếu",
    };
    tell(tx, &slip, &silent, what, now).await?;
    let summary = format!("{} thành viên chưa trả lời phiếu", silent.len());
    tell(tx, &slip, &[slip.adviser_id], &summary, now).await?;
    Ok(())
}

/// As [`run`], and of more that are due, in one transaction: a commit for each
/// would keep the disk from everyone else.
pub async fn run_with_others(tx: &mut Tx, id: SlipId, now: Timestamp) -> Result<(), jobs::Error> {
    run(tx, id, now).await?;
    for other in jobs::take_due(tx, JOB, TOGETHER, now).await? {
        run(tx, other, now).await?;
    }
    Ok(())
}
