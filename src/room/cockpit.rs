//! The chair's screen: the next thing to do is one button.

use std::collections::HashSet;

use super::session::SessionView;
use super::view::{ItemView, RoomView};
use crate::identity::{Chrome, PersonId};
use crate::meetings::ItemId;
use crate::meetings::rules::MeetingState;
use crate::meetings::store::Participant;
use crate::papers::VersionId;
use crate::speaking::RequestId;
use crate::voting::VoteId;
use crate::voting::actions::Turnout;

/// The one act that comes next.
pub enum Next {
    Start,
    Resume,
    /// The next speaker.
    Call {
        request: RequestId,
        name: String,
        kind: String,
    },
    /// Someone has the floor.
    EndSpeech {
        request: RequestId,
        name: String,
    },
    GoTo {
        item: ItemId,
        number: usize,
        title: String,
    },
    OpenPrepared {
        vote: VoteId,
        question: String,
    },
    CloseVote {
        vote: VoteId,
        voted: i64,
        mandates: i64,
        /// Everyone there has approved.
        is_unanimous: bool,
    },
    End,
    /// The meeting is over, or not announced yet.
    Nothing,
}

/// What the chair should do now: finish the vote that runs, hear who asked to
/// speak, then open the vote prepared for this item, then go on, then close.
pub fn next(view: &RoomView, session: &SessionView, turnout: &Turnout) -> Next {
    match view.meeting.state {
        MeetingState::Published => return Next::Start,
        MeetingState::InProgress => {}
        MeetingState::Paused | MeetingState::Adjourned => return Next::Resume,
        MeetingState::Draft | MeetingState::Ended | MeetingState::Cancelled => return Next::Nothing,
    }
    let current = view.items.iter().find(|item| item.is_current);
    let votes = view.items.iter().flat_map(|item| &item.votes);
    if let Some(open) = votes.clone().find(|line| line.is_open) {
        return Next::CloseVote {
            vote: open.vote.id,
            voted: turnout.voted,
            mandates: turnout.mandates,
            is_unanimous: turnout.is_unanimous,
        };
    }
    if let Some(floor) = &session.floor {
        return Next::EndSpeech { request: floor.request.id, name: floor.request.full_name.clone() };
    }
    if let Some(line) = session.queue.first() {
        let name = line.request.full_name.clone();
        return Next::Call { request: line.request.id, name, kind: line.kind.clone() };
    }
    if let Some(line) = current.and_then(|item| item.votes.iter().find(|line| line.is_prepared)) {
        return Next::OpenPrepared { vote: line.vote.id, question: line.vote.question.clone() };
    }
    let following = match current {
        Some(current) => view.items.iter().find(|item| item.number > current.number && !item.is_done),
        None => view.items.iter().find(|item| !item.is_done),
    };
    match following {
        Some(item) => Next::GoTo { item: item.item.id, number: item.number, title: item.item.title.clone() },
        None => Next::End,
    }
}

/// Names at most that are written out of those who have not voted.
const NAMED: usize = 12;

/// The members whose mandate can be used and was not: the first by name, the
/// others by number. A council of two thousand must fit the chair's screen.
pub fn still_to_vote(chrome: &Chrome, turnout: &Turnout, people: &[Participant]) -> Option<String> {
    let waiting: HashSet<PersonId> = turnout.waiting.iter().copied().collect();
    let mut waiting = people.iter().filter(|person| waiting.contains(&person.person_id));
    let named: Vec<&str> = waiting.by_ref().take(NAMED).map(|person| person.full_name.as_str()).collect();
    let names = named.join(", ");
    match waiting.count() {
        _ if named.is_empty() => None,
        0 => Some(chrome.t1("still-to-vote", "names", names)),
        more => Some(chrome.t2("still-to-vote-more", "names", names, "more", more)),
    }
}

/// The paper an ad-hoc question on this item is about: its first.
pub fn voted_paper(item: &ItemView) -> Option<VersionId> {
    item.papers.first().map(|line| line.paper.version_id)
}
