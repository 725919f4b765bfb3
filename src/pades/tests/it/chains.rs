//! Chains: certificates that lead to an anchor, and all the ways in which they do not.

use pades::DigestAlgorithm;
use pades::authority::{Extra, KeyKind, Profile, Role};
use pades::verify::Indication::{Indeterminate, TotalFailed, TotalPassed};
use pades::verify::{Indication, SignatureReport, StandingReport, SubIndication, TimeSource};

use crate::external::signed_against_the_rules;
use crate::office::{codes, paper};
use crate::pki::{Pki, Plan, Plans, day, tlv};

fn says(signature: &SignatureReport) -> (Indication, Option<SubIndication>) {
    (signature.indication, signature.sub_indication)
}

/// The verdict of the day on a signature of the same day.
fn today(pki: &Pki) -> SignatureReport {
    let at = day("2026-11-22");
    pki.first(&pki.signed(at), at, &[])
}

#[test]
fn a_chain_is_shown_from_the_signer_to_the_anchor() {
    let signature = today(&Pki::new());
    assert_eq!(says(&signature), (TotalPassed, None), "{signature:#?}");
    let names: Vec<_> = signature.chain.iter().filter_map(|l| l.certificate.common_name.as_deref()).collect();
    assert_eq!(names, ["Lê Thị Người", "Sub CA", "Root CA"]);
    assert_eq!(signature.chain.iter().map(|link| link.anchor).collect::<Vec<_>>(), [false, false, true]);
    let status = signature.certificate_status.unwrap();
    assert!(status.within_validity);
    assert_eq!(status.standing, StandingReport::Unknown);
}

#[test]
fn an_unknown_root_is_not_trusted_whatever_its_name() {
    let (own, other) = (Pki::new(), Pki::new());
    let at = day("2026-11-22");
    let signature = other.first(&own.signed(at), at, &[]);
    assert_eq!(says(&signature), (Indeterminate, Some(SubIndication::NoCertificateChainFound)));
    assert!(signature.chain.is_empty());
}

#[test]
fn an_expired_certificate_needs_a_proof_of_age() {
    let pki = Pki::new();
    let (signed, later) = (pki.signed(day("2026-11-22")), day("2031-01-01"));
    let signature = pki.first(&signed, later, &[]);
    assert_eq!(says(&signature), (Indeterminate, Some(SubIndication::OutOfBoundsNoPoe)));
    assert_eq!(signature.chain.len(), 3, "the certificates are named all the same");
    assert!(!signature.certificate_status.unwrap().within_validity);
}

#[test]
fn a_signature_after_the_expiry_fails() {
    let pki = Pki::of(&Plans {
        person: Plans::default().person.valid("2025-01-01", "2026-06-01"),
        ..Plans::default()
    });
    // The document timestamp that the signature covers is younger than the certificate.
    let stamped = pki.archived(&paper(), day("2026-11-22"));
    let signed = pki.signed_onto(&stamped, day("2026-05-01"));
    let report = pki.verdict(&signed, day("2026-11-23"), pades::verify::RevocationPolicy::IfAvailable, &[]);
    assert_eq!(says(&report.signatures[1]), (TotalFailed, Some(SubIndication::Expired)), "{report:#?}");
    assert!(report.sentence.en.contains("expired"), "{}", report.sentence.en);
}

#[test]
fn a_signature_before_the_certificate_fails() {
    let pki = Pki::new();
    let signed = pki.stamped_onto(&paper(), day("2026-11-22"), day("2025-01-02"));
    assert_eq!(says(&pki.first(&signed, day("2026-11-23"), &[])), (TotalPassed, None));
    let late = Pki::of(&Plans {
        person: Plans::default().person.valid("2026-10-01", "2030-01-01"),
        ..Plans::default()
    });
    let signed = late.stamped_onto(&paper(), day("2026-11-22"), day("2026-02-01"));
    let signature = late.first(&signed, day("2026-11-23"), &[]);
    let unproven = late.first(&late.signed(day("2026-11-22")), day("2026-02-01"), &[]);
    assert_eq!(says(&unproven), (Indeterminate, Some(SubIndication::OutOfBoundsNoPoe)));
    assert_eq!(says(&signature), (TotalFailed, Some(SubIndication::NotYetValid)));
}

#[test]
fn a_certificate_for_something_else_may_not_sign() {
    for role in [Role::Timestamping, Role::Responder { no_check: true }] {
        let pki = Pki::of(&Plans { person: Plan::new("Máy chủ", role), ..Plans::default() });
        let Some(pdf) = signed_against_the_rules(&pki.person) else { return };
        let signature = pki.first(&pdf, day("2026-11-22"), &[]);
        assert_eq!(
            says(&signature),
            (Indeterminate, Some(SubIndication::ChainConstraintsFailure)),
            "{role:?}"
        );
        assert!(codes(&signature).contains(&"key-usage"));
    }
}

/// The office with an extension more in its authority's certificate.
fn with_extension(oid: &'static str, value: Vec<u8>) -> SignatureReport {
    let mut plans = Plans::default();
    plans.sub.profile.extras.push(Extra { oid, critical: true, value });
    today(&Pki::of(&plans))
}

#[test]
fn names_outside_the_constraints_are_refused() {
    let country = |code: &[u8]| {
        let name = tlv(0x30, &tlv(0x31, &tlv(0x30, &[tlv(6, &[0x55, 4, 6]), tlv(0x13, code)].concat())));
        let subtree = tlv(0x30, &tlv(0xA4, &name));
        tlv(0x30, &tlv(0xA0, &subtree))
    };
    assert_eq!(says(&with_extension("2.5.29.30", country(b"VN"))), (TotalPassed, None));
    let foreign = with_extension("2.5.29.30", country(b"XX"));
    assert_eq!(says(&foreign), (Indeterminate, Some(SubIndication::ChainConstraintsFailure)));
}

#[test]
fn a_policy_that_is_demanded_must_be_there() {
    // requireExplicitPolicy from here on (RFC 5280 §4.2.1.11)
    let signature = with_extension("2.5.29.36", tlv(0x30, &[0x80, 1, 0]));
    assert_eq!(says(&signature), (Indeterminate, Some(SubIndication::ChainConstraintsFailure)));
}

#[test]
fn an_unknown_critical_extension_is_refused() {
    let signature = with_extension("1.2.3.4.5", vec![5, 0]);
    assert_eq!(signature.indication, Indeterminate);
    assert_eq!(signature.sub_indication, Some(SubIndication::ChainConstraintsFailure));
}

#[test]
fn more_authorities_than_the_path_length_are_refused() {
    let mut pki = Pki::new();
    pki.sub = Plan::new("Sub CA 2", Role::Authority(None)).issue(&pki.sub, 20).authority();
    pki.person = Plan::new("Người", Role::Person).issue(&pki.sub, 21);
    assert_eq!(says(&today(&pki)), (Indeterminate, Some(SubIndication::ChainConstraintsFailure)));
}

#[test]
fn a_person_cannot_issue_certificates() {
    let mut pki = Pki::new();
    pki.sub = pki.person.authority();
    pki.person = Plan::new("Kẻ mạo danh", Role::Person).issue(&pki.sub, 21);
    assert_eq!(says(&today(&pki)), (Indeterminate, Some(SubIndication::ChainConstraintsFailure)));
}

#[test]
fn a_certificate_signed_with_sha1_is_too_weak_today() {
    let mut plans = Plans::default();
    plans.person.profile.digest = DigestAlgorithm::Sha1;
    let signature = today(&Pki::of(&plans));
    assert_eq!(says(&signature), (Indeterminate, Some(SubIndication::CryptoConstraintsFailure)));
    assert!(codes(&signature).contains(&"weak-algorithm"));
}

#[test]
fn a_certificate_signed_by_a_short_key_is_too_weak_today() {
    let mut plans = Plans::default();
    plans.sub.key = KeyKind::Rsa1024;
    let signature = today(&Pki::of(&plans));
    assert_eq!(says(&signature), (Indeterminate, Some(SubIndication::CryptoConstraintsFailure)));
}

#[test]
fn an_old_algorithm_holds_for_what_is_proven_to_be_as_old() {
    let old = |plan: Plan| plan.valid("2010-01-01", "2030-01-01");
    let defaults = Plans::default();
    let mut person = old(defaults.person);
    person.profile = Profile { digest: DigestAlgorithm::Sha1, ..Profile::new(Role::Person) };
    let pki = Pki::of(&Plans { person, sub: old(defaults.sub), stamper: old(defaults.stamper) });

    let unproven = pki.first(&pki.signed(day("2012-05-01")), day("2026-11-22"), &[]);
    assert_eq!(says(&unproven), (Indeterminate, Some(SubIndication::CryptoConstraintsFailureNoPoe)));
    let proven = pki.first(&pki.stamped(day("2012-05-01")), day("2026-11-22"), &[]);
    assert_eq!((says(&proven), proven.time_source), ((TotalPassed, None), TimeSource::Timestamp));
    let late = pki.first(&pki.stamped(day("2015-05-01")), day("2026-11-22"), &[]);
    assert_eq!(late.sub_indication, Some(SubIndication::CryptoConstraintsFailureNoPoe));
}

#[test]
fn a_trusted_sub_authority_ends_the_chain() {
    let mut pki = Pki::new();
    pki.anchors = [pki.sub.certificate().clone()].into_iter().collect();
    let signature = today(&pki);
    assert_eq!((says(&signature), signature.chain.len()), ((TotalPassed, None), 2));
    assert!(signature.chain[1].anchor);
}

#[test]
fn hostile_names_are_shown_harmlessly() {
    let name = "Ông \u{202E}tốt\u{0} <b>\u{7}\u{2066}xấu\u{FEFF}";
    let mut plans = Plans::default();
    plans.person.name = name;
    let signature = today(&Pki::of(&plans));
    let signer = signature.signer.unwrap();
    let shown = format!("{} {}", signer.common_name.unwrap(), signer.subject);
    assert!(shown.contains("tốt") && shown.contains("xấu"), "{shown}");
    let hostile = |c: char| c.is_control() || ('\u{202A}'..='\u{2069}').contains(&c) || c == '\u{FEFF}';
    assert!(!shown.chars().any(hostile), "{shown:?}");
}
