//! Reading the log on, and counting what it names.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::deriving::{facts_of, files_around, signers};
use super::rules::{Month, Subject, of_presence, of_signer};
use super::store::{self, Progress};
use crate::audit::{self, Event};
use crate::clock::Timestamp;
use crate::db::{self, Db, Tx};
use crate::identity::{OrganisationId, PersonId};
use crate::jobs::Failure;

/// Entries counted in one transaction: few, so that no act waits long for it.
const PAGE: i64 = 200;
/// Pages read before somebody is answered; the rest is left to the background.
const PATIENCE: usize = 5;

/// Reads an organisation's log on to its end, or as far as patience goes.
/// True: everything that was done when this was called is counted.
pub async fn catch_up(db: &Db, organisation: OrganisationId) -> Result<bool, db::Error> {
    for _ in 0..PATIENCE {
        if is_counted(db, organisation).await? || read_on(db, organisation).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn is_counted(db: &Db, organisation: OrganisationId) -> Result<bool, db::Error> {
    let mut tx = db.read().await?;
    let counted = store::progress(&mut tx, organisation).await?.map_or(0, |progress| progress.sequence);
    Ok(counted == audit::length(&mut tx, organisation.into()).await?)
}

/// Counts the next page. True: it was the last.
async fn read_on(db: &Db, organisation: OrganisationId) -> Result<bool, db::Error> {
    let mut tx = db.write().await?;
    let progress = store::claim_progress(&mut tx, organisation).await?;
    let events = audit::events_after(&mut tx, organisation.into(), progress.sequence, PAGE).await?;
    count(&mut tx, (organisation, progress.run), &events).await?;
    if let Some(last) = events.last() {
        let read = Progress { sequence: last.sequence, read_at: last.at, ..progress };
        store::save_progress(&mut tx, organisation, &read).await?;
    }
    tx.commit().await?;
    Ok(is_last(&events))
}

fn is_last(events: &[Event]) -> bool {
    i64::try_from(events.len()).is_ok_and(|read| read < PAGE)
}

/// Counts every subject that entries name, once, everyone who acted, and
/// everyone who was asked to sign.
async fn count(tx: &mut Tx, of: (OrganisationId, i64), events: &[Event]) -> Result<(), db::Error> {
    let subjects: BTreeSet<Subject> =
        events.iter().filter_map(|event| Subject::read(&event.subject)).collect();
    for subject in subjects {
        replace(tx, of, subject).await?;
    }
    count_signers(tx, of, events).await?;
    let mut present: BTreeMap<(Uuid, Month), Timestamp> = BTreeMap::new();
    for event in events {
        if let Some(person) = event.actor_id {
            present.entry((person, Month::of(event.at))).or_insert(event.at);
        }
    }
    for ((person, _), at) in present {
        store::add_fact(tx, of, person, &of_presence(person.into(), at)).await?;
    }
    Ok(())
}

/// Works out a subject's facts anew, and those of the files it lies in.
async fn replace(tx: &mut Tx, of: (OrganisationId, i64), subject: Subject) -> Result<(), db::Error> {
    let around = files_around(tx, subject).await?;
    for subject in [subject].into_iter().chain(around) {
        let facts = facts_of(tx, of.0, subject).await?;
        store::replace_facts(tx, of, subject.id(), &facts).await?;
    }
    Ok(())
}

/// Once for each month in which somebody was asked.
async fn count_signers(tx: &mut Tx, of: (OrganisationId, i64), events: &[Event]) -> Result<(), db::Error> {
    let subjects: BTreeSet<&str> = events.iter().map(|event| event.subject.as_str()).collect();
    let mut asked: BTreeMap<(PersonId, Month), Timestamp> = BTreeMap::new();
    for subject in subjects {
        for (person, at) in signers(tx, subject).await? {
            asked.entry((person, Month::of(at))).or_insert(at);
        }
    }
    for ((person, _), at) in asked {
        store::add_fact(tx, of, person.into(), &of_signer(person, at)).await?;
    }
    Ok(())
}

/// The job: counts an organisation's whole log anew, a page at a time, and then
/// sweeps away what the log does not bear out. Stopped, it goes on where it was.
pub async fn rebuild(db: &Db, organisation: OrganisationId) -> Result<(), Failure> {
    while !rebuild_page(db, organisation).await.map_err(|error| Failure::from_error(&error))? {}
    Ok(())
}

/// True: the rebuild is over.
async fn rebuild_page(db: &Db, organisation: OrganisationId) -> Result<bool, db::Error> {
    let mut tx = db.write().await?;
    let progress = store::claim_progress(&mut tx, organisation).await?;
    let Some(rebuilt) = progress.rebuilt else { return Ok(true) };
    let events = audit::events_after(&mut tx, organisation.into(), rebuilt, PAGE).await?;
    count(&mut tx, (organisation, progress.run), &events).await?;
    // Whatever was counted while the rebuild ran bears its number already.
    let end = events.last().map_or(rebuilt, |last| last.sequence);
    let is_over = end >= progress.sequence;
    if is_over {
        store::sweep(&mut tx, organisation, progress.run).await?;
    }
    let read = Progress { rebuilt: (!is_over).then_some(end), ..progress };
    store::save_progress(&mut tx, organisation, &read).await?;
    tx.commit().await?;
    Ok(is_over)
}

/// Judges anew the documents whose signatures came to something else: the one
/// thing that counts and is no act of a person.
pub async fn follow_lights(db: &Db) -> Result<(), Failure> {
    while relight_page(db).await.map_err(|error| Failure::from_error(&error))? {}
    Ok(())
}

/// True: there may be more.
async fn relight_page(db: &Db) -> Result<bool, db::Error> {
    let mut tx = db.write().await?;
    let relit = store::relit(&mut tx, PAGE).await?;
    for (organisation, id) in &relit {
        let progress = store::claim_progress(&mut tx, *organisation).await?;
        replace(&mut tx, (*organisation, progress.run), Subject::Outgoing(*id)).await?;
    }
    tx.commit().await?;
    Ok(!relit.is_empty())
}
