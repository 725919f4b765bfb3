//! The whole form: a topic, a questioning, a point of order, or another person's name.

use askama::Template;
use axum::extract::State;
use axum::response::Html;

use crate::db::Db;
use crate::identity::{Actor, Chrome, Section};
use crate::meetings::store::{Item, Meeting, Participant};
use crate::meetings::{self, MeetingId, actions};
use crate::speaking::actions::{SpeechError, takes_requests};
use crate::speaking::rules::SpeechKind;
use crate::web::{self, Path};

#[derive(Template)]
#[template(path = "speaking/ask.html")]
struct AskPage {
    chrome: Chrome,
    meeting: Meeting,
    /// Those still to be dealt with.
    items: Vec<ItemChoice>,
    is_member: bool,
    /// Who may be questioned, or be written down by those who run the meeting.
    people: Vec<Participant>,
    may_conduct: bool,
}

struct ItemChoice {
    number: usize,
    item: Item,
    is_current: bool,
}

pub(super) async fn show(
    Path(id): Path<MeetingId>,
    chrome: Chrome,
    actor: Actor,
    State(db): State<Db>,
) -> Result<Html<String>, web::Error> {
    let mut tx = db.read().await?;
    let (meeting, standing) = actions::find(&mut tx, &actor, id).await?;
    if !takes_requests(&meeting) {
        return Err(SpeechError::NotNow.into());
    }
    let people = meetings::store::participants(&mut tx, id).await?;
    let me = people.iter().find(|person| person.person_id == actor.person);
    let items = meetings::store::items(&mut tx, id).await?;
    web::page(&AskPage {
        chrome: chrome.at(Section::Meetings),
        is_member: me.is_some_and(|me| SpeechKind::Questioning.may_be_asked_by(me.role, me.member)),
        items: (1..)
            .zip(items)
            .filter(|(_, item)| item.ended_at.is_none())
            .map(|(number, item)| ItemChoice {
                is_current: meeting.current_item_id == Some(item.id),
                number,
                item,
            })
            .collect(),
        meeting,
        people,
        may_conduct: standing.may_conduct(),
    })
}
