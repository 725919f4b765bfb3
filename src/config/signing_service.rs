//! The settings of a remote signing service.

use reqwest::Url;
use serde::Deserialize;

use super::{ConfigError, Secret};

/// Letters of a name; it stands in addresses and in the database.
const LONGEST_NAME: usize = 40;

/// A remote signing service; `config.toml` says what each setting means.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigningService {
    pub name: ServiceName,
    pub title: String,
    pub url: SecureAddress,
    pub token_url: SecureAddress,
    #[serde(default)]
    pub authorize_url: Option<SecureAddress>,
    pub client_id: String,
    pub client_secret: Secret,
    #[serde(default = "yes")]
    pub asks_pin: bool,
    #[serde(default)]
    pub asks_code: bool,
    #[serde(default)]
    pub sends_code: bool,
    #[serde(default = "a_minute")]
    pub seconds: u64,
}

fn yes() -> bool {
    true
}

fn a_minute() -> u64 {
    60
}

/// What a service is called in addresses.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct ServiceName(String);

impl ServiceName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ServiceName {
    type Error = ServiceNameError;

    fn try_from(text: String) -> Result<Self, ServiceNameError> {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        let fits = !text.is_empty() && text.len() <= LONGEST_NAME;
        if is_plain && fits { Ok(Self(text)) } else { Err(ServiceNameError(text)) }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not a name of small letters and digits")]
pub struct ServiceNameError(String);

/// An address that secrets are sent to: over TLS, or to this very machine.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct SecureAddress(Url);

impl SecureAddress {
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Scheme, host and port, as a security policy names them.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The address with more in its query.
    pub fn with_query(&self, pairs: &[(&str, &str)]) -> String {
        let mut address = self.0.clone();
        address.query_pairs_mut().extend_pairs(pairs);
        address.into()
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{0:?} must begin with https, for secrets are sent there")]
pub struct AddressError(String);

impl TryFrom<String> for SecureAddress {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        let is_safe = |url: &Url| {
            url.scheme() == "https" || (url.scheme() == "http" && url.host_str() == Some("127.0.0.1"))
        };
        let safe = Url::parse(&text).ok().filter(is_safe);
        safe.map(Self).ok_or(AddressError(text))
    }
}

/// Two services of one name would share the accounts that people wrote down.
pub(super) fn must_differ(services: &[SigningService]) -> Result<(), ConfigError> {
    for (place, service) in services.iter().enumerate() {
        if services.iter().take(place).any(|other| other.name == service.name) {
            let name = service.name.as_str();
            return Err(ConfigError::Value(format!("two remote_signing services are called {name:?}")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{Config, ConfigError};

    fn with(services: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let tables = services.iter().map(|(name, url)| {
            format!(
                "[[remote_signing]]\nname = \"{name}\"\ntitle = \"A\"\nurl = \"{url}\"\ntoken_url = \"{url}/t\"\n\
                 client_id = \"c\"\nclient_secret = \"hunter2\"\n"
            )
        });
        Config::from_parts(tables.collect::<String>().parse().unwrap(), std::iter::empty())
    }

    #[test]
    fn a_signing_service_is_asked_over_tls_only() {
        assert_eq!(with(&[("a", "https://a.vn/csc/v2")]).unwrap().remote_signing.len(), 1);
        assert!(with(&[("a", "http://127.0.0.1:9/csc/v2")]).is_ok());
        assert!(matches!(with(&[("a", "http://a.vn/csc/v2")]), Err(ConfigError::Value(_))));
        assert!(matches!(with(&[("a", "http://127.0.0.1.a.vn/")]), Err(ConfigError::Value(_))));
    }

    #[test]
    fn a_signing_service_has_a_name_of_its_own() {
        let url = "https://a.vn/csc/v2";
        assert!(matches!(with(&[("a/b", url)]), Err(ConfigError::Value(_))));
        assert!(matches!(with(&[("", url)]), Err(ConfigError::Value(_))));
        assert!(matches!(with(&[("a", url), ("a", url)]), Err(ConfigError::Value(_))));
        assert!(!format!("{:?}", with(&[("a", url), ("b", url)]).unwrap()).contains("hunter2"));
    }
}
