//! What is true about meetings, whoever asks.

mod planning;
pub mod check_in_code;
pub mod presence;
pub mod seating;
pub mod session;
mod terms;

use std::collections::BTreeMap;

use crate::identity::PersonId;
use crate::papers::PaperId;

pub use self::planning::{
    Advice, Answer, Outlook, PaperAct, PaperHand, PaperState, PlanningRules, Rhythm, Slots, SubstitutesFrom,
    deadline, fixed_holiday, online_url, recurrences,
};
pub use self::terms::{BallotOption, Meaning, PassBase, Secrecy, Tie, VoteTerms, are_usable, usual_options};

crate::words! {
    MeetingState {
        Draft = "draft",
        Published = "published",
        InProgress = "in_progress",
        /// At rest; the people stay.
        Paused = "paused",
        /// Goes on at another time.
        Adjourned = "adjourned",
        Ended = "ended",
        Cancelled = "cancelled",
    }

    /// What a person is in one meeting.
    MeetingRole { Chair = "chair", Secretary = "secretary", Delegate = "delegate", Guest = "guest" }

    Attendance {
        NotChecked = "not_checked",
        /// In the room.
        Present = "present",
        /// From elsewhere, with all rights of those in the room.
        Online = "online",
        AbsentExcused = "absent_excused",
        Absent = "absent",
        LeftEarly = "left_early",
    }
}

impl MeetingRole {
    /// Chair and delegates are the body that meets; they make the quorum and vote.
    pub fn is_member(self) -> bool {
        matches!(self, Self::Chair | Self::Delegate)
    }
}

impl MeetingState {
    /// Agenda and people may still change.
    pub fn is_editable(self) -> bool {
        matches!(self, Self::Draft | Self::Published) || self.has_begun_and_not_ended()
    }

    /// Begun and not over, at rest or not. What is decided needs `InProgress`.
    pub fn has_begun_and_not_ended(self) -> bool {
        matches!(self, Self::InProgress | Self::Paused | Self::Adjourned)
    }
}

impl Attendance {
    /// Takes part now, in the room or from elsewhere. Every right that depends
    /// on presence asks this.
    pub fn is_there(self) -> bool {
        matches!(self, Self::Present | Self::Online)
    }
}

/// A part of a whole, such as two thirds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fraction {
    pub numerator: i64,
    pub denominator: i64,
}

impl Fraction {
    /// At least this part of `whole`.
    pub fn is_reached(self, part: i64, whole: i64) -> bool {
        whole > 0 && part * self.denominator >= whole * self.numerator
    }

    /// More than this part of `whole`.
    pub fn is_exceeded(self, part: i64, whole: i64) -> bool {
        whole > 0 && part * self.denominator > whole * self.numerator
    }

    /// The smallest part that reaches it: how many must be there.
    pub fn least(self, whole: i64) -> i64 {
        (whole * self.numerator + self.denominator - 1) / self.denominator
    }
}

impl std::fmt::Display for Fraction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

/// Who is there, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Presence {
    pub total_members: i64,
    pub present_members: i64,
    pub present_guests: i64,
}

impl Presence {
    pub fn count<'a>(people: impl Iterator<Item = (MeetingRole, bool, &'a Attendance)>) -> Self {
        let mut presence = Self::default();
        for (role, is_member, attendance) in people {
            let is_present = attendance.is_there();
            if is_member {
                presence.total_members += 1;
                presence.present_members += i64::from(is_present);
            } else if role == MeetingRole::Guest {
                presence.present_guests += i64::from(is_present);
            }
        }
        presence
    }
}

/// Why a meeting cannot be published yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    NoChair,
    NoSecretary,
    NoMembers,
    NoAgenda,
    EndsBeforeStart,
}

/// One line of the readiness list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub gap: Gap,
    pub is_met: bool,
}

/// What a meeting needs before it is published.
#[derive(Clone, Copy, Debug)]
pub struct Preparation {
    pub chairs: usize,
    pub secretaries: usize,
    pub members: usize,
    pub items: usize,
    pub ends_after_start: bool,
}

impl Preparation {
    pub fn checks(&self) -> Vec<Check> {
        let checks = [
            (Gap::EndsBeforeStart, self.ends_after_start),
            (Gap::NoChair, self.chairs == 1),
            (Gap::NoSecretary, self.secretaries > 0),
            (Gap::NoMembers, self.members > 1),
            (Gap::NoAgenda, self.items > 0),
        ];
        checks.into_iter().map(|(gap, is_met)| Check { gap, is_met }).collect()
    }

    pub fn is_ready(&self) -> bool {
        self.checks().iter().all(|check| check.is_met)
    }
}

/// A paper's rule for a meeting's people.
#[derive(Clone, Copy, Debug)]
pub struct PaperRule {
    pub paper: PaperId,
    pub guests_may_read: bool,
    pub may_download: bool,
}

/// One person's own rule for one paper.
#[derive(Clone, Copy, Debug)]
pub struct PaperException {
    pub paper: PaperId,
    pub person: PersonId,
    pub may_read: bool,
    pub may_download: bool,
}

/// Who may read a paper, and who may download it. Before the meeting is
/// announced that is its chair and secretaries; a person's own rule is
/// stronger than the role's.
pub fn readers(
    is_announced: bool,
    people: &[(PersonId, MeetingRole)],
    rule: PaperRule,
    exceptions: &[PaperException],
) -> Vec<(PersonId, bool)> {
    let mut readers = BTreeMap::new();
    for (person, role) in people {
        let may_read = match role {
            MeetingRole::Chair | MeetingRole::Secretary => true,
            MeetingRole::Delegate => is_announced,
            MeetingRole::Guest => is_announced && rule.guests_may_read,
        };
        if may_read {
            readers.insert(*person, rule.may_download);
        }
    }
    let invited = |person: &PersonId| people.iter().any(|(invited, _)| invited == person);
    for own in exceptions.iter().filter(|own| own.paper == rule.paper && invited(&own.person)) {
        if !own.may_read {
            readers.remove(&own.person);
        } else if is_announced {
            readers.insert(own.person, own.may_download);
        }
    }
    readers.into_iter().collect()
}

/// Puts `order` first, as far as it names what is there; the rest follows as
/// it was. So a list from a stale page loses no item.
pub fn reordered<T: Copy + PartialEq>(present: &[T], order: &[T]) -> Vec<T> {
    let mut result: Vec<T> = Vec::with_capacity(present.len());
    for id in order.iter().chain(present) {
        if present.contains(id) && !result.contains(id) {
            result.push(*id);
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO_THIRDS: Fraction = Fraction { numerator: 2, denominator: 3 };

    #[test]
    fn two_thirds_of_27_are_18() {
        assert_eq!(TWO_THIRDS.least(27), 18);
        assert!(TWO_THIRDS.is_reached(18, 27));
        assert!(!TWO_THIRDS.is_exceeded(18, 27));
        assert!(!TWO_THIRDS.is_reached(17, 27));
    }

    #[test]
    fn nothing_is_reached_of_nobody() {
        assert!(!TWO_THIRDS.is_reached(0, 0));
    }

    #[test]
    fn a_meeting_without_a_chair_is_not_ready() {
        let ready = Preparation { chairs: 1, secretaries: 1, members: 5, items: 2, ends_after_start: true };
        assert!(ready.is_ready());
        assert!(!Preparation { chairs: 0, ..ready }.is_ready());
        assert!(!Preparation { chairs: 2, ..ready }.is_ready());
        assert!(!Preparation { items: 0, ..ready }.is_ready());
    }

    fn people() -> (Vec<(PersonId, MeetingRole)>, [PersonId; 4]) {
        let ids = [PersonId::new(), PersonId::new(), PersonId::new(), PersonId::new()];
        let roles = [MeetingRole::Chair, MeetingRole::Secretary, MeetingRole::Delegate, MeetingRole::Guest];
        (ids.into_iter().zip(roles).collect(), ids)
    }

    fn rule() -> PaperRule {
        PaperRule { paper: PaperId::new(), guests_may_read: false, may_download: true }
    }

    fn names(readers: &[(PersonId, bool)]) -> Vec<PersonId> {
        readers.iter().map(|(person, _)| *person).collect()
    }

    #[test]
    fn a_draft_is_read_by_chair_and_secretary_only() {
        let (people, [chair, secretary, ..]) = people();
        let mut expected = vec![chair, secretary];
        expected.sort();
        assert_eq!(names(&readers(false, &people, rule(), &[])), expected);
    }

    #[test]
    fn a_guest_reads_only_what_is_opened_to_guests() {
        let (people, [.., guest]) = people();
        assert!(!names(&readers(true, &people, rule(), &[])).contains(&guest));
        let open = PaperRule { guests_may_read: true, ..rule() };
        assert!(names(&readers(true, &people, open, &[])).contains(&guest));
    }

    #[test]
    fn a_persons_own_rule_is_stronger_than_the_role() {
        let (people, [_, _, delegate, guest]) = people();
        let rule = rule();
        let own =
            |person, may_read| PaperException { paper: rule.paper, person, may_read, may_download: false };
        let stranger = PersonId::new();
        let exceptions = [own(delegate, false), own(guest, true), own(stranger, true)];
        let result = readers(true, &people, rule, &exceptions);
        assert!(!names(&result).contains(&delegate));
        assert!(result.contains(&(guest, false)));
        assert!(!names(&result).contains(&stranger));
    }

    #[test]
    fn a_stale_order_loses_no_item() {
        assert_eq!(reordered(&[1, 2, 3, 4], &[3, 9, 1, 3]), [3, 1, 2, 4]);
    }
}
