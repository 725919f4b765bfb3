//! The test office: small PDFs, persons with keys, a timestamp authority, and a fixed clock.

use std::path::PathBuf;
use std::sync::OnceLock;

use jiff::Timestamp;
use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::x509::extension::KeyUsage;
use openssl::x509::{X509, X509Name};
use pades::authority::{Authority, Issued, KeyKind, Subject, Terms, TestTimestampAuthority};
use pades::sign::{Pkcs12Signer, SignOptions, Signed, Stamping, sign};
use pades::trust::Anchors;
use pades::verify::{Context, FileReport, SignatureReport, verify};

/// The day on which all tests happen.
pub fn now() -> Timestamp {
    "2026-11-22T03:00:00Z".parse().unwrap()
}

/// The root of the repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn pem(name: &str) -> Vec<u8> {
    std::fs::read(root().join("certs-dev").join(name)).unwrap()
}

/// The anchors of the office: the throw-away root.
pub fn anchors() -> &'static Anchors {
    static ANCHORS: OnceLock<Anchors> = OnceLock::new();
    ANCHORS.get_or_init(|| Anchors::from_bytes(&pem("root.cert.pem")).unwrap())
}

/// The sub-CA that issues the persons' certificates.
pub fn authority() -> Authority {
    Authority::from_pem(&pem("sub-ca.cert.pem"), &pem("sub-ca.key.pem"), &[]).unwrap()
}

/// The office's timestamp authority.
pub fn tsa() -> TestTimestampAuthority {
    TestTimestampAuthority::from_pem(&pem("tsa.cert.pem"), &pem("tsa.key.pem"), &[]).unwrap()
}

/// Terms of a certificate that is valid on the day.
pub fn terms(key: KeyKind) -> Terms {
    Terms {
        not_before: "2026-01-01T00:00:00Z".parse().unwrap(),
        not_after: "2029-01-01T00:00:00Z".parse().unwrap(),
        serial: 4711,
        key,
    }
}

/// The chairwoman, with a P-256 key.
pub fn chair() -> &'static Pkcs12Signer {
    static CHAIR: OnceLock<Pkcs12Signer> = OnceLock::new();
    CHAIR.get_or_init(|| person("Nguyễn Thị Chủ Tịch", KeyKind::P256))
}

/// The clerk, with an RSA key.
pub fn clerk() -> &'static Pkcs12Signer {
    static CLERK: OnceLock<Pkcs12Signer> = OnceLock::new();
    CLERK.get_or_init(|| person("Trần Văn Thư", KeyKind::Rsa2048))
}

/// Somebody of the office with a key of some kind.
pub fn person(name: &str, key: KeyKind) -> Pkcs12Signer {
    issued(name, key).signer()
}

/// The same, key and certificate apart.
pub fn issued(name: &str, key: KeyKind) -> Issued {
    let subject = Subject {
        common_name: name.to_owned(),
        organisation: Some("UBND phường An Hải (TEST)".to_owned()),
        ..Subject::default()
    };
    authority().issue_person(&subject, &terms(key)).unwrap()
}

/// A certificate that signs itself, for keys that no authority would certify.
pub fn self_signed(key: &PKey<Private>, digest: MessageDigest, usage: &KeyUsage) -> X509 {
    let mut name = X509Name::builder().unwrap();
    name.append_entry_by_text("CN", "Tự ký").unwrap();
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&Asn1Integer::from_bn(&BigNum::from_u32(7).unwrap()).unwrap()).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_pubkey(key).unwrap();
    let seconds = now().as_second();
    builder.set_not_before(&Asn1Time::from_unix(seconds - 86_400).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_unix(seconds + 86_400).unwrap()).unwrap();
    builder.append_extension(usage.build().unwrap()).unwrap();
    builder.sign(key, digest).unwrap();
    builder.build()
}

/// Signs invisibly as the chairwoman.
pub fn signed(pdf: &[u8]) -> Vec<u8> {
    signed_with(pdf, &SignOptions::default()).onto(pdf)
}

/// Signs as the chairwoman with these options.
pub fn signed_with(pdf: &[u8], options: &SignOptions) -> Signed {
    sign(pdf, options, chair(), None, now()).unwrap()
}

/// Asks the office's timestamp authority, strictly.
pub fn stamping(service: &dyn pades::TimestampService) -> Stamping<'_> {
    Stamping { service, nonce: [0x5A; 16], anchors: Some(anchors()), required: true }
}

/// The context of the office: its anchors, its day, no revocation.
pub fn context() -> Context<'static> {
    Context::new(anchors(), now())
}

/// The office's verdict.
pub fn judge(pdf: &[u8]) -> FileReport {
    verify(pdf, &context()).unwrap()
}

/// The verdict on the one signature of a file.
pub fn judge_one(pdf: &[u8]) -> SignatureReport {
    let report = judge(pdf);
    assert_eq!(report.signatures.len(), 1, "{report:?}");
    report.signatures.into_iter().next().unwrap()
}

/// Codes of all messages of a signature.
pub fn codes(signature: &SignatureReport) -> Vec<&str> {
    signature.messages.iter().map(|m| m.code.as_str()).collect()
}

/// How a test PDF lists its objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Xref {
    Table,
    Stream,
}

/// Builds small PDFs object by object.
pub struct Paper {
    objects: Vec<(u32, String)>,
    xref: Xref,
}

impl Paper {
    /// One page with a line of text.
    pub fn new(xref: Xref) -> Paper {
        let text = "BT /F1 12 Tf 72 720 Td (Quyet dinh) Tj ET";
        let stream = format!("<</Length {}>>\nstream\n{text}\nendstream", text.len());
        let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R\
                    /Resources<</Font<</F1 5 0 R>>>>>>";
        let objects = [
            (1, "<</Type/Catalog/Pages 2 0 R>>".to_owned()),
            (2, "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned()),
            (3, page.to_owned()),
            (4, stream),
            (5, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned()),
        ];
        Paper { objects: objects.to_vec(), xref }
    }

    /// Replaces or adds an object.
    pub fn with(mut self, number: u32, body: &str) -> Paper {
        self.objects.retain(|(n, _)| *n != number);
        self.objects.push((number, body.to_owned()));
        self
    }

    /// The bytes.
    pub fn pdf(&self) -> Vec<u8> {
        append(b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n", &self.objects, "/Root 1 0 R", None, self.xref)
    }
}

/// One page, listed in a table.
pub fn paper() -> Vec<u8> {
    Paper::new(Xref::Table).pdf()
}

/// Appends objects and a cross-reference section to some bytes, as a forger or another program would.
pub fn append(
    base: &[u8],
    objects: &[(u32, String)],
    keys: &str,
    previous: Option<usize>,
    xref: Xref,
) -> Vec<u8> {
    let mut out = base.to_vec();
    let mut places = Vec::new();
    for (number, body) in objects {
        places.push((*number, out.len()));
        out.extend(format!("{number} 0 obj\n{body}\nendobj\n").bytes());
    }
    let start = out.len();
    let previous = previous.map(|offset| format!("/Prev {offset}")).unwrap_or_default();
    let size = 1 + objects.iter().map(|(n, _)| *n).max().unwrap_or(0);
    places.sort();
    match xref {
        Xref::Table => {
            out.extend(b"xref\n0 1\n0000000000 65535 f \n");
            for (number, offset) in places {
                out.extend(format!("{number} 1\n{offset:010} 00000 n \n").bytes());
            }
            out.extend(format!("trailer\n<</Size {size}{keys}{previous}>>\n").bytes());
        }
        Xref::Stream => {
            places.push((size, start));
            let index: String = places.iter().map(|(n, _)| format!("{n} 1 ")).collect();
            let mut rows = Vec::new();
            for (_, offset) in places {
                rows.push(1);
                rows.extend((offset as u32).to_be_bytes());
                rows.push(0);
            }
            let head = format!(
                "{size} 0 obj\n<</Type/XRef/Size {}/W[1 4 1]/Index[{index}]{keys}{previous}/Length {}>>\nstream\n",
                size + 1,
                rows.len()
            );
            out.extend(head.bytes());
            out.extend(rows);
            out.extend(b"\nendstream\nendobj\n");
        }
    }
    out.extend(format!("startxref\n{start}\n%%EOF\n").bytes());
    out
}

/// The offset that the last `startxref` names.
pub fn last_xref(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    let tail = text.rsplit("startxref").next().unwrap();
    tail.split_whitespace().next().unwrap().parse().unwrap()
}

/// Appends objects to a signed file as an incremental update.
pub fn tamper(pdf: &[u8], objects: &[(u32, &str)]) -> Vec<u8> {
    let objects: Vec<(u32, String)> = objects.iter().map(|(n, body)| (*n, (*body).to_owned())).collect();
    append(pdf, &objects, "/Root 1 0 R", Some(last_xref(pdf)), Xref::Table)
}
