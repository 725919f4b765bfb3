//! What signing appends, and what the verdict says of it.

use pades::sign::{Level, SignOptions, TimestampOutcome, append_document_timestamp, sign};
use pades::verify::{BaselineLevel, ChangesAfter, Coverage, Indication, TimeSource, Verdict};

use crate::office::{
    Paper, Xref, chair, clerk, codes, judge, judge_one, last_xref, now, paper, signed, signed_with, stamping,
    tsa,
};

#[test]
fn a_signed_paper_passes() {
    for xref in [Xref::Table, Xref::Stream] {
        let pdf = Paper::new(xref).pdf();
        let signature = judge_one(&signed(&pdf));
        assert_eq!(signature.indication, Indication::TotalPassed, "{xref:?} {signature:?}");
        assert_eq!(signature.coverage, Coverage::EntireFile);
        assert_eq!(signature.changes_after, ChangesAfter::None);
        assert_eq!(signature.level, Some(BaselineLevel::BB));
        assert_eq!(signature.time_source, TimeSource::Claimed);
        assert_eq!(signature.signing_time.as_deref(), Some("2026-11-22T10:00:00+07:00"));
        assert!(codes(&signature).contains(&"revocation-not-checked"));
    }
}

#[test]
fn rsa_and_elliptic_curve_keys_sign() {
    let pdf = paper();
    let rsa = sign(&pdf, &SignOptions::default(), clerk(), None, now()).unwrap().onto(&pdf);
    assert_eq!(judge_one(&rsa).signature_algorithm.as_deref(), Some("rsa-pkcs1v15"));
    let curve = sign(&pdf, &SignOptions::default(), chair(), None, now()).unwrap().onto(&pdf);
    assert_eq!(judge_one(&curve).signature_algorithm.as_deref(), Some("ecdsa"));
}

#[test]
fn a_timestamp_proves_the_time() {
    let (pdf, authority) = (paper(), tsa());
    let service = authority.at(now());
    let result = sign(&pdf, &SignOptions::default(), chair(), Some(&stamping(&service)), now()).unwrap();
    assert_eq!((result.level, &result.timestamp), (Level::BT, &TimestampOutcome::Present(now())));
    let signature = judge_one(&result.onto(&pdf));
    assert_eq!(signature.indication, Indication::TotalPassed, "{signature:?}");
    assert_eq!((signature.level, signature.time_source), (Some(BaselineLevel::BT), TimeSource::Timestamp));
}

#[test]
fn a_certificate_that_ended_still_passes_by_its_timestamp() {
    let (pdf, authority) = (paper(), tsa());
    let service = authority.at(now());
    let stamped =
        sign(&pdf, &SignOptions::default(), chair(), Some(&stamping(&service)), now()).unwrap().onto(&pdf);
    let later = "2031-01-01T00:00:00Z".parse().unwrap();
    let context = pades::verify::Context { at: later, ..crate::office::context() };
    assert_eq!(pades::verify::verify(&stamped, &context).unwrap().verdict, Verdict::Valid);
    let plain = pades::verify::verify(&signed(&pdf), &context).unwrap();
    assert_eq!(plain.verdict, Verdict::Indeterminate);
}

#[test]
fn a_document_timestamp_is_appended_and_passes() {
    let authority = tsa();
    let service = authority.at(now());
    let pdf = signed(&paper());
    let stamped = append_document_timestamp(&pdf, &stamping(&service), now()).unwrap().onto(&pdf);
    let report = judge(&stamped);
    assert_eq!(report.signatures.len(), 2);
    assert_eq!(report.signatures[1].indication, Indication::TotalPassed, "{report:?}");
    assert_eq!(report.signatures[1].sub_filter, "ETSI.RFC3161");
}

#[test]
fn each_of_two_signatures_is_intact() {
    for xref in [Xref::Table, Xref::Stream] {
        let first = signed(&Paper::new(xref).pdf());
        let second = signed(&first);
        let report = judge(&second);
        assert_eq!(report.revisions, 3);
        let coverage: Vec<Coverage> = report.signatures.iter().map(|s| s.coverage).collect();
        assert_eq!(coverage, [Coverage::EntireRevision, Coverage::EntireFile]);
        assert!(report.signatures.iter().all(|s| s.intact), "{report:?}");
    }
}

#[test]
fn the_original_stays_a_prefix() {
    let pdf = paper();
    let result = signed_with(&pdf, &SignOptions::default());
    assert!(result.onto(&pdf).starts_with(&pdf));
    assert_eq!(result.field, "Signature1");
}

/// A file whose table hides object 6 and names a cross-reference stream that lists it (ISO 32000-2 §7.5.8.4).
fn hybrid() -> Vec<u8> {
    let base = paper();
    let place = base.len();
    let mut out = [base.as_slice(), b"6 0 obj\n(hidden)\nendobj\n"].concat();
    let stream = out.len();
    let row: Vec<u8> = [vec![1], (place as u32).to_be_bytes().to_vec(), vec![0]].concat();
    out.extend(b"7 0 obj\n<</Type/XRef/Size 8/W[1 4 1]/Index[6 1]/Length 6>>\nstream\n");
    out.extend(row);
    out.extend(b"\nendstream\nendobj\n");
    let start = out.len();
    let previous = last_xref(&base);
    let trailer = format!("<</Size 8/Root 1 0 R/Prev {previous}/XRefStm {stream}>>");
    out.extend(
        format!("xref\n0 1\n0000000000 65535 f \ntrailer\n{trailer}\nstartxref\n{start}\n%%EOF\n").bytes(),
    );
    out
}

#[test]
fn a_hybrid_file_is_continued_with_a_table() {
    let pdf = hybrid();
    let result = signed_with(&pdf, &SignOptions::default());
    let appended = String::from_utf8_lossy(&result.appended).into_owned();
    assert!(appended.contains("\nxref\n") && !appended.contains("/XRefStm"));
    assert!(appended.contains("8 0 obj"), "the number that the stream lists is not taken again");
    let report = judge(&signed(&result.onto(&pdf)));
    assert_eq!(report.verdict, Verdict::Valid, "{report:?}");
}
