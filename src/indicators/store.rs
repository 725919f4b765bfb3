//! SQL on facts and sums.

mod heads;
mod keys;
mod reading;

use uuid::Uuid;

use super::rules::{Fact, Figure, Indicator, Month};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId, UnitId};
use crate::lights::Light;
use crate::sql;

pub use self::heads::{Head, accounts, asked, here_since, presence};
pub use self::keys::{Key, insert_key, key_by_hash, keys, mark_used, revoke_key};
pub use self::reading::{Cut, FactLine, LineKey, Row, facts, overdue, rows, targets};

/// How far an organisation's log is counted.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Progress {
    pub sequence: i64,
    pub read_at: Timestamp,
    pub run: i64,
    /// How far a rebuild has come.
    pub rebuilt: Option<i64>,
    pub rebuilt_at: Option<Timestamp>,
}

/// How far the log is counted; `None`: nothing ever was.
pub async fn progress(tx: &mut Tx, organisation: OrganisationId) -> Result<Option<Progress>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT sequence, read_at, run, rebuilt, rebuilt_at FROM indicator_progress WHERE organisation_id = $1"
        as Progress, organisation)
}

/// The same, held until `tx` ends: so one reads on at a time.
pub async fn claim_progress(tx: &mut Tx, organisation: OrganisationId) -> Result<Progress, db::Error> {
    sql!(tx => execute
        "INSERT INTO indicator_progress (organisation_id, sequence, read_at, run) VALUES ($1, 0, 0, 1)
         ON CONFLICT (organisation_id) DO NOTHING", organisation)?;
    sql!(tx => fetch_one
        "UPDATE indicator_progress SET run = run WHERE organisation_id = $1
         RETURNING sequence, read_at, run, rebuilt, rebuilt_at" as Progress, organisation)
}

pub async fn save_progress(
    tx: &mut Tx,
    organisation: OrganisationId,
    progress: &Progress,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE indicator_progress SET sequence = $2, read_at = $3, run = $4, rebuilt = $5, rebuilt_at = $6
         WHERE organisation_id = $1",
        organisation, progress.sequence, progress.read_at, progress.run, progress.rebuilt, progress.rebuilt_at)?;
    Ok(())
}

/// A fact as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
struct Kept {
    indicator: Indicator,
    person_id: PersonId,
    unit_id: UnitId,
    month: Timestamp,
    part: i64,
    whole: i64,
    at: Timestamp,
    reasons: String,
    light: Option<Light>,
}

impl Kept {
    fn new(fact: &Fact, own_unit: UnitId) -> Self {
        Self {
            indicator: fact.indicator,
            person_id: fact.person,
            unit_id: fact.unit.unwrap_or(own_unit),
            month: Month::of(fact.at).start(),
            part: fact.figure.part,
            whole: fact.figure.whole,
            at: fact.at,
            reasons: fact.reasons.clone(),
            light: fact.light,
        }
    }

    fn key(&self) -> (Indicator, PersonId, Timestamp) {
        (self.indicator, self.person_id, self.month)
    }
}

/// Puts a subject's facts in place of those it had, and the sums with them.
pub async fn replace_facts(
    tx: &mut Tx,
    (organisation, run): (OrganisationId, i64),
    subject: Uuid,
    facts: &[Fact],
) -> Result<(), db::Error> {
    let before = sql!(tx => fetch_all
        "SELECT indicator, person_id, unit_id, month, part, whole, at, reasons, light FROM indicator_fact
         WHERE subject_id = $1 ORDER BY indicator, person_id, month" as Kept, subject)?;
    let mut after = Vec::new();
    for fact in facts {
        after.push(Kept::new(fact, unit_of(tx, fact.person).await?));
    }
    after.sort_by_key(Kept::key);
    let mut same = before.clone();
    same.sort_by_key(Kept::key);
    if same == after {
        return stamp(tx, subject, run).await;
    }
    sql!(tx => execute "DELETE FROM indicator_fact WHERE subject_id = $1", subject)?;
    for gone in &before {
        add_to_sum(tx, organisation, gone, Figure::new(-gone.part, -gone.whole)).await?;
    }
    for new in &after {
        insert_fact(tx, (organisation, run), subject, new).await?;
        add_to_sum(tx, organisation, new, Figure::new(new.part, new.whole)).await?;
    }
    Ok(())
}

/// Adds a fact that never changes; twice does no harm.
pub async fn add_fact(
    tx: &mut Tx,
    (organisation, run): (OrganisationId, i64),
    subject: Uuid,
    fact: &Fact,
) -> Result<(), db::Error> {
    let new = Kept::new(fact, unit_of(tx, fact.person).await?);
    if insert_fact(tx, (organisation, run), subject, &new).await? {
        return add_to_sum(tx, organisation, &new, Figure::new(new.part, new.whole)).await;
    }
    sql!(tx => execute
        "UPDATE indicator_fact SET run = $4 WHERE subject_id = $1 AND indicator = $2 AND month = $3 AND run <> $4",
        subject, new.indicator, new.month, run)?;
    Ok(())
}

async fn unit_of(tx: &mut Tx, person: PersonId) -> Result<UnitId, db::Error> {
    let (unit,) = sql!(tx => fetch_one "SELECT unit_id FROM person WHERE id = $1" as (UnitId,), person)?;
    Ok(unit)
}

async fn stamp(tx: &mut Tx, subject: Uuid, run: i64) -> Result<(), db::Error> {
    sql!(tx => execute "UPDATE indicator_fact SET run = $2 WHERE subject_id = $1 AND run <> $2", subject, run)?;
    Ok(())
}

/// False: it is there.
async fn insert_fact(
    tx: &mut Tx,
    (organisation, run): (OrganisationId, i64),
    subject: Uuid,
    new: &Kept,
) -> Result<bool, db::Error> {
    let added = sql!(tx => execute
        "INSERT INTO indicator_fact (subject_id, indicator, person_id, month, organisation_id, unit_id, part, whole,
                                     at, reasons, light, run)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (subject_id, indicator, person_id, month) DO NOTHING",
        subject, new.indicator, new.person_id, new.month, organisation, new.unit_id, new.part, new.whole, new.at,
        new.reasons.as_str(), new.light, run)?;
    Ok(added == 1)
}

async fn add_to_sum(
    tx: &mut Tx,
    organisation: OrganisationId,
    of: &Kept,
    figure: Figure,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO indicator_sum (organisation_id, month, indicator, unit_id, person_id, part, whole)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (organisation_id, month, indicator, unit_id, person_id)
         DO UPDATE SET part = indicator_sum.part + excluded.part, whole = indicator_sum.whole + excluded.whole",
        organisation, of.month, of.indicator, of.unit_id, of.person_id, figure.part, figure.whole)?;
    Ok(())
}

/// Ends a rebuild: what it did not find goes, and the facts are added up anew.
pub async fn sweep(tx: &mut Tx, organisation: OrganisationId, run: i64) -> Result<(), db::Error> {
    sql!(tx => execute "DELETE FROM indicator_fact WHERE organisation_id = $1 AND run < $2", organisation, run)?;
    sql!(tx => execute "DELETE FROM indicator_sum WHERE organisation_id = $1", organisation)?;
    sql!(tx => execute
        "INSERT INTO indicator_sum (organisation_id, month, indicator, unit_id, person_id, part, whole)
         SELECT organisation_id, month, indicator, unit_id, person_id, CAST(sum(part) AS BIGINT),
                CAST(sum(whole) AS BIGINT)
         FROM indicator_fact WHERE organisation_id = $1
         GROUP BY organisation_id, month, indicator, unit_id, person_id", organisation)?;
    Ok(())
}

/// Issued documents whose signatures came to something else since they were
/// judged. A light that is being judged anew says nothing yet.
pub async fn relit(tx: &mut Tx, limit: i64) -> Result<Vec<(OrganisationId, Uuid)>, db::Error> {
    sql!(tx => fetch_all
        "SELECT indicator_fact.organisation_id, indicator_fact.subject_id FROM indicator_fact
         JOIN outgoing_document ON outgoing_document.id = indicator_fact.subject_id
         JOIN signing_document ON signing_document.id = outgoing_document.document_id
         JOIN light ON light.sha256 = signing_document.sha256
         WHERE indicator_fact.indicator = 'procedure_share' AND light.verdict IS NOT NULL
           AND (indicator_fact.light IS NULL OR indicator_fact.light <> light.verdict)
         LIMIT $1" as (OrganisationId, Uuid), limit)
}

/// Sets what an organisation aims at; `None`: what its level aims at.
pub async fn set_target(
    tx: &mut Tx,
    organisation: OrganisationId,
    indicator: Indicator,
    percent: Option<i64>,
) -> Result<(), db::Error> {
    match percent {
        Some(percent) => sql!(tx => execute
            "INSERT INTO indicator_target (organisation_id, indicator, percent) VALUES ($1, $2, $3)
             ON CONFLICT (organisation_id, indicator) DO UPDATE SET percent = excluded.percent",
            organisation, indicator, percent)?,
        None => sql!(tx => execute
            "DELETE FROM indicator_target WHERE organisation_id = $1 AND indicator = $2", organisation, indicator)?,
    };
    Ok(())
}
