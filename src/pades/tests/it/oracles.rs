//! Second opinions: what pdfsig, qpdf and pyHanko say of the files we sign.

use std::path::PathBuf;
use std::process::Command;

use pades::sign::{SignOptions, append_document_timestamp, sign};

use crate::office::{Paper, Xref, chair, clerk, now, paper, root, signed, stamping, tsa};

/// Whether a program can be started; a line says if not.
pub fn has(program: &str, version: &str) -> bool {
    let found = Command::new(program).arg(version).output().is_ok();
    if !found {
        println!("skipped: {program} is not installed");
    }
    found
}

/// A file that lives as long as the test needs it.
pub struct Scratch(pub PathBuf);

impl Scratch {
    /// Writes these bytes.
    pub fn new(pdf: &[u8]) -> Scratch {
        use std::sync::atomic::{AtomicUsize, Ordering};
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("pades-{}-{number}.pdf", std::process::id()));
        std::fs::write(&path, pdf).unwrap();
        Scratch(path)
    }

    /// Where it is.
    pub fn path(&self) -> &std::path::Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Whether pdfsig finds every signature valid, certificates aside.
pub fn pdfsig_says_valid(pdf: &[u8]) -> bool {
    pdfsig_says_valid_with(pdf, &[])
}

/// The same with more arguments, as for a password.
pub fn pdfsig_says_valid_with(pdf: &[u8], arguments: &[&str]) -> bool {
    let file = Scratch::new(pdf);
    let output = Command::new("pdfsig").arg("-nocert").args(arguments).arg(&file.0).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let verdicts: Vec<&str> = text.lines().filter(|line| line.contains("Signature Validation:")).collect();
    !verdicts.is_empty() && verdicts.iter().all(|line| line.contains("Signature is Valid"))
}

/// Whether pdfsig finds the first signature valid, certificates aside.
pub fn pdfsig_says_first_is_valid(file: &Scratch) -> bool {
    let output = Command::new("pdfsig").arg("-nocert").arg(&file.0).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let first = text.lines().find(|line| line.contains("Signature Validation:"));
    first.is_some_and(|line| line.contains("Signature is Valid"))
}

/// Whether qpdf warns of, or refuses, a file.
pub fn qpdf_complaints(pdf: &[u8]) -> bool {
    let file = Scratch::new(pdf);
    let output = Command::new("qpdf").arg("--check").arg(&file.0).output().unwrap();
    !output.status.success()
}

/// Whether `openssl cms -verify -cades` accepts the one signature that ends a file.
///
/// This checks digest, signature, ESS certificate and chain with code that is not ours.
pub fn openssl_says_valid(pdf: &[u8]) -> bool {
    openssl_says_valid_under(pdf, &std::fs::read(root().join("certs-dev/root.cert.pem")).unwrap())
}

/// The same under another root, in PEM.
pub fn openssl_says_valid_under(pdf: &[u8], root: &[u8]) -> bool {
    let (contents, content) = cms_and_content(pdf);
    let root = Scratch::new(root);
    let (signature, content) = (Scratch::new(&contents), Scratch::new(&content));
    let seconds = now().as_second().to_string();
    let output = Command::new("openssl")
        .args(["cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in"])
        .arg(&signature.0)
        .arg("-content")
        .arg(&content.0)
        .args(["-purpose", "any", "-attime", &seconds, "-out", "/dev/null", "-CAfile"])
        .arg(&root.0)
        .output()
        .unwrap();
    if !output.status.success() {
        println!("{}", String::from_utf8_lossy(&output.stderr));
    }
    output.status.success()
}

/// The CMS in the last `/Contents`, padding cut off, and the bytes that its `/ByteRange` names.
pub fn cms_and_content(pdf: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let find = |needle: &[u8]| pdf.windows(needle.len()).rposition(|w| w == needle).unwrap();
    let range = &pdf[find(b"/ByteRange [") + 12..];
    let range = String::from_utf8_lossy(&range[..range.iter().position(|b| *b == b']').unwrap()]);
    let range: Vec<usize> = range.split_whitespace().map(|n| n.parse().unwrap()).collect();
    let (start, end) = (range[1], range[2]);
    let mut der = hex::decode(&pdf[start + 1..end - 1]).unwrap();
    let length = 4 + usize::from(der[2]) * 256 + usize::from(der[3]);
    assert_eq!(der[1], 0x82, "a CMS of ordinary size");
    der.truncate(length);
    (der, [&pdf[..start], &pdf[end..end + range[3]]].concat())
}

/// The text that pdftotext reads from a file.
pub fn text_of(pdf: &[u8]) -> String {
    let file = Scratch::new(pdf);
    let output = Command::new("pdftotext").arg(&file.0).arg("-").output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Files of every kind that we make.
fn ours() -> Vec<(&'static str, Vec<u8>)> {
    let authority = tsa();
    let service = authority.at(now());
    let (table, stream) = (paper(), Paper::new(Xref::Stream).pdf());
    let rsa = sign(&table, &SignOptions::default(), clerk(), None, now()).unwrap().onto(&table);
    let stamped = sign(&table, &SignOptions::default(), chair(), Some(&stamping(&service)), now()).unwrap();
    vec![
        ("table", signed(&table)),
        ("stream", signed(&stream)),
        ("rsa", rsa.clone()),
        ("twice", signed(&rsa)),
        ("twice on streams", signed(&signed(&stream))),
        ("stamped", stamped.onto(&table)),
        ("visible", crate::appearance::visible()),
    ]
}

#[test]
fn pdfsig_finds_our_signatures_valid() {
    if !has("pdfsig", "-v") {
        return;
    }
    for (name, pdf) in ours() {
        assert!(pdfsig_says_valid(&pdf), "{name}");
    }
}

#[test]
fn qpdf_finds_nothing_to_complain_about() {
    if !has("qpdf", "--version") {
        return;
    }
    for (name, pdf) in ours() {
        assert!(!qpdf_complaints(&pdf), "{name}");
    }
}

/// Where pyHanko is, if it is there.
pub fn pyhanko() -> Option<String> {
    let pyhanko = std::env::var("ECABINET_TEST_PYHANKO").unwrap_or_else(|_| "pyhanko".to_owned());
    has(&pyhanko, "--version").then_some(pyhanko)
}

/// What pyHanko says of a file under the office's root, certificates' revocation aside.
pub fn pyhanko_says(pyhanko: &str, pdf: &[u8]) -> String {
    let file = Scratch::new(pdf);
    let output = Command::new(pyhanko)
        .args(["sign", "validate", "--pretty-print", "--no-revocation-check", "--trust"])
        .arg(root().join("certs-dev/root.cert.pem"))
        .arg(&file.0)
        .output()
        .unwrap();
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Whether pyHanko, which knows the office's root, trusts every signature; `None` without pyHanko.
pub fn pyhanko_trusts(pdf: &[u8]) -> Option<bool> {
    let text = pyhanko_says(&pyhanko()?, pdf);
    Some(text.contains("The signature is judged VALID") && !text.contains("INVALID"))
}

#[test]
fn pyhanko_trusts_our_signatures() {
    let authority = tsa();
    let service = authority.at(now());
    let mut files = ours();
    let base = files[0].1.clone();
    let stamped = append_document_timestamp(&base, &stamping(&service), now()).unwrap().onto(&base);
    files.push(("document timestamp", stamped));
    for (name, pdf) in files {
        assert!(pyhanko_trusts(&pdf).unwrap_or(true), "{name}");
    }
}
