//! What is true about telling people, whoever is told.

use crate::clock::Timestamp;

crate::words! {
    /// What a notice is about.
    Kind {
        Meeting = "meeting",
        Signature = "signature",
        Slip = "slip",
        Task = "task",
        Incoming = "incoming",
        Outgoing = "outgoing",
        Other = "other",
    }

    /// When a mail goes.
    Way { Now = "now", Digest = "digest", Off = "off" }

    /// By what it goes.
    Channel { Mail = "mail", Sms = "sms", Push = "push" }

    /// How far it has come.
    State {
        Waiting = "waiting",
        Gathered = "gathered",
        Joined = "joined",
        Sent = "sent",
        Refused = "refused",
        GivenUp = "given_up",
    }
}
crate::column!(Kind as String);
crate::column!(Way as String);
crate::column!(Channel as String);
crate::column!(State as String);

impl Kind {
    /// The page a notice leads to tells what it is about.
    pub fn of(link: &str) -> Self {
        match link.trim_start_matches('/').split('/').next() {
            Some("meetings" | "unit" | "schedule") => Self::Meeting,
            Some("signing") => Self::Signature,
            Some("slips") => Self::Slip,
            Some("tasks") => Self::Task,
            Some("incoming") => Self::Incoming,
            Some("outgoing" | "copies") => Self::Outgoing,
            _ => Self::Other,
        }
    }
}

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;
const DAY: i64 = 86_400;
/// How long something is tried: a server may be down over a weekend.
pub const PATIENCE: i64 = 3 * DAY;

/// How a person wants to be told of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wishes {
    pub mail: Way,
    pub sms: bool,
    pub push: bool,
}

impl Default for Wishes {
    fn default() -> Self {
        Self { mail: Way::Now, sms: false, push: true }
    }
}

/// A person's quiet hours and the moment of the digest, in minutes of the office's day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    pub quiet_from: i64,
    pub quiet_until: i64,
    pub digest_at: i64,
}

impl Default for Hours {
    fn default() -> Self {
        Self { quiet_from: 0, quiet_until: 0, digest_at: 7 * 60 }
    }
}

impl Hours {
    /// Now, or when the quiet hours end.
    pub fn after_quiet(self, now: Timestamp) -> Timestamp {
        let minute = now.seconds_since(now.day().0) / MINUTE;
        let (from, until) = (self.quiet_from, self.quiet_until);
        let is_quiet =
            if from <= until { (from..until).contains(&minute) } else { minute >= from || minute < until };
        if is_quiet { next(until, now) } else { now }
    }

    pub fn next_digest(self, now: Timestamp) -> Timestamp {
        next(self.digest_at, now)
    }
}

/// When a minute of the day comes next.
fn next(minute: i64, now: Timestamp) -> Timestamp {
    let today = now.day().0.plus_seconds(minute * MINUTE);
    if today > now { today } else { now.day().1.plus_seconds(minute * MINUTE) }
}

/// When something that failed so many times is tried again: after a minute, then twice as long, an hour at most.
pub fn next_try(attempts: i64, now: Timestamp) -> Timestamp {
    let doubled = u32::try_from(attempts.clamp(1, 7) - 1).unwrap_or_default();
    now.plus_seconds((MINUTE * 2_i64.pow(doubled)).min(HOUR))
}

/// A telephone number as a gateway takes it; empty stays empty.
pub fn phone(typed: &str) -> Option<String> {
    let number: String = typed.chars().filter(|sign| !matches!(sign, ' ' | '.' | '-')).collect();
    let digits = number.strip_prefix('+').unwrap_or(&number);
    let is_number = digits.chars().all(|sign| sign.is_ascii_digit()) && (8..=15).contains(&digits.len());
    (number.is_empty() || is_number).then_some(number)
}

/// "07:30" as minutes of a day.
pub fn minutes(typed: &str) -> Option<i64> {
    let (hour, minute) = typed.split_once(':')?;
    let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
    ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some(hour * 60 + minute)
}

pub fn clock_face(minutes: i64) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::{Hours, Kind, clock_face, minutes, next_try, phone};
    use crate::clock::Timestamp;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_input(text).unwrap()
    }

    #[test]
    fn a_night_over_midnight_is_quiet_to_its_end() {
        let hours = Hours { quiet_from: 22 * 60, quiet_until: 6 * 60, digest_at: 7 * 60 };
        assert_eq!(hours.after_quiet(at("2026-11-23T23:30")), at("2026-11-24T06:00"));
        assert_eq!(hours.after_quiet(at("2026-11-24T05:59")), at("2026-11-24T06:00"));
        assert_eq!(hours.after_quiet(at("2026-11-24T06:00")), at("2026-11-24T06:00"));
        assert_eq!(hours.after_quiet(at("2026-11-24T12:00")), at("2026-11-24T12:00"));
        assert_eq!(Hours::default().after_quiet(at("2026-11-24T00:00")), at("2026-11-24T00:00"));
    }

    #[test]
    fn the_digest_comes_next_morning() {
        assert_eq!(Hours::default().next_digest(at("2026-11-23T07:00")), at("2026-11-24T07:00"));
        assert_eq!(Hours::default().next_digest(at("2026-11-23T06:59")), at("2026-11-23T07:00"));
    }

    #[test]
    fn trying_slows_down_to_once_an_hour() {
        let now = at("2026-11-23T07:00");
        let waits: Vec<i64> = (1..9).map(|attempts| next_try(attempts, now).seconds_since(now)).collect();
        assert_eq!(waits, [60, 120, 240, 480, 960, 1920, 3600, 3600]);
    }

    #[test]
    fn what_people_type_is_read() {
        assert_eq!(phone("0905 123.456").as_deref(), Some("0905123456"));
        assert_eq!(phone("+84905123456").as_deref(), Some("+84905123456"));
        assert_eq!(phone("090<b>"), None);
        assert_eq!(phone("").as_deref(), Some(""));
        assert_eq!(minutes("07:30").map(clock_face).as_deref(), Some("07:30"));
        assert_eq!(minutes("24:00"), None);
    }

    #[test]
    fn the_page_tells_the_kind() {
        assert_eq!(Kind::of("/slips/018f"), Kind::Slip);
        assert_eq!(Kind::of("/meetings/018f/answer"), Kind::Meeting);
        assert_eq!(Kind::of("/"), Kind::Other);
    }
}
