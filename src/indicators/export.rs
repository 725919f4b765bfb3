//! The figures as files: the very numbers of the page.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use typeset::{Making, RegisterBook, RegisterColumn, TypesetError};

use super::actions::Table;
use super::rules::{By, Figure, Indicator};
use super::web::{key, name, shown};
use crate::clock::Timestamp;
use crate::identity::store::Organisation;
use crate::web::{App, Lang};

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("the figures cannot be written as a workbook")]
    Xlsx(#[from] XlsxError),
    #[error("the figures cannot be typeset")]
    Typeset(#[from] TypesetError),
    #[error("the typesetting broke off")]
    Broken(#[from] tokio::task::JoinError),
}

/// A workbook: the figures of the whole time, then a sheet for each table.
/// Words are written as words, so no cell is a formula.
pub(super) fn xlsx(tables: &[Table], lang: Lang, now: Timestamp) -> Result<Vec<u8>, ExportError> {
    let mut workbook = Workbook::new();
    let made_at = ExcelDateTime::from_timestamp(now.as_micros() / 1_000_000)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made_at));
    if let Some(first) = tables.first() {
        write_total(workbook.add_worksheet(), first, lang)?;
    }
    for table in tables {
        write_lines(workbook.add_worksheet(), table, lang)?;
    }
    Ok(workbook.save_to_buffer()?)
}

fn write_total(sheet: &mut Worksheet, table: &Table, lang: Lang) -> Result<(), XlsxError> {
    let (bold, share) = (Format::new().set_bold(), Format::new().set_num_format("0.0%"));
    sheet.set_name(lang.t("indicators-total"))?;
    sheet.set_freeze_panes(1, 1)?.set_column_width(0, 44)?.set_column_range_width(1, 4, 16)?;
    let heads = [
        "indicators-one",
        "indicators-numerator",
        "indicators-denominator",
        "indicators-share",
        "indicators-target",
    ];
    for (column, head) in (0..).zip(heads) {
        sheet.write_string_with_format(0, column, lang.t(head), &bold)?;
    }
    for (row, indicator) in (1..).zip(Indicator::ALL) {
        let figure = table.total.of(*indicator);
        sheet.write_string(row, 0, name(*indicator, lang))?;
        write_figure(sheet, (row, 1), (*indicator, figure), &share)?;
        if let Some(target) = table.targets.get(indicator) {
            sheet.write_number_with_format(row, 4, exact(*target) / 100.0, &share)?;
        }
    }
    Ok(())
}

fn write_lines(sheet: &mut Worksheet, table: &Table, lang: Lang) -> Result<(), XlsxError> {
    let (bold, share) = (Format::new().set_bold(), Format::new().set_num_format("0.0%"));
    sheet.set_name(lang.t(&key("indicators-head", table.by.as_str())))?;
    sheet.set_freeze_panes(2, 1)?.set_column_width(0, 32)?;
    sheet.write_string_with_format(1, 0, lang.t(&key("indicators-head", table.by.as_str())), &bold)?;
    for (column, indicator) in (1..).step_by(3).zip(Indicator::ALL) {
        sheet.merge_range(0, column, 0, column + 2, &name(*indicator, lang), &bold)?;
        for (offset, head) in
            (0..).zip(["indicators-numerator", "indicators-denominator", "indicators-share"])
        {
            sheet.write_string_with_format(1, column + offset, lang.t(head), &bold)?;
        }
    }
    for (row, line) in (2..).zip(&table.lines) {
        sheet.write_string(row, 0, &line.label)?;
        for (column, indicator) in (1..).step_by(3).zip(Indicator::ALL) {
            write_figure(sheet, (row, column), (*indicator, line.figures.of(*indicator)), &share)?;
        }
    }
    Ok(())
}

/// Numerator, denominator and share side by side; a count has the first only.
fn write_figure(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    (indicator, figure): (Indicator, Figure),
    share: &Format,
) -> Result<(), XlsxError> {
    sheet.write_number(row, column, exact(figure.part))?;
    if indicator.is_count() {
        return Ok(());
    }
    sheet.write_number(row, column + 1, exact(figure.whole))?;
    if figure.whole > 0 {
        sheet.write_number_with_format(row, column + 2, exact(figure.part) / exact(figure.whole), share)?;
    }
    Ok(())
}

/// Spreadsheets count in floating point; ours are far from where that rounds.
#[expect(clippy::cast_precision_loss, reason = "counts of documents and pages stay far below 2^53")]
fn exact(number: i64) -> f64 {
    number as f64
}

/// The report on paper: the whole time first, then the units and the people.
/// Offices print in Vietnamese.
pub(super) fn report(
    tables: &[Table],
    (office, by): (&Organisation, &str),
    is_test: bool,
    now: Timestamp,
) -> RegisterBook {
    let lang = Lang::Vi;
    let months = tables.first().map(|table| table.months);
    let (first, last) = months.map(|months| (months.first.name(), months.last.name())).unwrap_or_default();
    let column = |name: String, width: f32| RegisterColumn { name, width };
    let shares = Indicator::ALL.iter().map(|one| column(lang.t(&key("indicators-short", one.as_str())), 1.0));
    let mark = [("time", now.date_time()), ("name", by.to_owned())];
    let gaps: Vec<(&'static str, &str)> = mark.iter().map(|(name, value)| (*name, value.as_str())).collect();
    RegisterBook {
        banner: is_test.then(|| lang.t("banner-test-office")),
        parent_body: office.parent_name.clone(),
        body: office.name.clone(),
        title: lang.t("indicators-report"),
        year: now.in_office().year(),
        span: lang.t_with("indicators-span", &[("first", &first), ("last", &last)]),
        columns: [column(lang.t("indicators-line"), 2.2)].into_iter().chain(shares).collect(),
        lines: lines(tables, lang),
        mark: lang.t_with("indicators-mark", &gaps),
    }
}

fn lines(tables: &[Table], lang: Lang) -> Vec<Vec<String>> {
    let cells = |label: String, figures: &super::rules::Figures| {
        let numbers = Indicator::ALL.iter().map(|one| {
            let figure = figures.of(*one);
            match (one.is_count(), figure.whole) {
                (true, _) | (false, 0) => shown(*one, figure, lang),
                _ => format!("{} ({}/{})", shown(*one, figure, lang), figure.part, figure.whole),
            }
        });
        [label].into_iter().chain(numbers).collect::<Vec<_>>()
    };
    let mut lines = Vec::new();
    if let Some(table) = tables.first() {
        lines.push(cells(lang.t("indicators-total"), &table.total));
        let target =
            |one: &Indicator| table.targets.get(one).map(|target| format!("{target}%")).unwrap_or_default();
        lines.push(
            [lang.t("indicators-target")].into_iter().chain(Indicator::ALL.iter().map(target)).collect(),
        );
    }
    for table in tables {
        let before = match table.by {
            By::Month => lang.t("indicators-head-month") + " ",
            By::Unit | By::Person | By::Organisation => String::new(),
        };
        lines.extend(table.lines.iter().map(|line| cells(format!("{before}{}", line.label), &line.figures)));
    }
    lines
}

pub(super) async fn pdf(app: &App, form: RegisterBook, now: Timestamp) -> Result<Vec<u8>, ExportError> {
    let ident = format!("indicators {} {}", form.body, now.as_micros());
    let making = Making { ident, made_at: now.to_jiff(), author: form.body.clone() };
    let typesetter = app.typesetter.clone();
    Ok(tokio::task::spawn_blocking(move || typesetter.register(&form, &making)).await??.pdf)
}
