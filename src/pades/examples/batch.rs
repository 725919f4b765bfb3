//! Signs many copies of a PDF in memory and says how fast: `batch IN.pdf KEY.p12 PASSPHRASE COUNT WORKERS`.

#![expect(clippy::disallowed_methods, reason = "a command-line example reads files and the clock itself")]
#![allow(clippy::print_stdout, reason = "the figures are what the example is for")]

use std::error::Error;
use std::time::Instant;

use pades::sign::{Batch, BatchDocument, Pkcs12Signer, SignOptions};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, key, passphrase, count, workers] = arguments.as_slice() else {
        return Err("usage: batch IN.pdf KEY.p12 PASSPHRASE COUNT WORKERS".into());
    };
    let pdf = std::fs::read(input)?;
    let signer = Pkcs12Signer::open(&std::fs::read(key)?, passphrase)?;
    let workers = workers.parse()?;
    let batch = Batch { signer: &signer, stamping: None, workers, now: jiff::Timestamp::now() };
    let begin = Instant::now();
    let load = |_: &usize| -> Result<_, std::io::Error> {
        Ok(BatchDocument { bytes: pdf.clone(), options: SignOptions::default() })
    };
    let summary = batch.run(0..count.parse()?, load, |_, _| {});
    let seconds = begin.elapsed().as_secs_f64();
    let rate = summary.signed as f64 / seconds;
    println!("{} signed, {} failed, {workers} workers: {rate:.0} a second", summary.signed, summary.failed);
    Ok(())
}
