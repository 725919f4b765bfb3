//! Services on the network that signatures depend on: timestamps (RFC 3161), OCSP (RFC 6960), CRLs and
//! issuers' certificates (RFC 5280).
//!
//! A timestamp authority is set by the office. The other addresses stand in certificates, and so in files
//! that anybody may send: the service asks them only where they lie outside its own network, or where the
//! setting `remote_hosts` names them. Answers are signed, and `pades` checks them; the way here need not be
//! trusted. Everything blocks and is asked from a blocking thread, but what is only handed over ([`Remote::post`]).

mod call;
mod hosts;

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use pades::trust::{Fetch, FetchError};
use pades::{ServiceError, TimestampService};
use tokio::runtime::Handle;

use self::call::Call;
pub use self::hosts::{Hosts, HostsError, Reach};

/// The largest answers taken. CRLs of national authorities have passed 10 MB.
const LARGEST_TOKEN: usize = 64 << 10;
const LARGEST_OCSP: usize = 256 << 10;
const LARGEST_CERTIFICATE: usize = 256 << 10;
const LARGEST_CRL: usize = 64 << 20;

/// What is handed to a service that only answers whether it took it.
#[derive(Debug)]
pub struct Post<'a> {
    pub address: &'a str,
    pub reach: Reach,
    pub headers: &'a [(&'a str, &'a str)],
    pub body: Vec<u8>,
}

/// What a service that the office has set is asked, and answers with a body.
#[derive(Debug)]
pub struct Exchange<'a> {
    pub address: &'a str,
    /// The access token, if one is shown.
    pub bearer: Option<&'a str>,
    pub media_type: &'static str,
    pub body: Vec<u8>,
    /// Bytes of the largest answer taken.
    pub largest: usize,
}

/// A way to services on the network. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Remote {
    hosts: Arc<Hosts>,
    /// Where addresses out of certificates may lead.
    reach: Reach,
    runtime: Handle,
    /// Made at the first call: most files are judged without one.
    clients: Arc<OnceLock<Result<call::Clients, String>>>,
}

impl Remote {
    pub fn new(hosts: Hosts, reach: Reach, runtime: Handle) -> Self {
        Self { hosts: Arc::new(hosts), reach, runtime, clients: Arc::default() }
    }

    /// The timestamp authority at an address the office has set, each answer awaited so long.
    pub fn authority(&self, address: String, patience: Duration) -> Authority {
        Authority { remote: self.clone(), address, patience }
    }

    /// Asks the addresses that certificates name, until so much time has passed in all.
    pub fn lookup(&self, patience: Duration) -> Lookup {
        Lookup { remote: self.clone(), end: Instant::now() + patience }
    }

    /// Posts something and gives the status of the answer, whose body nobody reads.
    pub async fn post(&self, post: Post<'_>, patience: Duration) -> Result<u16, String> {
        let clients = self.clients()?;
        let place = self.hosts.place(post.address, post.reach)?;
        match tokio::time::timeout(patience, call::post(clients.of(&place), &place, &post)).await {
            Ok(answered) => answered,
            Err(_) => Err("it took too long".to_owned()),
        }
    }

    /// Asks a service once, and gives status and body of its answer. Whether it is asked again, the caller decides.
    pub async fn exchange(
        &self,
        exchange: Exchange<'_>,
        patience: Duration,
    ) -> Result<(u16, Vec<u8>), String> {
        let clients = self.clients()?;
        let place = self.hosts.place(exchange.address, Reach::Anywhere)?;
        match tokio::time::timeout(patience, call::exchange(clients.of(&place), &place, exchange)).await {
            Ok(answered) => answered,
            Err(_) => Err("it took too long".to_owned()),
        }
    }

    fn clients(&self) -> Result<&call::Clients, String> {
        let clients = self.clients.get_or_init(|| call::Clients::new().map_err(|error| error.to_string()));
        clients.as_ref().map_err(Clone::clone)
    }

    fn ask(&self, call: &Call<'_>, end: Instant) -> Result<Vec<u8>, String> {
        let clients = self.clients()?;
        let address = self.hosts.place(call.address, call.reach)?;
        self.runtime.block_on(call::ask(clients.of(&address), &address, call, end))
    }
}

/// A timestamp authority on the network.
#[derive(Clone, Debug)]
pub struct Authority {
    remote: Remote,
    address: String,
    patience: Duration,
}

impl TimestampService for Authority {
    fn timestamp(&self, request: &[u8]) -> Result<Vec<u8>, ServiceError> {
        let call = Call {
            address: &self.address,
            reach: Reach::Anywhere,
            body: Some(("application/timestamp-query", request)),
            wanted: Some("application/timestamp-reply"),
            largest: LARGEST_TOKEN,
        };
        self.remote.ask(&call, Instant::now() + self.patience).map_err(ServiceError)
    }
}

/// Asks the addresses that certificates name, until its time is over.
#[derive(Clone, Debug)]
pub struct Lookup {
    remote: Remote,
    end: Instant,
}

impl Lookup {
    fn get(&self, address: &str, largest: usize) -> Result<Vec<u8>, FetchError> {
        let call = Call { address, reach: self.remote.reach, body: None, wanted: None, largest };
        self.remote.ask(&call, self.end).map_err(FetchError)
    }
}

impl Fetch for Lookup {
    fn ocsp(&self, address: &str, request: &[u8]) -> Result<Vec<u8>, FetchError> {
        let call = Call {
            address,
            reach: self.remote.reach,
            body: Some(("application/ocsp-request", request)),
            wanted: Some("application/ocsp-response"),
            largest: LARGEST_OCSP,
        };
        self.remote.ask(&call, self.end).map_err(FetchError)
    }

    // Of CRLs and certificates the media type is not asked: many authorities serve them as plain files.
    fn crl(&self, address: &str) -> Result<Vec<u8>, FetchError> {
        self.get(address, LARGEST_CRL)
    }

    fn certificate(&self, address: &str) -> Result<Vec<u8>, FetchError> {
        self.get(address, LARGEST_CERTIFICATE)
    }
}
