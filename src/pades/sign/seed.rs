//! Seed values: conditions that a field's author set for whoever signs it (ISO 32000-2 Table 237).
//!
//! A condition marked as required is met or the signing refused. One that is not marked gives way to what the
//! caller asks for, and is followed where the caller is silent.

use openssl::x509::X509;

use crate::cms::DigestAlgorithm;
use crate::embed::Field;
use crate::pdf::{Dict, Object, Pdf, PdfError};
use crate::sign::options::{Permission, Request, SignatureFormat};
use crate::sign::plan::Plan;
use crate::sign::signer::{algorithm_for, digest_of};
use crate::sign::{SignError, seed_certificate};

/// The newest version of seed values that is understood here: 3, for PDF 2.0.
const KNOWN_VERSION: f64 = 3.0;

/// A condition that was not met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Constraint {
    /// `/Filter`
    #[error("another signature handler")]
    Filter,
    /// `/SubFilter`
    #[error("another form of signature")]
    SubFilter,
    /// `/V`
    #[error("a program that understands a newer version of seed values")]
    Version,
    /// `/DigestMethod`
    #[error("another digest")]
    DigestMethod,
    /// `/Reasons`
    #[error("one of its own reasons")]
    Reasons,
    /// `/MDP`
    #[error("another kind of certification, or none")]
    Permission,
    /// `/AddRevInfo`
    #[error("revocation information with the signature")]
    RevocationInformation,
    /// `/LegalAttestation`
    #[error("one of its own legal attestations")]
    LegalAttestation,
    /// `/AppearanceFilter`
    #[error("an appearance of a given name")]
    AppearanceFilter,
    /// `/Cert /Subject`
    #[error("one of its own certificates")]
    CertificateSubject,
    /// `/Cert /SubjectDN`
    #[error("a certificate for another name")]
    CertificateName,
    /// `/Cert /Issuer`
    #[error("a certificate of another issuer")]
    CertificateIssuer,
    /// `/Cert /OID`
    #[error("a certificate under another policy")]
    CertificatePolicy,
    /// `/Cert /KeyUsage`
    #[error("a certificate with another key usage")]
    CertificateKeyUsage,
}

/// Bits of `/Ff` (ISO 32000-2 Table 237): which conditions are required.
mod flag {
    pub(super) const FILTER: i64 = 1;
    pub(super) const SUB_FILTER: i64 = 1 << 1;
    pub(super) const VERSION: i64 = 1 << 2;
    pub(super) const REASONS: i64 = 1 << 3;
    pub(super) const LEGAL_ATTESTATION: i64 = 1 << 4;
    pub(super) const REVOCATION: i64 = 1 << 5;
    pub(super) const DIGEST_METHOD: i64 = 1 << 6;
    pub(super) const APPEARANCE: i64 = 1 << 8;
}

/// What a field's author asks for, for those who show it to the signer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeedValues {
    /// The reasons to choose from.
    pub reasons: Vec<String>,
    /// Whether one of them must be chosen.
    pub reason_required: bool,
    /// The legal attestations to choose from.
    pub legal_attestations: Vec<String>,
    /// The timestamp service to ask.
    pub timestamp_url: Option<String>,
    /// Whether there must be a timestamp.
    pub timestamp_required: bool,
    /// Where to get a fitting certificate.
    pub certificate_url: Option<String>,
}

/// The seed values of a signature field, if it has any.
pub fn seed_values(pdf: &Pdf<'_>, field: &str) -> Result<Option<SeedValues>, SignError> {
    let known = crate::embed::fields(pdf)?;
    let Some(field) = known.iter().find(|f| f.name == field && f.is_signature()) else { return Ok(None) };
    let Some(seed) = Seed::of(pdf, field)? else { return Ok(None) };
    let timestamp = pdf.dict_value(&seed.dict, "TimeStamp")?.unwrap_or_default();
    let certificate = pdf.dict_value(&seed.dict, "Cert")?.unwrap_or_default();
    Ok(Some(SeedValues {
        reasons: seed.texts("Reasons")?,
        reason_required: seed.requires(flag::REASONS),
        legal_attestations: seed.texts("LegalAttestation")?,
        timestamp_url: pdf.value(&timestamp, "URL")?.string().map(|url| url.text()),
        timestamp_required: timestamp.integer("Ff") == Some(1),
        certificate_url: pdf.value(&certificate, "URL")?.string().map(|url| url.text()),
    }))
}

/// Brings the conditions of an existing field into the plan. Says whether signing shall lock the document.
pub(crate) fn apply(
    pdf: &Pdf<'_>,
    field: &Field,
    request: &Request<'_>,
    plan: &mut Plan,
) -> Result<bool, SignError> {
    let Some(seed) = Seed::of(pdf, field)? else { return Ok(false) };
    seed.handler()?;
    seed.format(request, plan)?;
    seed.digest(request, plan)?;
    seed.reason(plan)?;
    seed.permission(plan)?;
    seed.attestation(plan)?;
    seed.timestamp(request, plan)?;
    seed.revocation(request, plan)?;
    if seed.requires(flag::APPEARANCE) && seed.dict.has("AppearanceFilter") {
        return Err(SignError::SeedValue(Constraint::AppearanceFilter));
    }
    if let Some(certificate) = pdf.dict_value(&seed.dict, "Cert")? {
        seed_certificate::check(pdf, &certificate, request.certificates)?;
    }
    Ok(pdf.value(&seed.dict, "LockDocument")?.name().is_some_and(|lock| lock == "true"))
}

/// Whether a field's author insists on revocation information.
pub(crate) fn requires_revocation(pdf: &Pdf<'_>, field: &str) -> Result<bool, SignError> {
    let known = crate::embed::fields(pdf)?;
    let Some(field) = known.iter().find(|f| f.name == field) else { return Ok(false) };
    let Some(seed) = Seed::of(pdf, field)? else { return Ok(false) };
    let wanted = matches!(pdf.value(&seed.dict, "AddRevInfo")?, Object::Bool(true));
    Ok(wanted && seed.requires(flag::REVOCATION))
}

/// The dictionary, its file, and which conditions are required.
struct Seed<'p, 'a> {
    pdf: &'p Pdf<'a>,
    dict: Dict,
    flags: i64,
}

impl<'p, 'a> Seed<'p, 'a> {
    fn of(pdf: &'p Pdf<'a>, field: &Field) -> Result<Option<Seed<'p, 'a>>, PdfError> {
        let Some(dict) = pdf.dict_value(&field.dict, "SV")? else { return Ok(None) };
        let flags = pdf.value(&dict, "Ff")?.integer().unwrap_or(0);
        Ok(Some(Seed { pdf, dict, flags }))
    }

    fn requires(&self, flag: i64) -> bool {
        self.flags & flag != 0
    }

    /// The texts of an array; none if it is absent.
    fn texts(&self, key: &str) -> Result<Vec<String>, PdfError> {
        let list = self.pdf.value(&self.dict, key)?;
        let items = list.array().unwrap_or_default().iter();
        Ok(items.filter_map(|item| item.string().map(|text| text.text())).collect())
    }

    /// Our `/Filter` is the one that all readers share; the seed's version must be one we know.
    fn handler(&self) -> Result<(), SignError> {
        let filter = self.pdf.value(&self.dict, "Filter")?;
        let other = filter.name().is_some_and(|name| name != "Adobe.PPKLite");
        if other && self.requires(flag::FILTER) {
            return Err(SignError::SeedValue(Constraint::Filter));
        }
        let version = self.pdf.value(&self.dict, "V")?.number().unwrap_or(0.0);
        if version > KNOWN_VERSION && self.requires(flag::VERSION) {
            return Err(SignError::SeedValue(Constraint::Version));
        }
        Ok(())
    }

    fn format(&self, request: &Request<'_>, plan: &mut Plan) -> Result<(), SignError> {
        let list = self.pdf.value(&self.dict, "SubFilter")?;
        let listed = |format: SignatureFormat| {
            list.array()
                .unwrap_or_default()
                .iter()
                .any(|n| n.name().is_some_and(|n| n == format.sub_filter()))
        };
        if list.array().is_none() || listed(plan.format) {
            return Ok(());
        }
        let other = [SignatureFormat::Cades, SignatureFormat::Pkcs7].into_iter().find(|f| listed(*f));
        match (other, request.options.format) {
            (Some(other), None) => plan.format = other,
            _ if self.requires(flag::SUB_FILTER) => {
                return Err(SignError::SeedValue(Constraint::SubFilter));
            }
            _ => {}
        }
        Ok(())
    }

    fn digest(&self, request: &Request<'_>, plan: &mut Plan) -> Result<(), SignError> {
        let listed: Vec<String> =
            self.texts("DigestMethod")?.iter().map(|name| name.to_lowercase()).collect();
        let Some(certificate) = request.certificates.first().filter(|_| !listed.is_empty()) else {
            return Ok(());
        };
        let key = certificate.public_key()?;
        let padding = request.options.rsa_padding;
        let fits = |wanted: Option<DigestAlgorithm>| {
            let algorithm = algorithm_for(&key, wanted, padding).ok()?;
            let digest = digest_of(algorithm);
            listed.iter().any(|name| name == digest.name()).then_some(digest)
        };
        let mut choices = vec![plan.digest];
        if plan.digest.is_none() {
            use DigestAlgorithm::{Sha256, Sha384, Sha512};
            choices.extend([Sha256, Sha384, Sha512].map(Some));
        }
        match choices.into_iter().find_map(fits) {
            Some(digest) => plan.digest = Some(digest),
            None if self.requires(flag::DIGEST_METHOD) => {
                return Err(SignError::SeedValue(Constraint::DigestMethod));
            }
            None => {}
        }
        Ok(())
    }

    /// Of several reasons only the signer can choose; a single full stop, or none at all, means no reason.
    fn reason(&self, plan: &mut Plan) -> Result<(), SignError> {
        if !self.requires(flag::REASONS) {
            return Ok(());
        }
        let reasons = self.texts("Reasons")?;
        let allowed = match (reasons.as_slice(), &plan.reason) {
            ([], given) => given.is_none(),
            ([one], given) if one == "." => given.is_none(),
            ([one], None) => {
                plan.reason = Some(one.clone());
                true
            }
            (_, None) => false,
            (list, Some(given)) => list.contains(given),
        };
        if allowed { Ok(()) } else { Err(SignError::SeedValue(Constraint::Reasons)) }
    }

    /// `/MDP` binds without a flag: 0 wants an approval signature, 1 to 3 a certification.
    fn permission(&self, plan: &mut Plan) -> Result<(), SignError> {
        let Some(wanted) = self.pdf.dict_value(&self.dict, "MDP")? else { return Ok(()) };
        let Some(number) = self.pdf.value(&wanted, "P")?.integer() else { return Ok(()) };
        let wanted = Permission::from_number(number);
        match (wanted, plan.certify) {
            (wanted, given) if wanted == given => Ok(()),
            (Some(wanted), None) => {
                plan.certify = Some(wanted);
                Ok(())
            }
            _ => Err(SignError::SeedValue(Constraint::Permission)),
        }
    }

    /// Attestations concern certifiers only, and only a person can choose what to attest.
    fn attestation(&self, plan: &Plan) -> Result<(), SignError> {
        let listed = self.texts("LegalAttestation")?;
        if plan.certify.is_none() || listed.is_empty() || !self.requires(flag::LEGAL_ATTESTATION) {
            return Ok(());
        }
        match &plan.legal_attestation {
            Some(given) if listed.contains(given) => Ok(()),
            _ => Err(SignError::SeedValue(Constraint::LegalAttestation)),
        }
    }

    fn timestamp(&self, request: &Request<'_>, plan: &mut Plan) -> Result<(), SignError> {
        let wanted = self.pdf.dict_value(&self.dict, "TimeStamp")?;
        plan.timestamp_required = wanted.is_some_and(|wanted| wanted.integer("Ff") == Some(1));
        if plan.timestamp_required && request.timestamp_room.is_none() {
            return Err(SignError::TimestampRequired);
        }
        Ok(())
    }

    /// PAdES keeps revocation information in the security store; PKCS #7 would need an attribute of Adobe's.
    fn revocation(&self, request: &Request<'_>, plan: &Plan) -> Result<(), SignError> {
        let wanted = matches!(self.pdf.value(&self.dict, "AddRevInfo")?, Object::Bool(true));
        let follows = request.options.adds_validation_data && plan.format == SignatureFormat::Cades;
        if wanted && self.requires(flag::REVOCATION) && !follows {
            return Err(SignError::SeedValue(Constraint::RevocationInformation));
        }
        Ok(())
    }
}

/// The certificates that a list of DER strings holds; what cannot be read is left out.
pub(crate) fn certificates(list: &Object) -> Vec<X509> {
    let items = list.array().unwrap_or_default().iter();
    items.filter_map(|item| X509::from_der(&item.string()?.bytes).ok()).collect()
}
