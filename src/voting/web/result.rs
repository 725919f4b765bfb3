//! A result, ready to show.

use super::super::rules::{DecidedBy, Outcome, VoteKind, VoteState, Way};
use super::super::store::{self, Vote, VoteResult};
use crate::db::{self, Tx};
use crate::meetings::rules::{BallotOption, Meaning, Tie};
use crate::web::Lang;

/// A result with its shares.
pub struct ResultView {
    pub result: VoteResult,
    pub is_adopted: bool,
    pub outcome: String,
    pub decided_by: Option<String>,
    pub rows: Vec<ResultRow>,
}

pub struct ResultRow {
    pub label: String,
    pub icon: &'static str,
    pub kind: &'static str,
    pub count: i64,
    /// Per cent of all members and of the mandates there, one decimal.
    pub of_members: String,
    pub of_present: String,
    pub width: i64,
    /// One of the choices, not ballots that are missing or say nothing.
    pub is_option: bool,
}

/// What a voter chose, by name.
pub struct BallotLine {
    pub full_name: String,
    pub choice: String,
    /// Who cast it, when it was not the member: by proxy, or by hand.
    pub remark: Option<String>,
}

/// The rule of a vote in one sentence.
pub fn rule_text(lang: Lang, vote: &Vote) -> String {
    let terms = &vote.terms;
    let base = lang.t(&format!("base-{}", terms.base.as_str()));
    let key = if terms.strict { "rule-more-than" } else { "rule-at-least" };
    // The chair's side of a secret vote is nobody's to know.
    let tie = if vote.kind == VoteKind::Secret { Tie::Fail } else { terms.tie };
    let tie = lang.t(&format!("tie-{}", tie.as_str()));
    let gaps = [
        ("quorum", terms.quorum.to_string()),
        ("part", terms.pass.to_string()),
        ("base", base),
        ("tie", tie),
    ];
    let gaps: Vec<(&'static str, &str)> = gaps.iter().map(|(name, value)| (*name, value.as_str())).collect();
    lang.t_with(key, &gaps)
}

/// An option as people read it.
pub fn option_label(lang: Lang, option: &BallotOption) -> String {
    if option.label.is_empty() {
        lang.t(&format!("choice-{}", option.meaning.as_str()))
    } else {
        option.label.clone()
    }
}

/// A choice as people read it.
pub fn choice_label(lang: Lang, vote: &Vote, choice: &str) -> String {
    let option = vote.terms.options.iter().find(|option| option.key == choice);
    option.map_or_else(|| choice.to_owned(), |option| option_label(lang, option))
}

pub fn result_view(lang: Lang, vote: &Vote, result: VoteResult) -> ResultView {
    let tally = &result.tally;
    let row = |label: String, (icon, kind), count: i64| ResultRow {
        label,
        icon,
        kind,
        count,
        of_members: per_cent(count, tally.total_members),
        of_present: per_cent(count, tally.mandates()),
        width: if tally.total_members > 0 { count * 100 / tally.total_members } else { 0 },
        is_option: false,
    };
    let mut rows: Vec<ResultRow> = tally
        .counts
        .iter()
        .map(|count| ResultRow {
            is_option: true,
            ..row(choice_label(lang, vote, &count.choice), look(count.meaning), count.ballots)
        })
        .collect();
    if tally.invalid > 0 {
        rows.push(row(lang.t("invalid-ballots"), ("warn", "none"), tally.invalid));
    }
    rows.push(row(lang.t("not-voting"), ("ring", "none"), tally.not_voting));
    ResultView {
        is_adopted: result.outcome == Outcome::Adopted,
        outcome: lang.t(outcome_key(result.outcome)),
        decided_by: decided_by_key(result.decided_by).map(|key| lang.t(key)),
        rows,
        result,
    }
}

/// Icon and bar of a meaning: never colour alone.
fn look(meaning: Meaning) -> (&'static str, &'static str) {
    match meaning {
        Meaning::Approve => ("check", "good"),
        Meaning::Reject => ("cross", "bad"),
        Meaning::Abstain => ("minus", ""),
        Meaning::Other => ("edit", ""),
    }
}

pub fn outcome_key(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Adopted => "outcome-adopted",
        Outcome::Rejected => "outcome-rejected",
        Outcome::NoQuorum => "outcome-no_quorum",
        Outcome::Void => "outcome-void",
    }
}

/// Why it came out so, where the count alone does not say it.
pub fn decided_by_key(decided_by: DecidedBy) -> Option<&'static str> {
    match decided_by {
        DecidedBy::Count => None,
        DecidedBy::ChairSide => Some("decided-chair-side"),
        DecidedBy::TieFails => Some("decided-tie-fails"),
        DecidedBy::Unanimous => Some("decided-unanimous"),
    }
}

/// Who chose what, once an open vote is over; nothing of a secret one.
pub(super) async fn ballots(tx: &mut Tx, lang: Lang, vote: &Vote) -> Result<Vec<BallotLine>, db::Error> {
    if vote.state != VoteState::Published {
        return Ok(Vec::new());
    }
    let ballots = store::ballots(tx, vote.id).await?;
    let line = |ballot: store::NamedBallot| BallotLine {
        choice: choice_label(lang, vote, &ballot.choice),
        remark: match ballot.way {
            Way::Own => None,
            Way::Proxy => Some(lang.t_with("ballot-by-proxy", &[("name", &ballot.caster)])),
            Way::Hand => Some(lang.t_with("ballot-by-hand", &[("name", &ballot.caster)])),
        },
        full_name: ballot.full_name,
    };
    Ok(ballots.into_iter().map(line).collect())
}

/// `66,7 %`: decimals with a comma, as Vietnamese documents write them.
pub fn per_cent(part: i64, whole: i64) -> String {
    if whole <= 0 {
        return "–".to_owned();
    }
    let tenths = (part * 1000 + whole / 2) / whole;
    format!("{},{} %", tenths / 10, tenths % 10)
}
