//! What a service is asked, and how its answers are read (CSC API 2.0 §8.4, §11).

use std::time::Duration;

use openssl::base64::{decode_block, encode_block};
use pades::SignatureAlgorithm;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::credential::{Credential, CredentialInfo, KeyUse};
use crate::config::{Config, Secret, SigningService};
use crate::remote::{Exchange, Remote};
use crate::signing::rules::ServiceRefusal;

/// The largest answer taken: values of two hundred signatures, or the chains of some credentials.
const LARGEST: usize = 1 << 20;
/// Credentials of one person that are looked at.
const MOST_CREDENTIALS: usize = 20;
/// What a service has to offer to be of use here.
const NEEDED: [&str; 3] = ["credentials/list", "credentials/info", "signatures/signHash"];
/// And this, where no page of its own is set.
const AUTHORISING: &str = "credentials/authorize";
/// Letters of a name or code of the service that are shown or logged.
const LONGEST_WORD: usize = 80;

/// A service the settings name; cheap enough to clone.
#[derive(Clone, Debug)]
pub struct Service {
    remote: Remote,
    pub settings: SigningService,
}

#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    #[error("the service cannot be reached: {0}")]
    Unreachable(String),
    #[error("the service does not admit this installation, or not the person: {0}")]
    NotAdmitted(String),
    #[error("the PIN is wrong")]
    WrongPin,
    #[error("the code is wrong or was used before")]
    WrongCode,
    #[error("the service asks for more than was typed")]
    AsksMore,
    #[error("the service lets the key be used on a page of its own only, and no authorize_url is set")]
    OwnPage,
    #[error("the person did not agree on the service's page")]
    Denied,
    #[error("the key is not enabled at the service")]
    Disabled,
    #[error("the service refused: {0}")]
    Refused(String),
    #[error("the service's answer cannot be read: {0}")]
    Unreadable(&'static str),
}

impl ServiceError {
    /// What is kept of it.
    pub fn why(&self) -> ServiceRefusal {
        match self {
            Self::Unreachable(_) => ServiceRefusal::Unreachable,
            Self::NotAdmitted(_) => ServiceRefusal::NotAdmitted,
            Self::WrongPin => ServiceRefusal::WrongPin,
            Self::WrongCode => ServiceRefusal::WrongCode,
            Self::AsksMore => ServiceRefusal::AsksMore,
            Self::OwnPage => ServiceRefusal::OwnPage,
            Self::Denied => ServiceRefusal::Denied,
            Self::Disabled => ServiceRefusal::Disabled,
            Self::Refused(_) => ServiceRefusal::Refused,
            Self::Unreadable(_) => ServiceRefusal::Unreadable,
        }
    }
}

/// That this installation was let in.
#[derive(Debug)]
pub struct Admission(pub(super) Secret);

/// That the person let the key be used: good for one call to sign.
#[derive(Debug)]
pub struct Activation(pub(super) Secret);

/// The hashes of documents, in their order.
#[derive(Clone, Copy, Debug)]
pub struct Hashes<'a> {
    pub values: &'a [Vec<u8>],
    pub algorithm: SignatureAlgorithm,
}

impl Service {
    fn new(remote: &Remote, settings: &SigningService) -> Self {
        Self { remote: remote.clone(), settings: settings.clone() }
    }

    pub fn all(config: &Config, remote: &Remote) -> Vec<Self> {
        config.remote_signing.iter().map(|settings| Self::new(remote, settings)).collect()
    }

    /// The service of a name.
    pub fn named(config: &Config, remote: &Remote, name: &str) -> Option<Self> {
        let settings = config.remote_signing.iter().find(|settings| settings.name.as_str() == name)?;
        Some(Self::new(remote, settings))
    }

    /// What the service calls itself, if it can do what is needed. Needs no admission.
    pub async fn info(&self) -> Result<String, ServiceError> {
        #[derive(Deserialize)]
        struct Info {
            specs: String,
            name: String,
            methods: Vec<String>,
        }
        let info: Info = self.ask("info", None, &json!({})).await?;
        if !info.specs.starts_with("2.") {
            return Err(ServiceError::Unreadable("it does not speak version 2 of the API"));
        }
        let offers = |needed: &str| info.methods.iter().any(|method| method == needed);
        let can_authorise = offers(AUTHORISING) || self.settings.authorize_url.is_some();
        if !can_authorise || !NEEDED.iter().all(|needed| offers(needed)) {
            return Err(ServiceError::Unreadable("it does not offer to sign hashes"));
        }
        Ok(short(&info.name))
    }

    /// An access token for this installation (RFC 6749 §4.4).
    pub async fn admission(&self) -> Result<Admission, ServiceError> {
        Ok(Admission(self.token(&[("grant_type", "client_credentials"), ("scope", "service")]).await?))
    }

    /// An access token; this installation shows that it is itself (RFC 6749 §2.3.1).
    pub(super) async fn token(&self, asked: &[(&str, &str)]) -> Result<Secret, ServiceError> {
        #[derive(Deserialize)]
        struct Admitted {
            access_token: Secret,
        }
        let SigningService { client_id, client_secret, token_url, .. } = &self.settings;
        let known = [("client_id", client_id.as_str()), ("client_secret", client_secret.reveal())];
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let fields = asked.iter().chain(&known);
        let body: Vec<String> = fields.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let exchange = Exchange {
            address: token_url.as_str(),
            bearer: None,
            media_type: "application/x-www-form-urlencoded",
            body: body.join("&").into_bytes(),
            largest: LARGEST,
        };
        let admitted: Admitted = read(&self.answered(exchange).await?)?;
        Ok(admitted.access_token)
    }

    /// The person's key whose certificate is one of these. Looking takes no
    /// longer than one answer may.
    pub async fn credential(
        &self,
        admission: &Admission,
        account: &str,
        certificates: &[Vec<u8>],
    ) -> Result<Option<Credential>, ServiceError> {
        let looking = self.look(admission, account, certificates);
        match tokio::time::timeout(self.patience(), looking).await {
            Ok(found) => found,
            Err(_) => Err(ServiceError::Unreachable("it took too long".to_owned())),
        }
    }

    async fn look(
        &self,
        admission: &Admission,
        account: &str,
        certificates: &[Vec<u8>],
    ) -> Result<Option<Credential>, ServiceError> {
        #[derive(Deserialize)]
        struct List {
            #[serde(rename = "credentialIDs")]
            ids: Vec<String>,
        }
        let list: List = self.ask("credentials/list", Some(admission), &json!({ "userID": account })).await?;
        for id in list.ids.into_iter().take(MOST_CREDENTIALS) {
            let asked = json!({ "credentialID": id, "certificates": "chain", "authInfo": true });
            let info: CredentialInfo = self.ask("credentials/info", Some(admission), &asked).await?;
            if let Some(found) = info.among(id, certificates)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Has the person let just these hashes be signed, once.
    ///
    /// It is never tried again by itself: each try counts at the service.
    pub async fn authorise(
        &self,
        admission: &Admission,
        credential: &Credential,
        hashes: Hashes<'_>,
        typed: (&str, &str),
    ) -> Result<Activation, ServiceError> {
        #[derive(Deserialize)]
        struct Authorised {
            #[serde(rename = "SAD")]
            activation: Secret,
        }
        let body = json!({
            "credentialID": credential.id,
            "numSignatures": hashes.values.len(),
            "hashes": encoded(hashes.values),
            "hashAlgorithmOID": credential.usage(hashes.algorithm)?.hash_algorithm,
            "authData": credential.authorising(typed)?,
        });
        let authorised: Authorised = self.ask("credentials/authorize", Some(admission), &body).await?;
        Ok(Activation(authorised.activation))
    }

    /// The values of the hashes, in their order.
    pub async fn sign(
        &self,
        admission: &Admission,
        key: &KeyUse,
        activation: Activation,
        hashes: &[Vec<u8>],
    ) -> Result<Vec<Vec<u8>>, ServiceError> {
        #[derive(Deserialize)]
        struct Signed {
            signatures: Vec<String>,
        }
        let body = json!({
            "credentialID": key.credential,
            "SAD": activation.0.reveal(),
            "hashes": encoded(hashes),
            "hashAlgorithmOID": key.hash_algorithm,
            "signAlgo": key.sign_algorithm,
            "operationMode": "S",
        });
        let signed: Signed = self.ask("signatures/signHash", Some(admission), &body).await?;
        if signed.signatures.len() != hashes.len() {
            return Err(ServiceError::Unreadable("another number of signatures than hashes"));
        }
        let values = signed.signatures.iter().map(|text| decode_block(text).ok());
        values.collect::<Option<_>>().ok_or(ServiceError::Unreadable("a signature that is not Base64"))
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(self.settings.seconds)
    }

    async fn ask<A: DeserializeOwned>(
        &self,
        what: &str,
        admission: Option<&Admission>,
        body: &Value,
    ) -> Result<A, ServiceError> {
        read(&self.asked(what, admission, body).await?)
    }

    /// The answer to a call; empty where there is nothing to say (§10.1).
    pub(super) async fn asked(
        &self,
        what: &str,
        admission: Option<&Admission>,
        body: &Value,
    ) -> Result<Vec<u8>, ServiceError> {
        let address = format!("{}/{what}", self.settings.url.as_str().trim_end_matches('/'));
        let exchange = Exchange {
            address: &address,
            bearer: admission.map(|admission| admission.0.reveal()),
            media_type: "application/json",
            body: body.to_string().into_bytes(),
            largest: LARGEST,
        };
        self.answered(exchange).await
    }

    async fn answered(&self, exchange: Exchange<'_>) -> Result<Vec<u8>, ServiceError> {
        let answered = self.remote.exchange(exchange, self.patience()).await;
        let (status, body) = answered.map_err(ServiceError::Unreachable)?;
        match status {
            200 => Ok(body),
            201 | 204 => Ok(Vec::new()),
            400..=499 => Err(refusal(status, &body)),
            _ => Err(ServiceError::Unreachable(format!("it answered with status {status}"))),
        }
    }
}

pub(super) fn read<A: DeserializeOwned>(answer: &[u8]) -> Result<A, ServiceError> {
    serde_json::from_slice(answer).map_err(|_| ServiceError::Unreadable("not what was asked"))
}

fn encoded(hashes: &[Vec<u8>]) -> Vec<String> {
    hashes.iter().map(|hash| encode_block(hash)).collect()
}

/// A refusal in the words of RFC 6749 §5.2, which the API uses throughout.
fn refusal(status: u16, body: &[u8]) -> ServiceError {
    let told: Value = serde_json::from_slice(body).unwrap_or_default();
    let error = short(told.get("error").and_then(Value::as_str).unwrap_or_default());
    match (error.as_str(), status) {
        ("invalid_pin", _) => ServiceError::WrongPin,
        ("invalid_otp", _) => ServiceError::WrongCode,
        (_, 401 | 403) | ("invalid_client" | "invalid_token", _) => ServiceError::NotAdmitted(error),
        _ => ServiceError::Refused(format!("{status} {error}")),
    }
}

/// A word of the service as a log or terminal may show it: short, and without commands to either.
pub(super) fn short(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(LONGEST_WORD).collect()
}
