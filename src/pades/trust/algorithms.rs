//! Until when algorithms and key lengths could be relied on (EN 319 102-1 §5.2.8, ETSI TS 119 312).
//!
//! A signature made while its algorithms were good stays good if it is proven to have existed then. What is
//! suitable today is fixed by ETSI TS 119 312 and SOG-IS, and for Viet Nam by Circular 15/2025/TT-BKHCN,
//! Appendix I: SHA-2 and SHA-3, RSA from 2048 bits, curves from 256 bits. The ends of what came before are:
//!
//! | what | end | source |
//! |---|---|---|
//! | MD5 | 2005-01-01 | collisions of August 2004 (Wang, Feng, Lai, Yu) |
//! | SHA-1 | 2014-01-01 | NIST SP 800-131A §9: no new signatures after 2013 |
//! | RSA from 1024 bits | 2014-01-01 | NIST SP 800-131A §3: 80 bits of strength, none after 2013 |
//! | curves below 256 bits | 2014-01-01 | the same; none is listed by Circular 15/2025/TT-BKHCN |
//! | RSA below 1024 bits | never good | below every list |
//!
//! RSA-2048 is in SOG-IS's list a legacy mechanism, and NIST IR 8547 would end it with 2035; as the law it is
//! used under accepts it, no end is set.

use jiff::Timestamp;
use openssl::pkey::{HasPublic, Id, PKeyRef};

use crate::cms::x509::Certificate;
use crate::cms::{DigestAlgorithm, SignatureAlgorithm};

/// 2005-01-01T00:00:00Z
const END_OF_MD5: i64 = 1_104_537_600;
/// 2014-01-01T00:00:00Z
const END_OF_80_BITS: i64 = 1_388_534_400;

fn is_before(time: Timestamp, end: i64) -> bool {
    time.as_second() < end
}

/// Whether collisions were out of reach at a time.
pub(crate) fn digest_is_reliable(digest: DigestAlgorithm, at: Timestamp) -> bool {
    match digest {
        DigestAlgorithm::Md5 => is_before(at, END_OF_MD5),
        DigestAlgorithm::Sha1 => is_before(at, END_OF_80_BITS),
        _ => true,
    }
}

/// Whether a key was long enough at a time.
pub(crate) fn key_is_reliable<T: HasPublic>(key: &PKeyRef<T>, at: Timestamp) -> bool {
    match key.id() {
        Id::RSA | Id::RSA_PSS => key.bits() >= 2048 || (key.bits() >= 1024 && is_before(at, END_OF_80_BITS)),
        Id::EC => key.bits() >= 256 || (key.bits() >= 160 && is_before(at, END_OF_80_BITS)),
        Id::ED25519 | Id::ED448 => true,
        _ => false,
    }
}

/// The digests inside a signature algorithm.
fn digests(algorithm: SignatureAlgorithm) -> Vec<DigestAlgorithm> {
    match algorithm {
        SignatureAlgorithm::RsaPkcs1(digest) | SignatureAlgorithm::Ecdsa(digest) => vec![digest],
        SignatureAlgorithm::RsaPss { digest, mask, .. } => vec![digest, mask],
        SignatureAlgorithm::Ed25519 | SignatureAlgorithm::Ed448 => Vec::new(),
    }
}

/// The name of what could not be relied on at a time, in a signature by this certificate's key.
pub(crate) fn weakness(
    algorithm: SignatureAlgorithm,
    signer: &Certificate,
    at: Timestamp,
) -> Option<&'static str> {
    let weak = digests(algorithm).into_iter().find(|digest| !digest_is_reliable(*digest, at));
    let weak_key = !signer.x509().public_key().is_ok_and(|key| key_is_reliable(&key, at));
    weak.map(DigestAlgorithm::name).or(weak_key.then_some("key length"))
}

/// Whether a signature by this certificate's key could be relied on at a time.
pub(crate) fn signs_reliably(algorithm: SignatureAlgorithm, signer: &Certificate, at: Timestamp) -> bool {
    weakness(algorithm, signer, at).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_are_the_days_they_are_said_to_be() {
        let second = |text: &str| text.parse::<Timestamp>().unwrap().as_second();
        assert_eq!(END_OF_MD5, second("2005-01-01T00:00:00Z"));
        assert_eq!(END_OF_80_BITS, second("2014-01-01T00:00:00Z"));
    }

    #[test]
    fn sha1_was_good_until_it_was_not() {
        assert!(digest_is_reliable(DigestAlgorithm::Sha1, "2013-12-31T23:59:59Z".parse().unwrap()));
        assert!(!digest_is_reliable(DigestAlgorithm::Sha1, "2014-01-01T00:00:00Z".parse().unwrap()));
        assert!(digest_is_reliable(DigestAlgorithm::Sha256, "2050-01-01T00:00:00Z".parse().unwrap()));
    }
}
