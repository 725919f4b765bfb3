//! Keys of organisations in a module of this server (PKCS #11), such as an HSM.
//!
//! They never leave it. Its PIN comes from the settings, so pressing a button
//! must not be all that a seal takes: whoever seals says who they are first.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use openssl::x509::X509;
use pades::SignatureAlgorithm;
use pades::sign::{KeyChoice, Signer, SignerError, TokenError, TokenModule, TokenSigner};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::config::{Config, Secret};

/// The module of this server; cheap to clone.
#[derive(Clone, Debug)]
pub struct SealModule {
    module: TokenModule,
    token: Option<String>,
    pin: Secret,
    /// A process logs in to a token once at a time.
    turn: Arc<Mutex<()>>,
    /// The PIN of the settings was refused: trying it again would lock the module.
    refused: Arc<AtomicBool>,
}

#[derive(Debug, thiserror::Error)]
pub enum ModuleError {
    #[error("the module refused its PIN before, and it is not tried again until the service starts anew")]
    Refused,
    #[error("the certificate bound to the organisation cannot be read")]
    Certificate(#[from] openssl::error::ErrorStack),
    #[error("the module gives no key")]
    Token(#[from] TokenError),
    #[error("the module's key belongs to another certificate than the bound one")]
    OtherKey,
    #[error("the work broke off")]
    Broken(#[from] tokio::task::JoinError),
}

impl SealModule {
    /// The module the settings name. `None`: they name none.
    pub fn of(config: &Config) -> Result<Option<Self>, TokenError> {
        if config.seal_module.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self {
            module: TokenModule::load(Path::new(&config.seal_module))?,
            token: Some(config.seal_token.clone()).filter(|token| !token.is_empty()),
            pin: config.seal_pin.clone(),
            turn: Arc::default(),
            refused: Arc::default(),
        }))
    }

    /// The labels of the tokens that are there.
    pub fn tokens(&self) -> Result<Vec<String>, TokenError> {
        self.module.tokens()
    }

    /// Logs in and takes the key of a certificate, for what is sealed now.
    pub async fn open(&self, certificate: &[u8]) -> Result<ModuleKey, ModuleError> {
        let own = X509::from_der(certificate)?;
        let turn = self.turn.clone().lock_owned().await;
        if self.refused.load(Ordering::Relaxed) {
            return Err(ModuleError::Refused);
        }
        let (module, pin) = (self.module.clone(), self.pin.clone());
        let choice = KeyChoice {
            token: self.token.clone(),
            certificates: vec![own.clone()],
            of_certificate: true,
            ..KeyChoice::default()
        };
        let opened = tokio::task::spawn_blocking(move || module.open(&choice, pin.reveal())).await?;
        if let Err(TokenError::Pin(error)) = &opened {
            tracing::error!(%error, "The module of the seal refused the PIN of the settings (seal_pin)");
            self.refused.store(true, Ordering::Relaxed);
        }
        let signer = opened?;
        if signer.certificates().first() != Some(&own) {
            return Err(ModuleError::OtherKey);
        }
        Ok(ModuleKey { signer, _turn: turn })
    }
}

/// A key in the module, while it is used. The session ends before the next one begins.
#[derive(Debug)]
pub struct ModuleKey {
    signer: TokenSigner,
    _turn: OwnedMutexGuard<()>,
}

impl Signer for ModuleKey {
    fn certificates(&self) -> &[X509] {
        self.signer.certificates()
    }

    fn sign(&self, message: &[u8], algorithm: SignatureAlgorithm) -> Result<Vec<u8>, SignerError> {
        self.signer.sign(message, algorithm)
    }
}
