//! `ecabinet serve`: the service until it is told to stop.

use std::net::SocketAddr;
use std::process::ExitCode;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::CommandError;
use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::notices::Mailer;
use crate::web::App;

pub(super) async fn run(config: Config) -> Result<ExitCode, CommandError> {
    let mailer = Mailer::new(&config)?;
    let app = app::open(config, Clock::System).await?;
    let listener = TcpListener::bind(app.config.listen).await?;
    tracing::info!(address = %listener.local_addr()?, database = app.db.kind(), "Serving");
    serve(app, mailer, listener).await?;
    Ok(ExitCode::SUCCESS)
}

/// Serves requests and runs jobs until SIGINT or SIGTERM.
pub(super) async fn serve(app: App, mailer: Mailer, listener: TcpListener) -> Result<(), CommandError> {
    app.storage.clear_scratch().await.map_err(app::StartError::from)?;
    tokio::spawn(app::worker(&app, mailer).run());
    let service = app::router(app).into_make_service_with_connect_info::<SocketAddr>();
    let serving = tokio::spawn(async move { axum::serve(listener, service).await });
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
