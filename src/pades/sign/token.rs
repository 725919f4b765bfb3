//! Keys on tokens and HSMs, through the PKCS #11 module of their maker (OASIS PKCS #11 v3.1).
//!
//! The module is a library on this machine that the caller names; loading it is the one thing in this crate
//! that reaches outside, and only under the feature `pkcs11`.

use std::fmt;
use std::path::Path;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use openssl::x509::{X509, X509VerifyResult};

use crate::cms::SignatureAlgorithm;
use crate::sign::token_session::{Worker, device, pin_error};
use crate::sign::{Signer, SignerError};

/// The driver of a kind of token. Load it once; a process has one state for each module.
#[derive(Clone)]
pub struct TokenModule {
    context: Pkcs11,
}

/// Which key to use.
#[derive(Debug, Clone, Default)]
pub struct KeyChoice {
    /// Label of the token; `None` if only one is there.
    pub token: Option<String>,
    /// Label of the key; `None` if only one is on the token.
    pub key: Option<String>,
    /// Take the key of the first of `certificates`, found by that certificate where the token holds it too.
    pub of_certificate: bool,
    /// Certificates that may be missing on the token: the signer's or those above it.
    pub certificates: Vec<X509>,
    /// Try the PIN even when one more wrong one would lock the token.
    pub risks_final_try: bool,
}

/// Why a token gives no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The module cannot be loaded.
    #[error("the module cannot be loaded: {0}")]
    Module(String),
    /// There is no token, or none of that name.
    #[error("the token is not there")]
    NoToken,
    /// More than one token fits, and none was named.
    #[error("there is more than one token: name one")]
    SeveralTokens,
    /// No private key, or none of that name.
    #[error("there is no such key on the token")]
    NoKey,
    /// More than one key fits, and none was named.
    #[error("there is more than one key on the token: name one")]
    SeveralKeys,
    /// No certificate belongs to the key.
    #[error("there is no certificate for the key")]
    NoCertificate,
    /// Somebody in this process is logged in already, so the PIN could not be checked.
    #[error("the token is in use")]
    InUse,
    /// The PIN was not accepted, or not tried.
    #[error(transparent)]
    Pin(#[from] SignerError),
    /// The device failed.
    #[error("the token failed: {0}")]
    Device(String),
}

impl From<Error> for TokenError {
    fn from(error: Error) -> TokenError {
        TokenError::Device(error.to_string())
    }
}

impl TokenModule {
    /// Loads a module and starts it.
    pub fn load(path: &Path) -> Result<TokenModule, TokenError> {
        let context = Pkcs11::new(path).map_err(|error| TokenError::Module(error.to_string()))?;
        match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            // Somebody else in this process has started it, which is as good.
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {
                Ok(TokenModule { context })
            }
            Err(error) => Err(TokenError::Module(error.to_string())),
        }
    }

    /// The labels of all tokens that are there.
    pub fn tokens(&self) -> Result<Vec<String>, TokenError> {
        let mut labels = Vec::new();
        for slot in self.context.get_slots_with_initialized_token()? {
            labels.push(self.context.get_token_info(slot)?.label().to_owned());
        }
        Ok(labels)
    }

    /// Logs in, once, and takes a key. A PIN that was refused is not tried again.
    pub fn open(&self, choice: &KeyChoice, pin: &str) -> Result<TokenSigner, TokenError> {
        let slot = self.slot(choice.token.as_deref())?;
        let token = self.context.get_token_info(slot)?;
        if token.user_pin_locked() {
            return Err(SignerError::PinLocked.into());
        }
        // The person must know before the last try, not after it.
        if token.user_pin_final_try() && !choice.risks_final_try {
            return Err(SignerError::PinFinalTry.into());
        }
        let session = self.context.open_ro_session(slot)?;
        let pin = AuthPin::new(pin.into());
        match session.login(UserType::User, Some(&pin)) {
            Ok(()) => {}
            // Going on would sign with a PIN that nobody has checked.
            Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => return Err(TokenError::InUse),
            Err(error) => return Err(pin_error(&error).map_or_else(|| error.into(), TokenError::Pin)),
        }
        let key = Key::find(&session, choice)?;
        let certificates = certificates(&session, &key, &choice.certificates)?;
        let mechanisms = self.context.get_mechanism_list(slot)?;
        let pin = key.always_authenticate.then_some(pin);
        let worker = Worker { session, key: key.handle, pin, mechanisms };
        Ok(TokenSigner { certificates, desk: worker.start().map_err(|e| TokenError::Device(e.to_string()))? })
    }

    fn slot(&self, label: Option<&str>) -> Result<Slot, TokenError> {
        let mut found = Vec::new();
        for slot in self.context.get_slots_with_initialized_token()? {
            let own = self.context.get_token_info(slot)?;
            if label.is_none_or(|label| own.label() == label) {
                found.push(slot);
            }
        }
        match found.as_slice() {
            [] => Err(TokenError::NoToken),
            [one] => Ok(*one),
            _ => Err(TokenError::SeveralTokens),
        }
    }
}

impl fmt::Debug for TokenModule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenModule(…)")
    }
}

/// A key on a token. One thread talks to it; requests from several threads wait their turn.
pub struct TokenSigner {
    certificates: Vec<X509>,
    desk: device::Desk,
}

impl Signer for TokenSigner {
    fn certificates(&self) -> &[X509] {
        &self.certificates
    }

    fn sign(&self, message: &[u8], algorithm: SignatureAlgorithm) -> Result<Vec<u8>, SignerError> {
        self.desk.sign(message, algorithm)
    }
}

/// Shows nothing of the key.
impl fmt::Debug for TokenSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSigner(…)")
    }
}

/// A private key as the token describes it.
struct Key {
    handle: ObjectHandle,
    id: Vec<u8>,
    /// The token wants the PIN for each signature (CKA_ALWAYS_AUTHENTICATE).
    always_authenticate: bool,
}

impl Key {
    fn find(session: &Session, choice: &KeyChoice) -> Result<Key, TokenError> {
        let mut template = vec![Attribute::Class(ObjectClass::PRIVATE_KEY)];
        template.extend(choice.key.as_ref().map(|label| Attribute::Label(label.as_bytes().to_vec())));
        if let (true, Some(own)) = (choice.of_certificate, choice.certificates.first()) {
            template.extend(identifier_of(session, own)?.map(Attribute::Id));
        }
        let handle = match session.find_objects(&template)?.as_slice() {
            [] => return Err(TokenError::NoKey),
            [one] => *one,
            _ => return Err(TokenError::SeveralKeys),
        };
        let mut key = Key { handle, id: Vec::new(), always_authenticate: false };
        let wanted = [AttributeType::Id, AttributeType::AlwaysAuthenticate];
        for attribute in session.get_attributes(handle, &wanted)? {
            match attribute {
                Attribute::Id(id) => key.id = id,
                Attribute::AlwaysAuthenticate(always) => key.always_authenticate = always,
                _ => {}
            }
        }
        Ok(key)
    }
}

/// The identifier that a certificate has on the token, which its key has too; `None` if it is not there.
fn identifier_of(session: &Session, certificate: &X509) -> Result<Option<Vec<u8>>, TokenError> {
    let der = certificate.to_der().map_err(|error| TokenError::Device(error.to_string()))?;
    let template = [Attribute::Class(ObjectClass::CERTIFICATE), Attribute::Value(der)];
    let Some(found) = session.find_objects(&template)?.first().copied() else { return Ok(None) };
    for attribute in session.get_attributes(found, &[AttributeType::Id])? {
        if let Attribute::Id(id) = attribute {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// The key's certificate, which has its identifier, and the chain above it from token and caller.
fn certificates(session: &Session, key: &Key, given: &[X509]) -> Result<Vec<X509>, TokenError> {
    let mut own = None;
    let mut others = Vec::new();
    for handle in session.find_objects(&[Attribute::Class(ObjectClass::CERTIFICATE)])? {
        let (mut id, mut value) = (Vec::new(), Vec::new());
        for attribute in session.get_attributes(handle, &[AttributeType::Id, AttributeType::Value])? {
            match attribute {
                Attribute::Id(bytes) => id = bytes,
                Attribute::Value(bytes) => value = bytes,
                _ => {}
            }
        }
        let Ok(certificate) = X509::from_der(&value) else { continue };
        if id == key.id && own.is_none() {
            own = Some(certificate);
        } else {
            others.push(certificate);
        }
    }
    // A token without certificates: the caller's first one is the signer's. That it fits is checked with
    // the signature itself, as for every other key.
    let own = own.or_else(|| given.first().cloned()).ok_or(TokenError::NoCertificate)?;
    others.extend(given.iter().cloned());
    Ok(chain(own, &others))
}

/// The certificates above the signer's; a token may hold those of other keys too, which do not belong here.
fn chain(own: X509, others: &[X509]) -> Vec<X509> {
    let mut chain = vec![own];
    while let Some(last) = chain.last() {
        let above = others.iter().find(|above| above.issued(last) == X509VerifyResult::OK);
        match above {
            Some(above) if !chain.contains(above) => chain.push(above.clone()),
            _ => break,
        }
    }
    chain
}
