//! The registers of incoming documents on paper: annex IV of decree
//! 30/2020/NĐ-CP.

use super::actions::IncomingError;
use super::store::{self, BookLine, TransferLine};
use crate::clock::Timestamp;
use crate::identity::{self, Actor, OrgRole};
use crate::registers::Part;
use crate::registers::printing::{Print, PrintError, remark};
use crate::web::{App, Lang};

/// The columns of the register, with the share of the line each takes.
const REGISTER: [(&str, f32); 10] = [
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

/// The columns of the book of transfers.
const TRANSFERS: [(&str, f32); 5] = [
    ("incoming-book-passed", 1.4),
    ("incoming-book-number", 0.9),
    ("incoming-book-to", 3.6),
    ("incoming-book-receipt", 3.0),
    ("incoming-book-note", 2.0),
];

fn must_keep_registers(actor: &Actor) -> Result<(), IncomingError> {
    let keeps = actor.is(OrgRole::Clerk) || actor.is(OrgRole::Auditor);
    if keeps { Ok(()) } else { Err(IncomingError::NotAClerk) }
}

/// A part of the register (sổ đăng ký văn bản đến) as PDF/A.
pub(super) async fn print(
    app: &App,
    actor: &Actor,
    part: Part,
    now: Timestamp,
) -> Result<Vec<u8>, IncomingError> {
    must_keep_registers(actor)?;
    let mut tx = app.db.read().await?;
    let office = identity::store::organisation(&mut tx, actor.organisation).await?;
    let lines = store::book(&mut tx, actor.organisation, (part, part.period()?)).await?;
    drop(tx);
    PrintError::check(lines.len())?;
    let ends = lines.first().zip(lines.last());
    let (first, last) =
        ends.map(|(first, last)| (first.arrival_number, last.arrival_number)).unwrap_or_default();
    let (first, last) = (first.to_string(), last.to_string());
    let print = Print {
        office: &office,
        by: &actor.full_name,
        title: "incoming-book-title",
        year: part.year,
        span: Lang::Vi.t_with("incoming-book-span", &[("first", &first), ("last", &last)]),
        columns: &REGISTER,
        lines: lines.into_iter().map(cells).collect(),
    };
    Ok(print.pdf(app, now).await?)
}

fn day(at: Option<Timestamp>) -> String {
    at.map(Timestamp::date).unwrap_or_default()
}

fn cells(line: BookLine) -> Vec<String> {
    // Whoever has the number may have been sent away again; the line stays.
    let said = match line.state.is_over() {
        true => Lang::Vi.t(&format!("incoming-state-{}", line.state.as_str())),
        false => String::new(),
    };
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
        remark(&said, &line.note),
    ]
}

/// A part of the book of transfers (sổ chuyển giao văn bản đến): which unit got
/// what, and when it took it up in the system.
pub(super) async fn transfers(
    app: &App,
    actor: &Actor,
    part: Part,
    now: Timestamp,
) -> Result<Vec<u8>, IncomingError> {
    must_keep_registers(actor)?;
    let mut tx = app.db.read().await?;
    let office = identity::store::organisation(&mut tx, actor.organisation).await?;
    let lines = store::transfers(&mut tx, actor.organisation, (part, part.period()?)).await?;
    drop(tx);
    PrintError::check(lines.len())?;
    let (first, last) = part.days()?;
    let print = Print {
        office: &office,
        by: &actor.full_name,
        title: "incoming-transfers-title",
        year: part.year,
        span: Lang::Vi.t_with("register-print-days", &[("first", &first), ("last", &last)]),
        columns: &TRANSFERS,
        lines: lines.into_iter().map(transfer_cells).collect(),
    };
    Ok(print.pdf(app, now).await?)
}

fn transfer_cells(line: TransferLine) -> Vec<String> {
    let part = match (line.is_lead, line.has_lead) {
        (true, _) => "incoming-lead",
        (false, true) => "incoming-help",
        (false, false) => "incoming-inform-do",
    };
    let taken =
        line.assigned_at.map(|at| Lang::Vi.t_with("incoming-transfers-taken", &[("time", &at.date_time())]));
    vec![
        line.directed_at.date(),
        line.arrival_number.to_string(),
        line.unit,
        taken.unwrap_or_default(),
        Lang::Vi.t(part),
    ]
}
