//! The service is killed while thirty-two clerks take numbers: there is no gap,
//! no number twice, and none that was acknowledged is gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ecabinet::db::Db;
use ecabinet::identity::{OrgRole, store};
use ecabinet::registers;
use futures_util::future::join_all;
use openssl::rand::rand_bytes;
use tokio::sync::Notify;

use crate::harness::crowd::session;
use crate::harness::process::{Process, kills};
use crate::harness::{Database, TestApp};

const CLERKS: usize = 32;
const EACH: usize = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_survive_a_kill_without_gap_or_double_on_sqlite() {
    kill_often(TestApp::new(Database::Sqlite).await.unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_survive_a_kill_without_gap_or_double_on_postgres() {
    if let Some(app) = TestApp::new(Database::Postgres).await {
        kill_often(app).await;
    }
}

async fn kill_often(app: TestApp) {
    let logins: Vec<String> = (1..=CLERKS).map(|number| format!("clerk{number}")).collect();
    app.add_people(&logins).await;
    let mut clerks = Vec::new();
    for login in &logins {
        let person = app.person(login).await;
        let mut tx = app.app.db.write().await.unwrap();
        store::add_role(&mut tx, person, OrgRole::Clerk).await.unwrap();
        tx.commit().await.unwrap();
        clerks.push(session(&app, person).await);
    }
    let organisation = app.organisation;
    let (folder, settings) = app.close().await;
    let log = folder.path().join("log");
    let mut acknowledged = 0;
    for round in 1..=kills() {
        let process = Process::start(&settings, &log).await;
        acknowledged += until_killed(process, &clerks).await;
        let (_, address) = settings.iter().find(|(name, _)| *name == "ECABINET_DATABASE_URL").unwrap();
        let db = Db::open(address).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let series = registers::store::series(&mut tx, organisation).await.unwrap();
        let book = registers::store::book(&mut tx, series[0].id, i64::MAX, i64::MAX).await.unwrap();
        let numbers: Vec<i64> = book.iter().rev().map(|line| line.number).collect();
        let count = i64::try_from(numbers.len()).unwrap();
        assert_eq!(numbers, (1..=count).collect::<Vec<_>>(), "round {round}: no gap, no double");
        assert_eq!(series[0].last_number, count, "round {round}");
        assert!(numbers.len() >= acknowledged, "round {round}: {acknowledged} were acknowledged");
        println!("round {round}: {acknowledged} acknowledged, {count} in the register");
    }
}

/// Everyone takes numbers at once; after a random number of answers the
/// process is killed. Gives how many had their answer before.
async fn until_killed(mut process: Process, clerks: &[String]) -> usize {
    let mut random = [0_u8; 1];
    rand_bytes(&mut random).unwrap();
    let enough = 1 + usize::from(random[0]) % (CLERKS * EACH - 1);
    let (answers, bell) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let fields = [("kind", "outgoing"), ("code", "QĐ"), ("reason", "Thử")];
    let taking = clerks.iter().map(|clerk| {
        let requests: Vec<_> =
            (0..EACH).map(|_| process.post("/registers/reservations", clerk, &fields)).collect();
        let (answers, bell) = (answers.clone(), bell.clone());
        tokio::spawn(async move {
            for request in requests {
                let Ok(answer) = request.send().await else { return };
                assert_eq!(answer.status(), 303);
                if answers.fetch_add(1, Ordering::SeqCst) + 1 == enough {
                    bell.notify_one();
                }
            }
        })
    });
    let mut taking = join_all(taking.collect::<Vec<_>>());
    let is_done = tokio::select! {
        () = bell.notified() => false,
        _ = &mut taking => true,
    };
    process.kill();
    if !is_done {
        for clerk in taking.await {
            clerk.unwrap();
        }
    }
    answers.load(Ordering::SeqCst)
}
