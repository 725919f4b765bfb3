//! What all screens of a meeting show alike, drawn once.

use std::collections::HashSet;
use std::sync::Arc;

use askama::Template;

use super::view::{self, ItemView, Quorum};
use crate::db::{Db, Tx};
use crate::identity::Chrome;
use crate::jobs::Failure;
use crate::meetings::actions::MeetingError;
use crate::meetings::{self, MeetingId};
use crate::voting::actions::{Body, Viewers};
use crate::voting::rules::VoteKind;
use crate::voting::store::{self as votes, Vote};
use crate::voting::web::sheet::{self, Sheet};
use crate::web::Lang;
use crate::web::live::{Artist, Audience, Piece};

/// Draws the pieces of meeting pages, for the live channel.
pub fn artist(db: Db) -> Artist {
    Artist::new(move |topic| {
        let db = db.clone();
        async move { draw_or_say_why(&db, meetings::meeting_of(&topic)?).await }
    })
}

async fn draw_or_say_why(db: &Db, id: MeetingId) -> Option<Vec<Piece>> {
    match draw(db, id).await {
        Ok(pieces) => pieces,
        Err(error) => {
            let cause = Failure::from_error(&error);
            tracing::error!(meeting.id = %id, %cause, "What all screens show could not be drawn");
            None
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum DrawError {
    #[error(transparent)]
    Meeting(#[from] MeetingError),
    #[error(transparent)]
    Db(#[from] crate::db::Error),
    #[error("a piece could not be rendered")]
    Template(#[from] askama::Error),
}

/// The pieces of a meeting as the database has them now.
async fn draw(db: &Db, id: MeetingId) -> Result<Option<Vec<Piece>>, DrawError> {
    let mut tx = db.read().await?;
    let Some(organisation) = meetings::store::organisation_of(&mut tx, id).await? else { return Ok(None) };
    let Some(meeting) = meetings::store::meeting(&mut tx, organisation, id).await? else { return Ok(None) };
    let quorum = view::quorum(&mut tx, &meeting).await?;
    let mut pieces = vec![both("quorum", |chrome| QuorumPiece { chrome, view: &quorum }.render())?];
    let all_votes = votes::votes_of(&mut tx, id).await?;
    pieces.extend(vote_slot(&mut tx, id, &all_votes).await?);
    let vietnamese = view::agenda(&mut tx, Lang::Vi, &meeting, &all_votes).await?;
    let english = view::agenda(&mut tx, Lang::En, &meeting, &all_votes).await?;
    for (vi, en) in vietnamese.iter().zip(&english) {
        let line = |lang| if lang == Lang::Vi { vi } else { en };
        let render = |chrome: Chrome| ResultsPiece { line: line(chrome.lang()), chrome }.render();
        pieces.push(both(&format!("results-{}", vi.item.id), render)?);
    }
    Ok(Some(pieces))
}

/// The place of the sheet: with it, for those who can do the same with it, and
/// empty, for those who have none.
async fn vote_slot(tx: &mut Tx, id: MeetingId, all_votes: &[Vote]) -> Result<Vec<Piece>, DrawError> {
    let empty = both("vote-slot", |chrome| SlotPiece { chrome, slot: None }.render())?;
    let open = sheet::open_votes(all_votes);
    if open.is_empty() {
        return Ok(vec![empty]);
    }
    let body = Body::load(tx, id).await?;
    let Viewers { fresh, all, held } = Viewers::load(tx, &open, &body).await?;
    // A secret or signed ballot is filled in with what is the person's own.
    let is_alike = open.iter().all(|vote| vote.kind == VoteKind::Open && !vote.terms.signed_ballots);
    let fresh = if is_alike { fresh } else { HashSet::new() };
    let vi = sheet::fresh(tx, Lang::Vi, all_votes).await?;
    let en = sheet::fresh(tx, Lang::En, all_votes).await?;
    let slot = |lang| if lang == Lang::Vi { vi.as_ref() } else { en.as_ref() };
    let full = both("vote-slot", |chrome| SlotPiece { slot: slot(chrome.lang()), chrome }.render())?;
    Ok(vec![
        Piece { audience: Audience::Only(Arc::new(fresh)), others: format!("{held:?}"), ..full },
        Piece { audience: Audience::AllBut(Arc::new(all)), ..empty },
    ])
}

/// A piece for everyone, in both languages.
fn both(id: &str, render: impl Fn(Chrome) -> Result<String, askama::Error>) -> Result<Piece, DrawError> {
    Ok(Piece {
        id: id.to_owned(),
        vi: render(Chrome::of_nobody(Lang::Vi))?.into(),
        en: render(Chrome::of_nobody(Lang::En))?.into(),
        audience: Audience::All,
        others: String::new(),
    })
}

#[derive(Template)]
#[template(path = "room/pieces/quorum.html")]
struct QuorumPiece<'a> {
    chrome: Chrome,
    view: &'a Quorum,
}

#[derive(Template)]
#[template(path = "room/pieces/vote-slot.html")]
struct SlotPiece<'a> {
    chrome: Chrome,
    slot: Option<&'a Sheet>,
}

#[derive(Template)]
#[template(path = "room/pieces/results.html")]
struct ResultsPiece<'a> {
    chrome: Chrome,
    line: &'a ItemView,
}
