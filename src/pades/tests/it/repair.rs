//! Files with a damaged cross-reference: read with a doubt, signed only if there is nothing to choose.

use std::process::Command;

use pades::pdf::{Pdf, PdfError, pages, revisions};
use pades::sign::{SignError, SignOptions, sign};
use pades::verify::{ChangesAfter, Indication, Verdict, verify};

use crate::office::{Paper, Xref, chair, codes, context, judge, now, paper, signed};
use crate::oracles::{Scratch, has, pdfsig_says_valid, pyhanko_trusts, qpdf_complaints};

/// Replaces the last occurrence of some text by another of the same length.
fn overwritten(pdf: &[u8], text: &str, by: &str) -> Vec<u8> {
    assert_eq!(text.len(), by.len());
    let at = pdf.windows(text.len()).rposition(|w| w == text.as_bytes()).unwrap();
    [&pdf[..at], by.as_bytes(), &pdf[at + text.len()..]].concat()
}

/// The same paper, damaged in ways that leave one reading.
fn recoverable() -> Vec<(&'static str, Vec<u8>)> {
    let (table, stream) = (paper(), Paper::new(Xref::Stream).pdf());
    let cut = table.windows(9).rposition(|w| w == b"startxref").unwrap();
    let mut recoverable = vec![
        ("no startxref", table[..cut].to_vec()),
        ("a misspelt startxref", overwritten(&table, "startxref", "startxxxx")),
        ("a misspelt xref", overwritten(&table, "xref\n0 1", "xxxx\n0 1")),
        ("a table that is no table", overwritten(&table, "00000 n \ntrailer", "0000z n \ntrailer")),
        ("a startxref beyond the file", overwritten(&table, "\n%%EOF", "9999999"[..6].as_ref())),
        ("a stream that nobody names", overwritten(&stream, "startxref", "startxxxx")),
    ];
    if has("qpdf", "--version") {
        let (from, to) = (Scratch::new(&table), Scratch::new(b""));
        let arguments = ["--object-streams=generate", "--stream-data=compress"];
        Command::new("qpdf").args(arguments).args([from.path(), to.path()]).status().unwrap();
        let pdf = std::fs::read(to.path()).unwrap();
        recoverable.push(("object streams", overwritten(&pdf, "startxref", "startxxxx")));
    }
    recoverable
}

#[test]
fn a_file_with_one_reading_is_repaired_and_signed() {
    for (name, pdf) in recoverable() {
        let file = Pdf::open(&pdf).unwrap();
        assert!(file.is_repaired(), "{name}");
        assert_eq!(pages(&file).unwrap().len(), 1, "{name}");
        assert_eq!(revisions(&file).unwrap().len(), 1, "{name}");
        assert_eq!(verify(&pdf, &context()).unwrap().verdict, Verdict::Unsigned, "{name}");

        let once = signed(&pdf);
        assert!(once.starts_with(&pdf), "{name}");
        assert!(!Pdf::open(&once).unwrap().is_repaired(), "{name}");
        let twice = signed(&once);
        let report = judge(&twice);
        assert_eq!(report.verdict, Verdict::Valid, "{name}: {report:#?}");
        if has("qpdf", "--version") {
            assert!(!qpdf_complaints(&twice), "{name}");
        }
        if has("pdfsig", "-v") {
            assert!(pdfsig_says_valid(&twice), "{name}");
        }
    }
}

#[test]
fn pyhanko_trusts_what_was_repaired_by_signing() {
    for (name, pdf) in recoverable() {
        assert!(pyhanko_trusts(&signed(&pdf)).unwrap_or(true), "{name}");
    }
}

fn refusal(pdf: &[u8]) -> String {
    assert!(Pdf::open(pdf).unwrap().is_repaired());
    match sign(pdf, &SignOptions::default(), chair(), None, now()) {
        Err(SignError::Unreadable(PdfError::Repaired(reason))) => reason.to_owned(),
        other => panic!("not refused: {other:?}"),
    }
}

/// No section is named any more, not even an older one.
fn damaged(pdf: &[u8]) -> Vec<u8> {
    let mut pdf = pdf.to_vec();
    while pdf.windows(9).any(|w| w == b"startxref") {
        pdf = overwritten(&pdf, "startxref", "startxxxx");
    }
    pdf
}

#[test]
fn a_file_with_two_readings_is_not_signed() {
    let twice = crate::office::tamper(&paper(), &[(5, "<</Type/Font/Subtype/Type1/BaseFont/Courier>>")]);
    assert_eq!(refusal(&damaged(&twice)), "an object number is defined twice");

    let inside = "9 0 obj\n<</Hidden true>>\nendobj\n";
    let stream = format!("<</Length {}>>\nstream\n{inside}\nendstream", inside.len());
    let hidden = Paper::new(Xref::Table).with(8, &stream).pdf();
    assert_eq!(refusal(&damaged(&hidden)), "an object is damaged");

    let other = [paper().as_slice(), b"trailer\n<</Root 1 0 R/Info 5 0 R>>\n"].concat();
    assert_eq!(refusal(&damaged(&other)), "there are trailers that differ");

    let length = Paper::new(Xref::Table).with(8, "<</Length 3>>\nstream\nlonger\nendstream").pdf();
    assert_eq!(refusal(&damaged(&length)), "an object is damaged");

    let bare = overwritten(&damaged(&paper()), "trailer", "tr_iler");
    assert_eq!(refusal(&bare), "the trailer is missing");
}

/// The older revision is still whole, but some programs will show the newer one.
#[test]
fn a_revision_that_lost_its_end_is_not_signed_away() {
    let twice = crate::office::tamper(&paper(), &[(5, "<</Type/Font/Subtype/Type1/BaseFont/Courier>>")]);
    let pdf = overwritten(&twice, "startxref", "startxxxx");
    assert!(!Pdf::open(&pdf).unwrap().is_repaired());
    let refused = sign(&pdf, &SignOptions::default(), chair(), None, now());
    assert!(matches!(refused, Err(SignError::Unreadable(PdfError::Repaired(_)))), "{refused:?}");
}

#[test]
fn junk_before_the_header_is_read_and_not_signed() {
    let pdf = [b"Content-Type: application/pdf\r\n\r\n".as_slice(), &paper()].concat();
    assert_eq!(refusal(&pdf), "the header does not stand at the start");
}

#[test]
fn a_signature_in_a_repaired_file_is_at_best_indeterminate() {
    let pdf = damaged(&signed(&paper()));
    assert_eq!(refusal(&pdf), "an object number is defined twice");
    // Only what follows the signed bytes is damaged, so that the digest still holds.
    let behind = [signed(&paper()).as_slice(), b"startxref\n1\n%%EOF\n"].concat();
    let report = judge(&behind);
    let signature = &report.signatures[0];
    assert_eq!(report.verdict, Verdict::Indeterminate, "{report:#?}");
    assert_eq!(signature.changes_after, ChangesAfter::Unexplained);
    assert!(signature.intact && codes(signature).contains(&"file-repaired"));

    let forged = overwritten(&behind, "(Quyet dinh)", "(Bai bo het)");
    assert_eq!(judge(&forged).signatures[0].indication, Indication::TotalFailed);
}

#[test]
fn hostile_damage_ends_soon_and_without_a_document() {
    let unterminated: String = (0..60_000).map(|n| format!("{n} 0 obj (")).collect();
    let trailers = "trailer <</Root ".repeat(60_000);
    for text in [unterminated, trailers, "0 0 obj ".repeat(100_000)] {
        let pdf = format!("%PDF-1.7\n{text}");
        assert!(verify(pdf.as_bytes(), &context()).is_err());
    }
}
