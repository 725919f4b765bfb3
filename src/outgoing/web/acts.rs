//! The buttons of a document's page.

use super::dashed;
use crate::outgoing::rules::Act;
use crate::outgoing::store::Outgoing;
use crate::outgoing::urls;
use crate::web::Lang;

/// A button of one's own.
pub(super) struct ActView {
    pub act: &'static str,
    pub label: String,
    pub icon: &'static str,
    /// What is asked for, when a word is needed.
    pub note: Option<String>,
    pub is_danger: bool,
    /// Instead of a form: where the act is done.
    pub link: Option<String>,
}

/// The one big button, for acts that a form of this page does.
pub(super) fn main_act(document: &Outgoing, open: &[Act], lang: Lang) -> Option<ActView> {
    let act = open
        .iter()
        .copied()
        .find(|act| matches!(act, Act::Submit | Act::ApproveContent | Act::ApproveFormat | Act::File))?;
    let link = match act {
        Act::ApproveFormat => Some(urls::format(document.id)),
        Act::File => Some(urls::files(document.id)),
        _ => None,
    };
    Some(ActView { link, ..act_view(act, lang) })
}

/// Acts that go another way; each asks for a reason, taking back does not.
pub(super) fn side_act(act: Act, lang: Lang) -> Option<ActView> {
    let is_side = matches!(act, Act::Return | Act::Withdraw | Act::Cancel | Act::Recall);
    let note = (act != Act::Withdraw).then(|| lang.t("reason"));
    is_side.then(|| ActView { note, ..act_view(act, lang) })
}

pub(super) fn act_view(act: Act, lang: Lang) -> ActView {
    let (icon, is_danger) = match act {
        Act::Submit => ("outbox", false),
        Act::ApproveContent | Act::ApproveFormat => ("check", false),
        Act::Sign => ("sign", false),
        Act::Number => ("register", false),
        Act::Seal => ("seal", false),
        Act::Issue => ("outbox", false),
        Act::File => ("archive", false),
        Act::TakeOut => ("undo", false),
        Act::Return | Act::Withdraw => ("undo", false),
        Act::Revise => ("upload", false),
        Act::Recall | Act::Cancel => ("bad", true),
    };
    let label = lang.t(&format!("outgoing-act-{}", dashed(act.as_str())));
    ActView { act: act.as_str(), label, icon, note: None, is_danger, link: None }
}
