//! Finding outgoing documents, and what can refuse.

use super::rules::{Act, Refusal, State, Who, may};
use super::store::{self, Outgoing, Viewer};
use super::{OutgoingId, urls};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::exchange::{ExchangeError, Unknown};
use crate::identity::{self, Actor, OrgRole};
use crate::papers::{PaperError, UploadError};
use crate::registers::RegisterError;
use crate::registers::printing::PrintError;
use crate::{jobs, layout, signing, storage};

/// Lines of a list.
const LISTED: i64 = 200;

#[derive(Debug, thiserror::Error)]
pub enum OutgoingError {
    #[error("there is no such document for this person")]
    NotFound,
    #[error("the document is not at that point")]
    NotNow,
    #[error("this is another person's act")]
    NotYours,
    #[error("one person may not do both")]
    SameHand,
    #[error("someone else saved meanwhile")]
    Stale,
    #[error("a field is missing, too long or unreadable")]
    Fields,
    #[error("an e-mail address cannot be one")]
    Address,
    #[error("no unit of the organisation was chosen")]
    NoUnit,
    #[error("the deadline cannot be read or is over")]
    Deadline,
    #[error("the unit has spoken already")]
    SaidAlready,
    #[error("the text is missing or too long")]
    Text,
    #[error("a comment lies unanswered")]
    Unanswered,
    #[error("no body of the State is called {:?}", .0.typed)]
    Body(Unknown),
    #[error("a reason is missing")]
    Reason,
    #[error("the subject bears a marking of state secrets")]
    Classified,
    #[error("a written field is too long")]
    TooLong,
    #[error("a file is missing, and nothing is written")]
    NoFile,
    #[error(transparent)]
    Upload(UploadError),
    #[error("the draft cannot be laid out")]
    Typeset(#[from] typeset::TypesetError),
    #[error("the file has no room for number and date")]
    NoRoomForNumber,
    #[error("the file has no room for the signature")]
    NoRoomForSignature,
    #[error("the layout breaks a rule, and no reason was given")]
    Findings,
    #[error("the file bears a signature already")]
    SignedFile,
    #[error("the organisation has no key for its seal")]
    NoSeal,
    #[error("the seal's key is one of the test authority, which this office does not accept")]
    TestSeal,
    #[error("the seal's certificate does not hold today")]
    SealExpired,
    #[error("the seal's key is locked after too many wrong PINs")]
    SealLocked,
    #[error("the PIN is wrong, {left} tries are left")]
    WrongPin { left: i64 },
    #[error("the document changed meanwhile")]
    Overtaken,
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    #[error(transparent)]
    Register(#[from] RegisterError),
    #[error(transparent)]
    Print(#[from] PrintError),
    #[error(transparent)]
    Paper(#[from] PaperError),
    #[error("the layout cannot be checked")]
    Layout(#[from] layout::CheckError),
    #[error("the rules of layout cannot be read")]
    Profile(#[from] layout::ProfileError),
    #[error("the file cannot be signed")]
    Pdf(#[from] pades::sign::SignError),
    #[error("the crypto library failed")]
    Crypto(#[from] openssl::error::ErrorStack),
    #[error("the key file cannot be used")]
    KeyFile(#[source] pades::sign::Pkcs12Error),
    #[error("the signer holds no authority for this kind of document today")]
    NoDelegation,
    #[error("the organisation has closed this way to seal")]
    WayClosed,
    #[error("nobody has given a picture of the seal")]
    NoSealPicture,
    #[error("that is no picture of a seal")]
    NoPicture,
    #[error("the password is wrong")]
    WrongPassword,
    #[error("too many wrong passwords, wait {seconds} s")]
    Wait { seconds: i64 },
    #[error("the password cannot be checked")]
    Password(#[source] identity::passwords::PasswordError),
    #[error("the device of the seal gives no key")]
    Module(#[from] signing::ModuleError),
    #[error("the picture of the seal cannot be drawn")]
    Picture(#[from] image::ImageError),
    #[error("the work broke off")]
    Broken(#[from] tokio::task::JoinError),
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error(transparent)]
    Jobs(#[from] jobs::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<Refusal> for OutgoingError {
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
    let is_clerk = actor.is(OrgRole::Clerk);
    Who { person: actor.person, is_clerk, checks_format: is_clerk || actor.is(OrgRole::Secretary) }
}

/// Who sees every document of the office: they handle or keep them.
pub const READERS: [OrgRole; 4] = [OrgRole::Clerk, OrgRole::Secretary, OrgRole::Archivist, OrgRole::Auditor];

pub fn sees_all(actor: &Actor) -> bool {
    READERS.iter().any(|role| actor.is(*role))
}

pub(super) fn may_see(actor: &Actor, document: &Outgoing) -> bool {
    let hands = document.hands();
    let is_issued = matches!(document.state, State::Issued | State::Filed | State::Recalled);
    sees_all(actor) || is_issued || [hands.drafter, hands.checker, hands.signer].contains(&actor.person)
}

/// Finds a document that this person may see.
pub async fn find(tx: &mut Tx, actor: &Actor, id: OutgoingId) -> Result<Outgoing, OutgoingError> {
    let found = store::outgoing(tx, actor.organisation, id).await?;
    found.filter(|document| may_see(actor, document)).ok_or(OutgoingError::NotFound)
}

/// As [`find`], holding the document until `tx` ends, for an act that the
/// rules allow this person now.
pub(super) async fn claim(
    tx: &mut Tx,
    actor: &Actor,
    id: OutgoingId,
    act: Act,
) -> Result<Outgoing, OutgoingError> {
    let found = store::claim(tx, actor.organisation, id).await?;
    let found = found.filter(|document| may_see(actor, document)).ok_or(OutgoingError::NotFound)?;
    may(found.state, act, found.hands(), who(actor))?;
    Ok(found)
}

/// The documents a person may see, the newest first; of one state or of any.
pub async fn list(tx: &mut Tx, actor: &Actor, state: Option<State>) -> Result<Vec<store::Line>, db::Error> {
    let viewer = Viewer { organisation: actor.organisation, person: actor.person, sees_all: sees_all(actor) };
    match state {
        Some(state) => store::in_state(tx, viewer, state, LISTED).await,
        None => store::newest(tx, viewer, LISTED).await,
    }
}

/// A document that waits for a person.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub subject: String,
    pub link: String,
    pub state: State,
}

/// What waits for a person now; signatures are in the sign queue already.
pub async fn waiting_for(tx: &mut Tx, actor: &Actor) -> Result<Vec<Waiting>, db::Error> {
    let mut lines = store::waiting_for(tx, actor.organisation, who(actor)).await?;
    lines.extend(store::unfiled(tx, actor.person).await?);
    let waiting = |line: store::Line| Waiting {
        link: urls::document(line.id),
        subject: line.subject,
        state: line.state,
    };
    Ok(lines.into_iter().map(waiting).collect())
}

/// Takes back what is out for signature, so that nobody signs it any more.
pub(super) async fn withdraw_signing(tx: &mut Tx, document: &Outgoing) -> Result<(), OutgoingError> {
    match document.document_id {
        Some(id) if !signing::withdraw(tx, id).await? => Err(OutgoingError::Overtaken),
        _ => Ok(()),
    }
}

pub(super) async fn log(
    tx: &mut Tx,
    actor: &Actor,
    act: &str,
    document: &Outgoing,
    details: serde_json::Value,
    now: Timestamp,
) -> Result<(), OutgoingError> {
    let subject = format!("outgoing:{}", document.id);
    Ok(identity::actions::log(tx, actor, act, subject, details, now).await?)
}
