//! What handlers share.

use std::sync::Arc;

use axum::extract::FromRef;
use openssl::x509::X509;
use pades::trust::Anchors;
use tokio::sync::Notify;
use typeset::Typesetter;

use super::Live;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::identity::Place;
use crate::papers::Renderer;
use crate::remote::Remote;
use crate::signing::SealModule;
use crate::storage::Storage;

/// The running service; cheap to clone.
#[derive(Clone, Debug)]
pub struct App {
    pub db: Db,
    pub storage: Storage,
    pub clock: Clock,
    pub config: Arc<Config>,
    /// Reads foreign PDFs in processes of their own.
    pub renderer: Renderer,
    pub live: Live,
    /// The certificates the settings trust.
    pub roots: Arc<Vec<X509>>,
    /// The same, as anchors for timestamps on what is signed here.
    pub anchors: Arc<Anchors>,
    /// The way to timestamps and to what certificates name.
    pub remote: Remote,
    /// Rung after a commit that queued a job, so that it starts at once.
    pub bell: Arc<Notify>,
    /// Makes official forms.
    pub typesetter: Arc<Typesetter>,
    /// The device with the keys of seals.
    pub seal_module: Option<SealModule>,
    /// The main menu.
    pub places: &'static [Place],
}

impl FromRef<App> for Db {
    fn from_ref(app: &App) -> Self {
        app.db.clone()
    }
}

impl FromRef<App> for Storage {
    fn from_ref(app: &App) -> Self {
        app.storage.clone()
    }
}

impl FromRef<App> for Live {
    fn from_ref(app: &App) -> Self {
        app.live.clone()
    }
}
