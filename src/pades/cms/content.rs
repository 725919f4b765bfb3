//! What a signature or a timestamp is over: bytes at hand, or a document of which the digests are known.

use crate::cms::DigestAlgorithm;

/// Signed content, detached from its signature.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Content<'c> {
    /// Bytes in pieces that are hashed as one.
    Pieces(&'c [&'c [u8]]),
    /// Bytes that were hashed while the file was read.
    Hashed(&'c Digests),
}

/// Digests of the same bytes by several algorithms.
#[derive(Debug, Clone, Default)]
pub(crate) struct Digests(Vec<(DigestAlgorithm, Vec<u8>)>);

impl Digests {
    /// One digest that is known already.
    pub(crate) fn of(algorithm: DigestAlgorithm, digest: Vec<u8>) -> Digests {
        Digests(vec![(algorithm, digest)])
    }

    pub(crate) fn add(&mut self, algorithm: DigestAlgorithm, digest: Vec<u8>) {
        self.0.push((algorithm, digest));
    }

    fn get(&self, algorithm: DigestAlgorithm) -> Option<&[u8]> {
        self.0.iter().find(|(known, _)| *known == algorithm).map(|(_, digest)| digest.as_slice())
    }
}

impl Content<'_> {
    /// The digest; empty, and so equal to no other, if nobody has computed it.
    pub(crate) fn digest(&self, algorithm: DigestAlgorithm) -> Vec<u8> {
        match self {
            Content::Pieces(pieces) => algorithm.hash(pieces),
            Content::Hashed(digests) => digests.get(algorithm).unwrap_or_default().to_vec(),
        }
    }
}
