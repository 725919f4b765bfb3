//! SQL on letters and what lies in them.

use super::rules::{LetterState, Trouble};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId};
use crate::incoming::{IncomingId, LetterId};
use crate::sql;
use crate::storage::Hash;

/// A letter as it is kept. What it says of itself, nobody vouches for.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Letter {
    pub id: LetterId,
    pub mailbox: String,
    /// `None`: it was not taken in.
    pub sha256: Option<Hash>,
    pub size: i64,
    pub message_id: String,
    pub sender: String,
    pub subject: String,
    pub written_at: Option<Timestamp>,
    pub text: String,
    pub received_at: Timestamp,
    pub state: LetterState,
    pub version: i64,
    pub trouble: Option<Trouble>,
    pub reason: String,
    pub document_id: Option<IncomingId>,
    pub acted_by: Option<PersonId>,
    pub acted_at: Option<Timestamp>,
}

/// Where a letter lies.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub organisation: OrganisationId,
    pub mailbox: &'a str,
    pub uid_validity: i64,
}

/// A file in a letter.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LetterFile {
    pub place: i64,
    pub name: String,
    pub size: i64,
}

/// Keeps a letter. False: it is there already.
pub async fn insert(
    tx: &mut Tx,
    place: &Place<'_>,
    uid: i64,
    (letter, files): (&Letter, &[LetterFile]),
) -> Result<bool, db::Error> {
    let inserted = sql!(tx => execute
        "INSERT INTO incoming_letter (id, organisation_id, mailbox, uid_validity, uid, sha256, size, message_id, sender,
                                      subject, written_at, text, received_at, state, version, trouble, reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1, $15, '')
         ON CONFLICT (organisation_id, mailbox, uid_validity, uid) DO NOTHING",
        letter.id, place.organisation, place.mailbox, place.uid_validity, uid, letter.sha256, letter.size,
        letter.message_id.as_str(), letter.sender.as_str(), letter.subject.as_str(), letter.written_at,
        letter.text.as_str(), letter.received_at, letter.state, letter.trouble)?;
    if inserted == 0 {
        return Ok(false);
    }
    for file in files {
        sql!(tx => execute
            "INSERT INTO incoming_letter_file (letter_id, place, name, size) VALUES ($1, $2, $3, $4)",
            letter.id, file.place, file.name.as_str(), file.size)?;
    }
    Ok(true)
}

/// The last letter kept of a box; 0: none yet. Letters are kept in the order
/// of their UIDs, so all before it are there too.
pub async fn last_uid(tx: &mut Tx, place: &Place<'_>) -> Result<i64, db::Error> {
    let (last,) = sql!(tx => fetch_one
        "SELECT coalesce(max(uid), 0) FROM incoming_letter
         WHERE organisation_id = $1 AND mailbox = $2 AND uid_validity = $3" as (i64,),
        place.organisation, place.mailbox, place.uid_validity)?;
    Ok(last)
}

/// The very bytes came before.
pub async fn came_before(tx: &mut Tx, organisation: OrganisationId, hash: Hash) -> Result<bool, db::Error> {
    let (count,) = sql!(tx => fetch_one
        "SELECT count(id) FROM incoming_letter WHERE organisation_id = $1 AND sha256 = $2" as (i64,),
        organisation, hash)?;
    Ok(count > 0)
}

pub async fn letter(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: LetterId,
) -> Result<Option<Letter>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT id, mailbox, sha256, size, message_id, sender, subject, written_at, text, received_at, state, version,
                trouble, reason, document_id, acted_by, acted_at
         FROM incoming_letter WHERE id = $1 AND organisation_id = $2" as Letter, id, organisation)
}

/// Reads a letter that is about to change, counts the change, and holds it
/// until `tx` ends.
pub async fn claim(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: LetterId,
) -> Result<Option<Letter>, db::Error> {
    sql!(tx => fetch_optional
        "UPDATE incoming_letter SET version = version + 1 WHERE id = $1 AND organisation_id = $2
         RETURNING id, mailbox, sha256, size, message_id, sender, subject, written_at, text, received_at, state, version,
                   trouble, reason, document_id, acted_by, acted_at" as Letter, id, organisation)
}

/// The letter a document was made of.
pub async fn of_document(
    tx: &mut Tx,
    organisation: OrganisationId,
    document: IncomingId,
) -> Result<Option<Letter>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT id, mailbox, sha256, size, message_id, sender, subject, written_at, text, received_at, state, version,
                trouble, reason, document_id, acted_by, acted_at
         FROM incoming_letter WHERE document_id = $1 AND organisation_id = $2" as Letter, document, organisation)
}

pub async fn files(tx: &mut Tx, id: LetterId) -> Result<Vec<LetterFile>, db::Error> {
    sql!(tx => fetch_all
        "SELECT place, name, size FROM incoming_letter_file WHERE letter_id = $1 ORDER BY place" as LetterFile, id)
}

/// Notes what became of a letter, and who did it.
pub async fn set_state(
    tx: &mut Tx,
    id: LetterId,
    (state, reason, document): (LetterState, &str, Option<IncomingId>),
    person: PersonId,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE incoming_letter SET state = $2, reason = $3, document_id = $4, acted_by = $5, acted_at = $6 WHERE id = $1",
        id, state, reason, document, person, now)?;
    Ok(())
}

/// A letter as a list shows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LetterLine {
    pub id: LetterId,
    pub sender: String,
    pub subject: String,
    pub received_at: Timestamp,
    pub state: LetterState,
    pub trouble: Option<Trouble>,
    pub files: i64,
}

/// What lies before the clerks, the oldest first.
pub async fn waiting(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<LetterLine>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, sender, subject, received_at, state, trouble,
                (SELECT count(place) FROM incoming_letter_file WHERE letter_id = incoming_letter.id) AS files
         FROM incoming_letter WHERE organisation_id = $1 AND state IN ('waiting', 'refused')
         ORDER BY received_at, id LIMIT 300" as LetterLine, organisation)
}

/// What became a document or was put aside, the newest first.
pub async fn done(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<LetterLine>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, sender, subject, received_at, state, trouble,
                (SELECT count(place) FROM incoming_letter_file WHERE letter_id = incoming_letter.id) AS files
         FROM incoming_letter WHERE organisation_id = $1 AND state IN ('taken', 'put_aside')
         ORDER BY received_at DESC, id DESC LIMIT 300" as LetterLine, organisation)
}

/// Other letters with the same Message-ID or the same bytes.
pub async fn alike(
    tx: &mut Tx,
    organisation: OrganisationId,
    letter: &Letter,
) -> Result<Vec<LetterLine>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, sender, subject, received_at, state, trouble,
                (SELECT count(place) FROM incoming_letter_file WHERE letter_id = incoming_letter.id) AS files
         FROM incoming_letter
         WHERE organisation_id = $1 AND id <> $2 AND (sha256 = $3 OR (message_id = $4 AND message_id <> ''))
         ORDER BY received_at, id LIMIT 10" as LetterLine,
        organisation, letter.id, letter.sha256, letter.message_id.as_str())
}
