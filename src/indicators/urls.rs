//! Addresses of this feature's pages.

use super::rules::{Indicator, Months};
use crate::identity::UnitId;

/// The page of the offices side by side, to which its filter is sent.
pub const COMPARED: &str = "/indicators/organisations";

pub fn dashboard(query: &str) -> String {
    format!("/indicators?{query}")
}

pub fn indicator(indicator: Indicator, query: &str) -> String {
    format!("/indicators/{}?{query}", indicator.as_str())
}

/// Another page of the list behind a figure.
pub fn list(indicator: Indicator, query: &str, page: i64) -> String {
    format!("/indicators/{}?{query}&page={page}#list", indicator.as_str())
}

/// The figures of the offices under one, side by side.
pub fn offices(query: &str) -> String {
    format!("{COMPARED}?{query}")
}

/// The same figures as a file; `name` is `table.xlsx` or `report.pdf`.
pub fn file(name: &str, query: &str) -> String {
    format!("/indicators/{name}?{query}")
}

pub fn settings() -> String {
    "/indicators/settings".to_owned()
}

/// The question as the query of an address. Months and ids need no encoding.
pub fn query(months: Months, unit: Option<UnitId>) -> String {
    let mut query = format!("from={}&to={}", months.first.code(), months.last.code());
    if let Some(unit) = unit {
        query.push_str(&format!("&unit={unit}"));
    }
    query
}
