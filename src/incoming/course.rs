//! What every act leaves behind: an entry in the log, and news for those who
//! are next.

use serde_json::Value;

use super::IncomingId;
use super::actions::IncomingError;
use super::store::Document;
use super::urls;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::store::Person;
use crate::identity::{self, Actor};
use crate::notices::{self, Tidings};
use crate::web::{Lang, Message};

pub(super) async fn log(
    tx: &mut Tx,
    actor: &Actor,
    act: &str,
    id: IncomingId,
    details: Value,
    now: Timestamp,
) -> Result<(), IncomingError> {
    Ok(identity::actions::log(tx, actor, act, format!("incoming:{id}"), details, now).await?)
}

/// Tells people that a document waits for them; `key` has the gap `subject`.
pub(super) async fn tell(
    tx: &mut Tx,
    document: &Document,
    people: &[Person],
    key: &'static str,
    now: Timestamp,
) -> Result<(), IncomingError> {
    let subject = Message::with(key, "subject", &document.subject).text(Lang::Vi);
    let link = urls::document(document.id);
    let body = format!("{} – {}", document.symbol, document.sender);
    let tidings =
        Tidings { organisation: document.organisation_id, subject: &subject, link: &link, body: &body };
    for person in people {
        notices::actions::tell(tx, person.id, &person.email, &tidings, now).await?;
    }
    Ok(())
}
