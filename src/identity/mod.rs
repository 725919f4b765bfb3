//! Organisations, people, roles and sign-in; gives everyone else the
//! [`Actor`].
//!
//! An organisation is a tenant: nothing of one can be seen from another. Its
//! people sit in a tree of units. What a person may do comes from roles of the
//! organisation (kept here) and from roles in a meeting (kept by `meetings`).

pub mod actions;
mod chrome;
mod import;
pub mod passwords;
pub mod rules;
mod session;
pub mod store;
pub mod web;

use crate::web::Error;

pub use self::chrome::{Chrome, Place};
pub use self::session::{Actor, SessionState, is_secure, on_behalf_of, still_signed_in};

crate::id! {
    /// A tenant: an office whose data nobody else sees.
    OrganisationId;
    /// A unit in an organisation's tree.
    UnitId;
    /// A person with a way to sign in.
    PersonId;
}
crate::column!(OrganisationId as uuid::Uuid);
crate::column!(UnitId as uuid::Uuid);
crate::column!(PersonId as uuid::Uuid);

/// The kind of job that is queued when a person is retired; its payload is the
/// person's id. `tasks` handles it.
pub const RETIRED_JOB: &str = "person_retired";

crate::words! {
    /// What a person may do in the whole organisation.
    OrgRole {
        /// Prepares meetings and their minutes.
        Secretary = "secretary",
        /// Văn thư: numbers, seals, sends.
        Clerk = "clerk",
        Archivist = "archivist",
        UnitAdmin = "unit_admin",
        SystemAdmin = "system_admin",
        /// Reads the log of acts, changes nothing.
        Auditor = "auditor",
    }

    /// The places of the main menu.
    Section {
        Home = "home",
        Meetings = "meetings",
        Conclusions = "conclusions",
        Outgoing = "outgoing",
        Registers = "registers",
        Statistics = "statistics",
        Indicators = "indicators",
        Incoming = "incoming",
        Signing = "signing",
        Search = "search",
        Verify = "verify",
        Layout = "layout",
        Schedule = "schedule",
        Files = "files",
        Tasks = "tasks",
        Slips = "slips",
        Unit = "unit",
        Bodies = "bodies",
        People = "people",
        Trust = "trust",
        Mails = "mails",
        Jobs = "jobs",
        Audit = "audit",
    }

    /// The level of government an organisation belongs to.
    Level { Central = "central", Province = "province", Commune = "commune" }
}
crate::column!(OrgRole as String);
crate::column!(Level as String);

impl Actor {
    pub fn is(&self, role: OrgRole) -> bool {
        self.roles.contains(&role)
    }

    /// Refuses unless the person holds one of `roles`.
    pub fn must_be(&self, roles: &[OrgRole]) -> Result<(), Error> {
        if roles.iter().any(|role| self.is(*role)) {
            Ok(())
        } else {
            Err(Error::Forbidden("error-not-your-role".into()))
        }
    }
}
