//! What happened to a file, in order: made, signed, stamped, added to.

use pades::verify::{ChangesAfter, FileReport};

use super::verdict::SignatureView;
use crate::web::Lang;

/// One thing that happened.
#[derive(Debug)]
pub(super) struct Event {
    /// Ending of the timeline's style class.
    pub line: &'static str,
    pub icon: &'static str,
    pub title: String,
    pub when: String,
}

/// The states of the file, oldest first, each with who closed it.
pub(super) fn events(
    report: &FileReport,
    revisions: usize,
    views: &[SignatureView],
    lang: Lang,
) -> Vec<Event> {
    let mut events = Vec::new();
    for revision in 1..=revisions {
        let number = revision.to_string();
        let before = events.len();
        for (signature, view) in report.signatures.iter().zip(views) {
            if signature.revision == revision {
                events.push(signed(view));
            }
        }
        if revision == 1 && report.signatures.iter().all(|one| one.revision != 1) {
            events.push(plain("paper", lang.t("event-made"), lang.t("event-time-unknown"), "plain"));
        } else if events.len() == before {
            let title = lang.t_with("event-added", &[("number", &number)]);
            events.push(plain("edit", title, lang.t("event-time-unknown"), concern(report, revision)));
        }
    }
    let strays =
        report.signatures.iter().zip(views).filter(|(one, _)| one.revision == 0 || one.revision > revisions);
    events.extend(strays.map(|(_, view)| signed(view)));
    events
}

fn signed(view: &SignatureView) -> Event {
    Event { line: view.line, icon: view.icon, title: view.who.clone(), when: view.when.clone() }
}

fn plain(icon: &'static str, title: String, when: String, line: &'static str) -> Event {
    Event { line, icon, title, when }
}

/// How much an addition that nobody signed should worry a reader, by what the
/// signatures before it say of what came later.
fn concern(report: &FileReport, revision: usize) -> &'static str {
    let earlier = report.signatures.iter().filter(|one| one.revision < revision);
    match earlier.map(|one| one.changes_after).max() {
        Some(ChangesAfter::Forbidden) => "bad",
        Some(ChangesAfter::Unexplained) => "warn",
        _ => "plain",
    }
}
