//! The rules of writing, learnt from second signatures of others that broke the first.

use pades::pdf::{Object, Pdf, Ref, SectionKind, revisions};
use pades::sign::SignOptions;
use proptest::prelude::*;

use crate::appearance::stamp;
use crate::office::{Paper, Xref, append, last_xref, paper, signed, signed_with};

fn visible() -> SignOptions {
    SignOptions { appearance: Some(stamp([50.0, 50.0, 180.0, 60.0])), ..SignOptions::default() }
}

fn identifiers(pdf: &[u8]) -> Vec<Vec<u8>> {
    let file = Pdf::open(pdf).unwrap();
    let parts = file.trailer().unwrap().get("ID").unwrap().array().unwrap().to_vec();
    parts.iter().map(|part| part.string().unwrap().bytes.clone()).collect()
}

#[test]
fn the_first_identifier_stays_and_the_second_changes() {
    let keys = "/Root 1 0 R/ID[<0102><0304>]";
    let pdf = append(&paper(), &[], keys, Some(last_xref(&paper())), Xref::Table);
    let once = signed(&pdf);
    let twice = signed_with(&once, &SignOptions { field: Some("Later".to_owned()), ..Default::default() });
    let (first, second) = (identifiers(&once), identifiers(&twice.onto(&once)));
    assert_eq!((first[0].as_slice(), second[0].as_slice()), (&[1, 2][..], &[1, 2][..]));
    assert!(first[1] != [3, 4] && first[1] != second[1]);
}

#[test]
fn the_chain_and_the_size_are_right() {
    for xref in [Xref::Table, Xref::Stream] {
        let pdf = Paper::new(xref).pdf();
        let result = signed(&pdf);
        let file = Pdf::open(&result).unwrap();
        let [newest, oldest] = file.sections() else { panic!("two sections") };
        let kind = if xref == Xref::Table { SectionKind::Table } else { SectionKind::Stream };
        assert_eq!((newest.kind, oldest.kind), (kind, kind));
        assert_eq!(newest.trailer.integer("Prev"), Some(last_xref(&pdf) as i64));
        let highest = newest.entries.highest().max(oldest.entries.highest()).unwrap();
        assert_eq!(newest.trailer.integer("Size"), Some(i64::from(highest) + 1));
    }
}

#[test]
fn a_size_that_promises_more_is_not_lowered() {
    let pdf = append(&paper(), &[], "/Root 1 0 R", Some(last_xref(&paper())), Xref::Table);
    let at = pdf.windows(10).rposition(|w| w == b"<</Size 1/").unwrap();
    let pdf = [&pdf[..at], b"<</Size 90/", &pdf[at + 10..]].concat();
    let file = signed(&pdf);
    let file = Pdf::open(&file).unwrap();
    assert!(file.trailer().unwrap().integer("Size").unwrap() > 90);
    assert!(file.sections()[0].entries.numbers().all(|number| number >= 90 || number <= 5));
}

#[test]
fn an_object_begins_on_a_line_of_its_own() {
    let pdf = paper();
    let bare = pdf.strip_suffix(b"\n").unwrap();
    let result = signed(bare);
    assert!(result.starts_with(bare));
    let file = Pdf::open(&result).unwrap();
    let newest = revisions(&file).unwrap().pop().unwrap();
    for (number, entry) in file.sections()[newest.section].entries.iter() {
        let pades::pdf::Entry::InUse { offset, .. } = entry else { panic!("{number} is free") };
        assert!(matches!(result[offset - 1], b'\n' | b'\r'), "{number}");
        assert!(result[offset..].starts_with(format!("{number} 0 obj").as_bytes()));
    }
}

#[test]
fn annotations_are_edited_in_the_form_found() {
    let page = |annotations: &str| {
        format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Annots {annotations}\
             /Resources<</Font<</F1 5 0 R>>>>>>"
        )
    };
    for (annotations, rewritten, left) in [("6 0 R", 6, 3), ("[]", 3, 6)] {
        let pdf = Paper::new(Xref::Table).with(3, &page(annotations)).with(6, "[]").pdf();
        let result = signed_with(&pdf, &visible()).onto(&pdf);
        let file = Pdf::open(&result).unwrap();
        let newest = &file.sections()[0].entries;
        assert!(newest.get(rewritten).is_some() && newest.get(left).is_none(), "{annotations}");
    }
}

#[test]
fn generation_numbers_are_kept() {
    let table = "xref\n0 4\n0000000000 65535 f \n";
    let body = "%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n\
                2 0 obj\n<</Type/Pages/Kids[3 7 R]/Count 1>>\nendobj\n\
                3 7 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Resources<<>>>>\nendobj\n";
    let at = |head: &str| body.find(head).unwrap();
    let rows = [(at("1 0 obj"), 0), (at("2 0 obj"), 0), (at("3 7 obj"), 7)];
    let rows: String = rows.map(|(at, generation)| format!("{at:010} {generation:05} n \n")).concat();
    let end = format!("trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n{}\n%%EOF\n", body.len());
    let pdf = format!("{body}{table}{rows}{end}").into_bytes();
    let result = signed(&pdf);
    let file = Pdf::open(&result).unwrap();
    let page = file.indirect(Ref { number: 3, generation: 7 }).unwrap();
    assert!(page.span.unwrap().start >= pdf.len() && page.object.dict().unwrap().has("Annots"));
}

/// Any object, and one of the ways to spell it.
fn any_object() -> impl Strategy<Value = (Object, String)> {
    let leaf = prop_oneof![
        Just((Object::Null, "null".to_owned())),
        any::<bool>().prop_map(|value| (Object::Bool(value), value.to_string())),
        any::<i64>().prop_map(|value| (Object::Integer(value), value.to_string())),
        (-9999..9999i32, 1..999u32).prop_map(|(whole, part)| {
            let text = format!("{whole}.{part:03}");
            (Object::Real(text.parse().unwrap()), text)
        }),
        proptest::collection::vec(any::<u8>(), 0..12).prop_map(|bytes| {
            let text = format!("<{}>", hex::encode(&bytes));
            (Object::String(pades::pdf::PdfString::new(bytes)), text)
        }),
        "[a-zA-Z ()\\\\]{0,12}".prop_map(|text: String| {
            let spelled = text.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
            (Object::String(pades::pdf::PdfString::new(text.into_bytes())), format!("({spelled})"))
        }),
        "[A-Za-z][A-Za-z0-9]{0,8}".prop_map(|name| (Object::from(name.as_str()), format!("/{name}"))),
        (1..40u32).prop_map(|number| (Ref { number, generation: 0 }.into(), format!("{number} 0 R"))),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        let pairs = proptest::collection::btree_map("[A-Z][a-z]{0,5}", inner.clone(), 0..5);
        prop_oneof![
            proptest::collection::vec(inner, 0..5).prop_map(|items| {
                let (objects, texts): (Vec<Object>, Vec<String>) = items.into_iter().unzip();
                (Object::Array(objects), format!("[{}]", texts.join(" ")))
            }),
            pairs.prop_map(|pairs| {
                let mut dict = pades::pdf::Dict::new();
                let mut text = String::new();
                for (key, (object, spelled)) in pairs {
                    text += &format!("/{key} {spelled}");
                    dict.set(&key, object);
                }
                (Object::Dict(dict), format!("<<{text}>>"))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever objects a file holds, they read the same before and after an update, which reads back too.
    #[test]
    fn objects_survive_an_update(
        objects in proptest::collection::vec(any_object(), 1..12),
        is_table in any::<bool>(),
    ) {
        let mut paper = Paper::new(if is_table { Xref::Table } else { Xref::Stream });
        for (index, (_, text)) in objects.iter().enumerate() {
            paper = paper.with(10 + index as u32, text);
        }
        let pdf = paper.pdf();
        let result = signed(&pdf);
        prop_assert!(result.starts_with(&pdf));
        let (before, after) = (Pdf::open(&pdf).unwrap(), Pdf::open(&result).unwrap());
        for (index, (object, _)) in objects.iter().enumerate() {
            let target = Ref { number: 10 + index as u32, generation: 0 };
            let (old, new) = (before.indirect(target).unwrap(), after.indirect(target).unwrap());
            prop_assert_eq!(&old.object, object);
            prop_assert_eq!(&new.object, object);
            prop_assert_eq!(old.span, new.span);
        }
        // The update's own objects read as well.
        for number in after.sections()[0].entries.numbers() {
            let target = Ref { number, generation: 0 };
            prop_assert!(after.indirect(target).is_ok());
        }
    }
}
