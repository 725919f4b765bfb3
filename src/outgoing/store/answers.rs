//! SQL on what documents answer.

use crate::db::{self, Tx};
use crate::identity::{Actor, OrganisationId, PersonId};
use crate::outgoing::answers::Answerable;
use crate::outgoing::{DispatchId, OutgoingId};
use crate::registers::printed;
use crate::{signing, sql};

/// Notes that a person may answer a matter; a second time brings it up to date.
pub async fn put_answerable(tx: &mut Tx, actor: &Actor, to: &Answerable) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO answerable (subject, organisation_id, person_id, title, link, dispatch_id)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (subject, person_id) DO UPDATE SET title = excluded.title, link = excluded.link",
        to.subject.as_str(), actor.organisation, actor.person, to.title.as_str(), to.link.as_str(), to.dispatch_id)?;
    Ok(())
}

/// A matter that a person may answer; without a person, whoever may.
pub async fn answerable(
    tx: &mut Tx,
    organisation: OrganisationId,
    (subject, person): (&str, Option<PersonId>),
) -> Result<Option<Answerable>, db::Error> {
    let found = sql!(tx => fetch_all
        "SELECT subject, title, link, dispatch_id, person_id FROM answerable
         WHERE subject = $1 AND organisation_id = $2 ORDER BY person_id" as (String, String, String, Option<DispatchId>, PersonId),
        subject, organisation)?;
    let mut found = found.into_iter().filter(|row| person.is_none_or(|person| row.4 == person));
    Ok(found.next().map(|(subject, title, link, dispatch_id, _)| Answerable {
        subject,
        title,
        link,
        dispatch_id,
    }))
}

/// The documents that name a matter as what they answer, the oldest first.
pub async fn answering(
    tx: &mut Tx,
    organisation: OrganisationId,
    subject: &str,
) -> Result<Vec<OutgoingId>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT id FROM outgoing_document WHERE organisation_id = $1 AND answers = $2 ORDER BY created_at, id"
        as (OutgoingId,), organisation, subject)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Who sent a dispatch, and which document.
pub async fn dispatched(
    tx: &mut Tx,
    id: DispatchId,
) -> Result<Option<(OrganisationId, OutgoingId)>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT o.organisation_id, o.id FROM dispatch JOIN outgoing_document o ON o.id = dispatch.outgoing_id
         WHERE dispatch.id = $1" as (OrganisationId, OutgoingId), id)
}

/// Notes the answer a dispatch got; a later one takes the place of an interim one.
pub async fn set_answer(tx: &mut Tx, id: DispatchId, answer: OutgoingId) -> Result<(), db::Error> {
    sql!(tx => execute "UPDATE dispatch SET answer_id = $2 WHERE id = $1", id, answer)?;
    Ok(())
}

/// The document that this dispatch is the answer to.
pub async fn question_of(tx: &mut Tx, dispatch: DispatchId) -> Result<Option<OutgoingId>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT asked.outgoing_id FROM dispatch answer
         JOIN dispatch asked ON asked.answer_id = answer.outgoing_id
         JOIN outgoing_document o ON o.id = asked.outgoing_id AND o.organisation_id = answer.organisation_id
         WHERE answer.id = $1 ORDER BY asked.sent_at LIMIT 1" as (OutgoingId,), dispatch)?;
    Ok(row.map(|(id,)| id))
}

/// An issued document as anyone may read it: what it is, and its public address.
pub async fn published(tx: &mut Tx, id: OutgoingId) -> Result<Option<(String, String)>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT n.number, o.symbol, o.subject, s.code FROM outgoing_document o
         JOIN register_number n ON n.id = o.number_id JOIN signing_document s ON s.id = o.document_id
         WHERE o.id = $1 AND o.state IN ('issued', 'filed')" as (i64, String, String, String), id)?;
    Ok(row.map(|(number, symbol, subject, code)| {
        (format!("{}/{symbol}: {subject}", printed(number)), signing::urls::public(&code))
    }))
}
