//! When nothing may be signed, and that it is said why.

use pades::authority::{Authority, KeyKind, Profile, Role, Subject, Terms, TestTimestampAuthority};
use pades::sign::{Permission, Pkcs12Error, Pkcs12Signer, SignError, SignOptions, TimestampOutcome, sign};
use pades::verify::{ChangesAfter, Kind, Verdict};
use pades::{ServiceError, TimestampError, TimestampService};

use crate::office::{
    Paper, Xref, append, authority, chair, judge, last_xref, now, paper, signed, signed_with, stamping,
    terms, tsa,
};

fn certified(permission: Permission) -> Vec<u8> {
    let pdf = paper();
    signed_with(&pdf, &SignOptions { certify: Some(permission), ..SignOptions::default() }).onto(&pdf)
}

#[test]
fn a_certification_that_permits_nothing_is_respected() {
    let pdf = certified(Permission::Nothing);
    let report = judge(&pdf);
    assert_eq!((report.verdict, report.signatures[0].kind), (Verdict::Valid, Kind::Certification));
    assert_eq!(report.signatures[0].docmdp, Some(1));
    let again = sign(&pdf, &SignOptions::default(), chair(), None, now());
    assert!(matches!(again, Err(SignError::Certified)));
}

#[test]
fn an_invisible_signature_may_follow_a_certification_for_forms() {
    let report = judge(&signed(&certified(Permission::Forms)));
    assert_eq!(report.verdict, Verdict::Valid, "{report:?}");
    assert_eq!(report.signatures[0].changes_after, ChangesAfter::FormFilling);
}

#[test]
fn nobody_certifies_what_is_signed() {
    let options = SignOptions { certify: Some(Permission::Forms), ..SignOptions::default() };
    let late = sign(&signed(&paper()), &options, chair(), None, now());
    assert!(matches!(late, Err(SignError::CertificationTooLate)));
}

#[test]
fn a_revision_that_claims_to_be_encrypted_is_refused() {
    let pdf = paper();
    let keys = "/Root 1 0 R/Encrypt 9 0 R";
    let encrypted = append(&pdf, &[], keys, Some(last_xref(&pdf)), Xref::Table);
    let refused = sign(&encrypted, &SignOptions::default(), chair(), None, now());
    assert!(matches!(refused, Err(SignError::Unreadable(pades::pdf::PdfError::Encryption(_)))));
}

#[test]
fn a_field_is_signed_once() {
    let options = SignOptions { field: Some("Chair".to_owned()), ..SignOptions::default() };
    let pdf = signed_with(&paper(), &options).onto(&paper());
    assert!(matches!(sign(&pdf, &options, chair(), None, now()), Err(SignError::FieldSigned(_))));
}

#[test]
fn an_empty_field_is_filled_where_it_stands() {
    let field = "<</Type/Annot/Subtype/Widget/FT/Sig/T(Chair)/Rect[0 0 0 0]/P 3 0 R/F 4>>";
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Annots[6 0 R]\
                /Resources<</Font<</F1 5 0 R>>>>>>";
    let catalog = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R]>>>>";
    let pdf = Paper::new(Xref::Table).with(1, catalog).with(3, page).with(6, field).pdf();
    let options = SignOptions { field: Some("Chair".to_owned()), ..SignOptions::default() };
    let report = judge(&signed_with(&pdf, &options).onto(&pdf));
    assert_eq!((report.verdict, report.signatures[0].field.as_str()), (Verdict::Valid, "Chair"));
}

#[test]
fn a_wrong_signature_value_becomes_no_file() {
    let pdf = paper();
    let certificates = pades::sign::Signer::certificates(chair());
    let prepared = pades::sign::prepare(&pdf, &SignOptions::default(), certificates, None, now()).unwrap();
    assert!(matches!(prepared.complete(&[1, 2, 3], None), Err(SignError::WrongSignature)));
}

#[test]
fn signing_in_two_halves_survives_storage() {
    let pdf = paper();
    let signer: &dyn pades::sign::Signer = chair();
    let prepared =
        pades::sign::prepare(&pdf, &SignOptions::default(), signer.certificates(), None, now()).unwrap();
    let stored = serde_json::to_string(&prepared).unwrap();
    let prepared: pades::sign::Prepared = serde_json::from_str(&stored).unwrap();
    let value = signer.sign(prepared.to_be_signed(), prepared.algorithm()).unwrap();
    let finished = prepared.complete(&value, None).unwrap();
    assert_eq!(judge(&finished.onto(&pdf)).verdict, Verdict::Valid);
}

#[test]
fn a_wrong_passphrase_is_told_from_a_broken_file() {
    let subject = Subject { common_name: "Lê Văn Thử".to_owned(), ..Default::default() };
    let issued = authority().issue_person(&subject, &terms(KeyKind::P256)).unwrap();
    let file = issued.to_pkcs12("key", "đúng").unwrap();
    assert!(Pkcs12Signer::open(&file, "đúng").is_ok());
    assert_eq!(Pkcs12Signer::open(&file, "sai").unwrap_err(), Pkcs12Error::WrongPassphrase);
    assert_eq!(Pkcs12Signer::open(b"junk", "sai").unwrap_err(), Pkcs12Error::Unreadable);
}

#[test]
fn a_certificate_that_has_ended_signs_nothing() {
    let late = "2040-01-01T00:00:00Z".parse().unwrap();
    let refused = sign(&paper(), &SignOptions::default(), chair(), None, late);
    assert!(matches!(refused, Err(SignError::CertificateExpired)));
}

struct Silent;
impl TimestampService for Silent {
    fn timestamp(&self, _: &[u8]) -> Result<Vec<u8>, ServiceError> {
        Err(ServiceError("no route".to_owned()))
    }
}

/// Answers every request with the answer to the first.
struct Replay(Vec<u8>);
impl TimestampService for Replay {
    fn timestamp(&self, _: &[u8]) -> Result<Vec<u8>, ServiceError> {
        Ok(self.0.clone())
    }
}

#[test]
fn a_missing_timestamp_is_an_error_or_is_said() {
    let pdf = paper();
    let strict = stamping(&Silent);
    let refused = sign(&pdf, &SignOptions::default(), chair(), Some(&strict), now());
    assert!(matches!(refused, Err(SignError::Timestamp(TimestampError::Service(_)))));
    let lenient = pades::sign::Stamping { required: false, ..strict };
    let result = sign(&pdf, &SignOptions::default(), chair(), Some(&lenient), now()).unwrap();
    assert!(matches!(result.timestamp, TimestampOutcome::Missing(_)));
    assert_eq!(result.level, pades::sign::Level::BB);
    assert_eq!(judge(&result.onto(&pdf)).verdict, Verdict::Valid);
}

#[test]
fn a_timestamp_for_something_else_is_not_embedded() {
    let mut request = vec![0x30, 0x39, 2, 1, 1, 0x30, 0x31, 0x30, 0x0D, 6, 9];
    request.extend([0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20]);
    request.extend([7; 32]);
    request.extend([1, 1, 0xFF]);
    let other = Replay(tsa().respond(&request, now()).unwrap());
    let refused = sign(&paper(), &SignOptions::default(), chair(), Some(&stamping(&other)), now());
    assert!(matches!(refused, Err(SignError::Timestamp(TimestampError::Imprint))), "{refused:?}");
}

/// Stamps with some key, and bends the answer.
struct Bent<'a>(&'a TestTimestampAuthority, fn(&mut Vec<u8>));
impl TimestampService for Bent<'_> {
    fn timestamp(&self, request: &[u8]) -> Result<Vec<u8>, ServiceError> {
        let mut answer = self.0.respond(request, now())?;
        self.1(&mut answer);
        Ok(answer)
    }
}

/// Why a strict signer takes no timestamp from this authority.
fn timestamp_refused(authority: &TestTimestampAuthority, bend: fn(&mut Vec<u8>)) -> TimestampError {
    let service = Bent(authority, bend);
    match sign(&paper(), &SignOptions::default(), chair(), Some(&stamping(&service)), now()) {
        Err(SignError::Timestamp(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_bad_timestamp_is_not_embedded() {
    let honest = tsa();
    let bent = |bend| timestamp_refused(&honest, bend);
    assert!(matches!(bent(|answer| *answer = b"<html>502</html>".to_vec()), TimestampError::Malformed(_)));
    assert!(matches!(bent(|answer| answer.truncate(100)), TimestampError::Malformed(_)));
    assert!(matches!(bent(Vec::clear), TimestampError::Malformed(_)));
    // PKIStatus 2, rejection, and no token.
    assert_eq!(bent(|answer| *answer = vec![0x30, 5, 0x30, 3, 2, 1, 2]), TimestampError::Refused(2));
    let last = |answer: &mut Vec<u8>| *answer.last_mut().unwrap() ^= 1;
    assert_eq!(bent(last), TimestampError::Signature);
}

#[test]
fn a_timestamp_by_the_wrong_key_is_not_embedded() {
    let subject = Subject { common_name: "Ai đó".to_owned(), ..Subject::default() };
    let issue = |authority: &Authority, role| {
        let profile = Profile::new(role);
        authority.issue(&subject, &terms(KeyKind::Rsa2048), &profile).unwrap().timestamp_authority()
    };
    let person = issue(&authority(), Role::Person).unwrap();
    assert_eq!(timestamp_refused(&person, |_| {}), TimestampError::Purpose);
    let root = Subject { common_name: "Nơi khác".to_owned(), ..Subject::default() };
    let elsewhere = Authority::root(&root, &Terms { serial: 1, ..terms(KeyKind::P256) }).unwrap();
    let stranger = issue(&elsewhere, Role::Timestamping).unwrap();
    let refused = timestamp_refused(&stranger, |_| {});
    assert!(matches!(refused, TimestampError::Untrusted(_)), "{refused:?}");
}
