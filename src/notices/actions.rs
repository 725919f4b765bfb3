//! Telling people.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use serde_json::json;

use super::delivery::{DELIVERY_JOB, DIGEST_JOB, Digest};
use super::letter::{Letter, Reach};
use super::rules::{Kind, PATIENCE, State};
use super::store::outbox::{self, Delivery};
use super::{DeliveryId, Manner, Tidings, store};
use crate::audit::{self, Act};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{Actor, OrganisationId, PersonId};
use crate::jobs;

/// Tells one person: in the application, and outside as the person wishes.
pub async fn tell(
    tx: &mut Tx,
    person: PersonId,
    email: &str,
    tidings: &Tidings<'_>,
    now: Timestamp,
) -> Result<(), jobs::Error> {
    tell_in(tx, (person, email), tidings, Manner::default(), now).await
}

/// As [`tell`], in an unusual manner.
pub async fn tell_in(
    tx: &mut Tx,
    (person, email): (PersonId, &str),
    tidings: &Tidings<'_>,
    manner: Manner<'_>,
    now: Timestamp,
) -> Result<(), jobs::Error> {
    let letter = Letter { person, email, tidings: *tidings, manner };
    store::insert_notices(tx, std::slice::from_ref(&letter), now).await?;
    let reach = Reach::of(tx, person, letter.kind()).await?;
    for delivery in letter.leaving(&reach, now) {
        match delivery.state {
            State::Gathered => put_aside(tx, person, delivery).await?,
            _ => put(tx, delivery).await?,
        }
    }
    Ok(())
}

/// Tells many at once, each as they wish: a whole council in a few statements.
pub async fn tell_all(
    tx: &mut Tx,
    organisation: OrganisationId,
    letters: &[Letter<'_>],
    now: Timestamp,
) -> Result<(), jobs::Error> {
    store::insert_notices(tx, letters, now).await?;
    let mut everyone: HashMap<Kind, HashMap<PersonId, Reach>> = HashMap::new();
    let mut leaving = Vec::new();
    for letter in letters {
        let kind = letter.kind();
        let people = match everyone.entry(kind) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(Reach::of_all(tx, organisation, kind).await?),
        };
        // Who is of another office is not in the list.
        let reach = match people.get(&letter.person) {
            Some(reach) => reach,
            None => &Reach::of(tx, letter.person, kind).await?,
        };
        for delivery in letter.leaving(reach, now) {
            match delivery.state {
                State::Gathered => put_aside(tx, letter.person, delivery).await?,
                _ => leaving.push(delivery),
            }
        }
    }
    outbox::insert_all(tx, &leaving).await?;
    let due: Vec<_> = leaving.iter().map(|one| (one.id, one.due_at)).collect();
    jobs::queue_all(tx, DELIVERY_JOB, &due, now).await
}

/// Writes to someone outside: there is only the mail.
pub async fn write_to(
    tx: &mut Tx,
    email: &str,
    tidings: &Tidings<'_>,
    now: Timestamp,
) -> Result<(), jobs::Error> {
    let recipient = email.to_owned();
    put(tx, Delivery { recipient, ..Delivery::new(tidings, Manner::default(), now) }).await
}

/// Puts something into the outbox, and queues what hands it over.
pub(super) async fn put(tx: &mut Tx, delivery: Delivery) -> Result<(), jobs::Error> {
    let delivery = delivery.with_patience();
    outbox::insert(tx, &delivery).await?;
    jobs::queue_at(tx, DELIVERY_JOB, &delivery.id, delivery.due_at, delivery.created_at).await
}

/// Lays something aside for the person's next digest.
async fn put_aside(tx: &mut Tx, person: PersonId, delivery: Delivery) -> Result<(), jobs::Error> {
    outbox::insert(tx, &delivery).await?;
    let digest = Digest { person, due_at: delivery.due_at };
    if outbox::announce_digest(tx, person, digest.due_at).await? {
        jobs::queue_at(tx, DIGEST_JOB, &digest, digest.due_at, delivery.created_at).await?;
    }
    Ok(())
}

/// Sends again what was refused or given up. False: there is none such here.
pub async fn send_again(
    tx: &mut Tx,
    actor: &Actor,
    id: DeliveryId,
    now: Timestamp,
) -> Result<bool, jobs::Error> {
    let give_up_at = now.plus_seconds(PATIENCE);
    if !outbox::revive(tx, actor.organisation, id, (now, give_up_at)).await? {
        return Ok(false);
    }
    jobs::queue(tx, DELIVERY_JOB, &id, now).await?;
    log(tx, actor, "delivery_sent_again", format!("delivery:{id}"), now).await?;
    Ok(true)
}

/// As `identity` logs, which stands after this feature.
pub(super) async fn log(
    tx: &mut Tx,
    actor: &Actor,
    act: &str,
    subject: String,
    now: Timestamp,
) -> Result<(), db::Error> {
    let (chain, person) = (actor.organisation.into(), Some(actor.person.into()));
    audit::record(tx, Act { chain, actor: person, act, subject, details: json!({}) }, now).await
}
