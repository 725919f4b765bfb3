//! The clerk's desk: gives copies their numbers.

use super::actions::{CopyError, claim, done, must_stand};
use super::rules::Act;
use super::store;
use super::{CopyId, signers, urls};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::Actor;
use crate::registers::{self, NumberId, SeriesKind, Wanted};

/// Gives a copy the next number of its form's series of the year, or one that was reserved.
pub async fn number(
    tx: &mut Tx,
    actor: &Actor,
    id: CopyId,
    reserved: Option<NumberId>,
    now: Timestamp,
) -> Result<(), CopyError> {
    let copy = claim(tx, actor, id, Act::Number).await?;
    must_stand(tx, &copy).await?;
    let (holder, link, subject) = (format!("copy:{id}"), urls::copy(id), copy.source_subject.as_str());
    let code = copy.form.code();
    let wanted = Wanted { kind: SeriesKind::Copy, code, day: now, holder: &holder, subject, link: &link };
    let issued = match reserved {
        Some(number) => registers::take_reserved(tx, actor, number, &wanted, now).await?,
        None => registers::take(tx, actor, &wanted, now).await?,
    };
    let symbol = format!("{code}-{}", signers::setting(tx, actor.organisation).await?.symbol);
    store::set_number(tx, id, (issued.id, &symbol)).await?;
    let note = format!("{}/{symbol}", registers::printed(issued.number));
    done(tx, actor, &copy, (Act::Number, &note), now).await
}
