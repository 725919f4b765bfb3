use pades::trust::Anchors;
use serde_json::Value;

use super::*;
use crate::meetings::rules::{Fraction, PassBase, Secrecy, Tie, VoteTerms, usual_options};
use crate::voting::rules::{DecidedBy, Outcome, VoteKind, Way};

fn person(name: &str) -> PersonEntry {
    PersonEntry { id: format!("id-{name}"), name: name.to_owned() }
}

fn mandate(name: &str, holder: Option<&str>) -> Entry {
    let holder = holder.map(person);
    Entry::Mandate(MandateEntry { member: person(name), is_chair: name == "An", holder })
}

fn ballot(name: &str, caster: &str, choice: &str) -> Entry {
    let way = if name == caster { Way::Own } else { Way::Proxy };
    Entry::Ballot(BallotEntry {
        member: person(name),
        choice: choice.to_owned(),
        way,
        cast_by: person(caster),
        cast_at: "2026-11-23T05:00:00Z".to_owned(),
        signature: None,
    })
}

fn rule() -> VoteTerms {
    VoteTerms {
        options: usual_options(),
        quorum: Fraction { numerator: 1, denominator: 2 },
        pass: Fraction { numerator: 1, denominator: 2 },
        base: PassBase::TotalMembers,
        strict: true,
        tie: Tie::ChairSide,
        change_allowed: true,
        secrecy: Secrecy::Allowed,
        member_proxies: true,
        substitutes_vote: false,
        signed_ballots: false,
    }
}

/// Four members: two there, one by proxy, one away; three ballots, two approve and one rejects.
fn entries() -> Vec<Entry> {
    let count = |choice: &str, ballots| CountEntry { choice: choice.to_owned(), ballots };
    vec![
        Entry::Vote(VoteEntry {
            id: "vote".into(),
            number: 3,
            ballots: VoteKind::Open,
            repeats: None,
            question: "Thông qua dự thảo?".into(),
            paper: Some(PaperEntry { title: "Tờ trình".into(), version: 2, sha256: "ab".repeat(32) }),
            meeting: MeetingEntry {
                id: "meeting".into(),
                title: "Phiên họp".into(),
                organisation: "UBND".into(),
                body: "UBND phường".into(),
            },
            opened_at: "2026-11-23T04:00:00Z".into(),
            closed_at: "2026-11-23T05:00:00Z".into(),
        }),
        Entry::Rule((&rule()).into()),
        mandate("An", Some("An")),
        mandate("Bình", Some("Bình")),
        mandate("Cường", Some("An")),
        mandate("Dung", None),
        ballot("An", "An", "approve"),
        ballot("Bình", "Bình", "reject"),
        ballot("Cường", "An", "approve"),
        Entry::Result(ResultEntry {
            total_members: 4,
            present: 2,
            proxies: 1,
            voted: 3,
            invalid: 0,
            not_voting: 0,
            counts: vec![count("approve", 2), count("reject", 1), count("abstain", 0)],
            outcome: Outcome::Rejected,
            decided_by: DecidedBy::Count,
        }),
    ]
}

fn judged(text: &str) -> Judged {
    judge(text.as_bytes(), &Anchors::none(), jiff::Timestamp::UNIX_EPOCH)
}

fn codes(judged: &Judged) -> Vec<&str> {
    judged.findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn an_honest_record_is_intact_and_unsigned() {
    let (body, _) = seal(&entries());
    let judged = judged(&body);
    assert_eq!((judged.verdict, codes(&judged)), (Verdict::Unsigned, vec![]));
}

/// Each place of a value where something else can stand.
fn places(value: &Value, path: String, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(key, inner)| places(inner, format!("{path}/{key}"), found));
        }
        Value::Array(items) => {
            let inner = items.iter().enumerate();
            inner.for_each(|(at, inner)| places(inner, format!("{path}/{at}"), found));
        }
        _ => found.push(path),
    }
}

fn altered(value: &Value) -> Value {
    match value {
        Value::Null => "something".into(),
        Value::Bool(word) => (!word).into(),
        Value::Number(number) => (number.as_i64().unwrap() + 1).into(),
        Value::String(text) => format!("{text}x").into(),
        Value::Array(_) | Value::Object(_) => Value::Null,
    }
}

#[test]
fn every_field_that_is_changed_is_found() {
    let (body, _) = seal(&entries());
    let whole: Value = serde_json::from_str(&body).unwrap();
    let mut found = Vec::new();
    places(&whole, String::new(), &mut found);
    assert!(found.len() > 80, "{}", found.len());
    for path in found {
        let mut forged = whole.clone();
        let place = forged.pointer_mut(&path).unwrap();
        *place = altered(place);
        let expected = if path == "/format" { Verdict::Unreadable } else { Verdict::Invalid };
        assert_eq!(judged(&forged.to_string()).verdict, expected, "{path}");
    }
}

#[test]
fn an_entry_that_is_gone_doubled_or_moved_is_found() {
    let (body, _) = seal(&entries());
    let whole: Value = serde_json::from_str(&body).unwrap();
    let count = whole["entries"].as_array().unwrap().len();
    for at in 0..count {
        for forge in [
            |entries: &mut Vec<Value>, at: usize| drop(entries.remove(at)),
            |entries: &mut Vec<Value>, at: usize| {
                let copy = entries[at].clone();
                entries.insert(at, copy);
            },
            |entries: &mut Vec<Value>, at: usize| {
                let next = (at + 1) % entries.len();
                entries.swap(at, next);
            },
        ] {
            let mut forged = whole.clone();
            forge(forged["entries"].as_array_mut().unwrap(), at);
            assert_eq!(judged(&forged.to_string()).verdict, Verdict::Invalid, "{at}");
        }
    }
}

/// A forger who makes the whole chain anew is found by the count.
#[test]
fn a_chain_made_anew_over_another_result_is_found() {
    type Forge = fn(&mut Vec<Entry>);
    let cases: [(&str, Forge); 6] = [
        ("result", |entries| {
            if let Some(Entry::Result(result)) = entries.last_mut() {
                result.outcome = Outcome::Adopted;
            }
        }),
        ("result", |entries| {
            if let Some(Entry::Ballot(ballot)) = entries.get_mut(7) {
                ballot.choice = "approve".into();
            }
        }),
        ("result", |entries| drop(entries.remove(5))),
        ("ballot-twice", |entries| {
            let copy = entries[7].clone();
            entries.insert(8, copy);
        }),
        ("ballot-without-mandate", |entries| entries.insert(9, ballot("Dung", "Dung", "approve"))),
        ("ballot-choice", |entries| {
            if let Some(Entry::Ballot(ballot)) = entries.get_mut(7) {
                ballot.choice = "perhaps".into();
            }
        }),
    ];
    for (code, forge) in cases {
        let mut forged = entries();
        forge(&mut forged);
        let (body, _) = seal(&forged);
        let judged = judged(&body);
        assert!(codes(&judged).contains(&code), "{code}: {:?}", judged.findings);
        assert_eq!(judged.verdict, Verdict::Invalid, "{code}");
    }
}

#[test]
fn a_missing_ballot_signature_is_found_where_the_rule_asks_for_one() {
    let mut unsigned = entries();
    unsigned[1] = Entry::Rule((&VoteTerms { signed_ballots: true, ..rule() }).into());
    let (body, _) = seal(&unsigned);
    assert_eq!(codes(&judged(&body)), ["ballot-unsigned"; 3]);
}

#[test]
fn spaces_and_other_files_are_told_apart() {
    let (body, _) = seal(&entries());
    assert_eq!(codes(&judged(&body.replace(',', ", "))), ["not-canonical"]);
    assert_eq!(judged(&format!("{body}\n")).verdict, Verdict::Unsigned, "a line end is no change");
    for other in ["", "{}", "[]", "%PDF-1.7", "{\"format\":\"ecabinet-vote-record-2\"}"] {
        assert_eq!(judged(other).verdict, Verdict::Unreadable, "{other}");
    }
}
