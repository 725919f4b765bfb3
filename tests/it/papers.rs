//! Papers: what is taken and what is refused, who reads what, and that the
//! bytes stay what they were.

mod files;
mod reading;
mod taking;

use axum::body::Bytes;
use ecabinet::identity::Actor;
use ecabinet::papers::{self, PaperId, Upload, UploadError, VersionId, actions};

use crate::harness::TestApp;

type Sent = Result<Bytes, std::io::Error>;

/// Sends a file as a browser does, in parts.
pub async fn upload(app: &TestApp, name: &str, bytes: &[u8]) -> Result<Upload, UploadError> {
    let parts: Vec<Sent> = bytes.chunks(64 * 1024).map(|part| Ok(Bytes::copy_from_slice(part))).collect();
    actions::read_upload(&app.app, name, futures_util::stream::iter(parts)).await
}

/// The person as an action sees them.
pub async fn actor(app: &TestApp, login: &str) -> Actor {
    let is_stranger = login == "stranger";
    Actor {
        person: app.person(login).await,
        organisation: if is_stranger { app.other } else { app.organisation },
        full_name: login.to_owned(),
        position: String::new(),
        roles: Vec::new(),
        session: Vec::new(),
    }
}

/// The secretary's paper with this file, its pages not read yet.
async fn added(app: &TestApp, title: &str, bytes: &[u8]) -> (PaperId, VersionId) {
    let upload = upload(app, "to-trinh.pdf", bytes).await.unwrap();
    let mut tx = app.app.db.write().await.unwrap();
    let secretary = actor(app, "secretary").await;
    let paper =
        actions::add_paper(&mut tx, &secretary, &upload, title, crate::harness::noon()).await.unwrap();
    let version = papers::latest_version(&mut tx, app.organisation, paper).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    (paper, version.id)
}

/// The same with its pages read.
pub async fn ready(app: &TestApp, title: &str, bytes: &[u8]) -> (PaperId, VersionId) {
    let added = added(app, title, bytes).await;
    app.run_jobs().await;
    added
}

async fn state(app: &TestApp, version: VersionId) -> papers::State {
    let mut tx = app.app.db.read().await.unwrap();
    papers::version(&mut tx, app.organisation, version).await.unwrap().unwrap().state
}

/// Lets people read a paper: login and whether they may download.
pub async fn let_read(app: &TestApp, paper: PaperId, readers: &[(&str, bool)]) {
    let mut people = Vec::new();
    for (login, may_download) in readers {
        people.push((app.person(login).await, *may_download));
    }
    let mut tx = app.app.db.write().await.unwrap();
    actions::set_readers(&mut tx, paper, &people).await.unwrap();
    tx.commit().await.unwrap();
}

fn scratch_files(app: &TestApp) -> usize {
    std::fs::read_dir(&app.app.config.scratch).unwrap().count()
}
