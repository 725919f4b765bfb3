//! Validation data and timestamps as an attacker would bend them: never a panic, never a gain.

use pades::authority::Answer;
use pades::trust::{
    Certificate, Evidence, EvidenceKind, EvidenceSource, Question, Standing, ValidationData, status,
};
use pades::verify::{Context, Indication, RevocationPolicy, verify};
use proptest::prelude::*;

use crate::pki::{Pki, crls, day, ocsps, stored};

/// Every so many positions, with steps that share no factor with common lengths.
fn sampled(length: usize, step: usize) -> impl Iterator<Item = usize> {
    (0..length).step_by(step)
}

#[test]
fn a_bent_document_timestamp_proves_no_other_time() {
    let pki = Pki::new();
    let at = day("2026-10-01");
    let pdf = pki.archived(&pki.signed(at), at);
    let key = b"/Contents <";
    let start = pdf.windows(key.len()).rposition(|w| w == key).unwrap() + key.len();
    let length = pdf[start..].iter().position(|b| *b == b'>').unwrap();
    let honest = pki.first(&pdf, day("2026-10-02"), &[]).signing_time;
    for place in sampled(length.min(6000), 61) {
        let mut bent = pdf.clone();
        bent[start + place] = if bent[start + place] == b'7' { b'9' } else { b'7' };
        let context = Context::new(&pki.anchors, day("2026-10-02"));
        let Ok(report) = verify(&bent, &context) else { continue };
        let stamp = &report.signatures[1];
        // Certificates beside the signature and the padding behind it are nobody's word.
        assert!(stamp.indication != Indication::TotalPassed || stamp.signing_time == honest, "digit {place}");
    }
}

#[test]
fn a_bent_signature_timestamp_leaves_the_signature_alone() {
    let pki = Pki::new();
    let at = day("2026-10-01");
    let pdf = pki.stamped(at);
    // The time of the token as it stands in hexadecimal: one year earlier.
    let (from, to) = (hex::encode("20261001120000Z"), hex::encode("20251001120000Z"));
    let place = pdf.windows(from.len()).position(|w| w == from.as_bytes()).expect("the time of the token");
    let mut bent = pdf.clone();
    bent.splice(place..place + from.len(), to.bytes());
    let signature = pki.first(&bent, day("2026-10-02"), &[]);
    assert!(signature.intact && signature.indication == Indication::TotalPassed, "{signature:#?}");
    assert!(crate::office::codes(&signature).contains(&"timestamp-invalid"));
    assert_eq!(signature.time_source, pades::verify::TimeSource::Claimed);
}

#[test]
fn bent_evidence_in_the_store_is_no_evidence() {
    let pki = Pki::new();
    let at = day("2026-10-01");
    let signed = pki.stamped(at);
    let evidence = pki.evidence(at);
    let answer = &evidence.ocsps[0];
    // The signature's bytes: certificates behind them are nobody's word.
    let signed_length = answer.len() - pki.sub.certificate().to_der().unwrap().len() - 8;
    for place in sampled(signed_length, 17) {
        let mut bent = answer.clone();
        bent[place] ^= 0x21;
        let data = ValidationData { ocsps: vec![bent], ..evidence.clone() };
        let context = Context { revocation: RevocationPolicy::Required, ..Context::new(&pki.anchors, at) };
        let report = verify(&stored(&signed, &data, at), &context).unwrap();
        assert_eq!(report.signatures[0].indication, Indication::Indeterminate, "byte {place}");
    }
}

#[test]
fn a_good_answer_from_before_does_not_hide_a_revocation() {
    let pki = Pki::new();
    let (then, at) = (day("2026-10-01"), day("2026-11-22"));
    let signed = stored(&pki.stamped(then), &pki.evidence(then), then);
    let revoked = ocsps(&[pki.answer(Answer::Revoked(day("2026-09-01"), 1), at)]);
    let signature = pki.first(&signed, at, &[revoked]);
    assert_eq!(signature.sub_indication, Some(pades::verify::SubIndication::RevokedNoPoe));
    let listed = crls(&[pki.sub_list(&[(Pki::PERSON, day("2026-09-01"), 1)], at)]);
    assert_ne!(pki.first(&signed, at, &[listed]).indication, Indication::TotalPassed);
}

fn ask(kind: EvidenceKind, der: &[u8]) -> Standing {
    use std::sync::OnceLock;
    static CERTIFICATES: OnceLock<[Vec<u8>; 2]> = OnceLock::new();
    let [person, sub] = CERTIFICATES.get_or_init(|| {
        let pki = Pki::new();
        [&pki.person.certificate, pki.sub.certificate()].map(|one| one.to_der().unwrap())
    });
    let (certificate, issuer) = (Certificate::from_der(person).unwrap(), Certificate::from_der(sub).unwrap());
    let now = day("2026-11-22");
    let question =
        Question { certificate: &certificate, issuer: &issuer, at: now, now, issuer_good_until: None };
    let piece = Evidence { kind, der: der.into(), source: EvidenceSource::Given, known_since: now };
    status(&question, &[piece], &[]).standing
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_are_evidence_by_chance(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert_eq!(ask(EvidenceKind::Ocsp, &bytes), Standing::Unknown);
        prop_assert_eq!(ask(EvidenceKind::Crl, &bytes), Standing::Unknown);
        let _ = ValidationData::from_bytes(&bytes);
    }

    #[test]
    fn no_nesting_breaks_the_reader(tags in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut bytes = Vec::new();
        for tag in tags {
            let length = bytes.len();
            let head = if length < 128 { vec![tag, length as u8] } else { vec![tag, 0x82, (length >> 8) as u8, length as u8] };
            bytes = [head, bytes].concat();
        }
        prop_assert_eq!(ask(EvidenceKind::Ocsp, &bytes), Standing::Unknown);
        prop_assert_eq!(ask(EvidenceKind::Crl, &bytes), Standing::Unknown);
    }
}
