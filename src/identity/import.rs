//! People from a CSV file: read, shown, and only then taken.

use std::collections::HashSet;

use serde_json::json;

use super::rules::clean_line;
use super::store::{self, Person, Unit};
use super::{Actor, OrgRole, PersonId, UnitId, actions, passwords};
use crate::clock::Timestamp;
use crate::db::{self, Db, Tx};

/// Rows one file may hold.
const MOST_ROWS: usize = 5_000;

/// A line of the file, judged.
#[derive(Debug)]
pub struct Line {
    pub number: usize,
    pub login: String,
    pub full_name: String,
    pub unit: String,
    pub position: String,
    pub email: String,
    pub roles: Vec<OrgRole>,
    pub problem: Option<Problem>,
}

/// Why a line cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    Columns,
    Login,
    LoginTaken,
    LoginTwice,
    Name,
    Unit,
    Role,
}

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("the file is not CSV: {0}")]
    Csv(#[from] csv::Error),
    #[error("the file has more than {MOST_ROWS} rows")]
    TooMany,
    #[error("a line cannot be taken; nothing was imported")]
    Refused,
    #[error(transparent)]
    Password(#[from] passwords::PasswordError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Reads and judges every line; changes nothing.
///
/// Columns: login, full name, unit path (`Văn phòng/Tổ một cửa`), position,
/// e-mail, roles (separated by spaces). The first line is a heading.
pub async fn preview(tx: &mut Tx, text: &str) -> Result<Vec<Line>, ImportError> {
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let mut seen = HashSet::new();
    let mut lines = Vec::new();
    for record in reader.records() {
        if lines.len() == MOST_ROWS {
            return Err(ImportError::TooMany);
        }
        let mut line = read_line(&record?, lines.len() + 2);
        if line.problem.is_none() {
            if store::login_taken(tx, &line.login).await? {
                line.problem = Some(Problem::LoginTaken);
            } else if !seen.insert(line.login.clone()) {
                line.problem = Some(Problem::LoginTwice);
            }
        }
        lines.push(line);
    }
    Ok(lines)
}

fn read_line(record: &csv::StringRecord, number: usize) -> Line {
    let field = |index: usize| record.get(index).unwrap_or_default();
    let roles: Result<Vec<OrgRole>, _> = field(5).split_whitespace().map(str::parse).collect();
    let full_name = clean_line(field(1));
    let unit = clean_line(field(2));
    let login = field(0).to_lowercase();
    let is_login = (2..=40).contains(&login.len())
        && login.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_'));
    let problem = if !(4..=6).contains(&record.len()) {
        Some(Problem::Columns)
    } else if !is_login {
        Some(Problem::Login)
    } else if full_name.is_none() {
        Some(Problem::Name)
    } else if unit.is_none() {
        Some(Problem::Unit)
    } else if roles.is_err() {
        Some(Problem::Role)
    } else {
        None
    };
    Line {
        number,
        login,
        full_name: full_name.unwrap_or_default(),
        unit: unit.unwrap_or_default(),
        position: clean_line(field(3)).unwrap_or_default(),
        email: field(4).to_owned(),
        roles: roles.unwrap_or_default(),
        problem,
    }
}

/// Takes all lines or none. Units that are not there yet are made; everyone
/// gets the same first password.
pub async fn commit(
    db: &Db,
    actor: &Actor,
    text: &str,
    password: String,
    now: Timestamp,
) -> Result<usize, ImportError> {
    let hash = passwords::hash(password).await?;
    let mut tx = db.write().await?;
    let lines = preview(&mut tx, text).await?;
    if lines.iter().any(|line| line.problem.is_some()) {
        return Err(ImportError::Refused);
    }
    let mut units = store::units(&mut tx, actor.organisation).await?;
    for line in &lines {
        let unit_id = find_or_make_unit(&mut tx, actor, &mut units, &line.unit).await?;
        let person = Person {
            id: PersonId::new(),
            unit_id,
            login: line.login.clone(),
            full_name: line.full_name.clone(),
            position: line.position.clone(),
            email: line.email.clone(),
            active: true,
        };
        if !store::insert_person(&mut tx, actor.organisation, &person, &hash, now).await? {
            return Err(ImportError::Refused);
        }
        for role in &line.roles {
            store::add_role(&mut tx, person.id, *role).await?;
        }
    }
    let details = json!({ "people": lines.len() });
    actions::log(
        &mut tx,
        actor,
        "people_imported",
        format!("organisation:{}", actor.organisation),
        details,
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(lines.len())
}

async fn find_or_make_unit(
    tx: &mut Tx,
    actor: &Actor,
    units: &mut Vec<Unit>,
    path: &str,
) -> Result<UnitId, db::Error> {
    let root = units.iter().find(|unit| unit.parent_id.is_none()).map(|unit| unit.id);
    let mut parent = root;
    for name in path.split('/').map(str::trim).filter(|name| !name.is_empty()) {
        let known =
            units.iter().find(|unit| unit.parent_id == parent && unit.name == name).map(|unit| unit.id);
        let id = match known {
            Some(id) => id,
            None => {
                let position = i64::try_from(units.len()).unwrap_or(i64::MAX);
                let unit = Unit { id: UnitId::new(), parent_id: parent, name: name.to_owned(), position };
                store::insert_unit(tx, actor.organisation, &unit).await?;
                let id = unit.id;
                units.push(unit);
                id
            }
        };
        parent = Some(id);
    }
    // A path has at least one name, or the organisation has its root unit.
    Ok(parent.unwrap_or_default())
}
