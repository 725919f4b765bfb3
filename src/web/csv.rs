//! Tables for spreadsheets.

use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::Error;

/// Answers with a table as a file. A byte order mark tells the spreadsheet
/// that it is Unicode; no cell is taken for a formula.
pub fn csv<const WIDTH: usize>(
    file_name: &str,
    lines: impl Iterator<Item = [String; WIDTH]>,
) -> Result<Response, Error> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    for line in lines {
        writer.write_record(line.map(defused)).map_err(Error::internal)?;
    }
    let bytes = writer.into_inner().map_err(|error| Error::internal(error.into_error()))?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file_name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// A cell that a spreadsheet would run as a formula is marked as text: what
/// one person types is opened on another's machine.
fn defused(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::defused;

    #[test]
    fn a_formula_becomes_text_and_words_stay() {
        assert_eq!(defused("=HYPERLINK(\"x\")".into()), "'=HYPERLINK(\"x\")");
        assert_eq!(defused("@SUM(1)".into()), "'@SUM(1)");
        assert_eq!(defused("Đồng ý".into()), "Đồng ý");
    }
}
