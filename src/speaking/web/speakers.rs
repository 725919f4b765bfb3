//! Who spoke and how long, what was asked, and what was answered.

use std::collections::BTreeMap;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{Html, Response};
use axum::routing::get;
use serde::Deserialize;

use crate::clock::Timestamp;
use crate::db::Db;
use crate::identity::{Actor, Chrome, Section};
use crate::meetings::actions::{self, MeetingError};
use crate::meetings::store::Meeting;
use crate::meetings::{self, MeetingId};
use crate::speaking::rules::{SpeechKind, SpeechState, spell};
use crate::speaking::store::{self, Answer, Request, Total};
use crate::web::{self, App, Now, Path, Query, csv};

/// Lines of one page.
const PAGE: i64 = 50;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/meetings/{meeting}/speakers", get(show))
        .route("/meetings/{meeting}/speakers.csv", get(export))
}

#[derive(Template)]
#[template(path = "speaking/speakers.html")]
struct SpeakersPage {
    chrome: Chrome,
    meeting: Meeting,
    totals: Vec<TotalLine>,
    units: Vec<UnitLine>,
    turns: Vec<Turn>,
    may_conduct: bool,
    earlier: Option<i64>,
    later: Option<i64>,
}

struct TotalLine {
    name: String,
    unit: String,
    times: i64,
    spoken: String,
}

struct UnitLine {
    unit: String,
    times: i64,
    spoken: String,
}

/// One line of the history.
struct Turn {
    request: Request,
    item: String,
    kind: String,
    state: String,
    spoken: String,
    answer: Option<Answer>,
    may_answer: bool,
    may_put_back: bool,
}

#[derive(Debug, Default, Deserialize)]
struct PageQuery {
    after: Option<i64>,
}

async fn show(
    Path(id): Path<MeetingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
    Query(query): Query<PageQuery>,
) -> Result<Html<String>, web::Error> {
    let mut tx = db.read().await?;
    let (meeting, standing) = actions::find(&mut tx, &actor, id).await?;
    let skip = query.after.unwrap_or(0).clamp(0, 1_000_000);
    let mut requests = store::history(&mut tx, id, skip, PAGE + 1).await?;
    let has_more = requests.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    requests.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let answers = store::answers(&mut tx, id).await?;
    let items = meetings::store::items(&mut tx, id).await?;
    let titles = items.into_iter().map(|item| (item.id, item.title)).collect();
    let totals = store::totals(&mut tx, id, now).await?;
    let seen = Seen { chrome: &chrome, actor: &actor, may_conduct: standing.may_conduct(), now };
    let turns = requests.into_iter().map(|request| turn(&seen, request, &answers, &titles)).collect();
    web::page(&SpeakersPage {
        units: units(&totals),
        totals: totals.iter().map(total_line).collect(),
        turns,
        may_conduct: standing.may_conduct(),
        earlier: has_more.then_some(skip + PAGE),
        later: (skip > 0).then_some((skip - PAGE).max(0)),
        chrome: chrome.at(Section::Meetings),
        meeting,
    })
}

/// Through whose eyes, and when.
struct Seen<'a> {
    chrome: &'a Chrome,
    actor: &'a Actor,
    may_conduct: bool,
    now: Timestamp,
}

fn turn(
    seen: &Seen<'_>,
    request: Request,
    answers: &[Answer],
    titles: &BTreeMap<meetings::ItemId, String>,
) -> Turn {
    let is_questioned = request.addressee_id == Some(seen.actor.person);
    let word = |list: &str, word: &str| seen.chrome.t(&format!("{list}-{}", word.replace('_', "-")));
    Turn {
        item: titles.get(&request.item_id).cloned().unwrap_or_default(),
        kind: word("speech-kind", request.kind.as_str()),
        state: word("speech-state", request.state.as_str()),
        spoken: spell(request.time().spoken_at(seen.now) / 1_000_000),
        answer: answers.iter().find(|answer| answer.request_id == request.id).cloned(),
        may_answer: request.kind == SpeechKind::Questioning && (seen.may_conduct || is_questioned),
        may_put_back: seen.may_conduct && request.state == SpeechState::Skipped,
        request,
    }
}

fn total_line(total: &Total) -> TotalLine {
    TotalLine {
        name: total.full_name.clone(),
        unit: total.unit.clone(),
        times: total.times,
        spoken: spell(total.spoken / 1_000_000),
    }
}

fn units(totals: &[Total]) -> Vec<UnitLine> {
    let mut sums: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for total in totals {
        let sum = sums.entry(&total.unit).or_default();
        *sum = (sum.0 + total.times, sum.1 + total.spoken);
    }
    let mut lines: Vec<(&str, (i64, i64))> = sums.into_iter().collect();
    lines.sort_by_key(|(_, (_, spoken))| std::cmp::Reverse(*spoken));
    let line = |(unit, (times, spoken)): (&str, (i64, i64))| UnitLine {
        unit: unit.to_owned(),
        times,
        spoken: spell(spoken / 1_000_000),
    };
    lines.into_iter().map(line).collect()
}

/// The times of all who spoke, as a table for a spreadsheet.
async fn export(
    Path(id): Path<MeetingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
) -> Result<Response, web::Error> {
    let mut tx = db.read().await?;
    let (_, standing) = actions::find(&mut tx, &actor, id).await?;
    if !standing.may_conduct() {
        return Err(MeetingError::NotOrganiser.into());
    }
    let head = ["full-name", "unit", "speech-times", "speech-spoken"].map(|key| chrome.t(key));
    let lines = store::totals(&mut tx, id, now)
        .await?
        .into_iter()
        .map(|total| [total.full_name, total.unit, total.times.to_string(), spell(total.spoken / 1_000_000)]);
    csv("phat-bieu.csv", std::iter::once(head).chain(lines))
}
