//! The rules as data: sizes, places and words of one regulation, from its
//! first day to its last.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer};
use toml::{Table, Value};

use super::finding::{Aspect, Part, Severity};
use crate::identity::rules::fold;

/// A range, both ends included.
pub type Range = (f64, f64);

/// What one regulation asks of a document's layout.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    pub name: String,
    #[serde(deserialize_with = "day")]
    pub valid_from: Date,
    #[serde(default, deserialize_with = "last_day")]
    pub valid_until: Option<Date>,
    pub source: Source,
    pub typefaces: Vec<String>,
    pub legacy_typefaces: Vec<String>,
    pub state_title: String,
    /// Empty where the regulation knows none.
    pub motto: String,
    pub under_issuer: UnderIssuer,
    pub body_kinds: Vec<String>,
    pub authorities: Vec<String>,
    pub wrong_authorities: Vec<String>,
    pub positions: Vec<String>,
    pub honorifics: Vec<String>,
    pub number: NumberForm,
    pub page: PageForm,
    pub tolerance: Tolerance,
    pub text: TextForm,
    pub space: Space,
    pub line: Lines,
    parts: BTreeMap<Part, PartForm>,
    severity: BTreeMap<String, Severity>,
    pub marks: Vec<Mark>,
    pub kinds: Vec<Kind>,
}

/// The name of the regulation.
#[derive(Clone, Debug, Deserialize)]
pub struct Source {
    pub vi: String,
    pub en: String,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum UnderIssuer {
    Line,
    Star,
}

/// How number and symbol are written: "Số: 05/QĐ-UBND", "Số 127-QĐ/TW".
#[derive(Clone, Debug, Deserialize)]
pub struct NumberForm {
    pub word: String,
    pub colon: bool,
    pub after_digits: char,
    pub between_groups: char,
}

#[derive(Clone, Debug, Deserialize)]
pub struct PageForm {
    pub width: f64,
    pub height: f64,
    pub tolerance: f64,
    pub margins: Margins,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Margins {
    pub top: Range,
    pub bottom: Range,
    pub left: Range,
    pub right: Range,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Tolerance {
    pub length: f64,
    pub size: f64,
    pub centre: f64,
}

#[derive(Clone, Debug, Deserialize)]
pub struct TextForm {
    pub indent: Range,
    pub paragraph_gap: f64,
    pub line_pitch: Range,
}

/// Blank places, in millimetres.
#[derive(Clone, Debug, Deserialize)]
pub struct Space {
    pub signature: f64,
    pub number: f64,
    pub day: f64,
}

/// Lengths of lines, in parts of the text above them.
#[derive(Clone, Debug, Deserialize)]
pub struct Lines {
    pub motto: Range,
    pub issuer: Range,
    pub subject: Range,
}

/// How a part is set; what is not said is free.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartForm {
    pub clause: String,
    /// What the regulation calls it, where that differs: the end of a text's key.
    pub label: Option<String>,
    pub size: Option<Range>,
    pub bold: Option<bool>,
    pub italic: Option<bool>,
    pub caps: Option<bool>,
}

/// A mark of urgency or circulation, and its frame.
#[derive(Clone, Debug, Deserialize)]
pub struct Mark {
    pub text: String,
    pub part: Part,
    pub frame: Option<(f64, f64)>,
}

/// A kind of document with a name (component 5a).
#[derive(Clone, Debug, Deserialize)]
pub struct Kind {
    pub name: String,
    pub code: String,
    #[serde(default)]
    pub rests: bool,
    #[serde(default)]
    pub undated: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    #[error("there is no profile {0}")]
    Unknown(String),
    #[error("the profile cannot be read: {0}")]
    Form(#[from] toml::de::Error),
    #[error("the profile cannot be read from its file")]
    File(#[from] std::io::Error),
    #[error("profiles rest on each other too deeply")]
    Nested,
}

/// The profiles that come with the program.
const KNOWN: &[(&str, &str)] = &[
    ("nd30_state", include_str!("profiles/nd30_state.toml")),
    ("party", include_str!("profiles/party.toml")),
];
const DEEPEST: usize = 4;

impl Profile {
    /// The names of the profiles that come with the program.
    pub fn names() -> impl Iterator<Item = &'static str> {
        KNOWN.iter().map(|(name, _)| *name)
    }

    /// A profile that comes with the program.
    pub fn named(name: &str) -> Result<Self, ProfileError> {
        let known = KNOWN.iter().find(|(known, _)| *known == name);
        let (_, text) = known.ok_or_else(|| ProfileError::Unknown(name.to_owned()))?;
        Self::parse(text)
    }

    /// A profile an office wrote: its `base`, with what it says otherwise.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        Ok(whole(text, 0)?.try_into()?)
    }

    /// The regulation holds on this day.
    pub fn is_in_force(&self, on: Date) -> bool {
        self.valid_from <= on && self.valid_until.is_none_or(|last| on <= last)
    }

    pub fn form(&self, part: Part) -> &PartForm {
        static FREE: PartForm =
            PartForm { clause: String::new(), label: None, size: None, bold: None, italic: None, caps: None };
        self.parts.get(&part).unwrap_or(&FREE)
    }

    /// `None`: the office switched the rule off.
    pub fn severity(&self, part: Part, aspect: Aspect) -> Option<Severity> {
        let code = format!("{}.{}", part.as_str(), aspect.as_str());
        match self.severity.get(&code).copied().unwrap_or(Severity::Warning) {
            Severity::Off => None,
            severity => Some(severity),
        }
    }

    /// The kind of document with this name, however it is written.
    pub fn kind(&self, name: &str) -> Option<&Kind> {
        let name = fold(name);
        self.kinds.iter().find(|kind| fold(&kind.name) == name)
    }
}

fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

fn last_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    day(deserializer).map(Some)
}

/// A profile's table on top of its base's.
fn whole(text: &str, depth: usize) -> Result<Table, ProfileError> {
    if depth > DEEPEST {
        return Err(ProfileError::Nested);
    }
    let mut own: Table = toml::from_str(text)?;
    let Some(Value::String(base)) = own.remove("base") else { return Ok(own) };
    let known = KNOWN.iter().find(|(known, _)| *known == base);
    let (_, base) = known.ok_or(ProfileError::Unknown(base))?;
    let mut table = whole(base, depth + 1)?;
    lay_over(&mut table, own);
    Ok(table)
}

fn lay_over(table: &mut Table, own: Table) {
    for (key, value) in own {
        match (table.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => lay_over(below, above),
            (_, value) => {
                table.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Profile;
    use crate::layout::finding::{Aspect, Part, Severity};

    #[test]
    fn every_profile_that_comes_along_can_be_read() {
        for name in Profile::names() {
            assert_eq!(Profile::named(name).unwrap().name, name);
        }
    }

    #[test]
    fn an_office_says_only_what_it_wants_otherwise() {
        let text = "base = \"nd30_state\"\nname = \"own\"\nseverity = { \"body.indent\" = \"off\" }\n\
                    parts = { body = { size = [14, 14] } }";
        let own = Profile::parse(text).unwrap();
        assert_eq!(own.form(Part::Body).size, Some((14.0, 14.0)));
        assert_eq!(own.form(Part::Body).clause, "II.6");
        assert_eq!(own.severity(Part::Body, Aspect::Indent), None);
        assert_eq!(own.severity(Part::Page, Aspect::Size), Some(Severity::Blocking));
        assert!(Profile::parse("base = \"nd30_state\"\nnonsense = 1").is_err());
    }
}
