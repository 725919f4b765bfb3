//! What is counted, and what it comes to.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use jiff::ToSpan;
use jiff::civil::Date;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::identity::{Level, PersonId, UnitId};
use crate::lights::Light;
use crate::outgoing::judging::Judged;

crate::words! {
    /// A figure that an office is measured by.
    Indicator {
        EdocShare = "edoc_share",
        SignedShare = "signed_share",
        ProcedureShare = "procedure_share",
        ArrivalSameDay = "arrival_same_day",
        IncomingOnTime = "incoming_on_time",
        TaskOnTime = "task_on_time",
        OpinionOnTime = "opinion_on_time",
        PaperlessMeetings = "paperless_meetings",
        PagesSaved = "pages_saved",
        UsersActive = "users_active",
    }

    /// What a line of a table is about.
    By {
        Month = "month",
        Unit = "unit",
        Person = "person",
    }
}

impl Indicator {
    /// A number of its own, and not a share of something.
    pub fn is_count(self) -> bool {
        self == Self::PagesSaved
    }

    /// What an office of this level aims at, in hundredths, where a norm says so.
    pub fn usual_target(self, level: Level) -> Option<i64> {
        let is_commune = level == Level::Commune;
        match self {
            Self::EdocShare => Some(if is_commune { 80 } else { 90 }),
            Self::ProcedureShare => Some(if is_commune { 60 } else { 80 }),
            Self::SignedShare | Self::ArrivalSameDay => Some(100),
            Self::IncomingOnTime
            | Self::TaskOnTime
            | Self::OpinionOnTime
            | Self::PaperlessMeetings
            | Self::PagesSaved
            | Self::UsersActive => None,
        }
    }
}

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figure {
    pub part: i64,
    pub whole: i64,
}

impl Figure {
    pub fn new(part: i64, whole: i64) -> Self {
        Self { part, whole }
    }

    /// In thousandths, rounded; `None` of nothing.
    pub fn permille(self) -> Option<i64> {
        (self.whole > 0).then(|| (self.part * 1_000 + self.whole / 2) / self.whole)
    }

    /// Reaches a target in hundredths. Compared without rounding: 79.96 % is
    /// shown as 80.0 %, and is not 80 %.
    pub fn reaches(self, percent: i64) -> Option<bool> {
        (self.whole > 0).then(|| self.part * 100 >= percent * self.whole)
    }
}

impl AddAssign for Figure {
    fn add_assign(&mut self, other: Self) {
        self.part += other.part;
        self.whole += other.whole;
    }
}

/// The figures of one line, by indicator; what is missing is nothing of nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures(pub BTreeMap<Indicator, Figure>);

impl Figures {
    pub fn of(&self, indicator: Indicator) -> Figure {
        self.0.get(&indicator).copied().unwrap_or_default()
    }

    pub fn add(&mut self, indicator: Indicator, figure: Figure) {
        *self.0.entry(indicator).or_default() += figure;
    }
}

/// What one subject adds to one indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub indicator: Indicator,
    pub person: PersonId,
    /// `None`: the person's own.
    pub unit: Option<UnitId>,
    pub at: Timestamp,
    pub figure: Figure,
    pub reasons: String,
    pub light: Option<Light>,
}

impl Fact {
    fn of(indicator: Indicator, person: PersonId, at: Timestamp, counts: bool) -> Self {
        let figure = Figure::new(i64::from(counts), 1);
        Self { indicator, person, unit: None, at, figure, reasons: String::new(), light: None }
    }

    fn in_unit(self, unit: Option<UnitId>) -> Self {
        Self { unit, ..self }
    }
}

/// A document that was issued is electronic by that; it may lack the rest.
pub fn of_outgoing(judged: &Judged) -> Vec<Fact> {
    let fact = |indicator, counts| Fact::of(indicator, judged.drafter, judged.issued_at, counts);
    let codes: Vec<&str> = judged.deviations.iter().map(|one| one.as_str()).collect();
    vec![
        fact(Indicator::EdocShare, true),
        fact(Indicator::SignedShare, judged.has_both_signatures),
        Fact {
            reasons: codes.join(" "),
            light: judged.light,
            ..fact(Indicator::ProcedureShare, codes.is_empty())
        },
    ]
}

/// A number kept free that no document of the house took: what bears it went
/// out on paper, as far as the house knows.
pub fn of_number(taken_by: PersonId, day: Timestamp, is_unused: bool) -> Vec<Fact> {
    if is_unused { vec![Fact::of(Indicator::EdocShare, taken_by, day, false)] } else { Vec::new() }
}

/// What is on record about an incoming document.
#[derive(Clone, Copy, Debug)]
pub struct Incoming {
    /// Who registered it, or brought it while it stands at the door.
    pub clerk: PersonId,
    pub arrived_at: Timestamp,
    pub registered_at: Option<Timestamp>,
    /// Refused, or taken back by its sender, before it had a number.
    pub is_turned_away: bool,
    pub lead_unit: Option<UnitId>,
    pub deadline: Option<Timestamp>,
    /// When and by whom it was last said to be done.
    pub completed: Option<(Timestamp, PersonId)>,
}

pub fn of_incoming(document: &Incoming) -> Vec<Fact> {
    let mut facts = Vec::new();
    if !document.is_turned_away {
        let is_same = document.registered_at.is_some_and(|at| at.day() == document.arrived_at.day());
        facts.push(Fact::of(Indicator::ArrivalSameDay, document.clerk, document.arrived_at, is_same));
    }
    if let Some(((at, person), deadline)) = document.completed.zip(document.deadline) {
        let done = Fact::of(Indicator::IncomingOnTime, person, at, at <= deadline);
        facts.push(done.in_unit(document.lead_unit));
    }
    facts
}

/// A task that was accepted as done. What counts is the report that was
/// accepted: how long its judge took is not the doer's.
#[derive(Clone, Copy, Debug)]
pub struct DoneTask {
    pub person: PersonId,
    pub lead_unit: UnitId,
    pub due_at: Timestamp,
    pub reported_at: Timestamp,
}

pub fn of_task(task: &DoneTask) -> Fact {
    let is_in_time = task.reported_at <= task.due_at;
    Fact::of(Indicator::TaskOnTime, task.person, task.reported_at, is_in_time).in_unit(Some(task.lead_unit))
}

/// A member's slip, counted when the collecting is over.
pub fn of_slip(
    member: PersonId,
    answered_at: Option<Timestamp>,
    (deadline, closed): (Timestamp, Timestamp),
) -> Fact {
    let is_in_time = answered_at.is_some_and(|at| at <= deadline);
    Fact::of(Indicator::OpinionOnTime, member, closed, is_in_time)
}

/// A meeting that is over.
#[derive(Clone, Copy, Debug)]
pub struct EndedMeeting {
    pub organiser: PersonId,
    pub started_at: Timestamp,
    /// Papers on its agenda, and their pages times those who might read them.
    pub papers: i64,
    pub pages: i64,
}

/// Without a paper in the house nobody can say that there was none on the table.
pub fn of_meeting(meeting: &EndedMeeting) -> Vec<Fact> {
    let fact = |indicator, counts| Fact::of(indicator, meeting.organiser, meeting.started_at, counts);
    let mut facts = vec![fact(Indicator::PaperlessMeetings, meeting.papers > 0)];
    if meeting.pages > 0 {
        let figure = Figure::new(meeting.pages, 0);
        facts.push(Fact { figure, ..fact(Indicator::PagesSaved, true) });
    }
    facts
}

/// Somebody did something in the house.
pub fn of_presence(person: PersonId, at: Timestamp) -> Fact {
    Fact { figure: Figure::new(1, 0), ..Fact::of(Indicator::UsersActive, person, at, true) }
}

/// What an entry of the log is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    Outgoing(Uuid),
    Number(Uuid),
    Incoming(Uuid),
    Task(Uuid),
    Slip(Uuid),
    Meeting(Uuid),
}

impl Subject {
    /// `None`: it adds to no figure.
    pub fn read(text: &str) -> Option<Self> {
        let (kind, id) = text.split_once(':')?;
        let id = Uuid::parse_str(id).ok()?;
        match kind {
            "outgoing" => Some(Self::Outgoing(id)),
            "number" => Some(Self::Number(id)),
            "incoming" => Some(Self::Incoming(id)),
            "task" => Some(Self::Task(id)),
            "slip" => Some(Self::Slip(id)),
            "meeting" => Some(Self::Meeting(id)),
            _ => None,
        }
    }

    pub fn id(self) -> Uuid {
        match self {
            Self::Outgoing(id)
            | Self::Number(id)
            | Self::Incoming(id)
            | Self::Task(id)
            | Self::Slip(id)
            | Self::Meeting(id) => id,
        }
    }
}

/// A month of the office's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(Date);

impl Month {
    pub fn of(at: Timestamp) -> Self {
        Self(at.in_office().date().first_of_month())
    }

    /// Reads `2026-11`.
    pub fn read(text: &str) -> Option<Self> {
        format!("{text}-01").parse().ok().map(Self)
    }

    /// `2026-11`.
    pub fn code(self) -> String {
        self.0.strftime("%Y-%m").to_string()
    }

    /// `11/2026`.
    pub fn name(self) -> String {
        self.0.strftime("%m/%Y").to_string()
    }

    pub fn start(self) -> Timestamp {
        Timestamp::from_date_input(&self.0.to_string()).unwrap_or(Timestamp::from_micros(0))
    }

    /// So many months later; earlier, when negative.
    pub fn plus(self, months: i32) -> Self {
        Self(self.0.saturating_add(months.months()))
    }
}

/// Months in a row, both ends counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Months {
    pub first: Month,
    pub last: Month,
}

/// Most months one question may ask for.
pub const MOST_MONTHS: usize = 36;

impl Months {
    /// `None`: the wrong way round, or too many.
    pub fn new(first: Month, last: Month) -> Option<Self> {
        let asked = Self { first, last };
        (first <= last && asked.each().len() <= MOST_MONTHS).then_some(asked)
    }

    pub fn each(self) -> Vec<Month> {
        let mut months = vec![self.first];
        while let Some(next) = months.last().map(|month| month.plus(1))
            && next <= self.last
            && months.len() <= MOST_MONTHS
        {
            months.push(next);
        }
        months
    }
}

#[cfg(test)]
mod tests;
