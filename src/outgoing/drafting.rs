//! Drafting and changing outgoing documents.

use serde_json::json;

use super::actions::{OutgoingError, claim, find, log, withdraw_signing};
use super::reviewing::tell;
use super::rules::{Act, Capacity, Kind, Priority, State};
use super::store::{self, Attachment, Outgoing};
use super::{AttachmentId, OutgoingId, Relation, answers, consulting, exchanging};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::rules::{clean_line, clean_text, fold};
use crate::identity::{self, Actor, OrgRole, OrganisationId, PersonId};
use crate::papers::{self, Upload};

/// Longest list of outside recipients, in characters.
const LONGEST: usize = 4_000;
/// Most attachments and recipients of one document.
const MOST: usize = 200;

/// What a form says of a document.
#[derive(Clone, Debug)]
pub struct Details {
    pub kind: Kind,
    pub subject: String,
    pub priority: Priority,
    pub checker: PersonId,
    pub signer: PersonId,
    pub capacity: Capacity,
    pub symbol: String,
    pub copies: i64,
    /// Recipients inside the installation.
    pub organisations: Vec<OrganisationId>,
    /// E-mail addresses, a line each.
    pub addresses: String,
    /// Bodies reached by the exchange, a code or name a line.
    pub bodies: String,
    /// Other recipients, a line each.
    pub others: String,
    /// The day by which they are asked to answer, as `2026-11-27`; empty: none.
    pub answer_by: String,
}

/// What a new document answers or follows.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The document it answers, as its feature names it: "incoming:018f…".
    pub answers: Option<String>,
    pub related: Option<(Relation, OutgoingId)>,
}

/// Drafts a document from a file. Ring the bell after the commit.
pub async fn draft(
    tx: &mut Tx,
    actor: &Actor,
    details: &Details,
    (upload, origin): (&Upload, Origin),
    now: Timestamp,
) -> Result<OutgoingId, OutgoingError> {
    let checked = checked(tx, actor, details).await?;
    if let Some((_, related)) = origin.related {
        let related = find(tx, actor, related).await?;
        if !matches!(related.state, State::Issued | State::Filed | State::Recalled) {
            return Err(OutgoingError::NotNow);
        }
    }
    if let Some(subject) = origin.answers.as_deref() {
        answers::asked(tx, actor, subject).await?;
    }
    let paper = papers::actions::add_paper(tx, actor, upload, &checked.subject, now).await?;
    let new = Outgoing {
        paper_id: paper,
        answers: origin.answers,
        relation: origin.related.map(|(relation, _)| relation),
        related_id: origin.related.map(|(_, related)| related),
        ..checked
    };
    store::insert(tx, &new, &folded(&new), now).await?;
    send_to(tx, new.id, details).await?;
    open_to(tx, actor.organisation, &new).await?;
    answers::spread(tx, &new, false, now).await?;
    log(tx, actor, "outgoing_drafted", &new, json!({ "kind": new.kind }), now).await?;
    Ok(new.id)
}

/// Writes down whom a document goes to.
async fn send_to(tx: &mut Tx, id: OutgoingId, details: &Details) -> Result<(), OutgoingError> {
    let addresses = addresses(&details.addresses)?;
    let (bodies, neighbours) = exchanging::bodies(tx, &details.bodies).await?;
    if bodies.len() > MOST {
        return Err(OutgoingError::Fields);
    }
    let organisations = [details.organisations.as_slice(), &neighbours].concat();
    store::replace_recipients(tx, id, &organisations, &addresses).await?;
    Ok(store::replace_bodies(tx, id, &bodies).await?)
}

/// Lets the people of a document, those who check its format and the units
/// asked about it read its file.
pub(super) async fn open_to(
    tx: &mut Tx,
    organisation: OrganisationId,
    document: &Outgoing,
) -> Result<(), OutgoingError> {
    let hands = document.hands();
    let mut readers = vec![hands.drafter, hands.checker, hands.signer];
    let roles = identity::store::all_roles(tx, organisation).await?;
    let office = roles.iter().filter(|(_, role)| matches!(role, OrgRole::Clerk | OrgRole::Secretary));
    readers.extend(office.map(|(person, _)| *person));
    readers.extend(consulting::readers(tx, document).await?);
    readers.sort();
    readers.dedup();
    let readers: Vec<(PersonId, bool)> = readers.into_iter().map(|person| (person, true)).collect();
    Ok(papers::actions::set_readers(tx, document.paper_id, &readers).await?)
}

/// Refuses details that [`draft`] and [`save`] would refuse.
pub async fn must_be_right(tx: &mut Tx, actor: &Actor, details: &Details) -> Result<(), OutgoingError> {
    checked(tx, actor, details).await?;
    addresses(&details.addresses)?;
    let (bodies, _) = exchanging::bodies(tx, &details.bodies).await?;
    if bodies.len() > MOST { Err(OutgoingError::Fields) } else { Ok(()) }
}

/// The details as a document, every id and text in them looked at.
async fn checked(tx: &mut Tx, actor: &Actor, details: &Details) -> Result<Outgoing, OutgoingError> {
    must_be_known(tx, actor, details).await?;
    let subject = clean_line(&details.subject).ok_or(OutgoingError::Fields)?;
    if papers::marking_in_lines([subject.as_str()]).is_some() {
        return Err(OutgoingError::Classified);
    }
    let others = clean_text(&details.others).trim().to_owned();
    if others.chars().count() > LONGEST || !(1..=9999).contains(&details.copies) {
        return Err(OutgoingError::Fields);
    }
    let (symbol, answer_by) = (symbol(&details.symbol)?, answer_by(&details.answer_by)?);
    Ok(Outgoing { subject, symbol, others, answer_by, ..blank(actor, details) })
}

/// The ids come from a form: they must be people of this office, and others
/// offices of this installation.
async fn must_be_known(tx: &mut Tx, actor: &Actor, details: &Details) -> Result<(), OutgoingError> {
    for person in [details.checker, details.signer] {
        let found = identity::store::person(tx, actor.organisation, person).await?;
        found.filter(|person| person.active).ok_or(OutgoingError::Fields)?;
    }
    let known = neighbours(tx, actor).await?;
    let is_known = |organisation: &OrganisationId| known.iter().any(|(id, _)| id == organisation);
    if details.organisations.len() > MOST || !details.organisations.iter().all(is_known) {
        return Err(OutgoingError::Fields);
    }
    if details.checker == actor.person { Err(OutgoingError::SameHand) } else { Ok(()) }
}

/// A draft with nothing on it but the choices of a form.
fn blank(actor: &Actor, details: &Details) -> Outgoing {
    Outgoing {
        id: OutgoingId::new(),
        organisation_id: actor.organisation,
        state: State::Draft,
        kind: details.kind,
        subject: String::new(),
        priority: details.priority,
        drafter_id: actor.person,
        checker_id: details.checker,
        signer_id: details.signer,
        capacity: details.capacity,
        symbol: String::new(),
        copies: details.copies,
        others: String::new(),
        answer_by: None,
        answers: None,
        relation: None,
        related_id: None,
        paper_id: papers::PaperId::new(),
        edition: 1,
        document_id: None,
        number_id: None,
        number: None,
        day: None,
        signed_at: None,
        sealed_at: None,
        issued_at: None,
        filed_at: None,
        filed_in: String::new(),
        version: 1,
    }
}

/// "QĐ-UBND": letters, digits and hyphens, as the decree writes symbols.
fn symbol(typed: &str) -> Result<String, OutgoingError> {
    let symbol = clean_line(typed).ok_or(OutgoingError::Fields)?;
    let is_sign = |sign: char| sign.is_alphanumeric() || matches!(sign, '-' | '&' | '/');
    if symbol.chars().count() <= 30 && symbol.chars().all(is_sign) {
        Ok(symbol)
    } else {
        Err(OutgoingError::Fields)
    }
}

fn answer_by(typed: &str) -> Result<Option<Timestamp>, OutgoingError> {
    match typed.trim() {
        "" => Ok(None),
        day => Timestamp::from_date_input(day).map(Some).ok_or(OutgoingError::Fields),
    }
}

fn addresses(typed: &str) -> Result<Vec<String>, OutgoingError> {
    let lines = typed.split(['\n', ',', ';']).map(str::trim).filter(|line| !line.is_empty());
    let mut addresses: Vec<String> = lines.map(str::to_lowercase).collect();
    addresses.dedup();
    let is_address = |address: &String| {
        let parts = address.split_once('@');
        parts.is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
            && address.len() <= 200
            && address.chars().all(|sign| sign.is_ascii_graphic() && !matches!(sign, '<' | '>' | '"'))
    };
    if addresses.len() <= MOST && addresses.iter().all(is_address) {
        Ok(addresses)
    } else {
        Err(OutgoingError::Address)
    }
}

/// The other organisations of this installation.
pub async fn neighbours(tx: &mut Tx, actor: &Actor) -> Result<Vec<(OrganisationId, String)>, db::Error> {
    let all = identity::store::organisations(tx).await?;
    Ok(all.into_iter().filter(|one| one.id != actor.organisation).map(|one| (one.id, one.name)).collect())
}

fn folded(document: &Outgoing) -> String {
    fold(&format!("{} {} {}", document.kind.legal_name(), document.symbol, document.subject))
}

/// Changes the details of a draft; `version` is the one the form was made from.
pub async fn save(
    tx: &mut Tx,
    actor: &Actor,
    id: OutgoingId,
    (details, version): (&Details, i64),
    now: Timestamp,
) -> Result<(), OutgoingError> {
    let before = claim(tx, actor, id, Act::Submit).await?;
    let new = Outgoing { id, version, ..checked(tx, actor, details).await? };
    if !store::save(tx, &new, &folded(&new)).await? {
        return Err(OutgoingError::Stale);
    }
    send_to(tx, id, details).await?;
    open_to(tx, actor.organisation, &Outgoing { paper_id: before.paper_id, ..new }).await?;
    log(tx, actor, "outgoing_saved", &before, json!({ "version": version + 1 }), now).await
}

/// A new file: the next edition, whose number is given. What was approved or
/// signed is void for it. A leader's edition goes back to the drafter, who submits it.
/// `seen` is the edition that whoever brings it has before them.
pub async fn revise(
    tx: &mut Tx,
    actor: &Actor,
    id: OutgoingId,
    (upload, seen): (&Upload, i64),
    now: Timestamp,
) -> Result<i64, OutgoingError> {
    let document = claim(tx, actor, id, Act::Revise).await?;
    if document.edition != seen {
        return Err(OutgoingError::Stale);
    }
    if document.state == State::AwaitingSignature {
        withdraw_signing(tx, &document).await?;
    }
    papers::actions::add_version(tx, actor, document.paper_id, upload, now).await?;
    let edition = document.edition + 1;
    store::reopen(tx, id, edition).await?;
    store::add_step(tx, (id, edition), Act::Revise, actor.person, &upload.file_name, now).await?;
    log(tx, actor, "outgoing_revised", &document, json!({ "edition": edition }), now).await?;
    if actor.person != document.drafter_id {
        tell(tx, &document, (document.drafter_id, "Lãnh đạo đã sửa dự thảo"), now).await?;
    }
    Ok(edition)
}

/// Adds a file that goes with a draft.
pub async fn attach(
    tx: &mut Tx,
    actor: &Actor,
    id: OutgoingId,
    upload: &Upload,
    now: Timestamp,
) -> Result<AttachmentId, OutgoingError> {
    let document = claim(tx, actor, id, Act::Submit).await?;
    if store::attachments(tx, id).await?.len() >= MOST {
        return Err(OutgoingError::Fields);
    }
    let new = Attachment {
        id: AttachmentId::new(),
        title: upload.title.clone(),
        sha256: upload.hash,
        size: i64::try_from(upload.size).unwrap_or(i64::MAX),
        sealed_sha256: None,
        sealed_size: None,
    };
    store::insert_attachment(tx, id, &new).await?;
    log(tx, actor, "outgoing_attached", &document, json!({ "sha256": new.sha256.to_string() }), now).await?;
    Ok(new.id)
}

pub async fn detach(
    tx: &mut Tx,
    actor: &Actor,
    id: OutgoingId,
    attachment: AttachmentId,
    now: Timestamp,
) -> Result<(), OutgoingError> {
    let document = claim(tx, actor, id, Act::Submit).await?;
    if !store::delete_attachment(tx, id, attachment).await? {
        return Err(OutgoingError::NotFound);
    }
    log(tx, actor, "outgoing_detached", &document, json!({ "attachment": attachment.to_string() }), now).await
}
