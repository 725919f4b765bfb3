//! Pages taken out of a document.

use pades::pdf::Pdf;
use pades::sign::{About, SignError, SignOptions};
use pades::verify::Verdict;

use crate::appearance::stamp;
use crate::office::{judge, signed_with};
use crate::oracles::{has, qpdf_complaints, text_of};

const ABOUT: About<'static> = About { title: "Trích sao", subject: "Trang 2 < 05/QĐ-UBND" };

fn excerpt(pdf: &[u8], numbers: &[usize]) -> Result<Vec<u8>, SignError> {
    pades::sign::excerpt(Pdf::open(pdf).unwrap(), numbers, ABOUT)
}

/// Two pages that share their resources, each with a form and a note of its own; the second is hidden.
fn two_pages() -> Vec<u8> {
    let form = |text: &str| {
        let content = format!("BT /F0 12 Tf 10 10 Td ({text}) Tj ET");
        format!(
            "<</Type/XObject/Subtype/Form/BBox[0 0 200 40]/Resources<</Font<</F0 7 0 R>>>>/Length {}>>\nstream\n\
             {content}\nendstream",
            content.len()
        )
    };
    let content = |name: &str| {
        let content = format!("q 1 0 0 1 50 700 cm /{name} Do Q");
        format!("<</Length {}>>\nstream\n{content}\nendstream", content.len())
    };
    let page = |content: u32, notes: &str| {
        format!("<</Type/Page/Parent 2 0 R/Contents {content} 0 R/Annots[{notes}]/StructParents 0>>")
    };
    let note = |page: u32, flags: u32, look: u32| {
        format!(
            "<</Type/Annot/Subtype/Stamp/P {page} 0 R/F {flags}/Rect[100 500 300 540]/AP<</N {look} 0 R>>\
             /Dest[3 0 R/Fit]>>"
        )
    };
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Count 2/Kids[3 0 R 4 0 R]/MediaBox[0 0 595 842]/Resources<</XObject<</One 8 0 R/Two 9 0 R>>>>>>"
            .to_owned(),
        page(5, "10 0 R"),
        page(6, "11 0 R 12 0 R"),
        content("One"),
        content("Two"),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
        form("first form"),
        form("second form"),
        note(3, 4, 13),
        note(4, 4, 14),
        note(4, 6, 15),
        form("first note"),
        form("second note"),
        form("hidden note"),
    ];
    let mut pdf = b"%PDF-1.7\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, object) in (1..).zip(&objects) {
        table.push_str(&format!("{:010} 00000 n \n", pdf.len()));
        pdf.extend_from_slice(format!("{number} 0 obj\n{object}\nendobj\n").as_bytes());
    }
    let start = pdf.len();
    let size = objects.len() + 1;
    pdf.extend_from_slice(
        format!("{table}trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").as_bytes(),
    );
    pdf
}

#[test]
fn a_page_comes_with_what_is_seen_on_it_and_nothing_else_of_the_document() {
    let taken = excerpt(&two_pages(), &[2]).unwrap();
    let text = String::from_utf8_lossy(&taken).into_owned();
    for left in ["first form", "first note", "hidden note", "/Annots", "/Dest", "/StructParents"] {
        assert!(!text.contains(left), "{left} came along");
    }
    assert!(text.contains("second form") && text.contains("second note"));
    assert_eq!(judge(&taken).verdict, Verdict::Unsigned);
    assert!(!has("qpdf", "--version") || !qpdf_complaints(&taken));
    if has("pdftotext", "-v") {
        let seen = text_of(&taken);
        assert!(
            seen.contains("second form") && seen.contains("second note") && !seen.contains("first"),
            "{seen}"
        );
    }
}

#[test]
fn pages_keep_the_order_asked_for_and_a_seal_is_drawn_into_its_page() {
    let options =
        SignOptions { appearance: Some(stamp([100.0, 100.0, 200.0, 80.0])), ..SignOptions::default() };
    let signed = signed_with(&two_pages(), &options).onto(&two_pages());
    let taken = excerpt(&signed, &[2, 1]).unwrap();
    let report = judge(&taken);
    assert_eq!((report.verdict, report.signatures.len()), (Verdict::Unsigned, 0));
    let text = String::from_utf8_lossy(&taken).into_owned();
    assert!(!text.contains("/ByteRange") && !text.contains("/Sig"));
    assert!(text.contains("/Ec1 Do") && text.contains("first note"), "note and seal of the first page");
    // Signed anew, it is a document like any other.
    let again = signed_with(&taken, &options).onto(&taken);
    assert_eq!(judge(&again).verdict, Verdict::Valid);
}

#[test]
fn what_is_taken_of_pdf_a_calls_itself_pdf_a_and_nothing_else_does() {
    assert!(!has_claim(&excerpt(&two_pages(), &[1]).unwrap()), "the file claims nothing");
    let claiming = |part: &str| {
        let data = format!("<pdfaid:part>{part}</pdfaid:part>");
        let metadata = format!(
            "16 0 obj\n<</Type/Metadata/Subtype/XML/Length {}>>\nstream\n{data}\nendstream\nendobj\n",
            data.len()
        );
        let text = String::from_utf8(two_pages()).unwrap();
        let catalog =
            "<</Type/Catalog/Pages 2 0 R/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1>>]/Metadata 16 0 R>>";
        let (objects, _) = text.split_once("xref").unwrap();
        // Without its table, the file is read object by object.
        let objects = objects.replace("<</Type/Catalog/Pages 2 0 R>>", catalog);
        format!("{objects}{metadata}trailer\n<</Size 17/Root 1 0 R>>\nstartxref\n0\n%%EOF\n").into_bytes()
    };
    for (part, is) in [("1", false), ("2", true), ("3", true), ("4", false), ("x", false)] {
        let taken = excerpt(&claiming(part), &[1]).unwrap();
        assert_eq!(has_claim(&taken), is, "part {part}");
        assert_eq!(String::from_utf8_lossy(&taken).contains("GTS_PDFA1"), is, "part {part}");
    }
}

/// The claim stands in plain words, with title and subject escaped.
fn has_claim(taken: &[u8]) -> bool {
    let text = String::from_utf8_lossy(taken).into_owned();
    assert_eq!(text.contains("<pdfaid:part>"), text.contains("Trang 2 &lt; 05/QĐ-UBND</rdf:li>"));
    text.contains("<pdfaid:part>2</pdfaid:part>\n<pdfaid:conformance>B</pdfaid:conformance>")
}

#[test]
fn a_page_that_is_not_there_is_refused() {
    for number in [0, 3] {
        let refused = excerpt(&two_pages(), &[number]);
        assert!(matches!(refused, Err(SignError::NoSuchPage(_))), "{number}");
    }
}
