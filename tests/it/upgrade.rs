//! An older database with an office in it becomes today's, and no row is lost.

use std::path::Path;

use ecabinet::db::{Db, Tx};
use ecabinet::meetings::rules::{PassBase, usual_options};
use ecabinet::meetings::{MeetingId, MeetingTypeId};
use ecabinet::sql;
use ecabinet::voting::rules::Way;
use ecabinet::voting::store;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection};

use crate::harness::fresh_postgres;

/// The last migration of the schema the office comes from.
const BEFORE: &str = "0008_trust.sql";

/// A meeting under way with a member who left and a substitute, a vote with
/// ballots, and an earlier meeting with its minutes. `#7` is the id number 7.
const OFFICE: &[&str] = &[
    "INSERT INTO organisation (id, code, name, parent_name, place, level, created_at)
     VALUES (#1, 'ah', 'UBND phường An Hải', '', 'An Hải', 'commune', 1)",
    "INSERT INTO unit (id, organisation_id, name, position) VALUES (#2, #1, 'Văn phòng', 0)",
    "INSERT INTO person (id, organisation_id, unit_id, login, full_name, folded_name, position, email,
                         password_hash, active, created_at)
     VALUES (#10, #1, #2, 'a', 'A', 'a', '', '', '', TRUE, 1), (#11, #1, #2, 'b', 'B', 'b', '', '', '', TRUE, 1),
            (#12, #1, #2, 'c', 'C', 'c', '', '', '', TRUE, 1)",
    "INSERT INTO room (id, organisation_id, name, seats) VALUES (#4, #1, 'Phòng họp số 1', 30)",
    "INSERT INTO meeting_type (id, organisation_id, name, body_name, quorum_numerator, quorum_denominator,
                               pass_numerator, pass_denominator, pass_base, pass_strict, tie, change_allowed)
     VALUES (#3, #1, 'Thường kỳ', 'UBND', 2, 3, 1, 2, 'total_members', TRUE, 'chair_side', TRUE)",
    "INSERT INTO meeting (id, organisation_id, type_id, room_id, title, folded_title, starts_at, ends_at, state,
                          current_item_id, announced_at, started_at, ended_at, created_by, created_at, version)
     VALUES (#7, #1, #3, #4, 'Đang họp', 'dang hop', 10, 20, 'in_progress', #5, 5, 11, NULL, #10, 1, 3),
            (#8, #1, #3, NULL, 'Đã họp', 'da hop', 2, 4, 'ended', NULL, 1, 2, 4, #10, 1, 1),
            (#9, #1, #3, #4, 'Đã hủy', 'da huy', 2, 4, 'cancelled', NULL, NULL, NULL, NULL, #11, 1, 2)",
    "INSERT INTO participant (meeting_id, person_id, role, member, attendance, checked_in_at, left_at,
                              absence_reason, substitute_for, position)
     VALUES (#7, #10, 'chair', TRUE, 'present', 9, NULL, '', NULL, 0),
            (#7, #11, 'delegate', TRUE, 'left_early', 9, 15, '', NULL, 1),
            (#7, #12, 'delegate', FALSE, 'not_checked', NULL, NULL, '', #11, 2),
            (#8, #10, 'chair', TRUE, 'absent_excused', NULL, NULL, 'Ốm', NULL, 0)",
    "INSERT INTO agenda_item (id, meeting_id, position, title, presenter, minutes_allotted, recurring, started_at)
     VALUES (#5, #7, 0, 'Giá đất', 'B', 30, FALSE, 11)",
    "INSERT INTO vote (id, meeting_id, item_id, question, state, quorum_numerator, quorum_denominator,
                       pass_numerator, pass_denominator, pass_base, pass_strict, tie, change_allowed, opened_at,
                       version)
     VALUES (#6, #7, #5, 'Thông qua?', 'open', 2, 3, 1, 2, 'total_members', TRUE, 'chair_side', TRUE, 12, 2),
            (#13, #7, #5, 'Đã xong?', 'published', 1, 2, 2, 3, 'voted', FALSE, 'fail', FALSE, 12, 2)",
    "INSERT INTO vote_result (vote_id, total_members, present, voted, approve, reject, abstain, not_voting, outcome,
                              decided_by)
     VALUES (#13, 2, 2, 1, 1, 0, 0, 1, 'adopted', 'count')",
    "INSERT INTO ballot (vote_id, person_id, choice, cast_at)
     VALUES (#6, #10, 'approve', 13), (#6, #11, 'reject', 14)",
    "INSERT INTO minutes (id, meeting_id, state, created_at) VALUES (#20, #8, 'draft', 5)",
];

fn statements(write_id: fn(u8) -> String) -> Vec<String> {
    // The longest numbers first: `#1` is also the beginning of `#10`.
    let fill = |statement: &&str| {
        (1..=20).rev().fold((*statement).to_owned(), |text, number| {
            text.replace(&format!("#{number}"), &write_id(number))
        })
    };
    OFFICE.iter().map(fill).collect()
}

/// The migrations up to [`BEFORE`], in a folder.
fn earlier(database: &str, folder: &Path) -> std::path::PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(database);
    let earlier = folder.join("migrations");
    std::fs::create_dir(&earlier).unwrap();
    for file in std::fs::read_dir(source).unwrap() {
        let file = file.unwrap();
        if file.file_name().to_string_lossy().as_ref() <= BEFORE {
            std::fs::copy(file.path(), earlier.join(file.file_name())).unwrap();
        }
    }
    earlier
}

/// What the office held, read from today's schema.
async fn assert_whole(db: &Db) {
    let mut tx = db.read().await.unwrap();
    let meetings = sql!(tx => fetch_all
        "SELECT title, state, starts_at, started_at, version, current_item_id IS NULL, room_id IS NULL,
                conductor_id IS NULL AND adjourned_until IS NULL
         FROM meeting ORDER BY id" as (String, String, i64, Option<i64>, i64, bool, bool, bool));
    let expected = [
        ("Đang họp", "in_progress", 10, Some(11), 3, false, false, true),
        ("Đã họp", "ended", 2, Some(2), 1, true, true, true),
        ("Đã hủy", "cancelled", 2, None, 2, true, false, true),
    ];
    let expected = expected.map(|(a, b, c, d, e, f, g, h)| (a.to_owned(), b.to_owned(), c, d, e, f, g, h));
    assert_eq!(meetings.unwrap(), expected);
    let people = sql!(tx => fetch_all
        "SELECT person.login, participant.attendance, participant.member, participant.left_at,
                participant.absence_reason, participant.substitute_for IS NULL, participant.deputy
         FROM participant JOIN person ON person.id = participant.person_id
         ORDER BY participant.meeting_id, person.login"
        as (String, String, bool, Option<i64>, String, bool, bool));
    let expected = [
        ("a", "present", true, None, "", true, false),
        ("b", "left_early", true, Some(15), "", true, false),
        ("c", "not_checked", false, None, "", false, false),
        ("a", "absent_excused", true, None, "Ốm", true, false),
    ];
    let expected =
        expected.map(|(a, b, c, d, e, f, g)| (a.to_owned(), b.to_owned(), c, d, e.to_owned(), f, g));
    assert_eq!(people.unwrap(), expected);
    let ballots = sql!(tx => fetch_all
        "SELECT choice, cast_at FROM ballot JOIN vote ON vote.id = ballot.vote_id
         JOIN meeting ON meeting.id = vote.meeting_id ORDER BY cast_at" as (String, i64));
    assert_eq!(ballots.unwrap(), [("approve".to_owned(), 13), ("reject".to_owned(), 14)]);
    assert_votes_whole(&mut tx).await;
    let (minutes,) = sql!(tx => fetch_one
        "SELECT count(minutes.id) FROM minutes JOIN meeting ON meeting.id = minutes.meeting_id" as (i64,))
    .unwrap();
    assert_eq!(minutes, 1);
}

/// Each vote keeps its rule, its ballots and its result.
async fn assert_votes_whole(tx: &mut Tx) {
    let (meeting,) = sql!(tx => fetch_one
        "SELECT id FROM meeting WHERE state = 'in_progress'" as (MeetingId,))
    .unwrap();
    let votes = store::votes_of(tx, meeting).await.unwrap();
    let lines: Vec<_> = votes
        .iter()
        .map(|vote| {
            (vote.number, vote.question.as_str(), vote.sheet == vote.id, vote.terms.quorum.to_string())
        })
        .collect();
    assert_eq!(lines, [(1, "Thông qua?", true, "2/3".into()), (2, "Đã xong?", true, "1/2".into())]);
    assert_eq!(votes[1].terms.options, usual_options());
    assert_eq!((votes[1].terms.base, votes[1].terms.strict), (PassBase::Voted, false));
    let ballots = store::ballots_of(tx, votes[0].id).await.unwrap();
    assert!(ballots.iter().all(|ballot| ballot.way == Way::Own && ballot.cast_by == ballot.member_id));
    let result = store::result(tx, votes[1].id).await.unwrap().unwrap();
    assert_eq!((result.tally.approve(), result.tally.not_voting, result.tally.proxies), (1, 1, 0));
    let (kind,) = sql!(tx => fetch_one "SELECT id FROM meeting_type" as (MeetingTypeId,)).unwrap();
    let kind = ecabinet::meetings::store::meeting_type(tx, kind).await.unwrap();
    assert_eq!(kind.terms, votes[0].terms);
}

#[tokio::test]
async fn an_embedded_database_with_a_meeting_under_way_is_upgraded_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ecabinet.db");
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    let migrator = Migrator::new(earlier("sqlite", folder.path()).as_path()).await.unwrap();
    migrator.run_direct(None, &mut connection, false).await.unwrap();
    for statement in statements(|number| format!("x'{}'", hex(number))) {
        connection.execute(AssertSqlSafe(statement)).await.unwrap();
    }
    connection.close().await.unwrap();
    assert_whole(&Db::open(&format!("sqlite:{}", path.display())).await.unwrap()).await;
}

#[tokio::test]
async fn a_postgresql_database_with_a_meeting_under_way_is_upgraded_whole() {
    let Some(address) = fresh_postgres().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut connection = PgConnection::connect(&address).await.unwrap();
    let migrator = Migrator::new(earlier("postgres", folder.path()).as_path()).await.unwrap();
    migrator.run_direct(None, &mut connection, false).await.unwrap();
    for statement in statements(|number| format!("CAST('{}' AS uuid)", hex(number))) {
        connection.execute(AssertSqlSafe(statement)).await.unwrap();
    }
    assert_whole(&Db::open(&address).await.unwrap()).await;
}

/// The digits of an id.
fn hex(number: u8) -> String {
    format!("01900000000070008000{number:012x}")
}
