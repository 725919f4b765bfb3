//! The program on an official's PC that lends the token to the page.
//!
//! It listens on the loopback address only. A page may speak to it if its
//! origin is one that the person named at the start and it was paired with the
//! code shown here; the page sends what is to be signed and gets signature
//! values back. The PIN is typed on this program's own page: the server's page
//! never holds it, so neither a fault nor a stranger in that page can keep it.

mod batch;
mod link;
mod page;
mod pairing;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use pades::sign::{TokenError, TokenModule};

use self::batch::Batches;
use self::pairing::Pairing;

/// What the person names when starting it.
#[derive(Debug)]
pub struct Settings {
    /// The module of the token's maker (PKCS #11).
    pub module: PathBuf,
    /// Label of the token, where there are several.
    pub token: Option<String>,
    /// Label of the key, where there are several.
    pub key: Option<String>,
    /// Addresses of offices whose pages may ask, such as `https://office.example.vn`.
    pub origins: Vec<String>,
    pub port: u16,
    /// Where pairings are kept, so that a restart need not repeat them.
    pub remember: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    #[error("the token's module cannot be used")]
    Module(#[from] TokenError),
    #[error("an origin is a scheme and a host, such as https://office.example.vn: {0}")]
    Origin(String),
    #[error("no random numbers")]
    Random(#[from] openssl::error::ErrorStack),
    #[error("the port is taken, or the pairings cannot be read")]
    Io(#[from] std::io::Error),
}

/// An agent that is ready to listen.
pub struct Agent {
    listener: tokio::net::TcpListener,
    desk: Arc<Desk>,
}

/// What its pages and links share.
struct Desk {
    module: TokenModule,
    token: Option<String>,
    key: Option<String>,
    origins: Vec<String>,
    address: SocketAddr,
    pairing: Pairing,
    batches: Batches,
}

impl Agent {
    /// Loads the token's module and takes the port.
    pub async fn open(settings: Settings) -> Result<Self, AgentError> {
        for origin in &settings.origins {
            if !is_origin(origin) {
                return Err(AgentError::Origin(origin.clone()));
            }
        }
        let module = TokenModule::load(&settings.module)?;
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, settings.port)).await?;
        let desk = Desk {
            module,
            token: settings.token,
            key: settings.key,
            origins: settings.origins,
            address: listener.local_addr()?,
            pairing: Pairing::open(settings.remember).await?,
            batches: Batches::default(),
        };
        Ok(Self { listener, desk: Arc::new(desk) })
    }

    /// The code that pairs one page.
    pub fn code(&self) -> String {
        self.desk.pairing.code()
    }

    pub fn address(&self) -> SocketAddr {
        self.desk.address
    }

    /// Serves until the process ends.
    pub async fn run(self) -> Result<(), AgentError> {
        let router = Router::new()
            .route("/link", get(link::join))
            .route("/sign/{batch}", get(page::show).post(page::sign))
            .route("/agent.css", get(page::style))
            .with_state(self.desk);
        Ok(axum::serve(self.listener, router).await?)
    }
}

/// A scheme and a host, perhaps a port, and nothing behind.
fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '*', ' ', '?', '#']))
}

impl Desk {
    /// True when a request was sent to us by our own name: a foreign name that
    /// was made to lead to this machine must not reach the token (DNS rebinding).
    fn is_named(&self, host: Option<&str>) -> bool {
        host.is_some_and(|host| host == self.address.to_string())
    }

    fn own_origin(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// Hexadecimal of so many random bytes.
fn random_name(bytes: usize) -> Result<String, openssl::error::ErrorStack> {
    let mut random = vec![0; bytes];
    openssl::rand::rand_bytes(&mut random)?;
    Ok(hex::encode(random))
}

#[cfg(test)]
mod tests {
    use super::is_origin;

    #[test]
    fn an_origin_is_a_scheme_and_a_host() {
        assert!(is_origin("https://office.example.vn") && is_origin("http://127.0.0.1:8080"));
        for no in ["office.example.vn", "https://", "https://a/b", "https://*.vn", "file:///x"] {
            assert!(!is_origin(no), "{no}");
        }
    }
}
