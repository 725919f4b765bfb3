//! At the door: what arrives is judged, registered or refused.

use serde_json::json;

use super::IncomingId;
use super::actions::{Found, IncomingError, claim, find, reason_of, sync_readers};
use super::course::log;
use super::directing::present_to;
use super::rules::{Act, Entry, Origin, Particulars, Priority, State, Typed, entry};
use super::sent;
use super::store::{self, Arrival, ArrivalNumber};
use super::urls;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{Actor, OrgRole, PersonId};
use crate::layout;
use crate::lights::Light;
use crate::outgoing::DispatchAnswer;
use crate::papers::{self, PaperId, Upload, VersionId};
use crate::registers::{self, SeriesKind, Wanted};
use crate::verify;
use crate::web::App;

pub fn must_be_clerk(actor: &Actor) -> Result<(), IncomingError> {
    if actor.is(OrgRole::Clerk) { Ok(()) } else { Err(IncomingError::NotAClerk) }
}

/// What the document says of itself on its first page, for the clerk to check.
pub async fn read_particulars(app: &App, upload: &Upload) -> Result<layout::Particulars, IncomingError> {
    let copy = app.storage.copy_to_scratch(upload.hash).await?;
    Ok(layout::particulars(&app.renderer, copy.path()).await)
}

/// By which way a file came, and what the course says of it.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    pub origin: Origin,
    pub note: &'a str,
}

/// Takes a file that a clerk brought. Its signatures are judged next.
pub async fn arrive(
    tx: &mut Tx,
    actor: &Actor,
    (upload, said): (&Upload, &layout::Particulars),
    now: Timestamp,
) -> Result<IncomingId, IncomingError> {
    let by = By { origin: Origin::Upload, note: &upload.file_name };
    arrive_by(tx, actor, &by, (upload, said), now).await
}

/// As [`arrive`], for a file that a clerk took from elsewhere.
pub(super) async fn arrive_by(
    tx: &mut Tx,
    actor: &Actor,
    by: &By<'_>,
    (upload, said): (&Upload, &layout::Particulars),
    now: Timestamp,
) -> Result<IncomingId, IncomingError> {
    must_be_clerk(actor)?;
    let (paper, file) = keep(tx, actor, upload, now).await?;
    // The spelling of a body that wrote before, for the page has it in capitals.
    let sender = store::spelling_of(tx, actor.organisation, &said.issuer).await?;
    let arrival = Arrival {
        id: IncomingId::new(),
        origin: by.origin,
        dispatch: None,
        exchange: None,
        paper,
        file,
        sha256: upload.hash,
        symbol: &said.symbol,
        dated_on: said.dated_on.and_then(|day| Timestamp::from_date_input(&day.to_string())),
        sender: sender.as_deref().unwrap_or(&said.issuer),
        subject: if said.subject.is_empty() { &upload.title } else { &said.subject },
        signer: ("", ""),
        priority: Priority::of_mark(&said.urgency),
    };
    store::insert(tx, actor, &arrival, now).await?;
    store::add_to_course(tx, actor, arrival.id, (Act::Arrive, by.note), now).await?;
    sync_readers(tx, arrival.id, actor.organisation).await?;
    let details = json!({ "sha256": upload.hash.to_string(), "origin": by.origin });
    log(tx, actor, "incoming_arrived", arrival.id, details, now).await?;
    Ok(arrival.id)
}

/// Lays a file beside what stands at the door.
pub(super) async fn attach(
    tx: &mut Tx,
    actor: &Actor,
    id: IncomingId,
    upload: &Upload,
    now: Timestamp,
) -> Result<(), IncomingError> {
    let (paper, file) = keep(tx, actor, upload, now).await?;
    Ok(store::attach(tx, id, paper, file).await?)
}

/// A file as a paper of this organisation.
pub(super) async fn keep(
    tx: &mut Tx,
    actor: &Actor,
    upload: &Upload,
    now: Timestamp,
) -> Result<(PaperId, VersionId), IncomingError> {
    let paper = papers::actions::add_paper(tx, actor, upload, &upload.title, now).await?;
    let file = papers::latest_version(tx, actor.organisation, paper).await?;
    Ok((paper, file.ok_or(IncomingError::NotFound)?.id))
}

/// Judges the signatures of what stands at the door, and keeps what they came
/// to with the whole report. Twice does no harm: the first verdict stays.
///
/// Judging may ask authorities and takes its time, so it happens outside the
/// transaction. A stop in between leaves the document at the door, unjudged.
pub async fn judge(app: &App, actor: &Actor, id: IncomingId, now: Timestamp) -> Result<(), IncomingError> {
    let mut tx = app.db.read().await?;
    let found = find(&mut tx, actor, id).await?;
    drop(tx);
    must_be_clerk(actor)?;
    if found.document.state != State::Arrived {
        return Ok(());
    }
    let (light, report) = verify::judge_stored(app, found.document.sha256).await?;
    let mut tx = app.db.write().await?;
    let document = store::claim(&mut tx, actor.organisation, id).await?.ok_or(IncomingError::NotFound)?;
    if document.state != State::Arrived {
        return Ok(());
    }
    store::keep_verdict(&mut tx, id, (light, report.signing_person().unwrap_or_default()), now).await?;
    verify::put_report(&mut tx, document.sha256, &report.to_json(), actor.person, now).await?;
    store::add_to_course(&mut tx, actor, id, (Act::Verify, light.as_str()), now).await?;
    log(&mut tx, actor, "incoming_verified", id, json!({ "verdict": light.as_str() }), now).await?;
    Ok(tx.commit().await?)
}

/// What a clerk asks for when registering.
#[derive(Clone, Debug)]
pub struct Registration {
    pub typed: Typed,
    /// The leader it is laid before at once.
    pub leader: Option<PersonId>,
    /// They saw that nobody vouches for the signatures.
    pub has_looked: bool,
    /// They saw that the same is there already.
    pub is_no_twin: bool,
    pub seen: i64,
}

/// Registers a document under the next arrival number of the year.
pub async fn register(
    tx: &mut Tx,
    actor: &Actor,
    id: IncomingId,
    asked: &Registration,
    now: Timestamp,
) -> Result<ArrivalNumber, IncomingError> {
    let found = claim(tx, actor, id, asked.seen).await?;
    must_be_clerk(actor)?;
    found.after(Act::Register)?;
    may_enter(&found, asked.has_looked)?;
    let particulars = Particulars::read(&asked.typed, now)?;
    papers::actions::rename_paper(tx, actor, found.document.paper_id, &particulars.subject, now).await?;
    let number = take_number(tx, actor, (id, &particulars.subject), now).await?;
    // After the number is taken, and so one after the other: two clerks who
    // register two copies at once must not both find that there is no other.
    let twins = store::twins(tx, &found.document, (&particulars.symbol, &particulars.sender)).await?;
    if !twins.is_empty() && !asked.is_no_twin {
        return Err(IncomingError::Twins(twins));
    }
    store::register(tx, actor, id, (number, &particulars), now).await?;
    let told = format!("{}/{}", number.number, number.year);
    store::add_to_course(tx, actor, id, (Act::Register, &told), now).await?;
    sent::answer(tx, actor, &found.document, DispatchAnswer::Accepted, now).await?;
    let details = json!({ "number": number.number, "year": number.year, "symbol": particulars.symbol });
    log(tx, actor, "incoming_registered", id, details, now).await?;
    if let Some(leader) = asked.leader {
        let document = store::document(tx, actor.organisation, id).await?.ok_or(IncomingError::NotFound)?;
        present_to(tx, actor, &document, (leader, ""), now).await?;
    }
    Ok(number)
}

async fn take_number(
    tx: &mut Tx,
    actor: &Actor,
    (id, subject): (IncomingId, &str),
    now: Timestamp,
) -> Result<ArrivalNumber, IncomingError> {
    let wanted = Wanted {
        kind: SeriesKind::Incoming,
        code: "",
        day: now,
        holder: &format!("incoming:{id}"),
        subject,
        link: &urls::document(id),
    };
    let issued = registers::take(tx, actor, &wanted, now).await?;
    let year = i64::from(issued.day.in_office().year());
    Ok(ArrivalNumber { id: issued.id, year, number: issued.number })
}

fn may_enter(found: &Found, has_looked: bool) -> Result<(), IncomingError> {
    match entry(found.document.verdict.unwrap_or(Light::Unreadable)) {
        Entry::Open => Ok(()),
        Entry::AfterLook if has_looked => Ok(()),
        Entry::AfterLook => Err(IncomingError::NotLooked),
        Entry::Closed => Err(IncomingError::BrokenSignature),
    }
}

/// Does not take a document, or sends a registered one back; the sender reads
/// the reason.
pub async fn send_back(
    tx: &mut Tx,
    actor: &Actor,
    id: IncomingId,
    (reason, seen): (&str, i64),
    now: Timestamp,
) -> Result<(), IncomingError> {
    let found = claim(tx, actor, id, seen).await?;
    must_be_clerk(actor)?;
    let is_registered = found.document.arrival_number.is_some();
    let act = if is_registered { Act::Return } else { Act::Refuse };
    let state = found.after(act)?;
    let reason = reason_of(reason)?;
    store::set_state(tx, id, state).await?;
    store::add_to_course(tx, actor, id, (act, &reason), now).await?;
    let refused = DispatchAnswer::Refused { reason: reason.clone() };
    sent::answer(tx, actor, &found.document, refused, now).await?;
    let act = if is_registered { "incoming_returned" } else { "incoming_refused" };
    log(tx, actor, act, id, json!({ "reason": reason }), now).await
}
