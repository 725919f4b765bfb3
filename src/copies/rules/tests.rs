use super::{
    Act, Form, Ground, Hands, Light, Refusal, State, Who, after, ground, is_a4, may, symbol, usual_symbol,
};
use crate::identity::PersonId;

#[test]
fn sao_luc_is_made_from_a_copy_and_the_others_from_an_original() {
    assert!(Form::CopyTrue.fits(false) && Form::CopyExtract.fits(false) && Form::CopyOfCopy.fits(true));
    assert!(!Form::CopyTrue.fits(true) && !Form::CopyExtract.fits(true) && !Form::CopyOfCopy.fits(false));
}

#[test]
fn a_broken_signature_is_never_copied() {
    assert_eq!(ground(Light::Valid), Ground::Firm);
    assert_eq!(ground(Light::Indeterminate), Ground::AfterLook);
    assert_eq!(ground(Light::Unsigned), Ground::AfterLook);
    assert_eq!(ground(Light::Invalid), Ground::None);
    assert_eq!(ground(Light::Unreadable), Ground::None);
}

#[test]
fn what_is_sealed_or_ended_stays_as_it_is() {
    for state in [State::Sealed, State::Returned, State::Cancelled] {
        assert!(Act::ALL.iter().all(|act| after(state, *act).is_none()), "{state:?}");
    }
}

#[test]
fn each_act_is_one_persons_and_the_signer_never_seals() {
    let hands = Hands { asker: PersonId::new(), signer: PersonId::new() };
    let asker = Who { person: hands.asker, is_clerk: false };
    let signer = Who { person: hands.signer, is_clerk: false };
    let clerk = Who { person: PersonId::new(), is_clerk: true };
    let sealing_signer = Who { is_clerk: true, ..signer };
    assert_eq!(may(State::Asked, Act::Approve, hands, signer), Ok(State::Approved));
    assert_eq!(may(State::Asked, Act::Approve, hands, clerk), Err(Refusal::NotYours));
    assert_eq!(may(State::Approved, Act::Number, hands, asker), Err(Refusal::NotYours));
    assert_eq!(may(State::Approved, Act::Number, hands, clerk), Ok(State::Numbered));
    assert_eq!(may(State::Approved, Act::Number, hands, sealing_signer), Err(Refusal::SameHand));
    assert_eq!(may(State::Numbered, Act::Seal, hands, sealing_signer), Err(Refusal::SameHand));
    assert_eq!(may(State::Asked, Act::Seal, hands, clerk), Err(Refusal::NotNow));
    assert_eq!(may(State::Approved, Act::Cancel, hands, asker), Ok(State::Cancelled));
    assert_eq!(may(State::Numbered, Act::Cancel, hands, asker), Err(Refusal::NotYours));
    assert_eq!(may(State::Numbered, Act::Cancel, hands, clerk), Ok(State::Cancelled));
}

#[test]
fn an_office_has_its_usual_abbreviation() {
    let of = ["UBND phường An Hải", "Ủy ban nhân dân phường An Hải", "HĐND thành phố", "Sở Nội vụ"];
    assert_eq!(of.map(usual_symbol), ["UBND", "UBND", "HĐND", "SNV"]);
}

#[test]
fn an_abbreviation_is_letters_and_strokes() {
    assert_eq!(symbol(" UBND ").as_deref(), Some("UBND"));
    assert_eq!(symbol("VP-HĐND").as_deref(), Some("VP-HĐND"));
    for typed in ["", "-", "UB ND", "UBND/1", "A\u{202e}B", "ABCDEFGHIJKLMNOPQRSTU"] {
        assert_eq!(symbol(typed), None, "{typed}");
    }
}

#[test]
fn a_page_is_a4_upright_or_across() {
    assert!(is_a4([210.0, 297.0]) && is_a4([297.2, 209.0]));
    assert!(!is_a4([105.0, 148.5]) && !is_a4([216.0, 356.0]));
}
