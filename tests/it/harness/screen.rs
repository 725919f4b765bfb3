//! A screen that follows a meeting, as a browser's `EventSource` does.

use axum::body::{Body, BodyDataStream};
use axum::http::Method;
use ecabinet::web::App;
use futures_util::{FutureExt, StreamExt};
use tower::ServiceExt;

use super::Browser;

pub struct Screen {
    stream: BodyDataStream,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub id: String,
    pub event: String,
    pub data: String,
}

impl Screen {
    /// Opens a stream that must be granted, and hears its greeting.
    pub async fn open(app: &App, browser: &Browser, path: &str) -> Self {
        Self::resume(app, browser, path, None).await
    }

    /// As a browser whose stream broke: it says what it heard last.
    pub async fn resume(app: &App, browser: &Browser, path: &str, last: Option<&str>) -> Self {
        let mut request = browser.request(Method::GET, path);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = ecabinet::app::router(app.clone()).oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        let mut screen = Self { stream: response.into_body().into_data_stream() };
        let greeting = screen.next().await.unwrap();
        assert_eq!((greeting.event.as_str(), greeting.id.as_str()), ("here", ""));
        screen
    }

    /// The next event; `None` at the end of the stream.
    pub async fn next(&mut self) -> Option<Told> {
        let frame = self.stream.next().await?.unwrap();
        let frame = String::from_utf8(frame.to_vec()).unwrap();
        assert!(frame.ends_with("\n\n") && frame.matches("\n\n").count() == 1, "one event: {frame:?}");
        let field = |name: &str| {
            let lines = frame.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            lines.collect::<Vec<_>>().join("\n")
        };
        Some(Told { id: field("id"), event: field("event"), data: field("data") })
    }

    /// Hears that something changed and gives the event's id.
    pub async fn hears_a_change(&mut self) -> String {
        let told = self.next().await.unwrap();
        assert_eq!(told.event, "changed");
        told.id
    }

    /// True when there is nothing to hear now.
    pub fn is_quiet(&mut self) -> bool {
        self.stream.next().now_or_never().is_none()
    }

    /// The stream says that it is over, and is.
    pub async fn is_ended(&mut self) -> bool {
        self.next().await.is_some_and(|told| told.event == "over") && self.next().await.is_none()
    }
}
