//! What is true before a meeting: rooms, answers, papers on their way, days.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use reqwest::Url;

use crate::clock::Timestamp;

/// A room is given in steps of five minutes.
const SLOT_MICROS: i64 = 300 * 1_000_000;
/// Longest time a room is given to one meeting: a month.
const MOST_SLOTS: i64 = 31 * 288;
const LONGEST_URL: usize = 1_000;
/// Most meetings one recurrence makes.
const MOST_RECURRENCES: usize = 60;

crate::words! {
    /// From where a member may send a substitute.
    SubstitutesFrom { Nowhere = "none", Unit = "unit", Office = "office" }

    /// How a meeting recurs.
    Rhythm {
        Weekly = "weekly",
        /// On the same weekday of the month, such as the second Tuesday.
        Monthly = "monthly",
    }

    /// What an invited person says.
    Answer { Accepted = "accepted", Declined = "declined", Substituted = "substituted" }

    /// How far a paper has come on its way to the meeting.
    PaperState {
        Draft = "draft",
        Submitted = "submitted",
        Approved = "approved",
        /// Sent back with a reason.
        Returned = "returned",
        /// The people of the meeting read it.
        Published = "published",
        Withdrawn = "withdrawn",
    }

    /// What is done with a paper on its way.
    PaperAct {
        Submit = "submit",
        Approve = "approve",
        Return = "return",
        Publish = "publish",
        Withdraw = "withdraw",
    }
}

/// What a body's rule says about its meetings, votes aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanningRules {
    /// Working days before the meeting by which its papers are to be there.
    pub deadline_days: i64,
    pub substitutes: SubstitutesFrom,
    /// How long a speaker has, unless the chair says otherwise.
    pub speech_minutes: i64,
    /// Members read each other's opinions on papers.
    pub opinions_shown: bool,
}

/// The steps of five minutes that a time touches, from first to last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slots {
    pub first: i64,
    pub last: i64,
}

impl Slots {
    /// `None`: no time at all, or longer than a room is given away.
    pub fn of(starts_at: Timestamp, ends_at: Timestamp) -> Option<Self> {
        let first = starts_at.as_micros().div_euclid(SLOT_MICROS);
        let last = (ends_at.as_micros() - 1).div_euclid(SLOT_MICROS);
        let slots = Self { first, last };
        (1..=MOST_SLOTS).contains(&slots.count()).then_some(slots)
    }

    pub fn count(self) -> i64 {
        self.last - self.first + 1
    }
}

/// Whose hand moves a paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaperHand {
    /// Prepares the meeting.
    Organiser,
    /// May approve for the unit that prepares the paper.
    UnitApprover,
    /// Of the unit, without a right to approve.
    UnitMember,
}

impl PaperState {
    /// The state after an act, if this hand may do it now.
    pub fn after(self, act: PaperAct, hand: PaperHand) -> Option<Self> {
        let is_organiser = hand == PaperHand::Organiser;
        let may_judge = hand != PaperHand::UnitMember;
        match act {
            PaperAct::Submit if !is_organiser && matches!(self, Self::Draft | Self::Returned) => {
                Some(Self::Submitted)
            }
            PaperAct::Approve if hand == PaperHand::UnitApprover && self == Self::Submitted => {
                Some(Self::Approved)
            }
            PaperAct::Return if may_judge && matches!(self, Self::Submitted | Self::Approved) => {
                Some(Self::Returned)
            }
            PaperAct::Publish if is_organiser && matches!(self, Self::Approved | Self::Withdrawn) => {
                Some(Self::Published)
            }
            PaperAct::Withdraw if is_organiser && self == Self::Published => Some(Self::Withdrawn),
            _ => None,
        }
    }

    /// The unit may bring another file: what people read is changed by those
    /// who prepare the meeting only.
    pub fn takes_files_of_the_unit(self) -> bool {
        self != Self::Published
    }
}

/// The moment by which papers are to be there: so many working days before,
/// at the hour of the meeting.
pub fn deadline(starts_at: Timestamp, working_days: i64, holidays: &[String]) -> Timestamp {
    let mut day = starts_at.in_office().date();
    let mut back = 0;
    let mut left = working_days;
    while left > 0 {
        let Ok(before) = day.yesterday() else { break };
        day = before;
        back += 1;
        if is_working_day(day, holidays) {
            left -= 1;
        }
    }
    starts_at.plus_seconds(-back * 86_400)
}

fn is_working_day(day: Date, holidays: &[String]) -> bool {
    let is_weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    !is_weekend && fixed_holiday(day).is_none() && !holidays.contains(&day.to_string())
}

/// The key of a public holiday that falls on the same date each year (Labour
/// Code 2019, Art. 112). Those of the lunar calendar, and days moved by
/// decision, are entered by the office.
pub fn fixed_holiday(day: Date) -> Option<&'static str> {
    match (day.month(), day.day()) {
        (1, 1) => Some("holiday-new-year"),
        (4, 30) => Some("holiday-reunification"),
        (5, 1) => Some("holiday-labour"),
        (9, 2) => Some("holiday-national"),
        _ => None,
    }
}

/// The later days of a recurrence, up to `until`. Monthly keeps the weekday and
/// its place in the month; the fifth one means the last.
pub fn recurrences(first: Date, rhythm: Rhythm, until: Date) -> Vec<Date> {
    let mut days = Vec::new();
    let mut steps = 1;
    while days.len() < MOST_RECURRENCES {
        let next = match rhythm {
            Rhythm::Weekly => first.checked_add(Span::new().weeks(steps)).ok(),
            Rhythm::Monthly => same_weekday(first, steps),
        };
        match next.filter(|day| *day <= until) {
            Some(day) => days.push(day),
            None => break,
        }
        steps += 1;
    }
    days
}

fn same_weekday(first: Date, months: i64) -> Option<Date> {
    let month = first.first_of_month().checked_add(months.months()).ok()?;
    let nth = (first.day() - 1) / 7 + 1;
    let nth = if nth == 5 { -1 } else { nth };
    month.nth_weekday_of_month(nth, first.weekday()).ok()
}

/// The address of a video conference as it may be kept: https, without a name
/// or password in it, and on one of `hosts` where any are named. Empty stays
/// empty.
pub fn online_url(text: &str, hosts: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() {
        return Some(String::new());
    }
    let url = Url::parse(text).ok()?;
    let host = url.host_str()?;
    let is_named = |allowed: &str| host == allowed || host.ends_with(&format!(".{allowed}"));
    let mut hosts = hosts.split(',').map(str::trim).filter(|host| !host.is_empty()).peekable();
    let is_allowed = hosts.peek().is_none() || hosts.any(is_named);
    let is_plain = url.scheme() == "https" && url.username().is_empty() && url.password().is_none();
    (is_plain && is_allowed && url.as_str().len() <= LONGEST_URL).then(|| url.to_string())
}

/// What does not keep a meeting from being announced, but should be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Advice {
    NoPlace,
    RoomTooSmall {
        seats: i64,
        people: i64,
    },
    PapersOnTheWay {
        count: usize,
    },
    /// The day by which papers were to be there is past, and not all are.
    PapersLate {
        since: Timestamp,
    },
    Holiday {
        name: String,
    },
}

/// What is known about a meeting's surroundings.
#[derive(Clone, Debug)]
pub struct Outlook {
    pub has_place: bool,
    /// Of its room, if it has one.
    pub seats: Option<i64>,
    pub people: i64,
    pub papers_on_the_way: usize,
    pub items_without_papers: usize,
    pub deadline: Timestamp,
    pub holiday: Option<String>,
}

impl Outlook {
    pub fn advice(&self, now: Timestamp) -> Vec<Advice> {
        let is_late = now > self.deadline && self.papers_on_the_way + self.items_without_papers > 0;
        let advice = [
            (!self.has_place).then_some(Advice::NoPlace),
            self.seats
                .filter(|seats| *seats < self.people)
                .map(|seats| Advice::RoomTooSmall { seats, people: self.people }),
            (self.papers_on_the_way > 0).then_some(Advice::PapersOnTheWay { count: self.papers_on_the_way }),
            is_late.then_some(Advice::PapersLate { since: self.deadline }),
            self.holiday.clone().map(|name| Advice::Holiday { name }),
        ];
        advice.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_input(text).unwrap()
    }

    #[test]
    fn meetings_that_touch_share_no_slot() {
        let morning = Slots::of(at("2026-11-24T08:00"), at("2026-11-24T10:00")).unwrap();
        let next = Slots::of(at("2026-11-24T10:00"), at("2026-11-24T11:00")).unwrap();
        assert_eq!(morning.count(), 24);
        assert!(morning.last < next.first);
    }

    #[test]
    fn a_room_is_not_given_for_no_time_or_for_ever() {
        assert_eq!(Slots::of(at("2026-11-24T08:00"), at("2026-11-24T08:00")), None);
        assert_eq!(Slots::of(at("2026-11-24T10:00"), at("2026-11-24T08:00")), None);
        assert_eq!(Slots::of(at("2026-11-24T08:00"), at("2027-11-24T08:00")), None);
    }

    #[test]
    fn a_unit_approves_and_the_secretary_publishes() {
        let state = PaperState::Draft.after(PaperAct::Submit, PaperHand::UnitMember).unwrap();
        assert_eq!(state.after(PaperAct::Approve, PaperHand::UnitMember), None);
        assert_eq!(state.after(PaperAct::Publish, PaperHand::Organiser), None);
        let state = state.after(PaperAct::Approve, PaperHand::UnitApprover).unwrap();
        assert_eq!(state.after(PaperAct::Publish, PaperHand::UnitApprover), None);
        let state = state.after(PaperAct::Publish, PaperHand::Organiser).unwrap();
        assert_eq!(state, PaperState::Published);
        assert!(!state.takes_files_of_the_unit());
        assert_eq!(state.after(PaperAct::Return, PaperHand::Organiser), None);
    }

    #[test]
    fn weekends_and_holidays_are_no_working_days() {
        // Tuesday; one working day before is Monday, three are Thursday.
        let meeting = at("2026-11-24T08:00");
        assert_eq!(deadline(meeting, 0, &[]), meeting);
        assert_eq!(deadline(meeting, 1, &[]), at("2026-11-23T08:00"));
        assert_eq!(deadline(meeting, 3, &[]), at("2026-11-19T08:00"));
        assert_eq!(deadline(meeting, 1, &["2026-11-23".to_owned()]), at("2026-11-20T08:00"));
        assert_eq!(deadline(at("2026-09-03T08:00"), 1, &[]), at("2026-09-01T08:00"), "2 September is free");
    }

    #[test]
    fn a_video_conference_is_on_an_allowed_host_and_nothing_but_https() {
        let hosts = "hop.danang.gov.vn, zoom.us";
        let link = "https://us02web.zoom.us/j/123?pwd=x";
        assert_eq!(online_url(&format!(" {link} "), hosts).as_deref(), Some(link));
        assert_eq!(online_url("", hosts).as_deref(), Some(""));
        assert!(online_url("https://meet.example/a", "").is_some());
        for bad in [
            "https://evilzoom.us/j",
            "http://zoom.us/j",
            "javascript:alert(1)",
            "https://zoom.us@evil.example/",
            "https://a:b@zoom.us/",
            "zoom.us/j/1",
        ] {
            assert_eq!(online_url(bad, hosts), None, "{bad}");
        }
    }

    #[test]
    fn a_month_keeps_the_weekday_and_its_place() {
        let second_tuesday = date(2026, 11, 10);
        let days = recurrences(second_tuesday, Rhythm::Monthly, date(2027, 2, 28));
        assert_eq!(days, [date(2026, 12, 8), date(2027, 1, 12), date(2027, 2, 9)]);
        let fifth_monday = date(2026, 11, 30);
        assert_eq!(recurrences(fifth_monday, Rhythm::Monthly, date(2026, 12, 31)), [date(2026, 12, 28)]);
        let weekly = recurrences(date(2026, 12, 28), Rhythm::Weekly, date(2027, 1, 11));
        assert_eq!(weekly, [date(2027, 1, 4), date(2027, 1, 11)]);
        assert_eq!(recurrences(second_tuesday, Rhythm::Weekly, date(9999, 1, 1)).len(), MOST_RECURRENCES);
    }
}
