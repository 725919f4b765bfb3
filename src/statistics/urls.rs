//! Addresses of the figures.

/// One of the files, with the question of the page it stands on.
pub fn file(form: &str, query: &str) -> String {
    format!("/statistics/table.{form}?{query}")
}

/// The page, cut another way.
pub fn page(query: &str) -> String {
    format!("/statistics?{query}")
}
