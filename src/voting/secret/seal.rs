//! The seal on a ballot box: AES-256-GCM, with a key that is erased when the
//! vote closes. What copies of the box are left then, in free blocks of a
//! disk or in rows a database has not cleared away yet, say nothing any more.

use openssl::error::ErrorStack;
use openssl::rand::rand_bytes;
use openssl::symm::{Cipher, decrypt_aead, encrypt_aead};

use crate::voting::VoteId;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;

pub fn fresh_key() -> Result<Vec<u8>, ErrorStack> {
    let mut key = vec![0; KEY_BYTES];
    rand_bytes(&mut key)?;
    Ok(key)
}

/// Nonce, tag, then what is sealed; bound to the vote.
pub fn seal(key: &[u8], vote: VoteId, open: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    let mut sealed = vec![0; NONCE_BYTES + TAG_BYTES];
    let (nonce, tag) = sealed.split_at_mut(NONCE_BYTES);
    rand_bytes(nonce)?;
    let vote = vote.to_string();
    let body = encrypt_aead(Cipher::aes_256_gcm(), key, Some(nonce), vote.as_bytes(), open, tag)?;
    sealed.extend_from_slice(&body);
    Ok(sealed)
}

/// `None`: not sealed with this key for this vote, or changed since.
pub fn unseal(key: &[u8], vote: VoteId, sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, rest) = sealed.split_at_checked(NONCE_BYTES)?;
    let (tag, body) = rest.split_at_checked(TAG_BYTES)?;
    let vote = vote.to_string();
    decrypt_aead(Cipher::aes_256_gcm(), key, Some(nonce), vote.as_bytes(), body, tag).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_and_vote_open_it() {
        let (key, vote) = (fresh_key().unwrap(), VoteId::new());
        let sealed = seal(&key, vote, b"ballots").unwrap();
        assert_eq!(unseal(&key, vote, &sealed).as_deref(), Some(&b"ballots"[..]));
        assert_eq!(unseal(&fresh_key().unwrap(), vote, &sealed), None);
        assert_eq!(unseal(&key, VoteId::new(), &sealed), None);
        let mut changed = sealed.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert_eq!(unseal(&key, vote, &changed), None);
        assert_eq!(unseal(&key, vote, &sealed[..20]), None);
    }

    #[test]
    fn two_seals_of_the_same_differ() {
        let (key, vote) = (fresh_key().unwrap(), VoteId::new());
        assert_ne!(seal(&key, vote, b"same").unwrap(), seal(&key, vote, b"same").unwrap());
    }
}
