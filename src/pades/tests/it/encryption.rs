//! Encrypted files of every kind are signed and judged, and other programs agree.

use std::process::Command;

use pades::pdf::{Pdf, PdfError, revisions};
use pades::sign::{SignError, SignOptions, append_document_timestamp_to, sign};
use pades::verify::{ChangesAfter, Context, FileReport, Verdict, verify};

use crate::appearance::stamp;
use crate::office::{Paper, Xref, chair, clerk, context, now, root, stamping, tsa};
use crate::oracles::{Scratch, has, pdfsig_says_valid_with, pyhanko};

const USER: &str = "mở-ra";
const OWNER: &str = "propriétaire";

/// Name of each kind, and what makes qpdf write it.
const KINDS: [(&str, &str, &str); 9] = [
    ("RC4-40", "40", ""),
    ("RC4-128", "128", "--use-aes=n"),
    ("RC4-128 by crypt filters", "128", "--use-aes=n --force-V4"),
    ("AES-128", "128", "--use-aes=y"),
    ("AES-128, plain metadata", "128", "--use-aes=y --cleartext-metadata"),
    ("AES-256", "256", ""),
    ("AES-256, plain metadata", "256", "--cleartext-metadata"),
    ("AES-256 of Acrobat 9", "256", "--force-R5"),
    ("AES-256, restricted", "256", "--modify=none --print=none"),
];

fn sample(xref: Xref) -> Vec<u8> {
    let xmp = "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>";
    let metadata = format!("<</Type/Metadata/Subtype/XML/Length {}>>\nstream\n{xmp}\nendstream", xmp.len());
    let catalog = "<</Type/Catalog/Pages 2 0 R/Metadata 6 0 R/Lang(vi-VN)>>";
    Paper::new(xref).with(1, catalog).with(6, &metadata).with(7, "<</Title(Quyet dinh)>>").pdf()
}

fn encrypted(pdf: &[u8], user: &str, bits: &str, options: &str, streams: &str) -> Vec<u8> {
    let (from, to) = (Scratch::new(pdf), Scratch::new(b""));
    let output = Command::new("qpdf")
        .args(["--allow-weak-crypto", streams, "--password-mode=unicode", "--encrypt", user, OWNER, bits])
        .args(options.split_whitespace())
        .arg("--")
        .args([from.path(), to.path()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read(to.path()).unwrap()
}

/// Each kind, with a table and with object streams. The password of old kinds is plain ASCII.
fn samples() -> Vec<(String, Vec<u8>, &'static str)> {
    let mut samples = Vec::new();
    for (name, bits, options) in KINDS {
        let user = if bits == "256" { USER } else { "mo-ra" };
        for (streams, xref) in
            [("--object-streams=disable", Xref::Table), ("--object-streams=generate", Xref::Stream)]
        {
            let pdf = encrypted(&sample(xref), user, bits, options, streams);
            samples.push((format!("{name}, {streams}"), pdf, user));
        }
    }
    samples
}

fn options(password: &str) -> SignOptions {
    SignOptions {
        password: Some(password.into()),
        reason: Some("Đồng ý".to_owned()),
        appearance: Some(stamp([50.0, 50.0, 180.0, 60.0])),
        ..SignOptions::default()
    }
}

fn judged(pdf: &[u8], password: &str) -> FileReport {
    let password = password.into();
    verify(pdf, &Context { password: Some(&password), ..context() }).unwrap()
}

fn qpdf_accepts(pdf: &[u8], password: &str) -> bool {
    let file = Scratch::new(pdf);
    let mut qpdf = Command::new("qpdf");
    let output = qpdf.args(["--check", &format!("--password={password}")]).arg(file.path()).output().unwrap();
    output.status.success()
}

#[test]
fn every_kind_is_signed_twice_and_passes() {
    if !has("qpdf", "--version") {
        return;
    }
    for (name, pdf, user) in samples() {
        let once = sign(&pdf, &options(user), chair(), None, now()).unwrap().onto(&pdf);
        let plain = SignOptions { appearance: None, ..options(user) };
        let twice = sign(&once, &plain, clerk(), None, now()).unwrap().onto(&once);
        assert!(twice.starts_with(&pdf), "{name}");
        let report = judged(&twice, user);
        assert_eq!((report.verdict, report.signatures.len()), (Verdict::Valid, 2), "{name}: {report:#?}");
        assert_eq!(report.signatures[0].changes_after, ChangesAfter::FormFilling, "{name}");
        assert!(qpdf_accepts(&twice, user), "{name}");
        if has("pdfsig", "-v") {
            assert!(pdfsig_says_valid_with(&twice, &["-upw", user]), "{name}");
        }
    }
}

#[test]
fn pyhanko_trusts_encrypted_files_that_we_sign() {
    let Some(pyhanko) = pyhanko().filter(|_| has("qpdf", "--version")) else { return };
    // One process takes a second, so one kind of each cipher.
    for (name, pdf, user) in samples().into_iter().filter(|(name, ..)| name.contains("generate")).step_by(2) {
        let signed = sign(&pdf, &options(user), chair(), None, now()).unwrap().onto(&pdf);
        let file = Scratch::new(&signed);
        let output = Command::new(&pyhanko)
            .args(["sign", "validate", "--pretty-print", "--no-revocation-check", "--password", user])
            .arg("--trust")
            .arg(root().join("certs-dev/root.cert.pem"))
            .arg(file.path())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains("The signature is judged VALID"), "{name}: {text}{output:?}");
    }
}

/// What another program decrypts is what was written: the reason, and a stream that inflates.
#[test]
fn others_read_what_was_encrypted() {
    if !has("qpdf", "--version") {
        return;
    }
    for (name, pdf, user) in samples() {
        let signed = sign(&pdf, &options(user), chair(), None, now()).unwrap().onto(&pdf);
        let (from, to) = (Scratch::new(&signed), Scratch::new(b""));
        let output = Command::new("qpdf")
            .args(["--decrypt", "--qdf", "--object-streams=disable", &format!("--password={user}")])
            .args([from.path(), to.path()])
            .output()
            .unwrap();
        assert!(output.status.success(), "{name}");
        let plain = std::fs::read(to.path()).unwrap();
        let text = String::from_utf8_lossy(&plain);
        // "Đồng ý" in UTF-16.
        assert!(text.contains("<feff01101ed3006e006700200 0fd>".replace(' ', "").as_str()), "{name}: {text}");
        assert!(text.contains("(Signature1)"), "{name}");
        assert!(text.contains(" Tf"), "{name}: the appearance is not readable");
    }
}

#[test]
fn the_owners_password_opens_too() {
    if !has("qpdf", "--version") {
        return;
    }
    let pdf = encrypted(&sample(Xref::Table), USER, "256", "", "--object-streams=disable");
    let signed = sign(&pdf, &options(OWNER), chair(), None, now()).unwrap().onto(&pdf);
    assert_eq!(judged(&signed, USER).verdict, Verdict::Valid);
    for (bits, aes) in [("40", ""), ("128", "--use-aes=n"), ("128", "--use-aes=y")] {
        let pdf = encrypted(&sample(Xref::Table), "mo-ra", bits, aes, "--object-streams=disable");
        let mut file = Pdf::open(&pdf).unwrap();
        assert_eq!(file.authenticate(Some(&OWNER.into())), Ok(()), "{bits} {aes}");
        assert!(file.catalog().unwrap().1.get("Lang").unwrap().string().unwrap().bytes == b"vi-VN");
    }
}

#[test]
fn the_empty_password_is_tried_first() {
    if !has("qpdf", "--version") {
        return;
    }
    for (_, bits, kind) in KINDS {
        let pdf = encrypted(&sample(Xref::Stream), "", bits, kind, "--object-streams=generate");
        let signed = sign(&pdf, &SignOptions::default(), chair(), None, now()).unwrap().onto(&pdf);
        assert_eq!(verify(&signed, &context()).unwrap().verdict, Verdict::Valid);
        assert_eq!(judged(&signed, "not needed").verdict, Verdict::Valid);
    }
}

#[test]
fn a_wrong_password_is_told_from_a_missing_one() {
    if !has("qpdf", "--version") {
        return;
    }
    for (name, pdf, _) in samples() {
        let wrong = sign(&pdf, &options("sai"), chair(), None, now());
        assert!(matches!(wrong, Err(SignError::Unreadable(PdfError::WrongPassword))), "{name}: {wrong:?}");
        let missing = sign(&pdf, &SignOptions::default(), chair(), None, now());
        assert!(matches!(missing, Err(SignError::Unreadable(PdfError::Encrypted))), "{name}: {missing:?}");
        let locked = Pdf::open(&pdf).unwrap();
        assert_eq!(revisions(&locked).unwrap().len(), 1, "{name}");
        assert_eq!(locked.catalog().unwrap_err(), PdfError::Encrypted, "{name}");
    }
}

#[test]
fn a_document_timestamp_joins_an_encrypted_file() {
    if !has("qpdf", "--version") {
        return;
    }
    let authority = tsa();
    let service = authority.at(now());
    let pdf = encrypted(&sample(Xref::Stream), USER, "256", "", "--object-streams=generate");
    let mut file = Pdf::open(&pdf).unwrap();
    file.authenticate(Some(&USER.into())).unwrap();
    let stamped = append_document_timestamp_to(&file, &stamping(&service), now()).unwrap().onto(&pdf);
    assert_eq!(judged(&stamped, USER).verdict, Verdict::Valid);
}

/// A later revision with another key would make the signed one read differently.
#[test]
fn a_second_encryption_dictionary_is_refused() {
    if !has("qpdf", "--version") {
        return;
    }
    let pdf = encrypted(&sample(Xref::Table), "", "128", "--use-aes=y", "--object-streams=disable");
    let signed = sign(&pdf, &SignOptions::default(), chair(), None, now()).unwrap().onto(&pdf);
    let text = String::from_utf8_lossy(&signed);
    let number: u32 = text.split("/Encrypt ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let forged = crate::office::append(
        &signed,
        &[(number, "<</Filter/Standard/V 4/R 4/P -4/O<00>/U<00>>>".to_owned())],
        &format!("/Root 1 0 R/Encrypt {number} 0 R"),
        Some(crate::office::last_xref(&signed)),
        Xref::Table,
    );
    let refused = verify(&forged, &context()).unwrap_err();
    assert_eq!(refused.0, PdfError::Encryption("the revisions are not encrypted alike"));
}
