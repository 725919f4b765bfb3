//! Settings: the documented defaults, overridden by a file, then by the
//! environment.

mod exchange;
mod mailbox;
mod signing_service;

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use self::exchange::{ExchangeFolder, Identifier, IdentifierError};
pub use self::mailbox::{Mailbox, MailboxAddress};
pub use self::signing_service::{SecureAddress, ServiceName, SigningService};
use crate::remote::Hosts;

/// Every setting with its default and what it means.
pub const DEFAULTS: &str = include_str!("config.toml");

const PREFIX: &str = "ECABINET_";
/// Variables under this prefix speak to the tests, not to the service.
const TEST_PREFIX: &str = "ECABINET_TEST_";

/// The settings; `config.toml` says what each one means.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub listen: SocketAddr,
    /// As it was set; [`Config::public_url`] says how people reach the service.
    pub public_url: String,
    pub database_url: Secret,
    pub storage_url: String,
    pub s3_endpoint: String,
    pub s3_region: String,
    pub s3_access_key: String,
    pub s3_secret_key: Secret,
    pub scratch: PathBuf,
    pub upload_limit_mib: u64,
    pub renderer: String,
    pub layout_profile: String,
    pub smtp_url: Secret,
    pub mail_from: String,
    pub mailboxes: Vec<Mailbox>,
    pub sms_url: String,
    pub sms_token: Secret,
    pub session_idle_minutes: i64,
    pub session_hours: i64,
    pub timestamp_url: String,
    pub timestamp_seconds: u64,
    pub remote_hosts: Hosts,
    pub desktop_port: u16,
    pub desktop_minutes: i64,
    pub remote_signing: Vec<SigningService>,
    pub exchange: Vec<ExchangeFolder>,
    pub video_hosts: String,
    pub trust_file: String,
    pub test_authority: bool,
    pub seal_module: String,
    pub seal_token: String,
    pub seal_pin: Secret,
    pub report_key: String,
    pub report_passphrase: Secret,
    pub log_format: LogFormat,
    pub log: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read {path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{path} is not a settings file: {message}")]
    Syntax { path: PathBuf, message: String },
    #[error("setting {key} is not known; src/config.toml lists all")]
    UnknownKey { key: String },
    #[error("a setting has a value that does not fit: {0}")]
    Value(String),
}

impl Config {
    /// Reads the settings.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment and this file")]
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut overrides = toml::Table::new();
        if let Some(path) = file {
            let path = path.to_path_buf();
            let text = std::fs::read_to_string(&path)
                .map_err(|source| ConfigError::File { path: path.clone(), source })?;
            overrides = text
                .parse()
                .map_err(|error: toml::de::Error| ConfigError::Syntax { path, message: error.to_string() })?;
        }
        Self::from_parts(overrides, std::env::vars())
    }

    /// The defaults with `overrides` over them, then the environment.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn load_over(overrides: toml::Table) -> Result<Self, ConfigError> {
        Self::from_parts(overrides, std::env::vars())
    }

    /// The defaults with `overrides` over them, then `environment`.
    pub fn from_parts(
        overrides: toml::Table,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut settings: toml::Table =
            DEFAULTS.parse().map_err(|error: toml::de::Error| ConfigError::Value(error.to_string()))?;
        for (key, value) in overrides {
            set(&mut settings, &key, value)?;
        }
        for (name, value) in environment {
            if let Some(key) = name.strip_prefix(PREFIX) {
                let key = key.to_lowercase();
                // `test_authority` is a setting although its name begins like a test's variable.
                if name.starts_with(TEST_PREFIX) && !settings.contains_key(&key) {
                    continue;
                }
                let typed = match settings.get(&key) {
                    Some(toml::Value::String(_)) | None => toml::Value::String(value),
                    Some(_) => value.parse().map_err(|_| ConfigError::Value(format!("{name}={value}")))?,
                };
                set(&mut settings, &key, typed)?;
            }
        }
        let config: Self =
            settings.try_into().map_err(|error: toml::de::Error| ConfigError::Value(error.to_string()))?;
        signing_service::must_differ(&config.remote_signing)?;
        exchange::must_differ(&config.exchange)?;
        mailbox::must_differ(&config.mailboxes)?;
        Ok(config)
    }

    /// How people reach the service, without a slash at the end.
    pub fn public_url(&self) -> String {
        if self.public_url.is_empty() {
            format!("http://{}", self.listen)
        } else {
            self.public_url.trim_end_matches('/').to_owned()
        }
    }
}

fn set(settings: &mut toml::Table, key: &str, value: toml::Value) -> Result<(), ConfigError> {
    match settings.get_mut(key) {
        Some(slot) => {
            *slot = value;
            Ok(())
        }
        None => Err(ConfigError::UnknownKey { key: key.to_owned() }),
    }
}

/// Text that must not reach a log.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::{Config, ConfigError};

    fn with(environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let pairs = environment.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        Config::from_parts(toml::Table::new(), pairs)
    }

    #[test]
    fn the_defaults_are_complete() {
        assert_eq!(with(&[]).unwrap().public_url(), "http://127.0.0.1:8080");
    }

    #[test]
    fn the_environment_overrides() {
        let config = with(&[("ECABINET_LISTEN", "127.0.0.1:9"), ("ECABINET_UPLOAD_LIMIT_MIB", "5")]).unwrap();
        assert_eq!(config.listen.port(), 9);
        assert_eq!(config.upload_limit_mib, 5);
    }

    #[test]
    fn a_variable_for_the_tests_is_no_setting_but_the_test_authority_is() {
        let config = with(&[("ECABINET_TEST_CORPUS", "/x"), ("ECABINET_TEST_AUTHORITY", "true")]).unwrap();
        assert!(config.test_authority);
    }

    #[test]
    fn an_unknown_key_stops_the_start() {
        assert!(matches!(with(&[("ECABINET_LISTN", "x")]), Err(ConfigError::UnknownKey { .. })));
    }

    #[test]
    fn a_secret_does_not_print() {
        let config = with(&[("ECABINET_S3_SECRET_KEY", "hunter2")]).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}
