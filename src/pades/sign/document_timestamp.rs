//! Document timestamps: a time for the whole file, in a revision of its own (ISO 32000-2 §12.8.5).

use jiff::Timestamp;

use crate::cms::{Content, DigestAlgorithm, Digests};
use crate::embed::fields;
use crate::pdf::{Pdf, SignatureBody, Update, page};
use crate::sign::acroform::{merged_widget, register, slot};
use crate::sign::layout::{Layout, fill};
use crate::sign::outcome::{AppendedRevision, RevisionKind};
use crate::sign::{
    Level, SignError, Signed, Stamping, TimestampOutcome, appearance, dictionary, permissions,
    structure_tree, widget,
};

/// Appends a document timestamp in an invisible field. Without a good token nothing is appended.
pub fn append_document_timestamp(
    pdf: &[u8],
    stamping: &Stamping<'_>,
    now: Timestamp,
) -> Result<Signed, SignError> {
    let mut file = Pdf::open(pdf)?;
    file.authenticate(None)?;
    append_document_timestamp_to(&file, stamping, now)
}

/// [`append_document_timestamp`] for a file that was opened before: from a source, or with a password.
pub fn append_document_timestamp_to(
    file: &Pdf<'_>,
    stamping: &Stamping<'_>,
    now: Timestamp,
) -> Result<Signed, SignError> {
    let known = fields(file)?;
    let slot = slot(&known, None)?;
    permissions::check_for_timestamp(file)?;
    let page = &page(file, 1)?.ok_or(SignError::NoSuchPage(1))?;

    let reserved = stamping.service.reserve();
    let mut update = Update::new(file);
    let signature = update.add_signature(SignatureBody { dict: dictionary::document_timestamp(), reserved });
    let drawn = appearance::draw_new(&mut update, file, page, None)?;
    let field =
        update.add(merged_widget(slot.name(), page.reference, drawn.rectangle, signature, drawn.form));
    widget::attach(&mut update, file, page, field)?;
    structure_tree::tag_widget(&mut update, file, &known, page, field)?;
    register(&mut update, file, &[field], None)?;
    let salt = [now.as_nanosecond().to_be_bytes().as_slice(), stamping.nonce.as_slice()].concat();
    let layout = Layout::new(file.length(), update.finish(&salt)?, reserved)?;

    let algorithm = DigestAlgorithm::Sha256;
    let digest = layout.digest(file.input(), algorithm)?;
    let stamped = Digests::of(algorithm, digest.clone());
    let (token, time) =
        stamping.obtain(algorithm, Content::Hashed(&stamped)).map_err(SignError::Timestamp)?;
    let appended = fill(&layout.appended, layout.hole, &token)?;
    Ok(Signed {
        signature_digest: hex::encode(digest),
        revisions: vec![AppendedRevision { kind: RevisionKind::DocumentTimestamp, length: appended.len() }],
        appended,
        level: Level::BT,
        timestamp: TimestampOutcome::Present(time),
        missing: Vec::new(),
        field: slot.name().to_owned(),
    })
}
