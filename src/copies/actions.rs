//! Finding copies, what moves them, and what can refuse.

use serde_json::json;

use super::origin::{self, Wanted};
use super::rules::{Act, Refusal, State, Who, may};
use super::store::{self, Copy, Line, Viewer};
use super::{CopyId, signers, urls};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::rules::clean_line;
use crate::identity::{self, Actor, OrgRole, PersonId};
use crate::incoming::actions::IncomingError;
use crate::notices::{self, Tidings};
use crate::outgoing::OutgoingError;
use crate::papers::{DrawError, PaperError, SheetsError};
use crate::registers::printing::PrintError;
use crate::registers::{self, RegisterError};
use crate::{jobs, storage, verify};

/// Lines of a list.
const LISTED: i64 = 200;

#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    #[error("there is no such copy or source for this person")]
    NotFound,
    #[error("the copy is not at that point")]
    NotNow,
    #[error("this is another person's act")]
    NotYours,
    #[error("who signs for a copy does not number or seal it")]
    SameHand,
    #[error("the document is not issued")]
    NotIssued,
    #[error("the document is not registered, or was sent back")]
    NotRegistered,
    #[error("the copy is not sealed")]
    NotSealed,
    #[error("the document was recalled")]
    Recalled,
    #[error("the document was cancelled")]
    Cancelled,
    #[error("the document was replaced")]
    Replaced,
    #[error("a text bears a marking of state secrets")]
    Classified,
    #[error("a signature of the source is broken, or nobody can tell")]
    BrokenSignature,
    #[error("nobody vouches for the source, and the asker did not say that they looked")]
    NotLooked,
    #[error("sao lục is made from a copy, the other forms from an original")]
    WrongForm,
    #[error("sao lục is made from a bản sao y only")]
    NotFromThisCopy,
    #[error("the pages cannot be read, or are no part of the document")]
    Pages,
    #[error("for whom and what for is missing or too long")]
    Purpose,
    #[error("number, day, issuer or subject of the paper is missing or wrong")]
    Particulars,
    #[error("nobody is let sign copies")]
    NoSigner,
    #[error("this person is not let sign copies now")]
    NotASigner,
    #[error("the source is locked against further signatures")]
    Locked,
    #[error("the first page has no free place for the mark")]
    NoPlace,
    #[error("the pages cannot be taken out of the file")]
    NoExcerpt,
    #[error("the source changed meanwhile")]
    Overtaken,
    #[error("a reason is missing or too long")]
    Reason,
    #[error("the days are missing, past, or too many")]
    Days,
    #[error("the paper that gives the leave is missing or too long")]
    Basis,
    #[error("the abbreviation of the office cannot be one")]
    Symbol,
    #[error("only a clerk brings papers")]
    NotAClerk,
    #[error(transparent)]
    Outgoing(#[from] OutgoingError),
    #[error(transparent)]
    Incoming(#[from] IncomingError),
    #[error(transparent)]
    Register(#[from] RegisterError),
    #[error(transparent)]
    Print(#[from] PrintError),
    #[error(transparent)]
    Paper(#[from] PaperError),
    #[error(transparent)]
    Sheets(#[from] SheetsError),
    #[error(transparent)]
    Draw(#[from] DrawError),
    #[error("the picture of the page cannot be read")]
    Picture(#[from] image::ImageError),
    #[error("the file cannot be signed")]
    Pdf(#[from] pades::sign::SignError),
    #[error(transparent)]
    Verdict(#[from] verify::LightsError),
    #[error("the work broke off")]
    Broken(#[from] tokio::task::JoinError),
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error(transparent)]
    Jobs(#[from] jobs::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<Refusal> for CopyError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotNow => Self::NotNow,
            Refusal::NotYours => Self::NotYours,
            Refusal::SameHand => Self::SameHand,
        }
    }
}

/// What the rules ask of a person.
pub fn who(actor: &Actor) -> Who {
    Who { person: actor.person, is_clerk: actor.is(OrgRole::Clerk) }
}

/// Who sees every copy of the office: they make or keep them.
pub const READERS: &[OrgRole] = &[OrgRole::Clerk, OrgRole::Archivist, OrgRole::Auditor];

pub fn sees_all(actor: &Actor) -> bool {
    READERS.iter().any(|role| actor.is(*role))
}

fn may_see(actor: &Actor, copy: &Copy) -> bool {
    sees_all(actor) || [copy.asked_by, copy.signer_id].contains(&actor.person)
}

/// Finds a copy that this person may see.
pub async fn find(tx: &mut Tx, actor: &Actor, id: CopyId) -> Result<Copy, CopyError> {
    let found = store::copy(tx, actor.organisation, id).await?;
    found.filter(|copy| may_see(actor, copy)).ok_or(CopyError::NotFound)
}

/// As [`find`], holding the copy until `tx` ends, for an act that the rules
/// allow this person now.
pub(super) async fn claim(tx: &mut Tx, actor: &Actor, id: CopyId, act: Act) -> Result<Copy, CopyError> {
    let found = store::claim(tx, actor.organisation, id).await?;
    let found = found.filter(|copy| may_see(actor, copy)).ok_or(CopyError::NotFound)?;
    may(found.state, act, found.hands(), who(actor))?;
    Ok(found)
}

/// The source may still be copied: it was not recalled or replaced since.
pub(super) async fn must_stand(tx: &mut Tx, copy: &Copy) -> Result<(), CopyError> {
    if let Some(wanted) = Wanted::of(copy) {
        origin::standing(tx, copy.organisation_id, wanted).await?;
    }
    Ok(())
}

/// The acts that need nothing but a person's word.
pub async fn act(
    tx: &mut Tx,
    actor: &Actor,
    id: CopyId,
    (act, note): (Act, &str),
    now: Timestamp,
) -> Result<(), CopyError> {
    let copy = claim(tx, actor, id, act).await?;
    let note = match act {
        Act::Return | Act::Cancel => clean_line(note).ok_or(CopyError::Reason)?,
        _ => String::new(),
    };
    match act {
        Act::Approve => {
            must_stand(tx, &copy).await?;
            let signer = signers::entitled(tx, actor.organisation, now).await?;
            let signer = signer.into_iter().find(|one| one.person == actor.person);
            store::approve(tx, id, signer.ok_or(CopyError::NotASigner)?.capacity, now).await?;
        }
        Act::Return => store::end(tx, id, State::Returned).await?,
        Act::Cancel => {
            // A number that was given stays in the register as cancelled.
            if let Some(number) = copy.number_id {
                registers::void(tx, actor, number, &note, now).await?;
            }
            store::end(tx, id, State::Cancelled).await?;
        }
        Act::Ask | Act::Number | Act::Seal => return Err(CopyError::NotNow),
    }
    done(tx, actor, &copy, (act, &note), now).await
}

/// Writes a step down and tells whoever is next.
pub(super) async fn done(
    tx: &mut Tx,
    actor: &Actor,
    copy: &Copy,
    (act, note): (Act, &str),
    now: Timestamp,
) -> Result<(), CopyError> {
    store::add_step(tx, copy.id, (act, actor.person), note, now).await?;
    log(tx, actor, "copy_moved", copy.id, json!({ "act": act, "note": note }), now).await?;
    let (people, what) = match act {
        Act::Ask => (vec![copy.signer_id], "Chờ ký duyệt bản sao"),
        Act::Approve => (clerks(tx, actor).await?, "Chờ cấp số bản sao"),
        Act::Return => (vec![copy.asked_by], "Trả lại đề nghị sao"),
        Act::Seal => (vec![copy.asked_by], "Bản sao đã đóng dấu"),
        Act::Cancel => (vec![copy.asked_by], "Đã hủy bản sao"),
        Act::Number => (Vec::new(), ""),
    };
    for person in people.into_iter().filter(|person| *person != actor.person) {
        tell(tx, copy, (person, what), now).await?;
    }
    Ok(())
}

pub(super) async fn clerks(tx: &mut Tx, actor: &Actor) -> Result<Vec<PersonId>, db::Error> {
    let roles = identity::store::all_roles(tx, actor.organisation).await?;
    Ok(roles.into_iter().filter(|(_, role)| *role == OrgRole::Clerk).map(|(person, _)| person).collect())
}

async fn tell(
    tx: &mut Tx,
    copy: &Copy,
    (person, what): (PersonId, &str),
    now: Timestamp,
) -> Result<(), CopyError> {
    let organisation = copy.organisation_id;
    let Some(person) = identity::store::person(tx, organisation, person).await? else { return Ok(()) };
    let subject = format!("{what}: {}", copy.title());
    let link = urls::copy(copy.id);
    let tidings = Tidings { organisation, subject: &subject, link: &link, body: &copy.source_subject };
    Ok(notices::actions::tell(tx, person.id, &person.email, &tidings, now).await?)
}

pub(super) async fn log(
    tx: &mut Tx,
    actor: &Actor,
    act: &str,
    id: CopyId,
    details: serde_json::Value,
    now: Timestamp,
) -> Result<(), db::Error> {
    identity::actions::log(tx, actor, act, format!("copy:{id}"), details, now).await
}

/// The copies a person may see, the newest first.
pub async fn list(tx: &mut Tx, actor: &Actor) -> Result<Vec<Line>, db::Error> {
    let viewer = Viewer { organisation: actor.organisation, person: actor.person, sees_all: sees_all(actor) };
    store::newest(tx, viewer, LISTED).await
}

/// The copies made of a source; those the person may not open are named without a way to them.
pub async fn of_source(tx: &mut Tx, actor: &Actor, wanted: Wanted) -> Result<Vec<(Line, bool)>, db::Error> {
    let lines = store::of_source(tx, actor.organisation, wanted.ids()).await?;
    let opens = |line: &Line| sees_all(actor) || [line.asked_by, line.signer_id].contains(&actor.person);
    Ok(lines.into_iter().map(|line| (line.clone(), opens(&line))).collect())
}

/// A copy that waits for a person.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub title: String,
    pub link: String,
    pub state: State,
}

/// What waits for a person now: to sign for, to number or to seal.
pub async fn waiting_for(tx: &mut Tx, actor: &Actor) -> Result<Vec<Waiting>, db::Error> {
    let who = who(actor);
    let lines = store::waiting_for(tx, actor.organisation, (who.person, who.is_clerk)).await?;
    let waiting = |line: Line| Waiting {
        title: format!("{} {}: {}", line.form.legal_name(), line.source_symbol, line.source_subject),
        link: urls::copy(line.id),
        state: line.state,
    };
    Ok(lines.into_iter().map(waiting).collect())
}
