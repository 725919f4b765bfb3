//! Work between meetings: three years of tasks and opinion slips, the pages that
//! show them, the reminders of all that is open, and the figures.

mod years;

use std::time::{Duration, Instant};

use reqwest::StatusCode;

use super::ground::{Ground, is_filled, wait_for_jobs, wait_for_kind};
use super::office::{self, CHAIR, Office, SECRETARY};
use super::pages::{Visit, row};
use super::report::{Goal, Row, Times};
use super::server::Server;
use super::{BenchError, Measured};
use crate::indicators::following;
use crate::notices::{self, Letter, Manner, Tidings};
use crate::web::App;
use crate::{jobs, slips, sql, tasks};

const PEOPLE: usize = 200;
/// Milliseconds within which 95 of 100 requests are answered.
const PAGE_GOAL: f64 = 100.0;
/// Seconds within which everybody is reminded of everything open.
const REMINDING_GOAL: f64 = 5.0;
const NOTICES: usize = 5_000;
/// Seconds within which so many notices are queued.
const NOTICES_GOAL: f64 = 1.0;

pub(super) async fn measure(ground: &Ground) -> Measured {
    let app = ground.open_again().await?;
    let mut notes = vec![format!("{}: {PEOPLE} people, {}", app.db.kind(), years::size())];
    let mut rows = Vec::new();
    let office = if is_filled(&app).await? {
        let office = office::find(&app).await?;
        take_back(&app).await?;
        office
    } else {
        let (office, counting) = fill(&app, &mut notes).await?;
        rows.push(counting);
        office
    };
    rows.push(queue_notices(&app, &office).await?);
    let sessions =
        [(CHAIR, office::sign_in(&app, CHAIR).await?), (SECRETARY, office::sign_in(&app, SECRETARY).await?)];
    let server = Server::start(ground.config()).await?;
    wait_for_jobs(&app.db).await?;
    for visit in visits() {
        let session = sessions.iter().find(|(by, _)| *by == visit.by).map(|(_, session)| session.as_str());
        rows.push(row(&server, &visit, session.unwrap_or_default(), PAGE_GOAL).await?);
    }
    let [(_, session), _] = &sessions;
    let open = years::Open::of(&mut app.db.read().await?, &office).await?;
    rows.extend(remind(&app, &server, session, &open).await?);
    server.stop().await?;
    notes.extend([
        "each page 200 times, one request after the other, signed in, over HTTP on the loopback".to_owned(),
        format!(
            "reminders: a job for each of {} tasks and {} slips, all due at once, while a person asks for the home page",
            open.tasks.len(),
            open.slips.len()
        ),
        "each reminder queues a notice and a mail for everyone it concerns; no mail server is set".to_owned(),
    ]);
    Ok((rows, notes))
}

/// Makes the office, and counts its log for the figures.
async fn fill(app: &App, notes: &mut Vec<String>) -> Result<(Office, Row), BenchError> {
    let now = app.clock.now();
    let office = office::make(app, PEOPLE, now).await?;
    let mut tx = app.db.write().await?;
    sql!(tx => execute "UPDATE person SET email = login || '@office.example'")?;
    tx.commit().await?;
    let began = Instant::now();
    years::fill(app, &office, years::size(), now).await?;
    notes.push(format!("filled in {} s", began.elapsed().as_secs()));
    let began = Instant::now();
    while !following::catch_up(&app.db, office.id).await? {}
    let counted_in = began.elapsed().as_secs_f64();
    Ok((office, Row::new("the whole log counted for the figures", "s", &[("took", counted_in)])))
}

/// Takes back what an earlier run told, so that it can be told again.
async fn take_back(app: &App) -> Result<(), BenchError> {
    let mut tx = app.db.write().await?;
    sql!(tx => execute "DELETE FROM job")?;
    sql!(tx => execute "DELETE FROM delivery")?;
    sql!(tx => execute "DELETE FROM notice WHERE read_at IS NULL")?;
    sql!(tx => execute "DELETE FROM task_reminder")?;
    sql!(tx => execute "DELETE FROM slip_reminder")?;
    sql!(tx => execute "UPDATE task SET escalated_at = NULL WHERE escalated_at IS NOT NULL")?;
    Ok(tx.commit().await?)
}

fn visits() -> Vec<Visit> {
    let visit = |what, by, path: &str| Visit { what, by, path: path.to_owned() };
    vec![
        visit("home", CHAIR, "/"),
        visit("home, of the secretary", SECRETARY, "/"),
        visit("tasks, mine", CHAIR, "/tasks"),
        visit("tasks, my unit's", CHAIR, "/tasks?view=unit"),
        visit("tasks, late ones", SECRETARY, "/tasks?view=late"),
        visit("tasks, who holds what", SECRETARY, "/tasks?view=holders"),
        visit("tasks, the leaders' page", SECRETARY, "/tasks/overview"),
        visit("slips", CHAIR, "/slips"),
        visit("slips, all", SECRETARY, "/slips"),
        visit("dashboard, one year", SECRETARY, "/indicators"),
        visit("dashboard, one person's", CHAIR, "/indicators"),
        visit("one figure with its list", SECRETARY, "/indicators/task_on_time"),
    ]
}

/// So many notices with their mails, in one transaction.
async fn queue_notices(app: &App, office: &Office) -> Result<Row, BenchError> {
    let tidings =
        Tidings { organisation: office.id, subject: "Nhắc việc", link: "/tasks", body: "Nhắc việc" };
    let letter = |number: usize| {
        let person = office.person(number % PEOPLE)?;
        Ok(Letter { person, email: "somebody@office.example", tidings, manner: Manner::default() })
    };
    let letters: Result<Vec<Letter<'_>>, BenchError> = (0..NOTICES).map(letter).collect();
    let letters = letters?;
    let began = Instant::now();
    let mut tx = app.db.write().await?;
    notices::actions::tell_all(&mut tx, office.id, &letters, app.clock.now()).await?;
    tx.commit().await?;
    let took = began.elapsed().as_secs_f64();
    // No mail server listens here; what was queued is measured and taken back.
    let mut tx = app.db.write().await?;
    sql!(tx => execute "DELETE FROM job WHERE kind = $1", notices::DELIVERY_JOB)?;
    tx.commit().await?;
    let what = format!("{NOTICES} notices with their mails queued");
    Ok(Row::new(what, "s", &[("took", took)]).aims_at(Goal::AtMost("took", NOTICES_GOAL)))
}

/// Everybody is reminded of everything that is open, while somebody works.
async fn remind(
    app: &App,
    server: &Server,
    session: &str,
    open: &years::Open,
) -> Result<Vec<Row>, BenchError> {
    let now = app.clock.now();
    let tasks: Vec<_> = open.tasks.iter().map(|task| (task, now)).collect();
    let slips: Vec<_> = open.slips.iter().map(|slip| (slip, now)).collect();
    let mut tx = app.db.write().await?;
    jobs::queue_all(&mut tx, tasks::REMINDER_JOB, &tasks, now).await?;
    jobs::queue_all(&mut tx, slips::REMINDER_JOB, &slips, now).await?;
    tx.commit().await?;
    let began = Instant::now();
    let mut times: Vec<Duration> = Vec::new();
    // The mails they queue are due after them.
    let done = async {
        wait_for_kind(&app.db, tasks::REMINDER_JOB).await?;
        wait_for_kind(&app.db, slips::REMINDER_JOB).await
    };
    let mut done = std::pin::pin!(done);
    let took = loop {
        tokio::select! {
            finished = &mut done => {
                finished?;
                break began.elapsed().as_secs_f64();
            }
            time = ask(server, session) => times.push(time?),
        }
    };
    let times: Times = times.into_iter().collect();
    let values = [("p50", times.median()), ("p95", times.quantile(0.95)), ("max", times.max())];
    Ok(vec![
        Row::new("reminders of all open items", "s", &[("took", took)])
            .aims_at(Goal::AtMost("took", REMINDING_GOAL)),
        Row::new("home, meanwhile", "ms", &values).aims_at(Goal::AtMost("p95", PAGE_GOAL)),
    ])
}

async fn ask(server: &Server, session: &str) -> Result<Duration, BenchError> {
    let began = Instant::now();
    let answer = server.get("/", session).send().await?;
    let status = answer.status();
    answer.bytes().await?;
    if status == StatusCode::OK {
        Ok(began.elapsed())
    } else {
        Err(BenchError(format!("home answered {status}")))
    }
}
