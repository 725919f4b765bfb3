//! How single forgeries and updates are made of a signed paper.

use crate::papers::{Form, Row, Update, at, last_xref, stream};
use crate::victims::{Victim, open_signature, sealed};

pub fn with(victim: &Victim, number: u32, body: &str) -> Vec<u8> {
    victim.update().with(number, body).onto(&victim.pdf)
}

/// An annotation that lies over the page's text.
pub fn overlay(keys: &str) -> String {
    format!("<</Type/Annot/Rect[60 690 400 740]/P 3 0 R/F 4{keys}>>")
}

/// An annotation in a corner where nothing stands.
pub fn margin_note() -> String {
    "<</Type/Annot/Subtype/FreeText/Rect[500 20 580 40]/P 3 0 R/F 4/DA(/Helv 9 Tf)/Contents(Da doc)>>"
        .to_owned()
}

/// The paper with one more annotation.
pub fn pinned(victim: &Victim, annotation: &str) -> Vec<u8> {
    let list = victim.edited(at::ANNOTATIONS, "14 0 R", "14 0 R 140 0 R");
    victim.update().with(at::ANNOTATIONS, list).with(at::FREE, annotation).onto(&victim.pdf)
}

pub fn pinned_with(victim: &Victim, annotation: &str, number: u32, body: &str) -> Vec<u8> {
    let list = victim.edited(at::ANNOTATIONS, "14 0 R", "14 0 R 140 0 R");
    let update = victim.update().with(at::ANNOTATIONS, list).with(at::FREE, annotation);
    update.with(number, body).onto(&victim.pdf)
}

/// The paper with one more field, pinned on the page and listed in the form.
pub fn field(victim: &Victim, widget: &str) -> Vec<u8> {
    let list = victim.edited(at::ANNOTATIONS, "14 0 R", "14 0 R 140 0 R");
    let form = victim.edited(at::FORM, "9 0 R", "9 0 R 140 0 R");
    let update = victim.update().with(at::ANNOTATIONS, list).with(at::FORM, form);
    update.with(at::FREE, widget).onto(&victim.pdf)
}

/// The paper with the text field filled as a decent program fills it.
pub fn filled(victim: &Victim) -> Vec<u8> {
    let look = stream(
        "/Type/XObject/Subtype/Form/BBox[0 0 200 20]/Resources<</Font<</Helv 5 0 R>>>>",
        "/Tx BMC BT /Helv 9 Tf (Binh) Tj ET EMC",
    );
    let field = victim.edited(at::NAME, "/V(An)", "/V(Binh)").replace("/N 10 0 R", "/N 140 0 R");
    victim.update().with(at::NAME, field).with(at::FREE, look).onto(&victim.pdf)
}

/// The paper with a second signature in a new field, drawn by object 141.
pub fn second_seal(victim: &Victim, rectangle: &str, keys: &str, look: &str) -> Vec<u8> {
    let widget = format!(
        "<</Type/Annot/Subtype/Widget/FT/Sig/T(ThuHai)/V 142 0 R/Rect[{rectangle}]/P 3 0 R/F 132{look}>>"
    );
    let list = victim.edited(at::ANNOTATIONS, "14 0 R", "14 0 R 140 0 R");
    let form = victim.edited(at::FORM, "9 0 R", "9 0 R 140 0 R");
    let update = victim
        .update()
        .with(at::ANNOTATIONS, list)
        .with(at::FORM, form)
        .with(at::FREE, widget)
        .with(141, stream("/Type/XObject/Subtype/Form/BBox[0 0 595 842]", "1 g 0 0 595 842 re f"))
        .with(142, open_signature(keys));
    sealed(&victim.pdf, &update)
}

/// The paper with validation data.
pub fn store(victim: &Victim, keys: &str) -> Vec<u8> {
    let root = victim.edited(at::CATALOG, "/Pages", "/DSS 140 0 R/Pages");
    let update = victim.update().with(at::CATALOG, root).with(at::FREE, format!("<<{keys}>>"));
    update.with(141, stream("", "0")).onto(&victim.pdf)
}

pub fn sized(victim: &Victim, size: u32) -> Vec<u8> {
    Update { size: Some(size), ..Update::new(Form::Table) }.key("/Info 17 0 R").onto(&victim.pdf)
}

pub fn generation(victim: &Victim) -> Vec<u8> {
    let mut pdf = victim.pdf.clone();
    let start = pdf.len() as u64;
    pdf.extend(b"4 1 obj\n<</Length 0>>\nstream\n\nendstream\nendobj\n");
    Update::new(Form::Table).row(at::TEXT, Row::At(start, 1)).onto(&pdf)
}

/// The offset of an object's head, where it stands in the file body.
pub fn offset_of(pdf: &[u8], number: u32) -> Option<u64> {
    let head = format!("\n{number} 0 obj");
    pdf.windows(head.len()).position(|w| w == head.as_bytes()).map(|at| at as u64 + 1)
}

/// An entry that points into signed bytes: at the planted stream, where it claims the number of another.
pub fn repointed(victim: &Victim, number: u32) -> Option<Vec<u8>> {
    let planted = offset_of(&victim.pdf, at::PLANTED_TEXT)?;
    Some(victim.update().row(number, Row::At(planted, 0)).onto(&victim.pdf))
}

/// The form as it was before the seal joined it.
pub fn older_state(victim: &Victim) -> Option<Vec<u8>> {
    let old =
        offset_of(&victim.pdf, at::FORM).filter(|_| matches!(victim.form, Form::Table | Form::Stream))?;
    Some(victim.update().row(at::FORM, Row::At(old, 0)).onto(&victim.pdf))
}

pub fn skipped(victim: &Victim) -> Option<Vec<u8>> {
    let first = victim.pdf.windows(5).position(|w| w == b"%%EOF")?;
    let previous = last_xref(&victim.pdf[..first]);
    let page = victim.edited(at::PAGE, "/Contents[4 0 R]", "/Contents[20 0 R]");
    Some(Update { previous: Some(previous), ..victim.update() }.with(at::PAGE, page).onto(&victim.pdf))
}

/// A complete table without /Prev: to some viewers the whole file, with another text.
pub fn cut_chain(victim: &Victim) -> Option<Vec<u8>> {
    let mut update = Update::new(Form::Table).with(at::TEXT, stream("", "BT (Gia) Tj ET"));
    for number in 1..45 {
        if let (true, Some(at)) = (number != at::TEXT, offset_of(&victim.pdf, number)) {
            update = update.row(number, Row::At(at, 0));
        }
    }
    let pdf = update.onto(&victim.pdf);
    let previous = format!("/Prev {}", last_xref(&victim.pdf));
    Some(replaced(&pdf, previous.as_bytes(), " ".repeat(previous.len()).as_bytes(), true))
}

pub fn overwritten_container(victim: &Victim) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(&victim.pdf).into_owned();
    let start = text.find("/Type/ObjStm")?;
    let number: u32 = text[..start].split_whitespace().rev().nth(3)?.parse().ok()?;
    let body =
        text[start - 2..].split_once("\nendobj")?.0.replacen("/BaseFont/Helvetica", "/BaseFont/Helveticb", 1);
    (victim.form == Form::Packed).then(|| Update::new(Form::Stream).with(number, body).onto(&victim.pdf))
}

pub fn listed_twice(victim: &Victim) -> Option<Vec<u8>> {
    let (old, planted) = (offset_of(&victim.pdf, at::IMAGE)?, offset_of(&victim.pdf, at::PLANTED_TEXT)?);
    let start = victim.pdf.len();
    let table = format!(
        "xref\n15 1\n{old:010} 00000 n\r\n15 1\n{planted:010} 00000 n\r\ntrailer\n<</Size 200/Root 1 0 R/Prev {}>>\n\
         startxref\n{start}\n%%EOF\n",
        last_xref(&victim.pdf)
    );
    Some([&victim.pdf, table.as_bytes()].concat())
}

pub fn root_exchanged(victim: &Victim) -> Option<Vec<u8>> {
    let root = victim.edited(at::CATALOG, "/Pages 2 0 R", "/Pages 141 0 R");
    let page = "<</Type/Page/Parent 141 0 R/MediaBox[0 0 595 842]/Contents 20 0 R/Resources 6 0 R>>";
    let update = Update { root: at::FREE, ..victim.update() };
    let update =
        update.with(at::FREE, root).with(141, "<</Type/Pages/Kids[142 0 R]/Count 1>>").with(142, page);
    Some(update.onto(&victim.pdf))
}

pub fn seal_edited(victim: &Victim, from: &str, to: &str) -> Vec<u8> {
    let number = victim.seal().0;
    with(victim, number, &victim.edited(number, from, to))
}

pub fn signature_edited(victim: &Victim, from: &str, to: &str) -> Vec<u8> {
    let number = victim.seal().2;
    with(victim, number, &victim.edited(number, from, to))
}

pub fn seal_picture(victim: &Victim) -> Option<Vec<u8>> {
    let look = victim.body(victim.seal_look());
    let number: u32 = look.split_once("/Im0")?.1.split(['<', ' ', '/']).find_map(|word| word.parse().ok())?;
    let keys = "/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray";
    Some(with(victim, number, &stream(keys, "Z")))
}

/// Signature wrapping: the second range moves behind inserted bytes, a second /ByteRange says so.
pub fn wrapped(victim: &Victim) -> Option<Vec<u8>> {
    let start = victim.pdf.windows(10).rposition(|w| w == b"/Contents ")? + 10;
    let end = start + victim.pdf[start..].iter().position(|b| *b == b'>')? + 1;
    let rest = victim.pdf.len() - end;
    let inserted = stream("", "BT (Gia) Tj ET");
    let middle = format!("/ByteRange[0 {start} 9999999 {rest}]>>\nendobj\n4 0 obj\n{inserted}\nendobj\n");
    let moved = end + middle.len();
    let middle = middle.replace("9999999", &format!("{moved:7}"));
    Some([&victim.pdf[..end], middle.as_bytes(), &victim.pdf[end..]].concat())
}

/// Bytes put into the gap behind the value.
pub fn gap(victim: &Victim, bytes: &[u8]) -> Vec<u8> {
    let start = victim.pdf.windows(10).rposition(|w| w == b"/Contents ").unwrap() + 10;
    let end = start + victim.pdf[start..].iter().position(|b| *b == b'>').unwrap();
    let mut pdf = victim.pdf.clone();
    pdf[end - bytes.len()..end].copy_from_slice(bytes);
    pdf
}

/// The last, or first, occurrence of some bytes replaced by as many others.
pub fn replaced(pdf: &[u8], from: &[u8], to: &[u8], last: bool) -> Vec<u8> {
    let mut windows = pdf.windows(from.len());
    let found = if last { windows.rposition(|w| w == from) } else { windows.position(|w| w == from) };
    let at = found.unwrap();
    [&pdf[..at], to, &pdf[at + from.len()..]].concat()
}
