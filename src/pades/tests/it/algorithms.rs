//! Which algorithms sign, which are refused, and what others say of them.

use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::x509::extension::KeyUsage;
use pades::DigestAlgorithm::{self, Sha1, Sha3_256, Sha256, Sha384, Sha512};
use pades::authority::KeyKind;
use pades::sign::{Pkcs12Signer, RsaPadding, SignError, SignOptions, SignatureFormat, sign};
use pades::verify::{Indication, SignatureReport};

use crate::office::{chair, clerk, judge_one, now, paper, person, self_signed};
use crate::oracles::{has, openssl_says_valid, pdfsig_says_valid, pyhanko, pyhanko_says};

/// A file signed with these wishes.
fn signed(signer: &Pkcs12Signer, options: &SignOptions) -> Vec<u8> {
    let pdf = paper();
    sign(&pdf, options, signer, None, now()).unwrap().onto(&pdf)
}

fn with(digest: Option<DigestAlgorithm>, rsa_padding: RsaPadding) -> SignOptions {
    SignOptions { digest, rsa_padding, ..SignOptions::default() }
}

fn algorithms(report: &SignatureReport) -> (&str, &str) {
    (report.signature_algorithm.as_deref().unwrap(), report.digest_algorithm.as_deref().unwrap())
}

/// Signed files with the names of their algorithms.
fn every_algorithm() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let (p384, p521) = (person("Lê Ba", KeyKind::P384), person("Lê Năm", KeyKind::P521));
    let mut files = Vec::new();
    for (digest, name) in [(Sha256, "sha256"), (Sha384, "sha384"), (Sha512, "sha512")] {
        files.push(("rsa-pkcs1v15", name, signed(clerk(), &with(Some(digest), RsaPadding::Pkcs1))));
        files.push(("rsa-pss", name, signed(clerk(), &with(Some(digest), RsaPadding::Pss))));
        files.push(("ecdsa", name, signed(chair(), &with(Some(digest), RsaPadding::Pkcs1))));
    }
    files.push(("ecdsa", "sha384", signed(&p384, &SignOptions::default())));
    files.push(("ecdsa", "sha512", signed(&p521, &SignOptions::default())));
    files
}

#[test]
fn every_algorithm_passes_here_and_elsewhere() {
    for (algorithm, digest, pdf) in every_algorithm() {
        let report = judge_one(&pdf);
        assert_eq!(algorithms(&report), (algorithm, digest));
        assert_eq!(report.indication, Indication::TotalPassed, "{algorithm} {digest}");
        if has("openssl", "version") {
            assert!(openssl_says_valid(&pdf), "{algorithm} {digest}");
        }
        if has("pdfsig", "-v") {
            assert!(pdfsig_says_valid(&pdf), "{algorithm} {digest}");
        }
    }
}

#[test]
fn pyhanko_accepts_every_algorithm() {
    let Some(pyhanko) = pyhanko() else { return };
    let ed25519 = signed(&person("Lê Ét", KeyKind::Ed25519), &SignOptions::default());
    let mut files = every_algorithm();
    files.push(("ed25519", "sha512", ed25519));
    for (algorithm, digest, pdf) in files {
        let text = pyhanko_says(&pyhanko, &pdf);
        assert!(text.contains("The signature is judged VALID"), "{algorithm} {digest}: {text}");
    }
}

#[test]
fn ed25519_goes_with_sha512_alone() {
    let signer = person("Lê Ét", KeyKind::Ed25519);
    let report = judge_one(&signed(&signer, &SignOptions::default()));
    assert_eq!(algorithms(&report), ("ed25519", "sha512"));
    assert_eq!(report.indication, Indication::TotalPassed);
    let refused = sign(&paper(), &with(Some(Sha256), RsaPadding::Pkcs1), &signer, None, now());
    assert!(matches!(refused, Err(SignError::Digest(_))));
}

#[test]
fn weak_and_unusual_digests_are_refused() {
    for digest in [Sha1, DigestAlgorithm::Md5, Sha3_256] {
        let refused = sign(&paper(), &with(Some(digest), RsaPadding::Pkcs1), chair(), None, now());
        assert!(matches!(refused, Err(SignError::Digest(_))), "{digest:?}");
    }
}

#[test]
fn a_short_rsa_key_is_refused() {
    let key = PKey::from_rsa(Rsa::generate(1024).unwrap()).unwrap();
    let certificate = self_signed(&key, MessageDigest::sha256(), KeyUsage::new().digital_signature());
    let signer = Pkcs12Signer::new(key, vec![certificate]);
    let refused = sign(&paper(), &SignOptions::default(), &signer, None, now());
    assert!(matches!(refused, Err(SignError::WeakKey)));
}

#[test]
fn the_older_form_has_its_time_in_the_attributes() {
    let options = SignOptions { format: Some(SignatureFormat::Pkcs7), ..SignOptions::default() };
    let pdf = signed(chair(), &options);
    let report = judge_one(&pdf);
    assert_eq!(report.sub_filter, "adbe.pkcs7.detached");
    assert_eq!((report.indication, report.level), (Indication::TotalPassed, None));
    // signing-time, 1.2.840.113549.1.9.5, is there for this form and for no other.
    let signing_time = "06092a864886f70d010905";
    let has_time = |pdf: &[u8]| String::from_utf8_lossy(pdf).contains(signing_time);
    assert!(has_time(&pdf) && !has_time(&signed(chair(), &SignOptions::default())));
    if has("openssl", "version") {
        assert!(openssl_says_valid(&pdf));
    }
    if has("pdfsig", "-v") {
        assert!(pdfsig_says_valid(&pdf));
    }
}
