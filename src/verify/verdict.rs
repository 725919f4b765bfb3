//! The verdict as a page shows it: every word already chosen.

use pades::verify::{FileReport, Indication, Kind, SignatureReport, Verdict};

use super::facts::{facts, when};
use crate::signing::authority;
use crate::web::Lang;

/// A colour and a sign that agree with the word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Light {
    /// Ending of the style classes.
    pub class: &'static str,
    pub icon: &'static str,
}

const GOOD: Light = Light { class: "good", icon: "good" };
const UNSURE: Light = Light { class: "unsure", icon: "unknown" };
const BAD: Light = Light { class: "bad", icon: "bad" };
const PLAIN: Light = Light { class: "plain", icon: "info" };

/// The verdict on a file.
#[derive(Debug)]
pub(super) struct VerdictView {
    pub light: Light,
    pub word: String,
    pub sentence: String,
    pub counts: String,
    /// What the light does not rest on, said beside it.
    pub unchecked: Option<String>,
    pub sha256: String,
    /// Why the file could not be judged.
    pub problem: Option<String>,
    /// A certificate of the test authority is among them.
    pub has_test_signature: bool,
    pub signatures: Vec<SignatureView>,
}

/// One signature, as TT 15/2025 (Đ6) wants it shown.
#[derive(Debug)]
pub(super) struct SignatureView {
    pub light: Light,
    /// Ending of the timeline's style class.
    pub line: &'static str,
    pub icon: &'static str,
    pub word: String,
    pub who: String,
    pub when: String,
    pub is_test: bool,
    /// Name and value, in the order they are read.
    pub facts: Vec<(String, String)>,
    pub messages: Vec<String>,
}

impl VerdictView {
    pub(super) fn new(report: &FileReport, lang: Lang) -> Self {
        let signatures: Vec<SignatureView> =
            report.signatures.iter().map(|signature| SignatureView::new(signature, lang)).collect();
        let (light, word) = match report.verdict {
            Verdict::Valid => (GOOD, "verdict-valid"),
            Verdict::Indeterminate => (UNSURE, "verdict-indeterminate"),
            Verdict::Invalid => (BAD, "verdict-invalid"),
            Verdict::Unsigned => (PLAIN, "verdict-unsigned"),
            Verdict::Unreadable => (PLAIN, "verdict-unreadable"),
        };
        let stamps = report.signatures.iter().filter(|one| one.kind == Kind::Timestamp).count();
        let counts = lang.t_with(
            "verdict-counts",
            &[
                ("signatures", &(signatures.len() - stamps).to_string()),
                ("stamps", &stamps.to_string()),
                ("revisions", &report.revisions.to_string()),
            ],
        );
        Self {
            light,
            word: lang.t(word),
            sentence: in_language(&report.sentence.vi, &report.sentence.en, lang),
            counts,
            unchecked: lacks_revocation(report).then(|| lang.t("verdict-unchecked")),
            sha256: report.sha256.clone(),
            problem: report.error.as_ref().map(|error| problem(&error.code, lang)),
            has_test_signature: signatures.iter().any(|signature| signature.is_test),
            signatures,
        }
    }
}

/// True when nothing failed, but nobody asked whether a certificate was revoked.
fn lacks_revocation(report: &FileReport) -> bool {
    let not_checked =
        |one: &SignatureReport| one.messages.iter().any(|message| message.code == "revocation-not-checked");
    report.verdict == Verdict::Valid && report.signatures.iter().any(not_checked)
}

impl SignatureView {
    fn new(report: &SignatureReport, lang: Lang) -> Self {
        let (light, line, word) = match report.indication {
            Indication::TotalPassed => (GOOD, "good", "signature-passed"),
            Indication::Indeterminate => (UNSURE, "warn", "signature-open"),
            Indication::TotalFailed => (BAD, "bad", "signature-failed"),
        };
        let is_stamp = report.kind == Kind::Timestamp;
        let name = report.signer.as_ref().and_then(|signer| signer.common_name.clone());
        let mut messages: Vec<String> = Vec::new();
        for message in &report.messages {
            let words = in_language(&message.vi, &message.en, lang);
            let words = match message.page {
                Some(page) => format!("{words} ({} {page})", lang.t("verdict-page")),
                None => words,
            };
            // Said once: a change made in ten saves is ten messages.
            if !messages.contains(&words) {
                messages.push(words);
            }
        }
        Self {
            light,
            line,
            icon: if is_stamp { "clock" } else { "sign" },
            word: lang.t(word),
            who: name.unwrap_or_else(|| lang.t("signer-unknown")),
            when: when(report, lang),
            is_test: report.signer.as_ref().is_some_and(|signer| authority::is_named(&signer.issuer)),
            facts: facts(report, lang),
            messages,
        }
    }
}

/// Why a file could not be judged, in words; the codes are those of the JSON.
fn problem(code: &str, lang: Lang) -> String {
    lang.t(match code {
        "not-a-pdf" => "unreadable-not-pdf",
        "truncated" => "unreadable-truncated",
        "encrypted" => "unreadable-encrypted",
        "limit-exceeded" => "unreadable-limit",
        _ => "unreadable-damaged",
    })
}

fn in_language(vi: &str, en: &str, lang: Lang) -> String {
    match lang {
        Lang::Vi => vi.to_owned(),
        Lang::En => en.to_owned(),
    }
}
