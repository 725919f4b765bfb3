//! Where a unit stands that was asked for its comment.

use crate::clock::Timestamp;

crate::words! {
    /// How far a unit has come with its comment.
    Stage {
        Asked = "asked",
        /// The deadline is over and nothing was said.
        Late = "late",
        Given = "given",
        GivenLate = "given_late",
        /// The drafter said what became of it.
        Answered = "answered",
    }
}

/// The stage of a question that was to be answered by `due`.
pub fn stage(
    due: Timestamp,
    (commented_at, replied_at): (Option<Timestamp>, Option<Timestamp>),
    now: Timestamp,
) -> Stage {
    match (commented_at, replied_at) {
        (_, Some(_)) => Stage::Answered,
        (Some(at), None) if at > due => Stage::GivenLate,
        (Some(_), None) => Stage::Given,
        (None, None) if now > due => Stage::Late,
        (None, None) => Stage::Asked,
    }
}

#[cfg(test)]
mod tests {
    use super::{Stage, stage};
    use crate::clock::Timestamp;

    #[test]
    fn a_comment_is_late_after_the_last_moment_and_not_in_it() {
        let due = Timestamp::from_input("2026-11-27T23:59").unwrap();
        let (before, after) = (due.plus_seconds(-1), due.plus_seconds(1));
        assert_eq!(stage(due, (None, None), due), Stage::Asked);
        assert_eq!(stage(due, (None, None), after), Stage::Late);
        assert_eq!(stage(due, (Some(due), None), after), Stage::Given);
        assert_eq!(stage(due, (Some(after), None), after), Stage::GivenLate);
        assert_eq!(stage(due, (Some(before), Some(after)), after), Stage::Answered);
    }
}
