//! One call: within its time, tried again where that may help, its answer bounded.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, ClientBuilder, Response, StatusCode, header, redirect};

use super::hosts::{Place, Reach, is_inside};
use super::{Exchange, Post};

/// How often a call is tried, and the pause before the second try; it doubles.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_millis(200);

/// What is asked, and what may come back.
pub(super) struct Call<'a> {
    pub(super) address: &'a str,
    pub(super) reach: Reach,
    /// Posted with its media type; without a body it is a GET.
    pub(super) body: Option<(&'static str, &'a [u8])>,
    /// The media type the answer must have.
    pub(super) wanted: Option<&'static str>,
    /// Bytes.
    pub(super) largest: usize,
}

/// One client for every address, one that resolves no name into the own network.
#[derive(Debug)]
pub(super) struct Clients {
    anywhere: Client,
    outside: Client,
}

impl Clients {
    pub(super) fn new() -> Result<Self, reqwest::Error> {
        Ok(Self {
            anywhere: builder().build()?,
            outside: builder().dns_resolver(Arc::new(OutsideOnly)).no_proxy().build()?,
        })
    }

    pub(super) fn of(&self, place: &Place) -> &Client {
        match place.reach {
            Reach::Anywhere => &self.anywhere,
            Reach::Outside => &self.outside,
        }
    }
}

/// No redirects: an answer from elsewhere is not the one asked for, and could lead anywhere.
fn builder() -> ClientBuilder {
    Client::builder().redirect(redirect::Policy::none())
}

struct OutsideOnly;

impl Resolve for OutsideOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if found.iter().any(|address| is_inside(address.ip())) {
                return Err("its name leads into the own network".into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// A failure, and whether another try may help.
struct Failed {
    reason: String,
    may_pass: bool,
}

impl From<reqwest::Error> for Failed {
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        // The cause says more than "error sending request".
        let reason = error.source().map_or_else(|| error.to_string(), |cause| innermost(cause).to_string());
        Self { reason, may_pass: true }
    }
}

fn innermost<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    error.source().map_or(error, |cause| innermost(cause))
}

/// Asks until there is an answer, no hope, or no time.
pub(super) async fn ask(
    client: &Client,
    place: &Place,
    call: &Call<'_>,
    end: Instant,
) -> Result<Vec<u8>, String> {
    let tries = async {
        let mut pause = PAUSE;
        for _ in 1..TRIES {
            match once(client, place, call).await {
                Err(failed) if failed.may_pass => {}
                done => return done,
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        once(client, place, call).await
    };
    match tokio::time::timeout_at(end.into(), tries).await {
        Ok(done) => done.map_err(|failed| failed.reason),
        Err(_) => Err("it took too long".to_owned()),
    }
}

/// Posts once; whether it is tried again, and when, the caller decides.
pub(super) async fn post(client: &Client, place: &Place, post: &Post<'_>) -> Result<u16, String> {
    let request = client.post(place.url.clone()).body(post.body.clone());
    let request = post.headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let answer = request.send().await.map_err(|error| Failed::from(error).reason)?;
    Ok(answer.status().as_u16())
}

/// Posts once, and reads the answer whatever its status.
pub(super) async fn exchange(
    client: &Client,
    place: &Place,
    exchange: Exchange<'_>,
) -> Result<(u16, Vec<u8>), String> {
    let request = client.post(place.url.clone()).header(header::CONTENT_TYPE, exchange.media_type);
    let request = request.header(header::ACCEPT, "application/json").body(exchange.body);
    let request = exchange.bearer.into_iter().fold(request, |request, token| request.bearer_auth(token));
    let answer = request.send().await.map_err(|error| Failed::from(error).reason)?;
    let status = answer.status().as_u16();
    let body = bounded(answer, exchange.largest).await.map_err(|failed| failed.reason)?;
    Ok((status, body))
}

/// The body of an answer, as far as it is no longer than it may be.
async fn bounded(answer: Response, largest: usize) -> Result<Vec<u8>, Failed> {
    let mut body = Vec::new();
    let mut chunks = answer.bytes_stream();
    while let Some(chunk) = chunks.try_next().await? {
        if body.len() + chunk.len() > largest {
            return Err(Failed { reason: "its answer is too long".to_owned(), may_pass: false });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

async fn once(client: &Client, place: &Place, call: &Call<'_>) -> Result<Vec<u8>, Failed> {
    let request = match call.body {
        Some((media_type, body)) => {
            client.post(place.url.clone()).header(header::CONTENT_TYPE, media_type).body(body.to_vec())
        }
        None => client.get(place.url.clone()),
    };
    let request =
        call.wanted.into_iter().fold(request, |request, wanted| request.header(header::ACCEPT, wanted));
    let answer = request.send().await?;
    refuse_unwanted(&answer, call)?;
    bounded(answer, call.largest).await
}

fn refuse_unwanted(answer: &Response, call: &Call<'_>) -> Result<(), Failed> {
    let status = answer.status();
    if status != StatusCode::OK {
        let may_pass = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
        return Err(Failed { reason: format!("it answered with status {}", status.as_u16()), may_pass });
    }
    let media_type = answer.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = media_type.and_then(|text| text.split(';').next()).unwrap_or_default().trim();
    match call.wanted {
        Some(wanted) if !media_type.eq_ignore_ascii_case(wanted) => {
            Err(Failed { reason: format!("its answer is not of type {wanted}"), may_pass: false })
        }
        _ => Ok(()),
    }
}
