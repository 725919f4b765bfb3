//! The link to a page: what it may ask, and what it is told.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use pades::SignatureAlgorithm;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::batch::{Batch, Document, Outcome, is_signed_attributes};
use super::{AgentError, Desk, random_name};

/// Documents of one batch.
const MOST_DOCUMENTS: usize = 500;
/// Bytes of one message of a page.
const LONGEST_MESSAGE: usize = 1 << 20;

/// What a page says.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", tag = "ask")]
enum Ask {
    /// Pairs the page by the code shown here.
    Pair { code: String },
    /// Has documents signed.
    Sign { secret: String, certificate: String, documents: Vec<AskedDocument> },
    /// The office took the value before.
    Taken,
}

#[derive(Deserialize)]
struct AskedDocument {
    id: String,
    title: String,
    message: String,
    algorithm: SignatureAlgorithm,
}

/// What a page is told.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case", tag = "told")]
enum Told {
    Paired {
        secret: String,
    },
    Refused {
        why: &'static str,
    },
    /// Where the person types the PIN.
    Pin {
        page: String,
    },
    Signed {
        id: String,
        value: String,
    },
    Failed {
        id: String,
        why: &'static str,
    },
    Done,
}

/// Opens a link, for pages of the offices named at the start only.
pub(super) async fn join(
    State(desk): State<Arc<Desk>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let origin = text(header::ORIGIN).filter(|origin| desk.origins.iter().any(|known| known == origin));
    match origin.map(str::to_owned) {
        Some(origin) if desk.is_named(text(header::HOST)) => {
            upgrade.max_message_size(LONGEST_MESSAGE).on_upgrade(move |socket| serve(desk, origin, socket))
        }
        _ => StatusCode::FORBIDDEN.into_response(),
    }
}

/// A batch under way on this link.
struct UnderWay {
    outcomes: mpsc::Receiver<Outcome>,
    taken: mpsc::Sender<()>,
}

async fn serve(desk: Arc<Desk>, origin: String, mut socket: WebSocket) {
    let mut under_way: Option<UnderWay> = None;
    loop {
        let told = tokio::select! {
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => heard(&desk, &origin, &text, &mut under_way).await,
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => None,
                // Whatever was under way ends with the link: its next value finds nobody.
                _ => return,
            },
            Some(outcome) = next(&mut under_way) => Some(tell(outcome)),
        };
        let Some(told) = told else { continue };
        // Strings only, so this cannot fail.
        let text = serde_json::to_string(&told).unwrap_or_default();
        if socket.send(Message::Text(text.into())).await.is_err() {
            return;
        }
    }
}

/// The next outcome; never, while nothing is under way.
async fn next(under_way: &mut Option<UnderWay>) -> Option<Outcome> {
    match under_way {
        Some(running) => match running.outcomes.recv().await {
            Some(outcome) => Some(outcome),
            None => {
                *under_way = None;
                std::future::pending().await
            }
        },
        None => std::future::pending().await,
    }
}

async fn heard(desk: &Desk, origin: &str, text: &str, under_way: &mut Option<UnderWay>) -> Option<Told> {
    match serde_json::from_str(text) {
        Ok(Ask::Pair { code }) => Some(match desk.pairing.pair(origin, &code).await {
            Ok(Some(secret)) => Told::Paired { secret },
            Ok(None) => Told::Refused { why: "code" },
            Err(_) => Told::Refused { why: "device" },
        }),
        Ok(Ask::Sign { secret, certificate, documents }) => {
            if !desk.pairing.knows(origin, &secret) {
                return Some(Told::Refused { why: "not-paired" });
            }
            let asked = read(&certificate, documents);
            let Some((certificate, documents)) = asked else {
                return Some(Told::Refused { why: "request" });
            };
            Some(match wait_for_pin(desk, origin, certificate, documents) {
                Ok((running, page)) => {
                    *under_way = Some(running);
                    Told::Pin { page }
                }
                Err(_) => Told::Refused { why: "device" },
            })
        }
        Ok(Ask::Taken) => {
            if let Some(running) = under_way {
                // A page that says so twice skips no document: the room is for one.
                let _ = running.taken.try_send(());
            }
            None
        }
        Err(_) => Some(Told::Refused { why: "request" }),
    }
}

fn read(certificate: &str, asked: Vec<AskedDocument>) -> Option<(Vec<u8>, Vec<Document>)> {
    if asked.is_empty() || asked.len() > MOST_DOCUMENTS {
        return None;
    }
    let document = |one: AskedDocument| {
        let message = hex::decode(one.message).ok().filter(|message| is_signed_attributes(message))?;
        Some(Document { id: one.id, title: one.title, message, algorithm: one.algorithm })
    };
    Some((hex::decode(certificate).ok()?, asked.into_iter().map(document).collect::<Option<_>>()?))
}

/// Puts the batch aside until its PIN is typed on our own page.
fn wait_for_pin(
    desk: &Desk,
    origin: &str,
    certificate: Vec<u8>,
    documents: Vec<Document>,
) -> Result<(UnderWay, String), AgentError> {
    let name = random_name(16)?;
    let (outcomes, to_page) = mpsc::channel(1);
    let (from_page, taken) = mpsc::channel(1);
    let batch = Batch { origin: origin.to_owned(), certificate, documents, outcomes, taken };
    desk.batches.put(name.clone(), batch);
    let page = format!("{}/sign/{name}", desk.own_origin());
    Ok((UnderWay { outcomes: to_page, taken: from_page }, page))
}

fn tell(outcome: Outcome) -> Told {
    match outcome {
        Outcome::Signed { id, value } => Told::Signed { id, value: hex::encode(value) },
        Outcome::Failed { id, why } => Told::Failed { id, why },
        Outcome::Done => Told::Done,
    }
}
