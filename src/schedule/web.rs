//! The page of a week, its entries, and each person's calendar.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::civil::Date;
use serde::Deserialize;

use super::actions::{self, EntryDetails, ScheduleError};
use super::rules::Week;
use super::store::{self, Entry, WeekMeeting};
use super::{EntryId, EntryState, urls};
use crate::clock::Timestamp;
use crate::db::{Db, Tx};
use crate::identity::{self, Actor, Chrome, Section};
use crate::meetings::outlook;
use crate::web::{self, App, Form, Now, Path, Query};

const DAY: i64 = 86_400;

pub fn router() -> Router<App> {
    Router::new()
        .route("/schedule", get(show))
        .route("/schedule/entries", post(propose))
        .route("/schedule/entries/{entry}", get(show_entry).post(edit))
        .route("/schedule/entries/{entry}/approval", post(approve))
        .route("/schedule/entries/{entry}/removal", post(remove))
        .route("/schedule/calendar", get(show_calendar).post(open_calendar))
        .route("/schedule/calendar/closing", post(close_calendar))
        .route("/calendars/{secret}", get(feed))
}

impl From<ScheduleError> for web::Error {
    fn from(error: ScheduleError) -> Self {
        match error {
            ScheduleError::NotFound => Self::NotFound,
            ScheduleError::NotApprover => Self::Forbidden("entry-not-approver".into()),
            ScheduleError::Stale => Self::Conflict("entry-stale".into()),
            ScheduleError::Title => Self::Invalid("meeting-title-bad".into()),
            ScheduleError::Time => Self::Invalid("meeting-time-bad".into()),
            ScheduleError::Random(error) => Self::internal(error),
            ScheduleError::Db(error) => error.into(),
        }
    }
}

#[derive(Template)]
#[template(path = "schedule/week.html")]
struct WeekPage {
    chrome: Chrome,
    office: String,
    from: String,
    to: String,
    previous: String,
    next: String,
    this_week: String,
    days: Vec<Day>,
    starts_at: String,
    ends_at: String,
    waiting: usize,
}

struct Day {
    name: String,
    date: String,
    is_today: bool,
    holiday: Option<String>,
    lines: Vec<Line>,
}

/// One thing of a day: a meeting or an entry.
struct Line {
    at: Timestamp,
    time: String,
    title: String,
    place: String,
    people: String,
    link: Option<String>,
    is_draft: bool,
    approval: Option<Approval>,
}

/// What the Office needs to approve an entry.
struct Approval {
    url: String,
    version: i64,
}

#[derive(Debug, Default, Deserialize)]
struct WeekQuery {
    week: Option<String>,
}

async fn show(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
    Query(query): Query<WeekQuery>,
) -> Result<Html<String>, web::Error> {
    let today = now.in_office().date();
    let asked = query.week.and_then(|week| week.parse().ok()).unwrap_or(today);
    let week = Week::of(asked);
    let mut tx = db.read().await?;
    let days = days(&mut tx, &chrome, &actor, week, today).await?;
    let office = identity::store::organisation(&mut tx, actor.organisation).await?.name;
    let tomorrow = now.day().1;
    web::page(&WeekPage {
        office,
        from: shown(week.monday),
        to: week.days().last().map(shown).unwrap_or_default(),
        previous: urls::week(week.previous()),
        next: urls::week(week.next()),
        this_week: urls::week(today),
        waiting: days.iter().flat_map(|day| &day.lines).filter(|line| line.approval.is_some()).count(),
        days,
        starts_at: tomorrow.plus_seconds(8 * 3600).for_input(),
        ends_at: tomorrow.plus_seconds(10 * 3600).for_input(),
        chrome: chrome.at(Section::Schedule),
    })
}

fn shown(day: Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}

async fn days(
    tx: &mut Tx,
    chrome: &Chrome,
    actor: &Actor,
    week: Week,
    today: Date,
) -> Result<Vec<Day>, web::Error> {
    let Some(start) = Timestamp::from_input(&format!("{}T00:00", week.monday)) else { return Ok(Vec::new()) };
    let time = (start, start.plus_seconds(7 * DAY));
    let all = actions::approves(actor);
    let meetings = store::meetings(tx, actor.organisation, actor.person, all, time).await?;
    let entries = store::entries(tx, actor.organisation, actor.person, all, time).await?;
    let mut days = Vec::new();
    for (number, date) in (0..).zip(week.days()) {
        let begins = start.plus_seconds(number * DAY);
        let ends = begins.plus_seconds(DAY);
        let is_then = |from: Timestamp, to: Timestamp| from < ends && to > begins;
        let meetings = meetings.iter().filter(|meeting| is_then(meeting.starts_at, meeting.ends_at));
        let entries = entries.iter().filter(|entry| is_then(entry.starts_at, entry.ends_at));
        let mut lines: Vec<Line> = meetings.map(|meeting| meeting_line(chrome, meeting.clone())).collect();
        lines.extend(entries.map(|entry| entry_line(actor, entry.clone())));
        lines.sort_by_key(|line| line.at);
        days.push(Day {
            name: chrome.t(&format!("weekday-{}", date.weekday().to_monday_one_offset())),
            date: date.strftime("%d/%m").to_string(),
            is_today: date == today,
            holiday: outlook::holiday_on(tx, actor.organisation, begins, chrome.lang()).await?,
            lines,
        });
    }
    Ok(days)
}

fn span(starts_at: Timestamp, ends_at: Timestamp) -> String {
    if starts_at.date() == ends_at.date() {
        format!("{} – {}", starts_at.time(), ends_at.time())
    } else {
        let short = |at: Timestamp| at.in_office().strftime("%H:%M %d/%m").to_string();
        format!("{} – {}", short(starts_at), short(ends_at))
    }
}

fn meeting_line(chrome: &Chrome, meeting: WeekMeeting) -> Line {
    Line {
        at: meeting.starts_at,
        time: span(meeting.starts_at, meeting.ends_at),
        link: meeting.is_ours.then(|| crate::meetings::urls::meeting(meeting.id)),
        title: meeting.title,
        place: meeting.room.unwrap_or_default(),
        people: meeting.chair.map(|chair| chrome.t1("chaired-by", "name", chair)).unwrap_or_default(),
        is_draft: false,
        approval: None,
    }
}

fn entry_line(actor: &Actor, entry: Entry) -> Line {
    let is_draft = entry.state == EntryState::Draft;
    let may_approve = is_draft && actions::approves(actor);
    Line {
        at: entry.starts_at,
        time: span(entry.starts_at, entry.ends_at),
        link: actions::may_change(actor, &entry).then(|| urls::entry(entry.id)),
        approval: may_approve
            .then(|| Approval { url: format!("{}/approval", urls::entry(entry.id)), version: entry.version }),
        title: entry.title,
        place: entry.place,
        people: entry.people,
        is_draft,
    }
}

#[derive(Clone, Debug, Deserialize)]
struct EntryForm {
    title: String,
    place: Option<String>,
    people: Option<String>,
    starts_at: String,
    ends_at: String,
    version: Option<i64>,
}

impl EntryForm {
    fn read(&self) -> Result<EntryDetails, ScheduleError> {
        let time = |text: &str| Timestamp::from_input(text).ok_or(ScheduleError::Time);
        Ok(EntryDetails {
            title: self.title.clone(),
            place: self.place.clone().unwrap_or_default(),
            people: self.people.clone().unwrap_or_default(),
            starts_at: time(&self.starts_at)?,
            ends_at: time(&self.ends_at)?,
        })
    }
}

async fn propose(
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
    Form(form): Form<EntryForm>,
) -> Result<Redirect, web::Error> {
    let details = form.read()?;
    let mut tx = db.write().await?;
    actions::propose(&mut tx, &actor, &details, now).await?;
    tx.commit().await?;
    Ok(to_week_of(details.starts_at))
}

fn to_week_of(at: Timestamp) -> Redirect {
    Redirect::to(&urls::week(at.in_office().date()))
}

#[derive(Template)]
#[template(path = "schedule/entry.html")]
struct EntryPage {
    chrome: Chrome,
    url: String,
    back: String,
    entry: Entry,
    is_draft: bool,
    may_approve: bool,
}

async fn show_entry(
    Path(id): Path<EntryId>,
    chrome: Chrome,
    actor: Actor,
    State(db): State<Db>,
) -> Result<Html<String>, web::Error> {
    let mut tx = db.read().await?;
    let entry = actions::find(&mut tx, &actor, id).await?;
    let is_draft = entry.state == EntryState::Draft;
    web::page(&EntryPage {
        chrome: chrome.at(Section::Schedule),
        url: urls::entry(id),
        back: urls::week(entry.starts_at.in_office().date()),
        is_draft,
        may_approve: is_draft && actions::approves(&actor),
        entry,
    })
}

async fn edit(
    Path(id): Path<EntryId>,
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
    Form(form): Form<EntryForm>,
) -> Result<Redirect, web::Error> {
    let details = form.read()?;
    let mut tx = db.write().await?;
    actions::edit(&mut tx, &actor, id, &details, form.version.unwrap_or_default(), now).await?;
    tx.commit().await?;
    Ok(to_week_of(details.starts_at))
}

#[derive(Debug, Deserialize)]
struct ApprovalForm {
    version: i64,
}

async fn approve(
    Path(id): Path<EntryId>,
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
    Form(form): Form<ApprovalForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = db.write().await?;
    let entry = actions::find(&mut tx, &actor, id).await?;
    actions::approve(&mut tx, &actor, id, form.version, now).await?;
    tx.commit().await?;
    Ok(to_week_of(entry.starts_at))
}

async fn remove(
    Path(id): Path<EntryId>,
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
) -> Result<Redirect, web::Error> {
    let mut tx = db.write().await?;
    let entry = actions::find(&mut tx, &actor, id).await?;
    actions::remove(&mut tx, &actor, id, now).await?;
    tx.commit().await?;
    Ok(to_week_of(entry.starts_at))
}

#[derive(Template)]
#[template(path = "schedule/calendar.html")]
struct CalendarPage {
    chrome: Chrome,
    since: Option<String>,
    /// Shown once, when it was just made.
    address: Option<String>,
}

async fn show_calendar(
    chrome: Chrome,
    actor: Actor,
    State(db): State<Db>,
) -> Result<Html<String>, web::Error> {
    let mut tx = db.read().await?;
    let since = store::feed_since(&mut tx, actor.person).await?.map(Timestamp::date_time);
    web::page(&CalendarPage { chrome: chrome.at(Section::Schedule), since, address: None })
}

/// Answers with the page itself: the secret must not stand in an address of
/// ours, which histories and logs keep.
async fn open_calendar(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.write().await?;
    let secret = actions::open_calendar(&mut tx, &actor, now).await?;
    tx.commit().await?;
    let address = Some(format!("{}{}", app.config.public_url(), urls::feed(&secret)));
    let since = Some(now.date_time());
    let page = web::page(&CalendarPage { chrome: chrome.at(Section::Schedule), since, address })?;
    Ok(([(header::CACHE_CONTROL, "no-store")], page).into_response())
}

async fn close_calendar(actor: Actor, Now(now): Now, State(db): State<Db>) -> Result<Redirect, web::Error> {
    let mut tx = db.write().await?;
    actions::close_calendar(&mut tx, &actor, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::own_calendar()))
}

/// For whoever holds the secret: a telephone cannot sign in.
async fn feed(
    Path(secret): Path<String>,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.read().await?;
    let text = actions::feed(&mut tx, &secret, &app.config.public_url(), now).await?;
    let headers =
        [(header::CONTENT_TYPE, "text/calendar; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, text).into_response())
}
