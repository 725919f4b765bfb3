//! Signs a PDF with a PKCS #12 file: `sign IN.pdf OUT.pdf KEY.p12 PASSPHRASE [REASON]`.

#![expect(clippy::disallowed_methods, reason = "a command-line example reads files and the clock itself")]

use std::error::Error;

use pades::sign::{Pkcs12Signer, SignOptions, sign};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output, key, passphrase, reason @ ..] = arguments.as_slice() else {
        return Err("usage: sign IN.pdf OUT.pdf KEY.p12 PASSPHRASE [REASON]".into());
    };
    let pdf = std::fs::read(input)?;
    let signer = Pkcs12Signer::open(&std::fs::read(key)?, passphrase)?;
    let options = SignOptions { reason: reason.first().cloned(), ..SignOptions::default() };
    let signed = sign(&pdf, &options, &signer, None, jiff::Timestamp::now())?;
    std::fs::write(output, signed.onto(&pdf))?;
    Ok(())
}
