//! Signatures beside their content.

use std::process::Command;

use pades::authority::KeyKind;
use pades::detached::{Broken, Trust, sign, verify};
use pades::sign::{Pkcs12Signer, SignError};
use pades::trust::Anchors;

use crate::office::{anchors, chair, issued, now, root};
use crate::oracles::{Scratch, has};

#[test]
fn a_signature_over_bytes_holds_and_names_its_signer() {
    let cms = sign("tán thành".as_bytes(), chair()).unwrap();
    let signed = verify("tán thành".as_bytes(), &cms, anchors(), now()).unwrap();
    assert_eq!(signed.trust, Trust::Anchored);
    assert!(!signed.common_name.is_empty());
}

#[test]
fn other_bytes_are_not_signed() {
    let cms = sign(b"approve", chair()).unwrap();
    assert_eq!(verify(b"reject", &cms, anchors(), now()).unwrap_err(), Broken::OtherContent);
}

#[test]
fn every_byte_of_the_signature_counts() {
    let cms = sign(b"approve", chair()).unwrap();
    let same = verify(b"approve", &cms, anchors(), now()).unwrap();
    for at in 0..cms.len() {
        let mut forged = cms.clone();
        forged[at] ^= 1;
        if let Ok(signed) = verify(b"approve", &forged, anchors(), now()) {
            // Copies of issuers and unsigned versions are no part of what is signed.
            assert_eq!(signed.certificate, same.certificate, "byte {at}");
        }
    }
    assert_eq!(verify(b"approve", &cms[..cms.len() / 2], anchors(), now()).unwrap_err(), Broken::Malformed);
}

#[test]
fn a_signer_nobody_vouches_for_is_unknown_and_an_old_one_out_of_bounds() {
    let cms = sign(b"approve", chair()).unwrap();
    assert_eq!(verify(b"approve", &cms, &Anchors::none(), now()).unwrap().trust, Trust::Unknown);
    let later = "2039-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(verify(b"approve", &cms, anchors(), later).unwrap().trust, Trust::OutOfBounds);
}

#[test]
fn a_key_of_another_certificate_makes_no_signature() {
    let (one, other) = (issued("Lê Một", KeyKind::P256), issued("Lê Hai", KeyKind::P256));
    let signer = Pkcs12Signer::new(one.key, vec![other.certificate]);
    assert!(matches!(sign(b"approve", &signer), Err(SignError::WrongSignature)));
}

#[test]
fn openssl_agrees() {
    if !has("openssl", "version") {
        return;
    }
    let cms = sign(b"approve", chair()).unwrap();
    for (content, agrees) in [(&b"approve"[..], true), (b"reject", false)] {
        let (cms, content) = (Scratch::new(&cms), Scratch::new(content));
        let answer = Command::new("openssl")
            .args(["cms", "-verify", "-binary", "-inform", "DER", "-purpose", "any", "-in"])
            .arg(&cms.0)
            .arg("-content")
            .arg(&content.0)
            .arg("-CAfile")
            .arg(root().join("certs-dev/root.cert.pem"))
            .output()
            .unwrap();
        assert_eq!(answer.status.success(), agrees, "{}", String::from_utf8_lossy(&answer.stderr));
    }
}
