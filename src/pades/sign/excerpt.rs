//! Some pages of a document as a file of their own.
//!
//! Signatures speak of the whole document, so none goes along; what is seen of them does, for what annotations and
//! fields show is drawn into the pages. Nothing else of the document does: what leads to other pages is cut off, and
//! pictures that the chosen pages do not show stay behind.

use std::collections::{BTreeSet, HashMap, VecDeque};

use crate::pdf::{Dict, Name, Object, Page, Parser, Pdf, PdfError, PdfString, Ref, Stream, is_space, pages};
use crate::pdf::{write_dict, write_object};
use crate::sign::{SignError, archival, widget};

/// More than any page draws on; a file that names more is made to exhaust us.
const MOST_OBJECTS: usize = 200_000;
/// Values within values.
const DEEPEST: usize = 64;
/// What annotations draw is called by this and a number in the resources of its page.
const DRAWN: &str = "Ec";
/// Objects that belong to the document as a whole and lead to its other pages.
const NOT_TAKEN: [&str; 7] = ["Page", "Pages", "Catalog", "Annot", "StructElem", "StructTreeRoot", "Bead"];
/// Hidden, NoView (ISO 32000-2 Table 167).
const UNSEEN: i64 = 0b10_0010;

/// What the file says of itself (ISO 32000-2 §14.3.3).
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// Its title.
    pub title: &'a str,
    /// What it was taken from.
    pub subject: &'a str,
}

/// Makes a file of the pages with these numbers, from 1, in this order. Of a
/// file that calls itself PDF/A-2 or PDF/A-3 it calls itself PDF/A-2b (ISO 19005-2).
pub fn excerpt(mut file: Pdf<'_>, numbers: &[usize], about: About<'_>) -> Result<Vec<u8>, SignError> {
    file.authenticate(None)?;
    let all = pages(&file)?;
    let mut taker = Taker::new(&file);
    let root = taker.reserve();
    let tree = taker.reserve();
    let mut kids = Vec::new();
    for number in numbers {
        let page = number.checked_sub(1).and_then(|index| all.get(index));
        let page = page.ok_or(SignError::NoSuchPage(*number))?;
        let dict = taker.page(page)?.with("Parent", tree);
        kids.push(Object::Reference(taker.add(&dict.into())));
    }
    let count = i64::try_from(kids.len()).unwrap_or(i64::MAX);
    taker.put(tree, &Dict::new().with("Type", "Pages").with("Kids", kids).with("Count", count).into());
    let mut catalog = Dict::new().with("Type", "Catalog").with("Pages", tree);
    // Layers that were switched off stay so.
    if let Some(layers) = file.catalog()?.1.get("OCProperties") {
        catalog.set("OCProperties", taker.taken(layers, 0)?);
    }
    // Pages fit to be kept are so without the others, but for the tags, which level B does not ask for.
    if archival::is_claimed(&file)? {
        let (dict, data) = archival::claim(about);
        catalog.set("Metadata", taker.add_stream(dict, data.as_bytes()));
        if let Some(colours) = file.catalog()?.1.get("OutputIntents") {
            catalog.set("OutputIntents", taker.taken(colours, 0)?);
        }
    }
    taker.put(root, &catalog.into());
    taker.follow()?;
    let info = Dict::new()
        .with("Title", PdfString::from_text(about.title))
        .with("Subject", PdfString::from_text(about.subject));
    let info = taker.add(&info.into());
    Ok(taker.finish(root, info))
}

/// Takes objects over, each once, under new numbers.
struct Taker<'p, 'a> {
    pdf: &'p Pdf<'a>,
    /// By number less one; empty until written.
    bodies: Vec<Vec<u8>>,
    known: HashMap<Ref, Ref>,
    pending: VecDeque<Ref>,
}

impl<'p, 'a> Taker<'p, 'a> {
    fn new(pdf: &'p Pdf<'a>) -> Taker<'p, 'a> {
        Taker { pdf, bodies: Vec::new(), known: HashMap::new(), pending: VecDeque::new() }
    }

    fn reserve(&mut self) -> Ref {
        self.bodies.push(Vec::new());
        Ref { number: u32::try_from(self.bodies.len()).unwrap_or(u32::MAX), generation: 0 }
    }

    fn body(&mut self, target: Ref) -> Option<&mut Vec<u8>> {
        self.bodies.get_mut(usize::try_from(target.number).ok()?.checked_sub(1)?)
    }

    fn put(&mut self, target: Ref, object: &Object) {
        if let Some(body) = self.body(target) {
            write_object(body, object);
        }
    }

    fn add(&mut self, object: &Object) -> Ref {
        let target = self.reserve();
        self.put(target, object);
        target
    }

    fn put_stream(&mut self, target: Ref, dict: Dict, data: &[u8]) {
        let dict = dict.with("Length", i64::try_from(data.len()).unwrap_or(i64::MAX));
        if let Some(body) = self.body(target) {
            write_dict(body, &dict);
            body.extend_from_slice(b"\nstream\n");
            body.extend_from_slice(data);
            body.extend_from_slice(b"\nendstream");
        }
    }

    fn add_stream(&mut self, dict: Dict, data: &[u8]) -> Ref {
        let target = self.reserve();
        self.put_stream(target, dict, data);
        target
    }

    /// A value with its references led to where their objects will stand.
    fn taken(&mut self, object: &Object, depth: usize) -> Result<Object, SignError> {
        if depth > DEEPEST {
            return Err(PdfError::Limit("values are nested too deeply").into());
        }
        Ok(match object {
            Object::Reference(target) => Object::Reference(self.led(*target)?),
            Object::Array(items) => {
                let items: Result<Vec<Object>, SignError> =
                    items.iter().map(|item| self.taken(item, depth + 1)).collect();
                Object::Array(items?)
            }
            Object::Dict(dict) if is_left(dict) => Object::Null,
            Object::Dict(dict) => Object::Dict(self.taken_dict(dict, depth)?),
            other => other.clone(),
        })
    }

    fn taken_dict(&mut self, dict: &Dict, depth: usize) -> Result<Dict, SignError> {
        let mut taken = Dict::new();
        for (name, value) in &dict.0 {
            let leads_away = ["Parent", "P", "StructParent", "StructParents", "Metadata", "PieceInfo", "AF"];
            if !leads_away.iter().any(|key| name == key) {
                taken.0.push((name.clone(), self.taken(value, depth + 1)?));
            }
        }
        Ok(taken)
    }

    fn led(&mut self, target: Ref) -> Result<Ref, SignError> {
        if let Some(known) = self.known.get(&target) {
            return Ok(*known);
        }
        if self.known.len() >= MOST_OBJECTS {
            return Err(PdfError::Limit("the pages draw on too many objects").into());
        }
        let new = self.reserve();
        self.known.insert(target, new);
        self.pending.push_back(target);
        Ok(new)
    }

    /// Takes over what was led to, and what that leads to.
    fn follow(&mut self) -> Result<(), SignError> {
        while let Some(target) = self.pending.pop_front() {
            let Some(new) = self.known.get(&target).copied() else { continue };
            match self.pdf.indirect(target)?.object {
                Object::Stream(stream) => {
                    let data = self.pdf.decrypted(&stream)?;
                    let dict = self.taken_dict(&stream.dict, 0)?;
                    self.put_stream(new, dict, &data);
                }
                other => {
                    let taken = self.taken(&other, 0)?;
                    self.put(new, &taken);
                }
            }
        }
        Ok(())
    }

    /// A page with what its annotations show drawn into it.
    fn page(&mut self, page: &Page) -> Result<Dict, SignError> {
        let mut taken = Dict::new().with("Type", "Page");
        for key in ["MediaBox", "CropBox", "Rotate", "UserUnit", "Group"] {
            let value = widget::inherited(self.pdf, page, key)?;
            if !matches!(value, Object::Null) {
                taken.set(key, self.taken(&value, 0)?);
            }
        }
        let content = self.content(page)?;
        let mut resources =
            widget::inherited(self.pdf, page, "Resources")?.dict().cloned().unwrap_or_default();
        let mut shown = self.pdf.dict_value(&resources, "XObject")?.unwrap_or_default();
        let used = names_in(&content);
        shown.0.retain(|(name, _)| used.contains(name));
        let mut shown = self.taken_dict(&shown, 0)?;
        let drawn = self.annotations(page, &mut shown)?;
        resources.remove("XObject");
        let resources = self.taken_dict(&resources, 0)?.with("XObject", shown);
        let content = [b"q\n".as_slice(), &content, b"\nQ\n", drawn.as_bytes()].concat();
        let content = self.add_stream(Dict::new(), &content);
        Ok(taken.with("Resources", resources).with("Contents", content))
    }

    /// The page's own content, decoded and in one piece: pieces may part an operator from its operands.
    fn content(&self, page: &Page) -> Result<Vec<u8>, SignError> {
        let parts = match self.pdf.value(&page.dict, "Contents")? {
            Object::Array(parts) => parts,
            one => vec![one],
        };
        let mut content = Vec::new();
        for part in &parts {
            if let Object::Stream(stream) = self.pdf.resolve(part)? {
                content.extend(self.pdf.stream_data(&stream)?);
                content.push(b'\n');
            }
        }
        Ok(content)
    }

    /// Operators that draw what the annotations show; their forms are added to `shown`.
    fn annotations(&mut self, page: &Page, shown: &mut Dict) -> Result<String, SignError> {
        let annotations = self.pdf.value(&page.dict, "Annots")?;
        let (mut drawn, mut number) = (String::new(), 0);
        for annotation in annotations.array().unwrap_or_default() {
            let Object::Dict(annotation) = self.pdf.resolve(annotation)? else { continue };
            let is_unseen = self.pdf.value(&annotation, "F")?.integer().unwrap_or(0) & UNSEEN != 0;
            if is_unseen || annotation.is("Subtype", "Popup") {
                continue;
            }
            let Some(look) = self.look(&annotation)? else { continue };
            let Some([a, d, e, f]) = self.fit(&annotation, &look)? else { continue };
            let data = self.pdf.decrypted(&look)?;
            let dict = self.taken_dict(&look.dict, 0)?.with("Type", "XObject").with("Subtype", "Form");
            let form = self.add_stream(dict, &data);
            while shown.has(&format!("{DRAWN}{number}")) {
                number += 1;
            }
            shown.set(&format!("{DRAWN}{number}"), form);
            drawn.push_str(&format!("q {a:.5} 0 0 {d:.5} {e:.5} {f:.5} cm /{DRAWN}{number} Do Q\n"));
        }
        Ok(drawn)
    }

    /// The normal appearance, of the state that is on (ISO 32000-2 §12.5.5).
    fn look(&self, annotation: &Dict) -> Result<Option<Stream>, SignError> {
        let looks = self.pdf.dict_value(annotation, "AP")?.unwrap_or_default();
        Ok(match (self.pdf.value(&looks, "N")?, annotation.name("AS")) {
            (Object::Stream(stream), _) => Some(stream),
            (Object::Dict(states), Some(state)) => match self.pdf.value(&states, &state.text())? {
                Object::Stream(stream) => Some(stream),
                _ => None,
            },
            _ => None,
        })
    }

    /// How a form is scaled and moved into its annotation's rectangle (ISO 32000-2 §12.5.5, algorithm 8.1).
    fn fit(&self, annotation: &Dict, look: &Stream) -> Result<Option<[f64; 4]>, SignError> {
        let rectangle = numbers::<4>(&self.pdf.value(annotation, "Rect")?);
        let bounds = numbers::<4>(&self.pdf.value(&look.dict, "BBox")?);
        let (Some([x1, y1, x2, y2]), Some([left, bottom, right, top])) = (rectangle, bounds) else {
            return Ok(None);
        };
        let matrix = numbers::<6>(&self.pdf.value(&look.dict, "Matrix")?);
        let [a, b, c, d, e, f] = matrix.unwrap_or([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
        let corners = [(left, bottom), (right, bottom), (left, top), (right, top)];
        let xs = corners.map(|(x, y)| a * x + c * y + e);
        let ys = corners.map(|(x, y)| b * x + d * y + f);
        let least = |all: [f64; 4]| all.into_iter().fold(f64::INFINITY, f64::min);
        let most = |all: [f64; 4]| all.into_iter().fold(f64::NEG_INFINITY, f64::max);
        let (width, height) = (most(xs) - least(xs), most(ys) - least(ys));
        if width <= 0.0 || height <= 0.0 {
            return Ok(None);
        }
        let (x, y) = ((x2 - x1).abs() / width, (y2 - y1).abs() / height);
        Ok(Some([x, y, x1.min(x2) - least(xs) * x, y1.min(y2) - least(ys) * y]))
    }

    /// The whole file, with a table of where each object stands.
    fn finish(self, root: Ref, info: Ref) -> Vec<u8> {
        let mut out = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
        let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", self.bodies.len() + 1);
        for (number, body) in (1..).zip(&self.bodies) {
            table.push_str(&format!("{:010} 00000 n \n", out.len()));
            out.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
            out.extend_from_slice(if body.is_empty() { b"null" } else { body.as_slice() });
            out.extend_from_slice(b"\nendobj\n");
        }
        let start = out.len();
        let identity = openssl::sha::sha256(&out);
        let identity = hex::encode_upper(identity.first_chunk::<16>().unwrap_or(&[0; 16]));
        let size = self.bodies.len() + 1;
        let trailer = format!(
            "{table}trailer\n<</Size {size} /Root {root} R /Info {info} R /ID [<{identity}> <{identity}>]>>\n\
             startxref\n{start}\n%%EOF\n"
        );
        out.extend_from_slice(trailer.as_bytes());
        out
    }
}

fn is_left(dict: &Dict) -> bool {
    NOT_TAKEN.iter().any(|kind| dict.is("Type", kind))
}

/// So many finite numbers.
fn numbers<const N: usize>(object: &Object) -> Option<[f64; N]> {
    let numbers: Vec<f64> = object.array()?.iter().filter_map(Object::number).collect();
    let numbers: [f64; N] = numbers.try_into().ok()?;
    numbers.iter().all(|number| number.is_finite()).then_some(numbers)
}

/// The names that content mentions, those of its pictures and forms among them.
///
/// Binary data of pictures in the content may look like names; then one more is found, and none is missed.
fn names_in(content: &[u8]) -> BTreeSet<Name> {
    let mut names = BTreeSet::new();
    for (start, _) in content.iter().enumerate().filter(|(_, byte)| **byte == b'/') {
        let ends = |byte: u8| is_space(byte) || b"()<>[]{}/%".contains(&byte);
        let rest = content.get(start + 1..).unwrap_or_default();
        let end = rest.iter().position(|byte| ends(*byte)).unwrap_or(rest.len());
        let spelled = content.get(start..start + 1 + end).unwrap_or_default();
        if let Ok(Object::Name(name)) = Parser::at(spelled, 0).object() {
            names.insert(name);
        }
    }
    names
}
