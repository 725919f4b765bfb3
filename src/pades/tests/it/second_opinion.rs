//! The same questions put to pyHanko's AdES validation, which follows EN 319 102-1 too.

use std::process::Command;

use jiff::Timestamp;
use pades::authority::{Answer, Role};
use pades::trust::ValidationData;

use crate::office::paper;
use crate::oracles::{Scratch, has};
use crate::pki::{Pki, Plan, Plans, around, crls, day, ocsps, stored};

/// Prints pyHanko's indication for the last signature of a file.
///
/// Arguments: file, root, time of judging, then OCSP responses and CRLs by their first letter.
const ADES_VALIDATION: &str = r"
import asyncio, logging, sys
from datetime import datetime
from asn1crypto import crl, ocsp, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge, PdfSignatureValidationSpec, RevocationInfoGatheringSpec, RevinfoOnlineFetchingRule,
    SignatureValidationSpec)
from pyhanko_certvalidator.context import CertValidationPolicySpec, ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, REQUIRE_REVINFO
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer
logging.disable(logging.CRITICAL)
load = lambda kind, path: kind.load(open(path, 'rb').read())
now = datetime.fromisoformat(sys.argv[3])
knowledge = LocalKnowledge()
for given in sys.argv[4:]:
    if given[0] == 'o':
        knowledge.known_ocsps.extend(OCSPContainer.load_multi(load(ocsp.OCSPResponse, given[1:])))
    else:
        knowledge.known_crls.append(CRLContainer(load(crl.CertificateList, given[1:])))
spec = PdfSignatureValidationSpec(SignatureValidationSpec(
    cert_validation_policy=CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=[load(x509.Certificate, sys.argv[2])]),
        revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO)),
    revinfo_gathering_policy=RevocationInfoGatheringSpec(
        online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY),
    local_knowledge=knowledge))
with open(sys.argv[1], 'rb') as f:
    signature = PdfFileReader(f).embedded_regular_signatures[-1]
    timing = ValidationTimingInfo(validation_time=now, best_signature_time=now, point_in_time_validation=False)
    result = asyncio.run(ades_lta_validation(signature, spec, timing_info=timing))
    print(result.ades_subindic)
";

/// pyHanko's indication; `None` where there is no Python with it.
fn pyhanko(pki: &Pki, pdf: &[u8], at: Timestamp, evidence: &ValidationData) -> Option<String> {
    let python = std::env::var("ECABINET_TEST_PYTHON").ok()?;
    if !has(&python, "--version") {
        return None;
    }
    let root = Scratch::new(&pki.root.certificate().to_der().unwrap());
    let file = Scratch::new(pdf);
    let given: Vec<(char, Scratch)> = evidence
        .ocsps
        .iter()
        .map(|der| ('o', Scratch::new(der)))
        .chain(evidence.crls.iter().map(|der| ('c', Scratch::new(der))))
        .collect();
    let mut command = Command::new(python);
    command.args(["-c", ADES_VALIDATION]).args([&file.0, &root.0]).arg(at.to_string().replace('Z', "+00:00"));
    for (kind, path) in &given {
        command.arg(format!("{kind}{}", path.0.display()));
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A file, when it is judged, with what from outside.
struct Case {
    name: &'static str,
    pki: Pki,
    pdf: Vec<u8>,
    at: Timestamp,
    evidence: ValidationData,
}

fn ours(case: &Case) -> String {
    let policy = pades::verify::RevocationPolicy::Required;
    let report = case.pki.verdict(&case.pdf, case.at, policy, std::slice::from_ref(&case.evidence));
    let signatures = report.signatures;
    let last = signatures.iter().rfind(|s| s.sub_filter != "ETSI.RFC3161").unwrap();
    last.sub_indication.map_or("PASSED".to_owned(), |reason| format!("{reason:?}"))
}

fn cases() -> Vec<Case> {
    let at = day("2026-11-22");
    let then = day("2026-10-01");
    let mut all = Vec::new();
    let mut add = |name, pki: Pki, pdf, at, evidence| all.push(Case { name, pki, pdf, at, evidence });

    let pki = Pki::new();
    let (pdf, evidence) = (pki.signed(at), pki.evidence(at));
    add("fresh", pki, pdf, at, evidence);
    let pki = Pki::new();
    let pdf = pki.signed(at);
    add("nothing known", pki, pdf, at, ValidationData::default());
    let pki = Pki::new();
    let mut evidence = pki.evidence(at);
    evidence.ocsps = vec![pki.answer(Answer::Revoked(day("2026-11-01"), 1), at)];
    let pdf = pki.signed(at);
    add("revoked", pki, pdf, at, evidence.clone());
    let pki = Pki::new();
    let mut evidence = pki.evidence(at);
    evidence.ocsps = vec![pki.answer(Answer::Revoked(day("2026-11-01"), 1), at)];
    let pdf = pki.stamped(then);
    add("revoked later", pki, pdf, at, evidence);
    let pki = Pki::new();
    let pdf = stored(&pki.stamped(then), &pki.evidence(then), then);
    let (pdf, evidence) = (pki.archived(&pdf, then), crls(&[pki.root_list(&[], at)]));
    add("archived", pki, pdf, at, evidence);
    let pki = Pki::new();
    let (pdf, evidence) = (pki.signed(then), pki.evidence(then));
    add("stale", pki, pdf, at, evidence);
    let pki = Pki::new();
    let (pdf, later) = (pki.signed(then), day("2031-01-01"));
    let evidence = pki.evidence(then);
    add("expired", pki, pdf, later, evidence);
    all
}

#[test]
fn zz() {
    for case in cases() {
        println!(
            "{:20} ours {:30} pyhanko {:?}",
            case.name,
            ours(&case),
            pyhanko(&case.pki, &case.pdf, case.at, &case.evidence)
        );
    }
    let _ = (Plan::new("", Role::Person), Plans::default(), around(day("2026-01-01")), ocsps(&[]), paper());
    panic!();
}
