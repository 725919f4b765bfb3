//! Pages about tasks.

mod giving;
mod list;
mod office;
mod task;

use axum::Router;

use super::actions::{GiveError, SettingsError, TaskError};
use super::rules::{State, is_late};
use super::store::Line;
use crate::clock::Timestamp;
use crate::identity::Chrome;
use crate::papers;
use crate::web::{self, App, StateBadge};

pub fn router() -> Router<App> {
    Router::new().merge(list::router()).merge(giving::router()).merge(office::router()).merge(task::router())
}

impl From<TaskError> for web::Error {
    fn from(error: TaskError) -> Self {
        match error {
            TaskError::NotFound => Self::NotFound,
            TaskError::NotYours => Self::Forbidden("task-not-yours".into()),
            TaskError::NotNow => Self::Conflict("task-not-now".into()),
            TaskError::Stale => Self::Conflict("task-stale".into()),
            TaskError::Text => Self::Invalid("task-text".into()),
            TaskError::Due => Self::Invalid("task-due-bad".into()),
            TaskError::Closed => Self::Invalid("task-due-closed".into()),
            TaskError::Person => Self::Conflict("task-person-gone".into()),
            TaskError::Waits => Self::Conflict("task-waits".into()),
            TaskError::NotLate => Self::Conflict("task-not-late".into()),
            TaskError::Meeting(error) => error.into(),
            TaskError::Paper(error) => papers::web::paper_refusal(error),
            TaskError::Job(error) => error.into(),
            TaskError::Db(error) => error.into(),
        }
    }
}

impl From<GiveError> for web::Error {
    fn from(error: GiveError) -> Self {
        match error {
            GiveError::NotGiver => Self::Forbidden("task-not-giver".into()),
            GiveError::Given => Self::Conflict("task-given-already".into()),
            GiveError::Incomplete => Self::Conflict("task-incomplete".into()),
            GiveError::Task(error) => error.into(),
        }
    }
}

impl From<SettingsError> for web::Error {
    fn from(error: SettingsError) -> Self {
        match error {
            SettingsError::NotKeeper => Self::Forbidden("task-not-keeper".into()),
            SettingsError::NotFound => Self::NotFound,
            SettingsError::Numbers => Self::Invalid("task-rules-bad".into()),
            SettingsError::Day => Self::Invalid("swapped-day-bad".into()),
            SettingsError::Worked => Self::Conflict("swapped-day-worked".into()),
            SettingsError::Twice => Self::Conflict("swapped-day-twice".into()),
            SettingsError::Job(error) => error.into(),
            SettingsError::Db(error) => error.into(),
        }
    }
}

fn state_badge(chrome: &Chrome, state: State) -> StateBadge {
    let (kind, icon) = match state {
        State::New => ("now", "inbox"),
        State::Accepted => ("", "check"),
        State::InProgress => ("", "play"),
        State::Reported => ("now", "wait"),
        State::Returned => ("warn", "undo"),
        State::ExtensionRequested => ("warn", "clock"),
        State::Done => ("good", "good"),
        State::Cancelled => ("", "cross"),
    };
    StateBadge { kind, icon, word: chrome.t(&format!("task-state-{}", state.as_str().replace('_', "-"))) }
}

/// A deadline in words a person feels: how late, or how soon.
#[derive(Clone, Debug)]
struct DueWords {
    class: &'static str,
    icon: &'static str,
    words: String,
}

const DAY: i64 = 86_400;

fn due_words(chrome: &Chrome, state: State, due_at: Timestamp, now: Timestamp) -> DueWords {
    if !state.is_open() {
        return DueWords { class: "", icon: "clock", words: due_at.date() };
    }
    let days = due_at.day().0.seconds_since(now.day().0) / DAY;
    if is_late(state, due_at, now) {
        let words =
            if days == 0 { chrome.t("task-late-today") } else { chrome.t1("task-late", "count", -days) };
        return DueWords { class: "due--late", icon: "warn", words };
    }
    match days {
        0 => DueWords {
            class: "due--soon",
            icon: "clock",
            words: chrome.t1("task-due-today", "time", due_at.time()),
        },
        1 => DueWords {
            class: "due--soon",
            icon: "clock",
            words: chrome.t1("task-due-tomorrow", "time", due_at.time()),
        },
        _ => DueWords { class: "", icon: "clock", words: due_at.date_time() },
    }
}

/// A task in a list, ready to be shown.
#[derive(Clone, Debug)]
struct LineView {
    line: Line,
    link: String,
    badge: StateBadge,
    due: DueWords,
}

fn line_view(chrome: &Chrome, line: Line, now: Timestamp) -> LineView {
    LineView {
        link: super::urls::task(line.id),
        badge: state_badge(chrome, line.state),
        due: due_words(chrome, line.state, line.due_at, now),
        line,
    }
}
