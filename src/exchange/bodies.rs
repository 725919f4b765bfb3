//! The directory of bodies that can be written to.

use std::io::Read;

use super::store;
use crate::config::{Identifier, IdentifierError};
use crate::db::{self, Tx};
use crate::identity::rules::{clean_line, fold};

/// How many bodies of a similar name are proposed for one that is not known.
const PROPOSED: i64 = 3;

/// A body of the State in the directory.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Body {
    pub code: String,
    pub name: String,
}

#[derive(Debug, thiserror::Error)]
pub enum BodiesError {
    #[error("the list cannot be read as CSV")]
    Csv(#[from] csv::Error),
    #[error("line {line}")]
    Code { line: u64, source: IdentifierError },
    #[error("line {line}: the name is missing")]
    Name { line: u64 },
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// A line of the list.
#[derive(Debug, serde::Deserialize)]
struct Line {
    code: String,
    name: String,
    #[serde(default)]
    old_code: String,
}

/// Reads a list with the columns `code`, `name` and, if known, `old_code`. New
/// bodies are added and known ones renamed; what is wrong in any line changes
/// nothing. Gives the number of lines.
pub async fn import(tx: &mut Tx, list: impl Read) -> Result<usize, BodiesError> {
    let mut count = 0;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(list);
    let lines: Vec<Line> = reader.deserialize().collect::<Result<_, _>>()?;
    for (line, body) in (2..).zip(lines) {
        let code =
            |text: String| Identifier::try_from(text).map_err(|source| BodiesError::Code { line, source });
        let old_code = match body.old_code.as_str() {
            "" => String::new(),
            _ => code(body.old_code)?.as_str().to_owned(),
        };
        let code = code(body.code)?;
        let name = clean_line(&body.name).ok_or(BodiesError::Name { line })?;
        store::put_body(tx, code.as_str(), &old_code, (&name, &fold(&name))).await?;
        count += 1;
    }
    Ok(count)
}

/// Is any body known? Without one, nobody is asked whom to write to.
pub async fn are_known(tx: &mut Tx) -> Result<bool, db::Error> {
    store::has_bodies(tx).await
}

/// What was typed and is no body of the directory, with those it may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    pub typed: String,
    pub near: Vec<Body>,
}

/// The bodies that lines of text name, each by its code or its whole name.
pub async fn find_all(tx: &mut Tx, typed: &str) -> Result<Result<Vec<Body>, Unknown>, db::Error> {
    let mut found: Vec<Body> = Vec::new();
    for line in typed.lines().filter_map(clean_line) {
        let folded = fold(&line);
        let Some(body) = store::body(tx, &line.to_uppercase(), &folded).await? else {
            let near = store::bodies_like(tx, &folded, PROPOSED).await?;
            return Ok(Err(Unknown { typed: line, near }));
        };
        if !found.contains(&body) {
            found.push(body);
        }
    }
    Ok(Ok(found))
}
