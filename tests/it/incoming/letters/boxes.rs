//! What lies in a box comes in once, whatever happens meanwhile.

use std::sync::Arc;

use ecabinet::clock::Clock;
use ecabinet::config::Config;
use ecabinet::db::Db;
use ecabinet::exchange::folder::PLACE;
use ecabinet::incoming::letters::mailbox::{Stumble, look};
use ecabinet::incoming::letters::rules::{LetterState, Trouble};
use ecabinet::incoming::letters::store;
use ecabinet::lookout::Lookout;

use super::{about_the_storm, box_of, deal, kept, letter, letters, looked};
use crate::harness::dovecot::{Dovecot, mailbox};
use crate::harness::process::Process;
use crate::harness::{Answer, Database, TestApp, noon};
use crate::on_both;

/// How many letters of a box are marked as read.
async fn marked(server: &Dovecot, user: &str) -> usize {
    let said = server.say(user, &[b"EXAMINE INBOX".to_vec(), b"UID FETCH 1:* FLAGS".to_vec()]).await;
    said.lines().filter(|line| line.contains(" FETCH ") && line.contains("\\Seen")).count()
}

on_both! {
    async fn a_letter_is_kept_once_and_then_marked(app) {
        let Some(server) = Dovecot::start().await else { return };
        let user = &box_of(&app, "mot-lan");
        server.deliver(user, &about_the_storm()).await;
        assert_eq!(marked(server, user).await, 0);
        assert_eq!(looked(&app, &server.mailbox(user)).await, 1);
        assert_eq!(marked(server, user).await, 1, "after its row was committed");
        assert_eq!(looked(&app, &server.mailbox(user)).await, 0);
        // As if the service had been killed before it marked the letter.
        server.say(user, &[b"SELECT INBOX".to_vec(), b"UID STORE 1 -FLAGS (\\Seen)".to_vec()]).await;
        assert_eq!(looked(&app, &server.mailbox(user)).await, 0);
        assert_eq!(letters(&app).await.len(), 1);
    }

    async fn a_letter_read_by_a_person_first_comes_in_too(app) {
        let Some(server) = Dovecot::start().await else { return };
        let user = &box_of(&app, "da-doc");
        server.deliver(user, &about_the_storm()).await;
        server.say(user, &[b"SELECT INBOX".to_vec(), b"UID STORE 1 +FLAGS (\\Seen)".to_vec()]).await;
        assert_eq!(looked(&app, &server.mailbox(user)).await, 1);
    }

    async fn two_nodes_that_look_at_once_keep_each_letter_once(app) {
        let Some(server) = Dovecot::start().await else { return };
        let user = &box_of(&app, "hai-nut");
        for number in 0..6 {
            server.deliver(user, &letter(&format!("Subject: {number}\r\n"), &[])).await;
        }
        let mailbox = server.mailbox(user);
        let looks = futures_util::future::join_all((0..3).map(|_| looked(&app, &mailbox))).await;
        assert_eq!(looks.iter().sum::<usize>(), 6, "{looks:?}");
        let mut subjects: Vec<String> = letters(&app).await.into_iter().map(|line| line.subject).collect();
        subjects.sort();
        assert_eq!(subjects, ["0", "1", "2", "3", "4", "5"]);
    }

    async fn a_folder_that_was_numbered_anew_brings_nothing_twice(app) {
        let Some(server) = Dovecot::start().await else { return };
        let user = &box_of(&app, "danh-so");
        let mut mailbox = server.mailbox(user);
        mailbox.url.folder = "Văn bản đến".to_owned();
        let folder = "\"V&AQM-n b&HqM-n &ARE-&Hr8-n\"".replace("&ARE-&Hr8-", "&AREevw-");
        let say = |command: &str| format!("{command} {folder}").into_bytes();
        let append = |letter: &[u8]| [say("APPEND"), format!(" {{{}+}}\r\n", letter.len()).into_bytes(), letter.to_vec()].concat();
        let second = letter("Subject: moi\r\nMessage-ID: <bao@danang.vn>\r\n", &[]);
        server.say(user, &[say("CREATE"), append(&about_the_storm())]).await;
        assert_eq!(looked(&app, &mailbox).await, 1);
        server.say(user, &[say("DELETE"), say("CREATE"), append(&about_the_storm()), append(&second)]).await;
        assert_eq!(looked(&app, &mailbox).await, 2);
        let lines = letters(&app).await;
        let twin = lines.iter().find(|line| line.trouble == Some(Trouble::Twin)).unwrap();
        assert_eq!(twin.state, LetterState::PutAside, "the very bytes are not laid before the clerk again");
        let new = lines.iter().find(|line| line.subject == "moi").unwrap();
        assert_eq!(new.state, LetterState::Waiting, "whoever knows a Message-ID hides no letter with it");
        let page = app.sign_in("clerk").await.get(&format!("/incoming/letters/{}", new.id)).await.visible_text();
        assert!(page.contains("Thư giống thư này Công văn bão"), "{page}");
        assert_eq!(kept(&app, twin.id).await.document_id, None);
        let mut clerk = app.sign_in("clerk").await;
        assert_eq!(deal(&app, &mut clerk, twin.id, "taking-up", &[]).await.status, 303);
        assert_eq!(kept(&app, twin.id).await.state, LetterState::Waiting);
    }

    async fn the_server_is_known_by_its_certificate(app) {
        let Some(server) = Dovecot::start().await else { return };
        let user = &box_of(&app, "tls");
        server.deliver(user, &about_the_storm()).await;
        let mut secure = server.secure_mailbox(user);
        assert_eq!(looked(&app, &secure).await, 1);
        secure.authority_file = String::new();
        let refused = look(&app.app, &secure, &mut Stumble::default()).await.unwrap_err();
        assert!(refused.to_string().contains("no secure connection"), "{refused}");
    }

    async fn a_wrong_password_and_an_unknown_organisation_are_told(app) {
        let Some(server) = Dovecot::start().await else { return };
        let user = &box_of(&app, "sai");
        let mut wrong = server.mailbox(user);
        wrong.url.password = "khac".to_owned().into();
        let refused = look(&app.app, &wrong, &mut Stumble::default()).await.unwrap_err().to_string();
        assert!(refused.contains("the server refuses") && !refused.contains("khac"), "{refused}");
        let mut nobody = mailbox("imap://a:b@127.0.0.1:1/INBOX");
        nobody.organisation = "khongco".to_owned();
        let refused = look(&app.app, &nobody, &mut Stumble::default()).await.unwrap_err().to_string();
        assert!(refused.contains("khongco"), "{refused}");
    }
}

on_both! {
    async fn a_clerk_is_told_of_a_box_that_cannot_be_read_until_it_can(app) {
        let mut app = app;
        let boxes = ["imap://vanthu:x@127.0.0.1:1/INBOX", "imap://khac:x@127.0.0.1:1/INBOX"].map(mailbox);
        let [ours, mut theirs] = boxes;
        theirs.organisation = "sontra".to_owned();
        let folder = "[[exchange]]\norganisation = \"anhai\"\nidentifier = \"H17.27\"\nfolder = \"/khong/co\"\n";
        let exchange = Config::from_parts(folder.parse().unwrap(), std::iter::empty()).unwrap().exchange;
        let mailboxes = vec![ours.clone(), theirs.clone()];
        app.app.config = Arc::new(Config { mailboxes, exchange, ..(*app.app.config).clone() });
        let (ours, theirs) = (ours.url.name(), theirs.url.name());
        let mut clerk = app.sign_in("clerk").await;
        let told = |page: Answer| {
            [&*ours, "thư mục của trục liên thông", &*theirs, "cu@"].map(|part| page.text().contains(part))
        };
        assert_eq!(told(clerk.get("/incoming").await), [false; 4]);
        let places = [("anhai", &*ours), ("anhai", PLACE), ("sontra", &*theirs), ("anhai", "cu@127.0.0.1/INBOX")];
        let mut lookouts = places.map(|(organisation, place)| Lookout::new(organisation, place));
        for lookout in &mut lookouts {
            let refused = look(&app.app, &mailbox("imap://a:b@127.0.0.1:1/INBOX"), &mut Stumble::default()).await;
            lookout.note(&app.app, refused.map(drop)).await;
        }
        let shown = [true, true, false, false];
        assert_eq!(told(clerk.get("/incoming").await), shown, "its own, as far as the settings name it");
        assert_eq!(told(app.sign_in("drafter").await.get("/incoming").await), [false; 4]);
        let since = noon().date_time();
        app.app.clock = Clock::fixed(noon().plus_seconds(3600));
        let away = || Err::<(), _>(std::io::Error::other("still away, for another reason"));
        lookouts[0].note(&app.app, away()).await;
        let says_since = |page: Answer, since: &str| page.text().contains(&format!("Từ {since} không đọc được hộp thư"));
        assert!(says_since(clerk.get("/incoming").await, &since), "the first failure counts");
        // Another process could read it, and is gone before this one can.
        Lookout::new("anhai", &*ours).note(&app.app, Ok::<(), std::io::Error>(())).await;
        assert_eq!(told(clerk.get("/incoming").await), [false, true, false, false]);
        lookouts[0].note(&app.app, away()).await;
        assert!(says_since(clerk.get("/incoming").await, &noon().plus_seconds(3600).date_time()));
        lookouts[0].note(&app.app, Ok::<(), std::io::Error>(())).await;
        assert_eq!(told(clerk.get("/incoming").await), [false, true, false, false]);
    }
}

/// The settings of a process that reads one box.
fn with_mailbox(mut settings: Vec<(&'static str, String)>, url: &str) -> Vec<(&'static str, String)> {
    settings.push((
        "ECABINET_MAILBOXES",
        format!("[{{organisation=\"anhai\", url=\"{url}\", pause_seconds=1}}]"),
    ));
    settings
}

#[tokio::test]
async fn check_tries_each_box_and_names_no_password() {
    let Some(server) = Dovecot::start().await else { return };
    let app = TestApp::new(Database::Sqlite).await.unwrap();
    let user = box_of(&app, "kiem-tra");
    server.deliver(&user, b"Subject: a\r\n\r\na").await;
    let address = server.mailbox(&user).url;
    let (_folder, settings) = app.close().await;
    let check = |password: &str| {
        let url = format!("imap://{user}:{password}@127.0.0.1:{}/INBOX", address.port);
        let done = std::process::Command::new(env!("CARGO_BIN_EXE_ecabinet"))
            .arg("check")
            .envs(with_mailbox(settings.clone(), &url))
            .output()
            .unwrap();
        String::from_utf8(done.stdout).unwrap()
    };
    let said = check(crate::harness::dovecot::PASSWORD);
    assert!(said.contains(&format!("ok      mailbox: {user}@127.0.0.1/INBOX opens")), "{said}");
    let said = check("sai-mat-khau");
    assert!(said.contains("FAILS   mailbox") && said.contains("the server refuses"), "{said}");
    assert!(!said.contains("sai-mat-khau"), "{said}");
    assert_eq!(marked(server, &user).await, 0, "nothing was marked");
}

const LETTERS: usize = 24;

/// Kills the service again and again while letters come in.
async fn killed(database: Database) {
    let Some(server) = Dovecot::start().await else { return };
    let Some(app) = TestApp::new(database).await else { return };
    let user = box_of(&app, "giet");
    for number in 0..LETTERS {
        server.deliver(&user, &letter(&format!("Subject: {number}\r\n"), &[])).await;
    }
    let (organisation, port) = (app.organisation, server.mailbox(&user).url.port);
    let (folder, settings) = app.close().await;
    let url = format!("imap://{user}:{}@127.0.0.1:{port}/INBOX", crate::harness::dovecot::PASSWORD);
    let settings = with_mailbox(settings, &url);
    for wanted in [3, 9, 15, LETTERS] {
        let mut process = Process::start(&settings, &folder.path().join("log")).await;
        while marked(server, &user).await < wanted {}
        process.kill();
    }
    let address = &settings.iter().find(|(name, _)| *name == "ECABINET_DATABASE_URL").unwrap().1;
    let db = Db::open(address).await.unwrap();
    let mut tx = db.read().await.unwrap();
    let lines = store::waiting(&mut tx, organisation).await.unwrap();
    let mut numbers: Vec<usize> = lines.iter().map(|line| line.subject.parse().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..LETTERS).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_kill_loses_no_letter_and_doubles_none_on_sqlite() {
    killed(Database::Sqlite).await;
}

#[tokio::test]
async fn a_kill_loses_no_letter_and_doubles_none_on_postgres() {
    killed(Database::Postgres).await;
}
