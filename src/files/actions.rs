//! Finding files, drawing up the list of a year, and what can refuse.

use serde_json::{Value, json};

use super::WorkFileId;
use super::rules::{Access, Act, Refusal, Retention, Standing, State, may, moved_on};
use super::store::{self, Line, WorkFile};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::rules::{clean_line, fold};
use crate::identity::{self, Actor, OrgRole, PersonId};
use crate::incoming::actions::IncomingError;
use crate::outgoing::OutgoingError;
use crate::registers::printing::PrintError;
use crate::{jobs, meetings};

/// Longest number and symbol, title and note, by annex VI of decree 30/2020.
const LONGEST_NOTATION: usize = 20;
const LONGEST_TITLE: usize = 500;
/// The years a list can be drawn up for.
const YEARS: std::ops::RangeInclusive<i64> = 1945..=9999;
/// What a file is written in, unless somebody says otherwise.
pub const LANGUAGE: &str = "Tiếng Việt";

#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("there is no such file or document for this person")]
    NotFound,
    #[error("not possible in the state {}", .0.as_str())]
    NotNow(State),
    #[error("this is another person's act")]
    NotYours,
    #[error("only the clerk draws up the list of a year")]
    NotKeeperOfList,
    #[error("the number and symbol is another file's this year")]
    Taken,
    #[error("a field is missing, too long or unreadable")]
    Fields,
    #[error("someone else saved meanwhile")]
    Stale,
    #[error("a reason is missing")]
    Reason,
    #[error("the document lies in this file already")]
    AlreadyThere,
    #[error("the document is not issued or registered")]
    NotFinal,
    #[error("the check found something that stands against closing")]
    NotComplete,
    #[error("there is nothing in last year's list that is not in this one")]
    NothingToCopy,
    #[error("the document has no number yet, and so no metadata")]
    NoNumber,
    #[error("{0} documents in it are not for this person")]
    Hidden(usize),
    #[error(transparent)]
    Print(#[from] PrintError),
    #[error(transparent)]
    Outgoing(#[from] OutgoingError),
    #[error(transparent)]
    Incoming(#[from] IncomingError),
    #[error(transparent)]
    Jobs(#[from] jobs::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<Refusal> for FileError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotNow(state) => Self::NotNow(state),
            Refusal::NotYours => Self::NotYours,
        }
    }
}

/// What a person is to a file.
pub async fn standing(tx: &mut Tx, actor: &Actor, file: &WorkFile) -> Result<Standing, db::Error> {
    let unit = meetings::store::unit_of(tx, actor.person).await?;
    Ok(Standing {
        is_keeper: file.keeper_id == actor.person,
        is_of_unit: file.unit_id == unit,
        is_clerk: actor.is(OrgRole::Clerk),
        is_archivist: actor.is(OrgRole::Archivist),
        is_auditor: actor.is(OrgRole::Auditor),
    })
}

/// Finds a file whose contents this person may know of.
pub async fn find(tx: &mut Tx, actor: &Actor, id: WorkFileId) -> Result<(WorkFile, Standing), FileError> {
    let file = store::file(tx, actor.organisation, id).await?.ok_or(FileError::NotFound)?;
    let standing = standing(tx, actor, &file).await?;
    if standing.may_see() { Ok((file, standing)) } else { Err(FileError::NotFound) }
}

/// As [`find`], holding the file until `tx` ends, for an act that the rules
/// allow this person now.
pub(super) async fn claim(
    tx: &mut Tx,
    actor: &Actor,
    id: WorkFileId,
    act: Act,
) -> Result<WorkFile, FileError> {
    let file = store::claim(tx, actor.organisation, id).await?.ok_or(FileError::NotFound)?;
    let standing = standing(tx, actor, &file).await?;
    if !standing.may_see() {
        return Err(FileError::NotFound);
    }
    may(file.state, act, standing)?;
    Ok(file)
}

/// Lines of one page of a list.
pub const PAGE: i64 = 200;

/// A page of the list of a year, and whether there is another behind it.
/// Everyone in the office may read the list; what is in a file is another matter.
pub async fn list(
    tx: &mut Tx,
    actor: &Actor,
    year: i64,
    (words, is_own, page): (&str, bool, i64),
) -> Result<(Vec<Line>, bool), db::Error> {
    let filter = store::Filter {
        organisation: actor.organisation,
        year,
        words: &fold(words),
        keeper: is_own.then_some(actor.person),
        limit: PAGE + 1,
        offset: page.clamp(0, 10_000) * PAGE,
    };
    let mut lines = store::list(tx, filter).await?;
    let has_more = lines.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    lines.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    Ok((lines, has_more))
}

/// What is written in the list about a file.
#[derive(Clone, Debug)]
pub struct Details {
    pub year: i64,
    pub notation: String,
    pub title: String,
    pub retention: Retention,
    pub access: Access,
    pub language: String,
    pub keeper: PersonId,
    pub note: String,
}

impl Details {
    /// The same, cleaned; refused if something is missing or too long.
    fn checked(&self) -> Result<Self, FileError> {
        let line = |text: &str, longest: usize| {
            clean_line(text).filter(|line| line.chars().count() <= longest).ok_or(FileError::Fields)
        };
        if !YEARS.contains(&self.year) {
            return Err(FileError::Fields);
        }
        let note = if self.note.trim().is_empty() { String::new() } else { line(&self.note, LONGEST_TITLE)? };
        let language = clean_line(&self.language).unwrap_or_else(|| LANGUAGE.to_owned());
        Ok(Self {
            notation: line(&self.notation, LONGEST_NOTATION)?,
            title: line(&self.title, LONGEST_TITLE)?,
            language: line(&language, 50)?,
            note,
            ..self.clone()
        })
    }

    fn folded(&self) -> String {
        fold(&format!("{} {}", self.notation, self.title))
    }
}

/// Writes a file into the list of a year, or opens it at once. The clerk does
/// so for anyone, everyone else for what they keep themselves.
pub async fn plan(
    tx: &mut Tx,
    actor: &Actor,
    (details, is_opened): (&Details, bool),
    now: Timestamp,
) -> Result<WorkFileId, FileError> {
    let details = details.checked()?;
    if details.keeper != actor.person && !actor.is(OrgRole::Clerk) {
        return Err(FileError::NotKeeperOfList);
    }
    let state = if is_opened { State::Open } else { State::Planned };
    let new = new_file(tx, actor, &details, (state, now)).await?;
    if !store::insert(tx, &new, &details.folded()).await? {
        return Err(FileError::Taken);
    }
    let act = if is_opened { Act::Open } else { Act::Plan };
    store::add_event(tx, new.id, (act, actor.person, ""), now).await?;
    let done = if is_opened { "file_opened" } else { "file_planned" };
    log(tx, actor, done, &new, json!({ "notation": new.notation, "year": new.year }), now).await?;
    Ok(new.id)
}

async fn new_file(
    tx: &mut Tx,
    actor: &Actor,
    details: &Details,
    (state, now): (State, Timestamp),
) -> Result<WorkFile, FileError> {
    // The id comes from a form.
    let keeper = identity::store::person(tx, actor.organisation, details.keeper).await?;
    let keeper = keeper.filter(|keeper| keeper.active).ok_or(FileError::NotFound)?;
    Ok(WorkFile {
        id: WorkFileId::new(),
        organisation_id: actor.organisation,
        year: details.year,
        notation: details.notation.clone(),
        title: details.title.clone(),
        retention: details.retention,
        access: details.access,
        language: details.language.clone(),
        keeper_id: keeper.id,
        unit_id: keeper.unit_id,
        note: details.note.clone(),
        state,
        opened_at: (state == State::Open).then_some(now),
        closed_at: None,
        hand_in_by: None,
        reminded_at: None,
        handed_in_at: None,
        version: 1,
        created_at: now,
    })
}

/// Changes what the list says about a file; a file keeps its year. Only the
/// clerk gives it to another keeper.
pub async fn change(
    tx: &mut Tx,
    actor: &Actor,
    id: WorkFileId,
    (details, seen): (&Details, i64),
    now: Timestamp,
) -> Result<(), FileError> {
    let old = claim(tx, actor, id, Act::Change).await?;
    if old.version != seen {
        return Err(FileError::Stale);
    }
    let details = Details { year: old.year, ..details.clone() }.checked()?;
    let mut new = WorkFile {
        notation: details.notation.clone(),
        title: details.title.clone(),
        retention: details.retention,
        access: details.access,
        language: details.language.clone(),
        note: details.note.clone(),
        ..old.clone()
    };
    if details.keeper != old.keeper_id {
        if !actor.is(OrgRole::Clerk) {
            return Err(FileError::NotYours);
        }
        let given = new_file(tx, actor, &details, (old.state, now)).await?;
        (new.keeper_id, new.unit_id) = (given.keeper_id, given.unit_id);
    }
    if store::is_taken(tx, &new).await? {
        return Err(FileError::Taken);
    }
    if !store::save(tx, &new, &details.folded()).await? {
        return Err(FileError::Stale);
    }
    store::add_event(tx, id, (Act::Change, actor.person, ""), now).await?;
    let changed = json!({ "notation": new.notation, "title": new.title, "keeper": new.keeper_id });
    log(tx, actor, "file_changed", &new, changed, now).await
}

/// Copies the list of the year before into a year: each file anew, planned and
/// empty, by the same keeper. What is in the list already stays as it is.
pub async fn copy_last_year(
    tx: &mut Tx,
    actor: &Actor,
    year: i64,
    now: Timestamp,
) -> Result<usize, FileError> {
    if !actor.is(OrgRole::Clerk) {
        return Err(FileError::NotKeeperOfList);
    }
    if !YEARS.contains(&year) {
        return Err(FileError::Fields);
    }
    let mut copied = 0;
    for old in store::of_year(tx, actor.organisation, year - 1).await? {
        let keeper = identity::store::person(tx, actor.organisation, old.keeper_id).await?;
        // Whoever left cannot open a file; the clerk keeps its line until somebody is named.
        let keeper = keeper.filter(|one| one.active).map_or(actor.person, |one| one.id);
        let details = Details {
            year,
            notation: moved_on(&old.notation, year),
            title: moved_on(&old.title, year),
            retention: old.retention,
            access: old.access,
            language: old.language,
            keeper,
            note: old.note,
        };
        let new = new_file(tx, actor, &details, (State::Planned, now)).await?;
        if store::insert(tx, &new, &details.folded()).await? {
            store::add_event(tx, new.id, (Act::Plan, actor.person, ""), now).await?;
            copied += 1;
        }
    }
    if copied == 0 {
        return Err(FileError::NothingToCopy);
    }
    let subject = format!("organisation:{}", actor.organisation);
    let details = json!({ "year": year, "files": copied });
    identity::actions::log(tx, actor, "file_list_copied", subject, details, now).await?;
    Ok(copied)
}

pub(super) async fn log(
    tx: &mut Tx,
    actor: &Actor,
    act: &str,
    file: &WorkFile,
    details: Value,
    now: Timestamp,
) -> Result<(), FileError> {
    Ok(identity::actions::log(tx, actor, act, format!("file:{}", file.id), details, now).await?)
}
