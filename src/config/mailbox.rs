//! The settings of an e-mail box that letters are read from.

use percent_encoding::percent_decode_str;
use serde::Deserialize;

use super::{ConfigError, Secret};

const PORT: u16 = 143;
const PORT_OVER_TLS: u16 = 993;

/// An e-mail box of an organisation; `config.toml` says what each setting means.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mailbox {
    /// The code of the organisation whose clerks read what comes.
    pub organisation: String,
    pub url: MailboxAddress,
    #[serde(default)]
    pub authority_file: String,
    #[serde(default = "a_minute")]
    pub pause_seconds: u64,
    #[serde(default = "a_minute")]
    pub answer_seconds: u64,
}

fn a_minute() -> u64 {
    60
}

/// Where a box lies and how it opens: `imaps://USER:PASSWORD@HOST/FOLDER`, read.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct MailboxAddress {
    pub is_over_tls: bool,
    pub host: String,
    pub port: u16,
    pub user: String,
    pub password: Secret,
    pub folder: String,
}

impl MailboxAddress {
    /// What the box is called on pages, in the log and in the database; without its password.
    pub fn name(&self) -> String {
        format!("{}@{}/{}", self.user, self.host, self.folder)
    }
}

/// Says nothing of the address itself, for a password stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailboxAddressError {
    #[error("the url of one of the mailboxes is not imaps://USER:PASSWORD@HOST/FOLDER, percent-encoded")]
    Form,
    #[error(
        "the url of one of the mailboxes begins with imap: password and letters would cross the network in \
         the clear, so that is for this very machine only; write imaps"
    )]
    InTheClear,
}

impl TryFrom<String> for MailboxAddress {
    type Error = MailboxAddressError;

    fn try_from(text: String) -> Result<Self, MailboxAddressError> {
        use MailboxAddressError::Form;
        let url = reqwest::Url::parse(&text).map_err(|_| Form)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(Form)?.to_owned();
        let is_over_tls = match url.scheme() {
            "imaps" => true,
            "imap" if matches!(host.as_str(), "127.0.0.1" | "[::1]" | "localhost") => false,
            "imap" => return Err(MailboxAddressError::InTheClear),
            _ => return Err(Form),
        };
        let user = decoded(url.username())?;
        let password = decoded(url.password().unwrap_or_default())?;
        let folder = decoded(url.path().trim_start_matches('/'))?;
        if user.is_empty() || password.is_empty() || url.query().is_some() || url.fragment().is_some() {
            return Err(Form);
        }
        Ok(Self {
            is_over_tls,
            host,
            port: url.port().unwrap_or(if is_over_tls { PORT_OVER_TLS } else { PORT }),
            user,
            password: Secret::from(password),
            folder: if folder.is_empty() { "INBOX".to_owned() } else { folder },
        })
    }
}

/// A line break would begin a command of its own.
fn decoded(text: &str) -> Result<String, MailboxAddressError> {
    let plain = percent_decode_str(text).decode_utf8().map_err(|_| MailboxAddressError::Form)?;
    let is_line = !plain.chars().any(char::is_control);
    is_line.then(|| plain.into_owned()).ok_or(MailboxAddressError::Form)
}

/// One box read for two organisations would give each the other's letters.
pub(super) fn must_differ(mailboxes: &[Mailbox]) -> Result<(), ConfigError> {
    for (place, mailbox) in mailboxes.iter().enumerate() {
        let name = mailbox.url.name();
        if mailboxes.iter().take(place).any(|other| other.url.name() == name) {
            return Err(ConfigError::Value(format!("two mailboxes are {name}")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{Config, ConfigError};
    use super::{MailboxAddress, MailboxAddressError};

    fn read(url: &str) -> Result<MailboxAddress, MailboxAddressError> {
        MailboxAddress::try_from(url.to_owned())
    }

    #[test]
    fn every_part_of_an_address_may_be_percent_encoded() {
        let address =
            read("imaps://vanthu%40anhai.vn:m%E1%BA%ADt%2Fkh%E1%BA%A9u@mail.anhai.vn/V%C4%83n%20b%E1%BA%A3n")
                .unwrap();
        assert_eq!((address.host.as_str(), address.port), ("mail.anhai.vn", 993));
        assert_eq!((address.user.as_str(), address.password.reveal()), ("vanthu@anhai.vn", "mật/khẩu"));
        assert_eq!(address.name(), "vanthu@anhai.vn@mail.anhai.vn/Văn bản");
        assert_eq!(read("imaps://a:b@c").unwrap().folder, "INBOX");
    }

    #[test]
    fn letters_cross_no_network_in_the_clear() {
        assert_eq!(read("imap://a:b@mail.vn/INBOX").unwrap_err(), MailboxAddressError::InTheClear);
        assert_eq!(read("imap://a:b@127.0.0.1:1143/INBOX").unwrap().port, 1143);
        assert_eq!(read("imap://a:b@127.0.0.1.mail.vn/").unwrap_err(), MailboxAddressError::InTheClear);
    }

    #[test]
    fn an_address_without_a_password_or_with_a_second_line_is_refused() {
        for url in
            ["imaps://mail.vn/INBOX", "imaps://a@mail.vn/", "https://a:b@c/", "imaps://a:b%0D%0Ax@c/", "x"]
        {
            assert_eq!(read(url).unwrap_err(), MailboxAddressError::Form, "{url}");
        }
    }

    #[test]
    fn no_password_is_printed() {
        let with = |boxes: &str| Config::from_parts(boxes.parse().unwrap(), std::iter::empty());
        let one = "[[mailboxes]]\norganisation = \"a\"\nurl = \"imaps://a:hunter2@c/\"\n";
        assert!(!format!("{:?}", with(one).unwrap()).contains("hunter2"));
        let twice = with(&format!("{one}{one}")).unwrap_err();
        assert!(matches!(&twice, ConfigError::Value(text) if !text.contains("hunter2")), "{twice}");
        let wrong = with(&one.replace("imaps", "pop3")).unwrap_err();
        assert!(!format!("{wrong} {wrong:?}").contains("hunter2"), "{wrong}");
    }
}
