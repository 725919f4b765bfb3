//! Signs a PDF with a key on a token: `sign_with_token IN.pdf OUT.pdf MODULE.so TOKEN KEY PIN [CHAIN.pem]`.

#![expect(clippy::disallowed_methods, reason = "a command-line example reads files and the clock itself")]

use std::error::Error;
use std::path::Path;

use openssl::x509::X509;
use pades::sign::{KeyChoice, SignOptions, TokenModule, sign};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output, module, token, key, pin, chain @ ..] = arguments.as_slice() else {
        return Err("usage: sign_with_token IN.pdf OUT.pdf MODULE.so TOKEN KEY PIN [CHAIN.pem]".into());
    };
    let certificates = match chain.first() {
        Some(chain) => X509::stack_from_pem(&std::fs::read(chain)?)?,
        None => Vec::new(),
    };
    let module = TokenModule::load(Path::new(module))?;
    let choice = KeyChoice {
        token: Some(token.clone()),
        key: Some(key.clone()),
        certificates,
        ..KeyChoice::default()
    };
    let signer = module.open(&choice, pin)?;
    let pdf = std::fs::read(input)?;
    let signed = sign(&pdf, &SignOptions::default(), &signer, None, jiff::Timestamp::now())?;
    std::fs::write(output, signed.onto(&pdf))?;
    Ok(())
}
