//! Years of an office's work, written down at once.

use super::BenchError;
use super::office::{CHAIR, Office, SECRETARY, put_item, put_meeting, vote};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{Actor, PersonId};
use crate::meetings::rules::{Meaning, MeetingRole, MeetingState, PaperState};
use crate::meetings::store::{self as meetings, Meeting};
use crate::meetings::{ItemId, MeetingId, urls};
use crate::notices::{self, Tidings};
use crate::papers::{self, PaperId, Upload};
use crate::voting::rules::{Count, DecidedBy, Outcome, Tally, VoteState};
use crate::voting::store::{self as votes, VoteResult};
use crate::web::App;

pub(super) const MEETINGS: usize = 10_000;
pub(super) const PAPERS_EACH: usize = 10;
/// The meeting under way; those after it are still to come.
const CURRENT: usize = MEETINGS - 201;
pub(super) const DELEGATES_EACH: usize = 10;
/// From one meeting to the next, in seconds: six in a day.
const PAUSE: i64 = 4 * 3600;
/// Meetings written in one transaction.
const BATCH: usize = 100;

const KINDS: [&str; 4] = ["Phiên họp thường kỳ", "Họp giao ban", "Phiên họp chuyên đề", "Họp liên tịch"];
const SUBJECTS: [&str; 7] = [
    "dự toán ngân sách",
    "chỉnh trang đô thị",
    "phòng chống thiên tai",
    "cải cách hành chính",
    "đất đai và môi trường",
    "giáo dục và y tế",
    "quốc phòng, an ninh",
];

/// Fills an office with meetings and papers; gives the meeting under way.
pub(super) async fn fill(
    app: &App,
    office: &Office,
    upload: &Upload,
    now: Timestamp,
) -> Result<Meeting, BenchError> {
    let secretary = office.actor(SECRETARY)?;
    let clerk = Filler { office, upload, secretary, now };
    let mut under_way = None;
    for start in (0..MEETINGS).step_by(BATCH) {
        let mut tx = app.db.write().await?;
        for number in start..(start + BATCH).min(MEETINGS) {
            let meeting = clerk.put(&mut tx, number).await?;
            if meeting.state == MeetingState::InProgress {
                under_way = Some(meeting);
            }
        }
        tx.commit().await?;
        if start % 1_000 == 0 {
            tracing::info!(meetings = start, "Filling the office");
        }
    }
    under_way.ok_or_else(|| BenchError("no meeting is under way".to_owned()))
}

struct Filler<'a> {
    office: &'a Office,
    upload: &'a Upload,
    secretary: Actor,
    now: Timestamp,
}

impl Filler<'_> {
    /// Writes down the meeting with this number, the earliest being 0.
    async fn put(&self, tx: &mut Tx, number: usize) -> Result<Meeting, BenchError> {
        let state = match number.cmp(&CURRENT) {
            std::cmp::Ordering::Less => MeetingState::Ended,
            std::cmp::Ordering::Equal => MeetingState::InProgress,
            std::cmp::Ordering::Greater => MeetingState::Published,
        };
        let distance = i64::try_from(number)? - i64::try_from(CURRENT)?;
        let starts_at = self.now.plus_seconds(distance * PAUSE - 3600);
        let people = self.invited(number)?;
        let title = title(number);
        let mut meeting = put_meeting(tx, self.office, (title, state), starts_at, &people).await?;
        for (person, role) in &people {
            if *role == MeetingRole::Delegate {
                self.invite(tx, &meeting, *person).await?;
            }
        }
        let items = self.put_agenda(tx, &meeting, &people).await?;
        self.put_votes(tx, &meeting, &items).await?;
        if state == MeetingState::InProgress {
            meeting.current_item_id = items.first().copied();
        }
        meetings::update_meeting(tx, &meeting).await?;
        Ok(meeting)
    }

    /// The chair, the secretary, and delegates by turns.
    fn invited(&self, number: usize) -> Result<Vec<(PersonId, MeetingRole)>, BenchError> {
        let mut people = vec![
            (self.office.person(CHAIR)?, MeetingRole::Chair),
            (self.office.person(SECRETARY)?, MeetingRole::Secretary),
        ];
        let rest = self.office.people.len() - 2;
        for turn in 0..DELEGATES_EACH {
            // So the first delegate is in the meeting under way.
            let index = (number + (rest - CURRENT % rest) + turn * (rest / DELEGATES_EACH)) % rest;
            people.push((self.office.person(2 + index)?, MeetingRole::Delegate));
        }
        Ok(people)
    }

    async fn invite(&self, tx: &mut Tx, meeting: &Meeting, person: PersonId) -> Result<(), BenchError> {
        let link = urls::meeting(meeting.id);
        let tidings = Tidings {
            organisation: self.office.id,
            subject: &meeting.title,
            link: &link,
            body: &meeting.title,
        };
        Ok(notices::actions::tell(tx, person, "", &tidings, meeting.starts_at).await?)
    }

    async fn put_agenda(
        &self,
        tx: &mut Tx,
        meeting: &Meeting,
        people: &[(PersonId, MeetingRole)],
    ) -> Result<Vec<ItemId>, BenchError> {
        let readers: Vec<(PersonId, bool)> = people.iter().map(|(person, _)| (*person, true)).collect();
        let mut items = Vec::new();
        for position in 0..PAPERS_EACH {
            let title = format!("Tờ trình số {} về {}", position + 1, subject(position));
            let item = put_item(tx, meeting.id, &title, i64::try_from(position)?).await?;
            self.put_paper(tx, item, &title, &readers).await?;
            items.push(item);
        }
        Ok(items)
    }

    async fn put_paper(
        &self,
        tx: &mut Tx,
        item: ItemId,
        title: &str,
        readers: &[(PersonId, bool)],
    ) -> Result<PaperId, BenchError> {
        let paper = papers::seed::put_paper(tx, &self.secretary, self.upload, title, self.now).await?;
        papers::actions::set_readers(tx, paper, readers).await?;
        meetings::attach_paper(tx, item, paper, 0, PaperState::Published).await?;
        Ok(paper)
    }

    /// Two questions a meeting: decided in those that are over, the first one
    /// open in the one under way.
    async fn put_votes(&self, tx: &mut Tx, meeting: &Meeting, items: &[ItemId]) -> Result<(), BenchError> {
        for (number, item) in (1..).zip(items.iter().take(2)) {
            let state = match (meeting.state, number) {
                (MeetingState::Ended, _) => VoteState::Published,
                (MeetingState::InProgress, 1) => VoteState::Open,
                _ => VoteState::Prepared,
            };
            let vote = vote(self.office, meeting, *item, number, state);
            votes::insert_vote(tx, &vote).await?;
            if state == VoteState::Published {
                votes::publish(tx, vote.id, &adopted(), &[], meeting.ends_at).await?;
            }
        }
        Ok(())
    }
}

fn title(number: usize) -> String {
    let kind = KINDS.get(number % KINDS.len()).copied().unwrap_or_default();
    format!("{kind} số {number} về {}", subject(number))
}

fn subject(number: usize) -> &'static str {
    SUBJECTS.get(number % SUBJECTS.len()).copied().unwrap_or_default()
}

fn adopted() -> VoteResult {
    let everyone = i64::try_from(DELEGATES_EACH + 1).unwrap_or_default();
    let tally = Tally {
        total_members: everyone,
        present: everyone,
        proxies: 0,
        voted: everyone,
        invalid: 0,
        not_voting: 0,
        counts: vec![Count { choice: "approve".to_owned(), meaning: Meaning::Approve, ballots: everyone }],
    };
    VoteResult { tally, outcome: Outcome::Adopted, decided_by: DecidedBy::Count }
}

/// The first paper of a meeting under way gives way to one that is long.
pub(super) async fn put_long_paper(
    app: &App,
    office: &Office,
    meeting: MeetingId,
    long: &Upload,
) -> Result<papers::VersionId, BenchError> {
    let secretary = office.actor(SECRETARY)?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let agenda = meetings::agenda_papers(&mut tx, meeting, secretary.person).await?;
    let paper = agenda.first().ok_or_else(|| BenchError("the agenda is empty".to_owned()))?.paper_id;
    let version = papers::actions::add_version(&mut tx, &secretary, paper, long, now).await?;
    tx.commit().await?;
    Ok(version)
}
