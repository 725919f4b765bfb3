use openssl::asn1::{Asn1Integer, Asn1Object, Asn1OctetString, Asn1Time};
use openssl::bn::BigNum;
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::x509::extension::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectKeyIdentifier,
};
use openssl::x509::{X509, X509Builder, X509Extension};

use super::{Authority, Issued, Subject, Terms, TestTimestampAuthority, make_key, name};
use crate::DigestAlgorithm;
use crate::cms::asn1::{element, sequence, tag};
use crate::cms::oid;

/// What a certificate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Signing documents.
    Person,
    /// Issuing certificates, with so many more authorities below.
    Authority(Option<u32>),
    /// Stamping time.
    Timestamping,
    /// Answering OCSP for the authority that issues it, with or without ocsp-nocheck.
    Responder {
        /// Whether its own revocation need not be asked for.
        no_check: bool,
    },
}

/// Where a certificate says that its issuer is found.
#[derive(Debug, Clone, Default)]
pub struct Addresses {
    /// OCSP responder.
    pub ocsp: Option<String>,
    /// CRL.
    pub crl: Option<String>,
    /// The issuer's certificate.
    pub issuer: Option<String>,
}

/// An extension of one's own making.
#[derive(Debug, Clone)]
pub struct Extra {
    /// Dotted identifier.
    pub oid: &'static str,
    /// Whether it is critical.
    pub critical: bool,
    /// Its DER value.
    pub value: Vec<u8>,
}

/// Everything about a certificate besides its subject and its terms.
#[derive(Debug, Clone)]
pub struct Profile {
    /// What it is for.
    pub role: Role,
    /// Where its issuer is found.
    pub addresses: Addresses,
    /// More extensions, right or wrong.
    pub extras: Vec<Extra>,
    /// The digest that the issuer signs.
    pub digest: DigestAlgorithm,
}

impl Profile {
    /// The usual certificate for a role.
    pub fn new(role: Role) -> Profile {
        let addresses = Addresses::default();
        Profile { role, addresses, extras: Vec::new(), digest: DigestAlgorithm::Sha256 }
    }
}

impl Authority {
    /// Makes an authority that vouches for itself.
    pub fn root(subject: &Subject, terms: &Terms) -> Result<Authority, ErrorStack> {
        let key = make_key(terms.key)?;
        let mut builder = begin(subject, terms, &key)?;
        builder.set_issuer_name(&*name(subject)?)?;
        for extension in usage(Role::Authority(None))? {
            builder.append_extension(extension)?;
        }
        let own = SubjectKeyIdentifier::new().build(&builder.x509v3_context(None, None))?;
        builder.append_extension(own)?;
        builder.sign(&key, DigestAlgorithm::Sha256.openssl())?;
        Ok(Authority { certificate: builder.build(), key, chain: Vec::new() })
    }

    /// Makes a key and a certificate for a role.
    pub fn issue(&self, subject: &Subject, terms: &Terms, profile: &Profile) -> Result<Issued, ErrorStack> {
        let key = make_key(terms.key)?;
        let mut builder = begin(subject, terms, &key)?;
        builder.set_issuer_name(self.certificate.subject_name())?;
        let mut extensions = usage(profile.role)?;
        let context = builder.x509v3_context(Some(&self.certificate), None);
        extensions.push(SubjectKeyIdentifier::new().build(&context)?);
        extensions.push(AuthorityKeyIdentifier::new().keyid(true).build(&context)?);
        extensions.extend(services(&profile.addresses)?);
        for extra in &profile.extras {
            extensions.push(extension(extra)?);
        }
        for extension in extensions {
            builder.append_extension(extension)?;
        }
        builder.sign(&self.key, profile.digest.openssl())?;
        let chain = std::iter::once(&self.certificate).chain(&self.chain).cloned().collect();
        Ok(Issued { key, certificate: builder.build(), chain })
    }

    /// Its own certificate.
    pub fn certificate(&self) -> &X509 {
        &self.certificate
    }
}

impl Issued {
    /// The certificate as an authority of its own.
    pub fn authority(&self) -> Authority {
        let Issued { key, certificate, chain } = self.clone();
        Authority { certificate, key, chain }
    }

    /// The certificate as a timestamp authority; its key must be RSA or on P-256.
    pub fn timestamp_authority(&self) -> Result<TestTimestampAuthority, ErrorStack> {
        let all = std::iter::once(&self.certificate).chain(&self.chain);
        let certificates = all.map(|certificate| certificate.to_der()).collect::<Result<_, _>>()?;
        Ok(TestTimestampAuthority { certificates, key: self.key.clone() })
    }
}

fn begin(subject: &Subject, terms: &Terms, key: &PKey<Private>) -> Result<X509Builder, ErrorStack> {
    let mut builder = X509Builder::new()?;
    builder.set_version(2)?;
    let serial = BigNum::from_slice(&terms.serial.to_be_bytes())?;
    builder.set_serial_number(&*Asn1Integer::from_bn(&serial)?)?;
    builder.set_subject_name(&*name(subject)?)?;
    builder.set_pubkey(key)?;
    builder.set_not_before(&*Asn1Time::from_unix(terms.not_before.as_second())?)?;
    builder.set_not_after(&*Asn1Time::from_unix(terms.not_after.as_second())?)?;
    Ok(builder)
}

/// Basic constraints, key usage and extended key usage of a role.
fn usage(role: Role) -> Result<Vec<X509Extension>, ErrorStack> {
    let mut constraints = BasicConstraints::new();
    constraints.critical();
    let mut usage = KeyUsage::new();
    usage.critical();
    let mut purposes = None;
    match role {
        Role::Person => {
            usage.digital_signature().non_repudiation();
        }
        Role::Authority(length) => {
            constraints.ca();
            length.map(|length| constraints.pathlen(length));
            usage.key_cert_sign().crl_sign();
        }
        Role::Timestamping => {
            usage.digital_signature();
            purposes = Some(ExtendedKeyUsage::new().critical().time_stamping().build()?);
        }
        Role::Responder { .. } => {
            usage.digital_signature();
            purposes = Some(ExtendedKeyUsage::new().other("OCSPSigning").build()?);
        }
    }
    let mut all = vec![constraints.build()?, usage.build()?];
    all.extend(purposes);
    if role == (Role::Responder { no_check: true }) {
        let value = element(tag::NULL, &[]);
        all.push(extension(&Extra { oid: "1.3.6.1.5.5.7.48.1.5", critical: false, value })?);
    }
    Ok(all)
}

fn services(addresses: &Addresses) -> Result<Vec<X509Extension>, ErrorStack> {
    let general = |address: &String| element(tag::context_primitive(6), address.as_bytes());
    let access = |method: &[u8], address: &Option<String>| {
        let location = address.as_ref().map(general);
        location.map(|location| sequence(&[&element(tag::OID, method), &location])).unwrap_or_default()
    };
    let information =
        [access(oid::AD_OCSP, &addresses.ocsp), access(oid::AD_CA_ISSUERS, &addresses.issuer)].concat();
    let mut all = Vec::new();
    if !information.is_empty() {
        let value = sequence(&[&information]);
        all.push(extension(&Extra { oid: "1.3.6.1.5.5.7.1.1", critical: false, value })?);
    }
    if let Some(address) = &addresses.crl {
        let name = element(tag::context(0), &element(tag::context(0), &general(address)));
        let value = sequence(&[&sequence(&[&name])]);
        all.push(extension(&Extra { oid: "2.5.29.31", critical: false, value })?);
    }
    Ok(all)
}

fn extension(extra: &Extra) -> Result<X509Extension, ErrorStack> {
    let name = Asn1Object::from_str(extra.oid)?;
    let value = Asn1OctetString::new_from_bytes(&extra.value)?;
    X509Extension::new_from_der(&name, extra.critical, &value)
}
