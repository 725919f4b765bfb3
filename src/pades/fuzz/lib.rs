//! What the fuzz targets share: signed papers, the verdict on them, and what must not be accepted.
//!
//! Run one with `RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir src/pades/fuzz -s none difference
//! corpus-folder src/pades/fuzz/seeds/difference`. The bounds that hold for every input: ten seconds and
//! 1 GiB, which libFuzzer's `-timeout=10 -rss_limit_mb=1024` watch.

use std::sync::OnceLock;

use jiff::Timestamp;
use pades::trust::Anchors;
use pades::verify::{Context, FileReport, Indication, verify};

#[path = "../tests/it/view.rs"]
pub mod view;

/// Papers signed by the test office, each of another shape; `examples/bases.rs` makes them.
pub const BASES: [&[u8]; 4] = [
    include_bytes!("seeds/base/table.pdf"),
    include_bytes!("seeds/base/stream.pdf"),
    include_bytes!("seeds/base/form.pdf"),
    include_bytes!("seeds/base/certified.pdf"),
];

/// The verdict of the test office on a day when its certificates were valid.
pub fn judge(pdf: &[u8]) -> Option<FileReport> {
    static ANCHORS: OnceLock<Anchors> = OnceLock::new();
    let root = include_bytes!("../../../certs-dev/root.cert.pem");
    let anchors = ANCHORS.get_or_init(|| Anchors::from_bytes(root).unwrap_or_else(|_| Anchors::none()));
    let at: Timestamp = "2026-11-22T03:00:00Z".parse().ok()?;
    verify(pdf, &Context::new(anchors, at)).ok()
}

/// Fails if a file that begins with a signed paper is accepted although it shows something else.
///
/// The view is worked out without the rules that the verdict uses, so the two can contradict each other.
pub fn must_not_mislead(base: &[u8], forged: &[u8]) {
    let Some(report) = judge(forged) else { return };
    for signature in report.signatures.iter().filter(|s| s.indication == Indication::TotalPassed) {
        assert!(signature.intact, "passed without being intact: {signature:?}");
    }
    let accepted = report.signatures.first().is_some_and(|s| s.indication == Indication::TotalPassed);
    if accepted {
        let difference = view::difference(base, forged);
        assert!(difference.is_none(), "accepted, but {difference:?}: {report:?}");
    }
}

/// Appends objects, a cross-reference section that lists them rightly, and the end of the file.
pub fn update(base: &[u8], objects: &[(u32, Vec<u8>)], extra: &[u8], as_stream: bool) -> Vec<u8> {
    let mut out = base.to_vec();
    let mut rows = Vec::new();
    for (number, body) in objects {
        rows.push((*number, 1u8, out.len() as u64, 0u64));
        out.extend(format!("{number} 0 obj\n").bytes());
        out.extend_from_slice(body);
        out.extend_from_slice(b"\nendobj\n");
    }
    section(out, &rows, extra, as_stream, last_xref(base))
}

/// Appends a cross-reference section with exactly these rows: number, type and the two fields.
pub fn section(
    mut out: Vec<u8>,
    rows: &[(u32, u8, u64, u64)],
    extra: &[u8],
    as_stream: bool,
    previous: usize,
) -> Vec<u8> {
    let start = out.len();
    let mut keys = format!("/Root 1 0 R/Prev {previous}").into_bytes();
    keys.extend_from_slice(extra);
    if as_stream {
        let index: String = rows.iter().map(|(number, ..)| format!("{number} 1 ")).collect();
        let mut data = Vec::new();
        for (_, kind, second, third) in rows {
            data.push(*kind);
            data.extend((*second as u32).to_be_bytes());
            data.extend((*third as u16).to_be_bytes());
        }
        out.extend(format!("99 0 obj\n<</Type/XRef/Size 100/W[1 4 2]/Index[{index}]").bytes());
        out.extend(format!("/Length {}", data.len()).bytes());
        out.extend(keys);
        out.extend_from_slice(b">>\nstream\n");
        out.extend(data);
        out.extend_from_slice(b"\nendstream\nendobj\n");
    } else {
        out.extend_from_slice(b"xref\n");
        for (number, kind, second, third) in rows {
            let letter = if *kind == 0 { 'f' } else { 'n' };
            let (second, third) = (second % 10_000_000_000, third % 65_536);
            out.extend(format!("{number} 1\n{second:010} {third:05} {letter}\r\n").bytes());
        }
        out.extend_from_slice(b"trailer\n<</Size 100");
        out.extend(keys);
        out.extend_from_slice(b">>\n");
    }
    out.extend(format!("startxref\n{start}\n%%EOF\n").bytes());
    out
}

/// The offset that the last `startxref` of a paper of ours names.
pub fn last_xref(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    let tail = text.rsplit("startxref").next().unwrap_or_default();
    tail.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0)
}
