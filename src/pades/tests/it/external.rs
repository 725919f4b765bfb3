//! Signatures made elsewhere: taken when they are right, refused when they are not.

use std::process::Command;

use pades::authority::KeyKind;
use pades::sign::{
    CmsFault, Level, Prepared, SignError, SignOptions, SignatureFormat, Signer, TimestampOutcome, prepare,
};
use pades::verify::Verdict;

use crate::office::{chair, issued, judge, now, paper, stamping, tsa};
use crate::oracles::{Scratch, cms_and_content, has, pdfsig_says_valid};

fn prepared(options: &SignOptions) -> Prepared {
    prepare(&paper(), options, chair().certificates(), Some(12 * 1024), now()).unwrap()
}

/// The CMS that the other place would make: the chairwoman's own.
fn cms_of(prepared: &Prepared) -> Vec<u8> {
    let value = chair().sign(prepared.to_be_signed(), prepared.algorithm()).unwrap();
    cms_and_content(&prepared.complete(&value, None).unwrap().onto(&paper())).0
}

fn fault(prepared: &Prepared, cms: &[u8]) -> CmsFault {
    match prepared.complete_with_cms(cms) {
        Err(SignError::ExternalCms(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_whole_cms_is_taken() {
    let prepared = prepared(&SignOptions::default());
    let result = prepared.complete_with_cms(&cms_of(&prepared)).unwrap();
    assert_eq!((result.level, &result.timestamp), (Level::BB, &TimestampOutcome::NotRequested));
    let pdf = result.onto(&paper());
    assert_eq!(judge(&pdf).verdict, Verdict::Valid);
    if has("pdfsig", "-v") {
        assert!(pdfsig_says_valid(&pdf));
    }
}

#[test]
fn a_cms_may_bring_its_timestamp() {
    let prepared = prepared(&SignOptions::default());
    let (authority, value) = (tsa(), chair().sign(prepared.to_be_signed(), prepared.algorithm()).unwrap());
    let service = authority.at(now());
    let stamped = prepared.complete(&value, Some(&stamping(&service))).unwrap().onto(&paper());
    let result = prepared.complete_with_cms(&cms_and_content(&stamped).0).unwrap();
    assert_eq!((result.level, result.timestamp), (Level::BT, TimestampOutcome::Present(now())));
}

#[test]
fn a_cms_for_another_document_is_refused() {
    let here = prepared(&SignOptions::default());
    let there = prepared(&SignOptions { reason: Some("khác".to_owned()), ..SignOptions::default() });
    assert_eq!(fault(&here, &cms_of(&there)), CmsFault::OtherDocument);
}

#[test]
fn a_cms_by_somebody_else_is_refused() {
    let here = prepared(&SignOptions::default());
    let other = issued("Kẻ Khác", KeyKind::P256).signer();
    let theirs =
        prepare(&paper(), &SignOptions::default(), other.certificates(), Some(12 * 1024), now()).unwrap();
    let value = other.sign(theirs.to_be_signed(), theirs.algorithm()).unwrap();
    let cms = cms_and_content(&theirs.complete(&value, None).unwrap().onto(&paper())).0;
    // The layouts are alike, so the digests may be too; the certificate never is.
    assert!(matches!(fault(&here, &cms), CmsFault::OtherSigner | CmsFault::OtherDocument));
}

#[test]
fn a_damaged_cms_is_refused() {
    let prepared = prepared(&SignOptions::default());
    let good = cms_of(&prepared);
    assert!(matches!(fault(&prepared, b"junk"), CmsFault::Malformed(_)));
    assert!(matches!(fault(&prepared, &good[..good.len() / 2]), CmsFault::Malformed(_)));
    let mut bent = good.clone();
    let last = bent.len() - 1;
    bent[last] ^= 1;
    assert_eq!(fault(&prepared, &bent), CmsFault::Signature);
    for place in 0..good.len() {
        let mut bent = good.clone();
        bent[place] ^= 0x10;
        if let Ok(result) = prepared.complete_with_cms(&bent) {
            // What no signature covers may differ; what comes out must still hold.
            assert!(judge(&result.onto(&paper())).signatures[0].intact, "byte {place}");
        }
    }
}

#[test]
fn a_cms_longer_than_its_room_is_refused() {
    let tight = prepare(&paper(), &SignOptions::default(), chair().certificates(), None, now()).unwrap();
    let roomy = SignOptions { contents_room: Some(32_768), ..SignOptions::default() };
    let wide = prepare(&paper(), &roomy, chair().certificates(), None, now()).unwrap();
    let length = |p: &Prepared| p.complete_with_cms(&cms_of(p)).unwrap().appended.len();
    assert!(length(&wide) > length(&tight) + 50_000);
}

/// Signs the ranges with `openssl cms`, which puts a signing time in.
fn openssl_cms(prepared: &Prepared, key: &pades::authority::Issued) -> Vec<u8> {
    let stored = serde_json::to_value(prepared).unwrap();
    let appended = hex::decode(stored["appended"].as_str().unwrap()).unwrap();
    let (start, room) = (stored["hole"][0].as_u64().unwrap(), stored["hole"][1].as_u64().unwrap());
    let (start, end) = (start as usize - 1, (start + 2 * room) as usize + 1);
    let content = Scratch::new(&[&paper()[..], &appended[..start], &appended[end..]].concat());
    let (secret, certificate) = (
        Scratch::new(&key.key.private_key_to_pem_pkcs8().unwrap()),
        Scratch::new(&key.certificate.to_pem().unwrap()),
    );
    let above: Vec<u8> = key.chain.iter().flat_map(|above| above.to_pem().unwrap()).collect();
    let above = Scratch::new(&above);
    let output = Command::new("openssl")
        .args(["cms", "-sign", "-cades", "-binary", "-outform", "DER", "-md", "sha256", "-in"])
        .arg(&content.0)
        .arg("-signer")
        .arg(&certificate.0)
        .arg("-inkey")
        .arg(&secret.0)
        .arg("-certfile")
        .arg(&above.0)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A paper that openssl signed with a certificate that [`prepare`] would refuse: nobody checks it there.
///
/// The signature is put into the open place of the chairwoman's; `None` without openssl.
pub fn signed_against_the_rules(key: &pades::authority::Issued) -> Option<Vec<u8>> {
    if !has("openssl", "version") {
        return None;
    }
    let prepared = prepared(&SignOptions::default());
    let stored = serde_json::to_value(&prepared).unwrap();
    let mut appended = hex::decode(stored["appended"].as_str().unwrap()).unwrap();
    let digits = hex::encode(openssl_cms(&prepared, key));
    let start = stored["hole"][0].as_u64().unwrap() as usize;
    appended[start..start + digits.len()].copy_from_slice(digits.as_bytes());
    Some([paper(), appended].concat())
}

#[test]
fn a_cms_of_openssl_fits_the_older_form_only() {
    if !has("openssl", "version") {
        return;
    }
    let key = issued("Lê Ngoài", KeyKind::Rsa2048);
    let certificates: Vec<_> = std::iter::once(&key.certificate).chain(&key.chain).cloned().collect();
    let ask = |format| {
        let options =
            SignOptions { format: Some(format), contents_room: Some(8192), ..SignOptions::default() };
        prepare(&paper(), &options, &certificates, None, now()).unwrap()
    };
    let older = ask(SignatureFormat::Pkcs7);
    let signed = older.complete_with_cms(&openssl_cms(&older, &key)).unwrap().onto(&paper());
    assert!(judge(&signed).signatures[0].intact);
    let pades = ask(SignatureFormat::Cades);
    assert_eq!(fault(&pades, &openssl_cms(&pades, &key)), CmsFault::SigningTime);
}
