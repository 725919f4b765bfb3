//! The service, tested through its router as a person would use it, on both
//! databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, reads files as it stands, and asks its environment"
)]

mod harness;

mod acceptance;
mod annotations;
mod architecture;
mod audit;
mod browser;
mod circulation;
mod cli;
mod conclusions;
mod copies;
mod db;
mod files;
mod forms;
mod identity;
mod incoming;
mod indicators;
mod language;
mod layout;
mod levels;
mod licences;
mod live;
mod markup;
mod meetings;
mod minutes;
mod model;
mod notices;
mod offline;
mod opinions;
mod outgoing;
mod papers;
mod planning;
mod printed;
mod registers;
mod registers_killed;
mod remote;
mod room;
mod routes;
mod search;
mod signing;
mod slips;
mod speaking;
mod statistics;
mod storage;
mod tasks;
mod upgrade;
mod verify;
mod voting;
mod voting_killed;
mod voting_secret;
mod voting_traces;
