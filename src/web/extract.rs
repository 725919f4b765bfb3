//! Extractors that answer bad input in words a person can read.

use std::convert::Infallible;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use super::{App, Error};
use crate::clock::Timestamp;

/// The request's moment, by the service's clock.
#[derive(Clone, Copy, Debug)]
pub struct Now(pub Timestamp);

impl FromRequestParts<App> for Now {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(Self(app.clock.now()))
    }
}

/// A form's fields.
#[derive(Debug)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Form<T> {
    type Rejection = Error;

    #[expect(clippy::disallowed_types, reason = "this is the wrapper the ban points to")]
    async fn from_request(request: Request, app: &App) -> Result<Self, Error> {
        let form = axum::extract::Form::<T>::from_request(request, app).await;
        form.map(|axum::extract::Form(form)| Self(form)).map_err(|_| Error::Invalid("error-form".into()))
    }
}

/// The ids in a path; one that cannot be read is simply not there.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = Error;

    #[expect(clippy::disallowed_types, reason = "this is the wrapper the ban points to")]
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, app).await;
        path.map(|axum::extract::Path(path)| Self(path)).map_err(|_| Error::NotFound)
    }
}

/// The query's fields; what cannot be read is left at its default.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Default> FromRequestParts<App> for Query<T> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, app).await;
        Ok(Self(query.map(|axum::extract::Query(query)| query).unwrap_or_default()))
    }
}

/// The cookies of a request.
#[derive(Clone, Debug, Default)]
pub struct Cookies(Vec<(String, String)>);

impl Cookies {
    pub fn of(headers: &HeaderMap) -> Self {
        let pairs = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Self(pairs)
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

impl FromRequestParts<App> for Cookies {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

/// A `Set-Cookie` line that scripts may read. `lifetime` is in seconds; 0
/// removes the cookie.
pub fn cookie(name: &str, value: &str, lifetime: i64, is_secure: bool) -> String {
    let secure = if is_secure { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={lifetime}; SameSite=Lax{secure}")
}
