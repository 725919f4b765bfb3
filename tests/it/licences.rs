//! We link only what we may: the list is `deny.toml`.

use std::process::Command;

use serde_json::Value;

fn allowed() -> Vec<String> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/deny.toml")).unwrap();
    let table: toml::Table = text.parse().unwrap();
    let list = table["licenses"]["allow"].as_array().unwrap();
    list.iter().map(|licence| licence.as_str().unwrap().to_owned()).collect()
}

/// Every crate of the lock file, for any system.
fn packages() -> Vec<Value> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["metadata", "--format-version", "1", "--locked"]);
    let done = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let mut metadata: Value = serde_json::from_slice(&done.stdout).unwrap();
    serde_json::from_value(metadata["packages"].take()).unwrap()
}

/// True when an SPDX expression can be met by what is allowed.
fn is_met(expression: &str, allowed: &[String]) -> bool {
    let alternatives = split(expression, " OR ");
    if alternatives.len() > 1 {
        return alternatives.iter().any(|one| is_met(one, allowed));
    }
    let parts = split(expression, " AND ");
    if parts.len() > 1 {
        return parts.iter().all(|one| is_met(one, allowed));
    }
    match expression.trim().strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inside) => is_met(inside, allowed),
        None => allowed.iter().any(|licence| licence == expression.trim()),
    }
}

/// Splits where no bracket is open.
fn split(expression: &str, at: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for piece in expression.split_inclusive(at) {
        let last = parts.last_mut().unwrap();
        last.push_str(piece);
        let is_whole = last.matches('(').count() == last.matches(')').count();
        if is_whole && piece.ends_with(at) {
            last.truncate(last.len() - at.len());
            parts.push(String::new());
        }
    }
    parts
}

#[test]
fn every_crate_has_a_licence_on_the_list() {
    let allowed = allowed();
    let refused: Vec<String> = packages()
        .iter()
        .filter(|package| {
            // Older crates write "/" for "OR".
            let licence = package["license"].as_str().unwrap_or_default();
            !is_met(&licence.replace(" / ", " OR ").replace('/', " OR "), &allowed)
        })
        .map(|package| format!("{}: {}", package["name"], package["license"]))
        .collect();
    assert_eq!(refused, [""; 0]);
}

#[test]
fn every_crate_is_ours_or_from_the_public_registry() {
    for package in packages() {
        let source = package["source"].as_str().unwrap_or("path");
        let is_known = source == "path" || source.starts_with("registry+");
        assert!(is_known, "{} comes from {source}", package["name"]);
    }
}

#[test]
fn a_choice_needs_one_allowed_and_a_sum_needs_all() {
    let allowed = ["MIT".to_owned(), "ISC".to_owned()];
    assert!(is_met("GPL-2.0 OR MIT", &allowed));
    assert!(!is_met("GPL-2.0 AND MIT", &allowed));
    assert!(is_met("(GPL-2.0 OR MIT) AND ISC", &allowed));
    assert!(!is_met("(GPL-2.0 OR MIT) AND BSL-1.0", &allowed));
    assert!(!is_met("", &allowed));
}
