//! A council of two thousand that votes, and ten thousand who watch.

mod council;
mod line;
mod pages;
mod screens;

use std::path::PathBuf;
use std::process::Stdio;

use tokio::process::Command;

use self::council::{Council, Rounds};
use super::ground::Ground;
use super::office::{self, Office};
use super::report::{Goal, Row};
use super::server::Server;
use super::{BenchError, Measured};
use crate::identity::PersonId;

/// Chair and secretary, who come before the others.
const FIRST: usize = 2;
const MEMBERS: usize = 2_000;
const VIEWERS: usize = 10_000;
/// Votes of each kind of round.
const ROUNDS: u8 = 5;
/// Screens that never read, and as many that break.
const BAD: usize = 200;
/// Milliseconds within which an event is on 99 of 100 viewers' screens.
const VIEWERS_GOAL: f64 = 300.0;
/// KiB of the service's memory for one viewer.
const MEMORY_GOAL: f64 = 24.0;

/// Built and preloaded, it makes every sync of the disk 4 ms slower.
const SLOW_SYNC: &str = include_str!("../../benches/slow_fsync.c");

pub(super) async fn measure(ground: &Ground) -> Measured {
    let app = ground.open().await?;
    let database = app.db.kind();
    let office = office::make(&app, FIRST + MEMBERS + 2 * BAD + VIEWERS, app.clock.now()).await?;
    let (members, others) = people_after(&office, FIRST).split_at(MEMBERS);
    let (bad_screens, viewers) = others.split_at(2 * BAD);
    let council = Council::make(&app, &office, (members, bad_screens), 3 * i64::from(ROUNDS)).await?;
    let hall = Council::make(&app, &office, (&[], viewers), ROUNDS.into()).await?;
    let (calm, rest) = council.votes.split_at(ROUNDS.into());
    let (bad, slow) = rest.split_at(ROUNDS.into());

    let server = Server::start(ground.config()).await?;
    let mut rows = pages::measure(&server, &council).await?;
    let rounds = council.vote(&server, calm, 0).await?;
    rows.extend(rounds.rows(""));
    let rounds = council.vote(&server, bad, BAD).await?;
    rows.push(rounds.opened_row(&format!("the same, with {BAD} that never read and {BAD} that break")));
    server.stop().await?;

    let server = Server::start_with(ground.config(), &[("LD_PRELOAD", &slow_sync(ground).await?)]).await?;
    rows.extend(council.vote(&server, slow, 0).await?.rows(", each sync 4 ms slower"));
    server.stop().await?;

    let server = Server::start(ground.config()).await?;
    rows.extend(watch(&server, &hall).await?);
    server.stop().await?;
    council.count(&app).await?;
    Ok((rows, notes(database)))
}

fn people_after(office: &Office, first: usize) -> &[PersonId] {
    office.people.get(first..).unwrap_or_default()
}

fn notes(database: &str) -> Vec<String> {
    vec![
        format!("{database}: {MEMBERS} members, all present, {ROUNDS} votes of each kind; {VIEWERS} guests"),
        "from the moment the chair's form is sent to the moment a screen has read the ballot sheet or the result".into(),
        "2,000 ballots are sent evenly over one second; the time runs from the first sent to the last answered".into(),
        "a ballot is answered when its commit has reached the disk (synchronous = FULL); all were counted afterwards".into(),
        "4 ms are added to each fsync and fdatasync by a preloaded library, benches/slow_fsync.c".into(),
        "who asks and every screen share the two cores with the service".into(),
    ]
}

/// Guests follow a meeting; votes are closed before their eyes.
async fn watch(server: &Server, hall: &Council) -> Result<Vec<Row>, BenchError> {
    let before = server.memory().await?.resident;
    let mut screens = hall.open_screens(server).await?;
    let opened = server.memory().await?.resident;
    let mut rounds = Rounds::default();
    for vote in &hall.votes {
        hall.open_and_close(server, *vote, &mut screens, &mut rounds).await?;
    }
    let after = server.memory().await?.resident;
    #[expect(clippy::cast_precision_loss, reason = "ten thousand viewers")]
    let each = |now: f64| (now - before) * 1024.0 / VIEWERS as f64;
    Ok(vec![
        rounds
            .closed_row(&format!("one event, on the screens of {VIEWERS} viewers"))
            .aims_at(Goal::AtMost("p99", VIEWERS_GOAL)),
        Row::new(
            "memory of the service for each of them",
            "KiB",
            &[("after", each(after)), ("connected", each(opened))],
        )
        .aims_at(Goal::AtMost("after", MEMORY_GOAL)),
    ])
}

/// The library that slows every sync down.
async fn slow_sync(ground: &Ground) -> Result<PathBuf, BenchError> {
    let (source, library) = (ground.folder().join("slow_fsync.c"), ground.folder().join("slow_fsync.so"));
    tokio::fs::write(&source, SLOW_SYNC).await?;
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-O2", "-o"])
        .args([&library, &source])
        .arg("-ldl")
        .stdin(Stdio::null())
        .status()
        .await?;
    if built.success() { Ok(library) } else { Err(BenchError("cc could not build slow_fsync.c".to_owned())) }
}
