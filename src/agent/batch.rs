//! Documents that wait for one PIN, and the signing of them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use openssl::x509::X509;
use pades::SignatureAlgorithm;
use pades::sign::{KeyChoice, Signer, SignerError, TokenError, TokenSigner};
use tokio::sync::mpsc;

use super::Desk;

/// The value of a PDF signature's attributes: a SET (X.690) …
const SET: u8 = 0x31;
/// … with a message digest in it (RFC 5652 §11.2).
const MESSAGE_DIGEST: &[u8] = &[0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x04];

/// What a page asks to have signed.
pub(super) struct Batch {
    pub origin: String,
    /// The certificate the office has bound; DER.
    pub certificate: Vec<u8>,
    pub documents: Vec<Document>,
    /// To the page that asked.
    pub outcomes: mpsc::Sender<Outcome>,
    /// From it: the value before was taken.
    pub taken: mpsc::Receiver<()>,
}

#[derive(Clone, Debug)]
pub(super) struct Document {
    pub id: String,
    pub title: String,
    /// The signed attributes, which hold the document's digest.
    pub message: Vec<u8>,
    pub algorithm: SignatureAlgorithm,
}

/// What became of one document.
#[derive(Debug)]
pub(super) enum Outcome {
    Signed { id: String, value: Vec<u8> },
    Failed { id: String, why: &'static str },
    Done,
}

/// Batches that wait for their PIN, by names that nobody can guess.
#[derive(Default)]
pub(super) struct Batches(Mutex<HashMap<String, Batch>>);

impl Batches {
    pub fn put(&self, name: String, batch: Batch) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name, batch);
    }

    /// Takes a batch for the one try it gets.
    pub fn take(&self, name: &str) -> Option<Batch> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name)
    }

    /// Reads of a batch what its page shows.
    pub fn look<T>(&self, name: &str, read: impl FnOnce(&Batch) -> T) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).map(read)
    }
}

/// Signs no more than PDF signatures: with any bytes a page could log in
/// elsewhere in the holder's name.
pub(super) fn is_signed_attributes(message: &[u8]) -> bool {
    message.first() == Some(&SET)
        && message.windows(MESSAGE_DIGEST.len()).any(|window| window == MESSAGE_DIGEST)
}

/// Logs in with the PIN, once. Blocks.
pub(super) fn open(desk: &Desk, batch: &Batch, pin: &str) -> Result<TokenSigner, &'static str> {
    let own = X509::from_der(&batch.certificate).map_err(|_| "certificate")?;
    let choice = KeyChoice {
        token: desk.token.clone(),
        key: desk.key.clone(),
        certificates: vec![own.clone()],
        of_certificate: desk.key.is_none(),
        risks_final_try: false,
    };
    let signer = desk.module.open(&choice, pin).map_err(|error| why(&error))?;
    // The office would refuse what another key signs; better said before fifty signatures than after.
    if signer.certificates().first() == Some(&own) { Ok(signer) } else { Err("other-key") }
}

/// Signs the documents one after the other; the next only when the office has
/// taken the one before, so that no signature is made that nobody keeps. Blocks.
pub(super) fn run(mut batch: Batch, signer: &TokenSigner) {
    let mut ended = None;
    for document in std::mem::take(&mut batch.documents) {
        let made = match ended {
            Some(why) => Err(why),
            None => signer.sign(&document.message, document.algorithm).map_err(|error| ending(&error)),
        };
        let (outcome, is_signed) = match made {
            Ok(value) => (Outcome::Signed { id: document.id, value }, true),
            Err(why) => (Outcome::Failed { id: document.id, why }, false),
        };
        if let Outcome::Failed { why, .. } = &outcome {
            // The token is gone or has refused: the rest stays to be signed.
            ended = Some(*why);
        }
        let is_sent = batch.outcomes.blocking_send(outcome).is_ok();
        if !is_sent || (is_signed && batch.taken.blocking_recv().is_none()) {
            return;
        }
    }
    // Nobody listening means that nobody waits.
    let _ = batch.outcomes.blocking_send(Outcome::Done);
}

/// Says of every document that it was not signed.
pub(super) async fn fail(batch: Batch, why: &'static str) {
    for document in batch.documents {
        if batch.outcomes.send(Outcome::Failed { id: document.id, why }).await.is_err() {
            return;
        }
    }
    let _ = batch.outcomes.send(Outcome::Done).await;
}

fn why(error: &TokenError) -> &'static str {
    match error {
        TokenError::Pin(error) => ending(error),
        TokenError::NoToken => "no-token",
        TokenError::SeveralTokens => "several-tokens",
        TokenError::NoKey | TokenError::NoCertificate => "no-key",
        TokenError::SeveralKeys => "several-keys",
        TokenError::InUse => "in-use",
        TokenError::Module(_) | TokenError::Device(_) => "device",
    }
}

fn ending(error: &SignerError) -> &'static str {
    match error {
        SignerError::WrongPin => "wrong-pin",
        SignerError::PinLocked => "locked",
        SignerError::PinFinalTry => "final-try",
        SignerError::Algorithm(_) => "algorithm",
        SignerError::Refused(_) | SignerError::Failed(_) => "device",
    }
}

#[cfg(test)]
mod tests {
    use super::{MESSAGE_DIGEST, is_signed_attributes};

    #[test]
    fn only_the_attributes_of_a_signature_are_signed() {
        assert!(is_signed_attributes(&[&[0x31, 0x20][..], MESSAGE_DIGEST].concat()));
        assert!(!is_signed_attributes(&[&[0x30, 0x20][..], MESSAGE_DIGEST].concat()));
        assert!(!is_signed_attributes(b"\x31 a challenge of some other service"));
        assert!(!is_signed_attributes(b""));
    }
}
