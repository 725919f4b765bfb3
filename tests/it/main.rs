//! The service, tested through its router as a person would use it, on both
//! databases.

mod harness;

mod audit;
mod identity;
mod language;
mod papers;
mod storage;
