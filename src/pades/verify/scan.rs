//! The one pass over the whole file: its own digest, the digests that signatures speak of, and the places
//! that look like signatures.
//!
//! Each signature covers a prefix of the file but for its own `/Contents`. So one running hash serves all:
//! at each gap a copy of it goes its own way, and twenty signatures do not read the file twenty times.

use std::ops::Range;

use openssl::hash::Hasher;

use crate::cms::DigestAlgorithm;
use crate::cms::signed_data;
use crate::cms::timestamp::imprint_digest;
use crate::pdf::{Input, Object, PdfError, WordSearch};
use crate::verify::collect::Found;
use crate::verify::structure::{self, ByteRange};

/// The key that every signature dictionary has.
const KEY: &[u8] = b"/ByteRange";

/// More signature dictionaries than any file has.
const MAX_HITS: usize = 1 << 20;

/// What the pass over the file found.
#[derive(Debug)]
pub(crate) struct Scan {
    /// SHA-256 of the whole file.
    pub(crate) sha256: Vec<u8>,
    /// Where `/ByteRange` stands, by raw search.
    pub(crate) byte_ranges: Vec<usize>,
}

/// Reads the file once, and gives each signature the digests its CMS asks for.
pub(crate) fn scan(input: &Input<'_>, found: &mut [Found]) -> Result<Scan, PdfError> {
    let mut tracks = vec![Track::new(DigestAlgorithm::Sha256)];
    for (index, signature) in found.iter().enumerate() {
        let Ok(range) = structure::byte_range(&signature.dict, input.length()) else { continue };
        for algorithm in wanted(signature) {
            let job = Job { signature: index, range: range.clone() };
            match tracks.iter_mut().find(|track| track.algorithm == algorithm) {
                Some(track) => track.waiting.push(job),
                None => tracks.push(Track { waiting: vec![job], ..Track::new(algorithm) }),
            }
        }
    }
    // Taken from the end of the list, so the job that branches off first stands last.
    tracks.iter_mut().for_each(|track| {
        track.waiting.sort_by_key(|job| std::cmp::Reverse(job.range.before.end));
    });
    let mut search = WordSearch::new(KEY);
    let mut byte_ranges = Vec::new();
    input.visit(0..input.length(), &mut |at, piece| {
        tracks.iter_mut().for_each(|track| track.feed(at, piece));
        search.feed(at, piece, &mut |hit| byte_ranges.push(hit));
        byte_ranges.len() <= MAX_HITS
    })?;
    if byte_ranges.len() > MAX_HITS {
        return Err(PdfError::Limit("too many signatures"));
    }
    let mut sha256 = Vec::new();
    for track in tracks {
        let algorithm = track.algorithm;
        for (job, hasher) in track.branches {
            if let Some(signature) = found.get_mut(job.signature) {
                signature.digests.add(algorithm, finish(hasher));
            }
        }
        if algorithm == DigestAlgorithm::Sha256 {
            sha256 = finish(track.running);
        }
    }
    Ok(Scan { sha256, byte_ranges })
}

/// The digest algorithms by which a signature may want the document.
fn wanted(signature: &Found) -> Vec<DigestAlgorithm> {
    let Some(contents) = signature.dict.get("Contents").and_then(Object::string) else { return Vec::new() };
    let Ok(cms) = signed_data::trim(&contents.bytes) else { return Vec::new() };
    match signature.dict.name("SubFilter") {
        Some(name) if name == "ETSI.RFC3161" => imprint_digest(&cms.der).into_iter().collect(),
        Some(name) if name == "adbe.pkcs7.sha1" => vec![DigestAlgorithm::Sha1],
        _ => signed_data::read(&cms.der)
            .map(|data| match data.signers.as_slice() {
                [signer] => signer.content_digests(),
                _ => Vec::new(),
            })
            .unwrap_or_default(),
    }
}

#[derive(Debug)]
struct Job {
    signature: usize,
    range: ByteRange,
}

/// All hashing by one algorithm.
struct Track {
    algorithm: DigestAlgorithm,
    /// Over everything so far.
    running: Option<Hasher>,
    /// Signatures whose gap lies ahead.
    waiting: Vec<Job>,
    /// Signatures behind their gap, each with a hash of its own.
    branches: Vec<(Job, Option<Hasher>)>,
}

impl Track {
    fn new(algorithm: DigestAlgorithm) -> Track {
        let running = Hasher::new(algorithm.openssl()).ok();
        Track { algorithm, running, waiting: Vec::new(), branches: Vec::new() }
    }

    fn feed(&mut self, at: usize, piece: &[u8]) {
        let end = at + piece.len();
        for (job, hasher) in &mut self.branches {
            update(hasher, overlap(at, piece, &job.range.after));
        }
        let mut from = at;
        while let Some(job) = self.waiting.pop_if(|job| job.range.before.end < end) {
            update(&mut self.running, overlap(at, piece, &(from..job.range.before.end)));
            from = from.max(job.range.before.end);
            let mut branch = self.running.clone();
            update(&mut branch, overlap(at, piece, &job.range.after));
            self.branches.push((job, branch));
        }
        // Only the file's own digest goes on behind the last gap.
        if !self.waiting.is_empty() || self.algorithm == DigestAlgorithm::Sha256 {
            update(&mut self.running, overlap(at, piece, &(from..end)));
        }
    }
}

/// The part of a piece that lies in a range of the file.
fn overlap<'p>(at: usize, piece: &'p [u8], range: &Range<usize>) -> &'p [u8] {
    let start = range.start.saturating_sub(at).min(piece.len());
    let end = range.end.saturating_sub(at).min(piece.len());
    piece.get(start..end).unwrap_or_default()
}

/// A library that fails makes the digest empty, which equals no other.
fn update(hasher: &mut Option<Hasher>, bytes: &[u8]) {
    if hasher.as_mut().is_some_and(|hasher| hasher.update(bytes).is_err()) {
        *hasher = None;
    }
}

fn finish(hasher: Option<Hasher>) -> Vec<u8> {
    hasher.and_then(|mut hasher| hasher.finish().ok()).map(|bytes| bytes.to_vec()).unwrap_or_default()
}
