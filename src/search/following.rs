//! Reading the log on, and describing anew what it names.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::describing::describe;
use super::rules::Register;
use super::store;
use crate::audit;
use crate::db::{self, Db, Tx};
use crate::identity::OrganisationId;
use crate::outgoing;
use crate::signing::DocumentId;

/// Entries of the log read in one transaction: few, so that no act waits long.
const PAGE: i64 = 100;
/// Pages read before somebody is answered; the rest is left to the background.
const PATIENCE: usize = 5;

/// Reads an organisation's log on to its end, or as far as patience goes.
pub async fn catch_up(db: &Db, organisation: OrganisationId) -> Result<(), db::Error> {
    for _ in 0..PATIENCE {
        if is_current(db, organisation).await? || read_on(db, organisation).await? {
            break;
        }
    }
    Ok(())
}

async fn is_current(db: &Db, organisation: OrganisationId) -> Result<bool, db::Error> {
    let mut tx = db.read().await?;
    let is_read =
        store::progress(&mut tx, organisation).await? == audit::length(&mut tx, organisation.into()).await?;
    Ok(is_read && store::read_since(&mut tx, organisation, 1).await?.is_empty())
}

/// Reads the next page of the log, and the files read since. True: it was the last.
async fn read_on(db: &Db, organisation: OrganisationId) -> Result<bool, db::Error> {
    let mut tx = db.write().await?;
    let read = store::claim_progress(&mut tx, organisation).await?;
    let events = audit::events_after(&mut tx, organisation.into(), read, PAGE).await?;
    let mut named: BTreeSet<(Register, Uuid)> =
        store::read_since(&mut tx, organisation, PAGE).await?.into_iter().collect();
    for event in &events {
        named.extend(subject(&mut tx, organisation, &event.subject).await?);
    }
    let mut described = Vec::new();
    for (register, id) in &named {
        if let Some((entry, words)) = describe(&mut tx, organisation, *register, *id).await? {
            described.push((store::put(&mut tx, organisation, &entry).await?, words));
        }
    }
    store::set_words(&mut tx, &described).await?;
    if let Some(last) = events.last() {
        store::save_progress(&mut tx, organisation, last.sequence).await?;
    }
    tx.commit().await?;
    let is_full = |length: usize| i64::try_from(length).is_ok_and(|length| length >= PAGE);
    Ok(!is_full(events.len()) && !is_full(named.len()))
}

/// The document that an entry of the log is about.
async fn subject(
    tx: &mut Tx,
    organisation: OrganisationId,
    text: &str,
) -> Result<Option<(Register, Uuid)>, db::Error> {
    let Some((kind, id)) = text.split_once(':') else { return Ok(None) };
    let Ok(id) = Uuid::parse_str(id) else { return Ok(None) };
    Ok(match kind {
        "outgoing" => Some((Register::Outgoing, id)),
        "incoming" => Some((Register::Incoming, id)),
        // What was signed may be an outgoing document.
        "document" => outgoing::store::signed_as(tx, organisation, DocumentId::from(id))
            .await?
            .map(|id| (Register::Outgoing, id.into())),
        _ => None,
    })
}
