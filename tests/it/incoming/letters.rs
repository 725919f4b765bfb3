//! Letters of the e-mail box: from the server, over the clerk's desk, to the door.

mod boxes;
mod hostile;

use ecabinet::config::Mailbox;
use ecabinet::identity::OrgRole;
use ecabinet::incoming::letters::mailbox::{Stumble, look};
use ecabinet::incoming::letters::rules::{LetterState, Trouble};
use ecabinet::incoming::letters::store::{self, Letter, LetterFile, LetterLine, Place};
use ecabinet::incoming::rules::{Origin, State};
use ecabinet::incoming::{self, IncomingId, LetterId};
use ecabinet::storage::Hash;

use super::{TYPED, act, read};
use crate::harness::dovecot::Dovecot;
use crate::harness::pdf::pdf;
use crate::harness::{Answer, Browser, TestApp, noon};
use crate::on_both;

/// A letter with files, as programs write it.
fn letter(head: &str, files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut letter = format!(
        "From: =?utf-8?B?VsSDbiB0aMaw?= <vanthu@danang.vn>\r\nDate: Mon, 23 Nov 2026 08:00:00 +0700\r\n{head}\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=phan\r\n\r\n\
         --phan\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nKính gửi quý cơ quan.\r\n"
    );
    for (name, bytes) in files {
        let lines = openssl::base64::encode_block(bytes);
        letter += &format!(
            "--phan\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\
             Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n{lines}\r\n"
        );
    }
    (letter + "--phan--\r\n").into_bytes()
}

fn about_the_storm() -> Vec<u8> {
    let (document, annex) = (pdf(&["Công văn về phòng chống bão"]), pdf(&["Phụ lục"]));
    let head = "Subject: =?utf-8?Q?C=C3=B4ng_v=C4=83n_b=C3=A3o?=\r\nMessage-ID: <bao@danang.vn>\r\n";
    letter(head, &[("phu-luc.pdf", &annex), ("cong-van.pdf", &document), ("logo.png", b"\x89PNG")])
}

async fn looked(app: &TestApp, mailbox: &Mailbox) -> usize {
    look(&app.app, mailbox, &mut Stumble::default()).await.unwrap()
}

/// What lies before the clerks, then what is done with.
async fn letters(app: &TestApp) -> Vec<LetterLine> {
    let mut tx = app.app.db.read().await.unwrap();
    let mut lines = store::waiting(&mut tx, app.organisation).await.unwrap();
    lines.extend(store::done(&mut tx, app.organisation).await.unwrap());
    lines
}

async fn kept(app: &TestApp, id: LetterId) -> Letter {
    let mut tx = app.app.db.read().await.unwrap();
    store::letter(&mut tx, app.organisation, id).await.unwrap().unwrap()
}

/// A letter in the box of a user, taken in.
async fn received(app: &TestApp, user: &str) -> Option<LetterId> {
    let server = Dovecot::start().await?;
    let user = &box_of(app, user);
    server.deliver(user, &about_the_storm()).await;
    assert_eq!(looked(app, &server.mailbox(user)).await, 1);
    Some(letters(app).await[0].id)
}

/// A user of the server whom no other test knows.
fn box_of(app: &TestApp, user: &str) -> String {
    format!("{user}-{}", app.organisation)
}

/// Does something with a letter, on a page that is fresh.
async fn deal(
    app: &TestApp,
    clerk: &mut Browser,
    id: LetterId,
    noun: &str,
    fields: &[(&str, &str)],
) -> Answer {
    let version = kept(app, id).await.version.to_string();
    let mut fields = fields.to_vec();
    fields.push(("version", &version));
    clerk.post(&format!("/incoming/letters/{id}/{noun}"), &fields).await
}

/// A second clerk of the office.
async fn second_clerk(app: &TestApp) -> Browser {
    let mut tx = app.app.db.write().await.unwrap();
    let person = app.person("secretary").await;
    ecabinet::identity::store::add_role(&mut tx, person, OrgRole::Clerk).await.unwrap();
    tx.commit().await.unwrap();
    app.sign_in("secretary").await
}

/// A letter that came by no server, for the tests of every route.
pub async fn laid_before(app: &TestApp) -> LetterId {
    let mut tx = app.app.db.write().await.unwrap();
    let place = Place { organisation: app.organisation, mailbox: "a@b/INBOX", uid_validity: 1 };
    let letter = Letter {
        id: LetterId::new(),
        mailbox: place.mailbox.to_owned(),
        sha256: Some(Hash::of(b"letter")),
        size: 6,
        message_id: String::new(),
        sender: "a@b.vn".to_owned(),
        subject: "Thư".to_owned(),
        written_at: None,
        text: "Lời thư".to_owned(),
        received_at: noon(),
        state: LetterState::Waiting,
        version: 1,
        trouble: None,
        reason: String::new(),
        document_id: None,
        acted_by: None,
        acted_at: None,
    };
    let file = LetterFile { place: 0, name: "a.pdf".to_owned(), size: 3 };
    assert!(store::insert(&mut tx, &place, 1, (&letter, &[file])).await.unwrap());
    tx.commit().await.unwrap();
    letter.id
}

fn document_in(answer: &Answer) -> IncomingId {
    assert_eq!(answer.status, 303, "{}", answer.visible_text());
    answer.location().strip_prefix("/incoming/").unwrap().parse().unwrap()
}

on_both! {
    async fn a_letter_becomes_a_document_that_is_judged_and_registered(app) {
        let Some(id) = received(&app, "bao").await else { return };
        let mut clerk = app.sign_in("clerk").await;
        let desk = clerk.get("/incoming").await.visible_text();
        assert!(desk.contains("Thư điện tử 1") && desk.contains("Công văn bão Văn thư &#60;vanthu@danang.vn&#62;"), "{desk}");
        assert!(desk.contains("3 tệp"), "{desk}");
        let page = clerk.get(&format!("/incoming/letters/{id}")).await.visible_text();
        for part in ["Kính gửi quý cơ quan.", "cong-van.pdf", "logo.png", "ai cũng có thể ghi tên người khác", "08:00, 23/11/2026"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        let raw = clerk.get(&format!("/incoming/letters/{id}/raw")).await;
        assert_eq!(raw.body, about_the_storm(), "byte for byte");
        let answer = deal(&app, &mut clerk, id, "arrival", &[("document", "1"), ("attachment", "0"), ("attachment", "1")]).await;
        let document = read(&app, document_in(&answer)).await;
        assert_eq!((document.origin, document.state), (Origin::Mail, State::Verified));
        assert_eq!(document.sha256, Hash::of(&pdf(&["Công văn về phòng chống bão"])), "the bytes of the letter");
        let mut tx = app.app.db.read().await.unwrap();
        let attached = incoming::store::attachments(&mut tx, document.id).await.unwrap();
        assert_eq!(attached.iter().map(|(_, _, title)| title.as_str()).collect::<Vec<_>>(), ["phu-luc"]);
        drop(tx);
        assert_eq!(act(&app, &mut clerk, document.id, "registration", &TYPED).await.status, 303);
        let page = clerk.get(&format!("/incoming/{}", document.id)).await;
        let text = page.visible_text();
        assert!(text.contains("Đến qua thư điện tử (người gửi tự ghi) Văn thư &#60;vanthu@danang.vn&#62; · 12:00, 23/11/2026"), "{text}");
        assert!(text.contains("Văn thư &#60;vanthu@danang.vn&#62; · cong-van.pdf"), "the course tells it: {text}");
        assert!(page.text().contains(&format!("/incoming/letters/{id}")));
        assert_eq!(kept(&app, id).await.state, LetterState::Taken);
    }

    async fn a_letter_taken_twice_is_one_document_and_the_slower_clerk_is_told(app) {
        let Some(id) = received(&app, "hai-van-thu").await else { return };
        let (mut clerk, mut other) = (app.sign_in("clerk").await, second_clerk(&app).await);
        let version = kept(&app, id).await.version.to_string();
        let fields = [("document", "1"), ("version", version.as_str())];
        let path = format!("/incoming/letters/{id}/arrival");
        let first = clerk.post(&path, &fields).await;
        let document = document_in(&first);
        assert_eq!(clerk.post(&path, &fields).await.location(), first.location(), "sent again, it is there once");
        let late = other.post(&path, &fields).await;
        assert!(late.status == 409 && late.visible_text().contains("Người khác đã lấy văn bản từ thư này"), "{}", late.visible_text());
        assert!(late.text().contains(&format!("/incoming/{document}")), "and where it is");
        let aside = deal(&app, &mut other, id, "putting-aside", &[("reason", "Trùng")]).await;
        assert_eq!(aside.status, 409, "{}", aside.visible_text());
    }

    async fn of_eight_who_take_a_letter_at_once_all_find_one_document(app) {
        let Some(id) = received(&app, "tam").await else { return };
        let (clerk, other) = (app.sign_in("clerk").await, second_clerk(&app).await);
        let version = kept(&app, id).await.version.to_string();
        let taking = (0..8).map(|number| {
            let mut browser = if number % 2 == 0 { clerk.clone() } else { other.clone() };
            let (path, version) = (format!("/incoming/letters/{id}/arrival"), version.clone());
            async move {
                let answer = browser.post(&path, &[("document", "1"), ("version", &version)]).await;
                (answer.status, number % 2)
            }
        });
        let answers = futures_util::future::join_all(taking).await;
        let winners: Vec<i32> = answers.iter().filter(|(status, _)| *status == 303).map(|(_, who)| *who).collect();
        assert!(winners.len() == 4 && winners.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
        assert!(answers.iter().all(|(status, _)| [303, 409].contains(status)), "{answers:?}");
    }

    async fn a_letter_is_put_aside_with_a_reason_and_taken_up_again(app) {
        let Some(id) = received(&app, "xep-lai").await else { return };
        let mut clerk = app.sign_in("clerk").await;
        let empty = deal(&app, &mut clerk, id, "putting-aside", &[("reason", " ")]).await;
        assert!(empty.status == 422 && empty.visible_text().contains("Hãy ghi lý do"), "{}", empty.visible_text());
        let old = kept(&app, id).await.version.to_string();
        let done = deal(&app, &mut clerk, id, "putting-aside", &[("reason", "Quảng cáo")]).await;
        assert_eq!(done.status, 303);
        assert!(!clerk.get("/incoming").await.visible_text().contains("Công văn bão"));
        let page = clerk.get(&format!("/incoming/letters/{id}")).await.visible_text();
        assert!(page.contains("Quảng cáo") && page.contains("Nguyễn Văn clerk"), "{page}");
        let taken = deal(&app, &mut clerk, id, "arrival", &[("document", "1")]).await;
        assert!(taken.status == 409 && taken.visible_text().contains("đã được xếp lại"), "{}", taken.visible_text());
        assert!(clerk.get("/incoming/letters").await.visible_text().contains("Công văn bão"));
        assert_eq!(deal(&app, &mut clerk, id, "taking-up", &[]).await.status, 303);
        let stale = clerk.post(&format!("/incoming/letters/{id}/putting-aside"), &[("reason", "Gõ lâu"), ("version", &old)]).await;
        assert!(stale.status == 409 && stale.text().contains("Gõ lâu</textarea>"), "{}", stale.visible_text());
        assert_eq!(kept(&app, id).await.state, LetterState::Waiting);
    }

    async fn a_letter_is_for_the_clerks_of_its_office_alone(app) {
        let id = laid_before(&app).await;
        let mut tx = app.app.db.write().await.unwrap();
        let stranger = app.person("stranger").await;
        ecabinet::identity::store::add_role(&mut tx, stranger, OrgRole::Clerk).await.unwrap();
        tx.commit().await.unwrap();
        for login in ["stranger", "chair", "admin"] {
            let mut browser = app.sign_in(login).await;
            for path in ["", "/raw"] {
                assert_eq!(browser.get(&format!("/incoming/letters/{id}{path}")).await.status, 404, "{login} {path}");
            }
            for noun in ["arrival", "putting-aside", "taking-up"] {
                let fields = [("document", "0"), ("reason", "Của tôi"), ("version", "1")];
                let answer = browser.post(&format!("/incoming/letters/{id}/{noun}"), &fields).await;
                assert_eq!(answer.status, 404, "{login} {noun}");
            }
        }
        let list = app.sign_in("stranger").await.get("/incoming/letters").await;
        assert!(list.status == 200 && !list.text().contains(&id.to_string()));
        assert_eq!(app.sign_in("chair").await.get("/incoming/letters").await.status, 403);
    }

    async fn what_cannot_be_taken_is_named_and_the_choice_stays(app) {
        let Some(server) = Dovecot::start().await else { return };
        let user = &box_of(&app, "mat");
        let files: [(&str, &[u8]); 3] = [
            ("cong-van.pdf", &pdf(&["Công văn"])), ("kem.pdf", &pdf(&["UBND\nTỐI MẬT\nKế hoạch"])), ("gia.docx", b"MZ\x90\x00"),
        ];
        server.deliver(user, &letter("Subject: a\r\n", &files)).await;
        looked(&app, &server.mailbox(user)).await;
        let (id, mut clerk) = (letters(&app).await[0].id, app.sign_in("clerk").await);
        for (chosen, named, said) in [("1", "kem.pdf", "bí mật nhà nước"), ("2", "gia.docx", "PDF")] {
            let answer = deal(&app, &mut clerk, id, "arrival", &[("document", "0"), ("attachment", chosen)]).await;
            let text = answer.visible_text();
            assert!(answer.status == 422 && text.contains(&format!("{named}: ")) && text.contains(said), "{text}");
            assert!(answer.text().contains(&format!("name=\"attachment\" value=\"{chosen}\" checked")), "the choice stays");
        }
        let none = deal(&app, &mut clerk, id, "arrival", &[]).await;
        assert!(none.status == 422 && none.visible_text().contains("Hãy chọn tệp nào là văn bản"), "{}", none.visible_text());
        let foreign = deal(&app, &mut clerk, id, "arrival", &[("document", "9")]).await;
        assert_eq!(foreign.status, 404);
        assert_eq!(kept(&app, id).await.state, LetterState::Waiting, "nothing half-done");
        assert!(clerk.get("/incoming").await.visible_text().contains("Không có văn bản nào chờ vào sổ"));
    }

    async fn a_letter_with_a_marking_is_not_kept(app) {
        let Some(server) = Dovecot::start().await else { return };
        let user = &box_of(&app, "dong-dau");
        let file = pdf(&["Kế hoạch"]);
        server.deliver(user, &letter("Subject: =?utf-8?B?S+G6vyBob+G6oWNoIChN4bqtdCk=?=\r\n", &[("a.pdf", &file)])).await;
        server.deliver(user, &letter("Subject: a\r\n", &[("ke hoach (TUYET MAT).pdf", &file)])).await;
        assert_eq!(looked(&app, &server.mailbox(user)).await, 2);
        for line in letters(&app).await {
            let letter = kept(&app, line.id).await;
            assert_eq!((letter.state, letter.trouble), (LetterState::Refused, Some(Trouble::Classified)));
            assert_eq!((letter.sha256, letter.subject.as_str(), letter.text.as_str()), (None, "", ""));
            assert_eq!(letter.sender, "Văn thư <vanthu@danang.vn>", "whom to ask");
        }
        let desk = app.sign_in("clerk").await.get("/incoming").await.visible_text();
        assert!(desk.contains("Luật Bảo vệ bí mật nhà nước") && !desk.contains("TUYET"), "{desk}");
    }
}
