//! The form of what a list says about a file.

use serde::Deserialize;

use crate::db::Tx;
use crate::files::actions::{Details, FileError, LANGUAGE};
use crate::files::rules::{Access, Retention};
use crate::files::store::WorkFile;
use crate::identity::{self, Actor, Chrome, OrgRole};
use crate::web;

/// What was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    pub year: i64,
    pub notation: String,
    pub title: String,
    pub retention: String,
    pub access: String,
    pub language: String,
    pub keeper: String,
    pub note: String,
    pub version: i64,
    /// Not empty: opened at once.
    pub open: String,
}

impl Typed {
    /// An empty form.
    pub fn new(actor: &Actor, year: i64) -> Self {
        Self {
            year,
            retention: Retention::Ten.as_str().to_owned(),
            access: Access::Unrestricted.as_str().to_owned(),
            language: LANGUAGE.to_owned(),
            keeper: actor.person.to_string(),
            ..Self::default()
        }
    }

    pub fn of(file: &WorkFile) -> Self {
        Self {
            year: file.year,
            notation: file.notation.clone(),
            title: file.title.clone(),
            retention: file.retention.as_str().to_owned(),
            access: file.access.as_str().to_owned(),
            language: file.language.clone(),
            keeper: file.keeper_id.to_string(),
            note: file.note.clone(),
            version: file.version,
            open: String::new(),
        }
    }

    pub fn details(&self) -> Result<Details, FileError> {
        Ok(Details {
            year: self.year,
            notation: self.notation.clone(),
            title: self.title.clone(),
            retention: self.retention.parse().map_err(|_| FileError::Fields)?,
            access: self.access.parse().map_err(|_| FileError::Fields)?,
            language: self.language.clone(),
            keeper: self.keeper.parse().map_err(|_| FileError::Fields)?,
            note: self.note.clone(),
        })
    }
}

/// The form, ready to be shown.
pub(super) struct FormView {
    pub typed: Typed,
    pub retentions: Vec<Choice>,
    pub accesses: Vec<Choice>,
    /// Whom it can be given to; only oneself, unless the clerk asks.
    pub keepers: Vec<Choice>,
}

pub(super) struct Choice {
    pub value: String,
    pub label: String,
    pub is_chosen: bool,
}

impl FormView {
    pub async fn load(tx: &mut Tx, chrome: &Chrome, actor: &Actor, typed: Typed) -> Result<Self, web::Error> {
        let choice = |value: &str, label: String, chosen: &str| Choice {
            value: value.to_owned(),
            label,
            is_chosen: value == chosen,
        };
        let retentions = Retention::ALL.iter().map(|one| {
            let label = match one.years() {
                Some(years) => chrome.t1("files-years", "count", years),
                None => chrome.t("files-permanent"),
            };
            choice(one.as_str(), label, &typed.retention)
        });
        let accesses = Access::ALL.iter().map(|one| {
            choice(one.as_str(), chrome.t(&format!("files-access-{}", one.as_str())), &typed.access)
        });
        let mut people = identity::store::people(tx, actor.organisation).await?;
        let chooses = actor.is(OrgRole::Clerk);
        people.retain(|one| {
            let is_kept = one.id.to_string() == typed.keeper;
            is_kept || (one.active && (chooses || one.id == actor.person))
        });
        let keepers = people.into_iter().map(|one| {
            let position =
                if one.position.is_empty() { String::new() } else { format!(", {}", one.position) };
            choice(&one.id.to_string(), format!("{}{position}", one.full_name), &typed.keeper)
        });
        Ok(Self {
            retentions: retentions.collect(),
            accesses: accesses.collect(),
            keepers: keepers.collect(),
            typed,
        })
    }
}
