//! The record of a vote: all that is needed to count it again.
//!
//! Pure: it is made from what the database holds when the vote closes, and
//! checked by anybody with the file alone. `docs/vote-record.md` describes it
//! for those who write a checker of their own.

mod check;
mod entries;

use std::fmt::Write;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub use self::check::{Finding, Judged, RecordSigner, Verdict, judge};
pub use self::entries::{
    BallotEntry, CountEntry, Entry, FractionEntry, MandateEntry, MeetingEntry, OptionEntry, PaperEntry,
    PersonEntry, ResultEntry, RuleEntry, SecretBallotEntry, VoteEntry,
};

/// Stands in every record; another way of writing gets another number.
pub const FORMAT: &str = "ecabinet-vote-record-1";

/// A signature over a record as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordSignature {
    /// CMS, detached, in hexadecimal, over [`signed_content`].
    pub cms: String,
    /// When the signer says it was made.
    pub signed_at: String,
}

/// A record as its file holds it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordFile {
    format: String,
    entries: Vec<Link>,
    head: String,
    signatures: Vec<RecordSignature>,
}

/// An entry and the hash of everything up to it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Link {
    entry: Value,
    hash: String,
}

/// The one way to write a value (RFC 8785): no spaces, keys in order. Numbers
/// here are whole, so nothing else is left open.
pub fn canonical(value: &impl Serialize) -> String {
    // Our types have string keys and no floats: they always turn into a value.
    serde_json::to_value(value).unwrap_or_default().to_string()
}

/// Chains the entries; gives the body to keep and its head. The body is the
/// canonical form of the whole, put together from that of its entries.
pub fn seal(entries: &[Entry]) -> (String, String) {
    let mut head = first_hash();
    let mut body = String::from(r#"{"entries":["#);
    for (index, entry) in entries.iter().enumerate() {
        let entry = canonical(entry);
        head = next_hash(&head, &entry);
        let comma = if index == 0 { "" } else { "," };
        // Writing into a String does not fail.
        let _ = write!(body, r#"{comma}{{"entry":{entry},"hash":"{head}"}}"#);
    }
    let _ = write!(body, r#"],"format":"{FORMAT}","head":"{head}","signatures":[]}}"#);
    (body, head)
}

/// The body with its signatures: what a person downloads.
pub fn with_signatures(body: &str, signatures: &[RecordSignature]) -> Result<String, serde_json::Error> {
    let mut file: Value = serde_json::from_str(body)?;
    if let Some(fields) = file.as_object_mut() {
        fields.insert("signatures".to_owned(), serde_json::to_value(signatures)?);
    }
    Ok(file.to_string())
}

fn first_hash() -> String {
    "0".repeat(64)
}

/// SHA-256 over the hash before, in letters, and the entry in its one form.
fn next_hash(before: &str, entry: &str) -> String {
    hex::encode(Sha256::digest(format!("{before}{entry}")))
}

/// What a signature over a record is made of: the last hash stands for all
/// entries, and the time cannot be changed afterwards.
pub fn signed_content(head: &str, signed_at: &str) -> String {
    format!("{FORMAT} {head} {signed_at}")
}

/// What a member signs when the rule asks for signed ballots: the question,
/// the exact paper, whose mandate it is, and the choice.
pub fn ballot_content(
    vote: &str,
    question: &str,
    paper_sha256: Option<&str>,
    member: &str,
    cast_by: &str,
    choice: &str,
) -> String {
    let content = json!({
        "format": "ecabinet-ballot-1", "vote": vote, "question": question, "paper": paper_sha256,
        "member": member, "cast_by": cast_by, "choice": choice,
    });
    content.to_string()
}

#[cfg(test)]
mod tests;
