//! The rule a body votes by.

use super::Fraction;

crate::words! {
    /// What a majority is counted over.
    PassBase { TotalMembers = "total_members", Present = "present", Voted = "voted" }

    /// What happens when approvals and rejections are equal.
    Tie { ChairSide = "chair_side", Fail = "fail" }

    /// What a choice says about the question.
    Meaning { Approve = "approve", Reject = "reject", Abstain = "abstain", Other = "other" }

    /// Whether a vote may be secret.
    Secrecy { Forbidden = "forbidden", Allowed = "allowed", Required = "required" }
}

/// One of the choices on a ballot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BallotOption {
    /// What a ballot holds: short, of lower-case letters, digits and `_`.
    pub key: String,
    /// As printed on the sheet. Empty: the usual words for its meaning.
    pub label: String,
    pub meaning: Meaning,
}

/// The rule a body votes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoteTerms {
    /// In the order of the sheet.
    pub options: Vec<BallotOption>,
    pub quorum: Fraction,
    pub pass: Fraction,
    pub base: PassBase,
    /// More than the part, not just the part.
    pub strict: bool,
    pub tie: Tie,
    pub change_allowed: bool,
    pub secrecy: Secrecy,
    /// An absent member may give the mandate to another member.
    pub member_proxies: bool,
    /// Who sits in for an absent member holds the member's mandate.
    pub substitutes_vote: bool,
    /// An open ballot needs the signature of who casts it.
    pub signed_ballots: bool,
}

impl VoteTerms {
    /// What `choice` says, if it is one of the options.
    pub fn meaning(&self, choice: &str) -> Option<Meaning> {
        self.options.iter().find(|option| option.key == choice).map(|option| option.meaning)
    }
}

/// Tán thành, không tán thành, không biểu quyết.
pub fn usual_options() -> Vec<BallotOption> {
    let usual = [Meaning::Approve, Meaning::Reject, Meaning::Abstain];
    let option =
        |meaning: Meaning| BallotOption { key: meaning.as_str().to_owned(), label: String::new(), meaning };
    usual.into_iter().map(option).collect()
}

/// True when the options can be voted on: two to nine, with different keys,
/// and one that approves.
pub fn are_usable(options: &[BallotOption]) -> bool {
    let is_key = |key: &str| {
        let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
        (1..=20).contains(&key.len()) && key.chars().all(is_plain)
    };
    let is_first = |at: usize, key: &str| options.iter().take(at).all(|earlier| earlier.key != key);
    (2..=9).contains(&options.len())
        && options.iter().enumerate().all(|(at, option)| is_key(&option.key) && is_first(at, &option.key))
        && options.iter().any(|option| option.meaning == Meaning::Approve)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_need_different_keys_and_one_that_approves() {
        assert!(are_usable(&usual_options()));
        let mut twice = usual_options();
        twice[1].key = "approve".into();
        assert!(!are_usable(&twice));
        assert!(!are_usable(&usual_options()[1..]));
        assert!(!are_usable(&usual_options()[..1]));
        let mut odd = usual_options();
        odd[2].key = "Không".into();
        assert!(!are_usable(&odd));
    }
}
