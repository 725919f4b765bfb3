//! The key of one secret vote: blind signatures by RFC 9474, variant
//! RSABSSA-SHA384-PSS-Deterministic.
//!
//! Deterministic, since what is signed holds a code of 100 random bits: there
//! is nothing to guess that a random prefix would hide.

use openssl::bn::BigNum;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private, Public};
use openssl::rsa::{Padding, Rsa};
use openssl::sign::{RsaPssSaltlen, Verifier};
use sha2::{Digest, Sha256};

use super::rules::Code;
use crate::voting::VoteId;

const BITS: u32 = 2048;
const SALT_BYTES: i32 = 48;
/// The public exponent, 65537, which the page knows too.
const EXPONENT: u32 = 65_537;

/// Signs the ballot papers of one vote.
pub struct VoteKey(Rsa<Private>);

impl VoteKey {
    /// A new key. Takes about a tenth of a second of one core.
    pub fn generate() -> Result<Self, ErrorStack> {
        Ok(Self(Rsa::generate(BITS)?))
    }

    pub fn from_der(der: &[u8]) -> Result<Self, ErrorStack> {
        Ok(Self(Rsa::private_key_from_der(der)?))
    }

    pub fn to_der(&self) -> Result<Vec<u8>, ErrorStack> {
        self.0.private_key_to_der()
    }

    pub fn public(&self) -> PublicKey {
        PublicKey { modulus: self.0.n().to_vec() }
    }

    /// Signs a blinded number as it stands. `None`: it is no number below the
    /// modulus, written at full length.
    pub fn sign_blinded(&self, blinded: &[u8]) -> Result<Option<Vec<u8>>, ErrorStack> {
        let size = self.0.size() as usize;
        if blinded.len() != size || BigNum::from_slice(blinded)?.as_ref() >= self.0.n() {
            return Ok(None);
        }
        let mut signature = vec![0; size];
        // OpenSSL blinds once more against timing, and checks its own result.
        self.0.private_encrypt(blinded, &mut signature, Padding::NONE)?;
        Ok(Some(signature))
    }
}

/// What a ballot's signature is checked with; published with the vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    pub modulus: Vec<u8>,
}

impl PublicKey {
    /// True when a code was signed for this vote.
    pub fn holds(&self, vote: VoteId, code: &Code, signature: &[u8]) -> Result<bool, ErrorStack> {
        self.holds_over(message(vote, code).as_bytes(), signature)
    }

    fn holds_over(&self, message: &[u8], signature: &[u8]) -> Result<bool, ErrorStack> {
        let key: Rsa<Public> =
            Rsa::from_public_components(BigNum::from_slice(&self.modulus)?, BigNum::from_u32(EXPONENT)?)?;
        let key = PKey::from_rsa(key)?;
        let mut verifier = Verifier::new(MessageDigest::sha384(), &key)?;
        verifier.set_rsa_padding(Padding::PKCS1_PSS)?;
        verifier.set_rsa_pss_saltlen(RsaPssSaltlen::custom(SALT_BYTES))?;
        verifier.update(message)?;
        // A signature that cannot be read at all is an error here and wrong all the same.
        Ok(verifier.verify(signature).unwrap_or(false))
    }

    /// SHA-256 of the modulus, in hex: what opening the vote logs.
    pub fn fingerprint(&self) -> String {
        hex::encode(Sha256::digest(&self.modulus))
    }
}

/// What is signed, blinded: the vote and the code. The page writes the same.
pub fn message(vote: VoteId, code: &Code) -> String {
    format!("{}{}", before_code(vote), code.as_str())
}

/// What stands before the code in [`message`].
pub fn before_code(vote: VoteId) -> String {
    format!("ecabinet secret ballot 1:{vote}:")
}

#[cfg(test)]
mod tests {
    use openssl::bn::{BigNumContext, BigNumRef};

    use super::*;

    struct Example {
        key: VoteKey,
        values: serde_json::Value,
    }

    impl Example {
        /// RFC 9474, appendix A: the key and the values of our variant.
        fn of_the_rfc() -> Self {
            let text = include_str!("../../../tests/fixtures/rfc9474.json");
            let values: serde_json::Value = serde_json::from_str(text).unwrap();
            let number = |name: &str| BigNum::from_hex_str(values[name].as_str().unwrap()).unwrap();
            let (p, q, e) = (number("p"), number("q"), BigNum::from_u32(EXPONENT).unwrap());
            let mut context = BigNumContext::new().unwrap();
            let less_one = |value: &BigNumRef| {
                let mut less = value.to_owned().unwrap();
                less.sub_word(1).unwrap();
                less
            };
            let (mut n, mut phi, mut d) =
                (BigNum::new().unwrap(), BigNum::new().unwrap(), BigNum::new().unwrap());
            n.checked_mul(&p, &q, &mut context).unwrap();
            phi.checked_mul(&less_one(&p), &less_one(&q), &mut context).unwrap();
            d.mod_inverse(&e, &phi, &mut context).unwrap();
            let key = openssl::rsa::RsaPrivateKeyBuilder::new(n, e, d).unwrap().build();
            Self { key: VoteKey(key), values }
        }

        fn bytes(&self, name: &str) -> Vec<u8> {
            hex::decode(self.values[name].as_str().unwrap()).unwrap()
        }

        /// Takes a signature out of its blinding.
        fn unblinded(&self, signature: &[u8]) -> Vec<u8> {
            let mut context = BigNumContext::new().unwrap();
            let mut result = BigNum::new().unwrap();
            let number = |bytes: &[u8]| BigNum::from_slice(bytes).unwrap();
            let unblinder = number(&self.bytes("unblinder"));
            result.mod_mul(&number(signature), &unblinder, self.key.0.n(), &mut context).unwrap();
            result.to_vec()
        }
    }

    #[test]
    fn the_signature_is_the_one_of_rfc_9474() {
        let example = Example::of_the_rfc();
        let signed = example.key.sign_blinded(&example.bytes("blinded")).unwrap().unwrap();
        assert_eq!(example.unblinded(&signed), example.bytes("signature"));
        let (message, signature) = (example.bytes("message"), example.bytes("signature"));
        assert!(example.key.public().holds_over(&message, &signature).unwrap());
    }

    #[test]
    fn a_changed_message_or_signature_does_not_hold() {
        let example = Example::of_the_rfc();
        let (key, message) = (example.key.public(), example.bytes("message"));
        let mut signature = example.bytes("signature");
        assert!(!key.holds_over(b"another", &signature).unwrap());
        signature[100] ^= 1;
        assert!(!key.holds_over(&message, &signature).unwrap());
        for odd in [&[][..], &[0; 512], &[0xff; 512], &signature[1..]] {
            assert!(!key.holds_over(&message, odd).unwrap());
        }
    }

    #[test]
    fn only_numbers_below_the_modulus_are_signed() {
        let key = VoteKey::generate().unwrap();
        assert_eq!(key.public().modulus.len(), 256);
        assert!(key.sign_blinded(&[0xff; 256]).unwrap().is_none());
        assert!(key.sign_blinded(&key.public().modulus).unwrap().is_none());
        assert!(key.sign_blinded(&[1; 255]).unwrap().is_none());
        assert!(key.sign_blinded(&[0; 256]).unwrap().is_some());
    }

    #[test]
    fn a_key_read_back_signs_the_same() {
        let key = VoteKey::generate().unwrap();
        let again = VoteKey::from_der(&key.to_der().unwrap()).unwrap();
        assert_eq!(key.sign_blinded(&[7; 256]).unwrap(), again.sign_blinded(&[7; 256]).unwrap());
    }
}
