//! Steps that are signed by a key in another place: handed out, and taken back.
//!
//! Two shapes. Either the file goes out with an empty field at its place, and
//! comes back signed; or we lay the signature out here, only its hash goes
//! out, and its value comes back. Nothing waits for the other side: a step
//! handed out can still be signed by another way, and then what comes back is
//! refused as too late.

use openssl::x509::X509;
use pades::TimestampService as _;
use pades::pdf::Source as _;
use pades::sign::{self as pdf, Place, Prepared, Reserved, TimestampOutcome};

use super::acceptance::{self, Fault, Handed};
use super::autograph;
use super::certificate::Certificate;
use super::desk::Desk;
use super::rules::{ActState, Deviation, DocumentState, Level, Validity, Way, may_sign};
use super::signature::{self, MadeSignature, SignError};
use super::store::acts::Act;
use super::store::{self, Document, acts, bound, delegations};
use super::{ActId, DocumentId, Step, policy};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::Actor;
use crate::storage::{Hash, Incoming, Stored};

/// How long a file handed out may stay away: whoever travels signs in the evening.
const AWAY_SECONDS: i64 = 7 * 86_400;
/// How long a hash may stay with the token.
const TOKEN_SECONDS: i64 = 15 * 60;

/// Hands a step's file out with an empty field at its place.
///
/// A file that is away already is handed out again as it is, so that a second
/// download does not spoil the first.
pub async fn hand_out(
    desk: &Desk,
    actor: &Actor,
    document: DocumentId,
    number: i64,
    now: Timestamp,
) -> Result<Act, SignError> {
    let mut tx = desk.db.read().await?;
    let (found, step) = own_step(&mut tx, actor, (document, number), Way::BroughtBack, now).await?;
    usable(&mut tx, actor, now).await?;
    let open = acts::open_of(&mut tx, document, number, (actor.person, Way::BroughtBack)).await?;
    drop(tx);
    if let Some(open) = open.filter(|open| open.base_sha256 == found.sha256 && open.expires_at > now) {
        return Ok(open);
    }
    let base = desk.storage.source(found.sha256).await?;
    let id = ActId::new();
    let (base, reserved) = reserve(base, &step, id).await?;
    let given = desk.storage.append(base, reserved.appended.into()).await?;
    let handed = Handed {
        document,
        number,
        way: Way::BroughtBack,
        base: found.sha256,
        given,
        field: Some(reserved.field),
    };
    let act = Act { id, ..new_act(actor, handed, None, (now, AWAY_SECONDS)) };
    let mut tx = desk.db.write().await?;
    acts::insert(&mut tx, &act).await?;
    tx.commit().await?;
    Ok(act)
}

/// Judges a file that was brought back, and stores it. Nothing counts until
/// [`signature::record`].
pub async fn take_back(
    desk: &Desk,
    actor: &Actor,
    act: ActId,
    returned: &Incoming,
    now: Timestamp,
) -> Result<MadeSignature, SignError> {
    let act = own_act(desk, actor, act, now).await?;
    let result = desk.storage.keep(returned).await?;
    let handed = handed(&act);
    let accepted = acceptance::accept(desk, actor, &handed, result, now).await?;
    let level = if accepted.is_stamped { Level::Bt } else { Level::Bb };
    let size = i64::try_from(returned.size()).unwrap_or(i64::MAX);
    Ok(MadeSignature::accepted(&handed, (result, size), accepted.certificate, level)
        .of_act(act.id)
        .stamped_later(level == Level::Bb && desk.stamps.is_some()))
}

/// Hands a step's signature out to a key elsewhere, and gives what that key
/// signs, with the certificate that was bound last.
pub async fn prepare(
    desk: &Desk,
    actor: &Actor,
    step: (DocumentId, i64),
    way: Way,
    now: Timestamp,
) -> Result<(Act, Prepared, Vec<u8>), SignError> {
    let laid_out = lay_out(desk, actor, step, (way, None), now).await?;
    let mut tx = desk.db.write().await?;
    acts::insert(&mut tx, &laid_out.0).await?;
    tx.commit().await?;
    Ok(laid_out)
}

/// Lays a step's signature out for a key elsewhere; nothing of it is written
/// down yet. Without a chain of certificates it is the one bound last.
pub(super) async fn lay_out(
    desk: &Desk,
    actor: &Actor,
    (document, number): (DocumentId, i64),
    (way, chain): (Way, Option<&[Vec<u8>]>),
    now: Timestamp,
) -> Result<(Act, Prepared, Vec<u8>), SignError> {
    let mut tx = desk.db.read().await?;
    let (found, step) = own_step(&mut tx, actor, (document, number), way, now).await?;
    let chain = match chain {
        Some(chain) => chain.to_vec(),
        None => vec![usable(&mut tx, actor, now).await?],
    };
    let picture = store::key(&mut tx, actor.person).await?.map(|key| key.image);
    drop(tx);
    let picture = picture.map_or_else(|| autograph::draw(&actor.full_name), Ok)?;
    let options = signature::options(actor, &step, picture);
    let signer: Vec<X509> = chain.iter().map(|one| X509::from_der(one)).collect::<Result<_, _>>()?;
    let room = desk.stamps.as_ref().map(|stamps| stamps.reserve());
    let base = desk.storage.source(found.sha256).await?;
    let work = move || pdf::prepare_source(&base, &options, &signer, room, now.to_jiff());
    let prepared = tokio::task::spawn_blocking(work).await??;
    let handed = Handed { document, number, way, base: found.sha256, given: found.sha256, field: None };
    // Numbers and strings only, so this cannot fail; an empty text would be refused when it is read.
    let kept = serde_json::to_string(&prepared).unwrap_or_default();
    let act = new_act(actor, handed, Some(kept), (now, TOKEN_SECONDS));
    Ok((act, prepared, chain.into_iter().next().ok_or(SignError::NotBound)?))
}

/// Puts a signature value in its place, stamps it, judges it, and stores the
/// bytes. Nothing counts until [`signature::record`].
pub async fn complete(
    desk: &Desk,
    actor: &Actor,
    act: ActId,
    value: Vec<u8>,
    now: Timestamp,
) -> Result<MadeSignature, SignError> {
    let act = own_act(desk, actor, act, now).await?;
    let kept = act.prepared.as_deref().ok_or(SignError::NotFound)?;
    let prepared: Prepared = serde_json::from_str(kept).map_err(|_| SignError::NotFound)?;
    let worker = desk.clone();
    let work = move || {
        let stamping = worker.stamps.as_ref().map(|stamps| worker.stamping(stamps, false)).transpose()?;
        Ok::<_, SignError>(prepared.complete(&value, stamping.as_ref())?)
    };
    let signed = match tokio::task::spawn_blocking(work).await? {
        // The value was not made with the key of the certificate that was announced.
        Err(SignError::Pdf(pdf::SignError::WrongSignature)) => {
            let fault = Fault(Deviation::WrongCertificate, "the value was made with another key".to_owned());
            return Err(acceptance::refuse(desk, actor, &handed(&act), (fault, None), now).await?);
        }
        signed => signed?,
    };
    let base = desk.storage.source(act.given_sha256).await?;
    let size = i64::try_from(base.length() + signed.appended.len()).unwrap_or(i64::MAX);
    let result = desk.storage.append(base, signed.appended.into()).await?;
    let handed = handed(&act);
    let accepted = acceptance::accept(desk, actor, &handed, result, now).await?;
    let (level, missing_time) = match signed.timestamp {
        TimestampOutcome::Present(_) => (Level::Bt, None),
        TimestampOutcome::Missing(reason) => (Level::Bb, Some(reason)),
        TimestampOutcome::NotRequested => (Level::Bb, None),
    };
    Ok(MadeSignature::accepted(&handed, (result, size), accepted.certificate, level)
        .of_act(act.id)
        .without_time(missing_time)
        .stamped_later(level == Level::Bb && desk.stamps.is_some()))
}

/// The actor's step, if it can be signed now by this way.
pub(super) async fn own_step(
    tx: &mut Tx,
    actor: &Actor,
    (document, number): (DocumentId, i64),
    way: Way,
    now: Timestamp,
) -> Result<(Document, Step), SignError> {
    may_sign(&store::turns(tx, document).await?, number, actor.person)?;
    let found = store::document(tx, document).await?.ok_or(SignError::NotFound)?;
    if found.state == DocumentState::Returned {
        return Err(SignError::SentBack);
    }
    must_have_authority(tx, (document, number), now).await?;
    policy::must_be_open_for(tx, found.organisation_id, (document, number), way).await?;
    let step = store::step(tx, document, number).await?.ok_or(SignError::NotFound)?;
    Ok((found, step))
}

/// What is signed by delegation needs one that holds at that moment.
pub(super) async fn must_have_authority(
    tx: &mut Tx,
    (document, number): (DocumentId, i64),
    now: Timestamp,
) -> Result<(), SignError> {
    match delegations::of_step(tx, document, number).await? {
        Some(delegation) if !delegation.holds(now) => Err(SignError::NoAuthority),
        _ => Ok(()),
    }
}

/// A bound certificate that is valid now: the one bound last.
pub(super) async fn usable(tx: &mut Tx, actor: &Actor, now: Timestamp) -> Result<Vec<u8>, SignError> {
    let mut refusal = SignError::NotBound;
    for certificate in bound::of_person(tx, actor.person).await? {
        match Certificate::from_der(&certificate)?.validity(now) {
            Validity::Holds => return Ok(certificate),
            Validity::NotYet => refusal = SignError::NotYetValid,
            Validity::Expired => refusal = SignError::Expired,
        }
    }
    Err(refusal)
}

/// What was handed to the actor and is still awaited.
async fn own_act(desk: &Desk, actor: &Actor, act: ActId, now: Timestamp) -> Result<Act, SignError> {
    let mut tx = desk.db.read().await?;
    let found = acts::find(&mut tx, act).await?.filter(|act| act.person_id == actor.person);
    let found = found.ok_or(SignError::NotFound)?;
    own_step(&mut tx, actor, (found.document_id, found.number), found.way, now).await?;
    match found.state {
        ActState::Open if found.expires_at > now => Ok(found),
        ActState::Open | ActState::Closed => Err(SignError::TooLate),
        ActState::Accepted => Err(SignError::AlreadySigned),
    }
}

/// What was laid out for a remote key before, as it is handed out now.
pub(super) fn laid_out_before(
    actor: &Actor,
    (document, number): (DocumentId, i64),
    (base, prepared): (Hash, String),
    now: Timestamp,
) -> Act {
    let handed = Handed { document, number, way: Way::Remote, base, given: base, field: None };
    new_act(actor, handed, Some(prepared), (now, TOKEN_SECONDS))
}

pub(super) fn new_act(
    actor: &Actor,
    handed: Handed,
    prepared: Option<String>,
    (now, seconds): (Timestamp, i64),
) -> Act {
    Act {
        id: ActId::new(),
        document_id: handed.document,
        number: handed.number,
        person_id: actor.person,
        way: handed.way,
        base_sha256: handed.base,
        given_sha256: handed.given,
        field: handed.field,
        prepared,
        secret_sha256: None,
        returned_sha256: None,
        state: ActState::Open,
        given_at: now,
        expires_at: now.plus_seconds(seconds),
    }
}

pub(super) fn handed(act: &Act) -> Handed {
    Handed {
        document: act.document_id,
        number: act.number,
        way: act.way,
        base: act.base_sha256,
        given: act.given_sha256,
        field: act.field.clone(),
    }
}

/// Gives the base back: what was read of it need not be read again to store the rest.
async fn reserve(base: Stored, step: &Step, act: ActId) -> Result<(Stored, Reserved), SignError> {
    let place = Place { page: usize::try_from(step.page).unwrap_or_default(), rectangle: step.area };
    let work = move || {
        let reserved = pdf::reserve_signature(&base, place, uuid::Uuid::from(act).as_bytes())?;
        Ok((base, reserved))
    };
    tokio::task::spawn_blocking(work).await?
}
