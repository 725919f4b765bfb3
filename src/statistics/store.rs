//! SQL that counts, on the tables of earlier features; nothing is written.

use std::collections::HashMap;

use super::rules::{Coming, Fact, Figures};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId, UnitId};
use crate::meetings::rules::Attendance;
use crate::meetings::{MeetingId, MeetingTypeId};
use crate::sql;

/// Meetings of one organisation that began in a time and are over.
#[derive(Clone, Copy, Debug)]
pub struct Period {
    pub organisation: OrganisationId,
    pub from: Timestamp,
    /// The first moment that no longer belongs to it.
    pub to: Timestamp,
}

type Key = (MeetingId, PersonId);

/// What each person did in each meeting.
pub async fn facts(tx: &mut Tx, period: Period) -> Result<Vec<Fact>, db::Error> {
    let spoken = speeches(tx, period).await?;
    let ballots = ballots(tx, period).await?;
    let votes = open_votes(tx, period).await?;
    let papers = papers(tx, period).await?;
    let opened = opened_papers(tx, period).await?;
    let fact = |(mut fact, coming, is_member): (Fact, Coming, bool)| {
        let key = (fact.meeting, fact.person);
        let figures = &mut fact.figures;
        (figures.speeches, figures.spoken_seconds) = spoken.get(&key).copied().unwrap_or_default();
        figures.voted = ballots.get(&key).copied().unwrap_or_default();
        if is_member && coming.was_there() {
            let held = votes.get(&fact.meeting).copied().unwrap_or_default();
            figures.not_voting = (held - figures.voted).max(0);
        }
        (figures.papers, figures.pages) = papers.get(&key).copied().unwrap_or_default();
        figures.opened = opened.get(&key).copied().unwrap_or_default();
        fact
    };
    Ok(participations(tx, period).await?.into_iter().map(fact).collect())
}

#[derive(sqlx::FromRow)]
struct ParticipationRow {
    meeting_id: MeetingId,
    title: String,
    type_id: MeetingTypeId,
    started_at: Timestamp,
    person_id: PersonId,
    full_name: String,
    unit_id: UnitId,
    unit_name: String,
    member: bool,
    attendance: Attendance,
    checked_in_at: Option<Timestamp>,
    absence_reason: String,
    substitutes: i64,
}

async fn participations(tx: &mut Tx, period: Period) -> Result<Vec<(Fact, Coming, bool)>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT meeting.id AS meeting_id, meeting.title, meeting.type_id, meeting.started_at, person.id AS person_id,
                person.full_name, unit.id AS unit_id, unit.name AS unit_name, participant.member,
                participant.attendance, participant.checked_in_at, participant.absence_reason,
                (SELECT count(instead.person_id) FROM participant instead
                 WHERE instead.meeting_id = meeting.id AND instead.substitute_for = person.id) AS substitutes
         FROM participant
         JOIN meeting ON meeting.id = participant.meeting_id
         JOIN person ON person.id = participant.person_id
         JOIN unit ON unit.id = person.unit_id
         WHERE meeting.organisation_id = $1 AND meeting.state = 'ended'
           AND meeting.started_at >= $2 AND meeting.started_at < $3" as ParticipationRow,
        period.organisation, period.from, period.to)?;
    Ok(rows.into_iter().map(participation).collect())
}

fn participation(row: ParticipationRow) -> (Fact, Coming, bool) {
    let coming = Coming {
        attendance: row.attendance,
        checked_in_at: row.checked_in_at,
        started_at: row.started_at,
        is_substituted: row.substitutes > 0,
        has_reason: !row.absence_reason.is_empty(),
    };
    let fact = Fact {
        meeting: row.meeting_id,
        meeting_title: row.title,
        kind: row.type_id,
        started_at: row.started_at,
        person: row.person_id,
        full_name: row.full_name,
        unit: row.unit_id,
        unit_name: row.unit_name,
        figures: Figures { ..coming.figures() },
    };
    (fact, coming, row.member)
}

/// How often each spoke, and for how many seconds.
async fn speeches(tx: &mut Tx, period: Period) -> Result<HashMap<Key, (i64, i64)>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT meeting.id, speech_request.person_id, count(speech_request.id),
                CAST(sum(speech_request.spoken) / 1000000 AS BIGINT)
         FROM speech_request JOIN meeting ON meeting.id = speech_request.meeting_id
         WHERE meeting.organisation_id = $1 AND meeting.state = 'ended'
           AND meeting.started_at >= $2 AND meeting.started_at < $3 AND speech_request.state = 'finished'
         GROUP BY meeting.id, speech_request.person_id" as (MeetingId, PersonId, i64, i64),
        period.organisation, period.from, period.to)?;
    Ok(rows
        .into_iter()
        .map(|(meeting, person, count, seconds)| ((meeting, person), (count, seconds)))
        .collect())
}

/// In how many open votes each has a ballot. Nothing is read of secret ones.
async fn ballots(tx: &mut Tx, period: Period) -> Result<HashMap<Key, i64>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT meeting.id, ballot.member_id, count(ballot.vote_id)
         FROM ballot JOIN vote ON vote.id = ballot.vote_id JOIN meeting ON meeting.id = vote.meeting_id
         WHERE meeting.organisation_id = $1 AND meeting.state = 'ended'
           AND meeting.started_at >= $2 AND meeting.started_at < $3 AND vote.state = 'published'
           AND vote.kind = 'open'
         GROUP BY meeting.id, ballot.member_id" as (MeetingId, PersonId, i64),
        period.organisation, period.from, period.to)?;
    Ok(rows.into_iter().map(|(meeting, person, count)| ((meeting, person), count)).collect())
}

async fn open_votes(tx: &mut Tx, period: Period) -> Result<HashMap<MeetingId, i64>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT meeting.id, count(vote.id) FROM vote JOIN meeting ON meeting.id = vote.meeting_id
         WHERE meeting.organisation_id = $1 AND meeting.state = 'ended'
           AND meeting.started_at >= $2 AND meeting.started_at < $3 AND vote.state = 'published'
           AND vote.kind = 'open'
         GROUP BY meeting.id" as (MeetingId, i64), period.organisation, period.from, period.to)?;
    Ok(rows.into_iter().collect())
}

/// How many papers each might read, and their pages: what was not printed.
async fn papers(tx: &mut Tx, period: Period) -> Result<HashMap<Key, (i64, i64)>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT shown.meeting_id, paper_reader.person_id, count(shown.paper_id),
                CAST(sum(paper_version.pages) AS BIGINT)
         FROM (SELECT DISTINCT agenda_item.meeting_id, agenda_paper.paper_id
               FROM agenda_paper JOIN agenda_item ON agenda_item.id = agenda_paper.item_id
               JOIN meeting ON meeting.id = agenda_item.meeting_id
               WHERE meeting.organisation_id = $1 AND meeting.state = 'ended'
                 AND meeting.started_at >= $2 AND meeting.started_at < $3) shown
         JOIN paper_reader ON paper_reader.paper_id = shown.paper_id
         JOIN paper_version ON paper_version.paper_id = shown.paper_id
              AND paper_version.number = (SELECT max(newest.number) FROM paper_version newest
                                          WHERE newest.paper_id = shown.paper_id)
         GROUP BY shown.meeting_id, paper_reader.person_id" as (MeetingId, PersonId, i64, i64),
        period.organisation, period.from, period.to)?;
    Ok(rows
        .into_iter()
        .map(|(meeting, person, papers, pages)| ((meeting, person), (papers, pages)))
        .collect())
}

/// How many of these papers each opened, in any version.
async fn opened_papers(tx: &mut Tx, period: Period) -> Result<HashMap<Key, i64>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT opened.meeting_id, opened.person_id, count(opened.paper_id)
         FROM (SELECT DISTINCT agenda_item.meeting_id, agenda_paper.paper_id, paper_opening.person_id
               FROM agenda_paper JOIN agenda_item ON agenda_item.id = agenda_paper.item_id
               JOIN meeting ON meeting.id = agenda_item.meeting_id
               JOIN paper_version ON paper_version.paper_id = agenda_paper.paper_id
               JOIN paper_opening ON paper_opening.version_id = paper_version.id
               JOIN paper_reader ON paper_reader.paper_id = agenda_paper.paper_id
                    AND paper_reader.person_id = paper_opening.person_id
               WHERE meeting.organisation_id = $1 AND meeting.state = 'ended'
                 AND meeting.started_at >= $2 AND meeting.started_at < $3) opened
         GROUP BY opened.meeting_id, opened.person_id" as (MeetingId, PersonId, i64),
        period.organisation, period.from, period.to)?;
    Ok(rows.into_iter().map(|(meeting, person, count)| ((meeting, person), count)).collect())
}

/// When each meeting ended, and when its first minutes bore all signatures.
pub async fn signed_minutes(
    tx: &mut Tx,
    period: Period,
) -> Result<Vec<(MeetingId, Timestamp, Timestamp)>, db::Error> {
    sql!(tx => fetch_all
        "SELECT meeting.id, meeting.ended_at, signing_document.completed_at
         FROM meeting JOIN minutes ON minutes.meeting_id = meeting.id AND minutes.number = 1
         JOIN signing_document ON signing_document.id = minutes.document_id
         WHERE meeting.organisation_id = $1 AND meeting.state = 'ended'
           AND meeting.started_at >= $2 AND meeting.started_at < $3
           AND meeting.ended_at IS NOT NULL AND signing_document.completed_at IS NOT NULL"
        as (MeetingId, Timestamp, Timestamp), period.organisation, period.from, period.to)
}

/// The kinds of meetings a person chairs or has chaired.
pub async fn chaired_kinds(
    tx: &mut Tx,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<Vec<MeetingTypeId>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT DISTINCT meeting.type_id FROM participant JOIN meeting ON meeting.id = participant.meeting_id
         WHERE meeting.organisation_id = $1 AND participant.person_id = $2 AND participant.role = 'chair'
           AND meeting.state = 'ended'" as (MeetingTypeId,), organisation, person)?;
    Ok(rows.into_iter().map(|(kind,)| kind).collect())
}
