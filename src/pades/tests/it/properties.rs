//! What holds for every file: signing only appends, and no bytes make the verdict panic or pass.

use std::sync::OnceLock;

use pades::verify::{Verdict, verify};
use proptest::prelude::*;

use crate::office::{Paper, Xref, context, judge, signed, signed_with};

fn seeds() -> &'static [Vec<u8>] {
    static SEEDS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    SEEDS.get_or_init(|| {
        let table = signed(&Paper::new(Xref::Table).pdf());
        let stream = signed(&Paper::new(Xref::Stream).pdf());
        vec![signed(&table), signed(&stream), table, stream]
    })
}

/// The bytes of each seed that its newest signature covers.
fn signed_places() -> &'static [Vec<usize>] {
    static PLACES: OnceLock<Vec<Vec<usize>>> = OnceLock::new();
    let of = |pdf: &Vec<u8>| {
        let open = pdf.windows(11).rposition(|w| w == b"/Contents <").unwrap() + 10;
        let close = open + pdf[open..].iter().position(|byte| *byte == b'>').unwrap();
        // The last byte ends the line behind %%EOF; a reader need not see it.
        (0..open).chain(close + 1..pdf.len() - 1).collect()
    };
    PLACES.get_or_init(|| seeds().iter().map(of).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn signing_only_appends(name in "[A-Za-zà-ỹ0-9 ]{1,20}", junk in proptest::collection::vec(any::<u8>(), 0..200)) {
        let body = format!("<{}>", hex::encode(&junk));
        let pdf = Paper::new(if junk.len() % 2 == 0 { Xref::Table } else { Xref::Stream }).with(9, &body).pdf();
        let options = pades::sign::SignOptions { field: Some(name), ..Default::default() };
        let result = signed_with(&pdf, &options).onto(&pdf);
        prop_assert!(result.starts_with(&pdf));
        prop_assert_eq!(judge(&result).verdict, Verdict::Valid);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_mutation_panics_or_passes(
        seed in 0..4usize,
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4u8), 1..6),
    ) {
        let original = &seeds()[seed];
        let mut pdf = original.clone();
        for (at, byte, kind) in edits {
            if pdf.is_empty() { break; }
            let at = at.index(pdf.len());
            match kind {
                0 => pdf[at] = byte,
                1 => { pdf.remove(at); }
                2 => pdf.insert(at, byte),
                _ => pdf.truncate(at.max(pdf.len() / 2)),
            }
        }
        if let Ok(report) = verify(&pdf, &context()) {
            let harmless = pdf == *original || differs_only_in_contents(original, &pdf);
            prop_assert!(harmless || report.verdict != Verdict::Valid || is_prefix_of_revision(original, &pdf));
        }
    }

    #[test]
    fn a_flipped_byte_in_the_signed_range_is_noticed(
        seed in 0..4usize,
        at in any::<prop::sample::Index>(),
        bits in 1..=255u8,
    ) {
        let original = &seeds()[seed];
        let mut pdf = original.clone();
        pdf[*at.get(&signed_places()[seed])] ^= bits;
        let verdict = verify(&pdf, &context()).map(|report| report.verdict);
        prop_assert!(!matches!(verdict, Ok(Verdict::Valid)), "{:?}", verdict);
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let framed = [b"%PDF-1.7\n".as_slice(), &bytes, b"\nstartxref\n9\n%%EOF"].concat();
        let _ = verify(&framed, &context());
        let _ = verify(&bytes, &context());
    }
}

/// The padding of /Contents and the end of line after the last %%EOF are the only bytes nobody signs.
fn differs_only_in_contents(original: &[u8], pdf: &[u8]) -> bool {
    original.len() == pdf.len()
        && original
            .iter()
            .zip(pdf)
            .enumerate()
            .filter(|(_, (a, b))| a != b)
            .all(|(at, _)| in_contents(original, at))
}

fn in_contents(pdf: &[u8], at: usize) -> bool {
    let before = &pdf[..at];
    let open = before.windows(11).rposition(|w| w == b"/Contents <");
    open.is_some_and(|open| !before[open..].contains(&b'>'))
}

/// Cut back to an earlier revision, which is a signed file of its own.
fn is_prefix_of_revision(original: &[u8], pdf: &[u8]) -> bool {
    original.starts_with(pdf)
}
