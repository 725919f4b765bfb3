//! The one thread that talks to a token, and how algorithms are called there (PKCS #11 v3.1 §6).

use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::ObjectHandle;
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use openssl::bn::BigNum;
use openssl::ecdsa::EcdsaSig;

use crate::cms::{DigestAlgorithm, SignatureAlgorithm};
use crate::sign::SignerError;
use crate::sign::signer::digest_of;

use DigestAlgorithm::{Sha256, Sha384, Sha512};

/// The desk in front of the thread.
pub(crate) mod device {
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::thread::JoinHandle;

    use crate::cms::SignatureAlgorithm;
    use crate::sign::SignerError;

    /// A message to be signed, and where the answer goes.
    pub(crate) struct Job {
        pub(crate) message: Vec<u8>,
        pub(crate) algorithm: SignatureAlgorithm,
        pub(crate) answer: Sender<Result<Vec<u8>, SignerError>>,
    }

    /// Takes requests from any thread to the one that owns the session.
    pub(crate) struct Desk {
        jobs: Option<Sender<Job>>,
        thread: Option<JoinHandle<()>>,
    }

    impl Desk {
        /// Starts the thread, which works until the desk is gone.
        pub(crate) fn start(work: impl FnOnce(Receiver<Job>) + Send + 'static) -> std::io::Result<Desk> {
            let (jobs, received) = channel();
            let thread = std::thread::Builder::new().name("token".to_owned()).spawn(|| work(received))?;
            Ok(Desk { jobs: Some(jobs), thread: Some(thread) })
        }

        pub(crate) fn sign(
            &self,
            message: &[u8],
            algorithm: SignatureAlgorithm,
        ) -> Result<Vec<u8>, SignerError> {
            let gone = || SignerError::Failed("the token's thread has ended".to_owned());
            let (answer, received) = channel();
            let job = Job { message: message.to_vec(), algorithm, answer };
            let jobs = self.jobs.as_ref().ok_or_else(gone)?;
            jobs.send(job).map_err(|_| gone())?;
            received.recv().map_err(|_| gone())?
        }
    }

    /// Waits until the session is closed: the next login must find the token free.
    impl Drop for Desk {
        fn drop(&mut self) {
            self.jobs = None;
            if let Some(thread) = self.thread.take() {
                let _ = thread.join();
            }
        }
    }
}

/// What the thread owns.
pub(crate) struct Worker {
    pub(crate) session: Session,
    pub(crate) key: ObjectHandle,
    /// The PIN, kept only for a key that wants it for each signature.
    pub(crate) pin: Option<AuthPin>,
    pub(crate) mechanisms: Vec<MechanismType>,
}

impl Worker {
    pub(crate) fn start(self) -> std::io::Result<device::Desk> {
        device::Desk::start(move |jobs| {
            let mut ended = None;
            for job in jobs {
                let result = match &ended {
                    // A refused PIN is not tried again, whoever asks: the next one may lock the token.
                    Some(error) => Err(SignerError::clone(error)),
                    None => self.sign(&job.message, job.algorithm),
                };
                if let Err(error) = &result {
                    ended = ended.or_else(|| error.ends_session().then(|| error.clone()));
                }
                // Whoever asked may have given up; the next one may not.
                let _ = job.answer.send(result);
            }
        })
    }

    fn sign(&self, message: &[u8], algorithm: SignatureAlgorithm) -> Result<Vec<u8>, SignerError> {
        let value = match &self.pin {
            None => {
                let (mechanism, input) = on_hash(message, algorithm)?;
                self.session.sign(&mechanism, self.key, &input).map_err(failed)?
            }
            Some(pin) => self.sign_with_pin(message, algorithm, pin)?,
        };
        match algorithm {
            SignatureAlgorithm::Ecdsa(_) => ecdsa_der(&value),
            _ => Ok(value),
        }
    }

    /// The PIN goes between the beginning and the end of the operation (PKCS #11 v3.1 §5.6.8).
    ///
    /// This takes an operation in parts, which the mechanisms have that hash by themselves.
    fn sign_with_pin(
        &self,
        message: &[u8],
        algorithm: SignatureAlgorithm,
        pin: &AuthPin,
    ) -> Result<Vec<u8>, SignerError> {
        let mechanism = on_message(algorithm)?;
        if !self.mechanisms.contains(&mechanism.mechanism_type()) {
            return Err(SignerError::Algorithm("hashing on the token, which a PIN for each signature needs"));
        }
        self.session.sign_init(&mechanism, self.key).map_err(failed)?;
        self.session.login(UserType::ContextSpecific, Some(pin)).map_err(failed)?;
        self.session.sign_update(message).map_err(failed)?;
        self.session.sign_final().map_err(failed)
    }
}

/// What a failed login means; `None` if it is not about the PIN.
pub(crate) fn pin_error(error: &Error) -> Option<SignerError> {
    match error {
        Error::Pkcs11(RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange, _) => {
            Some(SignerError::WrongPin)
        }
        Error::Pkcs11(RvError::PinLocked, _) => Some(SignerError::PinLocked),
        Error::Pkcs11(RvError::PinExpired, _) => Some(SignerError::Refused("the PIN has expired".to_owned())),
        Error::Pkcs11(RvError::FunctionCanceled, _) => Some(SignerError::Refused("cancelled".to_owned())),
        _ => None,
    }
}

fn failed(error: Error) -> SignerError {
    match (pin_error(&error), &error) {
        (Some(error), _) => error,
        (None, Error::Pkcs11(RvError::MechanismInvalid | RvError::KeyTypeInconsistent, _)) => {
            SignerError::Algorithm("this signature algorithm")
        }
        (None, error) => SignerError::Failed(error.to_string()),
    }
}

/// The mechanism that signs a hash made here, and what goes into it.
fn on_hash(
    message: &[u8],
    algorithm: SignatureAlgorithm,
) -> Result<(Mechanism<'static>, Vec<u8>), SignerError> {
    let digest = digest_of(algorithm);
    let hash = digest.hash(&[message]);
    match algorithm {
        SignatureAlgorithm::RsaPkcs1(_) => Ok((Mechanism::RsaPkcs, digest.digest_info(&hash))),
        SignatureAlgorithm::RsaPss { mask, salt, .. } => {
            Ok((Mechanism::RsaPkcsPss(pss(digest, mask, salt)?), hash))
        }
        SignatureAlgorithm::Ecdsa(_) => Ok((Mechanism::Ecdsa, hash)),
        SignatureAlgorithm::Ed25519 => {
            Ok((Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Ed25519)), message.to_vec()))
        }
        SignatureAlgorithm::Ed448 => Err(SignerError::Algorithm("Ed448")),
    }
}

/// The mechanism that hashes the message itself.
fn on_message(algorithm: SignatureAlgorithm) -> Result<Mechanism<'static>, SignerError> {
    match algorithm {
        SignatureAlgorithm::RsaPkcs1(Sha256) => Ok(Mechanism::Sha256RsaPkcs),
        SignatureAlgorithm::RsaPkcs1(Sha384) => Ok(Mechanism::Sha384RsaPkcs),
        SignatureAlgorithm::RsaPkcs1(Sha512) => Ok(Mechanism::Sha512RsaPkcs),
        SignatureAlgorithm::RsaPss { digest, mask, salt } => {
            let parameters = pss(digest, mask, salt)?;
            match digest {
                Sha256 => Ok(Mechanism::Sha256RsaPkcsPss(parameters)),
                Sha384 => Ok(Mechanism::Sha384RsaPkcsPss(parameters)),
                Sha512 => Ok(Mechanism::Sha512RsaPkcsPss(parameters)),
                _ => Err(SignerError::Algorithm("this digest")),
            }
        }
        SignatureAlgorithm::Ecdsa(Sha256) => Ok(Mechanism::EcdsaSha256),
        SignatureAlgorithm::Ecdsa(Sha384) => Ok(Mechanism::EcdsaSha384),
        SignatureAlgorithm::Ecdsa(Sha512) => Ok(Mechanism::EcdsaSha512),
        _ => Err(SignerError::Algorithm("this algorithm with a PIN for each signature")),
    }
}

fn pss(digest: DigestAlgorithm, mask: DigestAlgorithm, salt: i32) -> Result<PkcsPssParams, SignerError> {
    let unknown = SignerError::Algorithm("this digest");
    let hash_alg = match digest {
        Sha256 => MechanismType::SHA256,
        Sha384 => MechanismType::SHA384,
        Sha512 => MechanismType::SHA512,
        _ => return Err(unknown),
    };
    let mgf = match mask {
        Sha256 => PkcsMgfType::MGF1_SHA256,
        Sha384 => PkcsMgfType::MGF1_SHA384,
        Sha512 => PkcsMgfType::MGF1_SHA512,
        _ => return Err(unknown),
    };
    let s_len = u64::try_from(salt).map_err(|_| unknown)?.into();
    Ok(PkcsPssParams { hash_alg, mgf, s_len })
}

/// Tokens give r and s one after the other, half the bytes each; CMS wants them as DER (RFC 5753 §2.1.1).
fn ecdsa_der(raw: &[u8]) -> Result<Vec<u8>, SignerError> {
    let (r, s) = raw.split_at(raw.len() / 2);
    let encode =
        || EcdsaSig::from_private_components(BigNum::from_slice(r)?, BigNum::from_slice(s)?)?.to_der();
    encode().map_err(|error: openssl::error::ErrorStack| SignerError::Failed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use cryptoki::context::Function;

    use super::*;

    #[test]
    fn each_refused_pin_has_its_own_word() {
        let login = |value| pin_error(&Error::Pkcs11(value, Function::Login));
        assert_eq!(login(RvError::PinIncorrect), Some(SignerError::WrongPin));
        assert_eq!(login(RvError::PinLenRange), Some(SignerError::WrongPin));
        assert_eq!(login(RvError::PinLocked), Some(SignerError::PinLocked));
        assert_eq!(login(RvError::DeviceError), None);
    }
}
