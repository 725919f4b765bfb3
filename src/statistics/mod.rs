//! Who was invited, came, spoke, voted and read, counted over a time.
//!
//! The figures are sums over what each person did in each meeting, and a person
//! sees the sums over what concerns them: their own, their unit's, or all.
//! Secret votes are left out altogether, and of papers only whether they were
//! opened, never which page.

pub mod actions;
mod export;
pub mod rules;
mod store;
mod urls;
pub mod web;
