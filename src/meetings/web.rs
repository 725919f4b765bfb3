//! Meetings: the list, and the pages of those who prepare them.

mod arrival;
mod attendance;
mod list;
mod uploads;
mod preparation;
pub mod seating;

use axum::Router;

use super::actions::MeetingError;
use super::rules::session::Refusal;
use crate::papers;
use crate::web::{self, App};

pub fn router() -> Router<App> {
    Router::new()
        .merge(list::router())
        .merge(preparation::router())
        .merge(uploads::router())
        .merge(attendance::router())
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
            MeetingError::Db(error) => error.into(),
            MeetingError::Job(error) => error.into(),
            MeetingError::Paper(error) => papers::web::paper_refusal(error),
        }
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
