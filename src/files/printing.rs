//! The list of files of a year and the table of contents of a file, on paper
//! (annex V of decree 30/2020/NĐ-CP).

use super::actions::FileError;
use super::store::{self, Line, Paper, WorkFile};
use crate::clock::Timestamp;
use crate::identity::{self, Actor};
use crate::incoming::rules::parts_of_symbol;
use crate::outgoing::rules::Kind;
use crate::registers::printed;
use crate::registers::printing::{MOST_LINES, Print, PrintError};
use crate::web::{App, Lang};

/// The columns of the table of contents, with the share of the line each takes.
const CONTENTS: [(&str, f32); 7] = [
    ("files-ordinal", 0.7),
    ("files-symbol", 2.0),
    ("files-toc-date", 1.4),
    ("files-toc-subject", 4.6),
    ("files-toc-author", 2.6),
    ("files-pages", 0.9),
    ("files-note", 1.4),
];

/// The columns of the list of a year.
const LIST: [(&str, f32); 5] = [
    ("files-notation", 1.6),
    ("files-title", 5.0),
    ("files-retention", 1.4),
    ("files-keeper", 2.2),
    ("files-note", 2.0),
];

/// The table of contents (mục lục văn bản trong hồ sơ).
pub(super) async fn contents(
    app: &App,
    actor: &Actor,
    (file, papers): (&WorkFile, &[Paper]),
    now: Timestamp,
) -> Result<Vec<u8>, FileError> {
    let mut tx = app.db.read().await?;
    let office = identity::store::organisation(&mut tx, actor.organisation).await?;
    drop(tx);
    let retention = file.retention.legal_name();
    let gaps = [
        ("notation", file.notation.as_str()),
        ("title", file.title.as_str()),
        ("retention", retention.as_str()),
    ];
    let print = Print {
        office: &office,
        by: &actor.full_name,
        title: "files-toc",
        year: file.year,
        span: Lang::Vi.t_with("files-toc-span", &gaps),
        columns: &CONTENTS,
        lines: (1..)
            .zip(papers)
            .map(|(ordinal, paper)| contents_line(ordinal, paper, &office.name))
            .collect(),
    };
    Ok(print.pdf(app, now).await?)
}

fn contents_line(ordinal: usize, paper: &Paper, office: &str) -> Vec<String> {
    let kind = paper.kind.or_else(|| Kind::of_notation(parts_of_symbol(&paper.symbol).1));
    let named = [kind.map(Kind::legal_name).unwrap_or_default(), &paper.subject];
    vec![
        ordinal.to_string(),
        match paper.number {
            Some(number) => format!("{}/{}", printed(number), paper.symbol),
            None => paper.symbol.clone(),
        },
        paper.dated_on.map(Timestamp::date).unwrap_or_default(),
        named.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": "),
        paper.sender.clone().unwrap_or_else(|| office.to_owned()),
        paper.pages.to_string(),
    ]
}

/// The list of a year (danh mục hồ sơ); everyone in the office may read it.
pub(super) async fn list(app: &App, actor: &Actor, year: i64, now: Timestamp) -> Result<Vec<u8>, FileError> {
    let mut tx = app.db.read().await?;
    let office = identity::store::organisation(&mut tx, actor.organisation).await?;
    let filter = store::Filter {
        organisation: actor.organisation,
        year,
        words: "",
        keeper: None,
        limit: MOST_LINES + 1,
        offset: 0,
    };
    let lines = store::list(&mut tx, filter).await?;
    drop(tx);
    PrintError::check(lines.len())?;
    let count = lines.len().to_string();
    let print = Print {
        office: &office,
        by: &actor.full_name,
        title: "files-book",
        year,
        span: Lang::Vi.t_with("files-book-span", &[("count", &count)]),
        columns: &LIST,
        lines: lines.into_iter().map(list_line).collect(),
    };
    Ok(print.pdf(app, now).await?)
}

fn list_line(line: Line) -> Vec<String> {
    vec![line.notation, line.title, line.retention.legal_name(), line.keeper, line.note]
}
