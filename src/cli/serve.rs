//! `ecabinet serve`: the service until it is told to stop.

use std::process::ExitCode;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::CommandError;
use crate::clock::Clock;
use crate::config::Config;
use crate::notices::{self, Mailer};
use crate::signing;
use crate::verify;
use crate::web::{App, connections};
use crate::{app, exchange};

pub(super) async fn run(config: Config) -> Result<ExitCode, CommandError> {
    let mailer = Mailer::new(&config)?;
    let app = app::open(config, Clock::System).await?;
    refuse_test_keys(&app).await?;
    raise_open_files();
    let listener = TcpListener::bind(app.config.listen).await?;
    tracing::info!(address = %listener.local_addr()?, database = app.db.kind(), "Serving");
    serve(app, mailer, listener).await?;
    Ok(ExitCode::SUCCESS)
}

/// Lets the process hold as many connections as the system allows it: each
/// screen is one, and the usual first limit is 1,024.
pub(super) fn raise_open_files() {
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }) {
        tracing::warn!(%error, "The limit of open connections could not be raised");
    }
}

/// An office that does real work must not hold keys whose signatures are
/// worth nothing.
async fn refuse_test_keys(app: &App) -> Result<(), CommandError> {
    let mut tx = app.db.read().await.map_err(app::StartError::from)?;
    let is_found = signing::test_keys_present(&mut tx).await.map_err(app::StartError::from)?;
    if is_found && !app.config.test_authority {
        return Err(CommandError::Refused(
            "the database holds signing keys of the test authority, but test_authority is false; \
             remove them, or set test_authority = true in an office that only practises"
                .to_owned(),
        ));
    }
    Ok(())
}

/// The settings or the program may be others than at the last start.
async fn refresh_lights(app: &App) -> Result<(), CommandError> {
    let mut tx = app.db.write().await.map_err(app::StartError::from)?;
    verify::refresh_lights(&mut tx, app).await?;
    Ok(tx.commit().await.map_err(app::StartError::from)?)
}

/// Serves requests and runs jobs until SIGINT or SIGTERM.
pub(super) async fn serve(app: App, mailer: Mailer, listener: TcpListener) -> Result<(), CommandError> {
    app.storage.clear_scratch().await.map_err(app::StartError::from)?;
    refresh_lights(&app).await?;
    notices::take_up(&app, &mailer).await.map_err(app::StartError::from)?;
    tokio::spawn(app::worker(&app, mailer).run());
    tokio::spawn(app::follow(app.db.clone()));
    exchange::folder::watch(&app);
    app::watch_mailboxes(&app);
    let serving = tokio::spawn(connections::serve(listener, app::router(app)));
    told_to_stop().await?;
    tracing::info!("Stopping");
    serving.abort();
    Ok(())
}

async fn told_to_stop() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        done = tokio::signal::ctrl_c() => done,
        _ = terminate.recv() => Ok(()),
    }
}
