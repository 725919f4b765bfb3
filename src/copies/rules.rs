//! What is true about copies, whoever asks.

mod pages;

pub use self::pages::Pages;

use crate::identity::PersonId;
use crate::identity::rules::fold;
use crate::lights::Light;

crate::words! {
    /// How far a copy has come.
    State {
        /// It waits for the one asked to sign for it.
        Asked = "asked",
        Approved = "approved",
        Numbered = "numbered",
        Sealed = "sealed",
        /// Not to be made, with a reason.
        Returned = "returned",
        Cancelled = "cancelled",
    }

    /// What moves a copy from one state to another.
    Act {
        Ask = "ask",
        Approve = "approve",
        Return = "return",
        Number = "number",
        Seal = "seal",
        Cancel = "cancel",
    }

    /// The form of a copy (NĐ 30, Điều 25).
    Form {
        /// Sao y: all of an original.
        CopyTrue = "copy_true",
        /// Sao lục: all of a bản sao y.
        CopyOfCopy = "copy_of_copy",
        /// Trích sao: a part of an original.
        CopyExtract = "copy_extract",
    }

    /// Where the source lies.
    Origin {
        Outgoing = "outgoing",
        Incoming = "incoming",
        /// A copy made here.
        Copy = "copy",
        /// A paper that the clerk had in hand.
        Scan = "scan",
    }

    /// What is not as it should be about a scan (Phụ lục I: A4 whole, 200 dots an inch).
    Warning { Coarse = "coarse", NotA4 = "not_a4" }
}
crate::column!(State as String);
crate::column!(Act as String);
crate::column!(Form as String);
crate::column!(Origin as String);

impl Form {
    /// The abbreviation in the symbol, and the code of the number series.
    pub fn code(self) -> &'static str {
        match self {
            Self::CopyTrue => "SY",
            Self::CopyOfCopy => "SL",
            Self::CopyExtract => "TrS",
        }
    }

    /// What the law calls it: a legal term, the same in every language.
    pub fn legal_name(self) -> &'static str {
        match self {
            Self::CopyTrue => "Sao y",
            Self::CopyOfCopy => "Sao lục",
            Self::CopyExtract => "Trích sao",
        }
    }

    /// Sao lục is made from a bản sao y, the other two from bản gốc or bản chính.
    pub fn fits(self, source_is_copy: bool) -> bool {
        source_is_copy == (self == Self::CopyOfCopy)
    }
}

/// What the signatures of a source allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    Firm,
    /// Nobody vouches for it: the asker has to say that they looked.
    AfterLook,
    /// A signature is broken, or nobody can tell: it is never copied.
    None,
}

pub fn ground(verdict: Light) -> Ground {
    match verdict {
        Light::Valid => Ground::Firm,
        Light::Indeterminate | Light::Unsigned => Ground::AfterLook,
        Light::Invalid | Light::Unreadable => Ground::None,
    }
}

/// The people of a copy.
#[derive(Clone, Copy, Debug)]
pub struct Hands {
    pub asker: PersonId,
    pub signer: PersonId,
}

/// Who acts.
#[derive(Clone, Copy, Debug)]
pub struct Who {
    pub person: PersonId,
    pub is_clerk: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The copy is not at that point, or not any more.
    NotNow,
    /// Another person's act.
    NotYours,
    /// Who signs for a copy neither numbers nor seals it.
    SameHand,
}

/// Where an act leads. `None`: not from this state.
pub fn after(state: State, act: Act) -> Option<State> {
    Some(match (state, act) {
        (State::Asked, Act::Approve) => State::Approved,
        (State::Asked, Act::Return) => State::Returned,
        (State::Approved, Act::Number) => State::Numbered,
        (State::Numbered, Act::Seal) => State::Sealed,
        (State::Asked | State::Approved | State::Numbered, Act::Cancel) => State::Cancelled,
        _ => return None,
    })
}

/// May this person do this now, and where does it lead?
pub fn may(state: State, act: Act, hands: Hands, who: Who) -> Result<State, Refusal> {
    let next = after(state, act).ok_or(Refusal::NotNow)?;
    let is_theirs = match act {
        Act::Ask => false,
        Act::Approve | Act::Return => who.person == hands.signer,
        Act::Number | Act::Seal => who.is_clerk,
        // A number is the clerk's to end.
        Act::Cancel if state == State::Numbered => who.is_clerk,
        Act::Cancel => who.is_clerk || who.person == hands.asker,
    };
    if !is_theirs {
        return Err(Refusal::NotYours);
    }
    let is_same_hand = matches!(act, Act::Number | Act::Seal) && who.person == hands.signer;
    if is_same_hand { Err(Refusal::SameHand) } else { Ok(next) }
}

/// The acts open to a person now.
pub fn open_acts(state: State, hands: Hands, who: Who) -> Vec<Act> {
    Act::ALL.iter().copied().filter(|act| may(state, *act, hands, who).is_ok()).collect()
}

/// Longest abbreviation of an office, in letters.
const LONGEST_SYMBOL: usize = 20;

/// What an office is called in the symbol of its copies until it says so
/// itself: "UBND", or the first letters of its name.
pub fn usual_symbol(office: &str) -> String {
    for (name, short) in [("uy ban nhan dan", "UBND"), ("hoi dong nhan dan", "HĐND")] {
        if fold(office).starts_with(name) {
            return short.to_owned();
        }
    }
    let first = office.split_whitespace().next().unwrap_or_default();
    if first.chars().count() > 1 && first.chars().all(char::is_uppercase) {
        return first.to_owned();
    }
    let letters = office.split_whitespace().filter_map(|word| word.chars().next());
    letters.flat_map(char::to_uppercase).take(LONGEST_SYMBOL).collect()
}

/// An abbreviation as it was typed: letters, perhaps with strokes between.
pub fn symbol(typed: &str) -> Option<String> {
    let typed = typed.trim();
    let is_symbol = typed.chars().all(|letter| letter.is_alphanumeric() || letter == '-')
        && typed.chars().next().is_some_and(char::is_alphabetic)
        && typed.chars().count() <= LONGEST_SYMBOL;
    is_symbol.then(|| typed.to_owned())
}

/// Is a scanned page A4, upright or across, at its real size? In millimetres.
pub fn is_a4([width, height]: [f64; 2]) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= 5.0;
    (near(width, 210.0) && near(height, 297.0)) || (near(width, 297.0) && near(height, 210.0))
}

/// Dots an inch below which a scan is too coarse, with room for rounding.
pub const LEAST_DOTS: f64 = 199.0;

#[cfg(test)]
mod tests;
