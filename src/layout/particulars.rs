//! What a document says of itself above its text: proposals for a register,
//! which a person then checks.

use std::path::Path;

use jiff::civil::Date;

use super::document::Document;
use super::profile::Profile;
use super::row::Row;
use crate::identity::rules::fold;
use crate::papers::Renderer;

/// Pages read: everything wanted stands on the first, a subject may run on.
const PAGES: usize = 1;

/// Empty or `None` where the document does not say, or not in letters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Particulars {
    /// "05/QĐ-UBND".
    pub symbol: String,
    pub dated_on: Option<Date>,
    /// In capitals, as it stands there.
    pub issuer: String,
    /// The kind of document and its subject.
    pub subject: String,
    /// The mark of urgency in capitals: "HỎA TỐC".
    pub urgency: String,
}

/// Reads the upper part of a PDF. What cannot be read gives nothing: nobody is
/// kept from typing it.
pub async fn particulars(renderer: &Renderer, pdf: &Path) -> Particulars {
    let Ok(profile) = Profile::named("nd30_state") else { return Particulars::default() };
    let Ok(read) = renderer.sheets(pdf, PAGES).await else { return Particulars::default() };
    let work = tokio::task::spawn_blocking(move || of(&Document::of(&read.sheets, &profile)));
    work.await.unwrap_or_default()
}

fn of(document: &Document) -> Particulars {
    let heading = &document.heading;
    let kind = document.type_name.as_ref().map(Row::text).unwrap_or_default();
    let rows = if document.subject.is_empty() { &heading.letter_subject } else { &document.subject };
    let urgency = heading
        .marks
        .iter()
        .find(|(_, mark)| fold(&mark.text).ends_with("khan") || fold(&mark.text) == "hoa toc");
    Particulars {
        symbol: heading.number.as_ref().map(|row| symbol(&row.text())).unwrap_or_default(),
        dated_on: heading.date.as_ref().and_then(|row| day(&row.folded())),
        issuer: joined(&heading.issuer),
        subject: [small(&kind), joined(rows)].join(" ").trim().to_owned(),
        urgency: urgency.map(|(_, mark)| mark.text.clone()).unwrap_or_default(),
    }
}

fn joined(rows: &[Row]) -> String {
    rows.iter().map(Row::text).collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// "Số: 05 /QĐ-UBND" gives "05/QĐ-UBND"; a form whose number is still to be
/// written gives nothing.
fn symbol(line: &str) -> String {
    let rest = line.split_once(':').map_or(line, |(_, rest)| rest);
    let symbol: String = rest.split_whitespace().collect();
    if symbol.starts_with(|first: char| first.is_ascii_digit()) { symbol } else { String::new() }
}

/// "da nang ngay 05 thang 02 nam 2026", without marks.
fn day(folded: &str) -> Option<Date> {
    let words: Vec<&str> = folded.split(' ').collect();
    let after = |word: &str| {
        let at = words.iter().position(|one| *one == word)?;
        words.get(at + 1)?.parse::<i16>().ok()
    };
    Date::new(after("nam")?, after("thang")?.try_into().ok()?, after("ngay")?.try_into().ok()?).ok()
}

/// "KẾ HOẠCH" gives "Kế hoạch".
fn small(title: &str) -> String {
    let mut letters = title.trim().chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    first + &letters.as_str().to_lowercase()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{day, small, symbol};

    #[test]
    fn number_and_day_are_read_from_their_lines() {
        assert_eq!(symbol("Số: 05/QĐ-UBND"), "05/QĐ-UBND");
        assert_eq!(symbol("Số: 452 /UBND-VX"), "452/UBND-VX");
        assert_eq!(symbol("Số:      /QĐ-UBND"), "");
        assert_eq!(day("da nang ngay 05 thang 02 nam 2026"), Some(date(2026, 2, 5)));
        assert_eq!(day("ngay nam 1975 thang tu"), None);
        assert_eq!(day("da nang ngay thang nam 2026"), None);
        assert_eq!(small("KẾ HOẠCH"), "Kế hoạch");
    }
}
