//! Addresses of tasks.

use super::TaskId;
use crate::meetings::MeetingId;

/// The reader's tasks.
pub fn list() -> String {
    "/tasks".to_owned()
}

pub fn task(task: TaskId) -> String {
    format!("/tasks/{task}")
}

/// What was late and by whom, for those who answer for the office.
pub fn overview() -> String {
    "/tasks/overview".to_owned()
}

/// Leaders, reminders and swapped days.
pub fn settings() -> String {
    "/tasks/settings".to_owned()
}

/// The conclusions of a meeting, and what became of each.
pub fn of_meeting(meeting: MeetingId) -> String {
    format!("/meetings/{meeting}/tasks")
}
