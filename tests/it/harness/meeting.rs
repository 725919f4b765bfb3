//! Meetings and votes, made as the secretary makes them: by the forms.

use ecabinet::db::Db;
use ecabinet::identity::{Actor, PersonId};
use ecabinet::meetings::store::{self, Item, Participant};
use ecabinet::meetings::{ItemId, MeetingId};
use ecabinet::voting;
use ecabinet::voting::rules::VoteState;
use ecabinet::voting::store::{NamedBallot, VoteResult};

use super::{Browser, TestApp};

/// The chair and five delegates: with two thirds of them, four, there is a quorum.
pub const MEMBERS: &[&str] = &["chair", "delegate1", "delegate2", "delegate3", "delegate4", "delegate5"];

/// What a meeting is to be like; [`draft`](Self::draft) and its sisters make it.
#[derive(Debug)]
pub struct MeetingBuilder<'a> {
    app: &'a TestApp,
    kind: String,
    title: &'a str,
}

/// A meeting, with its secretary at hand.
#[derive(Debug)]
pub struct Meeting {
    pub id: MeetingId,
    /// The points of its agenda, in order.
    pub items: Vec<ItemId>,
    pub secretary: Browser,
}

/// A vote of a meeting.
#[derive(Debug)]
pub struct Vote {
    pub id: voting::VoteId,
    pub meeting: Meeting,
}

impl TestApp {
    /// A meeting of the committee, where a ballot may be changed.
    pub fn meeting(&self) -> MeetingBuilder<'_> {
        MeetingBuilder { app: self, kind: self.committee.clone(), title: "Họp thường kỳ tháng 11" }
    }

    /// A vote that takes ballots, in a meeting at which everyone is present.
    pub async fn open_vote(&self, question: &str) -> Vote {
        self.meeting().under_way().await.open_vote(self, question).await
    }

    /// A form's title, kind, place and time.
    pub fn basics<'a>(&'a self, title: &'a str) -> [(&'a str, &'a str); 5] {
        [
            ("title", title),
            ("kind", &self.committee),
            ("room", &self.room),
            ("starts_at", "2026-11-24T08:00"),
            ("ends_at", "2026-11-24T11:00"),
        ]
    }

    /// The meeting a redirect led to.
    pub async fn meeting_at(&self, location: &str) -> Meeting {
        let id: MeetingId = location.split('/').nth(2).and_then(|id| id.parse().ok()).expect(location);
        Meeting { id, items: self.item_ids(id).await, secretary: self.sign_in("secretary").await }
    }

    pub async fn agenda(&self, meeting: MeetingId) -> Vec<Item> {
        let mut tx = self.app.db.read().await.unwrap();
        store::items(&mut tx, meeting).await.unwrap()
    }

    pub async fn item_ids(&self, meeting: MeetingId) -> Vec<ItemId> {
        self.agenda(meeting).await.iter().map(|item| item.id).collect()
    }

    pub async fn participant(&self, meeting: MeetingId, login: &str) -> Option<Participant> {
        let person = self.person(login).await;
        let mut tx = self.app.db.read().await.unwrap();
        store::participant(&mut tx, meeting, person).await.unwrap()
    }

    /// The ballots in the box and the result, if it is out.
    pub async fn count(&self, vote: &Vote) -> (Vec<NamedBallot>, Option<VoteResult>) {
        let mut tx = self.app.db.read().await.unwrap();
        let ballots = voting::store::ballots(&mut tx, vote.id).await.unwrap();
        let results = voting::store::results_of(&mut tx, vote.meeting.id).await.unwrap();
        (ballots, results.into_iter().find(|(of, _)| *of == vote.id).map(|(_, result)| result))
    }

    pub async fn vote_state(&self, vote: &Vote) -> VoteState {
        let mut tx = self.app.db.read().await.unwrap();
        voting::store::vote(&mut tx, vote.id).await.unwrap().unwrap().state
    }

    /// The person as actions know them.
    pub async fn actor(&self, login: &str) -> Actor {
        Actor {
            person: self.person(login).await,
            organisation: self.organisation,
            full_name: login.into(),
            position: String::new(),
            roles: Vec::new(),
            session: Vec::new(),
        }
    }

    /// Waits until a statement waits for another transaction. On SQLite writers
    /// queue before the database, which needs no waiting for.
    pub async fn until_someone_waits(&self) {
        if let Db::Postgres(pool) = &self.app.db {
            let waiting = "SELECT count(*) FROM pg_stat_activity
                           WHERE datname = current_database() AND wait_event_type = 'Lock'";
            while sqlx::query_scalar::<_, i64>(waiting).fetch_one(pool).await.unwrap() == 0 {
                tokio::task::yield_now().await;
            }
        }
    }

    /// The acts of the log on a subject, the oldest first.
    pub async fn acts_on(&self, subject: &str) -> Vec<String> {
        let mut tx = self.app.db.read().await.unwrap();
        let rows = ecabinet::sql!(tx => fetch_all
            "SELECT act FROM audit_entry WHERE subject = $1 ORDER BY sequence" as (String,), subject);
        rows.unwrap().into_iter().map(|(act,)| act).collect()
    }
}

impl<'a> MeetingBuilder<'a> {
    /// Of the council, whose rule says that a ballot is final and a tie fails.
    pub fn of_the_council(mut self) -> Self {
        self.kind = self.app.council.clone();
        self
    }

    /// Of a body with a rule of its own.
    pub fn of_kind(mut self, kind: String) -> Self {
        self.kind = kind;
        self
    }

    pub fn titled(mut self, title: &'a str) -> Self {
        self.title = title;
        self
    }

    /// Not published yet, and ready to be: everyone is invited, two items.
    pub async fn draft(self) -> Meeting {
        let mut secretary = self.app.sign_in("secretary").await;
        let mut form = self.app.basics(self.title);
        form[1].1 = &self.kind;
        let room = self.app.free_room().await;
        form[2].1 = &room;
        let made = secretary.post("/meetings", &form).await;
        assert_eq!(made.status, 303, "{}", made.visible_text());
        let mut meeting = self.app.meeting_at(&made.location()).await;
        meeting.invite(self.app, EVERYONE).await;
        for title in ["Kế hoạch đầu tư công", "Giá đất năm 2027"] {
            meeting.act("items", &[("title", title), ("recurring", "yes")]).await;
        }
        meeting.items = self.app.item_ids(meeting.id).await;
        meeting
    }

    pub async fn published(self) -> Meeting {
        let mut meeting = self.draft().await;
        meeting.act("publication", &[]).await;
        meeting
    }

    /// Opened by the secretary, at its first item, with all members present.
    pub async fn under_way(self) -> Meeting {
        let app = self.app;
        let mut meeting = self.published().await;
        for login in MEMBERS {
            meeting.note(app, login, "present").await;
        }
        meeting.act("opening", &[]).await;
        let first = meeting.items[0].to_string();
        meeting.act("current-item", &[("item", &first)]).await;
        meeting
    }
}

/// Who is invited to a meeting made here, and as what.
pub const EVERYONE: &[(&str, &str)] = &[
    ("chair", "chair"),
    ("secretary", "secretary"),
    ("delegate1", "delegate"),
    ("delegate2", "delegate"),
    ("delegate3", "delegate"),
    ("delegate4", "delegate"),
    ("delegate5", "delegate"),
    ("guest", "guest"),
];

impl Meeting {
    /// The meeting as its participants see it.
    pub fn page(&self) -> String {
        format!("/meetings/{}", self.id)
    }

    /// A page or form under it.
    pub fn path(&self, rest: &str) -> String {
        format!("/meetings/{}/{rest}", self.id)
    }

    /// Sends one of the meeting's forms as the secretary; it must be taken.
    pub async fn act(&mut self, form: &str, fields: &[(&str, &str)]) {
        let path = self.path(form);
        let answer = self.secretary.post(&path, fields).await;
        assert_eq!(answer.status, 303, "{form}: {}", answer.visible_text());
    }

    /// Saves the list of participants: logins with roles.
    pub async fn invite(&mut self, app: &TestApp, people: &[(&str, &str)]) {
        let form = participants_form(app, people).await;
        self.act("participants", &as_fields(&form)).await;
    }

    /// The secretary notes who is there.
    pub async fn note(&mut self, app: &TestApp, login: &str, attendance: &str) {
        let form = format!("attendance/{}", app.person(login).await);
        self.act(&form, &[("attendance", attendance)]).await;
    }

    pub async fn ask(&mut self, question: &str) {
        let item = self.items[0].to_string();
        self.act("votes", &[("item", &item), ("question", question)]).await;
    }

    /// Prepares several questions on one sheet; gives its votes in their order.
    pub async fn prepared_sheet(&mut self, app: &TestApp, questions: &[&str]) -> Vec<voting::VoteId> {
        let item = self.items[0].to_string();
        let pairs = questions.iter().flat_map(|text| [("about", item.as_str()), ("question", *text)]);
        let form: Vec<(&str, &str)> = pairs.collect();
        self.act("votes", &form).await;
        let mut tx = app.app.db.read().await.unwrap();
        let votes = voting::store::votes_of(&mut tx, self.id).await.unwrap();
        let of_sheet = votes.iter().filter(|vote| questions.contains(&vote.question.as_str()));
        of_sheet.map(|vote| vote.id).collect()
    }

    /// The secretary records who holds whose mandate.
    pub async fn give_proxy(&mut self, app: &TestApp, giver: &str, holder: &str) -> u16 {
        let (giver, holder) = (app.person(giver).await.to_string(), app.person(holder).await.to_string());
        let form = [("giver", giver.as_str()), ("holder", &holder), ("reason", "Đi công tác")];
        let path = self.path("proxies");
        self.secretary.post(&path, &form).await.status
    }

    /// Puts a question on the first item to the vote.
    pub async fn open_vote(mut self, app: &TestApp, question: &str) -> Vote {
        let vote = self.prepared_vote(app, question).await;
        let opened = self.secretary.post(&format!("/votes/{vote}/opening"), &[]).await;
        assert_eq!(opened.status, 303, "{}", opened.visible_text());
        Vote { id: vote, meeting: self }
    }

    pub async fn prepared_vote(&mut self, app: &TestApp, question: &str) -> voting::VoteId {
        self.ask(question).await;
        let mut tx = app.app.db.read().await.unwrap();
        let votes = voting::store::votes_of(&mut tx, self.id).await.unwrap();
        votes.iter().find(|vote| vote.question == question).unwrap().id
    }
}

impl Vote {
    pub fn page(&self) -> String {
        format!("/votes/{}", self.id)
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/votes/{}/{rest}", self.id)
    }
}

/// The fields of the list of participants.
pub async fn participants_form(app: &TestApp, people: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for (login, role) in people {
        let person: PersonId = app.person(login).await;
        fields.push(("person".to_owned(), person.to_string()));
        fields.push((format!("role-{person}"), (*role).to_owned()));
    }
    fields
}

pub fn as_fields(form: &[(String, String)]) -> Vec<(&str, &str)> {
    form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}
