use std::fmt;

use typst::foundations::Bytes;
use typst::text::{Font, FontBook, FontStyle, FontWeight};
use typst::utils::LazyHash;

use crate::TypesetError;

/// The one family that the forms are set in: the metrics of Times New Roman,
/// which may not be redistributed.
pub(crate) const FAMILY: &str = "Tinos";

/// The fonts that forms are set in, and embedded from.
pub struct Fonts {
    pub(crate) book: LazyHash<FontBook>,
    pub(crate) faces: Vec<Font>,
}

impl Fonts {
    /// Reads font files (TTF or OTF).
    ///
    /// Regular, bold, italic and bold italic Tinos must be among them: a face
    /// that is missing would be replaced silently, and the decree names the
    /// face of every line.
    pub fn new(files: Vec<Vec<u8>>) -> Result<Self, TypesetError> {
        let faces: Vec<Font> =
            files.into_iter().flat_map(|file| Font::iter(Bytes::new(file)).collect::<Vec<_>>()).collect();
        let fonts = Self { book: LazyHash::new(FontBook::from_fonts(&faces)), faces };
        for (style, weight, missing) in [
            (FontStyle::Normal, FontWeight::REGULAR, "Tinos Regular is missing"),
            (FontStyle::Normal, FontWeight::BOLD, "Tinos Bold is missing"),
            (FontStyle::Italic, FontWeight::REGULAR, "Tinos Italic is missing"),
            (FontStyle::Italic, FontWeight::BOLD, "Tinos Bold Italic is missing"),
        ] {
            if !fonts.has_face(style, weight) {
                return Err(TypesetError::Fonts(missing));
            }
        }
        Ok(fonts)
    }

    /// Whether some face can draw the character.
    pub(crate) fn covers(&self, character: char) -> bool {
        self.faces.iter().any(|face| face.info().coverage.contains(character.into()))
    }

    fn has_face(&self, style: FontStyle, weight: FontWeight) -> bool {
        self.faces.iter().any(|face| {
            let info = face.info();
            info.family == FAMILY && info.variant.style == style && info.variant.weight == weight
        })
    }
}

impl fmt::Debug for Fonts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.faces.iter().map(|face| &face.info().family)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_face_that_is_missing_is_named() {
        let refusal = Fonts::new(vec![b"not a font".to_vec()]).map(|_| ()).map_err(|error| error.to_string());
        assert_eq!(refusal, Err("fonts: Tinos Regular is missing".to_owned()));
    }
}
