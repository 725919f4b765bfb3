//! Writes the signed papers that the fuzz targets begin with into `seeds/base`.

use std::error::Error;

use jiff::Timestamp;
use pades::authority::{Authority, KeyKind, Subject, Terms};
use pades::sign::{Permission, Pkcs12Signer, SignOptions, sign};

#[allow(dead_code, reason = "the tests use all of it")]
#[path = "../../tests/it/papers.rs"]
mod papers;
use papers::{Form, Shape, paper};

fn main() -> Result<(), Box<dyn Error>> {
    let certificate = include_bytes!("../../../../certs-dev/sub-ca.cert.pem");
    let key = include_bytes!("../../../../certs-dev/sub-ca.key.pem");
    let now: Timestamp = "2026-11-22T03:00:00Z".parse()?;
    let terms = Terms {
        not_before: "2026-01-01T00:00:00Z".parse()?,
        not_after: "2029-01-01T00:00:00Z".parse()?,
        serial: 4711,
        key: KeyKind::P256,
    };
    let subject = Subject { common_name: "Nguyễn Thị Chủ Tịch".to_owned(), ..Subject::default() };
    let signer = Authority::from_pem(certificate, key, &[])?.issue_person(&subject, &terms)?.signer();
    let shape = |form, tagged, pages| paper(Shape { form, tagged, pages });
    let plain = SignOptions::default();
    let certify = SignOptions { certify: Some(Permission::Annotations), ..SignOptions::default() };
    for (name, pdf, options) in [
        ("table", shape(Form::Table, false, 1), &plain),
        ("stream", shape(Form::Packed, true, 2), &plain),
        ("form", shape(Form::Hybrid, false, 2), &plain),
        ("certified", shape(Form::Table, true, 1), &certify),
    ] {
        write(name, &pdf, options, &signer, now)?;
    }
    Ok(())
}

fn write(
    name: &str,
    pdf: &[u8],
    options: &SignOptions,
    signer: &Pkcs12Signer,
    now: Timestamp,
) -> Result<(), Box<dyn Error>> {
    let signed = sign(pdf, options, signer, None, now)?.onto(pdf);
    std::fs::write(format!("{}/seeds/base/{name}.pdf", env!("CARGO_MANIFEST_DIR")), signed)?;
    Ok(())
}
