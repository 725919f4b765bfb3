//! A light beside each signed file in the lists: what its signatures came to.
//!
//! Whoever stores a file that may be signed [`ask`]s for its light; `verify`
//! judges it in a job and writes it down here. The features that show files
//! stand before `verify`, so the light lies where they can see it. It is
//! forgotten as soon as the list of trusted certificates or the program
//! changes, and no report is made from it.

mod store;

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::jobs;
use crate::storage::Hash;

pub use self::store::{keep, of, waiting};

/// The kind of job that judges what waits; it has no payload.
pub const JOB: &str = "lights";

crate::words! {
    /// What the signatures of a file came to.
    Light {
        Valid = "valid",
        Indeterminate = "indeterminate",
        Invalid = "invalid",
        Unsigned = "unsigned",
        Unreadable = "unreadable",
    }
}
crate::column!(Light as String);

/// What a light rests on besides the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    pub trust_fingerprint: String,
    pub software: String,
}

/// A light as a list shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Badge {
    /// Ending of the badge's style class.
    pub kind: &'static str,
    pub icon: &'static str,
    /// Key of its word.
    pub word: &'static str,
}

impl Light {
    /// `None` for a file that nobody signed: it needs no light.
    pub fn badge(self) -> Option<Badge> {
        match self {
            Self::Valid => Some(Badge { kind: "good", icon: "good", word: "light-valid" }),
            Self::Invalid => Some(Badge { kind: "bad", icon: "bad", word: "light-broken" }),
            Self::Indeterminate | Self::Unreadable => {
                Some(Badge { kind: "warn", icon: "unknown", word: "light-look" })
            }
            Self::Unsigned => None,
        }
    }
}

/// Asks for the light of a stored file; one that is known already stays.
pub async fn ask(tx: &mut Tx, file: Hash, now: Timestamp) -> Result<(), jobs::Error> {
    if store::insert(tx, file).await? {
        jobs::queue(tx, JOB, &(), now).await?;
    }
    Ok(())
}

/// Forgets every light that rests on something else than `basis`, and has
/// those files judged again.
pub async fn refresh(tx: &mut Tx, basis: &Basis, now: Timestamp) -> Result<(), jobs::Error> {
    if store::forget_others(tx, basis).await? {
        jobs::queue(tx, JOB, &(), now).await?;
    }
    Ok(())
}

/// The badge of a file, if it has a light and needs one.
pub async fn badge_of(tx: &mut Tx, file: Hash) -> Result<Option<Badge>, db::Error> {
    Ok(of(tx, file).await?.and_then(Light::badge))
}
