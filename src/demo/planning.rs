//! What is being planned: rooms with their seats, next days' week, a meeting
//! with answers outstanding and a paper in each state on its way.

use super::meetings::{Stage, act};
use super::office::Office;
use super::{DemoError, by_login, texts};
use crate::clock::Timestamp;
use crate::identity::UnitId;
use crate::meetings::actions::{self, Basics};
use crate::meetings::agenda::{self, ItemDetails};
use crate::meetings::documents::{self, Step};
use crate::meetings::rooms::{self, RoomDetails};
use crate::meetings::rules::{Answer, MeetingRole, PaperAct, PlanningRules, SubstitutesFrom};
use crate::meetings::store::{self, Seat, UnitAsked};
use crate::meetings::{ItemId, MeetingId, MeetingTypeId, answers, units};
use crate::schedule::EntryDetails;
use crate::schedule::actions as schedule;
use crate::web::App;

const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

/// Who is invited to the meeting that is planned, besides chair and secretary.
const INVITED: [&str; 9] = [
    "photich",
    "truongphong",
    "daibieu1",
    "daibieu2",
    "daibieu3",
    "daibieu4",
    "daibieu5",
    "daibieu6",
    "daibieu7",
];

/// Each paper with what was done to it: by whom, what, why.
type Way = &'static [(&'static str, PaperAct, &'static str)];
const SUBMIT: (&str, PaperAct, &str) = ("chuyenvien", PaperAct::Submit, "");
const APPROVE: (&str, PaperAct, &str) = ("truongphong", PaperAct::Approve, "");
const WAYS: [(&texts::Sample, Way); 5] = [
    (&texts::BUDGET, &[]),
    (&texts::RECEPTION, &[SUBMIT]),
    (&texts::MARKET, &[SUBMIT, ("truongphong", PaperAct::Return, "Bổ sung ý kiến của Ban Quản lý chợ")]),
    (&texts::ALLEYS, &[SUBMIT, APPROVE]),
    (&texts::ECONOMY, &[SUBMIT, APPROVE, ("thuky", PaperAct::Publish, "")]),
];

pub(super) async fn make(app: &App, office: &Office, now: Timestamp) -> Result<(), DemoError> {
    let stage = Stage::new(app, office)?;
    let (today, _) = now.day();
    furnish(&stage, office, now).await?;
    week(&stage, office, today, now).await?;
    let meeting = plan(&stage, office, today.plus_seconds(2 * DAY + 14 * HOUR), now).await?;
    bring_papers(&stage, office, meeting, now).await?;
    act!(stage, tx => actions::publish(&mut tx, &stage.secretary, meeting, now));
    answer(&stage, office, meeting, now).await
}

/// Rules of the bodies for what comes before their meetings, and a room's plan.
async fn furnish(stage: &Stage<'_>, office: &Office, now: Timestamp) -> Result<(), DemoError> {
    let keeper = office.actor("quantri")?;
    let kinds = act!(stage, tx => store::types(&mut tx, office.id));
    for kind in kinds {
        let rules = PlanningRules {
            deadline_days: 3,
            substitutes: SubstitutesFrom::Unit,
            speech_minutes: 5,
            opinions_shown: true,
        };
        act!(stage, tx => store::set_planning_rules(&mut tx, kind.id, rules));
    }
    let rooms = act!(stage, tx => store::rooms(&mut tx, office.id));
    for room in rooms {
        // An aisle in the middle.
        let seats =
            (1..=5).flat_map(|row| (1..=9).filter(|column| *column != 5).map(move |column| (row, column)));
        let letter = |row: i64| ["A", "B", "C", "D", "E"].get(usize::try_from(row - 1).unwrap_or(0)).copied();
        let seat = |(row, column): (i64, i64)| Seat {
            label: format!("{}{column}", letter(row).unwrap_or("?")),
            row_number: row,
            column_number: column,
        };
        let most = usize::try_from(room.seats).unwrap_or(0);
        let plan = seats.take(most).map(seat).collect();
        let details = RoomDetails { name: room.name.clone(), seats: room.seats, is_retired: false, plan };
        act!(stage, tx => rooms::edit(&mut tx, &keeper, room.id, &details, now));
    }
    Ok(())
}

/// What leaders do beside meetings: one approved, one waiting.
async fn week(stage: &Stage<'_>, office: &Office, today: Timestamp, now: Timestamp) -> Result<(), DemoError> {
    let deputy = office.actor("photich")?;
    let entries = [
        ("Kiểm tra tiến độ chỉnh trang các tuyến hẻm", "Tổ dân phố 14", "Phó Chủ tịch, Phòng Kinh tế", 1, 8),
        ("Tiếp công dân định kỳ", "Trụ sở tiếp công dân", "Chủ tịch UBND phường", 3, 8),
        ("Dự hội nghị giao ban của UBND thành phố", "Trung tâm hành chính thành phố", "Chủ tịch", 8, 14),
    ];
    for (number, (title, place, people, day, hour)) in (0..).zip(entries) {
        let starts_at = today.plus_seconds(day * DAY + hour * HOUR);
        let details = EntryDetails {
            title: title.to_owned(),
            place: place.to_owned(),
            people: people.to_owned(),
            starts_at,
            ends_at: starts_at.plus_seconds(2 * HOUR),
        };
        let entry = act!(stage, tx => schedule::propose(&mut tx, &deputy, &details, now));
        if number < 2 {
            act!(stage, tx => schedule::approve(&mut tx, &stage.secretary, entry, 1, now));
        }
    }
    Ok(())
}

async fn plan(
    stage: &Stage<'_>,
    office: &Office,
    at: Timestamp,
    now: Timestamp,
) -> Result<MeetingId, DemoError> {
    let kind = act!(stage, tx => store::types(&mut tx, office.id));
    let kind = kind.into_iter().find(|kind| kind.name == "Họp giao ban").map(|kind| kind.id);
    let kind: MeetingTypeId = kind.ok_or_else(|| DemoError("a kind of meeting is missing".to_owned()))?;
    let rooms = act!(stage, tx => store::rooms(&mut tx, office.id));
    let basics = Basics {
        title: "Họp rà soát các công trình chuẩn bị phiên họp tháng".to_owned(),
        kind,
        room: rooms.iter().find(|room| room.seats < 20).map(|room| room.id),
        starts_at: at,
        ends_at: at.plus_seconds(2 * HOUR),
        online_url: String::new(),
        restricted: false,
    };
    let meeting = act!(stage, tx => actions::create(&mut tx, &stage.secretary, basics, now));
    let person = |login| by_login(&office.people, login);
    let mut people = vec![
        (person("chutich")?, MeetingRole::Chair),
        (person("thuky")?, MeetingRole::Secretary),
        (person("khach")?, MeetingRole::Guest),
    ];
    for login in INVITED {
        people.push((person(login)?, MeetingRole::Delegate));
    }
    act!(stage, tx => actions::set_participants(&mut tx, &stage.secretary, meeting, &people, now));
    let asked = UnitAsked {
        unit: unit_of(office, "truongphong")?,
        places: 2,
        role: MeetingRole::Guest,
        due_at: at.plus_seconds(-DAY),
        note: "Người theo dõi công trình".to_owned(),
    };
    act!(stage, tx => units::ask(&mut tx, &stage.secretary, meeting, asked, now));
    Ok(meeting)
}

fn unit_of(office: &Office, login: &str) -> Result<UnitId, DemoError> {
    let person = office.people.iter().find(|person| person.login == login);
    person.map(|person| person.unit_id).ok_or_else(|| DemoError(format!("{login} is missing")))
}

/// An item with a paper for each state on its way.
async fn bring_papers(
    stage: &Stage<'_>,
    office: &Office,
    meeting: MeetingId,
    now: Timestamp,
) -> Result<(), DemoError> {
    let unit = unit_of(office, "truongphong")?;
    let drafter = office.actor("chuyenvien")?;
    for (sample, way) in WAYS {
        let details = ItemDetails {
            title: sample.subject.to_owned(),
            presenter: "Phan Quốc Bảo".to_owned(),
            minutes_allotted: 20,
            recurring: false,
            unit: Some(unit),
        };
        let item: ItemId =
            act!(stage, tx => agenda::add_item(&mut tx, &stage.secretary, meeting, details, now));
        let upload = stage.upload(sample, now).await?;
        let paper = act!(stage, tx => documents::bring(&mut tx, &drafter, meeting, item, &upload, now));
        for (login, act, reason) in way {
            let hand = office.actor(login)?;
            let step = Step { act: *act, version: 1, reason: (*reason).to_owned() };
            act!(stage, tx => documents::step(&mut tx, &hand, meeting, paper, &step, now));
        }
    }
    Ok(())
}

/// Some have answered; the others are waited for.
async fn answer(
    stage: &Stage<'_>,
    office: &Office,
    meeting: MeetingId,
    now: Timestamp,
) -> Result<(), DemoError> {
    for (login, given, reason) in [
        ("photich", Answer::Accepted, ""),
        ("daibieu1", Answer::Accepted, ""),
        ("daibieu2", Answer::Accepted, ""),
        ("daibieu5", Answer::Declined, "Trực sẵn sàng chiến đấu"),
    ] {
        let actor = office.actor(login)?;
        act!(stage, tx => answers::answer(&mut tx, &actor, meeting, given, reason, now));
    }
    let sender = office.actor("daibieu4")?;
    let sent = by_login(&office.people, "daibieu13")?;
    act!(stage, tx => answers::send_substitute(&mut tx, &sender, meeting, sent, "Đi tập huấn", now));
    Ok(())
}
