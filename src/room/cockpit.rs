//! The chair's screen: the next thing to do is one button.

use super::session::SessionView;
use super::view::{ItemView, RoomView};
use crate::meetings::ItemId;
use crate::meetings::rules::MeetingState;
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
        return Next::CloseVote { vote: open.vote.id, voted: turnout.voted, mandates: turnout.mandates };
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

/// The names of members whose mandate can be used and was not.
pub fn still_to_vote(view: &RoomView, turnout: &Turnout) -> Vec<String> {
    let waiting = view.people.iter().filter(|person| turnout.waiting.contains(&person.person_id));
    waiting.map(|person| person.full_name.clone()).collect()
}

/// The paper an ad-hoc question on this item is about: its first.
pub fn voted_paper(item: &ItemView) -> Option<VersionId> {
    item.papers.first().map(|line| line.paper.version_id)
}
