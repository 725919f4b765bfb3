//! A TrueType font, cut down to the letters used, as a Type 0 font (ISO 32000-2 §9.7).

use std::collections::BTreeMap;

use subsetter::GlyphRemapper;
use ttf_parser::{Face, GlyphId};

use crate::pdf::{Dict, Object, PdfString, Ref, Update};
use crate::sign::SignError;
use crate::sign::image::deflate;

/// One letter in the subset.
#[derive(Debug, Clone, Copy)]
struct Glyph {
    /// Its number in the subset, which is its CID (Identity).
    id: u16,
    /// Its advance in thousandths of the font size.
    advance: f64,
}

/// A subset and what a PDF has to know of it.
#[derive(Debug)]
pub(crate) struct EmbeddedFont {
    glyphs: BTreeMap<char, Glyph>,
    program: Vec<u8>,
    name: String,
    descriptor: Dict,
}

impl EmbeddedFont {
    /// Cuts the font down to the letters of these texts. A letter the font lacks is an error, not a box.
    pub(crate) fn subset(font: &[u8], texts: &[&str]) -> Result<EmbeddedFont, SignError> {
        let face = Face::parse(font, 0).map_err(|_| SignError::Appearance("the font is not readable"))?;
        if face.tables().glyf.is_none() {
            return Err(SignError::Appearance("the font must have TrueType outlines"));
        }
        let to_thousandths = 1000.0 / f64::from(face.units_per_em());
        let mut remapper = GlyphRemapper::new();
        let mut glyphs = BTreeMap::new();
        for letter in texts.iter().flat_map(|text| text.chars()) {
            let old = face
                .glyph_index(letter)
                .ok_or(SignError::Appearance("the font lacks a letter of the text"))?;
            let advance = f64::from(face.glyph_hor_advance(old).unwrap_or(0)) * to_thousandths;
            glyphs.insert(letter, Glyph { id: remapper.remap(old.0), advance });
        }
        let program = subsetter::subset(font, 0, &remapper)
            .map_err(|_| SignError::Appearance("the font cannot be cut down to its used letters"))?;
        let name = subset_name(&face, &program);
        let descriptor = descriptor(&face, &name, to_thousandths);
        Ok(EmbeddedFont { glyphs, program, name, descriptor })
    }

    /// The text with question marks for letters that the font lacks.
    pub(crate) fn with_known(font: &[u8], text: &str) -> Result<String, SignError> {
        let face = Face::parse(font, 0).map_err(|_| SignError::Appearance("the font is not readable"))?;
        let known = |letter: char| if face.glyph_index(letter).is_some() { letter } else { '?' };
        Ok(text.chars().map(known).collect())
    }

    /// The width of one text at font size 1, without keeping the subset.
    pub(crate) fn measure(font: &[u8], text: &str) -> Result<f64, SignError> {
        let face = Face::parse(font, 0).map_err(|_| SignError::Appearance("the font is not readable"))?;
        let advance = |letter| face.glyph_index(letter).and_then(|glyph| face.glyph_hor_advance(glyph));
        let units: f64 = text.chars().filter_map(advance).map(f64::from).sum();
        Ok(units / f64::from(face.units_per_em()))
    }

    /// The width of a text at font size 1.
    pub(crate) fn width(&self, text: &str) -> f64 {
        text.chars().filter_map(|letter| self.glyphs.get(&letter)).map(|glyph| glyph.advance / 1000.0).sum()
    }

    /// The text as hexadecimal glyph numbers.
    pub(crate) fn encode(&self, text: &str) -> String {
        text.chars()
            .filter_map(|letter| self.glyphs.get(&letter))
            .map(|glyph| format!("{:04X}", glyph.id))
            .collect()
    }

    /// Adds the font with its descendant, descriptor, program and ToUnicode map.
    pub(crate) fn embed(self, update: &mut Update<'_, '_>) -> Ref {
        let length = i64::try_from(self.program.len()).unwrap_or(i64::MAX);
        let program = Dict::new().with("Filter", "FlateDecode").with("Length1", length);
        let program = update.add_stream(program, deflate(&self.program));
        let descriptor = update.add(self.descriptor.clone().with("FontFile2", program));
        let system = Dict::new()
            .with("Registry", PdfString::new("Adobe"))
            .with("Ordering", PdfString::new("Identity"))
            .with("Supplement", 0);
        let descendant = Dict::new()
            .with("Type", "Font")
            .with("Subtype", "CIDFontType2")
            .with("BaseFont", self.name.as_str())
            .with("CIDSystemInfo", system)
            .with("FontDescriptor", descriptor)
            .with("CIDToGIDMap", "Identity")
            .with("W", self.widths());
        let descendant = update.add(descendant);
        let map = update
            .add_stream(Dict::new().with("Filter", "FlateDecode"), deflate(self.to_unicode().as_bytes()));
        update.add(
            Dict::new()
                .with("Type", "Font")
                .with("Subtype", "Type0")
                .with("BaseFont", self.name.as_str())
                .with("Encoding", "Identity-H")
                .with("DescendantFonts", vec![Object::Reference(descendant)])
                .with("ToUnicode", map),
        )
    }

    /// `/W`: one entry for each glyph (ISO 32000-2 §9.7.4.3).
    fn widths(&self) -> Vec<Object> {
        let by_id: BTreeMap<u16, f64> = self.glyphs.values().map(|glyph| (glyph.id, glyph.advance)).collect();
        by_id
            .into_iter()
            .flat_map(|(id, advance)| {
                [Object::Integer(i64::from(id)), Object::Array(vec![Object::Real(advance)])]
            })
            .collect()
    }

    /// The map back to letters, so that the text can be searched and read aloud (ISO 32000-2 §9.10.3).
    fn to_unicode(&self) -> String {
        let mut map = String::from(
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo\n\
             << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n\
             /CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n",
        );
        let entries: Vec<(&char, &Glyph)> = self.glyphs.iter().collect();
        // A bfchar block holds at most 100 entries (Adobe Technical Note 5411).
        for block in entries.chunks(100) {
            map.push_str(&format!("{} beginbfchar\n", block.len()));
            for (letter, glyph) in block {
                let mut units = [0; 2];
                let text: String =
                    letter.encode_utf16(&mut units).iter().map(|u| format!("{u:04X}")).collect();
                map.push_str(&format!("<{:04X}> <{text}>\n", glyph.id));
            }
            map.push_str("endbfchar\n");
        }
        map.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
        map
    }
}

/// A tag of six letters marks a subset (ISO 32000-2 §9.9.2); derived from the program, so equal for equal.
fn subset_name(face: &Face<'_>, program: &[u8]) -> String {
    let digest = openssl::sha::sha256(program);
    let tag: String = digest.iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect();
    let own = face.names().into_iter().find(|name| name.name_id == ttf_parser::name_id::POST_SCRIPT_NAME);
    let own = own.and_then(|name| name.to_string()).unwrap_or_else(|| "Font".to_owned());
    let own: String = own.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    format!("{tag}+{own}")
}

/// The font descriptor (ISO 32000-2 Table 120).
fn descriptor(face: &Face<'_>, name: &str, scale: f64) -> Dict {
    let scaled = |value: i16| Object::Real((f64::from(value) * scale).round());
    let bounds = face.global_bounding_box();
    let corners = [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(scaled).to_vec();
    let cap_height = face.capital_height().unwrap_or(face.ascender());
    let missing = f64::from(face.glyph_hor_advance(GlyphId(0)).unwrap_or(0)) * scale;
    Dict::new()
        .with("Type", "FontDescriptor")
        .with("FontName", name)
        // Nonsymbolic: its letters are ordinary ones (ISO 32000-2 Table 121).
        .with("Flags", 32)
        .with("FontBBox", corners)
        .with("ItalicAngle", f64::from(face.italic_angle()))
        .with("Ascent", scaled(face.ascender()))
        .with("Descent", scaled(face.descender()))
        .with("CapHeight", scaled(cap_height))
        .with("StemV", 80)
        .with("MissingWidth", missing)
}
