//! Places outside that the service looks into again and again: whoever waits
//! for what comes through one is told since when it cannot be read.

use std::error::Error;

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::jobs::Failure;
use crate::sql;
use crate::web::App;

/// What the last look into a place came to.
#[derive(Debug)]
pub struct Lookout {
    /// The organisation's code.
    organisation: String,
    place: String,
    /// `None`: not looked yet. A failure is one line in the log, however often it is met.
    last: Option<Result<(), String>>,
    /// The last outcome is written down.
    is_kept: bool,
}

impl Lookout {
    pub fn new(organisation: impl Into<String>, place: impl Into<String>) -> Self {
        Self { organisation: organisation.into(), place: place.into(), last: None, is_kept: true }
    }

    /// Notes a look; what could not be written down is so after the next one.
    pub async fn note(&mut self, app: &App, looked: Result<(), impl Error>) {
        let looked = looked.map_err(|error| Failure::from_error(&error).to_string());
        let is_news = self.last.as_ref() != Some(&looked);
        let Self { organisation, place, .. } = self;
        if let (true, Err(cause)) = (is_news, &looked) {
            tracing::warn!(cause, organisation, place, "A place outside cannot be read");
        }
        // A failure again and again: another node that could read may have taken it back, and be gone.
        if is_news || looked.is_err() || !self.is_kept {
            let kept = self.keep(app, looked.is_ok()).await;
            if let (true, Err(error)) = (self.is_kept, &kept) {
                tracing::error!(%error, "What a look came to was not written down");
            }
            self.is_kept = kept.is_ok();
        }
        self.last = Some(looked);
    }

    async fn keep(&self, app: &App, is_read: bool) -> Result<(), db::Error> {
        let (organisation, place) = (self.organisation.as_str(), self.place.as_str());
        let mut tx = app.db.write().await?;
        if is_read {
            sql!(&mut tx => execute "DELETE FROM unread_place WHERE organisation = $1 AND place = $2", organisation, place)?;
        } else {
            sql!(&mut tx => execute
                "INSERT INTO unread_place (organisation, place, since) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                organisation, place, app.clock.now())?;
        }
        tx.commit().await
    }
}

/// A place that could not be read when it was last looked into.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Unread {
    pub place: String,
    pub since: Timestamp,
}

/// Those of an organisation, given by its code. The settings may not name all of them any more.
pub async fn unread(tx: &mut Tx, organisation: &str) -> Result<Vec<Unread>, db::Error> {
    sql!(tx => fetch_all "SELECT place, since FROM unread_place WHERE organisation = $1 ORDER BY place" as Unread, organisation)
}
