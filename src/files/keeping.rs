//! Opening, closing and reopening a file, and handing it in to the archive.

use serde_json::json;

use super::actions::{FileError, claim, log};
use super::rules::{self, Act, Contents, Finding, State, warned_at};
use super::store::{self, Paper, WorkFile};
use super::{WorkFileId, urls};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::rules::clean_line;
use crate::identity::{self, Actor, OrgRole};
use crate::jobs::{self, Failure};
use crate::notices::{self, Tidings};
use crate::web::App;
use crate::{incoming, outgoing};

/// The kind of job that tells when a file is due in the archive; its payload is the file's id.
pub const HAND_IN_JOB: &str = "file_hand_in";

/// Opens a file of the list: from now on it takes documents in.
pub async fn open(tx: &mut Tx, actor: &Actor, id: WorkFileId, now: Timestamp) -> Result<(), FileError> {
    let file = claim(tx, actor, id, Act::Open).await?;
    let open = WorkFile { state: State::Open, opened_at: Some(now), ..file };
    moved(tx, actor, &open, (Act::Open, "file_opened", ""), now).await
}

/// What stands against closing a file with these documents in it.
pub fn findings(papers: &[Paper]) -> Vec<Finding> {
    let is_recalled = |paper: &&Paper| {
        paper.outgoing_state == Some(outgoing::rules::State::Recalled)
            || paper.incoming_state == Some(incoming::rules::State::Recalled)
    };
    // An outgoing document is issued when it comes in here, and filed by that.
    let is_unfinished = |paper: &&Paper| paper.incoming_state.is_some_and(|state| !state.is_over());
    rules::check(Contents {
        documents: papers.len(),
        without_pages: papers.iter().filter(|paper| paper.pages == 0).count(),
        recalled: papers.iter().filter(is_recalled).count(),
        unfinished: papers.iter().filter(is_unfinished).count(),
    })
}

/// Closes a file whose work is done. What the check finds must be answered in
/// `note`; an empty file, or one with unfinished work in it, stays open.
pub async fn close(
    tx: &mut Tx,
    actor: &Actor,
    id: WorkFileId,
    note: &str,
    now: Timestamp,
) -> Result<(), FileError> {
    let file = claim(tx, actor, id, Act::Close).await?;
    let found = findings(&store::contents(tx, id).await?);
    if found.iter().any(|finding| finding.is_blocking()) {
        return Err(FileError::NotComplete);
    }
    let note = clean_line(note).unwrap_or_default();
    if !found.is_empty() && note.is_empty() {
        return Err(FileError::Reason);
    }
    let hand_in_by = rules::hand_in_by(now, file.retention);
    let closed =
        WorkFile { state: State::Closed, closed_at: Some(now), hand_in_by, reminded_at: None, ..file };
    if let Some(due) = hand_in_by {
        jobs::queue_at(tx, HAND_IN_JOB, &id, warned_at(due), now).await?;
    }
    moved(tx, actor, &closed, (Act::Close, "file_closed", &note), now).await
}

/// Opens a closed file again, with a reason.
pub async fn reopen(
    tx: &mut Tx,
    actor: &Actor,
    id: WorkFileId,
    reason: &str,
    now: Timestamp,
) -> Result<(), FileError> {
    let file = claim(tx, actor, id, Act::Reopen).await?;
    let reason = clean_line(reason).ok_or(FileError::Reason)?;
    let open = WorkFile { state: State::Open, closed_at: None, hand_in_by: None, reminded_at: None, ..file };
    moved(tx, actor, &open, (Act::Reopen, "file_reopened", &reason), now).await
}

/// The archive has taken a closed file.
pub async fn hand_in(tx: &mut Tx, actor: &Actor, id: WorkFileId, now: Timestamp) -> Result<(), FileError> {
    let file = claim(tx, actor, id, Act::HandIn).await?;
    let handed_in = WorkFile { state: State::HandedIn, handed_in_at: Some(now), ..file };
    moved(tx, actor, &handed_in, (Act::HandIn, "file_handed_in", ""), now).await
}

async fn moved(
    tx: &mut Tx,
    actor: &Actor,
    file: &WorkFile,
    (act, logged, note): (Act, &str, &str),
    now: Timestamp,
) -> Result<(), FileError> {
    store::set_state(tx, file).await?;
    store::add_event(tx, file.id, (act, actor.person, note), now).await?;
    log(tx, actor, logged, file, json!({ "notation": file.notation, "note": note }), now).await
}

/// Tells the keeper and the archive that a file is due there soon. May run any
/// number of times: told once for each closing.
pub async fn remind(app: &App, id: WorkFileId) -> Result<(), Failure> {
    let reminded = async {
        let mut tx = app.db.write().await?;
        tell_of_hand_in(&mut tx, id, app.clock.now()).await?;
        Ok::<_, FileError>(tx.commit().await?)
    };
    reminded.await.map_err(|error| Failure::from_error(&error))?;
    app.bell.notify_one();
    Ok(())
}

async fn tell_of_hand_in(tx: &mut Tx, id: WorkFileId, now: Timestamp) -> Result<(), FileError> {
    let Some(organisation) = store::organisation_of(tx, id).await? else { return Ok(()) };
    let Some(file) = store::claim(tx, organisation, id).await? else { return Ok(()) };
    // A file closed anew has a later day, and a job of its own for it.
    let is_due = file.hand_in_by.is_some_and(|due| warned_at(due) <= now);
    if file.state != State::Closed || file.reminded_at.is_some() || !is_due {
        return Ok(());
    }
    store::set_state(tx, &WorkFile { reminded_at: Some(now), ..file.clone() }).await?;
    let roles = identity::store::all_roles(tx, organisation).await?;
    let due = file.hand_in_by.map(|due| due.date()).unwrap_or_default();
    let subject = format!("Đến hạn nộp lưu {due}: {} {}", file.notation, file.title);
    let link = urls::file(id);
    let tidings = Tidings { organisation, subject: &subject, link: &link, body: &subject };
    for person in identity::store::people(tx, organisation).await?.iter().filter(|one| one.active) {
        if person.id == file.keeper_id || roles.contains(&(person.id, OrgRole::Archivist)) {
            notices::actions::tell(tx, person.id, &person.email, &tidings, now).await?;
        }
    }
    Ok(())
}
