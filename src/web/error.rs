//! What a handler answers when it cannot do what was asked.

use std::sync::Arc;

use askama::Template;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use uuid::Uuid;

use super::{Cookies, Lang, asset_url};
use crate::{db, jobs, storage};

/// A sentence for a person: the key of its text and what fills its gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub key: &'static str,
    pub gaps: Vec<(&'static str, String)>,
}

impl Message {
    pub fn with(key: &'static str, name: &'static str, value: impl ToString) -> Self {
        Self { key, gaps: vec![(name, value.to_string())] }
    }

    pub fn text(&self, lang: Lang) -> String {
        let gaps: Vec<(&'static str, &str)> =
            self.gaps.iter().map(|(name, value)| (*name, value.as_str())).collect();
        lang.t_with(self.key, &gaps)
    }
}

impl From<&'static str> for Message {
    fn from(key: &'static str) -> Self {
        Self { key, gaps: Vec::new() }
    }
}

/// The few kinds of refusal a page knows.
#[derive(Clone, Debug)]
pub enum Error {
    /// Nobody is signed in; `back` is where to go on afterwards.
    SignIn { back: String },
    /// Not there, or not for this person: the same answer.
    NotFound,
    /// Everyone may know of it; this person may not do it.
    Forbidden(Message),
    /// Not possible in the present state.
    Conflict(Message),
    /// What was sent cannot be taken.
    Invalid(Message),
    /// Too large, with the limit said.
    TooLarge(Message),
    /// Too many tries.
    TooMany(Message),
    /// Our fault: logged whole, shown as a number only.
    Internal(Arc<dyn std::error::Error + Send + Sync>),
}

impl Error {
    pub fn internal(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Internal(Arc::new(error))
    }

    /// Status and sentence of what a form's own page can say, beside what was
    /// typed; `Err`: it is no matter of what was typed.
    pub fn of_form(self) -> Result<(StatusCode, Message), Self> {
        let status = self.status();
        match self {
            Self::Forbidden(message)
            | Self::Conflict(message)
            | Self::Invalid(message)
            | Self::TooLarge(message) => Ok((status, message)),
            other => Err(other),
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::SignIn { .. } => StatusCode::SEE_OTHER,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::SignIn { .. } => Message::from("error-sign-in"),
            Self::NotFound => Message::from("error-not-found"),
            Self::Forbidden(message)
            | Self::Conflict(message)
            | Self::Invalid(message)
            | Self::TooLarge(message)
            | Self::TooMany(message) => message.clone(),
            Self::Internal(_) => Message::from("error-internal"),
        }
    }
}

impl From<db::Error> for Error {
    fn from(error: db::Error) -> Self {
        Self::internal(error)
    }
}

impl From<storage::Error> for Error {
    fn from(error: storage::Error) -> Self {
        Self::internal(error)
    }
}

impl From<jobs::Error> for Error {
    fn from(error: jobs::Error) -> Self {
        Self::internal(error)
    }
}

impl IntoResponse for Error {
    /// The status now; the words are put in by [`render_errors`], which knows
    /// the person's language.
    fn into_response(self) -> Response {
        if let Self::SignIn { back } = &self {
            let back = percent_encoding::utf8_percent_encode(back, percent_encoding::NON_ALPHANUMERIC);
            return Redirect::to(&format!("/sign-in?back={back}")).into_response();
        }
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    lang: Lang,
    theme: String,
    size: String,
    status: u16,
    sentence: String,
    request_id: Option<String>,
    stylesheet: String,
}

/// Turns a refusal into a page in the reader's language, or into a plain
/// sentence for a script. Internal causes are logged here, once.
pub async fn render_errors(request: Request, next: Next) -> Response {
    let cookies = Cookies::of(request.headers());
    let wants_page = accepts_html(request.headers());
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    let Some(error) = response.extensions_mut().remove::<Error>() else { return response };
    let lang = Lang::from_code(cookies.get("lang"));
    let request_id = if let Error::Internal(cause) = &error {
        let id = Uuid::new_v4().simple().to_string();
        let cause = jobs::Failure::from_error(cause.as_ref());
        tracing::error!(request.id = %id, request.path = %path, %cause, "A request failed");
        Some(id)
    } else {
        None
    };
    let sentence = error.message().text(lang);
    if !wants_page {
        return (error.status(), sentence).into_response();
    }
    let page = ErrorPage {
        lang,
        theme: cookies.get("theme").unwrap_or_default().to_owned(),
        size: cookies.get("size").unwrap_or_default().to_owned(),
        status: error.status().as_u16(),
        sentence,
        request_id,
        stylesheet: asset_url("app.css"),
    };
    match page.render() {
        Ok(html) => (error.status(), Html(html)).into_response(),
        Err(_) => error.status().into_response(),
    }
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|value: &HeaderValue| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}
