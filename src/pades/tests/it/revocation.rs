//! Evidence on revocation: what is believed, and of whom.

use jiff::{Timestamp, ToSpan};
use pades::authority::{
    Answer, Authority, Extra, Issued, KeyKind, ListTerms, Period, Profile, Role, Subject, Terms,
};
use pades::trust::{
    Certificate, Evidence, EvidenceKind, EvidenceSource, Finding, Question, RevocationReason, Standing,
    Unusable, ValidationData, ocsp_request, status,
};

use crate::office::now;

/// A time so many hours from now.
fn hours(count: i64) -> Timestamp {
    now() + count.hours()
}

fn terms(serial: u64) -> Terms {
    Terms { not_before: hours(-10_000), not_after: hours(10_000), serial, key: KeyKind::P256 }
}

fn named(name: &str) -> Subject {
    Subject { common_name: name.to_owned(), ..Subject::default() }
}

/// An authority and a person it vouches for.
struct Town {
    authority: Authority,
    person: Issued,
}

impl Town {
    fn new() -> Town {
        let authority = Authority::root(&named("Root"), &terms(1)).unwrap();
        let person = authority.issue(&named("Person"), &terms(7), &Profile::new(Role::Person)).unwrap();
        Town { authority, person }
    }

    fn responder(&self, no_check: bool) -> Issued {
        let profile = Profile::new(Role::Responder { no_check });
        self.authority.issue(&named("Responder"), &terms(8), &profile).unwrap()
    }

    fn answer(&self, answer: Answer) -> Vec<u8> {
        self.authority.answer(&self.person.certificate, answer, day(), None).unwrap()
    }

    fn list(&self, revoked: &[(u64, Timestamp, u8)], extensions: &[Vec<u8>]) -> Vec<u8> {
        let (revoked, extensions) = (revoked.to_vec(), extensions.to_vec());
        self.authority.list(&ListTerms { period: day(), revoked, extensions }).unwrap()
    }

    fn ask(&self, evidence: &[Evidence]) -> Finding {
        self.ask_at(evidence, now())
    }

    fn ask_at(&self, evidence: &[Evidence], at: Timestamp) -> Finding {
        let (certificate, issuer) = (read(&self.person.certificate), read(self.authority.certificate()));
        let question =
            Question { certificate: &certificate, issuer: &issuer, at, now: now(), issuer_good_until: None };
        status(&question, evidence, &[])
    }
}

fn read(certificate: &openssl::x509::X509) -> Certificate {
    Certificate::from_der(&certificate.to_der().unwrap()).unwrap()
}

/// From an hour ago to tomorrow.
fn day() -> Period {
    Period { this_update: hours(-1), next_update: Some(hours(23)) }
}

fn ocsp(der: Vec<u8>) -> Evidence {
    Evidence { kind: EvidenceKind::Ocsp, der: der.into(), source: EvidenceSource::Given, known_since: now() }
}

fn crl(der: Vec<u8>) -> Evidence {
    Evidence { kind: EvidenceKind::Crl, der: der.into(), source: EvidenceSource::Given, known_since: now() }
}

/// Why the only piece of evidence was refused.
fn refusal(finding: &Finding) -> Unusable {
    assert_eq!(finding.standing, Standing::Unknown, "{finding:?}");
    finding.refused.first().expect("a refusal").reason
}

/// An Extension element.
fn extension(oid: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let mut body = tlv(0x06, oid);
    if critical {
        body.extend([0x01, 0x01, 0xFF]);
    }
    body.extend(tlv(0x04, value));
    tlv(0x30, &body)
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    assert!(content.len() < 128);
    [&[tag, content.len() as u8], content].concat()
}

const DISTRIBUTION_POINT: [u8; 3] = [0x55, 0x1D, 0x1C];
const DELTA: [u8; 3] = [0x55, 0x1D, 0x1B];

#[test]
fn an_answer_of_the_issuer_is_believed() {
    let town = Town::new();
    let good = town.ask(&[ocsp(town.answer(Answer::Good))]);
    assert_eq!(good.standing, Standing::Good);
    assert_eq!(good.provenance.unwrap().this_update, hours(-1));
    let revoked = town.ask(&[ocsp(town.answer(Answer::Revoked(hours(-9), 1)))]);
    assert_eq!(revoked.standing, Standing::Revoked(hours(-9), RevocationReason::KeyCompromise));
}

#[test]
fn a_certificate_the_responder_does_not_know_is_not_good() {
    let town = Town::new();
    assert_eq!(refusal(&town.ask(&[ocsp(town.answer(Answer::Unknown))])), Unusable::Unknown);
}

#[test]
fn a_later_revocation_does_not_reach_back() {
    let town = Town::new();
    let finding = town.ask_at(&[ocsp(town.answer(Answer::Revoked(hours(-2), 1)))], hours(-9));
    assert_eq!(finding.standing, Standing::Good);
    assert_eq!(finding.revoked_later, Some((hours(-2), RevocationReason::KeyCompromise)));
}

#[test]
fn one_revocation_outweighs_any_number_of_good_answers() {
    let town = Town::new();
    let evidence = [ocsp(town.answer(Answer::Good)), crl(town.list(&[(7, hours(-9), 4)], &[]))];
    assert!(matches!(town.ask(&evidence).standing, Standing::Revoked(..)));
}

#[test]
fn a_suspension_counts_until_newer_evidence_lifts_it() {
    let town = Town::new();
    let held = crl(town.list(&[(7, hours(-9), 6)], &[]));
    assert_eq!(town.ask(std::slice::from_ref(&held)).standing, Standing::OnHold(hours(-9)));
    let later = Period { this_update: hours(0), next_update: Some(hours(9)) };
    let lifted = town.authority.answer(&town.person.certificate, Answer::Good, later, None).unwrap();
    assert_eq!(town.ask(&[held, ocsp(lifted)]).standing, Standing::Good);
}

#[test]
fn a_delegate_of_the_issuer_may_answer() {
    let town = Town::new();
    let delegate = town.responder(true);
    let answer =
        town.authority.answer(&town.person.certificate, Answer::Good, day(), Some(&delegate)).unwrap();
    let finding = town.ask(&[ocsp(answer)]);
    assert_eq!(finding.standing, Standing::Good);
    assert_eq!(finding.provenance.unwrap().delegate, Some(read(&delegate.certificate)));
}

#[test]
fn a_delegate_without_no_check_needs_evidence_itself() {
    let town = Town::new();
    let delegate = town.responder(false);
    let answer =
        town.authority.answer(&town.person.certificate, Answer::Good, day(), Some(&delegate)).unwrap();
    let answer = ocsp(answer);
    assert_eq!(refusal(&town.ask(std::slice::from_ref(&answer))), Unusable::SignerUnknown);

    let on_delegate = town.authority.answer(&delegate.certificate, Answer::Good, day(), None).unwrap();
    assert_eq!(town.ask(&[answer.clone(), ocsp(on_delegate)]).standing, Standing::Good);

    let revoked = town.authority.answer(&delegate.certificate, Answer::Revoked(hours(-3), 1), day(), None);
    let finding = town.ask(&[answer, ocsp(revoked.unwrap())]);
    assert_eq!(refusal(&finding), Unusable::SignerRevoked);
}

#[test]
fn a_stranger_may_not_answer() {
    let town = Town::new();
    let stranger = Town::new();
    for role in [Role::Responder { no_check: true }, Role::Person] {
        let by_stranger =
            stranger.authority.issue(&named("Responder"), &terms(8), &Profile::new(role)).unwrap();
        let answer =
            town.authority.answer(&town.person.certificate, Answer::Good, day(), Some(&by_stranger)).unwrap();
        assert_eq!(refusal(&town.ask(&[ocsp(answer)])), Unusable::Responder);
    }
}

#[test]
fn a_person_of_the_same_authority_may_not_answer() {
    let town = Town::new();
    let person = town.authority.issue(&named("Clerk"), &terms(9), &Profile::new(Role::Person)).unwrap();
    let answer = town.authority.answer(&town.person.certificate, Answer::Good, day(), Some(&person)).unwrap();
    assert_eq!(refusal(&town.ask(&[ocsp(answer)])), Unusable::Responder);
}

#[test]
fn an_authority_of_the_same_name_may_not_answer() {
    let (town, impostor) = (Town::new(), Town::new());
    let answer = impostor.authority.answer(&town.person.certificate, Answer::Good, day(), None).unwrap();
    let finding = town.ask(&[ocsp(answer)]);
    assert_eq!((finding.standing, finding.refused.len()), (Standing::Unknown, 0), "its key hash differs");
    let mut impostor_list = impostor.list(&[], &[]);
    assert_eq!(refusal(&town.ask(&[crl(impostor_list.clone())])), Unusable::Signature);
    let last = impostor_list.len() - 1;
    impostor_list[last] ^= 1;
    assert_eq!(refusal(&town.ask(&[crl(impostor_list)])), Unusable::Signature);
}

#[test]
fn an_answer_about_somebody_else_is_no_answer() {
    let town = Town::new();
    let other = town.authority.issue(&named("Other"), &terms(9), &Profile::new(Role::Person)).unwrap();
    let answer = town.authority.answer(&other.certificate, Answer::Good, day(), None).unwrap();
    let finding = town.ask(&[ocsp(answer)]);
    assert_eq!((finding.standing, finding.refused.len()), (Standing::Unknown, 0));
}

#[test]
fn evidence_speaks_of_its_own_time_only() {
    let town = Town::new();
    let old = Period { this_update: hours(-50), next_update: Some(hours(-26)) };
    let old = town.authority.answer(&town.person.certificate, Answer::Good, old, None).unwrap();
    assert_eq!(refusal(&town.ask(&[ocsp(old.clone())])), Unusable::Stale);
    assert_eq!(town.ask_at(&[ocsp(old.clone())], hours(-30)).standing, Standing::Good);
    assert_eq!(town.ask_at(&[ocsp(old)], hours(-60)).standing, Standing::Good);

    let coming = Period { this_update: hours(1), next_update: Some(hours(26)) };
    let coming = town.authority.answer(&town.person.certificate, Answer::Good, coming, None).unwrap();
    assert_eq!(refusal(&town.ask(&[ocsp(coming)])), Unusable::Future);
}

#[test]
fn evidence_after_the_expiry_says_nothing() {
    let authority = Authority::root(&named("Root"), &terms(1)).unwrap();
    let ended = Terms { not_after: hours(-5), ..terms(7) };
    let person = authority.issue(&named("Person"), &ended, &Profile::new(Role::Person)).unwrap();
    let town = Town { authority, person };
    let finding = town.ask_at(&[crl(town.list(&[], &[]))], hours(-6));
    assert_eq!(refusal(&finding), Unusable::AfterExpiry);
}

#[test]
fn evidence_must_be_older_than_the_end_of_its_signer() {
    let town = Town::new();
    let (certificate, issuer) = (read(&town.person.certificate), read(town.authority.certificate()));
    let question = Question {
        certificate: &certificate,
        issuer: &issuer,
        at: hours(-1),
        now: now(),
        issuer_good_until: Some(hours(0) - 1.minute()),
    };
    let list = crl(town.list(&[], &[]));
    assert_eq!(refusal(&status(&question, std::slice::from_ref(&list), &[])), Unusable::SignerOutOfBounds);
    let proven = Evidence { known_since: hours(-1), ..list };
    assert_eq!(status(&question, &[proven], &[]).standing, Standing::Good);
}

#[test]
fn a_list_for_others_is_not_used() {
    let town = Town::new();
    let scope = |content: &[u8]| {
        let list = town.list(&[], &[extension(&DISTRIBUTION_POINT, true, &tlv(0x30, content))]);
        town.ask(&[crl(list)])
    };
    let (only_users, only_authorities) = ([0x81, 1, 0xFF], [0x82, 1, 0xFF]);
    assert_eq!(scope(&only_users).standing, Standing::Good);
    assert_eq!(refusal(&scope(&only_authorities)), Unusable::Scope);
    assert_eq!(refusal(&scope(&[0x83, 2, 1, 2])), Unusable::Scope, "some reasons only");
    assert_eq!(refusal(&scope(&[0x84, 1, 0xFF])), Unusable::Scope, "indirect");
    assert_eq!(refusal(&scope(&[0x85, 1, 0xFF])), Unusable::Scope, "attribute certificates");
    let part = tlv(0xA0, &tlv(0xA0, &tlv(0x86, b"http://crl.test/part-2")));
    assert_eq!(refusal(&scope(&part)), Unusable::Scope, "a part the certificate does not name");
}

#[test]
fn a_list_with_unknown_critical_extensions_is_not_used() {
    let town = Town::new();
    let unknown = |critical| town.ask(&[crl(town.list(&[], &[extension(&[0x2A, 0x03], critical, &[5, 0])]))]);
    assert_eq!(unknown(false).standing, Standing::Good);
    assert_eq!(refusal(&unknown(true)), Unusable::CriticalExtension);
}

#[test]
fn a_list_of_changes_is_not_used_alone() {
    let town = Town::new();
    let delta = town.list(&[], &[extension(&DELTA, true, &[2, 1, 1])]);
    assert_eq!(refusal(&town.ask(&[crl(delta)])), Unusable::Delta);
}

#[test]
fn broken_evidence_is_refused_at_every_byte() {
    let town = Town::new();
    let answer = town.answer(Answer::Good);
    let list = town.list(&[(9, hours(-9), 1)], &[]);
    let bent = |der: &[u8], index: usize| {
        let mut bent = der.to_vec();
        bent[index] ^= 0x55;
        bent
    };
    for index in 0..list.len() {
        let evidence = [crl(list[..index].to_vec()), crl(bent(&list, index))];
        assert_eq!(town.ask(&evidence).standing, Standing::Unknown, "byte {index}");
    }
    // The certificates behind the signature are not part of what is signed.
    let signed = answer.len() - town.authority_length();
    for index in 0..answer.len() {
        assert_eq!(town.ask(&[ocsp(answer[..index].to_vec())]).standing, Standing::Unknown, "cut at {index}");
        let standing = town.ask(&[ocsp(bent(&answer, index))]).standing;
        assert!(standing == Standing::Unknown || index >= signed, "byte {index}");
    }
}

impl Town {
    /// Bytes of the authority's certificate with the tags around it.
    fn authority_length(&self) -> usize {
        self.authority.certificate().to_der().unwrap().len() + 8
    }
}

#[test]
fn openssl_understands_our_question_and_our_answer() {
    let town = Town::new();
    let (certificate, issuer) = (read(&town.person.certificate), read(town.authority.certificate()));
    let request = ocsp_request(&certificate, &issuer, Some(&[7; 16]));
    assert!(openssl::ocsp::OcspRequest::from_der(&request).is_ok());
    let answer = openssl::ocsp::OcspResponse::from_der(&town.answer(Answer::Good)).unwrap();
    assert_eq!(answer.status(), openssl::ocsp::OcspResponseStatus::SUCCESSFUL);
    let list = openssl::x509::X509Crl::from_der(&town.list(&[(7, hours(-9), 1)], &[])).unwrap();
    assert!(list.verify(&town.authority.certificate().public_key().unwrap()).unwrap());
}

#[test]
fn files_of_every_kind_are_told_apart() {
    let town = Town::new();
    let list = ValidationData::from_bytes(&town.list(&[], &[])).unwrap();
    let answer = ValidationData::from_bytes(&town.answer(Answer::Good)).unwrap();
    let certificate = ValidationData::from_bytes(&town.person.certificate.to_pem().unwrap()).unwrap();
    assert_eq!((list.crls.len(), answer.ocsps.len(), certificate.certificates.len()), (1, 1, 1));
    assert!(ValidationData::from_bytes(b"%PDF-1.7").is_err());
}

#[test]
fn a_partitioned_list_is_used_for_its_part() {
    let authority = Authority::root(&named("Root"), &terms(1)).unwrap();
    let mut profile = Profile::new(Role::Person);
    profile.addresses.crl = Some("http://crl.test/part-1".to_owned());
    profile.extras.push(Extra { oid: "1.2.3.4", critical: false, value: vec![5, 0] });
    let person = authority.issue(&named("Person"), &terms(7), &profile).unwrap();
    let town = Town { authority, person };
    for (part, standing) in [("part-1", Standing::Good), ("part-2", Standing::Unknown)] {
        let name = tlv(0x86, format!("http://crl.test/{part}").as_bytes());
        let point = tlv(0x30, &tlv(0xA0, &tlv(0xA0, &name)));
        let list = town.list(&[], &[extension(&DISTRIBUTION_POINT, true, &point)]);
        assert_eq!(town.ask(&[crl(list)]).standing, standing, "{part}");
    }
}
