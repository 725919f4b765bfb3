//! Keys whose owner agrees to each use on a page of the service: where the
//! browser is sent, and what its answer is exchanged for (CSC API 2.0 §8.4.2
//! and §8.4.4, RFC 6749 §4.1, RFC 7636).

use openssl::base64::encode_block;
use openssl::error::ErrorStack;
use openssl::rand::rand_bytes;
use openssl::sha::sha256;

use super::credential::KeyUse;
use super::protocol::{Activation, Admission, Service, ServiceError, short};

/// What one question to the owner of a key is known by.
pub(super) struct Secrets {
    /// Goes to the page and comes back with the browser (RFC 6749 §10.12).
    pub state: String,
    /// Stays here until the answer is exchanged (RFC 7636 §4.1).
    pub verifier: String,
}

impl Secrets {
    pub fn new() -> Result<Self, ErrorStack> {
        let (mut state, mut verifier) = ([0; 32], [0; 32]);
        rand_bytes(&mut state)?;
        rand_bytes(&mut verifier)?;
        Ok(Self { state: url_safe(&state), verifier: url_safe(&verifier) })
    }

    fn challenge(&self) -> String {
        url_safe(&sha256(self.verifier.as_bytes()))
    }
}

/// What the browser brings back (RFC 6749 §4.1.2).
#[derive(Clone, Copy)]
pub struct CameBack<'a> {
    pub state: &'a str,
    pub code: &'a str,
    pub error: &'a str,
}

impl<'a> CameBack<'a> {
    /// The code, if its owner let the key be used (§4.1.2.1).
    pub(super) fn agreed(self) -> Result<&'a str, ServiceError> {
        match (self.error, self.code) {
            ("", "") => Err(ServiceError::Unreadable("its page gave neither a code nor a reason")),
            ("", code) => Ok(code),
            ("access_denied", _) => Err(ServiceError::Denied),
            ("server_error" | "temporarily_unavailable", _) => {
                Err(ServiceError::Unreachable(short(self.error)))
            }
            _ => Err(ServiceError::Refused(short(self.error))),
        }
    }
}

impl Service {
    /// The page on which the owner of a key lets just these hashes be signed,
    /// and which sends the browser to `returns` afterwards.
    pub(super) fn page(
        &self,
        key: &KeyUse,
        hashes: &[Vec<u8>],
        secrets: &Secrets,
        returns: &str,
    ) -> Result<String, ServiceError> {
        let page = self.settings.authorize_url.as_ref().ok_or(ServiceError::OwnPage)?;
        let encoded: Vec<String> = hashes.iter().map(|hash| url_safe(hash)).collect();
        Ok(page.with_query(&[
            ("response_type", "code"),
            ("client_id", &self.settings.client_id),
            ("redirect_uri", returns),
            ("scope", "credential"),
            ("code_challenge", &secrets.challenge()),
            ("code_challenge_method", "S256"),
            ("state", &secrets.state),
            ("credentialID", &key.credential),
            ("numSignatures", &hashes.len().to_string()),
            ("hashes", &encoded.join(",")),
            ("hashAlgorithmOID", &key.hash_algorithm),
        ]))
    }

    /// Exchanges the code of an answer, once.
    ///
    /// The token admits to the one call that signs, and stands there in the
    /// place of what `credentials/authorize` gives (§8.4, §11.10).
    pub(super) async fn redeem(
        &self,
        code: &str,
        verifier: &str,
        returns: &str,
    ) -> Result<(Admission, Activation), ServiceError> {
        let asked = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", returns),
            ("code_verifier", verifier),
        ];
        let token = self.token(&asked).await?;
        Ok((Admission(token.clone()), Activation(token)))
    }
}

/// Base64 as it stands in addresses, without padding (RFC 4648 §5).
fn url_safe(bytes: &[u8]) -> String {
    encode_block(bytes).trim_end_matches('=').replace('+', "-").replace('/', "_")
}

#[cfg(test)]
mod tests {
    use super::{CameBack, Secrets, url_safe};
    use crate::signing::rules::ServiceRefusal;

    #[test]
    fn a_challenge_is_made_as_the_norm_shows() {
        // RFC 7636, Appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned();
        let secrets = Secrets { state: String::new(), verifier };
        assert_eq!(secrets.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert_eq!(url_safe(&[251, 255, 254, 1]), "-__-AQ");
    }

    #[test]
    fn secrets_are_new_each_time_and_long_enough() {
        let (one, other) = (Secrets::new().unwrap(), Secrets::new().unwrap());
        assert!(one.state != other.state && one.verifier != other.verifier);
        assert_eq!((one.state.len(), one.verifier.len()), (43, 43));
    }

    #[test]
    fn only_a_code_without_a_reason_is_a_yes() {
        let came = |code, error| CameBack { state: "", code, error }.agreed().map_err(|error| error.why());
        assert_eq!(came("mã", ""), Ok("mã"));
        assert_eq!(came("mã", "access_denied"), Err(ServiceRefusal::Denied));
        assert_eq!(came("", "temporarily_unavailable"), Err(ServiceRefusal::Unreachable));
        assert_eq!(came("", "invalid_scope"), Err(ServiceRefusal::Refused));
        assert_eq!(came("", ""), Err(ServiceRefusal::Unreadable));
    }
}
