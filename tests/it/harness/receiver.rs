//! A server of others that takes what is posted to it, and answers as it is told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

#[derive(Clone, Default)]
struct Kept {
    posts: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

pub struct Receiver {
    /// "127.0.0.1:40123".
    pub host: String,
    kept: Kept,
}

impl Receiver {
    /// Answers with these, one after the other, then with "created".
    pub async fn start(answers: &[u16]) -> Self {
        let kept = Kept::default();
        kept.answers.lock().unwrap().extend(answers);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let router = Router::new().fallback(take).with_state(kept.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { host, kept }
    }

    pub fn posts(&self) -> Vec<(HeaderMap, Bytes)> {
        self.kept.posts.lock().unwrap().clone()
    }
}

async fn take(State(kept): State<Kept>, headers: HeaderMap, body: Bytes) -> StatusCode {
    kept.posts.lock().unwrap().push((headers, body));
    let answer = kept.answers.lock().unwrap().pop_front().unwrap_or(201);
    StatusCode::from_u16(answer).unwrap()
}
