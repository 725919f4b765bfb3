//! The acceptance table in `docs/` names only tests that exist.

use std::fs;
use std::path::Path;

const TABLE: &str = include_str!("../../docs/acceptance.md");

/// File and function of every test the table names.
fn named() -> Vec<(&'static str, &'static str)> {
    TABLE.split('`').skip(1).step_by(2).filter_map(|quoted| quoted.split_once("::")).collect()
}

#[test]
fn every_test_of_the_table_exists() {
    let named = named();
    assert!(named.len() > 30, "the tests were not found in the table");
    for (file, function) in named {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(file).with_extension("rs");
        let source = fs::read_to_string(&path).unwrap_or_else(|_| panic!("{file} is missing"));
        assert!(source.contains(&format!("fn {function}(")), "{file} has no {function}");
    }
}

#[test]
fn every_row_is_linked_to_a_test_or_says_that_it_is_not_here() {
    let rows = TABLE.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| asked"));
    for row in rows {
        let shown_by = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        let is_told = ["::", "not here", "no test", "journey"].iter().any(|word| shown_by.contains(word));
        assert!(is_told, "{row}");
    }
}
