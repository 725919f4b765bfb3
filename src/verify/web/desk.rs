//! What bounds the work done for strangers, and what is remembered of it.

use std::sync::Arc;

use axum::extract::{ConnectInfo, Extension};
use tokio::sync::OnceCell;

use super::Peer;
use super::case::Case;
use crate::clock::Timestamp;
use crate::papers::Changes;
use crate::storage::{Hash, Incoming};
use crate::verify::bench::{self, Bench, BenchError, Judged};
use crate::verify::recent::Recent;
use crate::verify::report::Paper;
use crate::verify::shelf::Shelf;
use crate::verify::throttle::Throttle;
use crate::verify::{Grounds, roots};
use crate::web::{self, App};

/// From one address in a minute: files to judge, and requests about a file
/// that is here already, such as one picture.
const FILES: u32 = 30;
const LOOKS: u32 = 300;
/// Pages shown side by side at most.
const MOST_PAGES: usize = 10;

/// Shared by all requests.
#[derive(Clone, Debug)]
pub(in crate::verify) struct Desk {
    bench: Bench,
    files: Throttle,
    looks: Throttle,
    pub(super) shelf: Shelf,
    paper: Arc<OnceCell<Arc<Paper>>>,
    ends: Recent<Hash, Vec<usize>>,
    changes: Recent<(Hash, usize), Changes>,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            bench: Bench::default(),
            files: Throttle::new(FILES),
            looks: Throttle::new(LOOKS),
            shelf: Shelf::default(),
            paper: Arc::default(),
            ends: Recent::default(),
            changes: Recent::default(),
        }
    }
}

fn admit(throttle: &Throttle, peer: &Peer, now: Timestamp) -> Result<(), web::Error> {
    let address = peer.as_ref().map(|Extension(ConnectInfo(address))| address.ip().to_string());
    if throttle.admits(&address.unwrap_or_default(), now) {
        Ok(())
    } else {
        Err(web::Error::TooMany("verify-too-many".into()))
    }
}

impl Desk {
    pub(in crate::verify) fn admit(&self, peer: &Peer, now: Timestamp) -> Result<(), web::Error> {
        admit(&self.files, peer, now)
    }

    pub(super) fn admit_look(&self, peer: &Peer, now: Timestamp) -> Result<(), web::Error> {
        admit(&self.looks, peer, now)
    }

    /// Judges a file that has arrived whole, by the list as it is now.
    pub(in crate::verify) async fn judge(
        &self,
        app: &App,
        file: &Incoming,
        now: Timestamp,
    ) -> Result<(Grounds, Judged), web::Error> {
        let mut tx = app.db.read().await?;
        let trust = Arc::new(roots::current(&mut tx, app).await.map_err(web::Error::internal)?);
        drop(tx);
        let grounds = Grounds::new(trust, now.to_jiff(), true);
        let seat = self.bench.seat().await?;
        let path = file.path().to_owned();
        let judged = bench::judge(seat, path, grounds.clone(), app.remote.clone()).await?;
        self.ends.put(file.hash(), judged.ends.clone());
        Ok((grounds, judged))
    }

    /// Where the states of a file end.
    pub(super) async fn ends(&self, app: &App, case: &Case) -> Result<Arc<Vec<usize>>, web::Error> {
        if let Some(known) = self.ends.get(&case.hash) {
            return Ok(known);
        }
        let (_, judged) = self.judge(app, case.file()?, app.clock.now()).await?;
        Ok(self.ends.put(case.hash, judged.ends))
    }

    /// The pages that look different from what they were in a revision.
    /// `None`: they cannot be drawn.
    pub(super) async fn changes(
        &self,
        app: &App,
        case: &Case,
        (revision, end): (usize, u64),
    ) -> Result<Option<Arc<Changes>>, web::Error> {
        let key = (case.hash, revision);
        if let Some(known) = self.changes.get(&key) {
            return Ok(Some(known));
        }
        match app.renderer.changes(case.file()?.path(), end, MOST_PAGES).await {
            Ok(found) => Ok(Some(self.changes.put(key, found))),
            Err(_) => Ok(None),
        }
    }

    /// Makes report files; the typeface is read once.
    pub(super) async fn paper(&self, app: &App) -> Result<Arc<Paper>, web::Error> {
        let make = async || Paper::new(&app.config).map(Arc::new).map_err(web::Error::internal);
        self.paper.get_or_try_init(make).await.cloned()
    }
}

pub(in crate::verify) fn refusal(error: BenchError) -> web::Error {
    match error {
        BenchError::Busy => web::Error::TooMany("verify-busy".into()),
        BenchError::TooLong => web::Error::Invalid("verify-too-long".into()),
        BenchError::Broken | BenchError::File(_) => web::Error::internal(error),
    }
}
