//! `ecabinet sign` and what it shares with `ecabinet timestamp`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use pades::sign::{Appearance, Font, Line, Permission, Pkcs12Signer, SignOptions, sign};

use super::network::{Network, stamping};
use super::{files, say_line};
use crate::clock::Clock;

/// For --text; every Vietnamese letter is in it.
const FONT: &[u8] = include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/static/node_modules/@expo-google-fonts/tinos/400Regular/Tinos_400Regular.ttf"
));
const TEXT_SIZE: f64 = 10.0;

#[derive(Debug, Args)]
pub struct SignArguments {
    file: PathBuf,
    /// Where the signed file goes; nothing is written when signing is refused.
    #[arg(short, long)]
    out: PathBuf,
    /// File with the key and its certificates.
    #[arg(long, value_name = "P12", required_unless_present = "pkcs11")]
    pkcs12: Option<PathBuf>,
    /// Variable with the passphrase; without it, the empty one is tried.
    #[arg(long, value_name = "VAR")]
    passphrase_env: Option<String>,
    #[arg(long, value_enum, default_value = "b-b")]
    level: LevelName,
    /// Timestamp authority, for --level b-t.
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
    /// Module of a token; not supported yet.
    #[arg(long, value_name = "MODULE")]
    pkcs11: Option<PathBuf>,
    #[arg(long, requires = "pkcs11")]
    token: Option<String>,
    #[arg(long, requires = "pkcs11")]
    key: Option<String>,
    #[arg(long, value_name = "VAR", requires = "pkcs11")]
    pin_env: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
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

#[derive(Clone, Copy, Debug)]
struct Place {
    page: usize,
    rectangle: [f64; 4],
}

fn place(text: &str) -> Result<Place, String> {
    let wanted = "five numbers: PAGE,X,Y,W,H";
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let [page, numbers @ ..] = parts.as_slice() else { return Err(wanted.to_owned()) };
    let page = page.parse().map_err(|_| wanted.to_owned())?;
    let numbers: Result<Vec<f64>, _> = numbers.iter().map(|number| number.parse()).collect();
    let rectangle = numbers.ok().and_then(|numbers| <[f64; 4]>::try_from(numbers).ok());
    Ok(Place { page, rectangle: rectangle.ok_or_else(|| wanted.to_owned())? })
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
        Self::Refused(crate::jobs::Failure::from_error(error).to_string())
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
    refuse_unsupported(arguments)?;
    let options = options(arguments)?;
    let file = files::read(&arguments.file).map_err(Refusal::Refused)?;
    let signer = signer(arguments)?;
    let now = Clock::System.now().to_jiff();
    let signed = match &arguments.tsa {
        None => sign(&file, &options, &signer, None, now),
        Some(url) => {
            let network = Network::open()?;
            let authority = network.authority(url);
            sign(&file, &options, &signer, Some(&stamping(&authority)?), now)
        }
    };
    let signed = signed.map_err(|error| Refusal::of(&error))?;
    files::write(&arguments.out, &signed.onto(&file)).map_err(Refusal::Refused)
}

/// What is not there yet is refused, never left out silently.
fn refuse_unsupported(arguments: &SignArguments) -> Result<(), Refusal> {
    let reason = match arguments {
        SignArguments { pkcs11: Some(_), .. } => {
            "signing with a PKCS#11 token is not supported yet; use --pkcs12"
        }
        SignArguments { level: LevelName::BLt | LevelName::BLta, .. } => {
            "levels b-lt and b-lta are not supported yet; use b-b or b-t"
        }
        SignArguments { level: LevelName::BT, tsa: None, .. } => "level b-t needs --tsa URL",
        SignArguments { level: LevelName::BB, tsa: Some(_), .. } => {
            "--tsa makes a signature of level b-t; say --level b-t"
        }
        _ => return Ok(()),
    };
    Err(Refusal::Usage(reason.to_owned()))
}

fn options(arguments: &SignArguments) -> Result<SignOptions, Refusal> {
    let appearance = arguments.visible.map(|place| appearance(arguments, place)).transpose()?;
    let certify = arguments.certify.map(|number| match number {
        1 => Permission::Nothing,
        2 => Permission::Forms,
        _ => Permission::Annotations,
    });
    Ok(SignOptions {
        field: arguments.field.clone(),
        reason: arguments.reason.clone(),
        location: arguments.location.clone(),
        certify,
        appearance,
        ..SignOptions::default()
    })
}

fn appearance(arguments: &SignArguments, place: Place) -> Result<Appearance, Refusal> {
    let image = arguments.image.as_deref().map(files::read).transpose().map_err(Refusal::Usage)?;
    let text = arguments.text.as_deref().unwrap_or_default();
    let lines: Vec<Line> = text
        .split("\\n")
        .flat_map(str::lines)
        .filter_map(crate::identity::rules::clean_line)
        .map(|text| Line { text, size: TEXT_SIZE })
        .collect();
    let font = (!lines.is_empty()).then(|| Font(FONT.to_vec()));
    Ok(Appearance { page: place.page, rectangle: place.rectangle, image, lines, font })
}

fn signer(arguments: &SignArguments) -> Result<Pkcs12Signer, Refusal> {
    let Some(path) = &arguments.pkcs12 else {
        return Err(Refusal::Usage("--pkcs12 is missing".to_owned()));
    };
    let archive = files::read(path).map_err(Refusal::Refused)?;
    let passphrase = arguments.passphrase_env.as_deref().map(files::secret).transpose();
    let passphrase = passphrase.map_err(Refusal::Usage)?.unwrap_or_default();
    Pkcs12Signer::open(&archive, &passphrase).map_err(|error| Refusal::of(&error))
}
