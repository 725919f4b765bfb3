//! The home page.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{Html, Response};
use axum::routing::get;

use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{Actor, Chrome, Section, still_signed_in};
use crate::meetings::store::MeetingLine;
use crate::meetings::{self, urls};
use crate::web::live::{self, Moment, Right, Seat, Since, Viewer};
use crate::web::{self, App, Lang, Now, Path};
use crate::{copies, incoming, outgoing, signing, slips, tasks, voting};

/// How far ahead "coming" looks, in seconds.
const COMING: i64 = 14 * 86_400;

pub fn router() -> Router<App> {
    Router::new()
        .route("/", get(show))
        .route("/events", get(events))
        .route("/events/since/{moment}", get(events_since))
        .merge(super::keepers::router())
}

#[derive(Template)]
#[template(path = "home/home.html")]
struct HomePage {
    chrome: Chrome,
    name: String,
    date: String,
    today: Vec<MeetingLine>,
    todo: Vec<Todo>,
    coming: Vec<MeetingLine>,
}

/// One thing that waits for this person.
struct Todo {
    icon: &'static str,
    title: String,
    link: String,
    state: String,
    /// Until when; `None`: now.
    due_at: Option<Timestamp>,
    is_late: bool,
}

async fn show(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Html<String>, web::Error> {
    let (start, end) = now.day();
    let mut tx = app.db.read().await?;
    let today = meetings::store::between(&mut tx, actor.person, start, end).await?;
    let coming = meetings::store::between(&mut tx, actor.person, end, end.plus_seconds(COMING)).await?;
    let todo = todo(&mut tx, &chrome, &actor, &today, now).await?;
    let name = actor.full_name.rsplit(' ').next().unwrap_or_default().to_owned();
    web::page(&HomePage {
        date: date(&chrome, now),
        chrome: chrome.at(Section::Home),
        name,
        today,
        todo,
        coming,
    })
}

/// Home follows the meetings of the day.
async fn events(
    actor: Actor,
    Now(now): Now,
    lang: Lang,
    Since(since): Since,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    let topics = topics(&app, &actor, now).await?;
    let viewer = Viewer { person: actor.person, lang, takes_pieces: false };
    let right = still_listens(&app, actor, topics.clone(), now);
    Ok(live::stream(&app.live, Seat { viewer, topics, since, right }))
}

/// The same for a screen that no stream reaches.
async fn events_since(
    Path(moment): Path<Moment>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    let topics = topics(&app, &actor, now).await?;
    Ok(live::since(&app.live, actor.person, topics, moment))
}

async fn topics(app: &App, actor: &Actor, now: Timestamp) -> Result<Vec<String>, web::Error> {
    let (start, end) = now.day();
    let mut tx = app.db.read().await?;
    let today = meetings::store::between(&mut tx, actor.person, start, end).await?;
    Ok(today.into_iter().map(|meeting| meetings::topic(meeting.id)).collect())
}

/// Yes as long as the person is signed in and their day holds these meetings.
fn still_listens(app: &App, actor: Actor, topics: Vec<String>, now: Timestamp) -> Right {
    let (app, actor, topics) = (app.clone(), Arc::new(actor), Arc::new(topics));
    Right::new(move || {
        let (app, actor, heard) = (app.clone(), actor.clone(), topics.clone());
        async move {
            let is_here = still_signed_in(&app, &actor.session).await.is_ok_and(|found| found.is_some());
            is_here && self::topics(&app, &actor, now).await.is_ok_and(|found| found == *heard)
        }
    })
}

async fn todo(
    tx: &mut Tx,
    chrome: &Chrome,
    actor: &Actor,
    today: &[MeetingLine],
    now: Timestamp,
) -> Result<Vec<Todo>, web::Error> {
    let check_ins = today.iter().filter(|meeting| meeting.awaits_check_in).map(|meeting| Todo {
        icon: "check",
        title: chrome.t1("todo-check-in", "title", &meeting.title),
        link: urls::meeting(meeting.id),
        state: meeting.starts_at.time(),
        due_at: Some(meeting.starts_at),
        is_late: false,
    });
    let votes = voting::store::waiting_for(tx, actor.person).await?;
    let open = votes.into_iter().map(|(_, meeting, question)| Todo {
        icon: "vote",
        title: chrome.t1("todo-vote", "question", question),
        link: urls::meeting(meeting),
        state: chrome.t("todo-open-now"),
        due_at: None,
        is_late: false,
    });
    let waiting = signing::waiting_for(tx, actor.person).await?;
    let to_sign = waiting.into_iter().map(|step| Todo {
        icon: "sign",
        title: step.title,
        link: signing::urls::step(step.document_id, step.number),
        state: chrome.t("todo-to-sign"),
        due_at: None,
        is_late: false,
    });
    let documents = outgoing::waiting_for(tx, actor).await?;
    let documents = documents.into_iter().map(|one| Todo {
        icon: "outbox",
        title: one.subject,
        link: one.link,
        state: chrome.t(&format!("outgoing-state-{}", one.state.as_str().replace('_', "-"))),
        due_at: None,
        is_late: false,
    });
    let copies = copies(tx, chrome, actor).await?;
    let certificate = signing::certificates::ends_soon(tx, actor.person, now).await?.map(|ends| Todo {
        icon: "key",
        title: chrome.t1("todo-certificate", "date", ends.date()),
        link: signing::urls::own_certificates(),
        state: chrome.t("todo-certificate-state"),
        due_at: Some(ends),
        is_late: ends < now,
    });
    let invitations = invitations(tx, chrome, actor, now).await?;
    let arrived = arrived(tx, chrome, actor, now).await?;
    let asked = to_comment(tx, chrome, actor, now).await?;
    let given = given(tx, chrome, actor, now).await?;
    let all = open
        .chain(check_ins)
        .chain(to_sign)
        .chain(certificate)
        .chain(arrived)
        .chain(documents)
        .chain(copies)
        .chain(asked)
        .chain(invitations);
    Ok(worst_first(all.chain(given).collect()))
}

/// Copies to sign for, to number or to seal.
async fn copies(tx: &mut Tx, chrome: &Chrome, actor: &Actor) -> Result<Vec<Todo>, web::Error> {
    let todo = |one: copies::Waiting| Todo {
        icon: "paper",
        title: one.title,
        link: one.link,
        state: chrome.t(&format!("copy-state-{}", one.state.as_str())),
        due_at: None,
        is_late: false,
    };
    Ok(copies::waiting_for(tx, actor).await?.into_iter().map(todo).collect())
}

/// Incoming documents that wait for the person.
async fn arrived(
    tx: &mut Tx,
    chrome: &Chrome,
    actor: &Actor,
    now: Timestamp,
) -> Result<Vec<Todo>, web::Error> {
    let waiting = incoming::waiting_for(tx, actor).await?;
    Ok(waiting
        .into_iter()
        .map(|one| Todo {
            icon: "inbox",
            title: chrome.t1(one.key, "subject", one.subject),
            link: incoming::urls::document(one.id),
            state: one.deadline.map_or_else(|| chrome.t("incoming-todo-now"), |deadline| deadline.date()),
            due_at: one.deadline,
            is_late: one.deadline.is_some_and(|deadline| deadline < now),
        })
        .collect())
}

/// Drafts that wait for a comment of the person, or of the unit they speak for.
async fn to_comment(
    tx: &mut Tx,
    chrome: &Chrome,
    actor: &Actor,
    now: Timestamp,
) -> Result<Vec<Todo>, web::Error> {
    let asked = outgoing::consulting::asked_of(tx, actor).await?;
    let todo = |one: outgoing::consulting::Asked| Todo {
        icon: "note",
        title: one.subject,
        link: one.link,
        state: chrome.t("todo-to-comment"),
        due_at: Some(one.due_at),
        is_late: one.due_at < now,
    };
    Ok(asked.into_iter().map(todo).collect())
}

/// What is late comes first, the latest on top; then what is open now; then by deadline.
fn worst_first(mut all: Vec<Todo>) -> Vec<Todo> {
    all.sort_by_key(|one| (!one.is_late, one.due_at));
    all
}

/// Tasks and slips that wait for the person: to do, to answer, or to judge.
async fn given(tx: &mut Tx, chrome: &Chrome, actor: &Actor, now: Timestamp) -> Result<Vec<Todo>, web::Error> {
    let tasks = tasks::store::waiting_for(tx, actor.person).await?;
    let tasks = tasks.into_iter().map(|one| Todo {
        icon: "tasks",
        title: chrome.t1(
            if one.state.awaits_judge() { "todo-task-judge" } else { "todo-task" },
            "title",
            one.title,
        ),
        link: tasks::urls::task(one.id),
        state: due_words(chrome, one.due_at, now),
        due_at: Some(one.due_at),
        is_late: one.due_at < now,
    });
    let slips = slips::store::waiting_for(tx, actor.person).await?;
    let slips = slips.into_iter().map(|one| Todo {
        icon: "opinion",
        title: chrome.t1(
            if one.state.is_sent() { "todo-slip" } else { "todo-slip-approve" },
            "title",
            one.title,
        ),
        link: slips::urls::slip(one.id),
        state: due_words(chrome, one.deadline, now),
        due_at: Some(one.deadline),
        is_late: one.deadline < now,
    });
    Ok(tasks.chain(slips).collect())
}

fn due_words(chrome: &Chrome, due_at: Timestamp, now: Timestamp) -> String {
    if due_at < now { chrome.t1("todo-late", "time", due_at.date_time()) } else { due_at.date_time() }
}

/// Invitations that wait for an answer: of the person's unit, and their own.
async fn invitations(
    tx: &mut Tx,
    chrome: &Chrome,
    actor: &Actor,
    now: Timestamp,
) -> Result<Vec<Todo>, web::Error> {
    let unanswered = meetings::answers::unanswered(tx, actor.person, now).await?;
    let to_answer = unanswered.into_iter().map(|one| Todo {
        icon: "mail",
        title: chrome.t1("todo-answer", "title", one.title),
        link: urls::answer(one.meeting_id),
        state: one.starts_at.date_time(),
        due_at: Some(one.starts_at),
        is_late: false,
    });
    let named = meetings::units::asked_of(tx, actor, now).await?;
    let to_name = named.into_iter().filter(|one| one.assigned_at.is_none()).map(|one| Todo {
        icon: "people",
        title: chrome.t1("todo-name-people", "title", one.title),
        link: urls::unit(),
        state: one.due_at.date_time(),
        due_at: Some(one.due_at),
        is_late: false,
    });
    Ok(to_name.chain(to_answer).collect())
}

/// `Thứ Hai, 23/11/2026`.
fn date(chrome: &Chrome, now: Timestamp) -> String {
    let day = now.in_office().weekday().to_monday_one_offset();
    format!("{}, {}", chrome.t(&format!("weekday-{day}")), now.date())
}
