use typst::foundations::{Dict, NativeElement, Value};
use typst::introspection::{Introspector, MetadataElem};
use typst_layout::PagedDocument;

/// A space left free on a page: for a visible signature, between capacity and
/// name, or for the register's number and date.
///
/// Lengths are PDF points; the origin is the lower left corner of the page,
/// as in a widget's `/Rect`: `[x y x+w y+h]`.
#[derive(Clone, Debug, PartialEq)]
pub struct SignatureBox {
    /// Who signs there: `signer`, `secretary`, `chair`; or what is written
    /// there: `number`, `date`.
    pub name: String,
    /// The page, starting at 1.
    pub page: usize,
    /// Left edge.
    pub x: f64,
    /// Lower edge.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

/// What a space on a page is left for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    Signature,
    /// Number and date, which the register fills.
    Register,
}

impl Use {
    fn as_str(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::Register => "register",
        }
    }
}

/// Finds the spaces: the template puts a `metadata` element with use, name,
/// width and height into the upper left corner of each.
pub(crate) fn spaces(document: &PagedDocument, wanted: Use) -> Vec<SignatureBox> {
    let introspector = document.introspector();
    let marks = introspector.query(&MetadataElem::ELEM.select());
    marks
        .iter()
        .filter_map(|mark| {
            let position = introspector.position(mark.location()?)?;
            let page = document.pages().get(position.page.get() - 1)?;
            let Value::Dict(space) = &mark.to_packed::<MetadataElem>()?.value else { return None };
            if word(space, "use")? != wanted.as_str() {
                return None;
            }
            let h = number(space, "height")?;
            Some(SignatureBox {
                name: word(space, "name")?,
                page: position.page.get(),
                x: position.point.x.to_pt(),
                y: page.frame.height().to_pt() - position.point.y.to_pt() - h,
                w: number(space, "width")?,
                h,
            })
        })
        .collect()
}

fn word(space: &Dict, key: &str) -> Option<String> {
    space.get(key).ok()?.clone().cast().ok()
}

/// A length in points, as a template writes it with `.pt()`.
fn number(space: &Dict, key: &str) -> Option<f64> {
    space.get(key).ok()?.clone().cast().ok()
}
