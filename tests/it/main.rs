//! The service, tested through its router as a person would use it, on both
//! databases.

mod harness;

mod audit;
mod cli;
mod identity;
mod language;
mod signing;
mod verify;
mod papers;
mod storage;
