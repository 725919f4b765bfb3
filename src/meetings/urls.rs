//! Addresses of meetings.

use super::{ItemId, MeetingId, MeetingTypeId, RoomId};

pub fn list() -> String {
    "/meetings".to_owned()
}

/// The meeting as its participants see it.
pub fn meeting(meeting: MeetingId) -> String {
    format!("/meetings/{meeting}")
}

/// The meeting as it is prepared.
pub fn preparation(meeting: MeetingId) -> String {
    format!("/meetings/{meeting}/preparation")
}

/// The preparation, at one point of the agenda.
pub fn item(meeting: MeetingId, item: ItemId) -> String {
    format!("/meetings/{meeting}/preparation#item-{item}")
}

/// The list of who is there.
pub fn attendance(meeting: MeetingId) -> String {
    format!("/meetings/{meeting}/attendance")
}

/// The screen of those who run the meeting.
pub fn cockpit(meeting: MeetingId) -> String {
    format!("/meetings/{meeting}/cockpit")
}

/// Where an invited person says whether they come.
pub fn answer(meeting: MeetingId) -> String {
    format!("/meetings/{meeting}/answer")
}

/// Who answered what, for those who prepare the meeting.
pub fn answers(meeting: MeetingId) -> String {
    format!("/meetings/{meeting}/answers")
}

/// What a unit is asked for and prepares.
pub fn unit() -> String {
    "/unit".to_owned()
}

/// The rooms, and the days on which the office is closed.
pub fn rooms() -> String {
    "/rooms".to_owned()
}

pub fn room(room: RoomId) -> String {
    format!("/rooms/{room}")
}

/// The bodies and their rules.
pub fn bodies() -> String {
    "/bodies".to_owned()
}

pub fn body(kind: MeetingTypeId) -> String {
    format!("/bodies/{kind}")
}

/// Where the code on the screen of the room leads.
pub fn arrival(meeting: MeetingId, code: &str) -> String {
    format!("/meetings/{meeting}/arrival?code={code}")
}

/// Who sits where.
pub fn seating(meeting: MeetingId) -> String {
    format!("/meetings/{meeting}/seating")
}
