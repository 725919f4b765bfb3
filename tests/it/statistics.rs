//! Figures: equal wherever they are shown, and equal to a count made another way.

use std::collections::BTreeMap;
use std::io::Read;

use ecabinet::db::Tx;
use ecabinet::identity::PersonId;
use ecabinet::meetings::MeetingId;
use ecabinet::meetings::store::{self as meetings, Participant};
use ecabinet::sql;
use ecabinet::statistics::rules::Measure;

use crate::harness::meeting::Meeting;
use crate::harness::{Browser, TestApp};
use crate::on_both;

const PERIOD: &str = "from=2026-11-01&to=2026-11-30";

/// Two meetings that are over, with people late, absent, substituted, speaking,
/// voting, and one paper that some opened.
async fn seeded(app: &TestApp) -> [Meeting; 2] {
    let mut first = app.meeting().under_way().await;
    let item = first.items[0].to_string();
    let file = crate::harness::pdf::pdf(&["Trang một", "Trang hai", "Trang ba"]);
    let sent = first.secretary.upload(&first.path("papers"), "a.pdf", &file, &[("item", &item)]).await;
    assert_eq!(sent.status, 303);
    app.run_jobs().await;
    open_paper(app, &first, "delegate1").await;
    first.note(app, "delegate3", "absent").await;
    first.note(app, "delegate4", "absent_excused").await;
    app.app.clock.advance(300);
    let vote = first.prepared_vote(app, "Thông qua?").await;
    first.secretary.post(&format!("/votes/{vote}/opening"), &[]).await;
    for login in ["chair", "delegate1"] {
        let cast =
            app.sign_in(login).await.post(&format!("/votes/{vote}/ballots"), &[("choice", "approve")]).await;
        assert_eq!(cast.status, 303, "{login}");
    }
    first.secretary.post(&format!("/votes/{vote}/closure"), &[]).await;
    speak(app, &first, "delegate1", 95).await;
    speak(app, &first, "delegate1", 200).await;
    app.app.clock.advance(3600);
    first.act("closing", &[]).await;

    let mut second = app.meeting().of_the_council().titled("Kỳ họp bất thường").published().await;
    for login in ["chair", "delegate1", "delegate2", "delegate3"] {
        second.note(app, login, "present").await;
    }
    second.act("opening", &[]).await;
    app.app.clock.advance(120);
    second.note(app, "delegate4", "present").await;
    app.app.clock.advance(120);
    second.act("closing", &[]).await;
    app.run_jobs().await;
    [first, second]
}

async fn open_paper(app: &TestApp, meeting: &Meeting, login: &str) {
    let person = app.person(login).await;
    let mut tx = app.app.db.write().await.unwrap();
    let papers = meetings::agenda_papers(&mut tx, meeting.id, person).await.unwrap();
    sql!(tx => execute
        "INSERT INTO paper_opening (version_id, person_id, first_opened_at) VALUES ($1, $2, $3)",
        papers[0].version_id, person, app.app.clock.now())
    .unwrap();
    tx.commit().await.unwrap();
}

async fn speak(app: &TestApp, meeting: &Meeting, login: &str, seconds: i64) {
    let person = app.person(login).await;
    let now = app.app.clock.now();
    let mut tx = app.app.db.write().await.unwrap();
    sql!(tx => execute
        "INSERT INTO speech_request (id, meeting_id, item_id, person_id, kind, topic, state, position,
                                     allotted_seconds, spoken, asked_at, called_at, ended_at)
         VALUES ($1, $2, $3, $4, 'speech', '', 'finished', 0, 300, $5, $6, $6, $6)",
        MeetingId::new(), meeting.id, meeting.items[0], person, seconds * 1_000_000, now)
    .unwrap();
    tx.commit().await.unwrap();
}

/// The table as a file: what stands over each column, and the lines by name.
async fn csv(browser: &mut Browser, query: &str) -> (Vec<String>, BTreeMap<String, Vec<String>>) {
    let answer = browser.get(&format!("/statistics/table.csv?{query}")).await;
    assert_eq!(answer.status, 200);
    let text = answer.text();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let heads = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let lines = reader.records().map(|record| {
        let cells: Vec<String> = record.unwrap().iter().map(str::to_owned).collect();
        (cells[0].clone(), cells)
    });
    (heads, lines.collect())
}

/// The figures of one person, counted one by one from the rows of each meeting.
async fn slowly(tx: &mut Tx, person: PersonId, ended: &[MeetingId]) -> BTreeMap<Measure, i64> {
    let mut counted: BTreeMap<Measure, i64> = Measure::ALL.iter().map(|measure| (*measure, 0)).collect();
    let mut seconds = 0;
    for meeting in ended {
        let people = meetings::participants(tx, *meeting).await.unwrap();
        let Some(me) = people.iter().find(|one| one.person_id == person) else { continue };
        let (started,) = sql!(tx => fetch_one
            "SELECT started_at FROM meeting WHERE id = $1" as (ecabinet::clock::Timestamp,), *meeting)
        .unwrap();
        let mut add = |measure, count: i64| *counted.get_mut(&measure).unwrap() += count;
        add(Measure::Invited, 1);
        let was_there = ["present", "online", "left_early"].contains(&me.attendance.as_str());
        let came_instead = |one: &&Participant| one.substitute_for == Some(person);
        let is_substituted = people.iter().find(came_instead).is_some();
        match (
            was_there,
            is_substituted,
            me.attendance.as_str() == "absent_excused" || !me.absence_reason.is_empty(),
        ) {
            (true, ..) => add(Measure::Present, 1),
            (false, true, _) => add(Measure::Substituted, 1),
            (false, false, true) => add(Measure::Excused, 1),
            (false, false, false) => add(Measure::Absent, 1),
        }
        add(Measure::Late, i64::from(was_there && me.checked_in_at.is_some_and(|at| at > started)));
        let spoken = sql!(tx => fetch_all
            "SELECT spoken FROM speech_request WHERE meeting_id = $1 AND person_id = $2" as (i64,), *meeting, person);
        for (micros,) in spoken.unwrap() {
            add(Measure::Speeches, 1);
            seconds += micros / 1_000_000;
        }
        for vote in ecabinet::voting::store::votes_of(tx, *meeting).await.unwrap() {
            let ballots = ecabinet::voting::store::ballots_of(tx, vote.id).await.unwrap();
            let has_voted = ballots.iter().any(|ballot| ballot.member_id == person);
            add(Measure::Voted, i64::from(has_voted));
            add(Measure::NotVoting, i64::from(!has_voted && was_there && me.member));
        }
        for paper in meetings::agenda_papers(tx, *meeting, person).await.unwrap() {
            let mine =
                meetings::readable_papers(tx, *meeting, person).await.unwrap().contains(&paper.paper_id);
            add(Measure::Papers, i64::from(mine));
            add(Measure::Pages, if mine { paper.pages } else { 0 });
            add(Measure::Opened, i64::from(mine && paper.opened_at.is_some()));
        }
    }
    counted.insert(Measure::SpokenMinutes, (seconds + 30) / 60);
    counted
}

on_both! {
    async fn every_figure_is_what_a_slow_count_gives(app) {
        let meetings = seeded(&app).await;
        let ended = meetings.map(|meeting| meeting.id);
        let (heads, lines) = csv(&mut app.sign_in("secretary").await, PERIOD).await;
        assert_eq!(heads.len(), 2 + Measure::ALL.len());
        let mut tx = app.app.db.read().await.unwrap();
        let mut anything = BTreeMap::new();
        for login in ["chair", "delegate1", "delegate2", "delegate3", "delegate4", "delegate5", "secretary", "guest"] {
            let person = ecabinet::identity::store::credentials(&mut tx, login).await.unwrap().unwrap().id;
            let counted = slowly(&mut tx, person, &ended).await;
            let line = &lines[&format!("Nguyễn Văn {login}")];
            for (column, measure) in (2..).zip(Measure::ALL) {
                assert_eq!(line[column], counted[measure].to_string(), "{login}: {}", heads[column]);
                *anything.entry(measure).or_insert(0) += counted[measure];
            }
        }
        let never: Vec<_> = anything.iter().filter(|(_, sum)| **sum == 0).map(|(measure, _)| measure).collect();
        assert_eq!(never, [&&Measure::Substituted], "the seed is worth counting");
    }

    async fn page_csv_and_workbook_tell_the_same_figures(app) {
        seeded(&app).await;
        let mut secretary = app.sign_in("secretary").await;
        for by in ["member", "unit", "meeting"] {
            let query = format!("{PERIOD}&by={by}");
            let page = secretary.get(&format!("/statistics?{query}")).await.visible_text();
            let (heads, lines) = csv(&mut secretary, &query).await;
            let at = |head: &str| heads.iter().position(|known| known == head).unwrap();
            for cells in lines.values() {
                let number = |head: &str| cells[at(head)].clone();
                let share = format!("{}/{} (", number("Có mặt"), number("Được mời"));
                let rest = format!(
                    "%) {} {} {} / {} {} ({}) {} / {} {}/{} {}",
                    number("Đến muộn"), number("Có người dự thay"), number("Vắng có lý do"), number("Vắng không lý do"),
                    number("Lần phát biểu"), number("Phút phát biểu"), number("Lần biểu quyết"),
                    number("Lần không biểu quyết"), number("Tài liệu đã mở"), number("Tài liệu được gửi"),
                    number("Trang không in"),
                );
                let shown = page.split(&cells[0]).skip(1).any(|line| {
                    line.split_once(&share).is_some_and(|(_, after)| after.split_once("%)").is_some_and(|(_, after)| {
                        format!("%){after}").starts_with(&rest)
                    }))
                });
                assert!(shown, "{by}: {share}…{rest} is not on the page: {page}");
            }
            let workbook = secretary.get(&format!("/statistics/table.xlsx?{query}")).await.body;
            assert_eq!(numbers_of(&workbook), lines_as_numbers(&lines), "{by}");
        }
    }

    async fn each_sees_their_own_a_head_the_unit_a_chair_what_they_chair(app) {
        seeded(&app).await;
        let everyone = 8;
        for (login, people) in [("secretary", everyone), ("chair", everyone), ("delegate2", 1), ("guest", 1), ("clerk", 0)] {
            let (_, lines) = csv(&mut app.sign_in(login).await, PERIOD).await;
            assert_eq!(lines.len() - 1, people, "{login}: {lines:?}");
        }
        let (_, own) = csv(&mut app.sign_in("delegate2").await, PERIOD).await;
        assert!(own.contains_key("Nguyễn Văn delegate2"), "{own:?}");
        let head = app.person("delegate5").await;
        let mut tx = app.app.db.write().await.unwrap();
        ecabinet::identity::store::add_role(&mut tx, head, ecabinet::identity::OrgRole::UnitAdmin).await.unwrap();
        tx.commit().await.unwrap();
        let (_, unit) = csv(&mut app.sign_in("delegate5").await, PERIOD).await;
        assert_eq!(unit.len() - 1, everyone, "all sit in one unit: {unit:?}");
        let (_, foreign) = csv(&mut app.sign_in("stranger").await, PERIOD).await;
        assert_eq!(foreign.len() - 1, 0, "{foreign:?}");
        let page = app.sign_in("stranger").await.get(&format!("/statistics?{PERIOD}")).await.visible_text();
        assert!(page.contains("Chưa có phiên họp nào"), "{page}");
    }

    async fn the_time_and_the_kind_are_filters_and_nonsense_is_none(app) {
        let [first, _] = seeded(&app).await;
        let mut secretary = app.sign_in("secretary").await;
        let invited = |lines: &BTreeMap<String, Vec<String>>| lines["Cộng"][2].clone();
        assert_eq!(invited(&csv(&mut secretary, PERIOD).await.1), "16");
        let kind = format!("{PERIOD}&kind={}", app.committee);
        assert_eq!(invited(&csv(&mut secretary, &kind).await.1), "8");
        assert_eq!(invited(&csv(&mut secretary, "from=2026-12-01&to=2026-12-31").await.1), "0");
        let nonsense = "by=%27&from=x&to=9999-99-99&kind=1&unit=%00";
        assert_eq!(invited(&csv(&mut secretary, nonsense).await.1), "16", "the defaults: this year, until today");
        let by_meeting = csv(&mut secretary, &format!("{PERIOD}&by=meeting")).await.1;
        assert_eq!(by_meeting.len(), 3, "{by_meeting:?}");
        assert_eq!(first.items.len(), 2);
    }

    async fn a_name_that_is_a_formula_is_text_in_both_files(app) {
        seeded(&app).await;
        let person = app.person("delegate1").await;
        let mut tx = app.app.db.write().await.unwrap();
        let name = "=HYPERLINK(\"http://xau.example\")";
        sql!(tx => execute "UPDATE person SET full_name = $2 WHERE id = $1", person, name).unwrap();
        tx.commit().await.unwrap();
        let mut secretary = app.sign_in("secretary").await;
        let (_, lines) = csv(&mut secretary, PERIOD).await;
        assert!(lines.contains_key(&format!("'{name}")), "{lines:?}");
        let workbook = secretary.get(&format!("/statistics/table.xlsx?{PERIOD}")).await.body;
        let sheet = part(&workbook, "xl/worksheets/sheet1.xml");
        assert!(!sheet.contains("<f>") && !sheet.contains("<f "), "no cell is a formula");
        assert!(part(&workbook, "xl/sharedStrings.xml").contains("=HYPERLINK("), "the name is there as words");
    }
}

/// A file inside a workbook.
fn part(workbook: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(workbook)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// All numbers of the sheet, sorted: cells that hold words say so by `t="s"`.
fn numbers_of(workbook: &[u8]) -> Vec<i64> {
    let sheet = part(workbook, "xl/worksheets/sheet1.xml");
    let cells =
        sheet.split("<c ").skip(1).filter(|cell| !cell.split('>').next().unwrap().contains("t=\"s\""));
    let value = |cell: &str| cell.split_once("<v>")?.1.split('<').next()?.parse().ok();
    let mut numbers: Vec<i64> = cells.filter_map(value).collect();
    numbers.sort_unstable();
    numbers
}

fn lines_as_numbers(lines: &BTreeMap<String, Vec<String>>) -> Vec<i64> {
    let mut numbers: Vec<i64> = lines.values().flatten().filter_map(|cell| cell.parse().ok()).collect();
    numbers.sort_unstable();
    numbers
}
