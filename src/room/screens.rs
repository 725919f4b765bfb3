//! What the screens of a meeting hear.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use crate::identity::{Actor, still_signed_in};
use crate::meetings::actions::{self as meetings_actions, Standing};
use crate::meetings::{MeetingId, desk_topic, topic};
use crate::web::live::{self, Moment, Right, Seat, Since, Viewer};
use crate::web::{self, App, Lang, Path, Query};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/meetings/{meeting}/events", get(events))
        .route("/meetings/{meeting}/events/since/{moment}", get(events_since))
}

#[derive(Debug, Default, Deserialize)]
struct EventsQuery {
    /// There: the page holds the elements that are drawn for all.
    pieces: Option<String>,
}

async fn events(
    Path(id): Path<MeetingId>,
    actor: Actor,
    lang: Lang,
    Since(since): Since,
    Query(query): Query<EventsQuery>,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    let topics = topics(id, standing(&app, &actor, id).await?);
    let viewer = Viewer { person: actor.person, lang, takes_pieces: query.pieces.is_some() };
    let right = still_listens(&app, actor, id, topics.len());
    Ok(live::stream(&app.live, Seat { viewer, topics, since, right }))
}

/// The same for a screen that no stream reaches.
async fn events_since(
    Path((id, moment)): Path<(MeetingId, Moment)>,
    actor: Actor,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    let topics = topics(id, standing(&app, &actor, id).await?);
    Ok(live::since(&app.live, actor.person, topics, moment))
}

async fn standing(app: &App, actor: &Actor, id: MeetingId) -> Result<Standing, web::Error> {
    let mut tx = app.db.read().await?;
    Ok(meetings_actions::find(&mut tx, actor, id).await?.1)
}

fn topics(id: MeetingId, standing: Standing) -> Vec<String> {
    let mut topics = vec![topic(id)];
    topics.extend(standing.may_conduct().then(|| desk_topic(id)));
    topics
}

/// Yes as long as the person is signed in and would hear just these topics.
fn still_listens(app: &App, actor: Actor, id: MeetingId, heard: usize) -> Right {
    let (app, session) = (app.clone(), actor.session);
    Right::new(move || {
        let (app, session) = (app.clone(), session.clone());
        async move {
            let Ok(Some(actor)) = still_signed_in(&app, &session).await else { return false };
            standing(&app, &actor, id).await.is_ok_and(|standing| topics(id, standing).len() == heard)
        }
    })
}
