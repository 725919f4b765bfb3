//! What every request and every answer passes.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Error;

/// No inline script or style anywhere, and nothing from elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; \
    img-src 'self' data: blob:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; \
    manifest-src 'self'; worker-src 'self'";

/// For pages on which people sign: they may speak to the agent and to the desktop program on the reader's own machine as well.
pub const POLICY_WITH_AGENT: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; \
    img-src 'self' data: blob:; connect-src 'self' ws://127.0.0.1:* wss://127.0.0.1:*; form-action 'self'; frame-ancestors 'none'; \
    base-uri 'none'; manifest-src 'self'; worker-src 'self'";

/// The same for a page whose forms may lead on to other places: browsers hold what a form is redirected to against its
/// page's policy as well (CSP Level 3 §6.4.1).
pub fn policy_leading_to<'a>(origins: impl Iterator<Item = &'a str>) -> String {
    let forms = origins.fold("form-action 'self'".to_owned(), |forms, origin| format!("{forms} {origin}"));
    POLICY_WITH_AGENT.replace("form-action 'self'", &forms)
}

/// Refuses posts that another site's page sent in a signed-in person's name.
pub async fn refuse_foreign_posts(request: Request, next: Next) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    // The API is called by programs with a body of their own; it acts for nobody signed in.
    let is_api = request.uri().path().starts_with("/api/");
    if is_read || is_api || is_from_here(request.headers()) {
        next.run(request).await
    } else {
        Error::Forbidden("error-foreign-post".into()).into_response()
    }
}

/// True for a path on this site: a link from a query must not lead elsewhere.
pub fn is_inner_path(path: &str) -> bool {
    // Browsers drop tabs and line breaks, and read `\` as `/`.
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(|letter: char| letter == '\\' || letter.is_control())
}

/// Puts the security headers on every answer.
pub async fn security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    put_headers(response.headers_mut());
    response
}

/// True when the browser says that one of our own pages sent this.
fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match text(HeaderName::from_static("sec-fetch-site")) {
        Some(site) => site == "same-origin",
        // Browsers before 2023 send no such header, but an origin with every post.
        None => match (text(header::ORIGIN), text(header::HOST)) {
            (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, from)| from == host),
            _ => false,
        },
    }
}

fn put_headers(headers: &mut HeaderMap) {
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
    ];
    for (name, value) in fixed {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    // Pages show one person's data; a shared machine must not keep them.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}
