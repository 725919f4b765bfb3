//! The page of opinions: one's own to write, those of others to read and answer.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{Html, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::actions::{self, OpinionError};
use super::rules::{LONGEST_TEXT, Reach, takes_opinions};
use super::store::{self, Opinion};
use super::{OpinionId, urls};
use crate::clock::Timestamp;
use crate::db::{Db, Tx};
use crate::identity::{Actor, Chrome, PersonId, Section};
use crate::meetings::store::{AgendaPaper, Item, Meeting};
use crate::meetings::{self, ItemId, MeetingId, desk_topic, topic};
use crate::papers::PaperId;
use crate::web::{self, App, Form, Now, Path};

/// Opinions on one page; the table for a spreadsheet has all.
const PAGE: i64 = 500;

pub fn router() -> Router<App> {
    Router::new()
        .route("/meetings/{meeting}/opinions", get(show).post(write))
        .route("/meetings/{meeting}/opinions.csv", get(export))
        .route("/opinions/{opinion}/answer", post(answer))
}

impl From<OpinionError> for web::Error {
    fn from(error: OpinionError) -> Self {
        match error {
            OpinionError::NotFound => Self::NotFound,
            OpinionError::NotInvited => Self::Forbidden("opinion-not-invited".into()),
            OpinionError::NotNow => Self::Conflict("opinion-not-now".into()),
            OpinionError::Text => Self::Invalid("opinion-text-bad".into()),
            OpinionError::Meeting(error) => error.into(),
            OpinionError::Db(error) => error.into(),
        }
    }
}

#[derive(Template)]
#[template(path = "opinions/opinions.html")]
struct OpinionsPage {
    chrome: Chrome,
    meeting: Meeting,
    papers: Vec<PaperView>,
    may_export: bool,
    longest: usize,
}

/// A paper with what is said on it, as one person sees it.
struct PaperView {
    number: usize,
    item: Item,
    paper: AgendaPaper,
    may_write: bool,
    mine: String,
    others: Vec<Opinion>,
    answer_to_mine: Option<Opinion>,
    may_answer: bool,
}

async fn show(
    Path(id): Path<MeetingId>,
    chrome: Chrome,
    actor: Actor,
    State(db): State<Db>,
) -> Result<Html<String>, web::Error> {
    let mut tx = db.read().await?;
    let (meeting, reach) = actions::find(&mut tx, &actor, id).await?;
    web::page(&OpinionsPage {
        papers: papers(&mut tx, &meeting, &reach, actor.person).await?,
        may_export: reach.reads_all || !reach.prepared.is_empty(),
        longest: LONGEST_TEXT,
        chrome: chrome.at(Section::Meetings),
        meeting,
    })
}

async fn papers(
    tx: &mut Tx,
    meeting: &Meeting,
    reach: &Reach,
    reader: PersonId,
) -> Result<Vec<PaperView>, OpinionError> {
    let opinions = store::opinions(tx, meeting.id, PAGE).await?;
    let readable = meetings::store::readable_papers(tx, meeting.id, reader).await?;
    let is_invited = meetings::store::place_in(tx, meeting.id, reader).await?.is_some();
    let lines = meetings::store::agenda_papers(tx, meeting.id, reader).await?;
    let mut views = Vec::new();
    for (number, item) in (1..).zip(meetings::store::items(tx, meeting.id).await?) {
        for paper in lines.iter().filter(|line| line.item_id == item.id) {
            let may_read_paper = readable.contains(&paper.paper_id);
            if !may_read_paper && !reach.prepared.contains(&paper.paper_id) {
                continue;
            }
            let on_it =
                opinions.iter().filter(|said| said.item_id == item.id && said.paper_id == paper.paper_id);
            let (mine, others): (Vec<&Opinion>, Vec<&Opinion>) = on_it
                .filter(|said| reach.may_read(paper.paper_id, said.person_id, reader))
                .partition(|said| said.person_id == reader);
            views.push(PaperView {
                number,
                may_write: is_invited && may_read_paper && takes_opinions(meeting.state, item.ended_at),
                mine: mine.first().map(|said| said.text.clone()).unwrap_or_default(),
                answer_to_mine: mine.first().filter(|said| said.answered_at.is_some()).copied().cloned(),
                others: others.into_iter().cloned().collect(),
                may_answer: reach.may_answer(paper.paper_id),
                item: item.clone(),
                paper: paper.clone(),
            });
        }
    }
    Ok(views)
}

#[derive(Debug, Deserialize)]
struct OpinionForm {
    item: ItemId,
    paper: PaperId,
    text: String,
}

async fn write(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<OpinionForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::write(&mut tx, &actor, id, (form.item, form.paper), &form.text, now).await?;
    tx.commit().await?;
    app.live.changed(desk_topic(id));
    Ok(Redirect::to(&urls::opinions(id)))
}

#[derive(Debug, Deserialize)]
struct AnswerForm {
    text: String,
}

async fn answer(
    Path(id): Path<OpinionId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<AnswerForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let opinion = actions::answer(&mut tx, &actor, id, &form.text, now).await?;
    tx.commit().await?;
    app.live.changed(topic(opinion.meeting_id));
    Ok(Redirect::to(&urls::opinions(opinion.meeting_id)))
}

/// The summary as a table for a spreadsheet: what the person may read.
async fn export(
    Path(id): Path<MeetingId>,
    chrome: Chrome,
    actor: Actor,
    State(db): State<Db>,
) -> Result<Response, web::Error> {
    let mut tx = db.read().await?;
    let (meeting, reach) = actions::find(&mut tx, &actor, id).await?;
    let lines = meetings::store::agenda_papers(&mut tx, meeting.id, actor.person).await?;
    let head = ["opinion-paper", "opinion-version", "full-name", "unit", "opinion", "time", "opinion-answer"];
    let head = head.map(|key| chrome.t(key));
    let opinions = store::opinions(&mut tx, id, i64::MAX).await?.into_iter();
    let rows =
        opinions.filter(|said| reach.may_read(said.paper_id, said.person_id, actor.person)).map(|said| {
            let paper = lines.iter().find(|line| line.paper_id == said.paper_id);
            [
                paper.map(|paper| paper.title.clone()).unwrap_or_default(),
                said.version.to_string(),
                said.full_name,
                said.unit,
                said.text,
                Timestamp::date_time(said.changed_at),
                said.answer,
            ]
        });
    web::csv("gop-y.csv", std::iter::once(head).chain(rows))
}
