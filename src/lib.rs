//! E-cabinet: paperless meetings and signed official documents.

// Features, each calling only those before it.
pub mod identity;
pub mod notices;
pub mod signing;
pub mod verify;

// Plumbing, which knows no feature.
pub mod audit;
pub mod db;
pub mod health;
pub mod jobs;
pub mod storage;
pub mod web;

/// The one place that names every feature.
pub mod app;
/// The commands of the one binary.
pub mod cli;
pub mod clock;
pub mod config;
pub mod vocabulary;
