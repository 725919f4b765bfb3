//! An office to test with: few people, each named by what they do.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ecabinet::app;
use ecabinet::clock::{Clock, Timestamp};
use ecabinet::config::Config;
use ecabinet::db::Db;
use ecabinet::identity::store::{self, Organisation, Person, Unit};
use ecabinet::identity::{Level, OrgRole, OrganisationId, PersonId, UnitId, actions};
use ecabinet::meetings::rules::{Fraction, PassBase, Secrecy, Tie, VoteTerms, usual_options};
use ecabinet::meetings::store::{MeetingType, Room, insert_room, insert_type};
use ecabinet::meetings::{MeetingTypeId, TermsId};
use ecabinet::notices::Mailer;
use ecabinet::web::App;
use sqlx::{Connection, SqliteConnection};
use tokio::sync::OnceCell;

use super::{Browser, postgres};

/// Everyone's password.
pub const PASSWORD: &str = "mat khau thu nghiem";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

/// The service on a database of its own, with one office in it.
///
/// People: `chair`, `secretary`, `delegate1`…`delegate5`, `guest`, `clerk`,
/// `admin`; in a unit of their own `head`, `drafter` and `expert`; and `stranger`, the secretary of another organisation.
#[derive(Debug)]
pub struct TestApp {
    pub app: App,
    pub organisation: OrganisationId,
    pub other: OrganisationId,
    /// Kinds of meeting and a room, as forms name them. The committee's
    /// ballots may be changed; the council's are final.
    pub committee: String,
    pub council: String,
    pub room: String,
    /// A kind of meeting and a room of the other organisation.
    pub foreign_kind: String,
    pub foreign_room: String,
    has_held_room: AtomicBool,
    folder: tempfile::TempDir,
    settings: Vec<(&'static str, String)>,
}

/// Noon of an ordinary Monday in the office.
pub fn noon() -> Timestamp {
    Timestamp::from_input("2026-11-23T12:00").unwrap()
}

impl TestApp {
    /// `None`: the database is not installed here.
    pub async fn new(database: Database) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let address = match database {
            Database::Sqlite => upgraded_file(&path("ecabinet.db")).await,
            Database::Postgres => postgres::upgraded_database().await?,
        };
        let settings = [
            ("ECABINET_DATABASE_URL", address),
            ("ECABINET_STORAGE_URL", format!("file:{}", path("objects"))),
            ("ECABINET_SCRATCH", path("incoming")),
            ("ECABINET_PUBLIC_URL", "http://office.test".to_owned()),
            ("ECABINET_UPLOAD_LIMIT_MIB", "8".to_owned()),
            ("ECABINET_RENDERER", env!("CARGO_BIN_EXE_ecabinet").to_owned()),
        ];
        let given = settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        let config = Config::from_parts(toml::Table::new(), given).unwrap();
        let app = app::open(config, Clock::fixed(noon())).await.unwrap();
        let organisation = organisation("anhai", "UBND phường An Hải");
        let other = super::office::organisation("sontra", "UBND phường Sơn Trà");
        let mut test = Self {
            app,
            organisation: organisation.id,
            other: other.id,
            committee: String::new(),
            council: String::new(),
            room: String::new(),
            foreign_kind: String::new(),
            foreign_room: String::new(),
            has_held_room: AtomicBool::new(false),
            folder,
            settings: settings.into(),
        };
        test.populate(&organisation, &other).await;
        test.furnish().await;
        Some(test)
    }

    async fn populate(&self, organisation: &Organisation, other: &Organisation) {
        let mut tx = self.app.db.write().await.unwrap();
        let hash = password_hash().await;
        for office in [organisation, other] {
            store::insert_organisation(&mut tx, office, noon()).await.unwrap();
        }
        let unit = Unit { id: UnitId::new(), parent_id: None, name: "Văn phòng".into(), position: 0 };
        store::insert_unit(&mut tx, organisation.id, &unit).await.unwrap();
        for (login, roles) in PEOPLE {
            let person = person(login, unit.id);
            assert!(store::insert_person(&mut tx, organisation.id, &person, &hash, noon()).await.unwrap());
            for role in *roles {
                store::add_role(&mut tx, person.id, *role).await.unwrap();
            }
        }
        let economy = Unit { id: UnitId::new(), parent_id: Some(unit.id), name: ECONOMY.into(), position: 1 };
        store::insert_unit(&mut tx, organisation.id, &economy).await.unwrap();
        for (login, roles) in PEOPLE_OF_ECONOMY {
            let person = person(login, economy.id);
            assert!(store::insert_person(&mut tx, organisation.id, &person, &hash, noon()).await.unwrap());
            for role in *roles {
                store::add_role(&mut tx, person.id, *role).await.unwrap();
            }
        }
        let unit = Unit { id: UnitId::new(), parent_id: None, name: "Văn phòng".into(), position: 0 };
        store::insert_unit(&mut tx, other.id, &unit).await.unwrap();
        let stranger = person("stranger", unit.id);
        store::insert_person(&mut tx, other.id, &stranger, &hash, noon()).await.unwrap();
        store::add_role(&mut tx, stranger.id, OrgRole::Secretary).await.unwrap();
        store::add_role(&mut tx, stranger.id, OrgRole::SystemAdmin).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The kinds of meeting and the rooms.
    async fn furnish(&mut self) {
        let mut tx = self.app.db.write().await.unwrap();
        let committee = meeting_type("Phiên họp UBND", true, Tie::ChairSide);
        let council = meeting_type("Kỳ họp HĐND", false, Tie::Fail);
        let foreign = meeting_type("Phiên họp UBND", true, Tie::ChairSide);
        for (office, kind) in
            [(self.organisation, &committee), (self.organisation, &council), (self.other, &foreign)]
        {
            insert_type(&mut tx, office, kind).await.unwrap();
        }
        let room = Room::new("Hội trường A", 40);
        let foreign_room = Room::new("Phòng họp Sơn Trà", 20);
        insert_room(&mut tx, self.organisation, &room).await.unwrap();
        insert_room(&mut tx, self.other, &foreign_room).await.unwrap();
        tx.commit().await.unwrap();
        self.committee = committee.id.to_string();
        self.council = council.id.to_string();
        self.room = room.id.to_string();
        self.foreign_kind = foreign.id.to_string();
        self.foreign_room = foreign_room.id.to_string();
    }

    /// A kind of meeting whose rule differs from the committee's; gives it as forms name it.
    pub async fn body(&self, change: impl FnOnce(&mut VoteTerms)) -> String {
        let mut kind = meeting_type("Họp theo quy định riêng", true, Tie::ChairSide);
        change(&mut kind.terms);
        let mut tx = self.app.db.write().await.unwrap();
        insert_type(&mut tx, self.organisation, &kind).await.unwrap();
        tx.commit().await.unwrap();
        kind.id.to_string()
    }

    /// An office of demonstration: keys of the test authority sign.
    pub fn accepting_test_keys(mut self) -> Self {
        let mut config = (*self.app.config).clone();
        config.test_authority = true;
        self.app.config = Arc::new(config);
        self
    }

    /// A room nobody has: the office's own for the first who asks, then others
    /// of the same name.
    pub async fn free_room(&self) -> String {
        if !self.has_held_room.swap(true, Ordering::SeqCst) {
            return self.room.clone();
        }
        let room = Room::new("Hội trường A", 40);
        let mut tx = self.app.db.write().await.unwrap();
        insert_room(&mut tx, self.organisation, &room).await.unwrap();
        tx.commit().await.unwrap();
        room.id.to_string()
    }

    /// A browser in which nobody is signed in.
    /// Changes the last byte of what is stored under a hash, as a failing disk would.
    pub fn alter_stored(&self, hash: ecabinet::storage::Hash) {
        let hash = hash.to_string();
        let mut folders = vec![self.folder.path().join("objects")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if entry.is_dir() {
                    folders.push(entry);
                } else if entry.to_string_lossy().replace('/', "").ends_with(&hash) {
                    let mut bytes = std::fs::read(&entry).unwrap();
                    *bytes.last_mut().unwrap() ^= 1;
                    std::fs::write(entry, bytes).unwrap();
                    return;
                }
            }
        }
        panic!("nothing is stored under {hash}");
    }

    pub fn browser(&self) -> Browser {
        Browser::new(app::router(self.app.clone()))
    }

    pub async fn sign_in(&self, login: &str) -> Browser {
        let mut browser = self.browser();
        let answer = browser.post("/sign-in", &[("login", login), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, 303, "{login} cannot sign in: {}", answer.visible_text());
        browser
    }

    pub async fn person(&self, login: &str) -> PersonId {
        let mut tx = self.app.db.read().await.unwrap();
        store::credentials(&mut tx, login).await.unwrap().unwrap().id
    }

    /// More people in the office, of no rank.
    pub async fn add_people(&self, logins: &[String]) {
        let mut tx = self.app.db.write().await.unwrap();
        let hash = password_hash().await;
        let unit = store::units(&mut tx, self.organisation).await.unwrap()[0].id;
        for login in logins {
            let person = person(login, unit);
            assert!(store::insert_person(&mut tx, self.organisation, &person, &hash, noon()).await.unwrap());
        }
        tx.commit().await.unwrap();
    }

    /// Leaves the office as it is, for a process to open it by these settings.
    pub async fn close(self) -> (tempfile::TempDir, Vec<(&'static str, String)>) {
        close(&self.app.db).await;
        (self.folder, self.settings)
    }

    /// Runs every job that is due.
    pub async fn run_jobs(&self) -> usize {
        let mailer = Mailer::new(&self.app.config).unwrap();
        app::worker(&self.app, mailer).run_due().await.unwrap()
    }
}

/// Brings a database to the newest schema, as the service does when it starts.
pub async fn upgrade(address: &str) {
    let db = Db::open(address).await.unwrap();
    close(&db).await;
}

async fn close(db: &Db) {
    match db {
        Db::Sqlite { read, .. } => read.close().await,
        Db::Postgres(pool) => pool.close().await,
    }
}

/// A database file of the newest schema at a path: a copy of one that is upgraded once.
async fn upgraded_file(path: &str) -> String {
    static SCHEMA: OnceCell<Vec<u8>> = OnceCell::const_new();
    let schema = SCHEMA.get_or_init(async || {
        let folder = tempfile::tempdir().unwrap();
        let first = folder.path().join("first.db").display().to_string();
        let copy = folder.path().join("copy.db");
        upgrade(&format!("sqlite:{first}")).await;
        let mut connection = SqliteConnection::connect(&format!("sqlite:{first}")).await.unwrap();
        sqlx::query("VACUUM INTO $1")
            .bind(copy.display().to_string())
            .execute(&mut connection)
            .await
            .unwrap();
        std::fs::read(copy).unwrap()
    });
    std::fs::write(path, schema.await).unwrap();
    format!("sqlite:{path}")
}

const PEOPLE: &[(&str, &[OrgRole])] = &[
    ("chair", &[]),
    ("secretary", &[OrgRole::Secretary]),
    ("delegate1", &[]),
    ("delegate2", &[]),
    ("delegate3", &[]),
    ("delegate4", &[]),
    ("delegate5", &[]),
    ("guest", &[]),
    ("clerk", &[OrgRole::Clerk]),
    ("admin", &[OrgRole::SystemAdmin]),
];

/// A unit below the Office, with its administrator and two who draft.
pub const ECONOMY: &str = "Phòng Kinh tế";
const PEOPLE_OF_ECONOMY: &[(&str, &[OrgRole])] =
    &[("head", &[OrgRole::UnitAdmin]), ("drafter", &[]), ("expert", &[])];

fn organisation(code: &str, name: &str) -> Organisation {
    Organisation {
        id: OrganisationId::new(),
        code: code.into(),
        name: name.into(),
        parent_name: "UBND thành phố Đà Nẵng".into(),
        place: "An Hải".into(),
        level: Level::Commune,
        parent_id: None,
    }
}

/// Two thirds must be there; more than half of all members must agree.
fn meeting_type(name: &str, change_allowed: bool, tie: Tie) -> MeetingType {
    MeetingType {
        id: MeetingTypeId::new(),
        name: name.into(),
        body_name: "Ủy ban nhân dân phường An Hải".into(),
        terms_id: TermsId::new(),
        terms: VoteTerms {
            quorum: Fraction { numerator: 2, denominator: 3 },
            pass: Fraction { numerator: 1, denominator: 2 },
            base: PassBase::TotalMembers,
            strict: true,
            tie,
            change_allowed,
            options: usual_options(),
            secrecy: Secrecy::Allowed,
            member_proxies: true,
            substitutes_vote: false,
            signed_ballots: false,
        },
    }
}

fn person(login: &str, unit_id: UnitId) -> Person {
    Person {
        id: PersonId::new(),
        unit_id,
        login: login.into(),
        full_name: format!("Nguyễn Văn {login}"),
        position: "Chuyên viên".into(),
        email: format!("{login}@office.test"),
        active: true,
    }
}

/// Hashing is made to be slow; once for all tests is enough.
async fn password_hash() -> Arc<str> {
    static HASH: OnceCell<Arc<str>> = OnceCell::const_new();
    HASH.get_or_init(async || actions::hash_password(PASSWORD.to_owned()).await.unwrap().into()).await.clone()
}
