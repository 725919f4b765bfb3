//! Messages only their device can read (RFC 8291 over RFC 8188), and the word that they come from here (RFC 8292).

use openssl::base64;
use openssl::bn::{BigNumContext, BigNumRef};
use openssl::derive::Deriver;
use openssl::ec::{EcGroup, EcKey, EcPoint, PointConversionForm};
use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private, Public};
use openssl::rand::rand_bytes;
use openssl::sha::sha256;
use openssl::sign::Signer;
use openssl::symm::{Cipher, encrypt_aead};
use serde_json::json;

use crate::clock::Timestamp;

/// Bytes of a point on the curve, uncompressed; of the device's secret; of the tag that closes a message.
const POINT: usize = 65;
const SECRET: usize = 16;
const TAG: usize = 16;
/// One record holds the message: services take 4096 bytes.
const RECORD: u32 = 4096;
/// A word for a push service holds so long, in seconds; a day is the most (RFC 8292 §2).
const VOUCHED: i64 = 12 * 3600;

#[derive(Debug, thiserror::Error)]
pub(super) enum SealError {
    #[error("the device's keys cannot be read")]
    Keys,
    #[error("the message is too long")]
    TooLong,
    #[error("the address has no host")]
    Address,
    #[error("the crypto library failed")]
    Crypto(#[from] ErrorStack),
}

fn curve() -> Result<EcGroup, ErrorStack> {
    EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)
}

pub(super) fn new_key() -> Result<EcKey<Private>, ErrorStack> {
    let group = curve()?;
    EcKey::generate(&group)
}

/// A key's public point, base64url.
pub(super) fn public(key: &EcKey<Private>) -> Result<String, ErrorStack> {
    Ok(to_text(&point(key)?))
}

fn point(key: &EcKey<Private>) -> Result<Vec<u8>, ErrorStack> {
    let mut context = BigNumContext::new()?;
    key.public_key().to_bytes(key.group(), PointConversionForm::UNCOMPRESSED, &mut context)
}

/// Are these a device's key and secret? The point must lie on the curve, or its owner could learn from our answers.
pub(super) fn are_keys(p256dh: &str, auth: &str) -> bool {
    device_keys(p256dh, auth).is_ok()
}

/// A device's public key, as bytes and as a key, and its secret.
type DeviceKeys = (Vec<u8>, PKey<Public>, Vec<u8>);

fn device_keys(p256dh: &str, auth: &str) -> Result<DeviceKeys, SealError> {
    let bytes = from_text(p256dh).filter(|bytes| bytes.len() == POINT).ok_or(SealError::Keys)?;
    let auth = from_text(auth).filter(|bytes| bytes.len() == SECRET).ok_or(SealError::Keys)?;
    let group = curve()?;
    let mut context = BigNumContext::new()?;
    let point = EcPoint::from_bytes(&group, &bytes, &mut context).map_err(|_| SealError::Keys)?;
    let key = EcKey::from_public_key(&group, &point)?;
    key.check_key().map_err(|_| SealError::Keys)?;
    Ok((bytes, PKey::from_ec_key(key)?, auth))
}

/// The message for one device, under a key and a salt of its own.
pub(super) fn seal(text: &[u8], p256dh: &str, auth: &str) -> Result<Vec<u8>, SealError> {
    let (device, device_key, auth) = device_keys(p256dh, auth)?;
    let own = new_key()?;
    let own_point = point(&own)?;
    let own = PKey::from_ec_key(own)?;
    let mut deriver = Deriver::new(&own)?;
    deriver.set_peer(&device_key)?;
    let shared = deriver.derive_to_vec()?;
    let mut salt = [0; 16];
    rand_bytes(&mut salt)?;

    // RFC 8291 §3.4: the device's secret goes into the key, so that the push service cannot make one.
    let info = [b"WebPush: info\0".as_slice(), &device, &own_point, &[1]].concat();
    let material = hmac(&hmac(&auth, &shared)?, &info)?;
    // RFC 8188 §2.2 and §2.3.
    let root = hmac(&salt, &material)?;
    let key = hmac(&root, b"Content-Encoding: aes128gcm\0\x01")?;
    let nonce = hmac(&root, b"Content-Encoding: nonce\0\x01")?;
    let (key, nonce) = key.get(..16).zip(nonce.get(..12)).ok_or(SealError::Keys)?;

    let mut tag = [0; TAG];
    // The last record ends with a two.
    let padded = [text, &[2]].concat();
    let sealed = encrypt_aead(Cipher::aes_128_gcm(), key, Some(nonce), &[], &padded, &mut tag)?;
    let head = [salt.as_slice(), &RECORD.to_be_bytes(), &[65], &own_point].concat();
    let message = [head, sealed, tag.to_vec()].concat();
    if message.len() > RECORD as usize { Err(SealError::TooLong) } else { Ok(message) }
}

fn hmac(key: &[u8], text: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    let key = PKey::hmac(key)?;
    let mut signer = Signer::new(MessageDigest::sha256(), &key)?;
    signer.update(text)?;
    signer.sign_to_vec()
}

/// The header by which a push service knows who sends: "vapid t=…, k=…".
pub(super) fn vouch(
    key: &EcKey<Private>,
    endpoint: &str,
    contact: &str,
    now: Timestamp,
) -> Result<String, SealError> {
    let until = now.plus_seconds(VOUCHED).as_micros() / 1_000_000;
    let head = json!({ "typ": "JWT", "alg": "ES256" }).to_string();
    let claims = json!({ "aud": origin(endpoint)?, "exp": until, "sub": format!("mailto:{contact}") });
    let signed = format!("{}.{}", to_text(head.as_bytes()), to_text(claims.to_string().as_bytes()));
    let signature = EcdsaSig::sign(&sha256(signed.as_bytes()), key)?;
    // RFC 7518 §3.4: both numbers at full length, one behind the other.
    let bytes = [fixed(signature.r())?, fixed(signature.s())?].concat();
    Ok(format!("vapid t={signed}.{}, k={}", to_text(&bytes), public(key)?))
}

fn fixed(number: &BigNumRef) -> Result<Vec<u8>, ErrorStack> {
    number.to_vec_padded(32)
}

/// "https://push.example" of a longer address.
fn origin(address: &str) -> Result<String, SealError> {
    let (scheme, rest) = address.split_once("://").ok_or(SealError::Address)?;
    let host =
        rest.split(['/', '?', '#']).next().filter(|host| !host.is_empty()).ok_or(SealError::Address)?;
    Ok(format!("{scheme}://{host}"))
}

fn to_text(bytes: &[u8]) -> String {
    base64::encode_block(bytes).replace('+', "-").replace('/', "_").trim_end_matches('=').to_owned()
}

fn from_text(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=').replace('-', "+").replace('_', "/");
    let missing = (4 - text.len() % 4) % 4;
    base64::decode_block(&format!("{text}{}", "=".repeat(missing))).ok()
}

#[cfg(test)]
mod tests {
    use super::{are_keys, from_text, new_key, origin, public, seal, to_text};

    #[test]
    fn keys_of_a_device_are_taken_and_others_are_not() {
        let key = public(&new_key().unwrap()).unwrap();
        let secret = to_text(&[7; 16]);
        assert!(are_keys(&key, &secret));
        assert!(!are_keys(&key, &to_text(&[7; 15])));
        let off_the_curve = [&[4_u8][..], &[1; 64]].concat();
        assert!(!are_keys(&to_text(&off_the_curve), &secret));
        assert!(!are_keys("không phải khóa", &secret));
    }

    #[test]
    fn no_two_messages_are_alike_and_a_long_one_is_refused() {
        let (key, secret) = (public(&new_key().unwrap()).unwrap(), to_text(&[7; 16]));
        assert_ne!(seal(b"a", &key, &secret).unwrap(), seal(b"a", &key, &secret).unwrap());
        assert!(seal(&[0; 4100], &key, &secret).is_err());
    }

    #[test]
    fn letters_of_addresses_and_back() {
        for length in 0..40_u8 {
            let bytes = vec![251; length.into()];
            assert_eq!(from_text(&to_text(&bytes)).unwrap(), bytes);
        }
        assert_eq!(origin("https://push.example:8443/a?b").unwrap(), "https://push.example:8443");
    }
}
