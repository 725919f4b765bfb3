//! What is true about opinions, whoever asks.

use crate::clock::Timestamp;
use crate::identity::PersonId;
use crate::identity::rules::clean_text;
use crate::meetings::rules::MeetingState;
use crate::papers::PaperId;

/// Longest opinion and answer, in characters.
pub const LONGEST_TEXT: usize = 5_000;

/// How far a person sees into the opinions of a meeting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Runs the meeting, or is a member where members read each other's opinions.
    pub reads_all: bool,
    /// Runs the meeting.
    pub answers_all: bool,
    /// The papers the person prepared.
    pub prepared: Vec<PaperId>,
}

impl Reach {
    pub fn may_read(&self, paper: PaperId, writer: PersonId, reader: PersonId) -> bool {
        self.reads_all || writer == reader || self.prepared.contains(&paper)
    }

    pub fn may_answer(&self, paper: PaperId) -> bool {
        self.answers_all || self.prepared.contains(&paper)
    }
}

/// Opinions are taken from the invitation until the item is over.
pub fn takes_opinions(state: MeetingState, item_ended_at: Option<Timestamp>) -> bool {
    let is_announced_and_open = state == MeetingState::Published || state.has_begun_and_not_ended();
    is_announced_and_open && item_ended_at.is_none()
}

/// The text as it was meant; `None`: empty, or too long.
pub fn text(typed: &str) -> Option<String> {
    let text = clean_text(typed.trim());
    (!text.is_empty() && text.chars().count() <= LONGEST_TEXT).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_reads_ones_own_and_what_is_said_on_ones_own_paper() {
        let (mine, other) = (PaperId::new(), PaperId::new());
        let (me, you) = (PersonId::new(), PersonId::new());
        let drafter = Reach { prepared: vec![mine], ..Reach::default() };
        assert!(drafter.may_read(mine, you, me) && drafter.may_answer(mine));
        assert!(!drafter.may_read(other, you, me) && !drafter.may_answer(other));
        assert!(drafter.may_read(other, me, me), "one's own");
    }

    #[test]
    fn an_item_that_is_over_takes_no_opinion() {
        let ended = Some(Timestamp::from_micros(1));
        assert!(takes_opinions(MeetingState::Published, None));
        assert!(takes_opinions(MeetingState::Adjourned, None));
        assert!(!takes_opinions(MeetingState::InProgress, ended));
        assert!(!takes_opinions(MeetingState::Draft, None) && !takes_opinions(MeetingState::Ended, None));
    }

    #[test]
    fn a_text_has_bounds() {
        assert_eq!(text("  \n"), None);
        assert_eq!(text(&"a".repeat(LONGEST_TEXT + 1)), None);
        assert_eq!(text(" Cần rõ\r\nhơn ").as_deref(), Some("Cần rõ\nhơn"));
    }
}
