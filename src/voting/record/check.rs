//! Checking a record with nothing but its file: the chain, the count, the
//! outcome by the rule, and the signatures.

use std::collections::BTreeSet;

use pades::detached::{self, Trust};
use pades::trust::Anchors;
use serde::Serialize;
use serde_json::Value;

use super::entries::{BallotEntry, Entry, MandateEntry, ResultEntry, SecretBallotEntry, VoteEntry};
use super::{FORMAT, RecordFile, ballot_content, first_hash, next_hash, signed_content};
use crate::identity::PersonId;
use crate::meetings::rules::{Tie, VoteTerms};
use crate::voting::rules::{DecidedBy, Mandate, Outcome, Tally, VoteKind, Way};

/// What a record comes to, in the words of the verdict on PDFs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Valid,
    Indeterminate,
    Invalid,
    Unsigned,
    Unreadable,
}

/// Something that does not hold, or could not be decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub code: &'static str,
    /// Whom or what it is about.
    pub about: String,
    /// It does not hold; otherwise it is open.
    pub is_fault: bool,
}

/// Somebody who signed the record as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordSigner {
    pub name: String,
    pub signed_at: String,
}

/// What checking a record brought to light.
#[derive(Clone, Debug, Serialize)]
pub struct Judged {
    pub verdict: Verdict,
    pub findings: Vec<Finding>,
    pub vote: Option<VoteEntry>,
    /// The result, as counted again from the ballots.
    pub recounted: Option<ResultEntry>,
    pub signers: Vec<RecordSigner>,
    /// Ballots that carry a signature that holds.
    pub signed_ballots: usize,
}

/// Judges the bytes of a record. Certificates are followed to `anchors`, as of `at`.
pub fn judge(bytes: &[u8], anchors: &Anchors, at: jiff::Timestamp) -> Judged {
    let mut judging = Judging {
        anchors,
        at,
        judged: Judged {
            verdict: Verdict::Unreadable,
            findings: Vec::new(),
            vote: None,
            recounted: None,
            signers: Vec::new(),
            signed_ballots: 0,
        },
    };
    if let Some(file) = judging.read(bytes) {
        judging.run(&file);
        judging.judged.verdict = judging.verdict();
    }
    judging.judged
}

struct Judging<'a> {
    anchors: &'a Anchors,
    at: jiff::Timestamp,
    judged: Judged,
}

/// The entries of a record, sorted out.
struct Parts<'a> {
    vote: &'a VoteEntry,
    terms: VoteTerms,
    mandates: Vec<&'a MandateEntry>,
    ballots: Vec<&'a BallotEntry>,
    secret: Vec<&'a SecretBallotEntry>,
    result: &'a ResultEntry,
}

impl Judging<'_> {
    fn fault(&mut self, code: &'static str, about: impl Into<String>) {
        self.judged.findings.push(Finding { code, about: about.into(), is_fault: true });
    }

    fn open(&mut self, code: &'static str, about: impl Into<String>) {
        self.judged.findings.push(Finding { code, about: about.into(), is_fault: false });
    }

    fn verdict(&self) -> Verdict {
        if self.judged.findings.iter().any(|finding| finding.is_fault) {
            Verdict::Invalid
        } else if self.judged.signers.is_empty() && self.judged.findings.is_empty() {
            Verdict::Unsigned
        } else if self.judged.findings.is_empty() {
            Verdict::Valid
        } else {
            Verdict::Indeterminate
        }
    }

    /// Reads a file that says it is a record. One that is written in another
    /// way than the one way was changed by somebody.
    fn read(&mut self, bytes: &[u8]) -> Option<RecordFile> {
        let text = std::str::from_utf8(bytes).ok()?;
        let value: Value = serde_json::from_str(text).ok()?;
        if value.get("format").and_then(Value::as_str) != Some(FORMAT) {
            return None;
        }
        if super::canonical(&value) != text.trim_end() {
            self.fault("not-canonical", "");
        }
        match serde_json::from_value(value) {
            Ok(file) => Some(file),
            Err(error) => {
                self.fault("malformed", error.to_string());
                self.judged.verdict = Verdict::Invalid;
                None
            }
        }
    }

    fn run(&mut self, file: &RecordFile) {
        self.check_chain(file);
        let entries: Result<Vec<Entry>, _> =
            file.entries.iter().map(|link| serde_json::from_value(link.entry.clone())).collect();
        match entries {
            Ok(entries) => match sort(&entries) {
                Some(parts) => self.check_parts(&parts),
                None => self.fault("order", ""),
            },
            Err(error) => self.fault("malformed", error.to_string()),
        }
        for signature in &file.signatures {
            self.check_record_signature(&file.head, signature);
        }
    }

    fn check_chain(&mut self, file: &RecordFile) {
        let mut head = first_hash();
        for (number, link) in (1..).zip(&file.entries) {
            head = next_hash(&head, &link.entry.to_string());
            if head != link.hash {
                self.fault("chain", number.to_string());
            }
            // One fault is told where it is, not at every entry behind it.
            head.clone_from(&link.hash);
        }
        if head != file.head {
            self.fault("chain", "head");
        }
    }

    fn check_parts(&mut self, parts: &Parts<'_>) {
        self.judged.vote = Some(parts.vote.clone());
        self.check_mandates(parts);
        for ballot in &parts.ballots {
            self.check_ballot(parts, ballot);
        }
        let is_mixed = match parts.vote.ballots {
            VoteKind::Open => !parts.secret.is_empty(),
            VoteKind::Secret => !parts.ballots.is_empty(),
        };
        let is_sorted = parts.secret.windows(2).all(|pair| match pair {
            [one, next] => one.code < next.code,
            _ => true,
        });
        if is_mixed || !is_sorted {
            self.fault("ballots", "");
        }
        self.recount(parts);
    }

    /// One mandate for each member, and one ballot for each mandate at most.
    fn check_mandates(&mut self, parts: &Parts<'_>) {
        let members: BTreeSet<&str> = parts.mandates.iter().map(|one| one.member.id.as_str()).collect();
        if members.len() != parts.mandates.len() {
            self.fault("mandate-twice", "");
        }
        let voters: BTreeSet<&str> = parts.ballots.iter().map(|one| one.member.id.as_str()).collect();
        if voters.len() != parts.ballots.len() {
            self.fault("ballot-twice", "");
        }
        if parts.mandates.iter().filter(|one| one.is_chair).count() > 1 {
            self.fault("two-chairs", "");
        }
    }

    fn check_ballot(&mut self, parts: &Parts<'_>, ballot: &BallotEntry) {
        let name = &ballot.member.name;
        let mandate = parts.mandates.iter().find(|one| one.member.id == ballot.member.id);
        if mandate.is_none_or(|one| one.holder.is_none() || one.member != ballot.member) {
            self.fault("ballot-without-mandate", name);
        }
        if (ballot.way == Way::Own) != (ballot.cast_by == ballot.member) {
            self.fault("ballot-way", name);
        }
        if parts.terms.meaning(&ballot.choice).is_none() {
            self.fault("ballot-choice", name);
        }
        match &ballot.signature {
            Some(cms) => self.check_ballot_signature(parts.vote, ballot, cms),
            None if parts.terms.signed_ballots => self.fault("ballot-unsigned", name),
            None => {}
        }
    }

    fn check_ballot_signature(&mut self, vote: &VoteEntry, ballot: &BallotEntry, cms: &str) {
        let paper = vote.paper.as_ref().map(|paper| paper.sha256.as_str());
        let (member, caster) = (&ballot.member.id, &ballot.cast_by.id);
        let content = ballot_content(&vote.id, &vote.question, paper, member, caster, &ballot.choice);
        let Some(signed) = self.check_signature(&content, cms, &ballot.member.name) else { return };
        if signed.common_name == ballot.cast_by.name {
            self.judged.signed_ballots += 1;
        } else {
            self.fault("ballot-signer", &ballot.member.name);
        }
    }

    fn check_record_signature(&mut self, head: &str, signature: &super::RecordSignature) {
        let content = signed_content(head, &signature.signed_at);
        if let Some(signed) = self.check_signature(&content, &signature.cms, "record") {
            let signer = RecordSigner { name: signed.common_name, signed_at: signature.signed_at.clone() };
            self.judged.signers.push(signer);
        }
    }

    /// The signer, if the signature holds; whether to trust them is noted.
    fn check_signature(&mut self, content: &str, cms: &str, about: &str) -> Option<detached::Signed> {
        let checked = hex::decode(cms)
            .map_err(|_| detached::Broken::Malformed)
            .and_then(|cms| detached::verify(content.as_bytes(), &cms, self.anchors, self.at));
        let Ok(signed) = checked else {
            self.fault("signature", about);
            return None;
        };
        match signed.trust {
            Trust::Anchored => {}
            Trust::Unknown => self.open("signer-not-trusted", &signed.common_name),
            Trust::OutOfBounds => self.open("signer-out-of-time", &signed.common_name),
            Trust::Unfit => self.open("signer-unfit", &signed.common_name),
        }
        Some(signed)
    }

    /// Counts the ballots again, by the rule.
    fn recount(&mut self, parts: &Parts<'_>) {
        let mandates: Vec<Mandate> = parts.mandates.iter().map(|one| mandate(one)).collect();
        let choices: Vec<&str> = match parts.vote.ballots {
            VoteKind::Open => parts.ballots.iter().map(|ballot| ballot.choice.as_str()).collect(),
            VoteKind::Secret => parts.secret.iter().map(|ballot| ballot.choice.as_str()).collect(),
        };
        let mut terms = parts.terms.clone();
        if parts.vote.ballots == VoteKind::Secret {
            // Which side the chair took is as secret as the rest.
            terms.tie = Tie::Fail;
        }
        let tally = Tally::count(&terms, &mandates, choices.into_iter());
        let chair = parts.mandates.iter().find(|one| one.is_chair).map(|one| one.member.id.as_str());
        let of_chair = parts.ballots.iter().find(|ballot| Some(ballot.member.id.as_str()) == chair);
        let side = of_chair.and_then(|ballot| parts.terms.meaning(&ballot.choice));
        let (mut outcome, mut decided_by) = tally.decide(&terms, side);
        let is_void = parts.result.outcome == Outcome::Void && parts.secret.is_empty();
        if is_void && parts.vote.ballots == VoteKind::Secret {
            (outcome, decided_by) = (Outcome::Void, DecidedBy::Count);
        } else if parts.result.decided_by == DecidedBy::Unanimous
            && outcome == Outcome::Adopted
            && tally.is_unanimous()
        {
            decided_by = DecidedBy::Unanimous;
        }
        let recounted = ResultEntry::new(&tally, outcome, decided_by);
        if recounted != *parts.result {
            self.fault("result", "");
        }
        self.judged.recounted = Some(recounted);
    }
}

/// Who is who does not matter for counting: only whether the holder is the member.
fn mandate(entry: &MandateEntry) -> Mandate {
    let member = PersonId::new();
    let holder =
        entry.holder.as_ref().map(|holder| if *holder == entry.member { member } else { PersonId::new() });
    Mandate { member, holder }
}

/// The entries in their order: vote, rule, mandates, ballots, result.
fn sort(entries: &[Entry]) -> Option<Parts<'_>> {
    let [Entry::Vote(vote), Entry::Rule(rule), rest @ .., Entry::Result(result)] = entries else {
        return None;
    };
    let mut parts = Parts {
        vote,
        terms: rule.clone().into(),
        mandates: Vec::new(),
        ballots: Vec::new(),
        secret: Vec::new(),
        result,
    };
    for entry in rest {
        let has_ballots = !parts.ballots.is_empty() || !parts.secret.is_empty();
        match entry {
            Entry::Mandate(mandate) if !has_ballots => parts.mandates.push(mandate),
            Entry::Ballot(ballot) => parts.ballots.push(ballot),
            Entry::SecretBallot(ballot) => parts.secret.push(ballot),
            Entry::Vote(_) | Entry::Rule(_) | Entry::Mandate(_) | Entry::Result(_) => return None,
        }
    }
    Some(parts)
}
