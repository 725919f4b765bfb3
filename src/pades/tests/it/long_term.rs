//! Levels and years: what a file proves of itself when services and certificates are gone.

use jiff::Timestamp;
use pades::authority::{Answer, Role};
use pades::trust::{EvidenceSource, ValidationData};
use pades::verify::Indication::TotalPassed;
use pades::verify::{BaselineLevel, RevocationPolicy, StampKind, SubIndication, TimeSource, Verdict};

use crate::office::codes;
use crate::pki::{Pki, Plan, Plans, around, crls, day, stored};

fn signing_day() -> Timestamp {
    day("2026-10-01")
}

fn today() -> Timestamp {
    day("2026-10-02")
}

fn level(pki: &Pki, pdf: &[u8]) -> Option<BaselineLevel> {
    pki.first(pdf, today(), &[]).level
}

#[test]
fn each_level_is_proven_by_what_it_needs() {
    let pki = Pki::new();
    let (plain, stamped) = (pki.signed(signing_day()), pki.stamped(signing_day()));
    let long_term = stored(&stamped, &pki.evidence(signing_day()), signing_day());
    let archived = pki.archived(&long_term, signing_day());
    let levels = [&plain, &stamped, &long_term, &archived].map(|pdf| level(&pki, pdf));
    let expected = [BaselineLevel::BB, BaselineLevel::BT, BaselineLevel::BLT, BaselineLevel::BLTA];
    assert_eq!(levels, expected.map(Some));
}

#[test]
fn evidence_from_outside_the_file_makes_no_level() {
    let pki = Pki::new();
    let signature = pki.first(&pki.stamped(signing_day()), today(), &[pki.evidence(signing_day())]);
    assert_eq!(signature.level, Some(BaselineLevel::BT));
}

#[test]
fn a_store_that_lacks_one_proof_is_not_long_term() {
    let pki = Pki::new();
    let stamped = pki.stamped(signing_day());
    let whole = pki.evidence(signing_day());
    let without_person = ValidationData { ocsps: Vec::new(), ..whole.clone() };
    let without_root = ValidationData { crls: Vec::new(), ..whole.clone() };
    let responder = Plan::new("Trả lời", Role::Responder { no_check: false }).issue(&pki.sub, 30);
    let by_delegate = pki
        .sub
        .answer(&pki.person.certificate, Answer::Good, around(signing_day()), Some(&responder))
        .unwrap();
    let without_responder = ValidationData { ocsps: vec![by_delegate.clone()], ..whole.clone() };
    for lacking in [without_person, without_root, without_responder] {
        let pdf = stored(&stamped, &lacking, signing_day());
        assert_eq!(level(&pki, &pdf), Some(BaselineLevel::BT));
    }
    let on_responder =
        pki.sub.answer(&responder.certificate, Answer::Good, around(signing_day()), None).unwrap();
    let complete = ValidationData { ocsps: vec![by_delegate, on_responder], ..whole };
    assert_eq!(level(&pki, &stored(&stamped, &complete, signing_day())), Some(BaselineLevel::BLT));
}

#[test]
fn a_store_with_old_evidence_is_not_long_term() {
    let pki = Pki::new();
    let pdf = stored(&pki.stamped(signing_day()), &pki.evidence(day("2026-09-01")), signing_day());
    assert_eq!(level(&pki, &pdf), Some(BaselineLevel::BT));
}

#[test]
fn a_store_after_the_last_timestamp_is_not_archived() {
    let pki = Pki::new();
    let archived = pki.archived(&pki.stamped(signing_day()), signing_day());
    let pdf = stored(&archived, &pki.evidence(signing_day()), signing_day());
    assert_eq!(level(&pki, &pdf), Some(BaselineLevel::BLT));
    assert_eq!(level(&pki, &pki.archived(&pdf, today())), Some(BaselineLevel::BLTA));
}

#[test]
fn a_document_timestamp_alone_proves_the_time() {
    let pki = Pki::new();
    let pdf = pki.archived(&pki.signed(signing_day()), signing_day());
    let signature = pki.first(&pdf, today(), &[]);
    assert_eq!((signature.level, signature.time_source), (Some(BaselineLevel::BT), TimeSource::Timestamp));
    let stamp = &signature.timestamps[0];
    assert_eq!((stamp.kind, stamp.indication), (StampKind::Document, TotalPassed));
    assert_eq!(stamp.authority.common_name.as_deref(), Some("Dấu giờ"));
    assert_eq!(stamp.time, "2026-10-01T19:00:00+07:00");
}

/// An office whose timestamp authority ends soon, and one that takes over.
fn generations() -> (Pki, Pki) {
    let plans =
        Plans { stamper: Plans::default().stamper.valid("2025-01-01", "2027-01-01"), ..Plans::default() };
    let first = Pki::of(&plans);
    let mut second = Pki::of(&plans);
    let heir = Plan::new("Dấu giờ 2", Role::Timestamping).valid("2026-01-01", "2045-01-01");
    second.stamper = heir.issue(&first.root, 40);
    (first, second)
}

#[test]
fn an_ended_timestamp_authority_is_saved_by_a_later_timestamp() {
    let (first, second) = generations();
    let pdf = stored(&first.stamped(signing_day()), &first.evidence(signing_day()), signing_day());
    let years_later = day("2035-01-01");
    let lost = first.first(&pdf, years_later, &[]);
    assert_eq!(lost.sub_indication, Some(SubIndication::OutOfBoundsNoPoe), "{lost:#?}");
    assert!(codes(&lost).contains(&"timestamp-untrusted"));
    assert_eq!(lost.timestamps[0].sub_indication, Some(SubIndication::OutOfBoundsNoPoe));

    let renewed = second.archived(&pdf, day("2026-10-02"));
    let report = first.verdict(&renewed, years_later, RevocationPolicy::IfAvailable, &[]);
    assert_eq!(report.verdict, Verdict::Valid, "{report:#?}");
    assert_eq!(report.signatures[0].level, Some(BaselineLevel::BLTA));
    assert_eq!(report.signatures[0].signing_time.as_deref(), Some("2026-10-01T19:00:00+07:00"));
}

#[test]
fn years_later_only_the_last_authority_has_to_be_asked_about() {
    let (first, second) = generations();
    let pdf = stored(&first.stamped(signing_day()), &first.evidence(signing_day()), signing_day());
    let renewed = second.archived(&pdf, day("2026-10-02"));
    let years_later = day("2035-01-01");
    let alone = first.first_strictly(&renewed, years_later, &[]);
    assert_eq!(alone.sub_indication, Some(SubIndication::OutOfBoundsNoPoe), "{alone:#?}");
    let list = crls(&[first.root_list(&[], years_later)]);
    let report = first.verdict(&renewed, years_later, RevocationPolicy::Required, &[list]);
    assert_eq!(report.verdict, Verdict::Valid, "{report:#?}");
    let evidence = report.signatures[0].certificate_status.as_ref().unwrap().evidence.as_ref().unwrap();
    assert_eq!(evidence.source, EvidenceSource::Store);
    assert_eq!(evidence.known_since, "2026-10-02T19:00:00+07:00");
}

#[test]
fn a_chain_of_renewals_carries_through_the_decades() {
    let (first, second) = generations();
    let pdf = stored(&first.stamped(signing_day()), &first.evidence(signing_day()), signing_day());
    let pdf = second.archived(&pdf, day("2026-10-02"));
    let renewal = day("2040-01-01");
    let mut third = Pki::of(&Plans::default());
    let heir = Plan::new("Dấu giờ 3", Role::Timestamping).valid("2038-01-01", "2059-01-01");
    third.stamper = heir.issue(&first.root, 41);
    let pdf = stored(&pdf, &crls(&[first.root_list(&[], renewal)]), renewal);
    let pdf = third.archived(&pdf, renewal);
    let end = day("2055-01-01");
    let list = crls(&[first.root_list(&[], end)]);
    let report = first.verdict(&pdf, end, RevocationPolicy::Required, &[list]);
    assert_eq!(report.verdict, Verdict::Valid, "{report:#?}");
    assert_eq!(report.signatures.len(), 3);
}

#[test]
fn a_timestamp_authority_revoked_after_the_renewal_does_no_harm() {
    let (first, second) = generations();
    let pdf = stored(&first.stamped(signing_day()), &first.evidence(signing_day()), signing_day());
    let list = first.root_list(&[(Pki::STAMPER, day("2026-10-20"), 1)], day("2026-11-22"));
    let before = first.first(&pdf, day("2026-11-22"), &[crls(std::slice::from_ref(&list))]);
    assert_eq!(before.time_source, TimeSource::Claimed, "nothing proves that the timestamp is older");
    let renewed = second.archived(&pdf, day("2026-10-02"));
    let after = first.first(&renewed, day("2026-11-22"), &[crls(&[list])]);
    assert_eq!((after.indication, after.time_source), (TotalPassed, TimeSource::Timestamp), "{after:#?}");
    assert_eq!(after.level, Some(BaselineLevel::BLTA));
}

#[test]
fn validation_data_of_strangers_change_nothing() {
    let (pki, stranger) = (Pki::new(), Pki::new());
    let stamped = pki.stamped(signing_day());
    let pdf = stored(&stamped, &stranger.evidence(signing_day()), signing_day());
    let signature = pki.first_strictly(&pdf, today(), &[]);
    assert_eq!(signature.sub_indication, Some(SubIndication::TryLater));
    assert_eq!(level(&pki, &pdf), Some(BaselineLevel::BT));
}

#[test]
fn junk_in_the_store_changes_nothing() {
    let pki = Pki::new();
    let mut data = pki.evidence(signing_day());
    for junk in [Vec::new(), vec![0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF], vec![0x55; 5000]] {
        data.certificates.insert(0, junk.clone());
        data.ocsps.insert(0, junk.clone());
        data.crls.insert(0, junk);
    }
    let pdf = stored(&pki.stamped(signing_day()), &data, signing_day());
    assert_eq!(level(&pki, &pdf), Some(BaselineLevel::BLT));
}
