use super::{Act, Hands, Refusal, State, Who, after, may, open_acts};
use crate::identity::PersonId;

/// Every transition there is; whatever is not here is refused.
const WAYS: &[(State, Act, State)] = &[
    (State::Draft, Act::Submit, State::ContentReview),
    (State::ContentReview, Act::ApproveContent, State::FormatCheck),
    (State::FormatCheck, Act::ApproveFormat, State::AwaitingSignature),
    (State::AwaitingSignature, Act::Sign, State::Signed),
    (State::Signed, Act::Number, State::Numbered),
    (State::Numbered, Act::Seal, State::Sealed),
    (State::Sealed, Act::Issue, State::Issued),
    (State::Issued, Act::File, State::Filed),
    (State::ContentReview, Act::Return, State::Draft),
    (State::FormatCheck, Act::Return, State::Draft),
    (State::AwaitingSignature, Act::Return, State::Draft),
    (State::ContentReview, Act::Withdraw, State::Draft),
    (State::FormatCheck, Act::Withdraw, State::Draft),
    (State::AwaitingSignature, Act::Withdraw, State::Draft),
    (State::Draft, Act::Revise, State::Draft),
    (State::ContentReview, Act::Revise, State::Draft),
    (State::AwaitingSignature, Act::Revise, State::Draft),
    (State::Signed, Act::Revise, State::Draft),
    (State::Issued, Act::Recall, State::Recalled),
    (State::Filed, Act::Recall, State::Recalled),
    (State::Draft, Act::Cancel, State::Cancelled),
    (State::ContentReview, Act::Cancel, State::Cancelled),
    (State::FormatCheck, Act::Cancel, State::Cancelled),
    (State::AwaitingSignature, Act::Cancel, State::Cancelled),
    (State::Signed, Act::Cancel, State::Cancelled),
    (State::Numbered, Act::Cancel, State::Cancelled),
    (State::Sealed, Act::Cancel, State::Cancelled),
];

#[test]
fn every_state_takes_its_acts_and_no_other() {
    for state in State::ALL {
        for act in Act::ALL {
            let way = WAYS.iter().find(|(from, by, _)| from == state && by == act);
            assert_eq!(after(*state, *act), way.map(|(.., to)| *to), "{state:?} {act:?}");
        }
    }
}

struct Office {
    hands: Hands,
    clerk: PersonId,
}

impl Office {
    fn new() -> Self {
        let person = PersonId::new;
        Self { hands: Hands { drafter: person(), checker: person(), signer: person() }, clerk: person() }
    }

    fn who(&self, person: PersonId) -> Who {
        let is_clerk = person == self.clerk;
        Who { person, is_clerk, checks_format: is_clerk }
    }
}

#[test]
fn each_act_is_one_persons() {
    let office = Office::new();
    let Hands { drafter, checker, signer } = office.hands;
    let stranger = PersonId::new();
    for (state, act, to) in WAYS {
        let has_number = matches!(state, State::Numbered | State::Sealed);
        let whose = match act {
            Act::Return | Act::Revise if *state == State::ContentReview => checker,
            Act::Return | Act::Revise if *state == State::AwaitingSignature => signer,
            Act::Submit | Act::Withdraw | Act::Revise | Act::File => drafter,
            Act::Cancel => {
                if has_number {
                    office.clerk
                } else {
                    drafter
                }
            }
            Act::ApproveContent => checker,
            Act::Sign => signer,
            _ => office.clerk,
        };
        for person in [drafter, checker, signer, office.clerk, stranger] {
            let keeps_it = *act == Act::File && person == office.clerk;
            let expected = if person == whose || keeps_it { Ok(*to) } else { Err(Refusal::NotYours) };
            assert_eq!(may(*state, *act, office.hands, office.who(person)), expected, "{state:?} {act:?}");
        }
    }
}

#[test]
fn nobody_approves_their_own_draft_or_seals_their_own_signature() {
    let office = Office::new();
    let clerk_signs = Hands { signer: office.clerk, ..office.hands };
    for (state, act) in [(State::Signed, Act::Number), (State::Numbered, Act::Seal)] {
        assert_eq!(may(state, act, clerk_signs, office.who(office.clerk)), Err(Refusal::SameHand));
    }
    let clerk_drafts = Hands { drafter: office.clerk, ..office.hands };
    let refused = may(State::FormatCheck, Act::ApproveFormat, clerk_drafts, office.who(office.clerk));
    assert_eq!(refused, Err(Refusal::SameHand));
    let own_checker = Hands { checker: office.hands.drafter, ..office.hands };
    let who = office.who(office.hands.drafter);
    assert_eq!(may(State::ContentReview, Act::ApproveContent, own_checker, who), Err(Refusal::SameHand));
}

#[test]
fn the_act_that_moves_on_comes_first() {
    let office = Office::new();
    let who = office.who(office.hands.checker);
    assert_eq!(
        open_acts(State::ContentReview, office.hands, who),
        [Act::ApproveContent, Act::Return, Act::Revise]
    );
    assert_eq!(open_acts(State::Issued, office.hands, who), []);
}
