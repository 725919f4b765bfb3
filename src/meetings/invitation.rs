//! The official invitation (giấy mời) of a meeting.

use serde_json::json;
use typeset::{AgendaItem, Invitation, Letterhead, Making, NumberLine, PlaceLine, Signer};

use super::actions::{MeetingError, claim_editable, find, log};
use super::rules::{MeetingRole, MeetingState};
use super::store::{self, Meeting, Participant};
use super::{MeetingId, urls};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::rules::fold;
use crate::identity::store::Organisation;
use crate::identity::{self, Actor, PersonId};
use crate::signing::{self, DocumentState, NewDocument, Step};
use crate::web::{App, Lang, Message};
use crate::{jobs, storage};

#[derive(Debug, thiserror::Error)]
pub enum InvitationError {
    #[error(transparent)]
    Meeting(#[from] MeetingError),
    #[error("the invitation cannot be typeset")]
    Typeset(#[from] typeset::TypesetError),
    #[error("no random numbers")]
    Random(#[from] openssl::error::ErrorStack),
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error(transparent)]
    Job(#[from] jobs::Error),
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
    if let Some(letter) = store::newest_letter(&mut tx, id).await?
        && let Some(status) = signing::status(&mut tx, letter.document_id).await?
        && status.state == DocumentState::Complete
    {
        drop(tx);
        return Ok(app.storage.read(status.sha256).await?.to_vec());
    }
    let form = form(&mut tx, app, &meeting, None, None).await?;
    drop(tx);
    Ok(typeset(app, form, id, now).await?.pdf)
}

async fn typeset(
    app: &App,
    form: Invitation,
    id: MeetingId,
    now: Timestamp,
) -> Result<typeset::Placed, InvitationError> {
    let making = Making {
        ident: format!("invitation {id}"),
        made_at: now.to_jiff(),
        author: form.letterhead.issuing_body.clone(),
    };
    let typesetter = app.typesetter.clone();
    Ok(tokio::task::spawn_blocking(move || typesetter.invitation(&form, &making)).await??)
}

/// Opens the invitation for its signature. The file is made outside the
/// transaction, which takes it only if the meeting did not change meanwhile.
///
/// Number and date stay empty: the register gives them.
pub async fn open_for_signing(
    app: &App,
    actor: &Actor,
    id: MeetingId,
    signer: PersonId,
    now: Timestamp,
) -> Result<(), InvitationError> {
    let code = signing::new_code()?;
    let mut tx = app.db.read().await?;
    let (meeting, standing) = find(&mut tx, actor, id).await?;
    if !standing.is_organiser {
        return Err(MeetingError::NotOrganiser.into());
    }
    let signer = store::participant(&mut tx, id, signer).await?;
    let signer = signer.filter(|one| one.member).ok_or(MeetingError::NotFound)?;
    let form = form(&mut tx, app, &meeting, Some(&signer), Some(&code)).await?;
    drop(tx);
    let placed = typeset(app, form, id, now).await?;
    let steps = signature_step(&placed, &signer);
    let size = placed.pdf.len() as u64;
    let original = app.storage.put(placed.pdf).await?;

    let mut tx = app.db.write().await?;
    let held = claim_editable(&mut tx, actor, id).await?;
    if held.version != meeting.version || !matches!(held.state, MeetingState::Draft | MeetingState::Published)
    {
        return Err(MeetingError::Stale.into());
    }
    let title = Message::with("invitation-notice", "title", &meeting.title).text(Lang::Vi);
    let link = urls::preparation(id);
    let is_discreet = store::plan(&mut tx, id).await?.restricted;
    let document =
        NewDocument { title: &title, code: &code, link: &link, original, size, is_discreet, steps };
    let document = signing::actions::open_document(&mut tx, actor, document, now).await?;
    store::insert_letter(&mut tx, id, document, meeting.version, now).await?;
    let details = json!({ "sha256": original.to_string(), "document": document.to_string() });
    log(&mut tx, actor, "invitation_opened_for_signing", id, details, now).await?;
    Ok(tx.commit().await?)
}

/// The one place on the page, and whose it is.
fn signature_step(placed: &typeset::Placed, signer: &Participant) -> Vec<Step> {
    let spaces = placed.signature_boxes.iter().filter(|space| space.name == "signer");
    let step = |space: &typeset::SignatureBox| {
        Some(Step {
            person: signer.person_id,
            capacity: signer.role.as_str().to_owned(),
            page: i64::try_from(space.page).ok()?,
            area: [space.x, space.y, space.w, space.h],
        })
    };
    spaces.filter_map(step).collect()
}

/// How far the newest invitation has come, and whether the meeting has
/// changed since it was made.
#[derive(Debug)]
pub struct Letter {
    pub status: signing::Status,
    pub is_stale: bool,
}

pub async fn letter(tx: &mut Tx, meeting: &Meeting) -> Result<Option<Letter>, db::Error> {
    let Some(newest) = store::newest_letter(tx, meeting.id).await? else { return Ok(None) };
    let status = signing::status(tx, newest.document_id).await?;
    let is_outdated = newest.meeting_version != meeting.version;
    Ok(status.map(|status| {
        // One that its signer sent back is made anew as well.
        let is_stale = is_outdated || status.state == DocumentState::Returned;
        Letter { status, is_stale }
    }))
}

/// The code of the newest invitation, once it is signed.
pub(super) async fn signed_code(tx: &mut Tx, meeting: &Meeting) -> Result<Option<String>, db::Error> {
    let letter = letter(tx, meeting).await?;
    let letter = letter.filter(|letter| !letter.is_stale && letter.status.state == DocumentState::Complete);
    Ok(letter.map(|letter| letter.status.code))
}

async fn form(
    tx: &mut Tx,
    app: &App,
    meeting: &Meeting,
    signer: Option<&Participant>,
    code: Option<&str>,
) -> Result<Invitation, db::Error> {
    let organisation = identity::store::organisation(tx, meeting.organisation_id).await?;
    let kind = store::meeting_type(tx, meeting.type_id).await?;
    let people = store::participants(tx, meeting.id).await?;
    let items = store::items(tx, meeting.id).await?;
    let rooms = store::rooms(tx, meeting.organisation_id).await?;
    let room = rooms.into_iter().find(|room| Some(room.id) == meeting.room_id).map(|room| room.name);
    let chair = people.iter().find(|person| person.role == MeetingRole::Chair);
    Ok(Invitation {
        banner: app.config.test_authority.then(|| Lang::Vi.t("banner-test-office")),
        letterhead: letterhead(&organisation, &kind.body_name),
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
        signer: signer_of(&kind.body_name, signer.or(chair)),
        recipients: vec!["Như thành phần mời".to_owned(), "Lưu: VT".to_owned()],
        verify_url: code.map(|code| format!("{}{}", app.config.public_url(), signing::urls::public(code))),
    })
}

fn letterhead(organisation: &Organisation, body_name: &str) -> Letterhead {
    Letterhead {
        parent_body: Some(organisation.parent_name.clone()),
        issuing_body: body_name.to_owned(),
        number_line: Some(NumberLine { number: None, symbol: "GM-UBND".to_owned() }),
        place_line: Some(PlaceLine { place: organisation.place.clone(), date: None }),
    }
}

/// The chair signs for the body; whoever signs instead, by their position.
fn signer_of(body_name: &str, signer: Option<&Participant>) -> Signer {
    let body = match fold(body_name) {
        name if name.starts_with("hoi dong nhan dan") => "TM. HỘI ĐỒNG NHÂN DÂN",
        name if name.starts_with("dang uy") => "T/M ĐẢNG ỦY",
        _ => "TM. ỦY BAN NHÂN DÂN",
    };
    let position = match signer {
        Some(signer) if signer.role == MeetingRole::Chair => "CHỦ TỊCH".to_owned(),
        Some(signer) => signer.position.to_uppercase(),
        None => String::new(),
    };
    Signer {
        capacity: vec![body.to_owned(), position],
        name: signer.map(|signer| signer.full_name.clone()).unwrap_or_default(),
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
