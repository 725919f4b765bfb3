//! What signing and judging cost, next to what cannot be saved: the key's own work and one SHA-256 pass.
//!
//! `cargo bench -p pades` prints a table. Times are processor time of this thread, the median of several runs,
//! so that other work on the machine does not count; floors are measured in the same run.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "a bench is a test")]
#![allow(clippy::disallowed_methods, dead_code, reason = "a bench reads files, and not all of the office")]

use std::fs::File;
use std::hint::black_box;
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::sha::{Sha256, sha256};
use openssl::sign::{Signer as Raw, Verifier};
use pades::pdf::Source;
use pades::sign::{SignOptions, sign, sign_source};
use pades::verify::{Verdict, verify, verify_source};
use rustix::time::{ClockId, clock_gettime};

#[path = "../tests/it/office.rs"]
mod office;

use office::{Xref, clerk, context, now};

/// Nanoseconds that this thread has been running.
fn processor_time() -> i64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// The median cost of one call in milliseconds, over nine batches of about 20 ms.
fn cost<T>(mut work: impl FnMut() -> T) -> f64 {
    let once = |work: &mut dyn FnMut() -> T, times: u32| {
        let before = processor_time();
        (0..times).for_each(|_| drop(black_box(work())));
        (processor_time() - before) as f64 / 1e6 / f64::from(times)
    };
    let first = once(&mut work, 1);
    let times = (20.0 / first.max(0.001)).clamp(1.0, 2000.0) as u32;
    let rounds = if first > 200.0 { 3 } else { 9 };
    let mut all: Vec<f64> = (0..rounds).map(|_| once(&mut work, times)).collect();
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

fn line(name: &str, cost: f64, floor: f64, goal: &str) {
    println!("{name:58} {cost:10.3} ms  {:6.2} x {floor:9.3} ms   goal {goal}", cost / floor);
}

/// Kilobytes of memory at the peak since the last call.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    peak.trim().trim_end_matches(" kB").parse().unwrap()
}

/// A paper with this many pages, which share one stream of `filling` bytes, and this many other objects.
fn paper(pages: u32, filling: usize, others: u32, xref: Xref) -> Vec<u8> {
    let kids: String = (0..pages).map(|n| format!("{} 0 R ", n + 4)).collect();
    // Hash values do not repeat, as the pictures of a scan do not.
    let noise: String = (0..filling / 64 + 1).map(|n| hex::encode(sha256(&n.to_be_bytes()))).collect();
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!("<</Type/Pages/Kids[{kids}]/Count {pages}>>"),
        format!("<</Length {filling}>>\nstream\n{}\nendstream", &noise[..filling]),
    ];
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R/Resources<<>>>>";
    objects.extend((0..pages).map(|_| page.to_owned()));
    objects.extend((0..others).map(|n| format!("<</Number {n}/Name/N{n}/Of(an office)>>")));
    laid_out(&objects, xref)
}

/// The objects, numbered from 1, and one unbroken cross-reference section.
fn laid_out(objects: &[String], xref: Xref) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut places = vec![0];
    for (index, body) in objects.iter().enumerate() {
        places.push(out.len());
        out.extend(format!("{} 0 obj\n{body}\nendobj\n", index + 1).bytes());
    }
    let (start, size) = (out.len(), places.len());
    if xref == Xref::Table {
        let rows: String = places[1..].iter().map(|at| format!("{at:010} 00000 n \n")).collect();
        let trailer = format!("trailer\n<</Size {size}/Root 1 0 R>>\n");
        out.extend(format!("xref\n0 {size}\n0000000000 65535 f \n{rows}{trailer}").bytes());
    } else {
        let rows: Vec<u8> =
            places.iter().flat_map(|at| [&[1], &at.to_be_bytes()[4..], &[0]].concat()).collect();
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&rows).unwrap();
        let rows = encoder.finish().unwrap();
        let keys = format!("/Type/XRef/Size {size}/W[1 4 1]/Root 1 0 R/Filter/FlateDecode");
        out.extend(format!("{size} 0 obj\n<<{keys}/Length {}>>\nstream\n", rows.len()).bytes());
        out.extend(rows);
        out.extend(b"\nendstream\nendobj\n");
    }
    out.extend(format!("startxref\n{start}\n%%EOF\n").bytes());
    out
}

fn signed(pdf: &[u8]) -> Vec<u8> {
    sign(pdf, &SignOptions::default(), clerk(), None, now()).unwrap().onto(pdf)
}

fn signing(key: f64) {
    let small = paper(1, 100_000, 0, Xref::Table);
    let floor = key + cost(|| sha256(&small));
    let small_cost = cost(|| sign(&small, &SignOptions::default(), clerk(), None, now()).unwrap());
    line("sign 100 KB, RSA-2048", small_cost, floor, "<= 1.5");
    for (name, pdf) in [
        ("sign 1 000 pages", paper(1000, 100_000, 0, Xref::Table)),
        ("sign 1 000 pages, xref stream", paper(1000, 100_000, 0, Xref::Stream)),
        ("sign 50 000 objects", paper(1, 100_000, 50_000, Xref::Table)),
        ("sign 50 000 objects, xref stream", paper(1, 100_000, 50_000, Xref::Stream)),
    ] {
        let own = cost(|| sign(&pdf, &SignOptions::default(), clerk(), None, now()).unwrap());
        line(name, own, small_cost + cost(|| sha256(&pdf)), "<= 2 x (small file + hash)");
    }
}

fn judging(key: f64) {
    let once = signed(&paper(1, 100_000, 0, Xref::Table));
    let floor = key + cost(|| sha256(&once));
    line(
        "verify 100 KB, one signature, chain",
        cost(|| verify(&once, &context()).unwrap()),
        floor,
        "0.34 ms",
    );
    let scan = signed(&paper(20, 100_000_000, 0, Xref::Table));
    let floor = cost(|| sha256(&scan));
    line("verify 100 MB in memory", cost(|| verify(&scan, &context()).unwrap()), floor, "<= 1.3");
    drop(scan);
    for pages in [5, 1000] {
        let pdf = (0..20).fold(paper(pages, 100_000, 0, Xref::Table), |pdf, _| signed(&pdf));
        let report = verify(&pdf, &context()).unwrap();
        assert_eq!((report.verdict, report.signatures.len()), (Verdict::Valid, 20));
        let floor = 20.0 * key + cost(|| sha256(&pdf));
        let own = cost(|| verify(&pdf, &context()).unwrap());
        line(&format!("verify 20 signatures on {pages} pages"), own, floor, "71 ms");
    }
}

/// A file on disk, read where the reader points.
struct OnDisk(File, usize);

impl Source for OnDisk {
    fn length(&self) -> usize {
        self.1
    }

    fn read_at(&self, offset: usize, into: &mut [u8]) -> std::io::Result<()> {
        self.0.read_exact_at(into, offset as u64)
    }
}

fn on_disk(path: &PathBuf) -> OnDisk {
    let file = File::open(path).unwrap();
    let length = usize::try_from(file.metadata().unwrap().len()).unwrap();
    OnDisk(file, length)
}

/// One gigabyte: a paper with a hole, which the disk does not hold but every reader reads.
fn large() {
    const HOLE: usize = 1 << 30;
    let path = std::env::temp_dir().join(format!("pades-bench-{}.pdf", std::process::id()));
    let head = format!(
        "%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n\
         2 0 obj\n<</Type/Pages/Kids[4 0 R]/Count 1>>\nendobj\n3 0 obj\n<</Length {HOLE}>>\nstream\n"
    );
    let rest = long_rest(&head, HOLE);
    let file = File::create(&path).unwrap();
    file.write_all_at(head.as_bytes(), 0).unwrap();
    file.write_all_at(rest.as_bytes(), (head.len() + HOLE) as u64).unwrap();
    let source = on_disk(&path);
    let floor = cost(|| plain_pass(&source));
    peak();
    let own = cost(|| sign_source(&source, &SignOptions::default(), clerk(), None, now()).unwrap());
    line("sign 1 GB from disk", own, floor, "<= 1.3");
    println!("{:58} {:10} KB                              goal <= 65536 KB", "  peak memory", peak());
    let update = sign_source(&source, &SignOptions::default(), clerk(), None, now()).unwrap().appended;
    file.write_all_at(&update, source.1 as u64).unwrap();
    let source = on_disk(&path);
    peak();
    let own = cost(|| verify_source(&source, &context()).unwrap());
    line("verify 1 GB from disk", own, floor, "<= 1.3");
    println!("{:58} {:10} KB                              goal <= 65536 KB", "  peak memory", peak());
    assert_eq!(verify_source(&source, &context()).unwrap().verdict, Verdict::Valid);
    std::fs::remove_file(&path).unwrap();
}

/// What follows the hole: the end of the stream, the page, and the table.
fn long_rest(head: &str, hole: usize) -> String {
    let mut rest = "\nendstream\nendobj\n".to_owned();
    let page = head.len() + hole + rest.len();
    rest += "4 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R>>\nendobj\n";
    let start = head.len() + hole + rest.len();
    let place = |n: u32| head.find(&format!("\n{n} 0 obj")).unwrap() + 1;
    let rows: String = [place(1), place(2), place(3), page].map(|at| format!("{at:010} 00000 n \n")).concat();
    rest + &format!(
        "xref\n0 5\n0000000000 65535 f \n{rows}trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"
    )
}

fn plain_pass(source: &OnDisk) -> [u8; 32] {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    for at in (0..source.1).step_by(1 << 20) {
        let piece = &mut buffer[..(source.1 - at).min(1 << 20)];
        source.read_at(at, piece).unwrap();
        hasher.update(piece);
    }
    hasher.finish()
}

fn main() {
    // Names of groups may follow on the command line; cargo adds a flag of its own.
    let chosen: Vec<String> = std::env::args().skip(1).filter(|name| !name.starts_with('-')).collect();
    let wanted = |name: &str| chosen.is_empty() || chosen.iter().any(|chosen| chosen == name);
    // The memory of a gigabyte comes first: what other measurements leave behind must not count.
    if wanted("large") {
        large();
    }
    let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let message = [7; 300];
    let raw = || {
        let mut signer = Raw::new(MessageDigest::sha256(), &key).unwrap();
        signer.sign_oneshot_to_vec(&message).unwrap()
    };
    let value = raw();
    let raw_check = || {
        let mut verifier = Verifier::new(MessageDigest::sha256(), &key).unwrap();
        assert!(verifier.verify_oneshot(&value, &message).unwrap());
    };
    if wanted("signing") {
        signing(cost(raw));
    }
    if wanted("judging") {
        judging(cost(raw_check));
    }
}
