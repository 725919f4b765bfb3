//! Finding a slip, and what a person is to it.

use super::SlipId;
use super::rules::State;
use super::store::{self, Member, Slip};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::rules::clean_text;
use crate::identity::{self, Actor, OrgRole, PersonId};
use crate::notices::{self, Tidings};
use crate::outgoing::OutgoingError;
use crate::papers::PaperError;
use crate::signing::signature::SignError;
use crate::{jobs, storage};

pub use super::answering::{Given, answer, open, sign};
pub use super::collecting::{close, extend, remind_now, report, respond, substitute};
pub use super::drafting::{Draft, add_paper, advance, create, save, set_rule};
pub use super::following::{KINDS, Wanted, draft_document};

/// Longest text of a statement, an opinion or a response, in characters.
const LONGEST_TEXT: usize = 10_000;

#[derive(Debug, thiserror::Error)]
pub enum SlipError {
    #[error("there is no such slip for this person")]
    NotFound,
    #[error("this is another person's to do")]
    NotYours,
    #[error("not possible in the state the slip is in")]
    NotNow,
    #[error("someone else saved meanwhile")]
    Stale,
    #[error("a text is missing or too long")]
    Text,
    #[error("members need an hour at least, and not more than three months")]
    Deadline,
    #[error("there is no question, or nobody is asked")]
    Empty,
    #[error("a question was left open, or 'other' says nothing")]
    Unanswered,
    #[error("answers are no longer taken")]
    Closed,
    #[error("somebody else answers instead")]
    Replaced,
    #[error("the slip is signed")]
    Signed,
    #[error("answered on another device meanwhile")]
    OtherDevice,
    #[error("the substitute is asked already, or the member has answered")]
    Substitute,
    #[error("no room for a signature was left")]
    NoRoom,
    #[error("the person may not set rules, or a rule makes no sense")]
    Rule,
    #[error("a question was not carried")]
    NotCarried,
    #[error("the document that follows is drafted already")]
    Drafted,
    #[error(transparent)]
    Sign(#[from] SignError),
    #[error(transparent)]
    Outgoing(Box<OutgoingError>),
    #[error(transparent)]
    Paper(#[from] PaperError),
    #[error("the slip cannot be typeset")]
    Typeset(#[from] typeset::TypesetError),
    #[error("the typesetting broke off")]
    Broken(#[from] tokio::task::JoinError),
    #[error("no random numbers")]
    Random(#[from] openssl::error::ErrorStack),
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error(transparent)]
    Job(#[from] jobs::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// A slip as one person may see it.
#[derive(Clone, Debug)]
pub struct View {
    pub slip: Slip,
    /// Drafts, sends, follows and puts together: the drafter, the adviser, the secretary.
    pub manages: bool,
    pub approves: bool,
    /// The row this person answers on, or answered until somebody was named instead.
    pub own: Option<Member>,
    /// Whether somebody else answers on that row.
    pub is_replaced: bool,
    pub members: Vec<Member>,
}

/// Finds a slip this person may know of.
pub async fn find(tx: &mut Tx, actor: &Actor, id: SlipId) -> Result<View, SlipError> {
    let slip = store::slip(tx, actor.organisation, id).await?.ok_or(SlipError::NotFound)?;
    view(tx, actor, slip).await
}

/// As [`find`], and holds the slip until `tx` ends.
pub(super) async fn claim(tx: &mut Tx, actor: &Actor, id: SlipId) -> Result<View, SlipError> {
    find(tx, actor, id).await?;
    let slip = store::claim(tx, id).await?.ok_or(SlipError::NotFound)?;
    view(tx, actor, slip).await
}

async fn view(tx: &mut Tx, actor: &Actor, slip: Slip) -> Result<View, SlipError> {
    let members = store::members(tx, slip.id).await?;
    let answers = members.iter().find(|one| one.answerer() == actor.person);
    let own = answers.or_else(|| members.iter().find(|one| one.person_id == actor.person));
    let own = own.filter(|_| slip.state.is_sent()).cloned();
    let view = View {
        manages: [slip.drafter_id, slip.adviser_id].contains(&actor.person) || actor.is(OrgRole::Secretary),
        approves: slip.approver_id == actor.person,
        is_replaced: own.as_ref().is_some_and(|own| own.answerer() != actor.person),
        own,
        slip,
        members,
    };
    if view.manages || view.approves || view.own.is_some() { Ok(view) } else { Err(SlipError::NotFound) }
}

/// As [`claim`], for those who manage it, while `possible` holds.
pub(super) async fn claim_to_manage(
    tx: &mut Tx,
    actor: &Actor,
    id: SlipId,
    possible: State,
) -> Result<View, SlipError> {
    let view = claim(tx, actor, id).await?;
    if !view.manages {
        return Err(SlipError::NotYours);
    }
    if view.slip.state == possible { Ok(view) } else { Err(SlipError::NotNow) }
}

/// Tells people of a slip once each; its mail holds the title and the deadline, no more.
pub(super) async fn tell(
    tx: &mut Tx,
    slip: &Slip,
    people: &[PersonId],
    what: &str,
    now: Timestamp,
) -> Result<usize, jobs::Error> {
    let subject = format!("{what}: {}", slip.title);
    let body = format!("{}\nHạn trả lời: {}.", slip.title, slip.deadline.date_time());
    let link = super::urls::slip(slip.id);
    let organisation = slip.organisation_id;
    let tidings = Tidings { organisation, subject: &subject, link: &link, body: &body };
    let mut told = Vec::new();
    for person in people {
        let found = identity::store::person(tx, organisation, *person).await?;
        if let Some(found) = found.filter(|found| found.active && !told.contains(&found.id)) {
            notices::actions::tell(tx, found.id, &found.email, &tidings, now).await?;
            told.push(found.id);
        }
    }
    Ok(told.len())
}

/// Those whose slips have not come back, as they would answer.
pub(super) fn silent(slip: &Slip, members: &[Member]) -> Vec<PersonId> {
    let is_silent = |one: &&Member| !slip.terms().is_back(one.state);
    members.iter().filter(is_silent).map(Member::answerer).collect()
}

/// A text of a form: cleaned, not too long; may be empty.
pub(super) fn bounded(text: &str) -> Result<String, SlipError> {
    let text = clean_text(text).trim().to_owned();
    if text.chars().count() <= LONGEST_TEXT { Ok(text) } else { Err(SlipError::Text) }
}

pub(super) async fn log(
    tx: &mut Tx,
    actor: &Actor,
    act: &str,
    slip: SlipId,
    details: serde_json::Value,
    now: Timestamp,
) -> Result<(), SlipError> {
    Ok(identity::actions::log(tx, actor, act, format!("slip:{slip}"), details, now).await?)
}
