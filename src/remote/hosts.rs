//! Which host a name means here, and which hosts may be asked at all.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;
use serde::Deserialize;

/// Where a lookup may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Anywhere: a person at a command line asks with their own rights.
    Anywhere,
    /// Not into the service's own network, but for hosts that the settings name.
    Outside,
}

#[derive(Debug, thiserror::Error)]
#[error("remote_hosts: {0:?} is not of the form name=host or name=host:port")]
pub struct HostsError(String);

/// Names in certificates and the hosts that answer for them: older certificates of the Government's authority
/// name hosts of a network that is no more.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "String")]
pub struct Hosts(BTreeMap<String, String>);

/// An address that may be asked.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) url: Url,
    pub(super) reach: Reach,
}

/// Reads `name=host, name=host:port, …`.
impl TryFrom<String> for Hosts {
    type Error = HostsError;

    fn try_from(text: String) -> Result<Self, HostsError> {
        let mut answering = BTreeMap::new();
        for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let named = pair.split_once('=').map(|(name, host)| (name.trim(), host.trim()));
            let (name, host) = named
                .filter(|(name, host)| !name.is_empty() && Url::parse(&format!("http://{host}/")).is_ok())
                .ok_or_else(|| HostsError(pair.to_owned()))?;
            answering.insert(name.to_ascii_lowercase(), host.to_owned());
        }
        Ok(Self(answering))
    }
}

impl Hosts {
    /// Where an address leads, if it may be asked.
    pub(super) fn place(&self, address: &str, reach: Reach) -> Result<Place, String> {
        let url = Url::parse(address).map_err(|error| error.to_string())?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("{} is not asked, only http and https", url.scheme()));
        }
        if let Some(host) = url.host_str().and_then(|name| self.0.get(&name.to_ascii_lowercase())) {
            let url = replace_host(&url, host).ok_or("remote_hosts names no host for it")?;
            return Ok(Place { url, reach: Reach::Anywhere });
        }
        if reach == Reach::Outside && literal(&url).is_some_and(is_inside) {
            return Err("it lies in the own network; remote_hosts would allow it".to_owned());
        }
        Ok(Place { url, reach })
    }
}

fn replace_host(url: &Url, host: &str) -> Option<Url> {
    let answering = Url::parse(&format!("{}://{host}/", url.scheme())).ok()?;
    let mut moved = url.clone();
    moved.set_host(answering.host_str()).ok()?;
    moved.set_port(answering.port().or(url.port())).ok()?;
    Some(moved)
}

/// The address of a host that is written as one.
fn literal(url: &Url) -> Option<IpAddr> {
    url.host_str()?.trim_matches(['[', ']']).parse().ok()
}

/// Whether an address leads into the own machine or network, or nowhere (RFC 6890).
pub(super) fn is_inside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_inside_v4(v4),
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_inside_v4(v4),
            None => is_inside_v6(v6),
        },
    }
}

fn is_inside_v4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    let is_shared = first == 100 && (64..128).contains(&second);
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || first == 0
        || first >= 240
        || is_shared
}

fn is_inside_v6(address: Ipv6Addr) -> bool {
    address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || address.is_unique_local()
        || address.is_unicast_link_local()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(text: &str) -> Result<Hosts, HostsError> {
        Hosts::try_from(text.to_owned())
    }

    #[test]
    fn a_name_of_an_old_network_is_answered_by_another_host() {
        let hosts_known = hosts("ocsp.ca.ptc = ocsp.ca.gov.vn, tsa.old=10.1.2.3:8080").unwrap();
        let place = |address| hosts_known.place(address, Reach::Outside).unwrap().url.to_string();
        assert_eq!(place("http://OCSP.ca.ptc/a?b"), "http://ocsp.ca.gov.vn/a?b");
        assert_eq!(place("http://tsa.old/x"), "http://10.1.2.3:8080/x");
        assert!(hosts("nothing").is_err());
        assert!(hosts("a=b c").is_err());
    }

    #[test]
    fn a_file_cannot_make_the_service_ask_its_own_network() {
        let place = |address| Hosts::default().place(address, Reach::Outside);
        for inside in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://10.0.0.1:9200/_all",
            "http://169.254.169.254/latest",
            "http://[::1]/",
            "http://[::ffff:192.168.1.1]/",
            "http://0/",
            "http://[fd00::1]/",
            "http://100.64.0.1/",
        ] {
            assert!(place(inside).is_err(), "{inside}");
        }
        assert!(place("file:///etc/passwd").is_err());
        assert!(place("ldap://ca.gov.vn/").is_err());
        assert_eq!(place("http://203.113.0.1/").unwrap().reach, Reach::Outside);
    }
}
