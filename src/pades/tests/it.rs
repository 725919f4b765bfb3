//! The only test binary of the crate: each file of `it/` is a subject.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a skipped group says so; tests read files plainly"
)]

#[path = "it/office.rs"]
mod office;

#[path = "it/signing.rs"]
mod signing;

#[path = "it/attacks.rs"]
mod attacks;

#[path = "it/encryption.rs"]
mod encryption;

#[path = "it/repair.rs"]
mod repair;

#[path = "it/writing.rs"]
mod writing;

#[path = "it/source.rs"]
mod source;

#[path = "it/refusals.rs"]
mod refusals;

#[path = "it/properties.rs"]
mod properties;

#[path = "it/oracles.rs"]
mod oracles;

#[path = "it/corpus.rs"]
mod corpus;

#[path = "it/appearance.rs"]
mod appearance;

#[path = "it/algorithms.rs"]
mod algorithms;

#[path = "it/keys.rs"]
mod keys;

#[path = "it/tokens.rs"]
mod tokens;

#[path = "it/external.rs"]
mod external;

#[path = "it/seeds.rs"]
mod seeds;

#[path = "it/locks.rs"]
mod locks;

#[path = "it/batch.rs"]
mod batch;

#[path = "it/place.rs"]
mod place;

#[path = "it/decree.rs"]
mod decree;

#[path = "it/excerpt.rs"]
mod excerpt;

#[path = "it/world.rs"]
mod world;

#[path = "it/levels.rs"]
mod levels;

#[path = "it/revocation.rs"]
mod revocation;

#[path = "it/pki.rs"]
mod pki;

#[path = "it/chains.rs"]
mod chains;

#[path = "it/standing.rs"]
mod standing;

#[path = "it/long_term.rs"]
mod long_term;

#[path = "it/second_opinion.rs"]
mod second_opinion;

#[path = "it/hostile.rs"]
mod hostile;

#[path = "it/papers.rs"]
mod papers;

#[path = "it/view.rs"]
mod view;

#[path = "it/victims.rs"]
mod victims;

#[path = "it/forgeries.rs"]
mod forgeries;

#[path = "it/forging.rs"]
mod forging;

#[path = "it/overrides.rs"]
mod overrides;

#[path = "it/lawful_on_certified.rs"]
mod lawful_on_certified;

#[path = "it/lawful.rs"]
mod lawful;

#[path = "it/peers.rs"]
mod peers;

#[path = "it/limits.rs"]
mod limits;

#[path = "it/detached.rs"]
mod detached;
