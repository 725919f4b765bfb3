//! The register of outgoing documents on paper: annex IV of decree
//! 30/2020/NĐ-CP.

use std::collections::HashMap;

use super::OutgoingId;
use super::actions::OutgoingError;
use super::rules::State;
use super::store::{self, BookLine, NamedRecipient};
use crate::clock::Timestamp;
use crate::identity::{self, Actor, OrgRole};
use crate::registers::printing::{Print, PrintError, remark};
use crate::registers::{NumberState, Part, printed};
use crate::web::{App, Lang};

/// The columns of annex IV, with the share of the line each takes.
const COLUMNS: [(&str, f32); 8] = [
    ("outgoing-book-symbol", 1.7),
    ("outgoing-book-day", 1.4),
    ("outgoing-book-subject", 4.4),
    ("outgoing-book-signer", 1.9),
    ("outgoing-book-to", 3.0),
    ("outgoing-book-kept-by", 2.2),
    ("outgoing-book-copies", 0.9),
    ("outgoing-book-note", 1.6),
];

/// Those who keep the register or look into it.
pub(super) const READERS: &[OrgRole] = &[OrgRole::Clerk, OrgRole::Archivist, OrgRole::Auditor];

/// A part of the register as PDF/A; without a code, of every series. Every
/// number given is there, also one that was cancelled or is kept free.
pub(super) async fn print(
    app: &App,
    actor: &Actor,
    (part, code): (Part, Option<&str>),
    now: Timestamp,
) -> Result<Vec<u8>, OutgoingError> {
    let mut tx = app.db.read().await?;
    let office = identity::store::organisation(&mut tx, actor.organisation).await?;
    let period = part.period()?;
    let wanted = store::Book { organisation: actor.organisation, part, period, code };
    let lines = store::book(&mut tx, wanted).await?;
    PrintError::check(lines.len())?;
    let mut recipients: HashMap<OutgoingId, Vec<NamedRecipient>> = HashMap::new();
    for named in store::book_recipients(&mut tx, wanted).await? {
        recipients.entry(named.outgoing_id).or_default().push(named);
    }
    drop(tx);
    let (first, last) = part.days()?;
    let print = Print {
        office: &office,
        by: &actor.full_name,
        title: "outgoing-book-title",
        year: part.year,
        span: Lang::Vi.t_with("register-print-days", &[("first", &first), ("last", &last)]),
        columns: &COLUMNS,
        lines: lines.into_iter().map(|line| cells(line, &mut recipients)).collect(),
    };
    Ok(print.pdf(app, now).await?)
}

fn cells(line: BookLine, recipients: &mut HashMap<OutgoingId, Vec<NamedRecipient>>) -> Vec<String> {
    let number = printed(line.number);
    let symbol = line.symbol.clone().unwrap_or_else(|| line.code.clone());
    let named = line.id.and_then(|id| recipients.remove(&id)).unwrap_or_default();
    let kept_by: Vec<String> = [line.unit.clone(), line.drafter.clone()].into_iter().flatten().collect();
    vec![
        if symbol.is_empty() { number } else { format!("{number}/{symbol}") },
        line.day.date(),
        match line.kind {
            Some(kind) => format!("{}: {}", kind.legal_name(), line.subject),
            None => line.subject.clone(),
        },
        line.signer.clone().unwrap_or_default(),
        recipients_cell(&named, line.others.as_deref().unwrap_or_default()),
        kept_by.join(", "),
        line.copies.map(|copies| copies.to_string()).unwrap_or_default(),
        remark(&said(&line), &line.note),
    ]
}

/// The first recipients by name, and how many more there are.
fn recipients_cell(named: &[NamedRecipient], others: &str) -> String {
    let mut cell: Vec<String> = named.iter().map(|one| one.name.clone()).collect();
    let all = named.first().map_or(0, |one| one.total);
    let more = all - i64::try_from(named.len()).unwrap_or(all);
    if more > 0 {
        cell.push(Lang::Vi.t_with("outgoing-book-more", &[("count", &more.to_string())]));
    }
    cell.extend(others.lines().map(str::to_owned));
    cell.join("; ")
}

/// What became of the number or its document.
fn said(line: &BookLine) -> String {
    let because = |key| Lang::Vi.t_with(key, &[("reason", &line.reason)]);
    match line.number_state {
        NumberState::Held if line.state == Some(State::Recalled) => Lang::Vi.t("outgoing-state-recalled"),
        NumberState::Held => String::new(),
        NumberState::Reserved => because("outgoing-book-reserved"),
        NumberState::Cancelled => because("outgoing-book-cancelled"),
    }
}
