//! Keys in files: old ones, wrong ones, and certificates that may not sign.

use std::process::Command;

use openssl::hash::MessageDigest;
use openssl::x509::extension::KeyUsage;
use pades::authority::{KeyKind, Profile, Role, Subject};
use pades::sign::{Pkcs12Error, Pkcs12Signer, SignError, SignOptions, sign};
use pades::verify::Verdict;

use crate::office::{authority, issued, judge, now, paper, self_signed, terms};
use crate::oracles::{Scratch, has};

/// A PKCS #12 file as openssl 1.0 and Windows XP made them: RC2 and triple DES.
fn legacy_file(passphrase: &str) -> Vec<u8> {
    let person = issued("Lê Văn Cũ", KeyKind::Rsa2048);
    let chain: Vec<u8> = std::iter::once(&person.certificate)
        .chain(&person.chain)
        .flat_map(|certificate| certificate.to_pem().unwrap())
        .collect();
    let key = Scratch::new(&person.key.private_key_to_pem_pkcs8().unwrap());
    let (chain, out) = (Scratch::new(&chain), Scratch::new(b""));
    let status = Command::new("openssl")
        .args(["pkcs12", "-export", "-legacy", "-descert", "-passout", &format!("pass:{passphrase}")])
        .arg("-inkey")
        .arg(&key.0)
        .arg("-in")
        .arg(&chain.0)
        .arg("-out")
        .arg(&out.0)
        .status()
        .unwrap();
    assert!(status.success());
    std::fs::read(&out.0).unwrap()
}

#[test]
fn an_old_file_with_retired_ciphers_signs() {
    if !has("openssl", "version") {
        return;
    }
    let file = legacy_file("mật khẩu cũ");
    assert_eq!(Pkcs12Signer::open(&file, "sai").unwrap_err(), Pkcs12Error::WrongPassphrase);
    let signer = Pkcs12Signer::open(&file, "mật khẩu cũ").unwrap();
    let pdf = paper();
    let signed = sign(&pdf, &SignOptions::default(), &signer, None, now()).unwrap().onto(&pdf);
    assert_eq!(judge(&signed).verdict, Verdict::Valid);
}

#[test]
fn a_key_that_belongs_to_another_certificate_signs_nothing() {
    let (one, other) = (issued("Lê Một", KeyKind::P256), issued("Lê Hai", KeyKind::P256));
    let signer = Pkcs12Signer::new(one.key, vec![other.certificate]);
    let refused = sign(&paper(), &SignOptions::default(), &signer, None, now());
    assert!(matches!(refused, Err(SignError::WrongSignature)));
}

#[test]
fn a_certificate_outside_its_time_signs_nothing() {
    let person = issued("Lê Thời", KeyKind::P256);
    let at = |time: &str| {
        sign(&paper(), &SignOptions::default(), &person.signer(), None, time.parse().unwrap()).unwrap_err()
    };
    assert!(matches!(at("2025-12-31T00:00:00Z"), SignError::CertificateNotYetValid));
    assert!(matches!(at("2029-01-02T00:00:00Z"), SignError::CertificateExpired));
}

#[test]
fn a_certificate_for_something_else_signs_nothing() {
    let person = issued("Lê Dùng", KeyKind::P256);
    let certificate = self_signed(&person.key, MessageDigest::sha256(), KeyUsage::new().key_encipherment());
    let signer = Pkcs12Signer::new(person.key, vec![certificate]);
    let refused = sign(&paper(), &SignOptions::default(), &signer, None, now());
    assert!(matches!(refused, Err(SignError::KeyUsage)));
    let nobody = Pkcs12Signer::new(issued("Lê Không", KeyKind::P256).key, Vec::new());
    assert!(matches!(
        sign(&paper(), &SignOptions::default(), &nobody, None, now()),
        Err(SignError::KeyUsage)
    ));
}

#[test]
fn a_timestamp_authority_signs_no_documents() {
    let terms = terms(KeyKind::P256);
    let subject = Subject { common_name: "Dịch vụ".to_owned(), ..Subject::default() };
    for role in [Role::Timestamping, Role::Responder { no_check: true }] {
        let service = authority().issue(&subject, &terms, &Profile::new(role)).unwrap();
        let refused = sign(&paper(), &SignOptions::default(), &service.signer(), None, now());
        assert!(matches!(refused, Err(SignError::KeyUsage)), "{role:?}");
    }
}
