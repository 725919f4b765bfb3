//! Attacks made from our own signed papers: none may be accepted.
//!
//! Most are one update that a decent program would write, with something in it that a reader would see or
//! be misled by. The table in [`overrides`] names object and text; what needs more has a function.

use crate::papers::{Form, Row, Shape, Update, at, last_xref, stream};
use crate::victims::{
    Victim, accepts, approved, certified, line, open_signature, planted, sealed, signed_by_others, verdict,
};

/// A forgery: its name, and how it is made of a signed paper; `None` where the paper lacks what it needs.
type Forgery = (&'static str, fn(&Victim) -> Option<Vec<u8>>);

/// An object written over, and one place in it that changes.
type Override = (&'static str, u32, &'static str, &'static str);

/// Objects that exist, each changed in one place (shadow replace, dictionary spoofing, structure).
const OVERRIDES: &[Override] = &[
    ("page: text re-pointed to a planted stream", at::PAGE, "/Contents[4 0 R]", "/Contents[20 0 R]"),
    ("page: planted stream joins the text", at::PAGE, "/Contents[4 0 R]", "/Contents[4 0 R 20 0 R]"),
    ("page: resources re-pointed", at::PAGE, "/Resources 6 0 R", "/Resources<</Font<</F1 21 0 R>>>>"),
    ("page: turned", at::PAGE, "/Parent", "/Rotate 180/Parent"),
    ("page: other media box", at::PAGE, "/Parent", "/MediaBox[0 0 595 400]/Parent"),
    ("page: cropped", at::PAGE, "/Parent", "/CropBox[0 500 595 842]/Parent"),
    ("page: enlarged by its user unit", at::PAGE, "/Parent", "/UserUnit 3/Parent"),
    ("page: made a transparency group", at::PAGE, "/Parent", "/Group<</S/Transparency/I true>>/Parent"),
    ("page: action on opening", at::PAGE, "/Parent", "/AA<</O<</S/JavaScript/JS(x)>>>>/Parent"),
    ("page: hung under another parent", at::PAGE, "/Parent 2 0 R", "/Parent 1 0 R"),
    ("tree: inherited media box", at::TREE, "/MediaBox[0 0 595 842]", "/MediaBox[0 0 300 300]"),
    ("tree: inherited rotation", at::TREE, "/Rotate 0", "/Rotate 90"),
    ("tree: inherited resources", at::TREE, "/Rotate", "/Resources<</Font<</F1 21 0 R>>>>/Rotate"),
    ("tree: page listed twice", at::TREE, "/Kids[3 0 R", "/Kids[3 0 R 3 0 R"),
    ("text: length cut", at::LENGTH, "", "2 %"),
    ("resources: font exchanged", at::RESOURCES, "/F1 5 0 R", "/F1 21 0 R"),
    ("resources: stamp exchanged for a cover", at::RESOURCES, "/Fm1 16 0 R", "/Fm1 31 0 R"),
    ("resources: image dropped", at::RESOURCES, "/Im1 15 0 R", ""),
    ("resources: layer exchanged", at::RESOURCES, "/Layer 24 0 R", "/Layer 21 0 R"),
    ("font: base font", at::FONT, "/Helvetica", "/ZapfDingbats"),
    ("font: encoding dropped", at::FONT, "/Encoding 26 0 R", ""),
    ("font: to-unicode map dropped", at::FONT, "/ToUnicode 25 0 R", ""),
    ("font: encoding differences", at::ENCODING, "65/A", "65/B"),
    ("image: other picture", at::IMAGE, "\nA\n", "\nB\n"),
    ("stamp: other text", at::STAMP, "(Noi nhan)", "(Noi nhaN)"),
    ("stamp: moved", at::STAMP, "/BBox", "/Matrix[1 0 0 1 0 400]/BBox"),
    ("to-unicode map: other text", at::TO_UNICODE, "begincmap", "beginbmap"),
    ("layer: usage", at::LAYER, "/Name", "/Usage<</Print<</PrintState/OFF>>>>/Name"),
    ("annotation list: note dropped", at::ANNOTATIONS, "14 0 R", ""),
    ("annotation list: field dropped", at::ANNOTATIONS, "9 0 R", ""),
    ("annotation list: order turned", at::ANNOTATIONS, "9 0 R 11 0 R", "11 0 R 9 0 R"),
    ("annotation list: old object pinned", at::ANNOTATIONS, "14 0 R", "14 0 R 21 0 R"),
    ("note: other words", at::NOTE, "(Da xem)", "(Da ky)"),
    ("note: laid over the text", at::NOTE, "/Rect[550 800 570 820]", "/Rect[60 690 400 740]"),
    ("note: action", at::NOTE, "/F 4", "/F 4/A<</S/JavaScript/JS(x)>>"),
    ("form: dynamic form added", at::FORM, "/DR", "/XFA[(x) 20 0 R]/DR"),
    ("form: calculation order", at::FORM, "/DR", "/CO[9 0 R]/DR"),
    ("form: font name re-pointed", at::FORM, "/Helv 5 0 R", "/Helv 21 0 R"),
    ("form: field dropped", at::FORM, "9 0 R ", ""),
    ("form: append-only flag dropped", at::FORM, "/SigFlags 3", "/SigFlags 1"),
    ("field: moved", at::NAME, "/Rect[300 600 500 620]", "/Rect[60 690 400 740]"),
    ("field: hidden", at::NAME, "/F 4", "/F 2"),
    ("field: renamed", at::NAME, "/T(Ten)", "/T(Ho)"),
    ("field: made a button", at::NAME, "/FT/Tx", "/FT/Btn"),
    ("field: action", at::NAME, "/F 4", "/F 4/AA<</F<</S/JavaScript/JS(x)>>>>"),
    ("field: border and caption", at::NAME, "/F 4", "/F 4/MK<</BG[1 1 1]>>"),
    ("field: planted look", at::NAME, "/AP<</N 10 0 R>>", "/AP<</N 31 0 R>>"),
    (
        "field: value and planted look",
        at::NAME,
        "/V(An)/Rect[300 600 500 620]/P 3 0 R/F 4/AP<</N 10 0 R>>",
        "/V(Binh)/Rect[300 600 500 620]/P 3 0 R/F 4/AP<</N 31 0 R>>",
    ),
    ("field: look changed, value not", at::NAME_LOOK, "(An)", "(Ba)"),
    ("field: look taken away", at::NAME, "/AP<</N 10 0 R>>", ""),
    ("field: parent renamed", at::PARENT_FIELD, "/T(Nguoi)", "/T(Ai)"),
    ("field: nested and moved", at::CHILD_FIELD, "/Rect[300 520 400 540]", "/Rect[72 700 300 740]"),
    ("check box: other look when on", at::BOX_ON, "0 0 m 20 20 l", "0 9 m 20 20 l"),
    ("check box: states exchanged", at::BOX, "/Yes 12 0 R/Off 13 0 R", "/Yes 13 0 R/Off 12 0 R"),
    ("empty signature field: moved", at::EMPTY, "/Rect[350 100 500 160]", "/Rect[0 0 595 842]"),
    ("empty signature field: cover drawn", at::EMPTY, "/F 132", "/F 132/AP<</N 31 0 R>>"),
    ("catalog: action on opening", at::CATALOG, "/Pages", "/OpenAction<</S/JavaScript/JS(x)>>/Pages"),
    ("catalog: opens elsewhere", at::CATALOG, "/Pages", "/OpenAction[3 0 R/XYZ 0 0 9]/Pages"),
    ("catalog: additional actions", at::CATALOG, "/Pages", "/AA<</WS<</S/JavaScript/JS(x)>>>>/Pages"),
    (
        "catalog: scripts",
        at::CATALOG,
        "/Pages",
        "/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(x)>>]>>>>/Pages",
    ),
    (
        "catalog: embedded files",
        at::CATALOG,
        "/Pages",
        "/Names<</EmbeddedFiles<</Names[(a)<</Type/Filespec/F(a)>>]>>>>/Pages",
    ),
    ("catalog: associated files", at::CATALOG, "/Pages", "/AF[<</Type/Filespec/F(a)>>]/Pages"),
    ("catalog: layer switched off", at::CATALOG, "/ON[24 0 R]", "/OFF[24 0 R]"),
    ("catalog: layers dropped", at::CATALOG, "/OCProperties", "/XXProperties"),
    ("catalog: requirements", at::CATALOG, "/Pages", "/Requirements[<</S/EnableJavaScripts>>]/Pages"),
    (
        "catalog: extension that acts",
        at::CATALOG,
        "/Pages",
        "/Extensions<</ADBE<</BaseVersion/1.7/ExtensionLevel 3/A<</S/URI>>>>>>/Pages",
    ),
    ("catalog: outline dropped", at::CATALOG, "/Outlines 19 0 R", ""),
    ("catalog: viewer preferences", at::CATALOG, "/Pages", "/ViewerPreferences<</ViewArea/BleedBox>>/Pages"),
    ("catalog: page labels", at::CATALOG, "/Pages", "/PageLabels<</Nums[0<</S/r>>]>>/Pages"),
    ("catalog: collection", at::CATALOG, "/Pages", "/Collection<</View/H>>/Pages"),
    ("catalog: base address", at::CATALOG, "/Pages", "/URI<</Base(http://x)>>/Pages"),
    ("catalog: language", at::CATALOG, "/Pages", "/Lang(fr)/Pages"),
    ("catalog: legal attestation", at::CATALOG, "/Pages", "/Legal<</Attestation(x)>>/Pages"),
    ("catalog: certification added late", at::CATALOG, "/Pages", "/Perms<</DocMDP 21 0 R>>/Pages"),
    ("catalog: usage rights", at::CATALOG, "/Pages", "/Perms<</UR3 21 0 R>>/Pages"),
    ("catalog: older version", at::CATALOG, "/Pages", "/Version/1.0/Pages"),
    ("catalog: other page tree", at::CATALOG, "/Pages 2 0 R", "/Pages<</Type/Pages/Kids[]/Count 0>>"),
    ("catalog: form dropped", at::CATALOG, "/AcroForm 8 0 R", ""),
    ("catalog: metadata is page text", at::CATALOG, "/Metadata 18 0 R", "/Metadata 4 0 R"),
    ("outline: entry", at::OUTLINES, "/Count 0", "/Count 1/First 21 0 R/Last 21 0 R"),
    ("tags: structure dropped", at::CATALOG, "/StructTreeRoot 27 0 R", ""),
    ("tags: roles", at::STRUCTURE, "/ParentTree ", "/RoleMap<</Document/P>>/ParentTree "),
    ("tags: text of an element", at::ELEMENT, "/P 27 0 R", "/P 27 0 R/ActualText(khac)"),
    ("tags: element of other content", at::ELEMENT, "/MCID 0", "/MCID 1"),
    (
        "tags: content joins an element",
        at::ELEMENT,
        "<</Type /MCR",
        "<</Type/MCR/Pg 3 0 R/MCID 5>><</Type /MCR",
    ),
    ("tags: parent tree re-pointed", at::PARENTS, "[28 0 R]", "[27 0 R]"),
];

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

fn with(victim: &Victim, number: u32, body: &str) -> Vec<u8> {
    victim.update().with(number, body).onto(&victim.pdf)
}

/// An annotation that lies over the page's text.
fn overlay(keys: &str) -> String {
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

fn pinned_with(victim: &Victim, annotation: &str, number: u32, body: &str) -> Vec<u8> {
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

fn sized(victim: &Victim, size: u32) -> Vec<u8> {
    Update { size: Some(size), ..Update::new(Form::Table) }.key("/Info 17 0 R").onto(&victim.pdf)
}

fn generation(victim: &Victim) -> Vec<u8> {
    let mut pdf = victim.pdf.clone();
    let start = pdf.len() as u64;
    pdf.extend(b"4 1 obj\n<</Length 0>>\nstream\n\nendstream\nendobj\n");
    Update::new(Form::Table).row(at::TEXT, Row::At(start, 1)).onto(&pdf)
}

/// The offset of an object's head, where it stands in the file body.
fn offset_of(pdf: &[u8], number: u32) -> Option<u64> {
    let head = format!("\n{number} 0 obj");
    pdf.windows(head.len()).position(|w| w == head.as_bytes()).map(|at| at as u64 + 1)
}

/// An entry that points into signed bytes: at the planted stream, where it claims the number of another.
fn repointed(victim: &Victim, number: u32) -> Option<Vec<u8>> {
    let planted = offset_of(&victim.pdf, at::PLANTED_TEXT)?;
    Some(victim.update().row(number, Row::At(planted, 0)).onto(&victim.pdf))
}

/// The form as it was before the seal joined it.
fn older_state(victim: &Victim) -> Option<Vec<u8>> {
    let old =
        offset_of(&victim.pdf, at::FORM).filter(|_| matches!(victim.form, Form::Table | Form::Stream))?;
    Some(victim.update().row(at::FORM, Row::At(old, 0)).onto(&victim.pdf))
}

fn skipped(victim: &Victim) -> Option<Vec<u8>> {
    let first = victim.pdf.windows(5).position(|w| w == b"%%EOF")?;
    let previous = last_xref(&victim.pdf[..first]);
    let page = victim.edited(at::PAGE, "/Contents[4 0 R]", "/Contents[20 0 R]");
    Some(Update { previous: Some(previous), ..victim.update() }.with(at::PAGE, page).onto(&victim.pdf))
}

/// A complete table without /Prev: to some viewers the whole file, with another text.
fn cut_chain(victim: &Victim) -> Option<Vec<u8>> {
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

fn overwritten_container(victim: &Victim) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(&victim.pdf).into_owned();
    let start = text.find("/Type/ObjStm")?;
    let number: u32 = text[..start].split_whitespace().rev().nth(3)?.parse().ok()?;
    let body =
        text[start - 2..].split_once("\nendobj")?.0.replacen("/BaseFont/Helvetica", "/BaseFont/Helveticb", 1);
    (victim.form == Form::Packed).then(|| Update::new(Form::Stream).with(number, body).onto(&victim.pdf))
}

fn listed_twice(victim: &Victim) -> Option<Vec<u8>> {
    let (old, planted) = (offset_of(&victim.pdf, at::IMAGE)?, offset_of(&victim.pdf, at::PLANTED_TEXT)?);
    let start = victim.pdf.len();
    let table = format!(
        "xref\n15 1\n{old:010} 00000 n\r\n15 1\n{planted:010} 00000 n\r\ntrailer\n<</Size 200/Root 1 0 R/Prev {}>>\n\
         startxref\n{start}\n%%EOF\n",
        last_xref(&victim.pdf)
    );
    Some([&victim.pdf, table.as_bytes()].concat())
}

fn root_exchanged(victim: &Victim) -> Option<Vec<u8>> {
    let root = victim.edited(at::CATALOG, "/Pages 2 0 R", "/Pages 141 0 R");
    let page = "<</Type/Page/Parent 141 0 R/MediaBox[0 0 595 842]/Contents 20 0 R/Resources 6 0 R>>";
    let update = Update { root: at::FREE, ..victim.update() };
    let update =
        update.with(at::FREE, root).with(141, "<</Type/Pages/Kids[142 0 R]/Count 1>>").with(142, page);
    Some(update.onto(&victim.pdf))
}

fn seal_edited(victim: &Victim, from: &str, to: &str) -> Vec<u8> {
    let number = victim.seal().0;
    with(victim, number, &victim.edited(number, from, to))
}

fn signature_edited(victim: &Victim, from: &str, to: &str) -> Vec<u8> {
    let number = victim.seal().2;
    with(victim, number, &victim.edited(number, from, to))
}

fn seal_picture(victim: &Victim) -> Option<Vec<u8>> {
    let look = victim.body(victim.seal_look());
    let number: u32 = look.split_once("/Im0")?.1.split(['<', ' ', '/']).find_map(|word| word.parse().ok())?;
    let keys = "/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray";
    Some(with(victim, number, &stream(keys, "Z")))
}

/// Signature wrapping: the second range moves behind inserted bytes, a second /ByteRange says so.
fn wrapped(victim: &Victim) -> Option<Vec<u8>> {
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
fn gap(victim: &Victim, bytes: &[u8]) -> Vec<u8> {
    let start = victim.pdf.windows(10).rposition(|w| w == b"/Contents ").unwrap() + 10;
    let end = start + victim.pdf[start..].iter().position(|b| *b == b'>').unwrap();
    let mut pdf = victim.pdf.clone();
    pdf[end - bytes.len()..end].copy_from_slice(bytes);
    pdf
}

/// The last, or first, occurrence of some bytes replaced by as many others.
fn replaced(pdf: &[u8], from: &[u8], to: &[u8], last: bool) -> Vec<u8> {
    let mut windows = pdf.windows(from.len());
    let found = if last { windows.rposition(|w| w == from) } else { windows.position(|w| w == from) };
    let at = found.unwrap();
    [&pdf[..at], to, &pdf[at + from.len()..]].concat()
}

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
