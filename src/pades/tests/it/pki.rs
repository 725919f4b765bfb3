//! A public key infrastructure as a test wants it: right in everything, or wrong in one thing.

use jiff::{SignedDuration, Timestamp};
use pades::authority::{
    Answer, Authority, Issued, KeyKind, ListTerms, Period, Profile, Role, Subject, Terms,
    TestTimestampAuthority,
};
use pades::sign::{SignOptions, Stamping, append_document_timestamp, append_validation_data, sign};
use pades::trust::{Anchors, ValidationData};
use pades::verify::{Context, FileReport, RevocationPolicy, SignatureReport, verify};

use crate::office::paper;

/// A day of the test, at noon.
pub fn day(text: &str) -> Timestamp {
    format!("{text}T12:00:00Z").parse().unwrap()
}

fn named(name: &str) -> Subject {
    Subject { common_name: name.to_owned(), ..Subject::default() }
}

/// A certificate to be made.
#[derive(Clone)]
pub struct Plan {
    pub name: &'static str,
    pub begin: &'static str,
    pub end: &'static str,
    pub key: KeyKind,
    pub profile: Profile,
}

impl Plan {
    pub fn new(name: &'static str, role: Role) -> Plan {
        let key = KeyKind::P256;
        Plan { name, begin: "2025-01-01", end: "2030-01-01", key, profile: Profile::new(role) }
    }

    pub fn valid(self, begin: &'static str, end: &'static str) -> Plan {
        Plan { begin, end, ..self }
    }

    fn terms(&self, serial: u64) -> Terms {
        Terms { not_before: day(self.begin), not_after: day(self.end), serial, key: self.key }
    }

    /// Makes it below an authority.
    pub fn issue(&self, authority: &Authority, serial: u64) -> Issued {
        authority.issue(&named(self.name), &self.terms(serial), &self.profile).unwrap()
    }
}

/// What the infrastructure consists of.
#[derive(Clone)]
pub struct Plans {
    pub sub: Plan,
    pub person: Plan,
    pub stamper: Plan,
}

impl Default for Plans {
    fn default() -> Plans {
        Plans {
            sub: Plan::new("Sub CA", Role::Authority(Some(0))),
            person: Plan::new("Lê Thị Người", Role::Person),
            stamper: Plan::new("Dấu giờ", Role::Timestamping),
        }
    }
}

const SUB: u64 = 2;
const PERSON: u64 = 3;
const STAMPER: u64 = 4;

/// A root, a sub-authority for persons, a person, a timestamp authority below the root.
pub struct Pki {
    pub root: Authority,
    pub sub: Authority,
    pub person: Issued,
    pub stamper: Issued,
    pub anchors: Anchors,
}

impl Pki {
    pub fn new() -> Pki {
        Pki::of(&Plans::default())
    }

    pub fn of(plans: &Plans) -> Pki {
        let root = Plan::new("Root CA", Role::Authority(None)).valid("2005-01-01", "2060-01-01");
        let root = Authority::root(&named(root.name), &root.terms(1)).unwrap();
        let sub = plans.sub.issue(&root, SUB).authority();
        let person = plans.person.issue(&sub, PERSON);
        let stamper = plans.stamper.issue(&root, STAMPER);
        let anchors = [root.certificate().clone()].into_iter().collect();
        Pki { root, sub, person, stamper, anchors }
    }

    /// The same with certificates that say whom to ask.
    pub fn connected() -> Pki {
        let mut plans = Plans::default();
        plans.sub.profile.addresses.crl = Some("http://crl.test/root".to_owned());
        plans.stamper.profile.addresses.crl = Some("http://crl.test/root".to_owned());
        plans.person.profile.addresses.ocsp = Some("http://ocsp.test/".to_owned());
        plans.person.profile.addresses.issuer = Some("http://ca.test/sub".to_owned());
        Pki::of(&plans)
    }

    fn tsa(&self) -> TestTimestampAuthority {
        self.stamper.timestamp_authority().unwrap()
    }

    /// The paper, signed on a day without a timestamp.
    pub fn signed(&self, at: Timestamp) -> Vec<u8> {
        self.signed_onto(&paper(), at)
    }

    /// A file signed once more, without a timestamp.
    pub fn signed_onto(&self, pdf: &[u8], at: Timestamp) -> Vec<u8> {
        sign(pdf, &SignOptions::default(), &self.person.signer(), None, at).unwrap().onto(pdf)
    }

    /// The paper, signed with a timestamp of that time.
    pub fn stamped(&self, at: Timestamp) -> Vec<u8> {
        self.stamped_onto(&paper(), at, at)
    }

    /// A file signed with a timestamp of another time than the signer's clock.
    pub fn stamped_onto(&self, pdf: &[u8], at: Timestamp, stamp: Timestamp) -> Vec<u8> {
        let (tsa, options) = (self.tsa(), SignOptions::default());
        let service = tsa.at(stamp);
        let stamping = Stamping { service: &service, nonce: [7; 16], anchors: None, required: true };
        sign(pdf, &options, &self.person.signer(), Some(&stamping), at).unwrap().onto(pdf)
    }

    /// The file with a document timestamp.
    pub fn archived(&self, pdf: &[u8], at: Timestamp) -> Vec<u8> {
        let tsa = self.tsa();
        let service = tsa.at(at);
        let stamping = Stamping { service: &service, nonce: [7; 16], anchors: None, required: true };
        append_document_timestamp(pdf, &stamping, at).unwrap().onto(pdf)
    }

    /// What the authorities say at a time: of the person by OCSP, of those below the root by CRL.
    pub fn evidence(&self, at: Timestamp) -> ValidationData {
        let certificates = [self.sub.certificate(), &self.stamper.certificate];
        ValidationData {
            certificates: certificates.iter().map(|one| one.to_der().unwrap()).collect(),
            ocsps: vec![self.answer(Answer::Good, at)],
            crls: vec![self.root_list(&[], at)],
        }
    }

    /// An answer about the person.
    pub fn answer(&self, answer: Answer, at: Timestamp) -> Vec<u8> {
        self.sub.answer(&self.person.certificate, answer, around(at), None).unwrap()
    }

    /// The root's list.
    pub fn root_list(&self, revoked: &[(u64, Timestamp, u8)], at: Timestamp) -> Vec<u8> {
        let terms = ListTerms { period: around(at), revoked: revoked.to_vec(), extensions: Vec::new() };
        self.root.list(&terms).unwrap()
    }

    /// The list of the persons' authority.
    pub fn sub_list(&self, revoked: &[(u64, Timestamp, u8)], at: Timestamp) -> Vec<u8> {
        let terms = ListTerms { period: around(at), revoked: revoked.to_vec(), extensions: Vec::new() };
        self.sub.list(&terms).unwrap()
    }

    /// The verdict on a day, by this policy and with evidence from outside the file.
    pub fn verdict(
        &self,
        pdf: &[u8],
        at: Timestamp,
        revocation: RevocationPolicy,
        evidence: &[ValidationData],
    ) -> FileReport {
        let context = Context { revocation, evidence, ..Context::new(&self.anchors, at) };
        verify(pdf, &context).unwrap()
    }

    /// What is said of the first signature, where all evidence is welcome and none is required.
    pub fn first(&self, pdf: &[u8], at: Timestamp, evidence: &[ValidationData]) -> SignatureReport {
        let report = self.verdict(pdf, at, RevocationPolicy::IfAvailable, evidence);
        report.signatures.into_iter().next().unwrap()
    }

    /// The same where evidence is required.
    pub fn first_strictly(&self, pdf: &[u8], at: Timestamp, evidence: &[ValidationData]) -> SignatureReport {
        let report = self.verdict(pdf, at, RevocationPolicy::Required, evidence);
        report.signatures.into_iter().next().unwrap()
    }
}

/// Serial numbers, to revoke by.
impl Pki {
    pub const SUB: u64 = SUB;
    pub const PERSON: u64 = PERSON;
    pub const STAMPER: u64 = STAMPER;
}

/// The file with validation data in its store.
pub fn stored(pdf: &[u8], data: &ValidationData, at: Timestamp) -> Vec<u8> {
    [pdf, &append_validation_data(pdf, data, at).unwrap().unwrap()].concat()
}

/// From an hour before to a day after.
pub fn around(at: Timestamp) -> Period {
    Period {
        this_update: at - SignedDuration::from_hours(1),
        next_update: Some(at + SignedDuration::from_hours(24)),
    }
}

/// Only CRLs.
pub fn crls(lists: &[Vec<u8>]) -> ValidationData {
    ValidationData { crls: lists.to_vec(), ..ValidationData::default() }
}

/// Only OCSP responses.
pub fn ocsps(answers: &[Vec<u8>]) -> ValidationData {
    ValidationData { ocsps: answers.to_vec(), ..ValidationData::default() }
}

/// One DER element of less than 128 bytes.
pub fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    assert!(content.len() < 128);
    [&[tag, content.len() as u8], content].concat()
}
