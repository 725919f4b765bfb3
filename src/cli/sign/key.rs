//! The key that signs: in a file or on a token.

use std::path::Path;

use pades::sign::{KeyChoice, Pkcs12Signer, Signer, TokenModule};

use super::super::files;
use super::{Refusal, SignArguments};

pub(super) fn open(arguments: &SignArguments) -> Result<Box<dyn Signer>, Refusal> {
    match (&arguments.pkcs12, &arguments.pkcs11) {
        (Some(archive), None) => from_file(archive, arguments),
        (None, Some(module)) => from_token(module, arguments),
        _ => Err(Refusal::Usage("name one key: --pkcs12 or --pkcs11".to_owned())),
    }
}

fn from_file(archive: &Path, arguments: &SignArguments) -> Result<Box<dyn Signer>, Refusal> {
    let archive = files::read(archive).map_err(Refusal::Refused)?;
    let passphrase = arguments.passphrase_env.as_deref().map(files::secret).transpose();
    let passphrase = passphrase.map_err(Refusal::Usage)?.unwrap_or_default();
    let signer = Pkcs12Signer::open(&archive, &passphrase).map_err(|error| Refusal::of(&error))?;
    Ok(Box::new(signer))
}

fn from_token(module: &Path, arguments: &SignArguments) -> Result<Box<dyn Signer>, Refusal> {
    let pin =
        arguments.pin_env.as_deref().ok_or_else(|| Refusal::Usage("--pin-env is missing".to_owned()))?;
    let pin = files::secret(pin).map_err(Refusal::Usage)?;
    let choice =
        KeyChoice { token: arguments.token.clone(), key: arguments.key.clone(), ..KeyChoice::default() };
    let token = TokenModule::load(module).and_then(|module| module.open(&choice, &pin));
    Ok(Box::new(token.map_err(|error| Refusal::of(&error))?))
}
