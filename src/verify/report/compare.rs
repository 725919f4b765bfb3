//! Two reports on what should be one file: what differs, and in which of the
//! things a verdict depends on.

use pades::verify::Sentence;
use serde::Serialize;
use serde_json::Value;

use super::{EarlierReport, Report};

/// One thing that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Another file: whatever else differs follows from this.
    Bytes,
    Clock {
        was: String,
        now: String,
    },
    Software {
        was: String,
        now: String,
    },
    Trust,
    Policy,
    Verdict {
        was: String,
        now: String,
    },
    Signature {
        field: String,
        was: String,
        now: String,
    },
}

impl EarlierReport {
    /// What differs between this report and one made now, causes first.
    pub fn differences(&self, now: &Report) -> Vec<Difference> {
        let result = serde_json::to_value(&now.result).unwrap_or_default();
        let mut found = Vec::new();
        if self.result.get("sha256") != result.get("sha256") {
            found.push(Difference::Bytes);
        }
        if self.at != now.at {
            found.push(Difference::Clock { was: self.at.clone(), now: now.at.clone() });
        }
        if self.version != now.version {
            found.push(Difference::Software { was: self.version.clone(), now: now.version.to_owned() });
        }
        if self.trust_fingerprint != now.trust_fingerprint {
            found.push(Difference::Trust);
        }
        if self.policy != now.policy {
            found.push(Difference::Policy);
        }
        let verdict = |of: &Value| text(of, "verdict");
        let (was, is) = (verdict(&self.result), verdict(&result));
        if was != is {
            found.push(Difference::Verdict { was, now: is });
        }
        found.extend(signatures(&self.result, &result));
        found
    }
}

fn signatures(before: &Value, now: &Value) -> Vec<Difference> {
    let list = |of: &Value| of.get("signatures").and_then(Value::as_array).cloned().unwrap_or_default();
    let (before, now) = (list(before), list(now));
    let most = before.len().max(now.len());
    (0..most)
        .filter_map(|at| {
            let (old, new) = (before.get(at), now.get(at));
            let (was, is) = (old.map_or_else(absent, finding), new.map_or_else(absent, finding));
            let field = old.or(new).map(|one| text(one, "field")).unwrap_or_default();
            (was != is).then_some(Difference::Signature { field, was, now: is })
        })
        .collect()
}

fn absent() -> String {
    "–".to_owned()
}

/// What was found of one signature, in a word or three.
fn finding(signature: &Value) -> String {
    let parts = ["indication", "sub_indication", "changes_after", "level"];
    let parts = parts.map(|key| text(signature, key));
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn text(of: &Value, key: &str) -> String {
    of.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

impl Difference {
    /// The difference in words.
    pub fn sentence(&self) -> Sentence {
        let (vi, en) = match self {
            Self::Bytes => (
                "Đây là tệp khác: mã băm không giống tệp của báo cáo trước.".to_owned(),
                "This is another file: its hash is not that of the earlier report.".to_owned(),
            ),
            Self::Clock { was, now } => (
                format!("Thời điểm kiểm tra: trước là {was}, nay là {now}."),
                format!("The time of judging: it was {was}, now it is {now}."),
            ),
            Self::Software { was, now } => (
                format!("Phần mềm: trước là phiên bản {was}, nay là {now}."),
                format!("The software: it was version {was}, now it is {now}."),
            ),
            Self::Trust => (
                "Danh sách tin cậy đã thay đổi.".to_owned(),
                "The list of trusted certificates has changed.".to_owned(),
            ),
            Self::Policy => {
                ("Chính sách kiểm tra đã thay đổi.".to_owned(), "The policy has changed.".to_owned())
            }
            Self::Verdict { was, now } => (
                format!("Kết quả: trước là {}, nay là {}.", vietnamese(was), vietnamese(now)),
                format!("The verdict: it was {was}, now it is {now}."),
            ),
            Self::Signature { field, was, now } => (
                format!("Chữ ký “{field}”: trước là {was}, nay là {now}."),
                format!("Signature “{field}”: it was {was}, now it is {now}."),
            ),
        };
        Sentence { vi, en }
    }
}

impl Serialize for Difference {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.sentence().serialize(serializer)
    }
}

fn vietnamese(verdict: &str) -> &str {
    match verdict {
        "valid" => "hợp lệ",
        "indeterminate" => "chưa kết luận được",
        "invalid" => "không hợp lệ",
        "unsigned" => "không có chữ ký",
        "unreadable" => "không đọc được",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::Difference;
    use crate::verify::report::{EarlierReport, Report};
    use crate::verify::{Grounds, Held, judge};

    fn report(file: &[u8], second: i64) -> Report {
        let grounds = Grounds { at: jiff::Timestamp::from_second(second).unwrap(), ..Grounds::nobody() };
        Report::new(judge(&Held(file), &grounds, None, None), &grounds)
    }

    #[test]
    fn the_same_again_differs_in_nothing() {
        let earlier = EarlierReport::from_json(report(crate::papers::BLANK, 5).to_json().as_bytes()).unwrap();
        assert_eq!(earlier.differences(&report(crate::papers::BLANK, 5)), []);
    }

    #[test]
    fn what_differs_is_named() {
        let earlier = EarlierReport::from_json(report(crate::papers::BLANK, 5).to_json().as_bytes()).unwrap();
        let found = earlier.differences(&report(b"no PDF", 65));
        let verdict = Difference::Verdict { was: "unsigned".into(), now: "unreadable".into() };
        assert!(
            matches!(found.as_slice(), [Difference::Bytes, Difference::Clock { .. }, last] if *last == verdict)
        );
    }

    #[test]
    fn what_is_no_report_is_not_taken_for_one() {
        assert!(EarlierReport::from_json(b"{}").is_none());
        let foreign =
            br#"{"software":"x","version":"1","at":"","trust_fingerprint":"","policy":"","result":{}}"#;
        assert!(EarlierReport::from_json(foreign).is_none());
    }
}
