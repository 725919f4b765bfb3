//! Telling people.

use serde_json::json;

use super::delivery::{DELIVERY_JOB, DIGEST_JOB, Digest};
use super::rules::{Channel, Kind, PATIENCE, State, Way};
use super::store::outbox::{self, Delivery};
use super::{DeliveryId, Manner, Tidings, push, store, wishes};
use crate::audit::{self, Act};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{Actor, PersonId};
use crate::jobs;
use crate::web::Lang;

/// Texts that leave the house are in the office's language.
const LANG: Lang = Lang::Vi;

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
    store::insert_notice(tx, person, tidings.subject, tidings.link, now).await?;
    let kind = Kind::of(tidings.link);
    let (wishes, hours, phone) = wishes::of(tx, person, kind).await?;
    let delivery = Delivery { person_id: Some(person), ..new(tidings, manner, now) };
    let delivery = Delivery { due_at: hours.after_quiet(now), ..delivery };
    if !email.is_empty() {
        let mail = Delivery { recipient: email.to_owned(), ..delivery.clone() };
        match wishes.mail {
            Way::Digest if manner.calendar.is_none() => {
                let due_at = hours.next_digest(now);
                put_aside(tx, person, Delivery { due_at, state: State::Gathered, ..mail }).await?;
            }
            Way::Now | Way::Digest => put(tx, mail).await?,
            Way::Off => {}
        }
    }
    if wishes.sms && !phone.is_empty() {
        let body = LANG.t(&format!("notice-sms-{}", kind.as_str()));
        let (id, calendar) = (DeliveryId::new(), None);
        put(tx, Delivery { id, channel: Channel::Sms, recipient: phone, body, calendar, ..delivery.clone() })
            .await?;
    }
    if wishes.push {
        for endpoint in push::endpoints(tx, person).await? {
            let (id, calendar) = (DeliveryId::new(), None);
            let recipient = endpoint;
            put(tx, Delivery { id, channel: Channel::Push, recipient, calendar, ..delivery.clone() }).await?;
        }
    }
    Ok(())
}

/// Writes to someone outside: there is only the mail.
pub async fn write_to(
    tx: &mut Tx,
    email: &str,
    tidings: &Tidings<'_>,
    now: Timestamp,
) -> Result<(), jobs::Error> {
    let recipient = email.to_owned();
    put(tx, Delivery { recipient, ..new(tidings, Manner::default(), now) }).await
}

/// A mail as it would go now, with nobody on it yet.
fn new(tidings: &Tidings<'_>, manner: Manner<'_>, now: Timestamp) -> Delivery {
    let (subject, body) = if manner.is_discreet {
        (LANG.t("notice-discreet-subject"), LANG.t("notice-discreet-body"))
    } else {
        (tidings.subject.to_owned(), tidings.body.to_owned())
    };
    Delivery {
        id: DeliveryId::new(),
        organisation_id: tidings.organisation,
        person_id: None,
        channel: Channel::Mail,
        recipient: String::new(),
        subject,
        body,
        link: tidings.link.to_owned(),
        calendar: manner.calendar.map(str::to_owned),
        state: State::Waiting,
        created_at: now,
        due_at: now,
        attempts: 0,
        give_up_at: now.plus_seconds(PATIENCE),
        last_error: None,
        sent_at: None,
    }
}

/// Puts something into the outbox, and queues what hands it over.
pub(super) async fn put(tx: &mut Tx, delivery: Delivery) -> Result<(), jobs::Error> {
    // Quiet hours do not shorten the time for trying.
    let delivery = Delivery { give_up_at: delivery.due_at.plus_seconds(PATIENCE), ..delivery };
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
