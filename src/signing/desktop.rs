//! A step that the desktop program of the Government's authority signs (VGCA
//! Sign Service): it fetches the file and brings it back by itself.
//!
//! The program has no session here. The two addresses it is given carry one
//! secret for one step, for some minutes; the database keeps its hash. Who
//! signs is whoever the step was handed to, and what comes is accepted by the
//! rules of every other way, but that the program's user places the signature.

use openssl::rand::rand_bytes;

use super::acceptance::{self, Fault};
use super::acts::{handed, new_act, own_step, usable};
use super::desk::Desk;
use super::rules::{ActState, Deviation, Level, Way};
use super::signature::{self, MadeSignature, SignError};
use super::store::acts::Act;
use super::store::{self, acts};
use super::{ActId, DocumentId};
use crate::clock::Timestamp;
use crate::identity::{self, Actor};
use crate::storage::{Hash, Incoming};

/// A step handed to the program, with the secret of its addresses.
#[derive(Debug)]
pub struct HandedOver {
    pub act: ActId,
    pub secret: String,
    pub expires_at: Timestamp,
}

/// Whoever came to an address with its secret.
#[derive(Debug)]
pub struct Admitted {
    act: Act,
    /// The person the step was handed to.
    actor: Actor,
    pub title: String,
}

impl Admitted {
    /// The bytes that are to be signed.
    pub fn given(&self) -> Hash {
        self.act.given_sha256
    }
}

/// Hands a step to the program for some minutes. What was handed to it before
/// of this step is closed.
pub async fn hand_over(
    desk: &Desk,
    actor: &Actor,
    (document, number): (DocumentId, i64),
    minutes: i64,
    now: Timestamp,
) -> Result<HandedOver, SignError> {
    let mut secret = [0_u8; 24];
    rand_bytes(&mut secret)?;
    let secret = hex::encode(secret);
    let mut tx = desk.db.write().await?;
    let (found, _) = own_step(&mut tx, actor, (document, number), Way::Desktop, now).await?;
    usable(&mut tx, actor, now).await?;
    let (base, way) = (found.sha256, Way::Desktop);
    let handed = acceptance::Handed { document, number, way, base, given: base, field: None };
    let act = new_act(actor, handed, None, (now, minutes * 60));
    let act = Act { secret_sha256: Some(Hash::of(secret.as_bytes())), ..act };
    acts::insert(&mut tx, &act).await?;
    tx.commit().await?;
    Ok(HandedOver { act: act.id, secret, expires_at: act.expires_at })
}

/// Lets in whoever has the secret of a step, also after its time: what they
/// bring is then refused in words. A wrong secret is refused, and kept on record.
pub async fn admit(desk: &Desk, id: ActId, secret: &str, now: Timestamp) -> Result<Admitted, SignError> {
    let mut tx = desk.db.read().await?;
    let act = acts::find(&mut tx, id).await?.filter(|act| act.way == Way::Desktop);
    let act = act.ok_or(SignError::NotFound)?;
    let document = store::document(&mut tx, act.document_id).await?.ok_or(SignError::NotFound)?;
    let actor = identity::on_behalf_of(&mut tx, document.organisation_id, act.person_id).await?;
    let actor = actor.ok_or(SignError::NotFound)?;
    drop(tx);
    // Hashes are compared: how long it takes tells nothing of the secret.
    if act.secret_sha256 != Some(Hash::of(secret.as_bytes())) {
        let fault = Fault(Deviation::ForgedAddress, "another secret than the one given out".to_owned());
        return Err(acceptance::refuse(desk, &actor, &handed(&act), (fault, None), now).await?);
    }
    Ok(Admitted { act, actor, title: document.title })
}

/// The file may be fetched while its signature is awaited.
pub async fn must_be_open(desk: &Desk, admitted: &Admitted, now: Timestamp) -> Result<(), SignError> {
    let Admitted { act, actor, .. } = admitted;
    if act.state == ActState::Open && act.expires_at > now {
        return Ok(());
    }
    let fault = Fault(
        Deviation::ExpiredAddress,
        format!("{} until {}", act.state.as_str(), act.expires_at.date_time()),
    );
    Err(acceptance::refuse(desk, actor, &handed(act), (fault, None), now).await?)
}

/// Takes what the program brings: accepted and recorded, or refused in words.
/// The very file that was accepted is taken again as often as it comes.
///
/// Opens its own transactions, for a refusal must stay on record.
pub async fn receive(
    desk: &Desk,
    admitted: &Admitted,
    returned: &Incoming,
    now: Timestamp,
) -> Result<(), SignError> {
    let Admitted { act, actor, .. } = admitted;
    if act.state == ActState::Accepted {
        return taken_before(desk, admitted, returned, now).await;
    }
    if act.state == ActState::Closed || act.expires_at <= now {
        let fault = Fault(Deviation::ExpiredAddress, act.state.as_str().to_owned());
        return Err(acceptance::refuse(desk, actor, &handed(act), (fault, Some(returned.hash())), now).await?);
    }
    match accepted(desk, admitted, returned, now).await {
        // The program sent it twice at once, and the other one was first. It may be in the same commit as we
        // were; waiting for a commit of our own, we say of it only what is durable.
        Err(SignError::AlreadySigned | SignError::Overtaken) => {
            let mut tx = desk.db.write().await?;
            let act = acts::find(&mut tx, act.id).await?.ok_or(SignError::NotFound)?;
            tx.commit().await?;
            let is_accepted = act.state == ActState::Accepted;
            let again = Admitted { act, actor: actor.clone(), title: String::new() };
            if is_accepted {
                taken_before(desk, &again, returned, now).await
            } else {
                Err(SignError::TooLate)
            }
        }
        done => done,
    }
}

async fn taken_before(
    desk: &Desk,
    admitted: &Admitted,
    returned: &Incoming,
    now: Timestamp,
) -> Result<(), SignError> {
    let Admitted { act, actor, .. } = admitted;
    if act.returned_sha256 == Some(returned.hash()) {
        return Ok(());
    }
    let fault = Fault(Deviation::ReplayedAddress, "other bytes than those accepted".to_owned());
    Err(acceptance::refuse(desk, actor, &handed(act), (fault, Some(returned.hash())), now).await?)
}

async fn accepted(
    desk: &Desk,
    admitted: &Admitted,
    returned: &Incoming,
    now: Timestamp,
) -> Result<(), SignError> {
    let Admitted { act, actor, .. } = admitted;
    let mut tx = desk.db.read().await?;
    own_step(&mut tx, actor, (act.document_id, act.number), act.way, now).await?;
    drop(tx);
    let result = desk.storage.keep(returned).await?;
    let handed = handed(act);
    let accepted = acceptance::accept(desk, actor, &handed, result, now).await?;
    let level = if accepted.is_stamped { Level::Bt } else { Level::Bb };
    let size = i64::try_from(returned.size()).unwrap_or(i64::MAX);
    let made = MadeSignature::accepted(&handed, (result, size), accepted.certificate, level)
        .of_act(act.id)
        .stamped_later(level == Level::Bb && desk.stamps.is_some());
    let mut tx = desk.db.write().await?;
    signature::record(&mut tx, actor, &made, now).await?;
    Ok(tx.commit().await?)
}
