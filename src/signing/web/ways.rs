//! What the page of a step offers beside the kept key: the signer's own
//! certificate, and the way out.

use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::Actor;
use crate::signing::certificate::Certificate;
use crate::signing::rules::{Deviation, SignerRole, StepState, Validity, Way};
use crate::signing::store::{Document, StepStatus, acts, bound, delegations};
use crate::signing::{DocumentId, policy, urls};
use crate::web::{self, Lang};

/// Signing with the certificate that is bound to the reader.
pub(super) struct OwnCertificate {
    pub certificate: Certificate,
    /// Where the file is asked for.
    pub take_url: String,
    pub away: Option<Away>,
    /// What the agent's script needs to name this step.
    pub step: String,
    /// Where it is handed to the desktop program.
    pub desktop_url: String,
    /// Where it is signed with a remote service.
    pub review_url: String,
}

/// Which ways the page offers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offered {
    pub kept_key: bool,
    pub token: bool,
    pub desktop: bool,
    pub errand: bool,
    /// A remote service, on the page where many are signed.
    pub service: bool,
}

impl Offered {
    /// What is open to whoever signs in a capacity.
    pub async fn to(tx: &mut Tx, actor: &Actor, capacity: &str) -> Result<Self, web::Error> {
        let open = policy::open_ways(tx, actor.organisation, SignerRole::of_step(capacity)).await?;
        let has = |way| open.contains(&way);
        Ok(Self {
            kept_key: has(Way::KeptKey),
            token: has(Way::Token),
            desktop: has(Way::Desktop),
            errand: has(Way::BroughtBack),
            service: has(Way::Remote),
        })
    }
}

/// The file, while it is away.
pub(super) struct Away {
    pub file_url: String,
    pub return_url: String,
    pub since: String,
    pub until: String,
}

/// The reader's certificate that is valid now, and what is away to be signed with it.
pub(super) async fn own_certificate(
    tx: &mut Tx,
    actor: &Actor,
    (document, number): (DocumentId, i64),
    now: Timestamp,
) -> Result<Option<OwnCertificate>, web::Error> {
    let mut valid = None;
    for certificate in bound::of_person(tx, actor.person).await? {
        let read = Certificate::from_der(&certificate).map_err(web::Error::internal)?;
        valid = valid.or(Some(read).filter(|read| read.validity(now) == Validity::Holds));
    }
    let Some(certificate) = valid else { return Ok(None) };
    let open = acts::open_of(tx, document, number, (actor.person, Way::BroughtBack)).await?;
    let away = open.filter(|act| act.expires_at > now).map(|act| Away {
        file_url: urls::errand_file(act.id),
        return_url: urls::errand_returns(act.id),
        since: act.given_at.date_time(),
        until: act.expires_at.date_time(),
    });
    let (take_url, step) = (urls::errands(document, number), format!("{document}.{number}"));
    let (desktop_url, review_url) =
        (urls::desktop_acts(document, number), urls::review(&[(document, number)]));
    Ok(Some(OwnCertificate { certificate, take_url, away, step, desktop_url, review_url }))
}

/// Signatures of this step that came and were not accepted, as sentences.
pub(super) async fn refusals(
    tx: &mut Tx,
    (document, number): (DocumentId, i64),
    lang: Lang,
) -> Result<Vec<String>, web::Error> {
    let rows = acts::refusals(tx, document).await?;
    let own = rows.into_iter().filter(|row| row.number == number);
    Ok(own
        .map(|row| {
            let why = lang.t(deviation_word(row.deviation));
            lang.t_with("sign-refused-at", &[("time", &row.refused_at.date_time()), ("why", &why)])
        })
        .collect())
}

/// By whose authority a step is signed, in a sentence; `None`: by the signer's own.
pub(super) async fn authority(
    tx: &mut Tx,
    (document, number): (DocumentId, i64),
    lang: Lang,
) -> Result<Option<String>, web::Error> {
    let found = delegations::of_step(tx, document, number).await?;
    Ok(found.map(|one| {
        let until = one.ends_at.plus_seconds(-1).date();
        let gaps = [("giver", one.giver.as_str()), ("basis", &one.basis), ("until", &until)];
        lang.t_with("sign-authority", &gaps)
    }))
}

/// The sentence of a deviation.
pub(super) fn deviation_word(deviation: Deviation) -> &'static str {
    match deviation {
        Deviation::ChangedBytes => "signature-fault-changed-bytes",
        Deviation::NoSignature => "signature-fault-no-signature",
        Deviation::ExtraRevision => "signature-fault-extra-revision",
        Deviation::OtherChanges => "signature-fault-other-changes",
        Deviation::LocksDocument => "signature-fault-locks-document",
        Deviation::InvalidSignature => "signature-fault-sig-invalid",
        Deviation::Unreadable => "signature-fault-unreadable",
        Deviation::WrongCertificate => "signature-fault-wrong-certificate",
        Deviation::CertificateNotValid => "signature-fault-certificate-not-valid",
        Deviation::WrongPlace => "signature-fault-wrong-place",
        Deviation::ForgedAddress => "signature-fault-forged-address",
        Deviation::ExpiredAddress => "signature-fault-expired-address",
        Deviation::ReplayedAddress => "signature-fault-replayed-address",
    }
}

/// What was added since the drafter's version, in a sentence.
///
/// It is true by how documents are kept: whatever is accepted begins with the
/// bytes before it and adds one signature, and nothing else ever writes here.
pub(super) fn changes(found: &Document, steps: &[StepStatus], lang: Lang) -> String {
    if found.sha256 == found.original_sha256 {
        return lang.t("sign-changes-none");
    }
    let signed = steps.iter().filter(|step| step.state == StepState::Signed);
    let names: Vec<&str> = signed.map(|step| step.full_name.as_str()).collect();
    lang.t_with("sign-changes-signed", &[("names", &names.join(", "))])
}
