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
        /// Somebody sent it back instead of signing it; nobody signs it any more.
        Returned = "returned",
    }

    StepState { Waiting = "waiting", Signed = "signed" }

    /// What a signature proves about its time (EN 319 142-1 §6).
    Level {
        /// A signature; its time is the signer's word.
        Bb = "b-b",
        /// A signature with a trusted time.
        Bt = "b-t",
    }

    /// How a signature comes about. Whatever the way, it is accepted by the same rules.
    Way {
        /// With a test key the server keeps, opened by its owner's PIN.
        KeptKey = "kept_key",
        /// The signer takes the file away, signs it with a program of their own, and brings it back.
        BroughtBack = "brought_back",
        /// With the token in the signer's own machine, through the agent there.
        Token = "token",
        /// With the desktop program of the Government's authority, which takes the file and brings it back itself.
        Desktop = "vgca",
        /// With a key that a remote signing service keeps for the signer.
        Remote = "remote",
        /// The organisation's signature, with a key in a device of the server.
        Module = "hsm",
    }

    /// Why a remote signing service did not sign.
    ServiceRefusal {
        Unreachable = "unreachable",
        NotAdmitted = "not_admitted",
        WrongPin = "wrong_pin",
        WrongCode = "wrong_code",
        AsksMore = "asks_more",
        /// It asks the key's owner on a page of its own, which the settings do not name.
        OwnPage = "own_page",
        /// The key's owner did not agree on that page.
        Denied = "denied",
        Disabled = "disabled",
        Refused = "refused",
        Unreadable = "unreadable",
    }

    /// In which role somebody signs.
    SignerRole {
        /// For the office: the chair, and whoever signs an official document.
        Leader = "leader",
        Secretary = "secretary",
        /// Their own opinion or ballot.
        Member = "member",
        /// With the organisation's key.
        Clerk = "clerk",
    }

    /// What was wrong with a signature that came.
    Deviation {
        ChangedBytes = "changed_bytes",
        NoSignature = "no_signature",
        ExtraRevision = "extra_revision",
        OtherChanges = "other_changes",
        LocksDocument = "locks_document",
        InvalidSignature = "sig_invalid",
        Unreadable = "unreadable",
        WrongCertificate = "wrong_certificate",
        CertificateNotValid = "certificate_not_valid",
        WrongPlace = "wrong_place",
        /// To the address of one step came a secret that is not its own.
        ForgedAddress = "forged_address",
        /// To an address whose time is over, or in whose place there is another.
        ExpiredAddress = "expired_address",
        /// To an address that has done its work came other bytes than before.
        ReplayedAddress = "replayed_address",
    }

    /// Why a certificate no longer signs for its holder here.
    BindingEnd {
        Replaced = "replaced",
        Lost = "lost",
        Revoked = "revoked",
        /// The holder has another position, or left.
        Moved = "moved",
    }

    /// How far a step handed to another place has come.
    ActState {
        Open = "open",
        Accepted = "accepted",
        /// Replaced by a newer one, or the document went on without it.
        Closed = "closed",
    }
}
crate::column!(Way as String);
crate::column!(SignerRole as String);
crate::column!(Deviation as String);
crate::column!(ServiceRefusal as String);
crate::column!(BindingEnd as String);
crate::column!(ActState as String);
crate::column!(DocumentState as String);
crate::column!(StepState as String);
crate::column!(Level as String);

impl SignerRole {
    /// The role of whoever signs a step, by its capacity on the page.
    pub fn of_step(capacity: &str) -> Self {
        if capacity == "secretary" { Self::Secretary } else { Self::Leader }
    }

    /// The ways that are built for the role; each is lawful.
    pub fn ways(self) -> &'static [Way] {
        match self {
            Self::Leader | Self::Secretary => {
                &[Way::Token, Way::Desktop, Way::Remote, Way::BroughtBack, Way::KeptKey]
            }
            Self::Member => &[Way::KeptKey],
            Self::Clerk => &[Way::Module, Way::KeptKey],
        }
    }
}

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

/// How far a signature may stand from its box, in points: one millimetre.
const PLACE_TOLERANCE: f64 = 72.0 / 25.4;

/// Does a signature stand in its box? Both are left, bottom, width and height.
pub fn is_in_place(wanted: [f64; 4], found: [f64; 4]) -> bool {
    let edges = |[left, bottom, width, height]: [f64; 4]| [left, bottom, left + width, bottom + height];
    let pairs = edges(wanted).into_iter().zip(edges(found));
    pairs.into_iter().all(|(wanted, found)| (wanted - found).abs() <= PLACE_TOLERANCE)
}

/// How far a signature that its signer placed by hand may reach out of its box, in points: ten millimetres.
const HAND_TOLERANCE: f64 = 10.0 * 72.0 / 25.4;

/// Does a signature that its signer placed by hand stand for its box? All are
/// left, bottom, width and height.
///
/// Its middle lies in the box, it reaches out of it by little, and it touches
/// nobody else's box: whoever looks at the page sees whose it is.
pub fn is_at_hand(wanted: [f64; 4], found: [f64; 4], others: &[[f64; 4]]) -> bool {
    let grown = |[left, bottom, width, height]: [f64; 4], by: f64| {
        [left - by, bottom - by, width + 2.0 * by, height + 2.0 * by]
    };
    let holds = |[left, bottom, width, height]: [f64; 4], x: f64, y: f64| {
        x >= left && x <= left + width && y >= bottom && y <= bottom + height
    };
    let [left, bottom, width, height] = found;
    let around = grown(wanted, HAND_TOLERANCE);
    holds(wanted, left + width / 2.0, bottom + height / 2.0)
        && holds(around, left, bottom)
        && holds(around, left + width, bottom + height)
        && !others.iter().any(|other| overlap(*other, found))
}

fn overlap(one: [f64; 4], other: [f64; 4]) -> bool {
    let [left, bottom, width, height] = one;
    let [x, y, wide, high] = other;
    x < left + width && left < x + wide && y < bottom + height && bottom < y + high
}

/// May a certificate be bound anew that was bound before? One that was lost or
/// revoked never comes back: whoever has it now is not its holder.
pub fn may_bind_again(ended: BindingEnd) -> bool {
    match ended {
        BindingEnd::Lost | BindingEnd::Revoked => false,
        BindingEnd::Replaced | BindingEnd::Moved => true,
    }
}

/// Days before its end at which the holder of a certificate is warned.
pub const WARNING_DAYS: [i64; 4] = [60, 30, 7, 1];

/// The warning that is due with so many whole days left, if it was not given yet.
pub fn warning_due(days_left: i64, warned_at: Option<i64>) -> Option<i64> {
    let due = WARNING_DAYS.into_iter().rev().find(|days| days_left <= *days)?;
    (warned_at.is_none_or(|warned| due < warned)).then_some(due)
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
    use super::{
        StepRefusal, StepState, Turn, Validity, is_at_hand, is_in_place, may_sign, points, thousandths,
        validity, warning_due,
    };
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
    fn a_millimetre_off_is_in_place_and_two_are_not() {
        let wanted = [100.0, 200.0, 180.0, 70.0];
        assert!(is_in_place(wanted, [102.5, 198.0, 178.0, 71.0]));
        assert!(!is_in_place(wanted, [105.7, 200.0, 180.0, 70.0]));
        assert!(!is_in_place(wanted, [100.0, 200.0, 360.0, 140.0]));
    }

    #[test]
    fn a_signature_placed_by_hand_stands_for_its_box_and_touches_no_other() {
        let (own, next) = ([100.0, 200.0, 180.0, 70.0], [300.0, 200.0, 180.0, 70.0]);
        assert!(is_at_hand(own, [80.0, 190.0, 170.0, 90.0], &[next]));
        assert!(!is_at_hand(own, [60.0, 190.0, 170.0, 90.0], &[next]), "reaches out too far");
        assert!(!is_at_hand(own, [110.0, 100.0, 100.0, 90.0], &[next]), "its middle is below");
        assert!(is_at_hand(own, [125.0, 200.0, 180.0, 60.0], &[]));
        assert!(!is_at_hand(own, [125.0, 200.0, 180.0, 60.0], &[next]), "touches the next box");
        assert!(!is_at_hand(own, [0.0, 0.0, 595.0, 842.0], &[]), "covers the page");
    }

    #[test]
    fn each_warning_is_given_once() {
        assert_eq!(warning_due(61, None), None);
        assert_eq!(warning_due(60, None), Some(60));
        assert_eq!(warning_due(45, Some(60)), None);
        assert_eq!(warning_due(5, Some(60)), Some(7));
        assert_eq!(warning_due(0, Some(7)), Some(1));
        assert_eq!(warning_due(-3, Some(1)), None);
    }

    #[test]
    fn a_box_survives_the_database() {
        assert!((points(thousandths(123.4567)) - 123.457).abs() < 1e-9);
    }
}
