//! Meetings as calendars read them (iCalendar, RFC 5545 and 5546).
//!
//! Written by hand: what we say fits in a page, and a crate for it would bring
//! a second clock and time zones.

use std::fmt::Write;

use super::MeetingId;
use crate::clock::Timestamp;

/// Longest line in bytes, without its end (RFC 5545 §3.1).
const LONGEST_LINE: usize = 75;

/// What the reader's calendar is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// A feed that is read again and again.
    Publish,
    /// Take this in, or change what you have of it.
    Request,
    /// Strike it out.
    Cancel,
}

/// One meeting.
#[derive(Clone, Debug)]
pub struct Event {
    pub meeting: MeetingId,
    /// Of several, calendars keep the one with the highest.
    pub sequence: i64,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub summary: String,
    pub place: String,
    pub link: Option<String>,
    pub is_cancelled: bool,
    /// Mail addresses of who invites and who is invited; a feed has none.
    pub between: Option<(String, String)>,
}

/// The text of a calendar.
pub fn text(method: Method, events: &[Event], now: Timestamp) -> String {
    let mut lines = Lines::default();
    lines.add("BEGIN:VCALENDAR");
    lines.add("VERSION:2.0");
    lines.add("PRODID:-//E-cabinet//E-cabinet//VI");
    lines.add("CALSCALE:GREGORIAN");
    lines.add(match method {
        Method::Publish => "METHOD:PUBLISH",
        Method::Request => "METHOD:REQUEST",
        Method::Cancel => "METHOD:CANCEL",
    });
    for event in events {
        lines.event(event, now);
    }
    lines.add("END:VCALENDAR");
    lines.0
}

#[derive(Default)]
struct Lines(String);

impl Lines {
    fn event(&mut self, event: &Event, now: Timestamp) {
        self.add("BEGIN:VEVENT");
        // The same for ever, whatever the service's address becomes.
        self.add(&format!("UID:{}@e-cabinet", event.meeting));
        self.add(&format!("SEQUENCE:{}", event.sequence));
        self.add(&format!("DTSTAMP:{}", moment(now)));
        self.add(&format!("DTSTART:{}", moment(event.starts_at)));
        self.add(&format!("DTEND:{}", moment(event.ends_at)));
        self.add(&format!("SUMMARY:{}", escaped(&event.summary)));
        if !event.place.is_empty() {
            self.add(&format!("LOCATION:{}", escaped(&event.place)));
        }
        if let Some(link) = &event.link {
            self.add(&format!("URL:{link}"));
        }
        if let Some((from, to)) = &event.between {
            self.add(&format!("ORGANIZER:mailto:{}", address(from)));
            self.add(&format!("ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=FALSE:mailto:{}", address(to)));
        }
        self.add(if event.is_cancelled { "STATUS:CANCELLED" } else { "STATUS:CONFIRMED" });
        self.add("END:VEVENT");
    }

    /// Adds a line, folded where it is too long, never within a letter.
    fn add(&mut self, line: &str) {
        let mut length = 0;
        for letter in line.chars() {
            if length + letter.len_utf8() > LONGEST_LINE {
                self.0.push_str("\r\n ");
                length = 1;
            }
            self.0.push(letter);
            length += letter.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

/// `20261124T010000Z`.
fn moment(at: Timestamp) -> String {
    at.to_jiff().strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            '\n' => escaped.push_str("\\n"),
            letter if letter.is_control() => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// A mail address as part of an address: what could begin another line or
/// property is written by its number.
fn address(mail: &str) -> String {
    let mut address = String::new();
    for byte in mail.bytes() {
        if byte.is_ascii_alphanumeric() || b"@.-_+".contains(&byte) {
            address.push(char::from(byte));
        } else {
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(summary: &str) -> Event {
        Event {
            meeting: MeetingId::new(),
            sequence: 2,
            starts_at: Timestamp::from_input("2026-11-24T08:00").unwrap(),
            ends_at: Timestamp::from_input("2026-11-24T11:00").unwrap(),
            summary: summary.to_owned(),
            place: "Phòng A; tầng 2".to_owned(),
            link: None,
            is_cancelled: false,
            between: Some(("thuky@office.test".to_owned(), "a\r\nX:b@office.test".to_owned())),
        }
    }

    #[test]
    fn no_line_is_too_long_and_none_is_cut_within_a_letter() {
        let summary = "Phiên họp thường kỳ của Ủy ban nhân dân phường An Hải ".repeat(4);
        let text = text(Method::Request, &[event(&summary)], Timestamp::from_micros(0));
        assert!(text.split("\r\n").all(|line| line.len() <= LONGEST_LINE));
        assert!(text.replace("\r\n ", "").contains(&format!("SUMMARY:{summary}")));
        assert!(!text.replace("\r\n", "").contains('\n'));
    }

    #[test]
    fn times_are_told_in_universal_time() {
        let text = text(Method::Cancel, &[event("Họp")], Timestamp::from_micros(0));
        assert!(text.contains("DTSTART:20261124T010000Z\r\nDTEND:20261124T040000Z\r\n"), "{text}");
        assert!(text.contains("METHOD:CANCEL\r\n") && text.contains("SEQUENCE:2\r\n"));
    }

    #[test]
    fn nothing_typed_begins_a_property() {
        let text = text(Method::Request, &[event("Họp\r\nATTACH:http://x, y")], Timestamp::from_micros(0));
        assert!(text.contains("SUMMARY:Họp\\nATTACH:http://x\\, y\r\n"), "{text}");
        assert!(text.contains("LOCATION:Phòng A\\; tầng 2\r\n"));
        assert!(!text.contains("\r\nX:") && !text.contains("\r\nATTACH"));
    }
}
