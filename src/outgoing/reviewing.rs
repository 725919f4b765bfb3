//! The acts between draft and signature, and after the issue: each moves the
//! document, writes the step down, and tells whoever is next.

use serde_json::json;

use super::actions::{OutgoingError, claim, log, who, withdraw_signing};
use super::rules::{Act, Capacity, Next, State, after, may, next};
use super::store::{self, Outgoing};
use super::{OutgoingId, consulting, exchanging, urls};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::rules::clean_line;
use crate::identity::{self, Actor, OrgRole, OrganisationId, PersonId};
use crate::notices::{self, Tidings};
use crate::signing::{self, DelegationId, DocumentId, delegations};
use crate::{audit, registers};

/// Does one of the acts that need nothing but a person's word. Approving the
/// format, signing, numbering, sealing, issuing and filing have functions of their own.
pub async fn act(
    tx: &mut Tx,
    actor: &Actor,
    id: OutgoingId,
    (act, note): (Act, &str),
    now: Timestamp,
) -> Result<(), OutgoingError> {
    let document = claim(tx, actor, id, act).await?;
    let note = clean_line(note).unwrap_or_default();
    let needs_reason = matches!(act, Act::Return | Act::Recall | Act::Cancel);
    if needs_reason && note.is_empty() {
        return Err(OutgoingError::Reason);
    }
    match act {
        Act::Submit | Act::ApproveContent => {
            consulting::must_be_answered(tx, &document).await?;
            delegation(tx, &document, now).await?;
            let to = after(document.state, act).ok_or(OutgoingError::NotNow)?;
            store::set_state(tx, id, to).await?;
        }
        Act::Return | Act::Withdraw => {
            withdraw_signing(tx, &document).await?;
            store::reopen(tx, id, document.edition).await?;
        }
        Act::Cancel => cancel(tx, actor, &document, &note, now).await?,
        Act::Recall => {
            store::recall_dispatches(tx, id, &note, now).await?;
            exchanging::recall(tx, &document, &note, now).await?;
            store::set_state(tx, id, State::Recalled).await?;
        }
        Act::ApproveFormat
        | Act::Sign
        | Act::Number
        | Act::Seal
        | Act::Issue
        | Act::Revise
        | Act::File
        | Act::TakeOut => {
            return Err(OutgoingError::NotNow);
        }
    }
    done(tx, actor, &document, (act, &note), now).await
}

/// By whose authority a document is signed "TUQ."; `None`: by the signer's own.
pub(super) async fn delegation(
    tx: &mut Tx,
    document: &Outgoing,
    now: Timestamp,
) -> Result<Option<DelegationId>, OutgoingError> {
    if document.capacity != Capacity::Tuq {
        return Ok(None);
    }
    let asked = (document.signer_id, document.kind.as_str());
    let held = delegations::in_force(tx, document.organisation_id, asked, now).await?;
    held.map(Some).ok_or(OutgoingError::NoDelegation)
}

/// Opens the draft again of what its signer sent back from their queue, with
/// their reason. What waits for no signature any more stays as it is, so the
/// job that calls this may run twice.
pub async fn reopen(
    tx: &mut Tx,
    organisation: OrganisationId,
    signing: DocumentId,
    now: Timestamp,
) -> Result<(), OutgoingError> {
    let Some(id) = store::signed_as(tx, organisation, signing).await? else { return Ok(()) };
    let Some(document) = store::claim(tx, organisation, id).await? else { return Ok(()) };
    let Some(back) = signing::returned(tx, signing).await? else { return Ok(()) };
    if document.document_id != Some(signing) || document.state != State::AwaitingSignature {
        return Ok(());
    }
    store::reopen(tx, id, document.edition).await?;
    store::add_step(tx, (id, document.edition), Act::Return, back.person, &back.reason, back.returned_at)
        .await?;
    let details = json!({ "edition": document.edition, "document": signing.to_string() });
    let act = audit::Act {
        chain: organisation.into(),
        actor: None,
        act: "outgoing_reopened",
        subject: format!("outgoing:{id}"),
        details,
    };
    audit::record(tx, act, now).await?;
    tell(tx, &document, (document.drafter_id, told(State::Draft)), now).await
}

/// An issued document lies in a file (hồ sơ), the first or one more; `all`
/// names every file it lies in now. `files` calls this with its own row.
pub async fn file(
    tx: &mut Tx,
    actor: &Actor,
    id: OutgoingId,
    (file, all): (&str, &str),
    now: Timestamp,
) -> Result<(), OutgoingError> {
    let document = store::claim(tx, actor.organisation, id).await?.ok_or(OutgoingError::NotFound)?;
    if document.state != State::Filed {
        may(document.state, Act::File, document.hands(), who(actor))?;
    }
    store::set_filed(tx, id, all, document.filed_at.unwrap_or(now)).await?;
    done(tx, actor, &document, (Act::File, file), now).await
}

/// A document was taken out of a file; `left` names those it lies in still. In
/// none: it is issued and not filed. The file judged who may.
pub async fn take_out(
    tx: &mut Tx,
    actor: &Actor,
    id: OutgoingId,
    (left, note): (&str, &str),
    now: Timestamp,
) -> Result<(), OutgoingError> {
    let document = store::claim(tx, actor.organisation, id).await?.ok_or(OutgoingError::NotFound)?;
    let is_filed = document.state == State::Filed;
    let state = if left.is_empty() && is_filed { State::Issued } else { document.state };
    let filed_at = document.filed_at.filter(|_| !left.is_empty());
    store::set_files(tx, id, state, (left, filed_at)).await?;
    done(tx, actor, &document, (Act::TakeOut, note), now).await?;
    if state == State::Issued && document.drafter_id != actor.person {
        tell(tx, &document, (document.drafter_id, "Đã rút khỏi hồ sơ, chờ lưu lại"), now).await?;
    }
    Ok(())
}

/// A number that was given stays in the register as cancelled.
async fn cancel(
    tx: &mut Tx,
    actor: &Actor,
    document: &Outgoing,
    reason: &str,
    now: Timestamp,
) -> Result<(), OutgoingError> {
    if document.state == State::AwaitingSignature {
        withdraw_signing(tx, document).await?;
    }
    if let Some(number) = document.number_id {
        registers::void(tx, actor, number, reason, now).await?;
    }
    Ok(store::set_state(tx, document.id, State::Cancelled).await?)
}

/// Writes a step down and tells whoever is next.
pub(super) async fn done(
    tx: &mut Tx,
    actor: &Actor,
    before: &Outgoing,
    (act, note): (Act, &str),
    now: Timestamp,
) -> Result<(), OutgoingError> {
    store::add_step(tx, (before.id, before.edition), act, actor.person, note, now).await?;
    let details = json!({ "act": act, "edition": before.edition, "note": note });
    log(tx, actor, "outgoing_moved", before, details, now).await?;
    let Some(state) = after(before.state, act) else { return Ok(()) };
    let to = match next(state) {
        Next::Drafter => vec![before.drafter_id],
        Next::Checker => vec![before.checker_id],
        Next::FormatCheckers => with_role(tx, actor, OrgRole::Secretary).await?,
        Next::Clerk => with_role(tx, actor, OrgRole::Clerk).await?,
        // The sign queue tells its own people.
        Next::Signer => Vec::new(),
        Next::Nobody => vec![before.drafter_id],
    };
    for person in to.into_iter().filter(|person| *person != actor.person) {
        tell(tx, before, (person, told(state)), now).await?;
    }
    Ok(())
}

/// What a notice says first.
fn told(state: State) -> &'static str {
    match state {
        State::Draft => "Trả lại dự thảo",
        State::ContentReview => "Chờ duyệt nội dung",
        State::FormatCheck => "Chờ kiểm tra thể thức",
        State::AwaitingSignature => "Chờ ký",
        State::Signed => "Chờ cấp số",
        State::Numbered => "Chờ đóng dấu",
        State::Sealed => "Chờ phát hành",
        State::Issued => "Đã phát hành, chờ lưu hồ sơ",
        State::Filed => "Đã lưu hồ sơ",
        State::Recalled => "Đã thu hồi",
        State::Cancelled => "Đã hủy",
    }
}

async fn with_role(tx: &mut Tx, actor: &Actor, role: OrgRole) -> Result<Vec<PersonId>, OutgoingError> {
    let roles = identity::store::all_roles(tx, actor.organisation).await?;
    Ok(roles.into_iter().filter(|(_, held)| *held == role).map(|(person, _)| person).collect())
}

pub(super) async fn tell(
    tx: &mut Tx,
    document: &Outgoing,
    (person, what): (PersonId, &str),
    now: Timestamp,
) -> Result<(), OutgoingError> {
    let organisation = document.organisation_id;
    let Some(person) = identity::store::person(tx, organisation, person).await? else { return Ok(()) };
    let subject = format!("{what}: {}", document.subject);
    let link = urls::document(document.id);
    let tidings = Tidings { organisation, subject: &subject, link: &link, body: &document.subject };
    Ok(notices::actions::tell(tx, person.id, &person.email, &tidings, now).await?)
}
