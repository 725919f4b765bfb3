//! One person's signature: made aside, then recorded in one transaction.
//!
//! A stop at any moment leaves the step either waiting or signed. The bytes
//! are made and stored first, under their own hash, where nobody looks for
//! them; the transaction then puts that hash in the document's place, and
//! only if the bytes it was made from are still the newest.

use std::sync::Arc;

use pades::TimestampError;
use pades::pdf::Source as _;
use pades::sign::{
    self as pdf, Appearance, Pkcs12Error, Pkcs12Signer, SignOptions, Signed, TimestampOutcome,
};
use serde_json::json;

use super::acceptance::{self, Handed};
use super::actions::{subject, tell, tell_next};
use super::acts::{must_have_authority, own_step};
use super::certificate::Certificate;
use super::desk::Desk;
use super::keys::{self, PinError};
use super::rules::{Deviation, Level, MOST_WRONG_PINS, StepRefusal, Validity, Way, may_sign};
use super::service::ServiceError;
use super::store::{self, Document, KeyRow, SignedStep, acts};
use super::{ActId, DocumentId, Step, policy, timestamp};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{self, Actor};
use crate::storage::{self, Hash, Stored};
use crate::{jobs, lights};

#[derive(Debug, thiserror::Error)]
pub enum SignError {
    #[error("there is no such step for this person")]
    NotFound,
    #[error("the step is signed already")]
    AlreadySigned,
    #[error("somebody before has not signed yet")]
    NotYourTurn,
    #[error("the person has no signing key")]
    NoKey,
    #[error("the key is one of the test authority, which this office does not accept")]
    TestKey,
    #[error("the certificate is not valid yet")]
    NotYetValid,
    #[error("the certificate has expired")]
    Expired,
    #[error("the key is locked after too many wrong PINs")]
    Locked,
    #[error("the PIN is wrong, {left} tries are left")]
    WrongPin { left: i64 },
    #[error("the key file cannot be used")]
    KeyFile(#[source] Pkcs12Error),
    #[error("no certificate is bound to the person")]
    NotBound,
    #[error("the delegation by which the person signs does not hold now")]
    NoAuthority,
    #[error("the organisation has closed this way for the signer's role")]
    WayClosed,
    #[error("the signing service has no key of the person that is bound here")]
    NoCredential,
    #[error("more documents than the service signs by one authorisation")]
    TooManyAtOnce,
    #[error(transparent)]
    Service(#[from] ServiceError),
    #[error("the document was sent back unsigned")]
    SentBack,
    #[error("the document's bytes were replaced meanwhile")]
    Overtaken,
    #[error("what was handed out is no longer awaited")]
    TooLate,
    #[error("the signature was refused: {}", .0.as_str())]
    Refused(Deviation),
    #[error("the signature picture could not be drawn")]
    Picture(#[from] image::ImageError),
    #[error("the file cannot be signed")]
    Pdf(#[from] pdf::SignError),
    #[error("the crypto library failed")]
    Crypto(#[from] openssl::error::ErrorStack),
    #[error("the work broke off")]
    Broken(#[from] tokio::task::JoinError),
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error(transparent)]
    Jobs(#[from] jobs::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<StepRefusal> for SignError {
    fn from(refusal: StepRefusal) -> Self {
        match refusal {
            StepRefusal::NotFound => Self::NotFound,
            StepRefusal::AlreadySigned => Self::AlreadySigned,
            StepRefusal::NotYourTurn => Self::NotYourTurn,
        }
    }
}

impl From<PinError> for SignError {
    fn from(error: PinError) -> Self {
        match error {
            PinError::Locked => Self::Locked,
            PinError::Wrong { left } => Self::WrongPin { left },
            PinError::File(error) => Self::KeyFile(error),
            PinError::Broken(error) => Self::Broken(error),
            PinError::Db(error) => Self::Db(error),
        }
    }
}

/// A signature that exists and was accepted, but does not count yet.
#[derive(Debug)]
pub struct MadeSignature {
    document: DocumentId,
    number: i64,
    way: Way,
    /// What it was handed out as, if it was.
    act: Option<ActId>,
    /// The bytes it was made from.
    base: Hash,
    result: Hash,
    size: i64,
    certificate: Hash,
    level: Level,
    /// Why the time is not a trusted one.
    missing_time: Option<TimestampError>,
    is_stamped_later: bool,
}

impl MadeSignature {
    pub(super) fn accepted(
        handed: &Handed,
        (result, size): (Hash, i64),
        certificate: Hash,
        level: Level,
    ) -> Self {
        Self {
            document: handed.document,
            number: handed.number,
            way: handed.way,
            act: None,
            base: handed.base,
            result,
            size,
            certificate,
            level,
            missing_time: None,
            is_stamped_later: false,
        }
    }

    pub(super) fn of_act(self, act: ActId) -> Self {
        Self { act: Some(act), ..self }
    }

    pub(super) fn without_time(self, missing_time: Option<TimestampError>) -> Self {
        Self { missing_time, ..self }
    }

    pub(super) fn stamped_later(self, is_stamped_later: bool) -> Self {
        Self { is_stamped_later, ..self }
    }
}

/// A key the server keeps, opened by its owner's PIN for what is signed now.
#[derive(Clone, Debug)]
pub struct OpenedKey {
    pub(super) signer: Arc<Pkcs12Signer>,
    pub(super) image: Vec<u8>,
    /// SHA-256 of its certificate.
    pub(super) certificate: Hash,
}

/// Opens the actor's kept key with the PIN just typed, once.
pub async fn open_key(
    desk: &Desk,
    actor: &Actor,
    pin: String,
    now: Timestamp,
) -> Result<OpenedKey, SignError> {
    let mut tx = desk.db.read().await?;
    let key = kept_key(&mut tx, desk, actor, now).await?;
    drop(tx);
    let signer = Arc::new(keys::open(&desk.db, actor, key.pkcs12, pin, now).await?);
    Ok(OpenedKey { signer, image: key.image, certificate: Hash::of(&key.certificate) })
}

/// Makes the actor's signature with the PIN just typed and stores the signed
/// bytes. Nothing counts until [`record`].
pub async fn make(
    desk: &Desk,
    actor: &Actor,
    document: DocumentId,
    number: i64,
    pin: String,
    now: Timestamp,
) -> Result<MadeSignature, SignError> {
    // Whatever else stands in the way is said before a PIN is tried.
    let mut tx = desk.db.read().await?;
    own_step(&mut tx, actor, (document, number), Way::KeptKey, now).await?;
    drop(tx);
    let key = open_key(desk, actor, pin, now).await?;
    make_with(desk, actor, (document, number), &key, now).await
}

/// Makes a signature with a key that is open, for one of many documents.
pub async fn make_with(
    desk: &Desk,
    actor: &Actor,
    (document, number): (DocumentId, i64),
    key: &OpenedKey,
    now: Timestamp,
) -> Result<MadeSignature, SignError> {
    let mut tx = desk.db.read().await?;
    let (found, step) = own_step(&mut tx, actor, (document, number), Way::KeptKey, now).await?;
    drop(tx);
    let base = desk.storage.source(found.sha256).await?;
    let options = options(actor, &step, key.image.clone());
    let (base, signed) = append(desk.clone(), base, options, key.signer.clone(), now).await?;
    let size = i64::try_from(base.length() + signed.appended.len()).unwrap_or(i64::MAX);
    let result = desk.storage.append(base, signed.appended.into()).await?;
    let (way, given) = (Way::KeptKey, found.sha256);
    let handed = Handed { document, number, way, base: given, given, field: None };
    let accepted = acceptance::accept(desk, actor, &handed, result, now).await?;
    let (level, missing_time) = match signed.timestamp {
        TimestampOutcome::Present(_) => (Level::Bt, None),
        TimestampOutcome::Missing(reason) => (Level::Bb, Some(reason)),
        TimestampOutcome::NotRequested => (Level::Bb, None),
    };
    Ok(MadeSignature::accepted(&handed, (result, size), accepted.certificate, level)
        .without_time(missing_time)
        .stamped_later(level == Level::Bb && desk.stamps.is_some()))
}

/// The actor's kept key, if it may sign now.
async fn kept_key(tx: &mut Tx, desk: &Desk, actor: &Actor, now: Timestamp) -> Result<KeyRow, SignError> {
    let key = store::key(tx, actor.person).await?.ok_or(SignError::NoKey)?;
    if key.test && !desk.accepts_test_keys {
        return Err(SignError::TestKey);
    }
    if key.wrong_pins >= MOST_WRONG_PINS {
        return Err(SignError::Locked);
    }
    match Certificate::from_der(&key.certificate)?.validity(now) {
        Validity::Holds => Ok(key),
        Validity::NotYet => Err(SignError::NotYetValid),
        Validity::Expired => Err(SignError::Expired),
    }
}

/// The picture alone stands in the box: title and name are printed above and
/// below it already (NĐ 30, Phụ lục I).
pub(super) fn options(actor: &Actor, step: &Step, image: Vec<u8>) -> SignOptions {
    let appearance = Appearance {
        page: usize::try_from(step.page).unwrap_or_default(),
        rectangle: step.area,
        image: Some(image),
        ..Appearance::default()
    };
    SignOptions {
        name: Some(actor.full_name.clone()),
        appearance: Some(appearance),
        ..SignOptions::default()
    }
}

/// Gives the base back: what was read of it need not be read again to store the rest.
pub(super) async fn append(
    desk: Desk,
    base: Stored,
    options: SignOptions,
    signer: Arc<Pkcs12Signer>,
    now: Timestamp,
) -> Result<(Stored, Signed), SignError> {
    let work = move || {
        let stamping = desk.stamps.as_ref().map(|stamps| desk.stamping(stamps, false)).transpose()?;
        let signed = pdf::sign_source(&base, &options, signer.as_ref(), stamping.as_ref(), now.to_jiff())?;
        Ok((base, signed))
    };
    tokio::task::spawn_blocking(work).await?
}

/// Makes a signature count: the step is signed, the document has its bytes,
/// the log and the next person know. All of it or nothing.
pub async fn record(
    tx: &mut Tx,
    actor: &Actor,
    made: &MadeSignature,
    now: Timestamp,
) -> Result<Level, SignError> {
    // Whoever comes second finds the row changed: their bytes lack the other's signature.
    let is_first = store::advance(tx, made.document, made.base, made.result, made.size).await?;
    may_sign(&store::turns(tx, made.document).await?, made.number, actor.person)?;
    if !is_first {
        return Err(SignError::Overtaken);
    }
    must_have_authority(tx, (made.document, made.number), now).await?;
    policy::must_be_open_for(tx, actor.organisation, (made.document, made.number), made.way).await?;
    claim(tx, made, now).await?;
    let details = details(made);
    identity::actions::log(tx, actor, "document_signed", subject(made.document), details, now).await?;
    lights::ask(tx, made.result, now).await?;
    if made.is_stamped_later {
        jobs::queue(tx, timestamp::JOB, &made.document, now).await?;
    }
    let document = store::document(tx, made.document).await?.ok_or(SignError::NotFound)?;
    if store::complete_if_signed(tx, made.document, now).await? {
        tell_all(tx, actor, &document, now).await?;
    } else {
        tell_next(tx, &document, now).await?;
    }
    Ok(made.level)
}

/// Takes the step: of two tabs, and of a file sent twice, one counts.
async fn claim(tx: &mut Tx, made: &MadeSignature, now: Timestamp) -> Result<(), SignError> {
    if let Some(act) = made.act
        && !acts::accept(tx, act, made.result, now).await?
    {
        return Err(SignError::AlreadySigned);
    }
    let MadeSignature { level, result: bytes, way, certificate, .. } = *made;
    let signed = SignedStep { level, bytes, way, certificate };
    if !store::mark_signed(tx, made.document, made.number, &signed, now).await? {
        return Err(SignError::AlreadySigned);
    }
    Ok(())
}

/// What the log keeps of a signature.
fn details(made: &MadeSignature) -> serde_json::Value {
    json!({
        "step": made.number,
        "level": made.level,
        "way": made.way,
        "certificate": made.certificate.to_string(),
        "base": made.base.to_string(),
        "sha256": made.result.to_string(),
        "missing_time": made.missing_time.as_ref().map(ToString::to_string),
    })
}

/// Tells those who signed before that the document is complete.
async fn tell_all(
    tx: &mut Tx,
    actor: &Actor,
    document: &Document,
    now: Timestamp,
) -> Result<(), jobs::Error> {
    let mut told = vec![actor.person];
    for turn in store::turns(tx, document.id).await? {
        if !told.contains(&turn.person) {
            told.push(turn.person);
            let subject = format!("Đã ký xong: {}", document.title);
            tell(tx, document, turn.person, &subject, &document.link, now).await?;
        }
    }
    Ok(())
}
