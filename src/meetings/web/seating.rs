//! The plan of seats, drawn with who is there, and the page that seats people.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::db::{self, Db, Tx};
use crate::identity::{Actor, Chrome, PersonId, Section};
use crate::meetings::actions::{self, MeetingError};
use crate::meetings::rules::presence::Whereabouts;
use crate::meetings::store::{self, Meeting, Participant, Seat};
use crate::meetings::{MeetingId, arrival, topic, urls};
use crate::web::{self, App, Form, Now, Path};

/// More columns than any hall has: a mistyped plan must not fill the memory.
const MOST_COLUMNS: i64 = 100;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/meetings/{meeting}/seating", get(show).post(fill))
        .route("/meetings/{meeting}/attendance/{person}/seat", post(seat))
}

/// The seats of the room, row by row from the front; a gap is `None`.
#[derive(Debug, Default)]
pub struct SeatPlan {
    pub rows: Vec<Vec<Option<SeatView>>>,
}

#[derive(Debug)]
pub struct SeatView {
    pub label: String,
    pub sitter: Option<Sitter>,
}

/// Who sits there, as the plan shows it.
#[derive(Debug)]
pub struct Sitter {
    pub full_name: String,
    pub short_name: String,
    pub whereabouts: Whereabouts,
    pub is_speaking: bool,
}

/// Draws the plan of a meeting's room; empty where there is none.
pub async fn seat_plan(
    tx: &mut Tx,
    meeting: &Meeting,
    people: &[Participant],
    speaker: Option<PersonId>,
) -> Result<SeatPlan, db::Error> {
    let seats = match meeting.room_id {
        Some(room) => store::seats(tx, room).await?,
        None => Vec::new(),
    };
    let mut rows: Vec<(i64, Vec<Option<SeatView>>)> = Vec::new();
    for seat in seats {
        if rows.last().is_none_or(|(number, _)| *number != seat.row_number) {
            rows.push((seat.row_number, Vec::new()));
        }
        let Some((_, row)) = rows.last_mut() else { continue };
        let column = usize::try_from(seat.column_number.min(MOST_COLUMNS)).unwrap_or(1);
        row.resize_with(row.len().max(column - 1), || None);
        row.push(Some(seat_view(seat, meeting, people, speaker)));
    }
    Ok(SeatPlan { rows: rows.into_iter().map(|(_, row)| row).collect() })
}

fn seat_view(seat: Seat, meeting: &Meeting, people: &[Participant], speaker: Option<PersonId>) -> SeatView {
    let person = people.iter().find(|person| person.seat.as_ref() == Some(&seat.label));
    let sitter = person.map(|person| Sitter {
        full_name: person.full_name.clone(),
        short_name: short_name(&person.full_name),
        whereabouts: Whereabouts::of(person.attendance, person.checked_in_at, meeting.started_at),
        is_speaking: speaker == Some(person.person_id),
    });
    SeatView { label: seat.label, sitter }
}

/// The last two words: by these colleagues call each other.
fn short_name(full_name: &str) -> String {
    let words: Vec<&str> = full_name.split_whitespace().collect();
    words.iter().skip(words.len().saturating_sub(2)).copied().collect::<Vec<_>>().join(" ")
}

#[derive(Template)]
#[template(path = "meetings/seating.html")]
struct SeatingPage {
    chrome: Chrome,
    meeting: Meeting,
    seats: SeatPlan,
    labels: Vec<String>,
    people: Vec<Participant>,
    may_change: bool,
}

async fn show(
    Path(id): Path<MeetingId>,
    chrome: Chrome,
    actor: Actor,
    State(db): State<Db>,
) -> Result<Html<String>, web::Error> {
    let mut tx = db.read().await?;
    let (meeting, standing) = actions::find(&mut tx, &actor, id).await?;
    if !standing.may_conduct() {
        return Err(MeetingError::NotOrganiser.into());
    }
    let people = store::participants(&mut tx, id).await?;
    let seats = seat_plan(&mut tx, &meeting, &people, None).await?;
    let labels = seats.rows.iter().flatten().flatten().map(|seat| seat.label.clone()).collect();
    web::page(&SeatingPage {
        chrome: chrome.at(Section::Meetings),
        may_change: meeting.state.is_editable(),
        meeting,
        seats,
        labels,
        people,
    })
}

async fn fill(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    arrival::seat_all(&mut tx, &actor, id, now).await?;
    tx.commit().await?;
    app.live.changed(topic(id));
    Ok(Redirect::to(&urls::seating(id)))
}

#[derive(Debug, Deserialize)]
struct SeatForm {
    /// Empty: the person stands up.
    seat: String,
}

async fn seat(
    Path((id, person)): Path<(MeetingId, PersonId)>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<SeatForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let label = Some(form.seat.as_str()).filter(|label| !label.is_empty());
    arrival::seat(&mut tx, &actor, id, person, label, now).await?;
    tx.commit().await?;
    app.live.changed(topic(id));
    Ok(Redirect::to(&urls::seating(id)))
}
