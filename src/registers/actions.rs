//! Taking, reserving and cancelling numbers: văn thư's work.

use serde_json::json;

use super::rules::{DayRefusal, NumberState, SeriesKind, may_bear, year_of};
use super::store::{self, Entry, Key};
use super::{NumberId, SeriesId};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::rules::{clean_line, clean_text};
use crate::identity::{self, Actor, OrgRole};

#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    #[error("only a clerk gives numbers")]
    NotClerk,
    #[error("only the system administrator chooses how documents are numbered")]
    NotAdmin,
    #[error("there is no such number")]
    NotFound,
    #[error("the last number of the series bears a later date")]
    BeforeTheLast,
    #[error("the date is still to come")]
    Ahead,
    #[error("the document has a number already, or the number was given meanwhile")]
    Taken,
    #[error("the number is of another series")]
    OtherSeries,
    #[error("a reason is missing or too long")]
    Reason,
    #[error("a remark is too long")]
    Note,
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Longest remark beside a number, in characters: what metadata take (annex VI of decree 30/2020/NĐ-CP).
const LONGEST_NOTE: usize = 500;

impl From<DayRefusal> for RegisterError {
    fn from(refusal: DayRefusal) -> Self {
        match refusal {
            DayRefusal::BeforeTheLast => Self::BeforeTheLast,
            DayRefusal::Ahead => Self::Ahead,
        }
    }
}

/// A number that is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    pub kind: SeriesKind,
    /// From [`series_code`] for outgoing documents; else empty.
    pub code: &'a str,
    /// Any moment of the day the number bears.
    pub day: Timestamp,
    /// What will hold it, as the log names it: `outgoing:018f…`.
    pub holder: &'a str,
    /// What the register says it is for.
    pub subject: &'a str,
    /// Where the register's reader finds it.
    pub link: &'a str,
}

/// A number that was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Issued {
    pub id: NumberId,
    pub number: i64,
    /// The first moment of the day it bears.
    pub day: Timestamp,
}

/// Takes the next number of a series.
pub async fn take(
    tx: &mut Tx,
    actor: &Actor,
    wanted: &Wanted<'_>,
    now: Timestamp,
) -> Result<Issued, RegisterError> {
    let entry = Entry {
        state: NumberState::Held,
        holder: Some(wanted.holder.to_owned()),
        subject: wanted.subject.to_owned(),
        link: wanted.link.to_owned(),
        ..next(tx, actor, (wanted.kind, wanted.code), wanted.day, now).await?
    };
    if !store::insert(tx, &entry, actor.person, now).await? {
        return Err(RegisterError::Taken);
    }
    log(tx, actor, "number_taken", &entry, now).await?;
    Ok(Issued { id: entry.id, number: entry.number, day: entry.day })
}

/// Keeps the next number free for a document that is still to come (lấy số trước).
pub async fn reserve(
    tx: &mut Tx,
    actor: &Actor,
    series: (SeriesKind, &str),
    reason: &str,
    now: Timestamp,
) -> Result<Issued, RegisterError> {
    let reason = clean_line(reason).ok_or(RegisterError::Reason)?;
    let entry = Entry { reason, ..next(tx, actor, series, now, now).await? };
    if !store::insert(tx, &entry, actor.person, now).await? {
        return Err(RegisterError::Taken);
    }
    log(tx, actor, "number_reserved", &entry, now).await?;
    Ok(Issued { id: entry.id, number: entry.number, day: entry.day })
}

/// The next number of a series, reserved; the series' row is held until `tx` ends.
async fn next(
    tx: &mut Tx,
    actor: &Actor,
    (kind, code): (SeriesKind, &str),
    day: Timestamp,
    now: Timestamp,
) -> Result<Entry, RegisterError> {
    must_be_clerk(actor)?;
    let (day, today) = (day.day().0, now.day().0);
    let key = Key { organisation: actor.organisation, kind, code, year: year_of(day) };
    let (series, last) = store::claim(tx, key).await?;
    may_bear(day, last, today)?;
    Ok(Entry {
        id: NumberId::new(),
        series,
        number: store::advance(tx, series, day).await?,
        state: NumberState::Reserved,
        day,
        holder: None,
        subject: String::new(),
        link: String::new(),
        reason: String::new(),
    })
}

/// Gives a number that was reserved, with the day it was reserved on;
/// `wanted.day` does not count.
pub async fn take_reserved(
    tx: &mut Tx,
    actor: &Actor,
    number: NumberId,
    wanted: &Wanted<'_>,
    now: Timestamp,
) -> Result<Issued, RegisterError> {
    must_be_clerk(actor)?;
    let entry = store::entry(tx, actor.organisation, number).await?.ok_or(RegisterError::NotFound)?;
    if store::series_of(tx, number).await? != (wanted.kind, wanted.code.to_owned()) {
        return Err(RegisterError::OtherSeries);
    }
    if !store::hold(tx, number, wanted.holder, wanted.subject, wanted.link).await? {
        return Err(RegisterError::Taken);
    }
    log(tx, actor, "number_taken", &entry, now).await?;
    Ok(Issued { id: entry.id, number: entry.number, day: entry.day })
}

/// The numbers that wait for a document in this year's series.
pub async fn reserved(
    tx: &mut Tx,
    actor: &Actor,
    (kind, code): (SeriesKind, &str),
    now: Timestamp,
) -> Result<Vec<Issued>, db::Error> {
    let key = Key { organisation: actor.organisation, kind, code, year: year_of(now) };
    let entries = store::reserved(tx, key).await?;
    Ok(entries
        .into_iter()
        .map(|entry| Issued { id: entry.id, number: entry.number, day: entry.day })
        .collect())
}

/// Gives up a reserved number. It stays in the register, and nobody gets it.
pub async fn cancel(
    tx: &mut Tx,
    actor: &Actor,
    number: NumberId,
    reason: &str,
    now: Timestamp,
) -> Result<SeriesId, RegisterError> {
    end(tx, actor, number, NumberState::Reserved, reason, now).await
}

/// Ends a number whose document will not go out. Only the feature whose
/// document holds it may say so.
pub async fn void(
    tx: &mut Tx,
    actor: &Actor,
    number: NumberId,
    reason: &str,
    now: Timestamp,
) -> Result<(), RegisterError> {
    end(tx, actor, number, NumberState::Held, reason, now).await?;
    Ok(())
}

async fn end(
    tx: &mut Tx,
    actor: &Actor,
    number: NumberId,
    from: NumberState,
    reason: &str,
    now: Timestamp,
) -> Result<SeriesId, RegisterError> {
    must_be_clerk(actor)?;
    let reason = clean_line(reason).ok_or(RegisterError::Reason)?;
    let entry = store::entry(tx, actor.organisation, number).await?.ok_or(RegisterError::NotFound)?;
    if !store::cancel(tx, number, from, &reason, actor.person, now).await? {
        return Err(RegisterError::Taken);
    }
    let series = entry.series;
    log(tx, actor, "number_cancelled", &Entry { reason, ..entry }, now).await?;
    Ok(series)
}

/// Writes what stands beside a number in its register (ghi chú); empty takes it away.
/// What stood there stays in the log.
pub async fn note(
    tx: &mut Tx,
    actor: &Actor,
    number: NumberId,
    text: &str,
    now: Timestamp,
) -> Result<SeriesId, RegisterError> {
    must_be_clerk(actor)?;
    let note = clean_text(text).split_whitespace().collect::<Vec<_>>().join(" ");
    if note.chars().count() > LONGEST_NOTE {
        return Err(RegisterError::Note);
    }
    let entry = store::entry(tx, actor.organisation, number).await?.ok_or(RegisterError::NotFound)?;
    store::set_note(tx, number, &note).await?;
    let subject = format!("number:{number}");
    let details = json!({ "number": entry.number, "note": note });
    identity::actions::log(tx, actor, "number_noted", subject, details, now).await?;
    Ok(entry.series)
}

/// The code of the series that a kind of outgoing document is numbered in:
/// its own, or one for all.
pub async fn series_code(tx: &mut Tx, actor: &Actor, type_code: &str) -> Result<String, db::Error> {
    let by_type = store::is_by_type(tx, actor.organisation).await?;
    Ok(if by_type { type_code.to_owned() } else { String::new() })
}

/// Chooses whether each kind of outgoing document has a series of its own.
/// Numbers given so far stay as they are.
pub async fn choose_scheme(
    tx: &mut Tx,
    actor: &Actor,
    by_type: bool,
    now: Timestamp,
) -> Result<(), RegisterError> {
    if !actor.is(OrgRole::SystemAdmin) {
        return Err(RegisterError::NotAdmin);
    }
    store::set_by_type(tx, actor.organisation, by_type).await?;
    let subject = format!("organisation:{}", actor.organisation);
    let details = json!({ "by_type": by_type });
    Ok(identity::actions::log(tx, actor, "number_scheme_chosen", subject, details, now).await?)
}

fn must_be_clerk(actor: &Actor) -> Result<(), RegisterError> {
    if actor.is(OrgRole::Clerk) { Ok(()) } else { Err(RegisterError::NotClerk) }
}

async fn log(
    tx: &mut Tx,
    actor: &Actor,
    act: &str,
    entry: &Entry,
    now: Timestamp,
) -> Result<(), RegisterError> {
    let details = json!({
        "series": entry.series.to_string(),
        "number": entry.number,
        "day": entry.day.date(),
        "holder": entry.holder,
        "reason": entry.reason,
    });
    let subject = format!("number:{}", entry.id);
    Ok(identity::actions::log(tx, actor, act, subject, details, now).await?)
}
