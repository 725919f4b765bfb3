//! A small certificate and timestamp authority for test and demonstration offices.
//!
//! It issues certificates for persons and answers timestamp requests with real structures, so that nothing
//! else has to know that the office is a demonstration. Its certificates say so in their names.

mod profile;
mod status;

use jiff::Timestamp;
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkcs12::Pkcs12;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::stack::Stack;
use openssl::x509::{X509, X509Name};

use crate::cms::asn1::{Reader, element, sequence, tag, unsigned};
use crate::cms::attributes::for_signing;
use crate::cms::build::{Parts, signed_data};
use crate::cms::{DigestAlgorithm, oid};
use crate::sign::Pkcs12Signer;
use crate::sign::sign_with;
use crate::{ServiceError, TimestampService};

pub use profile::{Addresses, Extra, Profile, Role};
pub use status::{Answer, ListTerms, Period};

/// The policy our timestamps name: the arc that RFC 5612 sets aside for documentation.
const TEST_POLICY: [u8; 9] = [0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0xCA, 0x44, 0x01];

/// Issues certificates for persons.
#[derive(Debug)]
pub struct Authority {
    certificate: X509,
    key: PKey<Private>,
    chain: Vec<X509>,
}

/// Who a certificate is for.
#[derive(Debug, Clone, Default)]
pub struct Subject {
    /// The person's or body's name (CN).
    pub common_name: String,
    /// The office (O).
    pub organisation: Option<String>,
    /// The unit within it (OU).
    pub unit: Option<String>,
    /// The post (title).
    pub title: Option<String>,
}

/// The kind of key to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA with 2048 bits: what tokens in Viet Nam hold.
    Rsa2048,
    /// P-256: made and used much faster.
    P256,
    /// RSA with 1024 bits: too weak, to see it refused.
    Rsa1024,
    /// P-384.
    P384,
    /// P-521.
    P521,
    /// Edwards curve 25519, which few readers know yet.
    Ed25519,
}

/// What a certificate says besides its subject.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// Begin of validity.
    pub not_before: Timestamp,
    /// End of validity.
    pub not_after: Timestamp,
    /// Serial number, never used twice.
    pub serial: u64,
    /// The key to make.
    pub key: KeyKind,
}

/// A key with its certificate and the certificates above it.
#[derive(Debug, Clone)]
pub struct Issued {
    /// The private key.
    pub key: PKey<Private>,
    /// The person's certificate.
    pub certificate: X509,
    /// Its issuers.
    pub chain: Vec<X509>,
}

impl Authority {
    /// Reads the issuing certificate, its key, and the certificates above it.
    pub fn from_pem(certificate: &[u8], key: &[u8], chain: &[u8]) -> Result<Authority, ErrorStack> {
        Ok(Authority {
            certificate: X509::from_pem(certificate)?,
            key: PKey::private_key_from_pem(key)?,
            chain: X509::stack_from_pem(chain)?,
        })
    }

    /// Makes a key and a certificate for signing documents.
    pub fn issue_person(&self, subject: &Subject, terms: &Terms) -> Result<Issued, ErrorStack> {
        self.issue(subject, terms, &Profile::new(Role::Person))
    }
}

impl Issued {
    /// The whole as PKCS #12, encrypted with AES-256 under the passphrase.
    pub fn to_pkcs12(&self, friendly_name: &str, passphrase: &str) -> Result<Vec<u8>, ErrorStack> {
        let mut chain = Stack::new()?;
        self.chain.iter().try_for_each(|above| chain.push(above.clone()))?;
        let mut builder = Pkcs12::builder();
        builder.name(friendly_name).pkey(&self.key).cert(&self.certificate).ca(chain);
        builder
            .key_algorithm(Nid::AES_256_CBC)
            .cert_algorithm(Nid::AES_256_CBC)
            .mac_md(MessageDigest::sha256());
        builder.build2(passphrase)?.to_der()
    }

    /// A signer for this key.
    pub fn signer(&self) -> Pkcs12Signer {
        let certificates = std::iter::once(&self.certificate).chain(&self.chain).cloned().collect();
        Pkcs12Signer::new(self.key.clone(), certificates)
    }
}

fn make_key(kind: KeyKind) -> Result<PKey<Private>, ErrorStack> {
    let curve = match kind {
        KeyKind::Rsa2048 => return PKey::from_rsa(Rsa::generate(2048)?),
        KeyKind::Rsa1024 => return PKey::from_rsa(Rsa::generate(1024)?),
        KeyKind::Ed25519 => return PKey::generate_ed25519(),
        KeyKind::P256 => Nid::X9_62_PRIME256V1,
        KeyKind::P384 => Nid::SECP384R1,
        KeyKind::P521 => Nid::SECP521R1,
    };
    let group = EcGroup::from_curve_name(curve)?;
    PKey::from_ec_key(EcKey::generate(&group)?)
}

fn name(subject: &Subject) -> Result<X509Name, ErrorStack> {
    let mut builder = X509Name::builder()?;
    builder.append_entry_by_nid(Nid::COUNTRYNAME, "VN")?;
    let parts = [
        (Nid::ORGANIZATIONNAME, subject.organisation.as_deref()),
        (Nid::ORGANIZATIONALUNITNAME, subject.unit.as_deref()),
        (Nid::TITLE, subject.title.as_deref()),
        (Nid::COMMONNAME, Some(subject.common_name.as_str())),
    ];
    for (kind, text) in parts {
        if let Some(text) = text {
            builder.append_entry_by_nid(kind, text)?;
        }
    }
    Ok(builder.build())
}

/// Answers RFC 3161 requests.
#[derive(Debug)]
pub struct TestTimestampAuthority {
    certificates: Vec<Vec<u8>>,
    key: PKey<Private>,
}

impl TestTimestampAuthority {
    /// Reads the authority's certificate and RSA key, and the certificates above it.
    pub fn from_pem(
        certificate: &[u8],
        key: &[u8],
        chain: &[u8],
    ) -> Result<TestTimestampAuthority, ErrorStack> {
        let mut certificates = vec![X509::from_pem(certificate)?.to_der()?];
        for above in X509::stack_from_pem(chain)? {
            certificates.push(above.to_der()?);
        }
        Ok(TestTimestampAuthority { certificates, key: PKey::private_key_from_pem(key)? })
    }

    /// Stamps a request with a time; a request that cannot be read is refused, as RFC 3161 §2.4.2 says.
    pub fn respond(&self, request: &[u8], time: Timestamp) -> Result<Vec<u8>, ServiceError> {
        let status = |number: u8| sequence(&[&unsigned(&[number])]);
        let Some((imprint, nonce)) = read_request(request) else { return Ok(sequence(&[&status(2)])) };
        let info = info(imprint, nonce.unwrap_or_default(), time);
        let token = self.token(&info).ok_or(ServiceError("the authority cannot sign".to_owned()))?;
        Ok(sequence(&[&status(0), &token]))
    }

    /// This authority as a service at a fixed time.
    pub fn at(&self, time: Timestamp) -> impl TimestampService + '_ {
        FixedTime { authority: self, time }
    }

    fn token(&self, info: &[u8]) -> Option<Vec<u8>> {
        let digest = DigestAlgorithm::Sha256;
        let algorithm = status::algorithm(&self.key);
        let own = self.certificates.first()?;
        let attributes = for_signing(oid::TST_INFO, &digest.hash(&[info]), digest, &algorithm, own);
        let signature = sign_with(&self.key, &attributes, algorithm).ok()?;
        signed_data(&Parts {
            content_type: oid::TST_INFO,
            content: Some(info),
            certificates: &self.certificates,
            digest,
            algorithm,
            attributes: &attributes,
            signature: &signature,
            timestamp: None,
        })
    }
}

struct FixedTime<'a> {
    authority: &'a TestTimestampAuthority,
    time: Timestamp,
}

impl TimestampService for FixedTime<'_> {
    fn timestamp(&self, request_der: &[u8]) -> Result<Vec<u8>, ServiceError> {
        self.authority.respond(request_der, self.time)
    }
}

/// The imprint and the nonce, each as it stands in the request.
fn read_request(request: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let mut reader = Reader::new(request).expect(tag::SEQUENCE, "a request").ok()?.children();
    reader.expect(tag::INTEGER, "a version").ok()?;
    let imprint = reader.expect(tag::SEQUENCE, "an imprint").ok()?.raw;
    reader.optional(tag::OID).ok()?;
    let nonce = reader.optional(tag::INTEGER).ok()?.map(|element| element.raw);
    Some((imprint, nonce))
}

/// TSTInfo with the imprint and nonce repeated byte for byte (RFC 3161 §2.4.2).
fn info(imprint: &[u8], nonce: &[u8], time: Timestamp) -> Vec<u8> {
    let time_text = jiff::tz::offset(0).to_datetime(time).strftime("%Y%m%d%H%M%SZ").to_string();
    let serial = DigestAlgorithm::Sha256.hash(&[imprint, nonce, time_text.as_bytes()]);
    sequence(&[
        &unsigned(&[1]),
        &element(tag::OID, &TEST_POLICY),
        imprint,
        &unsigned(serial.get(..8).unwrap_or_default()),
        &element(tag::GENERALIZED_TIME, time_text.as_bytes()),
        nonce,
    ])
}
