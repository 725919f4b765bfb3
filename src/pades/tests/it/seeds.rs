//! Conditions that a field's author set, honoured or named in the refusal.

use pades::pdf::Pdf;
use pades::sign::{
    Constraint, Permission, SignError, SignOptions, SignatureFormat, Signer, append_document_timestamp,
    seed_values, sign,
};
use pades::verify::{Kind, Verdict};

use crate::office::{Paper, Xref, chair, clerk, judge, judge_one, now, signed_with, stamping, tsa};

/// A paper with an empty field `Chair` that has these seed values.
fn seeded(seed: &str) -> Vec<u8> {
    let field = format!(
        "<</Type/Annot/Subtype/Widget/FT/Sig/T(Chair)/Rect[0 0 0 0]/P 3 0 R/F 4/SV<</Type/SV{seed}>>>>"
    );
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Annots[6 0 R]\
                /Resources<</Font<</F1 5 0 R>>>>>>";
    let catalog = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R]>>>>";
    Paper::new(Xref::Table).with(1, catalog).with(3, page).with(6, &field).pdf()
}

fn here() -> SignOptions {
    SignOptions { field: Some("Chair".to_owned()), ..SignOptions::default() }
}

/// What a condition says to these options.
fn asks(seed: &str, options: &SignOptions) -> Result<Vec<u8>, Constraint> {
    let pdf = seeded(seed);
    match sign(&pdf, options, chair(), None, now()) {
        Ok(signed) => {
            let signed = signed.onto(&pdf);
            assert_eq!(judge(&signed).verdict, Verdict::Valid, "{seed}");
            Ok(signed)
        }
        Err(SignError::SeedValue(constraint)) => Err(constraint),
        Err(other) => panic!("{seed}: {other:?}"),
    }
}

#[test]
fn an_unknown_handler_or_version_is_refused_when_required() {
    assert_eq!(asks("/Ff 1/Filter/Entrust.PPKEF", &here()).unwrap_err(), Constraint::Filter);
    assert!(asks("/Ff 1/Filter/Adobe.PPKLite", &here()).is_ok());
    assert!(asks("/Filter/Entrust.PPKEF", &here()).is_ok());
    assert_eq!(asks("/Ff 4/V 4", &here()).unwrap_err(), Constraint::Version);
    assert!(asks("/Ff 4/V 3", &here()).is_ok());
    let named = asks("/Ff 256/AppearanceFilter(Seal)", &here());
    assert_eq!(named.unwrap_err(), Constraint::AppearanceFilter);
}

#[test]
fn the_form_of_the_signature_follows_the_field() {
    let form = |pdf: Vec<u8>| judge_one(&pdf).sub_filter;
    let older = "/SubFilter[/adbe.x509.rsa_sha1/adbe.pkcs7.detached]";
    assert_eq!(form(asks(older, &here()).unwrap()), "adbe.pkcs7.detached");
    let explicit = SignOptions { format: Some(SignatureFormat::Cades), ..here() };
    assert_eq!(form(asks(older, &explicit).unwrap()), "ETSI.CAdES.detached");
    assert_eq!(asks(&format!("/Ff 2{older}"), &explicit).unwrap_err(), Constraint::SubFilter);
    let strange = asks("/Ff 2/SubFilter[/adbe.x509.rsa_sha1]", &here());
    assert_eq!(strange.unwrap_err(), Constraint::SubFilter);
    assert_eq!(form(asks("/Ff 2/SubFilter[/ETSI.CAdES.detached]", &here()).unwrap()), "ETSI.CAdES.detached");
}

#[test]
fn the_digest_follows_the_field() {
    let digest = |pdf: Vec<u8>| judge_one(&pdf).digest_algorithm.unwrap();
    assert_eq!(digest(asks("/DigestMethod[(SHA1)(SHA384)]", &here()).unwrap()), "sha384");
    assert_eq!(digest(asks("/Ff 64/DigestMethod[(SHA512)(SHA256)]", &here()).unwrap()), "sha256");
    assert_eq!(asks("/Ff 64/DigestMethod[(SHA1)]", &here()).unwrap_err(), Constraint::DigestMethod);
    assert_eq!(digest(asks("/DigestMethod[(SHA1)]", &here()).unwrap()), "sha256");
    let explicit = SignOptions { digest: Some(pades::DigestAlgorithm::Sha512), ..here() };
    assert_eq!(asks("/Ff 64/DigestMethod[(SHA256)]", &explicit).unwrap_err(), Constraint::DigestMethod);
    assert_eq!(digest(asks("/DigestMethod[(SHA256)]", &explicit).unwrap()), "sha512");
}

#[test]
fn reasons_are_chosen_from_the_list() {
    let because = |reason: &str| SignOptions { reason: Some(reason.to_owned()), ..here() };
    let list = "/Ff 8/Reasons[(Agreed)(Seen)]";
    assert!(asks(list, &because("Seen")).is_ok());
    assert_eq!(asks(list, &because("Bored")).unwrap_err(), Constraint::Reasons);
    assert_eq!(asks(list, &here()).unwrap_err(), Constraint::Reasons);
    let only = asks("/Ff 8/Reasons[(Agreed)]", &here()).unwrap();
    assert!(String::from_utf8_lossy(&only).contains("/Reason (Agreed)"));
    assert!(asks("/Ff 8/Reasons[(.)]", &here()).is_ok());
    assert_eq!(asks("/Ff 8/Reasons[(.)]", &because("x")).unwrap_err(), Constraint::Reasons);
    assert!(asks("/Reasons[(Agreed)]", &because("Bored")).is_ok());
}

#[test]
fn certification_follows_the_field() {
    let report = judge_one(&asks("/MDP<</P 2>>", &here()).unwrap());
    assert_eq!((report.kind, report.docmdp), (Kind::Certification, Some(2)));
    let certifies = |permission| SignOptions { certify: Some(permission), ..here() };
    assert_eq!(asks("/MDP<</P 0>>", &certifies(Permission::Forms)).unwrap_err(), Constraint::Permission);
    assert_eq!(asks("/MDP<</P 1>>", &certifies(Permission::Forms)).unwrap_err(), Constraint::Permission);
    assert!(asks("/MDP<</P 0>>", &here()).is_ok());
}

#[test]
fn attestations_are_a_persons_choice() {
    let list = "/Ff 16/MDP<</P 2>>/LegalAttestation[(No hidden content)]";
    assert_eq!(asks(list, &here()).unwrap_err(), Constraint::LegalAttestation);
    let attests = |text: &str| SignOptions { legal_attestation: Some(text.to_owned()), ..here() };
    assert_eq!(asks(list, &attests("whatever")).unwrap_err(), Constraint::LegalAttestation);
    let signed = asks(list, &attests("No hidden content")).unwrap();
    assert!(String::from_utf8_lossy(&signed).contains("/Legal <</Attestation (No hidden content)>>"));
}

#[test]
fn a_required_timestamp_is_not_forgone() {
    let pdf = seeded("/TimeStamp<</URL(https://tsa.example)/Ff 1>>");
    let without = sign(&pdf, &here(), chair(), None, now());
    assert!(matches!(without, Err(SignError::TimestampRequired)));
    let authority = tsa();
    let service = authority.at(now());
    assert!(sign(&pdf, &here(), chair(), Some(&stamping(&service)), now()).is_ok());
    let silent = pades::sign::Stamping { required: false, ..stamping(&Silent) };
    let missing = sign(&pdf, &here(), chair(), Some(&silent), now());
    assert!(matches!(missing, Err(SignError::Timestamp(_))));
    let told = seed_values(&Pdf::open(&pdf).unwrap(), "Chair").unwrap().unwrap();
    assert_eq!((told.timestamp_url.as_deref(), told.timestamp_required), (Some("https://tsa.example"), true));
}

struct Silent;
impl pades::TimestampService for Silent {
    fn timestamp(&self, _: &[u8]) -> Result<Vec<u8>, pades::ServiceError> {
        Err(pades::ServiceError("no route".to_owned()))
    }
}

#[test]
fn revocation_information_is_promised_or_refused() {
    let wanted = "/Ff 32/AddRevInfo true";
    assert_eq!(asks(wanted, &here()).unwrap_err(), Constraint::RevocationInformation);
    assert!(asks(wanted, &SignOptions { adds_validation_data: true, ..here() }).is_ok());
    assert!(asks("/AddRevInfo true", &here()).is_ok());
}

#[test]
fn only_the_right_certificate_signs() {
    let listed = |certificate: &openssl::x509::X509Ref| hex::encode(certificate.to_der().unwrap());
    let (own, above) = (&chair().certificates()[0], &chair().certificates()[1]);
    let other = &clerk().certificates()[0];
    let cert = |keys: String| asks(&format!("/Cert<</Type/SVCert{keys}>>"), &here());
    assert!(cert(format!("/Ff 1/Subject[<{}>]", listed(own))).is_ok());
    assert_eq!(
        cert(format!("/Ff 1/Subject[<{}>]", listed(other))).unwrap_err(),
        Constraint::CertificateSubject
    );
    assert!(cert(format!("/Subject[<{}>]", listed(other))).is_ok());
    assert!(cert(format!("/Ff 2/Issuer[<{}>]", listed(above))).is_ok());
    assert_eq!(
        cert(format!("/Ff 2/Issuer[<{}>]", listed(other))).unwrap_err(),
        Constraint::CertificateIssuer
    );
    assert!(cert("/Ff 8/SubjectDN[<</C(VN)>>]".to_owned()).is_ok());
    assert_eq!(cert("/Ff 8/SubjectDN[<</C(EE)>>]".to_owned()).unwrap_err(), Constraint::CertificateName);
    assert_eq!(cert("/Ff 4/OID[(2.999.1)]".to_owned()).unwrap_err(), Constraint::CertificatePolicy);
    assert!(cert("/Ff 32/KeyUsage[(11XXXXXXX)]".to_owned()).is_ok());
    assert_eq!(cert("/Ff 32/KeyUsage[(XX1)]".to_owned()).unwrap_err(), Constraint::CertificateKeyUsage);
}

#[test]
fn a_field_may_lock_the_document_when_signed() {
    let locked = asks("/LockDocument/true", &here()).unwrap();
    assert!(matches!(
        sign(&locked, &SignOptions::default(), clerk(), None, now()),
        Err(SignError::Certified)
    ));
    let authority = tsa();
    let service = authority.at(now());
    // A timestamp changes nothing that was agreed (ISO 32000-2 §12.8.5.3).
    assert!(append_document_timestamp(&locked, &stamping(&service), now()).is_ok());
}

#[test]
fn seed_values_can_be_shown_before_signing() {
    let pdf = seeded("/Ff 8/Reasons[(Agreed)(Seen)]/Cert<</URL(https://ca.example)>>");
    let told = seed_values(&Pdf::open(&pdf).unwrap(), "Chair").unwrap().unwrap();
    assert_eq!((told.reasons, told.reason_required), (vec!["Agreed".to_owned(), "Seen".to_owned()], true));
    assert_eq!(told.certificate_url.as_deref(), Some("https://ca.example"));
    assert_eq!(seed_values(&Pdf::open(&crate::office::paper()).unwrap(), "Chair").unwrap(), None);
    assert_eq!(
        judge(&signed_with(&pdf, &SignOptions { reason: Some("Seen".to_owned()), ..here() }).onto(&pdf))
            .verdict,
        Verdict::Valid
    );
}
