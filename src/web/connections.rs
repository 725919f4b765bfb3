//! Connections from browsers and proxies.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

/// How long a client may take to send the head of a request; those who never
/// end it would hold connections for nothing.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// How long to wait when the system has no more files to give.
const PAUSE: Duration = Duration::from_secs(1);

/// Serves each connection that comes, until dropped.
///
/// HTTP/1.1 only: browsers speak HTTP/2 over TLS alone, and that ends at the
/// proxy. To find out which of the two a client speaks would cost each of ten
/// thousand screens another 8 KiB.
pub async fn serve(listener: TcpListener, router: Router) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // A word to a screen must not wait until the last one was acknowledged.
                let _ = stream.set_nodelay(true);
                tokio::spawn(serve_one(stream, peer, router.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "A connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn serve_one(stream: TcpStream, peer: SocketAddr, router: Router) {
    let service = service_fn(move |request| answer(router.clone(), request, peer));
    let done = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = done {
        // Screens come and go without a word; that is no fault.
        tracing::debug!(%error, "A connection broke");
    }
}

async fn answer(
    router: Router,
    mut request: Request<Incoming>,
    peer: SocketAddr,
) -> Result<Response, Infallible> {
    request.extensions_mut().insert(ConnectInfo(peer));
    router.oneshot(request.map(Body::new)).await
}
