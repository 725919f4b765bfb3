//! When people are reminded.

use super::WorkingDays;
use crate::clock::Timestamp;

crate::words! {
    /// When something is told about a deadline.
    Moment { Before = "before", Due = "due", After = "after", Escalation = "escalation" }
}
crate::column!(Moment as String);

/// How an office reminds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reminders {
    pub hours_before: i64,
    pub hours_after: i64,
    /// Working days late after which the leaders are told.
    pub escalation_days: i64,
}

impl Default for Reminders {
    fn default() -> Self {
        Self { hours_before: 24, hours_after: 24, escalation_days: 2 }
    }
}

impl Reminders {
    pub fn are_sensible(self) -> bool {
        let is_span = |hours: i64| (1..=720).contains(&hours);
        is_span(self.hours_before) && is_span(self.hours_after) && (0..=60).contains(&self.escalation_days)
    }

    /// Every moment of a deadline, in order of their coming.
    pub fn moments(self, due_at: Timestamp, days: &WorkingDays) -> [(Moment, Timestamp); 4] {
        let escalation = days.after(due_at, self.escalation_days).unwrap_or(due_at);
        let mut moments = [
            (Moment::Before, due_at.plus_seconds(-self.hours_before * 3600)),
            (Moment::Due, due_at),
            (Moment::After, due_at.plus_seconds(self.hours_after * 3600)),
            (Moment::Escalation, escalation),
        ];
        moments.sort_by_key(|(_, at)| *at);
        moments
    }
}

#[cfg(test)]
mod tests {
    use super::{Moment, Reminders};
    use crate::clock::Timestamp;
    use crate::tasks::rules::WorkingDays;

    #[test]
    fn a_deadline_is_told_before_at_and_after_and_then_to_the_leaders() {
        let at = |text: &str| Timestamp::from_input(text).unwrap();
        // A Friday: two working days later is Tuesday.
        let moments = Reminders::default().moments(at("2026-11-27T17:00"), &WorkingDays::default());
        let expected = [
            (Moment::Before, at("2026-11-26T17:00")),
            (Moment::Due, at("2026-11-27T17:00")),
            (Moment::After, at("2026-11-28T17:00")),
            (Moment::Escalation, at("2026-12-01T17:00")),
        ];
        assert_eq!(moments, expected);
        assert!(!Reminders { hours_before: 0, ..Reminders::default() }.are_sensible());
    }
}
