//! The report after ETSI TS 119 102-2 V1.3.1, whose schema keeps the
//! namespace of V1.2.1. Clauses in brackets are that document's.

use openssl::bn::BigNum;
use pades::verify::{BaselineLevel, FileReport, Indication, SignatureReport, SignerReport, TimeSource};

use super::Report;

const VR: &str = "http://uri.etsi.org/19102/v1.2.1#";
const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
/// Begins each identifier of the standard.
const URN: &str = "urn:etsi:019102";
/// The judged file among the validation objects.
const FILE: &str = "file";

/// An element; its text comes before its children, and no element of ours has both.
struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    text: String,
    children: Vec<Element>,
}

fn element(name: &'static str, children: Vec<Element>) -> Element {
    Element { name, attributes: Vec::new(), text: String::new(), children }
}

fn leaf(name: &'static str, text: impl Into<String>) -> Element {
    Element { name, attributes: Vec::new(), text: text.into(), children: Vec::new() }
}

impl Element {
    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    fn write(&self, out: &mut String) {
        out.push('<');
        out.push_str(self.name);
        for (name, value) in &self.attributes {
            out.push_str(&format!(" {name}=\"{}\"", escaped(value)));
        }
        out.push('>');
        out.push_str(&escaped(&self.text));
        for child in &self.children {
            child.write(out);
        }
        out.push_str(&format!("</{}>", self.name));
    }
}

/// Text as XML takes it. What XML 1.0 (§2.2) cannot hold at all is marked: a
/// signer's name is anybody's text.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            letter if letter < ' ' || matches!(letter, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            letter => out.push(letter),
        }
    }
    out
}

/// The whole document.
pub(super) fn report(report: &Report) -> String {
    let result = &report.result;
    let mut children: Vec<Element> =
        (1..).zip(&result.signatures).map(|(n, one)| signature(report, n, one)).collect();
    if children.is_empty() {
        children.push(without_signature(report));
    }
    children.push(objects(result));
    let root = element("vr:ValidationReport", children)
        .with("xmlns:vr", VR)
        .with("xmlns:ds", DS)
        .with("xmlns:xades", XADES);
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    root.write(&mut out);
    out.push('\n');
    out
}

/// One signature (4.3).
fn signature(report: &Report, number: usize, one: &SignatureReport) -> Element {
    let mut parts = vec![
        identifier(number, &one.field),
        policy(report),
        times(report, one),
        document(&report.result),
        attributes(one),
    ];
    if let Some(signer) = &one.signer {
        let reference =
            element("vr:SignerCertificate", Vec::new()).with("VOReference", certificate_id(number));
        let name = signer.common_name.clone().unwrap_or_else(|| signer.subject.clone());
        parts.push(element("vr:SignerInformation", vec![reference, leaf("vr:Signer", name)]));
    }
    let process = format!("{URN}:validationprocess:{}", process(one));
    parts.push(element(
        "vr:SignatureValidationProcess",
        vec![leaf("vr:SignatureValidationProcessID", process)],
    ));
    parts.push(status(number, one));
    element("vr:SignatureValidationReport", parts)
}

/// A file in which nothing could be judged still gets an answer: that it is open.
fn without_signature(report: &Report) -> Element {
    let sentence = typed("sentence", &report.result.sentence.en);
    let data = element("vr:AdditionalValidationReportData", vec![sentence]);
    let status = vec![
        leaf("vr:MainIndication", format!("{URN}:mainindication:indeterminate")),
        leaf("vr:SubIndication", format!("{URN}:subindication:GENERIC")),
        element("vr:AssociatedValidationReportData", vec![data]),
    ];
    let status = element("vr:SignatureValidationStatus", status);
    element("vr:SignatureValidationReport", vec![policy(report), document(&report.result), status])
}

fn identifier(number: usize, field: &str) -> Element {
    let parts =
        vec![leaf("vr:HashOnly", "false"), leaf("vr:DocHashOnly", "false"), leaf("vr:DAIdentifier", field)];
    element("vr:SignatureIdentifier", parts).with("id", format!("signature-{number}"))
}

/// The policy was the program's own, told by its name (4.3.5).
fn policy(report: &Report) -> Element {
    let implied = element("xades:SignaturePolicyImplied", Vec::new());
    let name = format!(
        "{} [{} {}; trust list {}]",
        report.policy, report.software, report.version, report.trust_fingerprint
    );
    let policy = element(
        "vr:SignatureValidationPolicy",
        vec![element("vr:SignaturePolicyIdentifier", vec![implied]), leaf("vr:PolicyName", name)],
    );
    element("vr:ValidationConstraintsEvaluationReport", vec![policy])
}

/// When was judged, and when the signature is known to have existed (4.3.6).
fn times(report: &Report, one: &SignatureReport) -> Element {
    let proven = one.signing_time.clone().filter(|_| one.time_source == TimeSource::Timestamp);
    let best = vec![
        leaf("vr:POETime", proven.unwrap_or_else(|| report.at.clone())),
        leaf("vr:TypeOfProof", format!("{URN}:poetype:validation")),
    ];
    let best = element("vr:BestSignatureTime", best);
    element("vr:ValidationTimeInfo", vec![leaf("vr:ValidationTime", report.at.clone()), best])
}

/// The file the signature stands in (4.3.7).
fn document(result: &FileReport) -> Element {
    element("vr:SignersDocument", vec![digest("vr:DigestAlgAndValue", &result.sha256)])
}

fn digest(name: &'static str, sha256: &str) -> Element {
    let value = openssl::base64::encode_block(&hex::decode(sha256).unwrap_or_default());
    let method = element("ds:DigestMethod", Vec::new()).with("Algorithm", SHA256);
    element(name, vec![method, leaf("ds:DigestValue", value)])
}

/// What the signature says of itself (annex A).
fn attributes(one: &SignatureReport) -> Element {
    let mut parts = Vec::new();
    if let (Some(time), TimeSource::Claimed) = (&one.signing_time, one.time_source) {
        parts.push(element("vr:SigningTime", vec![leaf("vr:Time", time)]));
    }
    parts.push(element("vr:SubFilter", vec![leaf("vr:SubFilterElement", &one.sub_filter)]));
    element("vr:SignatureAttributes", parts)
}

/// How far the validation went (4.3.11): with a proven time, past the basic one.
fn process(one: &SignatureReport) -> &'static str {
    match (one.level, one.time_source) {
        (Some(BaselineLevel::BLTA), _) => "LTA",
        (_, TimeSource::Timestamp) => "LTVM",
        (_, TimeSource::Claimed | TimeSource::None) => "Basic",
    }
}

/// Indications as the standard writes them (4.3.4), and every message.
fn status(number: usize, one: &SignatureReport) -> Element {
    let main = match one.indication {
        Indication::TotalPassed => "total-passed",
        Indication::Indeterminate => "indeterminate",
        Indication::TotalFailed => "total-failed",
    };
    let mut parts = vec![leaf("vr:MainIndication", format!("{URN}:mainindication:{main}"))];
    let reason = one.sub_indication.as_ref().and_then(|reason| serde_json::to_value(reason).ok());
    if let Some(reason) = reason.as_ref().and_then(serde_json::Value::as_str) {
        parts.push(leaf("vr:SubIndication", format!("{URN}:subindication:{reason}")));
    }
    let mut data: Vec<Element> = revocation(number, one).into_iter().collect();
    if !one.messages.is_empty() {
        let messages = one.messages.iter().map(|message| typed(&message.code, &message.en)).collect();
        data.push(element("vr:AdditionalValidationReportData", messages));
    }
    if !data.is_empty() {
        parts.push(element("vr:AssociatedValidationReportData", data));
    }
    element("vr:SignatureValidationStatus", parts)
}

/// When the signer's certificate was revoked, if it was (4.3.4).
fn revocation(number: usize, one: &SignatureReport) -> Option<Element> {
    let at = one.certificate_status.as_ref()?.revoked_at.as_deref()?;
    let id = element("vr:ValidationObjectId", Vec::new()).with("VOReference", certificate_id(number));
    Some(element("vr:RevocationStatusInformation", vec![id, leaf("vr:RevocationTime", at)]))
}

fn typed(code: &str, words: &str) -> Element {
    let kind = leaf("vr:Type", format!("urn:ecabinet:message:{code}"));
    element("vr:ReportData", vec![kind, leaf("vr:Value", words)])
}

/// The file and the signers' certificates (4.4).
fn objects(result: &FileReport) -> Element {
    let file = object(FILE, "signedData", digest("vr:DigestAlgAndValue", &result.sha256));
    let certificates = (1..).zip(&result.signatures).filter_map(|(number, one)| {
        let direct = element("vr:direct", vec![named(one.signer.as_ref()?)]);
        Some(object(&certificate_id(number), "certificate", direct))
    });
    element("vr:SignatureValidationObjects", std::iter::once(file).chain(certificates).collect())
}

fn object(id: &str, kind: &str, representation: Element) -> Element {
    let parts = vec![
        leaf("vr:ObjectType", format!("{URN}:validationObject:{kind}")),
        element("vr:ValidationObjectRepresentation", vec![representation]),
    ];
    element("vr:ValidationObject", parts).with("id", id)
}

fn certificate_id(number: usize) -> String {
    format!("certificate-{number}")
}

/// A certificate by issuer, number and holder (XML Signature §4.5.4).
fn named(signer: &SignerReport) -> Element {
    let decimal = BigNum::from_hex_str(&signer.serial).and_then(|number| number.to_dec_str());
    let serial = decimal.map(|text| text.to_string()).unwrap_or_default();
    let issuer = vec![leaf("ds:X509IssuerName", &signer.issuer), leaf("ds:X509SerialNumber", serial)];
    element(
        "ds:X509Data",
        vec![element("ds:X509IssuerSerial", issuer), leaf("ds:X509SubjectName", &signer.subject)],
    )
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn a_hostile_name_stays_text() {
        assert_eq!(escaped("<x a=\"1\">&\u{1}\u{ffff}"), "&lt;x a=&quot;1&quot;&gt;&amp;\u{fffd}\u{fffd}");
    }
}
