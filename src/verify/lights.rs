//! Lights the lamps beside the files of the office.

use std::sync::Arc;

use pades::verify::{FileReport, Verdict};

use super::bench::PATIENCE;
use super::report::Report;
use super::{Disk, Grounds, TrustList, judge, roots};
use crate::db::{self, Tx};
use crate::jobs::{self, Failure};
use crate::lights::{self, Basis, Light};
use crate::storage::{self, Hash};
use crate::web::App;

/// Files taken from the list at once.
const BATCH: i64 = 50;

#[derive(Debug, thiserror::Error)]
pub enum LightsError {
    #[error(transparent)]
    Current(#[from] roots::CurrentError),
    #[error(transparent)]
    Jobs(#[from] jobs::Error),
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error("the file cannot be read back")]
    File(#[source] std::io::Error),
    #[error("judging broke off")]
    Broken(#[from] tokio::task::JoinError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// What a light lit now would rest on.
fn basis(trust: &TrustList) -> Basis {
    Basis { trust_fingerprint: trust.fingerprint(), software: env!("CARGO_PKG_VERSION").to_owned() }
}

/// Has every file judged again whose light rests on another list or program.
/// Called when the list has changed, in that very transaction, and at each start.
pub async fn refresh(tx: &mut Tx, app: &App) -> Result<(), LightsError> {
    let trust = roots::current(tx, app).await?;
    Ok(lights::refresh(tx, &basis(&trust), app.clock.now()).await?)
}

/// The job: judges every file that waits. Run twice, it finds its work done.
pub async fn light_all(app: &App) -> Result<(), Failure> {
    let mut last = String::new();
    let mut failed = None;
    loop {
        let mut tx = app.db.read().await.map_err(|error| Failure::from_error(&error))?;
        let files =
            lights::waiting(&mut tx, &last, BATCH).await.map_err(|error| Failure::from_error(&error))?;
        drop(tx);
        let Some(end) = files.last() else { break };
        last = end.to_string();
        for file in files {
            // One file that cannot be fetched must not keep the others dark.
            if let Err(error) = light_one(app, file).await {
                failed = Some(Failure::from_error(&error));
            }
        }
    }
    failed.map_or(Ok(()), Err)
}

/// Judges a stored file as of now, by the list of trusted certificates.
pub async fn judge_stored(app: &App, file: Hash) -> Result<(Light, Report), LightsError> {
    let mut tx = app.db.read().await?;
    let trust = roots::current(&mut tx, app).await?;
    drop(tx);
    let (report, grounds) = judge_by(app, file, trust).await?;
    Ok((light_of(&report), Report::new(report, &grounds)))
}

async fn judge_by(app: &App, file: Hash, trust: TrustList) -> Result<(FileReport, Grounds), LightsError> {
    let copy = app.storage.copy_to_scratch(file).await?;
    let grounds = Grounds::new(Arc::new(trust), app.clock.now().to_jiff(), true);
    let (by, lookup) = (grounds.clone(), app.remote.lookup(PATIENCE));
    let work = move || Ok(judge(&Disk::open(copy.path())?, &by, None, Some(&lookup)));
    let report = tokio::task::spawn_blocking(work).await?.map_err(LightsError::File)?;
    Ok((report, grounds))
}

fn light_of(report: &FileReport) -> Light {
    match report.verdict {
        Verdict::Valid => Light::Valid,
        Verdict::Indeterminate => Light::Indeterminate,
        Verdict::Invalid => Light::Invalid,
        Verdict::Unsigned => Light::Unsigned,
        Verdict::Unreadable => Light::Unreadable,
    }
}

async fn light_one(app: &App, file: Hash) -> Result<(), LightsError> {
    let mut tx = app.db.read().await?;
    let trust = roots::current(&mut tx, app).await?;
    drop(tx);
    let (basis, now) = (basis(&trust), app.clock.now());
    let light = light_of(&judge_by(app, file, trust).await?.0);
    let mut tx = app.db.write().await?;
    // The list may have changed meanwhile; then this judgement is not kept.
    if roots::current(&mut tx, app).await?.fingerprint() == basis.trust_fingerprint {
        lights::keep(&mut tx, file, light, &basis, now).await?;
    }
    Ok(tx.commit().await?)
}
