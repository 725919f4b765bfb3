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
/// How far from its corner the mark may stand, in millimetres, and how far is still in the corner.
const REACH: f64 = 150.0;
const NEAR: f64 = 10.0;
/// With the picture of the seal, which would be out of place among the lines of a document.
const SEAL_REACH: f64 = 30.0;

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

    /// The ways to set the mark, the best first, each with how far from its
    /// corner it may stand: everything on a line of its own, or in as few lines
    /// as it takes, where the margin is low.
    fn ways(&self, now: Timestamp) -> Result<Vec<(CopyMark, f64)>, SignError> {
        let font = || Font(web::form_font());
        let apart: Vec<&str> = self.lines.iter().map(String::as_str).collect();
        let apart = CopyMark::new(&apart, now.to_jiff(), font())?;
        let joined = CopyMark::new(&[&self.lines.join("; ")], now.to_jiff(), font())?;
        let mut ways = Vec::new();
        if let Some((picture, millimetres)) = &self.seal {
            ways.push((apart.clone().with_seal(picture.clone(), *millimetres), SEAL_REACH));
        }
        ways.extend([(apart.clone(), NEAR), (joined.clone(), NEAR), (apart, REACH), (joined, REACH)]);
        Ok(ways)
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
        for (mark, reach) in look.ways(now)? {
            if let Some(corner) = blank.nearest(CORNER, mark.size(), reach) {
                return Ok(mark.at(&area, corner));
            }
        }
        Err(CopyError::NoPlace)
    };
    tokio::task::spawn_blocking(work).await?
}

/// Pages of text are drawn as PNG, scans as JPEG.
fn format_of(picture: &[u8]) -> ImageFormat {
    if picture.starts_with(b"\x89PNG") { ImageFormat::Png } else { ImageFormat::Jpeg }
}
