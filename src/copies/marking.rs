//! The mark on a copy (NĐ 30/2020, Phụ lục I, box 14): at the top right of the
//! first page, where nothing stands; else at the nearest place where nothing
//! stands.

mod blank;

use image::ImageFormat;
use pades::pdf::{Pdf, Source as _};
use pades::sign::{Appearance, CORNER, CopyMark, Font, PageArea, Place, SignError, reserve_signature};

use self::blank::Blank;
use super::actions::CopyError;
use super::origin::Source;
use super::rules::Form;
use crate::clock::Timestamp;
use crate::storage::Hash;
use crate::web::{self, App};

/// How wide the first page is drawn to look for a free place, in pixels: six to a millimetre of A4.
const DRAWN: u32 = 1260;

/// What a mark says and shows.
#[derive(Clone, Debug)]
pub struct Look {
    lines: Vec<String>,
    /// The picture of the seal, and its real size in millimetres.
    seal: Option<(Vec<u8>, f64)>,
}

impl Look {
    /// Form, number and symbol; the body that makes the copy. The time of signing stands below them.
    pub fn new(form: Form, number_and_symbol: &str, office: &str) -> Self {
        let first = format!("{}; {number_and_symbol}", form.legal_name());
        Self { lines: vec![first, office.to_owned()], seal: None }
    }

    /// Of an extract: which pages of which document; of other copies nothing.
    pub fn of_pages(mut self, source: &Source, pages: &str) -> Self {
        if !pages.is_empty() {
            let taken = format!("Trích trang {pages} của {}, {}", source.symbol, source.day.date());
            self.lines.insert(1, taken);
        }
        self
    }

    pub fn with_seal(self, picture: (Vec<u8>, f64)) -> Self {
        Self { seal: Some(picture), ..self }
    }
}

/// Refuses a file that takes no further signature: one certified as final, or locked by who signed it.
pub(super) async fn must_be_open(app: &App, base: Hash) -> Result<(), CopyError> {
    let source = app.storage.source(base).await?;
    let place = Place { page: 1, rectangle: [0.0, 0.0, 1.0, 1.0] };
    let tried =
        tokio::task::spawn_blocking(move || reserve_signature(&source, place, b"").map(|_| ())).await?;
    tried.map_err(|error| match error {
        SignError::Certified | SignError::Locked(_) | SignError::UsageRights => CopyError::Locked,
        other => CopyError::Pdf(other),
    })
}

/// The mark at its place on the first page. The seal's picture stands in it
/// where it has room: text without it is lawful, a covered line is not.
pub(super) async fn mark(
    app: &App,
    base: Hash,
    look: &Look,
    now: Timestamp,
) -> Result<Appearance, CopyError> {
    let source = app.storage.source(base).await?;
    let copy = app.renderer.copy(&app.storage, base).await?;
    let copy = copy.get().ok_or(CopyError::NotFound)?;
    let length = u64::try_from(source.length()).unwrap_or(u64::MAX);
    let drawn = app.renderer.picture_at(copy.path(), length, 1, DRAWN).await?;
    let look = look.clone();
    let work = move || {
        let mut file = Pdf::open_source(&source).map_err(SignError::from)?;
        file.authenticate(None).map_err(SignError::from)?;
        let area = PageArea::of(&file, 1)?;
        let blank = Blank::of(&image::load_from_memory_with_format(&drawn, format_of(&drawn))?, area.size());
        let texts: Vec<&str> = look.lines.iter().map(String::as_str).collect();
        let mark = CopyMark::new(&texts, now.to_jiff(), Font(web::form_font()))?;
        if let Some((picture, millimetres)) = look.seal {
            let sealed = mark.clone().with_seal(picture, millimetres);
            if let Some(corner) = blank.nearest(CORNER, sealed.size()) {
                return Ok(sealed.at(&area, corner));
            }
        }
        let corner = blank.nearest(CORNER, mark.size()).ok_or(CopyError::NoPlace)?;
        Ok(mark.at(&area, corner))
    };
    tokio::task::spawn_blocking(work).await?
}

/// Pages of text are drawn as PNG, scans as JPEG.
fn format_of(picture: &[u8]) -> ImageFormat {
    if picture.starts_with(b"\x89PNG") { ImageFormat::Png } else { ImageFormat::Jpeg }
}
