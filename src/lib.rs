//! E-cabinet: paperless meetings and signed official documents.

pub mod audit;
pub mod clock;
pub mod config;
pub mod db;
pub mod jobs;
pub mod storage;
pub mod vocabulary;
