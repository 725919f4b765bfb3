//! What a clerk does with a letter: make a document of it, or put it aside.

use std::collections::BTreeSet;

use futures_util::stream;
use serde_json::json;

use super::rules::{LetterAct, LetterState};
use super::store::{self, Letter, LetterFile};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{self, Actor, OrgRole, PersonId};
use crate::incoming::actions::{IncomingError, reason_of, sync_readers};
use crate::incoming::door::{self, By};
use crate::incoming::rules::Origin;
use crate::incoming::{IncomingId, LetterId};
use crate::layout::Particulars;
use crate::papers::{self, Upload, UploadError};
use crate::storage;
use crate::web::App;

#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    #[error("there is no such letter for this person")]
    NotFound,
    #[error("not possible in the state {}", .0.as_str())]
    NotNow(LetterState),
    #[error("someone else changed the letter meanwhile")]
    Stale,
    #[error("no file was chosen as the document")]
    NothingChosen,
    #[error("{name} cannot be taken")]
    File { name: String, source: UploadError },
    #[error(transparent)]
    Document(#[from] IncomingError),
    #[error("the process that reads letters cannot be run")]
    Reader(#[from] std::io::Error),
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Which file is the document, and which belong to it.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    pub document: Option<i64>,
    pub attachments: BTreeSet<i64>,
    pub seen: i64,
}

/// The files that were chosen, taken as uploads are.
#[derive(Debug)]
struct Unpacked {
    document: Upload,
    said: Particulars,
    attachments: Vec<Upload>,
}

/// Finds a letter for a clerk; for others it is not there.
pub async fn find(
    tx: &mut Tx,
    actor: &Actor,
    id: LetterId,
) -> Result<(Letter, Vec<LetterFile>), LetterError> {
    let letter = store::letter(tx, actor.organisation, id).await?;
    let letter = letter.filter(|_| actor.is(OrgRole::Clerk)).ok_or(LetterError::NotFound)?;
    let files = store::files(tx, id).await?;
    Ok((letter, files))
}

/// Makes a document of a letter; it stands at the door. Made twice by the same
/// clerk it is there once; another clerk is told who was faster.
///
/// Taking files out and reading them takes its time, so it happens outside the
/// transaction; what counts is looked at again when the letter is held.
pub async fn make_document(
    app: &App,
    actor: &Actor,
    id: LetterId,
    choice: &Choice,
    now: Timestamp,
) -> Result<IncomingId, LetterError> {
    let (letter, files) = find(&mut app.db.read().await?, actor, id).await?;
    if let Some(taken) = taken_by(&letter, actor.person) {
        return Ok(taken);
    }
    possible(&letter, LetterAct::Take)?;
    let unpacked = unpack(app, (&letter, &files), choice).await?;
    let mut tx = app.db.write().await?;
    let document = take(&mut tx, actor, id, (&unpacked, choice.seen), now).await?;
    tx.commit().await?;
    Ok(document)
}

/// Takes the chosen files out of a letter. Each is looked at as if it had been
/// brought by hand, and one that cannot be taken is named.
async fn unpack(
    app: &App,
    (letter, files): (&Letter, &[LetterFile]),
    choice: &Choice,
) -> Result<Unpacked, LetterError> {
    let place = choice.document.ok_or(LetterError::NothingChosen)?;
    let raw = letter.sha256.ok_or(LetterError::NotNow(letter.state))?;
    let raw = app.storage.copy_to_scratch(raw).await?;
    let mut uploads = Vec::new();
    let others = choice.attachments.iter().copied().filter(|other| *other != place);
    for place in std::iter::once(place).chain(others) {
        let file = files.iter().find(|file| file.place == place).ok_or(LetterError::NotFound)?;
        let task = ["letter", "file", "--place", &place.to_string()];
        let bytes = app.renderer.ask(&task, raw.path(), raw.size()).await?;
        let sent = stream::iter([bytes.ok_or(UploadError::BrokenOff)]);
        let upload = papers::actions::read_upload(app, &file.name, sent).await;
        let named = |source| LetterError::File { name: file.name.clone(), source };
        uploads.push(upload.map_err(named)?);
    }
    let attachments = uploads.split_off(1);
    let document = uploads.pop().ok_or(LetterError::NothingChosen)?;
    let said = door::read_particulars(app, &document).await?;
    Ok(Unpacked { document, said, attachments })
}

async fn take(
    tx: &mut Tx,
    actor: &Actor,
    id: LetterId,
    (unpacked, seen): (&Unpacked, i64),
    now: Timestamp,
) -> Result<IncomingId, LetterError> {
    let letter = claim(tx, actor, id).await?;
    if let Some(taken) = taken_by(&letter, actor.person) {
        return Ok(taken);
    }
    let state = after(&letter, LetterAct::Take, seen)?;
    let note = format!("{} · {}", letter.sender, unpacked.document.file_name);
    let by = By { origin: Origin::Mail, note: note.trim_start_matches(" · ") };
    let document = door::arrive_by(tx, actor, &by, (&unpacked.document, &unpacked.said), now).await?;
    for upload in &unpacked.attachments {
        door::attach(tx, actor, document, upload, now).await?;
    }
    sync_readers(tx, document, actor.organisation).await?;
    store::set_state(tx, id, (state, "", Some(document)), actor.person, now).await?;
    log(tx, actor, "letter_taken", id, json!({ "document": document.to_string() }), now).await?;
    Ok(document)
}

/// What this very person made of a letter.
fn taken_by(letter: &Letter, person: PersonId) -> Option<IncomingId> {
    letter.document_id.filter(|_| letter.acted_by == Some(person))
}

/// Lays a letter aside: nothing has to be done with it.
pub async fn put_aside(
    tx: &mut Tx,
    actor: &Actor,
    id: LetterId,
    (reason, seen): (&str, i64),
    now: Timestamp,
) -> Result<(), LetterError> {
    let letter = claim(tx, actor, id).await?;
    let state = after(&letter, LetterAct::PutAside, seen)?;
    let reason = reason_of(reason)?;
    store::set_state(tx, id, (state, &reason, None), actor.person, now).await?;
    log(tx, actor, "letter_put_aside", id, json!({ "reason": reason }), now).await
}

/// Lets a letter that was put aside wait again.
pub async fn take_up(
    tx: &mut Tx,
    actor: &Actor,
    id: LetterId,
    seen: i64,
    now: Timestamp,
) -> Result<(), LetterError> {
    let letter = claim(tx, actor, id).await?;
    let state = after(&letter, LetterAct::TakeUp, seen)?;
    store::set_state(tx, id, (state, "", None), actor.person, now).await?;
    log(tx, actor, "letter_taken_up", id, json!({}), now).await
}

async fn claim(tx: &mut Tx, actor: &Actor, id: LetterId) -> Result<Letter, LetterError> {
    let letter = store::claim(tx, actor.organisation, id).await?;
    letter.filter(|_| actor.is(OrgRole::Clerk)).ok_or(LetterError::NotFound)
}

/// The state after an act on the page that was seen, or why it is refused.
fn after(letter: &Letter, act: LetterAct, seen: i64) -> Result<LetterState, LetterError> {
    let state = possible(letter, act)?;
    // Claiming counts as a change of its own.
    if letter.version != seen + 1 { Err(LetterError::Stale) } else { Ok(state) }
}

fn possible(letter: &Letter, act: LetterAct) -> Result<LetterState, LetterError> {
    letter.state.after(act, letter.trouble).ok_or(LetterError::NotNow(letter.state))
}

async fn log(
    tx: &mut Tx,
    actor: &Actor,
    act: &str,
    id: LetterId,
    details: serde_json::Value,
    now: Timestamp,
) -> Result<(), LetterError> {
    Ok(identity::actions::log(tx, actor, act, format!("letter:{id}"), details, now).await?)
}
