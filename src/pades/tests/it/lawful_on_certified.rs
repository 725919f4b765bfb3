//! What certifications permit.

use pades::sign::{SignOptions, sign};

use crate::forging::{filled, margin_note, pinned, store};
use crate::lawful::{Change, look, metadata, one, ours, pinned_and, timestamped};
use crate::office::{clerk, now};
use crate::papers::{at, stream};

/// Permitted by a certification of P 2 or 3.
pub const ON_FORMS: &[Change] = &[
    ("field filled", |v| Some(filled(v))),
    ("check box ticked", |v| Some(one(v, at::BOX, &v.edited(at::BOX, "/V/Off/AS/Off", "/V/Yes/AS/Yes")))),
    ("invisible signature", |v| Some(ours(v, None))),
    ("signature in the visible field that was there", |v| {
        let options = SignOptions {
            field: Some("ChuTich".to_owned()),
            appearance: Some(look([0.0; 4])),
            ..SignOptions::default()
        };
        Some(sign(&v.pdf, &options, clerk(), None, now()).ok()?.onto(&v.pdf))
    }),
];

/// Permitted by every certification.
pub const ON_ALL: &[Change] = &[
    ("validation data", |v| Some(store(v, "/Certs[141 0 R]"))),
    ("document timestamp", |v| timestamped(&v.pdf)),
    ("validation data, then document timestamp", |v| timestamped(&store(v, "/Certs[141 0 R]"))),
    ("metadata", |v| Some(one(v, at::METADATA, &metadata("moi")))),
];

/// Permitted by a certification of P 3.
pub const ON_ANNOTATIONS: &[Change] = &[
    ("comment in the margin", |v| Some(pinned(v, &margin_note()))),
    ("note beside the text", |v| {
        Some(pinned(v, "<</Type/Annot/Subtype/Text/Rect[20 700 40 720]/P 3 0 R/F 4/Contents(xem)>>"))
    }),
    ("marker over the text", |v| {
        let marker = "<</Type/Annot/Subtype/Highlight/Rect[70 715 200 735]/QuadPoints[70 735 200 735 70 715 200 715]/C[1 1 0]/P 3 0 R/F 4>>";
        Some(pinned(v, marker))
    }),
    ("marker with a picture that multiplies", |v| {
        let marker =
            "<</Type/Annot/Subtype/Highlight/Rect[70 715 200 735]/C[1 1 0]/AP<</N 141 0 R>>/P 3 0 R/F 4>>";
        let keys =
            "/Type/XObject/Subtype/Form/BBox[0 0 130 20]/Resources<</ExtGState<</M<</BM/Multiply>>>>>>";
        Some(pinned_and(v, marker, &stream(keys, "/M gs 1 1 0 rg 0 0 130 20 re f")))
    }),
    ("text underlined", |v| {
        let line = "<</Type/Annot/Subtype/Underline/Rect[70 715 200 735]/AP<</N 141 0 R>>/P 3 0 R/F 4>>";
        let keys = "/Type/XObject/Subtype/Form/BBox[0 0 130 20]";
        Some(pinned_and(v, line, &stream(keys, "1 w 1 0 0 RG 0 2 m 130 2 l S")))
    }),
    ("box drawn around the text", |v| {
        Some(pinned(v, "<</Type/Annot/Subtype/Square/Rect[60 690 300 740]/C[1 0 0]/P 3 0 R/F 4>>"))
    }),
    ("comment taken off", |v| Some(one(v, at::ANNOTATIONS, &v.edited(at::ANNOTATIONS, "14 0 R", "")))),
    ("comment reworded", |v| Some(one(v, at::NOTE, &v.edited(at::NOTE, "(Da xem)", "(Da doc)")))),
    ("answer to a comment", |v| {
        Some(pinned(
            v,
            "<</Type/Annot/Subtype/Text/Rect[550 770 570 790]/IRT 14 0 R/P 3 0 R/F 4/Contents(vang)>>",
        ))
    }),
];
