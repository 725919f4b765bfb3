//! Addresses of what works without a network.

/// What the device may keep; asked whenever the network is there.
pub fn standing() -> String {
    "/offline/standing".to_owned()
}
