//! Who is where, as the lists, the plan of seats and the counts say it.

use super::Attendance;
use crate::clock::Timestamp;

crate::words! {
    /// What is shown of a person's presence. Being late is not kept: it is told
    /// from when the person came and when the meeting began.
    Whereabouts {
        Present = "present",
        Late = "late",
        Online = "online",
        NotChecked = "not_checked",
        LeftEarly = "left_early",
        AbsentExcused = "absent_excused",
        Absent = "absent",
    }
}

impl Whereabouts {
    pub fn of(attendance: Attendance, came: Option<Timestamp>, began: Option<Timestamp>) -> Self {
        let is_late = matches!((came, began), (Some(came), Some(began)) if came > began);
        match attendance {
            Attendance::Present if is_late => Self::Late,
            Attendance::Present => Self::Present,
            Attendance::Online => Self::Online,
            Attendance::NotChecked => Self::NotChecked,
            Attendance::LeftEarly => Self::LeftEarly,
            Attendance::AbsentExcused => Self::AbsentExcused,
            Attendance::Absent => Self::Absent,
        }
    }

    /// The text of its name.
    pub fn text(self) -> &'static str {
        match self {
            Self::Present => "attendance-present",
            Self::Late => "attendance-late",
            Self::Online => "attendance-online",
            Self::NotChecked => "attendance-not-checked",
            Self::LeftEarly => "attendance-left-early",
            Self::AbsentExcused => "attendance-absent-excused",
            Self::Absent => "attendance-absent",
        }
    }

    /// Its shape, so that no colour has to be seen.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Present => "check",
            Self::Late => "clock",
            Self::Online => "screen",
            Self::NotChecked => "ring",
            Self::LeftEarly => "out",
            Self::AbsentExcused => "minus",
            Self::Absent => "cross",
        }
    }

    /// Its kind of badge.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Present | Self::Late | Self::Online => "good",
            Self::NotChecked => "",
            Self::LeftEarly | Self::AbsentExcused => "warn",
            Self::Absent => "bad",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_came_after_the_start_is_late_and_who_was_there_before_is_not() {
        let at = |seconds| Some(Timestamp::from_micros(0).plus_seconds(seconds));
        assert_eq!(Whereabouts::of(Attendance::Present, at(11), at(10)), Whereabouts::Late);
        assert_eq!(Whereabouts::of(Attendance::Present, at(10), at(10)), Whereabouts::Present);
        assert_eq!(Whereabouts::of(Attendance::Present, at(11), None), Whereabouts::Present);
        assert_eq!(Whereabouts::of(Attendance::LeftEarly, at(11), at(10)), Whereabouts::LeftEarly);
    }
}
