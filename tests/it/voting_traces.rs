//! What a secret vote leaves behind, in the real process on the embedded
//! database: files, log and memory, while the vote is open and afterwards.
//!
//! A *pair* is a ballot's code (as text, or as shown in groups) with anything
//! that names a voter (id, login, session) within 512 bytes of it, in the same
//! page if it is a page of the database, or in a row of any table that holds both. *Order* is any place where ballots
//! stand as they came and not as their codes sort.

use std::collections::BTreeSet;

use ecabinet::voting::VoteId;
use openssl::rand::rand_bytes;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use crate::harness::Database;
use crate::harness::ballot_paper::{BallotPaper, Blinding};
use crate::harness::crowd::{Crowd, Voter};
use crate::harness::process::Process;
use crate::harness::traces::{Finder, Hit, files, memory};

const VOTERS: usize = 24;
/// How near to a code the name of a voter makes a pair.
const NEAR: usize = 512;
const PAGE: usize = 4096;
/// What stands so far around a code tells that it is the one in the record.
const AS_IN_RECORD: usize = 24;
/// Looks at the memory until what was under way is over; it takes one or two.
const LOOKS: usize = 40;

/// A secret vote in which everyone has a paper.
struct SecretVote {
    crowd: Crowd,
    process: Process,
    id: VoteId,
    papers: Vec<BallotPaper>,
}

impl SecretVote {
    async fn open() -> Self {
        let crowd = Crowd::gather(Database::Sqlite, VOTERS).await.unwrap();
        let process = crowd.start().await;
        crowd.open_vote(&process, "Bầu tổ kiểm phiếu?", &[("kind", "secret")]).await;
        let page = process.get(&format!("/meetings/{}", crowd.meeting), &crowd.voters[0].session);
        let page = page.send().await.unwrap().text().await.unwrap();
        let attribute = |name: &str| {
            let (_, rest) = page.split_once(&format!("{name}=\"")).expect(name);
            rest.split('"').next().unwrap().to_owned()
        };
        let id: VoteId = attribute("data-vote").parse().unwrap();
        let modulus = hex::decode(attribute("data-modulus")).unwrap();
        let mut papers = Vec::new();
        for voter in &crowd.voters {
            papers.push(ask(&process, id, &modulus, voter).await);
        }
        Self { crowd, process, id, papers }
    }

    /// Everyone casts, in an order of chance, each over a connection of its own.
    async fn cast(&self) -> Vec<usize> {
        let order = shuffled(VOTERS);
        for index in &order {
            let choice = ["approve", "reject", "abstain"][index % 3];
            let form = self.papers[*index].form(choice);
            let request = self.process.post_unsigned(&format!("/votes/{}/secret-ballots", self.id), &form);
            assert_eq!(request.send().await.unwrap().status(), 200);
        }
        order
    }

    async fn close(&self) {
        let path = format!("/votes/{}/closure", self.id);
        let answer = self.process.post(&path, &self.crowd.secretary, &[]).send().await.unwrap();
        assert_eq!(answer.status(), 303);
    }

    /// The codes, as they are and in the groups in which they are shown.
    fn codes(&self) -> Finder {
        let codes = self.papers.iter().map(|paper| &paper.code);
        let written = codes.flat_map(|code| [code.as_str().to_owned(), code.grouped()]);
        Finder::new(written.map(String::into_bytes))
    }

    /// Ballots that follow each other as their codes sort, none left out.
    fn stand_by_code(&self, found: &[usize]) -> bool {
        let mut sorted: Vec<usize> = (0..self.papers.len()).collect();
        sorted.sort_by_key(|which| self.papers[*which].code.as_str());
        sorted.windows(found.len()).any(|run| run == found)
    }

    /// What was written of the vote when it closed.
    async fn record(&self) -> Vec<u8> {
        let ecabinet::db::Db::Sqlite { read, .. } = self.crowd.database().await else { panic!("SQLite") };
        let (body,): (String,) =
            sqlx::query_as("SELECT body FROM vote_record").fetch_one(&read).await.unwrap();
        body.into_bytes()
    }

    fn signatures(&self) -> Finder {
        let signatures = self.papers.iter().map(|paper| &paper.signature);
        Finder::new(signatures.flat_map(|hex| [hex::decode(hex).unwrap(), hex.clone().into_bytes()]))
    }

    /// Whatever names a voter.
    fn voters(&self) -> Finder {
        Finder::new(self.crowd.voters.iter().flat_map(|voter| {
            let id = uuid::Uuid::from(voter.person);
            [
                id.as_bytes().to_vec(),
                id.simple().to_string().into_bytes(),
                voter.session.clone().into_bytes(),
                voter.login.clone().into_bytes(),
            ]
        }))
    }

    fn files(&self) -> Vec<(String, Vec<u8>)> {
        files(self.crowd.folder.path())
    }

    fn memory(&self) -> Vec<(String, Vec<u8>)> {
        memory(self.process.pid())
    }
}

async fn ask(process: &Process, vote: VoteId, modulus: &[u8], voter: &Voter) -> BallotPaper {
    let blinding = Blinding::new(vote, modulus);
    let (path, member) = (format!("/votes/{vote}/ballot-papers"), voter.person.to_string());
    let form = [("member", member.as_str()), ("blinded", &blinding.blinded)];
    let answer = process.post(&path, &voter.session, &form).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let signature = answer.text().await.unwrap();
    blinding.finish(&signature)
}

fn shuffled(count: usize) -> Vec<usize> {
    let mut random = vec![0_u8; count * 8];
    rand_bytes(&mut random).unwrap();
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|index| random[index * 8..index * 8 + 8].to_vec());
    order
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_vote_leaves_neither_pair_nor_order() {
    let vote = SecretVote::open().await;
    the_search_finds_what_is_there(&vote);
    let order = vote.cast().await;
    nothing_tells_while_the_vote_is_open(&vote).await;
    vote.close().await;
    published_ballots_stand_by_code_and_far_from_voters(&vote, &order).await;
    no_row_joins_a_voter_and_a_code(&vote).await;
}

/// A search that finds nothing proves something only if it can find.
fn the_search_finds_what_is_there(vote: &SecretVote) {
    let logins = Finder::new(vote.crowd.voters.iter().map(|voter| voter.login.clone().into_bytes()));
    assert!(!logins.find_in(&vote.files()).is_empty());
    let question = Finder::new([b"B\xe1\xba\xa7u t\xe1\xbb\x95 ki\xe1\xbb\x83m phi\xe1\xba\xbfu?".to_vec()]);
    assert!(!question.find_in(&vote.memory()).is_empty());
    assert_eq!(vote.codes().find(format!("xx{}", vote.papers[1].code.as_str()).as_bytes()).len(), 1);
}

/// The ballots are in, and not one code or signature stands anywhere: so
/// there is nothing a voter could be joined with.
async fn nothing_tells_while_the_vote_is_open(vote: &SecretVote) {
    let files = vote.files();
    let log = files.iter().find(|(name, _)| name.ends_with("-wal")).map_or(0, |(_, bytes)| bytes.len());
    assert_eq!(log, 0, "the log of changes holds the order of the ballots");
    for finder in [vote.codes(), vote.signatures()] {
        assert_eq!(finder.find_in(&files), []);
        let mut found = finder.find_in(&vote.memory());
        for _ in 1..LOOKS {
            if found.is_empty() {
                break;
            }
            tokio::task::yield_now().await;
            found = finder.find_in(&vote.memory());
        }
        assert_eq!(found, [], "in the memory of the process");
    }
}

async fn published_ballots_stand_by_code_and_far_from_voters(vote: &SecretVote, order: &[usize]) {
    let (codes, voters) = (vote.codes(), vote.voters());
    let files = vote.files();
    let (_, database) = files.iter().find(|(name, _)| name == "ecabinet.db").unwrap();
    let hits = codes.find(database);
    let seen: BTreeSet<usize> = hits.iter().map(|hit| hit.which).collect();
    assert_eq!(seen.len(), VOTERS, "every ballot is published");
    assert!(!is_in_order_of_casting(&hits, order));
    let mut by_code = pages(&codes, &as_if_cast_by_code(vote).await);
    // The record that was written at closing names them once more, by code.
    by_code.extend(pages(&codes, database).into_iter().filter(|found| vote.stand_by_code(found)));
    assert_eq!(pages(&codes, database), by_code, "ballots stand as they came");
    let record = vote.record().await;
    let named: Vec<usize> = codes.find(&record).iter().map(|hit| hit.which / 2).collect();
    assert!(named.len() == VOTERS && vote.stand_by_code(&named), "the record lists ballots by code");
    // There the list of members and the list of ballots follow each other.
    let is_of_record = |bytes: &[u8], at: usize| {
        let near = &bytes[at.saturating_sub(AS_IN_RECORD)..bytes.len().min(at + AS_IN_RECORD)];
        record.windows(near.len()).any(|part| part == near)
    };
    for (place, bytes) in files.iter().chain(&vote.memory()) {
        for hit in codes.find(bytes).into_iter().filter(|hit| !is_of_record(bytes, hit.at)) {
            let around = around(bytes, hit.at, database);
            assert_eq!(voters.find(around), [], "a voter beside a code in {place}");
        }
    }
    let log = files.iter().find(|(name, _)| name.ends_with("-wal")).map_or(0, |(_, bytes)| bytes.len());
    assert_eq!(log, 0, "the log of changes was emptied after closing");
}

/// What stands near a place. In a page of the database, also one that the
/// process holds in memory, it ends with the page: which page lies beside it
/// is chance, and whatever is in one table's page is in the rows of that table.
fn around<'a>(bytes: &'a [u8], at: usize, database: &[u8]) -> &'a [u8] {
    let begins = |page: &[u8]| {
        let inside = page.windows(16).position(|window| bytes[at..].starts_with(window))?;
        let start = at.checked_sub(inside)?;
        (bytes.get(start..start + PAGE)? == page).then_some(start)
    };
    let (near, far) = (at.saturating_sub(NEAR), bytes.len().min(at + NEAR));
    match database.chunks(PAGE).find_map(begins) {
        Some(start) => &bytes[near.max(start)..far.min(start + PAGE)],
        None => &bytes[near..far],
    }
}

/// The ballots of each page of a database file, in the order in which they
/// stand there.
fn pages(codes: &Finder, database: &[u8]) -> BTreeSet<Vec<usize>> {
    let pages = database.chunks(PAGE).map(|page| codes.find(page).iter().map(|hit| hit.which / 2).collect());
    pages.filter(|found: &Vec<usize>| !found.is_empty()).collect()
}

/// A new database file that got the same rows in the order of their codes:
/// what stands in it cannot tell how they were cast.
async fn as_if_cast_by_code(vote: &SecretVote) -> Vec<u8> {
    let path = vote.crowd.folder.path().join("sorted");
    let ecabinet::db::Db::Sqlite { read, .. } = vote.crowd.database().await else { panic!("SQLite") };
    let (table,): (String,) = sqlx::query_as("SELECT sql FROM sqlite_schema WHERE name = 'secret_ballot'")
        .fetch_one(&read)
        .await
        .unwrap();
    let rows: Vec<(Vec<u8>, String, String, Vec<u8>)> =
        sqlx::query_as("SELECT vote_id, code, choice, signature FROM secret_ballot ORDER BY code")
            .fetch_all(&read)
            .await
            .unwrap();
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true).foreign_keys(false);
    let options = options.pragma("secure_delete", "ON");
    let mut copy = options.connect().await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(table)).execute(&mut copy).await.unwrap();
    let mut tx = copy.begin().await.unwrap();
    for (vote, code, choice, signature) in rows {
        let insert = sqlx::query("INSERT INTO secret_ballot VALUES ($1, $2, $3, $4)");
        insert.bind(vote).bind(code).bind(choice).bind(signature).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    copy.close().await.unwrap();
    let bytes = std::fs::read(&path).unwrap();
    std::fs::remove_file(path).unwrap();
    bytes
}

fn is_in_order_of_casting(hits: &[Hit], order: &[usize]) -> bool {
    let found: Vec<usize> = hits.iter().map(|hit| hit.which / 2).collect();
    let backwards: Vec<usize> = order.iter().rev().copied().collect();
    found == order || found == backwards
}

/// Every row of every table, as one string of bytes.
async fn no_row_joins_a_voter_and_a_code(vote: &SecretVote) {
    let ecabinet::db::Db::Sqlite { read, .. } = vote.crowd.database().await else { panic!("SQLite") };
    let tables: Vec<(String,)> =
        sqlx::query_as("SELECT name FROM sqlite_schema WHERE type = 'table'").fetch_all(&read).await.unwrap();
    let mut with_codes = Vec::new();
    for (table,) in tables {
        let columns: Vec<(String,)> = sqlx::query_as("SELECT name FROM pragma_table_info($1)")
            .bind(&table)
            .fetch_all(&read)
            .await
            .unwrap();
        let whole: Vec<String> =
            columns.iter().map(|(name,)| format!("coalesce(CAST(\"{name}\" AS BLOB), x'')")).collect();
        let text = format!("SELECT CAST({} AS BLOB) FROM \"{table}\"", whole.join(" || "));
        let rows: Vec<(Vec<u8>,)> = sqlx::query_as(sqlx::AssertSqlSafe(text)).fetch_all(&read).await.unwrap();
        // A record lists the members, and then the ballots by code.
        for (row,) in rows.into_iter().filter(|_| table != "vote_record") {
            if !vote.codes().find(&row).is_empty() {
                assert_eq!(vote.voters().find(&row), [], "a row of {table} is a pair");
                with_codes.push(table.clone());
            }
        }
    }
    assert_eq!(with_codes, vec!["secret_ballot"; VOTERS]);
}
