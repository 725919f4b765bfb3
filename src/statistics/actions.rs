//! Working out the figures a person may see.

use super::rules::{By, Fact, Figures, Line, Scope, lines, total};
use super::store::{self, Period};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{self, Actor, OrgRole, UnitId};
use crate::meetings::{MeetingId, MeetingTypeId};

const DAY: i64 = 86_400;

/// Which figures are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    pub by: By,
    pub from: Timestamp,
    /// The first moment that no longer counts.
    pub to: Timestamp,
    pub kind: Option<MeetingTypeId>,
    pub unit: Option<UnitId>,
}

/// The answer: what the page shows and the files hold.
#[derive(Clone, Debug)]
pub struct Table {
    pub by: By,
    pub lines: Vec<Line>,
    pub total: Figures,
    pub meetings: i64,
    /// Days from the end of a meeting to the last signature under its minutes.
    pub signing_days: Vec<(MeetingId, i64)>,
}

impl Table {
    /// Days until the minutes of a line's meeting were signed.
    pub fn days_of(&self, line: &Line) -> Option<i64> {
        let (_, days) = self.signing_days.iter().find(|(meeting, _)| Some(*meeting) == line.meeting)?;
        Some(*days)
    }

    /// How many of the meetings had signed minutes within so many days.
    pub fn signed_within(&self, days: i64) -> usize {
        self.signing_days.iter().filter(|(_, took)| *took <= days).count()
    }
}

/// Counts what this person may see.
pub async fn count(tx: &mut Tx, actor: &Actor, asked: Question) -> Result<Table, db::Error> {
    let period = Period { organisation: actor.organisation, from: asked.from, to: asked.to };
    let scope = scope(tx, actor).await?;
    let mut facts = store::facts(tx, period).await?;
    facts.retain(|fact| scope.sees(fact) && is_asked_for(fact, asked));
    let mut seen: Vec<MeetingId> = facts.iter().map(|fact| fact.meeting).collect();
    seen.sort();
    seen.dedup();
    let signed = store::signed_minutes(tx, period).await?;
    let signing_days = signed
        .into_iter()
        .filter(|(meeting, ..)| seen.binary_search(meeting).is_ok())
        .map(|(meeting, ended, signed)| (meeting, (signed.seconds_since(ended).max(0) + DAY - 1) / DAY));
    Ok(Table {
        by: asked.by,
        lines: lines(&facts, asked.by),
        total: total(&facts),
        meetings: i64::try_from(seen.len()).unwrap_or(i64::MAX),
        signing_days: signing_days.collect(),
    })
}

fn is_asked_for(fact: &Fact, asked: Question) -> bool {
    asked.kind.is_none_or(|kind| kind == fact.kind) && asked.unit.is_none_or(|unit| unit == fact.unit)
}

/// Whose figures this person may see.
pub async fn scope(tx: &mut Tx, actor: &Actor) -> Result<Scope, db::Error> {
    let me = identity::store::person(tx, actor.organisation, actor.person).await?;
    let is_head = actor.is(OrgRole::UnitAdmin);
    Ok(Scope {
        everything: actor.is(OrgRole::Secretary) || actor.is(OrgRole::Auditor),
        kinds: store::chaired_kinds(tx, actor.organisation, actor.person).await?,
        unit: me.filter(|_| is_head).map(|me| me.unit_id),
        person: actor.person,
    })
}
