use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, World};

use crate::Fonts;

/// One form on its way to pages, and all that its template can reach.
///
/// There is no file system, network or clock behind it: a path that is not
/// listed here is not found, whatever a template asks for.
pub(crate) struct FormWorld<'a> {
    pub library: &'a LazyHash<Library>,
    pub fonts: &'a Fonts,
    pub template: &'a Source,
    pub today: Datetime,
    /// `/data.json`: the form, and the author for the metadata.
    pub data: Bytes,
    /// `/qr.svg`, for forms that show one.
    pub qr: Option<Bytes>,
    /// `/report.json` and `/report.xml`, for the form that has them attached.
    pub attached: Option<[Bytes; 2]>,
}

impl World for FormWorld<'_> {
    fn library(&self) -> &LazyHash<Library> {
        self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() { Ok(self.template.clone()) } else { Err(not_found(id)) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let found = match id.get().vpath().get_with_slash() {
            "/data.json" => Some(&self.data),
            "/qr.svg" => self.qr.as_ref(),
            "/report.json" => self.attached.as_ref().map(|[json, _]| json),
            "/report.xml" => self.attached.as_ref().map(|[_, xml]| xml),
            _ => None,
        };
        found.cloned().ok_or_else(|| not_found(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.faces.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        Some(self.today)
    }
}

fn not_found(id: FileId) -> FileError {
    FileError::NotFound(id.get().vpath().get_without_slash().into())
}
