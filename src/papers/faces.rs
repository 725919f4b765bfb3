//! The typefaces of a page: what they are called, and whether they are in the
//! file.

use hayro_interpret::font::Glyph;
use hayro_interpret::hayro_syntax::object::{Array, Dict, Name, Stream};
use hayro_interpret::hayro_syntax::page::Resources;
use serde::{Deserialize, Serialize};

/// A typeface that letters of a page are set in.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Face {
    /// As the file calls it, without the mark of a subset; empty if unknown.
    pub name: String,
    pub is_embedded: bool,
    bold: Option<bool>,
    italic: Option<bool>,
    /// The reader names the face of each letter; of others it only knows that
    /// they are one of those listed.
    #[serde(skip)]
    is_told: bool,
}

/// The faces a page lists, and those its letters named.
#[derive(Debug, Default)]
pub(super) struct Faces {
    faces: Vec<Face>,
    used: Vec<usize>,
}

/// Forms nest; so deep are their faces looked for.
const DEEPEST: usize = 4;
const MOST_FACES: usize = 300;

impl Faces {
    pub(super) fn of(resources: &Resources<'_>) -> Self {
        let mut faces = Self::default();
        faces.gather(resources, 0);
        faces
    }

    fn gather(&mut self, resources: &Resources<'_>, depth: usize) {
        for (name, _) in resources.fonts.entries() {
            if let Some(font) = resources.fonts.get::<Dict<'_>>(name)
                && self.faces.len() < MOST_FACES
            {
                self.faces.push(listed(&font));
            }
        }
        for (name, _) in resources.x_objects.entries() {
            let form = resources.x_objects.get::<Stream<'_>>(name);
            let inner = form.and_then(|form| form.dict().get::<Dict<'_>>(b"Resources"));
            if let Some(inner) = inner.filter(|_| depth < DEEPEST) {
                self.gather(&Resources::new(inner), depth + 1);
            }
        }
    }

    /// The face of a letter, by its place in [`used`](Self::used).
    pub(super) fn find(&mut self, glyph: &Glyph<'_>) -> usize {
        let data = match glyph {
            Glyph::Outline(outline) => outline.font_data(),
            Glyph::Type3(_) => None,
        };
        let name = data.as_ref().and_then(|data| data.postscript_name.clone());
        let at = match &name {
            Some(name) => self.faces.iter().position(|face| face.is_told && face.name == *name),
            None => self.only_untold(),
        };
        let at = at.unwrap_or_else(|| {
            let mut face = named(&name.unwrap_or_default(), true);
            face.is_told = data.is_some();
            self.faces.push(face);
            self.faces.len() - 1
        });
        if let (Some(data), Some(face)) = (data, self.faces.get_mut(at)) {
            let is_heavy = data.weight.is_some_and(|weight| weight >= 600);
            face.bold = face.bold.map(|bold| bold || is_heavy);
            face.italic = face.italic.map(|italic| italic || data.is_italic);
        }
        let known = self.used.iter().position(|used| *used == at);
        known.unwrap_or_else(|| {
            self.used.push(at);
            self.used.len() - 1
        })
    }

    /// The one listed face that the reader does not name by itself. Of several
    /// nobody can say which it is.
    fn only_untold(&self) -> Option<usize> {
        let mut untold = self.faces.iter().enumerate().filter(|(_, face)| !face.is_told);
        let (first, face) = untold.next()?;
        untold.all(|(_, other)| other.name == face.name).then_some(first)
    }

    /// Bold and italic of a used face, as far as known.
    pub(super) fn style(&self, used: usize) -> (Option<bool>, Option<bool>) {
        let face = self.used.get(used).and_then(|at| self.faces.get(*at));
        face.map_or((None, None), |face| (face.bold, face.italic))
    }

    pub(super) fn used(&self) -> Vec<Face> {
        self.used.iter().filter_map(|at| self.faces.get(*at)).cloned().collect()
    }
}

/// A face as the page lists it.
fn listed(font: &Dict<'_>) -> Face {
    let descendant = font.get::<Array<'_>>(b"DescendantFonts").and_then(|all| all.iter::<Dict<'_>>().next());
    let of = descendant.as_ref().unwrap_or(font);
    let descriptor = of.get::<Dict<'_>>(b"FontDescriptor").unwrap_or_default();
    let is_embedded = ["FontFile", "FontFile2", "FontFile3"].iter().any(|key| descriptor.contains_key(key));
    let name = font.get::<Name<'_>>(b"BaseFont");
    let name = name.map(|name| name.as_str().to_owned()).unwrap_or_default();
    let kind = font.get::<Name<'_>>(b"Subtype");
    let kind = kind.as_ref().map(Name::as_str).unwrap_or_default();
    let is_drawn = kind == "Type3";
    let mut face = named(&name, is_embedded || is_drawn);
    face.is_told = kind == "Type0" || (kind == "TrueType" && descriptor.contains_key("FontFile2"));
    face
}

fn named(name: &str, is_embedded: bool) -> Face {
    let name = match name.split_once('+') {
        Some((mark, rest)) if mark.len() == 6 => rest,
        _ => name,
    };
    let lower = name.to_lowercase();
    let holds = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let known = |claim: bool| (!name.is_empty()).then_some(claim);
    Face {
        bold: known(holds(&["bold", "black", "heavy", "demi", "-medi"])),
        italic: known(holds(&["italic", "oblique", "ital"])),
        name: name.to_owned(),
        is_embedded,
        is_told: false,
    }
}
