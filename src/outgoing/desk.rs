//! The clerk's desk: numbers and issues.

use serde_json::json;

use super::actions::{OutgoingError, claim, log};
use super::rules::Act;
use super::store::{self, Outgoing};
use super::{OutgoingId, answers, exchanging, reviewing, urls};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{self, Actor, OrgRole};
use crate::notices::{self, Tidings};
use crate::registers::{self, NumberId, SeriesKind, Wanted};
use crate::signing;

/// Gives a document the next number of its series, or one that was reserved.
pub async fn number(
    tx: &mut Tx,
    actor: &Actor,
    id: OutgoingId,
    reserved: Option<NumberId>,
    now: Timestamp,
) -> Result<(), OutgoingError> {
    let document = claim(tx, actor, id, Act::Number).await?;
    let code = registers::series_code(tx, actor, document.kind.series()).await?;
    let (holder, link) = (format!("outgoing:{id}"), urls::document(id));
    let wanted = Wanted {
        kind: SeriesKind::Outgoing,
        code: &code,
        day: now,
        holder: &holder,
        subject: &document.subject,
        link: &link,
    };
    let issued = match reserved {
        Some(number) => registers::take_reserved(tx, actor, number, &wanted, now).await?,
        None => registers::take(tx, actor, &wanted, now).await?,
    };
    store::set_number(tx, id, issued.id).await?;
    let note = format!("{}/{}", registers::printed(issued.number), document.symbol);
    reviewing::done(tx, actor, &document, (Act::Number, &note), now).await
}

/// Issues a sealed document: sends it to its recipients and tells its people.
pub async fn issue(tx: &mut Tx, actor: &Actor, id: OutgoingId, now: Timestamp) -> Result<(), OutgoingError> {
    let document = claim(tx, actor, id, Act::Issue).await?;
    store::set_issued(tx, id, now).await?;
    let recipients = store::recipients(tx, id).await?;
    for (organisation, address) in &recipients {
        match organisation {
            Some(organisation) => {
                store::insert_dispatch(tx, id, *organisation, now).await?;
                announce(tx, &document, *organisation, now).await?;
            }
            None => write_to(tx, &document, address, now).await?,
        }
    }
    let bodies = exchanging::send(tx, &document, now).await?;
    answers::issued(tx, &document, now).await?;
    let details = json!({ "recipients": recipients.len() + bodies });
    log(tx, actor, "outgoing_issued", &document, details, now).await?;
    reviewing::done(tx, actor, &document, (Act::Issue, ""), now).await
}

/// Tells the clerks of an organisation that something came.
async fn announce(
    tx: &mut Tx,
    document: &Outgoing,
    to: identity::OrganisationId,
    now: Timestamp,
) -> Result<(), OutgoingError> {
    let roles = identity::store::all_roles(tx, to).await?;
    let subject = format!("Văn bản đến: {}", document.number_and_symbol());
    for (person, _) in roles.into_iter().filter(|(_, role)| *role == OrgRole::Clerk) {
        if let Some(person) = identity::store::person(tx, to, person).await? {
            let tidings = Tidings { organisation: to, subject: &subject, link: "/", body: &document.subject };
            notices::actions::tell(tx, person.id, &person.email, &tidings, now).await?;
        }
    }
    Ok(())
}

/// Writes to an address outside: where the signed file is, and how to check it.
async fn write_to(
    tx: &mut Tx,
    document: &Outgoing,
    address: &str,
    now: Timestamp,
) -> Result<(), OutgoingError> {
    let signing = document.document_id.ok_or(OutgoingError::NotNow)?;
    let status = signing::status(tx, signing).await?.ok_or(OutgoingError::NotFound)?;
    let office = identity::store::organisation(tx, document.organisation_id).await?;
    let subject =
        format!("{} {}: {}", document.kind.legal_name(), document.number_and_symbol(), document.subject);
    let body = format!(
        "{} gửi {} {}: {}. Mở địa chỉ dưới đây để tải văn bản đã ký số và kiểm tra chữ ký.",
        office.name,
        document.kind.legal_name(),
        document.number_and_symbol(),
        document.subject
    );
    let link = signing::urls::public(&status.code);
    let tidings = Tidings { organisation: office.id, subject: &subject, link: &link, body: &body };
    Ok(notices::actions::write_to(tx, address, &tidings, now).await?)
}
