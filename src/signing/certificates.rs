//! Which certificates sign for whom.
//!
//! The administrator binds a certificate to a person, or to the organisation
//! for its seal. A signature counts only if it was made with one that is bound
//! to whoever signs: names in a certificate are what somebody wrote there.

use openssl::error::ErrorStack;
use openssl::x509::X509;
use serde_json::json;

use super::certificate::Certificate;
use super::rules::{BindingEnd, Validity, WARNING_DAYS, may_bind_again, warning_due};
use super::store::bound::{self, BindingLine, ExpiringRow};
use super::{BindingId, authority, urls};
use crate::clock::Timestamp;
use crate::db::{self, Db, Tx};
use crate::identity::{self, Actor, OrgRole, OrganisationId, PersonId};
use crate::storage::Hash;
use crate::{jobs, notices};

const DAY: i64 = 86_400;
/// How long before its end the first warning comes, in seconds, and a day for rounding.
const FIRST_WARNING: i64 = 61 * DAY;
/// The kind of job that looks for certificates that end soon.
pub const EXPIRY_JOB: &str = "certificate-expiry";

/// A certificate about to be bound.
#[derive(Debug)]
pub struct NewBinding {
    pub id: BindingId,
    /// `None`: the organisation's own, which seals.
    pub person: Option<PersonId>,
    pub certificate: Vec<u8>,
    pub fingerprint: Hash,
    pub not_after: Timestamp,
}

#[derive(Debug, thiserror::Error)]
pub enum BindError {
    #[error("only the system administrator binds certificates")]
    NotAllowed,
    #[error("there is no such person or binding here")]
    NotFound,
    #[error("the file holds no certificate")]
    NoCertificate,
    #[error("the certificate has expired")]
    Expired,
    #[error("the certificate is not for signing documents")]
    NotForSigning,
    #[error("a test certificate in an office that does real work")]
    TestCertificate,
    #[error("the certificate is bound already")]
    Taken,
    #[error("the certificate was reported lost or revoked")]
    Dead,
    #[error("the crypto library failed")]
    Crypto(#[from] ErrorStack),
    #[error(transparent)]
    Jobs(#[from] jobs::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Binds the certificate in an uploaded file to a person, or to the organisation.
pub async fn bind(
    tx: &mut Tx,
    actor: &Actor,
    (person, file): (Option<PersonId>, &[u8]),
    accepts_test_keys: bool,
    now: Timestamp,
) -> Result<BindingId, BindError> {
    must_administer(actor)?;
    if let Some(person) = person {
        identity::store::person(tx, actor.organisation, person).await?.ok_or(BindError::NotFound)?;
    }
    let certificate = read(file).ok_or(BindError::NoCertificate)?;
    let shown = Certificate::from_der(&certificate)?;
    if shown.validity(now) == Validity::Expired {
        return Err(BindError::Expired);
    }
    if !pades::sign::may_sign(&certificate) {
        return Err(BindError::NotForSigning);
    }
    if !accepts_test_keys && authority::is_named(&shown.issuer) {
        return Err(BindError::TestCertificate);
    }
    let fingerprint = Hash::of(&certificate);
    if !bound::former_ends(tx, fingerprint).await?.into_iter().all(may_bind_again) {
        return Err(BindError::Dead);
    }
    let (id, not_after) = (BindingId::new(), shown.not_after);
    let new = NewBinding { id, person, certificate, fingerprint, not_after };
    if !bound::insert(tx, actor.organisation, &new, actor.person, now).await? {
        return Err(BindError::Taken);
    }
    let details =
        json!({ "sha256": fingerprint.to_string(), "serial": shown.serial, "holder": holder(person) });
    identity::actions::log(tx, actor, "certificate_bound", subject(id), details, now).await?;
    // Those that are past run at once: a certificate may be bound in its last weeks.
    for days in WARNING_DAYS {
        jobs::queue_at(tx, EXPIRY_JOB, &(), not_after.plus_seconds(-days * DAY), now).await?;
    }
    Ok(id)
}

/// Ends a binding: from now on the certificate signs nothing here. What it
/// signed before stays as it is.
pub async fn end(
    tx: &mut Tx,
    actor: &Actor,
    id: BindingId,
    because: BindingEnd,
    now: Timestamp,
) -> Result<(), BindError> {
    must_administer(actor)?;
    let ended = bound::end(tx, actor.organisation, id, (because, actor.person), now).await?;
    let person = ended.ok_or(BindError::NotFound)?;
    let details = json!({ "because": because, "holder": holder(person) });
    identity::actions::log(tx, actor, "certificate_binding_ended", subject(id), details, now).await?;
    if let Some(person) = person {
        let body = "Chứng thư này không còn ký được trong hệ thống. Nếu cần, hãy liên hệ quản trị hệ thống.";
        tell(tx, actor.organisation, person, ("Chứng thư của bạn đã ngừng dùng", body), now).await?;
    }
    Ok(())
}

/// The certificates that seal for an organisation, the one bound last first.
pub async fn of_seal(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<Vec<u8>>, db::Error> {
    bound::of_seal(tx, organisation).await
}

/// The time in which a certificate signed for its holder here.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// `None`: the organisation's own, which seals.
    pub person: Option<PersonId>,
    pub from: Timestamp,
    pub until: Timestamp,
}

impl Held {
    pub fn signs_on(&self, day: Timestamp) -> bool {
        self.from <= day && day < self.until
    }
}

/// Every certificate that signs or ever signed in an organisation. A binding
/// that ended stays, so what held on a day that is past can still be said.
pub async fn held(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<Held>, db::Error> {
    let lines = bound::of_organisation(tx, organisation).await?;
    // One that could not be read would not sign either.
    let read = |line: &BindingLine| Certificate::from_der(&line.certificate).ok();
    let held = lines.iter().filter_map(|line| {
        let certificate = read(line)?;
        let until = line.ended_at.map_or(certificate.not_after, |ended| ended.min(certificate.not_after));
        Some(Held { person: line.person_id, from: line.bound_at.max(certificate.not_before), until })
    });
    Ok(held.collect())
}

/// Warns the holders of certificates that end soon, each warning once.
pub async fn look(db: &Db, now: Timestamp) -> Result<(), jobs::Error> {
    let mut tx = db.write().await?;
    for row in bound::expiring(&mut tx, now.plus_seconds(FIRST_WARNING)).await? {
        warn(&mut tx, &row, now).await?;
    }
    Ok(tx.commit().await?)
}

/// When the first of a person's certificates ends that end soon.
pub async fn ends_soon(
    tx: &mut Tx,
    person: PersonId,
    now: Timestamp,
) -> Result<Option<Timestamp>, db::Error> {
    let soon = bound::expiring(tx, now.plus_seconds(FIRST_WARNING)).await?;
    Ok(soon.into_iter().find(|row| row.person_id == Some(person)).map(|row| row.not_after))
}

async fn warn(tx: &mut Tx, row: &ExpiringRow, now: Timestamp) -> Result<(), jobs::Error> {
    let left = row.not_after.seconds_since(now).div_euclid(DAY);
    let Some(due) = warning_due(left, row.warned_at_days) else { return Ok(()) };
    if !bound::mark_warned(tx, row.id, due).await? {
        return Ok(());
    }
    let (whose, told) = match row.person_id {
        Some(person) => ("của bạn", vec![person, row.bound_by]),
        None => ("của cơ quan", vec![row.bound_by]),
    };
    let subject = format!("Chứng thư {whose} hết hạn ngày {}", row.not_after.date());
    let body = "Hãy làm thủ tục cấp lại và gửi chứng thư mới cho quản trị hệ thống trước ngày đó.";
    for person in told {
        tell(tx, row.organisation_id, person, (&subject, body), now).await?;
    }
    Ok(())
}

async fn tell(
    tx: &mut Tx,
    organisation: OrganisationId,
    person: PersonId,
    (subject, body): (&str, &str),
    now: Timestamp,
) -> Result<(), jobs::Error> {
    let Some(person) = identity::store::person(tx, organisation, person).await? else { return Ok(()) };
    let link = urls::own_certificates();
    let tidings = notices::Tidings { organisation, subject, link: &link, body };
    notices::actions::tell(tx, person.id, &person.email, &tidings, now).await
}

fn must_administer(actor: &Actor) -> Result<(), BindError> {
    if actor.is(OrgRole::SystemAdmin) { Ok(()) } else { Err(BindError::NotAllowed) }
}

fn subject(id: BindingId) -> String {
    format!("certificate:{id}")
}

fn holder(person: Option<PersonId>) -> String {
    person.map_or_else(|| "organisation".to_owned(), |person| format!("person:{person}"))
}

/// The first certificate of a PEM file, or the one of a DER file.
fn read(file: &[u8]) -> Option<Vec<u8>> {
    let parsed = X509::from_pem(file).or_else(|_| X509::from_der(file)).ok()?;
    parsed.to_der().ok()
}
