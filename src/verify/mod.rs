//! The verdict on a PDF's signatures, for anyone: as a page, as JSON, and for
//! whoever scans the code on a paper. Nothing sent here is kept.

mod api;
mod bench;
mod throttle;
mod trust;
mod verdict;
pub mod web;

pub use self::trust::{TrustError, anchors, read_pem};
