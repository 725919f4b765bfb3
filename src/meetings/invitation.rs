//! The official invitation (giấy mời) of a meeting.

use typeset::{AgendaItem, Invitation, Letterhead, Making, NumberLine, PlaceLine, Signer};

use super::MeetingId;
use super::actions::{MeetingError, find};
use super::rules::MeetingRole;
use super::store::{self, Meeting, Participant};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::store::Organisation;
use crate::identity::{self, Actor};
use crate::web::{App, Lang};

#[derive(Debug, thiserror::Error)]
pub enum InvitationError {
    #[error(transparent)]
    Meeting(#[from] MeetingError),
    #[error("the invitation cannot be typeset")]
    Typeset(#[from] typeset::TypesetError),
    #[error("the typesetting broke off")]
    Task(#[from] tokio::task::JoinError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// The invitation as PDF/A, for everyone who may know of the meeting.
pub async fn pdf(
    app: &App,
    actor: &Actor,
    id: MeetingId,
    now: Timestamp,
) -> Result<Vec<u8>, InvitationError> {
    let mut tx = app.db.read().await?;
    let (meeting, _) = find(&mut tx, actor, id).await?;
    let form = form(&mut tx, app, &meeting, now).await?;
    drop(tx);
    let making = Making {
        ident: format!("invitation {id}"),
        made_at: now.to_jiff(),
        author: form.letterhead.issuing_body.clone(),
    };
    let typesetter = app.typesetter.clone();
    Ok(tokio::task::spawn_blocking(move || typesetter.invitation(&form, &making)).await??.pdf)
}

async fn form(tx: &mut Tx, app: &App, meeting: &Meeting, now: Timestamp) -> Result<Invitation, db::Error> {
    let organisation = identity::store::organisation(tx, meeting.organisation_id).await?;
    let kind = store::meeting_type(tx, meeting.type_id).await?;
    let people = store::participants(tx, meeting.id).await?;
    let items = store::items(tx, meeting.id).await?;
    let rooms = store::rooms(tx, meeting.organisation_id).await?;
    let room = rooms.into_iter().find(|room| Some(room.id) == meeting.room_id).map(|room| room.name);
    let chair = people.iter().find(|person| person.role == MeetingRole::Chair);
    Ok(Invitation {
        banner: app.config.test_authority.then(|| Lang::Vi.t("banner-test-office")),
        letterhead: letterhead(&organisation, &kind.body_name, now),
        subject: meeting.title.clone(),
        inviter: kind.body_name.clone(),
        invitees: invitees(&people),
        occasion: meeting.title.clone(),
        chair: chair.map(|chair| format!("{}, {}", chair.full_name, chair.position)),
        starts_at: meeting.starts_at.in_office().datetime(),
        ends_at: Some(meeting.ends_at.in_office().datetime()),
        venue: room
            .map_or_else(|| organisation.name.clone(), |room| format!("{room}, {}", organisation.name)),
        agenda: items.into_iter().map(agenda_item).collect(),
        notes: Vec::new(),
        signer: Signer {
            capacity: vec!["TM. ỦY BAN NHÂN DÂN".to_owned(), "CHỦ TỊCH".to_owned()],
            name: chair.map(|chair| chair.full_name.clone()).unwrap_or_default(),
        },
        recipients: vec!["Như thành phần mời".to_owned(), "Lưu: VT".to_owned()],
        verify_url: None,
    })
}

fn letterhead(organisation: &Organisation, body_name: &str, now: Timestamp) -> Letterhead {
    Letterhead {
        parent_body: Some(organisation.parent_name.clone()),
        issuing_body: body_name.to_owned(),
        number_line: Some(NumberLine { number: None, symbol: "GM-UBND".to_owned() }),
        place_line: Some(PlaceLine { place: organisation.place.clone(), date: Some(now.in_office().date()) }),
    }
}

/// Members as a body, guests by name.
fn invitees(people: &[Participant]) -> Vec<String> {
    let members = people.iter().filter(|person| person.member).count();
    let guests = people.iter().filter(|person| person.role == MeetingRole::Guest);
    let mut lines = vec![format!("Các thành viên dự họp ({members} người)")];
    lines.extend(guests.map(|guest| format!("{}, {}", guest.full_name, guest.position)));
    lines
}

fn agenda_item(item: store::Item) -> AgendaItem {
    AgendaItem { title: item.title, presenter: (!item.presenter.is_empty()).then_some(item.presenter) }
}
