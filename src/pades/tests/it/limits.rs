//! Files that are cut, bent, huge or no PDFs at all: an answer for each, in bounded time and memory.

use std::io;

use pades::pdf::Source;
use pades::verify::{Unreadable, verify, verify_source};

use crate::office::context;
use crate::papers::{Form, Shape, Update, last_xref, paper};
use crate::victims::{accepts, approved, certified, line, verdict};

#[test]
fn no_prefix_of_a_signed_paper_passes() {
    for victim in approved() {
        let whole = victim.pdf.trim_ascii_end().len();
        for end in (0..whole).step_by(97).chain(whole.saturating_sub(40)..whole) {
            let verdict = verdict(&victim.pdf[..end]);
            assert!(!accepts(&verdict), "{end} bytes of {}: {}", victim.name, line(&verdict));
        }
    }
}

#[test]
fn no_bent_byte_of_a_signed_paper_passes() {
    for victim in approved().into_iter().chain(certified()) {
        let start = victim.pdf.windows(11).rposition(|w| w == b"/Contents <").unwrap();
        let end = start + victim.pdf[start..].iter().position(|b| *b == b'>').unwrap();
        for (at, mask) in
            (0..victim.pdf.trim_ascii_end().len()).step_by(61).zip([1u8, 0x20, 0x80].into_iter().cycle())
        {
            // The padding of /Contents is nobody's; the last line end is not signed.
            if (start..end).contains(&at) {
                continue;
            }
            let mut bent = victim.pdf.clone();
            bent[at] ^= mask;
            let verdict = verdict(&bent);
            assert!(!accepts(&verdict), "byte {at} of {}: {}", victim.name, line(&verdict));
        }
    }
}

#[test]
fn what_is_no_pdf_is_said_to_be_none() {
    let code = |bytes: &[u8]| verify(bytes, &context()).map_err(|Unreadable(error)| error.code());
    for bytes in [&b""[..], b"%PDF-", b"PK\x03\x04", b"<html></html>", &[0; 4096], &[0xFF; 4096]] {
        assert!(code(bytes).is_err(), "{bytes:?}");
    }
    assert_eq!(code(b"GIF89a").unwrap_err(), "not-a-pdf");
}

#[test]
fn ten_thousand_signatures_are_refused_by_name() {
    let mut update = Update::new(Form::Table);
    let mut fields = String::new();
    for number in 0..10_000u32 {
        let (field, value) = (100 + 2 * number, 101 + 2 * number);
        update = update.with(field, format!("<</FT/Sig/T(S{number})/V {value} 0 R>>"));
        update = update
            .with(value, "<</Type/Sig/SubFilter/ETSI.CAdES.detached/ByteRange[0 9 20 9]/Contents<00>>>");
        fields.push_str(&format!("{field} 0 R "));
    }
    let base = paper(Shape { form: Form::Table, tagged: false, pages: 1 });
    let pdf = update.with(8, format!("<</Fields[{fields}]>>")).onto(&base);
    let error = verify(&pdf, &context()).unwrap_err();
    assert_eq!(error.0.code(), "limit-exceeded", "{error:?}");
}

#[test]
fn four_thousand_saves_behind_a_signature_are_judged() {
    let mut pdf = approved().remove(0).pdf;
    for _ in 0..4000 {
        let (start, previous) = (pdf.len(), last_xref(&pdf[pdf.len().saturating_sub(200)..]));
        let save = format!(
            "xref\n0 0\ntrailer\n<</Size 99/Root 1 0 R/Info 17 0 R/Prev {previous}>>\nstartxref\n{start}\n%%EOF\n"
        );
        pdf.extend(save.bytes());
    }
    let verdict = verdict(&pdf);
    assert!(accepts(&verdict), "{}", line(&verdict));
    let once_more = Update::new(Form::Table).with(4, "null").onto(&pdf);
    assert!(!accepts(&crate::victims::verdict(&once_more)));
}

/// Two gigabytes of nothing behind a header.
struct Void;

impl Source for Void {
    fn length(&self) -> usize {
        2 << 30
    }

    fn read_at(&self, offset: usize, into: &mut [u8]) -> io::Result<()> {
        into.fill(0);
        if offset == 0 && into.len() >= 9 {
            into[..9].copy_from_slice(b"%PDF-1.7\n");
        }
        Ok(())
    }
}

#[test]
fn two_gigabytes_of_nothing_are_refused() {
    assert!(verify_source(&Void, &context()).is_err());
}
