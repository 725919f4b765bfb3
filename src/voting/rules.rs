//! What is true about votes, whoever asks.

use crate::meetings::rules::{PassBase, Tie, VoteTerms};

crate::words! {
    Choice { Approve = "approve", Reject = "reject", Abstain = "abstain" }

    VoteState { Prepared = "prepared", Open = "open", Published = "published" }

    Outcome { Adopted = "adopted", Rejected = "rejected", NoQuorum = "no_quorum" }

    /// What settled it: the count, or the rule for equal sides.
    DecidedBy { Count = "count", ChairSide = "chair_side", TieFails = "tie_fails" }
}

/// A vote that takes no more ballots, counted.
///
/// `total_members`: members of the body. `present`: those of them who are
/// there. `voted`: those of these who cast a ballot; abstaining is a ballot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    pub total_members: i64,
    pub present: i64,
    pub voted: i64,
    pub approve: i64,
    pub reject: i64,
    pub abstain: i64,
    pub not_voting: i64,
}

impl Tally {
    /// Counts the ballots of those present. A member who left after voting
    /// did vote, so presence is never counted lower than the ballots.
    pub fn count(total_members: i64, present: i64, choices: &[Choice]) -> Self {
        let of = |wanted: Choice| choices.iter().filter(|choice| **choice == wanted).count();
        let count = |wanted| i64::try_from(of(wanted)).unwrap_or(i64::MAX);
        let (approve, reject, abstain) =
            (count(Choice::Approve), count(Choice::Reject), count(Choice::Abstain));
        let voted = approve + reject + abstain;
        let present = present.max(voted);
        Self { total_members, present, voted, approve, reject, abstain, not_voting: present - voted }
    }

    /// Decides by the body's rule. `chair` is the chair's own ballot.
    pub fn decide(&self, terms: &VoteTerms, chair: Option<Choice>) -> (Outcome, DecidedBy) {
        if !terms.quorum.is_reached(self.present, self.total_members) {
            return (Outcome::NoQuorum, DecidedBy::Count);
        }
        if self.approve > 0 && self.approve == self.reject {
            return match terms.tie {
                // Law on local government 2015, on decisions of a people's committee:
                // with equal sides, the side the chairman voted with.
                Tie::ChairSide if chair == Some(Choice::Approve) => (Outcome::Adopted, DecidedBy::ChairSide),
                Tie::ChairSide => (Outcome::Rejected, DecidedBy::ChairSide),
                Tie::Fail => (Outcome::Rejected, DecidedBy::TieFails),
            };
        }
        let base = match terms.base {
            PassBase::TotalMembers => self.total_members,
            PassBase::Present => self.present,
            PassBase::Voted => self.voted,
        };
        let passes = if terms.strict {
            terms.pass.is_exceeded(self.approve, base)
        } else {
            terms.pass.is_reached(self.approve, base)
        };
        (if passes { Outcome::Adopted } else { Outcome::Rejected }, DecidedBy::Count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meetings::rules::Fraction;

    /// A people's committee: two thirds present, more than half of all members.
    const COMMITTEE: VoteTerms = VoteTerms {
        quorum: Fraction { numerator: 2, denominator: 3 },
        pass: Fraction { numerator: 1, denominator: 2 },
        base: PassBase::TotalMembers,
        strict: true,
        tie: Tie::ChairSide,
        change_allowed: true,
    };

    fn ballots(approve: usize, reject: usize, abstain: usize) -> Vec<Choice> {
        [vec![Choice::Approve; approve], vec![Choice::Reject; reject], vec![Choice::Abstain; abstain]]
            .concat()
    }

    fn decide(terms: &VoteTerms, present: i64, choices: &[Choice], chair: Option<Choice>) -> Outcome {
        Tally::count(27, present, choices).decide(terms, chair).0
    }

    #[test]
    fn every_denominator_adds_up() {
        let tally = Tally::count(27, 21, &ballots(14, 3, 2));
        assert_eq!((tally.voted, tally.not_voting), (19, 2));
        assert_eq!(tally.approve + tally.reject + tally.abstain + tally.not_voting, tally.present);
    }

    #[test]
    fn more_than_half_of_all_members_passes_and_half_does_not() {
        assert_eq!(decide(&COMMITTEE, 21, &ballots(14, 3, 0), None), Outcome::Adopted);
        assert_eq!(decide(&COMMITTEE, 21, &ballots(13, 3, 0), None), Outcome::Rejected);
    }

    #[test]
    fn the_base_decides() {
        let of_present = VoteTerms { base: PassBase::Present, ..COMMITTEE };
        let of_voted = VoteTerms { base: PassBase::Voted, ..COMMITTEE };
        assert_eq!(decide(&of_present, 21, &ballots(11, 0, 0), None), Outcome::Adopted);
        assert_eq!(decide(&of_present, 21, &ballots(10, 0, 0), None), Outcome::Rejected);
        assert_eq!(decide(&of_voted, 21, &ballots(2, 1, 0), None), Outcome::Adopted);
    }

    #[test]
    fn a_rule_that_is_not_strict_passes_at_the_exact_part() {
        let two_thirds =
            VoteTerms { pass: Fraction { numerator: 2, denominator: 3 }, strict: false, ..COMMITTEE };
        assert_eq!(decide(&two_thirds, 27, &ballots(18, 9, 0), None), Outcome::Adopted);
        assert_eq!(
            decide(&VoteTerms { strict: true, ..two_thirds }, 27, &ballots(18, 9, 0), None),
            Outcome::Rejected
        );
    }

    #[test]
    fn without_a_quorum_nothing_is_decided() {
        assert_eq!(decide(&COMMITTEE, 17, &ballots(17, 0, 0), None), Outcome::NoQuorum);
        assert_eq!(decide(&COMMITTEE, 18, &ballots(18, 0, 0), None), Outcome::Adopted);
    }

    #[test]
    fn equal_sides_go_with_the_chair() {
        let equal = ballots(10, 10, 0);
        assert_eq!(decide(&COMMITTEE, 21, &equal, Some(Choice::Approve)), Outcome::Adopted);
        assert_eq!(decide(&COMMITTEE, 21, &equal, Some(Choice::Reject)), Outcome::Rejected);
        assert_eq!(decide(&COMMITTEE, 21, &equal, None), Outcome::Rejected);
    }

    #[test]
    fn a_tie_fails_where_the_rule_says_so() {
        let fails = VoteTerms { tie: Tie::Fail, ..COMMITTEE };
        let tally = Tally::count(20, 20, &ballots(10, 10, 0));
        assert_eq!(tally.decide(&fails, Some(Choice::Approve)), (Outcome::Rejected, DecidedBy::TieFails));
    }

    #[test]
    fn nobody_voting_adopts_nothing() {
        assert_eq!(decide(&COMMITTEE, 27, &[], None), Outcome::Rejected);
    }

    #[test]
    fn a_voter_who_left_still_counts_as_present() {
        let tally = Tally::count(3, 1, &ballots(2, 0, 0));
        assert_eq!((tally.present, tally.not_voting), (2, 0));
    }
}
