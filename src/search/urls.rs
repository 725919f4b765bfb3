//! Addresses of search.

use super::SavedSearchId;

/// The search; `query` is what follows the question mark.
pub fn search(query: &str) -> String {
    if query.is_empty() { "/search".to_owned() } else { format!("/search?{query}") }
}

/// What was found, as a workbook.
pub fn table(query: &str) -> String {
    format!("/search/table.xlsx?{query}")
}

/// Where a saved search is forgotten.
pub fn removal(id: SavedSearchId) -> String {
    format!("/search/saved/{id}/removal")
}
