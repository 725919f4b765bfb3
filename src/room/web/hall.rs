//! The screen in the hall: no controls, nothing private, read from the last row.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Html;
use axum::routing::get;

use crate::db::{Db, Tx};
use crate::identity::{Actor, Chrome};
use crate::meetings::actions::{self, MeetingError};
use crate::meetings::rules::MeetingState;
use crate::meetings::{MeetingId, conduct};
use crate::room::session::{self, SessionView, Viewer};
use crate::room::view::{self, RoomView};
use crate::voting;
use crate::voting::actions::Turnout;
use crate::voting::store::Vote;
use crate::voting::web::result::ResultView;
use crate::web::{self, App, Now, Path};

pub(super) fn router() -> Router<App> {
    Router::new().route("/meetings/{meeting}/hall", get(show))
}

#[derive(Template)]
#[template(path = "room/hall.html")]
struct HallPage {
    chrome: Chrome,
    stage: Stage,
    session: SessionView,
    view: RoomView,
    shows_code: bool,
}

/// What the hall is shown besides the item: one thing at a time.
enum Stage {
    /// Not begun: who is there, and the code to check in.
    Gathering,
    Resting,
    /// A vote runs: its question and how many ballots are in; never whose, never for what.
    Voting {
        questions: Vec<String>,
        turnout: Turnout,
    },
    Speaking,
    Result {
        question: String,
        result: ResultView,
    },
    Item,
    Over,
}

async fn show(
    Path(id): Path<MeetingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
) -> Result<Html<String>, web::Error> {
    let mut tx = db.read().await?;
    let (meeting, standing) = actions::find(&mut tx, &actor, id).await?;
    if !standing.may_conduct() {
        return Err(MeetingError::NotOrganiser.into());
    }
    let shows_code = conduct::takes_check_ins(&meeting);
    let mut view = view::load(&mut tx, &chrome, meeting, actor.person, false).await?;
    let viewer = Viewer { chrome: &chrome, person: actor.person, standing, now };
    let session = session::load(&mut tx, viewer, &view).await?;
    let stage = stage(&mut tx, &mut view, &session).await?;
    web::page(&HallPage { chrome, stage, session, view, shows_code })
}

async fn stage(tx: &mut Tx, view: &mut RoomView, session: &SessionView) -> Result<Stage, web::Error> {
    match view.meeting.state {
        MeetingState::Draft | MeetingState::Published => return Ok(Stage::Gathering),
        MeetingState::Paused | MeetingState::Adjourned => return Ok(Stage::Resting),
        MeetingState::Ended | MeetingState::Cancelled => return Ok(Stage::Over),
        MeetingState::InProgress => {}
    }
    let open: Vec<&Vote> = view
        .items
        .iter()
        .flat_map(|item| &item.votes)
        .filter(|line| line.is_open)
        .map(|line| &line.vote)
        .collect();
    if let Some(vote) = open.first() {
        let body = voting::actions::Body::load(tx, vote.meeting).await?;
        let turnout = voting::actions::turnout(tx, vote, &body).await?;
        return Ok(Stage::Voting {
            questions: open.iter().map(|vote| vote.question.clone()).collect(),
            turnout,
        });
    }
    if session.floor.is_some() {
        return Ok(Stage::Speaking);
    }
    let votes = view.items.iter_mut().filter(|item| item.is_current).flat_map(|item| &mut item.votes);
    let decided = votes
        .filter(|line| line.result.is_some())
        .max_by_key(|line| line.vote.closed_at.map(|at| at.as_micros()));
    match decided.and_then(|line| line.result.take().map(|result| (line.vote.question.clone(), result))) {
        Some((question, result)) => Ok(Stage::Result { question, result }),
        None => Ok(Stage::Item),
    }
}
