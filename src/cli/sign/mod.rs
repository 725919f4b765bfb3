//! `ecabinet sign`: appends one signature.

mod key;
mod look;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use pades::sign::{Level, LongTerm, SignOptions, Signed, Signer, sign_source, sign_source_to};

use self::look::{Place, place};
use super::files::Draft;
use super::network::{self, Network};
use super::{say_line, words};
use crate::clock::Clock;

#[derive(Debug, Args)]
pub struct SignArguments {
    file: PathBuf,
    /// Where the signed file goes; nothing is written when signing is refused.
    #[arg(short, long)]
    out: PathBuf,
    /// File with the key and its certificates.
    #[arg(long, value_name = "P12", required_unless_present = "pkcs11", conflicts_with = "pkcs11")]
    pkcs12: Option<PathBuf>,
    /// Variable with the passphrase; without it, the empty one is tried.
    #[arg(long, value_name = "VAR")]
    passphrase_env: Option<String>,
    #[arg(long, value_enum, default_value = "b-b")]
    level: LevelName,
    /// Timestamp authority, for every level above b-b.
    #[arg(long, value_name = "URL")]
    tsa: Option<String>,
    /// Certify: 1 permits no change, 2 forms and signatures, 3 comments too.
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=3))]
    certify: Option<u8>,
    /// Name of the signature field.
    #[arg(long)]
    field: Option<String>,
    /// Show the signature: page from 1, then left, bottom, width, height in points.
    #[arg(long, value_name = "PAGE,X,Y,W,H", value_parser = place)]
    visible: Option<Place>,
    /// Picture to show.
    #[arg(long, value_name = "PNG", requires = "visible")]
    image: Option<PathBuf>,
    /// Text to show; \n starts a new line.
    #[arg(long, requires = "visible")]
    text: Option<String>,
    #[arg(long)]
    reason: Option<String>,
    #[arg(long)]
    location: Option<String>,
    /// Module of a token or HSM (PKCS #11), instead of --pkcs12.
    #[arg(long, value_name = "MODULE")]
    pkcs11: Option<PathBuf>,
    /// Label of the token, where there are several.
    #[arg(long, value_name = "LABEL", requires = "pkcs11")]
    token: Option<String>,
    /// Label of the key, where there are several.
    #[arg(long, value_name = "LABEL", requires = "pkcs11")]
    key: Option<String>,
    /// Variable with the PIN. It is tried once.
    #[arg(long, value_name = "VAR", requires = "pkcs11")]
    pin_env: Option<String>,
    /// Variable with the password of an encrypted file.
    #[arg(long, value_name = "VAR")]
    password_env: Option<String>,
    /// A file, or a folder of files, with root certificates: where the chains of levels b-lt and b-lta end.
    #[arg(long, value_name = "PEM_OR_DIR")]
    trust: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum LevelName {
    #[value(name = "b-b")]
    BB,
    #[value(name = "b-t")]
    BT,
    #[value(name = "b-lt")]
    BLt,
    #[value(name = "b-lta")]
    BLta,
}

/// Why nothing was written, and whose fault it is.
pub(super) enum Refusal {
    /// Exit code 2.
    Usage(String),
    /// Exit code 1.
    Refused(String),
}

impl Refusal {
    /// The error with all its causes.
    pub(super) fn of(error: &dyn std::error::Error) -> Self {
        Self::Refused(words(error))
    }

    pub(super) fn exit(done: Result<(), Self>) -> ExitCode {
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(Self::Refused(reason)) => {
                say_line(&reason);
                ExitCode::from(1)
            }
            Err(Self::Usage(reason)) => {
                say_line(&reason);
                ExitCode::from(2)
            }
        }
    }
}

pub(super) fn run(arguments: &SignArguments) -> ExitCode {
    Refusal::exit(sign_file(arguments))
}

fn sign_file(arguments: &SignArguments) -> Result<(), Refusal> {
    let options = look::options(arguments)?;
    let key = key::open(arguments)?;
    let draft = Draft::copy(&arguments.file, &arguments.out).map_err(Refusal::Refused)?;
    let now = Clock::System.now().to_jiff();
    let signed = match (arguments.level, &arguments.tsa) {
        (LevelName::BB, None) => {
            sign_source(&draft, &options, &*key, None, now).map_err(|error| Refusal::of(&error))?
        }
        (LevelName::BB, Some(_)) => {
            return Err(Refusal::Usage("--tsa makes a signature of level b-t; say --level b-t".to_owned()));
        }
        (_, None) => return Err(Refusal::Usage("every level above b-b needs --tsa URL".to_owned())),
        (_, Some(address)) => sign_and_raise(arguments, address, &options, &*key, &draft)?,
    };
    draft.finish(&signed.appended).map_err(Refusal::Refused)
}

/// Signs to a level above B-B. What does not reach it is refused: the person asked for it.
fn sign_and_raise(
    arguments: &SignArguments,
    address: &str,
    options: &SignOptions,
    key: &dyn Signer,
    draft: &Draft,
) -> Result<Signed, Refusal> {
    let now = Clock::System.now().to_jiff();
    let network = Network::open()?;
    let authority = network.authority(address);
    let stamping = network::stamping(&authority)?;
    let proofs = network::Proofs::new(&network, &arguments.trust, key.certificates())?;
    let target = arguments.level.level();
    let wish = LongTerm {
        target,
        collection: proofs.collection(now),
        stamping: Some(&stamping),
        password: options.password.as_ref(),
    };
    let signed = sign_source_to(draft, options, key, &wish, now).map_err(|error| Refusal::of(&error))?;
    if signed.level < target {
        return Err(Refusal::Refused(network::shortfall(&signed.missing)));
    }
    Ok(signed)
}

impl LevelName {
    fn level(self) -> Level {
        match self {
            Self::BB => Level::BB,
            Self::BT => Level::BT,
            Self::BLt => Level::BLT,
            Self::BLta => Level::BLTA,
        }
    }
}
