//! The table as files for a spreadsheet.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use super::actions::Table;
use super::rules::{By, Figures, Measure};
use crate::clock::Timestamp;
use crate::web::Lang;

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("the table cannot be written as text")]
    Csv(#[from] csv::Error),
    #[error("the table cannot be written as text")]
    Flush,
    #[error("the table cannot be written as a workbook")]
    Xlsx(#[from] XlsxError),
}

/// What stands over the columns.
pub(super) fn heads(table: &Table, lang: Lang) -> Vec<String> {
    let first = match table.by {
        By::Member => vec![lang.t("full-name"), lang.t("unit")],
        By::Unit => vec![lang.t("unit")],
        By::Meeting => vec![lang.t("meeting"), lang.t("statistics-day")],
    };
    let measures = Measure::ALL.iter().map(|measure| lang.t(&head_key(*measure)));
    let days = (table.by == By::Meeting).then(|| lang.t("statistics-signing-days"));
    first.into_iter().chain(measures).chain(days).collect()
}

pub(super) fn head_key(measure: Measure) -> String {
    format!("statistics-{}", measure.as_str().replace('_', "-"))
}

/// A line: words first, then numbers; a number that is not known is empty.
struct Row {
    words: Vec<String>,
    numbers: Vec<Option<i64>>,
}

fn rows(table: &Table, lang: Lang) -> Vec<Row> {
    let numbers = |figures: &Figures| {
        let figures = *figures;
        Measure::ALL.iter().map(move |measure| Some(figures.of(*measure)))
    };
    let lines = table.lines.iter().map(|line| {
        let mut row = Row { words: vec![line.label.clone()], numbers: numbers(&line.figures).collect() };
        if table.by != By::Unit {
            row.words.push(line.more.clone());
        }
        if table.by == By::Meeting {
            row.numbers.push(table.days_of(line));
        }
        row
    });
    let mut words = vec![lang.t("statistics-total")];
    words.extend((table.by != By::Unit).then(String::new));
    let mut total = Row { words, numbers: numbers(&table.total).collect() };
    total.numbers.extend((table.by == By::Meeting).then_some(None));
    lines.chain([total]).collect()
}

/// As text, with the mark by which spreadsheets know UTF-8.
pub(super) fn csv(table: &Table, lang: Lang) -> Result<Vec<u8>, ExportError> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(heads(table, lang).iter().map(|head| defused(head)))?;
    for row in rows(table, lang) {
        let numbers =
            row.numbers.iter().map(|number| number.map(|number| number.to_string()).unwrap_or_default());
        writer.write_record(row.words.iter().map(|word| defused(word)).chain(numbers))?;
    }
    writer.into_inner().map_err(|_| ExportError::Flush)
}

/// A text that a spreadsheet does not take for a formula: a name such as
/// `=HYPERLINK(…)` would run on the computer of whoever opens the file.
fn defused(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// As a workbook. Words are written as words, so no cell is a formula.
pub(super) fn xlsx(table: &Table, lang: Lang, now: Timestamp) -> Result<Vec<u8>, ExportError> {
    let mut workbook = Workbook::new();
    let made_at = ExcelDateTime::from_timestamp(now.as_micros() / 1_000_000)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made_at));
    let bold = Format::new().set_bold();
    let sheet = workbook.add_worksheet().set_name(lang.t("statistics"))?;
    for (column, head) in (0..).zip(heads(table, lang)) {
        sheet.write_string_with_format(0, column, head, &bold)?;
    }
    sheet.set_freeze_panes(1, 1)?;
    sheet.set_column_width(0, 36)?;
    for (line, row) in (1..).zip(rows(table, lang)) {
        let words = u16::try_from(row.words.len()).unwrap_or_default();
        for (column, word) in (0..).zip(&row.words) {
            sheet.write_string(line, column, word)?;
        }
        for (column, number) in (words..).zip(&row.numbers) {
            if let Some(number) = number {
                sheet.write_number(line, column, exact(*number))?;
            }
        }
    }
    Ok(workbook.save_to_buffer()?)
}

/// Spreadsheets count in floating point; ours are far from where that rounds.
#[expect(clippy::cast_precision_loss, reason = "counts of people and pages stay far below 2^53")]
fn exact(number: i64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::defused;

    #[test]
    fn what_begins_like_a_formula_is_text() {
        for formula in ["=1+1", "+cmd", "-2", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(defused(formula), format!("'{formula}"));
        }
        assert_eq!(defused("Nguyễn Văn An = B"), "Nguyễn Văn An = B");
    }
}
