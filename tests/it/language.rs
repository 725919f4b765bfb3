//! Both languages are complete.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

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

/// Every key of a language, with its text.
fn texts(lang: &str) -> BTreeMap<String, String> {
    let mut files = Vec::new();
    files_under(&root().join("locales").join(lang), "ftl", &mut files);
    let mut texts = BTreeMap::new();
    for file in files {
        for line in fs::read_to_string(&file).unwrap().lines() {
            if let Some((key, text)) = line.split_once(" = ").filter(|(key, _)| !key.starts_with(['#', ' ']))
            {
                let before = texts.insert(key.to_owned(), text.to_owned());
                assert!(before.is_none(), "{key} stands twice in {lang}");
            }
        }
    }
    texts
}

#[test]
fn every_text_exists_in_both_languages_with_the_same_gaps() {
    let gaps = |text: &str| -> BTreeSet<String> {
        text.split('$')
            .skip(1)
            .map(|rest| rest.split([' ', '}', ')', ',']).next().unwrap().to_owned())
            .collect()
    };
    let (vi, en) = (texts("vi"), texts("en"));
    let missing: Vec<&String> = vi.keys().filter(|key| !en.contains_key(*key)).collect();
    assert!(missing.is_empty(), "without English: {missing:?}");
    let missing: Vec<&String> = en.keys().filter(|key| !vi.contains_key(*key)).collect();
    assert!(missing.is_empty(), "without Vietnamese: {missing:?}");
    for (key, text) in &vi {
        assert_eq!(gaps(text), gaps(&en[key]), "{key} has other gaps in English");
    }
}

/// What stands before a key, in templates and in code.
const ASKS: [&str; 11] = [
    ".t(\"",
    ".t1(\"",
    ".t2(\"",
    ".t_with(\"",
    "Message::with(\"",
    "Message::from(\"",
    "Invalid(\"",
    "Conflict(\"",
    "Forbidden(\"",
    "TooLarge(\"",
    "TooMany(\"",
];

#[test]
fn every_text_that_is_asked_for_exists() {
    let texts = texts("vi");
    let mut files = Vec::new();
    files_under(&root().join("templates"), "html", &mut files);
    files_under(&root().join("src"), "rs", &mut files);
    files.retain(|file| {
        !file.starts_with(root().join("src/pades")) && !file.starts_with(root().join("src/typeset"))
    });
    for file in files {
        let source = fs::read_to_string(&file).unwrap();
        // A call may stand over several lines.
        let source = source.split_whitespace().collect::<Vec<_>>().join(" ").replace("( \"", "(\"");
        for ask in ASKS {
            for rest in source.split(ask).skip(1) {
                let key = rest.split('"').next().unwrap();
                assert!(texts.contains_key(key), "{} asks for {key}", file.display());
            }
        }
    }
}

/// The acts that a source names where it writes them to the log.
fn logged_acts(source: &str) -> Vec<&str> {
    let is_plain =
        |text: &str| text.chars().all(|letter| letter.is_ascii_lowercase() || "&_., \n".contains(letter));
    let calls = source.split("log(").skip(1).filter_map(|rest| rest.split_once('"'));
    let calls = calls.filter(|(before, _)| is_plain(before) && before.matches(',').count() == 2);
    let built = source
        .split("act: \"")
        .skip(1)
        .filter(|rest| rest.split('"').nth(1).is_some_and(|end| end.starts_with(',')));
    calls.map(|(_, rest)| rest).chain(built).map(|rest| rest.split('"').next().unwrap()).collect()
}

/// What reads like the subject of an act and is none: addresses, passphrases, parts of a
/// message, and what failed sign-ins are counted by.
const NO_SUBJECTS: [&str; 7] = ["address", "cid", "confirm", "login", "mailto", "pass", "sqlite"];

/// The kinds of things that a source says acts were done to.
fn subjects(source: &str) -> impl Iterator<Item = &str> {
    let kinds = source.split("format!(\"").skip(1).filter_map(|rest| rest.split_once(":{"));
    let is_word = |kind: &str| kind.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_');
    kinds.map(|(kind, _)| kind).filter(move |kind| is_word(kind) && !NO_SUBJECTS.contains(kind))
}

#[test]
fn every_act_in_the_log_is_called_something() {
    let texts = texts("vi");
    let mut files = Vec::new();
    files_under(&root().join("src"), "rs", &mut files);
    let sources: Vec<String> = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let acts: BTreeSet<&str> = sources.iter().flat_map(|source| logged_acts(source)).collect();
    assert!(acts.contains("meeting_repeated") && acts.len() > 150, "{acts:?}");
    let subjects: BTreeSet<&str> = sources.iter().flat_map(|source| subjects(source)).collect();
    assert!(subjects.contains("meeting") && subjects.len() > 20, "{subjects:?}");
    let keys = acts.iter().map(|act| format!("act-{act}"));
    let keys = keys.chain(subjects.iter().map(|subject| format!("subject-{subject}")));
    let nameless: Vec<String> =
        keys.map(|key| key.replace('_', "-")).filter(|key| !texts.contains_key(key)).collect();
    assert!(nameless.is_empty(), "the page of the log has no words for {nameless:?}");
}

#[test]
fn templates_hold_no_words_of_their_own() {
    let mut files = Vec::new();
    files_under(&root().join("templates"), "html", &mut files);
    let marks = "ăâđêôơưĂÂĐÊÔƠƯáàảãạéèẻẽẹíìỉĩịóòỏõọúùủũụýỳỷỹỵ";
    for file in files {
        let source = fs::read_to_string(&file).unwrap().replace("Tiếng Việt", "");
        let found = source.chars().find(|letter| marks.contains(*letter));
        assert!(found.is_none(), "{} holds Vietnamese text that belongs in locales/", file.display());
    }
}
