//! What a search found, as a workbook.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use super::{Asked, Row};
use crate::clock::Timestamp;
use crate::identity::{Actor, Chrome};
use crate::papers;
use crate::search::actions;
use crate::web::{self, App, Lang, Now, Query};

/// Documents in one workbook.
const MOST: i64 = 5_000;

const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

pub(super) async fn xlsx(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Query(asked): Query<Asked>,
) -> Result<Response, web::Error> {
    let found = actions::search(&app.db, &actor, &asked.question(), (None, MOST)).await?;
    let lang = chrome.lang();
    let rows: Vec<Row> = found.into_iter().map(|hit| Row::new(hit, lang)).collect();
    let mark = lang.t_with("search-mark", &[("time", &now.date_time()), ("name", &actor.full_name)]);
    let book = workbook(&rows, &mark, lang, now).map_err(web::Error::internal)?;
    let name = papers::web::attachment("tra-cuu.xlsx");
    Ok(([(header::CONTENT_TYPE, KIND.to_owned()), (header::CONTENT_DISPOSITION, name)], book).into_response())
}

/// Words are written as words, so no cell is a formula.
fn workbook(rows: &[Row], mark: &str, lang: Lang, now: Timestamp) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let made_at = ExcelDateTime::from_timestamp(now.as_micros() / 1_000_000)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made_at));
    let bold = Format::new().set_bold();
    let sheet = workbook.add_worksheet();
    sheet.set_name(lang.t("search-menu"))?;
    sheet.write_string(0, 0, mark)?;
    sheet.set_freeze_panes(2, 0)?;
    let heads = [
        ("search-register", 14.0),
        ("search-number", 26.0),
        ("search-day", 12.0),
        ("search-title", 70.0),
        ("search-origin", 34.0),
        ("state", 22.0),
    ];
    for (column, (head, width)) in (0..).zip(heads) {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(1, column, lang.t(head), &bold)?;
    }
    for (line, row) in (2..).zip(rows) {
        let register = lang.t(&format!("search-in-{}", row.register.as_str()));
        let cells = [&register, &row.number, &row.day, &row.title, &row.origin, &row.state];
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(line, column, cell)?;
        }
    }
    workbook.save_to_buffer()
}
