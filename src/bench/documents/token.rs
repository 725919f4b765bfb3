//! A batch that a token signs: what the office adds to the token's own time.
//!
//! A key in memory stands for the token, so the token's time can be taken out;
//! the cable to it and the page in the browser are not in the figure.

use std::time::{Duration, Instant};

use pades::SignatureAlgorithm;
use pades::authority::{Issued, KeyKind, Subject, Terms};
use pades::sign::Signer;
use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use serde::Deserialize;

use crate::bench::BenchError;
use crate::bench::office::{CHAIR, Office, SECRETARY};
use crate::bench::report::Row;
use crate::bench::server::Server;
use crate::identity::OrgRole;
use crate::signing::{DocumentId, authority, certificates};
use crate::web::App;

const YEAR: i64 = 365 * 86_400;
const FORM: &str = "application/x-www-form-urlencoded";

/// Gives the chair a key of which the office knows the certificate alone.
pub(super) async fn give(app: &App, office: &Office) -> Result<Issued, BenchError> {
    let now = app.clock.now();
    let subject =
        Subject { common_name: "Chủ tịch".to_owned(), organisation: None, unit: None, title: None };
    let terms = Terms {
        not_before: now.plus_seconds(-1).to_jiff(),
        not_after: now.plus_seconds(YEAR).to_jiff(),
        serial: 1,
        key: KeyKind::P256,
    };
    let issued = authority::issuer()?.issue_person(&subject, &terms)?;
    let file = issued.certificate.to_der()?;
    let mut admin = office.actor(SECRETARY)?;
    admin.roles.push(OrgRole::SystemAdmin);
    let mut tx = app.db.write().await?;
    let whose = (Some(office.person(CHAIR)?), file.as_slice());
    certificates::bind(&mut tx, &admin, whose, true, now).await?;
    tx.commit().await?;
    Ok(issued)
}

#[derive(Deserialize)]
struct Handed {
    acts: Vec<Act>,
}

#[derive(Deserialize)]
struct Act {
    id: String,
    message: String,
    algorithm: SignatureAlgorithm,
}

#[derive(Deserialize)]
struct Taken {
    is_signed: bool,
}

/// Signs the documents one after the other, as the agent does.
pub(super) async fn sign_all(
    server: &Server,
    session: &str,
    documents: &[DocumentId],
    token: &Issued,
) -> Result<Row, BenchError> {
    let steps: String = documents.iter().map(|document| format!("step={document}.1&")).collect();
    let signer = token.signer();
    let (began, mut in_token) = (Instant::now(), Duration::ZERO);
    let handed: Handed = serde_json::from_str(&post(server, session, "/signing/acts", steps).await?)?;
    for act in &handed.acts {
        let message = hex::decode(&act.message)?;
        let asked = Instant::now();
        let value = signer.sign(&message, act.algorithm)?;
        in_token += asked.elapsed();
        let path = format!("/signing/acts/{}/values", act.id);
        let taken = post(server, session, &path, format!("value={}", hex::encode(value))).await?;
        if !serde_json::from_str::<Taken>(&taken)?.is_signed {
            return Err(BenchError("a value of the token was refused".to_owned()));
        }
    }
    let took = began.elapsed().saturating_sub(in_token).as_secs_f64();
    if handed.acts.len() != documents.len() {
        return Err(BenchError(format!("{} documents were handed out", handed.acts.len())));
    }
    let what = format!("{} documents signed with a token, beside its own time", documents.len());
    Ok(Row::new(what, "s", &[("took", took)]))
}

async fn post(server: &Server, session: &str, path: &str, body: String) -> Result<String, BenchError> {
    let answer = server.post(path, session).header(CONTENT_TYPE, FORM).body(body).send().await?;
    match answer.status() {
        StatusCode::OK => Ok(answer.text().await?),
        status => Err(BenchError(format!("{path} answered {status}"))),
    }
}
