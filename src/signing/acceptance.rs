//! Whether a signature that came is the one that was asked for: one rule for
//! every way.
//!
//! The bytes handed out stand at the front; one signature was added and
//! nothing else; it was made with a certificate bound to this person, valid
//! now; it stands in its box, or where its signer placed it by hand, so that
//! nobody takes it for another's. What fails is refused in words, and that it
//! came is kept: a deviation from the procedure is evidence too.

use pades::sign::Place;
use pades::verify::{Addition, AdditionFault, Context, single_signature};
use serde_json::json;

use super::actions::subject;
use super::certificate::Certificate;
use super::desk::Desk;
use super::rules::{Deviation, Validity, Way, is_at_hand, is_in_place};
use super::signature::SignError;
use super::store::{self, acts, bound};
use super::{DocumentId, Step};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{self, Actor};
use crate::storage::Hash;

/// What was handed out, and to be signed by which way.
#[derive(Clone, Debug)]
pub(super) struct Handed {
    pub document: DocumentId,
    pub number: i64,
    pub way: Way,
    /// The newest bytes of the document when it was handed out.
    pub base: Hash,
    /// The bytes handed out.
    pub given: Hash,
    /// The empty field among them, if the other side fills it in.
    pub field: Option<String>,
}

/// A signature that was accepted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Accepted {
    /// SHA-256 of the signer's certificate.
    pub certificate: Hash,
    pub is_stamped: bool,
}

/// What is wrong, and for engineers the codes that say why.
pub(super) struct Fault(pub Deviation, pub String);

/// Judges what came back, and keeps what is refused on record.
///
/// Opens its own transactions: the record must stay although the request is refused.
pub(super) async fn accept(
    desk: &Desk,
    actor: &Actor,
    handed: &Handed,
    returned: Hash,
    now: Timestamp,
) -> Result<Accepted, SignError> {
    let added = addition(desk, handed, returned, now).await?;
    let mut tx = desk.db.read().await?;
    let place = Wanted::of(&mut tx, handed).await?;
    let certificates = own_certificates(&mut tx, actor, handed.way).await?;
    drop(tx);
    let judged = match added {
        Ok(added) => judge(&added, &place, &certificates, now)?,
        Err(fault) => Err(named(&fault)),
    };
    match judged {
        Ok(accepted) => Ok(accepted),
        Err(fault) => Err(refuse(desk, actor, handed, (fault, Some(returned)), now).await?),
    }
}

/// Keeps on record what came and is not accepted, and gives the refusal.
pub(super) async fn refuse(
    desk: &Desk,
    actor: &Actor,
    handed: &Handed,
    (fault, file): (Fault, Option<Hash>),
    now: Timestamp,
) -> Result<SignError, SignError> {
    let deviation = fault.0;
    let mut tx = desk.db.write().await?;
    record(&mut tx, actor, handed, (fault, file), now).await?;
    tx.commit().await?;
    Ok(SignError::Refused(deviation))
}

async fn addition(
    desk: &Desk,
    handed: &Handed,
    returned: Hash,
    now: Timestamp,
) -> Result<Result<Addition, AdditionFault>, SignError> {
    let given = desk.storage.source(handed.given).await?;
    let returned = desk.storage.source(returned).await?;
    let anchors = desk.anchors.clone();
    let work = move || single_signature(&given, &returned, &[], &Context::new(&anchors, now.to_jiff()));
    Ok(tokio::task::spawn_blocking(work).await?)
}

/// The certificates that sign for the actor by this way.
async fn own_certificates(tx: &mut Tx, actor: &Actor, way: Way) -> Result<Vec<Vec<u8>>, db::Error> {
    if way == Way::KeptKey {
        return Ok(store::key(tx, actor.person).await?.map(|key| key.certificate).into_iter().collect());
    }
    bound::of_person(tx, actor.person).await
}

fn judge(
    added: &Addition,
    wanted: &Wanted,
    certificates: &[Vec<u8>],
    now: Timestamp,
) -> Result<Result<Accepted, Fault>, SignError> {
    if !certificates.contains(&added.certificate) {
        let came = Hash::of(&added.certificate).to_string();
        return Ok(Err(Fault(Deviation::WrongCertificate, came)));
    }
    let certificate = Certificate::from_der(&added.certificate)?;
    if certificate.validity(now) != Validity::Holds {
        return Ok(Err(Fault(Deviation::CertificateNotValid, certificate.serial)));
    }
    if !wanted.is_met_by(added) {
        return Ok(Err(Fault(Deviation::WrongPlace, format!("{} {:?}", added.field, added.place))));
    }
    Ok(Ok(Accepted { certificate: Hash::of(&added.certificate), is_stamped: added.is_stamped }))
}

/// Where the signature has to stand.
struct Wanted {
    step: Step,
    /// The field it must fill in.
    field: Option<String>,
    /// The boxes of everybody else on its page, where its signer places it by hand.
    others: Option<Vec<[f64; 4]>>,
}

impl Wanted {
    async fn of(tx: &mut Tx, handed: &Handed) -> Result<Self, SignError> {
        let step = store::step(tx, handed.document, handed.number).await?.ok_or(SignError::NotFound)?;
        let others = match handed.way {
            // The program asks its user where; it neither knows nor fills in a field of ours.
            Way::Desktop => Some(store::other_areas(tx, handed.document, (handed.number, step.page)).await?),
            Way::KeptKey | Way::BroughtBack | Way::Token | Way::Remote | Way::Module => None,
        };
        Ok(Self { step, field: handed.field.clone(), others })
    }

    fn is_met_by(&self, added: &Addition) -> bool {
        let is_page = |place: &Place| i64::try_from(place.page) == Ok(self.step.page);
        let Some(place) = added.place.filter(is_page) else { return false };
        let is_named = self.field.as_ref().is_none_or(|field| *field == added.field);
        is_named
            && match &self.others {
                Some(others) => is_at_hand(self.step.area, place.rectangle, others),
                None => is_in_place(self.step.area, place.rectangle),
            }
    }
}

fn named(fault: &AdditionFault) -> Fault {
    let deviation = match fault {
        AdditionFault::OtherBytes => Deviation::ChangedBytes,
        AdditionFault::Unsigned => Deviation::NoSignature,
        AdditionFault::More => Deviation::ExtraRevision,
        AdditionFault::OtherChanges(_) => Deviation::OtherChanges,
        AdditionFault::Locks => Deviation::LocksDocument,
        AdditionFault::Broken => Deviation::InvalidSignature,
        AdditionFault::Unreadable(_) => Deviation::Unreadable,
    };
    Fault(deviation, fault.to_string())
}

/// Keeps a refusal: a row for the figures, and an entry in the log.
async fn record(
    tx: &mut Tx,
    actor: &Actor,
    handed: &Handed,
    (Fault(deviation, detail), file): (Fault, Option<Hash>),
    now: Timestamp,
) -> Result<(), db::Error> {
    let details = json!({
        "step": handed.number,
        "way": handed.way,
        "deviation": deviation,
        "given": handed.given.to_string(),
        "sha256": file.map(|file| file.to_string()),
    });
    identity::actions::log(tx, actor, "signature_refused", subject(handed.document), details, now).await?;
    let refused = acts::Refused {
        document: handed.document,
        number: handed.number,
        person: actor.person,
        way: handed.way,
        deviation,
        detail,
        file,
    };
    acts::insert_refusal(tx, &refused, now).await
}
