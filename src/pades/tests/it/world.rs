//! A public key infrastructure that answers, and ways for it to fail.

use std::cell::RefCell;
use std::sync::OnceLock;

use jiff::{Timestamp, ToSpan};
use pades::authority::{
    Addresses, Answer, Authority, Issued, KeyKind, ListTerms, Period, Profile, Role, Subject, Terms,
    TestTimestampAuthority,
};
use pades::trust::{Anchors, Fetch, FetchError};
use pades::{ServiceError, TimestampService};

pub const PERSON: &str = "http://ocsp.test/person";
pub const TSA: &str = "http://ocsp.test/tsa";
pub const LIST: &str = "http://crl.test/root";

/// A small public key infrastructure that answers questions about its certificates.
pub struct World {
    pub root: Authority,
    pub sub: Issued,
    pub person: Issued,
    pub stamper: Issued,
    pub tsa: TestTimestampAuthority,
    pub anchors: Anchors,
}

pub fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(World::new)
}

pub fn named(name: &str) -> Subject {
    Subject { common_name: name.to_owned(), ..Subject::default() }
}

pub fn terms(serial: u64, key: KeyKind) -> Terms {
    let [not_before, not_after] =
        ["2025-01-01T00:00:00Z", "2055-01-01T00:00:00Z"].map(|t| t.parse().unwrap());
    Terms { not_before, not_after, serial, key }
}

pub fn asked_at(role: Role, ocsp: Option<&str>, crl: Option<&str>) -> Profile {
    let addresses = Addresses { ocsp: ocsp.map(str::to_owned), crl: crl.map(str::to_owned), issuer: None };
    Profile { addresses, ..Profile::new(role) }
}

impl World {
    pub fn new() -> World {
        let root = Authority::root(&named("Root"), &terms(1, KeyKind::P256)).unwrap();
        let below = asked_at(Role::Authority(Some(0)), None, Some(LIST));
        let sub = root.issue(&named("Sub"), &terms(2, KeyKind::P256), &below).unwrap();
        let profile = asked_at(Role::Person, Some(PERSON), None);
        let person = sub.authority().issue(&named("Lê Người"), &terms(3, KeyKind::P256), &profile).unwrap();
        let profile = asked_at(Role::Timestamping, Some(TSA), None);
        let stamper = root.issue(&named("Dấu giờ"), &terms(4, KeyKind::Rsa2048), &profile).unwrap();
        let tsa = stamper.timestamp_authority().unwrap();
        let anchors = [root.certificate().clone()].into_iter().collect();
        World { root, sub, person, stamper, tsa, anchors }
    }

    pub fn ocsp(&self, address: &str, at: Timestamp) -> Vec<u8> {
        let period = Period { this_update: at - 1.hours(), next_update: Some(at + 23.hours()) };
        let (authority, certificate) = match address {
            PERSON => (&self.sub.authority(), &self.person.certificate),
            _ => (&self.root, &self.stamper.certificate),
        };
        authority.answer(certificate, Answer::Good, period, None).unwrap()
    }

    pub fn crl(&self, at: Timestamp) -> Vec<u8> {
        let period = Period { this_update: at - 1.hours(), next_update: Some(at + 23.hours()) };
        self.root.list(&ListTerms { period, revoked: Vec::new(), extensions: Vec::new() }).unwrap()
    }
}

/// The network of the test: answers as the world does, or with what a test puts in its place.
pub struct Net {
    pub at: Timestamp,
    pub bent: Option<(&'static str, Result<Vec<u8>, FetchError>)>,
    pub asked: RefCell<Vec<String>>,
}

impl Net {
    pub fn new(at: Timestamp) -> Net {
        Net { at, bent: None, asked: RefCell::default() }
    }

    pub fn with(self, address: &'static str, answer: Result<Vec<u8>, FetchError>) -> Net {
        Net { bent: Some((address, answer)), ..self }
    }

    fn answer(&self, address: &str, honest: impl FnOnce() -> Vec<u8>) -> Result<Vec<u8>, FetchError> {
        self.asked.borrow_mut().push(address.to_owned());
        match &self.bent {
            Some((bent, answer)) if *bent == address => answer.clone(),
            _ => Ok(honest()),
        }
    }
}

impl Fetch for Net {
    fn ocsp(&self, address: &str, _: &[u8]) -> Result<Vec<u8>, FetchError> {
        self.answer(address, || world().ocsp(address, self.at))
    }

    fn crl(&self, address: &str) -> Result<Vec<u8>, FetchError> {
        self.answer(address, || world().crl(self.at))
    }

    fn certificate(&self, address: &str) -> Result<Vec<u8>, FetchError> {
        Err(FetchError(format!("nothing at {address}")))
    }
}

/// A timestamp service that answers some requests and then no more.
pub struct Tiring {
    pub at: Timestamp,
    pub left: RefCell<usize>,
}

impl Tiring {
    pub fn after(left: usize, at: Timestamp) -> Tiring {
        Tiring { at, left: RefCell::new(left) }
    }
}

impl TimestampService for Tiring {
    fn timestamp(&self, request: &[u8]) -> Result<Vec<u8>, ServiceError> {
        let mut left = self.left.borrow_mut();
        *left = left.checked_sub(1).ok_or_else(|| ServiceError("no answer in time".to_owned()))?;
        world().tsa.respond(request, self.at)
    }
}
