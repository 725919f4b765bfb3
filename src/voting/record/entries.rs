//! What stands in a record.

use serde::{Deserialize, Serialize};

use crate::meetings::rules::{BallotOption, Fraction, Meaning, PassBase, Secrecy, Tie, VoteTerms};
use crate::voting::rules::{Count, DecidedBy, Outcome, Tally, VoteKind, Way};

/// One line of a record; they come in this order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Entry {
    Vote(VoteEntry),
    Rule(RuleEntry),
    Mandate(MandateEntry),
    Ballot(BallotEntry),
    SecretBallot(SecretBallotEntry),
    Result(ResultEntry),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoteEntry {
    pub id: String,
    pub number: i64,
    pub ballots: VoteKind,
    /// The earlier vote that this one repeats.
    pub repeats: Option<String>,
    pub question: String,
    /// The exact bytes voted on.
    pub paper: Option<PaperEntry>,
    pub meeting: MeetingEntry,
    pub opened_at: String,
    pub closed_at: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperEntry {
    pub title: String,
    pub version: i64,
    pub sha256: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeetingEntry {
    pub id: String,
    pub title: String,
    pub organisation: String,
    pub body: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleEntry {
    pub options: Vec<OptionEntry>,
    pub quorum: FractionEntry,
    pub pass: FractionEntry,
    pub base: PassBase,
    /// More than the part, not just the part.
    pub strict: bool,
    pub tie: Tie,
    pub change_allowed: bool,
    pub secrecy: Secrecy,
    pub member_proxies: bool,
    pub substitutes_vote: bool,
    pub signed_ballots: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionEntry {
    pub key: String,
    pub label: String,
    pub meaning: Meaning,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FractionEntry {
    pub numerator: i64,
    pub denominator: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonEntry {
    pub id: String,
    pub name: String,
}

/// One member's mandate when the vote closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MandateEntry {
    pub member: PersonEntry,
    pub is_chair: bool,
    /// The member, who held it, or nobody.
    pub holder: Option<PersonEntry>,
}

/// An open ballot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BallotEntry {
    pub member: PersonEntry,
    pub choice: String,
    pub way: Way,
    pub cast_by: PersonEntry,
    pub cast_at: String,
    /// CMS, detached, in hexadecimal, over the ballot's content.
    pub signature: Option<String>,
}

/// A secret ballot: the code on the voter's receipt, and the choice. Sorted by code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretBallotEntry {
    pub code: String,
    pub choice: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultEntry {
    pub total_members: i64,
    pub present: i64,
    pub proxies: i64,
    pub voted: i64,
    pub invalid: i64,
    pub not_voting: i64,
    pub counts: Vec<CountEntry>,
    pub outcome: Outcome,
    pub decided_by: DecidedBy,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountEntry {
    pub choice: String,
    pub ballots: i64,
}

impl From<Fraction> for FractionEntry {
    fn from(part: Fraction) -> Self {
        Self { numerator: part.numerator, denominator: part.denominator }
    }
}

impl From<FractionEntry> for Fraction {
    fn from(part: FractionEntry) -> Self {
        Self { numerator: part.numerator, denominator: part.denominator }
    }
}

impl From<&VoteTerms> for RuleEntry {
    fn from(terms: &VoteTerms) -> Self {
        let option = |one: &BallotOption| OptionEntry {
            key: one.key.clone(),
            label: one.label.clone(),
            meaning: one.meaning,
        };
        Self {
            options: terms.options.iter().map(option).collect(),
            quorum: terms.quorum.into(),
            pass: terms.pass.into(),
            base: terms.base,
            strict: terms.strict,
            tie: terms.tie,
            change_allowed: terms.change_allowed,
            secrecy: terms.secrecy,
            member_proxies: terms.member_proxies,
            substitutes_vote: terms.substitutes_vote,
            signed_ballots: terms.signed_ballots,
        }
    }
}

impl From<RuleEntry> for VoteTerms {
    fn from(rule: RuleEntry) -> Self {
        let option = |one: OptionEntry| BallotOption { key: one.key, label: one.label, meaning: one.meaning };
        Self {
            options: rule.options.into_iter().map(option).collect(),
            quorum: rule.quorum.into(),
            pass: rule.pass.into(),
            base: rule.base,
            strict: rule.strict,
            tie: rule.tie,
            change_allowed: rule.change_allowed,
            secrecy: rule.secrecy,
            member_proxies: rule.member_proxies,
            substitutes_vote: rule.substitutes_vote,
            signed_ballots: rule.signed_ballots,
        }
    }
}

impl ResultEntry {
    pub fn new(tally: &Tally, outcome: Outcome, decided_by: DecidedBy) -> Self {
        let count = |one: &Count| CountEntry { choice: one.choice.clone(), ballots: one.ballots };
        Self {
            total_members: tally.total_members,
            present: tally.present,
            proxies: tally.proxies,
            voted: tally.voted,
            invalid: tally.invalid,
            not_voting: tally.not_voting,
            counts: tally.counts.iter().map(count).collect(),
            outcome,
            decided_by,
        }
    }
}
