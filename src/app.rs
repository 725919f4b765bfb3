//! The one place that names every feature: routers, jobs and the menu put
//! together.

mod following;
mod jobs;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use axum::{Json, Router, middleware};
use pades::sign::TokenError;
use serde_json::Value;
use tokio::runtime::Handle;
use tower_http::catch_panic::CatchPanicLayer;
use typeset::{Fonts, Typesetter};

use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::identity::{OrgRole, Place, Section};
use crate::papers::{self, Renderer};
use crate::remote::{Reach, Remote};
use crate::signing::SealModule;
use crate::storage::Storage;
use crate::web::{self, App, Live};
use crate::{
    annotations, circulation, conclusions, copies, files, health, home, identity, incoming, indicators,
    layout, meetings, minutes, notices, offline, opinions, outgoing, phrases, registers, room, schedule,
    search, signing, slips, speaking, statistics, tasks, verify, voting,
};

pub use self::following::follow;
pub use self::jobs::worker;
pub use crate::incoming::letters::mailbox::watch as watch_mailboxes;

const MENU: &[Place] = &[
    Place { section: Section::Home, href: "/", icon: "home", text: "home", roles: &[] },
    Place { section: Section::Meetings, href: "/meetings", icon: "meeting", text: "meetings", roles: &[] },
    Place {
        section: Section::Schedule,
        href: "/schedule",
        icon: "calendar",
        text: "schedule-menu",
        roles: &[],
    },
    Place { section: Section::Incoming, href: "/incoming", icon: "inbox", text: "incoming-menu", roles: &[] },
    Place { section: Section::Signing, href: "/signing", icon: "sign", text: "signing", roles: &[] },
    Place { section: Section::Outgoing, href: "/outgoing", icon: "outbox", text: "outgoing", roles: &[] },
    Place { section: Section::Files, href: "/files", icon: "archive", text: "files", roles: &[] },
    Place { section: Section::Search, href: "/search", icon: "search", text: "search-menu", roles: &[] },
    Place { section: Section::Tasks, href: "/tasks", icon: "tasks", text: "tasks", roles: &[] },
    Place { section: Section::Slips, href: "/slips", icon: "opinion", text: "slips", roles: &[] },
    Place { section: Section::Unit, href: "/unit", icon: "people", text: "unit-menu", roles: &[] },
    Place { section: Section::Verify, href: "/verify", icon: "shield", text: "verify", roles: &[] },
    Place {
        section: Section::Conclusions,
        href: "/conclusions",
        icon: "minutes",
        text: "conclusions-list",
        roles: &[],
    },
    Place {
        section: Section::Registers,
        href: "/registers",
        icon: "register",
        text: "registers",
        roles: &[OrgRole::Clerk, OrgRole::Archivist],
    },
    Place {
        section: Section::Indicators,
        href: "/indicators",
        icon: "figures",
        text: "indicators",
        roles: &[],
    },
    Place {
        section: Section::Statistics,
        href: "/statistics",
        icon: "chart",
        text: "statistics",
        roles: &[],
    },
    Place {
        section: Section::Layout,
        href: "/format-check",
        icon: "paper",
        text: "layout-check",
        roles: &[OrgRole::Secretary, OrgRole::Clerk, OrgRole::UnitAdmin],
    },
    Place {
        section: Section::Bodies,
        href: "/rooms",
        icon: "place",
        text: "bodies-menu",
        roles: &[OrgRole::SystemAdmin, OrgRole::Secretary],
    },
    Place {
        section: Section::People,
        href: "/people",
        icon: "people",
        text: "people",
        roles: &[OrgRole::SystemAdmin, OrgRole::UnitAdmin],
    },
    Place {
        section: Section::Trust,
        href: "/trust",
        icon: "key",
        text: "trust",
        roles: &[OrgRole::SystemAdmin],
    },
    Place {
        section: Section::Mails,
        href: "/mails",
        icon: "mail",
        text: "mails",
        roles: &[OrgRole::SystemAdmin, OrgRole::Secretary],
    },
    Place {
        section: Section::Jobs,
        href: "/jobs",
        icon: "gear",
        text: "jobs",
        roles: &[OrgRole::SystemAdmin],
    },
    Place {
        section: Section::Audit,
        href: "/audit",
        icon: "register",
        text: "audit",
        roles: &[OrgRole::SystemAdmin, OrgRole::Auditor],
    },
];

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the database cannot be opened")]
    Db(#[from] crate::db::Error),
    #[error("the object storage cannot be opened")]
    Storage(#[from] crate::storage::Error),
    #[error(transparent)]
    Jobs(#[from] crate::jobs::Error),
    #[error(transparent)]
    Trust(#[from] verify::TrustError),
    #[error("the typeface of official forms is not in the bundle")]
    Fonts(#[from] typeset::TypesetError),
    #[error("the device of the seal (seal_module) cannot be used")]
    SealModule(#[from] TokenError),
    #[error("the program that reads PDFs cannot be found")]
    Renderer(#[source] std::io::Error),
}

/// Opens everything the service stands on.
pub async fn open(config: Config, clock: Clock) -> Result<App, StartError> {
    let roots = verify::configured(&config)?;
    let db = Db::open(config.database_url.reveal()).await?;
    let seal_module = SealModule::of(&config)?;
    let live = Live::default();
    live.draw_with(room::artist(db.clone()));
    live.join(&db).await?;
    Ok(App {
        db,
        storage: Storage::open(&config).await?,
        clock,
        anchors: Arc::new(roots.iter().cloned().collect()),
        roots: Arc::new(roots),
        renderer: Renderer::new(&config).map_err(StartError::Renderer)?,
        remote: Remote::new(config.remote_hosts.clone(), Reach::Outside, Handle::current()),
        config: Arc::new(config),
        live,
        bell: Arc::default(),
        typesetter: Arc::new(Typesetter::new(Fonts::new(web::form_fonts())?)),
        seal_module,
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
        .merge(layout::web::router(&app.config))
        .merge(papers::web::router())
        .merge(annotations::web::router())
        .merge(meetings::web::router())
        .merge(schedule::web::router())
        .merge(speaking::web::router())
        .merge(opinions::web::router())
        .merge(voting::web::router())
        .merge(room::web::router())
        .merge(offline::web::router())
        .merge(phrases::web::router())
        .merge(minutes::web::router())
        .merge(circulation::web::router())
        .merge(conclusions::web::router())
        .merge(registers::web::router())
        .merge(outgoing::web::router())
        .merge(incoming::web::router())
        .merge(copies::web::router())
        .merge(files::web::router())
        .merge(tasks::web::router())
        .merge(slips::web::router())
        .merge(statistics::web::router())
        .merge(indicators::web::router())
        .merge(search::web::router())
        .route("/api/v1/openapi.json", get(openapi))
        .merge(home::web::router())
        .merge(health::router())
        .merge(web::assets())
        .fallback(async || web::Error::NotFound)
        .layer(DefaultBodyLimit::max(web::FORM_LIMIT))
        .layer(middleware::from_fn(web::refuse_foreign_posts))
        .merge(signing::web::uploads())
        .merge(signing::web::test_authority(app.config.test_authority))
        .layer(middleware::from_fn(web::render_errors))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn(web::security_headers))
        .with_state(app)
}

/// Describes every API route.
async fn openapi() -> Json<Value> {
    let mut described = verify::api_description();
    let paths = described.get_mut("paths").and_then(Value::as_object_mut);
    if let (Some(paths), Value::Object(more)) = (paths, indicators::web::api_paths()) {
        paths.extend(more);
    }
    Json(described)
}
