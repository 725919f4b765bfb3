//! `ecabinet demo`: the service on a scratch folder, with the sample office.

use std::process::ExitCode;

use tokio::net::TcpListener;

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
    settings.insert("test_authority".into(), true.into());
    settings.insert("log".into(), "warn".into());
    settings
}

pub(super) async fn run(scratch: tempfile::TempDir, config: Config) -> Result<ExitCode, CommandError> {
    let mailer = Mailer::new(&config)?;
    let app = app::open(config, Clock::System).await?;
    let listener = TcpListener::bind(app.config.listen).await?;
    let keys = demo::fill(&app, app.clock.now()).await?;
    say(format!("E-cabinet: http://{}", listener.local_addr()?));
    say(format!("Mật khẩu chung / password: {}", keys.password));
    say(format!("PIN ký số / signing PIN:   {}", keys.pin));
    for (login, what) in demo::ACCOUNTS {
        say(format!("  {login:<22} {what}"));
    }
    say("Chữ ký và văn bản ở đây là thử nghiệm. Nhấn Ctrl-C để dừng.");
    serve::serve(app, mailer, listener).await?;
    drop(scratch);
    Ok(ExitCode::SUCCESS)
}

/// The scratch folder, and the settings that lead to it.
pub(super) fn load() -> Result<(tempfile::TempDir, Config), CommandError> {
    let scratch = tempfile::tempdir()?;
    let config = Config::load_over(settings(scratch.path()))?;
    Ok((scratch, config))
}
