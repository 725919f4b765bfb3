//! The same questions about revocation, put to pyHanko.

use std::process::Command;

use jiff::Timestamp;
use pades::authority::{Answer, Role};
use pades::trust::{EvidenceKind, EvidenceSource, ValidationData};
use pades::verify::{Indication, RevocationPolicy};

use crate::office::paper;
use crate::oracles::{Scratch, has};
use crate::pki::{Pki, Plan, around, day};

/// Prints `PASSED` or pyHanko's sub-indication for the one signature of a file.
///
/// Arguments: file, root, time of judging, then OCSP responses and CRLs, each with its letter before the path.
const VALIDATION: &str = r"
import logging, sys
from datetime import datetime
from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
logging.disable(logging.CRITICAL)
load = lambda path: open(path, 'rb').read()
given = lambda kind: [load(path[1:]) for path in sys.argv[4:] if path[0] == kind]
context = ValidationContext(
    trust_roots=[x509.Certificate.load(load(sys.argv[2]))], moment=datetime.fromisoformat(sys.argv[3]),
    ocsps=given('o'), crls=given('c'), allow_fetching=False, revocation_mode='require',
    retroactive_revinfo=True)
with open(sys.argv[1], 'rb') as f:
    status = validate_pdf_signature(PdfFileReader(f).embedded_regular_signatures[0], context)
    print('PASSED' if status.bottom_line else status.trust_problem_indic.name)
";

/// What a script prints, given the file, the root, the time and the evidence; `None` where there is no Python
/// with pyHanko.
fn python(script: &str, pki: &Pki, pdf: &[u8], at: Timestamp, evidence: &ValidationData) -> Option<String> {
    let python = std::env::var("ECABINET_TEST_PYTHON").ok()?;
    if !has(&python, "--version") {
        return None;
    }
    let root = Scratch::new(&pki.root.certificate().to_der().unwrap());
    let file = Scratch::new(pdf);
    let key = Scratch::new(&pki.person.to_pkcs12("person", "secret").unwrap());
    let answers = evidence.ocsps.iter().map(|der| ('o', Scratch::new(der)));
    let lists = evidence.crls.iter().map(|der| ('c', Scratch::new(der)));
    let given: Vec<(char, Scratch)> = answers.chain(lists).chain([('k', key)]).collect();
    let mut command = Command::new(python);
    command.args(["-c", script]).args([&file.0, &root.0]).arg(at.to_string().replace('Z', "+00:00"));
    for (kind, path) in &given {
        command.arg(format!("{kind}{}", path.0.display()));
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// pyHanko's word.
fn theirs(pki: &Pki, pdf: &[u8], at: Timestamp, evidence: &ValidationData) -> Option<String> {
    python(VALIDATION, pki, pdf, at, evidence)
}

/// Signs a file the way Acrobat does, with the evidence in a signed attribute, and prints it in hexadecimal.
const ARCHIVAL: &str = r"
import logging, sys
from datetime import datetime
from io import BytesIO
from asn1crypto import x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator import ValidationContext
logging.disable(logging.CRITICAL)
load = lambda path: open(path, 'rb').read()
given = lambda kind: [load(path[1:]) for path in sys.argv[4:] if path[0] == kind]
context = ValidationContext(
    trust_roots=[x509.Certificate.load(load(sys.argv[2]))], moment=datetime.fromisoformat(sys.argv[3]),
    ocsps=given('o'), crls=given('c'), allow_fetching=False, revocation_mode='require',
    retroactive_revinfo=True)
key = [path[1:] for path in sys.argv[4:] if path[0] == 'k'][0]
signer = signers.SimpleSigner.load_pkcs12(key, passphrase=b'secret')
meta = signers.PdfSignatureMetadata(
    field_name='Signature1', subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED, md_algorithm='sha256',
    embed_validation_info=True, validation_context=context)
writer = IncrementalPdfFileWriter(BytesIO(load(sys.argv[1])))
print(signers.sign_pdf(writer, meta, signer=signer).getvalue().hex())
";

/// Our word in the same form.
fn ours(pki: &Pki, pdf: &[u8], at: Timestamp, evidence: &ValidationData) -> String {
    let report = pki.verdict(pdf, at, RevocationPolicy::Required, std::slice::from_ref(evidence));
    let reason = report.signatures[0].sub_indication;
    let name = serde_json::to_string(&reason).unwrap();
    if reason.is_some() { name.trim_matches('"').to_owned() } else { "PASSED".to_owned() }
}

/// A day that is past wherever the test runs: pyHanko believes no evidence from the future.
fn today() -> Timestamp {
    day("2026-06-22")
}

/// Asserts that both say the same of a signature of the day.
fn agree(pki: &Pki, evidence: &ValidationData, expected: &str) {
    let pdf = pki.signed(today());
    assert_eq!(ours(pki, &pdf, today(), evidence), expected);
    if let Some(theirs) = theirs(pki, &pdf, today(), evidence) {
        assert_eq!(theirs, expected);
    }
}

#[test]
fn good_evidence_passes() {
    let pki = Pki::connected();
    agree(&pki, &pki.evidence(today()), "PASSED");
}

#[test]
fn a_revoked_person_is_revoked() {
    let pki = Pki::connected();
    let revoked = vec![pki.answer(Answer::Revoked(day("2026-06-01"), 1), today())];
    agree(&pki, &ValidationData { ocsps: revoked, ..pki.evidence(today()) }, "REVOKED_NO_POE");
}

#[test]
fn a_revoked_authority_is_revoked() {
    let pki = Pki::connected();
    let revoked = vec![pki.root_list(&[(Pki::SUB, day("2026-06-01"), 1)], today())];
    agree(&pki, &ValidationData { crls: revoked, ..pki.evidence(today()) }, "REVOKED_CA_NO_POE");
}

#[test]
fn old_evidence_waits_for_newer() {
    let pki = Pki::connected();
    agree(&pki, &pki.evidence(day("2026-05-01")), "TRY_LATER");
}

#[test]
fn only_a_delegate_of_the_issuer_may_answer() {
    let pki = Pki::connected();
    let by = |authority| {
        let responder = Plan::new("Trả lời", Role::Responder { no_check: true }).issue(authority, 30);
        let answer = pki.sub.answer(&pki.person.certificate, Answer::Good, around(today()), Some(&responder));
        ValidationData { ocsps: vec![answer.unwrap()], ..pki.evidence(today()) }
    };
    agree(&pki, &by(&pki.sub), "PASSED");
    let pdf = pki.signed(today());
    // The root stands above the authority, but it did not ask for the answers about its persons.
    let stranger = by(&pki.root);
    assert_eq!(ours(&pki, &pdf, today(), &stranger), "TRY_LATER");
    if let Some(theirs) = theirs(&pki, &pdf, today(), &stranger) {
        assert_ne!(theirs, "PASSED");
    }
}

#[test]
fn evidence_in_a_signed_attribute_is_read() {
    let pki = Pki::connected();
    let Some(hex) = python(ARCHIVAL, &pki, &paper(), today(), &pki.evidence(today())) else { return };
    let pdf = hex::decode(hex).unwrap();
    let signature = pki.first_strictly(&pdf, today(), &[]);
    assert_eq!((signature.indication, signature.sub_indication), (Indication::TotalPassed, None));
    let evidence = signature.certificate_status.unwrap().evidence.unwrap();
    assert_eq!((evidence.kind, evidence.source), (EvidenceKind::Ocsp, EvidenceSource::Signature));
    assert_eq!(signature.chain[1].status.evidence.as_ref().unwrap().source, EvidenceSource::Signature);
}
