//! The one place that names every feature: routers, jobs and the menu put
//! together.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::{Router, middleware};
use tower_http::catch_panic::CatchPanicLayer;

use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::identity::{OrgRole, Place, Section};
use crate::jobs::{self, Handler, Worker};
use crate::notices::{self, Mailer};
use crate::papers::{self, Renderer};
use crate::storage::Storage;
use crate::web::{self, App, Live};
use crate::{health, identity, meetings, room, signing, verify, voting};

/// Largest body of an ordinary form; uploads set their own limit.
const FORM_LIMIT: usize = 2 * 1024 * 1024;

const MENU: &[Place] = &[
    Place { section: Section::Home, href: "/", icon: "home", text: "home", roles: &[] },
    Place { section: Section::Meetings, href: "/meetings", icon: "meeting", text: "meetings", roles: &[] },
    Place { section: Section::Signing, href: "/signing", icon: "sign", text: "signing", roles: &[] },
    Place { section: Section::Verify, href: "/verify", icon: "shield", text: "verify", roles: &[] },
    Place {
        section: Section::People,
        href: "/people",
        icon: "people",
        text: "people",
        roles: &[OrgRole::SystemAdmin, OrgRole::UnitAdmin],
    },
    Place {
        section: Section::Mails,
        href: "/mails",
        icon: "mail",
        text: "mails",
        roles: &[OrgRole::SystemAdmin, OrgRole::Secretary],
    },
];

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the database cannot be opened")]
    Db(#[from] crate::db::Error),
    #[error("the object storage cannot be opened")]
    Storage(#[from] crate::storage::Error),
    #[error(transparent)]
    Trust(#[from] verify::TrustError),
    #[error("the program that reads PDFs cannot be found")]
    Renderer(#[source] std::io::Error),
}

/// Opens everything the service stands on.
pub async fn open(config: Config, clock: Clock) -> Result<App, StartError> {
    Ok(App {
        db: Db::open(config.database_url.reveal()).await?,
        storage: Storage::open(&config).await?,
        clock,
        anchors: Arc::new(verify::anchors(&config)?),
        renderer: Renderer::new(&config).map_err(StartError::Renderer)?,
        config: Arc::new(config),
        live: Live::default(),
        bell: Arc::default(),
        places: MENU,
    })
}

/// Every route of the service.
pub fn router(app: App) -> Router {
    Router::new()
        .merge(identity::web::router())
        .merge(notices::web::router())
        .merge(signing::web::router())
        .merge(verify::web::router(&app.config))
        .merge(papers::web::router())
        .merge(meetings::web::router())
        .merge(voting::web::router())
        .merge(room::web::router())
        .merge(health::router())
        .merge(web::assets())
        .fallback(async || web::Error::NotFound)
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .layer(middleware::from_fn(web::refuse_foreign_posts))
        .merge(signing::web::test_authority(app.config.test_authority))
        .layer(middleware::from_fn(web::render_errors))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn(web::security_headers))
        .with_state(app)
}

/// The worker with the handlers of every kind of job.
pub fn worker(app: &App, mailer: Mailer) -> Worker {
    let mut handlers: HashMap<&'static str, Handler> = HashMap::new();
    let (db, clock) = (app.db.clone(), app.clock.clone());
    handlers.insert(
        notices::MAIL_JOB,
        Arc::new(move |payload| {
            let (mailer, db, clock) = (mailer.clone(), db.clone(), clock.clone());
            Box::pin(async move { mailer.send(&db, &clock, jobs::payload(payload)?).await })
        }),
    );
    handlers.insert(
        signing::timestamp::JOB,
        signing::timestamp::handler(signing::Desk::of(app), app.clock.clone()),
    );
    let reading = app.clone();
    handlers.insert(
        papers::DERIVE_JOB,
        Arc::new(move |payload| {
            let app = reading.clone();
            Box::pin(async move { papers::derive(&app, jobs::payload(payload)?).await })
        }),
    );
    Worker { db: app.db.clone(), clock: app.clock.clone(), handlers, bell: app.bell.clone() }
}
