//! Rooms with their plans, and the office's closed days, for their keeper.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::db::Db;
use crate::identity::{Actor, Chrome, OrgRole, Section};
use crate::meetings::rooms::{self, LONGEST_SIDE, RoomDetails};
use crate::meetings::store::{self, Holiday, Room, Seat};
use crate::meetings::{RoomId, urls};
use crate::web::{self, App, Form, Now, Path, Query};

/// Who may look; the administrator changes.
const READERS: &[OrgRole] = &[OrgRole::SystemAdmin, OrgRole::Secretary];

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/rooms", get(list).post(create))
        .route("/rooms/{room}", get(show).post(edit))
        .route("/holidays", post(put_holiday))
        .route("/holidays/removals", post(remove_holiday))
}

#[derive(Template)]
#[template(path = "meetings/rooms.html")]
struct RoomsPage {
    chrome: Chrome,
    rooms: Vec<Room>,
    holidays: Vec<HolidayLine>,
    may_change: bool,
}

struct HolidayLine {
    /// As `02/09/2026`.
    date: String,
    holiday: Holiday,
}

async fn list(chrome: Chrome, actor: Actor, State(db): State<Db>) -> Result<Html<String>, web::Error> {
    actor.must_be(READERS)?;
    let mut tx = db.read().await?;
    let holidays = store::holidays(&mut tx, actor.organisation).await?;
    web::page(&RoomsPage {
        chrome: chrome.at(Section::Bodies),
        rooms: store::rooms(&mut tx, actor.organisation).await?,
        holidays: holidays
            .into_iter()
            .map(|holiday| HolidayLine { date: shown_day(&holiday.day), holiday })
            .collect(),
        may_change: actor.is(OrgRole::SystemAdmin),
    })
}

/// `02/09/2026` from `2026-09-02`.
fn shown_day(day: &str) -> String {
    let date: Result<jiff::civil::Date, _> = day.parse();
    date.map_or_else(|_| day.to_owned(), |date| date.strftime("%d/%m/%Y").to_string())
}

#[derive(Debug, Deserialize)]
struct NewRoomForm {
    name: String,
    seats: i64,
}

async fn create(
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
    Form(form): Form<NewRoomForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = db.write().await?;
    let details = RoomDetails { name: form.name, seats: form.seats, is_retired: false, plan: Vec::new() };
    let room = rooms::create(&mut tx, &actor, &details, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::room(room)))
}

#[derive(Template)]
#[template(path = "meetings/room.html")]
struct RoomPage {
    chrome: Chrome,
    id: RoomId,
    name: String,
    seats: i64,
    is_retired: bool,
    rows: i64,
    columns: i64,
    longest: i64,
    grid: Vec<Vec<Place>>,
    planned: usize,
    may_change: bool,
    problem: Option<String>,
}

/// One place of the grid; without a label nobody sits there.
struct Place {
    row: i64,
    column: i64,
    label: String,
}

#[derive(Debug, Default, Deserialize)]
struct SizeQuery {
    rows: Option<i64>,
    columns: Option<i64>,
}

async fn show(
    Path(id): Path<RoomId>,
    chrome: Chrome,
    actor: Actor,
    State(db): State<Db>,
    Query(size): Query<SizeQuery>,
) -> Result<Html<String>, web::Error> {
    let mut tx = db.read().await?;
    let room = rooms::find(&mut tx, &actor, id).await?;
    actor.must_be(READERS)?;
    let seats = store::seats(&mut tx, id).await?;
    let details =
        RoomDetails { name: room.name, seats: room.seats, is_retired: room.is_retired, plan: seats };
    web::page(&page(chrome, &actor, id, &details, &size))
}

fn page(chrome: Chrome, actor: &Actor, id: RoomId, details: &RoomDetails, size: &SizeQuery) -> RoomPage {
    let plan = &details.plan;
    let reach = |of: fn(&Seat) -> i64| plan.iter().map(of).max().unwrap_or(0);
    let side = |asked: Option<i64>, used: i64| asked.unwrap_or(used.max(1)).clamp(1, LONGEST_SIDE);
    let rows = side(size.rows, reach(|seat| seat.row_number));
    let columns = side(size.columns, reach(|seat| seat.column_number));
    let is_new = plan.is_empty() && size.rows.is_some();
    let place = |row: i64, column: i64| {
        let known = plan.iter().find(|seat| seat.row_number == row && seat.column_number == column);
        let label = match known {
            Some(seat) => seat.label.clone(),
            None if is_new => usual_label(row, column),
            None => String::new(),
        };
        Place { row, column, label }
    };
    RoomPage {
        chrome: chrome.at(Section::Bodies),
        id,
        name: details.name.clone(),
        seats: details.seats,
        is_retired: details.is_retired,
        rows,
        columns,
        longest: LONGEST_SIDE,
        grid: (1..=rows).map(|row| (1..=columns).map(|column| place(row, column)).collect()).collect(),
        planned: plan.len(),
        may_change: actor.is(OrgRole::SystemAdmin),
        problem: None,
    }
}

/// `B3`: the third seat of the second row.
fn usual_label(row: i64, column: i64) -> String {
    let letter = u8::try_from(row - 1).ok().and_then(|row| b'A'.checked_add(row)).unwrap_or(b'?');
    format!("{}{column}", char::from(letter))
}

/// Fields: `name`, `seats`, `retired` when ticked, and `seat-ROW-COLUMN` for each place.
async fn edit(
    Path(id): Path<RoomId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, web::Error> {
    let details = read(&fields);
    let mut tx = db.write().await?;
    let refusal = match rooms::edit(&mut tx, &actor, id, &details, now).await {
        Ok(()) => {
            tx.commit().await?;
            return Ok(Redirect::to(&urls::room(id)).into_response());
        }
        Err(error) => web::Error::from(error),
    };
    let web::Error::Invalid(problem) = refusal else { return Err(refusal) };
    let mut page = page(chrome, &actor, id, &details, &SizeQuery::default());
    page.problem = Some(problem.text(page.chrome.lang()));
    Ok((StatusCode::UNPROCESSABLE_ENTITY, web::page(&page)?).into_response())
}

fn read(fields: &[(String, String)]) -> RoomDetails {
    let field = |wanted: &str| {
        fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let seat = |(name, label): &(String, String)| {
        let (row, column) = name.strip_prefix("seat-")?.split_once('-')?;
        Some(Seat {
            label: label.clone(),
            row_number: row.parse().ok()?,
            column_number: column.parse().ok()?,
        })
    };
    RoomDetails {
        name: field("name"),
        seats: field("seats").parse().unwrap_or_default(),
        is_retired: fields.iter().any(|(name, _)| name == "retired"),
        plan: fields.iter().filter_map(seat).collect(),
    }
}

#[derive(Debug, Deserialize)]
struct HolidayForm {
    day: String,
    name: String,
}

async fn put_holiday(
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
    Form(form): Form<HolidayForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = db.write().await?;
    rooms::put_holiday(&mut tx, &actor, &form.day, &form.name, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::rooms()))
}

#[derive(Debug, Deserialize)]
struct RemovalForm {
    day: String,
}

async fn remove_holiday(
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
    Form(form): Form<RemovalForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = db.write().await?;
    rooms::remove_holiday(&mut tx, &actor, &form.day, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::rooms()))
}
