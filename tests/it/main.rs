//! The service, tested through its router as a person would use it, on both
//! databases.

mod harness;

mod architecture;
mod audit;
mod cli;
mod db;
mod identity;
mod language;
mod licences;
mod meetings;
mod papers;
mod room;
mod routes;
mod signing;
mod storage;
mod verify;
mod voting;
