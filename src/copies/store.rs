//! SQL on copies, and who signs them.

mod book;
mod signers;

pub use self::book::{BookLine, book};
pub use self::signers::{
    NewSigner, Setting, Signer, end_signer, insert_signer, put_head, put_look, setting, signers,
};

use super::rules::{Act, Form, Hands, Origin, State};
use super::{CopyId, CopyStepId};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId};
use crate::incoming::IncomingId;
use crate::lights::Light;
use crate::outgoing::OutgoingId;
use crate::outgoing::rules::Capacity;
use crate::papers::VersionId;
use crate::registers::{NumberId, printed};
use crate::signing::rules::Level;
use crate::sql;
use crate::storage::Hash;

/// A copy as it stands.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Copy {
    pub id: CopyId,
    pub organisation_id: OrganisationId,
    pub state: State,
    pub form: Form,
    pub origin: Origin,
    pub outgoing_id: Option<OutgoingId>,
    pub incoming_id: Option<IncomingId>,
    pub copied_id: Option<CopyId>,
    pub source_is_copy: bool,
    pub source_symbol: String,
    pub source_day: Timestamp,
    pub source_issuer: String,
    pub source_subject: String,
    pub source_sha256: Hash,
    pub verdict: Light,
    pub has_looked: bool,
    pub warnings: String,
    pub pages: String,
    pub recipient: String,
    pub purpose: String,
    pub base_sha256: Hash,
    pub base_size: i64,
    pub base_pages: i64,
    pub asked_by: PersonId,
    pub asked_at: Timestamp,
    pub signer_id: PersonId,
    pub capacity: Option<Capacity>,
    pub approved_at: Option<Timestamp>,
    pub number_id: Option<NumberId>,
    pub number: Option<i64>,
    pub day: Option<Timestamp>,
    pub symbol: String,
    pub version_id: Option<VersionId>,
    pub sealed_at: Option<Timestamp>,
    pub seal_level: Option<Level>,
}

impl Copy {
    pub fn hands(&self) -> Hands {
        Hands { asker: self.asked_by, signer: self.signer_id }
    }

    /// "15/SY-UBND"; before it has a number, nothing.
    pub fn number_and_symbol(&self) -> String {
        self.number.map(|number| format!("{}/{}", printed(number), self.symbol)).unwrap_or_default()
    }

    /// "Sao y 05/QĐ-UBND".
    pub fn title(&self) -> String {
        format!("{} {}", self.form.legal_name(), self.source_symbol)
    }
}

pub async fn insert(tx: &mut Tx, new: &Copy) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO copy_document (id, organisation_id, state, form, origin, outgoing_id, incoming_id, copied_id,
                                    source_is_copy, source_symbol, source_day, source_issuer, source_subject,
                                    source_sha256, verdict, has_looked, warnings, pages, recipient, purpose,
                                    base_sha256, base_size, base_pages, asked_by, asked_at, signer_id, symbol)
         VALUES ($1, $2, 'asked', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
                 $21, $22, $23, $24, $25, '')",
        new.id, new.organisation_id, new.form, new.origin, new.outgoing_id, new.incoming_id, new.copied_id,
        new.source_is_copy, new.source_symbol.as_str(), new.source_day, new.source_issuer.as_str(),
        new.source_subject.as_str(), new.source_sha256, new.verdict, new.has_looked, new.warnings.as_str(),
        new.pages.as_str(), new.recipient.as_str(), new.purpose.as_str(), new.base_sha256, new.base_size,
        new.base_pages, new.asked_by, new.asked_at, new.signer_id)?;
    Ok(())
}

/// The very same request of the same person, still unanswered: they sent it twice.
pub async fn unanswered(tx: &mut Tx, new: &Copy) -> Result<Option<CopyId>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT id FROM copy_document
         WHERE organisation_id = $1 AND state = 'asked' AND asked_by = $2 AND signer_id = $3 AND form = $4
               AND source_sha256 = $5 AND pages = $6 AND recipient = $7 AND purpose = $8" as (CopyId,),
        new.organisation_id, new.asked_by, new.signer_id, new.form, new.source_sha256, new.pages.as_str(),
        new.recipient.as_str(), new.purpose.as_str())?;
    Ok(row.map(|(id,)| id))
}

/// A copy of the organisation, whoever may see it.
pub async fn copy(tx: &mut Tx, organisation: OrganisationId, id: CopyId) -> Result<Option<Copy>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT c.id, c.organisation_id, c.state, c.form, c.origin, c.outgoing_id, c.incoming_id, c.copied_id,
                c.source_is_copy, c.source_symbol, c.source_day, c.source_issuer, c.source_subject, c.source_sha256,
                c.verdict, c.has_looked, c.warnings, c.pages, c.recipient, c.purpose, c.base_sha256, c.base_size,
                c.base_pages, c.asked_by, c.asked_at, c.signer_id, c.capacity, c.approved_at, c.number_id, n.number,
                n.day, c.symbol, c.version_id, c.sealed_at, c.seal_level
         FROM copy_document c LEFT JOIN register_number n ON n.id = c.number_id
         WHERE c.id = $1 AND c.organisation_id = $2" as Copy, id, organisation)
}

/// Holds a copy that is about to change until `tx` ends.
pub async fn claim(tx: &mut Tx, organisation: OrganisationId, id: CopyId) -> Result<Option<Copy>, db::Error> {
    sql!(tx => execute
        "UPDATE copy_document SET state = state WHERE id = $1 AND organisation_id = $2", id, organisation)?;
    copy(tx, organisation, id).await
}

pub async fn approve(tx: &mut Tx, id: CopyId, capacity: Capacity, now: Timestamp) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE copy_document SET state = 'approved', capacity = $2, approved_at = $3 WHERE id = $1",
        id, capacity, now)?;
    Ok(())
}

/// Ends a copy that will not be made.
pub async fn end(tx: &mut Tx, id: CopyId, state: State) -> Result<(), db::Error> {
    sql!(tx => execute "UPDATE copy_document SET state = $2 WHERE id = $1", id, state)?;
    Ok(())
}

pub async fn set_number(
    tx: &mut Tx,
    id: CopyId,
    (number, symbol): (NumberId, &str),
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE copy_document SET state = 'numbered', number_id = $2, symbol = $3 WHERE id = $1",
        id, number, symbol)?;
    Ok(())
}

/// Puts the sealed copy in place.
pub async fn set_sealed(
    tx: &mut Tx,
    id: CopyId,
    (version, level): (VersionId, Level),
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE copy_document SET state = 'sealed', version_id = $2, seal_level = $3, sealed_at = $4 WHERE id = $1",
        id, version, level, now)?;
    Ok(())
}

/// A sealed copy that waits for a trusted time.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Unstamped {
    pub organisation_id: OrganisationId,
    pub version_id: VersionId,
}

/// `None`: it is stamped, or was never sealed.
pub async fn unstamped(tx: &mut Tx, id: CopyId) -> Result<Option<Unstamped>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT organisation_id, version_id FROM copy_document
         WHERE id = $1 AND seal_level = $2 AND version_id IS NOT NULL" as Unstamped, id, Level::Bb)
}

/// The stamped bytes in the place of those they were made from. False: others came first.
pub async fn set_stamped(
    tx: &mut Tx,
    id: CopyId,
    (base, stamped): (VersionId, VersionId),
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE copy_document SET version_id = $3, seal_level = $4 WHERE id = $1 AND version_id = $2",
        id, base, stamped, Level::Bt)?;
    Ok(changed == 1)
}

/// A line of the course.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Step {
    pub act: Act,
    pub full_name: String,
    pub note: String,
    pub at: Timestamp,
}

pub async fn add_step(
    tx: &mut Tx,
    copy: CopyId,
    (act, person): (Act, PersonId),
    note: &str,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO copy_step (id, copy_id, act, person_id, note, at) VALUES ($1, $2, $3, $4, $5, $6)",
        CopyStepId::new(), copy, act, person, note, now)?;
    Ok(())
}

/// What was done with a copy, the first thing first.
pub async fn steps(tx: &mut Tx, copy: CopyId) -> Result<Vec<Step>, db::Error> {
    sql!(tx => fetch_all
        "SELECT copy_step.act, person.full_name, copy_step.note, copy_step.at
         FROM copy_step JOIN person ON person.id = copy_step.person_id
         WHERE copy_step.copy_id = $1 ORDER BY copy_step.at, copy_step.id" as Step, copy)
}

/// A copy in a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Line {
    pub id: CopyId,
    pub state: State,
    pub form: Form,
    pub source_symbol: String,
    pub source_subject: String,
    pub recipient: String,
    pub number: Option<i64>,
    pub symbol: String,
    pub asked_at: Timestamp,
    pub asked_by: PersonId,
    pub signer_id: PersonId,
    pub signer: String,
}

/// Whose list it is.
#[derive(Clone, Copy, Debug)]
pub struct Viewer {
    pub organisation: OrganisationId,
    pub person: PersonId,
    /// Sees every copy of the office.
    pub sees_all: bool,
}

/// The newest copies that a person may see.
pub async fn newest(tx: &mut Tx, viewer: Viewer, limit: i64) -> Result<Vec<Line>, db::Error> {
    sql!(tx => fetch_all
        "SELECT c.id, c.state, c.form, c.source_symbol, c.source_subject, c.recipient, n.number, c.symbol, c.asked_at,
                c.asked_by, c.signer_id, signer.full_name AS signer
         FROM copy_document c LEFT JOIN register_number n ON n.id = c.number_id
         JOIN person signer ON signer.id = c.signer_id
         WHERE c.organisation_id = $1 AND ($3 OR $2 IN (c.asked_by, c.signer_id))
         ORDER BY c.asked_at DESC, c.id DESC LIMIT $4" as Line,
        viewer.organisation, viewer.person, viewer.sees_all, limit)
}

/// What waits for a person, the oldest first: to sign for, or, for a clerk, to number and to seal.
pub async fn waiting_for(
    tx: &mut Tx,
    organisation: OrganisationId,
    (person, is_clerk): (PersonId, bool),
) -> Result<Vec<Line>, db::Error> {
    sql!(tx => fetch_all
        "SELECT c.id, c.state, c.form, c.source_symbol, c.source_subject, c.recipient, n.number, c.symbol, c.asked_at,
                c.asked_by, c.signer_id, signer.full_name AS signer
         FROM copy_document c LEFT JOIN register_number n ON n.id = c.number_id
         JOIN person signer ON signer.id = c.signer_id
         WHERE c.organisation_id = $1 AND c.state IN ('asked', 'approved', 'numbered')
           AND ((c.state = 'asked' AND c.signer_id = $2) OR (c.state <> 'asked' AND $3 AND c.signer_id <> $2))
         ORDER BY c.asked_at, c.id LIMIT 200" as Line, organisation, person, is_clerk)
}

/// The copies made of a document, the newest first.
pub async fn of_source(
    tx: &mut Tx,
    organisation: OrganisationId,
    (outgoing, incoming, copied): (Option<OutgoingId>, Option<IncomingId>, Option<CopyId>),
) -> Result<Vec<Line>, db::Error> {
    sql!(tx => fetch_all
        "SELECT c.id, c.state, c.form, c.source_symbol, c.source_subject, c.recipient, n.number, c.symbol, c.asked_at,
                c.asked_by, c.signer_id, signer.full_name AS signer
         FROM copy_document c LEFT JOIN register_number n ON n.id = c.number_id
         JOIN person signer ON signer.id = c.signer_id
         WHERE c.organisation_id = $1 AND (c.outgoing_id = $2 OR c.incoming_id = $3 OR c.copied_id = $4)
         ORDER BY c.asked_at DESC, c.id DESC LIMIT 200" as Line, organisation, outgoing, incoming, copied)
}
