//! A key of a person at a service: what it is, and what its use takes (§11.5).

use openssl::base64::decode_block;
use openssl::sha::{sha256, sha384};
use openssl::x509::X509;
use pades::{DigestAlgorithm, SignatureAlgorithm};
use serde::Deserialize;
use serde_json::{Value, json};

use super::protocol::ServiceError;

/// Certificates of a chain, and bytes of each, that go into a signature: there is room for so much.
const LONGEST_CHAIN: usize = 4;
const LARGEST_CERTIFICATE: usize = 8 << 10;
/// Hashes that stand in one address: servers take lines of eight kilobytes.
const MOST_IN_ADDRESS: usize = 80;

/// A key of the person at the service.
#[derive(Clone, Debug)]
pub struct Credential {
    pub(super) id: String,
    /// DER: the person's certificate, then those of its issuers, as the service has them.
    pub chain: Vec<Vec<u8>>,
    /// Hashes that one authorisation may cover.
    pub most: usize,
    mode: Mode,
    /// Names of what is asked for: of the PIN, and of the code.
    pin: Option<String>,
    code: Option<String>,
    /// The code answers what the service sends when asked to.
    is_sent: bool,
    /// One of the two will do.
    takes_either: bool,
    /// Object identifiers of how the key signs; empty: the service does not say.
    algorithms: Vec<String>,
}

/// How the person authorises a use of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mode {
    /// What they type goes along with the question.
    Explicit,
    /// The service asks them itself, as on their phone.
    Implicit,
    /// On a page of the service.
    Oauth2code,
}

impl Credential {
    /// What the person typed, as the service wants it.
    ///
    /// Nothing is tried with a PIN that nobody typed: each try counts there.
    pub(super) fn authorising(&self, (pin, code): (&str, &str)) -> Result<Vec<Value>, ServiceError> {
        match self.mode {
            Mode::Implicit => return Ok(Vec::new()),
            Mode::Oauth2code => return Err(ServiceError::OwnPage),
            Mode::Explicit => {}
        }
        let asked = [(&self.pin, pin), (&self.code, code)];
        let asked = asked.into_iter().filter_map(|(id, value)| Some((id.as_ref()?, value)));
        let (typed, missing): (Vec<_>, Vec<_>) = asked.partition(|(_, value)| !value.is_empty());
        if typed.is_empty() || !(missing.is_empty() || self.takes_either) {
            return Err(ServiceError::AsksMore);
        }
        Ok(typed.into_iter().map(|(id, value)| json!({ "id": id, "value": value })).collect())
    }

    /// The name of what the service sends when asked to (§8.3.1.4).
    pub(super) fn challenge(&self) -> Option<(&str, &str)> {
        let code = self.code.as_deref().filter(|_| self.is_sent)?;
        Some((&self.id, code))
    }

    /// Its owner agrees on a page of the service.
    pub(super) fn has_own_page(&self) -> bool {
        self.mode == Mode::Oauth2code
    }

    /// How the key makes signatures of this kind.
    pub(super) fn usage(&self, algorithm: SignatureAlgorithm) -> Result<KeyUse, ServiceError> {
        let names = names(algorithm)?;
        let knows = |name: &str| self.algorithms.iter().any(|one| one == name);
        let sign_algorithm = if knows(names.whole) || self.algorithms.is_empty() {
            names.whole
        } else if knows(names.key) {
            names.key
        } else {
            return Err(ServiceError::Unreadable("a key that does not sign in a way used here"));
        };
        Ok(KeyUse {
            credential: self.id.clone(),
            hash_algorithm: names.hash.to_owned(),
            sign_algorithm: sign_algorithm.to_owned(),
        })
    }
}

/// A key and how it is used, in the service's words (§11.10).
#[derive(Clone, Debug)]
pub struct KeyUse {
    pub(super) credential: String,
    /// Object identifiers.
    pub(super) hash_algorithm: String,
    pub(super) sign_algorithm: String,
}

/// What a service says of one key.
#[derive(Deserialize)]
pub(super) struct CredentialInfo {
    key: KeyInfo,
    cert: CertificateInfo,
    auth: AuthInfo,
    #[serde(default = "one")]
    multisign: usize,
}

#[derive(Deserialize)]
struct KeyInfo {
    status: String,
    #[serde(default)]
    algo: Vec<String>,
}

#[derive(Deserialize)]
struct CertificateInfo {
    #[serde(default)]
    certificates: Vec<String>,
}

#[derive(Deserialize)]
struct AuthInfo {
    mode: Mode,
    #[serde(default)]
    expression: String,
    #[serde(default)]
    objects: Vec<AuthObject>,
}

#[derive(Deserialize)]
struct AuthObject {
    #[serde(rename = "type")]
    kind: String,
    id: String,
    /// The app or device that makes it: then a password is a code (§8.3.1.2).
    generator: Option<String>,
}

impl AuthObject {
    fn is(&self, kind: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind)
    }

    fn is_pin(&self) -> bool {
        self.is("Password") && self.generator.is_none()
    }

    fn is_sent(&self) -> bool {
        self.is("ChallengeResponse")
    }

    fn is_code(&self) -> bool {
        self.is("OTP") || self.is_sent() || (self.is("Password") && self.generator.is_some())
    }
}

fn one() -> usize {
    1
}

impl CertificateInfo {
    /// The certificates up to the first that cannot be read. They go into the
    /// file for whoever judges it; nothing is believed for their sake.
    fn chain(&self) -> Vec<Vec<u8>> {
        let read = self.certificates.iter().take(LONGEST_CHAIN).map_while(|text| decode_block(text).ok());
        read.take_while(|der| der.len() <= LARGEST_CERTIFICATE && X509::from_der(der).is_ok()).collect()
    }
}

impl CredentialInfo {
    /// The key, if its certificate is one of these and it may be used.
    pub(super) fn among(
        self,
        id: String,
        certificates: &[Vec<u8>],
    ) -> Result<Option<Credential>, ServiceError> {
        let chain = self.cert.chain();
        if !chain.first().is_some_and(|first| certificates.contains(first)) {
            return Ok(None);
        }
        if !self.key.status.eq_ignore_ascii_case("enabled") {
            return Err(ServiceError::Disabled);
        }
        let asks = |is: fn(&AuthObject) -> bool| self.auth.objects.iter().find(|one| is(one));
        let code = asks(AuthObject::is_code);
        let most = match self.auth.mode {
            Mode::Oauth2code => self.multisign.clamp(1, MOST_IN_ADDRESS),
            Mode::Explicit | Mode::Implicit => self.multisign.max(1),
        };
        let words: Vec<_> = self.auth.expression.split_whitespace().collect();
        Ok(Some(Credential {
            id,
            chain,
            most,
            mode: self.auth.mode,
            pin: asks(AuthObject::is_pin).map(|one| one.id.clone()),
            is_sent: code.is_some_and(AuthObject::is_sent),
            code: code.map(|one| one.id.clone()),
            takes_either: words.iter().any(|word| word.eq_ignore_ascii_case("or")),
            algorithms: self.key.algo,
        }))
    }
}

/// Object identifiers by which an algorithm is asked for.
struct Names {
    hash: &'static str,
    /// Of hash and key together.
    whole: &'static str,
    /// Of the key alone; the hash is then named beside it.
    key: &'static str,
}

fn names(algorithm: SignatureAlgorithm) -> Result<Names, ServiceError> {
    const SHA_256: &str = "2.16.840.1.101.3.4.2.1";
    const SHA_384: &str = "2.16.840.1.101.3.4.2.2";
    const RSA: &str = "1.2.840.113549.1.1.1";
    const EC: &str = "1.2.840.10045.2.1";
    let (hash, whole, key) = match algorithm {
        SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256) => (SHA_256, "1.2.840.113549.1.1.11", RSA),
        SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256) => (SHA_256, "1.2.840.10045.4.3.2", EC),
        SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha384) => (SHA_384, "1.2.840.10045.4.3.3", EC),
        _ => return Err(ServiceError::Unreadable("a key of a kind that is not used here")),
    };
    Ok(Names { hash, whole, key })
}

/// What a service signs of a message: its hash.
pub(super) fn hashed(message: &[u8], algorithm: SignatureAlgorithm) -> Vec<u8> {
    match algorithm {
        SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha384) => sha384(message).to_vec(),
        _ => sha256(message).to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use openssl::base64::encode_block;

    use super::*;

    const RSA: SignatureAlgorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);

    fn der(pem: &[u8]) -> Vec<u8> {
        X509::from_pem(pem).unwrap().to_der().unwrap()
    }

    /// The certificate of the test authority stands for a person's.
    fn own() -> Vec<u8> {
        der(include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/certs-dev/sub-ca.cert.pem")))
    }

    fn issuer() -> Vec<u8> {
        der(include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/certs-dev/root.cert.pem")))
    }

    fn info(mode: &str, expression: &str, status: &str, algorithms: &[&str]) -> CredentialInfo {
        serde_json::from_value(json!({
            "key": { "status": status, "algo": algorithms },
            "cert": { "certificates": [encode_block(&own()), encode_block(&issuer()), "AQID"] },
            "auth": { "mode": mode, "expression": expression, "objects": [
                { "type": "Password", "id": "mật khẩu" }, { "type": "OTP", "id": "mã" } ] },
        }))
        .unwrap()
    }

    fn credential(mode: &str, expression: &str) -> Credential {
        let found = info(mode, expression, "enabled", &[]).among("a".into(), &[own()]);
        found.unwrap().unwrap()
    }

    #[test]
    fn nothing_is_tried_without_all_that_is_asked() {
        let both = credential("explicit", "PIN AND OTP");
        assert!(matches!(both.authorising(("1", "")), Err(ServiceError::AsksMore)));
        assert_eq!(both.authorising(("1", "2")).unwrap()[1], json!({ "id": "mã", "value": "2" }));
        let either = credential("explicit", "PIN OR OTP");
        assert_eq!(either.authorising(("", "2")).unwrap(), [json!({ "id": "mã", "value": "2" })]);
        assert!(matches!(either.authorising(("", "")), Err(ServiceError::AsksMore)));
        assert!(credential("implicit", "").authorising(("1", "2")).unwrap().is_empty());
        assert!(matches!(credential("oauth2code", "").authorising(("1", "2")), Err(ServiceError::OwnPage)));
    }

    #[test]
    fn a_code_is_known_by_what_makes_it() {
        let found = |objects: serde_json::Value| {
            let info = json!({
                "key": { "status": "enabled" },
                "cert": { "certificates": [encode_block(&own())] },
                "auth": { "mode": "explicit", "objects": objects },
            });
            let info: CredentialInfo = serde_json::from_value(info).unwrap();
            info.among("a".into(), &[own()]).unwrap().unwrap()
        };
        let made = found(json!([
            { "type": "Password", "id": "mã", "generator": "totp" }, { "type": "Password", "id": "mật khẩu" }
        ]));
        assert_eq!(made.authorising(("1", "2")).unwrap()[0], json!({ "id": "mật khẩu", "value": "1" }));
        assert_eq!((made.code.as_deref(), made.challenge()), (Some("mã"), None));
        let sent = found(json!([{ "type": "ChallengeResponse", "id": "mã" }]));
        assert_eq!(sent.challenge(), Some(("a", "mã")));
        assert_eq!(sent.authorising(("", "2")).unwrap(), [json!({ "id": "mã", "value": "2" })]);
    }

    #[test]
    fn only_a_key_of_a_bound_certificate_that_may_be_used_is_taken() {
        let bound = [vec![9], own()];
        assert!(info("explicit", "", "enabled", &[]).among("a".into(), &[vec![9]]).unwrap().is_none());
        let found = info("explicit", "", "enabled", &[]).among("a".into(), &bound).unwrap().unwrap();
        // What is no certificate does not go into a file.
        assert_eq!((found.most, found.chain), (1, vec![own(), issuer()]));
        let disabled = info("explicit", "", "disabled", &[]).among("a".into(), &bound);
        assert!(matches!(disabled, Err(ServiceError::Disabled)));
    }

    #[test]
    fn a_key_is_asked_in_a_way_it_names() {
        let named = |algorithms: &[&str]| {
            let key = info("explicit", "", "enabled", algorithms).among("a".into(), &[own()]);
            key.unwrap().unwrap().usage(RSA).map(|usage| usage.sign_algorithm)
        };
        assert_eq!(named(&["1.2.840.113549.1.1.1"]).unwrap(), "1.2.840.113549.1.1.1");
        assert_eq!(
            named(&["1.2.840.113549.1.1.1", "1.2.840.113549.1.1.11"]).unwrap(),
            "1.2.840.113549.1.1.11"
        );
        assert_eq!(named(&[]).unwrap(), "1.2.840.113549.1.1.11");
        // A key that signs by RSA-PSS alone.
        assert!(named(&["1.2.840.113549.1.1.10"]).is_err());
    }
}
