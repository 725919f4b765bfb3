//! What is true about files, whoever asks: states, acts, who may do what, and
//! when one is due in the archive.

use jiff::ToSpan;

use crate::clock::Timestamp;

/// Days before it is due in the archive that people are told.
const WARNING_DAYS: i64 = 30;
const DAY: i64 = 86_400;
/// Files kept at least this long go to the archive (NĐ 30, Điều 30).
const ARCHIVED_FROM_YEARS: i64 = 5;

crate::words! {
    /// How far a file has come.
    State {
        /// In the list of its year, with nothing in it.
        Planned = "planned",
        Open = "open",
        Closed = "closed",
        HandedIn = "handed_in",
    }

    /// What is done with a file.
    Act {
        Plan = "plan",
        Change = "change",
        Open = "open",
        Put = "put",
        TakeOut = "take_out",
        Close = "close",
        Reopen = "reopen",
        HandIn = "hand_in",
        Export = "export",
    }

    /// Thời hạn bảo quản: how long it is kept, in years.
    Retention {
        Permanent = "permanent",
        Seventy = "70",
        Fifty = "50",
        Thirty = "30",
        Twenty = "20",
        Fifteen = "15",
        Ten = "10",
        Five = "5",
        Two = "2",
    }

    /// Chế độ sử dụng.
    Access { Unrestricted = "unrestricted", Restricted = "restricted" }
}

impl Retention {
    /// `None`: for good.
    pub fn years(self) -> Option<i64> {
        self.as_str().parse().ok()
    }

    /// What lists and metadata call it: a legal term, the same in every language.
    pub fn legal_name(self) -> String {
        self.years().map_or_else(|| "Vĩnh viễn".to_owned(), |years| format!("{years} năm"))
    }

    fn is_archived(self) -> bool {
        self.years().is_none_or(|years| years >= ARCHIVED_FROM_YEARS)
    }
}

impl Access {
    /// What metadata call it: a legal term, the same in every language.
    pub fn legal_name(self) -> &'static str {
        match self {
            Self::Unrestricted => "Không hạn chế",
            Self::Restricted => "Hạn chế",
        }
    }
}

/// What a person is to a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing {
    pub is_keeper: bool,
    /// Of the unit that keeps it.
    pub is_of_unit: bool,
    /// Keeps the list of the office.
    pub is_clerk: bool,
    pub is_archivist: bool,
    /// Reads everything and changes nothing.
    pub is_auditor: bool,
}

impl Standing {
    /// May know what is in it.
    pub fn may_see(self) -> bool {
        self.is_keeper || self.is_of_unit || self.is_clerk || self.is_archivist || self.is_auditor
    }

    /// May read every document in it, whomever else it concerns: the clerk keeps the originals,
    /// and what is closed the archive looks through before it takes it (NĐ 30, Điều 19 and 30).
    pub fn reads_all(self, state: State) -> bool {
        self.is_clerk || (self.is_archivist && matches!(state, State::Closed | State::HandedIn))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The file is not at that point, or not any more.
    NotNow(State),
    /// Another person's act.
    NotYours,
}

/// May this person do this with a file now?
pub fn may(state: State, act: Act, who: Standing) -> Result<(), Refusal> {
    let is_time = match act {
        Act::Plan => false,
        Act::Change => matches!(state, State::Planned | State::Open),
        Act::Open => state == State::Planned,
        Act::Put | Act::TakeOut | Act::Close => state == State::Open,
        Act::Reopen | Act::HandIn => state == State::Closed,
        Act::Export => state != State::Planned,
    };
    if !is_time {
        return Err(Refusal::NotNow(state));
    }
    let is_theirs = match act {
        Act::Plan => false,
        Act::Change | Act::Open | Act::TakeOut | Act::Close => who.is_keeper || who.is_clerk,
        Act::Put => who.is_keeper || who.is_of_unit || who.is_clerk,
        // Its keeper alone does not change what was declared complete.
        Act::Reopen => who.is_clerk || who.is_archivist,
        Act::HandIn => who.is_archivist,
        Act::Export => who.is_keeper || who.is_clerk || who.is_archivist,
    };
    if is_theirs { Ok(()) } else { Err(Refusal::NotYours) }
}

/// The last moment of the day a file is due in the archive; `None`: it need
/// not go there. One year after it was closed (NĐ 30, Điều 30).
pub fn hand_in_by(closed_at: Timestamp, retention: Retention) -> Option<Timestamp> {
    if !retention.is_archived() {
        return None;
    }
    let day = closed_at.in_office().date().checked_add(1.year()).ok()?;
    Some(Timestamp::from_date_input(&day.to_string())?.plus_seconds(DAY - 1))
}

/// When people are told that a file is due soon.
pub fn warned_at(hand_in_by: Timestamp) -> Timestamp {
    hand_in_by.plus_seconds(-WARNING_DAYS * DAY)
}

/// How near the day is on which a file is due in the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandIn {
    Later,
    Soon,
    Late,
}

pub fn hand_in(due: Timestamp, now: Timestamp) -> HandIn {
    if now > due {
        HandIn::Late
    } else if now >= warned_at(due) {
        HandIn::Soon
    } else {
        HandIn::Later
    }
}

/// What the check before closing looks at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Contents {
    pub documents: usize,
    /// Documents whose pages nobody could count.
    pub without_pages: usize,
    /// Recalled by whoever issued them.
    pub recalled: usize,
    /// Documents in it on which somebody still works.
    pub unfinished: usize,
}

crate::words! {
    /// What the check before closing finds.
    Finding { Empty = "empty", Unfinished = "unfinished", Pages = "pages", Recalled = "recalled" }
}

impl Finding {
    /// The file cannot be closed so, whoever says yes.
    pub fn is_blocking(self) -> bool {
        matches!(self, Self::Empty | Self::Unfinished)
    }
}

/// What stands against closing a file.
pub fn check(contents: Contents) -> Vec<Finding> {
    let findings = [
        (contents.documents == 0, Finding::Empty),
        (contents.unfinished > 0, Finding::Unfinished),
        (contents.without_pages > 0, Finding::Pages),
        (contents.recalled > 0, Finding::Recalled),
    ];
    findings.into_iter().filter(|(is_there, _)| *is_there).map(|(_, finding)| finding).collect()
}

/// The same line of the list, a year on: the old year in it becomes the new.
pub fn moved_on(text: &str, year: i64) -> String {
    text.replace(&(year - 1).to_string(), &year.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_input(text).unwrap()
    }

    const NOBODY: Standing = Standing {
        is_keeper: false,
        is_of_unit: false,
        is_clerk: false,
        is_archivist: false,
        is_auditor: false,
    };

    #[test]
    fn each_act_has_its_time_and_its_people() {
        let keeper = Standing { is_keeper: true, ..NOBODY };
        let colleague = Standing { is_of_unit: true, ..NOBODY };
        let clerk = Standing { is_clerk: true, ..NOBODY };
        let archivist = Standing { is_archivist: true, ..NOBODY };
        let auditor = Standing { is_auditor: true, ..NOBODY };
        let ways: [(Act, &[State], [bool; 5]); 8] = [
            (Act::Change, &[State::Planned, State::Open], [true, false, true, false, false]),
            (Act::Open, &[State::Planned], [true, false, true, false, false]),
            (Act::Put, &[State::Open], [true, true, true, false, false]),
            (Act::TakeOut, &[State::Open], [true, false, true, false, false]),
            (Act::Close, &[State::Open], [true, false, true, false, false]),
            (Act::Reopen, &[State::Closed], [false, false, true, true, false]),
            (Act::HandIn, &[State::Closed], [false, false, false, true, false]),
            (Act::Export, &[State::Open, State::Closed, State::HandedIn], [true, false, true, true, false]),
        ];
        for (act, states, people) in ways {
            for state in State::ALL {
                for (who, is_theirs) in [keeper, colleague, clerk, archivist, auditor].into_iter().zip(people)
                {
                    let expected = match (states.contains(state), is_theirs) {
                        (false, _) => Err(Refusal::NotNow(*state)),
                        (true, false) => Err(Refusal::NotYours),
                        (true, true) => Ok(()),
                    };
                    assert_eq!(may(*state, act, who), expected, "{act:?} {state:?} {who:?}");
                }
            }
        }
    }

    #[test]
    fn the_archive_reads_what_is_closed() {
        let archivist = Standing { is_archivist: true, ..NOBODY };
        let reads = [State::Planned, State::Open, State::Closed, State::HandedIn];
        assert_eq!(reads.map(|state| archivist.reads_all(state)), [false, false, true, true]);
        assert!(Standing { is_clerk: true, ..NOBODY }.reads_all(State::Open));
        assert!(!Standing { is_keeper: true, is_of_unit: true, ..NOBODY }.reads_all(State::Closed));
    }

    #[test]
    fn a_file_kept_five_years_or_more_is_due_a_year_after_closing() {
        let closed = at("2026-11-23T12:00");
        for retention in Retention::ALL.iter().filter(|one| **one != Retention::Two) {
            assert_eq!(hand_in_by(closed, *retention), Some(at("2027-11-23T23:59").plus_seconds(59)));
        }
        assert_eq!(hand_in_by(closed, Retention::Two), None);
        let leap = hand_in_by(at("2028-02-29T08:00"), Retention::Five);
        assert_eq!(leap.map(|due| due.date()), Some("28/02/2029".to_owned()));
    }

    #[test]
    fn people_are_told_thirty_days_before() {
        let due = at("2027-11-23T23:59");
        assert_eq!(hand_in(due, at("2027-10-24T23:58")), HandIn::Later);
        assert_eq!(hand_in(due, at("2027-10-24T23:59")), HandIn::Soon);
        assert_eq!(hand_in(due, due), HandIn::Soon);
        assert_eq!(hand_in(due, at("2027-11-24T00:00")), HandIn::Late);
    }

    #[test]
    fn an_empty_file_cannot_be_closed_and_a_recalled_document_is_named() {
        assert_eq!(check(Contents::default()), [Finding::Empty]);
        let odd = Contents { documents: 3, without_pages: 1, recalled: 1, unfinished: 0 };
        assert_eq!(check(odd), [Finding::Pages, Finding::Recalled]);
        assert!(!check(odd).iter().any(|finding| finding.is_blocking()));
        assert_eq!(check(Contents { documents: 3, ..Contents::default() }), []);
    }

    #[test]
    fn a_copied_line_bears_the_new_year() {
        assert_eq!(moved_on("05.2026/VP", 2027), "05.2027/VP");
        assert_eq!(moved_on("Hồ sơ họp năm 2026", 2027), "Hồ sơ họp năm 2027");
        assert_eq!(moved_on("01/VP", 2027), "01/VP");
    }
}
