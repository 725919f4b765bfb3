//! What follows the log of acts without being asked: the index of documents and
//! the figures, so that who searches or counts has little to wait for.

use std::time::Duration;

use crate::db::{self, Db};
use crate::jobs::Failure;
use crate::{identity, indicators, search};

/// How often the log is read on.
const PAUSE: Duration = Duration::from_secs(15);

/// Reads on for every organisation, again and again.
pub async fn follow(db: Db) {
    let mut ticks = tokio::time::interval(PAUSE);
    loop {
        ticks.tick().await;
        if let Err(error) = follow_all(&db).await {
            let cause = Failure::from_error(&error);
            tracing::warn!(%cause, "The index of documents and the figures could not be brought up to date");
        }
    }
}

async fn follow_all(db: &Db) -> Result<(), db::Error> {
    let mut tx = db.read().await?;
    let organisations = identity::store::organisations(&mut tx).await?;
    drop(tx);
    for organisation in organisations {
        search::following::catch_up(db, organisation.id).await?;
        indicators::following::catch_up(db, organisation.id).await?;
    }
    Ok(())
}
