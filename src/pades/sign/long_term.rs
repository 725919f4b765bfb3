//! Raising signatures to the levels that outlast certificates and services (EN 319 142-1 §5.4, §5.5, §6).
//!
//! Each step is one more incremental update. A step that cannot be made is named, and the level is the one
//! that was reached without it: nothing is called long-term that is not.

use jiff::Timestamp;

use crate::pdf::{Input, Password, Pdf, Source, Update};
use crate::sign::outcome::{AppendedRevision, RevisionKind};
use crate::sign::present::{Present, all_stamped, present};
use crate::sign::security_store::{self, Proof};
use crate::sign::{
    Level, SignError, SignOptions, Signed, Signer, Stamping, TimestampOutcome, append_document_timestamp_to,
    permissions, seed, sign_input,
};
use crate::trust::{Collection, Missing, ValidationData, collect};

/// The level wished for, and who is asked for what it needs.
#[derive(Clone, Copy)]
pub struct LongTerm<'a> {
    /// B-T, B-LT or B-LTA.
    pub target: Level,
    /// Who gives evidence on certificates.
    pub collection: Collection<'a>,
    /// Who gives timestamps; without it B-LT is the highest level, for signatures that have a timestamp.
    pub stamping: Option<&'a Stamping<'a>>,
    /// For encrypted files that the empty password does not open.
    pub password: Option<&'a Password>,
}

/// What extending came to.
#[derive(Debug, Clone)]
pub struct Extended {
    /// Append these bytes to the file; empty if nothing was to be added.
    pub appended: Vec<u8>,
    /// The revisions that `appended` consists of, oldest first.
    pub revisions: Vec<AppendedRevision>,
    /// The level that all signatures of the file have reached by this.
    pub level: Level,
    /// What became of the last document timestamp that was asked for.
    pub timestamp: TimestampOutcome,
    /// What the certificates lack, if it was this that kept the level down.
    pub missing: Vec<Missing>,
}

/// Raises all signatures of a file: to B-T by a document timestamp, to B-LT by validation data, to B-LTA by a
/// document timestamp over them. On a file that is B-LTA already the last step renews it.
///
/// The order is that of EN 319 142-1 §5.5: before a new timestamp is made, the validation data of the previous
/// one are stored, so that the new one protects them.
pub fn extend(pdf: &[u8], wish: &LongTerm<'_>, now: Timestamp) -> Result<Extended, SignError> {
    extend_growing(Growing::new(Input::held(pdf), wish.password, now), wish)
}

/// [`extend`] for a file that is read in pieces.
pub fn extend_source(
    source: &dyn Source,
    wish: &LongTerm<'_>,
    now: Timestamp,
) -> Result<Extended, SignError> {
    extend_growing(Growing::new(Input::fetched(source), wish.password, now), wish)
}

fn extend_growing(mut growing: Growing<'_>, wish: &LongTerm<'_>) -> Result<Extended, SignError> {
    let signatures = present(&growing.open()?)?;
    if signatures.is_empty() {
        return Err(SignError::NothingToExtend);
    }
    let mut is_stamped = all_stamped(&signatures);
    if !is_stamped && wish.target < Level::BLTA {
        is_stamped = growing.stamp(wish.stamping, 0)?;
    }
    if wish.target < Level::BLT || (!is_stamped && wish.target == Level::BLT) {
        return Ok(growing.finish(if is_stamped { Level::BT } else { Level::BB }));
    }
    let reached = if is_stamped { Level::BT } else { Level::BB };
    if !growing.store(&wish.collection)? {
        return Ok(growing.finish(reached));
    }
    let reached = if is_stamped { Level::BLT } else { Level::BB };
    if wish.target < Level::BLTA || !growing.stamp(wish.stamping, 1)? {
        return Ok(growing.finish(reached));
    }
    Ok(growing.finish(Level::BLTA))
}

/// Signs and raises the signature to a level in one go.
pub fn sign_to(
    pdf: &[u8],
    options: &SignOptions,
    signer: &dyn Signer,
    wish: &LongTerm<'_>,
    now: Timestamp,
) -> Result<Signed, SignError> {
    sign_input_to(Input::held(pdf), options, signer, wish, now)
}

/// [`sign_to`] for a file that is read in pieces.
pub fn sign_source_to(
    source: &dyn Source,
    options: &SignOptions,
    signer: &dyn Signer,
    wish: &LongTerm<'_>,
    now: Timestamp,
) -> Result<Signed, SignError> {
    sign_input_to(Input::fetched(source), options, signer, wish, now)
}

fn sign_input_to(
    pdf: Input<'_>,
    options: &SignOptions,
    signer: &dyn Signer,
    wish: &LongTerm<'_>,
    now: Timestamp,
) -> Result<Signed, SignError> {
    let is_long_term = wish.target >= Level::BLT;
    let options = SignOptions { adds_validation_data: is_long_term, ..options.clone() };
    let stamping = wish.stamping.filter(|_| wish.target >= Level::BT);
    let mut signed = sign_input(pdf.clone(), &options, signer, stamping, now)?;
    // Without its timestamp the signature stays what it is; the service would not answer a second time.
    if is_long_term && signed.level == Level::BT {
        let mut growing = Growing::new(pdf.clone(), options.password.as_ref(), now);
        growing.file.appended = std::mem::take(&mut signed.appended);
        growing.revisions = std::mem::take(&mut signed.revisions);
        let Extended { appended, revisions, level, timestamp, missing } = extend_growing(growing, wish)?;
        signed = Signed { appended, revisions, level, missing, ..signed };
        if let TimestampOutcome::Missing(_) = timestamp {
            signed.timestamp = timestamp;
        }
    }
    if signed.level < Level::BLT {
        let mut file = Pdf::read(pdf)?;
        file.authenticate(options.password.as_ref())?;
        if seed::requires_revocation(&file, &signed.field)? {
            return Err(SignError::SeedValue(seed::Constraint::RevocationInformation));
        }
    }
    Ok(signed)
}

/// Stores validation data as they are, for a caller who has gathered them; `None` if the file has them all.
pub fn append_validation_data(
    pdf: &[u8],
    data: &ValidationData,
    now: Timestamp,
) -> Result<Option<Vec<u8>>, SignError> {
    let mut file = Pdf::open(pdf)?;
    file.authenticate(None)?;
    permissions::check_for_timestamp(&file)?;
    store_revision(&file, &[Proof { key: None, data: data.clone() }], now)
}

/// One incremental update with validation data.
fn store_revision(file: &Pdf<'_>, proofs: &[Proof], now: Timestamp) -> Result<Option<Vec<u8>>, SignError> {
    let mut update = Update::new(file);
    if !security_store::write(&mut update, file, proofs)? {
        return Ok(None);
    }
    let salt = [now.as_nanosecond().to_be_bytes().as_slice(), b"DSS"].concat();
    Ok(Some(update.finish(&salt)?.bytes))
}

/// A file and what has been appended to it, read as one without being copied into one.
struct Joined<'a> {
    base: Input<'a>,
    appended: Vec<u8>,
}

impl Source for Joined<'_> {
    fn length(&self) -> usize {
        self.base.length() + self.appended.len()
    }

    fn read_at(&self, offset: usize, into: &mut [u8]) -> std::io::Result<()> {
        let end = offset + into.len();
        let border = self.base.length();
        let head = self.base.window(offset..end.min(border).max(offset)).map_err(std::io::Error::other)?;
        let tail = offset.max(border) - border..end.max(border) - border;
        let tail = self.appended.get(tail).unwrap_or_default();
        into.iter_mut().zip(head.iter().chain(tail)).for_each(|(to, from)| *to = *from);
        Ok(())
    }
}

/// A file to which revisions are appended one after the other.
struct Growing<'a> {
    file: Joined<'a>,
    password: Option<&'a Password>,
    now: Timestamp,
    revisions: Vec<AppendedRevision>,
    timestamp: TimestampOutcome,
    missing: Vec<Missing>,
}

impl<'a> Growing<'a> {
    fn new(base: Input<'a>, password: Option<&'a Password>, now: Timestamp) -> Growing<'a> {
        Growing {
            file: Joined { base, appended: Vec::new() },
            password,
            now,
            revisions: Vec::new(),
            timestamp: TimestampOutcome::NotRequested,
            missing: Vec::new(),
        }
    }

    fn open(&self) -> Result<Pdf<'_>, SignError> {
        let mut file = Pdf::open_source(&self.file)?;
        file.authenticate(self.password)?;
        permissions::check_for_timestamp(&file)?;
        Ok(file)
    }

    fn append(&mut self, kind: RevisionKind, bytes: &[u8]) {
        self.revisions.push(AppendedRevision { kind, length: bytes.len() });
        self.file.appended.extend_from_slice(bytes);
    }

    /// Appends a document timestamp; `false` if there is none to be had and none is required.
    fn stamp(&mut self, stamping: Option<&Stamping<'_>>, number: u64) -> Result<bool, SignError> {
        let Some(stamping) = stamping else { return Ok(false) };
        match append_document_timestamp_to(&self.open()?, &stamping.another(number), self.now) {
            Ok(stamped) => {
                self.append(RevisionKind::DocumentTimestamp, &stamped.appended);
                self.timestamp = stamped.timestamp;
                Ok(true)
            }
            Err(SignError::Timestamp(reason)) if !stamping.required => {
                self.timestamp = TimestampOutcome::Missing(reason);
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Gathers and stores the proofs of all signatures; `false` if one is incomplete, and then stores none.
    fn store(&mut self, collection: &Collection<'_>) -> Result<bool, SignError> {
        let file = self.open()?;
        let mut known = collection.known.clone();
        known.extend(security_store::read(&file)?);
        let (proofs, missing) = gather(&present(&file)?, &Collection { known: &known, ..*collection });
        if !missing.is_empty() {
            self.missing = missing;
            return Ok(false);
        }
        if let Some(bytes) = store_revision(&file, &proofs, self.now)? {
            self.append(RevisionKind::ValidationData, &bytes);
        }
        Ok(true)
    }

    fn finish(self, level: Level) -> Extended {
        Extended {
            appended: self.file.appended,
            revisions: self.revisions,
            level,
            timestamp: self.timestamp,
            missing: self.missing,
        }
    }
}

/// The proofs of each signature. What one needed is known to the next, so nobody is asked twice.
fn gather(signatures: &[Present], collection: &Collection<'_>) -> (Vec<Proof>, Vec<Missing>) {
    let mut known = collection.known.clone();
    let (mut proofs, mut missing) = (Vec::new(), Vec::new());
    for signature in signatures {
        known.extend(signature.carried.clone());
        let collected = collect(&signature.certificates, &Collection { known: &known, ..*collection });
        known.extend(collected.data.clone());
        for one in collected.missing {
            if !missing.contains(&one) {
                missing.push(one);
            }
        }
        proofs.push(Proof { key: Some(signature.key.clone()), data: collected.data });
    }
    (proofs, missing)
}
