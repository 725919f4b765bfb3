//! Asking services on the network: in time, again where it helps, and never
//! for a stranger in the own network.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use ecabinet::remote::{Hosts, Reach, Remote};
use futures_util::stream;
use pades::TimestampService;
use pades::trust::{Fetch, FetchError};
use tokio::runtime::Handle;

/// Longer than any test may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server on loopback, and how often each thing was asked of it.
struct Peer {
    host: String,
    asked: Arc<AtomicUsize>,
}

async fn peer() -> Peer {
    let asked = Arc::new(AtomicUsize::new(0));
    let router = Router::new()
        .route("/weak", get(second_time).post(second_time))
        .route("/gone", get(gone))
        .route("/moved", get(async || Redirect::temporary("/crl")))
        .route("/crl", get(async || "a list"))
        .route(
            "/endless",
            get(async || {
                Body::from_stream(stream::repeat(Ok::<_, std::convert::Infallible>(vec![0_u8; 65536])))
            }),
        )
        .route("/mute", get(async || std::future::pending::<StatusCode>().await))
        .with_state(asked.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, router).await });
    Peer { host, asked }
}

async fn gone(State(asked): State<Arc<AtomicUsize>>) -> StatusCode {
    asked.fetch_add(1, Ordering::SeqCst);
    StatusCode::NOT_FOUND
}

async fn second_time(State(asked): State<Arc<AtomicUsize>>) -> Response {
    if asked.fetch_add(1, Ordering::SeqCst) == 0 {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    ([(header::CONTENT_TYPE, "application/timestamp-reply")], "a token").into_response()
}

impl Peer {
    fn address(&self, path: &str) -> String {
        format!("http://{}/{path}", self.host)
    }
}

fn remote(hosts: &str, reach: Reach) -> Remote {
    Remote::new(Hosts::try_from(hosts.to_owned()).unwrap(), reach, Handle::current())
}

async fn crl(remote: Remote, address: String, patience: Duration) -> Result<Vec<u8>, FetchError> {
    tokio::task::spawn_blocking(move || remote.lookup(patience).crl(&address)).await.unwrap()
}

#[tokio::test]
async fn what_fails_for_a_moment_is_asked_again_and_what_is_not_there_is_not() {
    let peer = peer().await;
    let authority = remote("", Reach::Outside).authority(peer.address("weak"), PATIENCE);
    let answer = tokio::task::spawn_blocking(move || authority.timestamp(b"a request")).await.unwrap();
    assert_eq!((answer.unwrap(), peer.asked.swap(0, Ordering::SeqCst)), (b"a token".to_vec(), 2));
    let gone = crl(remote("", Reach::Anywhere), peer.address("gone"), PATIENCE).await;
    assert_eq!(
        (gone.unwrap_err().0.as_str(), peer.asked.load(Ordering::SeqCst)),
        ("it answered with status 404", 1)
    );
}

#[tokio::test]
async fn a_file_leads_into_the_own_network_only_where_the_settings_say_so() {
    let peer = peer().await;
    let port = peer.host.rsplit(':').next().unwrap();
    for address in [peer.address("crl"), format!("http://localhost:{port}/crl")] {
        let refused = crl(remote("", Reach::Outside), address, PATIENCE).await.unwrap_err();
        assert!(refused.0.contains("own network"), "{refused}");
    }
    let mapped = remote(&format!("crl.no-more.example={}", peer.host), Reach::Outside);
    let answer = crl(mapped, "http://crl.no-more.example/crl".to_owned(), PATIENCE).await;
    assert_eq!(answer.unwrap(), b"a list");
}

#[tokio::test]
async fn an_answer_from_elsewhere_without_end_or_too_late_is_none() {
    let peer = peer().await;
    let ask = |path: &str, patience| crl(remote("", Reach::Anywhere), peer.address(path), patience);
    assert_eq!(ask("moved", PATIENCE).await.unwrap_err().0, "it answered with status 307");
    assert_eq!(ask("endless", PATIENCE).await.unwrap_err().0, "its answer is too long");
    assert_eq!(ask("mute", Duration::from_millis(50)).await.unwrap_err().0, "it took too long");
}
