//! `ecabinet timestamp`: appends a document timestamp, and before it what it is to protect.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use jiff::Timestamp;
use pades::pdf::{Password, Pdf};
use pades::sign::{Level, LongTerm, SignError, Stamping, append_document_timestamp_to, extend_source};

use super::files::{self, Draft};
use super::network::{self, Network, Proofs};
use super::say_line;
use super::sign::Refusal;
use crate::clock::Clock;

#[derive(Debug, Args)]
pub struct TimestampArguments {
    file: PathBuf,
    /// Where the stamped file goes; nothing is written when stamping is refused.
    #[arg(short, long)]
    out: PathBuf,
    /// Timestamp authority (RFC 3161).
    #[arg(long, value_name = "URL")]
    tsa: String,
    /// A file, or a folder of files, with root certificates: where the chains of the signatures end.
    #[arg(long, value_name = "PEM_OR_DIR")]
    trust: Vec<PathBuf>,
    /// Variable with the password of an encrypted file.
    #[arg(long, value_name = "VAR")]
    password_env: Option<String>,
}

pub(super) fn run(arguments: &TimestampArguments) -> ExitCode {
    Refusal::exit(stamp_file(arguments))
}

fn stamp_file(arguments: &TimestampArguments) -> Result<(), Refusal> {
    let password = arguments.password_env.as_deref().map(files::secret).transpose();
    let password = password.map_err(Refusal::Usage)?.map(Password::from);
    let draft = Draft::copy(&arguments.file, &arguments.out).map_err(Refusal::Refused)?;
    let network = Network::open()?;
    let authority = network.authority(&arguments.tsa);
    let stamping = network::stamping(&authority)?;
    let proofs = Proofs::new(&network, &arguments.trust, &[])?;
    let now = Clock::System.now().to_jiff();
    let wish = LongTerm {
        target: Level::BLTA,
        collection: proofs.collection(now),
        stamping: Some(&stamping),
        password: password.as_ref(),
    };
    let appended = match extend_source(&draft, &wish, now) {
        Ok(extended) if extended.level == Level::BLTA => extended.appended,
        // A time without proofs is worth having; that it is no more is said.
        Ok(extended) => {
            say_line(&format!("only a time was added; {}", network::shortfall(&extended.missing)));
            stamp_alone(&draft, password.as_ref(), &stamping, now)?
        }
        Err(SignError::NothingToExtend) => stamp_alone(&draft, password.as_ref(), &stamping, now)?,
        Err(error) => return Err(Refusal::of(&error)),
    };
    draft.finish(&appended).map_err(Refusal::Refused)
}

fn stamp_alone(
    draft: &Draft,
    password: Option<&Password>,
    stamping: &Stamping<'_>,
    now: Timestamp,
) -> Result<Vec<u8>, Refusal> {
    let stamped = Pdf::open_source(draft).map_err(SignError::from).and_then(|mut file| {
        file.authenticate(password)?;
        append_document_timestamp_to(&file, stamping, now)
    });
    Ok(stamped.map_err(|error| Refusal::of(&error))?.appended)
}
