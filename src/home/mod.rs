//! Home: today's meeting as one card, what a person has to do, what is coming,
//! what is new; and what keeps the installation running, for its keepers.

mod keepers;
pub mod web;
