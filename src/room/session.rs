//! The session as it runs: who has the floor, who waits, how much time is left, who runs it.

use super::view::RoomView;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{Chrome, PersonId};
use crate::meetings::actions::Standing;
use crate::meetings::rules::MeetingState;
use crate::meetings::rules::session::{Break, seconds_held};
use crate::meetings::store::{Item, Meeting};
use crate::meetings::web::seating::{SeatPlan, seat_plan};
use crate::meetings::{self, conduct};
use crate::speaking::actions::{SpeechError, takes_requests};
use crate::speaking::rules::{SpeechKind, SpeechState, WARNING_SECONDS, spell};
use crate::speaking::store::{self, Request};

/// Waiting speakers on one screen.
const QUEUE_SHOWN: i64 = 8;

pub struct SessionView {
    /// The server's time, by which the screen's clocks run.
    pub now: String,
    /// The same for people.
    pub time: String,
    pub floor: Option<FloorView>,
    /// The first who wait, for those who run the meeting.
    pub queue: Vec<QueueLine>,
    pub waiting: i64,
    pub more_waiting: i64,
    /// What this person asked for and has not had.
    pub mine: Vec<MyRequest>,
    pub takes_requests: bool,
    pub item_clock: Option<ClockView>,
    /// Why the meeting stands still, and until when.
    pub rest: Option<String>,
    /// Who runs it instead of the chair, and since when.
    pub conductor: Option<String>,
    pub may_take_over: bool,
    pub seats: SeatPlan,
    pub has_seats: bool,
}

/// A clock that counts down; it stands where `ends_at` is `None`.
pub struct ClockView {
    pub ends_at: Option<String>,
    pub left: String,
    pub is_late: bool,
    pub is_short: bool,
}

pub struct FloorView {
    pub request: Request,
    pub kind: String,
    pub is_running: bool,
    pub clock: ClockView,
}

pub struct QueueLine {
    pub place: i64,
    pub kind: String,
    pub is_speech: bool,
    pub is_point: bool,
    pub is_first: bool,
    pub request: Request,
}

pub struct MyRequest {
    pub request: Request,
    pub words: String,
    pub may_withdraw: bool,
}

/// Through whose eyes, and when.
#[derive(Clone, Copy)]
pub struct Viewer<'a> {
    pub chrome: &'a Chrome,
    pub person: PersonId,
    pub standing: Standing,
    pub now: Timestamp,
}

pub async fn load(tx: &mut Tx, viewer: Viewer<'_>, view: &RoomView) -> Result<SessionView, SpeechError> {
    let meeting = &view.meeting;
    let floor = store::floor(tx, meeting.id).await?;
    let breaks = meetings::store::breaks(tx, meeting.id).await?;
    let may_conduct = viewer.standing.may_conduct();
    let (queue, waiting) = match meeting.current_item_id {
        Some(item) if may_conduct => {
            (store::queue(tx, item, QUEUE_SHOWN).await?, store::waiting(tx, item).await?)
        }
        _ => (Vec::new(), 0),
    };
    let seats = if may_conduct {
        seat_plan(tx, meeting, &view.people, floor.as_ref().map(|floor| floor.person_id)).await?
    } else {
        SeatPlan::default()
    };
    let current = view.items.iter().find(|line| line.is_current).map(|line| &line.item);
    Ok(SessionView {
        now: viewer.now.for_clock(),
        time: viewer.now.time(),
        more_waiting: (waiting - QUEUE_SHOWN).max(0),
        waiting,
        queue: queue_lines(viewer.chrome, queue),
        mine: mine(tx, viewer, meeting).await?,
        takes_requests: takes_requests(meeting) && meeting.current_item_id.is_some(),
        item_clock: current.and_then(|item| item_clock(meeting, item, &breaks, viewer.now)),
        rest: rest(viewer.chrome, meeting),
        conductor: conductor(tx, viewer.chrome, meeting).await?,
        may_take_over: viewer.standing.may_take_over()
            && conduct::takes_check_ins(meeting)
            && !conducts(viewer, meeting),
        has_seats: !seats.rows.is_empty(),
        seats,
        floor: floor.map(|request| floor_view(viewer, request)),
    })
}

/// True for the person the record names as running the meeting now.
fn conducts(viewer: Viewer<'_>, meeting: &Meeting) -> bool {
    match meeting.conductor_id {
        Some(conductor) => conductor == viewer.person,
        None => viewer.standing.is_chair(),
    }
}

fn floor_view(viewer: Viewer<'_>, request: Request) -> FloorView {
    let clock = request.time();
    FloorView {
        kind: viewer.chrome.t(kind_text(request.kind)),
        is_running: request.state == SpeechState::Speaking,
        clock: clock_view(clock.ends_at(), clock.seconds_left(viewer.now)),
        request,
    }
}

fn clock_view(ends_at: Option<Timestamp>, left: i64) -> ClockView {
    ClockView {
        ends_at: ends_at.map(Timestamp::for_clock),
        left: if left < 0 { format!("−{}", spell(-left)) } else { spell(left) },
        is_late: left < 0,
        is_short: (0..WARNING_SECONDS).contains(&left),
    }
}

/// What is left of an item's time; rests do not count.
fn item_clock(meeting: &Meeting, item: &Item, breaks: &[Break], now: Timestamp) -> Option<ClockView> {
    let started_at = item.started_at.filter(|_| item.minutes_allotted > 0)?;
    let left = item.minutes_allotted * 60 - seconds_held(started_at, now, breaks);
    let runs = meeting.state == MeetingState::InProgress;
    Some(clock_view(runs.then(|| now.plus_seconds(left)), left))
}

fn kind_text(kind: SpeechKind) -> &'static str {
    match kind {
        SpeechKind::Speech => "speech-kind-speech",
        SpeechKind::Questioning => "speech-kind-questioning",
        SpeechKind::PointOfOrder => "speech-kind-point-of-order",
    }
}

fn queue_lines(chrome: &Chrome, queue: Vec<Request>) -> Vec<QueueLine> {
    let line = |(place, request): (i64, Request)| QueueLine {
        place,
        kind: chrome.t(kind_text(request.kind)),
        is_speech: request.kind == SpeechKind::Speech,
        is_point: request.kind == SpeechKind::PointOfOrder,
        is_first: place == 1,
        request,
    };
    (1..).zip(queue).map(line).collect()
}

/// What the person asked for on the present item, with the place in the queue.
async fn mine(tx: &mut Tx, viewer: Viewer<'_>, meeting: &Meeting) -> Result<Vec<MyRequest>, SpeechError> {
    let mut mine = Vec::new();
    for request in store::active_of(tx, meeting.id, viewer.person).await? {
        if Some(request.item_id) != meeting.current_item_id {
            continue;
        }
        let may_withdraw = request.state == SpeechState::Registered;
        let words = if may_withdraw {
            let place = store::ahead_of(tx, &request).await? + 1;
            place_words(viewer.chrome, place)
        } else {
            viewer.chrome.t("speech-yours")
        };
        mine.push(MyRequest { request, words, may_withdraw });
    }
    Ok(mine)
}

fn place_words(chrome: &Chrome, place: i64) -> String {
    if place == 1 { chrome.t("speech-place-next") } else { chrome.t1("speech-place", "place", place) }
}

fn rest(chrome: &Chrome, meeting: &Meeting) -> Option<String> {
    match meeting.state {
        MeetingState::Paused => Some(chrome.t("meeting-paused-now")),
        MeetingState::Adjourned => {
            let until = meeting.adjourned_until.map(Timestamp::date_time).unwrap_or_default();
            Some(chrome.t1("meeting-adjourned-until", "time", until))
        }
        MeetingState::Draft
        | MeetingState::Published
        | MeetingState::InProgress
        | MeetingState::Ended
        | MeetingState::Cancelled => None,
    }
}

async fn conductor(tx: &mut Tx, chrome: &Chrome, meeting: &Meeting) -> Result<Option<String>, SpeechError> {
    if meeting.conductor_id.is_none() {
        return Ok(None);
    }
    let turns = meetings::store::conductors(tx, meeting.id).await?;
    let turn = turns.last();
    Ok(turn.map(|turn| chrome.t2("conducting-instead", "name", &turn.full_name, "time", turn.since.time())))
}
