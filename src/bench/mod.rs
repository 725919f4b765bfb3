//! `ecabinet bench NAME`: the figures of the README, for anyone to make again.
//!
//! Each bench works on a scratch folder, with an office of its own, and leaves
//! nothing behind. Where the service itself is measured it runs as a process
//! of its own, this very program, and is spoken to over HTTP on the loopback:
//! so who asks takes part of the same machine, and the figures are not better
//! than an office would see. Nothing here is a test; a missed goal is printed.

mod archive;
mod ballots;
mod documents;
mod ground;
mod machine;
mod office;
mod pages;
mod pdf;
mod report;
mod room;
mod server;
mod sign;
mod start;
mod upload;
mod work;

use std::fmt;

use clap::ValueEnum;

use crate::jobs::Failure;

pub use self::ground::Ground;
pub use self::report::Report;

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Name {
    /// From nothing to serving, and the memory it then holds.
    Start,
    /// The main pages of an office with 10,000 meetings and 100,000 papers.
    Pages,
    /// 500 people who vote at once.
    Ballots,
    /// A paper of 500 MB on its way in.
    Upload,
    /// A council of 2,000 that votes, and 10,000 who watch.
    Room,
    /// One signature on a PDF of 100 KB, and its verdict.
    Sign,
    /// Three years of tasks and opinion slips: pages, reminders, figures.
    Work,
    /// A million documents: registers, lists, search, the sign queue, and what is issued.
    Documents,
}

/// Measures one thing.
pub async fn run(name: Name, ground: &Ground) -> Result<Report, BenchError> {
    let machine = machine::describe().await?;
    let (rows, notes) = match name {
        Name::Start => start::measure(ground).await?,
        Name::Pages => pages::measure(ground).await?,
        Name::Ballots => ballots::measure(ground).await?,
        Name::Upload => upload::measure(ground).await?,
        Name::Room => room::measure(ground).await?,
        Name::Sign => sign::measure().await?,
        Name::Work => work::measure(ground).await?,
        Name::Documents => documents::measure(ground).await?,
    };
    Ok(Report { name, machine, rows, notes })
}

/// What a bench gives: its figures, and what a reader of them must know.
type Measured = Result<(Vec<report::Row>, Vec<String>), BenchError>;

/// Why a bench could not be run. Any error becomes one: nobody acts on the
/// difference.
#[derive(Debug)]
pub struct BenchError(String);

impl<E: std::error::Error> From<E> for BenchError {
    fn from(error: E) -> Self {
        Self(Failure::from_error(&error).to_string())
    }
}

impl fmt::Display for BenchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
