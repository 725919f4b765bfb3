//! The same files before pyHanko and pdfsig: where they and we differ, `peers.txt` says why.

use std::io::Write;
use std::process::{Command, Stdio};

use pades::pdf::PdfError;
use pades::verify::ChangesAfter;

use crate::corpus;
use crate::forgeries::forged;
use crate::lawful;
use crate::oracles::{Scratch, has, pdfsig_says_first_is_valid};
use crate::victims::{approved, certified, verdict};

/// One file and what each says of its first signature.
struct Row {
    name: String,
    ours: bool,
    pyhanko: Option<bool>,
    /// pyHanko's own words.
    words: String,
    pdfsig: Option<bool>,
}

/// A line of the table: who, what they say, which files, why.
struct Reason<'t> {
    peer: &'t str,
    accepts: bool,
    files: &'t str,
    is_used: std::cell::Cell<bool>,
}

/// One paper of each kind: what holds for its cousins is tested elsewhere.
fn files() -> Vec<(String, Vec<u8>)> {
    let (approved, certified) = (approved(), certified());
    let own_form = |(name, _): &(String, Vec<u8>)| !name.contains(", as ") || name.contains("as Table");
    let mut files: Vec<_> = forged(&approved[..1]).into_iter().filter(own_form).collect();
    files.extend(forged(&certified[2..3]).into_iter().filter(own_form));
    files.dedup_by(|one, other| one.0 == other.0);
    let names = [&approved[0].name, &certified[2].name];
    let of_these = |(name, _): &(String, Vec<u8>)| names.iter().any(|known| name.contains(known.as_str()));
    files.extend(
        lawful::all().into_iter().filter(of_these).map(|(name, pdf)| (format!("lawful: {name}"), pdf)),
    );
    files.extend(corpus::signed_samples());
    files
}

/// Our word on the first signature, trust left aside: intact, and nothing suspicious came after it.
fn ours(pdf: &[u8]) -> Option<bool> {
    match verdict(pdf) {
        Err(error) if error == PdfError::Encrypted.to_string() => None,
        Err(_) => Some(false),
        Ok(report) => Some(
            report
                .signatures
                .first()
                .is_some_and(|s| s.intact && s.changes_after < ChangesAfter::Unexplained),
        ),
    }
}

/// What pyHanko says of all files, in one process: it takes a second to start.
fn pyhanko(files: &[Scratch]) -> Option<Vec<String>> {
    let python = std::env::var("ECABINET_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/peers.py");
    let mut child = Command::new(&python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let list: String = files.iter().map(|file| format!("{}\n", file.0.display())).collect();
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(list.as_bytes()));
    let output = child.wait_with_output().ok()?;
    let _ = writer.join();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let words: Vec<String> = text.lines().map(str::to_owned).collect();
    if words.len() != files.len() {
        println!("skipped: no pyHanko (ECABINET_TEST_PYTHON)");
        return None;
    }
    Some(words)
}

fn compared() -> Vec<Row> {
    let files: Vec<(String, Vec<u8>, bool)> =
        files().into_iter().filter_map(|(name, pdf)| ours(&pdf).map(|ours| (name, pdf, ours))).collect();
    let scratches: Vec<Scratch> = files.iter().map(|(_, pdf, _)| Scratch::new(pdf)).collect();
    let words = pyhanko(&scratches);
    let has_pdfsig = has("pdfsig", "-v");
    let row = |(index, (name, _, ours)): (usize, &(String, Vec<u8>, bool))| Row {
        name: name.clone(),
        ours: *ours,
        pyhanko: words.as_ref().map(|words| words[index].starts_with("accepts")),
        words: words.as_ref().map(|words| words[index].clone()).unwrap_or_default(),
        pdfsig: has_pdfsig.then(|| pdfsig_says_first_is_valid(&scratches[index])),
    };
    files.iter().enumerate().map(row).collect()
}

fn reasons() -> Vec<Reason<'static>> {
    let lines = include_str!("peers.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let read = |line: &'static str| {
        let [peer, word, files, why] = line.split('|').map(str::trim).collect::<Vec<_>>()[..] else {
            panic!("a line has four columns: {line}")
        };
        assert!(!why.is_empty(), "a reason is missing: {line}");
        Reason { peer, accepts: word == "accepts", files, is_used: false.into() }
    };
    lines.map(read).collect()
}

#[test]
fn every_disagreement_with_others_has_a_reason() {
    let (rows, reasons) = (compared(), reasons());
    let mut open = Vec::new();
    for row in &rows {
        for (peer, word) in [("pyhanko", row.pyhanko), ("pdfsig", row.pdfsig)] {
            let Some(accepts) = word.filter(|word| *word != row.ours) else { continue };
            let fits = |r: &&Reason<'_>| {
                r.peer == peer && r.accepts == accepts && (r.files == "*" || row.name.starts_with(r.files))
            };
            match reasons.iter().find(fits) {
                Some(reason) => reason.is_used.set(true),
                None => open.push(format!("{peer} | {} | {}", row.name, row.words)),
            }
        }
    }
    let both: Vec<&Row> =
        rows.iter().filter(|r| r.pyhanko == Some(r.ours) && r.pdfsig == Some(r.ours)).collect();
    println!("{} files, {} on which all three agree", rows.len(), both.len());
    assert!(open.is_empty(), "{} without a reason:\n{}", open.len(), open.join("\n"));
    if rows.iter().all(|row| row.pyhanko.is_some() && row.pdfsig.is_some()) {
        let idle: Vec<&str> = reasons.iter().filter(|r| !r.is_used.get()).map(|r| r.files).collect();
        assert!(idle.is_empty() || corpus::signed_samples().is_empty(), "reasons for nothing: {idle:#?}");
    }
}
