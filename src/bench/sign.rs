//! One signature, and the verdict on it.

use std::time::{Duration, Instant};

use pades::authority::{KeyKind, Subject, Terms};
use pades::sign::{Pkcs12Signer, SignOptions, sign};
use pades::verify::{Context, Verdict, verify};

use super::report::{Row, Times};
use super::{BenchError, Measured, pdf};
use crate::clock::{Clock, Timestamp};
use crate::signing::authority;

/// Pages of text that make 100 KB.
const PAGES: usize = 35;
const TIMES: usize = 200;
const DAY: i64 = 86_400;

pub(super) async fn measure() -> Measured {
    // Not on the runtime's own threads: nothing in here ever waits.
    tokio::task::spawn_blocking(measure_here).await?
}

fn measure_here() -> Measured {
    let now = Clock::System.now();
    let original = pdf::text(PAGES)?;
    let mut rows = Vec::new();
    for (name, kind) in [("RSA 2048", KeyKind::Rsa2048), ("P-256", KeyKind::P256)] {
        let signer = signer(kind, now)?;
        let (mut signing, mut judging) = (Vec::new(), Vec::new());
        for _ in 0..TIMES {
            let began = Instant::now();
            let signed = sign(&original, &SignOptions::default(), &signer, None, now.to_jiff())?;
            signing.push(began.elapsed());
            judging.push(judge(&signed.onto(&original), now)?);
        }
        rows.push(row(format!("sign B-B, {name}"), signing));
        rows.push(row(format!("verify B-B, {name}"), judging));
    }
    let notes = vec![
        format!("a PDF of {} KB in memory, {TIMES} times each, on one core", original.len() / 1000),
        "the key is open already; revocation is not asked, no timestamp is fetched".to_owned(),
    ];
    Ok((rows, notes))
}

fn signer(key: KeyKind, now: Timestamp) -> Result<Pkcs12Signer, BenchError> {
    let subject = Subject { common_name: "Nguyễn Văn Hùng".to_owned(), ..Subject::default() };
    let terms = Terms {
        not_before: now.plus_seconds(-DAY).to_jiff(),
        not_after: now.plus_seconds(DAY).to_jiff(),
        serial: 1,
        key,
    };
    Ok(authority::issuer()?.issue_person(&subject, &terms)?.signer())
}

/// How long the verdict took. One that does not pass is no figure.
fn judge(signed: &[u8], now: Timestamp) -> Result<Duration, BenchError> {
    let anchors = authority::root();
    let context = Context::new(&anchors, now.to_jiff());
    let began = Instant::now();
    let report = verify(signed, &context)?;
    let took = began.elapsed();
    if report.verdict == Verdict::Valid {
        Ok(took)
    } else {
        Err(BenchError(format!("the signature does not pass: {}", report.sentence.en)))
    }
}

fn row(what: String, times: Vec<Duration>) -> Row {
    let times: Times = times.into_iter().collect();
    Row::new(what, "ms", &[("p50", times.median()), ("p95", times.quantile(0.95)), ("max", times.max())])
}
