//! Registers and lists on paper (annexes IV and V of decree 30/2020/NĐ-CP): A4
//! across, with the mark that they come from the system.

use typeset::{Making, RegisterBook, RegisterColumn, TypesetError};

use crate::clock::Timestamp;
use crate::identity::store::Organisation;
use crate::web::{App, Lang};

/// Lines of one printing: each takes a quarter of a megabyte while the pages are set.
pub const MOST_LINES: i64 = 1_000;

#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    #[error("there are more lines than one printing holds")]
    TooLong,
    #[error("no part of a register can be like this")]
    Part,
    #[error("the pages cannot be typeset")]
    Typeset(#[from] TypesetError),
    #[error("the typesetting broke off")]
    Task(#[from] tokio::task::JoinError),
}

impl PrintError {
    /// Refuses what is too long for one printing; ask the database for one line more than that.
    pub fn check(lines: usize) -> Result<(), Self> {
        if i64::try_from(lines).is_ok_and(|lines| lines <= MOST_LINES) { Ok(()) } else { Err(Self::TooLong) }
    }
}

/// The last column: what the system says of a number, then what the clerk remarked.
pub fn remark(said: &str, note: &str) -> String {
    let parts: Vec<&str> = [said, note].into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("; ")
}

/// What is printed. Offices print in Vietnamese, whatever the reader's language.
#[derive(Clone, Debug)]
pub struct Print<'a> {
    /// Whose register it is.
    pub office: &'a Organisation,
    /// Who prints it.
    pub by: &'a str,
    /// The key of what it is called.
    pub title: &'static str,
    pub year: i64,
    /// Which part of the year, on the cover.
    pub span: String,
    /// Keys of the columns, with the share of the line each takes.
    pub columns: &'a [(&'static str, f32)],
    pub lines: Vec<Vec<String>>,
}

impl Print<'_> {
    /// Sets the pages as PDF/A, on a thread that may take its time.
    pub async fn pdf(self, app: &App, now: Timestamp) -> Result<Vec<u8>, PrintError> {
        let column =
            |(name, width): &(&'static str, f32)| RegisterColumn { name: Lang::Vi.t(name), width: *width };
        let form = RegisterBook {
            banner: banner(app),
            parent_body: self.office.parent_name.clone(),
            body: self.office.name.clone(),
            title: Lang::Vi.t(self.title),
            year: i16::try_from(self.year).unwrap_or_default(),
            span: self.span,
            columns: self.columns.iter().map(column).collect(),
            lines: self.lines,
            mark: mark(self.by, now),
        };
        let making = making(self.office, (self.title, &form.span), now);
        let typesetter = app.typesetter.clone();
        Ok(tokio::task::spawn_blocking(move || typesetter.register(&form, &making)).await??.pdf)
    }
}

/// The line over what a practising office prints.
pub fn banner(app: &App) -> Option<String> {
    app.config.test_authority.then(|| Lang::Vi.t("banner-test-office"))
}

/// That a page comes from the system, when, and who printed it (annex VI).
pub fn mark(by: &str, now: Timestamp) -> String {
    Lang::Vi.t_with("register-print-mark", &[("time", &now.date_time()), ("name", by)])
}

/// One printing among all: what is printed, of whom, at which moment.
pub fn making(office: &Organisation, (what, part): (&str, &str), now: Timestamp) -> Making {
    let ident = format!("{what} {} {part} {}", office.id, now.as_micros());
    Making { ident, made_at: now.to_jiff(), author: office.name.clone() }
}
