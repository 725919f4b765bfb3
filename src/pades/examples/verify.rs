//! Judges a PDF and prints the report as JSON: `verify FILE.pdf [ANCHORS.pem]`.

#![expect(clippy::disallowed_methods, reason = "a command-line example reads files and the clock itself")]
#![allow(clippy::print_stdout, reason = "the report is what the example is for")]

use std::error::Error;

use pades::trust::Anchors;
use pades::verify::{Context, verify};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("usage: verify FILE.pdf [ANCHORS.pem]")?;
    let anchors = match arguments.next() {
        Some(path) => Anchors::from_bytes(&std::fs::read(path)?)?,
        None => Anchors::none(),
    };
    let pdf = std::fs::read(&file)?;
    let context = Context::new(&anchors, jiff::Timestamp::now());
    let mut report = verify(&pdf, &context).unwrap_or_else(|unreadable| unreadable.report(&pdf));
    report.file = file;
    println!("{}", report.to_json());
    Ok(())
}
