//! Papers with everything that an attack aims at, and updates of any form and content.

use std::collections::BTreeMap;

/// How a paper or an update lists its objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A classic table.
    Table,
    /// A cross-reference stream, objects in the file body.
    Stream,
    /// A cross-reference stream, dictionaries in an object stream.
    Packed,
    /// A table that hides its dictionaries in an object stream, for readers that know them.
    Hybrid,
}

/// Object numbers of the rich paper.
pub mod at {
    pub const CATALOG: u32 = 1;
    pub const TREE: u32 = 2;
    pub const PAGE: u32 = 3;
    pub const TEXT: u32 = 4;
    pub const FONT: u32 = 5;
    pub const RESOURCES: u32 = 6;
    pub const ANNOTATIONS: u32 = 7;
    pub const FORM: u32 = 8;
    pub const NAME: u32 = 9;
    pub const NAME_LOOK: u32 = 10;
    pub const BOX: u32 = 11;
    pub const BOX_ON: u32 = 12;
    pub const NOTE: u32 = 14;
    pub const IMAGE: u32 = 15;
    pub const STAMP: u32 = 16;
    pub const INFO: u32 = 17;
    pub const METADATA: u32 = 18;
    pub const OUTLINES: u32 = 19;
    pub const PLANTED_TEXT: u32 = 20;
    pub const PLANTED_FONT: u32 = 21;
    pub const LAYER: u32 = 24;
    pub const TO_UNICODE: u32 = 25;
    pub const ENCODING: u32 = 26;
    pub const STRUCTURE: u32 = 27;
    pub const ELEMENT: u32 = 28;
    pub const PARENTS: u32 = 29;
    pub const EMPTY: u32 = 30;
    pub const LENGTH: u32 = 32;
    pub const PARENT_FIELD: u32 = 33;
    pub const CHILD_FIELD: u32 = 34;
    /// The first number for what tests add: beyond all that a signed paper has.
    pub const FREE: u32 = 140;
    /// The signature of a paper that another program signed.
    pub const SEAL: u32 = 80;
    /// From here on programs take numbers for streams of their own.
    pub const OWN: u32 = 36;
}

/// A stream object's text.
pub fn stream(keys: &str, data: &str) -> String {
    format!("<<{keys}/Length {}>>\nstream\n{data}\nendstream", data.len())
}

/// Which parts a rich paper has.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    pub form: Form,
    pub tagged: bool,
    pub pages: usize,
}

/// The objects of a paper with form, annotations, layers, metadata, and things planted by a bad author.
pub fn rich(shape: Shape) -> BTreeMap<u32, String> {
    let tags = if shape.tagged { "/StructTreeRoot 27 0 R/MarkInfo<</Marked true>>" } else { "" };
    let page_tags = if shape.tagged { "/StructParents 0/Tabs/S" } else { "" };
    let text = "/P<</MCID 0>>BDC BT /F1 12 Tf 72 720 Td (Quyet dinh so 12) Tj 0 -20 Td (So tien 1000 dong) Tj ET EMC \
                q 40 0 0 40 400 500 cm /Im1 Do Q q 1 0 0 1 72 400 cm /Fm1 Do Q \
                /OC /Layer BDC q 1 g 72 300 100 20 re f Q EMC";
    let kids = if shape.pages > 1 { "3 0 R 22 0 R" } else { "3 0 R" };
    let page = |text: u32, rest: &str| {
        format!("<</Type/Page/Parent 2 0 R/Contents[{text} 0 R]/Resources 6 0 R{rest}>>")
    };
    let mut objects: BTreeMap<u32, String> = [
        (
            1,
            format!(
                "<</Type/Catalog/Pages 2 0 R/AcroForm 8 0 R/Outlines 19 0 R/Metadata 18 0 R{tags}\
                 /OCProperties<</OCGs[24 0 R]/D<</ON[24 0 R]>>>>>>"
            ),
        ),
        (2, format!("<</Type/Pages/Kids[{kids}]/Count {}/MediaBox[0 0 595 842]/Rotate 0>>", shape.pages)),
        (3, page(4, &format!("/Annots 7 0 R{page_tags}"))),
        (4, format!("<</Length 32 0 R>>\nstream\n{text}\nendstream")),
        (5, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding 26 0 R/ToUnicode 25 0 R>>".to_owned()),
        (
            6,
            "<</Font<</F1 5 0 R>>/XObject<</Im1 15 0 R/Fm1 16 0 R>>/Properties<</Layer 24 0 R>>>>".to_owned(),
        ),
        (7, "[9 0 R 11 0 R 14 0 R 30 0 R 34 0 R]".to_owned()),
        (8, "<</Fields[9 0 R 11 0 R 30 0 R 33 0 R]/DR<</Font<</Helv 5 0 R>>>>/DA(/Helv 0 Tf)>>".to_owned()),
        (
            9,
            "<</Type/Annot/Subtype/Widget/FT/Tx/T(Ten)/V(An)/Rect[300 600 500 620]/P 3 0 R/F 4/AP<</N 10 0 R>>>>"
                .to_owned(),
        ),
        (10, stream("/Type/XObject/Subtype/Form/BBox[0 0 200 20]/Resources<</Font<</Helv 5 0 R>>>>", "/Tx BMC BT /Helv 9 Tf (An) Tj ET EMC")),
        (
            11,
            "<</Type/Annot/Subtype/Widget/FT/Btn/T(DongY)/V/Off/AS/Off/Rect[300 560 320 580]/P 3 0 R/F 4\
             /AP<</N<</Yes 12 0 R/Off 13 0 R>>>>>>"
                .to_owned(),
        ),
        (12, stream("/Type/XObject/Subtype/Form/BBox[0 0 20 20]", "0 0 m 20 20 l S")),
        (13, stream("/Type/XObject/Subtype/Form/BBox[0 0 20 20]", "n")),
        (
            14,
            "<</Type/Annot/Subtype/Text/Rect[550 800 570 820]/P 3 0 R/F 4/Contents(Da xem)>>".to_owned(),
        ),
        (15, stream("/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray", "A")),
        (16, stream("/Type/XObject/Subtype/Form/BBox[0 0 200 50]/Resources 6 0 R", "BT /F1 10 Tf (Noi nhan) Tj ET")),
        (17, "<</Title(Quyet dinh)/Producer(Van phong)>>".to_owned()),
        (18, stream("/Type/Metadata/Subtype/XML", "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"></x:xmpmeta>")),
        (19, "<</Type/Outlines/Count 0>>".to_owned()),
        (20, stream("", "BT /F1 12 Tf 72 720 Td (Quyet dinh so 99) Tj ET")),
        (21, "<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats>>".to_owned()),
        (24, "<</Type/OCG/Name(Lop)>>".to_owned()),
        (25, stream("", "begincmap endcmap")),
        (26, "<</Type/Encoding/Differences[65/A]>>".to_owned()),
        (
            30,
            "<</Type/Annot/Subtype/Widget/FT/Sig/T(ChuTich)/Rect[350 100 500 160]/P 3 0 R/F 132>>".to_owned(),
        ),
        (31, stream("/Type/XObject/Subtype/Form/BBox[0 0 595 842]", "1 g 0 0 595 842 re f")),
        (32, text.len().to_string()),
        (33, "<</T(Nguoi)/FT/Tx/Kids[34 0 R]>>".to_owned()),
        (
            34,
            "<</Type/Annot/Subtype/Widget/T(So)/Parent 33 0 R/V(1)/Rect[300 520 400 540]/P 3 0 R/F 4>>".to_owned(),
        ),
    ]
    .into_iter()
    .collect();
    if shape.pages > 1 {
        objects.insert(22, page(23, "/CropBox[0 0 595 842]"));
        objects.insert(23, stream("", "BT /F1 12 Tf 72 720 Td (Trang hai) Tj ET"));
    }
    if shape.tagged {
        objects
            .insert(27, "<</Type/StructTreeRoot/K 28 0 R/ParentTree 29 0 R/ParentTreeNextKey 1>>".to_owned());
        objects.insert(
            28,
            "<</Type/StructElem/S/Document/P 27 0 R/K[<</Type/MCR/Pg 3 0 R/MCID 0>>]>>".to_owned(),
        );
        objects.insert(29, "<</Nums[0 [28 0 R]]>>".to_owned());
    }
    objects
}

/// A rich paper in one of its shapes.
pub fn paper(shape: Shape) -> Vec<u8> {
    let mut update = Update::new(shape.form).key("/Info 17 0 R").key("/ID[<01><02>]");
    update.objects = rich(shape);
    update.onto(b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")
}

/// One cross-reference row as a forger may want it.
#[derive(Debug, Clone, Copy)]
pub enum Row {
    Free(u64),
    At(u64, u64),
    In(u32, u64),
}

/// An update in the making: well-formed unless told otherwise.
#[derive(Debug, Clone)]
pub struct Update {
    pub form: Form,
    pub objects: BTreeMap<u32, String>,
    /// Rows that stand instead of, or beside, the right ones.
    pub rows: BTreeMap<u32, Row>,
    /// Bytes before the objects that no row lists.
    pub loose: Vec<u8>,
    pub keys: String,
    pub root: u32,
    pub size: Option<u32>,
    pub previous: Option<usize>,
}

impl Update {
    pub fn new(form: Form) -> Update {
        Update {
            form,
            objects: BTreeMap::new(),
            rows: BTreeMap::new(),
            loose: Vec::new(),
            keys: String::new(),
            root: 1,
            size: None,
            previous: None,
        }
    }

    pub fn with(mut self, number: u32, body: impl Into<String>) -> Update {
        self.objects.insert(number, body.into());
        self
    }

    pub fn row(mut self, number: u32, row: Row) -> Update {
        self.rows.insert(number, row);
        self
    }

    pub fn key(mut self, key: &str) -> Update {
        self.keys.push_str(key);
        self
    }

    /// The bytes with the update behind them.
    pub fn onto(&self, base: &[u8]) -> Vec<u8> {
        let mut out = base.to_vec();
        out.extend_from_slice(&self.loose);
        let mut rows: BTreeMap<u32, Row> = BTreeMap::new();
        let mut hidden: BTreeMap<u32, Row> = BTreeMap::new();
        let mut next = self.next_free(base);
        let packs = matches!(self.form, Form::Packed | Form::Hybrid);
        let (packed, plain): (Vec<_>, Vec<_>) = self
            .objects
            .iter()
            .partition(|(_, body)| packs && !body.contains("stream\n") && !body.contains("/ByteRange"));
        for (number, body) in plain {
            rows.insert(*number, Row::At(out.len() as u64, 0));
            out.extend(format!("{number} 0 obj\n{body}\nendobj\n").bytes());
        }
        if !packed.is_empty() {
            let (container, start) = (next, out.len());
            next += 1;
            let target = if self.form == Form::Hybrid { &mut hidden } else { &mut rows };
            target.insert(container, Row::At(start as u64, 0));
            for (index, (number, _)) in packed.iter().enumerate() {
                target.insert(**number, Row::In(container, index as u64));
            }
            out.extend(object_stream(container, &packed));
        }
        rows.extend(self.rows.iter().map(|(number, row)| (*number, *row)));
        let size = self.size.unwrap_or(next + 2);
        let previous =
            self.previous.or_else(|| base.windows(9).any(|w| w == b"startxref").then(|| last_xref(base)));
        let mut keys = format!("/Root {} 0 R{}", self.root, self.keys);
        if let Some(previous) = previous {
            keys.push_str(&format!("/Prev {previous}"));
        } else if self.form != Form::Stream && self.form != Form::Packed {
            rows.insert(0, Row::Free(65535));
        }
        if self.form == Form::Hybrid {
            let at = out.len();
            out.extend(xref_stream(next, at, hidden, size, ""));
            keys.push_str(&format!("/XRefStm {at}"));
        }
        let start = out.len();
        out.extend(match self.form {
            Form::Table | Form::Hybrid => xref_table(&rows, size, &keys),
            Form::Stream | Form::Packed => xref_stream(next, start, rows, size, &keys),
        });
        out.extend(format!("startxref\n{start}\n%%EOF\n").bytes());
        out
    }

    /// The first number that neither the file nor the update uses.
    fn next_free(&self, base: &[u8]) -> u32 {
        let text = String::from_utf8_lossy(base);
        let sizes = text.split("/Size").skip(1).filter_map(|rest| {
            let rest = rest.trim_start();
            rest.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse::<u32>().ok())
        });
        let own = self.objects.keys().next_back().map_or(0, |n| n + 1);
        sizes.chain([own, at::OWN]).max().unwrap()
    }
}

fn object_stream(number: u32, objects: &[(&u32, &String)]) -> Vec<u8> {
    let (mut head, mut body) = (String::new(), String::new());
    for (number, text) in objects {
        head.push_str(&format!("{number} {} ", body.len()));
        body.push_str(text);
        body.push('\n');
    }
    let keys = format!("/Type/ObjStm/N {}/First {}", objects.len(), head.len());
    format!("{number} 0 obj\n{}\nendobj\n", stream(&keys, &(head + &body))).into_bytes()
}

fn xref_table(rows: &BTreeMap<u32, Row>, size: u32, keys: &str) -> Vec<u8> {
    let mut out = String::from("xref\n");
    for (number, row) in rows {
        let (place, generation, kind) = match row {
            Row::Free(generation) => (0, *generation, 'f'),
            Row::At(offset, generation) => (*offset, *generation, 'n'),
            Row::In(..) => unreachable!("tables know no object streams"),
        };
        out.push_str(&format!("{number} 1\n{place:010} {generation:05} {kind}\r\n"));
    }
    out.push_str(&format!("trailer\n<</Size {size}{keys}>>\n"));
    out.into_bytes()
}

fn xref_stream(own: u32, start: usize, mut rows: BTreeMap<u32, Row>, size: u32, keys: &str) -> Vec<u8> {
    rows.insert(own, Row::At(start as u64, 0));
    let index: String = rows.keys().map(|number| format!("{number} 1 ")).collect();
    let mut data = Vec::new();
    for row in rows.values() {
        let (kind, second, third) = match row {
            Row::Free(generation) => (0u8, 0u64, *generation),
            Row::At(offset, generation) => (1, *offset, *generation),
            Row::In(container, index) => (2, u64::from(*container), *index),
        };
        data.push(kind);
        data.extend((second as u32).to_be_bytes());
        data.extend((third as u16).to_be_bytes());
    }
    let head = format!(
        "{own} 0 obj\n<</Type/XRef/Size {size}/W[1 4 2]/Index[{index}]{keys}/Length {}>>\nstream\n",
        data.len()
    );
    [head.as_bytes(), &data, b"\nendstream\nendobj\n"].concat()
}

/// The offset that the last `startxref` names.
pub fn last_xref(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    let tail = text.rsplit("startxref").next().unwrap();
    tail.split_whitespace().next().unwrap().parse().unwrap()
}
