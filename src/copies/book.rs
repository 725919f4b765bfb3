//! The register of copies on paper (sổ đăng ký bản sao).

use super::actions::{CopyError, READERS};
use super::store::{self, BookLine};
use crate::clock::Timestamp;
use crate::identity::{self, Actor};
use crate::registers::printing::{Print, PrintError, remark};
use crate::registers::{NumberState, Part, printed};
use crate::web::{App, Lang};

/// The columns, with the share of the line each takes.
const COLUMNS: [(&str, f32); 8] = [
    ("copy-book-symbol", 1.6),
    ("copy-book-day", 1.3),
    ("copy-book-form", 1.1),
    ("copy-book-source", 2.0),
    ("copy-book-subject", 4.2),
    ("copy-book-signer", 1.9),
    ("copy-book-recipient", 2.4),
    ("copy-book-note", 1.7),
];

/// A part of the register as PDF/A; without a code, of every form. Every
/// number given is there, also one that was cancelled or is kept free.
pub(super) async fn print(
    app: &App,
    actor: &Actor,
    (part, code): (Part, Option<&str>),
    now: Timestamp,
) -> Result<Vec<u8>, CopyError> {
    if !READERS.iter().any(|role| actor.is(*role)) {
        return Err(CopyError::NotYours);
    }
    let mut tx = app.db.read().await?;
    let office = identity::store::organisation(&mut tx, actor.organisation).await?;
    let lines = store::book(&mut tx, actor.organisation, (part, part.period()?), code).await?;
    drop(tx);
    PrintError::check(lines.len())?;
    let (first, last) = part.days()?;
    let print = Print {
        office: &office,
        by: &actor.full_name,
        title: "copy-book-title",
        year: part.year,
        span: Lang::Vi.t_with("register-print-days", &[("first", &first), ("last", &last)]),
        columns: &COLUMNS,
        lines: lines.into_iter().map(cells).collect(),
    };
    Ok(print.pdf(app, now).await?)
}

fn cells(line: BookLine) -> Vec<String> {
    let symbol = line.symbol.clone().unwrap_or_else(|| line.code.clone());
    let source = [
        line.source_symbol.clone().unwrap_or_default(),
        line.source_day.map(Timestamp::date).unwrap_or_default(),
        line.source_issuer.clone().unwrap_or_default(),
    ];
    let source: Vec<String> = source.into_iter().filter(|part| !part.is_empty()).collect();
    vec![
        format!("{}/{symbol}", printed(line.number)),
        line.day.date(),
        line.form.map(|form| form.legal_name().to_owned()).unwrap_or_default(),
        source.join(", "),
        line.subject.clone(),
        line.signer.clone().unwrap_or_default(),
        line.recipient.clone().unwrap_or_default(),
        remark(&said(&line), &line.note),
    ]
}

/// What became of the number, or which pages were copied.
fn said(line: &BookLine) -> String {
    let because = |key| Lang::Vi.t_with(key, &[("reason", &line.reason)]);
    let pages = line.pages.as_deref().filter(|pages| !pages.is_empty());
    match line.number_state {
        NumberState::Held => {
            pages.map(|pages| Lang::Vi.t_with("copy-book-pages", &[("pages", pages)])).unwrap_or_default()
        }
        NumberState::Reserved => because("outgoing-book-reserved"),
        NumberState::Cancelled => because("outgoing-book-cancelled"),
    }
}
