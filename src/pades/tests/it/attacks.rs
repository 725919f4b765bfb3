//! Each published attack, rebuilt on a small paper: none may pass.

use pades::verify::{ChangesAfter, Coverage, Indication, SubIndication, Verdict};

use crate::office::{Paper, Xref, append, codes, judge, judge_one, last_xref, paper, signed, tamper};

fn find(pdf: &[u8], needle: &[u8]) -> usize {
    pdf.windows(needle.len()).position(|w| w == needle).unwrap()
}

/// Replaces bytes by as many others.
fn patch(pdf: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let at = find(pdf, from);
    let mut forged = pdf.to_vec();
    forged[at..at + to.len()].copy_from_slice(to);
    forged
}

/// The text between the brackets of /ByteRange, replaced within its room.
fn with_byte_range(pdf: &[u8], text: impl Fn(&[usize]) -> String) -> Vec<u8> {
    let start = find(pdf, b"/ByteRange [") + b"/ByteRange [".len();
    let end = start + find(&pdf[start..], b"]");
    let old = String::from_utf8(pdf[start..end].to_vec()).unwrap();
    let numbers: Vec<usize> = old.split_whitespace().map(|n| n.parse().unwrap()).collect();
    let new = format!("{:<width$}", text(&numbers), width = end - start);
    let mut forged = pdf.to_vec();
    forged.splice(start..end, new.into_bytes());
    forged
}

#[test]
fn a_flipped_byte_is_a_hash_failure() {
    let forged = patch(&signed(&paper()), b"Quyet dinh", b"Quyet dinz");
    let signature = judge_one(&forged);
    assert_eq!(signature.indication, Indication::TotalFailed);
    assert_eq!(signature.sub_indication, Some(SubIndication::HashFailure));
    assert!(!signature.intact);
}

#[test]
fn a_flipped_signature_value_is_a_crypto_failure() {
    let pdf = signed(&paper());
    // The value ends the CMS: the last digits before the padding.
    let start = find(&pdf, b"/Contents <") + b"/Contents <".len();
    let end = start + pdf[start..].iter().position(|b| *b == b'>').unwrap();
    let last = (start..end).rev().find(|i| pdf[*i] != b'0').unwrap();
    let mut forged = pdf.clone();
    forged[last] = if forged[last] == b'1' { b'2' } else { b'1' };
    let signature = judge_one(&forged);
    assert_eq!(signature.indication, Indication::TotalFailed, "{signature:?}");
    assert!(!signature.intact);
}

/// Writes the inside of /ByteRange, given the right numbers.
type Form = fn(&[usize]) -> String;

#[test]
fn byte_ranges_of_every_bad_form_fail() {
    let pdf = signed(&paper());
    let forms: [(&str, Form); 11] = [
        ("one range", |n| format!("0 {}", n[3])),
        ("three ranges", |n| format!("0 {} {} 1 {} 1", n[1], n[2], n[2])),
        ("start not zero", |n| format!("1 {} {} {}", n[1] - 1, n[2], n[3])),
        ("reals", |n| format!("0 {}.0 {} {}", n[1], n[2], n[3])),
        ("negative", |n| format!("0 {} {} -{}", n[1], n[2], n[3])),
        ("empty first", |n| format!("0 0 {} {}", n[2], n[3])),
        ("empty second", |n| format!("0 {} {} 0", n[1], n[2])),
        ("overlap", |n| format!("0 {} {} {}", n[2], n[1], n[3])),
        ("overflow", |n| format!("0 {} {} 9223372036854775807", n[1], n[2])),
        ("beyond the end", |n| format!("0 {} {} {}", n[1], n[2], n[3] + 1)),
        ("no range", |_| String::new()),
    ];
    for (name, form) in forms {
        let signature = judge_one(&with_byte_range(&pdf, form));
        assert_eq!(signature.indication, Indication::TotalFailed, "{name}");
        assert_eq!(signature.sub_indication, Some(SubIndication::FormatFailure), "{name}");
        assert_eq!(signature.coverage, Coverage::Invalid, "{name}");
    }
}

#[test]
fn a_wider_gap_fails() {
    let pdf = signed(&paper());
    for (first, second) in [(1, 0), (0, 1)] {
        let forged =
            with_byte_range(&pdf, |n| format!("0 {} {} {}", n[1] - first, n[2] + second, n[3] - second));
        let signature = judge_one(&forged);
        assert!(codes(&signature).contains(&"contents-gap"), "{signature:?}");
        assert_eq!(signature.indication, Indication::TotalFailed);
    }
}

#[test]
fn a_second_contents_key_fails() {
    let pdf = signed(&paper());
    let forged = patch(&pdf, b"/SubFilter", b"/Contents ");
    let signature = judge_one(&forged);
    assert_eq!(signature.indication, Indication::TotalFailed);
}

#[test]
fn a_signature_copied_to_other_content_fails() {
    let (one, other) = (signed(&paper()), signed(&Paper::new(Xref::Table).with(6, "(other)").pdf()));
    let value = |pdf: &[u8]| {
        let start = find(pdf, b"/Contents <") + b"/Contents <".len();
        let end = start + pdf[start..].iter().position(|b| *b == b'>').unwrap();
        pdf[start..end].to_vec()
    };
    let forged = patch(&one, &value(&one), &value(&other));
    assert_eq!(judge_one(&forged).sub_indication, Some(SubIndication::HashFailure));
}

#[test]
fn universal_forgery_without_contents_fails() {
    let forged = patch(&signed(&paper()), b"/Contents <", b"/Kontents <");
    assert_eq!(judge_one(&forged).indication, Indication::TotalFailed);
    let forged = patch(&signed(&paper()), b"/ByteRange [", b"/BytRRange [");
    assert_eq!(judge_one(&forged).indication, Indication::TotalFailed);
}

#[test]
fn page_content_appended_later_is_not_passed() {
    let stream = "<</Length 33>>\nstream\nBT /F1 12 Tf (Forged text) Tj ET   \nendstream";
    let forged = tamper(&signed(&paper()), &[(4, stream)]);
    let signature = judge_one(&forged);
    assert_eq!(signature.changes_after, ChangesAfter::Unexplained);
    assert_eq!(signature.indication, Indication::Indeterminate);
    assert!(signature.intact, "the signed bytes are as they were");
}

#[test]
fn a_page_added_after_signing_is_reported() {
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>";
    let forged = tamper(&signed(&paper()), &[(2, "<</Type/Pages/Kids[3 0 R 90 0 R]/Count 2>>"), (90, page)]);
    let signature = judge_one(&forged);
    assert!(codes(&signature).contains(&"pages-changed"), "{signature:?}");
    assert_ne!(signature.indication, Indication::TotalPassed);
}

#[test]
fn an_annotation_without_certification_needs_a_person() {
    let pdf = signed(&paper());
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R\
                /Resources<</Font<</F1 5 0 R>>>>/Annots[8 0 R 90 0 R]>>";
    let note = "<</Type/Annot/Subtype/FreeText/Rect[70 700 300 740]/Contents(x)>>";
    let signature = judge_one(&tamper(&pdf, &[(3, page), (90, note)]));
    assert!(codes(&signature).contains(&"annotation-added"), "{signature:?}");
    assert_eq!(signature.changes_after, ChangesAfter::Unexplained);
}

#[test]
fn an_emptied_field_still_shows_its_signature() {
    let pdf = signed(&paper());
    let text = String::from_utf8_lossy(&pdf).into_owned();
    let field = text.lines().find(|l| l.contains("/FT /Sig")).unwrap();
    let number: u32 =
        text[..text.find(field).unwrap()].split_whitespace().rev().nth(2).unwrap().parse().unwrap();
    let emptied = field.replace("/V ", "/Was ");
    let report = judge(&tamper(&pdf, &[(number, &emptied)]));
    assert_eq!(report.verdict, Verdict::Invalid, "{report:?}");
    assert!(codes(&report.signatures[0]).contains(&"signed-field-changed"));
}

#[test]
fn objects_hidden_outside_any_table_are_found() {
    let pdf = signed(&paper());
    let hidden = [pdf.as_slice(), b"4 0 obj\n<</Length 0>>\nstream\n\nendstream\nendobj\n"].concat();
    assert_eq!(judge(&hidden).verdict, Verdict::Invalid);
    let with_table = append(&hidden, &[], "/Root 1 0 R", Some(last_xref(&pdf)), Xref::Table);
    let signature = judge_one(&with_table);
    assert!(codes(&signature).contains(&"unreferenced-objects-appended"), "{signature:?}");
    assert_eq!(signature.indication, Indication::TotalFailed);
}

#[test]
fn trailing_data_is_found() {
    let forged = [signed(&paper()).as_slice(), b"\nanything"].concat();
    let signature = judge_one(&forged);
    assert!(codes(&signature).contains(&"trailing-data"), "{signature:?}");
    assert_eq!(signature.indication, Indication::TotalFailed);
}

#[test]
fn a_table_that_points_back_is_forbidden() {
    // The author planted a second content stream before signing; the update points the page's object at it.
    let planted = "(4 0 obj\n<</Length 2>>\nstream\nq \nendstream\nendobj)";
    let pdf = signed(&Paper::new(Xref::Table).with(6, planted).pdf());
    let at = find(&pdf, b"(4 0 obj") + 1;
    let start = pdf.len();
    let table = format!(
        "xref\n4 1\n{at:010} 00000 n \ntrailer\n<</Size 90/Root 1 0 R/Prev {}>>\nstartxref\n{start}\n%%EOF\n",
        last_xref(&pdf)
    );
    let signature = judge_one(&[pdf.as_slice(), table.as_bytes()].concat());
    assert!(codes(&signature).contains(&"entry-repointed"), "{signature:?}");
    assert_eq!(signature.changes_after, ChangesAfter::Forbidden);
}

#[test]
fn a_replaced_root_is_forbidden() {
    let pdf = signed(&paper());
    let objects = [
        (90, "<</Type/Catalog/Pages 91 0 R/AcroForm<</Fields[8 0 R]/SigFlags 3>>>>".to_owned()),
        (91, "<</Type/Pages/Kids[92 0 R]/Count 1>>".to_owned()),
        (92, "<</Type/Page/Parent 91 0 R/MediaBox[0 0 595 842]>>".to_owned()),
    ];
    let forged = append(&pdf, &objects, "/Root 90 0 R", Some(last_xref(&pdf)), Xref::Table);
    let signature = judge_one(&forged);
    assert!(codes(&signature).contains(&"root-changed"), "{signature:?}");
    assert_eq!(signature.indication, Indication::TotalFailed);
}

#[test]
fn a_reference_that_led_nowhere_must_not_come_to_life() {
    let catalog = "<</Type/Catalog/Pages 2 0 R/OpenAction 80 0 R>>";
    let pdf = signed(&Paper::new(Xref::Table).with(1, catalog).pdf());
    let signature = judge_one(&tamper(&pdf, &[(80, "<</S/JavaScript/JS(x)>>")]));
    assert_eq!(signature.changes_after, ChangesAfter::Unexplained, "{signature:?}");
}

#[test]
fn a_prev_loop_is_refused() {
    let pdf = paper();
    let start = pdf.len();
    let looped =
        format!("xref\n0 0\ntrailer\n<</Size 6/Root 1 0 R/Prev {start}>>\nstartxref\n{start}\n%%EOF\n");
    let forged = [pdf.as_slice(), looped.as_bytes()].concat();
    let error = pades::verify::verify(&forged, &crate::office::context()).unwrap_err();
    assert_eq!(error.0.code(), "damaged-xref");
    assert_eq!(error.report(&forged).verdict, Verdict::Unreadable);
}

#[test]
fn a_page_tree_that_contains_itself_is_refused() {
    let pdf = Paper::new(Xref::Table).with(2, "<</Type/Pages/Kids[3 0 R 2 0 R]/Count 2>>").pdf();
    assert!(pades::verify::verify(&pdf, &crate::office::context()).is_err());
    let signed = pades::sign::sign(
        &pdf,
        &pades::sign::SignOptions::default(),
        crate::office::chair(),
        None,
        crate::office::now(),
    );
    assert!(signed.is_err());
}
