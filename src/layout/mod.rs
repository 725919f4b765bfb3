//! The layout of official documents (thể thức): a linter over the PDF itself.
//!
//! [`check`] reads how the pages are set, in the process that reads foreign
//! files, and takes them apart into the components the regulation names
//! (`document`). Each is compared with what a [`Profile`] asks of it. The
//! profile is data, with the days from which and until which it holds: a new
//! decree is a new file. Nothing is stored; what was not found to be wrong is
//! not promised to be right.

mod actions;
mod checks;
mod document;
mod ending;
mod finding;
mod heading;
mod page;
mod paragraphs;
mod particulars;
mod places;
mod profile;
mod row;
pub mod urls;
pub mod web;

pub use self::actions::{CheckError, check, own_profile};
pub use self::checks::Stage;
pub use self::finding::{Aspect, Finding, Part, Report, Severity};
pub use self::particulars::{Particulars, particulars};
pub use self::places::{Blank, Places, places};
pub use self::profile::{Profile, ProfileError};
pub use self::row::Area;
