//! `ecabinet demo`: the service on a scratch folder, with the sample office.

use std::process::ExitCode;

use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{CommandError, say, serve};
use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::demo;
use crate::notices::Mailer;

/// Settings of the sample office; the environment stands above them.
fn settings(scratch: &std::path::Path) -> toml::Table {
    let path = |name: &str| scratch.join(name).display().to_string();
    let mut settings = toml::Table::new();
    settings.insert("database_url".into(), format!("sqlite:{}", path("ecabinet.db")).into());
    settings.insert("storage_url".into(), format!("file:{}", path("objects")).into());
    settings.insert("scratch".into(), path("incoming").into());
    let mut exchange = toml::Table::new();
    exchange.insert("organisation".into(), "anhai".into());
    exchange.insert("identifier".into(), "H17.27".into());
    exchange.insert("folder".into(), path("exchange").into());
    settings.insert("exchange".into(), toml::Value::Array(vec![exchange.into()]));
    settings.insert("test_authority".into(), true.into());
    settings.insert("log".into(), "warn".into());
    settings
}

pub(super) async fn run(scratch: tempfile::TempDir, config: Config) -> Result<ExitCode, CommandError> {
    let mailer = Mailer::new(&config)?;
    let app = app::open(config, Clock::movable()).await?;
    let listener = TcpListener::bind(app.config.listen).await?;
    let keys = demo::fill(&app, app.clock.now()).await?;
    say(format!("E-cabinet: http://{}", listener.local_addr()?));
    say(format!("Mật khẩu chung / password: {}", keys.password));
    say(format!("PIN ký số / signing PIN:   {}", keys.pin));
    for (login, what) in demo::ACCOUNTS {
        say(format!("  {login:<22} {what}"));
    }
    say("Chữ ký và văn bản ở đây là thử nghiệm. Nhấn Ctrl-C để dừng.");
    tokio::spawn(move_clock(app.clock.clone(), signal(SignalKind::user_defined1())?));
    serve::serve(app, mailer, listener).await?;
    drop(scratch);
    Ok(ExitCode::SUCCESS)
}

/// Moves the demo's clock a day forward at each SIGUSR1, so that one can see
/// what a passed deadline brings. `serve` has no such ear: its clock is the system's.
async fn move_clock(clock: Clock, mut asked: Signal) {
    while asked.recv().await.is_some() {
        clock.advance(86_400);
    }
}

/// The scratch folder, and the settings that lead to it.
pub(super) fn load() -> Result<(tempfile::TempDir, Config), CommandError> {
    let scratch = tempfile::tempdir()?;
    let config = Config::load_over(settings(scratch.path()))?;
    Ok((scratch, config))
}
