//! Many documents with one key (one login, as many signatures as there are documents).
//!
//! Documents are taken one by one as workers become free, and each outcome is handed on at once, so memory
//! does not grow with the number of documents. What fails is that document; a refused PIN is everybody's end.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use openssl::x509::X509;

use crate::cms::SignatureAlgorithm;
use crate::cms::timestamp::TimestampService;
use crate::sign::{SignError, SignOptions, Signed, Signer, SignerError, Stamping, sign};
use crate::trust::Anchors;

/// How a batch is signed.
#[derive(Clone, Copy)]
pub struct Batch<'a> {
    /// The one key.
    pub signer: &'a (dyn Signer + Sync),
    /// Who stamps, if anybody.
    pub stamping: Option<BatchStamping<'a>>,
    /// How many documents are worked on at a time.
    pub workers: usize,
    /// The time that the signatures claim.
    pub now: Timestamp,
}

/// A timestamp service that several workers ask; see [`Stamping`].
#[derive(Clone, Copy)]
pub struct BatchStamping<'a> {
    /// Who stamps.
    pub service: &'a (dyn TimestampService + Sync),
    /// Random bytes; each request has a nonce made from them.
    pub nonce: [u8; 16],
    /// Anchors the token's certificate must lead to.
    pub anchors: Option<&'a Anchors>,
    /// Whether a missing timestamp is an error or a lesser signature that says so.
    pub required: bool,
}

/// A document as it is loaded for signing.
#[derive(Debug, Clone)]
pub struct BatchDocument {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// How it is to be signed.
    pub options: SignOptions,
}

/// What became of one document.
#[derive(Debug)]
pub enum BatchOutcome<E> {
    /// It is signed: the document, and what is to be appended.
    Signed(Box<BatchDocument>, Box<Signed>),
    /// It is not signed.
    Refused(SignError),
    /// It could not be loaded.
    NotLoaded(E),
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchSummary {
    /// Documents that are signed.
    pub signed: usize,
    /// Documents that are not.
    pub failed: usize,
    /// Why the batch ended before its last document. Those not begun were not touched.
    pub stopped: Option<SignerError>,
}

impl Batch<'_> {
    /// Signs documents until there are none left, or until the key's PIN is refused.
    ///
    /// `load` and `done` are called by the workers, several at a time: reading and writing go on while others
    /// sign.
    pub fn run<T: Send, E: Send>(
        &self,
        documents: impl Iterator<Item = T> + Send,
        load: impl Fn(&T) -> Result<BatchDocument, E> + Sync,
        done: impl Fn(T, BatchOutcome<E>) + Sync,
    ) -> BatchSummary {
        let gate = Gate::new(self.signer);
        let (documents, number) = (Mutex::new(documents), AtomicU64::new(0));
        let (signed, failed) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let work = || {
            while gate.stopped().is_none() {
                let Some(document) = locked(&documents).next() else { break };
                let outcome = match load(&document) {
                    Ok(loaded) => self.sign_one(&gate, loaded, number.fetch_add(1, Ordering::Relaxed)),
                    Err(error) => BatchOutcome::NotLoaded(error),
                };
                let counter = if matches!(outcome, BatchOutcome::Signed(..)) { &signed } else { &failed };
                counter.fetch_add(1, Ordering::Relaxed);
                done(document, outcome);
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..self.workers {
                scope.spawn(work);
            }
            work();
        });
        let stopped = gate.stopped();
        BatchSummary { signed: signed.into_inner(), failed: failed.into_inner(), stopped }
    }

    fn sign_one<E>(&self, gate: &Gate<'_>, document: BatchDocument, number: u64) -> BatchOutcome<E> {
        let stamping = self.stamping.map(|stamping| {
            let BatchStamping { service, nonce, anchors, required } = stamping;
            Stamping { service, nonce, anchors, required }.another(number)
        });
        match sign(&document.bytes, &document.options, gate, stamping.as_ref(), self.now) {
            Ok(signed) => BatchOutcome::Signed(Box::new(document), Box::new(signed)),
            Err(error) => BatchOutcome::Refused(error),
        }
    }
}

impl std::fmt::Debug for Batch<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batch").field("workers", &self.workers).finish_non_exhaustive()
    }
}

/// Lets one worker try the key first, and nobody after a refused PIN.
///
/// Without it two workers could each try the same wrong PIN at the same moment, and a token counts both.
struct Gate<'a> {
    signer: &'a (dyn Signer + Sync),
    /// The key has signed once, so its PIN is right and workers need not wait for each other.
    is_open: AtomicBool,
    stopped: Mutex<Option<SignerError>>,
}

impl<'a> Gate<'a> {
    fn new(signer: &'a (dyn Signer + Sync)) -> Gate<'a> {
        Gate { signer, is_open: AtomicBool::new(false), stopped: Mutex::new(None) }
    }

    fn stopped(&self) -> Option<SignerError> {
        locked(&self.stopped).clone()
    }

    fn ask(
        &self,
        stopped: &mut Option<SignerError>,
        message: &[u8],
        algorithm: SignatureAlgorithm,
    ) -> Result<Vec<u8>, SignerError> {
        if let Some(reason) = stopped {
            return Err(reason.clone());
        }
        let result = self.signer.sign(message, algorithm);
        match &result {
            Ok(_) => self.is_open.store(true, Ordering::Release),
            Err(error) if error.ends_session() => *stopped = Some(error.clone()),
            Err(_) => {}
        }
        result
    }
}

impl Signer for Gate<'_> {
    fn certificates(&self) -> &[X509] {
        self.signer.certificates()
    }

    fn sign(&self, message: &[u8], algorithm: SignatureAlgorithm) -> Result<Vec<u8>, SignerError> {
        if !self.is_open.load(Ordering::Acquire) {
            return self.ask(&mut locked(&self.stopped), message, algorithm);
        }
        let mut stopped = self.stopped();
        let result = self.ask(&mut stopped, message, algorithm);
        if stopped.is_some() {
            *locked(&self.stopped) = stopped;
        }
        result
    }
}

/// A lock whose holder panicked is used on: what it guards is whole at every moment.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
