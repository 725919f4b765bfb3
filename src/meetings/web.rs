//! Meetings: the list, and the pages of those who prepare them.

mod answers;
mod arrival;
mod attendance;
mod bodies;
mod list;
mod planning;
mod preparation;
mod rooms;
mod unit;
mod uploads;
pub mod seating;

use axum::Router;

use super::actions::MeetingError;
use super::rules::session::Refusal;
use super::store::Holder;
use crate::clock::Timestamp;
use crate::papers;
use crate::web::{self, App, Message};

pub fn router() -> Router<App> {
    Router::new()
        .merge(list::router())
        .merge(preparation::router())
        .merge(uploads::router())
        .merge(attendance::router())
        .merge(answers::router())
        .merge(bodies::router())
        .merge(planning::router())
        .merge(rooms::router())
        .merge(unit::router())
        .merge(arrival::router())
        .merge(seating::router())
}

impl From<MeetingError> for web::Error {
    fn from(error: MeetingError) -> Self {
        match error {
            MeetingError::NotFound => Self::NotFound,
            MeetingError::NotOrganiser => Self::Forbidden("meeting-not-organiser".into()),
            MeetingError::NotNow => Self::Conflict("meeting-not-now".into()),
            MeetingError::Stale => Self::Conflict("meeting-stale".into()),
            MeetingError::Title => Self::Invalid("meeting-title-bad".into()),
            MeetingError::Time => Self::Invalid("meeting-time-bad".into()),
            MeetingError::NotReady => Self::Conflict("meeting-not-ready".into()),
            MeetingError::Session(refusal) => Self::Conflict(session_refusal(refusal).into()),
            MeetingError::OpenVotes => Self::Conflict("session-open-votes".into()),
            MeetingError::StaleCode => Self::Conflict("arrival-stale".into()),
            MeetingError::Code(error) => Self::internal(error),
            MeetingError::WentOn => Self::Conflict("session-went-on".into()),
            MeetingError::AdjournTime => Self::Invalid("session-adjourn-time".into()),
            MeetingError::RoomTaken(holder) => Self::Conflict(room_taken(&holder)),
            MeetingError::OnlineUrl => Self::Invalid("meeting-online-bad".into()),
            MeetingError::NotKeeper => Self::Forbidden("bodies-not-keeper".into()),
            MeetingError::Seats => Self::Invalid("room-seats-bad".into()),
            MeetingError::Rules => Self::Invalid("body-rules-bad".into()),
            MeetingError::Reason => Self::Invalid("answer-reason-missing".into()),
            MeetingError::Substitute => Self::Conflict("substitute-not-allowed".into()),
            MeetingError::Places => Self::Invalid("unit-places-bad".into()),
            MeetingError::Deadline => Self::Invalid("unit-deadline-bad".into()),
            MeetingError::TooLate => Self::Conflict("unit-too-late".into()),
            MeetingError::OwnPaper => Self::Conflict("paper-own".into()),
            MeetingError::HolidayTwice => Self::Conflict("holiday-twice".into()),
            MeetingError::Db(error) => error.into(),
            MeetingError::Job(error) => error.into(),
            MeetingError::Paper(error) => papers::web::paper_refusal(error),
        }
    }
}

/// Who has the room, and when.
fn room_taken(holder: &Holder) -> Message {
    let gaps = vec![("title", holder.title.clone()), ("time", span(holder.starts_at, holder.ends_at))];
    Message { key: "room-taken", gaps }
}

/// `08:00 – 11:00, 24/11/2026`; over midnight both days are named.
fn span(starts_at: Timestamp, ends_at: Timestamp) -> String {
    if starts_at.date() == ends_at.date() {
        format!("{} – {}, {}", starts_at.time(), ends_at.time(), starts_at.date())
    } else {
        format!("{} – {}", starts_at.date_time(), ends_at.date_time())
    }
}

fn session_refusal(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NotAnnounced => "session-not-announced",
        Refusal::NotBegun => "session-not-begun",
        Refusal::UnderWay => "session-under-way",
        Refusal::Paused => "session-paused-already",
        Refusal::Adjourned => "session-adjourned-already",
        Refusal::Over => "session-over",
        Refusal::Cancelled => "session-cancelled",
    }
}
