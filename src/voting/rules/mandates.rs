//! Who may use which mandate.
//!
//! Each member of the body has one. A member who is there uses it; only an
//! absent member's is held by another, and only by one who is there.

use crate::identity::PersonId;
use crate::meetings::rules::VoteTerms;

crate::words! {
    /// How a ballot came in: from the member, from who holds the mandate, or
    /// entered by the secretary because the network failed.
    Way { Own = "own", Proxy = "proxy", Hand = "hand" }
}

impl Way {
    /// A stronger way takes the place of a weaker one.
    fn strength(self) -> u8 {
        match self {
            Self::Own => 2,
            Self::Proxy => 1,
            Self::Hand => 0,
        }
    }
}

/// May a ballot that came in by `new` take the place of one that came in by
/// `old`? The member's own is never put aside for another's.
pub fn may_replace(old: Way, new: Way, change_allowed: bool) -> bool {
    new.strength() > old.strength() || (new == old && change_allowed)
}

/// A participant, as far as mandates ask.
#[derive(Clone, Copy, Debug)]
pub struct Seat {
    pub person: PersonId,
    pub is_member: bool,
    pub is_there: bool,
    /// The member this person sits in for.
    pub substitute_for: Option<PersonId>,
}

/// An absent member's mandate, given to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proxy {
    pub giver: PersonId,
    pub holder: PersonId,
}

/// One member's vote, and who may use it now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mandate {
    pub member: PersonId,
    pub holder: Option<PersonId>,
}

impl Mandate {
    /// The member is there.
    pub fn is_own(&self) -> bool {
        self.holder == Some(self.member)
    }

    pub fn is_proxy(&self) -> bool {
        self.holder.is_some() && !self.is_own()
    }
}

/// The mandates of the body, one for each member.
pub fn mandates(seats: &[Seat], proxies: &[Proxy], terms: &VoteTerms) -> Vec<Mandate> {
    let seat_of: std::collections::HashMap<PersonId, &Seat> =
        seats.iter().map(|seat| (seat.person, seat)).collect();
    let given: std::collections::HashMap<PersonId, PersonId> =
        proxies.iter().map(|proxy| (proxy.giver, proxy.holder)).collect();
    let instead: std::collections::HashMap<PersonId, &Seat> =
        seats.iter().filter_map(|seat| seat.substitute_for.map(|member| (member, seat))).collect();
    let members = seats.iter().filter(|seat| seat.is_member);
    let mandate = |member: &Seat| {
        let named = given.get(&member.person).map(|holder| seat_of.get(holder).copied());
        // Whoever was named holds it or nobody does: the member chose.
        let other = named.unwrap_or_else(|| instead.get(&member.person).copied());
        Mandate { member: member.person, holder: holder(member, other, terms) }
    };
    members.map(mandate).collect()
}

/// Who may use a member's mandate: the member, if there, else `other`, if
/// there and if the rule lets such a person hold it.
fn holder(member: &Seat, other: Option<&Seat>, terms: &VoteTerms) -> Option<PersonId> {
    if member.is_there {
        return Some(member.person);
    }
    let other = other.filter(|other| other.is_there)?;
    may_hold(other, member.person, terms).then_some(other.person)
}

/// Does the rule let `other` hold the mandate of `member`?
pub fn may_hold(other: &Seat, member: PersonId, terms: &VoteTerms) -> bool {
    let sits_in = other.substitute_for == Some(member);
    (terms.member_proxies && other.is_member) || (terms.substitutes_vote && sits_in)
}

/// A ballot that is in, as far as mandates ask.
#[derive(Clone, Copy, Debug)]
pub struct Used {
    pub member: PersonId,
    pub way: Way,
    pub cast_by: PersonId,
}

/// The mandates as the result counts them: who voted and left did vote, so a
/// mandate that was used is never nobody's.
pub fn settled(mut mandates: Vec<Mandate>, ballots: &[Used]) -> Vec<Mandate> {
    let used: std::collections::HashMap<PersonId, &Used> =
        ballots.iter().map(|ballot| (ballot.member, ballot)).collect();
    for mandate in &mut mandates {
        let Some(ballot) = used.get(&mandate.member) else { continue };
        mandate.holder = match ballot.way {
            Way::Own => Some(mandate.member),
            Way::Proxy => mandate.holder.or(Some(ballot.cast_by)),
            Way::Hand => mandate.holder.or(Some(mandate.member)),
        };
    }
    mandates
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meetings::rules::{Fraction, PassBase, Secrecy, Tie, usual_options};

    fn terms(member_proxies: bool, substitutes_vote: bool) -> VoteTerms {
        VoteTerms {
            options: usual_options(),
            quorum: Fraction { numerator: 2, denominator: 3 },
            pass: Fraction { numerator: 1, denominator: 2 },
            base: PassBase::TotalMembers,
            strict: true,
            tie: Tie::Fail,
            change_allowed: true,
            secrecy: Secrecy::Allowed,
            member_proxies,
            substitutes_vote,
            signed_ballots: false,
        }
    }

    fn member(is_there: bool) -> Seat {
        Seat { person: PersonId::new(), is_member: true, is_there, substitute_for: None }
    }

    fn holder_of(seats: &[Seat], proxies: &[Proxy], terms: &VoteTerms) -> Option<PersonId> {
        mandates(seats, proxies, terms)[0].holder
    }

    #[test]
    fn the_member_who_is_there_votes_and_the_proxy_sleeps() {
        let (giver, holder) = (member(true), member(true));
        let proxy = [Proxy { giver: giver.person, holder: holder.person }];
        assert_eq!(holder_of(&[giver, holder], &proxy, &terms(true, true)), Some(giver.person));
        let away = Seat { is_there: false, ..giver };
        assert_eq!(holder_of(&[away, holder], &proxy, &terms(true, true)), Some(holder.person));
    }

    #[test]
    fn a_proxy_counts_only_while_its_holder_is_there() {
        let (giver, holder) = (member(false), member(false));
        let proxy = [Proxy { giver: giver.person, holder: holder.person }];
        assert_eq!(holder_of(&[giver, holder], &proxy, &terms(true, true)), None);
    }

    #[test]
    fn a_rule_without_proxies_knows_none() {
        let (giver, holder) = (member(false), member(true));
        let proxy = [Proxy { giver: giver.person, holder: holder.person }];
        assert_eq!(holder_of(&[giver, holder], &proxy, &terms(false, true)), None);
    }

    #[test]
    fn a_guest_holds_nothing() {
        let giver = member(false);
        let guest = Seat { is_member: false, ..member(true) };
        let proxy = [Proxy { giver: giver.person, holder: guest.person }];
        assert_eq!(holder_of(&[giver, guest], &proxy, &terms(true, true)), None);
    }

    #[test]
    fn a_substitute_votes_where_the_rule_says_so_and_only_for_the_one() {
        let giver = member(false);
        let substitute = Seat { is_member: false, substitute_for: Some(giver.person), ..member(true) };
        assert_eq!(holder_of(&[giver, substitute], &[], &terms(false, true)), Some(substitute.person));
        assert_eq!(holder_of(&[giver, substitute], &[], &terms(true, false)), None);
        let other = member(false);
        assert_eq!(holder_of(&[other, giver, substitute], &[], &terms(false, true)), None);
    }

    #[test]
    fn a_named_proxy_goes_before_a_substitute() {
        let (giver, named) = (member(false), member(false));
        let substitute = Seat { is_member: false, substitute_for: Some(giver.person), ..member(true) };
        let proxy = [Proxy { giver: giver.person, holder: named.person }];
        assert_eq!(holder_of(&[giver, named, substitute], &proxy, &terms(true, true)), None);
    }

    #[test]
    fn mandates_never_outnumber_members() {
        let seats = [member(true), member(false), member(false)];
        let proxies = [
            Proxy { giver: seats[1].person, holder: seats[0].person },
            Proxy { giver: seats[2].person, holder: seats[1].person },
        ];
        let all = mandates(&seats, &proxies, &terms(true, true));
        assert_eq!(all.len(), 3);
        // The third went to one who is absent: no chain.
        assert_eq!(all.iter().filter(|mandate| mandate.holder.is_some()).count(), 2);
    }

    #[test]
    fn who_voted_and_left_still_counts_where_the_ballot_was_cast() {
        let (left, given, holder) = (member(false), member(false), member(true));
        let all = mandates(&[left, given, holder], &[], &terms(true, true));
        let ballots = [
            Used { member: left.person, way: Way::Own, cast_by: left.person },
            Used { member: given.person, way: Way::Proxy, cast_by: holder.person },
        ];
        let settled = settled(all, &ballots);
        assert!(settled[0].is_own() && settled[1].is_proxy() && settled[2].is_own());
    }

    #[test]
    fn the_members_own_ballot_is_never_put_aside() {
        for change_allowed in [false, true] {
            assert!(may_replace(Way::Proxy, Way::Own, change_allowed));
            assert!(may_replace(Way::Hand, Way::Own, change_allowed));
            assert!(may_replace(Way::Hand, Way::Proxy, change_allowed));
            assert!(!may_replace(Way::Own, Way::Proxy, change_allowed));
            assert!(!may_replace(Way::Own, Way::Hand, change_allowed));
            assert!(!may_replace(Way::Proxy, Way::Hand, change_allowed));
            for way in Way::ALL {
                assert_eq!(may_replace(*way, *way, change_allowed), change_allowed);
            }
        }
    }
}
