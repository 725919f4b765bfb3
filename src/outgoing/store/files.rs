//! Editions prepared for signature, and attachments.

use crate::db::{self, Tx};
use crate::identity::OrganisationId;
use crate::outgoing::{AttachmentId, OutgoingId};
use crate::signing::DocumentId;
use crate::signing::rules::Level;
use crate::sql;
use crate::storage::Hash;

/// An edition as it was prepared for signature.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Edition {
    pub number: i64,
    pub document_id: DocumentId,
    /// The fields for number and date, a space between.
    pub fields: String,
    pub page: i64,
    pub box_x: i64,
    pub box_y: i64,
    pub box_width: i64,
    pub box_height: i64,
    pub blocking: i64,
    pub warnings: i64,
}

pub async fn insert_edition(tx: &mut Tx, of: OutgoingId, edition: &Edition) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO outgoing_edition (outgoing_id, number, document_id, fields, page, box_x, box_y, box_width,
                                       box_height, blocking, warnings)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        of, edition.number, edition.document_id, edition.fields.as_str(), edition.page, edition.box_x, edition.box_y,
        edition.box_width, edition.box_height, edition.blocking, edition.warnings)?;
    Ok(())
}

pub async fn edition(tx: &mut Tx, document: DocumentId) -> Result<Option<Edition>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT number, document_id, fields, page, box_x, box_y, box_width, box_height, blocking, warnings
         FROM outgoing_edition WHERE document_id = $1" as Edition, document)
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Attachment {
    pub id: AttachmentId,
    pub title: String,
    pub sha256: Hash,
    pub size: i64,
    pub sealed_sha256: Option<Hash>,
    pub sealed_size: Option<i64>,
}

impl Attachment {
    pub fn newest(&self) -> (Hash, i64) {
        (self.sealed_sha256.unwrap_or(self.sha256), self.sealed_size.unwrap_or(self.size))
    }
}

pub async fn attachments(tx: &mut Tx, of: OutgoingId) -> Result<Vec<Attachment>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, title, sha256, size, sealed_sha256, sealed_size FROM outgoing_attachment
         WHERE outgoing_id = $1 ORDER BY position" as Attachment, of)
}

pub async fn attachment(
    tx: &mut Tx,
    of: OutgoingId,
    id: AttachmentId,
) -> Result<Option<Attachment>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT id, title, sha256, size, sealed_sha256, sealed_size FROM outgoing_attachment
         WHERE outgoing_id = $1 AND id = $2" as Attachment, of, id)
}

/// Adds an attachment behind the others.
pub async fn insert_attachment(tx: &mut Tx, of: OutgoingId, new: &Attachment) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO outgoing_attachment (id, outgoing_id, position, title, sha256, size)
         SELECT $1, $2, coalesce(max(position) + 1, 0), $3, $4, $5 FROM outgoing_attachment WHERE outgoing_id = $2",
        new.id, of, new.title.as_str(), new.sha256, new.size)?;
    Ok(())
}

pub async fn delete_attachment(tx: &mut Tx, of: OutgoingId, id: AttachmentId) -> Result<bool, db::Error> {
    let gone =
        sql!(tx => execute "DELETE FROM outgoing_attachment WHERE outgoing_id = $1 AND id = $2", of, id)?;
    Ok(gone == 1)
}

pub async fn seal_attachment(
    tx: &mut Tx,
    id: AttachmentId,
    (sealed, size): (Hash, i64),
    level: Level,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE outgoing_attachment SET sealed_sha256 = $2, sealed_size = $3, seal_level = $4 WHERE id = $1",
        id, sealed, size, level)?;
    Ok(())
}

/// A sealed attachment that waits for a trusted time.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Unstamped {
    pub outgoing_id: OutgoingId,
    pub organisation_id: OrganisationId,
    pub sealed_sha256: Hash,
}

/// `None`: it is stamped, or was never sealed.
pub async fn unstamped(tx: &mut Tx, id: AttachmentId) -> Result<Option<Unstamped>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT outgoing_attachment.outgoing_id, outgoing_document.organisation_id, outgoing_attachment.sealed_sha256
         FROM outgoing_attachment JOIN outgoing_document ON outgoing_document.id = outgoing_attachment.outgoing_id
         WHERE outgoing_attachment.id = $1 AND outgoing_attachment.seal_level = $2
               AND outgoing_attachment.sealed_sha256 IS NOT NULL" as Unstamped, id, Level::Bb)
}

/// Puts the stamped bytes in the place of those they were made from. False: others came first.
pub async fn stamp_attachment(
    tx: &mut Tx,
    id: AttachmentId,
    (base, stamped): (Hash, Hash),
    size: i64,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE outgoing_attachment SET sealed_sha256 = $3, sealed_size = $4, seal_level = $5
         WHERE id = $1 AND sealed_sha256 = $2", id, base, stamped, size, Level::Bt)?;
    Ok(changed == 1)
}

/// True while an attachment's seal has no trusted time.
pub async fn has_unstamped(tx: &mut Tx, of: OutgoingId) -> Result<bool, db::Error> {
    let (count,) = sql!(tx => fetch_one
        "SELECT count(id) FROM outgoing_attachment WHERE outgoing_id = $1 AND seal_level = $2" as (i64,),
        of, Level::Bb)?;
    Ok(count > 0)
}
