//! What signing works with.

use std::sync::Arc;

use openssl::error::ErrorStack;
use openssl::rand::rand_bytes;
use pades::sign::Stamping;
use pades::trust::Anchors;

use super::stamps::Stamps;
use crate::db::Db;
use crate::storage::Storage;
use crate::web::App;

/// What signing works with; cheap to clone.
#[derive(Clone, Debug)]
pub struct Desk {
    pub db: Db,
    pub storage: Storage,
    pub anchors: Arc<Anchors>,
    /// `None`: no timestamp authority is set, and signatures have no trusted time.
    pub stamps: Option<Stamps>,
    pub accepts_test_keys: bool,
}

impl Desk {
    pub fn of(app: &App) -> Self {
        Self {
            db: app.db.clone(),
            storage: app.storage.clone(),
            anchors: app.anchors.clone(),
            stamps: Stamps::of(&app.config, &app.remote, &app.clock),
            accepts_test_keys: app.config.test_authority,
        }
    }

    /// How to ask for one timestamp. Without anchors of our own, whether its
    /// authority is trusted is left to whoever judges the signature.
    pub fn stamping<'a>(&'a self, stamps: &'a Stamps, required: bool) -> Result<Stamping<'a>, ErrorStack> {
        let mut nonce = [0; 16];
        rand_bytes(&mut nonce)?;
        let anchors = (!self.anchors.is_empty()).then_some(self.anchors.as_ref());
        Ok(Stamping { service: stamps, nonce, anchors, required })
    }
}
