//! What people may ask, and what the answer is: one table for the page, the
//! files and the programs of an operations centre.

use std::collections::BTreeMap;

use serde_json::json;

use super::REBUILD_JOB;
use super::following::catch_up;
use super::heads::{ByHead, Holder};
use super::rules::{By, Figure, Figures, Indicator, Month, Months};
use super::store::{self, Cut, LineKey, Progress};
use crate::clock::Timestamp;
use crate::db::{self, Db, Tx};
use crate::identity::rules::{fold, name_order};
use crate::identity::store::Organisation;
use crate::identity::{self, Actor, Level, OrgRole, OrganisationId, PersonId, UnitId};
use crate::{jobs, tasks};

#[derive(Debug, thiserror::Error)]
pub enum IndicatorError {
    #[error("only the system administrator may do this")]
    NotAdmin,
    #[error("a target is a whole number from 0 to 100")]
    Target,
    #[error("a name is missing or too long")]
    Name,
    #[error("there is no such thing for this person")]
    NotFound,
    #[error("the figures are being counted anew already")]
    UnderWay,
    #[error("the crypto library failed")]
    Crypto(#[from] openssl::error::ErrorStack),
    #[error(transparent)]
    Jobs(#[from] jobs::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Whose figures a person may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Who leads the office or keeps its books.
    Office,
    /// Who speaks for a unit.
    Unit(UnitId),
    Person(PersonId),
}

pub async fn scope(tx: &mut Tx, actor: &Actor) -> Result<Scope, IndicatorError> {
    let sees_all = [OrgRole::Secretary, OrgRole::Clerk, OrgRole::Auditor, OrgRole::SystemAdmin];
    if sees_all.iter().any(|role| actor.is(*role)) || tasks::actions::is_leader(tx, actor).await? {
        return Ok(Scope::Office);
    }
    if actor.is(OrgRole::UnitAdmin) {
        let me = identity::store::person(tx, actor.organisation, actor.person).await?;
        return Ok(Scope::Unit(me.ok_or(IndicatorError::NotFound)?.unit_id));
    }
    Ok(Scope::Person(actor.person))
}

/// The titles behind a figure are not for those who only keep the machine.
pub fn may_list(actor: &Actor, scope: Scope) -> bool {
    let keeps_books = [OrgRole::Secretary, OrgRole::Clerk, OrgRole::Auditor];
    let is_only_admin = actor.is(OrgRole::SystemAdmin) && !keeps_books.iter().any(|role| actor.is(*role));
    !(scope == Scope::Office && is_only_admin)
}

/// What was asked, within what the person may see.
pub fn cut(organisation: OrganisationId, scope: Scope, months: Months, unit: Option<UnitId>) -> Cut {
    let (unit, person) = match scope {
        Scope::Office => (unit, None),
        Scope::Unit(own) => (Some(own), None),
        Scope::Person(own) => (None, Some(own)),
    };
    Cut { organisation, months, unit, person }
}

/// A line of a table.
#[derive(Clone, Debug)]
pub struct Line {
    /// How programs and addresses call it: `2026-11`, or an id.
    pub key: String,
    pub label: String,
    /// Of an office.
    pub level: Option<Level>,
    pub figures: Figures,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct Table {
    pub by: By,
    pub months: Months,
    pub lines: Vec<Line>,
    pub total: Figures,
    /// Incoming documents and tasks that are late now.
    pub overdue: (i64, i64),
    pub targets: BTreeMap<Indicator, i64>,
    /// Every act up to here is counted.
    pub as_of: Timestamp,
    /// More was done since, or the log is read again: it is being counted.
    pub is_behind: bool,
}

impl Table {
    /// What a share aims at; a count aims at nothing.
    pub fn target(&self, indicator: Indicator) -> Option<i64> {
        self.targets.get(&indicator).copied().filter(|_| !indicator.is_count())
    }
}

/// Counts on, and gives the figures with a line for each month, unit or person,
/// or one for the whole office.
pub async fn table(db: &Db, cut: Cut, by: By, now: Timestamp) -> Result<Table, IndicatorError> {
    let is_caught_up = catch_up(db, cut.organisation).await?;
    let mut tx = db.read().await?;
    let progress = store::progress(&mut tx, cut.organisation).await?;
    // A log that is read again, as after an upgrade that counts more, has more to tell.
    let is_behind = !is_caught_up || progress.is_some_and(|progress| progress.rebuilt.is_some());
    let rows = store::rows(&mut tx, cut, by).await?;
    let heads = ByHead::load(&mut tx, cut, now).await?;
    let mut lines: BTreeMap<LineKey, Figures> = BTreeMap::new();
    if by == By::Month {
        lines.extend(
            cut.months.each().iter().map(|month| (LineKey::Month(month.start()), Figures::default())),
        );
    }
    let mut total = heads.total(cut.months);
    for row in rows.into_iter().filter(|row| !row.indicator.is_by_head()) {
        let figure = Figure::new(row.part, row.whole);
        lines.entry(row.line).or_default().add(row.indicator, figure);
        total.add(row.indicator, figure);
    }
    for (line, figures) in heads.lines(cut, by) {
        lines.entry(line).or_default().take(&figures);
    }
    let office = identity::store::organisation(&mut tx, cut.organisation).await?;
    Ok(Table {
        by,
        months: cut.months,
        lines: named(&mut tx, &office, lines).await?,
        total,
        overdue: store::overdue(&mut tx, cut, now).await?,
        targets: targets(&mut tx, cut.organisation, office.level).await?,
        as_of: progress.filter(|_| is_behind).map_or(now, |progress| progress.read_at),
        is_behind,
    })
}

/// Who is behind the figure of certificates, those without one first.
pub async fn holders(tx: &mut Tx, cut: Cut, now: Timestamp) -> Result<Vec<Holder>, db::Error> {
    Ok(ByHead::load(tx, cut, now).await?.holders(cut.months))
}

/// The lines with their names, in the order people look for them.
async fn named(
    tx: &mut Tx,
    office: &Organisation,
    lines: BTreeMap<LineKey, Figures>,
) -> Result<Vec<Line>, db::Error> {
    let units = identity::store::units(tx, office.id).await?;
    let people = identity::store::people(tx, office.id).await?;
    let mut sorted: Vec<(String, Line)> = Vec::new();
    for (of, figures) in lines {
        let (order, key, label) = match of {
            LineKey::Month(start) => {
                let month = Month::of(start);
                (month.code(), month.code(), month.name())
            }
            LineKey::Unit(id) => {
                let found = units.iter().position(|unit| unit.id == id);
                let name = units.iter().find(|unit| unit.id == id).map(|unit| unit.name.clone());
                let name = name.unwrap_or_default();
                (
                    format!("{:06}{}", found.unwrap_or(usize::MAX).min(999_999), fold(&name)),
                    id.to_string(),
                    name,
                )
            }
            LineKey::Person(id) => {
                let name = people.iter().find(|one| one.id == id).map(|one| one.full_name.clone());
                let name = name.unwrap_or_default();
                (name_order(&name), id.to_string(), name)
            }
            LineKey::Organisation(_) => (String::new(), office.code.clone(), office.name.clone()),
        };
        let level = matches!(of, LineKey::Organisation(_)).then_some(office.level);
        sorted.push((order, Line { key, label, level, figures }));
    }
    sorted.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(sorted.into_iter().map(|(_, line)| line).collect())
}

/// What an office aims at: what it set, else what its level aims at.
pub async fn targets(
    tx: &mut Tx,
    organisation: OrganisationId,
    level: Level,
) -> Result<BTreeMap<Indicator, i64>, db::Error> {
    let usual = Indicator::ALL.iter().filter_map(|one| one.usual_target(level).map(|target| (*one, target)));
    let mut targets: BTreeMap<Indicator, i64> = usual.collect();
    targets.extend(store::targets(tx, organisation).await?);
    Ok(targets)
}

pub fn must_be_admin(actor: &Actor) -> Result<(), IndicatorError> {
    if actor.is(OrgRole::SystemAdmin) { Ok(()) } else { Err(IndicatorError::NotAdmin) }
}

/// Sets the targets; `None` takes the usual one of the level again.
pub async fn set_targets(
    tx: &mut Tx,
    actor: &Actor,
    targets: &[(Indicator, Option<i64>)],
    now: Timestamp,
) -> Result<(), IndicatorError> {
    must_be_admin(actor)?;
    if targets.iter().any(|(_, percent)| percent.is_some_and(|percent| !(0..=100).contains(&percent))) {
        return Err(IndicatorError::Target);
    }
    for (indicator, percent) in targets {
        store::set_target(tx, actor.organisation, *indicator, *percent).await?;
    }
    let set: BTreeMap<&str, Option<i64>> =
        targets.iter().map(|(one, percent)| (one.as_str(), *percent)).collect();
    let subject = format!("organisation:{}", actor.organisation);
    Ok(identity::actions::log(tx, actor, "indicator_targets_set", subject, json!(set), now).await?)
}

/// Has the whole log counted anew, in the background.
pub async fn begin_rebuild(tx: &mut Tx, actor: &Actor, now: Timestamp) -> Result<(), IndicatorError> {
    must_be_admin(actor)?;
    let progress = store::claim_progress(tx, actor.organisation).await?;
    if progress.rebuilt.is_some() {
        return Err(IndicatorError::UnderWay);
    }
    let begun = Progress { run: progress.run + 1, rebuilt: Some(0), rebuilt_at: Some(now), ..progress };
    store::save_progress(tx, actor.organisation, &begun).await?;
    jobs::queue(tx, REBUILD_JOB, &actor.organisation, now).await?;
    let subject = format!("organisation:{}", actor.organisation);
    Ok(identity::actions::log(tx, actor, "indicators_rebuilt", subject, json!({}), now).await?)
}
