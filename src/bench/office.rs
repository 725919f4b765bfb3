//! An office to measure with: people, a room, a kind of meeting.

use super::BenchError;
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::actions::{self, Attempt, hash_password};
use crate::identity::store::{self, Organisation, Person, Unit};
use crate::identity::{Actor, Level, OrgRole, OrganisationId, PersonId, UnitId};
use crate::meetings::rules::{
    Attendance, Fraction, MeetingRole, MeetingState, PassBase, Secrecy, Tie, VoteTerms, usual_options,
};
use crate::meetings::store::{self as meetings, Item, Meeting, MeetingType, Room};
use crate::meetings::{ItemId, MeetingId, MeetingTypeId, RoomId, TermsId};
use crate::voting::VoteId;
use crate::voting::rules::{VoteKind, VoteState};
use crate::voting::store::Vote;
use crate::web::App;

/// By which an office of ours is known again.
const CODE: &str = "bench";
const PASSWORD: &str = "only for measuring";
const FAMILY_NAMES: [&str; 8] = ["Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi"];
const GIVEN_NAMES: [&str; 9] = [
    "Thị Ánh",
    "Văn Bình",
    "Quốc Đạt",
    "Thu Hà",
    "Minh Khôi",
    "Ngọc Lan",
    "Hoài Nam",
    "Thị Oanh",
    "Xuân Ước",
];

/// The office, and what its meetings need.
pub(super) struct Office {
    pub id: OrganisationId,
    /// The first is everyone's chair, the second everyone's secretary.
    pub people: Vec<PersonId>,
    pub kind: MeetingType,
    room: RoomId,
}

pub(super) const CHAIR: usize = 0;
pub(super) const SECRETARY: usize = 1;

impl Office {
    pub fn person(&self, index: usize) -> Result<PersonId, BenchError> {
        let person = self.people.get(index).copied();
        person.ok_or_else(|| BenchError(format!("there is no person {index}")))
    }

    /// A person acting, as if signed in.
    pub fn actor(&self, index: usize) -> Result<Actor, BenchError> {
        Ok(Actor {
            person: self.person(index)?,
            organisation: self.id,
            full_name: name(index),
            position: String::new(),
            roles: if index == SECRETARY { vec![OrgRole::Secretary, OrgRole::UnitAdmin] } else { Vec::new() },
            session: Vec::new(),
        })
    }
}

/// Makes an office of so many people.
pub(super) async fn make(app: &App, size: usize, now: Timestamp) -> Result<Office, BenchError> {
    let hash = hash_password(PASSWORD.to_owned()).await?;
    let mut tx = app.db.write().await?;
    let organisation = Organisation {
        id: OrganisationId::new(),
        code: CODE.to_owned(),
        name: "UBND phường An Hải".to_owned(),
        parent_name: "Ủy ban nhân dân thành phố Đà Nẵng".to_owned(),
        place: "An Hải".to_owned(),
        level: Level::Commune,
        parent_id: None,
    };
    store::insert_organisation(&mut tx, &organisation, now).await?;
    let unit = Unit { id: UnitId::new(), parent_id: None, name: organisation.name, position: 0 };
    store::insert_unit(&mut tx, organisation.id, &unit).await?;
    let mut people = Vec::new();
    for index in 0..size {
        let person = person(index, unit.id);
        store::insert_person(&mut tx, organisation.id, &person, &hash, now).await?;
        people.push(person.id);
    }
    let (kind, room) = (kind(), Room::new("Phòng họp A", 40));
    meetings::insert_type(&mut tx, organisation.id, &kind).await?;
    meetings::insert_room(&mut tx, organisation.id, &room).await?;
    let office = Office { id: organisation.id, people, kind, room: room.id };
    let secretary = office.actor(SECRETARY)?;
    for role in secretary.roles {
        store::add_role(&mut tx, secretary.person, role).await?;
    }
    tx.commit().await?;
    Ok(office)
}

/// The office an earlier run made in this database, if it is one of ours.
pub(super) async fn find(app: &App) -> Result<Office, BenchError> {
    let mut tx = app.db.read().await?;
    let organisations = store::organisations(&mut tx).await?;
    let organisation = organisations.into_iter().find(|organisation| organisation.code == CODE);
    let id = organisation.ok_or_else(|| BenchError("the database is no bench's".to_owned()))?.id;
    let people = store::people(&mut tx, id).await?.into_iter().map(|person| person.id).collect();
    let kind = meetings::types(&mut tx, id).await?.into_iter().next();
    let room = meetings::rooms(&mut tx, id).await?.into_iter().next();
    let (kind, room) = kind.zip(room).ok_or_else(|| BenchError("the office was not finished".to_owned()))?;
    Ok(Office { id, people, kind, room: room.id })
}

fn person(index: usize, unit_id: UnitId) -> Person {
    Person {
        id: PersonId::new(),
        unit_id,
        login: login(index),
        full_name: name(index),
        position: "Thành viên".to_owned(),
        // Without an address nobody is written to.
        email: String::new(),
        active: true,
    }
}

fn login(index: usize) -> String {
    format!("p{index}")
}

fn name(index: usize) -> String {
    let part = |names: &[&'static str], at: usize| names.get(at % names.len()).copied().unwrap_or_default();
    let (family, given) = (part(&FAMILY_NAMES, index), part(&GIVEN_NAMES, index / FAMILY_NAMES.len()));
    format!("{family} {given}")
}

fn kind() -> MeetingType {
    let terms = VoteTerms {
        quorum: Fraction { numerator: 2, denominator: 3 },
        pass: Fraction { numerator: 1, denominator: 2 },
        base: PassBase::TotalMembers,
        strict: true,
        tie: Tie::ChairSide,
        change_allowed: true,
        options: usual_options(),
        secrecy: Secrecy::Allowed,
        member_proxies: false,
        substitutes_vote: false,
        signed_ballots: false,
    };
    MeetingType {
        id: MeetingTypeId::new(),
        name: "Phiên họp UBND".to_owned(),
        body_name: "Ủy ban nhân dân phường An Hải".to_owned(),
        terms_id: TermsId::new(),
        terms,
    }
}

/// Signs a person in by the door everyone uses; gives the cookie's secret.
pub(super) async fn sign_in(app: &App, index: usize) -> Result<String, BenchError> {
    let attempt = Attempt {
        login: login(index),
        password: PASSWORD.to_owned(),
        address: "127.0.0.1".to_owned(),
        device: "bench".to_owned(),
    };
    Ok(actions::sign_in(&app.db, attempt, app.clock.now()).await?)
}

/// Writes down a meeting with its people.
pub(super) async fn put_meeting(
    tx: &mut Tx,
    office: &Office,
    (title, state): (String, MeetingState),
    starts_at: Timestamp,
    people: &[(PersonId, MeetingRole)],
) -> Result<Meeting, db::Error> {
    let begun = matches!(state, MeetingState::InProgress | MeetingState::Ended);
    let ends_at = starts_at.plus_seconds(2 * 3600);
    let meeting = Meeting {
        id: MeetingId::new(),
        organisation_id: office.id,
        type_id: office.kind.id,
        room_id: Some(office.room),
        title,
        starts_at,
        ends_at,
        state,
        current_item_id: None,
        announced_at: (state != MeetingState::Draft).then(|| starts_at.plus_seconds(-86_400)),
        started_at: begun.then_some(starts_at),
        ended_at: (state == MeetingState::Ended).then_some(ends_at),
        adjourned_until: None,
        conductor_id: None,
        version: 1,
    };
    let maker = people.first().map_or_else(PersonId::new, |(person, _)| *person);
    meetings::insert_meeting(tx, &meeting, maker, starts_at.plus_seconds(-86_400)).await?;
    for (position, (person, role)) in (0..).zip(people) {
        meetings::put_participant(tx, meeting.id, *person, *role, position).await?;
        if begun {
            meetings::check_in(tx, meeting.id, *person, Attendance::Present, starts_at).await?;
        }
    }
    Ok(meeting)
}

/// Writes down a point of an agenda.
pub(super) async fn put_item(
    tx: &mut Tx,
    meeting: MeetingId,
    title: &str,
    position: i64,
) -> Result<ItemId, db::Error> {
    let item = Item {
        id: ItemId::new(),
        position,
        title: title.to_owned(),
        presenter: name(2),
        minutes_allotted: 15,
        recurring: false,
        started_at: None,
        ended_at: None,
        unit_id: None,
        deferred: false,
    };
    meetings::insert_item(tx, meeting, &item).await?;
    Ok(item.id)
}

/// A question put to the vote, in a given state.
pub(super) fn vote(office: &Office, meeting: &Meeting, item: ItemId, number: i64, state: VoteState) -> Vote {
    let id = VoteId::new();
    Vote {
        id,
        meeting: meeting.id,
        item,
        number,
        sheet: id,
        kind: VoteKind::Open,
        repeats: None,
        paper_version: None,
        question: "Thống nhất với nội dung tờ trình?".to_owned(),
        state,
        terms_id: office.kind.terms_id,
        terms: office.kind.terms.clone(),
        cancel_reason: String::new(),
        opened_at: Some(meeting.starts_at),
        closed_at: None,
    }
}
