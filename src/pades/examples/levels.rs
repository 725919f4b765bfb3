//! Signs a paper at level B-LTA and renews it a year later, in a small world of its own, and prints each step:
//! `levels IN.pdf OUT.pdf`.

#![expect(clippy::disallowed_methods, reason = "a command-line example reads files and the clock itself")]
#![allow(clippy::print_stdout, reason = "the steps are what the example is for")]

use std::error::Error;

use jiff::{Timestamp, ToSpan};
use pades::authority::{
    Addresses, Answer, Authority, Issued, KeyKind, Period, Profile, Role, Subject, Terms,
};
use pades::sign::{Level, LongTerm, SignOptions, Stamping, extend, sign_to};
use pades::trust::{Anchors, Collection, Fetch, FetchError, ValidationData};
use pades::verify::{Context, verify};

/// An authority that answers for the certificates it has issued; elsewhere this is HTTP.
struct World {
    authority: Authority,
    signer: Issued,
    stamper: Issued,
    now: Timestamp,
}

impl Fetch for World {
    fn ocsp(&self, address: &str, _: &[u8]) -> Result<Vec<u8>, FetchError> {
        let period = Period { this_update: self.now, next_update: Some(self.now + 24.hours()) };
        let asked = if address.ends_with("signer") { &self.signer } else { &self.stamper };
        let answer = self.authority.answer(&asked.certificate, Answer::Good, period, None);
        answer.ok_or_else(|| FetchError("the authority cannot sign".to_owned()))
    }

    fn crl(&self, address: &str) -> Result<Vec<u8>, FetchError> {
        Err(FetchError(format!("nothing at {address}")))
    }

    fn certificate(&self, address: &str) -> Result<Vec<u8>, FetchError> {
        Err(FetchError(format!("nothing at {address}")))
    }
}

impl World {
    fn new(now: Timestamp) -> Result<World, Box<dyn Error>> {
        let terms = |serial, key| Terms {
            not_before: now - 24.hours(),
            not_after: now + (24 * 3650).hours(),
            serial,
            key,
        };
        let named = |name: &str| Subject { common_name: name.to_owned(), ..Subject::default() };
        let asked_at = |role, address: &str| {
            let addresses = Addresses { ocsp: Some(address.to_owned()), ..Addresses::default() };
            Profile { addresses, ..Profile::new(role) }
        };
        let authority = Authority::root(&named("Example root"), &terms(1, KeyKind::P256))?;
        let person = asked_at(Role::Person, "http://example/signer");
        let signer = authority.issue(&named("Nguyễn Văn An"), &terms(2, KeyKind::P256), &person)?;
        let clock = asked_at(Role::Timestamping, "http://example/stamper");
        let stamper = authority.issue(&named("Example clock"), &terms(3, KeyKind::Rsa2048), &clock)?;
        Ok(World { authority, signer, stamper, now })
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output] = arguments.as_slice() else { return Err("usage: levels IN.pdf OUT.pdf".into()) };
    let mut world = World::new(Timestamp::now())?;
    let anchors: Anchors = [world.authority.certificate().clone()].into_iter().collect();
    let (clock, known) = (world.stamper.timestamp_authority()?, ValidationData::default());
    let mut pdf = std::fs::read(input)?;
    for year in 0..2 {
        world.now += (8760 * year).hours();
        let service = clock.at(world.now);
        let stamping =
            Stamping { service: &service, nonce: rand()?, anchors: Some(&anchors), required: false };
        let collection =
            Collection { anchors: &anchors, now: world.now, known: &known, fetch: Some(&world), nonce: None };
        let wish = LongTerm { target: Level::BLTA, collection, stamping: Some(&stamping), password: None };
        let (appended, revisions, level) = if year == 0 {
            let signer = world.signer.signer();
            let signed = sign_to(&pdf, &SignOptions::default(), &signer, &wish, world.now)?;
            (signed.appended, signed.revisions, signed.level)
        } else {
            let extended = extend(&pdf, &wish, world.now)?;
            (extended.appended, extended.revisions, extended.level)
        };
        pdf.extend(appended);
        println!("{} {level:?}: {revisions:?}", world.now);
        println!("  {}", verify(&pdf, &Context::new(&anchors, world.now))?.sentence.en);
    }
    std::fs::write(output, pdf)?;
    Ok(())
}

fn rand() -> Result<[u8; 16], Box<dyn Error>> {
    let mut nonce = [0; 16];
    openssl::rand::rand_bytes(&mut nonce)?;
    Ok(nonce)
}
