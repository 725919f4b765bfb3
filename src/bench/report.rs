//! Figures, as a person reads them and as a program does.

use std::fmt;
use std::time::Duration;

use clap::ValueEnum;
use serde_json::{Value, json};

use super::Name;
use super::machine::Machine;

/// What was measured.
#[derive(Debug)]
pub struct Report {
    pub(super) name: Name,
    pub(super) machine: Machine,
    pub(super) rows: Vec<Row>,
    pub(super) notes: Vec<String>,
}

/// One line of figures.
#[derive(Debug)]
pub(super) struct Row {
    pub what: String,
    pub unit: &'static str,
    pub values: Vec<(&'static str, f64)>,
    pub goal: Option<Goal>,
}

/// What the first of a row's values named so should be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Goal {
    AtMost(&'static str, f64),
    AtLeast(&'static str, f64),
}

impl Row {
    pub fn new(what: impl Into<String>, unit: &'static str, values: &[(&'static str, f64)]) -> Self {
        Self { what: what.into(), unit, values: values.to_vec(), goal: None }
    }

    pub fn aims_at(self, goal: Goal) -> Self {
        Self { goal: Some(goal), ..self }
    }

    fn is_met(&self, goal: Goal) -> bool {
        let value = |wanted: &str| self.values.iter().find(|(name, _)| *name == wanted).map(|(_, is)| *is);
        match goal {
            Goal::AtMost(name, most) => value(name).is_some_and(|is| is <= most),
            Goal::AtLeast(name, least) => value(name).is_some_and(|is| is >= least),
        }
    }

    fn to_json(&self) -> Value {
        let values: serde_json::Map<String, Value> =
            self.values.iter().map(|(name, value)| ((*name).to_owned(), json!(rounded(*value)))).collect();
        let goal = self.goal.map(|goal| match goal {
            Goal::AtMost(name, most) => json!({ "of": name, "at_most": most, "met": self.is_met(goal) }),
            Goal::AtLeast(name, least) => json!({ "of": name, "at_least": least, "met": self.is_met(goal) }),
        });
        json!({ "what": self.what, "unit": self.unit, "values": values, "goal": goal })
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<44}", self.what)?;
        for (name, value) in &self.values {
            write!(f, "  {name} {:>8}", rounded(*value))?;
        }
        write!(f, "  {}", self.unit)?;
        let met = |is_met| if is_met { "met" } else { "MISSED" };
        match self.goal {
            None => Ok(()),
            Some(goal @ Goal::AtMost(name, most)) => {
                write!(f, "  goal {name} ≤ {most}: {}", met(self.is_met(goal)))
            }
            Some(goal @ Goal::AtLeast(name, least)) => {
                write!(f, "  goal {name} ≥ {least}: {}", met(self.is_met(goal)))
            }
        }
    }
}

impl Report {
    /// All of it as one object on one line.
    pub fn to_json(&self) -> String {
        let rows: Vec<Value> = self.rows.iter().map(Row::to_json).collect();
        let bench = self.name.to_possible_value().map(|name| name.get_name().to_owned());
        json!({ "bench": bench, "machine": self.machine, "rows": rows, "notes": self.notes }).to_string()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.machine)?;
        self.notes.iter().try_for_each(|note| writeln!(f, "{note}"))?;
        self.rows.iter().try_for_each(|row| write!(f, "\n{row}"))
    }
}

fn rounded(value: f64) -> f64 {
    let parts = if value < 10.0 { 100.0 } else { 10.0 };
    (value * parts).round() / parts
}

/// How long each of many took.
#[derive(Debug, Default)]
pub(super) struct Times(Vec<Duration>);

impl Times {
    /// The time that `part` of them did not exceed, in milliseconds.
    pub fn quantile(&self, part: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a rank is a small whole number"
        )]
        let rank = (part * sorted.len() as f64).ceil() as usize;
        let found = sorted.get(rank.max(1) - 1).or(sorted.last());
        found.map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
    }

    pub fn joined(parts: impl Iterator<Item = Self>) -> Self {
        Self(parts.flat_map(|part| part.0).collect())
    }

    pub fn joined_of(parts: &[Self]) -> Self {
        Self(parts.iter().flat_map(|part| part.0.iter().copied()).collect())
    }

    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    pub fn max(&self) -> f64 {
        self.quantile(1.0)
    }
}

impl FromIterator<Duration> for Times {
    fn from_iter<T: IntoIterator<Item = Duration>>(times: T) -> Self {
        Self(times.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Goal, Row, Times};

    #[test]
    fn a_quantile_is_a_time_that_was_measured() {
        let times: Times = (1..=200).map(Duration::from_millis).collect();
        assert_eq!((times.median(), times.quantile(0.95), times.max()), (100.0, 190.0, 200.0));
        assert_eq!([7].map(Duration::from_millis).into_iter().collect::<Times>().median(), 7.0);
    }

    #[test]
    fn a_missed_goal_is_said() {
        let row = Row::new("home", "ms", &[("p50", 3.0), ("p95", 50.5)]).aims_at(Goal::AtMost("p95", 50.0));
        assert!(row.to_string().ends_with("goal p95 ≤ 50: MISSED"));
        assert_eq!(row.to_json()["goal"]["met"], false);
    }
}
