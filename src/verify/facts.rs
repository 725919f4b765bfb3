//! What is told of one signature, name by name, as TT 15/2025 (Đ6) wants it.

use jiff::Timestamp;
use pades::trust::{EvidenceKind, EvidenceSource};
use pades::verify::{
    CertificateStatus, ChangesAfter, Coverage, Kind, SignatureReport, SignerReport, StandingReport,
    TimeSource,
};

use crate::web::Lang;

/// Names and values, in the order they are read.
pub(super) fn facts(report: &SignatureReport, lang: Lang) -> Vec<(String, String)> {
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
        let standing = report.certificate_status.as_ref().map(|status| standing(status, lang));
        facts.push(("fact-standing", standing.unwrap_or_default()));
        facts.push(("fact-period", period(signer, lang)));
        facts.push(("fact-chain", chain(report)));
        facts.push(("fact-serial", signer.serial.clone()));
    }
    facts.push(("fact-coverage", lang.t(coverage(report.coverage))));
    facts.push(("fact-changes", lang.t(changes(report.changes_after))));
    facts.push(("fact-stamps", stamps(report, lang)));
    facts.push(("fact-level", level(report)));
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
pub(super) fn when(report: &SignatureReport, lang: Lang) -> String {
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

/// Was the certificate revoked by then, and how we know.
fn standing(status: &CertificateStatus, lang: Lang) -> String {
    let time = |text: Option<&str>| text.and_then(clock_time).unwrap_or_default();
    match status.standing {
        StandingReport::Good => {
            let Some(evidence) = &status.evidence else { return lang.t("standing-good") };
            let kind = match evidence.kind {
                EvidenceKind::Ocsp => "OCSP",
                EvidenceKind::Crl => "CRL",
            };
            let source = lang.t(match evidence.source {
                EvidenceSource::Store => "source-store",
                EvidenceSource::Signature => "source-signature",
                EvidenceSource::Given => "source-given",
                EvidenceSource::Network => "source-network",
            });
            let gaps = [("kind", kind), ("source", &*source), ("time", &time(Some(&evidence.this_update)))];
            lang.t_with("standing-good-by", &gaps)
        }
        StandingReport::Revoked => {
            lang.t_with("standing-revoked", &[("time", &time(status.revoked_at.as_deref()))])
        }
        StandingReport::OnHold => {
            lang.t_with("standing-on-hold", &[("time", &time(status.revoked_at.as_deref()))])
        }
        StandingReport::Unknown => lang.t("standing-unknown"),
        StandingReport::Anchor => lang.t("standing-anchor"),
    }
}

/// From the signer up to the certificate we trust.
fn chain(report: &SignatureReport) -> String {
    let name = |certificate: &SignerReport| {
        certificate.common_name.clone().unwrap_or_else(|| certificate.subject.clone())
    };
    report.chain.iter().map(|link| name(&link.certificate)).collect::<Vec<_>>().join(" ← ")
}

/// Who says what time it was.
fn stamps(report: &SignatureReport, lang: Lang) -> String {
    let words = report.timestamps.iter().map(|stamp| {
        let authority = stamp.authority.common_name.as_deref().unwrap_or(&stamp.authority.subject);
        let time = clock_time(&stamp.time).unwrap_or_else(|| stamp.time.clone());
        lang.t_with("stamp-by", &[("time", &time), ("name", authority)])
    });
    words.collect::<Vec<_>>().join("; ")
}

/// The level as the standard writes it.
fn level(report: &SignatureReport) -> String {
    let level = report.level.as_ref().and_then(|level| serde_json::to_value(level).ok());
    level
        .as_ref()
        .and_then(serde_json::Value::as_str)
        .map(|level| format!("PAdES {level}"))
        .unwrap_or_default()
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
