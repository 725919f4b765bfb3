//! Forms as a reader, a checker and a signer find them.

#![expect(clippy::unwrap_used, reason = "a test may stop where it cannot go on")]
#![expect(clippy::disallowed_methods, reason = "no runtime runs here that a file could block")]

mod archiving;
mod conclusions;
mod documents;
mod looking;
mod reading;
mod samples;
mod signing;

use std::path::PathBuf;
use std::process::{Command, Output};

use typeset::{
    ConclusionNotice, Fonts, Invitation, Minutes, NamedDocument, Placed, Typesetter, VerificationReport,
};

/// Sets an invitation; nothing if the fonts are not installed.
fn set_invitation(form: &Invitation) -> Option<Placed> {
    Some(typesetter()?.invitation(form, &samples::making()).unwrap())
}

/// Sets minutes; nothing if the fonts are not installed.
fn set_minutes(form: &Minutes) -> Option<Placed> {
    Some(typesetter()?.minutes(form, &samples::making()).unwrap())
}

/// Sets a notice of conclusions; nothing if the fonts are not installed.
fn set_notice(form: &ConclusionNotice) -> Option<Placed> {
    Some(typesetter()?.conclusion_notice(form, &samples::making()).unwrap())
}

/// Sets a named document; nothing if the fonts are not installed.
fn set_document(form: &NamedDocument) -> Option<Placed> {
    Some(typesetter()?.document(form, &samples::making()).unwrap())
}

/// Sets the report of a check; nothing if the fonts are not installed.
fn set_report(form: &VerificationReport) -> Option<Placed> {
    Some(typesetter()?.verification_report(form, &samples::making()).unwrap())
}

/// A typesetter with Tinos, if it is installed.
///
/// The app brings it from npm; `ECABINET_TEST_FONTS` names another folder.
fn typesetter() -> Option<Typesetter> {
    let installed =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../static/node_modules/@expo-google-fonts/tinos");
    let folder =
        std::env::var_os("ECABINET_TEST_FONTS").map_or_else(|| PathBuf::from(installed), PathBuf::from);
    let faces = [
        "400Regular/Tinos_400Regular.ttf",
        "400Regular_Italic/Tinos_400Regular_Italic.ttf",
        "700Bold/Tinos_700Bold.ttf",
        "700Bold_Italic/Tinos_700Bold_Italic.ttf",
    ];
    let files = faces.iter().map(|face| std::fs::read(folder.join(face))).collect::<Result<Vec<_>, _>>();
    let Ok(files) = files else {
        left_out("fonts");
        return None;
    };
    Some(Typesetter::new(Fonts::new(files).unwrap()))
}

/// Runs a program on the file: `{}` in the arguments becomes its path.
/// Nothing if the program is not installed.
fn run(program: &str, arguments: &[&str], placed: &Placed) -> Option<Output> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &placed.pdf).unwrap();
    let path = file.path().to_str().unwrap();
    let output = Command::new(program).args(arguments.iter().map(|it| it.replace("{}", path))).output();
    if output.is_err() {
        left_out(program);
    }
    output.ok()
}

/// The text of the pages from `first` on, as poppler reads it.
fn text(placed: &Placed, first: usize) -> Option<String> {
    let output = run("pdftotext", &["-f", &first.to_string(), "{}", "-"], placed)?;
    Some(String::from_utf8(output.stdout).unwrap())
}

/// The letters alone: where lines break is not what a test of words asks.
fn letters(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace() && *character != '\u{200b}').collect()
}

#[expect(clippy::print_stderr, reason = "a test that did not run must say so")]
fn left_out(what: &str) {
    eprintln!("left out: {what} not installed");
}
