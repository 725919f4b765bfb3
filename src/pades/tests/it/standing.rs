//! Revoked or not, and by when: what evidence does to a verdict.

use std::cell::RefCell;

use jiff::{SignedDuration, Timestamp, ToSpan};
use pades::authority::{Answer, Issued, KeyKind, Period, Profile, Role};
use pades::trust::{EvidenceKind, EvidenceSource, Fetch, FetchError, RevocationReason, ValidationData};
use pades::verify::Indication::{Indeterminate, TotalFailed, TotalPassed};
use pades::verify::{
    Context, Indication, RevocationPolicy, SignatureReport, StandingReport, SubIndication, TimeSource,
    Verdict, verify,
};

use crate::office::{codes, paper};
use crate::pki::{Pki, Plan, around, crls, day, ocsps, stored};

fn says(signature: &SignatureReport) -> (Indication, Option<SubIndication>) {
    (signature.indication, signature.sub_indication)
}

const OPEN: Indication = Indeterminate;

fn today() -> Timestamp {
    day("2026-11-22")
}

#[test]
fn missing_evidence_is_told_for_each_certificate() {
    let pki = Pki::new();
    let signed = pki.signed(today());
    let lenient = pki.first(&signed, today(), &[]);
    assert_eq!(says(&lenient), (TotalPassed, None));
    let missing: Vec<_> = lenient.messages.iter().filter(|m| m.code == "revocation-not-checked").collect();
    assert_eq!(missing.len(), 2, "{missing:#?}");
    assert!(missing[0].en.contains("Lê Thị Người") && missing[1].en.contains("Sub CA"));
    assert!(missing[0].vi.contains("không có bằng chứng"), "{}", missing[0].vi);

    let strict = pki.first_strictly(&signed, today(), &[]);
    assert_eq!(says(&strict), (OPEN, Some(SubIndication::TryLater)));
    assert!(codes(&strict).contains(&"revocation-unknown"));
}

#[test]
fn evidence_for_all_satisfies_whoever_requires_it() {
    let pki = Pki::new();
    let signature = pki.first_strictly(&pki.signed(today()), today(), &[pki.evidence(today())]);
    assert_eq!(says(&signature), (TotalPassed, None), "{signature:#?}");
    assert!(!codes(&signature).iter().any(|code| code.starts_with("revocation")));
    let status = signature.certificate_status.unwrap();
    assert_eq!(status.standing, StandingReport::Good);
    let evidence = status.evidence.unwrap();
    assert_eq!((evidence.kind, evidence.source), (EvidenceKind::Ocsp, EvidenceSource::Given));
    assert_eq!(signature.chain[1].status.evidence.as_ref().unwrap().kind, EvidenceKind::Crl);
    assert_eq!(signature.chain[2].status.standing, StandingReport::Anchor);
}

#[test]
fn a_revoked_certificate_does_not_pass_even_where_evidence_is_not_required() {
    let pki = Pki::new();
    let revoked = ocsps(&[pki.answer(Answer::Revoked(day("2026-11-01"), 1), today())]);
    let signature = pki.first(&pki.signed(today()), today(), &[revoked]);
    assert_eq!(says(&signature), (OPEN, Some(SubIndication::RevokedNoPoe)), "{signature:#?}");
    let status = signature.certificate_status.unwrap();
    assert_eq!(
        (status.standing, status.reason),
        (StandingReport::Revoked, Some(RevocationReason::KeyCompromise))
    );
    assert_eq!(status.revoked_at.as_deref(), Some("2026-11-01T19:00:00+07:00"));
}

#[test]
fn a_signature_proven_to_be_older_than_the_revocation_passes() {
    let pki = Pki::new();
    let revoked = ocsps(&[pki.answer(Answer::Revoked(day("2026-11-01"), 1), today())]);
    let older = pki.stamped(day("2026-10-01"));
    let signature = pki.first(&older, today(), std::slice::from_ref(&revoked));
    assert_eq!(says(&signature), (TotalPassed, None), "{signature:#?}");
    assert!(codes(&signature).contains(&"revoked-later"));
    let younger = pki.first(&pki.stamped(day("2026-11-10")), today(), &[revoked]);
    assert_eq!(says(&younger), (OPEN, Some(SubIndication::RevokedNoPoe)));
}

#[test]
fn a_claimed_time_is_no_proof_against_a_revocation() {
    let pki = Pki::new();
    let revoked = ocsps(&[pki.answer(Answer::Revoked(day("2026-11-01"), 1), today())]);
    let signature = pki.first(&pki.signed(day("2026-10-01")), today(), &[revoked]);
    assert_eq!(says(&signature), (OPEN, Some(SubIndication::RevokedNoPoe)));
    assert_eq!(signature.time_source, TimeSource::Claimed);
}

#[test]
fn a_signature_made_after_the_revocation_fails() {
    let pki = Pki::new();
    let revoked = ocsps(&[pki.answer(Answer::Revoked(day("2026-11-01"), 1), today())]);
    // It covers a timestamp that is younger than the revocation.
    let signed = pki.signed_onto(&pki.archived(&paper(), day("2026-11-10")), day("2026-10-01"));
    let report = pki.verdict(&signed, today(), RevocationPolicy::IfAvailable, &[revoked]);
    assert_eq!(says(&report.signatures[1]), (TotalFailed, Some(SubIndication::Revoked)));
    assert_eq!(report.verdict, Verdict::Invalid);
    assert!(report.sentence.en.contains("after its certificate was revoked"));
}

#[test]
fn a_revoked_authority_takes_its_certificates_with_it() {
    let pki = Pki::new();
    let revoked = crls(&[pki.root_list(&[(Pki::SUB, day("2026-11-01"), 2)], today())]);
    let signature = pki.first(&pki.signed(today()), today(), std::slice::from_ref(&revoked));
    assert_eq!(says(&signature), (OPEN, Some(SubIndication::RevokedCaNoPoe)));
    let older = pki.first(&pki.stamped(day("2026-10-01")), today(), &[revoked]);
    assert_eq!(says(&older), (TotalPassed, None));
}

#[test]
fn an_answer_of_a_revoked_authority_is_not_believed() {
    let pki = Pki::new();
    let signed = pki.stamped(day("2026-10-01"));
    let mut evidence = crls(&[pki.root_list(&[(Pki::SUB, day("2026-11-01"), 2)], today())]);
    // Signed with the key that was stolen, and dated back.
    evidence.ocsps.push(pki.answer(Answer::Good, day("2026-10-02")));
    let signature = pki.first_strictly(&signed, today(), &[evidence]);
    assert_eq!(says(&signature), (OPEN, Some(SubIndication::RevocationOutOfBoundsNoPoe)), "{signature:#?}");
}

#[test]
fn a_suspended_certificate_waits() {
    let pki = Pki::new();
    let held = crls(&[pki.sub_list(&[(Pki::PERSON, day("2026-11-01"), 6)], today())]);
    let signature = pki.first(&pki.signed(today()), today(), &[held]);
    assert_eq!(says(&signature), (OPEN, Some(SubIndication::TryLater)));
    assert_eq!(signature.certificate_status.unwrap().standing, StandingReport::OnHold);
    assert!(signature.messages.iter().any(|m| m.code == "on-hold"));
}

#[test]
fn old_evidence_does_not_speak_of_today() {
    let pki = Pki::new();
    let old = pki.evidence(day("2026-10-01"));
    let untimed = pki.first_strictly(&pki.signed(day("2026-10-01")), today(), std::slice::from_ref(&old));
    assert_eq!(says(&untimed), (OPEN, Some(SubIndication::TryLater)));
    assert!(untimed.messages.iter().any(|m| m.en.contains("the evidence is too old")), "{untimed:#?}");
}

#[test]
fn evidence_after_the_signature_speaks_of_it() {
    let pki = Pki::new();
    let signature = pki.first_strictly(&pki.stamped(day("2026-10-01")), today(), &[pki.evidence(today())]);
    assert_eq!((says(&signature), signature.time_source), ((TotalPassed, None), TimeSource::Timestamp));
}

/// A responder that is good for a month only, and its answer about the person.
fn short_lived(pki: &Pki) -> (Issued, Vec<u8>) {
    let plan = Plan::new("Trả lời", Role::Responder { no_check: true }).valid("2026-10-01", "2026-11-01");
    let responder = plan.issue(&pki.sub, 30);
    let at = day("2026-10-15");
    let answer = pki.sub.answer(&pki.person.certificate, Answer::Good, around(at), Some(&responder)).unwrap();
    (responder, answer)
}

#[test]
fn an_answer_outlives_its_responder_only_with_a_proof_of_age() {
    let pki = Pki::new();
    let signed = pki.stamped(day("2026-10-15"));
    let (_, answer) = short_lived(&pki);
    let data = ValidationData { ocsps: vec![answer], ..pki.evidence(today()) };
    let unproven = stored(&signed, &data, today());
    let signature = pki.first_strictly(&unproven, today(), &[]);
    assert_eq!(says(&signature), (OPEN, Some(SubIndication::RevocationOutOfBoundsNoPoe)), "{signature:#?}");

    let proven = pki.archived(&unproven, day("2026-10-20"));
    let signature = pki.first_strictly(&proven, today(), &[]);
    assert_eq!(says(&signature), (TotalPassed, None), "{signature:#?}");
    assert_eq!(
        signature.certificate_status.unwrap().evidence.unwrap().known_since,
        "2026-10-20T19:00:00+07:00"
    );
}

#[test]
fn a_timestamp_authority_that_was_revoked_proves_nothing() {
    let pki = Pki::new();
    let revoked = crls(&[pki.root_list(&[(Pki::STAMPER, day("2026-11-01"), 1)], today())]);
    let signature = pki.first(&pki.stamped(day("2026-10-01")), today(), std::slice::from_ref(&revoked));
    assert_eq!((says(&signature), signature.time_source), ((TotalPassed, None), TimeSource::Claimed));
    assert!(codes(&signature).contains(&"timestamp-untrusted"));
    assert_eq!(signature.timestamps[0].sub_indication, Some(SubIndication::RevokedNoPoe));
}

#[test]
fn timestamps_that_contradict_each_other_decide_nothing() {
    let pki = Pki::new();
    let stamped = pki.archived(&paper(), day("2026-11-10"));
    let signed = pki.stamped_onto(&stamped, day("2026-11-11"), day("2026-11-01"));
    let report = pki.verdict(&signed, today(), RevocationPolicy::IfAvailable, &[]);
    assert_eq!(says(&report.signatures[1]), (OPEN, Some(SubIndication::TimestampOrderFailure)));
}

#[test]
fn a_timestamp_from_the_future_proves_nothing() {
    let pki = Pki::new();
    let signed = pki.stamped_onto(&paper(), today(), today() + 2.hours());
    let signature = pki.first(&signed, today(), &[]);
    assert_eq!(signature.time_source, TimeSource::Claimed, "{signature:#?}");
    let soon = pki.stamped_onto(&paper(), today(), today() + SignedDuration::from_secs(2));
    assert_eq!(pki.first(&soon, today(), &[]).time_source, TimeSource::Timestamp, "clocks differ a little");
}

/// A network where the office's authorities answer, and that remembers who was asked.
struct Net<'p> {
    pki: &'p Pki,
    at: Timestamp,
    asked: RefCell<Vec<String>>,
}

impl Fetch for Net<'_> {
    fn ocsp(&self, address: &str, _: &[u8]) -> Result<Vec<u8>, FetchError> {
        self.asked.borrow_mut().push(address.to_owned());
        Ok(self.pki.answer(Answer::Good, self.at))
    }

    fn crl(&self, address: &str) -> Result<Vec<u8>, FetchError> {
        self.asked.borrow_mut().push(address.to_owned());
        Ok(self.pki.root_list(&[], self.at))
    }

    fn certificate(&self, address: &str) -> Result<Vec<u8>, FetchError> {
        self.asked.borrow_mut().push(address.to_owned());
        Ok(self.pki.sub.certificate().to_der().unwrap())
    }
}

#[test]
fn what_is_missing_is_asked_for() {
    let pki = Pki::connected();
    let net = Net { pki: &pki, at: today(), asked: RefCell::default() };
    let context = Context {
        revocation: RevocationPolicy::Required,
        fetch: Some(&net),
        ..Context::new(&pki.anchors, today())
    };
    let report = verify(&pki.stamped(day("2026-11-20")), &context).unwrap();
    assert_eq!(report.verdict, Verdict::Valid, "{report:#?}");
    let status = report.signatures[0].certificate_status.clone().unwrap();
    assert_eq!(status.evidence.unwrap().source, EvidenceSource::Network);
    assert_eq!(*net.asked.borrow(), ["http://crl.test/root", "http://ocsp.test/"], "each once");
}

#[test]
fn nobody_is_asked_for_what_the_file_holds() {
    let pki = Pki::connected();
    let net = Net { pki: &pki, at: today(), asked: RefCell::default() };
    let context = Context {
        revocation: RevocationPolicy::Required,
        fetch: Some(&net),
        ..Context::new(&pki.anchors, today())
    };
    let pdf = stored(&pki.stamped(today()), &pki.evidence(today()), today());
    assert_eq!(verify(&pdf, &context).unwrap().verdict, Verdict::Valid);
    assert!(net.asked.borrow().is_empty(), "{:?}", net.asked);
}

#[test]
fn a_missing_authority_is_fetched() {
    let mut pki = Pki::connected();
    pki.person.chain.clear();
    let signed = pki.signed(today());
    assert_eq!(pki.first(&signed, today(), &[]).sub_indication, Some(SubIndication::NoCertificateChainFound));
    let net = Net { pki: &pki, at: today(), asked: RefCell::default() };
    let context = Context {
        revocation: RevocationPolicy::Required,
        fetch: Some(&net),
        ..Context::new(&pki.anchors, today())
    };
    assert_eq!(verify(&signed, &context).unwrap().verdict, Verdict::Valid);
}

#[test]
fn a_large_list_is_searched_in_one_pass() {
    let pki = Pki::new();
    let many: Vec<_> = (1000..21_000).map(|serial| (serial, day("2026-01-01"), 4)).collect();
    let list = pki.sub_list(&many, today());
    let signature = pki.first(&pki.signed(today()), today(), &[crls(&[list])]);
    assert_eq!(signature.certificate_status.unwrap().standing, StandingReport::Good);
}

#[test]
fn a_response_signed_by_a_short_key_is_not_used() {
    let pki = Pki::new();
    let plan = Plan {
        key: KeyKind::Rsa1024,
        profile: Profile::new(Role::Responder { no_check: true }),
        ..Plan::new("Trả lời", Role::Person)
    };
    let responder = plan.issue(&pki.sub, 31);
    let period = Period { this_update: today(), next_update: None };
    let answer = pki.sub.answer(&pki.person.certificate, Answer::Good, period, Some(&responder)).unwrap();
    let data = ValidationData { ocsps: vec![answer], ..pki.evidence(today()) };
    let signature = pki.first_strictly(&pki.signed(today()), today(), &[data]);
    assert_eq!(says(&signature), (OPEN, Some(SubIndication::TryLater)));
    assert!(signature.messages.iter().any(|m| m.en.contains("weak algorithm")), "{signature:#?}");
}
