//! Sign-in, the account page, and the people of the organisation.

mod account;
mod people;

use std::net::SocketAddr;

use askama::Template;
use axum::Router;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::actions::{self, Attempt, SignInError};
use super::{Chrome, session};
use crate::web::{self, App, Form, Message, Now, Query, cookie};

pub fn router() -> Router<App> {
    Router::new()
        .route("/sign-in", get(form).post(sign_in))
        .route("/preferences", post(prefer))
        .merge(account::router())
        .merge(people::router())
}

#[derive(Template)]
#[template(path = "identity/sign-in.html")]
struct SignInPage {
    chrome: Chrome,
    back: String,
    login: String,
    problem: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Back {
    back: Option<String>,
}

async fn form(chrome: Chrome, Query(query): Query<Back>) -> Result<Html<String>, web::Error> {
    let back = inner_path(query.back.as_deref());
    web::page(&SignInPage { chrome, back, login: String::new(), problem: None })
}

#[derive(Debug, Deserialize)]
struct SignInForm {
    login: String,
    password: String,
    back: Option<String>,
}

async fn sign_in(
    chrome: Chrome,
    Now(now): Now,
    State(app): State<App>,
    peer: Peer,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Result<Response, web::Error> {
    let device = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let login = form.login.trim().to_lowercase();
    let attempt = Attempt {
        login: login.clone(),
        password: form.password,
        address: peer.0,
        device: device.chars().take(200).collect(),
    };
    let back = inner_path(form.back.as_deref());
    match actions::sign_in(&app.db, attempt, now).await {
        Ok(secret) => {
            let lifetime = app.config.session_hours * 3600;
            let secure = session::is_secure(&app.config);
            let line = cookie(session::cookie_name(&app.config), &secret, lifetime, secure) + "; HttpOnly";
            Ok(([(header::SET_COOKIE, line)], Redirect::to(&back)).into_response())
        }
        Err(error) => {
            let (status, problem) = refusal(error)?;
            let problem = Some(problem.text(chrome.lang()));
            let page = web::page(&SignInPage { chrome, back, login, problem })?;
            Ok((status, page).into_response())
        }
    }
}

fn refusal(error: SignInError) -> Result<(StatusCode, Message), web::Error> {
    match error {
        SignInError::Wrong => Ok((StatusCode::UNPROCESSABLE_ENTITY, "sign-in-wrong".into())),
        SignInError::Wait { seconds } => {
            Ok((StatusCode::TOO_MANY_REQUESTS, Message::with("sign-in-wait", "seconds", seconds)))
        }
        SignInError::Password(error) => Err(web::Error::internal(error)),
        SignInError::Random(error) => Err(web::Error::internal(error)),
        SignInError::Db(error) => Err(error.into()),
    }
}

/// Where a request comes from; without a socket, as in tests, from nowhere.
struct Peer(String);

impl axum::extract::FromRequestParts<App> for Peer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        _: &App,
    ) -> Result<Self, Self::Rejection> {
        let address = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_string());
        Ok(Self(address.unwrap_or_default()))
    }
}

/// A path on this site, or home: a link must not lead elsewhere after sign-in.
fn inner_path(path: Option<&str>) -> String {
    path.filter(|path| web::is_inner_path(path)).unwrap_or("/").to_owned()
}

#[derive(Debug, Deserialize)]
struct PreferenceForm {
    theme: Option<String>,
    size: Option<String>,
    lang: Option<String>,
}

/// Remembers how a person wants pages shown, on this device.
async fn prefer(State(app): State<App>, headers: HeaderMap, Form(form): Form<PreferenceForm>) -> Response {
    let choices = [("theme", form.theme), ("size", form.size), ("lang", form.lang)];
    let back = headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let back = back.and_then(|address| address.strip_prefix(app.config.public_url().as_str()));
    let mut response = Redirect::to(&inner_path(back)).into_response();
    for (name, value) in choices {
        let is_word =
            |value: &String| value.len() < 12 && value.chars().all(|letter| letter.is_ascii_alphanumeric());
        if let Some(value) = value.filter(is_word) {
            let line = cookie(name, &value, 365 * 86_400, session::is_secure(&app.config));
            if let Ok(line) = line.parse() {
                response.headers_mut().append(header::SET_COOKIE, line);
            }
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::inner_path;

    #[test]
    fn after_sign_in_one_stays_on_this_site() {
        assert_eq!(inner_path(Some("/meetings/7")), "/meetings/7");
        assert_eq!(inner_path(Some("//evil.example")), "/");
        assert_eq!(inner_path(Some("https://evil.example")), "/");
        assert_eq!(inner_path(Some("/\\evil.example")), "/");
        assert_eq!(inner_path(Some("/\t/evil.example")), "/");
    }
}
