use serde::{Serialize, Serializer};

use crate::words;

/// The result of one vote, with every number that a share is taken of.
///
/// All counts come from the record of the vote. None is worked out here from
/// the others, so the form cannot hide that they do not add up.
#[derive(Clone, Debug)]
pub struct Vote {
    /// What was voted on.
    pub subject: String,
    /// How: "Biểu quyết công khai", "Bỏ phiếu kín".
    pub method: String,
    /// All members who have a vote (tổng số thành viên).
    pub eligible: u32,
    /// Of these, the present.
    pub present: u32,
    /// Mandates of absent members that somebody present held.
    pub proxies: u32,
    /// Of the present and their proxies, those who voted.
    pub voted: u32,
    /// Ballots that say nothing.
    pub invalid: u32,
    /// The present who did not vote.
    pub not_voting: u32,
    /// What could be chosen, and how many did.
    pub options: Vec<VoteOption>,
    /// A sentence that says what was needed.
    pub rule: String,
    /// A sentence that says what came of it.
    pub outcome: String,
}

/// One choice in a vote.
#[derive(Clone, Debug)]
pub struct VoteOption {
    /// "Tán thành".
    pub label: String,
    /// How many chose it.
    pub count: u32,
}

/// The vote as the template shows it.
#[derive(Serialize)]
struct VoteTable<'a> {
    subject: &'a str,
    method: &'a str,
    eligible: u32,
    present: u32,
    proxies: u32,
    /// Of the present and of those they held a proxy for.
    mandates: u32,
    voted: u32,
    rows: Vec<VoteRow<'a>>,
    rule: &'a str,
    outcome: &'a str,
}

#[derive(Serialize)]
struct VoteRow<'a> {
    label: &'a str,
    count: u32,
    of_eligible: String,
    of_present: String,
}

impl Serialize for Vote {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mandates = self.present + self.proxies;
        let row = |label, count| VoteRow {
            label,
            count,
            of_eligible: words::share(count, self.eligible),
            of_present: words::share(count, mandates),
        };
        let mut rows: Vec<_> =
            self.options.iter().map(|option| row(option.label.as_str(), option.count)).collect();
        rows.push(row("Phiếu không hợp lệ", self.invalid));
        rows.push(row("Không tham gia biểu quyết", self.not_voting));
        VoteTable {
            subject: &self.subject,
            method: &self.method,
            eligible: self.eligible,
            present: self.present,
            proxies: self.proxies,
            mandates,
            voted: self.voted,
            rows,
            rule: &self.rule,
            outcome: &self.outcome,
        }
        .serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_all_members_and_of_the_mandates_there() {
        let vote = Vote {
            subject: "Tờ trình số 5".into(),
            method: "biểu quyết công khai".into(),
            eligible: 30,
            present: 26,
            proxies: 2,
            invalid: 0,
            voted: 27,
            not_voting: 1,
            options: vec![VoteOption { label: "Tán thành".into(), count: 27 }],
            rule: "quá nửa tổng số thành viên tán thành.".into(),
            outcome: "được thông qua.".into(),
        };
        assert_eq!(
            serde_json::to_value(&vote).ok().and_then(|vote| vote.get("rows").cloned()),
            Some(serde_json::json!([
                { "label": "Tán thành", "count": 27, "of_eligible": "90,00%", "of_present": "96,43%" },
                { "label": "Phiếu không hợp lệ", "count": 0, "of_eligible": "0,00%", "of_present": "0,00%" },
                { "label": "Không tham gia biểu quyết", "count": 1, "of_eligible": "3,33%", "of_present": "3,57%" },
            ])),
        );
    }
}
