//! Connections from browsers and proxies.

use std::convert::Infallible;
use std::io::ErrorKind;
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
                tokio::spawn(serve_one(stream, peer, router.clone(), HEAD_TIMEOUT));
            }
            // The client went away while it waited; the next one is well.
            Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
            Err(error) => {
                tracing::warn!(%error, "A connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn serve_one(stream: TcpStream, peer: SocketAddr, router: Router, head_timeout: Duration) {
    let service = service_fn(move |request| answer(router.clone(), request, peer));
    let done = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_timeout)
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

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// Serves one client who is given so long for the head of a request.
    async fn connect(head_timeout: Duration) -> TcpStream {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, peer) = listener.accept().await.unwrap();
        let router = Router::new().route("/", get(|| async { "here" }));
        tokio::spawn(serve_one(stream, peer, router, head_timeout));
        client
    }

    #[tokio::test]
    async fn a_request_whose_head_never_ends_is_given_up() {
        let mut client = connect(Duration::from_millis(10)).await;
        client.write_all(b"GET / HTTP/1.1\r\nHost: office").await.unwrap();
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.unwrap();
        assert!(!answer.starts_with(b"HTTP/1.1 200"));
    }

    #[tokio::test]
    async fn a_whole_request_is_answered() {
        let mut client = connect(HEAD_TIMEOUT).await;
        client.write_all(b"GET / HTTP/1.1\r\nHost: office\r\nConnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("here"), "{answer}");
    }
}
