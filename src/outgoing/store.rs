//! SQL on outgoing documents.

mod answers;
mod book;
mod consulting;
mod files;
mod sending;
mod text;
mod trail;

pub use self::answers::{
    answerable, answering, dispatched, published, put_answerable, question_of, set_answer,
};
pub use self::book::{Book, BookLine, NamedRecipient, book, book_recipients};
pub use self::consulting::{
    Comment, Consultation, Question, Unspoken, assign_consultation, consultation, consultations_of,
    consultations_to, insert_consultation, mark_reminded, put_comment, put_reply,
};
pub use self::files::{
    Attachment, Edition, attachment, attachments, delete_attachment, edition, has_unstamped,
    insert_attachment, insert_edition, seal_attachment, stamp_attachment, unstamped,
};
pub use self::sending::{
    DispatchLine, DispatchRow, advance, answer, bodies_of, dispatch, dispatches_of, dispatches_to,
    insert_dispatch, recall_dispatches, recipients, replace_bodies, replace_recipients,
};
pub use self::text::{insert_text, text};
pub use self::trail::{Step, add_step, steps};

use super::rules::{Capacity, Hands, Kind, Priority, State, Who};
use super::{OutgoingId, Relation};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId};
use crate::papers::PaperId;
use crate::registers::NumberId;
use crate::signing::DocumentId;
use crate::sql;

/// A document as it stands.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Outgoing {
    pub id: OutgoingId,
    pub organisation_id: OrganisationId,
    pub state: State,
    pub kind: Kind,
    pub subject: String,
    pub priority: Priority,
    pub drafter_id: PersonId,
    pub checker_id: PersonId,
    pub signer_id: PersonId,
    pub capacity: Capacity,
    pub symbol: String,
    pub copies: i64,
    pub others: String,
    /// The last day for an answer, if one is asked for.
    pub answer_by: Option<Timestamp>,
    pub answers: Option<String>,
    pub relation: Option<Relation>,
    pub related_id: Option<OutgoingId>,
    pub paper_id: PaperId,
    pub edition: i64,
    pub document_id: Option<DocumentId>,
    pub number_id: Option<NumberId>,
    pub number: Option<i64>,
    pub day: Option<Timestamp>,
    pub signed_at: Option<Timestamp>,
    pub sealed_at: Option<Timestamp>,
    pub issued_at: Option<Timestamp>,
    pub filed_at: Option<Timestamp>,
    pub filed_in: String,
    pub version: i64,
}

impl Outgoing {
    pub fn hands(&self) -> Hands {
        Hands { drafter: self.drafter_id, checker: self.checker_id, signer: self.signer_id }
    }

    /// "05/QĐ-UBND"; before it has a number, "…/QĐ-UBND".
    pub fn number_and_symbol(&self) -> String {
        let number = self.number.map_or_else(|| "…".to_owned(), crate::registers::printed);
        format!("{number}/{}", self.symbol)
    }
}

pub async fn insert(tx: &mut Tx, new: &Outgoing, folded: &str, now: Timestamp) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO outgoing_document (id, organisation_id, state, kind, subject, folded, priority, drafter_id,
                                        checker_id, signer_id, capacity, symbol, copies, others, answers, relation,
                                        related_id, paper_id, edition, filed_in, version, created_at, answer_by)
         VALUES ($1, $2, 'draft', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 1, '', 1, $18, $19)",
        new.id, new.organisation_id, new.kind, new.subject.as_str(), folded, new.priority, new.drafter_id,
        new.checker_id, new.signer_id, new.capacity, new.symbol.as_str(), new.copies, new.others.as_str(),
        new.answers.as_deref(), new.relation, new.related_id, new.paper_id, now, new.answer_by)?;
    Ok(())
}

/// A document of the organisation, whoever may see it.
pub async fn outgoing(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: OutgoingId,
) -> Result<Option<Outgoing>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT o.id, o.organisation_id,
                CASE WHEN o.state = 'awaiting_signature' AND s.state = 'complete' THEN 'signed' ELSE o.state END AS state,
                o.kind, o.subject, o.priority, o.drafter_id, o.checker_id, o.signer_id, o.capacity, o.symbol, o.copies,
                o.others, o.answer_by, o.answers, o.relation, o.related_id, o.paper_id, o.edition, o.document_id, o.number_id,
                n.number, n.day, s.completed_at AS signed_at, o.sealed_at, o.issued_at, o.filed_at, o.filed_in, o.version
         FROM outgoing_document o LEFT JOIN signing_document s ON s.id = o.document_id
         LEFT JOIN register_number n ON n.id = o.number_id
         WHERE o.id = $1 AND o.organisation_id = $2" as Outgoing, id, organisation)
}

/// Holds a document that is about to change until `tx` ends.
pub async fn claim(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: OutgoingId,
) -> Result<Option<Outgoing>, db::Error> {
    sql!(tx => execute
        "UPDATE outgoing_document SET version = version WHERE id = $1 AND organisation_id = $2", id, organisation)?;
    outgoing(tx, organisation, id).await
}

/// Saves the details over the version they were typed on. False: someone
/// saved meanwhile.
pub async fn save(tx: &mut Tx, new: &Outgoing, folded: &str) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE outgoing_document SET kind = $3, subject = $4, folded = $5, priority = $6, checker_id = $7,
                signer_id = $8, capacity = $9, symbol = $10, copies = $11, others = $12, answer_by = $13,
                version = version + 1
         WHERE id = $1 AND version = $2 AND state = 'draft'",
        new.id, new.version, new.kind, new.subject.as_str(), folded, new.priority, new.checker_id, new.signer_id,
        new.capacity, new.symbol.as_str(), new.copies, new.others.as_str(), new.answer_by)?;
    Ok(changed == 1)
}

/// Moves a document on; what is claimed cannot have moved meanwhile.
pub async fn set_state(tx: &mut Tx, id: OutgoingId, state: State) -> Result<(), db::Error> {
    sql!(tx => execute "UPDATE outgoing_document SET state = $2 WHERE id = $1", id, state)?;
    Ok(())
}

/// Back to a draft: nothing is out for signature any more.
pub async fn reopen(tx: &mut Tx, id: OutgoingId, edition: i64) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE outgoing_document SET state = 'draft', document_id = NULL, edition = $2 WHERE id = $1", id, edition)?;
    Ok(())
}

/// The document whose newest edition is out for signature as `signing`.
pub async fn signed_as(
    tx: &mut Tx,
    organisation: OrganisationId,
    signing: DocumentId,
) -> Result<Option<OutgoingId>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT id FROM outgoing_document WHERE organisation_id = $1 AND document_id = $2
                AND state = 'awaiting_signature'" as (OutgoingId,), organisation, signing)?;
    Ok(row.map(|(id,)| id))
}

pub async fn await_signature(tx: &mut Tx, id: OutgoingId, document: DocumentId) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE outgoing_document SET state = 'awaiting_signature', document_id = $2 WHERE id = $1", id, document)?;
    Ok(())
}

pub async fn set_number(tx: &mut Tx, id: OutgoingId, number: NumberId) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE outgoing_document SET state = 'numbered', number_id = $2 WHERE id = $1", id, number)?;
    Ok(())
}

pub async fn set_sealed(tx: &mut Tx, id: OutgoingId, now: Timestamp) -> Result<(), db::Error> {
    sql!(tx => execute "UPDATE outgoing_document SET state = 'sealed', sealed_at = $2 WHERE id = $1", id, now)?;
    Ok(())
}

pub async fn set_issued(tx: &mut Tx, id: OutgoingId, now: Timestamp) -> Result<(), db::Error> {
    sql!(tx => execute "UPDATE outgoing_document SET state = 'issued', issued_at = $2 WHERE id = $1", id, now)?;
    Ok(())
}

pub async fn set_filed(tx: &mut Tx, id: OutgoingId, file: &str, now: Timestamp) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE outgoing_document SET state = 'filed', filed_at = $2, filed_in = $3 WHERE id = $1", id, now, file)?;
    Ok(())
}

/// The files it lies in still, after it was taken out of one.
pub async fn set_files(
    tx: &mut Tx,
    id: OutgoingId,
    state: State,
    (files, filed_at): (&str, Option<Timestamp>),
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE outgoing_document SET state = $2, filed_at = $3, filed_in = $4 WHERE id = $1",
        id, state, filed_at, files)?;
    Ok(())
}

/// Documents that name this one as what they replace or correct.
pub async fn followers(tx: &mut Tx, id: OutgoingId) -> Result<Vec<OutgoingId>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT id FROM outgoing_document WHERE related_id = $1 ORDER BY created_at" as (OutgoingId,), id)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// A document in a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Line {
    pub id: OutgoingId,
    pub state: State,
    pub kind: Kind,
    pub subject: String,
    pub priority: Priority,
    pub symbol: String,
    pub number: Option<i64>,
    pub day: Option<Timestamp>,
    pub drafter: String,
    pub signer: String,
    pub created_at: Timestamp,
}

/// Whose list it is.
#[derive(Clone, Copy, Debug)]
pub struct Viewer {
    pub organisation: OrganisationId,
    pub person: PersonId,
    /// Sees every document: văn thư, the Office, the archive.
    pub sees_all: bool,
}

/// The newest documents a person may see.
pub async fn newest(tx: &mut Tx, viewer: Viewer, limit: i64) -> Result<Vec<Line>, db::Error> {
    sql!(tx => fetch_all
        "SELECT o.id,
                CASE WHEN o.state = 'awaiting_signature' AND s.state = 'complete' THEN 'signed' ELSE o.state END AS state,
                o.kind, o.subject, o.priority, o.symbol, n.number, n.day, drafter.full_name AS drafter,
                signer.full_name AS signer, o.created_at
         FROM outgoing_document o LEFT JOIN signing_document s ON s.id = o.document_id
         LEFT JOIN register_number n ON n.id = o.number_id
         JOIN person drafter ON drafter.id = o.drafter_id JOIN person signer ON signer.id = o.signer_id
         WHERE o.organisation_id = $1 AND ($3 OR $2 IN (o.drafter_id, o.checker_id, o.signer_id)
               OR o.state IN ('issued', 'filed', 'recalled'))
         ORDER BY o.created_at DESC, o.id DESC LIMIT $4" as Line,
        viewer.organisation, viewer.person, viewer.sees_all, limit)
}

/// The same, of those in one state.
pub async fn in_state(tx: &mut Tx, viewer: Viewer, state: State, limit: i64) -> Result<Vec<Line>, db::Error> {
    let kept = if state == State::Signed { State::AwaitingSignature } else { state };
    sql!(tx => fetch_all
        "SELECT o.id, $4 AS state, o.kind, o.subject, o.priority, o.symbol, n.number, n.day,
                drafter.full_name AS drafter, signer.full_name AS signer, o.created_at
         FROM outgoing_document o LEFT JOIN signing_document s ON s.id = o.document_id
         LEFT JOIN register_number n ON n.id = o.number_id
         JOIN person drafter ON drafter.id = o.drafter_id JOIN person signer ON signer.id = o.signer_id
         WHERE o.organisation_id = $1 AND o.state = $5
           AND (o.state <> 'awaiting_signature' OR (s.state = 'complete') = ($4 = 'signed'))
           AND ($3 OR $2 IN (o.drafter_id, o.checker_id, o.signer_id) OR o.state IN ('issued', 'filed', 'recalled'))
         ORDER BY o.created_at DESC, o.id DESC LIMIT $6" as Line,
        viewer.organisation, viewer.person, viewer.sees_all, state, kept, limit)
}

/// What a person drafted, was issued, and lies in no file yet, the oldest first.
pub async fn unfiled(tx: &mut Tx, drafter: PersonId) -> Result<Vec<Line>, db::Error> {
    sql!(tx => fetch_all
        "SELECT o.id, o.state, o.kind, o.subject, o.priority, o.symbol, n.number, n.day, drafter.full_name AS drafter,
                signer.full_name AS signer, o.created_at
         FROM outgoing_document o LEFT JOIN register_number n ON n.id = o.number_id
         JOIN person drafter ON drafter.id = o.drafter_id JOIN person signer ON signer.id = o.signer_id
         WHERE o.drafter_id = $1 AND o.state = 'issued' ORDER BY o.created_at, o.id LIMIT 100" as Line, drafter)
}

/// What waits for a person's next act but a signature or a file, the oldest first.
pub async fn waiting_for(
    tx: &mut Tx,
    organisation: OrganisationId,
    who: Who,
) -> Result<Vec<Line>, db::Error> {
    sql!(tx => fetch_all
        "SELECT o.id,
                CASE WHEN o.state = 'awaiting_signature' THEN 'signed' ELSE o.state END AS state,
                o.kind, o.subject, o.priority, o.symbol, n.number, n.day, drafter.full_name AS drafter,
                signer.full_name AS signer, o.created_at
         FROM outgoing_document o LEFT JOIN signing_document s ON s.id = o.document_id
         LEFT JOIN register_number n ON n.id = o.number_id
         JOIN person drafter ON drafter.id = o.drafter_id JOIN person signer ON signer.id = o.signer_id
         WHERE o.organisation_id = $1
           AND o.state IN ('draft', 'content_review', 'format_check', 'awaiting_signature', 'numbered', 'sealed')
           AND ((o.state = 'draft' AND o.drafter_id = $2) OR (o.state = 'content_review' AND o.checker_id = $2)
                OR (o.state = 'format_check' AND $4 AND o.drafter_id <> $2)
                OR (o.state IN ('numbered', 'sealed') AND $3) OR (s.state = 'complete' AND $3))
         ORDER BY o.created_at, o.id LIMIT 300" as Line,
        organisation, who.person, who.is_clerk, who.checks_format)
}
