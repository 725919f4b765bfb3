//! What is true about votes, whoever asks.

mod mandates;

use crate::meetings::rules::{Meaning, PassBase, Tie, VoteTerms};

pub use self::mandates::{Mandate, Proxy, Seat, Used, Way, mandates, may_hold, may_replace, settled};

crate::words! {
    /// Whether it is known who chose what.
    VoteKind { Open = "open", Secret = "secret" }

    VoteState { Prepared = "prepared", Open = "open", Published = "published", Cancelled = "cancelled" }

    /// `Void`: the ballots do not fit the papers that were issued.
    Outcome { Adopted = "adopted", Rejected = "rejected", NoQuorum = "no_quorum", Void = "void" }

    /// What settled it: the count, the rule for equal sides, or that everyone there approved.
    DecidedBy { Count = "count", ChairSide = "chair_side", TieFails = "tie_fails", Unanimous = "unanimous" }
}

/// How many ballots one option got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    pub choice: String,
    pub meaning: Meaning,
    pub ballots: i64,
}

/// A vote that takes no more ballots, counted.
///
/// `total_members`: mandates of the body. `present`: members who were there.
/// `proxies`: mandates of absent members that somebody there held. `voted`:
/// those of these that were used; abstaining is a ballot. `invalid`: ballots
/// that say nothing. So `present + proxies = voted + invalid + not_voting`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    pub total_members: i64,
    pub present: i64,
    pub proxies: i64,
    pub voted: i64,
    pub invalid: i64,
    pub not_voting: i64,
    /// In the order of the sheet.
    pub counts: Vec<Count>,
}

impl Tally {
    /// Counts choices over the mandates there. A choice that is no option is
    /// invalid.
    pub fn count<'a>(
        terms: &VoteTerms,
        mandates: &[Mandate],
        choices: impl Iterator<Item = &'a str> + Clone,
    ) -> Self {
        let counts: Vec<Count> = terms
            .options
            .iter()
            .map(|option| Count {
                choice: option.key.clone(),
                meaning: option.meaning,
                ballots: number(choices.clone().filter(|choice| *choice == option.key).count()),
            })
            .collect();
        let voted: i64 = counts.iter().map(|count| count.ballots).sum();
        let invalid = number(choices.count()) - voted;
        let present = number(mandates.iter().filter(|mandate| mandate.is_own()).count());
        let proxies = number(mandates.iter().filter(|mandate| mandate.is_proxy()).count());
        Self {
            total_members: number(mandates.len()),
            present,
            proxies,
            voted,
            invalid,
            not_voting: present + proxies - voted - invalid,
            counts,
        }
    }

    /// Mandates that could be used: of those there, and those they held.
    pub fn mandates(&self) -> i64 {
        self.present + self.proxies
    }

    pub fn of(&self, meaning: Meaning) -> i64 {
        self.counts.iter().filter(|count| count.meaning == meaning).map(|count| count.ballots).sum()
    }

    pub fn approve(&self) -> i64 {
        self.of(Meaning::Approve)
    }

    pub fn reject(&self) -> i64 {
        self.of(Meaning::Reject)
    }

    /// Everyone there voted, and everyone approved.
    pub fn is_unanimous(&self) -> bool {
        self.approve() > 0 && self.approve() == self.mandates()
    }

    /// Decides by the body's rule. `chair` is what the chair's own ballot says.
    pub fn decide(&self, terms: &VoteTerms, chair: Option<Meaning>) -> (Outcome, DecidedBy) {
        // A proxy votes, but makes nobody present.
        if !terms.quorum.is_reached(self.present, self.total_members) {
            return (Outcome::NoQuorum, DecidedBy::Count);
        }
        if self.approve() > 0 && self.approve() == self.reject() {
            return match terms.tie {
                // Law on local government 2015, on decisions of a people's committee:
                // with equal sides, the side the chairman voted with.
                Tie::ChairSide if chair == Some(Meaning::Approve) => (Outcome::Adopted, DecidedBy::ChairSide),
                Tie::ChairSide => (Outcome::Rejected, DecidedBy::ChairSide),
                Tie::Fail => (Outcome::Rejected, DecidedBy::TieFails),
            };
        }
        let base = match terms.base {
            PassBase::TotalMembers => self.total_members,
            PassBase::Present => self.mandates(),
            PassBase::Voted => self.voted,
        };
        let passes = if terms.strict {
            terms.pass.is_exceeded(self.approve(), base)
        } else {
            terms.pass.is_reached(self.approve(), base)
        };
        (if passes { Outcome::Adopted } else { Outcome::Rejected }, DecidedBy::Count)
    }
}

/// Counts of people are far from the limit.
fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::PersonId;
    use crate::meetings::rules::{Fraction, Secrecy, usual_options};

    /// A people's committee: two thirds present, more than half of all members.
    fn committee() -> VoteTerms {
        VoteTerms {
            options: usual_options(),
            quorum: Fraction { numerator: 2, denominator: 3 },
            pass: Fraction { numerator: 1, denominator: 2 },
            base: PassBase::TotalMembers,
            strict: true,
            tie: Tie::ChairSide,
            change_allowed: true,
            secrecy: Secrecy::Allowed,
            member_proxies: true,
            substitutes_vote: true,
            signed_ballots: false,
        }
    }

    fn ballots(approve: usize, reject: usize, abstain: usize) -> Vec<&'static str> {
        [vec!["approve"; approve], vec!["reject"; reject], vec!["abstain"; abstain]].concat()
    }

    /// Mandates of a body: `own` members there, `proxies` held by others, the rest held by nobody.
    fn body(total: usize, own: usize, proxies: usize) -> Vec<Mandate> {
        let mandate = |at| {
            let member = PersonId::new();
            let holder = if at < own { Some(member) } else { (at < own + proxies).then(PersonId::new) };
            Mandate { member, holder }
        };
        (0..total).map(mandate).collect()
    }

    fn tally(total: usize, own: usize, proxies: usize, choices: &[&str]) -> Tally {
        Tally::count(&committee(), &body(total, own, proxies), choices.iter().copied())
    }

    fn decide(terms: &VoteTerms, present: usize, choices: &[&str], chair: Option<Meaning>) -> Outcome {
        tally(27, present, 0, choices).decide(terms, chair).0
    }

    #[test]
    fn every_denominator_adds_up() {
        let tally = tally(27, 19, 3, &[ballots(14, 3, 2), vec!["scribble"]].concat());
        assert_eq!((tally.total_members, tally.present, tally.proxies), (27, 19, 3));
        assert_eq!((tally.voted, tally.invalid, tally.not_voting), (19, 1, 2));
        let counted: i64 = tally.counts.iter().map(|count| count.ballots).sum();
        assert_eq!(counted + tally.invalid + tally.not_voting, tally.mandates());
    }

    #[test]
    fn options_with_one_meaning_are_counted_apart_and_together() {
        let mut terms = committee();
        terms.options.push(crate::meetings::rules::BallotOption {
            key: "blank".into(),
            label: "Phiếu trắng".into(),
            meaning: Meaning::Abstain,
        });
        let tally = Tally::count(&terms, &body(9, 9, 0), ["abstain", "blank", "blank"].into_iter());
        assert_eq!(tally.counts.last().map(|count| count.ballots), Some(2));
        assert_eq!(tally.of(Meaning::Abstain), 3);
    }

    #[test]
    fn more_than_half_of_all_members_passes_and_half_does_not() {
        assert_eq!(decide(&committee(), 21, &ballots(14, 3, 0), None), Outcome::Adopted);
        assert_eq!(decide(&committee(), 21, &ballots(13, 3, 0), None), Outcome::Rejected);
    }

    #[test]
    fn the_base_decides() {
        let of_present = VoteTerms { base: PassBase::Present, ..committee() };
        let of_voted = VoteTerms { base: PassBase::Voted, ..committee() };
        assert_eq!(decide(&of_present, 21, &ballots(11, 0, 0), None), Outcome::Adopted);
        assert_eq!(decide(&of_present, 21, &ballots(10, 0, 0), None), Outcome::Rejected);
        assert_eq!(decide(&of_voted, 21, &ballots(2, 1, 0), None), Outcome::Adopted);
    }

    #[test]
    fn a_proxy_votes_but_makes_nobody_present() {
        let of_present = VoteTerms { base: PassBase::Present, ..committee() };
        assert_eq!(tally(27, 17, 5, &ballots(22, 0, 0)).decide(&of_present, None).0, Outcome::NoQuorum);
        assert_eq!(tally(27, 18, 4, &ballots(11, 0, 0)).decide(&of_present, None).0, Outcome::Rejected);
        assert_eq!(tally(27, 18, 4, &ballots(12, 0, 0)).decide(&of_present, None).0, Outcome::Adopted);
    }

    #[test]
    fn a_rule_that_is_not_strict_passes_at_the_exact_part() {
        let two_thirds =
            VoteTerms { pass: Fraction { numerator: 2, denominator: 3 }, strict: false, ..committee() };
        assert_eq!(decide(&two_thirds, 27, &ballots(18, 9, 0), None), Outcome::Adopted);
        assert_eq!(
            decide(&VoteTerms { strict: true, ..two_thirds }, 27, &ballots(18, 9, 0), None),
            Outcome::Rejected
        );
    }

    #[test]
    fn without_a_quorum_nothing_is_decided() {
        assert_eq!(decide(&committee(), 17, &ballots(17, 0, 0), None), Outcome::NoQuorum);
        assert_eq!(decide(&committee(), 18, &ballots(18, 0, 0), None), Outcome::Adopted);
    }

    #[test]
    fn equal_sides_go_with_the_chair() {
        let equal = ballots(10, 10, 0);
        assert_eq!(decide(&committee(), 21, &equal, Some(Meaning::Approve)), Outcome::Adopted);
        assert_eq!(decide(&committee(), 21, &equal, Some(Meaning::Reject)), Outcome::Rejected);
        assert_eq!(decide(&committee(), 21, &equal, Some(Meaning::Abstain)), Outcome::Rejected);
        assert_eq!(decide(&committee(), 21, &equal, None), Outcome::Rejected);
    }

    #[test]
    fn a_tie_fails_where_the_rule_says_so() {
        let fails = VoteTerms { tie: Tie::Fail, ..committee() };
        let tally = tally(20, 20, 0, &ballots(10, 10, 0));
        assert_eq!(tally.decide(&fails, Some(Meaning::Approve)), (Outcome::Rejected, DecidedBy::TieFails));
    }

    #[test]
    fn nobody_voting_adopts_nothing() {
        assert_eq!(decide(&committee(), 27, &[], None), Outcome::Rejected);
        assert!(!tally(27, 27, 0, &[]).is_unanimous());
    }

    #[test]
    fn unanimous_means_every_mandate_there() {
        assert!(tally(27, 20, 1, &ballots(21, 0, 0)).is_unanimous());
        assert!(!tally(27, 20, 1, &ballots(20, 0, 0)).is_unanimous());
        assert!(!tally(27, 20, 1, &ballots(20, 0, 1)).is_unanimous());
    }
}
