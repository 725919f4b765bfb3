//! The levels that outlast certificates and services, and what keeps a signature below them.

use std::process::Command;
use std::sync::OnceLock;

use jiff::{Timestamp, ToSpan};
use pades::TimestampError;
use pades::authority::{Answer, Authority, KeyKind, Period};
use pades::pdf::{Object, Pdf};
use pades::sign::{
    FieldLock, Level, LongTerm, MissingProof, Permission, RevisionKind, SignError, SignOptions, Signed,
    Stamping, TimestampOutcome, append_validation_data, extend, sign, sign_to,
};
use pades::trust::{Collection, FetchError, ValidationData};
use pades::verify::{BaselineLevel, Context, FileReport, Indication, RevocationPolicy, Verdict, verify};

use crate::office::{Paper, Xref, now, paper};
use crate::oracles::{Scratch, has, openssl_says_valid_under, pdfsig_says_valid, qpdf_complaints};
use crate::world::{LIST, Net, PERSON, TSA, Tiring, named, terms, world};

fn nothing() -> &'static ValidationData {
    static NOTHING: OnceLock<ValidationData> = OnceLock::new();
    NOTHING.get_or_init(ValidationData::default)
}

fn collection<'a>(net: &'a Net, at: Timestamp) -> Collection<'a> {
    Collection { anchors: &world().anchors, now: at, known: nothing(), fetch: Some(net), nonce: None }
}

fn stamping(service: &Tiring) -> Stamping<'_> {
    Stamping { service, nonce: [7; 16], anchors: Some(&world().anchors), required: false }
}

/// Signs to a level in a world where everything answers, or with some answer bent.
fn signed_to(target: Level, net: &Net, service: &Tiring, options: &SignOptions) -> Signed {
    let wish = LongTerm {
        target,
        collection: collection(net, now()),
        stamping: Some(&stamping(service)),
        password: None,
    };
    sign_to(&paper(), options, &world().person.signer(), &wish, now()).unwrap()
}

fn good(target: Level) -> (Signed, Vec<u8>) {
    let (net, service) = (Net::new(now()), Tiring::after(2, now()));
    let signed = signed_to(target, &net, &service, &SignOptions::default());
    let pdf = signed.onto(&paper());
    (signed, pdf)
}

fn kinds(signed: &Signed) -> Vec<RevisionKind> {
    assert_eq!(signed.revisions.iter().map(|r| r.length).sum::<usize>(), signed.appended.len());
    signed.revisions.iter().map(|r| r.kind).collect()
}

fn judge(pdf: &[u8]) -> FileReport {
    verify(pdf, &Context::new(&world().anchors, now())).unwrap()
}

/// Our own verdict years later, when nobody answers for the signer any more: the levels reached, oldest first.
///
/// The timestamp authority is still there, and its issuer's list says that it is good. `None` for a signature
/// that does not pass.
fn levels_later(pdf: &[u8]) -> Vec<Option<BaselineLevel>> {
    let later = "2030-01-01T00:00:00Z".parse().unwrap();
    let net = Net::new(later).with(PERSON, Err(FetchError("closed in 2028".to_owned())));
    let revocation = RevocationPolicy::Required;
    let context = Context { revocation, fetch: Some(&net), ..Context::new(&world().anchors, later) };
    let signatures = verify(pdf, &context).unwrap().signatures;
    let signatures = signatures.into_iter().filter(|s| s.sub_filter != "ETSI.RFC3161");
    signatures.map(|s| s.level.filter(|_| s.indication == Indication::TotalPassed)).collect()
}

/// What pyHanko's long-term validation says of the first signature, asked many years later.
///
/// Online answers are off and revocation is required: only what the file holds can speak.
const LTA_VALIDATION: &str = r"
import asyncio, sys
from datetime import datetime, timezone
from asn1crypto import x509
from pyhanko.sign.validation import ades
from pyhanko_certvalidator.ltv import ades_past, poe, types
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.ades import simulate_future_ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec, SignatureValidationSpec, RevocationInfoGatheringSpec,
    RevinfoOnlineFetchingRule)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, REQUIRE_REVINFO
from pyhanko_certvalidator.registry import SimpleTrustManager
reference = datetime.fromisoformat(sys.argv[3])
# It reads the machine's clock in places, also when it is told the time.
class Standing(datetime):
    @classmethod
    def now(cls, tz=None):
        return reference
for module in (ades, ades_past, poe, types):
    module.datetime = Standing
root = x509.Certificate.load(open(sys.argv[2], 'rb').read())
spec = PdfSignatureValidationSpec(SignatureValidationSpec(
    cert_validation_policy=CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=[root]),
        revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO)),
    revinfo_gathering_policy=RevocationInfoGatheringSpec(
        online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY)))
with open(sys.argv[1], 'rb') as f:
    for sig in PdfFileReader(f).embedded_regular_signatures:
        result = asyncio.run(simulate_future_ades_lta_validation(
            sig, spec, future_validation_time=datetime(2040, 1, 1, tzinfo=timezone.utc),
            current_reference_time=reference))
        print(result.ades_subindic, result.failure_msg)
";

/// `None` where there is no Python with pyHanko.
fn pyhanko_later(pdf: &[u8], reference: Timestamp) -> Option<String> {
    let python = std::env::var("ECABINET_TEST_PYTHON").ok()?;
    if !has(&python, "--version") {
        return None;
    }
    let (file, root) = (Scratch::new(pdf), Scratch::new(&world().root.certificate().to_der().unwrap()));
    let output = Command::new(python)
        .args(["-c", LTA_VALIDATION])
        .args([&file.0, &root.0])
        .arg(reference.to_string().replace('Z', "+00:00"))
        .output()
        .unwrap();
    // It logs what it tries on the way; the verdicts stand on the standard output.
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Our verdict, and everybody else's who can say something.
fn holds(pdf: &[u8], level: BaselineLevel) {
    let report = judge(pdf);
    assert_eq!(report.verdict, Verdict::Valid, "{report:?}");
    let is_long_term = matches!(level, BaselineLevel::BLT | BaselineLevel::BLTA);
    let expected = is_long_term.then_some(level);
    assert!(levels_later(pdf).iter().all(|found| *found == expected), "{:?}", levels_later(pdf));
    // pdfsig 22 knows no document timestamps, so it is asked for the signatures before one.
    let is_archive = report.signatures.iter().any(|s| s.sub_filter == "ETSI.RFC3161");
    assert!(!has("pdfsig", "-v") || is_archive || pdfsig_says_valid(pdf));
    assert!(!has("qpdf", "--version") || !qpdf_complaints(pdf));
    if let Some(text) = pyhanko_later(pdf, now() + 2.hours()) {
        let passed = !text.is_empty() && text.lines().all(|line| line.starts_with("AdESPassed.OK"));
        assert_eq!(passed, is_long_term, "{text}");
    }
}

#[test]
fn a_long_term_signature_holds_what_is_needed_to_judge_it() {
    let (signed, pdf) = good(Level::BLT);
    assert_eq!((signed.level, &signed.timestamp), (Level::BLT, &TimestampOutcome::Present(now())));
    assert_eq!(kinds(&signed), [RevisionKind::Signature, RevisionKind::ValidationData]);
    holds(&pdf, BaselineLevel::BLT);
    let first = [&paper(), &signed.appended[..signed.revisions[0].length]].concat();
    let root = world().root.certificate().to_pem().unwrap();
    assert!(!has("openssl", "version") || openssl_says_valid_under(&first, &root));
    holds(&good(Level::BT).1, BaselineLevel::BT);
}

#[test]
fn the_store_names_the_signature_by_its_contents() {
    let (_, pdf) = good(Level::BLT);
    let file = Pdf::open(&pdf).unwrap();
    let (_, catalog) = file.catalog().unwrap();
    let store = file.dict_value(&catalog, "DSS").unwrap().unwrap();
    let count = |key: &str| file.value(&store, key).unwrap().array().unwrap().len();
    // Person, sub-CA, timestamp authority and root; the list that clears both that the root issued.
    assert_eq!((count("Certs"), count("OCSPs"), count("CRLs")), (4, 1, 1));
    let digits = String::from_utf8_lossy(&pdf).split("/Contents <").nth(1).unwrap().to_owned();
    let contents = hex::decode(digits.split('>').next().unwrap()).unwrap();
    let name = hex::encode_upper(openssl::sha::sha1(&contents));
    let related = file.dict_value(&store, "VRI").unwrap().unwrap();
    let entry = file.dict_value(&related, &name).unwrap().unwrap();
    let places = entry.get("OCSP").and_then(Object::array).unwrap();
    assert_eq!(places, store.get("OCSPs").and_then(Object::array).unwrap());
}

#[test]
fn an_archive_timestamp_comes_last() {
    let (signed, pdf) = good(Level::BLTA);
    assert_eq!(signed.level, Level::BLTA);
    let expected = [RevisionKind::Signature, RevisionKind::ValidationData, RevisionKind::DocumentTimestamp];
    assert_eq!(kinds(&signed), expected);
    holds(&pdf, BaselineLevel::BLTA);
}

#[test]
fn an_archive_timestamp_is_renewed_with_proofs_for_the_one_before() {
    let (_, old) = good(Level::BLTA);
    let later = now() + 8760.hours();
    let (net, service) = (Net::new(later), Tiring::after(1, later));
    let wish = LongTerm {
        target: Level::BLTA,
        collection: collection(&net, later),
        stamping: Some(&stamping(&service)),
        password: None,
    };
    let renewed = extend(&old, &wish, later).unwrap();
    assert_eq!(renewed.level, Level::BLTA, "{renewed:?}");
    let steps: Vec<_> = renewed.revisions.iter().map(|r| r.kind).collect();
    assert_eq!(steps, [RevisionKind::ValidationData, RevisionKind::DocumentTimestamp]);
    let pdf = [old.clone(), renewed.appended].concat();
    assert_eq!(verify(&pdf, &Context::new(&world().anchors, later)).unwrap().verdict, Verdict::Valid);
    assert_eq!(levels_later(&pdf), [Some(BaselineLevel::BLTA)]);
    assert!(!has("qpdf", "--version") || !qpdf_complaints(&pdf));
    // What was stored stays, and no certificate is stored twice.
    let lists = |pdf: &[u8]| {
        let file = Pdf::open(pdf).unwrap();
        let (_, catalog) = file.catalog().unwrap();
        let store = file.dict_value(&catalog, "DSS").unwrap().unwrap();
        ["Certs", "OCSPs", "CRLs"].map(|key| file.value(&store, key).unwrap().array().unwrap().to_vec())
    };
    for (before, after) in lists(&old).iter().zip(lists(&pdf)) {
        assert!(after.starts_with(before));
    }
    assert_eq!(lists(&old)[0].len(), lists(&pdf)[0].len());
}

#[test]
fn a_trusted_time_is_added_later() {
    let signer = world().person.signer();
    let plain = sign(&paper(), &SignOptions::default(), &signer, None, now()).unwrap().onto(&paper());
    for (target, steps) in [(Level::BT, 1), (Level::BLT, 2), (Level::BLTA, 2)] {
        let (net, service) = (Net::new(now()), Tiring::after(2, now()));
        let wish = LongTerm {
            target,
            collection: collection(&net, now()),
            stamping: Some(&stamping(&service)),
            password: None,
        };
        let extended = extend(&plain, &wish, now()).unwrap();
        assert_eq!((extended.level, extended.revisions.len()), (target, steps), "{extended:?}");
        let pdf = [plain.clone(), extended.appended].concat();
        assert_eq!(judge(&pdf).verdict, Verdict::Valid, "{target:?}");
    }
}

#[test]
fn two_signatures_are_raised_together_and_nobody_is_asked_twice() {
    let (_, first) = good(Level::BT);
    let service = Tiring::after(2, now());
    let signer = world().person.signer();
    let second = sign(&first, &SignOptions::default(), &signer, Some(&stamping(&service)), now())
        .unwrap()
        .onto(&first);
    let net = Net::new(now());
    let wish =
        LongTerm { target: Level::BLT, collection: collection(&net, now()), stamping: None, password: None };
    let extended = extend(&second, &wish, now()).unwrap();
    assert_eq!(extended.level, Level::BLT);
    let mut asked = net.asked.borrow().clone();
    asked.sort();
    assert_eq!(asked, [LIST, PERSON]);
    let pdf = [second, extended.appended].concat();
    holds(&pdf, BaselineLevel::BLT);
    // Nothing new to store: nothing is appended.
    let net = Net::new(now());
    let wish = LongTerm { collection: collection(&net, now()), ..wish };
    assert!(extend(&pdf, &wish, now()).unwrap().appended.is_empty());
}

#[test]
fn a_missing_answer_gives_the_lower_level_and_its_reason() {
    let late = || Err(FetchError("no answer in time".to_owned()));
    let forged = || {
        let period = Period { this_update: now() - 1.hours(), next_update: None };
        let stranger = Authority::root(&named("Root"), &terms(1, KeyKind::P256)).unwrap();
        Ok(stranger.answer(&world().person.certificate, Answer::Good, period, None).unwrap())
    };
    let stale = || Ok(world().ocsp(PERSON, now() - 2400.hours()));
    let answers: [(&'static str, Result<Vec<u8>, FetchError>); 7] = [
        (PERSON, late()),
        (PERSON, Ok(b"junk".to_vec())),
        (PERSON, Ok(world().ocsp(TSA, now()))),
        (PERSON, forged()),
        (PERSON, stale()),
        (LIST, late()),
        (LIST, Ok(b"junk".to_vec())),
    ];
    for (number, (address, answer)) in answers.into_iter().enumerate() {
        let net = Net::new(now()).with(address, answer);
        let signed = signed_to(Level::BLTA, &net, &Tiring::after(2, now()), &SignOptions::default());
        assert_eq!(signed.level, Level::BT, "{number}");
        assert_eq!(signed.missing.len(), 1, "{number}: {:?}", signed.missing);
        assert_eq!(signed.missing[0].proof, MissingProof::Revocation, "{number}");
        // An answer about another certificate, or for another issuer, is no answer at all.
        assert_eq!(
            signed.missing[0].tried.is_empty(),
            matches!(number, 2 | 3),
            "{number}: {:?}",
            signed.missing
        );
        assert_eq!(kinds(&signed), [RevisionKind::Signature]);
        assert_eq!(judge(&signed.onto(&paper())).verdict, Verdict::Valid, "{number}");
    }
}

#[test]
fn a_revoked_signer_reaches_no_long_term_level() {
    let period = Period { this_update: now() - 1.hours(), next_update: None };
    let revoked = Answer::Revoked(now() - 5.hours(), 1);
    let answer = world().sub.authority().answer(&world().person.certificate, revoked, period, None).unwrap();
    let net = Net::new(now()).with(PERSON, Ok(answer));
    let signed = signed_to(Level::BLT, &net, &Tiring::after(1, now()), &SignOptions::default());
    assert_eq!(signed.level, Level::BT);
    assert!(matches!(signed.missing[0].proof, MissingProof::Revoked(..)));
}

#[test]
fn a_missing_timestamp_stops_each_level_where_it_is_needed() {
    let net = Net::new(now());
    let to = |answers| signed_to(Level::BLTA, &net, &Tiring::after(answers, now()), &SignOptions::default());
    let none = to(0);
    assert_eq!((none.level, none.revisions.len()), (Level::BB, 1));
    assert!(matches!(none.timestamp, TimestampOutcome::Missing(TimestampError::Service(_))));
    let one = to(1);
    assert_eq!((one.level, one.revisions.len()), (Level::BLT, 2));
    assert!(matches!(one.timestamp, TimestampOutcome::Missing(TimestampError::Service(_))));
    let service = Tiring::after(1, now());
    let strict = Stamping { required: true, ..stamping(&service) };
    let wish = LongTerm {
        target: Level::BLTA,
        collection: collection(&net, now()),
        stamping: Some(&strict),
        password: None,
    };
    let refused = sign_to(&paper(), &SignOptions::default(), &world().person.signer(), &wish, now());
    assert!(matches!(refused, Err(SignError::Timestamp(_))));
}

#[test]
fn neither_certification_nor_lock_keeps_proofs_out() {
    let all = SignOptions { lock: Some(FieldLock::All), ..SignOptions::default() };
    let closed = SignOptions { certify: Some(Permission::Nothing), ..SignOptions::default() };
    for options in [all, closed] {
        let (net, service) = (Net::new(now()), Tiring::after(2, now()));
        let signed = signed_to(Level::BLTA, &net, &service, &options);
        assert_eq!(signed.level, Level::BLTA);
        assert_eq!(judge(&signed.onto(&paper())).verdict, Verdict::Valid, "{options:?}");
    }
}

#[test]
fn a_field_that_insists_on_revocation_information_is_not_signed_without() {
    let field = "<</Type/Annot/Subtype/Widget/FT/Sig/T(Chair)/Rect[0 0 0 0]/P 3 0 R/F 4\
                 /SV<</Ff 32/AddRevInfo true>>>>";
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots[6 0 R]>>";
    let catalog = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R]>>>>";
    let pdf = Paper::new(Xref::Stream).with(1, catalog).with(3, page).with(6, field).pdf();
    let options = SignOptions { field: Some("Chair".to_owned()), ..SignOptions::default() };
    let try_with = |net: Net| {
        let service = Tiring::after(1, now());
        let wish = LongTerm {
            target: Level::BLT,
            collection: collection(&net, now()),
            stamping: Some(&stamping(&service)),
            password: None,
        };
        sign_to(&pdf, &options, &world().person.signer(), &wish, now())
    };
    let signed = try_with(Net::new(now())).unwrap();
    assert_eq!((signed.level, judge(&signed.onto(&pdf)).verdict), (Level::BLT, Verdict::Valid));
    let down = Net::new(now()).with(PERSON, Err(FetchError("no route".to_owned())));
    assert!(matches!(try_with(down), Err(SignError::SeedValue(_))));
}

#[test]
fn stored_data_are_merged_with_what_is_there() {
    let data = ValidationData {
        certificates: vec![world().root.certificate().to_der().unwrap()],
        ocsps: vec![world().ocsp(PERSON, now())],
        crls: Vec::new(),
    };
    for xref in [Xref::Table, Xref::Stream] {
        let pdf = Paper::new(xref).pdf();
        let once = [pdf.clone(), append_validation_data(&pdf, &data, now()).unwrap().unwrap()].concat();
        assert_eq!(append_validation_data(&once, &data, now()).unwrap(), None);
        assert!(!has("qpdf", "--version") || !qpdf_complaints(&once));
    }
    let unsigned = extend(
        &paper(),
        &LongTerm {
            target: Level::BLT,
            collection: collection(&Net::new(now()), now()),
            stamping: None,
            password: None,
        },
        now(),
    );
    assert!(matches!(unsigned, Err(SignError::NothingToExtend)));
}
