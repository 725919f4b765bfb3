//! Appearances by the decree: real sizes, places, and the texts in the corner and in the boxes.

use pades::pdf::Pdf;
use pades::sign::{
    Appearance, CORNER, CopyMark, FieldLock, Font, Note, NoteTarget, PageArea, Permission, Place, Placement,
    ReservedField, SignError, SignOptions, reserve_fields, sign,
};
use pades::verify::{ChangesAfter, Verdict};

use crate::appearance::{font, seal};
use crate::office::{Paper, Xref, chair, clerk, codes, judge, now, paper, signed_with};
use crate::oracles::{has, pdfsig_says_valid, pyhanko, pyhanko_says, qpdf_complaints, text_of};

const MILLIMETRE: f64 = 72.0 / 25.4;

/// Between title and name, as wide as the wider of them.
const PLACE: Place = Place { page: 1, rectangle: [358.0, 203.0, 91.0, 81.0] };

/// A blue stroke, twice as wide as high, on transparent ground.
fn stroke() -> Vec<u8> {
    let pixels: Vec<u8> =
        (0..64 * 32).flat_map(|i| [0, 0, 160, if i / 64 == i % 64 / 2 { 255 } else { 0 }]).collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 64, 32);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    bytes
}

/// Left, bottom, width and height of the picture as the page shows it, from the last appearance.
fn picture(pdf: &[u8], rectangle: [f64; 4]) -> [f64; 4] {
    let text = String::from_utf8_lossy(pdf);
    let numbers = text.rsplit("q ").find_map(|rest| rest.split_once(" cm /Im0 Do")).unwrap().0;
    let n: Vec<f64> = numbers.split(' ').map(|n| n.parse().unwrap()).collect();
    [rectangle[0] + n[4], rectangle[1] + n[5], n[0], n[3]]
}

fn close(found: f64, right: f64) {
    assert!((found - right).abs() < 0.01, "{found} is not {right}");
}

fn shown(appearance: &Appearance) -> SignOptions {
    SignOptions { appearance: Some(appearance.clone()), ..SignOptions::default() }
}

#[test]
fn a_handwritten_signature_is_centred_in_its_place() {
    let appearance = Appearance::handwritten(&PLACE, stroke()).unwrap();
    let pdf = signed_with(&paper(), &shown(&appearance)).onto(&paper());
    let [left, bottom, width, height] = picture(&pdf, appearance.rectangle);
    close(width / height, 2.0);
    close(left + width / 2.0, 358.0 + 91.0 / 2.0);
    close(bottom + height / 2.0, 203.0 + 81.0 / 2.0);
    // Wider than its narrow column, but never more than 50 mm or higher than the room there is.
    assert!(width <= 50.0 * MILLIMETRE + 0.01 && height <= 81.01);
    assert!(matches!(Appearance::handwritten(&PLACE, b"junk".to_vec()), Err(SignError::Appearance(_))));
}

#[test]
fn a_seal_has_its_real_size_and_covers_the_left_third() {
    let person = Appearance::handwritten(&PLACE, stroke()).unwrap();
    let first = signed_with(&paper(), &shown(&person)).onto(&paper());
    let signature = picture(&first, person.rectangle);
    let organisation = Appearance::seal(&person, seal(), [36.0, 36.0]);
    let second = sign(&first, &shown(&organisation), clerk(), None, now()).unwrap().onto(&first);
    let [left, bottom, width, height] = picture(&second, organisation.rectangle);
    close(width / MILLIMETRE, 36.0);
    close(height / MILLIMETRE, 36.0);
    close(left + width, signature[0] + signature[2] / 3.0);
    close(bottom + height / 2.0, signature[1] + signature[3] / 2.0);
    let report = judge(&second);
    assert_eq!(report.verdict, Verdict::Valid, "{report:?}");
    assert!(codes(&report.signatures[0]).contains(&"covers-signature"));
    assert!(!has("pdfsig", "-v") || pdfsig_says_valid(&second));
}

#[test]
fn places_are_given_in_millimetres() {
    let placement = Placement { page: 2, left: 25.4, bottom: 50.8, width: 36.0, height: 12.7 };
    let Place { page, rectangle } = placement.into();
    assert_eq!(page, 2);
    for (found, right) in rectangle.iter().zip([72.0, 144.0, 36.0 * MILLIMETRE, 36.0]) {
        close(*found, right);
    }
    let alone = Appearance::seal_at(1, [300.0, 300.0], seal(), [36.0, 36.0]);
    close(alone.rectangle[0] + alone.rectangle[2] / 2.0, 300.0);
}

/// The only page of a paper that is turned.
fn turned(rotation: i64) -> Vec<u8> {
    let page = format!(
        "<</Type/Page/Parent 2 0 R/CropBox[10 20 585 822]/Rotate {rotation}/Contents 4 0 R\
         /Resources<</Font<</F1 5 0 R>>>>>>"
    );
    let parent = "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595 842]>>";
    Paper::new(Xref::Table).with(2, parent).with(3, &page).pdf()
}

#[test]
fn the_corner_is_the_one_the_reader_sees() {
    let Some(font) = font() else { return };
    for (rotation, corner) in
        [(0, [585.0, 822.0]), (90, [10.0, 822.0]), (180, [10.0, 20.0]), (270, [585.0, 20.0])]
    {
        let pdf = turned(rotation);
        let area = PageArea::of(&Pdf::open(&pdf).unwrap(), 1).unwrap();
        assert_eq!((area.corners, area.rotation), ([10.0, 20.0, 585.0, 822.0], rotation));
        let note = Appearance::attachment_note(&area, "05/QĐ-UBND", now(), font.clone()).unwrap();
        let [left, bottom, width, height] = note.rectangle;
        // Lying text is wider than high; on a turned page the other way round.
        assert_eq!(width > height, rotation % 180 == 0);
        let distance = |a: f64, b: f64, c: f64| (a - c).abs().min((b - c).abs());
        assert!(distance(left, left + width, corner[0]) < 16.0 * MILLIMETRE);
        assert!(distance(bottom, bottom + height, corner[1]) < 16.0 * MILLIMETRE);
        let signed = signed_with(&pdf, &shown(&note)).onto(&pdf);
        assert_eq!(judge(&signed).verdict, Verdict::Valid);
        // Black, ten points: nothing was scaled.
        assert!(String::from_utf8_lossy(&signed).contains("0 g\n/F0 10.000 Tf"), "{rotation}");
    }
    assert!(matches!(PageArea::of(&Pdf::open(&paper()).unwrap(), 2), Err(SignError::NoSuchPage(2))));
}

#[test]
fn attachments_and_copies_say_what_the_decree_asks() {
    let Some(font) = font() else { return };
    let pdf = paper();
    let area = PageArea::of(&Pdf::open(&pdf).unwrap(), 1).unwrap();
    let attachment = Appearance::attachment_note(&area, "05/QĐ-UBND", now(), font.clone()).unwrap();
    assert!(attachment.image.is_none());
    let body = "Ủy ban nhân dân phường An Hải, quận Ngô Quyền, thành phố Hải Phòng";
    let copy = CopyMark::new(&["Sao y; 15/SY-UBND", body], now(), font).unwrap().at(&area, CORNER);
    assert!(copy.lines.len() > 3, "a long name is broken, not made smaller");
    if !has("pdftotext", "-v") {
        return;
    }
    let text = |appearance| text_of(&signed_with(&pdf, &shown(appearance)).onto(&pdf));
    let first = text(&attachment);
    assert!(first.contains("05/QĐ-UBND") && first.contains("22/11/2026 10:00:00 +07:00"), "{first}");
    let second = text(&copy).replace('\n', " ");
    assert!(second.contains("Sao y") && second.contains(body), "{second}");
}

const NUMBER: Place = Place { page: 1, rectangle: [100.0, 700.0, 120.0, 20.0] };

fn reserved() -> Vec<u8> {
    let pdf = paper();
    let fields = [
        ReservedField { name: "Số".to_owned(), place: NUMBER },
        ReservedField {
            name: "Ngày".to_owned(),
            place: Place { rectangle: [300.0, 700.0, 200.0, 20.0], ..NUMBER },
        },
    ];
    [pdf.clone(), reserve_fields(&pdf, &fields, now()).unwrap()].concat()
}

fn note(target: NoteTarget, text: &str, font: &Font) -> Note {
    Note { target, text: text.to_owned(), size: 13.0, font: font.clone() }
}

/// The seal's options: number and date go with it, into the fields.
fn numbered(font: &Font) -> SignOptions {
    let field = |name: &str| NoteTarget::Field(name.to_owned());
    let notes =
        vec![note(field("Số"), "05/QĐ-UBND", font), note(field("Ngày"), "ngày 22 tháng 11 năm 2026", font)];
    let lock = Some(FieldLock::Include(vec!["Số".to_owned(), "Ngày".to_owned()]));
    let person = Appearance::handwritten(&PLACE, stroke()).unwrap();
    let appearance = Some(Appearance::seal(&person, seal(), [36.0, 36.0]));
    SignOptions { notes, lock, appearance, ..SignOptions::default() }
}

#[test]
fn number_and_date_come_with_the_seal() {
    let Some(font) = font() else { return };
    let pdf = reserved();
    let person = Appearance::handwritten(&PLACE, stroke()).unwrap();
    for certify in [None, Some(Permission::Forms)] {
        let first = signed_with(&pdf, &SignOptions { certify, ..shown(&person) }).onto(&pdf);
        let mut options = numbered(&font);
        // A certified paper takes no new picture; its seal needs a field that was there before.
        options.appearance = options.appearance.filter(|_| certify.is_none());
        let second = sign(&first, &options, clerk(), None, now()).unwrap().onto(&first);
        let report = judge(&second);
        assert_eq!(report.verdict, Verdict::Valid, "{report:?}");
        assert_eq!(report.signatures[0].changes_after, ChangesAfter::FormFilling, "{report:?}");
        assert!(!has("pdfsig", "-v") || pdfsig_says_valid(&second));
        assert!(!has("qpdf", "--version") || !qpdf_complaints(&second));
        if has("pdftotext", "-v") {
            let text = text_of(&second);
            assert!(text.contains("05/QĐ-UBND") && text.contains("ngày 22 tháng 11 năm 2026"), "{text}");
        }
        if let (Some(pyhanko), None) = (pyhanko(), certify) {
            let text = pyhanko_says(&pyhanko, &second);
            assert_eq!(text.matches("The signature is judged VALID").count(), 2, "{text}");
        }
        // From here on the number stands.
        let again = SignOptions { appearance: None, lock: None, ..numbered(&font) };
        assert!(matches!(sign(&second, &again, chair(), None, now()), Err(SignError::Locked(_))));
    }
}

#[test]
fn a_note_on_the_page_is_an_annotation() {
    let Some(font) = font() else { return };
    let pdf = paper();
    let first = signed_with(&pdf, &SignOptions::default()).onto(&pdf);
    let notes = vec![note(NoteTarget::Page(NUMBER), "05/QĐ-UBND", &font)];
    let options = SignOptions { notes, ..shown(&Appearance::handwritten(&PLACE, stroke()).unwrap()) };
    let second = sign(&first, &options, clerk(), None, now()).unwrap().onto(&first);
    assert!(!has("pdftotext", "-v") || text_of(&second).contains("05/QĐ-UBND"));
    // Picture and note stand on one page, and neither pushed the other off it.
    let text = String::from_utf8_lossy(&second);
    assert!(text.contains("/Subtype /Stamp") && text.contains("/Im0 Do"));
    assert!(judge(&second).signatures.iter().all(|s| s.intact));
    let certified =
        signed_with(&pdf, &SignOptions { certify: Some(Permission::Forms), ..SignOptions::default() });
    let refused = sign(&certified.onto(&pdf), &options, clerk(), None, now());
    assert!(matches!(refused, Err(SignError::Certified)));
}

#[test]
fn notes_go_where_they_belong_or_nowhere() {
    let Some(font) = font() else { return };
    let pdf = reserved();
    let into = |name: &str| {
        let notes = vec![note(NoteTarget::Field(name.to_owned()), "05", &font)];
        sign(&pdf, &SignOptions { notes, ..SignOptions::default() }, chair(), None, now())
    };
    assert!(into("Số").is_ok());
    assert!(matches!(into("Khác"), Err(SignError::NotATextField(_))));
    let signed = signed_with(&pdf, &SignOptions::default()).onto(&pdf);
    assert!(matches!(reserve_fields(&signed, &[], now()), Err(SignError::SignedAlready)));
    let twice = [ReservedField { name: "Số".to_owned(), place: NUMBER }];
    assert!(matches!(reserve_fields(&pdf, &twice, now()), Err(SignError::FieldName(_))));
}
