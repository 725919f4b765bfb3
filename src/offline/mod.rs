//! Reading without a network: what a device may keep, and for how long.
//!
//! The papers of today's and tomorrow's meetings, and of yesterday's until
//! midnight, may lie on a person's device. The worker in `static/js/worker.js`
//! serves them when the network does not. Whenever it is there, the page asks
//! for the person's [`standing`](actions::standing), and takes from the device
//! whatever is not listed any more: a paper withdrawn, a right lost, a meeting
//! past. A session that somebody ended takes everything with it.

pub mod actions;
pub mod urls;
pub mod web;
