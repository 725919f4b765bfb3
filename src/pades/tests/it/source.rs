//! Files that are read in pieces: the answers are those for a file in memory, at any size.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

use pades::pdf::{Pdf, Source, revisions};
use pades::sign::{SignOptions, append_document_timestamp_to, sign, sign_source};
use pades::verify::{Coverage, Verdict, verify, verify_source};

use crate::office::{Paper, Xref, chair, clerk, context, now, paper, signed, signed_with, stamping, tsa};
use crate::oracles::{has, pdfsig_says_valid};

/// A file of zeros but for some pieces.
#[derive(Clone)]
struct Sparse {
    pieces: Vec<(usize, Vec<u8>)>,
    length: usize,
}

impl Sparse {
    fn push(&mut self, bytes: impl Into<Vec<u8>>) {
        let bytes = bytes.into();
        let at = self.length;
        self.length += bytes.len();
        self.pieces.push((at, bytes));
    }
}

impl Source for Sparse {
    fn length(&self) -> usize {
        self.length
    }

    fn read_at(&self, offset: usize, into: &mut [u8]) -> io::Result<()> {
        into.fill(0);
        let end = offset + into.len();
        for (at, piece) in &self.pieces {
            let (from, to) = (offset.max(*at), end.min(at + piece.len()));
            if from < to {
                into[from - offset..to - offset].copy_from_slice(&piece[from - at..to - at]);
            }
        }
        Ok(())
    }
}

/// One page, a stream of zeros that makes the file at least this long, and objects behind it.
fn long_paper(length: usize, xref: Xref) -> Sparse {
    let mut file = Sparse { pieces: Vec::new(), length: 0 };
    let mut places = Vec::new();
    file.push("%PDF-1.7\n");
    object(&mut file, &mut places, 1, "<</Type/Catalog/Pages 2 0 R/Attachment 4 0 R>>");
    object(&mut file, &mut places, 2, "<</Type/Pages/Kids[3 0 R]/Count 1>>");
    places.push((4, file.length));
    file.push(format!("4 0 obj\n<</Length {length}>>\nstream\n"));
    file.length += length;
    file.push("\nendstream\nendobj\n");
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>>>";
    object(&mut file, &mut places, 3, page);
    object(&mut file, &mut places, 5, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");
    places.sort_unstable();
    let start = file.length;
    match xref {
        Xref::Table => {
            let rows: String = places.iter().map(|(_, at)| format!("{at:010} 00000 n \n")).collect();
            file.push(format!("xref\n0 6\n0000000000 65535 f \n{rows}trailer\n<</Size 6/Root 1 0 R>>\n"));
        }
        Xref::Stream => {
            places.push((6, start));
            let row = |(_, at): &(usize, usize)| [&[1], &at.to_be_bytes()[3..], &[0]].concat();
            let rows: Vec<u8> = places.iter().flat_map(row).collect();
            let dict = "<</Type/XRef/Size 7/Index[1 6]/W[1 5 1]/Root 1 0 R";
            file.push(format!("6 0 obj\n{dict}/Length {}>>\nstream\n", rows.len()));
            file.push(rows);
            file.push("\nendstream\nendobj\n");
        }
    }
    file.push(format!("startxref\n{start}\n%%EOF\n"));
    file
}

fn object(file: &mut Sparse, places: &mut Vec<(usize, usize)>, number: usize, body: &str) {
    places.push((number, file.length));
    file.push(format!("{number} 0 obj\n{body}\nendobj\n"));
}

fn signed_twice(file: &mut Sparse) {
    let first = sign_source(file, &SignOptions::default(), chair(), None, now()).unwrap();
    file.push(first.appended);
    let second = sign_source(file, &SignOptions::default(), clerk(), None, now()).unwrap();
    file.push(second.appended);
}

fn passes_at(length: usize, xref: Xref) -> Sparse {
    let mut file = long_paper(length, xref);
    signed_twice(&mut file);
    let report = verify_source(&file, &context()).unwrap();
    assert_eq!((report.verdict, report.size), (Verdict::Valid, file.length), "{report:?}");
    assert_eq!(report.signatures[1].coverage, Coverage::EntireFile);
    assert_eq!(revisions(&Pdf::open_source(&file).unwrap()).unwrap().len(), 3);
    file
}

#[test]
fn a_hundred_million_bytes_are_signed_and_pass() {
    let around = 100_000_000;
    passes_at(around - 1_500, Xref::Table);
    let file = passes_at(around, Xref::Stream);
    if has("pdfsig", "-v") {
        let mut bytes = vec![0; file.length];
        file.read_at(0, &mut bytes).unwrap();
        assert!(pdfsig_says_valid(&bytes));
    }
}

#[test]
fn offsets_beyond_31_and_32_bits_are_signed_and_pass() {
    passes_at((1 << 31) - 300, Xref::Table);
    let mut file = passes_at((1 << 32) - 300, Xref::Stream);
    file.pieces.push(((1 << 32) - 400, vec![1]));
    assert_eq!(verify_source(&file, &context()).unwrap().verdict, Verdict::Invalid);
}

#[test]
fn a_table_cannot_hold_an_offset_of_eleven_digits() {
    let file = long_paper(9_999_999_000, Xref::Table);
    let refused = sign_source(&file, &SignOptions::default(), chair(), None, now()).unwrap_err();
    assert_eq!(std::error::Error::source(&refused).unwrap().to_string(), LIMIT);
}

const LIMIT: &str = "the file exceeds a safety limit: offsets in a cross-reference table have ten digits";

/// Bytes in memory that only give pieces, and fail at the read with a number.
struct Pieces {
    bytes: Vec<u8>,
    reads: AtomicUsize,
    failing: usize,
}

impl Pieces {
    fn of(bytes: &[u8]) -> Pieces {
        Pieces { bytes: bytes.to_vec(), reads: AtomicUsize::new(0), failing: usize::MAX }
    }
}

impl Source for Pieces {
    fn length(&self) -> usize {
        self.bytes.len()
    }

    fn read_at(&self, offset: usize, into: &mut [u8]) -> io::Result<()> {
        if self.reads.fetch_add(1, Ordering::Relaxed) == self.failing {
            return Err(io::Error::other("the disk is gone"));
        }
        into.copy_from_slice(&self.bytes[offset..offset + into.len()]);
        Ok(())
    }
}

fn papers() -> Vec<Vec<u8>> {
    let (table, stream) = (paper(), Paper::new(Xref::Stream).pdf());
    let long = Paper::new(Xref::Table).with(9, &format!("({})", "x".repeat(50_000))).pdf();
    let twice = signed(&signed(&table));
    let torn = [signed(&stream).as_slice(), b"9 0 obj null endobj"].concat();
    vec![table, stream, signed(&long), long, twice, torn]
}

#[test]
fn pieces_and_memory_give_the_same_report() {
    for pdf in papers() {
        let whole = verify(&pdf, &context()).map(|report| report.to_json());
        let pieces = verify_source(&Pieces::of(&pdf), &context()).map(|report| report.to_json());
        assert_eq!(pieces, whole);
    }
}

#[test]
fn pieces_and_memory_give_the_same_update() {
    for pdf in papers() {
        let options = SignOptions::default();
        let pieces = sign_source(&Pieces::of(&pdf), &options, clerk(), None, now());
        let whole = sign(&pdf, &options, clerk(), None, now());
        assert_eq!(pieces.map(|s| s.appended).ok(), whole.map(|s| s.appended).ok());
    }
}

#[test]
fn a_document_timestamp_is_appended_to_pieces() {
    let pdf = signed(&paper());
    let authority = tsa();
    let service = authority.at(now());
    let pieces = Pieces::of(&pdf);
    let file = Pdf::open_source(&pieces).unwrap();
    let stamped = append_document_timestamp_to(&file, &stamping(&service), now()).unwrap();
    assert_eq!(verify(&stamped.onto(&pdf), &context()).unwrap().verdict, Verdict::Valid);
}

#[test]
fn a_disk_that_fails_is_not_a_damaged_file() {
    let pdf = signed_with(&signed(&paper()), &SignOptions::default()).onto(&signed(&paper()));
    let counted = Pieces::of(&pdf);
    verify_source(&counted, &context()).unwrap();
    for failing in 0..counted.reads.load(Ordering::Relaxed) {
        let source = Pieces { failing, ..Pieces::of(&pdf) };
        let refused = verify_source(&source, &context()).unwrap_err();
        assert_eq!(refused.0.code(), "not-readable", "read {failing}");
    }
}
