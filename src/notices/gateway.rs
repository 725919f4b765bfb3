//! SMS by the office's gateway: one small request, documented in `docs/sms-gateway.md`.

use std::time::Duration;

use serde_json::json;

use super::delivery::Handed;
use super::store::outbox::Delivery;
use crate::remote::{Post, Reach};
use crate::web::App;

const PATIENCE: Duration = Duration::from_secs(20);

/// There is a gateway to try.
pub(super) fn is_set(app: &App) -> bool {
    !app.config.sms_url.is_empty()
}

/// Hands one SMS to the gateway. Its id goes along, so that the gateway sends it once however often it is asked.
pub(super) async fn send(app: &App, sms: &Delivery) -> Handed {
    if !is_set(app) {
        return Handed::Kept;
    }
    let address = app.config.sms_url.as_str();
    let text = format!("{} {}{}", sms.body, app.config.public_url(), sms.link);
    let body = json!({ "id": sms.id.to_string(), "to": sms.recipient, "text": text }).to_string();
    let authorization = format!("Bearer {}", app.config.sms_token.reveal());
    let post = Post {
        address,
        // The office itself has set it.
        reach: Reach::Anywhere,
        headers: &[("content-type", "application/json"), ("authorization", &authorization)],
        body: body.into_bytes(),
    };
    match app.remote.post(post, PATIENCE).await {
        Err(reason) => Handed::Down(reason),
        Ok(200..=299) => Handed::Sent,
        Ok(status @ (408 | 429 | 500..=599)) => {
            Handed::Down(format!("the gateway answered with status {status}"))
        }
        // The gateway does not know us: not the number's fault, and the next would fare no better.
        Ok(status @ (401 | 403 | 404)) => Handed::Down(format!("the gateway answered with status {status}")),
        Ok(status) => Handed::Refused(format!("the gateway answered with status {status}")),
    }
}
