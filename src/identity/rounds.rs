//! Work in the background that every organisation needs again and again.

use std::time::Duration;

use super::{OrganisationId, store};
use crate::db::{self, Db};
use crate::jobs::Failure;

/// Does something for every organisation, rests, and begins anew, for ever. A
/// round that fails is said to be `trouble`, and the next one tries again.
pub async fn rounds<W, O>(db: Db, (pause, trouble): (Duration, &str), work: W)
where
    W: Fn(Db, OrganisationId) -> O,
    O: Future<Output = Result<(), db::Error>>,
{
    let mut ticks = tokio::time::interval(pause);
    loop {
        ticks.tick().await;
        if let Err(error) = round(&db, &work).await {
            let cause = Failure::from_error(&error);
            tracing::warn!(%cause, "{trouble}");
        }
    }
}

async fn round<W, O>(db: &Db, work: &W) -> Result<(), db::Error>
where
    W: Fn(Db, OrganisationId) -> O,
    O: Future<Output = Result<(), db::Error>>,
{
    let mut tx = db.read().await?;
    let organisations = store::organisations(&mut tx).await?;
    drop(tx);
    for organisation in organisations {
        work(db.clone(), organisation.id).await?;
    }
    Ok(())
}
