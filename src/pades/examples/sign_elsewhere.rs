//! Signing in two halves, with the key in another place.
//!
//! `sign_elsewhere prepare IN.pdf CHAIN.pem STATE.json` writes what must be kept and prints what must be signed;
//! `sign_elsewhere complete IN.pdf STATE.json VALUE OUT.pdf` takes the signature value, or a whole CMS, as a file.

#![expect(clippy::disallowed_methods, reason = "a command-line example reads files and the clock itself")]
#![allow(clippy::print_stdout, reason = "what is to be signed goes to whoever signs")]

use std::error::Error;

use openssl::x509::X509;
use pades::sign::{Prepared, SignOptions, prepare};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["prepare", input, chain, state] => first_half(input, chain, state),
        ["complete", input, state, value, output] => second_half(input, state, value, output),
        _ => {
            Err("usage: prepare IN.pdf CHAIN.pem STATE.json | complete IN.pdf STATE.json VALUE OUT.pdf"
                .into())
        }
    }
}

fn first_half(input: &str, chain: &str, state: &str) -> Result<(), Box<dyn Error>> {
    let certificates = X509::stack_from_pem(&std::fs::read(chain)?)?;
    // Room for a CMS that somebody else makes, with a timestamp of theirs in it.
    let options = SignOptions { contents_room: Some(32_768), ..SignOptions::default() };
    let now = jiff::Timestamp::now();
    let prepared = prepare(&std::fs::read(input)?, &options, &certificates, None, now)?;
    std::fs::write(state, serde_json::to_string(&prepared)?)?;
    println!("algorithm       {:?}", prepared.algorithm());
    println!("document digest {}", prepared.document_digest());
    println!("to be signed    {}", hex::encode(prepared.to_be_signed()));
    Ok(())
}

fn second_half(input: &str, state: &str, value: &str, output: &str) -> Result<(), Box<dyn Error>> {
    let prepared: Prepared = serde_json::from_slice(&std::fs::read(state)?)?;
    let value = std::fs::read(value)?;
    // A wrong value becomes no file, so the second reading is only tried where the first one refuses.
    let signed = prepared.complete(&value, None).or_else(|_| prepared.complete_with_cms(&value))?;
    std::fs::write(output, signed.onto(&std::fs::read(input)?))?;
    Ok(())
}
