//! `ecabinet agent`: lends the token of this PC to the office's page.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{CommandError, say};
use crate::agent::{Agent, Settings};

#[derive(Debug, Args)]
pub struct AgentArguments {
    /// Module of the token's maker (PKCS #11).
    #[arg(long, value_name = "MODULE")]
    module: PathBuf,
    /// Address of the office whose page may ask, such as <https://office.example.vn>; may be given again.
    #[arg(long, value_name = "ORIGIN", required = true)]
    origin: Vec<String>,
    /// Label of the token, where there are several.
    #[arg(long, value_name = "LABEL")]
    token: Option<String>,
    /// Label of the key, where there are several.
    #[arg(long, value_name = "LABEL")]
    key: Option<String>,
    /// Port on this PC; the page knows this one.
    #[arg(long, default_value_t = 8989)]
    port: u16,
    /// File that keeps pairings, so that a restart need not repeat them.
    #[arg(long, value_name = "FILE")]
    remember: Option<PathBuf>,
}

pub(super) async fn run(arguments: AgentArguments) -> Result<ExitCode, CommandError> {
    let settings = Settings {
        module: arguments.module,
        token: arguments.token,
        key: arguments.key,
        origins: arguments.origin,
        port: arguments.port,
        remember: arguments.remember,
    };
    let agent = Agent::open(settings).await?;
    say(format!("E-cabinet agent: http://{}", agent.address()));
    say(format!("Mã ghép nối / pairing code: {}", agent.code()));
    agent.run().await?;
    Ok(ExitCode::SUCCESS)
}
