//! What became of a document at its recipients.

use crate::clock::Timestamp;
use crate::db::Tx;
use crate::exchange::Delivery;
use crate::exchange::web::delivery_sign;
use crate::outgoing::store::{self, DispatchLine, Outgoing};
use crate::outgoing::{DispatchState, answers, exchanging};
use crate::web::{self, Lang};

pub(super) struct Sent {
    pub name: String,
    pub state: String,
    pub kind: &'static str,
    pub icon: &'static str,
    /// When it came so far.
    pub at: Timestamp,
    /// Why it was refused or taken back; empty otherwise.
    pub reason: String,
    /// What the receiver answered with: title and address.
    pub answer: Option<(String, String)>,
}

impl Sent {
    fn of_dispatch(line: DispatchLine, answer: Option<(String, String)>, lang: Lang) -> Self {
        let (kind, icon) = dispatch_sign(line.state);
        Self {
            name: line.name,
            state: lang.t(&format!("dispatch-{}", line.state.as_str())),
            kind,
            icon,
            at: line.answered_at.unwrap_or(line.sent_at),
            reason: line.reason,
            answer,
        }
    }

    fn of_delivery(delivery: Delivery, lang: Lang) -> Self {
        let (word, kind, icon) = delivery_sign(delivery.state);
        Self {
            name: delivery.name,
            state: lang.t(word),
            kind,
            icon,
            at: delivery.changed_at,
            reason: delivery.reason,
            answer: None,
        }
    }
}

/// How far a document has come with each of its recipients, and what they answered.
pub(super) async fn sent(tx: &mut Tx, document: &Outgoing, lang: Lang) -> Result<Vec<Sent>, web::Error> {
    let mut all = Vec::new();
    for line in store::dispatches_of(tx, document.id).await? {
        let answer = match line.answer_id {
            Some(id) => answers::received(tx, id).await?,
            None => None,
        };
        all.push(Sent::of_dispatch(line, answer, lang));
    }
    let deliveries = exchanging::deliveries(tx, document).await?;
    all.extend(deliveries.into_iter().map(|one| Sent::of_delivery(one, lang)));
    Ok(all)
}

fn dispatch_sign(state: DispatchState) -> (&'static str, &'static str) {
    match state {
        DispatchState::Sent | DispatchState::Received => ("", "wait"),
        DispatchState::Accepted => ("good", "good"),
        DispatchState::Assigned => ("now", "people"),
        DispatchState::Processing => ("now", "edit"),
        DispatchState::Completed => ("good", "check"),
        DispatchState::Refused => ("bad", "bad"),
        DispatchState::Recalled => ("warn", "undo"),
    }
}
