//! The verdict on a PDF's signatures, for anyone: as a page, as JSON, as a
//! report, and for whoever scans the code on a paper.
//!
//! Everybody gets it by [`judge`], so that the page, the command on an
//! isolated machine and the stored report cannot disagree. What a stranger
//! sends is not kept, unless they ask for it, and then not for long.

mod api;
mod bench;
mod disk;
mod facts;
mod judging;
mod lights;
mod recent;
pub mod report;
mod revisions;
mod roots;
mod shelf;
mod store;
mod throttle;
mod timeline;
mod trust;
pub mod urls;
mod verdict;
pub mod web;

pub use self::api::description as api_description;
pub use self::disk::{Disk, Held};
pub use self::judging::{Grounds, judge};
pub use self::lights::{LightsError, judge_stored, light_all, refresh as refresh_lights};
pub use self::revisions::{closer, ends as revision_ends};
pub use self::roots::current as trust_list;
pub use self::store::put_report;
pub use self::throttle::Throttle;
pub use self::trust::{TrustError, TrustList, configured, parse_certificates, read_certificates};

crate::id! {
    /// A certificate on the list of trusted ones, or on its way there.
    RootId;
    /// A report that somebody put aside.
    ReportId;
}
crate::column!(RootId as uuid::Uuid);
crate::column!(ReportId as uuid::Uuid);

crate::words! {
    /// How far a certificate is on its way to or from the list.
    RootState {
        /// One administrator put it forward.
        Proposed = "proposed",
        Trusted = "trusted",
        /// One administrator wants it gone; it counts until another agrees.
        Leaving = "leaving",
        Removed = "removed",
    }
}
crate::column!(RootState as String);
