//! The code on the screen of the room that says: whoever reads this is here.

use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;

use crate::clock::Timestamp;
use crate::meetings::MeetingId;

/// How long a code is shown. It is taken a while longer, for who is slow: a
/// photograph sent home is worth nothing after two minutes.
pub const WINDOW_SECONDS: i64 = 60;
/// Bytes of the code; nobody guesses eighty bits in two minutes.
const LENGTH: usize = 10;

/// The code of this moment.
pub fn code(secret: &[u8], meeting: MeetingId, now: Timestamp) -> Result<String, ErrorStack> {
    code_of_window(secret, meeting, window(now))
}

/// True for the code of this moment and the one before.
pub fn is_fresh(secret: &[u8], meeting: MeetingId, code: &str, now: Timestamp) -> Result<bool, ErrorStack> {
    let mut is_fresh = false;
    for window in [window(now), window(now) - 1] {
        let expected = code_of_window(secret, meeting, window)?;
        is_fresh |= expected.len() == code.len() && openssl::memcmp::eq(expected.as_bytes(), code.as_bytes());
    }
    Ok(is_fresh)
}

fn window(now: Timestamp) -> i64 {
    now.as_micros().div_euclid(WINDOW_SECONDS * 1_000_000)
}

fn code_of_window(secret: &[u8], meeting: MeetingId, window: i64) -> Result<String, ErrorStack> {
    let key = PKey::hmac(secret)?;
    let mut signer = Signer::new(MessageDigest::sha256(), &key)?;
    signer.update(meeting.to_string().as_bytes())?;
    signer.update(&window.to_be_bytes())?;
    let tag = signer.sign_to_vec()?;
    Ok(hex::encode(tag.into_iter().take(LENGTH).collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(0).plus_seconds(1_800_000_000 + seconds)
    }

    #[test]
    fn a_code_is_taken_while_it_is_shown_and_a_little_longer() {
        let (secret, meeting) = ([7; 32], MeetingId::new());
        let shown = code(&secret, meeting, at(0)).unwrap();
        for seconds in [0, 59, 60, 119] {
            assert!(is_fresh(&secret, meeting, &shown, at(seconds)).unwrap(), "{seconds}");
        }
        assert!(!is_fresh(&secret, meeting, &shown, at(120)).unwrap());
        assert!(!is_fresh(&secret, meeting, &shown, at(-1)).unwrap(), "not before either");
    }

    #[test]
    fn a_code_is_of_one_meeting_and_one_secret() {
        let meeting = MeetingId::new();
        let shown = code(&[7; 32], meeting, at(0)).unwrap();
        assert!(!is_fresh(&[8; 32], meeting, &shown, at(0)).unwrap());
        assert!(!is_fresh(&[7; 32], MeetingId::new(), &shown, at(0)).unwrap());
        assert!(!is_fresh(&[7; 32], meeting, "", at(0)).unwrap());
    }
}
