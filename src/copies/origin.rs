//! What a copy is made of, and whether it may be copied at all.

use super::actions::{self, CopyError};
use super::rules::{Form, Origin, State};
use super::store::{self, Copy};
use super::{CopyId, urls};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{self, Actor, OrganisationId};
use crate::incoming::rules::State as Incoming;
use crate::incoming::{self, IncomingId};
use crate::outgoing::rules::State as Outgoing;
use crate::outgoing::{self, OutgoingId, Relation};
use crate::papers;
use crate::signing;
use crate::storage::Hash;

/// The document that somebody wants a copy of.
#[derive(Clone, Copy, Debug)]
pub enum Wanted {
    Outgoing(OutgoingId),
    Incoming(IncomingId),
    Copy(CopyId),
}

impl Wanted {
    /// Its page with the copies made of it.
    pub fn link(self) -> String {
        match self {
            Self::Outgoing(id) => urls::of_outgoing(id),
            Self::Incoming(id) => urls::of_incoming(id),
            Self::Copy(id) => urls::of_copy(id),
        }
    }

    pub fn origin(self) -> Origin {
        match self {
            Self::Outgoing(_) => Origin::Outgoing,
            Self::Incoming(_) => Origin::Incoming,
            Self::Copy(_) => Origin::Copy,
        }
    }

    /// The ids as rows refer to them.
    pub(super) fn ids(self) -> (Option<OutgoingId>, Option<IncomingId>, Option<CopyId>) {
        match self {
            Self::Outgoing(id) => (Some(id), None, None),
            Self::Incoming(id) => (None, Some(id), None),
            Self::Copy(id) => (None, None, Some(id)),
        }
    }

    /// What a copy was made of. `None`: of a paper.
    pub(super) fn of(copy: &Copy) -> Option<Self> {
        let outgoing = copy.outgoing_id.map(Self::Outgoing);
        outgoing.or(copy.incoming_id.map(Self::Incoming)).or(copy.copied_id.map(Self::Copy))
    }
}

/// What is known of a source.
#[derive(Clone, Debug)]
pub struct Source {
    pub sha256: Hash,
    pub symbol: String,
    pub day: Timestamp,
    pub issuer: String,
    pub subject: String,
    /// Is it a copy itself? `None`: the system cannot know, a clerk may say.
    pub is_copy: Option<bool>,
}

/// Finds a source for a person who may see it, if it may be copied now.
pub async fn find(tx: &mut Tx, actor: &Actor, wanted: Wanted) -> Result<Source, CopyError> {
    match wanted {
        Wanted::Outgoing(id) => {
            outgoing::actions::find(tx, actor, id).await?;
        }
        Wanted::Incoming(id) => {
            incoming::actions::find(tx, actor, id).await?;
        }
        Wanted::Copy(id) => {
            actions::find(tx, actor, id).await?;
        }
    }
    standing(tx, actor.organisation, wanted).await
}

/// The source as it stands, whoever asks; refused if it may not be copied, or not any more.
pub(super) async fn standing(
    tx: &mut Tx,
    organisation: OrganisationId,
    wanted: Wanted,
) -> Result<Source, CopyError> {
    match wanted {
        Wanted::Outgoing(id) => issued(tx, organisation, id).await,
        Wanted::Incoming(id) => registered(tx, organisation, id).await,
        Wanted::Copy(id) => sealed(tx, organisation, id).await,
    }
}

async fn issued(tx: &mut Tx, organisation: OrganisationId, id: OutgoingId) -> Result<Source, CopyError> {
    let document = outgoing::store::outgoing(tx, organisation, id).await?.ok_or(CopyError::NotFound)?;
    match document.state {
        Outgoing::Issued | Outgoing::Filed => {}
        Outgoing::Recalled => return Err(CopyError::Recalled),
        Outgoing::Cancelled => return Err(CopyError::Cancelled),
        _ => return Err(CopyError::NotIssued),
    }
    for follower in outgoing::store::followers(tx, id).await? {
        let follower = outgoing::store::outgoing(tx, organisation, follower).await?;
        let replaces = |one: &outgoing::store::Outgoing| {
            one.relation == Some(Relation::Replaces)
                && matches!(one.state, Outgoing::Issued | Outgoing::Filed)
        };
        if follower.as_ref().is_some_and(replaces) {
            return Err(CopyError::Replaced);
        }
    }
    let signing = document.document_id.ok_or(CopyError::NotIssued)?;
    let status = signing::status(tx, signing).await?.ok_or(CopyError::NotIssued)?;
    let day = document.day.or(document.issued_at).ok_or(CopyError::NotIssued)?;
    Ok(Source {
        sha256: status.sha256,
        symbol: document.number_and_symbol(),
        day,
        issuer: identity::store::organisation(tx, organisation).await?.name,
        subject: document.subject,
        is_copy: Some(false),
    })
}

async fn registered(tx: &mut Tx, organisation: OrganisationId, id: IncomingId) -> Result<Source, CopyError> {
    let document = incoming::store::document(tx, organisation, id).await?.ok_or(CopyError::NotFound)?;
    if document.state == Incoming::Recalled {
        return Err(CopyError::Recalled);
    }
    let is_ours = !matches!(document.state, Incoming::Refused | Incoming::Returned);
    let registered_at = document.registered_at.filter(|_| is_ours && document.arrival_number.is_some());
    let registered_at = registered_at.ok_or(CopyError::NotRegistered)?;
    Ok(Source {
        sha256: document.sha256,
        symbol: document.symbol,
        day: document.dated_on.unwrap_or(registered_at).day().0,
        issuer: document.sender,
        subject: document.subject,
        is_copy: None,
    })
}

/// A copy made here: its source's particulars stay those of the document.
async fn sealed(tx: &mut Tx, organisation: OrganisationId, id: CopyId) -> Result<Source, CopyError> {
    let copy = store::copy(tx, organisation, id).await?.ok_or(CopyError::NotFound)?;
    let version = copy.version_id.filter(|_| copy.state == State::Sealed).ok_or(CopyError::NotSealed)?;
    if copy.form != Form::CopyTrue {
        return Err(CopyError::NotFromThisCopy);
    }
    let file = papers::version(tx, organisation, version).await?.ok_or(CopyError::NotSealed)?;
    Ok(Source {
        sha256: file.sha256,
        symbol: copy.source_symbol,
        day: copy.source_day,
        issuer: copy.source_issuer,
        subject: copy.source_subject,
        is_copy: Some(true),
    })
}
