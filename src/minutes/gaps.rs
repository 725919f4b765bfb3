//! What fills the gaps of an office's sentences in one meeting's minutes.

use crate::meetings::rules::{MeetingRole, Presence};
use crate::meetings::store::{Meeting, Participant};

/// The name of each gap, with what stands there in this meeting.
pub(super) fn of(meeting: &Meeting, people: &[Participant]) -> Vec<(&'static str, String)> {
    let presence = Presence::count(people.iter().map(|one| (one.role, one.member, &one.attendance)));
    let name = |role: MeetingRole| {
        people.iter().find(|one| one.role == role).map(|one| one.full_name.clone()).unwrap_or_default()
    };
    let start = meeting.started_at.unwrap_or(meeting.starts_at);
    let end = meeting.ended_at.unwrap_or(meeting.ends_at);
    vec![
        ("chủ trì", name(MeetingRole::Chair)),
        ("thư ký", name(MeetingRole::Secretary)),
        ("phiên họp", meeting.title.clone()),
        ("ngày", start.date()),
        ("giờ bắt đầu", start.time()),
        ("giờ kết thúc", end.time()),
        ("có mặt", presence.present_members.to_string()),
        ("tổng số", presence.total_members.to_string()),
    ]
}
