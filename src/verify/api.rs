//! The verdict as JSON, for other offices' software.

use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::TryStreamExt;
use serde::Deserialize;
use serde_json::{Value, json};

use super::web::{Desk, Peer, limit, take};
use crate::web::{self, App, Now, Query};

#[derive(Debug, Default, Deserialize)]
pub(super) struct Options {
    /// How the answer is to call the file.
    name: Option<String>,
}

/// Judges the PDF in the body.
pub(super) async fn verify(
    Now(now): Now,
    State(app): State<App>,
    Extension(desk): Extension<Desk>,
    peer: Peer,
    Query(options): Query<Options>,
    body: Body,
) -> Result<Response, web::Error> {
    desk.admit(&peer, now)?;
    let mut file = app.storage.incoming(limit(&app.config)).await?;
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.try_next().await.map_err(|_| web::Error::Invalid("error-form".into()))? {
        take(&app.config, &mut file, &chunk).await?;
    }
    file.finish().await?;
    let mut report = desk.judge(&app, &file, now).await?.1.report;
    report.file = options.name.unwrap_or_else(|| "document.pdf".to_owned());
    Ok(([(header::CONTENT_TYPE, "application/json")], report.to_json()).into_response())
}

/// Describes this feature's routes (OpenAPI 3.1); `app` adds those of others.
pub fn description() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "E-cabinet", "version": env!("CARGO_PKG_VERSION") },
        "paths": { "/api/v1/verify": { "post": operation() } },
        "components": { "schemas": {
            "Report": report_schema(),
            "Signature": signature_schema(),
            "Certificate": certificate_schema(),
            "CertificateStatus": status_schema(),
            "ChainLink": chain_schema(),
            "Timestamp": timestamp_schema(),
        }, "securitySchemes": {
            "indicatorKey": { "type": "http", "scheme": "bearer", "description": "A key made by the office" },
        } },
    })
}

fn operation() -> Value {
    let answer = |description: &str| json!({ "description": description });
    json!({
        "summary": "The verdict on the signatures of one PDF. Nothing is kept.",
        "parameters": [{
            "name": "name", "in": "query", "schema": { "type": "string" },
            "description": "How the answer is to call the file",
        }],
        "requestBody": {
            "required": true,
            "content": { "application/pdf": { "schema": { "type": "string", "format": "binary" } } },
        },
        "responses": {
            "200": {
                "description": "The verdict, also for a file that cannot be read",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Report" } } },
            },
            "413": answer("The file is larger than this installation takes"),
            "429": answer("Too many files from this address, or at once"),
        },
    })
}

fn report_schema() -> Value {
    let words = json!({ "type": "object", "properties": { "vi": text(), "en": text() } });
    json!({
        "type": "object",
        "properties": {
            "file": text(),
            "size": { "type": "integer" },
            "sha256": text(),
            "revisions": { "type": "integer" },
            "verdict": one_of(&["valid", "indeterminate", "invalid", "unsigned", "unreadable"]),
            "sentence": words,
            "error": { "type": ["object", "null"], "properties": { "code": text(), "message": text() } },
            "signatures": { "type": "array", "items": { "$ref": "#/components/schemas/Signature" } },
        },
    })
}

fn signature_schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "field": text(),
            "revision": { "type": "integer", "description": "The saved state it closes, from 1" },
            "kind": one_of(&["approval", "certification", "timestamp"]),
            "sub_filter": text(),
            "indication": one_of(&["TOTAL-PASSED", "INDETERMINATE", "TOTAL-FAILED"]),
            "sub_indication": maybe_text(),
            "intact": { "type": "boolean" },
            "coverage": one_of(&["entire-file", "entire-revision", "partial", "invalid"]),
            "changes_after":
                one_of(&["none", "ltv-update", "form-filling", "annotation", "unexplained", "forbidden"]),
            "docmdp": { "type": ["integer", "null"] },
            "level": maybe_text(),
            "signer": { "oneOf": [schema("Certificate"), { "type": "null" }] },
            "signing_time": maybe_text(),
            "time_source": one_of(&["timestamp", "claimed", "none"]),
            "digest_algorithm": maybe_text(),
            "signature_algorithm": maybe_text(),
            "certificate_status": { "oneOf": [schema("CertificateStatus"), { "type": "null" }] },
            "chain": { "type": "array", "items": schema("ChainLink") },
            "timestamps": { "type": "array", "items": schema("Timestamp") },
            "messages": {
                "type": "array",
                "items": { "type": "object", "properties": { "code": text(), "vi": text(), "en": text() } },
            },
        },
    })
}

/// A certificate in its own words.
fn certificate_schema() -> Value {
    json!({ "type": "object", "properties": certificate_properties() })
}

fn certificate_properties() -> Value {
    json!({
        "subject": text(), "common_name": maybe_text(), "issuer": text(), "serial": text(),
        "not_before": maybe_text(), "not_after": maybe_text(),
    })
}

/// What is known of a certificate at the time in question.
fn status_schema() -> Value {
    let evidence = json!({
        "kind": one_of(&["ocsp", "crl"]),
        "source": one_of(&["store", "signature", "given", "network"]),
        "this_update": text(), "next_update": maybe_text(), "known_since": text(),
    });
    json!({
        "type": "object",
        "properties": {
            "at": text(),
            "within_validity": { "type": "boolean" },
            "standing": one_of(&["good", "revoked", "on-hold", "unknown", "anchor"]),
            "revoked_at": maybe_text(),
            "reason": maybe_text(),
            "evidence": { "type": ["object", "null"], "properties": evidence },
        },
    })
}

/// One certificate on the way to a trusted one.
fn chain_schema() -> Value {
    let mut properties = certificate_properties();
    if let Some(known) = properties.as_object_mut() {
        known.insert("anchor".to_owned(), json!({ "type": "boolean" }));
        known.insert("status".to_owned(), schema("CertificateStatus"));
    }
    json!({ "type": "object", "properties": properties })
}

fn timestamp_schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "kind": one_of(&["signature", "document"]),
            "time": text(),
            "authority": schema("Certificate"),
            "indication": one_of(&["TOTAL-PASSED", "INDETERMINATE", "TOTAL-FAILED"]),
            "sub_indication": maybe_text(),
            "certificate_status": schema("CertificateStatus"),
            "chain": { "type": "array", "items": schema("ChainLink") },
        },
    })
}

fn schema(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn maybe_text() -> Value {
    json!({ "type": ["string", "null"] })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn one_of(words: &[&str]) -> Value {
    json!({ "type": "string", "enum": words })
}
