//! What is seen of a signature.

use pades::sign::{Appearance, Font, Line, SignError, SignOptions, sign};
use pades::verify::{ChangesAfter, Indication, SignatureReport, Verdict};

use crate::office::{Paper, Xref, chair, codes, judge, now, paper, signed_with};
use crate::oracles::{has, text_of};

const NAME: &str = "Nguyễn Thị Hằng – Chủ tịch ỦY BAN";

/// A font with Vietnamese letters, where the machine has one.
pub fn font() -> Option<Font> {
    let found = std::fs::read("/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf").ok().map(Font);
    if found.is_none() {
        println!("skipped: no DejaVu font for text");
    }
    found
}

/// A red round seal on transparent ground, eight bits RGBA.
pub fn seal() -> Vec<u8> {
    let size = 32i32;
    let mut pixels = Vec::new();
    for y in 0..size {
        for x in 0..size {
            let distance = (x - 16).pow(2) + (y - 16).pow(2);
            pixels.extend([200, 0, 0, if (100..220).contains(&distance) { 255 } else { 0 }]);
        }
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 32, 32);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    bytes
}

/// A stamp with seal and, where there is a font, a name.
pub fn stamp(rectangle: [f64; 4]) -> Appearance {
    let font = font();
    let lines = font.iter().map(|_| Line { text: NAME.to_owned(), size: 10.0 }).collect();
    Appearance { page: 1, rectangle, image: Some(seal()), lines, font, ..Appearance::default() }
}

/// A paper with a stamp.
pub fn visible() -> Vec<u8> {
    let pdf = paper();
    let options =
        SignOptions { appearance: Some(stamp([300.0, 100.0, 200.0, 60.0])), ..SignOptions::default() };
    signed_with(&pdf, &options).onto(&pdf)
}

#[test]
fn a_vietnamese_name_can_be_read_back() {
    let pdf = visible();
    assert_eq!(judge(&pdf).verdict, Verdict::Valid);
    if font().is_some() && has("pdftotext", "-v") {
        let text = text_of(&pdf);
        assert!(text.contains(NAME), "{text}");
    }
}

/// Signs visibly twice and gives the verdict on the first signature.
fn covered_by(rectangle: [f64; 4]) -> SignatureReport {
    let first = visible();
    let options = SignOptions { appearance: Some(stamp(rectangle)), ..SignOptions::default() };
    judge(&signed_with(&first, &options).onto(&first)).signatures.remove(0)
}

#[test]
fn a_seal_may_lie_over_a_third_of_the_signature() {
    let signature = covered_by([265.0, 80.0, 100.0, 100.0]);
    assert!(codes(&signature).contains(&"covers-signature"), "{signature:?}");
    assert_eq!(signature.indication, Indication::TotalPassed);
}

#[test]
fn a_later_picture_that_hides_a_signature_needs_a_person() {
    let signature = covered_by([300.0, 100.0, 200.0, 60.0]);
    assert!(codes(&signature).contains(&"covers-signature"), "{signature:?}");
    assert_eq!(signature.changes_after, ChangesAfter::Unexplained);
}

#[test]
fn a_seal_keeps_its_transparency() {
    let pdf = visible();
    let text = String::from_utf8_lossy(&pdf);
    assert!(text.contains("/SMask"));
}

#[test]
fn a_turned_page_gets_a_turned_stamp() {
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Rotate 90/Contents 4 0 R\
                /Resources<</Font<</F1 5 0 R>>>>>>";
    let pdf = Paper::new(Xref::Table).with(3, page).pdf();
    let options =
        SignOptions { appearance: Some(stamp([20.0, 20.0, 60.0, 200.0])), ..SignOptions::default() };
    let signed = signed_with(&pdf, &options).onto(&pdf);
    assert!(String::from_utf8_lossy(&signed).contains("/BBox [0 0 200 60]"));
    assert!(String::from_utf8_lossy(&signed).contains("/Matrix [0 1 -1 0 0 0]"));
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    let refused = |appearance: Appearance| {
        let options = SignOptions { appearance: Some(appearance), ..SignOptions::default() };
        sign(&paper(), &options, chair(), None, now()).unwrap_err()
    };
    let good = Appearance { page: 1, rectangle: [0.0, 0.0, 10.0, 10.0], ..Appearance::default() };
    assert!(matches!(refused(Appearance { page: 2, ..good.clone() }), SignError::NoSuchPage(2)));
    assert!(matches!(refused(Appearance { page: 0, ..good.clone() }), SignError::NoSuchPage(0)));
    let flat = Appearance { rectangle: [0.0, 0.0, 0.0, 10.0], ..good.clone() };
    assert!(matches!(refused(flat), SignError::EmptyRectangle));
    let junk = Appearance { image: Some(b"junk".to_vec()), ..good.clone() };
    assert!(matches!(refused(junk), SignError::Appearance(_)));
    let silent = Appearance { lines: vec![Line { text: "x".to_owned(), size: 9.0 }], ..good };
    assert!(matches!(refused(silent), SignError::Appearance(_)));
}
