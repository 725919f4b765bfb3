//! SQL on what leaves the house.

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId};
use crate::notices::DeliveryId;
use crate::notices::rules::{Channel, State};
use crate::sql;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Delivery {
    pub id: DeliveryId,
    pub organisation_id: OrganisationId,
    pub person_id: Option<PersonId>,
    pub channel: Channel,
    pub recipient: String,
    pub subject: String,
    pub body: String,
    pub link: String,
    pub calendar: Option<String>,
    pub state: State,
    pub created_at: Timestamp,
    pub due_at: Timestamp,
    pub attempts: i64,
    pub give_up_at: Timestamp,
    pub last_error: Option<String>,
    pub sent_at: Option<Timestamp>,
    /// Since when it lies here because no server is set.
    pub kept_at: Option<Timestamp>,
}

impl Delivery {
    /// The text as it goes: with the address of the page it is about.
    pub fn text(&self, address: &str) -> String {
        let body = self.body.replace("{address}", address);
        if self.link.is_empty() { body } else { format!("{body}\n\n{address}{}\n", self.link) }
    }
}

pub async fn insert(tx: &mut Tx, one: &Delivery) -> Result<(), db::Error> {
    insert_all(tx, std::slice::from_ref(one)).await
}

pub async fn insert_all(tx: &mut Tx, all: &[Delivery]) -> Result<(), db::Error> {
    sql!(tx => insert
        "INSERT INTO delivery (id, organisation_id, person_id, channel, recipient, subject, body, link, calendar,
                               state, created_at, due_at, attempts, give_up_at) "
        of all,
        |one| one.id, one.organisation_id, one.person_id, one.channel, one.recipient.as_str(), one.subject.as_str(),
        one.body.as_str(), one.link.as_str(), one.calendar.as_deref(), one.state, one.created_at, one.due_at,
        one.attempts, one.give_up_at)
}

/// The newest of an organisation; those that need somebody first.
pub async fn of_organisation(
    tx: &mut Tx,
    organisation: OrganisationId,
    state: Option<State>,
) -> Result<Vec<Delivery>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, organisation_id, person_id, channel, recipient, subject, body, link, calendar, state, created_at,
                due_at, attempts, give_up_at, last_error, sent_at, kept_at
         FROM delivery WHERE organisation_id = $1 AND ($2 = '' OR state = $2)
         ORDER BY CASE WHEN state IN ('refused', 'given_up') THEN 0 ELSE 1 END, created_at DESC, id DESC LIMIT 200"
        as Delivery, organisation, state.map_or("", State::as_str))
}

/// What waits under this id.
pub async fn waiting(tx: &mut Tx, id: DeliveryId) -> Result<Option<Delivery>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT id, organisation_id, person_id, channel, recipient, subject, body, link, calendar, state, created_at,
                due_at, attempts, give_up_at, last_error, sent_at, kept_at
         FROM delivery WHERE id = $1 AND state = 'waiting'" as Delivery, id)
}

pub async fn mark_sent(tx: &mut Tx, id: DeliveryId, now: Timestamp) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE delivery SET state = 'sent', sent_at = $2, last_error = NULL, attempts = attempts + 1
         WHERE id = $1 AND state = 'waiting'", id, now)?;
    Ok(())
}

/// Notes that there is no server by which it could leave.
pub async fn keep(tx: &mut Tx, id: DeliveryId, now: Timestamp) -> Result<(), db::Error> {
    sql!(tx => execute "UPDATE delivery SET kept_at = $2 WHERE id = $1 AND state = 'waiting'", id, now)?;
    Ok(())
}

/// Takes up what was kept, now that there is a server for this channel; gives
/// what may leave. What is too old by now is given up: nobody wants to be
/// invited to last month's meetings.
pub async fn take_up(tx: &mut Tx, channel: Channel, now: Timestamp) -> Result<Vec<DeliveryId>, db::Error> {
    sql!(tx => execute
        "UPDATE delivery SET state = 'given_up', last_error = 'no server was set', kept_at = NULL
         WHERE channel = $1 AND kept_at IS NOT NULL AND state = 'waiting' AND give_up_at <= $2", channel, now)?;
    let rows = sql!(tx => fetch_all
        "UPDATE delivery SET kept_at = NULL WHERE channel = $1 AND kept_at IS NOT NULL AND state = 'waiting'
         RETURNING id" as (DeliveryId,), channel)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Notes a failure, and when it is tried again.
pub async fn postpone(tx: &mut Tx, id: DeliveryId, until: Timestamp, error: &str) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE delivery SET attempts = attempts + 1, due_at = $2, last_error = $3 WHERE id = $1 AND state = 'waiting'",
        id, until, error)?;
    Ok(())
}

/// Ends the trying.
pub async fn end(tx: &mut Tx, id: DeliveryId, state: State, error: &str) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE delivery SET attempts = attempts + 1, state = $2, last_error = $3 WHERE id = $1 AND state = 'waiting'",
        id, state, error)?;
    Ok(())
}

pub async fn revive(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: DeliveryId,
    (now, give_up_at): (Timestamp, Timestamp),
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE delivery SET state = 'waiting', attempts = 0, due_at = $3, give_up_at = $4
         WHERE id = $1 AND organisation_id = $2 AND state IN ('refused', 'given_up')",
        id, organisation, now, give_up_at)?;
    Ok(changed == 1)
}

/// Notes that a digest comes. False: it was noted before.
pub async fn announce_digest(tx: &mut Tx, person: PersonId, due_at: Timestamp) -> Result<bool, db::Error> {
    let noted = sql!(tx => execute
        "INSERT INTO digest (person_id, due_at) VALUES ($1, $2) ON CONFLICT (person_id, due_at) DO NOTHING",
        person, due_at)?;
    Ok(noted == 1)
}

/// Takes what was gathered for a digest, in order; nobody else gets it again.
pub async fn join(tx: &mut Tx, person: PersonId, due_at: Timestamp) -> Result<Vec<Delivery>, db::Error> {
    let mut joined = sql!(tx => fetch_all
        "UPDATE delivery SET state = 'joined' WHERE person_id = $1 AND state = 'gathered' AND due_at <= $2
         RETURNING id, organisation_id, person_id, channel, recipient, subject, body, link, calendar, state,
                   created_at, due_at, attempts, give_up_at, last_error, sent_at, kept_at" as Delivery, person, due_at)?;
    joined.sort_by_key(|one| (one.created_at, one.id));
    Ok(joined)
}

/// Leaves a channel alone until then.
pub async fn pause(tx: &mut Tx, channel: Channel, until: Timestamp) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO channel_pause (channel, until) VALUES ($1, $2)
         ON CONFLICT (channel) DO UPDATE SET until = excluded.until", channel, until)?;
    Ok(())
}

pub async fn paused_until(tx: &mut Tx, channel: Channel) -> Result<Option<Timestamp>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT until FROM channel_pause WHERE channel = $1" as (Timestamp,), channel)?;
    Ok(row.map(|(until,)| until))
}

/// A person's mail address was refused, and nothing was sent to it since.
pub async fn is_refused(tx: &mut Tx, person: PersonId) -> Result<Option<String>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT recipient, state FROM delivery
         WHERE person_id = $1 AND channel = 'mail' AND state IN ('sent', 'refused')
         ORDER BY created_at DESC, id DESC LIMIT 1" as (String, State), person)?;
    Ok(row.filter(|(_, state)| *state == State::Refused).map(|(recipient, _)| recipient))
}
