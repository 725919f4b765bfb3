//! The figures as a workbook and as a report on paper.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::{Asked, Question};
use crate::clock::Timestamp;
use crate::identity::{self, Actor, Chrome};
use crate::indicators::actions::{self, Scope, Table};
use crate::indicators::export::{self, ExportError};
use crate::indicators::rules::By;
use crate::web::{self, App, Now, Query};

impl From<ExportError> for web::Error {
    fn from(error: ExportError) -> Self {
        Self::internal(error)
    }
}

/// The figures by month, and by unit, person and office as far as this person
/// sees them.
async fn tables(app: &App, question: &Question, now: Timestamp) -> Result<Vec<Table>, web::Error> {
    let cuts: &[By] = match question.scope {
        Scope::Office => &[By::Month, By::Unit, By::Person],
        Scope::Unit(_) => &[By::Month, By::Person],
        Scope::Person(_) => &[By::Month],
    };
    let mut tables = Vec::new();
    for by in cuts {
        tables.push(actions::table(&app.db, question.cut, *by, now).await?);
    }
    if question.compares_offices(app).await? {
        tables.push(question.offices(app, now).await?);
    }
    Ok(tables)
}

pub(super) async fn xlsx(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Query(asked): Query<Asked>,
) -> Result<Response, web::Error> {
    let question = Question::of(&app, &actor, &asked, now).await?;
    let tables = tables(&app, &question, now).await?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(file("chi-so.xlsx", kind, export::xlsx(&tables, chrome.lang(), now)?))
}

pub(super) async fn pdf(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Query(asked): Query<Asked>,
) -> Result<Response, web::Error> {
    let question = Question::of(&app, &actor, &asked, now).await?;
    let tables = tables(&app, &question, now).await?;
    let mut tx = app.db.read().await?;
    let office = identity::store::organisation(&mut tx, actor.organisation).await?;
    drop(tx);
    let form = export::report(&tables, (&office, &actor.full_name), app.config.test_authority, now);
    Ok(file("chi-so.pdf", "application/pdf", export::pdf(&app, form, now).await?))
}

fn file(name: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes)
        .into_response()
}
