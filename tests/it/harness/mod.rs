//! What the tests stand on: a fresh office on a fresh database, people who
//! click, and the servers they need.

pub mod ballot_paper;
mod browser;
pub mod crowd;
pub mod dovecot;
pub mod meeting;
mod office;
pub mod pdf;
mod postgres;
pub mod process;
pub mod s3;
pub mod screen;
pub mod server;
pub mod receiver;
pub mod smtp;
pub mod traces;

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Mutex;

pub use self::browser::{Answer, Browser};
pub use self::office::{Database, ECONOMY, PASSWORD, TestApp, noon};
pub use self::postgres::fresh_database as fresh_postgres;

/// Says, once, that a group of tests is left out, past the capturing of output.
#[expect(clippy::explicit_write, reason = "what eprintln! writes is captured")]
pub fn left_out(group: &'static str, reason: &str) {
    static SAID: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    if SAID.lock().unwrap().insert(group) {
        writeln!(std::io::stderr(), "left out: {group} ({reason})").unwrap();
    }
}

/// Runs each test once on SQLite and once on PostgreSQL.
#[macro_export]
macro_rules! on_both {
    ($(async fn $name:ident($app:ident) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports, reason = "each test uses its part of the file's imports")]
            use super::*;

            async fn claim($app: $crate::harness::TestApp) $body

            #[tokio::test]
            async fn sqlite() {
                claim($crate::harness::TestApp::new($crate::harness::Database::Sqlite).await.unwrap()).await;
            }

            #[tokio::test]
            async fn postgres() {
                if let Some(app) = $crate::harness::TestApp::new($crate::harness::Database::Postgres).await {
                    claim(app).await;
                }
            }
        }
    )+};
}
