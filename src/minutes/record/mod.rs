//! What the system saw of a meeting, in the sentences of minutes: who ran it,
//! when it stood still, who spoke, who was questioned, what was said on papers.
//!
//! Nobody types these sentences and nobody can change them.

mod store;

use self::store::{OpinionRow, SpeechRow};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::meetings::store::Meeting;
use crate::meetings::{self, ItemId};

/// The record of one meeting.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Breaks, and who ran the meeting instead of its chair.
    pub course: Vec<String>,
    items: Vec<(ItemId, Notes)>,
}

/// What happened on one point of the agenda, a sentence each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    pub speeches: Vec<String>,
    pub questions: Vec<String>,
    pub opinions: Vec<String>,
}

impl Record {
    pub fn of(&self, item: ItemId) -> Notes {
        self.items.iter().find(|(of, _)| *of == item).map(|(_, notes)| notes.clone()).unwrap_or_default()
    }
}

/// Reads the record of a meeting.
pub async fn read(tx: &mut Tx, meeting: &Meeting) -> Result<Record, db::Error> {
    let speeches = store::speeches(tx, meeting.id).await?;
    let opinions = store::opinions(tx, meeting.id).await?;
    let are_shown = store::opinions_are_shown(tx, meeting.id).await?;
    let mut items = Vec::new();
    for item in meetings::store::items(tx, meeting.id).await? {
        let of_item: Vec<&SpeechRow> = speeches.iter().filter(|row| row.item_id == item.id).collect();
        let said: Vec<&OpinionRow> = opinions.iter().filter(|row| row.item_id == item.id).collect();
        let notes = Notes {
            speeches: of_item.iter().filter(|row| !row.is_question()).map(|row| speech(row)).collect(),
            questions: of_item.iter().filter(|row| row.is_question()).map(|row| question(row)).collect(),
            opinions: if are_shown { said.iter().map(|row| opinion(row)).collect() } else { counted(&said) },
        };
        items.push((item.id, notes));
    }
    Ok(Record { course: course(tx, meeting).await?, items })
}

async fn course(tx: &mut Tx, meeting: &Meeting) -> Result<Vec<String>, db::Error> {
    let mut moments: Vec<(Timestamp, String)> = Vec::new();
    for (kind, from, to) in store::breaks(tx, meeting.id).await? {
        let word = if kind == "adjourned" { "Tạm dừng, họp tiếp sau" } else { "Nghỉ giải lao" };
        moments.push((from, format!("{word}: {}.", period(from, to))));
    }
    for turn in meetings::store::conductors(tx, meeting.id).await? {
        moments
            .push((turn.since, format!("Từ {}: {} điều hành phiên họp.", turn.since.time(), turn.full_name)));
    }
    moments.sort_by_key(|(at, _)| *at);
    Ok(moments.into_iter().map(|(_, sentence)| sentence).collect())
}

/// "08:10–08:25", or with the days when it went on on another.
fn period(from: Timestamp, to: Option<Timestamp>) -> String {
    match to {
        None => format!("từ {}", from.time()),
        Some(to) if to.date() == from.date() => format!("{}–{}", from.time(), to.time()),
        Some(to) => format!("từ {} đến {}", from.date_time(), to.date_time()),
    }
}

fn speech(row: &SpeechRow) -> String {
    let kind = if row.kind == "point_of_order" { ", nêu vấn đề thủ tục" } else { "" };
    format!("{} ({}{kind}){}", row.full_name, spoken(row), about(&row.topic))
}

/// When, and for how long: begun minutes count.
fn spoken(row: &SpeechRow) -> String {
    let minutes = (row.spoken / 1_000_000 + 59) / 60;
    let when = row.called_at.map(|from| format!("{}, ", period(from, row.ended_at))).unwrap_or_default();
    format!("{when}{minutes} phút")
}

fn question(row: &SpeechRow) -> String {
    let whom = row.addressee.as_deref().unwrap_or_default();
    let answer = match (row.way.as_deref(), row.answer.as_deref().map(str::trim), row.due_at) {
        (Some("in_room"), Some(text), _) if !text.is_empty() => format!(" Trả lời tại phiên họp: {text}"),
        (Some("in_room"), ..) => " Đã trả lời tại phiên họp.".to_owned(),
        (Some(_), Some(text), _) if !text.is_empty() => format!(" Trả lời bằng văn bản: {text}"),
        (Some(_), _, Some(due)) => format!(" Trả lời bằng văn bản trước ngày {}.", due.date()),
        _ => " Chưa trả lời.".to_owned(),
    };
    let topic = about(&row.topic);
    let stop = if topic.is_empty() || topic.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{} chất vấn {whom} ({}){topic}{stop}{answer}", row.full_name, spoken(row))
}

fn opinion(row: &OpinionRow) -> String {
    let answer = if row.answer.is_empty() {
        String::new()
    } else {
        format!(" Tiếp thu, giải trình: {}", row.answer.trim())
    };
    format!("{} ({}): {}{answer}", row.full_name, row.paper, row.text.trim())
}

/// Where members do not read each other's opinions, the minutes do not tell them.
fn counted(rows: &[&OpinionRow]) -> Vec<String> {
    if rows.is_empty() {
        return Vec::new();
    }
    let answered = rows.iter().filter(|row| !row.answer.is_empty()).count();
    vec![format!("{} ý kiến bằng văn bản về tài liệu; {answered} ý kiến đã được giải trình.", rows.len())]
}

fn about(topic: &str) -> String {
    if topic.trim().is_empty() { String::new() } else { format!(": {}", topic.trim()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(kind: &str) -> SpeechRow {
        let at =
            |minute: i64| Timestamp::from_input("2026-11-23T08:00").map(|at| at.plus_seconds(minute * 60));
        SpeechRow {
            item_id: ItemId::new(),
            kind: kind.into(),
            full_name: "Lê An".into(),
            topic: "vốn đầu tư".into(),
            addressee: Some("Phan Bảo".into()),
            spoken: 181_000_000,
            called_at: at(2),
            ended_at: at(6),
            way: None,
            due_at: None,
            answer: None,
        }
    }

    #[test]
    fn a_speech_tells_who_when_how_long_and_on_what() {
        assert_eq!(speech(&row("speech")), "Lê An (08:02–08:06, 4 phút): vốn đầu tư");
        let silent = SpeechRow { topic: " ".into(), ..row("point_of_order") };
        assert_eq!(speech(&silent), "Lê An (08:02–08:06, 4 phút, nêu vấn đề thủ tục)");
    }

    #[test]
    fn a_question_tells_how_it_was_answered() {
        let asked = "Lê An chất vấn Phan Bảo (08:02–08:06, 4 phút): vốn đầu tư.";
        let with = |way: Option<&str>, answer: Option<&str>, due_at| {
            question(&SpeechRow {
                way: way.map(str::to_owned),
                answer: answer.map(str::to_owned),
                due_at,
                ..row("questioning")
            })
        };
        let due = Timestamp::from_input("2026-11-30T17:00");
        assert_eq!(with(None, None, None), format!("{asked} Chưa trả lời."));
        assert_eq!(
            with(Some("in_room"), Some("Sẽ bổ sung."), None),
            format!("{asked} Trả lời tại phiên họp: Sẽ bổ sung.")
        );
        assert_eq!(
            with(Some("written"), Some(""), due),
            format!("{asked} Trả lời bằng văn bản trước ngày 30/11/2026.")
        );
    }
}
