//! Many documents with one key.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use openssl::x509::X509;
use pades::sign::{
    Batch, BatchDocument, BatchOutcome, BatchStamping, Level, SignOptions, Signer, SignerError,
};
use pades::verify::Verdict;
use pades::{ServiceError, SignatureAlgorithm, TimestampService};

use crate::office::{anchors, chair, judge, now, paper, tsa};

fn document(bytes: Vec<u8>) -> BatchDocument {
    BatchDocument { bytes, options: SignOptions::default() }
}

struct Stamper;
impl TimestampService for Stamper {
    fn timestamp(&self, request: &[u8]) -> Result<Vec<u8>, ServiceError> {
        tsa().respond(request, now())
    }
}

#[test]
fn each_document_has_its_outcome() {
    let stamping =
        BatchStamping { service: &Stamper, nonce: [3; 16], anchors: Some(anchors()), required: true };
    let batch = Batch { signer: chair(), stamping: Some(stamping), workers: 3, now: now() };
    let seen = Mutex::new(Vec::new());
    let summary = batch.run(
        0..20,
        |number| match number % 5 {
            3 => Err("not there"),
            4 => Ok(document(b"junk".to_vec())),
            _ => Ok(document(paper())),
        },
        |number, outcome| {
            let right = match (number % 5, outcome) {
                (3, BatchOutcome::NotLoaded(reason)) => reason == "not there",
                (4, BatchOutcome::Refused(_)) => true,
                (0..3, BatchOutcome::Signed(document, signed)) => {
                    let verdict = judge(&signed.onto(&document.bytes)).verdict;
                    signed.level == Level::BT && verdict == Verdict::Valid
                }
                _ => false,
            };
            seen.lock().unwrap().push((number, right));
        },
    );
    assert_eq!((summary.signed, summary.failed, summary.stopped), (12, 8, None));
    let mut seen = seen.into_inner().unwrap();
    seen.sort();
    assert_eq!(seen, (0..20).map(|number| (number, true)).collect::<Vec<_>>());
}

/// A key that signs some times and then finds its PIN wrong.
struct Doubtful {
    asked: AtomicUsize,
    good: usize,
}

impl Signer for Doubtful {
    fn certificates(&self) -> &[X509] {
        chair().certificates()
    }

    fn sign(&self, message: &[u8], algorithm: SignatureAlgorithm) -> Result<Vec<u8>, SignerError> {
        if self.asked.fetch_add(1, Ordering::SeqCst) < self.good {
            chair().sign(message, algorithm)
        } else {
            Err(SignerError::WrongPin)
        }
    }
}

#[test]
fn a_wrong_pin_stops_the_batch_and_is_tried_once() {
    for workers in [1, 2, 8] {
        let signer = Doubtful { asked: AtomicUsize::new(0), good: 0 };
        let batch = Batch { signer: &signer, stamping: None, workers, now: now() };
        let begun = AtomicUsize::new(0);
        let load = |_: &usize| -> Result<_, ()> {
            begun.fetch_add(1, Ordering::SeqCst);
            Ok(document(paper()))
        };
        let summary = batch.run(0..1_000_000, load, |_, _| {});
        assert_eq!((summary.signed, summary.stopped), (0, Some(SignerError::WrongPin)));
        assert_eq!(signer.asked.into_inner(), 1, "{workers} workers");
        assert!(begun.into_inner() <= workers);
    }
}

#[test]
fn what_was_signed_before_a_stop_stays_signed() {
    let signer = Doubtful { asked: AtomicUsize::new(0), good: 5 };
    let batch = Batch { signer: &signer, stamping: None, workers: 1, now: now() };
    let summary = batch.run(0..100, |_| Ok::<_, ()>(document(paper())), |_, _| {});
    assert_eq!((summary.signed, summary.failed), (5, 1));
    assert_eq!(summary.stopped, Some(SignerError::WrongPin));
}
