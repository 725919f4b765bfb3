//! Signed papers of every shape, and the means to write over them.

use std::collections::BTreeMap;

use openssl::cms::{CMSOptions, CmsContentInfo};
use openssl::stack::Stack;
use pades::authority::{Issued, KeyKind, Subject};
use pades::pdf::{Dict, Object, Pdf, Ref};
use pades::sign::{Permission, SignOptions, sign};
use pades::verify::{FileReport, Indication, Verdict, verify};

use crate::office::{authority, chair, context, now, terms};
use crate::papers::{Form, Shape, Update, at, paper, rich};

/// Room for the CMS of a seal made here, in hexadecimal digits.
const ROOM: usize = 8192;

/// A signed paper.
#[derive(Clone)]
pub struct Victim {
    pub name: String,
    pub pdf: Vec<u8>,
    pub form: Form,
    pub certified: Option<u8>,
    pub tagged: bool,
    pub pages: usize,
    pub originals: BTreeMap<u32, String>,
}

impl Victim {
    /// The newest text of an object.
    pub fn body(&self, number: u32) -> String {
        let pdf = Pdf::open(&self.pdf).unwrap();
        let indirect = pdf.indirect(Ref { number, generation: 0 }).unwrap();
        let Some(span) = indirect.span else { return self.originals[&number].clone() };
        let text = String::from_utf8_lossy(&self.pdf[span]).into_owned();
        let text = text.split_once("obj").unwrap().1.trim();
        text.strip_suffix("endobj").unwrap().trim_end().to_owned()
    }

    /// The newest text of an object, if the paper has it.
    pub fn body_or_none(&self, number: u32) -> Option<String> {
        self.originals.contains_key(&number).then(|| self.body(number))
    }

    /// The newest text of an object with something else in one place.
    pub fn edited(&self, number: u32, from: &str, to: &str) -> String {
        let body = self.body(number);
        assert!(body.contains(from), "{}: object {number} has no {from:?}: {body}", self.name);
        body.replacen(from, to, 1)
    }

    /// An update in the form that the paper has.
    pub fn update(&self) -> Update {
        Update::new(self.form).key("/Info 17 0 R")
    }

    /// The reference and the dictionary of the newest signature field, and of its signature.
    pub fn seal(&self) -> (u32, Dict, u32) {
        let pdf = Pdf::open(&self.pdf).unwrap();
        let numbers: Vec<u32> = pdf.sections().iter().flat_map(|s| s.entries.numbers()).collect();
        let sealed = |number: &u32| {
            let object = pdf.indirect(Ref { number: *number, generation: 0 }).ok()?.object;
            let dict = object.dict().filter(|d| d.is("FT", "Sig") && d.has("V"))?.clone();
            let value = dict.reference("V")?.number;
            Some((*number, dict, value))
        };
        numbers.iter().find_map(sealed).unwrap()
    }

    /// The number of the stream that draws the seal.
    pub fn seal_look(&self) -> u32 {
        let Some(Object::Dict(looks)) = self.seal().1.get("AP").cloned() else { panic!("no /AP") };
        looks.reference("N").unwrap().number
    }
}

/// The verdict in short; what cannot be judged is not accepted either.
pub fn verdict(pdf: &[u8]) -> Result<FileReport, String> {
    verify(pdf, &context()).map_err(|error| error.0.to_string())
}

/// Whether a verdict lets the first signature, or the file, pass.
pub fn accepts(verdict: &Result<FileReport, String>) -> bool {
    verdict.as_ref().is_ok_and(|report| {
        report.verdict == Verdict::Valid
            || report.signatures.first().is_some_and(|s| s.indication == Indication::TotalPassed)
    })
}

/// One line on a verdict.
pub fn line(verdict: &Result<FileReport, String>) -> String {
    match verdict {
        Err(error) => format!("unreadable: {error}"),
        Ok(report) => {
            let one = |s: &pades::verify::SignatureReport| {
                let codes: Vec<String> = s
                    .messages
                    .iter()
                    .map(|m| format!("{}{}", m.code, m.en.rfind('(').map_or("", |at| &m.en[at..])))
                    .collect();
                format!("{:?}/{:?}/{}", s.indication, s.changes_after, codes.join(","))
            };
            let signatures: Vec<String> = report.signatures.iter().map(one).collect();
            format!("{:?} {}", report.verdict, signatures.join(" | "))
        }
    }
}

fn signed(shape: Shape, certify: Option<Permission>) -> Victim {
    let unsigned = paper(shape);
    let look = crate::appearance::stamp([100.0, 60.0, 150.0, 60.0]);
    let options = SignOptions { certify, appearance: Some(look), ..SignOptions::default() };
    let certified = certify.map(|permission| permission.number() as u8);
    Victim {
        name: format!("{:?} tagged {} pages {} P {certified:?}", shape.form, shape.tagged, shape.pages),
        pdf: sign(&unsigned, &options, chair(), None, now()).unwrap().onto(&unsigned),
        form: shape.form,
        certified,
        tagged: shape.tagged,
        pages: shape.pages,
        originals: rich(shape),
    }
}

/// A paper into which its author put another object than an honest one has, signed for approval.
pub fn planted(shape: Shape, number: u32, body: &str) -> Victim {
    let mut originals = rich(shape);
    originals.insert(number, body.to_owned());
    let mut update = Update::new(shape.form).key("/Info 17 0 R");
    update.objects = originals.clone();
    let unsigned = update.onto(b"%PDF-1.7\n");
    let pdf = sign(&unsigned, &SignOptions::default(), chair(), None, now()).unwrap().onto(&unsigned);
    Victim {
        pdf,
        originals,
        name: "planted".to_owned(),
        certified: None,
        form: shape.form,
        tagged: shape.tagged,
        pages: shape.pages,
    }
}

/// Papers of every shape, signed for approval.
pub fn approved() -> Vec<Victim> {
    [
        Shape { form: Form::Table, tagged: false, pages: 1 },
        Shape { form: Form::Stream, tagged: false, pages: 2 },
        Shape { form: Form::Packed, tagged: true, pages: 2 },
        Shape { form: Form::Hybrid, tagged: true, pages: 1 },
    ]
    .map(|shape| signed(shape, None))
    .into()
}

/// Papers certified at the three levels.
pub fn certified() -> Vec<Victim> {
    let table = Shape { form: Form::Table, tagged: true, pages: 2 };
    let packed = Shape { form: Form::Packed, tagged: false, pages: 1 };
    vec![
        signed(table, Some(Permission::Nothing)),
        signed(packed, Some(Permission::Forms)),
        signed(table, Some(Permission::Annotations)),
        signed(packed, Some(Permission::Annotations)),
    ]
}

/// A person of the office with key and certificate at hand.
fn person() -> &'static Issued {
    static PERSON: std::sync::OnceLock<Issued> = std::sync::OnceLock::new();
    PERSON.get_or_init(|| {
        let subject = Subject { common_name: "Lê Văn Ký".to_owned(), ..Subject::default() };
        authority().issue_person(&subject, &terms(KeyKind::P256)).unwrap()
    })
}

/// A signature dictionary to be sealed: `keys` are what our own signer would not write.
pub fn open_signature(keys: &str) -> String {
    format!(
        "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/M(D:20261122100000+07'00'){keys}\
         /ByteRange [0 0000000000 0000000000 0000000000]/Contents <{}>>>",
        "0".repeat(ROOM)
    )
}

/// Signs the open signature that an update holds, as some other program would.
pub fn sealed(base: &[u8], update: &Update) -> Vec<u8> {
    let mut pdf = update.onto(base);
    let zeros = format!("/Contents <{}>", "0".repeat(ROOM));
    let start = rfind(&pdf, zeros.as_bytes()) + "/Contents ".len();
    let end = start + ROOM + 2;
    let rest = pdf.len() - end;
    let range = format!("/ByteRange [0 {start:010} {end:010} {rest:010}]");
    let place = rfind(&pdf, b"/ByteRange [0 0000000000");
    pdf[place..place + range.len()].copy_from_slice(range.as_bytes());
    let content = [&pdf[..start], &pdf[end..]].concat();
    let mut chain = Stack::new().unwrap();
    person().chain.iter().for_each(|above| chain.push(above.clone()).unwrap());
    let flags = CMSOptions::DETACHED | CMSOptions::BINARY;
    let (certificate, key) = (&person().certificate, &person().key);
    let cms =
        CmsContentInfo::sign(Some(certificate), Some(key), Some(&chain), Some(&content), flags).unwrap();
    let text = hex::encode(cms.to_der().unwrap());
    pdf[start + 1..start + 1 + text.len()].copy_from_slice(text.as_bytes());
    pdf
}

fn rfind(bytes: &[u8], needle: &[u8]) -> usize {
    bytes.windows(needle.len()).rposition(|w| w == needle).unwrap()
}

/// The rich paper signed with other keys in the signature dictionary, by filling its empty field.
pub fn signed_by_others(shape: Shape, keys: &str, catalog: &str) -> Victim {
    let unsigned = paper(shape);
    let mut victim = Victim {
        name: format!("{:?} by others {keys}", shape.form),
        pdf: unsigned.clone(),
        form: shape.form,
        certified: None,
        tagged: shape.tagged,
        pages: shape.pages,
        originals: rich(shape),
    };
    let field = victim.edited(at::EMPTY, "/F 132", &format!("/F 132/V {} 0 R", at::SEAL));
    let form = victim.edited(at::FORM, "/DA", "/SigFlags 3/DA");
    let root = victim.edited(at::CATALOG, "/Pages", &format!("{catalog}/Pages"));
    let update = victim
        .update()
        .with(at::EMPTY, field)
        .with(at::FORM, form)
        .with(at::CATALOG, root)
        .with(at::SEAL, open_signature(keys));
    victim.pdf = sealed(&unsigned, &update);
    victim
}
