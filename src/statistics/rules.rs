//! Figures, and who sees which.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use crate::clock::Timestamp;
use crate::identity::rules::name_order;
use crate::identity::{PersonId, UnitId};
use crate::meetings::rules::Attendance;
use crate::meetings::{MeetingId, MeetingTypeId};

crate::words! {
    /// What a line of the table is about.
    By { Member = "member", Unit = "unit", Meeting = "meeting" }

    /// A column of the table.
    Measure {
        Invited = "invited",
        Present = "present",
        Late = "late",
        Substituted = "substituted",
        Excused = "excused",
        Absent = "absent",
        Speeches = "speeches",
        SpokenMinutes = "spoken_minutes",
        Voted = "voted",
        NotVoting = "not_voting",
        Papers = "papers",
        Opened = "opened",
        Pages = "pages",
    }
}

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub invited: i64,
    pub present: i64,
    /// Present, but after the start.
    pub late: i64,
    /// Someone came instead.
    pub substituted: i64,
    /// Absent with a reason.
    pub excused: i64,
    /// Absent without one.
    pub absent: i64,
    pub speeches: i64,
    pub spoken_seconds: i64,
    /// Open votes with a ballot of theirs.
    pub voted: i64,
    /// Open votes without one, in meetings they came to.
    pub not_voting: i64,
    /// Papers they might read.
    pub papers: i64,
    /// Those of them they opened.
    pub opened: i64,
    /// Pages that were not printed for them.
    pub pages: i64,
}

impl Figures {
    pub fn of(&self, measure: Measure) -> i64 {
        match measure {
            Measure::Invited => self.invited,
            Measure::Present => self.present,
            Measure::Late => self.late,
            Measure::Substituted => self.substituted,
            Measure::Excused => self.excused,
            Measure::Absent => self.absent,
            Measure::Speeches => self.speeches,
            Measure::SpokenMinutes => (self.spoken_seconds + 30) / 60,
            Measure::Voted => self.voted,
            Measure::NotVoting => self.not_voting,
            Measure::Papers => self.papers,
            Measure::Opened => self.opened,
            Measure::Pages => self.pages,
        }
    }

    /// Of a hundred invitations, so many were followed in person.
    pub fn presence_percent(&self) -> i64 {
        percent(self.present, self.invited)
    }
}

/// A share of a whole, rounded; of nothing, nothing.
pub fn percent(part: i64, whole: i64) -> i64 {
    if whole == 0 { 0 } else { (part * 100 + whole / 2) / whole }
}

impl AddAssign<&Figures> for Figures {
    fn add_assign(&mut self, other: &Figures) {
        self.invited += other.invited;
        self.present += other.present;
        self.late += other.late;
        self.substituted += other.substituted;
        self.excused += other.excused;
        self.absent += other.absent;
        self.speeches += other.speeches;
        self.spoken_seconds += other.spoken_seconds;
        self.voted += other.voted;
        self.not_voting += other.not_voting;
        self.papers += other.papers;
        self.opened += other.opened;
        self.pages += other.pages;
    }
}

/// One person in one meeting.
#[derive(Clone, Debug)]
pub struct Fact {
    pub meeting: MeetingId,
    pub meeting_title: String,
    pub kind: MeetingTypeId,
    pub started_at: Timestamp,
    pub person: PersonId,
    pub full_name: String,
    pub unit: UnitId,
    pub unit_name: String,
    pub figures: Figures,
}

/// How a person's place in a meeting counts.
#[derive(Clone, Copy, Debug)]
pub struct Coming {
    pub attendance: Attendance,
    pub checked_in_at: Option<Timestamp>,
    pub started_at: Timestamp,
    pub is_substituted: bool,
    pub has_reason: bool,
}

impl Coming {
    pub fn was_there(&self) -> bool {
        match self.attendance {
            Attendance::Present | Attendance::Online | Attendance::LeftEarly => true,
            Attendance::NotChecked | Attendance::AbsentExcused | Attendance::Absent => false,
        }
    }

    /// Exactly one of present, substituted, excused and absent.
    pub fn figures(&self) -> Figures {
        let was_there = self.was_there();
        let is_excused = self.attendance == Attendance::AbsentExcused || self.has_reason;
        let is_late = was_there && self.checked_in_at.is_some_and(|at| at > self.started_at);
        let is_away = !was_there && !self.is_substituted;
        Figures {
            invited: 1,
            present: i64::from(was_there),
            late: i64::from(is_late),
            substituted: i64::from(!was_there && self.is_substituted),
            excused: i64::from(is_away && is_excused),
            absent: i64::from(is_away && !is_excused),
            ..Figures::default()
        }
    }
}

/// Whose figures a person may see.
#[derive(Clone, Debug)]
pub struct Scope {
    /// Secretaries and auditors.
    pub everything: bool,
    /// The kinds of meetings they chair.
    pub kinds: Vec<MeetingTypeId>,
    /// The unit they head.
    pub unit: Option<UnitId>,
    pub person: PersonId,
}

impl Scope {
    pub fn sees(&self, fact: &Fact) -> bool {
        self.everything
            || self.kinds.contains(&fact.kind)
            || self.unit == Some(fact.unit)
            || self.person == fact.person
    }
}

/// A line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// A name, a unit or a meeting's title.
    pub label: String,
    /// The unit of a person, the day of a meeting.
    pub more: String,
    pub meeting: Option<MeetingId>,
    pub figures: Figures,
}

/// The figures of all facts, a line for each person, unit or meeting.
pub fn lines(facts: &[Fact], by: By) -> Vec<Line> {
    let mut lines: BTreeMap<(String, String), Line> = BTreeMap::new();
    for fact in facts {
        let (order, key) = place(fact, by);
        let line = lines.entry((order, key)).or_insert_with(|| first(fact, by));
        line.figures += &fact.figures;
    }
    lines.into_values().collect()
}

pub fn total(facts: &[Fact]) -> Figures {
    let mut total = Figures::default();
    for fact in facts {
        total += &fact.figures;
    }
    total
}

/// By what a line is sorted, and what tells it from others.
fn place(fact: &Fact, by: By) -> (String, String) {
    match by {
        By::Member => (name_order(&fact.full_name), fact.person.to_string()),
        By::Unit => (crate::identity::rules::fold(&fact.unit_name), fact.unit.to_string()),
        // The newest first.
        By::Meeting => (format!("{:020}", i64::MAX - fact.started_at.as_micros()), fact.meeting.to_string()),
    }
}

fn first(fact: &Fact, by: By) -> Line {
    let (label, more, meeting) = match by {
        By::Member => (&fact.full_name, fact.unit_name.clone(), None),
        By::Unit => (&fact.unit_name, String::new(), None),
        By::Meeting => (&fact.meeting_title, fact.started_at.date(), Some(fact.meeting)),
    };
    Line { label: label.clone(), more, meeting, figures: Figures::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coming(attendance: Attendance) -> Coming {
        let at = Timestamp::from_micros;
        Coming {
            attendance,
            checked_in_at: Some(at(5)),
            started_at: at(9),
            is_substituted: false,
            has_reason: false,
        }
    }

    #[test]
    fn everyone_invited_is_counted_in_exactly_one_way() {
        for attendance in Attendance::ALL {
            for (is_substituted, has_reason) in [(false, false), (true, false), (false, true), (true, true)] {
                let figures = Coming { is_substituted, has_reason, ..coming(*attendance) }.figures();
                let ways = figures.present + figures.substituted + figures.excused + figures.absent;
                assert_eq!((figures.invited, ways), (1, 1), "{attendance:?}");
            }
        }
    }

    #[test]
    fn late_is_who_came_after_the_start() {
        let late = |at, attendance| {
            Coming { checked_in_at: Some(Timestamp::from_micros(at)), ..coming(attendance) }.figures().late
        };
        assert_eq!(late(9, Attendance::Present), 0);
        assert_eq!(late(10, Attendance::Online), 1);
        assert_eq!(late(10, Attendance::Absent), 0);
    }

    fn fact(person: PersonId, unit: UnitId, kind: MeetingTypeId) -> Fact {
        Fact {
            meeting: MeetingId::new(),
            meeting_title: "Họp".into(),
            kind,
            started_at: Timestamp::from_micros(1),
            person,
            full_name: "Lê An".into(),
            unit,
            unit_name: "Văn phòng".into(),
            figures: Figures { invited: 1, spoken_seconds: 89, ..Figures::default() },
        }
    }

    #[test]
    fn a_person_sees_their_own_a_head_the_unit_a_chair_the_kind() {
        let (me, mine, kind) = (PersonId::new(), UnitId::new(), MeetingTypeId::new());
        let own = fact(me, UnitId::new(), MeetingTypeId::new());
        let unit = fact(PersonId::new(), mine, MeetingTypeId::new());
        let chaired = fact(PersonId::new(), UnitId::new(), kind);
        let sees = |scope: &Scope| [&own, &unit, &chaired].map(|fact| scope.sees(fact));
        let person = Scope { everything: false, kinds: Vec::new(), unit: None, person: me };
        assert_eq!(sees(&person), [true, false, false]);
        assert_eq!(sees(&Scope { unit: Some(mine), ..person.clone() }), [true, true, false]);
        assert_eq!(sees(&Scope { kinds: vec![kind], ..person.clone() }), [true, false, true]);
        assert_eq!(sees(&Scope { everything: true, ..person }), [true, true, true]);
    }

    #[test]
    fn lines_add_up_to_the_total_however_they_are_cut() {
        let (one, other, unit, kind) =
            (PersonId::new(), PersonId::new(), UnitId::new(), MeetingTypeId::new());
        let facts = [fact(one, unit, kind), fact(one, unit, kind), fact(other, unit, kind)];
        for (by, count) in [(By::Member, 2), (By::Unit, 1), (By::Meeting, 3)] {
            let lines = lines(&facts, by);
            assert_eq!(lines.len(), count);
            let mut sum = Figures::default();
            lines.iter().for_each(|line| sum += &line.figures);
            assert_eq!(sum, total(&facts));
        }
        assert_eq!(total(&facts).of(Measure::SpokenMinutes), 4, "267 seconds");
    }

    #[test]
    fn a_share_of_nothing_is_nothing() {
        assert_eq!((percent(0, 0), percent(2, 3), percent(3, 3)), (0, 67, 100));
    }
}
