//! Fields that a signature locks, and locks that a field's author prescribed.

use pades::sign::{FieldLock, SignError, SignOptions, append_document_timestamp, sign};
use pades::verify::{ChangesAfter, Verdict};

use crate::office::{Paper, Xref, chair, clerk, judge, now, paper, signed_with, stamping, tamper, tsa};
use crate::oracles::{has, pyhanko, pyhanko_says, qpdf_complaints};

/// A paper with a text field `Note` and an empty signature field `Chair` with these further keys.
fn form(keys: &str) -> Vec<u8> {
    let widget = "/Type/Annot/Subtype/Widget/Rect[0 0 0 0]/P 3 0 R/F 4";
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Annots[6 0 R 7 0 R]\
                /Resources<</Font<</F1 5 0 R>>>>>>";
    Paper::new(Xref::Table)
        .with(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R 7 0 R]>>>>")
        .with(3, page)
        .with(6, &format!("<<{widget}/FT/Sig/T(Chair){keys}>>"))
        .with(7, &format!("<<{widget}/FT/Tx/T(Note)/V(old)>>"))
        .pdf()
}

fn here() -> SignOptions {
    SignOptions { field: Some("Chair".to_owned()), ..SignOptions::default() }
}

/// What changing the note after signing comes to.
fn note_changed(signed: &[u8]) -> ChangesAfter {
    let note = "<</Type/Annot/Subtype/Widget/Rect[0 0 0 0]/P 3 0 R/F 4/FT/Tx/T(Note)/V(new)>>";
    judge(&tamper(signed, &[(7, note)])).signatures[0].changes_after
}

#[test]
fn a_prescribed_lock_is_carried_out() {
    let pdf = form("/Lock<</Type/SigFieldLock/Action/Include/Fields[(Note)]>>");
    let signed = signed_with(&pdf, &here()).onto(&pdf);
    assert_eq!(judge(&signed).verdict, Verdict::Valid);
    assert_eq!(note_changed(&signed), ChangesAfter::Forbidden);
    if let Some(pyhanko) = pyhanko() {
        assert!(pyhanko_says(&pyhanko, &signed).contains("The signature is judged VALID"));
    }
    let free = form("");
    assert_ne!(note_changed(&signed_with(&free, &here()).onto(&free)), ChangesAfter::Forbidden);
}

#[test]
fn a_lock_may_be_asked_for() {
    for (xref, lock) in [
        (Xref::Table, FieldLock::All),
        (Xref::Stream, FieldLock::Include(vec!["Ghi chú".to_owned()])),
        (Xref::Table, FieldLock::Exclude(vec!["Signature2".to_owned()])),
    ] {
        let pdf = Paper::new(xref).pdf();
        let locked = SignOptions { lock: Some(lock.clone()), ..SignOptions::default() };
        let signed = signed_with(&pdf, &locked).onto(&pdf);
        assert_eq!(judge(&signed).verdict, Verdict::Valid, "{lock:?}");
        assert!(!has("qpdf", "--version") || !qpdf_complaints(&signed), "{lock:?}");
        let next = |field: &str| {
            let options = SignOptions { field: Some(field.to_owned()), ..SignOptions::default() };
            sign(&signed, &options, clerk(), None, now()).map(|again| again.onto(&signed))
        };
        for field in ["Signature2", "Ghi chú"] {
            match next(field) {
                Ok(again) => assert!(!lock.covers(field) && judge(&again).verdict == Verdict::Valid),
                Err(refused) => assert!(lock.covers(field) && matches!(refused, SignError::Locked(_))),
            }
        }
    }
}

#[test]
fn two_wishes_for_one_lock_are_refused() {
    let pdf = form("/Lock<</Type/SigFieldLock/Action/All>>");
    let other = SignOptions { lock: Some(FieldLock::Include(vec!["Note".to_owned()])), ..here() };
    assert!(matches!(sign(&pdf, &other, chair(), None, now()), Err(SignError::FieldHasLock(_))));
    let same = SignOptions { lock: Some(FieldLock::All), ..here() };
    assert!(sign(&pdf, &same, chair(), None, now()).is_ok());
}

#[test]
fn a_timestamp_may_follow_every_lock() {
    let authority = tsa();
    let service = authority.at(now());
    let all = SignOptions { lock: Some(FieldLock::All), ..SignOptions::default() };
    let certified = SignOptions { certify: Some(pades::sign::Permission::Nothing), ..SignOptions::default() };
    for options in [all, certified] {
        let pdf = signed_with(&paper(), &options).onto(&paper());
        let stamped = append_document_timestamp(&pdf, &stamping(&service), now()).unwrap().onto(&pdf);
        let report = judge(&stamped);
        assert!(report.signatures.iter().all(|s| s.intact), "{report:?}");
        assert_eq!(report.signatures[0].changes_after, ChangesAfter::LtvUpdate, "{report:?}");
    }
}
