//! What is made of a foreign file, in the process that reads such files and
//! without holding the file in memory: the tail of a copy that bears its
//! reader's name, and pages taken out of it.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use pades::pdf::{Pdf, Source};
use pades::sign::{About, Font, Watermark, append_watermark};

use super::drawing::{RenderError, limit};
use crate::clock::Timestamp;
use crate::web;

/// A file on the local disk, read where needed.
#[derive(Debug)]
struct OnDisk {
    file: File,
    length: usize,
}

impl Source for OnDisk {
    fn length(&self) -> usize {
        self.length
    }

    fn read_at(&self, offset: usize, into: &mut [u8]) -> io::Result<()> {
        self.file.read_exact_at(into, offset as u64)
    }
}

/// What, appended to the file, writes these texts over its pages.
pub(super) fn watermark(path: &Path, across: &str, foot: &str, now: i64) -> Result<Vec<u8>, RenderError> {
    let source = open(path)?;
    let font = Font(web::form_font());
    let mark = Watermark { across, foot, font: &font, now: Timestamp::from_micros(now).to_jiff() };
    append_watermark(&source, &mark).map_err(|_| RenderError::Unreadable)
}

/// Some pages as a file of their own.
pub(super) fn excerpt(
    path: &Path,
    pages: &[usize],
    (title, subject): (&str, &str),
) -> Result<Vec<u8>, RenderError> {
    let source = open(path)?;
    let file = Pdf::open_source(&source).map_err(|_| RenderError::Unreadable)?;
    pades::sign::excerpt(file, pages, About { title, subject }).map_err(|_| RenderError::Unreadable)
}

fn open(path: &Path) -> Result<OnDisk, RenderError> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    limit(length)?;
    Ok(OnDisk { file, length: usize::try_from(length).unwrap_or(usize::MAX) })
}
