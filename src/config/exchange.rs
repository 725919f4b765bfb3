//! The settings of the exchange between bodies of the State.

use std::path::PathBuf;

use serde::Deserialize;

use super::ConfigError;

/// The folder of an organisation's exchange; `config.toml` says what it holds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExchangeFolder {
    /// Its code, as the organisation is called here.
    pub organisation: String,
    /// Its code in messages.
    pub identifier: Identifier,
    pub folder: PathBuf,
}

/// The code of a body of the State (QĐ 20/2020/QĐ-TTg, Điều 4): at most 35
/// signs, groups of capitals and digits with points between.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Identifier(String);

impl Identifier {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Identifier {
    type Error = IdentifierError;

    fn try_from(text: String) -> Result<Self, IdentifierError> {
        let is_sign = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        let is_group = |group: &str| !group.is_empty() && group.bytes().all(is_sign);
        let fits = text.len() <= 35 && text.split('.').all(is_group);
        if fits { Ok(Self(text)) } else { Err(IdentifierError(text)) }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no code of a body, such as H17.27 (QĐ 20/2020/QĐ-TTg)")]
pub struct IdentifierError(String);

/// Two organisations in one folder would take each other's messages.
pub(super) fn must_differ(folders: &[ExchangeFolder]) -> Result<(), ConfigError> {
    for (place, one) in folders.iter().enumerate() {
        let is_used = |other: &&ExchangeFolder| {
            other.organisation == one.organisation
                || other.identifier == one.identifier
                || other.folder == one.folder
        };
        if folders.iter().take(place).any(|other| is_used(&other)) {
            let text = format!("exchange: {}, its identifier or its folder is named twice", one.organisation);
            return Err(ConfigError::Value(text));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{Config, ConfigError};

    fn with(folders: &[(&str, &str, &str)]) -> Result<Config, ConfigError> {
        let tables = folders.iter().map(|(organisation, identifier, folder)| {
            format!(
                "[[exchange]]\norganisation = \"{organisation}\"\nidentifier = \"{identifier}\"\n\
                 folder = \"{folder}\"\n"
            )
        });
        Config::from_parts(tables.collect::<String>().parse().unwrap(), std::iter::empty())
    }

    #[test]
    fn each_organisation_has_a_folder_and_an_identifier_of_its_own() {
        assert_eq!(with(&[("a", "H17.1", "x"), ("b", "H17.2", "y")]).unwrap().exchange.len(), 2);
        let doubled = [("a", "H17.2", "y"), ("b", "H17.1", "y"), ("b", "H17.2", "x")];
        for other in doubled {
            assert!(matches!(with(&[("a", "H17.1", "x"), other]), Err(ConfigError::Value(_))));
        }
    }

    #[test]
    fn an_identifier_is_groups_of_capitals_and_digits() {
        let is_taken = |identifier: &str| with(&[("a", identifier, "x")]).is_ok();
        assert!(is_taken("H17") && is_taken("H17.27.03") && is_taken("000.00.00.H01"));
        assert!(!is_taken("") && !is_taken("H17.") && !is_taken("h17") && !is_taken("H17/1"));
        assert!(is_taken(&"A".repeat(35)) && !is_taken(&"A".repeat(36)));
    }
}
