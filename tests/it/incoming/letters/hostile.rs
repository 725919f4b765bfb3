//! Letters made to break their reader, and servers that do not keep to the rules.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ecabinet::incoming::letters::mailbox::{Stumble, look};
use ecabinet::incoming::letters::rules::{LetterState, Trouble};

use super::{about_the_storm, box_of, deal, kept, letter, letters, looked};
use crate::harness::dovecot::{Dovecot, Scripted};
use crate::harness::pdf::pdf;
use crate::on_both;

/// What a server with one letter of ten bytes says.
fn polite(tag: &str, command: &str) -> String {
    let first = if command.starts_with("SELECT") {
        "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] UIDs valid\r\n"
    } else if command.starts_with("UID SEARCH UID 1:*") {
        "* SEARCH 1\r\n"
    } else if command.contains("RFC822.SIZE") {
        "* 1 FETCH (UID 1 RFC822.SIZE 10)\r\n"
    } else if command.contains("BODY.PEEK[]<0.") {
        "* 1 FETCH (UID 1 BODY[]<0> {10}\r\nTo: a\r\n\r\na)\r\n"
    } else {
        ""
    };
    format!("{first}{tag} OK done\r\n")
}

/// What a server says to a tag and a command; `None` hangs up.
type Script = fn(&str, &str) -> Option<String>;

on_both! {
    async fn a_bad_letter_is_told_of_and_the_next_one_comes_in(app) {
        let Some(server) = Dovecot::start().await else { return };
        let user = &box_of(&app, "xau");
        let small: (&str, &[u8]) = ("a.pdf", b"%PDF-");
        let part = "--b\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\nx\r\n".repeat(10_000);
        let many = format!("Subject: muoi nghin\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{part}--b--");
        let nested = format!("Subject: long nhau\r\n{}\r\nx", "Content-Type: message/rfc822\r\n\r\n".repeat(200_000));
        let headers = format!("Subject: dau thu\r\n{}\r\nx", "X: y\r\n".repeat(500_000));
        let addresses = format!("Subject: dia chi\r\nFrom: {}\r\n\r\nx", "a@b,".repeat(1_000_000));
        let cases: Vec<(Vec<u8>, Option<Trouble>)> = vec![
            (vec![b'x'; 9 << 20], Some(Trouble::TooLarge)),
            (letter("Subject: sau muoi\r\n", &[small; 60]), Some(Trouble::TooManyFiles)),
            (many.into_bytes(), Some(Trouble::TooManyFiles)),
            (b"\r\n".to_vec(), Some(Trouble::Empty)),
            (b"Subject: khong co gi\r\n\r\n".to_vec(), Some(Trouble::Empty)),
            (headers.into_bytes(), None),
            (addresses.into_bytes(), None),
            (b"Subject: =?x-khong-co?B?////?=\r\nContent-Type: text/plain; charset=\"../../x\"\r\n\r\n\xff\xfe\x80 ch\xe0o".to_vec(), None),
            (b"From: <<<@@\r\nDate: hom qua\r\nSubject\r\n: : :\r\nContent-Type: multipart/mixed\r\n\r\n--\r\nhong".to_vec(), None),
        ];
        for (letter, _) in &cases {
            server.deliver(user, letter).await;
        }
        server.deliver(user, nested.as_bytes()).await;
        server.deliver(user, &about_the_storm()).await;
        assert_eq!(looked(&app, &server.mailbox(user)).await, cases.len() + 2);
        let lines = letters(&app).await;
        for (line, (_, trouble)) in lines.iter().zip(&cases) {
            assert_eq!(line.trouble, *trouble, "{line:?}");
            let is_kept = kept(&app, line.id).await.sha256.is_some();
            assert_eq!(is_kept, *trouble != Some(Trouble::TooLarge), "{line:?}");
        }
        let deep = &lines[cases.len()];
        assert!(matches!(deep.trouble, Some(Trouble::TooDeep | Trouble::Unreadable)), "{deep:?}");
        let good = lines.last().unwrap();
        assert_eq!((good.subject.as_str(), good.trouble), ("Công văn bão", None));
        let mut clerk = app.sign_in("clerk").await;
        let desk = clerk.get("/incoming").await.visible_text();
        for said in ["quá lớn nên không được tải về", "quá nhiều tệp (trên 50)", "Thư trống", "Công văn bão"] {
            assert!(desk.contains(said), "{said}: {desk}");
        }
        for line in &lines {
            assert_eq!(clerk.get(&format!("/incoming/letters/{}", line.id)).await.status, 200, "{line:?}");
        }
        let refused = deal(&app, &mut clerk, lines[1].id, "arrival", &[("document", "0")]).await;
        assert!(refused.status == 409 && refused.visible_text().contains("Không lấy được văn bản"), "{}", refused.visible_text());
        let aside = deal(&app, &mut clerk, lines[1].id, "putting-aside", &[("reason", "Đã gọi điện")]).await;
        assert_eq!(aside.status, 303, "what cannot be taken leaves the desk");
        assert_eq!(kept(&app, lines[1].id).await.state, LetterState::PutAside);
    }

    async fn a_hostile_name_is_only_a_name(app) {
        let Some(server) = Dovecot::start().await else { return };
        let user = &box_of(&app, "ten");
        let (file, long) = (pdf(&["Công văn"]), format!("{}.pdf", "a".repeat(3_000)));
        let names = ["../../etc/passwd.pdf", "C:\\\\Windows\\\\he thong.pdf", "hoa\u{202e}fdp.exe\u{7}.pdf", &long, ""];
        let files = names.map(|name| (name, file.as_slice()));
        server.deliver(user, &letter("Subject: <script>alert(1)</script>\r\n", &files)).await;
        assert_eq!(looked(&app, &server.mailbox(user)).await, 1);
        let id = letters(&app).await[0].id;
        let mut tx = app.app.db.read().await.unwrap();
        let found = ecabinet::incoming::letters::store::files(&mut tx, id).await.unwrap();
        drop(tx);
        let found: Vec<&str> = found.iter().map(|file| file.name.as_str()).collect();
        assert_eq!((found[0], found[1], found[2]), ("passwd.pdf", "he thong.pdf", "hoafdp.exe.pdf"));
        assert_eq!(found[3].chars().count(), 200);
        assert!(!found[4].is_empty(), "{found:?}");
        let mut clerk = app.sign_in("clerk").await;
        let page = clerk.get(&format!("/incoming/letters/{id}")).await.text();
        assert!(page.contains("&#60;script&#62;") && !page.contains("<script>alert"), "{page}");
        let taken = deal(&app, &mut clerk, id, "arrival", &[("document", "0"), ("attachment", "3")]).await;
        assert_eq!(taken.status, 303, "{}", taken.visible_text());
    }

    async fn a_server_that_says_less_or_more_than_it_should_is_left_until_later(app) {
        let cases: [(&str, Script); 6] = [
            // Nothing at all.
            ("did not answer in time", |_, _| Some(String::new())),
            // Without end.
            ("says more than it was asked", |_, _| Some("* OK and so on\r\n".repeat(2_000))),
            ("says more than it was asked", |tag, command| {
                Some(if command.starts_with("UID SEARCH") { "x".repeat(20 << 20) } else { polite(tag, command) })
            }),
            // A part of four gigabytes.
            ("says more than it was asked", |tag, command| {
                let is_part = command.contains("BODY.PEEK[]");
                Some(if is_part { "* 1 FETCH (UID 1 BODY[]<0> {4294967295}\r\n".to_owned() } else { polite(tag, command) })
            }),
            ("closed the connection", |tag, command| {
                (!command.contains("RFC822.SIZE")).then(|| polite(tag, command))
            }),
            ("cannot be read", |tag, command| {
                Some(if command.starts_with("SELECT") { format!("{tag} OK no numbers\r\n") } else { polite(tag, command) })
            }),
        ];
        for (said, script) in cases {
            let server = Scripted::start(move |tag, command| script(tag, command).map(String::into_bytes)).await;
            let error = look(&app.app, &server.mailbox(), &mut Stumble::default()).await.unwrap_err();
            assert!(error.to_string().contains(said), "{said}: {error}");
        }
        assert!(letters(&app).await.is_empty());
        let server = Scripted::start(|tag, command| Some(polite(tag, command).into_bytes())).await;
        assert_eq!(looked(&app, &server.mailbox()).await, 1, "once it keeps to the rules");
    }

    async fn a_size_that_is_a_lie_bounds_nothing(app) {
        // Ten bytes, it says, and gives them without end.
        let server = Scripted::start(|tag, command| {
            if command.contains("BODY.PEEK[HEADER]") {
                let head = "* 1 FETCH (UID 1 BODY[HEADER]<0> {16}\r\nSubject: dai\r\n\r\n)";
                return Some(format!("{head}\r\n{tag} OK done\r\n").into_bytes());
            }
            let from = command.split("BODY.PEEK[]<").nth(1).map(|rest| rest.split('.').next().unwrap().to_owned());
            let Some(from) = from else { return Some(polite(tag, command).into_bytes()) };
            let head = format!("* 1 FETCH (UID 1 BODY[]<{from}> {{1048576}}\r\n");
            let tail = format!(")\r\n{tag} OK done\r\n");
            Some([head.into_bytes(), vec![b'a'; 1 << 20], tail.into_bytes()].concat())
        }).await;
        assert_eq!(looked(&app, &server.mailbox()).await, 1);
        let line = &letters(&app).await[0];
        assert_eq!((line.subject.as_str(), line.trouble), ("dai", Some(Trouble::TooLarge)));
    }

    async fn a_letter_that_breaks_the_connection_again_and_again_holds_up_no_other(app) {
        let tries = Arc::new(AtomicUsize::new(0));
        let counted = tries.clone();
        let server = Scripted::start(move |tag, command| {
            if command.starts_with("UID SEARCH UID 1:*") {
                return Some(format!("* SEARCH 1 2\r\n{tag} OK done\r\n").into_bytes());
            }
            if command.starts_with("UID FETCH 1 ") && command.contains("BODY") {
                counted.fetch_add(1, Ordering::SeqCst);
                return None;
            }
            let second = command.replace("FETCH 2", "FETCH 1");
            let said = polite(tag, &second);
            let is_second = second != command;
            Some(if is_second { said.replace("UID 1 ", "UID 2 ") } else { said }.into_bytes())
        }).await;
        let mut stumble = Stumble::default();
        for _ in 0..3 {
            look(&app.app, &server.mailbox(), &mut stumble).await.unwrap_err();
        }
        assert_eq!(look(&app.app, &server.mailbox(), &mut stumble).await.unwrap(), 2);
        assert_eq!(tries.load(Ordering::SeqCst), 3);
        let lines = letters(&app).await;
        assert_eq!(lines[0].trouble, Some(Trouble::NotGiven), "the clerk is told");
        assert_eq!(lines[1].trouble, None);
    }
}
