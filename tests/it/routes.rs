//! Every route of the service, without a session and with the wrong one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::http::{Method, header};
use ecabinet::opinions::OpinionId;
use ecabinet::speaking::RequestId;

use crate::harness::meeting::Meeting;
use crate::harness::{Browser, TestApp};
use crate::on_both;

/// Routes anyone may use, one a line: method and path.
const PUBLIC: &str = include_str!("public_routes.txt");
/// Placeholders whose ids are made and tested with their own feature.
const ELSEWHERE: &[&str] = &[
    "dispatch",
    "message",
    "document",
    "number",
    "job",
    "root",
    "code",
    "moment",
    "phrase",
    "comment",
    "conclusion",
    "act",
    "binding",
    "service",
    "delegation",
    "reservation",
    "copy",
    "copy_signer",
    "saved_search",
    "register",
    "outgoing",
    "attachment",
    "consultation",
    "step",
    "slip",
    "delivery",
    "question",
    "indicator",
    "key",
];

/// A method and a path with placeholders: `POST`, `/votes/{vote}/ballots`.
type Route = (&'static str, String);

/// Every route that `.route("…", …)` names in the sources.
fn routes() -> BTreeSet<Route> {
    let mut files = Vec::new();
    rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut routes = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        for rest in text.split(".route(").skip(1) {
            let Some(rest) = rest.trim_start().strip_prefix('"') else { continue };
            let (path, rest) = rest.split_once('"').unwrap();
            let handlers = handlers(rest);
            for (method, call) in [("GET", "get("), ("POST", "post(")] {
                if handlers.contains(call) {
                    routes.insert((method, path.to_owned()));
                }
            }
        }
    }
    routes
}

/// What stands before the bracket that closes `.route(`.
fn handlers(rest: &str) -> &str {
    let mut depth = 1;
    let end = rest.find(|letter| {
        depth += i32::from(letter == '(') - i32::from(letter == ')');
        depth == 0
    });
    rest.split_at(end.unwrap()).0
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // The agent is a service of its own, on an official's PC.
        if path.ends_with("src/agent") {
            continue;
        }
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn public() -> BTreeSet<Route> {
    let lines = PUBLIC.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| line.split_once(' ').expect("a method and a path"))
        .map(|(method, path)| (if method == "GET" { "GET" } else { "POST" }, path.to_owned()))
        .collect()
}

/// The path with each placeholder filled, by its name or with `otherwise`.
fn filled(path: &str, values: &BTreeMap<&str, String>, otherwise: &str) -> String {
    let steps = path.split('/').map(|step| match step.strip_prefix('{') {
        Some(name) => {
            let name = name.trim_end_matches('}').trim_start_matches('*');
            values.get(name).map_or(otherwise, String::as_str)
        }
        None => step,
    });
    steps.collect::<Vec<_>>().join("/")
}

async fn ask(browser: &mut Browser, method: &str, path: &str, body: &str) -> crate::harness::Answer {
    let request = browser
        .request(Method::from_bytes(method.as_bytes()).unwrap(), path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body.to_owned()))
        .unwrap();
    browser.send(request).await
}

#[test]
fn the_public_list_names_only_routes_that_exist() {
    let routes = routes();
    let gone: Vec<Route> = public().into_iter().filter(|route| !routes.contains(route)).collect();
    assert_eq!(gone, []);
}

on_both! {
    async fn without_a_session_every_route_leads_to_sign_in_or_nowhere(app) {
        let values = BTreeMap::from([("page", "1".to_owned()), ("number", "1".to_owned())]);
        let nothing = ecabinet::meetings::MeetingId::new().to_string();
        let (routes, public) = (routes(), public());
        assert!(routes.len() > 40, "the routes were not found");
        for (method, path) in routes.difference(&public) {
            let answer = ask(&mut app.browser(), method, &filled(path, &values, &nothing), "").await;
            let leads_to_sign_in = answer.status == 303 && answer.location().starts_with("/sign-in");
            assert!(leads_to_sign_in || answer.status == 404, "{method} {path}: {}", answer.status);
        }
    }

    async fn what_belongs_to_another_organisation_is_not_found_under_any_route(app) {
        let (values, mut owner) = belongings(&app).await;
        let mut stranger = app.sign_in("stranger").await;
        let id_fields = form_of(&values);
        for (method, path) in routes().difference(&public()) {
            if !path.contains('{') {
                continue;
            }
            let placeholders = path.split('/').filter_map(|step| step.strip_prefix('{')?.strip_suffix('}'));
            let unknown: Vec<&str> = placeholders.filter(|name| !values.contains_key(name)).collect();
            assert!(unknown.iter().all(|name| ELSEWHERE.contains(name)), "{path}: make an id for {unknown:?}");
            if !unknown.is_empty() {
                continue;
            }
            let filled_path = filled(path, &values, "");
            let takes_files = ["/papers", "/versions", "/documents", "{task}/reports"].iter().any(|end| path.ends_with(end));
            let answer = if takes_files && *method == "POST" {
                stranger.upload(&filled_path, "a.pdf", &crate::harness::pdf::pdf(&["Của tôi"]), &[]).await
            } else {
                ask(&mut stranger, method, &filled_path, &id_fields).await
            };
            assert_eq!(answer.status, 404, "{method} {path}");
        }
        let own = ask(&mut owner, "GET", &format!("/votes/{}", values["vote"]), "").await;
        assert_eq!(own.status, 200, "the ids are real");
    }

    async fn a_foreign_id_beside_an_own_one_is_not_found(app) {
        let (theirs, _) = belongings(&app).await;
        let mut own = app.meeting().published().await;
        let item = own.items[0];
        let delegate = app.person("delegate1").await;
        let other = app.meeting().draft().await;
        let other_item = other.items[0];
        let (paper, person) = (&theirs["paper"], app.person("stranger").await.to_string());
        let forms = [
            (format!("items/{other_item}"), vec![("title", "Đổi")]),
            (format!("items/{other_item}/removal"), vec![]),
            (format!("items/{item}/papers/{paper}"), vec![]),
            (format!("items/{item}/papers/{paper}/removal"), vec![]),
            (format!("papers/{paper}/exceptions"), vec![("person", &*person)]),
            (format!("attendance/{person}"), vec![("attendance", "present")]),
            (format!("attendance/{delegate}/substitute"), vec![("substitute", &*person)]),
        ];
        for (form, fields) in forms {
            let path = own.path(&form);
            assert_eq!(own.secretary.post(&path, &fields).await.status, 404, "{form}");
        }
        let mut kind = app.basics("Loại của nơi khác");
        kind[1].1 = &app.foreign_kind;
        assert_eq!(own.secretary.post("/meetings", &kind).await.status, 404);
        let mut room = app.basics("Phòng của nơi khác");
        room[2].1 = &app.foreign_room;
        assert_eq!(own.secretary.post("/meetings", &room).await.status, 404);
        let preview = own.path(&format!("preview?person={person}"));
        assert_eq!(own.secretary.get(&preview).await.status, 404);
    }

    async fn a_path_that_holds_no_id_is_not_found(app) {
        let mut secretary = app.sign_in("secretary").await;
        for (method, path) in routes().difference(&public()).filter(|(_, path)| path.contains('{')) {
            for nonsense in ["1", "%00", "..%2F..%2Fetc%2Fpasswd", "'%20OR%201=1", &"9".repeat(2000)] {
                let answer = ask(&mut secretary, method, &filled(path, &BTreeMap::new(), nonsense), "").await;
                assert!(matches!(answer.status, 400 | 404), "{method} {path} with {nonsense}: {}", answer.status);
            }
        }
    }
}

/// An id of everything the office has, by its placeholder; and a browser of
/// someone to whom it belongs.
async fn belongings(app: &TestApp) -> (BTreeMap<&'static str, String>, Browser) {
    let mut vote = app.open_vote("Thông qua?").await;
    let item = vote.meeting.items[0].to_string();
    let path = vote.meeting.path("papers");
    let file = crate::harness::pdf::pdf(&["Tờ trình"]);
    let sent = vote.meeting.secretary.upload(&path, "to-trinh.pdf", &file, &[("item", &item)]).await;
    assert_eq!(sent.status, 303);
    app.run_jobs().await;
    let secretary = app.person("secretary").await;
    let mut browser = app.sign_in("secretary").await;
    let proposed =
        [("title", "Đi cơ sở"), ("starts_at", "2026-11-25T08:00"), ("ends_at", "2026-11-25T10:00")];
    assert_eq!(browser.post("/schedule/entries", &proposed).await.status, 303);
    let mut tx = app.app.db.read().await.unwrap();
    let (entry,) = ecabinet::sql!(tx => fetch_one
        "SELECT id FROM schedule_entry" as (ecabinet::schedule::EntryId,))
    .unwrap();
    let unit = ecabinet::meetings::store::unit_of(&mut tx, secretary).await.unwrap();
    let papers = ecabinet::meetings::store::agenda_papers(&mut tx, vote.meeting.id, secretary).await.unwrap();
    let annotation = ecabinet::annotations::AnnotationId::new().to_string();
    let (notice,) = ecabinet::sql!(tx => fetch_one
        "SELECT id FROM notice ORDER BY id LIMIT 1" as (ecabinet::notices::NoticeId,))
    .unwrap();
    drop(tx);
    let letter = crate::harness::pdf::pdf(&["Công văn"]);
    let incoming = crate::incoming::brought(&mut app.sign_in("clerk").await, "cong-van.pdf", &letter).await;
    let (request, opinion) = words_on(app, &mut vote.meeting, &papers[0].paper_id.to_string()).await;
    let values = BTreeMap::from([
        ("task", task_of(app, &unit.to_string()).await),
        ("meeting", vote.meeting.id.to_string()),
        ("item", item),
        ("paper", papers[0].paper_id.to_string()),
        ("version", papers[0].version_id.to_string()),
        ("vote", vote.id.to_string()),
        ("person", app.person("delegate1").await.to_string()),
        ("notice", notice.to_string()),
        ("kind", app.committee.clone()),
        ("room", app.room.clone()),
        ("unit", unit.to_string()),
        ("entry", entry.to_string()),
        ("request", request.to_string()),
        ("opinion", opinion.to_string()),
        ("page", "1".to_owned()),
        ("annotation", annotation),
        ("part", "conclusion".to_owned()),
        ("revision", "1".to_owned()),
        ("form", "json".to_owned()),
        ("incoming", incoming.to_string()),
        ("letter", crate::incoming::letters::laid_before(app).await.to_string()),
        ("work_file", crate::files::opened(&mut app.sign_in("clerk").await, "01/VP").await),
    ]);
    (values, vote.meeting.secretary)
}

/// A task that the secretary gave.
async fn task_of(app: &TestApp, unit: &str) -> String {
    let mut secretary = app.sign_in("secretary").await;
    let fields = [("title", "Việc của cơ quan"), ("lead", unit), ("days", "3")];
    let given = secretary.post("/tasks/new", &fields).await;
    given.location().rsplit('/').next().unwrap().to_owned()
}

/// A request to speak and an opinion on a paper, both the secretary's.
async fn words_on(app: &TestApp, meeting: &mut Meeting, paper: &str) -> (RequestId, OpinionId) {
    let item = meeting.items[0].to_string();
    meeting.act("speech-requests", &[("item", &item)]).await;
    meeting.act("opinions", &[("item", &item), ("paper", paper), ("text", "Đồng ý")]).await;
    let mut tx = app.app.db.read().await.unwrap();
    let queue = ecabinet::speaking::store::queue(&mut tx, meeting.items[0], 1).await.unwrap();
    let opinions = ecabinet::opinions::store::opinions(&mut tx, meeting.id, 1).await.unwrap();
    (queue[0].id, opinions[0].id)
}

/// One form with every field that any of the forms wants.
fn form_of(values: &BTreeMap<&str, String>) -> String {
    let fields = [
        ("title", "Tên"),
        ("kind", &values["item"]),
        ("room", ""),
        ("starts_at", "2026-11-24T08:00"),
        ("ends_at", "2026-11-24T11:00"),
        ("version", "1"),
        ("order", &values["item"]),
        ("item", &values["item"]),
        ("question", "Hỏi?"),
        ("choice", "approve"),
        ("member", &values["person"]),
        ("blinded", "00"),
        ("giver", &values["person"]),
        ("holder", &values["person"]),
        ("reason", "Đi công tác"),
        ("attendance", "present"),
        ("substitute", &values["person"]),
        ("person", &values["person"]),
        ("read", "on"),
        ("q", "a"),
        ("text", "Kết luận"),
        ("until", "2026-11-25T08:00"),
        ("act", "approve"),
        ("answer", "accepted"),
        ("rhythm", "weekly"),
        ("last_day", "2026-12-31"),
        ("signer", &values["person"]),
        ("unit", &values["unit"]),
        ("places", "1"),
        ("role", "guest"),
        ("due_at", "2026-11-23T20:00"),
        ("deadline", "2026-11-25T08:00"),
        ("part", "conclusion"),
        ("subject", "Kết luận"),
        ("opening", ""),
        ("closing", ""),
        ("capacity", "chair"),
        ("recipients", ""),
        ("decision", "accepted"),
        ("name", "Phòng"),
        ("seats", "10"),
        ("terms", &values["item"]),
        ("day", "2026-12-31"),
        ("to", "up"),
        ("way", "in_room"),
        ("seat", "A1"),
        ("paper", &values["paper"]),
        ("symbol", "12/UBND-VP"),
        ("dated_on", "2026-11-20"),
        ("sender", "UBND thành phố"),
        ("leader", &values["person"]),
        ("file_code", "01.2026/VP"),
        ("meeting", &values["meeting"]),
    ];
    let encode = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    fields.map(|(name, value)| format!("{name}={}", encode(value))).join("&")
}
