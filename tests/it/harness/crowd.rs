//! A meeting of many, ready for a process of its own to serve.

use std::path::PathBuf;

use ecabinet::clock::Clock;
use ecabinet::db::Db;
use ecabinet::identity::{PersonId, store};
use ecabinet::meetings::rules::Attendance;
use ecabinet::meetings::{self, MeetingId};
use openssl::rand::rand_bytes;
use sha2::{Digest, Sha256};

use super::meeting::Meeting;
use super::process::Process;
use super::{Database, TestApp};

/// People who can vote, each with a session, in a meeting under way.
#[derive(Debug)]
pub struct Crowd {
    pub voters: Vec<Voter>,
    /// The cookie's secret of the secretary.
    pub secretary: String,
    pub meeting: MeetingId,
    pub item: String,
    pub folder: tempfile::TempDir,
    settings: Vec<(&'static str, String)>,
}

#[derive(Clone, Debug)]
pub struct Voter {
    pub person: PersonId,
    pub login: String,
    /// The cookie's secret.
    pub session: String,
}

impl Crowd {
    /// `None`: the database is not installed here. Nothing of it stays open.
    pub async fn gather(database: Database, size: usize) -> Option<Self> {
        let app = TestApp::new(database).await?;
        let logins: Vec<String> = (1..=size).map(|number| format!("voter{number}")).collect();
        app.add_people(&logins).await;
        let mut meeting = app.meeting().published().await;
        let mut people = vec![("chair", "chair"), ("secretary", "secretary")];
        people.extend(logins.iter().map(|login| (login.as_str(), "delegate")));
        meeting.invite(&app, &people).await;
        meeting.act("opening", &[]).await;
        let voters = sign_in(&app, &meeting, &logins).await;
        let secretary = session(&app, app.person("secretary").await).await;
        let (id, item) = (meeting.id, meeting.items[0].to_string());
        drop(meeting);
        let (folder, settings) = app.close().await;
        Some(Self { voters, secretary, meeting: id, item, folder, settings })
    }

    pub fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    pub async fn start(&self) -> Process {
        Process::start(&self.settings, &self.log()).await
    }

    /// The database, for looking at what is there.
    pub async fn database(&self) -> Db {
        let address = self.settings.iter().find(|(name, _)| *name == "ECABINET_DATABASE_URL");
        Db::open(&address.unwrap().1).await.unwrap()
    }

    /// Opens a vote as the secretary does, by the form.
    pub async fn open_vote(&self, process: &Process, question: &str, more: &[(&str, &str)]) {
        let path = format!("/meetings/{}/votes", self.meeting);
        let mut fields = vec![("item", self.item.as_str()), ("question", question), ("open", "yes")];
        fields.extend(more);
        let answer = process.post(&path, &self.secretary, &fields).send().await.unwrap();
        assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
    }
}

/// Everyone is there and has a session.
async fn sign_in(app: &TestApp, meeting: &Meeting, logins: &[String]) -> Vec<Voter> {
    let mut voters = Vec::new();
    for login in logins {
        let person = app.person(login).await;
        voters.push(Voter { person, login: login.clone(), session: session(app, person).await });
    }
    let mut tx = app.app.db.write().await.unwrap();
    for voter in &voters {
        let now = Clock::System.now();
        assert!(
            meetings::store::check_in(&mut tx, meeting.id, voter.person, Attendance::Present, now)
                .await
                .unwrap()
        );
    }
    tx.commit().await.unwrap();
    voters
}

/// A session as the door makes it, without the slow look at a password.
pub async fn session(app: &TestApp, person: PersonId) -> String {
    let mut secret = [0_u8; 32];
    rand_bytes(&mut secret).unwrap();
    let secret = hex::encode(secret);
    let mut tx = app.app.db.write().await.unwrap();
    let key = Sha256::digest(secret.as_bytes());
    store::insert_session(&mut tx, &key, person, "test", Clock::System.now()).await.unwrap();
    tx.commit().await.unwrap();
    secret
}
