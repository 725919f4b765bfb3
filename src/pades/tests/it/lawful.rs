//! What decent programs add to a signed paper: none of it may be refused.

use crate::forging::{field, filled, second_seal, store};
use crate::lawful_on_certified::{ON_ALL, ON_ANNOTATIONS, ON_FORMS};
use crate::office::{clerk, now, stamping, tsa};
use crate::papers::{Form, Row, Shape, Update, at, stream};
use crate::victims::{
    Victim, accepts, approved, certified, line, open_signature, sealed, signed_by_others, verdict,
};
use pades::sign::{Appearance, SignOptions, append_document_timestamp, sign};

/// A lawful change: its name, and how it is made; `None` where the paper lacks what it needs.
pub type Change = (&'static str, fn(&Victim) -> Option<Vec<u8>>);

/// Permitted on a paper signed for approval.
const ON_APPROVED: &[Change] = &[
    ("our invisible signature", |v| Some(ours(v, None))),
    ("our visible signature", |v| Some(ours(v, Some([350.0, 220.0, 120.0, 50.0])))),
    ("our seal over a third of the signature", |v| Some(ours(v, Some([60.0, 60.0, 80.0, 60.0])))),
    ("our signature in the empty field", |v| {
        let options = SignOptions {
            field: Some("ChuTich".to_owned()),
            appearance: Some(look([0.0; 4])),
            ..SignOptions::default()
        };
        Some(sign(&v.pdf, &options, clerk(), None, now()).ok()?.onto(&v.pdf))
    }),
    ("five of our signatures", |v| {
        let mut pdf = v.pdf.clone();
        for index in 0..5 {
            let options = SignOptions { field: Some(format!("Nguoi{index}")), ..SignOptions::default() };
            pdf = sign(&pdf, &options, clerk(), None, now()).ok()?.onto(&pdf);
        }
        Some(pdf)
    }),
    ("signature, then filling, then signature", |v| {
        let pdf = ours(v, None);
        let next = Victim { pdf, ..v.clone() };
        let next = Victim { pdf: filled(&next), ..next };
        Some(ours(&next, None))
    }),
    ("another program's visible signature", |v| {
        Some(second_seal(v, "350 200 450 230", "", "/AP<</N 143 0 R>>"))
    }),
    ("another program's signature with reason", |v| {
        Some(second_seal(v, "0 0 0 0", "/Reason(ok)/Location(x)", ""))
    }),
    ("signature with a picture of its own", |v| Some(drawn_seal(v))),
    ("signature field with several widgets", |v| Some(several_widgets(v))),
    ("signature under a named parent", |v| Some(nested(v))),
    ("signature that locks fields", |v| {
        let lock = "/Reference[<</Type/SigRef/TransformMethod/FieldMDP/TransformParams<</Type/TransformParams\
                    /V/1.2/Action/All>>>>]";
        Some(second_seal(v, "0 0 0 0", lock, ""))
    }),
    ("signature that tightens by its lock", |v| {
        let transform = "/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams\
                         /P 1/V/1.2>>>>]";
        Some(second_seal(v, "0 0 0 0", transform, "/Lock<</Type/SigFieldLock/Action/All/P 1>>"))
    }),
    ("empty visible field for a later signer", |v| {
        Some(field(v, "<</Type/Annot/Subtype/Widget/FT/Sig/T(Sau)/Rect[350 40 450 70]/P 3 0 R/F 132>>"))
    }),
    ("text field filled", |v| Some(filled(v))),
    ("text field filled in place", |v| {
        let look = v.edited(at::NAME_LOOK, "(An)", "(Ba)");
        let update = v.update().with(at::NAME, v.edited(at::NAME, "/V(An)", "/V(Ba)"));
        Some(update.with(at::NAME_LOOK, look).onto(&v.pdf))
    }),
    ("text field filled without a picture", |v| {
        Some(one(v, at::NAME, &v.edited(at::NAME, "/V(An)", "/V(Ba)").replace("/AP<</N 10 0 R>>", "")))
    }),
    ("text field emptied", |v| Some(one(v, at::NAME, &v.edited(at::NAME, "/V(An)", "/V()")))),
    ("text field drawn anew with the same value", |v| {
        let look = v.body(at::NAME_LOOK).replace("9 Tf", "8 Tf");
        Some(one(v, at::NAME_LOOK, &look))
    }),
    ("value in an object of its own", |v| {
        let field = v.edited(at::NAME, "/V(An)", "/V 140 0 R");
        Some(v.update().with(at::NAME, field).with(at::FREE, "(An)").onto(&v.pdf))
    }),
    ("check box ticked", |v| Some(one(v, at::BOX, &v.edited(at::BOX, "/V/Off/AS/Off", "/V/Yes/AS/Yes")))),
    ("nested field filled", |v| Some(one(v, at::CHILD_FIELD, &v.edited(at::CHILD_FIELD, "/V(1)", "/V(25)")))),
    ("fields made read-only", |v| Some(one(v, at::NAME, &v.edited(at::NAME, "/F 4", "/F 4/Ff 1")))),
    ("default appearance of a field", |v| {
        Some(one(v, at::NAME, &v.edited(at::NAME, "/F 4", "/F 4/DA(/Helv 9 Tf)/Q 1")))
    }),
    ("viewer asked to draw fields", |v| {
        Some(one(v, at::FORM, &v.edited(at::FORM, "/DA", "/NeedAppearances true/DA")))
    }),
    ("default font joins", |v| {
        let form = v.edited(at::FORM, "/Helv 5 0 R", "/Helv 5 0 R/Times 140 0 R");
        let font = "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>";
        Some(v.update().with(at::FORM, form).with(at::FREE, font).onto(&v.pdf))
    }),
    ("default text size", |v| Some(one(v, at::FORM, &v.edited(at::FORM, "/Helv 0 Tf", "/Helv 9 Tf")))),
    ("validation data", |v| Some(store(v, "/Certs[141 0 R]"))),
    ("validation data with an index", |v| {
        Some(store(v, &format!("/Certs[141 0 R]/VRI<</{}<</Cert[141 0 R]>>>>", "A1".repeat(20))))
    }),
    ("validation data with times and tokens", |v| {
        let entry = "<</Type/VRI/Cert[141 0 R]/TU(D:20261122)/TS 141 0 R>>";
        Some(store(v, &format!("/Type/DSS/Certs[141 0 R]/VRI<</{}{entry}>>", "0F".repeat(20))))
    }),
    ("validation data in the catalog itself", |v| {
        let root = v.edited(at::CATALOG, "/Pages", "/DSS<</Certs[141 0 R]/OCSPs[141 0 R]/CRLs[]>>/Pages");
        Some(v.update().with(at::CATALOG, root).with(141, stream("", "0")).onto(&v.pdf))
    }),
    ("validation data in lists of their own", |v| {
        let root = v.edited(at::CATALOG, "/Pages", "/DSS 140 0 R/Pages");
        let update = v.update().with(at::CATALOG, root).with(at::FREE, "<</Certs 142 0 R/VRI 143 0 R>>");
        let index = format!("<</{} 144 0 R>>", "B2".repeat(20));
        let update = update.with(141, stream("", "0")).with(142, "[141 0 R]").with(143, index);
        Some(update.with(144, "<</Cert 142 0 R>>").onto(&v.pdf))
    }),
    ("validation data grows", |v| {
        let first = store(v, "/Certs[141 0 R]");
        let update = v.update().with(at::FREE, "<</Certs[141 0 R 152 0 R]/OCSPs[153 0 R]>>");
        Some(update.with(152, stream("", "1")).with(153, stream("", "2")).onto(&first))
    }),
    ("validation data moves to a new object", |v| {
        let first = store(v, "/Certs[141 0 R]");
        let root = v.edited(at::CATALOG, "/Pages", "/DSS 154 0 R/Pages");
        let update = v.update().with(at::CATALOG, root).with(154, "<</Certs[141 0 R 152 0 R]>>");
        Some(update.with(152, stream("", "1")).onto(&first))
    }),
    ("index of validation data grows", |v| {
        let name = "C3".repeat(20);
        let first = store(v, &format!("/Certs[141 0 R]/VRI<</{name}<</Cert[141 0 R]>>>>"));
        let entry = format!("<</Certs[141 0 R 152 0 R]/VRI<</{name}<</Cert[141 0 R 152 0 R]>>>>>>");
        Some(v.update().with(at::FREE, entry).with(152, stream("", "1")).onto(&first))
    }),
    ("document timestamp", |v| timestamped(&v.pdf)),
    ("validation data and document timestamp", |v| timestamped(&store(v, "/Certs[141 0 R]"))),
    ("two document timestamps", |v| timestamped(&timestamped(&v.pdf)?)),
    ("title in the information dictionary", |v| {
        Some(one(v, at::INFO, "<</Title(Quyet dinh moi)/ModDate(D:2026)>>"))
    }),
    ("new information dictionary", |v| {
        let mut update = v.update().with(at::FREE, "<</Producer(khac)>>");
        "/Info 140 0 R".clone_into(&mut update.keys);
        Some(update.onto(&v.pdf))
    }),
    ("metadata written again", |v| Some(one(v, at::METADATA, &metadata("moi")))),
    ("new metadata stream", |v| {
        let root = v.edited(at::CATALOG, "/Metadata 18 0 R", "/Metadata 140 0 R");
        Some(v.update().with(at::CATALOG, root).with(at::FREE, metadata("moi")).onto(&v.pdf))
    }),
    ("extension declared", |v| Some(catalog(v, "/Extensions<</ESIC<</BaseVersion/1.7/ExtensionLevel 2>>>>"))),
    ("extensions of two developers", |v| {
        let list = "/Extensions<</Type/Extensions/ADBE<</BaseVersion/1.7/ExtensionLevel 8>>\
                    /ISO_[<</Type/DeveloperExtensions/BaseVersion/2.0/ExtensionLevel 32002/ExtensionRevision(:2022)>>]>>";
        Some(catalog(v, list))
    }),
    ("later version", |v| Some(catalog(v, "/Version/2.0"))),
    ("nothing but a trailer", |v| Some(v.update().onto(&v.pdf))),
    ("identical objects written again", |v| {
        let update = v.update().with(at::PAGE, v.body(at::PAGE)).with(at::FONT, v.body(at::FONT));
        Some(update.with(at::TEXT, v.body(at::TEXT)).onto(&v.pdf))
    }),
    ("numbers written as reals", |v| {
        Some(one(v, at::TREE, &v.edited(at::TREE, "[0 0 595 842]", "[0.0 0 595.00 842]")))
    }),
    ("keys in another order", |v| {
        let font = "<</ToUnicode 25 0 R/BaseFont/Helvetica/Encoding 26 0 R/Subtype/Type1/Type/Font>>";
        Some(one(v, at::FONT, font))
    }),
    ("unused number freed", |v| Some(v.update().row(at::PLANTED_FONT, Row::Free(1)).onto(&v.pdf))),
    ("free entry repeated", |v| Some(v.update().row(0, Row::Free(65535)).onto(&v.pdf))),
    ("list of annotations made direct", |v| {
        let list = v.body(at::ANNOTATIONS);
        Some(one(v, at::PAGE, &v.edited(at::PAGE, "/Annots 7 0 R", &format!("/Annots{list}"))))
    }),
    ("list of annotations moved", |v| {
        let page = v.edited(at::PAGE, "/Annots 7 0 R", "/Annots 140 0 R");
        Some(v.update().with(at::PAGE, page).with(at::FREE, v.body(at::ANNOTATIONS)).onto(&v.pdf))
    }),
    ("form moved to a new object", |v| {
        let root = v.edited(at::CATALOG, "/AcroForm 8 0 R", "/AcroForm 140 0 R");
        Some(v.update().with(at::CATALOG, root).with(at::FREE, v.body(at::FORM)).onto(&v.pdf))
    }),
    ("form made direct", |v| Some(one(v, at::CATALOG, &v.edited(at::CATALOG, "8 0 R", &v.body(at::FORM))))),
    ("list of fields in an object of its own", |v| {
        let form = v.body(at::FORM);
        let start = form.find("/Fields")?;
        let end = start + form[start..].find(']')? + 1;
        let list = form[start..end].trim_start_matches("/Fields").trim().to_owned();
        let form = format!("{}/Fields 140 0 R{}", &form[..start], &form[end..]);
        Some(v.update().with(at::FORM, form).with(at::FREE, list).onto(&v.pdf))
    }),
    ("tab order", |v| {
        (!v.tagged).then(|| one(v, at::PAGE, &v.edited(at::PAGE, "/Annots", "/Tabs/S/Annots")))
    }),
    ("update in a table", |v| Some(as_form(v, Form::Table))),
    ("update in a stream", |v| Some(as_form(v, Form::Stream))),
    ("update in an object stream", |v| Some(as_form(v, Form::Packed))),
    ("update in a hybrid", |v| Some(as_form(v, Form::Hybrid))),
    ("two updates in different forms", |v| {
        let first =
            Update::new(Form::Packed).with(at::NAME, v.edited(at::NAME, "/V(An)", "/V(Ba)")).onto(&v.pdf);
        Some(Update::new(Form::Stream).with(at::NAME, v.edited(at::NAME, "/V(An)", "/V(Bo)")).onto(&first))
    }),
    ("comment between objects", |v| {
        let loose = b"% saved by another program\n".to_vec();
        Some(Update { loose, ..v.update() }.with(at::INFO, "<</Title(x)>>").onto(&v.pdf))
    }),
    ("end of line behind the end", |v| Some([&v.pdf[..], b"\r\n"].concat())),
];

pub fn one(victim: &Victim, number: u32, body: &str) -> Vec<u8> {
    victim.update().with(number, body).onto(&victim.pdf)
}

fn catalog(victim: &Victim, keys: &str) -> Vec<u8> {
    one(victim, at::CATALOG, &victim.edited(at::CATALOG, "/Pages", &format!("{keys}/Pages")))
}

fn as_form(victim: &Victim, form: Form) -> Vec<u8> {
    let update = Update::new(form).with(at::NAME, victim.edited(at::NAME, "/V(An)", "/V(Ba)"));
    update
        .with(at::INFO, "<</Title(x)>>")
        .with(at::METADATA, metadata("x"))
        .key("/Info 17 0 R")
        .onto(&victim.pdf)
}

pub fn metadata(text: &str) -> String {
    let data = format!("<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><!-- {text} --></x:xmpmeta>");
    stream("/Type/Metadata/Subtype/XML", &data)
}

pub fn look(rectangle: [f64; 4]) -> Appearance {
    crate::appearance::stamp(rectangle)
}

pub fn ours(victim: &Victim, rectangle: Option<[f64; 4]>) -> Vec<u8> {
    let options = SignOptions { appearance: rectangle.map(look), ..SignOptions::default() };
    sign(&victim.pdf, &options, clerk(), None, now()).unwrap().onto(&victim.pdf)
}

pub fn timestamped(pdf: &[u8]) -> Option<Vec<u8>> {
    let authority = tsa();
    let service = authority.at(now());
    Some(append_document_timestamp(pdf, &stamping(&service), now()).ok()?.onto(pdf))
}

pub fn pinned_and(victim: &Victim, annotation: &str, look: &str) -> Vec<u8> {
    let list = victim.edited(at::ANNOTATIONS, "14 0 R", "14 0 R 140 0 R");
    let update = victim.update().with(at::ANNOTATIONS, list).with(at::FREE, annotation);
    update.with(141, look).onto(&victim.pdf)
}

/// A seal drawn by a form in a form with a picture and text on white ground, beside the text of the page.
fn drawn_seal(victim: &Victim) -> Vec<u8> {
    let widget = "<</Type/Annot/Subtype/Widget/FT/Sig/T(ThuHai)/V 142 0 R/Rect[350 200 450 250]/P 3 0 R/F 132/AP<</N 143 0 R>>>>";
    let list = victim.edited(at::ANNOTATIONS, "14 0 R", "14 0 R 140 0 R");
    let form = victim.edited(at::FORM, "9 0 R", "9 0 R 140 0 R");
    let inner = "/Type/XObject/Subtype/Form/BBox[0 0 100 50]/Resources<</Font<</F 5 0 R>>>>";
    let update = victim
        .update()
        .with(at::ANNOTATIONS, list)
        .with(at::FORM, form)
        .with(at::FREE, widget)
        .with(142, open_signature(""))
        .with(
            143,
            stream(
                "/Type/XObject/Subtype/Form/BBox[0 0 100 50]/Resources<</XObject<</FRM 144 0 R>>>>",
                "q /FRM Do Q",
            ),
        )
        .with(144, stream(inner, "1 g 0 0 100 50 re f 0 g BT /F 8 Tf 5 5 Td (Da ky) Tj ET"));
    sealed(&victim.pdf, &update)
}

/// The clerk's seal with boxes for number and date: one field, three widgets.
fn several_widgets(victim: &Victim) -> Vec<u8> {
    let widget = |place: &str| {
        format!("<</Type/Annot/Subtype/Widget/Parent 140 0 R/Rect[{place}]/P 3 0 R/F 132/AP<</N 146 0 R>>>>")
    };
    let list = victim.edited(at::ANNOTATIONS, "14 0 R", "14 0 R 143 0 R 144 0 R 145 0 R");
    let form = victim.edited(at::FORM, "9 0 R", "9 0 R 140 0 R");
    let look = "/Type/XObject/Subtype/Form/BBox[0 0 40 12]/Resources<</Font<</F 5 0 R>>>>";
    let update = victim
        .update()
        .with(at::ANNOTATIONS, list)
        .with(at::FORM, form)
        .with(at::FREE, "<</FT/Sig/T(VanThu)/V 142 0 R/Kids[143 0 R 144 0 R 145 0 R]>>")
        .with(142, open_signature(""))
        .with(143, widget("400 780 440 792"))
        .with(144, widget("460 780 500 792"))
        .with(145, widget("350 220 450 260"))
        .with(146, stream(look, "BT /F 9 Tf 2 2 Td (12) Tj ET"));
    sealed(&victim.pdf, &update)
}

/// A signature field that joins the kids of a named parent.
fn nested(victim: &Victim) -> Vec<u8> {
    let widget =
        "<</Type/Annot/Subtype/Widget/FT/Sig/T(Ky)/Parent 33 0 R/V 142 0 R/Rect[0 0 0 0]/P 3 0 R/F 132>>";
    let list = victim.edited(at::ANNOTATIONS, "14 0 R", "14 0 R 140 0 R");
    let parent = victim.edited(at::PARENT_FIELD, "/Kids[34 0 R]", "/Kids[34 0 R 140 0 R]");
    let update = victim.update().with(at::ANNOTATIONS, list).with(at::PARENT_FIELD, parent);
    sealed(&victim.pdf, &update.with(at::FREE, widget).with(142, open_signature("")))
}

/// Lawful changes of some papers, by name.
fn made(victims: &[Victim], changes: &[Change]) -> Vec<(String, Vec<u8>)> {
    let of = |victim: &Victim| {
        let make = |(name, change): &Change| Some((format!("{name} [{}]", victim.name), change(victim)?));
        changes.iter().filter_map(make).collect::<Vec<_>>()
    };
    victims.iter().flat_map(of).collect()
}

/// All lawful changes of all papers.
pub fn all() -> Vec<(String, Vec<u8>)> {
    let certified = certified();
    let permits =
        |level: u8| certified.iter().filter(|v| v.certified >= Some(level)).cloned().collect::<Vec<_>>();
    let mut all = made(&approved(), ON_APPROVED);
    all.extend(made(&certified, ON_ALL));
    all.extend(made(&permits(2), ON_FORMS));
    all.extend(made(&permits(3), ON_ANNOTATIONS));
    all.extend(despite_locks());
    all
}

/// What field locks leave open.
fn despite_locks() -> Vec<(String, Vec<u8>)> {
    let shape = Shape { form: Form::Table, tagged: false, pages: 1 };
    let lock = |fields: &str| {
        let keys = format!(
            "/Reference[<</Type/SigRef/TransformMethod/FieldMDP/TransformParams<</Type/TransformParams/V/1.2{fields}>>>>]"
        );
        signed_by_others(shape, &keys, "")
    };
    let (all, other) = (lock("/Action/All"), lock("/Action/Include/Fields[(DongY)]"));
    let exempt = lock("/Action/Exclude/Fields[(Ten)(Nguoi)]");
    vec![
        ("lock all: invisible signature".to_owned(), second_seal(&all, "0 0 0 0", "", "")),
        ("lock all: validation data".to_owned(), store(&all, "/Certs[141 0 R]")),
        ("lock of another field: filled".to_owned(), filled(&other)),
        ("field left out of the lock: filled".to_owned(), filled(&exempt)),
        (
            "nested field left out: filled".to_owned(),
            one(&exempt, at::CHILD_FIELD, &exempt.edited(at::CHILD_FIELD, "/V(1)", "/V(2)")),
        ),
    ]
}

#[test]
fn no_lawful_change_is_refused() {
    let all = all();
    let mut refused = Vec::new();
    for (name, pdf) in &all {
        let verdict = verdict(pdf);
        if !accepts(&verdict) || !verdict.as_ref().is_ok_and(|r| r.verdict == pades::verify::Verdict::Valid) {
            refused.push(format!("{name} → {}", line(&verdict)));
        }
    }
    assert!(refused.is_empty(), "{} of {} refused:\n{}", refused.len(), all.len(), refused.join("\n"));
}

/// The second judge, which knows no rules, finds no page different either.
#[test]
fn what_is_lawful_looks_as_it_was_signed() {
    let mut differing = Vec::new();
    for victim in approved() {
        for (name, change) in ON_APPROVED {
            let difference = change(&victim).and_then(|pdf| crate::view::difference(&victim.pdf, &pdf));
            differing.extend(difference.map(|what| format!("{name} [{}]: {what}", victim.name)));
        }
    }
    assert!(differing.is_empty(), "{differing:#?}");
}
