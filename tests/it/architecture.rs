//! The map of the code is held by tests, so that nobody has to remember it.
//!
//! A line that breaks a rule for a reason is named here, with the reason.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What knows no feature; whatever else `src/lib.rs` names is one.
const PLUMBING: &[&str] = &[
    "audit",
    "db",
    "health",
    "jobs",
    "lookout",
    "remote",
    "storage",
    "web",
    "clock",
    "config",
    "vocabulary",
    "xml",
];
/// What puts the features together and so knows all of them.
const TOP: &[&str] = &["app", "cli", "demo", "agent"];
/// Every handler gets it: the running service holds the renderer.
const PLUMBING_MAY: &[(&str, &str)] = &[("web/app.rs", "papers"), ("web/app.rs", "signing")];
const LONGEST_FILE: usize = 400;
/// Templates that print what our own code rendered.
const UNESCAPED: &[&str] = &[];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files_under(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_under(&path, ending, found);
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
}

/// A source file of the service: `meetings/web/list.rs`, and its code without
/// comments and unit tests.
struct Source {
    name: String,
    code: String,
}

impl Source {
    /// The module at the top that it belongs to.
    fn module(&self) -> &str {
        self.name.split('/').next().unwrap().trim_end_matches(".rs")
    }

    fn is_a(&self, part: &str) -> bool {
        self.name.split('/').skip(1).any(|step| step == part || step == format!("{part}.rs"))
    }

    /// Paths into the crate: what stands after each `crate::`.
    fn paths(&self) -> BTreeSet<String> {
        let inside = self.code.replace("$crate::", "");
        inside.split("crate::").skip(1).flat_map(|rest| names(rest, "")).collect()
    }
}

/// `a::{b, c::D}` gives `a::b` and `a::c::D`.
fn names(rest: &str, before: &str) -> Vec<String> {
    let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != ':');
    let (path, after) = rest.split_at(end.unwrap_or(rest.len()));
    let path = format!("{before}{path}");
    let Some(group) = after.strip_prefix('{').filter(|_| path.is_empty() || path.ends_with("::")) else {
        return vec![path];
    };
    let mut depth = 0;
    let mut parts = vec![String::new()];
    for letter in group.chars() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => parts.push(String::new()),
            _ => {}
        }
        if letter != ',' || depth > 0 {
            parts.last_mut().unwrap().push(letter);
        }
    }
    parts
        .iter()
        .map(|part| part.trim())
        .filter(|part| !part.is_empty())
        .flat_map(|part| names(part, &path))
        .collect()
}

/// The service's own code, without the two library crates.
fn sources() -> Vec<Source> {
    let src = root().join("src");
    let mut files = Vec::new();
    files_under(&src, "rs", &mut files);
    let relative = |file: &Path| file.strip_prefix(&src).unwrap().to_string_lossy().into_owned();
    files
        .iter()
        .map(|file| (relative(file), fs::read_to_string(file).unwrap()))
        .filter(|(name, _)| !name.starts_with("pades/") && !name.starts_with("typeset/"))
        .map(|(name, text)| {
            let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            Source { name, code: code.collect::<Vec<_>>().join("\n") }
        })
        .collect()
}

/// The features, in the order in which `src/lib.rs` names them.
fn features() -> Vec<String> {
    let map = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    map.lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .filter(|name| !PLUMBING.contains(name) && !TOP.contains(name))
        .map(str::to_owned)
        .collect()
}

/// Identity's types are open to all.
fn is_identity_type(path: &str) -> bool {
    let name = path.strip_prefix("identity::").unwrap_or_default();
    name.starts_with(char::is_uppercase)
}

#[test]
fn a_feature_calls_only_those_before_it() {
    let features = features();
    let place: BTreeMap<&str, usize> =
        features.iter().enumerate().map(|(place, name)| (name.as_str(), place)).collect();
    assert!(place["identity"] < place["papers"] && place["meetings"] < place["voting"]);
    let mut wrong = Vec::new();
    for source in sources() {
        let Some(own) = place.get(source.module()) else { continue };
        for path in source.paths() {
            let called = place.get(path.split("::").next().unwrap());
            if called.is_some_and(|called| called > own) && !is_identity_type(&path) {
                wrong.push(format!("{} calls {path}", source.name));
            }
        }
    }
    assert_eq!(wrong, [""; 0], "a later feature is called; queue a job instead");
}

#[test]
fn plumbing_knows_no_feature() {
    let features = features();
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| PLUMBING.contains(&source.module())) {
        for path in source.paths() {
            let called = path.split("::").next().unwrap();
            let is_feature = features.iter().any(|feature| feature == called);
            let is_allowed =
                is_identity_type(&path) || PLUMBING_MAY.contains(&(source.name.as_str(), called));
            if is_feature && !is_allowed {
                wrong.push(format!("{} calls {path}", source.name));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

/// Names a file of this kind may not hold, in its code.
fn forbid(part: &str, words: &[&str]) {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| source.is_a(part)) {
        for word in words.iter().filter(|word| source.code.contains(**word)) {
            wrong.push(format!("{} holds {word}", source.name));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn rules_touch_nothing_outside() {
    forbid("rules", &["axum", "askama", "sqlx", "sql!", "async ", ".await", "tokio", "Clock", ".now()"]);
}

#[test]
fn stores_know_nothing_of_pages() {
    forbid("store", &["axum", "askama", "crate::web"]);
}

#[test]
fn actions_know_nothing_of_pages_and_hold_no_statements() {
    forbid("actions", &["axum", "askama", "sql!", "Html<", "Redirect"]);
}

#[test]
fn pages_hold_no_statements() {
    for source in sources().iter().filter(|source| source.is_a("web")) {
        assert!(!source.code.contains("sql!"), "{} holds a statement", source.name);
    }
}

#[test]
fn no_file_is_too_long() {
    let mut wrong = Vec::new();
    for source in sources() {
        let whole = fs::read_to_string(root().join("src").join(&source.name)).unwrap();
        let lines = whole.split("#[cfg(test)]\nmod tests").next().unwrap().lines().count();
        if lines > LONGEST_FILE {
            wrong.push(format!("{}: {lines} lines", source.name));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn only_listed_templates_print_unescaped() {
    let templates = root().join("templates");
    let mut files = Vec::new();
    files_under(&templates, "html", &mut files);
    let unescaped: BTreeSet<String> = files
        .iter()
        .filter(|file| {
            let text = fs::read_to_string(file).unwrap().replace(' ', "");
            text.contains("|safe") || text.contains("|escape(\"none\")") || text.contains("{%autoescapefalse")
        })
        .map(|file| file.strip_prefix(&templates).unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(unescaped, UNESCAPED.iter().map(|name| (*name).to_owned()).collect());
}

#[test]
fn pages_have_no_inline_script_or_style() {
    let mut files = Vec::new();
    files_under(&root().join("templates"), "html", &mut files);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for inline in ["<script>", "<style", " style=\"", " onclick=", " onload=", "javascript:"] {
            assert!(!text.contains(inline), "{} holds {inline}", file.display());
        }
    }
}

#[test]
fn a_group_of_names_is_read_whole() {
    assert_eq!(
        names("identity::{self, Actor, store::{Person, Unit}};", ""),
        ["identity::self", "identity::Actor", "identity::store::Person", "identity::store::Unit",]
    );
    assert_eq!(names("{db, jobs::Error};", ""), ["db", "jobs::Error"]);
}
