//! The verdict as a page shows it: every word already chosen.

use jiff::Timestamp;
use pades::verify::{
    ChangesAfter, Coverage, FileReport, Indication, Kind, SignatureReport, SignerReport, TimeSource, Verdict,
};

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

fn facts(report: &SignatureReport, lang: Lang) -> Vec<(String, String)> {
    let mut facts: Vec<(&str, String)> = vec![("fact-kind", kind(report.kind, lang))];
    if let Some(signer) = &report.signer {
        facts.push(("fact-signer", signer.common_name.clone().unwrap_or_default()));
        facts.push(("fact-body", body(&signer.subject)));
        facts.push(("fact-issuer", part(&signer.issuer, "CN").unwrap_or_else(|| signer.issuer.clone())));
    }
    facts.push(("fact-time", when(report, lang)));
    facts.push(("fact-intact", lang.t(if report.intact { "intact-yes" } else { "intact-no" })));
    if let Some(signer) = &report.signer {
        facts.push(("fact-valid-then", lang.t(valid_then(signer, report.signing_time.as_deref()))));
        facts.push(("fact-period", period(signer, lang)));
        facts.push(("fact-serial", signer.serial.clone()));
    }
    facts.push(("fact-coverage", lang.t(coverage(report.coverage))));
    facts.push(("fact-changes", lang.t(changes(report.changes_after))));
    let algorithms: Vec<&str> = [&report.signature_algorithm, &report.digest_algorithm]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    facts.push(("fact-algorithm", algorithms.join(", ")));
    let shown = facts.into_iter().filter(|(_, value)| !value.is_empty());
    shown.map(|(key, value)| (lang.t(key), value)).collect()
}

fn kind(kind: Kind, lang: Lang) -> String {
    lang.t(match kind {
        Kind::Approval => "kind-approval",
        Kind::Certification => "kind-certification",
        Kind::Timestamp => "kind-timestamp",
    })
}

fn coverage(coverage: Coverage) -> &'static str {
    match coverage {
        Coverage::EntireFile => "coverage-file",
        Coverage::EntireRevision => "coverage-revision",
        Coverage::Partial => "coverage-partial",
        Coverage::Invalid => "coverage-invalid",
    }
}

fn changes(changes: ChangesAfter) -> &'static str {
    match changes {
        ChangesAfter::None => "changes-none",
        ChangesAfter::LtvUpdate => "changes-ltv",
        ChangesAfter::FormFilling => "changes-form",
        ChangesAfter::Annotation => "changes-annotation",
        ChangesAfter::Unexplained => "changes-unexplained",
        ChangesAfter::Forbidden => "changes-forbidden",
    }
}

/// The signing time and how we know it.
fn when(report: &SignatureReport, lang: Lang) -> String {
    let source = lang.t(match report.time_source {
        TimeSource::Timestamp => "time-stamped",
        TimeSource::Claimed => "time-claimed",
        TimeSource::None => "time-none",
    });
    match report.signing_time.as_deref().and_then(clock_time) {
        Some(time) => format!("{time}, {source}"),
        None => source,
    }
}

/// Was the certificate within its period when it was used?
fn valid_then(signer: &SignerReport, signed_at: Option<&str>) -> &'static str {
    let moment = |text: Option<&str>| text?.parse::<Timestamp>().ok();
    let period =
        (moment(signer.not_before.as_deref()), moment(signed_at), moment(signer.not_after.as_deref()));
    match period {
        (Some(from), Some(at), Some(until)) if from <= at && at <= until => "valid-then-yes",
        (Some(_), Some(_), Some(_)) => "valid-then-no",
        _ => "valid-then-unknown",
    }
}

fn period(signer: &SignerReport, lang: Lang) -> String {
    let day = |text: &Option<String>| text.as_deref().and_then(clock_time).unwrap_or_default();
    lang.t_with("fact-period-text", &[("from", &day(&signer.not_before)), ("until", &day(&signer.not_after))])
}

/// `14:30:15 05/02/2026 (+07:00)`, from a moment as reports write it.
fn clock_time(text: &str) -> Option<String> {
    let moment: Timestamp = text.parse().ok()?;
    let office = crate::clock::Timestamp::from_micros(moment.as_microsecond()).in_office();
    Some(office.strftime("%H:%M:%S %d/%m/%Y (%:z)").to_string())
}

/// The unit and the organisation a subject names, the narrower first.
fn body(subject: &str) -> String {
    let parts: Vec<String> = ["OU", "O"].into_iter().filter_map(|key| part(subject, key)).collect();
    parts.join(", ")
}

/// One part of a name such as `CN=An\, Hải, O=…`.
fn part(name: &str, key: &str) -> Option<String> {
    let mut parts = vec![String::new()];
    let mut letters = name.chars();
    while let Some(letter) = letters.next() {
        match (letter, parts.last_mut()) {
            ('\\', Some(last)) => last.extend(letters.next()),
            (',', _) => parts.push(String::new()),
            (letter, Some(last)) => last.push(letter),
            (_, None) => {}
        }
    }
    let value = parts.iter().find_map(|part| part.trim_start().strip_prefix(key)?.strip_prefix('='))?;
    Some(value.to_owned())
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

#[cfg(test)]
mod tests {
    use super::{body, clock_time, part};

    #[test]
    fn a_name_is_taken_apart_at_its_own_commas_only() {
        let subject = "CN=Lê An\\, MSc, OU=Văn phòng, O=UBND phường An Hải, C=VN";
        assert_eq!(part(subject, "CN").unwrap(), "Lê An, MSc");
        assert_eq!(body(subject), "Văn phòng, UBND phường An Hải");
        assert_eq!(part(subject, "L"), None);
    }

    #[test]
    fn a_moment_is_shown_by_the_office_clock() {
        assert_eq!(clock_time("2026-02-05T07:30:15Z").unwrap(), "14:30:15 05/02/2026 (+07:00)");
        assert_eq!(clock_time("yesterday"), None);
    }
}
