//! What is true about letters, whoever asks.

/// More files than a letter to an office has.
pub const MOST_FILES: usize = 50;
/// Letters within letters, forwarded again and again.
pub const DEEPEST: usize = 8;
/// The largest letter taken in, in MiB; mail servers stop at 25 or 50.
pub const LARGEST_MIB: u64 = 64;
/// What is kept of the text and of the head's lines, in characters.
pub const LONGEST_TEXT: usize = 50_000;
pub const LONGEST_LINE: usize = 300;

crate::words! {
    /// Where a letter stands.
    LetterState {
        Waiting = "waiting",
        /// A document was made of it.
        Taken = "taken",
        PutAside = "put_aside",
        /// It lies at the clerk's, but no document can be made of it.
        Refused = "refused",
    }

    /// What can be done with a letter.
    LetterAct {
        Take = "take",
        PutAside = "put_aside",
        /// What was put aside waits again.
        TakeUp = "take_up",
    }

    /// What a letter has against it.
    Trouble {
        TooLarge = "too_large",
        TooManyFiles = "too_many_files",
        TooDeep = "too_deep",
        /// Neither a text nor a file.
        Empty = "empty",
        /// It broke its reader.
        Unreadable = "unreadable",
        /// The server does not give it out, asked again and again.
        NotGiven = "not_given",
        /// It bears the marking of a state secret; nothing of it is kept.
        Classified = "classified",
        /// The very same came before.
        Twin = "twin",
    }
}

impl Trouble {
    /// No document can be made of the letter.
    pub fn is_final(self) -> bool {
        self != Self::Twin
    }
}

impl LetterState {
    /// Where a letter begins. What came before is not laid before the clerk again.
    pub fn first(trouble: Option<Trouble>) -> Self {
        match trouble {
            None => Self::Waiting,
            Some(Trouble::Twin) => Self::PutAside,
            Some(_) => Self::Refused,
        }
    }

    /// The state after an act; `None`: not possible now.
    pub fn after(self, act: LetterAct, trouble: Option<Trouble>) -> Option<Self> {
        match (self, act) {
            (Self::Waiting, LetterAct::Take) => Some(Self::Taken),
            (Self::Waiting | Self::Refused, LetterAct::PutAside) => Some(Self::PutAside),
            (Self::PutAside, LetterAct::TakeUp) if trouble.is_some_and(Trouble::is_final) => {
                Some(Self::Refused)
            }
            (Self::PutAside, LetterAct::TakeUp) => Some(Self::Waiting),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LetterAct as A, LetterState as S, Trouble};

    #[test]
    fn only_a_letter_that_waits_becomes_a_document() {
        for state in S::ALL {
            let taken = state.after(A::Take, None);
            assert_eq!(taken, (*state == S::Waiting).then_some(S::Taken), "{state:?}");
        }
    }

    #[test]
    fn what_was_put_aside_may_be_taken_up_and_what_was_taken_stays() {
        assert_eq!(S::PutAside.after(A::TakeUp, None), Some(S::Waiting));
        assert_eq!(S::PutAside.after(A::TakeUp, Some(Trouble::Twin)), Some(S::Waiting));
        assert_eq!(S::PutAside.after(A::TakeUp, Some(Trouble::TooLarge)), Some(S::Refused));
        assert!(A::ALL.iter().all(|act| S::Taken.after(*act, None).is_none()));
    }

    #[test]
    fn a_twin_is_not_laid_before_the_clerk_and_a_broken_letter_is() {
        assert_eq!(S::first(None), S::Waiting);
        assert_eq!(S::first(Some(Trouble::Twin)), S::PutAside);
        assert_eq!(S::first(Some(Trouble::Unreadable)), S::Refused);
    }
}
