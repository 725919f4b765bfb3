//! What is counted, and what it comes to.

mod months;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::identity::{Level, PersonId, UnitId};
use crate::lights::Light;
use crate::outgoing::judging::Judged;
use crate::outgoing::rules::Deviation;

pub use self::months::{MOST_MONTHS, Month, Months};

crate::words! {
    /// A figure that an office is measured by.
    Indicator {
        EdocShare = "edoc_share",
        SignedShare = "signed_share",
        ProcedureShare = "procedure_share",
        WorkFileOnline = "work_file_online",
        ArrivalSameDay = "arrival_same_day",
        IncomingOnTime = "incoming_on_time",
        TaskOnTime = "task_on_time",
        OpinionOnTime = "opinion_on_time",
        PaperlessMeetings = "paperless_meetings",
        PagesSaved = "pages_saved",
        UsersActive = "users_active",
        CertBound = "cert_bound",
    }

    /// What a line of a table is about.
    By {
        Month = "month",
        Unit = "unit",
        Person = "person",
        /// An office as a whole: to be set beside others.
        Organisation = "organisation",
    }
}

impl Indicator {
    /// A number of its own, and not a share of something.
    pub fn is_count(self) -> bool {
        self == Self::PagesSaved
    }

    /// Counted anew for each line, and not added up from months.
    pub fn is_by_head(self) -> bool {
        matches!(self, Self::UsersActive | Self::CertBound)
    }

    /// What an office of this level aims at, in hundredths, where a norm says so.
    pub fn usual_target(self, level: Level) -> Option<i64> {
        let is_commune = level == Level::Commune;
        match self {
            Self::EdocShare => Some(if is_commune { 80 } else { 90 }),
            Self::ProcedureShare | Self::WorkFileOnline => Some(if is_commune { 60 } else { 80 }),
            Self::SignedShare | Self::ArrivalSameDay => Some(100),
            Self::IncomingOnTime
            | Self::TaskOnTime
            | Self::OpinionOnTime
            | Self::PaperlessMeetings
            | Self::PagesSaved
            | Self::UsersActive
            | Self::CertBound => None,
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

    /// Adds each figure of another line to its own.
    pub fn take(&mut self, other: &Self) {
        for (indicator, figure) in &other.0 {
            self.add(*indicator, *figure);
        }
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

/// A file (hồ sơ) whose work is over.
#[derive(Clone, Debug)]
pub struct ClosedFile {
    pub keeper: PersonId,
    pub unit: UnitId,
    pub closed_at: Timestamp,
    /// How the documents in it that went out left the procedure, each deviation once.
    pub deviations: BTreeSet<Deviation>,
}

/// What came in is worked on in the house, or the file could not be closed; what
/// went out may have left the procedure on its way.
pub fn of_file(file: &ClosedFile) -> Fact {
    let codes: Vec<&str> = file.deviations.iter().map(|one| one.as_str()).collect();
    let fact = Fact::of(Indicator::WorkFileOnline, file.keeper, file.closed_at, codes.is_empty());
    Fact { reasons: codes.join(" "), ..fact.in_unit(Some(file.unit)) }
}

/// Somebody was asked to sign something in the house.
pub fn of_signer(person: PersonId, at: Timestamp) -> Fact {
    Fact { figure: Figure::new(1, 0), ..Fact::of(Indicator::CertBound, person, at, true) }
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
    File(Uuid),
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
            "file" => Some(Self::File(id)),
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
            | Self::File(id)
            | Self::Task(id)
            | Self::Slip(id)
            | Self::Meeting(id) => id,
        }
    }
}

#[cfg(test)]
mod tests;
