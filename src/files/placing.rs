//! Putting documents into files and taking them out again.

use serde_json::json;

use super::WorkFileId;
use super::actions::{FileError, claim, log};
use super::rules::Act;
use super::store::{self, Of, WorkFile};
use super::{PlacementId, actions};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::rules::clean_line;
use crate::identity::{Actor, OrgRole};
use crate::{incoming, meetings, outgoing};

/// A document before it goes into a file.
#[derive(Clone, Debug)]
pub struct Filing {
    /// Number, symbol and subject.
    pub title: String,
    /// Issued, or registered and not sent away.
    pub is_final: bool,
    /// It is this person's to put into a file.
    pub may_put: bool,
    /// It is done, and no file holds it yet as filed.
    pub awaits_file: bool,
}

/// What can be done with a document that this person may see.
pub async fn filing(tx: &mut Tx, actor: &Actor, of: Of) -> Result<Filing, FileError> {
    match of {
        Of::Outgoing(id) => {
            use outgoing::rules::State;
            let document = outgoing::actions::find(tx, actor, id).await?;
            Ok(Filing {
                title: format!("{} {}", document.number_and_symbol(), document.subject),
                is_final: matches!(document.state, State::Issued | State::Filed),
                may_put: document.drafter_id == actor.person || actor.is(OrgRole::Clerk),
                awaits_file: document.state == State::Issued,
            })
        }
        Of::Incoming(id) => {
            use incoming::rules::State;
            let found = incoming::actions::find(tx, actor, id).await?;
            let (document, standing) = (&found.document, &found.standing);
            let is_gone = matches!(document.state, State::Refused | State::Returned | State::Recalled);
            Ok(Filing {
                title: format!("{} {}", document.symbol, document.subject).trim().to_owned(),
                is_final: document.arrival_number.is_some() && !is_gone,
                may_put: standing.is_clerk || standing.leads_work(),
                awaits_file: matches!(document.state, State::Completed | State::InfoOnly),
            })
        }
    }
}

/// The open files this person may put a document in: id, year, number and
/// symbol, title.
pub async fn open_files(
    tx: &mut Tx,
    actor: &Actor,
) -> Result<Vec<(WorkFileId, i64, String, String)>, FileError> {
    let unit = meetings::store::unit_of(tx, actor.person).await?;
    let who = (actor.person, unit, actor.is(OrgRole::Clerk));
    Ok(store::open_for(tx, actor.organisation, who).await?)
}

/// Puts a document into an open file. From the first on it counts as filed, an
/// incoming one once its work is done; whoever reads the file may then know of it.
pub async fn put(
    tx: &mut Tx,
    actor: &Actor,
    of: Of,
    id: WorkFileId,
    now: Timestamp,
) -> Result<(), FileError> {
    let file = claim(tx, actor, id, Act::Put).await?;
    let filing = filing(tx, actor, of).await?;
    if !filing.may_put {
        return Err(FileError::NotYours);
    }
    if !filing.is_final {
        return Err(FileError::NotFinal);
    }
    // Laid here while it was worked on, and done since: now it counts as filed.
    let is_new = store::insert_placement(tx, id, of, actor.person, now).await?;
    if !is_new && !filing.awaits_file {
        return Err(FileError::AlreadyThere);
    }
    let all = store::notations_of(tx, of).await?;
    match of {
        Of::Outgoing(id) => outgoing::reviewing::file(tx, actor, id, (&file.notation, &all), now).await?,
        Of::Incoming(id) => incoming::working::file(tx, actor, id, (&file.notation, &all), now).await?,
    }
    if is_new {
        store::add_event(tx, id, (Act::Put, actor.person, &filing.title), now).await?;
    }
    log(tx, actor, "file_document_put", &file, named(&file, of), now).await
}

/// Takes a document out of an open file, with a reason. When it lay in no
/// other, it is not filed any more.
pub async fn take_out(
    tx: &mut Tx,
    actor: &Actor,
    (id, placement): (WorkFileId, PlacementId),
    reason: &str,
    now: Timestamp,
) -> Result<(), FileError> {
    let file = claim(tx, actor, id, Act::TakeOut).await?;
    let reason = clean_line(reason).ok_or(FileError::Reason)?;
    let of = store::placement(tx, id, placement).await?.ok_or(FileError::NotFound)?;
    if !store::take_out(tx, placement, (actor.person, &reason), now).await? {
        return Err(FileError::NotFound);
    }
    let left = store::notations_of(tx, of).await?;
    let note = format!("{}: {reason}", file.notation);
    match of {
        Of::Outgoing(id) => outgoing::reviewing::take_out(tx, actor, id, (&left, &note), now).await?,
        Of::Incoming(id) => incoming::working::take_out(tx, actor, id, (&left, &note), now).await?,
    }
    store::add_event(tx, id, (Act::TakeOut, actor.person, &reason), now).await?;
    log(tx, actor, "file_document_taken_out", &file, named(&file, of), now).await
}

fn named(file: &WorkFile, of: Of) -> serde_json::Value {
    let document = match of {
        Of::Outgoing(id) => format!("outgoing:{id}"),
        Of::Incoming(id) => format!("incoming:{id}"),
    };
    json!({ "notation": file.notation, "document": document })
}

/// The files a document lies in that this person may look into, and the number
/// and symbol of each of the others.
pub async fn files_of(
    tx: &mut Tx,
    actor: &Actor,
    of: Of,
) -> Result<Vec<(Option<WorkFileId>, String, String)>, FileError> {
    let mut files = Vec::new();
    for (id, _, notation, title) in store::files_of(tx, of).await? {
        files.push(match actions::find(tx, actor, id).await {
            Ok(_) => (Some(id), notation, title),
            Err(FileError::NotFound) => (None, notation, String::new()),
            Err(error) => return Err(error),
        });
    }
    Ok(files)
}
