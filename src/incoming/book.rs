//! The register of a year on paper: annex IV of decree 30/2020/NĐ-CP.

use typeset::{Making, RegisterBook, RegisterColumn};

use super::actions::IncomingError;
use super::store::{self, BookLine};
use crate::clock::Timestamp;
use crate::identity::{self, Actor, OrgRole};
use crate::web::{App, Lang};

/// The columns of annex IV, with the share of the line each takes.
const COLUMNS: [(&str, f32); 10] = [
    ("incoming-book-arrived", 1.5),
    ("incoming-book-number", 0.8),
    ("incoming-book-sender", 2.1),
    ("incoming-book-symbol", 2.0),
    ("incoming-book-dated", 1.5),
    ("incoming-book-subject", 3.8),
    ("incoming-book-to", 2.1),
    ("incoming-book-passed", 1.5),
    ("incoming-book-receipt", 1.0),
    ("incoming-book-note", 1.2),
];

/// The register as PDF/A, with the mark that it comes from the system.
pub(super) async fn print(
    app: &App,
    actor: &Actor,
    year: i64,
    now: Timestamp,
) -> Result<Vec<u8>, IncomingError> {
    if !actor.is(OrgRole::Clerk) && !actor.is(OrgRole::Auditor) {
        return Err(IncomingError::NotAClerk);
    }
    let mut tx = app.db.read().await?;
    let office = identity::store::organisation(&mut tx, actor.organisation).await?;
    let lines = store::book(&mut tx, actor.organisation, year).await?;
    drop(tx);
    let (first, last) = (lines.first(), lines.last());
    let span = first.zip(last).map(|(first, last)| (first.arrival_number, last.arrival_number));
    let (first, last) = span.unwrap_or_default();
    let (first, last) = (first.to_string(), last.to_string());
    let form = RegisterBook {
        banner: app.config.test_authority.then(|| Lang::Vi.t("banner-test-office")),
        parent_body: office.parent_name,
        body: office.name.clone(),
        title: Lang::Vi.t("incoming-book-title"),
        year: i16::try_from(year).unwrap_or_default(),
        span: Lang::Vi.t_with("incoming-book-span", &[("first", &first), ("last", &last)]),
        columns: COLUMNS
            .iter()
            .map(|(name, width)| RegisterColumn { name: Lang::Vi.t(name), width: *width })
            .collect(),
        lines: lines.into_iter().map(cells).collect(),
        mark: Lang::Vi
            .t_with("incoming-book-mark", &[("time", &now.date_time()), ("name", &actor.full_name)]),
    };
    let ident = format!("incoming register {} {year} {}", actor.organisation, now.as_micros());
    let making = Making { ident, made_at: now.to_jiff(), author: office.name };
    let typesetter = app.typesetter.clone();
    Ok(tokio::task::spawn_blocking(move || typesetter.register(&form, &making)).await??.pdf)
}

fn cells(line: BookLine) -> Vec<String> {
    // Whoever has the number may have been sent away again; the line stays.
    let note = match line.state.is_over() {
        true => Lang::Vi.t(&format!("incoming-state-{}", line.state.as_str())),
        false => String::new(),
    };
    let day = |at: Option<Timestamp>| at.map(|at| at.date()).unwrap_or_default();
    vec![
        line.registered_at.date(),
        line.arrival_number.to_string(),
        line.sender,
        line.symbol,
        day(line.dated_on),
        line.subject,
        line.lead_unit.or(line.leader).unwrap_or_default(),
        day(line.directed_at.or(line.presented_at)),
        String::new(),
        note,
    ]
}
