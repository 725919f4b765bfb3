use typst::foundations::{Dict, NativeElement, Value};
use typst::introspection::{Introspector, MetadataElem};
use typst_layout::PagedDocument;

/// A space left for a visible signature, between capacity and name.
///
/// Lengths are PDF points; the origin is the lower left corner of the page,
/// as in a widget's `/Rect`: `[x y x+w y+h]`.
#[derive(Clone, Debug, PartialEq)]
pub struct SignatureBox {
    /// Who signs there: `signer`, `secretary`, `chair`.
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

/// Finds the spaces: the template puts a `metadata` element with name, width
/// and height into the upper left corner of each.
pub(crate) fn signature_boxes(document: &PagedDocument) -> Vec<SignatureBox> {
    let introspector = document.introspector();
    let marks = introspector.query(&MetadataElem::ELEM.select());
    marks
        .iter()
        .filter_map(|mark| {
            let position = introspector.position(mark.location()?)?;
            let page = document.pages().get(position.page.get() - 1)?;
            let Value::Dict(space) = &mark.to_packed::<MetadataElem>()?.value else { return None };
            let h = number(space, "height")?;
            Some(SignatureBox {
                name: space.get("name").ok()?.clone().cast::<String>().ok()?,
                page: position.page.get(),
                x: position.point.x.to_pt(),
                y: page.frame.height().to_pt() - position.point.y.to_pt() - h,
                w: number(space, "width")?,
                h,
            })
        })
        .collect()
}

/// A length in points, as a template writes it with `.pt()`.
fn number(space: &Dict, key: &str) -> Option<f64> {
    space.get(key).ok()?.clone().cast().ok()
}
