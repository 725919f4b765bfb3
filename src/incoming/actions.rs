//! Whom a document concerns, and why they may be refused. What they do with it
//! stands in `door`, `directing` and `working`.

use super::IncomingId;
use super::rules::{Act, ParticularsError, State};
use super::store::{self, Assignment, Document, NamedUnit, Twin};
use crate::db::{self, Tx};
use crate::exchange::ExchangeError;
pub(super) use crate::identity::actions::heads_of_unit as heads_of;
use crate::identity::rules::clean_text;
use crate::identity::{self, Actor, OrgRole, OrganisationId, PersonId, UnitId};
use crate::outgoing::OutgoingError;
use crate::papers::{self, PaperError, UploadError};
use crate::registers::RegisterError;
use crate::registers::printing::PrintError;
use crate::{jobs, storage, verify};

/// Longest text of a direction, a report or a reason, in characters.
const LONGEST_TEXT: usize = 5_000;

#[derive(Debug, thiserror::Error)]
pub enum IncomingError {
    #[error("there is no such document for this person")]
    NotFound,
    #[error("only a clerk may do this")]
    NotAClerk,
    #[error("another person has to do this")]
    NotYours,
    #[error("not possible in the state {}", .0.as_str())]
    NotNow(State),
    #[error("someone else changed the document meanwhile")]
    Stale,
    #[error("a signature is broken or the file cannot be judged")]
    BrokenSignature,
    #[error("nobody vouches for the signatures, and the clerk did not say that they looked")]
    NotLooked,
    #[error("the same was registered before, or waits at the door")]
    Twins(Vec<Twin>),
    #[error(transparent)]
    Particulars(#[from] ParticularsError),
    #[error("the reason is missing or too long")]
    Reason,
    #[error("the text is missing or too long")]
    Text,
    #[error("the deadline cannot be read or is over")]
    Deadline,
    #[error("a lead unit is missing")]
    NoLead,
    #[error("nobody was chosen")]
    Nobody,
    #[error(transparent)]
    Paper(#[from] PaperError),
    #[error(transparent)]
    Print(#[from] PrintError),
    #[error(transparent)]
    Upload(UploadError),
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error(transparent)]
    Sent(#[from] OutgoingError),
    #[error(transparent)]
    Number(#[from] RegisterError),
    #[error(transparent)]
    Verdict(#[from] verify::LightsError),
    #[error(transparent)]
    Job(#[from] jobs::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// What a person is to a document.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    pub is_clerk: bool,
    /// It lies, or lay, before this person.
    pub is_leader: bool,
    /// The unit they speak for, if the direction names it; `true`: it leads.
    pub heads: Option<(UnitId, bool)>,
    /// Their unit's part, if they were put to work; `true`: their unit leads.
    pub works: Option<bool>,
    /// They read everything and change nothing.
    pub may_look: bool,
}

impl Standing {
    fn knows_of_it(&self) -> bool {
        let has_part = self.heads.is_some() || self.works.is_some();
        self.is_clerk || self.is_leader || self.may_look || has_part
    }

    /// They may say that the work is done and lay it in a file.
    pub fn leads_work(&self) -> bool {
        self.works == Some(true) || self.heads.is_some_and(|(_, is_lead)| is_lead)
    }
}

/// A document with the people and units at work on it.
#[derive(Clone, Debug)]
pub struct Found {
    pub document: Document,
    pub standing: Standing,
    pub units: Vec<NamedUnit>,
    pub people: Vec<Assignment>,
}

/// Finds a document for someone it concerns; for others it is not there.
pub async fn find(tx: &mut Tx, actor: &Actor, id: IncomingId) -> Result<Found, IncomingError> {
    let document = store::document(tx, actor.organisation, id).await?.ok_or(IncomingError::NotFound)?;
    around(tx, actor, document).await
}

async fn around(tx: &mut Tx, actor: &Actor, document: Document) -> Result<Found, IncomingError> {
    let units = store::units_of(tx, document.id).await?;
    let people = store::assignments(tx, document.id).await?;
    let leads = |unit: UnitId| units.iter().find(|named| named.unit_id == unit).map(|named| named.is_lead);
    let mut heads = None;
    for named in &units {
        if heads_of(tx, actor.organisation, named.unit_id).await?.iter().any(|head| head.id == actor.person) {
            heads = Some((named.unit_id, named.is_lead));
        }
    }
    let own = people.iter().find(|one| one.person_id == actor.person);
    let standing = Standing {
        is_clerk: actor.is(OrgRole::Clerk),
        is_leader: document.presented_to == Some(actor.person),
        heads,
        works: own.and_then(|own| leads(own.unit_id)),
        may_look: actor.is(OrgRole::Auditor) && document.arrival_number.is_some(),
    };
    if !standing.knows_of_it() {
        return Err(IncomingError::NotFound);
    }
    Ok(Found { document, standing, units, people })
}

/// Finds a document that is about to change and holds it until `tx` ends;
/// `seen` is the version the form was made from.
pub(super) async fn claim(
    tx: &mut Tx,
    actor: &Actor,
    id: IncomingId,
    seen: i64,
) -> Result<Found, IncomingError> {
    let found = hold(tx, actor, id).await?;
    // Claiming counts as a change of its own.
    if found.document.version != seen + 1 { Err(IncomingError::Stale) } else { Ok(found) }
}

/// As [`claim`], whatever version of it was seen.
pub(super) async fn hold(tx: &mut Tx, actor: &Actor, id: IncomingId) -> Result<Found, IncomingError> {
    let document = store::claim(tx, actor.organisation, id).await?.ok_or(IncomingError::NotFound)?;
    around(tx, actor, document).await
}

impl Found {
    /// The state after an act, or why it is refused.
    pub(super) fn after(&self, act: Act) -> Result<State, IncomingError> {
        self.document.state.after(act).ok_or(IncomingError::NotNow(self.document.state))
    }

    pub(super) fn must(&self, may: bool) -> Result<(), IncomingError> {
        if may { Ok(()) } else { Err(IncomingError::NotYours) }
    }
}

/// Writes down who may read the file now: the clerks, the leader it lies
/// before, those who speak for the units named and those at work.
pub(super) async fn sync_readers(
    tx: &mut Tx,
    id: IncomingId,
    organisation: OrganisationId,
) -> Result<(), IncomingError> {
    let document = store::document(tx, organisation, id).await?.ok_or(IncomingError::NotFound)?;
    let roles = identity::store::all_roles(tx, organisation).await?;
    let reads = [OrgRole::Clerk, OrgRole::Auditor];
    let mut readers: Vec<PersonId> =
        roles.iter().filter(|(_, role)| reads.contains(role)).map(|(person, _)| *person).collect();
    readers.extend(document.presented_to);
    readers.extend(store::assignments(tx, id).await?.iter().map(|one| one.person_id));
    for named in store::units_of(tx, id).await? {
        readers.extend(heads_of(tx, organisation, named.unit_id).await?.iter().map(|head| head.id));
    }
    let readers: Vec<(PersonId, bool)> = readers.into_iter().map(|person| (person, true)).collect();
    for (paper, _, _) in store::attachments(tx, id).await? {
        papers::actions::set_readers(tx, paper, &readers).await?;
    }
    Ok(papers::actions::set_readers(tx, document.paper_id, &readers).await?)
}

pub(super) fn text(typed: &str) -> Result<String, IncomingError> {
    let text = clean_text(typed).trim().to_owned();
    if text.chars().count() <= LONGEST_TEXT { Ok(text) } else { Err(IncomingError::Text) }
}

pub(super) fn reason_of(typed: &str) -> Result<String, IncomingError> {
    let reason = text(typed).map_err(|_| IncomingError::Reason)?;
    if reason.is_empty() { Err(IncomingError::Reason) } else { Ok(reason) }
}
