//! The report as a file: JSON, XML, or PDF/A signed with the installation's
//! own key.

use std::fmt;

use openssl::error::ErrorStack;
use pades::authority::{KeyKind, Subject, Terms};
use pades::sign::{Pkcs12Error, Pkcs12Signer, SignOptions, Signer, sign};
use pades::verify::{Kind as SignatureKind, SignatureReport};
use typeset::{Fonts, Making, ReportSection, Typesetter, VerificationReport};

use super::{Kind, Report};
use crate::config::Config;
use crate::signing::authority;
use crate::verify::verdict::{SignatureView, VerdictView};
use crate::web::{self, Lang};

#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    #[error("the typeface of reports is not in the bundle")]
    Fonts(#[source] typeset::TypesetError),
    #[error("the report's key in {path} cannot be read")]
    KeyFile { path: String, source: std::io::Error },
    #[error("the report's key in {path} cannot be opened")]
    Key { path: String, source: Pkcs12Error },
    #[error("the report's key is one of the test authority, which this installation does not accept")]
    TestKey,
    #[error("the crypto library failed")]
    Crypto(#[from] ErrorStack),
    #[error("the report could not be set")]
    Typeset(#[from] typeset::TypesetError),
    #[error("the report could not be signed")]
    Sign(#[from] pades::sign::SignError),
}

/// Makes report files. Costly to make, cheap to use: keep one.
pub struct Paper {
    typesetter: Typesetter,
    /// `None`: no key is set, and reports say that nobody signed them.
    seal: Option<Pkcs12Signer>,
    is_test: bool,
}

impl fmt::Debug for Paper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Paper").field("is_sealed", &self.seal.is_some()).finish_non_exhaustive()
    }
}

impl Paper {
    pub fn new(config: &Config) -> Result<Self, PaperError> {
        let fonts = Fonts::new(web::form_fonts()).map_err(PaperError::Fonts)?;
        let (seal, is_test) = match config.report_key.as_str() {
            "" if config.test_authority => (Some(test_key()?), true),
            "" => (None, false),
            path => {
                let key = open_key(path, config.report_passphrase.reveal())?;
                let is_test = is_of_test_authority(&key);
                if is_test && !config.test_authority {
                    return Err(PaperError::TestKey);
                }
                (Some(key), is_test)
            }
        };
        Ok(Self { typesetter: Typesetter::new(fonts), seal, is_test })
    }

    /// True when there is a key to sign reports with.
    pub fn is_sealed(&self) -> bool {
        self.seal.is_some()
    }

    /// The report in one of its forms; `now` is when it is made, which may be
    /// long after the moment it judges by.
    pub fn write(&self, report: &Report, kind: Kind, now: jiff::Timestamp) -> Result<Vec<u8>, PaperError> {
        match kind {
            Kind::Json => Ok(report.to_json().into_bytes()),
            Kind::Xml => Ok(report.to_xml().into_bytes()),
            Kind::Pdf => self.pdf(report, now),
        }
    }

    fn pdf(&self, report: &Report, now: jiff::Timestamp) -> Result<Vec<u8>, PaperError> {
        let making = Making {
            ident: format!("verification {} {} {now}", report.result.sha256, report.trust_fingerprint),
            made_at: now,
            author: "E-cabinet".to_owned(),
        };
        let placed = self.typesetter.verification_report(&self.form(report), &making)?;
        let Some(seal) = &self.seal else { return Ok(placed.pdf) };
        let options = SignOptions { reason: Some(Lang::Vi.t("report-reason")), ..SignOptions::default() };
        Ok(sign(&placed.pdf, &options, seal, None, now)?.onto(&placed.pdf))
    }

    fn form(&self, report: &Report) -> VerificationReport {
        let lang = Lang::Vi;
        let view = VerdictView::new(&report.result, lang);
        let result = &report.result;
        let sections = view.signatures.into_iter().zip(&result.signatures).zip(1..);
        let seal = if self.seal.is_some() { "report-sealed" } else { "report-unsealed" };
        VerificationReport {
            banner: (self.is_test || view.has_test_signature).then(|| lang.t("report-test")),
            file: name_of(&result.file).unwrap_or_else(|| result.sha256.clone()),
            verdict: view.word,
            sentence: view.sentence,
            facts: vec![
                pair("fact-sha256", result.sha256.clone()),
                pair("report-size", result.size.to_string()),
                pair("report-revisions", result.revisions.to_string()),
            ],
            sections: sections.map(|((one, raw), number)| section(one, raw, number)).collect(),
            grounds: vec![
                pair("report-software", format!("{} {}", report.software, report.version)),
                pair("report-at", report.at.clone()),
                pair(
                    "report-policy",
                    lang.t(if report.is_online { "report-policy-online" } else { "report-policy-offline" }),
                ),
                pair("report-trust", report.trust_fingerprint.clone()),
            ],
            remarks: view
                .unchecked
                .into_iter()
                .chain(view.problem)
                .chain([lang.t(seal), lang.t("report-again")])
                .collect(),
            json: report.to_json().into_bytes(),
            xml: report.to_xml().into_bytes(),
        }
    }
}

fn pair(key: &str, value: String) -> (String, String) {
    (Lang::Vi.t(key), value)
}

fn section(view: SignatureView, raw: &SignatureReport, number: usize) -> ReportSection {
    let key = if raw.kind == SignatureKind::Timestamp { "report-stamp" } else { "report-signature" };
    let mut facts = vec![pair("report-finding", view.word)];
    facts.extend(view.facts);
    ReportSection {
        title: Lang::Vi.t_with(key, &[("number", &number.to_string()), ("name", &view.who)]),
        facts,
        notes: view.messages,
    }
}

/// The file's own name: folders are the business of whoever judged it.
fn name_of(path: &str) -> Option<String> {
    let name = path.rsplit(['/', '\\']).next()?;
    (!name.is_empty()).then(|| name.to_owned())
}

#[expect(clippy::disallowed_methods, reason = "read once, before the service starts or by a command")]
fn open_key(path: &str, passphrase: &str) -> Result<Pkcs12Signer, PaperError> {
    let bytes =
        std::fs::read(path).map_err(|source| PaperError::KeyFile { path: path.to_owned(), source })?;
    Pkcs12Signer::open(&bytes, passphrase).map_err(|source| PaperError::Key { path: path.to_owned(), source })
}

/// A key of the test authority, as long as this process lives.
fn test_key() -> Result<Pkcs12Signer, ErrorStack> {
    let mut serial = [0_u8; 8];
    openssl::rand::rand_bytes(&mut serial)?;
    let terms = Terms {
        // Longer than any office practises: the key goes with the process anyway.
        not_before: jiff::Timestamp::constant(1_748_736_000, 0),
        not_after: jiff::Timestamp::constant(2_650_000_000, 0),
        // Half the range: a serial number is positive (RFC 5280 §4.1.2.2).
        serial: u64::from_be_bytes(serial) >> 1,
        key: KeyKind::P256,
    };
    let subject = Subject { common_name: Lang::Vi.t("report-signer"), ..Subject::default() };
    Ok(authority::issuer()?.issue_person(&subject, &terms)?.signer())
}

fn is_of_test_authority(key: &Pkcs12Signer) -> bool {
    key.certificates().iter().any(crate::verify::trust::is_of_test_authority)
}
