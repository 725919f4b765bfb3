//! The books of one kind and one year on a page: choosing one, and a part of it
//! to print. The features whose numbers they hold put it under an address of theirs.

use askama::Template;
use axum::response::Html;
use serde::Deserialize;

use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{Actor, Chrome, Section};
use crate::registers::printing::PrintError;
use crate::registers::{Part, PartQuery, SeriesKind, printed, store, urls};
use crate::web;

/// Which books, and how a feature speaks of them.
#[derive(Clone, Copy, Debug)]
pub struct Shelf {
    pub kind: SeriesKind,
    /// The feature's own page: "/outgoing". The books lie under `register`.
    pub home: &'static str,
    /// Key of what that page is called.
    pub home_name: &'static str,
    /// Key of the heading, with the gap `year`.
    pub heading: &'static str,
    pub section: Section,
}

/// One series of the year.
struct Book {
    code: String,
    title: String,
    link: String,
    last: String,
}

#[derive(Template)]
#[template(path = "registers/shelf.html")]
struct ShelfPage {
    chrome: Chrome,
    shelf: Shelf,
    year: i64,
    years: Vec<i64>,
    books: Vec<Book>,
}

#[derive(Debug, Default, Deserialize)]
pub struct YearQuery {
    year: Option<i64>,
}

/// The page; `title` says what a book of a code is called.
pub async fn show(
    tx: &mut Tx,
    (chrome, actor): (Chrome, &Actor),
    (shelf, query): (Shelf, &YearQuery),
    title: impl Fn(&Chrome, &str) -> String,
    now: Timestamp,
) -> Result<Html<String>, web::Error> {
    let mut series = store::series(tx, actor.organisation).await?;
    series.retain(|one| one.kind == shelf.kind);
    let this_year = i64::from(now.in_office().year());
    let year = query.year.unwrap_or(this_year);
    let mut years: Vec<i64> = series.iter().map(|one| one.year).chain([this_year]).collect();
    years.sort_unstable_by(|one, other| other.cmp(one));
    years.dedup();
    let book = |one: store::Series| Book {
        title: title(&chrome, &one.code),
        link: urls::series(one.id),
        last: printed(one.last_number),
        code: one.code,
    };
    let books = series.into_iter().filter(|one| one.year == year).map(book).collect();
    web::page(&ShelfPage { chrome: chrome.at(shelf.section), shelf, year, years, books })
}

/// A part of a book, or of all of them, as the form asks for it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct BookQuery {
    year: Option<i64>,
    month: String,
    first: String,
    last: String,
    code: String,
}

impl BookQuery {
    /// The part, and the code of the one book.
    pub fn part(self, now: Timestamp) -> Result<(Part, Option<String>), PrintError> {
        let Self { year, month, first, last, code } = self;
        let part = PartQuery { year, month, first, last }.part(now)?;
        Ok((part, Some(code).filter(|code| !code.is_empty())))
    }
}
