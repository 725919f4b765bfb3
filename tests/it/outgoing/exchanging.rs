//! To bodies outside the installation by the exchange, and back: two offices
//! whose folders a hub empties and fills.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use ecabinet::config::{Config, ExchangeFolder};
use ecabinet::exchange::edxml::{self, Letter, Organ, Received};
use ecabinet::exchange::{self, folder};
use ecabinet::incoming::IncomingId;
use ecabinet::incoming::rules::{Origin, State};

use super::{approve, decision, issue_signed, sealed_office, sign};
use crate::harness::pdf::pdf;
use crate::harness::{Answer, Browser, TestApp, left_out, noon};
use crate::incoming::sent::theirs;
use crate::on_both;

/// Our office, and one that the directory knows by another name than its own,
/// so that it is reached by the exchange although it is served here too.
const OURS: &str = "H17.27";
const THEIRS: &str = "H17.28";
const BODIES: &str = "code,name,old_code\nH17.28,UBND xã Hòa Vang,000.00.28.H17\nG01,Bộ Công an,\n";

/// Both offices with their folders, and the directory of bodies.
struct Exchange {
    app: TestApp,
    folder: tempfile::TempDir,
}

impl Exchange {
    async fn between(app: TestApp) -> Self {
        let mut app = sealed_office(app).await;
        let folder = tempfile::tempdir().unwrap();
        let tables = [("anhai", OURS), ("sontra", THEIRS)].map(|(organisation, identifier)| {
            let path = folder.path().join(organisation);
            format!("[[exchange]]\norganisation = \"{organisation}\"\nidentifier = \"{identifier}\"\nfolder = {path:?}\n")
        });
        let settings = Config::from_parts(tables.concat().parse().unwrap(), std::iter::empty()).unwrap();
        app.app.config = Arc::new(Config { exchange: settings.exchange, ..(*app.app.config).clone() });
        for one in &app.app.config.exchange {
            folder::prepare(one).await.unwrap();
        }
        let mut tx = app.app.db.write().await.unwrap();
        assert_eq!(exchange::bodies::import(&mut tx, BODIES.as_bytes()).await.unwrap(), 2);
        tx.commit().await.unwrap();
        Self { app, folder }
    }

    fn settings(&self, organisation: &str) -> ExchangeFolder {
        self.app.app.config.exchange.iter().find(|one| one.organisation == organisation).unwrap().clone()
    }

    fn path(&self, organisation: &str, part: &str) -> PathBuf {
        self.folder.path().join(organisation).join(part)
    }

    /// Messages that wait in a part of a folder.
    fn files(&self, organisation: &str, part: &str) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.path(organisation, part)).unwrap();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    /// Everything that waits leaves, is carried over by the hub and is taken in.
    async fn carry(&self, from: &str, to: &str) -> usize {
        while self.app.run_jobs().await > 0 {}
        let files = self.files(from, "out");
        for file in &files {
            std::fs::rename(file, self.path(to, "in").join(file.file_name().unwrap())).unwrap();
        }
        folder::take_in(&self.app.app, &self.settings(to)).await.unwrap();
        files.len()
    }

    fn lay(&self, organisation: &str, name: &str, message: &[u8]) -> PathBuf {
        let path = self.path(organisation, "in").join(name);
        std::fs::write(&path, message).unwrap();
        path
    }

    async fn take_in(&self, organisation: &str) {
        folder::take_in(&self.app.app, &self.settings(organisation)).await.unwrap();
    }
}

async fn draft_to(app: &TestApp, bodies: &str) -> Answer {
    let (checker, signer) = (app.person("head").await.to_string(), app.person("chair").await.to_string());
    let fields = [
        ("kind", "decision"),
        ("symbol", "QĐ-UBND"),
        ("priority", "very_urgent"),
        ("subject", "Ban hành Kế hoạch chỉnh trang hẻm, ngõ"),
        ("checker", &checker),
        ("signer", &signer),
        ("capacity", "tm"),
        ("copies", "5"),
        ("bodies", bodies),
        ("answer_by", "2026-12-01"),
    ];
    let file = decision(app, "Nguyễn Văn chair");
    app.sign_in("drafter").await.upload("/outgoing/draft", "ke-hoach.pdf", &file, &fields).await
}

async fn sent(exchange: &Exchange) -> String {
    let app = &exchange.app;
    let answer = draft_to(app, "ubnd xã hòa vang\nG01\n").await;
    assert_eq!(answer.status, 303, "{}", answer.visible_text());
    let page = answer.location();
    let attached = pdf(&["Phụ lục"]);
    let mut drafter = app.sign_in("drafter").await;
    assert_eq!(
        drafter.upload(&format!("{page}/attachments"), "phu-luc.pdf", &attached, &[]).await.status,
        303
    );
    approve(app, &page).await;
    sign(app, &page).await;
    issue_signed(app, &page).await;
    page
}

/// Where the form of a message's row leads, on the clerk's desk.
fn form(desk: &Answer, noun: &str) -> String {
    let text = desk.text();
    let mut forms = text.split("action=\"").filter_map(|rest| rest.split('"').next());
    forms.find(|path| path.starts_with("/incoming/messages/") && path.ends_with(noun)).unwrap().to_owned()
}

async fn taken(exchange: &Exchange) -> (Browser, IncomingId) {
    let mut clerk = exchange.app.sign_in("stranger").await;
    let path = form(&clerk.get("/incoming").await, "arrival");
    let answer = clerk.post(&path, &[]).await;
    assert_eq!(answer.status, 303, "{}", answer.visible_text());
    assert_eq!(clerk.post(&path, &[]).await.location(), answer.location(), "taken twice, it is there once");
    let late = clerk.post(&path.replace("arrival", "refusal"), &[("reason", "Muộn")]).await;
    assert!(late.status == 409 && late.visible_text().contains("đã được người khác nhận"), "{}", late.status);
    (clerk, answer.location().strip_prefix("/incoming/").unwrap().parse().unwrap())
}

async fn shown(app: &TestApp, page: &str) -> String {
    app.sign_in("drafter").await.get(page).await.visible_text()
}

/// Reads a message with another program: fields, and hashes of the files.
fn read_by_python(message: &Path) -> Option<String> {
    let Ok(python) = std::env::var("ECABINET_TEST_PYTHON") else {
        left_out("edXML read by Python", "ECABINET_TEST_PYTHON names no Python");
        return None;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/read-edxml.py");
    let output = Command::new(python).arg(script).arg(message).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

on_both! {
    async fn a_document_goes_out_is_taken_and_its_sender_reads_how_far_it_is(app) {
        let exchange = Exchange::between(app).await;
        let app = &exchange.app;
        let page = sent(&exchange).await;
        assert!(shown(app, &page).await.contains("UBND xã Hòa Vang Chờ gửi"), "{}", shown(app, &page).await);
        assert_eq!(exchange.carry("anhai", "sontra").await, 1, "one message for both bodies");
        assert!(shown(app, &page).await.contains("UBND xã Hòa Vang Đã gửi"));
        assert!(exchange.files("sontra", "in").is_empty() && exchange.files("sontra", "refused").is_empty());
        let (mut clerk, id) = taken(&exchange).await;
        let document = theirs(app, id).await;
        assert_eq!((document.origin, document.state), (Origin::Exchange, State::Verified));
        assert_eq!((document.symbol.as_str(), document.sender.as_str()), ("01/QĐ-UBND", "UBND phường An Hải"));
        assert_eq!((document.signer_name.as_str(), document.dated_on), ("Nguyễn Văn chair", Some(noon().day().0)));
        let issued = app.sign_in("drafter").await.get(&format!("{page}/file")).await.body;
        let stored = app.app.storage.read(document.sha256).await.unwrap();
        assert_eq!(stored.as_ref(), issued.as_slice(), "the very bytes that were issued");
        assert!(clerk.get(&format!("/incoming/{id}")).await.visible_text().contains("phu-luc"));
        assert!(exchange.carry("sontra", "anhai").await > 0);
        assert!(shown(app, &page).await.contains("UBND xã Hòa Vang Đã đến"));
        let version = document.version.to_string();
        let fields = [
            ("symbol", document.symbol.as_str()), ("dated_on", "2026-11-23"), ("sender", &document.sender),
            ("subject", &document.subject), ("version", &version),
        ];
        assert_eq!(clerk.post(&format!("/incoming/{id}/registration"), &fields).await.status, 303);
        assert_eq!(exchange.carry("sontra", "anhai").await, 1);
        assert!(shown(app, &page).await.contains("UBND xã Hòa Vang Đã tiếp nhận"));
        assert!(shown(app, &page).await.contains("Bộ Công an Đã gửi"), "the other body told nothing");
        assert_eq!(app.sign_in("clerk").await.get(&format!("/incoming/{id}")).await.status, 404);
        assert!(shown(app, &page).await.contains("Bộ Công an"));
        let metadata = app.sign_in("clerk").await.get(&format!("{page}/metadata")).await.text();
        assert!(metadata.contains("H17.28") && metadata.contains("UBND xã Hòa Vang"), "{metadata}");
    }

    async fn a_message_reads_the_same_in_another_program(app) {
        let exchange = Exchange::between(app).await;
        let page = sent(&exchange).await;
        while exchange.app.run_jobs().await > 0 {}
        let [message] = exchange.files("anhai", "out").try_into().unwrap();
        let Some(read) = read_by_python(&message) else { return };
        let issued = exchange.app.sign_in("drafter").await.get(&format!("{page}/file")).await.body;
        let first = format!("01-QĐ-UBND.pdf {}", ecabinet::storage::Hash::of(&issued));
        for line in [
            "From/OrganId H17.27", "From/OrganName UBND phường An Hải", "To/OrganId H17.28", "To/OrganId G01",
            "Code/CodeNumber 01", "Code/CodeNotation QĐ-UBND", "PromulgationDate 2026/11/23", "TypeName Quyết định",
            "Subject Ban hành Kế hoạch chỉnh trang hẻm, ngõ", "FullName Nguyễn Văn chair", "Competence TM.",
            "DueDate 2026/12/01", "Priority 2", "BussinessDocType 0", "References 2", &first,
        ] {
            assert!(read.lines().any(|one| one == line), "{line} is missing:\n{read}");
        }
    }

    async fn a_refusal_and_a_recall_reach_the_other_side(app) {
        let exchange = Exchange::between(app).await;
        let app = &exchange.app;
        let page = sent(&exchange).await;
        exchange.carry("anhai", "sontra").await;
        let mut clerk = app.sign_in("stranger").await;
        let path = form(&clerk.get("/incoming").await, "refusal");
        let mut sender = app.sign_in("clerk").await;
        assert_eq!(sender.post(&path, &[("reason", "Của nơi khác")]).await.status, 404);
        assert_eq!(sender.post(&path.replace("refusal", "arrival"), &[]).await.status, 404);
        assert_eq!(app.sign_in("secretary").await.post(&path, &[("reason", "Không phải văn thư")]).await.status, 403);
        assert_eq!(clerk.post(&path, &[("reason", " ")]).await.status, 422);
        assert_eq!(clerk.post(&path, &[("reason", "Không thuộc thẩm quyền")]).await.status, 303);
        assert_eq!(clerk.post(&path, &[("reason", "Lần nữa")]).await.status, 409);
        exchange.carry("sontra", "anhai").await;
        let text = shown(app, &page).await;
        assert!(text.contains("UBND xã Hòa Vang Từ chối tiếp nhận") && text.contains("Không thuộc thẩm quyền"), "{text}");

        let second = sent(&exchange).await;
        exchange.carry("anhai", "sontra").await;
        let (mut clerk, id) = taken(&exchange).await;
        let recall = [("act", "recall"), ("note", "Sai căn cứ")];
        assert_eq!(app.sign_in("clerk").await.post(&format!("{second}/acts"), &recall).await.status, 303);
        assert_eq!(exchange.carry("anhai", "sontra").await, 1);
        let notice = clerk.get(&format!("/incoming/{id}")).await.visible_text();
        assert!(notice.contains("Nơi gửi đã thu hồi văn bản này") && notice.contains("Sai căn cứ"), "{notice}");
        let version = theirs(app, id).await.version.to_string();
        let known = clerk.post(&format!("/incoming/{id}/recall"), &[("version", &version)]).await;
        assert_eq!(known.status, 303, "{}", known.visible_text());
        assert_eq!(theirs(app, id).await.state, State::Recalled);
        assert!(shown(app, &second).await.contains("UBND xã Hòa Vang Đã yêu cầu lấy lại"));
        exchange.carry("sontra", "anhai").await;
        assert!(shown(app, &second).await.contains("UBND xã Hòa Vang Đã thu hồi"));
    }

    async fn what_is_recalled_before_it_leaves_stays_and_before_it_is_taken_goes_by_itself(app) {
        let exchange = Exchange::between(app).await;
        let app = &exchange.app;
        let recall = [("act", "recall"), ("note", "Sai căn cứ")];
        let first = sent(&exchange).await;
        assert_eq!(app.sign_in("clerk").await.post(&format!("{first}/acts"), &recall).await.status, 303);
        assert_eq!(exchange.carry("anhai", "sontra").await, 0);
        assert!(shown(app, &first).await.contains("UBND xã Hòa Vang Đã thôi gửi"));
        let second = sent(&exchange).await;
        exchange.carry("anhai", "sontra").await;
        assert_eq!(app.sign_in("clerk").await.post(&format!("{second}/acts"), &recall).await.status, 303);
        exchange.carry("anhai", "sontra").await;
        let desk = app.sign_in("stranger").await.get("/incoming").await.visible_text();
        assert!(!desk.contains("liên thông chờ nhận"), "{desk}");
        exchange.carry("sontra", "anhai").await;
        assert!(shown(app, &second).await.contains("UBND xã Hòa Vang Đã thu hồi"));
    }

    async fn a_message_twice_is_one_and_another_under_its_name_is_none(app) {
        let exchange = Exchange::between(app).await;
        let app = &exchange.app;
        sent(&exchange).await;
        while app.run_jobs().await > 0 {}
        let [message] = exchange.files("anhai", "out").try_into().unwrap();
        let bytes = std::fs::read(message).unwrap();
        exchange.lay("sontra", "1.edxml", &bytes);
        exchange.take_in("sontra").await;
        // The hub sends it once more, the same and then packed at another time.
        exchange.lay("sontra", "2.edxml", &bytes);
        let Received::Letter(letter, files) = edxml::read(&bytes, 1 << 24).unwrap() else { panic!("a status") };
        let later = Letter { sent_at: noon().plus_seconds(3_600), ..(*letter).clone() };
        exchange.lay("sontra", "3.edxml", &packed(&later, &[("01-QĐ-UBND.pdf", &files[0].bytes), (&files[1].name, &files[1].bytes)]));
        exchange.take_in("sontra").await;
        assert!(exchange.files("sontra", "refused").is_empty());
        exchange.lay("sontra", "4.edxml", &packed(&letter, &[("01-QĐ-UBND.pdf", &pdf(&["Khác"]))]));
        exchange.take_in("sontra").await;
        let desk = app.sign_in("stranger").await.get("/incoming").await;
        assert_eq!(desk.text().matches("/arrival\"").count(), 1, "{}", desk.visible_text());
        assert_eq!(exchange.files("sontra", "refused").len(), 2, "the message and its reason");
        assert!(desk.visible_text().contains("4.edxml : Trùng mã văn bản"), "{}", desk.visible_text());
    }

    async fn what_cannot_be_taken_is_laid_aside_with_its_reason_and_holds_up_no_other(app) {
        let exchange = Exchange::between(app).await;
        let to = |code: &str| vec![Organ { code: code.to_owned(), name: String::new() }];
        let from = Organ { code: "G01".to_owned(), name: "Bộ Công an".to_owned() };
        let letter = |code: &str, id: &str| Letter {
            from: from.clone(),
            document_id: id.to_owned(),
            subject: "Về việc họp".to_owned(),
            ..Letter::blank(to(code), noon())
        };
        let file = pdf(&["Công văn"]);
        let files: &[(&str, &[u8])] = &[("cong-van.pdf", &file)];
        exchange.lay("anhai", "a-sai-dia-chi.edxml", &packed(&letter("H99", "a"), files));
        let secret = Letter { subject: "TUYỆT MẬT".to_owned(), ..letter(OURS, "b") };
        exchange.lay("anhai", "b-mat.edxml", &packed(&secret, files));
        exchange.lay("anhai", "b-ten-mat.edxml", &packed(&letter(OURS, "b2"), &[("TỐI MẬT.pdf", &file)]));
        exchange.lay("anhai", "c-khong-tep.edxml", &packed(&letter(OURS, "c"), &[]));
        exchange.lay("anhai", ".d-dang-chep.edxml", b"<edXML>");
        let young = exchange.lay("anhai", "e-dang-chep.edxml", b"<edXML>");
        let old = exchange.lay("anhai", "f-hong.edxml", b"<edXML>");
        let hour_ago = SystemTime::now() - Duration::from_secs(3_600);
        std::fs::File::options().write(true).open(old).unwrap().set_modified(hour_ago).unwrap();
        exchange.lay("anhai", "g-\u{202e}fdp.xml", b"<edXML/>");
        exchange.lay("anhai", "h-tot.edxml", &packed(&letter(OURS, "h"), files));
        exchange.take_in("anhai").await;
        let refused: Vec<String> = exchange.files("anhai", "refused").iter()
            .map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
        assert_eq!(refused, [
            "a-sai-dia-chi.edxml", "a-sai-dia-chi.edxml.reason.txt", "b-mat.edxml", "b-mat.edxml.reason.txt",
            "b-ten-mat.edxml", "b-ten-mat.edxml.reason.txt",
            "c-khong-tep.edxml", "c-khong-tep.edxml.reason.txt", "f-hong.edxml", "f-hong.edxml.reason.txt",
        ]);
        assert!(young.exists(), "it may still be being copied");
        let desk = exchange.app.sign_in("clerk").await.get("/incoming").await.visible_text();
        for part in ["Về việc họp", "Sai địa chỉ nhận", "Không nhận văn bản mật", "f-hong.edxml : Không đúng định dạng XML"] {
            assert!(desk.contains(part), "{part} is missing: {desk}");
        }
        while exchange.app.run_jobs().await > 0 {}
        let told = exchange.files("anhai", "out").iter().map(|path| std::fs::read_to_string(path).unwrap())
            .filter(|text| text.contains("<edXML:StatusCode>02<")).count();
        assert_eq!(told, 4, "who sent what is not taken is told so");
    }

    async fn a_message_stays_where_it_is_while_there_is_no_folder_for_what_is_refused(app) {
        let exchange = Exchange::between(app).await;
        let refused = exchange.path("anhai", "refused");
        std::fs::remove_dir(&refused).unwrap();
        let message = exchange.lay("anhai", "mot.edxml", b"<edXML/>");
        std::fs::File::options().write(true).open(&message).unwrap()
            .set_modified(SystemTime::now() - Duration::from_secs(3_600)).unwrap();
        assert!(folder::take_in(&exchange.app.app, &exchange.settings("anhai")).await.is_err());
        assert_eq!(std::fs::read(&message).unwrap(), b"<edXML/>");
        std::fs::create_dir(&refused).unwrap();
        exchange.take_in("anhai").await;
        assert_eq!(exchange.files("anhai", "refused").len(), 2, "the message and its reason");
    }

    async fn a_body_nobody_knows_is_refused_with_those_it_may_be(app) {
        let exchange = Exchange::between(app).await;
        let answer = draft_to(&exchange.app, "Hòa Vang").await;
        assert_eq!(answer.status, 422);
        let text = answer.visible_text();
        assert!(text.contains("“Hòa Vang”") && text.contains("UBND xã Hòa Vang (H17.28)"), "{text}");
        assert!(draft_to(&exchange.app, "Nơi nào đó").await.visible_text().contains("nhờ quản trị bổ sung danh mục"));
        assert_eq!(draft_to(&exchange.app, "000.00.28.h17").await.status, 303, "its older code names it too");
        let wrong = "code,name\nH17.28,UBND xã Hòa Vang\nh/1,Sai mã\n";
        let mut tx = exchange.app.app.db.write().await.unwrap();
        assert!(exchange::bodies::import(&mut tx, wrong.as_bytes()).await.is_err());
    }

    async fn a_stop_before_it_is_written_down_as_sent_writes_the_same_file_again(app) {
        let exchange = Exchange::between(app).await;
        let app = &exchange.app;
        // Where the file would lie there is nothing to write to: the job fails and is tried again.
        let out = exchange.path("anhai", "out");
        std::fs::rename(&out, exchange.path("anhai", "away")).unwrap();
        let page = sent(&exchange).await;
        app.run_jobs().await;
        assert!(shown(app, &page).await.contains("UBND xã Hòa Vang Chờ gửi"));
        std::fs::rename(exchange.path("anhai", "away"), &out).unwrap();
        app.app.clock.advance(3_600);
        while app.run_jobs().await > 0 {}
        let [first] = exchange.files("anhai", "out").try_into().unwrap();
        let bytes = std::fs::read(&first).unwrap();
        assert!(shown(app, &page).await.contains("UBND xã Hòa Vang Đã gửi"));
        std::fs::remove_file(&first).unwrap();
        let name = first.file_stem().unwrap().to_string_lossy().into_owned();
        let posting = name.rsplit('-').next().unwrap().parse().unwrap();
        folder::write_out(&app.app, folder::PostingPayload { posting }).await.unwrap();
        assert!(exchange.files("anhai", "out").is_empty(), "what was sent is not sent once more");
        forget_that_it_was_sent(app).await;
        folder::write_out(&app.app, folder::PostingPayload { posting }).await.unwrap();
        assert_eq!(std::fs::read(&first).unwrap(), bytes, "the same name and the same bytes");
    }
}

fn packed(letter: &Letter, files: &[(&str, &[u8])]) -> Vec<u8> {
    let enclosure = |name: &str| edxml::Enclosure {
        content_id: format!("cid:{name}"),
        name: name.to_owned(),
        description: String::new(),
    };
    let announced: Vec<edxml::Enclosure> = files.iter().map(|(name, _)| enclosure(name)).collect();
    let mut message = edxml::letter(letter, &announced).into_bytes();
    edxml::write_files(&mut message, files.iter().map(|(name, bytes)| (enclosure(name), *bytes))).unwrap();
    message
}

/// As a kill leaves it between the file and the row.
async fn forget_that_it_was_sent(app: &TestApp) {
    let mut tx = app.app.db.write().await.unwrap();
    ecabinet::sql!(&mut tx => execute "UPDATE exchange_posting SET state = 'writing', sent_at = NULL")
        .unwrap();
    tx.commit().await.unwrap();
}
