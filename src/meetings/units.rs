//! Units that are invited as such: their administrators say who comes.

use serde_json::json;

use super::MeetingId;
use super::actions::{MeetingError, claim_editable, log};
use super::agenda::sync_readers;
use super::rules::{MeetingRole, MeetingState};
use super::store::{self, Meeting, Participant, UnitAsked, UnitInvitation};
use super::{news, urls};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::rules::clean_line;
use crate::identity::{self, Actor, OrgRole, PersonId, UnitId};
use crate::notices::{self, Manner, Tidings};
use crate::web::{Lang, Message};

/// Most people one unit is asked for.
const MOST_PLACES: i64 = 100;

/// Asks a unit to name people. Asked before the meeting is announced, it is
/// told with everyone else.
pub async fn ask(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    asked: UnitAsked,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let meeting = claim_before_start(tx, actor, id).await?;
    let units = identity::store::units(tx, actor.organisation).await?;
    if !units.iter().any(|unit| unit.id == asked.unit) {
        return Err(MeetingError::NotFound);
    }
    let is_role = matches!(asked.role, MeetingRole::Delegate | MeetingRole::Guest);
    if !is_role || !(1..=MOST_PLACES).contains(&asked.places) {
        return Err(MeetingError::Places);
    }
    if asked.due_at <= now || asked.due_at > meeting.starts_at {
        return Err(MeetingError::Deadline);
    }
    let asked = UnitAsked { note: clean_line(&asked.note).unwrap_or_default(), ..asked };
    store::put_unit_invitation(tx, id, &asked).await?;
    if meeting.announced_at.is_some() {
        tell_unit(tx, &meeting, asked.unit, asked.due_at, now).await?;
    }
    let details = json!({ "unit": asked.unit.to_string(), "places": asked.places });
    log(tx, actor, "unit_asked", id, details, now).await
}

/// Takes the question back; people the unit named stay invited.
pub async fn take_back(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    unit: UnitId,
    now: Timestamp,
) -> Result<(), MeetingError> {
    claim_before_start(tx, actor, id).await?;
    if !store::delete_unit_invitation(tx, id, unit).await? {
        return Err(MeetingError::NotFound);
    }
    log(tx, actor, "unit_no_longer_asked", id, json!({ "unit": unit.to_string() }), now).await
}

async fn claim_before_start(tx: &mut Tx, actor: &Actor, id: MeetingId) -> Result<Meeting, MeetingError> {
    let meeting = claim_editable(tx, actor, id).await?;
    let is_before = matches!(meeting.state, MeetingState::Draft | MeetingState::Published);
    if is_before { Ok(meeting) } else { Err(MeetingError::NotNow) }
}

/// Tells every unit that is asked; the meeting is being announced.
pub(super) async fn tell_all(tx: &mut Tx, meeting: &Meeting, now: Timestamp) -> Result<(), MeetingError> {
    for asked in store::unit_invitations(tx, meeting.id).await? {
        tell_unit(tx, meeting, asked.unit_id, asked.due_at, now).await?;
    }
    Ok(())
}

async fn tell_unit(
    tx: &mut Tx,
    meeting: &Meeting,
    unit: UnitId,
    due_at: Timestamp,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let subject = Message::with("unit-asked-notice", "title", &meeting.title).text(Lang::Vi);
    let body = Message::with("unit-asked-until", "time", due_at.date_time()).text(Lang::Vi);
    tell_administrators(tx, meeting, unit, &subject, &body, now).await
}

/// Tells those who speak for a unit.
pub(super) async fn tell_administrators(
    tx: &mut Tx,
    meeting: &Meeting,
    unit: UnitId,
    subject: &str,
    body: &str,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let roles = identity::store::all_roles(tx, meeting.organisation_id).await?;
    let mut people = identity::store::people(tx, meeting.organisation_id).await?;
    people.retain(|one| {
        let speaks = roles.iter().any(|(of, role)| *of == one.id && *role == OrgRole::UnitAdmin);
        one.active && one.unit_id == unit && speaks
    });
    let link = urls::unit();
    let tidings = Tidings { organisation: meeting.organisation_id, subject, link: &link, body };
    let manner = Manner { calendar: None, is_discreet: store::plan(tx, meeting.id).await?.restricted };
    for person in people {
        let to = (person.id, person.email.as_str());
        notices::actions::tell_in(tx, to, &tidings, manner, now).await?;
    }
    Ok(())
}

/// What the actor's unit was asked, for its administrator.
pub async fn asked_of(
    tx: &mut Tx,
    actor: &Actor,
    now: Timestamp,
) -> Result<Vec<UnitInvitation>, MeetingError> {
    if !actor.is(OrgRole::UnitAdmin) {
        return Ok(Vec::new());
    }
    let unit = store::unit_of(tx, actor.person).await?;
    Ok(store::asked_of(tx, actor.organisation, unit, now).await?)
}

/// The unit's administrator says who comes; a second list replaces the first.
pub async fn name_people(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    unit: UnitId,
    named: &[PersonId],
    now: Timestamp,
) -> Result<(), MeetingError> {
    let (meeting, asked) = claim_asked(tx, actor, id, unit).await?;
    if meeting.state != MeetingState::Published || now > asked.due_at {
        return Err(MeetingError::TooLate);
    }
    let before = store::participants(tx, id).await?;
    check_named(tx, &asked, &before, named).await?;
    drop_unnamed(tx, &meeting, unit, (&before, named), now).await?;
    store::mark_assigned(tx, id, unit, actor.person, now).await?;
    for (position, person) in (before.len()..).zip(named) {
        if !before.iter().any(|known| known.person_id == *person) {
            let position = i64::try_from(position).unwrap_or(i64::MAX);
            store::put_participant(tx, id, *person, asked.role, position).await?;
        }
        store::insert_nominee(tx, id, unit, *person).await?;
    }
    sync_readers(tx, &meeting).await?;
    let mut added = store::participants(tx, id).await?;
    added.retain(|one| !before.iter().any(|known| known.person_id == one.person_id));
    news::invite(tx, actor, &meeting, &added, now).await?;
    tell_secretaries(tx, &meeting, &asked.unit, now).await?;
    let details = json!({ "unit": unit.to_string(), "people": named.len() });
    log(tx, actor, "unit_named_people", id, details, now).await
}

/// Refuses a list with people who are not the unit's to send.
async fn check_named(
    tx: &mut Tx,
    asked: &UnitInvitation,
    before: &[Participant],
    named: &[PersonId],
) -> Result<(), MeetingError> {
    let of_unit = store::people_of_unit(tx, asked.unit_id).await?;
    let nominees = store::nominees(tx, asked.meeting_id).await?;
    // Whoever is invited anyway is not the unit's to send, nor to take away again.
    let is_invited = |person: &PersonId| {
        before.iter().any(|known| known.person_id == *person) && !nominees.contains(&(asked.unit_id, *person))
    };
    if named.iter().any(|person| !of_unit.contains(person) || is_invited(person)) {
        return Err(MeetingError::NotFound);
    }
    let count = i64::try_from(named.len()).unwrap_or(i64::MAX);
    if (1..=asked.places).contains(&count) { Ok(()) } else { Err(MeetingError::Places) }
}

/// The meeting and what the unit was asked, held, for its administrator only.
async fn claim_asked(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    unit: UnitId,
) -> Result<(Meeting, UnitInvitation), MeetingError> {
    let meeting = store::claim(tx, actor.organisation, id).await?.ok_or(MeetingError::NotFound)?;
    let is_own = actor.is(OrgRole::UnitAdmin) && store::unit_of(tx, actor.person).await? == unit;
    let asked = store::unit_invitations(tx, id).await?;
    let asked = asked.into_iter().find(|asked| asked.unit_id == unit);
    match asked.filter(|_| is_own && meeting.announced_at.is_some()) {
        Some(asked) => Ok((meeting, asked)),
        None => Err(MeetingError::NotFound),
    }
}

/// Those the unit named before and names no more are told not to come.
async fn drop_unnamed(
    tx: &mut Tx,
    meeting: &Meeting,
    unit: UnitId,
    lists: (&[Participant], &[PersonId]),
    now: Timestamp,
) -> Result<(), MeetingError> {
    let (before, named) = lists;
    for (_, person) in store::nominees(tx, meeting.id).await?.into_iter().filter(|(of, _)| *of == unit) {
        let gone = before.iter().find(|known| known.person_id == person && !named.contains(&person));
        let Some(gone) = gone else { continue };
        if gone.checked_in_at.is_some() {
            return Err(MeetingError::NotNow);
        }
        store::remove_participant(tx, meeting.id, person).await?;
        store::delete_answer(tx, meeting.id, person).await?;
        news::tell_called_off(tx, meeting, std::slice::from_ref(gone), "uninvited-notice", now).await?;
    }
    Ok(())
}

async fn tell_secretaries(
    tx: &mut Tx,
    meeting: &Meeting,
    unit: &str,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let mut people = store::participants(tx, meeting.id).await?;
    people.retain(|one| one.role == MeetingRole::Secretary);
    let subject = Message::with("unit-named-notice", "unit", unit).text(Lang::Vi);
    news::tell(tx, meeting, &people, &subject, &meeting.title, now).await
}
