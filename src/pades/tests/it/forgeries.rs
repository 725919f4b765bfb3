//! Attacks made from our own signed papers: none may be accepted.
//!
//! Most are one update that a decent program would write, with something in it that a reader would see or
//! be misled by. The table in [`overrides`] names object and text; what needs more has a function.

use crate::forging::{
    cut_chain, field, filled, gap, generation, listed_twice, margin_note, offset_of, older_state, overlay,
    overwritten_container, pinned, pinned_with, replaced, repointed, root_exchanged, seal_edited,
    seal_picture, second_seal, signature_edited, sized, skipped, store, with, wrapped,
};
use crate::overrides::OVERRIDES;
use crate::papers::{Form, Row, Shape, Update, at, stream};
use crate::victims::{Victim, accepts, approved, certified, line, planted, signed_by_others, verdict};

/// A forgery: its name, and how it is made of a signed paper; `None` where the paper lacks what it needs.
type Forgery = (&'static str, fn(&Victim) -> Option<Vec<u8>>);

fn overrides(victim: &Victim) -> Vec<(String, Vec<u8>)> {
    let mut forged = Vec::new();
    for (name, number, from, to) in OVERRIDES {
        let body = victim.body_or_none(*number).filter(|body| body.contains(from));
        let Some(body) = body else { continue };
        let body = body.replacen(from, to, 1);
        for form in [victim.form, Form::Packed, Form::Hybrid] {
            let update = Update::new(form).with(*number, body.clone());
            forged.push((format!("{name}, as {form:?}"), update.onto(&victim.pdf)));
        }
    }
    forged
}

/// What takes more than one place in one object.
const FORGERIES: &[Forgery] = &[
    ("text stream overwritten", |v| Some(with(v, at::TEXT, &stream("", "BT /F1 12 Tf (Gia) Tj ET")))),
    ("font file swapped for a stream", |v| Some(with(v, at::FONT, &stream("/Type/Font", "x")))),
    ("note freed", |v| Some(v.update().row(at::NOTE, Row::Free(1)).onto(&v.pdf))),
    ("font freed", |v| Some(v.update().row(at::FONT, Row::Free(1)).onto(&v.pdf))),
    ("image freed (shadow hide)", |v| Some(v.update().row(at::IMAGE, Row::Free(1)).onto(&v.pdf))),
    ("text freed", |v| Some(v.update().row(at::TEXT, Row::Free(1)).onto(&v.pdf))),
    ("annotation list freed", |v| Some(v.update().row(at::ANNOTATIONS, Row::Free(1)).onto(&v.pdf))),
    ("metadata freed", |v| Some(v.update().row(at::METADATA, Row::Free(1)).onto(&v.pdf))),
    ("seal freed", |v| Some(v.update().row(v.seal().2, Row::Free(1)).onto(&v.pdf))),
    ("size lowered hides objects", |v| Some(sized(v, 10))),
    ("size of nothing", |v| Some(sized(v, 1))),
    ("generation raised", |v| Some(generation(v))),
    ("entry re-pointed to a planted stream", |v| repointed(v, at::TEXT)),
    ("entry re-pointed to an older state", older_state),
    ("signed revision skipped", skipped),
    ("chain cut: everything listed anew", cut_chain),
    ("chain loops", |v| Some(Update { previous: Some(v.pdf.len()), ..v.update() }.onto(&v.pdf))),
    ("chain leads nowhere", |v| Some(Update { previous: Some(3), ..v.update() }.onto(&v.pdf))),
    ("object stream overwritten", overwritten_container),
    ("hidden section overrides the text", |v| {
        let update = Update::new(Form::Hybrid).with(at::FONT, v.edited(at::FONT, "/Helvetica", "/Courier"));
        Some(update.row(at::FONT, Row::Free(0)).onto(&v.pdf))
    }),
    ("table and hidden section disagree", |v| {
        let update = Update::new(Form::Hybrid).with(at::FONT, v.edited(at::FONT, "/Helvetica", "/Courier"));
        let old = offset_of(&v.pdf, at::FONT)?;
        Some(update.row(at::FONT, Row::At(old, 0)).onto(&v.pdf))
    }),
    ("an object is listed twice", listed_twice),
    ("root exchanged", root_exchanged),
    ("page added", |v| {
        let tree = v.edited(at::TREE, "/Kids[", "/Kids[140 0 R ");
        let page = "<</Type/Page/Parent 2 0 R/Contents 20 0 R/Resources 6 0 R>>";
        Some(v.update().with(at::TREE, tree).with(at::FREE, page).onto(&v.pdf))
    }),
    ("page exchanged", |v| {
        let tree = v.edited(at::TREE, "/Kids[3 0 R", "/Kids[140 0 R");
        let page = "<</Type/Page/Parent 2 0 R/Contents 20 0 R/Resources 6 0 R>>";
        Some(v.update().with(at::TREE, tree).with(at::FREE, page).onto(&v.pdf))
    }),
    ("pages in another order", |v| {
        (v.pages > 1).then(|| with(v, at::TREE, &v.edited(at::TREE, "3 0 R 22 0 R", "22 0 R 3 0 R")))
    }),
    ("page removed", |v| (v.pages > 1).then(|| with(v, at::TREE, &v.edited(at::TREE, " 22 0 R", "")))),
    ("page tree exchanged", |v| {
        let root = v.edited(at::CATALOG, "/Pages 2 0 R", "/Pages 140 0 R");
        let tree = "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 200 200]>>";
        Some(v.update().with(at::CATALOG, root).with(at::FREE, tree).onto(&v.pdf))
    }),
    ("overlay: free text", |v| Some(pinned(v, &overlay("/Subtype/FreeText/DA(/Helv 12 Tf)/Contents(99)")))),
    ("overlay: stamp", |v| Some(pinned(v, &overlay("/Subtype/Stamp/AP<</N 31 0 R>>")))),
    ("overlay: square", |v| Some(pinned(v, &overlay("/Subtype/Square/IC[1 1 1]")))),
    ("overlay: redaction", |v| Some(pinned(v, &overlay("/Subtype/Redact/IC[0 0 0]")))),
    ("overlay: highlight that is opaque", |v| {
        let look = stream("/Type/XObject/Subtype/Form/BBox[60 690 400 740]", "1 g 60 690 340 50 re f");
        let note = overlay("/Subtype/Highlight/QuadPoints[60 740 400 740 60 690 400 690]/AP<</N 141 0 R>>");
        Some(pinned_with(v, &note, 141, &look))
    }),
    ("overlay: link over the page", |v| Some(pinned(v, &overlay("/Subtype/Link/A<</S/URI/URI(http://x)>>")))),
    ("overlay: watermark", |v| Some(pinned(v, &overlay("/Subtype/Watermark/AP<</N 31 0 R>>")))),
    ("overlay: film", |v| Some(pinned(v, &overlay("/Subtype/Screen/A<</S/Rendition>>")))),
    ("overlay: button outside the form", |v| {
        Some(pinned(v, &overlay("/Subtype/Widget/FT/Btn/AP<</N 31 0 R>>")))
    }),
    ("overlay: button in the form", |v| {
        Some(field(v, &overlay("/Subtype/Widget/FT/Btn/T(nut)/AP<</N 31 0 R>>")))
    }),
    ("overlay: text field", |v| Some(field(v, &overlay("/Subtype/Widget/FT/Tx/T(moi)/V(99)")))),
    ("overlay: empty signature field over the text", |v| {
        Some(field(v, &overlay("/Subtype/Widget/FT/Sig/T(moi)/AP<</N 31 0 R>>")))
    }),
    ("overlay: signature over the text", |v| Some(second_seal(v, "60 690 400 740", "", "/AP<</N 31 0 R>>"))),
    ("overlay: signature over the page", |v| Some(second_seal(v, "0 0 595 842", "", "/AP<</N 141 0 R>>"))),
    ("overlay: signature over the seal", |v| Some(second_seal(v, "90 50 260 130", "", "/AP<</N 141 0 R>>"))),
    ("second certification", |v| Some(second_seal(v, "0 0 0 0", DOC_MDP, ""))),
    ("seal: look overwritten", |v| {
        Some(with(v, v.seal_look(), &stream("/Type/XObject/Subtype/Form/BBox[0 0 9 9]", "n")))
    }),
    ("seal: picture overwritten", seal_picture),
    ("seal: look re-pointed", |v| Some(seal_edited(v, &format!("/N {} 0 R", v.seal_look()), "/N 31 0 R"))),
    ("seal: hidden", |v| Some(seal_edited(v, "/F 132", "/F 2"))),
    ("seal: moved", |v| Some(seal_edited(v, "/Rect [", "/Rect [0 "))),
    ("seal: renamed", |v| Some(seal_edited(v, "/T (", "/T (x"))),
    ("seal: emptied", |v| Some(seal_edited(v, "/V ", "/Was "))),
    ("seal: value null", |v| Some(seal_edited(v, &format!("/V {} 0 R", v.seal().2), "/V null"))),
    ("seal: unpinned", |v| {
        Some(with(v, at::ANNOTATIONS, &v.edited(at::ANNOTATIONS, &format!("{} 0 R", v.seal().0), "")))
    }),
    ("seal: taken from the form", |v| {
        Some(with(v, at::FORM, &v.edited(at::FORM, &format!("{} 0 R", v.seal().0), "")))
    }),
    ("seal: gets kids", |v| Some(seal_edited(v, "/V ", "/Kids[9 0 R]/V "))),
    ("signature: reason", |v| Some(signature_edited(v, "/Filter", "/Reason (khac)/Filter"))),
    ("signature: name", |v| Some(signature_edited(v, "/Filter", "/Name (khac)/Filter"))),
    ("signature: date", |v| Some(signature_edited(v, "/M (D:2026", "/M (D:2016"))),
    ("signature: same once more under a new number", |v| {
        let (field, _, signature) = v.seal();
        let copy = v.edited(field, &format!("/V {signature} 0 R"), "/V 140 0 R");
        Some(v.update().with(field, copy).with(at::FREE, v.body(signature)).onto(&v.pdf))
    }),
    ("signature: copied into the empty field", |v| {
        let empty = v.edited(at::EMPTY, "/F 132", &format!("/F 132/V {} 0 R", v.seal().2));
        Some(with(v, at::EMPTY, &empty))
    }),
    ("wrapping: second range moved", wrapped),
    ("wrapping: gap widened", |v| Some(gap(v, b"<</Type/Sig"))),
    ("forgery: contents null", |v| Some(replaced(&v.pdf, b"/Contents <", b"/Contents (", false))),
    ("forgery: contents renamed", |v| Some(replaced(&v.pdf, b"/Contents <", b"/Kontents <", false))),
    ("forgery: range renamed", |v| Some(replaced(&v.pdf, b"/ByteRange", b"/BiteRange", false))),
    ("forgery: filter unknown", |v| Some(replaced(&v.pdf, b"/Filter /Adobe", b"/Filter /Adobf", false))),
    ("forgery: sub-filter unknown", |v| {
        Some(replaced(&v.pdf, b"/SubFilter /ETSI", b"/SubFilter /ETSJ", false))
    }),
    ("appended: objects without a table", |v| {
        Some([&v.pdf[..], b"4 0 obj\n<</Length 0>>\nstream\n\nendstream\nendobj\n"].concat())
    }),
    ("appended: table without a trailer", |v| {
        Some([&v.pdf[..], b"4 0 obj\nnull\nendobj\nxref\n4 1\n0000000009 00000 n\r\n"].concat())
    }),
    ("appended: only a comment", |v| Some([&v.pdf[..], b"% hidden 4 0 obj null endobj\n"].concat())),
    ("appended: hidden between objects", |v| {
        let loose = b"4 0 obj\n<</Length 0>>\nstream\n\nendstream\nendobj\n".to_vec();
        Some(Update { loose, ..v.update() }.with(at::FREE, "null").onto(&v.pdf))
    }),
    ("appended: hidden, head on two lines", |v| {
        let loose = b"4\n0\nobj\n<</Length 0>>\nstream\n\nendstream\nendobj\n".to_vec();
        Some(Update { loose, ..v.update() }.with(at::FREE, "null").onto(&v.pdf))
    }),
    ("appended: end marks missing", |v| {
        let mut pdf = v.update().with(at::FREE, "null").onto(&v.pdf);
        pdf.truncate(pdf.len() - "%%EOF\n".len());
        Some(pdf)
    }),
    ("prepended: bytes before the header", |v| Some([b"%PDF-1.4 4 0 obj\n".as_slice(), &v.pdf].concat())),
    ("encryption switched on", |v| Some(v.update().key("/Encrypt<</Filter/Standard/V 1>>").onto(&v.pdf))),
    ("metadata in the trailer is the page", |v| {
        let page = v.edited(at::PAGE, "/Contents[4 0 R]", "/Contents[20 0 R]");
        Some(Update::new(v.form).with(at::PAGE, page).key("/Info 3 0 R").onto(&v.pdf))
    }),
    ("new form without the seal", |v| {
        let root = v.edited(at::CATALOG, "/AcroForm 8 0 R", "/AcroForm 140 0 R");
        Some(v.update().with(at::CATALOG, root).with(at::FREE, "<</Fields[9 0 R]>>").onto(&v.pdf))
    }),
    ("a dangling number comes to life", |v| {
        let first = v.update().with(at::CATALOG, v.body(at::CATALOG)).onto(&v.pdf);
        Some(
            v.update()
                .with(at::CATALOG, v.edited(at::CATALOG, "/Pages", "/Threads 145 0 R/Pages"))
                .onto(&first),
        )
    }),
    ("planted first, used later", |v| {
        let first = v.update().with(at::FREE, stream("", "BT (Gia) Tj ET")).onto(&v.pdf);
        let page = v.edited(at::PAGE, "/Contents[4 0 R]", "/Contents[140 0 R]");
        Some(v.update().with(at::PAGE, page).onto(&first))
    }),
    ("changed and changed back", |v| {
        let page = v.edited(at::PAGE, "/Contents[4 0 R]", "/Contents[20 0 R]");
        let first = with(v, at::PAGE, &page);
        Some(v.update().with(at::PAGE, v.body(at::PAGE)).onto(&first))
    }),
    ("empty field added, then spread over the page", |v| {
        let small = overlay("/Subtype/Widget/FT/Sig/T(moi)").replace("60 690 400 740", "0 0 0 0");
        let first = field(v, &small);
        let large = overlay("/Subtype/Widget/FT/Sig/T(moi)/AP<</N 31 0 R>>");
        Some(v.update().with(at::FREE, large).onto(&first))
    }),
    ("validation data: unknown key", |v| Some(store(v, "/Certs[141 0 R]/Pages 2 0 R"))),
    ("validation data: points at the page text", |v| Some(store(v, "/Certs[4 0 R]"))),
    ("validation data: overwrites the page text", |v| {
        let root = v.edited(at::CATALOG, "/Pages", "/DSS 140 0 R/Pages");
        let update = v.update().with(at::CATALOG, root).with(at::FREE, "<</Certs[4 0 R]>>");
        Some(update.with(at::TEXT, stream("", "0")).onto(&v.pdf))
    }),
    ("validation data: no streams", |v| Some(store(v, "/Certs[21 0 R]"))),
    ("validation data: index of anything", |v| Some(store(v, "/Certs[141 0 R]/VRI<</Seal 3 0 R>>"))),
    ("validation data: certificate overwritten", |v| {
        let first = store(v, "/Certs[141 0 R]");
        Some(v.update().with(141, stream("", "other")).onto(&first))
    }),
    ("validation data: removed", |v| {
        let first = store(v, "/Certs[141 0 R]");
        Some(v.update().with(at::CATALOG, v.body(at::CATALOG)).onto(&first))
    }),
    ("validation data: emptied", |v| {
        let first = store(v, "/Certs[141 0 R]");
        Some(v.update().with(at::FREE, "<<>>").onto(&first))
    }),
];

/// What only a certification forbids; P=3 permits comments, but none that covers.
const ON_CERTIFIED: &[Forgery] = &[
    ("certification dropped", |v| {
        let perms = format!("/Perms <</DocMDP {} 0 R>>", v.seal().2);
        Some(with(v, at::CATALOG, &v.edited(at::CATALOG, &perms, "")))
    }),
    ("certification re-pointed", |v| {
        let perms = format!("/Perms <</DocMDP {} 0 R>>", v.seal().2);
        Some(with(v, at::CATALOG, &v.edited(at::CATALOG, &perms, "/Perms <</DocMDP 21 0 R>>")))
    }),
    ("certification level raised", |v| {
        let level = format!("/P {}", v.certified?);
        Some(signature_edited(v, &level, "/P 3/X 1"))
    }),
    ("field filled under P 1", |v| (v.certified == Some(1)).then(|| filled(v))),
    ("signature under P 1", |v| (v.certified == Some(1)).then(|| second_seal(v, "0 0 0 0", "", ""))),
    ("comment under P 1 or 2", |v| (v.certified != Some(3)).then(|| pinned(v, &margin_note()))),
    ("comment removed under P 1 or 2", |v| {
        (v.certified != Some(3)).then(|| with(v, at::ANNOTATIONS, &v.edited(at::ANNOTATIONS, "14 0 R", "")))
    }),
    ("visible signature painted on a certified page", |v| {
        Some(second_seal(v, "60 690 400 740", "", "/AP<</N 141 0 R>>"))
    }),
];

/// What field locks forbid.
fn against_locks() -> Vec<(String, Vec<u8>)> {
    let shape = Shape { form: Form::Table, tagged: false, pages: 1 };
    let lock = |fields: &str| {
        let keys = format!(
            "/Reference[<</Type/SigRef/TransformMethod/FieldMDP/TransformParams<</Type/TransformParams/V/1.2{fields}>>>>]"
        );
        signed_by_others(shape, &keys, "")
    };
    let all = lock("/Action/All");
    let nested =
        all.update().with(at::CHILD_FIELD, all.edited(at::CHILD_FIELD, "/V(1)", "/V(2)")).onto(&all.pdf);
    let include = lock("/Action/Include/Fields[(Ten)]");
    let exclude = lock("/Action/Exclude/Fields[(DongY)]");
    let parent = lock("/Action/Include/Fields[(Nguoi)]");
    let below = parent
        .update()
        .with(at::CHILD_FIELD, parent.edited(at::CHILD_FIELD, "/V(1)", "/V(2)"))
        .onto(&parent.pdf);
    let unknown = lock("/Action/Nonsense");
    let visible = second_seal(&all, "350 200 450 230", "", "/AP<</N 141 0 R>>");
    vec![
        ("lock all: field filled".to_owned(), filled(&all)),
        ("lock all: nested field filled".to_owned(), nested),
        ("lock include: field filled".to_owned(), filled(&include)),
        ("lock include: nested field filled".to_owned(), below),
        ("lock exclude: field filled".to_owned(), filled(&exclude)),
        ("unknown lock: field filled".to_owned(), filled(&unknown)),
        ("lock all: visible signature".to_owned(), visible),
    ]
}

const DOC_MDP: &str =
    "/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/P 2/V/1.2>>>>]";

/// All forgeries of some papers, by name.
pub fn forged(victims: &[Victim]) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for victim in victims {
        let name = |attack: &str| format!("{attack} [{}]", victim.name);
        // A comment that P 3 permits is no attack.
        let permitted = |attack: &str| {
            victim.certified == Some(3) && (attack.contains("note dropped") || attack.contains("other words"))
        };
        all.extend(
            overrides(victim).into_iter().filter(|(n, _)| !permitted(n)).map(|(n, pdf)| (name(&n), pdf)),
        );
        let more = if victim.certified.is_some() { ON_CERTIFIED } else { &[] };
        for (attack, forge) in FORGERIES.iter().chain(more) {
            all.extend(forge(victim).map(|pdf| (name(attack), pdf)));
        }
    }
    all
}

fn refuse_all(forged: Vec<(String, Vec<u8>)>) {
    let mut accepted = Vec::new();
    for (name, pdf) in &forged {
        let verdict = verdict(pdf);
        if accepts(&verdict) {
            accepted.push(format!("{name} → {}", line(&verdict)));
        }
    }
    assert!(accepted.is_empty(), "{} of {} accepted:\n{}", accepted.len(), forged.len(), accepted.join("\n"));
}

#[test]
fn no_forgery_of_an_approved_paper_is_accepted() {
    refuse_all(forged(&approved()));
}

#[test]
fn no_forgery_of_a_certified_paper_is_accepted() {
    refuse_all(forged(&certified()));
}

#[test]
fn no_locked_field_may_change() {
    refuse_all(against_locks());
}

/// The author writes one value and shows another; later the value comes to light (shadow replace).
#[test]
fn a_value_that_was_not_shown_may_not_surface() {
    let shape = Shape { form: Form::Table, tagged: false, pages: 1 };
    let look = |text: &str| {
        let keys = "/Type/XObject/Subtype/Form/BBox[0 0 200 20]/Resources<</Font<</Helv 5 0 R>>>>";
        stream(keys, &format!("/Tx BMC BT /Helv 9 Tf ({text}) Tj ET EMC"))
    };
    let liar = planted(shape, at::NAME_LOOK, &look("Binh"));
    let field = liar.edited(at::NAME, "/N 10 0 R", "/N 140 0 R");
    let redrawn = liar.update().with(at::NAME, field).with(at::FREE, look("An")).onto(&liar.pdf);
    let in_place = with(&liar, at::NAME_LOOK, &look("An"));
    let by_viewers = with(&liar, at::FORM, &liar.edited(at::FORM, "/DR", "/NeedAppearances true/DR"));
    refuse_all(vec![
        ("drawn anew".to_owned(), redrawn),
        ("drawn in place".to_owned(), in_place),
        ("drawn by viewers".to_owned(), by_viewers),
    ]);
}

#[test]
fn every_kind_of_forgery_is_made_of_some_paper() {
    let made = forged(&[approved(), certified()].concat());
    let missing: Vec<&str> = FORGERIES
        .iter()
        .chain(ON_CERTIFIED)
        .map(|(name, _)| *name)
        .chain(OVERRIDES.iter().map(|(name, ..)| *name))
        .filter(|name| !made.iter().any(|(made, _)| made.starts_with(name)))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}
