//! What a person's device may keep.

use std::collections::HashSet;

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::Actor;
use crate::meetings::{self, MeetingId};
use crate::papers::{PaperId, State, VersionId};

const DAY: i64 = 86_400;

/// A paper that may lie on the device.
#[derive(Clone, Debug)]
pub struct KeepablePaper {
    pub version: VersionId,
    pub title: String,
    pub pages: i64,
    pub meeting: MeetingId,
    pub until: Timestamp,
}

/// A meeting whose page may lie on the device.
#[derive(Clone, Debug)]
pub struct KeepableMeeting {
    pub meeting: MeetingId,
    pub title: String,
    pub until: Timestamp,
}

/// What a device may keep for its person.
#[derive(Clone, Debug, Default)]
pub struct Keepable {
    pub meetings: Vec<KeepableMeeting>,
    pub papers: Vec<KeepablePaper>,
}

/// The meetings from yesterday to tomorrow with the papers the actor may read
/// now; each to be kept until the end of the day after the meeting.
pub async fn standing(tx: &mut Tx, actor: &Actor, now: Timestamp) -> Result<Keepable, db::Error> {
    let (today, tomorrow) = now.day();
    let from = today.plus_seconds(-DAY);
    let found = meetings::store::between(tx, actor.person, from, tomorrow.plus_seconds(DAY)).await?;
    let mut keepable = Keepable::default();
    for meeting in found {
        let until = meeting.ends_at.day().1.plus_seconds(DAY);
        let readable: HashSet<PaperId> =
            meetings::store::readable_papers(tx, meeting.id, actor.person).await?.into_iter().collect();
        let papers = meetings::store::agenda_papers(tx, meeting.id, actor.person).await?;
        let papers = papers.into_iter().filter(|paper| readable.contains(&paper.paper_id));
        keepable.papers.extend(papers.filter(|paper| paper.state == State::Ready.as_str()).map(|paper| {
            let (version, title, pages) = (paper.version_id, paper.title, paper.pages);
            KeepablePaper { version, title, pages, meeting: meeting.id, until }
        }));
        keepable.meetings.push(KeepableMeeting { meeting: meeting.id, title: meeting.title, until });
    }
    Ok(keepable)
}
