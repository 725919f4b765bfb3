//! Figures across offices: each reads the sums of those under it, side by side.
//! Which stands under which is said by whoever runs the installation, and what
//! is read is sums: no title, no person, no unit.

use super::actions::{IndicatorError, Scope, Table, cut, table};
use super::rules::{By, Months};
use crate::clock::Timestamp;
use crate::db::Db;
use crate::identity::{self, OrganisationId};

/// The office and everyone under it, a line each: itself first, then by level,
/// the highest first, and by name. What is late now is added up too.
pub async fn table_of(
    db: &Db,
    office: OrganisationId,
    months: Months,
    now: Timestamp,
) -> Result<Table, IndicatorError> {
    let mut all = table(db, cut(office, Scope::Office, months, None), By::Organisation, now).await?;
    let mut tx = db.read().await?;
    let below = identity::store::organisations_below(&mut tx, office).await?;
    drop(tx);
    for one in below {
        let one = table(db, cut(one.id, Scope::Office, months, None), By::Organisation, now).await?;
        all.lines.extend(one.lines);
        all.total.take(&one.total);
        all.overdue = (all.overdue.0 + one.overdue.0, all.overdue.1 + one.overdue.1);
        all.as_of = all.as_of.min(one.as_of);
        all.is_behind |= one.is_behind;
    }
    Ok(all)
}
