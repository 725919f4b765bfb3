//! Files from elsewhere: those with known verdicts, and those that are to be signed.

use std::collections::HashMap;
use std::path::PathBuf;

use openssl::x509::X509;
use pades::pdf::{Object, Pdf};
use pades::sign::{SignOptions, Signer, append_document_timestamp, append_validation_data, sign};
use pades::trust::{Anchors, ValidationData};
use pades::verify::{
    BaselineLevel, ChangesAfter, Context, RevocationPolicy, SignatureReport, SubIndication, Verdict, verify,
};

use crate::appearance::stamp;
use crate::office::{chair, clerk, judge, now, root, stamping, tsa};
use crate::oracles::{Scratch, has, pdfsig_says_valid, qpdf_complaints};

/// The sample folder, or a line that says it is not there.
fn corpus() -> Option<PathBuf> {
    let named = std::env::var_os("ECABINET_TEST_CORPUS").map(PathBuf::from);
    let beside = [root().join("../shared/corpus"), root().join("../../shared/corpus")];
    let found = named.into_iter().chain(beside).find(|path| path.join("signed-pdfs/manifest.tsv").exists());
    if found.is_none() {
        println!("skipped: no sample files (ECABINET_TEST_CORPUS)");
    }
    found
}

/// Rows of a table with a head line, as (first column, all columns by name).
fn rows(path: PathBuf) -> Vec<std::collections::HashMap<String, String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    let head = lines.next().unwrap();
    lines.map(|row| head.iter().cloned().zip(row).collect()).collect()
}

/// The signed samples by name; none where there are none.
pub fn signed_samples() -> Vec<(String, Vec<u8>)> {
    let Some(folder) = corpus().map(|corpus| corpus.join("signed-pdfs")) else { return Vec::new() };
    let read = |row: &std::collections::HashMap<String, String>| {
        (row["file"].clone(), std::fs::read(folder.join(&row["file"])).unwrap())
    };
    rows(folder.join("manifest.tsv")).iter().map(read).collect()
}

/// Our verdict in the words of the manifest, trust left aside: the samples' roots are not ours.
fn class(pdf: &[u8]) -> &'static str {
    let anchors = Anchors::none();
    let context = Context::new(&anchors, now());
    let Ok(report) = verify(pdf, &context) else { return "parse-error-expected" };
    let broken =
        |s: &SubIndication| matches!(s, SubIndication::HashFailure | SubIndication::SigCryptoFailure);
    if report.signatures.iter().any(|s| !s.intact || s.sub_indication.as_ref().is_some_and(broken)) {
        return "invalid";
    }
    match report.signatures.iter().map(|s| s.changes_after).max() {
        None => "unsigned",
        Some(ChangesAfter::None) => "valid-integrity",
        Some(ChangesAfter::Unexplained | ChangesAfter::Forbidden) => "modified-disallowed",
        Some(_) => "modified-after-signing-allowed",
    }
}

#[test]
fn every_signed_sample_gets_an_accepted_verdict() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("signed-pdfs");
    let mut wrong = Vec::new();
    for row in rows(folder.join("manifest.tsv")) {
        let pdf = std::fs::read(folder.join(&row["file"])).unwrap();
        let class = class(&pdf);
        println!("{:60} {class}", row["file"]);
        if !row["accept"].split(',').any(|accepted| accepted == class) {
            wrong.push(format!("{}: {class}, accepted are {}", row["file"], row["accept"]));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_unsigned_sample_is_signed_or_refused() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("pdfs");
    let mut wrong = Vec::new();
    for row in rows(folder.join("reference-sign.tsv")) {
        let name = &row["file"];
        let pdf = std::fs::read(folder.join(name)).unwrap();
        let signed = match sign(&pdf, &SignOptions::default(), chair(), None, now()) {
            Ok(signed) => signed.onto(&pdf),
            Err(error) => {
                let source = std::error::Error::source(&error).map(|s| s.to_string()).unwrap_or_default();
                println!("{name:60} refused: {error}: {source}");
                if row["pyhanko"] == "ok" && !source.contains("password") {
                    wrong.push(format!("{name}: refused, but pyHanko signs it strictly"));
                }
                continue;
            }
        };
        let report = judge(&signed);
        let own = report.signatures.last().map(|s| s.intact);
        let pdfsig = has("pdfsig", "-v").then(|| pdfsig_says_valid(&signed));
        println!("{name:60} signed: ours {own:?}, pdfsig {pdfsig:?}");
        if !signed.starts_with(&pdf) || own != Some(true) {
            wrong.push(format!("{name}: our own verdict is {report:?}"));
        }
        if row["pyhanko_pdfsig"] == "valid" && pdfsig == Some(false) {
            wrong.push(format!("{name}: pdfsig does not accept it"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_sample_takes_a_second_signature_and_a_timestamp() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("pdfs");
    let authority = tsa();
    let service = authority.at(now());
    let visible =
        SignOptions { appearance: Some(stamp([50.0, 50.0, 180.0, 60.0])), ..SignOptions::default() };
    for row in rows(folder.join("reference-sign.tsv")) {
        let pdf = std::fs::read(folder.join(&row["file"])).unwrap();
        let Ok(first) = sign(&pdf, &SignOptions::default(), chair(), None, now()) else { continue };
        let first = first.onto(&pdf);
        let second = sign(&first, &visible, clerk(), None, now()).unwrap().onto(&first);
        let third = append_document_timestamp(&second, &stamping(&service), now()).unwrap().onto(&second);
        let report = judge(&third);
        assert_eq!(report.verdict, Verdict::Valid, "{}: {report:#?}", row["file"]);
        if has("qpdf", "--version") {
            assert!(!qpdf_complaints(&third) || qpdf_complaints(&pdf), "{}", row["file"]);
        }
    }
}

/// The roots that a file carries in its store: whom its author trusted.
fn own_roots(pdf: &[u8]) -> Anchors {
    let file = Pdf::open(pdf).unwrap();
    let (_, catalog) = file.catalog().unwrap();
    let store = file.dict_value(&catalog, "DSS").unwrap().unwrap();
    let list = file.value(&store, "Certs").unwrap();
    let mut roots = Anchors::none();
    for item in list.array().unwrap() {
        let Object::Stream(stream) = file.resolve(item).unwrap() else { continue };
        let der = file.stream_data(&stream).unwrap();
        let certificate = X509::from_der(&der).unwrap();
        if certificate.verify(&certificate.public_key().unwrap()).unwrap_or(false) {
            roots.extend(Anchors::from_bytes(&der).unwrap());
        }
    }
    roots
}

#[test]
fn a_long_term_signature_from_costa_rica_is_proven_while_its_authorities_last() {
    let Some(corpus) = corpus() else { return };
    let pdf = std::fs::read(corpus.join("signed-pdfs/dss/doc-firmado-LT.pdf")).unwrap();
    let roots = own_roots(&pdf);
    let judged = |at: &str| {
        let revocation = RevocationPolicy::Required;
        let context = Context { revocation, ..Context::new(&roots, at.parse().unwrap()) };
        verify(&pdf, &context).unwrap()
    };
    let soon = judged("2018-09-20T00:00:00Z");
    assert_eq!(soon.verdict, Verdict::Valid, "{soon:#?}");
    assert_eq!(soon.signatures[0].level, Some(BaselineLevel::BLT));
    // Its timestamp authority has ended, and no later timestamp covers it.
    let late = judged("2026-11-22T00:00:00Z");
    assert_eq!(late.signatures[0].sub_indication, Some(SubIndication::OutOfBoundsNoPoe));
    assert_eq!(late.signatures[0].timestamps[0].sub_indication, Some(SubIndication::OutOfBoundsNoPoe));
}

#[test]
fn an_archive_that_lacks_proofs_on_its_authorities_is_not_called_one() {
    let Some(corpus) = corpus() else { return };
    let name = "signed-pdfs/siva-test/TEST_ESTEID2018_PAdES_LTA_enveloped.pdf";
    let pdf = std::fs::read(corpus.join(name)).unwrap();
    let report = verify(&pdf, &Context::new(&own_roots(&pdf), now())).unwrap();
    assert_eq!(report.verdict, Verdict::Valid, "{report:#?}");
    let signature = &report.signatures[0];
    assert_eq!(signature.level, Some(BaselineLevel::BT), "nothing on the authorities is in the store");
    let lacking = signature.messages.iter().filter(|m| m.code == "revocation-not-checked");
    let lacking: Vec<&str> = lacking.map(|m| m.en.as_str()).collect();
    assert!(lacking.iter().any(|words| words.contains("TEST of SK TSA CA 2023E")), "{lacking:#?}");
}

#[test]
fn a_timestamp_of_another_signature_is_left_out() {
    let Some(corpus) = corpus() else { return };
    let pdf = std::fs::read(corpus.join("signed-pdfs/dss/pades-two-sig-copied-tst.pdf")).unwrap();
    let report = verify(&pdf, &crate::office::context()).unwrap();
    let codes = |index: usize| crate::office::codes(&report.signatures[index]);
    assert!(!codes(0).contains(&"timestamp-invalid") && codes(1).contains(&"timestamp-invalid"));
    assert!(report.signatures[1].timestamps.is_empty());
    assert!(report.signatures[1].intact, "the signature itself is as it was");
}

/// What pyHanko says of each signature of some files, trust aside: file, field, and its findings on one line.
const FINDINGS: &str = r"
import asyncio, sys, logging
logging.disable(logging.CRITICAL)
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
for number, path in enumerate(sys.argv[1:]):
    try:
        with open(path, 'rb') as f:
            reader = PdfFileReader(f, strict=False)
            if reader.encrypted:
                reader.decrypt('')
            for sig in reader.embedded_regular_signatures:
                try:
                    context = ValidationContext(trust_roots=[], allow_fetching=False)
                    s = asyncio.run(async_validate_pdf_signature(sig, context))
                    print(number, sig.field_name, s.intact, s.valid, s.docmdp_ok, sep='\t')
                except Exception as e:
                    print(number, sig.field_name, type(e).__name__, '', '', sep='\t')
    except Exception as e:
        pass
";

/// A file's number and field, and whether the signature is intact, valid, and only permissibly changed.
type Findings = HashMap<(String, String), [String; 3]>;

/// `None` where there is no Python with pyHanko.
fn pyhanko_findings(files: &[Vec<u8>]) -> Option<Findings> {
    let python = std::env::var("ECABINET_TEST_PYTHON").ok().filter(|python| has(python, "--version"))?;
    let files: Vec<Scratch> = files.iter().map(|pdf| Scratch::new(pdf)).collect();
    let output = std::process::Command::new(python)
        .args(["-c", FINDINGS])
        .args(files.iter().map(Scratch::path))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let row = |line: &str| -> Option<((String, String), [String; 3])> {
        let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
        let [file, field, intact, valid, permitted] = cells.try_into().ok()?;
        Some(((file, field), [intact, valid, permitted]))
    };
    Some(text.lines().filter_map(row).collect())
}

/// Whether a signature holds and what came after it is explained.
fn is_good(signature: &SignatureReport) -> bool {
    signature.intact
        && !matches!(signature.changes_after, ChangesAfter::Unexplained | ChangesAfter::Forbidden)
}

#[test]
fn every_signed_sample_takes_one_more_signature_and_its_proofs_without_harm() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("signed-pdfs");
    let (mut before, mut after, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
    let certificates = clerk().certificates().iter().map(|c| c.to_der().unwrap()).collect();
    let data = ValidationData { certificates, ..ValidationData::default() };
    for row in rows(folder.join("manifest.tsv")) {
        let name = &row["file"];
        let pdf = std::fs::read(folder.join(name)).unwrap();
        let more = match sign(&pdf, &SignOptions::default(), clerk(), None, now()) {
            Ok(signed) => signed.onto(&pdf),
            Err(error) => {
                let source = std::error::Error::source(&error).map(|s| s.to_string()).unwrap_or_default();
                println!("{name:60} refused: {error}: {source}");
                continue;
            }
        };
        // What is stored for later joins what others have stored.
        let stored = append_validation_data(&more, &data, now()).unwrap().unwrap();
        let more = [more, stored].concat();
        let (old, new) = (judge(&pdf), judge(&more));
        for signature in old.signatures.iter().filter(|signature| is_good(signature)) {
            let same = new.signatures.iter().find(|other| other.field == signature.field);
            if !same.is_some_and(is_good) {
                wrong.push(format!("{name}: {} was good, now {same:?}", signature.field));
            }
        }
        let own = new.signatures.last().is_some_and(|signature| signature.intact);
        println!("{name:60} signed, ours {own}, {} before", old.signatures.len());
        if !own {
            wrong.push(format!("{name}: our own signature is not intact"));
        }
        before.push(pdf);
        after.push(more);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    pyhanko_finds_the_same(&before, &after);
}

/// Asks pyHanko before and after, and finds no difference in what it says of the signatures there were.
fn pyhanko_finds_the_same(before: &[Vec<u8>], after: &[Vec<u8>]) {
    let (Some(old), Some(new)) = (pyhanko_findings(before), pyhanko_findings(after)) else { return };
    for (signature, findings) in &old {
        println!("{signature:?}: {findings:?}, then {:?}", new.get(signature));
        assert_eq!(Some(findings), new.get(signature), "{signature:?}");
    }
    assert!(old.len() > 10, "{old:?}");
}
