//! What became of a document at its recipients.

use crate::db::Tx;
use crate::outgoing::store::{self, DispatchLine, Outgoing};
use crate::outgoing::{DispatchState, answers};
use crate::web::{self, Lang};

pub(super) struct Sent {
    pub line: DispatchLine,
    pub state: String,
    pub kind: &'static str,
    pub icon: &'static str,
    /// What the receiver answered with: title and address.
    pub answer: Option<(String, String)>,
}

/// How far a document has come with each of its recipients, and what they answered.
pub(super) async fn sent(tx: &mut Tx, document: &Outgoing, lang: Lang) -> Result<Vec<Sent>, web::Error> {
    let mut all = Vec::new();
    for line in store::dispatches_of(tx, document.id).await? {
        let answer = match line.answer_id {
            Some(id) => answers::received(tx, id).await?,
            None => None,
        };
        let (kind, icon) = dispatch_sign(line.state);
        let state = lang.t(&format!("dispatch-{}", line.state.as_str()));
        all.push(Sent { state, kind, icon, answer, line });
    }
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
