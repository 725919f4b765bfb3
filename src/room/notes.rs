//! One's own notes on all papers of a meeting, in one list.

use askama::Template;
use axum::extract::State;
use axum::response::Html;

use crate::annotations::actions::annotated;
use crate::annotations::web::{NoteLine, note_lines, refusal};
use crate::identity::{Actor, Chrome, Section};
use crate::meetings::store::{agenda_papers, readable_papers};
use crate::meetings::{MeetingId, actions as meetings_actions, urls};
use crate::papers;
use crate::web::{self, App, Path};

#[derive(Template)]
#[template(path = "room/notes.html")]
struct NotesPage {
    chrome: Chrome,
    title: String,
    meeting_url: String,
    papers: Vec<NotedPaper>,
}

/// A paper on which there is something.
struct NotedPaper {
    title: String,
    number: i64,
    reader_url: String,
    print_url: String,
    lines: Vec<NoteLine>,
}

pub(super) async fn show(
    Path(id): Path<MeetingId>,
    chrome: Chrome,
    actor: Actor,
    State(app): State<App>,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    let (meeting, _) = meetings_actions::find(&mut tx, &actor, id).await?;
    let readable = readable_papers(&mut tx, id, actor.person).await?;
    let papers = agenda_papers(&mut tx, id, actor.person).await?;
    drop(tx);
    let mut noted = Vec::new();
    for paper in papers.into_iter().filter(|paper| readable.contains(&paper.paper_id)) {
        let found = annotated(&app, &actor, paper.version_id).await.map_err(refusal)?;
        let lines = note_lines(&found);
        if !lines.is_empty() {
            noted.push(NotedPaper {
                title: paper.title,
                number: paper.number,
                reader_url: papers::urls::reader(paper.version_id),
                print_url: papers::urls::notes(paper.version_id),
                lines,
            });
        }
    }
    let chrome = chrome.at(Section::Meetings);
    web::page(&NotesPage { chrome, title: meeting.title, meeting_url: urls::meeting(id), papers: noted })
}
