//! One's notes on a paper as a page: to read, to print, and to write without
//! scripts.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::{Html, Redirect};
use serde::Deserialize;

use super::{page_of, refusal};
use crate::annotations::actions::{self, Annotated, Standing};
use crate::annotations::rules::{Kind, Placed, Shape};
use crate::annotations::{AnnotationId, urls};
use crate::identity::{Actor, Chrome};
use crate::papers::{self, VersionId};
use crate::web::{self, App, Form, Now, Path};

/// How wide the pictures of marked pages are printed, in pixels.
const PRINTED_WIDTH: u32 = 960;

#[derive(Template)]
#[template(path = "annotations/notes.html")]
struct NotesPage {
    chrome: Chrome,
    title: String,
    number: i64,
    pages: Vec<MarkedPage>,
    lost: Vec<NoteLine>,
    page_count: i64,
    add_url: String,
    reader_url: String,
    problem: Option<String>,
    /// What was typed and not taken.
    typed: NoteForm,
}

/// A page with what lies over it.
struct MarkedPage {
    number: i64,
    picture: String,
    is_marked: bool,
    strokes: Vec<String>,
    boxes: Vec<[f64; 4]>,
    /// The numbers of the notes, where they stand.
    pins: Vec<Pin>,
    notes: Vec<NoteLine>,
}

struct Pin {
    number: usize,
    /// In parts of a hundred.
    x: f64,
    y: f64,
}

/// A note, or the words of a highlight, as lists show it.
pub struct NoteLine {
    pub number: usize,
    pub page: i64,
    pub text: String,
    /// Key of the word for what it is.
    pub kind: &'static str,
    pub page_url: String,
    pub picture: String,
    pub moved_from: Option<i64>,
    /// The version it was made on, when that is another.
    pub version: Option<i64>,
    pub is_lost: bool,
    pub removal_url: String,
}

impl NoteLine {
    fn new(number: usize, version: VersionId, standing: &Standing) -> Self {
        let made = &standing.annotation;
        let (page, on, is_lost) = match &standing.place {
            Placed::At { page, .. } => (*page, version, false),
            Placed::Lost => (made.page, made.version, true),
        };
        Self {
            number,
            page,
            text: made.text.clone(),
            kind: kind_key(made.kind),
            page_url: page_of(on, page),
            picture: papers::urls::page_image(on, page, 640),
            moved_from: standing.moved_from(),
            version: standing.made_on,
            is_lost,
            removal_url: urls::removal(version, made.id),
        }
    }
}

fn kind_key(kind: Kind) -> &'static str {
    match kind {
        Kind::Ink => "annotation-ink",
        Kind::Highlight => "annotation-highlight",
        Kind::Note => "annotation-note",
        Kind::Mark => "annotation-mark",
    }
}

/// Everything of a paper in one list, page by page, what is lost at the end.
/// Strokes have no words, so a page's strokes are one line.
pub fn note_lines(found: &Annotated) -> Vec<NoteLine> {
    let mut lines: Vec<NoteLine> = Vec::new();
    for (at, standing) in found.standing.iter().enumerate() {
        let line = NoteLine::new(at + 1, found.version.id, standing);
        let is_stroke = standing.annotation.kind == Kind::Ink;
        let is_there = |other: &NoteLine| other.kind == line.kind && other.page_url == line.page_url;
        if !(is_stroke && lines.iter().any(is_there)) {
            lines.push(line);
        }
    }
    lines
}

pub(super) async fn show(
    Path(id): Path<VersionId>,
    chrome: Chrome,
    actor: Actor,
    State(app): State<App>,
) -> Result<Html<String>, web::Error> {
    let found = actions::annotated(&app, &actor, id).await.map_err(refusal)?;
    web::page(&page(chrome, &found, None, NoteForm::default()))
}

fn page(chrome: Chrome, found: &Annotated, problem: Option<String>, typed: NoteForm) -> NotesPage {
    let mut pages: BTreeMap<i64, MarkedPage> = BTreeMap::new();
    let mut lost = Vec::new();
    for (at, standing) in found.standing.iter().enumerate() {
        let line = NoteLine::new(at + 1, found.version.id, standing);
        match &standing.place {
            Placed::At { page, shape } => {
                let marked = pages.entry(*page).or_insert_with(|| MarkedPage::new(found.version.id, *page));
                marked.put(standing.annotation.kind, shape, line);
            }
            Placed::Lost => lost.push(line),
        }
    }
    NotesPage {
        chrome,
        title: found.version.title.clone(),
        number: found.version.number,
        pages: pages.into_values().collect(),
        lost,
        page_count: found.version.pages,
        add_url: urls::notes(found.version.id),
        reader_url: papers::urls::reader(found.version.id),
        problem,
        typed,
    }
}

impl MarkedPage {
    fn new(version: VersionId, number: i64) -> Self {
        Self {
            number,
            picture: papers::urls::page_image(version, number, PRINTED_WIDTH),
            is_marked: false,
            strokes: Vec::new(),
            boxes: Vec::new(),
            pins: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn put(&mut self, kind: Kind, shape: &Shape, line: NoteLine) {
        match (kind, shape.points.as_slice()) {
            (Kind::Ink, points) => {
                let pairs = points.chunks_exact(2).map(|pair| match pair {
                    [x, y] => format!("{x},{y}"),
                    _ => String::new(),
                });
                self.strokes.push(pairs.collect::<Vec<_>>().join(" "));
            }
            (Kind::Highlight, _) => {
                self.boxes.extend_from_slice(&shape.boxes);
                self.notes.push(line);
            }
            (Kind::Note, [x, y, ..]) => {
                self.pins.push(Pin { number: line.number, x: x * 100.0, y: y * 100.0 });
                self.notes.push(line);
            }
            (Kind::Mark, _) => {
                self.is_marked = true;
                self.notes.push(line);
            }
            (Kind::Note, _) => self.notes.push(line),
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct NoteForm {
    #[serde(default)]
    page: String,
    text: String,
}

/// Adds a note to a page as a whole.
pub(super) async fn add(
    Path(id): Path<VersionId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<NoteForm>,
) -> Result<Result<Redirect, Html<String>>, web::Error> {
    let note = actions::page_note(form.page.trim().parse().unwrap_or_default(), &form.text);
    let mut tx = app.db.write().await?;
    match actions::save(&mut tx, &actor, id, &[note], now).await {
        Ok(_) => {
            tx.commit().await?;
            Ok(Ok(Redirect::to(&urls::notes(id))))
        }
        Err(actions::AnnotationError::Unsound) => {
            drop(tx);
            let found = actions::annotated(&app, &actor, id).await.map_err(refusal)?;
            let problem = chrome.t1("annotation-note-unsound", "pages", found.version.pages);
            Ok(Err(web::page(&page(chrome, &found, Some(problem), form))?))
        }
        Err(error) => Err(refusal(error)),
    }
}

pub(super) async fn remove(
    Path((id, annotation)): Path<(VersionId, AnnotationId)>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::remove(&mut tx, &actor, id, annotation, now).await.map_err(refusal)?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::notes(id)))
}
