//! Judges a PDF without loading it, however long it is: `verify_large FILE.pdf`.

#![expect(clippy::disallowed_methods, reason = "a command-line example reads files and the clock itself")]
#![allow(clippy::print_stdout, reason = "the report is what the example is for")]

use std::error::Error;
use std::fs::File;
use std::os::unix::fs::FileExt;

use pades::pdf::Source;
use pades::trust::Anchors;
use pades::verify::{Context, verify_source};

/// A file on disk, read where the reader points.
struct OnDisk {
    file: File,
    length: usize,
}

impl Source for OnDisk {
    fn length(&self) -> usize {
        self.length
    }

    fn read_at(&self, offset: usize, into: &mut [u8]) -> std::io::Result<()> {
        self.file.read_exact_at(into, offset as u64)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("usage: verify_large FILE.pdf")?;
    let file = File::open(&path)?;
    let length = usize::try_from(file.metadata()?.len())?;
    let source = OnDisk { file, length };
    let anchors = Anchors::none();
    let context = Context::new(&anchors, jiff::Timestamp::now());
    let mut report =
        verify_source(&source, &context).unwrap_or_else(|unreadable| unreadable.report_source(&source));
    report.file = path;
    println!("{}", report.to_json());
    Ok(())
}
