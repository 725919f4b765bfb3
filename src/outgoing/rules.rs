//! What is true about outgoing documents, whoever asks: states, acts, and who
//! may do what.

mod consultation;
mod kinds;
mod procedure;

pub use self::consultation::{Stage, stage};
pub use self::kinds::Kind;
pub use self::procedure::{Deviation, Facts, deviations, working_day_after};

use crate::identity::PersonId;

crate::words! {
    /// How far a document has come.
    State {
        Draft = "draft",
        ContentReview = "content_review",
        FormatCheck = "format_check",
        AwaitingSignature = "awaiting_signature",
        Signed = "signed",
        Numbered = "numbered",
        Sealed = "sealed",
        Issued = "issued",
        Filed = "filed",
        Recalled = "recalled",
        Cancelled = "cancelled",
    }

    /// What moves a document from one state to another.
    Act {
        Submit = "submit",
        ApproveContent = "approve_content",
        ApproveFormat = "approve_format",
        Sign = "sign",
        Number = "number",
        Seal = "seal",
        Issue = "issue",
        /// Into a file (hồ sơ), the first or one more.
        File = "file",
        /// Out of a file again; from the file's own page, whoever drafted this.
        TakeOut = "take_out",
        /// Back to the drafter, with a reason.
        Return = "return",
        /// The drafter takes it back.
        Withdraw = "withdraw",
        /// A new file, of the drafter or of the leader it lies with: everything
        /// before it is void, a signature too.
        Revise = "revise",
        Recall = "recall",
        Cancel = "cancel",
    }

    /// Độ khẩn.
    Priority { Normal = "normal", Urgent = "urgent", VeryUrgent = "very_urgent", Express = "express" }

    /// In which capacity the signer signs (NĐ 30, Điều 13).
    Capacity { Own = "own", Tm = "tm", Kt = "kt", Tl = "tl", Tuq = "tuq", Q = "q" }
}
crate::column!(State as String);
crate::column!(Act as String);
crate::column!(Priority as String);
crate::column!(Capacity as String);

impl Priority {
    /// As metadata and messages count it (annex VI).
    pub fn number(self) -> i64 {
        match self {
            Self::Normal => 0,
            Self::Urgent => 1,
            Self::VeryUrgent => 2,
            Self::Express => 3,
        }
    }
}

impl Capacity {
    /// As it is printed before the position; the head's own power has no word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Own => "",
            Self::Tm => "TM.",
            Self::Kt => "KT.",
            Self::Tl => "TL.",
            Self::Tuq => "TUQ.",
            Self::Q => "Q.",
        }
    }
}

/// The people of a document.
#[derive(Clone, Copy, Debug)]
pub struct Hands {
    pub drafter: PersonId,
    pub checker: PersonId,
    pub signer: PersonId,
}

/// Who acts.
#[derive(Clone, Copy, Debug)]
pub struct Who {
    pub person: PersonId,
    pub is_clerk: bool,
    /// Checks the layout: the Office's people and the clerk.
    pub checks_format: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The document is not at that point, or not any more.
    NotNow,
    /// Another person's act.
    NotYours,
    /// One person may not do both (NĐ 30; PRODUCT rule: signature and seal).
    SameHand,
}

/// Where an act leads. `None`: not from this state.
pub fn after(state: State, act: Act) -> Option<State> {
    Some(match (state, act) {
        (State::Draft, Act::Submit) => State::ContentReview,
        (State::ContentReview, Act::ApproveContent) => State::FormatCheck,
        (State::FormatCheck, Act::ApproveFormat) => State::AwaitingSignature,
        (State::AwaitingSignature, Act::Sign) => State::Signed,
        (State::Signed, Act::Number) => State::Numbered,
        (State::Numbered, Act::Seal) => State::Sealed,
        (State::Sealed, Act::Issue) => State::Issued,
        (State::Issued, Act::File) => State::Filed,
        (
            State::ContentReview | State::FormatCheck | State::AwaitingSignature,
            Act::Return | Act::Withdraw,
        )
        | (State::Draft | State::ContentReview | State::AwaitingSignature | State::Signed, Act::Revise) => {
            State::Draft
        }
        (State::Issued | State::Filed, Act::Recall) => State::Recalled,
        (
            State::Draft
            | State::ContentReview
            | State::FormatCheck
            | State::AwaitingSignature
            | State::Signed
            | State::Numbered
            | State::Sealed,
            Act::Cancel,
        ) => State::Cancelled,
        _ => return None,
    })
}

/// May this person do this now, and where does it lead?
pub fn may(state: State, act: Act, hands: Hands, who: Who) -> Result<State, Refusal> {
    let next = after(state, act).ok_or(Refusal::NotNow)?;
    let has_number = matches!(state, State::Numbered | State::Sealed);
    let is_theirs = match act {
        Act::Submit | Act::Withdraw => who.person == hands.drafter,
        Act::Revise => match state {
            State::ContentReview => who.person == hands.checker,
            State::AwaitingSignature => who.person == hands.signer,
            _ => who.person == hands.drafter,
        },
        // Who drafted it may have left; the clerk keeps the originals (NĐ 30, Điều 19).
        Act::File => who.person == hands.drafter || who.is_clerk,
        Act::TakeOut => false,
        Act::ApproveContent => who.person == hands.checker,
        Act::ApproveFormat => who.checks_format,
        Act::Sign => who.person == hands.signer,
        Act::Number | Act::Seal | Act::Issue | Act::Recall => who.is_clerk,
        // A number is the clerk's to end.
        Act::Cancel => {
            if has_number {
                who.is_clerk
            } else {
                who.person == hands.drafter
            }
        }
        Act::Return => match state {
            State::ContentReview => who.person == hands.checker,
            State::FormatCheck => who.checks_format,
            _ => who.person == hands.signer,
        },
    };
    if !is_theirs {
        return Err(Refusal::NotYours);
    }
    let is_same_hand = match act {
        Act::ApproveContent | Act::ApproveFormat => who.person == hands.drafter,
        // Who signed neither numbers nor seals.
        Act::Number | Act::Seal => who.person == hands.signer,
        _ => false,
    };
    if is_same_hand { Err(Refusal::SameHand) } else { Ok(next) }
}

/// The acts open to a person now, the one that moves on first.
pub fn open_acts(state: State, hands: Hands, who: Who) -> Vec<Act> {
    Act::ALL.iter().copied().filter(|act| may(state, *act, hands, who).is_ok()).collect()
}

/// Who does the next thing: a person of the document, or the office.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Drafter,
    Checker,
    FormatCheckers,
    Signer,
    Clerk,
    Nobody,
}

pub fn next(state: State) -> Next {
    match state {
        State::Draft | State::Issued => Next::Drafter,
        State::ContentReview => Next::Checker,
        State::FormatCheck => Next::FormatCheckers,
        State::AwaitingSignature => Next::Signer,
        State::Signed | State::Numbered | State::Sealed => Next::Clerk,
        State::Filed | State::Recalled | State::Cancelled => Next::Nobody,
    }
}

#[cfg(test)]
mod tests;
