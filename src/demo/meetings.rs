//! Three meetings of the sample office.

use typeset::Making;

use super::after::{self, Leaders};
use super::office::Office;
use super::texts::{self, Sample};
use super::{DemoError, Keys, by_login};
use crate::clock::Timestamp;
use crate::identity::{Actor, PersonId};
use crate::meetings::actions::{self, Basics};
use crate::meetings::agenda::{self, ItemDetails};
use crate::meetings::rules::{
    Attendance, Fraction, MeetingRole, PassBase, Secrecy, Tie, VoteTerms, usual_options,
};
use crate::meetings::store::{self, MeetingType, Room};
use crate::meetings::{ItemId, MeetingId, MeetingTypeId, RoomId, TermsId, conduct, session};
use crate::minutes::actions::CONCLUSION;
use crate::papers::{self, VersionId};
use crate::signing::{self, Desk};
use crate::voting;
use crate::web::App;
use crate::{
    minutes,
    voting::actions::{Answer, Question},
};

pub(super) const MINUTE: i64 = 60;
pub(super) const HOUR: i64 = 3600;
pub(super) const DAY: i64 = 86_400;

/// Members of the people's committee: 27.
pub(super) const MEMBERS: [&str; 26] = [
    "photich",
    "truongphong",
    "daibieu1",
    "daibieu2",
    "daibieu3",
    "daibieu4",
    "daibieu5",
    "daibieu6",
    "daibieu7",
    "daibieu8",
    "daibieu9",
    "daibieu10",
    "daibieu11",
    "daibieu12",
    "daibieu13",
    "daibieu14",
    "daibieu15",
    "daibieu16",
    "daibieu17",
    "daibieu18",
    "daibieu19",
    "daibieu20",
    "uyvien1",
    "uyvien2",
    "uyvien3",
    "uyvien4",
];

/// Makes the rooms, the kinds of meetings, and the three meetings.
pub async fn make(app: &App, office: &Office, keys: &Keys, now: Timestamp) -> Result<(), DemoError> {
    let stage = Stage::new(app, office)?;
    let (room, kind) = stage.furnish().await?;
    let (today, _) = now.day();
    for (weeks, present) in [(5, 22), (3, 18)] {
        stage.earlier(kind, room, today.plus_seconds(-7 * weeks * DAY + 8 * HOUR), present).await?;
    }
    stage.finished(kind, room, today.plus_seconds(-7 * DAY + 8 * HOUR), keys).await?;
    stage.under_way(kind, room, now).await?;
    stage.in_preparation(kind, room, today.plus_seconds(8 * DAY + 8 * HOUR), now).await
}

pub(super) struct Stage<'a> {
    pub(super) app: &'a App,
    pub(super) office: &'a Office,
    pub(super) secretary: Actor,
    pub(super) chair: Actor,
}

/// Runs one action in a transaction of its own.
macro_rules! act {
    ($stage:expr, $tx:ident => $action:expr) => {{
        let mut $tx = $stage.app.db.write().await.map_err(DemoError::new)?;
        let done = $action.await.map_err(DemoError::new)?;
        $tx.commit().await.map_err(DemoError::new)?;
        done
    }};
}
pub(super) use act;

impl<'a> Stage<'a> {
    pub fn new(app: &'a App, office: &'a Office) -> Result<Self, DemoError> {
        Ok(Self { app, office, secretary: office.actor("thuky")?, chair: office.actor("chutich")? })
    }
}

impl Stage<'_> {
    async fn furnish(&self) -> Result<(RoomId, MeetingTypeId), DemoError> {
        let room = Room::new("Phòng họp A, tầng 2", 40);
        let small = Room::new("Phòng họp B, tầng 1", 16);
        for room in [&room, &small] {
            act!(self, tx => store::insert_room(&mut tx, self.office.id, room));
        }
        let committee = VoteTerms {
            quorum: Fraction { numerator: 2, denominator: 3 },
            pass: Fraction { numerator: 1, denominator: 2 },
            base: PassBase::TotalMembers,
            strict: true,
            tie: Tie::ChairSide,
            change_allowed: true,
            options: usual_options(),
            secrecy: Secrecy::Allowed,
            member_proxies: true,
            substitutes_vote: false,
            signed_ballots: false,
        };
        let staff = VoteTerms { base: PassBase::Present, ..committee.clone() };
        let council = VoteTerms { tie: Tie::Fail, member_proxies: false, ..committee.clone() };
        let kinds = [
            ("Phiên họp UBND thường kỳ", "Ủy ban nhân dân phường An Hải", committee),
            ("Họp giao ban", "Ủy ban nhân dân phường An Hải", staff),
            ("Kỳ họp HĐND", "Hội đồng nhân dân phường An Hải", council),
        ];
        let kinds = kinds.map(|(name, body, terms)| MeetingType {
            id: MeetingTypeId::new(),
            name: name.to_owned(),
            body_name: body.to_owned(),
            terms_id: TermsId::new(),
            terms,
        });
        for kind in &kinds {
            act!(self, tx => store::insert_type(&mut tx, self.office.id, kind));
        }
        self.set_seats(room.id).await?;
        let [committee, ..] = kinds;
        Ok((room.id, committee.id))
    }

    /// A draft with its people, and one item for each paper.
    pub(super) async fn draft(
        &self,
        basics: Basics,
        samples: &[(&Sample, bool)],
        now: Timestamp,
    ) -> Result<(MeetingId, Vec<ItemId>), DemoError> {
        let meeting = act!(self, tx => actions::create(&mut tx, &self.secretary, basics, now));
        let people = self.invited()?;
        act!(self, tx => actions::set_participants(&mut tx, &self.secretary, meeting, &people, now));
        let mut items = Vec::new();
        for (sample, recurring) in samples {
            let details = ItemDetails {
                title: sample.subject.to_owned(),
                presenter: "Phan Quốc Bảo".to_owned(),
                minutes_allotted: 30,
                recurring: *recurring,
                unit: None,
            };
            let item = act!(self, tx => agenda::add_item(&mut tx, &self.secretary, meeting, details, now));
            let upload = self.upload(sample, now).await?;
            act!(self, tx =>
                agenda::add_paper(&mut tx, &self.secretary, meeting, Some(item), &upload, now));
            items.push(item);
        }
        Ok((meeting, items))
    }

    fn invited(&self) -> Result<Vec<(PersonId, MeetingRole)>, DemoError> {
        let person = |login| by_login(&self.office.people, login);
        let mut invited = vec![
            (person("chutich")?, MeetingRole::Chair),
            (person("thuky")?, MeetingRole::Secretary),
            (person("khach")?, MeetingRole::Guest),
        ];
        for login in MEMBERS {
            invited.push((person(login)?, MeetingRole::Delegate));
        }
        Ok(invited)
    }

    /// Makes a paper and brings it in by the door every upload passes.
    pub async fn upload(&self, sample: &Sample, now: Timestamp) -> Result<papers::Upload, DemoError> {
        let making = Making {
            ident: format!("sample {}", sample.title()),
            made_at: now.to_jiff(),
            author: "Phòng Kinh tế, Hạ tầng và Đô thị".to_owned(),
        };
        let form = sample.form(now.in_office().date());
        let typesetter = self.app.typesetter.clone();
        let placed = tokio::task::spawn_blocking(move || typesetter.document(&form, &making));
        let pdf = placed.await.map_err(DemoError::new)?.map_err(DemoError::new)?.pdf;
        let name = format!("{}.pdf", sample.title().replace('/', "-"));
        let bytes = futures_util::stream::once(std::future::ready(Ok::<_, std::io::Error>(pdf.into())));
        let mut upload =
            papers::actions::read_upload(self.app, &name, bytes).await.map_err(DemoError::new)?;
        // A file name cannot hold the slash of a document's symbol; a title can.
        upload.title = sample.title();
        Ok(upload)
    }

    /// Opens the session with the members from `MEMBERS` that `present` counts.
    pub(super) async fn open(
        &self,
        meeting: MeetingId,
        present: usize,
        at: Timestamp,
    ) -> Result<(), DemoError> {
        act!(self, tx => actions::publish(&mut tx, &self.secretary, meeting, at.plus_seconds(-3 * DAY)));
        act!(self, tx => conduct::check_in(&mut tx, &self.chair, meeting, false, at.plus_seconds(-10 * MINUTE)));
        act!(self, tx => conduct::check_in(&mut tx, &self.secretary, meeting, false, at.plus_seconds(-20 * MINUTE)));
        for (minute, login) in (0..).zip(MEMBERS.iter().take(present)) {
            let member = self.office.actor(login)?;
            let came = at.plus_seconds(-15 * MINUTE + minute * 30);
            act!(self, tx => conduct::check_in(&mut tx, &member, meeting, false, came));
        }
        act!(self, tx => session::start(&mut tx, &self.chair, meeting, at));
        Ok(())
    }

    /// Puts an item to the vote; the first of `choices` is the chair's.
    async fn vote(
        &self,
        meeting: MeetingId,
        item: ItemId,
        choices: &[&str],
        at: Timestamp,
    ) -> Result<(), DemoError> {
        let text = self.question(meeting, item).await?;
        let question = Question { item, text, paper_version: self.newest_paper(meeting, item).await? };
        let vote =
            act!(self, tx => voting::actions::prepare(&mut tx, &self.chair, meeting, &[question], None, at));
        act!(self, tx => voting::actions::open(&mut tx, &self.chair, vote, at));
        let voters = std::iter::once("chutich").chain(MEMBERS);
        for (login, choice) in voters.zip(choices) {
            let voter = self.office.actor(login)?;
            let at = at.plus_seconds(MINUTE);
            let answer = Answer { vote, member: voter.person, choice: (*choice).to_owned() };
            act!(self, tx => voting::actions::cast(&mut tx, &voter, vote, &[answer], at));
        }
        act!(self, tx => voting::actions::close(&mut tx, &self.chair, vote, at.plus_seconds(3 * MINUTE)));
        Ok(())
    }

    async fn question(&self, meeting: MeetingId, item: ItemId) -> Result<String, DemoError> {
        let mut tx = self.app.db.read().await.map_err(DemoError::new)?;
        let items = store::items(&mut tx, meeting).await.map_err(DemoError::new)?;
        let title = items.into_iter().find(|known| known.id == item).map(|known| known.title);
        Ok(format!("Tán thành: {}?", title.unwrap_or_default()))
    }

    async fn newest_paper(&self, meeting: MeetingId, item: ItemId) -> Result<Option<VersionId>, DemoError> {
        let mut tx = self.app.db.read().await.map_err(DemoError::new)?;
        let papers =
            store::agenda_papers(&mut tx, meeting, self.chair.person).await.map_err(DemoError::new)?;
        Ok(papers.into_iter().find(|paper| paper.item_id == item).map(|paper| paper.version_id))
    }

    /// Last week's meeting, closed, with minutes signed by both.
    async fn finished(
        &self,
        kind: MeetingTypeId,
        room: RoomId,
        at: Timestamp,
        keys: &Keys,
    ) -> Result<(), DemoError> {
        let basics = Basics {
            title: "Phiên họp chuyên đề về chỉnh trang đô thị".to_owned(),
            kind,
            room: Some(room),
            starts_at: at,
            ends_at: at.plus_seconds(2 * HOUR),
            online_url: String::new(),
            restricted: false,
        };
        let samples = [(&texts::ALLEYS, false), (&texts::RECEPTION, false)];
        let (meeting, items) = self.draft(basics, &samples, at.plus_seconds(-4 * DAY)).await?;
        self.open(meeting, 20, at).await?;
        let excused = by_login(&self.office.people, "uyvien4")?;
        act!(self, tx => conduct::note_attendance(&mut tx, &self.secretary, meeting, excused,
            Attendance::AbsentExcused, "Đi công tác", at));
        for (index, item) in (0..).zip(&items) {
            let begin = at.plus_seconds(index * 40 * MINUTE);
            act!(self, tx => conduct::go_to(&mut tx, &self.chair, meeting, *item, None, begin));
            let mut choices = vec!["approve"; 18];
            choices.extend(["reject", "abstain"]);
            self.vote(meeting, *item, &choices, begin.plus_seconds(20 * MINUTE)).await?;
        }
        let end = at.plus_seconds(90 * MINUTE);
        act!(self, tx => session::close(&mut tx, &self.chair, meeting, false, end));
        self.write_and_sign(meeting, &items, end, keys).await?;
        let leaders = Leaders { secretary: &self.secretary, chair: &self.chair };
        after::conclude(self.app, self.office, leaders, meeting, (keys, end)).await
    }

    /// A short meeting weeks ago, for the figures of a longer time.
    async fn earlier(
        &self,
        kind: MeetingTypeId,
        room: RoomId,
        at: Timestamp,
        present: usize,
    ) -> Result<(), DemoError> {
        let basics = Basics {
            title: format!("Phiên họp thường kỳ ngày {}", at.in_office().strftime("%d/%m/%Y")),
            kind,
            room: Some(room),
            starts_at: at,
            ends_at: at.plus_seconds(2 * HOUR),
            online_url: String::new(),
            restricted: false,
        };
        let (meeting, items) =
            self.draft(basics, &[(&texts::ECONOMY, true)], at.plus_seconds(-4 * DAY)).await?;
        self.open(meeting, present, at).await?;
        for login in ["uyvien3", "uyvien4"] {
            let away = by_login(&self.office.people, login)?;
            act!(self, tx => conduct::note_attendance(&mut tx, &self.secretary, meeting, away,
                Attendance::AbsentExcused, "Đi học", at));
        }
        if let Some(item) = items.first() {
            act!(self, tx => conduct::go_to(&mut tx, &self.chair, meeting, *item, None, at));
            let choices = vec!["approve"; present];
            self.vote(meeting, *item, &choices, at.plus_seconds(20 * MINUTE)).await?;
        }
        let end = at.plus_seconds(70 * MINUTE);
        act!(self, tx => session::close(&mut tx, &self.chair, meeting, false, end));
        act!(self, tx => minutes::actions::draft(&mut tx, meeting, end));
        Ok(())
    }

    async fn write_and_sign(
        &self,
        meeting: MeetingId,
        items: &[ItemId],
        end: Timestamp,
        keys: &Keys,
    ) -> Result<(), DemoError> {
        act!(self, tx => minutes::actions::draft(&mut tx, meeting, end));
        let proceedings = [
            "Ông Huỳnh Đức Thọ đề nghị ưu tiên các tuyến thuộc tổ dân phố 14 trước mùa mưa bão.\nÔng Phan Quốc Bảo \
             tiếp thu, sẽ thi công hai tuyến này trước.",
            "Bà Quách Thị Ưng giải trình về trình tự tiếp nhận đơn. Các thành viên thống nhất với dự thảo.",
        ];
        let at = end.plus_seconds(15 * MINUTE);
        for (item, text) in items.iter().zip(proceedings) {
            let part = item.to_string();
            let edit = minutes::store::Edit { part: &part, text, version: 1 };
            act!(self, tx => minutes::actions::save(&mut tx, &self.secretary, meeting, edit, at));
        }
        let edit = minutes::store::Edit { part: CONCLUSION, text: after::CONCLUDED, version: 1 };
        act!(self, tx => minutes::actions::save(&mut tx, &self.secretary, meeting, edit, at));
        minutes::actions::lock(self.app, &self.secretary, meeting, at).await.map_err(DemoError::new)?;
        let mut tx = self.app.db.read().await.map_err(DemoError::new)?;
        let found = minutes::store::minutes(&mut tx, meeting).await.map_err(DemoError::new)?;
        drop(tx);
        let document = found.and_then(|minutes| minutes.document_id);
        let document = document.ok_or_else(|| DemoError("the minutes are not locked".to_owned()))?;
        let desk = Desk::of(self.app);
        for (number, signer) in [(1, &self.secretary), (2, &self.chair)] {
            // Signed now, in truth: a signature cannot be dated back.
            let now = self.app.clock.now();
            let made = signing::signature::make(&desk, signer, document, number, keys.pin.clone(), now).await;
            let made = made.map_err(DemoError::new)?;
            act!(self, tx => signing::signature::record(&mut tx, signer, &made, now));
        }
        Ok(())
    }

    /// Next week's meeting, still a draft.
    async fn in_preparation(
        &self,
        kind: MeetingTypeId,
        room: RoomId,
        at: Timestamp,
        now: Timestamp,
    ) -> Result<(), DemoError> {
        let basics = Basics {
            title: "Phiên họp về dự toán ngân sách năm 2027".to_owned(),
            kind,
            room: Some(room),
            starts_at: at,
            ends_at: at.plus_seconds(3 * HOUR),
            online_url: String::new(),
            restricted: false,
        };
        self.draft(basics, &[(&texts::BUDGET, false)], now).await.map(|_| ())
    }
}
