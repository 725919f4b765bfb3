//! What is true about documents, steps and keys, whoever asks.

use crate::clock::Timestamp;
use crate::identity::PersonId;

/// Wrong PINs after which a key is locked, as on a token.
pub const MOST_WRONG_PINS: i64 = 5;

crate::words! {
    DocumentState {
        /// At least one step waits.
        Signing = "signing",
        Complete = "complete",
    }

    StepState { Waiting = "waiting", Signed = "signed" }

    /// What a signature proves about its time (EN 319 142-1 §6).
    Level {
        /// A signature; its time is the signer's word.
        Bb = "b-b",
        /// A signature with a trusted time.
        Bt = "b-t",
    }
}
crate::column!(DocumentState as String);
crate::column!(StepState as String);
crate::column!(Level as String);

/// Why a step cannot be signed now, whoever holds the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepRefusal {
    /// Not there, or not this person's.
    NotFound,
    AlreadySigned,
    /// Somebody before has not signed yet.
    NotYourTurn,
}

/// One step as the order of signing sees it.
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    pub number: i64,
    pub person: PersonId,
    pub state: StepState,
}

/// May `person` sign step `number` now? Steps are signed in their order.
pub fn may_sign(turns: &[Turn], number: i64, person: PersonId) -> Result<(), StepRefusal> {
    let own = turns.iter().find(|turn| turn.number == number && turn.person == person);
    let own = own.ok_or(StepRefusal::NotFound)?;
    if own.state == StepState::Signed {
        return Err(StepRefusal::AlreadySigned);
    }
    let someone_before_waits =
        turns.iter().any(|turn| turn.number < number && turn.state == StepState::Waiting);
    if someone_before_waits { Err(StepRefusal::NotYourTurn) } else { Ok(()) }
}

/// When a certificate may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    NotYet,
    Holds,
    Expired,
}

pub fn validity(not_before: Timestamp, not_after: Timestamp, now: Timestamp) -> Validity {
    if now < not_before {
        Validity::NotYet
    } else if now > not_after {
        Validity::Expired
    } else {
        Validity::Holds
    }
}

/// Points as the database keeps them.
pub fn thousandths(points: f64) -> i64 {
    // A page is at most 14 400 points wide (ISO 32000-2 Annex C), far from any rounding trouble.
    #[expect(clippy::cast_possible_truncation, reason = "clamped to what a page can hold")]
    let whole = (points.clamp(-1e6, 1e6) * 1000.0).round() as i64;
    whole
}

pub fn points(thousandths: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a page has few million thousandths")]
    let points = thousandths as f64 / 1000.0;
    points
}

#[cfg(test)]
mod tests {
    use super::{StepRefusal, StepState, Turn, Validity, may_sign, points, thousandths, validity};
    use crate::clock::Timestamp;
    use crate::identity::PersonId;

    #[test]
    fn people_sign_in_their_order() {
        let (secretary, chair) = (PersonId::new(), PersonId::new());
        let turn = |number, person, state| Turn { number, person, state };
        let mut turns = [turn(1, secretary, StepState::Waiting), turn(2, chair, StepState::Waiting)];
        assert_eq!(may_sign(&turns, 1, secretary), Ok(()));
        assert_eq!(may_sign(&turns, 2, chair), Err(StepRefusal::NotYourTurn));
        assert_eq!(may_sign(&turns, 2, secretary), Err(StepRefusal::NotFound));
        turns[0].state = StepState::Signed;
        assert_eq!(may_sign(&turns, 1, secretary), Err(StepRefusal::AlreadySigned));
        assert_eq!(may_sign(&turns, 2, chair), Ok(()));
    }

    #[test]
    fn a_certificate_holds_from_its_first_to_its_last_moment() {
        let at = Timestamp::from_micros;
        assert_eq!(validity(at(5), at(9), at(4)), Validity::NotYet);
        assert_eq!(validity(at(5), at(9), at(5)), Validity::Holds);
        assert_eq!(validity(at(5), at(9), at(9)), Validity::Holds);
        assert_eq!(validity(at(5), at(9), at(10)), Validity::Expired);
    }

    #[test]
    fn a_box_survives_the_database() {
        assert!((points(thousandths(123.4567)) - 123.457).abs() < 1e-9);
    }
}
