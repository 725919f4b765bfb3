//! What is left of a meeting: drafted, written by several, locked, corrected.

use std::process::Command;

use axum::body::Body;
use axum::http::{Method, header};
use ecabinet::meetings::MeetingId;
use ecabinet::minutes::store::{self, Minutes, Text};
use ecabinet::signing::signature;
use ecabinet::signing::{self, Desk, DocumentId, DocumentState, urls};
use ecabinet::sql;

use crate::harness::meeting::Meeting;
use crate::harness::{Answer, Browser, TestApp};
use crate::on_both;
use crate::signing::{PIN, practising};

/// A meeting that is over, with one result, and the draft of its minutes.
pub async fn over(app: &TestApp) -> Meeting {
    let vote = app.open_vote("Thông qua kế hoạch?").await;
    let mut chair = app.sign_in("chair").await;
    assert_eq!(chair.post(&vote.path("ballots"), &[("choice", "approve")]).await.status, 303);
    let mut meeting = vote.meeting;
    let closure = format!("/votes/{}/closure", vote.id);
    assert_eq!(meeting.secretary.post(&closure, &[]).await.status, 303);
    app.app.clock.advance(1800);
    meeting.act("closing", &[]).await;
    app.run_jobs().await;
    meeting
}

/// Sends one text as the form of the minutes does.
pub async fn write(browser: &mut Browser, meeting: &Meeting, part: &str, text: &str, version: i64) -> Answer {
    let path = meeting.path(&format!("minutes/texts/{part}"));
    browser.post(&path, &[("text", text), ("version", &version.to_string())]).await
}

/// Sends one text as the script does that saves while one types.
async fn autosave(browser: &mut Browser, meeting: &Meeting, text: &str, version: i64) -> (u16, String) {
    let encode = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let request = browser
        .request(Method::POST, &meeting.path("minutes/texts/conclusion"))
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(format!("version={version}&text={}", encode(text))))
        .unwrap();
    // The first header that says what is wanted is the browser's own.
    let mut request = request;
    request.headers_mut().insert(header::ACCEPT, "application/json".parse().unwrap());
    let answer = browser.send(request).await;
    (answer.status, answer.text())
}

async fn newest(app: &TestApp, meeting: MeetingId) -> Minutes {
    let mut tx = app.app.db.read().await.unwrap();
    store::minutes(&mut tx, meeting).await.unwrap().unwrap()
}

pub async fn text(app: &TestApp, meeting: MeetingId, part: &str) -> Text {
    let minutes = newest(app, meeting).await;
    let mut tx = app.app.db.read().await.unwrap();
    let texts = store::texts(&mut tx, minutes.id).await.unwrap();
    texts.into_iter().find(|text| text.part == part).unwrap()
}

/// A second secretary of the meeting, at another desk.
pub async fn colleague(app: &TestApp) -> Browser {
    app.sign_in("secretary").await
}

/// Locks the newest minutes and lets both sign.
async fn sign_both(app: &TestApp, meeting: &mut Meeting) -> DocumentId {
    meeting.act("minutes/locking", &[]).await;
    let document = newest(app, meeting.id).await.document_id.unwrap();
    for (number, login) in [(1, "secretary"), (2, "chair")] {
        let mut signer = app.sign_in(login).await;
        let signed = signer.post(&urls::signatures(document, number), &[("pin", PIN)]).await;
        assert_eq!(signed.status, 303, "{login}: {}", signed.visible_text());
    }
    document
}

async fn state(app: &TestApp, document: DocumentId) -> (DocumentState, String, Vec<u8>) {
    let mut tx = app.app.db.read().await.unwrap();
    let status = signing::status(&mut tx, document).await.unwrap().unwrap();
    drop(tx);
    let file = app.browser().get(&urls::public_file(&status.code)).await;
    (status.state, status.code, file.body)
}

/// The words of a PDF; `None` where poppler is not installed.
pub fn words_of(pdf: &[u8]) -> Option<String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pdf).unwrap();
    let output = Command::new("pdftotext").arg(file.path()).arg("-").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

on_both! {
    async fn two_secretaries_in_one_text_are_merged(app) {
        let meeting = over(&app).await;
        let (mut one, mut other) = (colleague(&app).await, colleague(&app).await);
        let base = "Giao Văn phòng.\nGiao Phòng Kinh tế.\nBáo cáo trước ngày 30.";
        write(&mut one, &meeting, "conclusion", base, 1).await;
        assert_eq!(text(&app, meeting.id, "conclusion").await.version, 2);
        let ours = base.replace("Văn phòng", "Văn phòng chủ trì");
        let theirs = base.replace("ngày 30", "ngày 25");
        assert_eq!(write(&mut one, &meeting, "conclusion", &ours, 2).await.status, 303);
        assert_eq!(write(&mut other, &meeting, "conclusion", &theirs, 2).await.status, 303);
        let saved = text(&app, meeting.id, "conclusion").await;
        assert_eq!(saved.text, ours.replace("ngày 30", "ngày 25"));
    }

    async fn who_types_on_while_a_merge_is_under_way_loses_nothing(app) {
        let meeting = over(&app).await;
        let (mut one, mut other) = (colleague(&app).await, colleague(&app).await);
        let base = "Đoạn một.\nĐoạn hai.";
        write(&mut one, &meeting, "conclusion", base, 1).await;
        write(&mut one, &meeting, "conclusion", "Đoạn một đã sửa.\nĐoạn hai.", 2).await;
        let (status, answer) = autosave(&mut other, &meeting, "Đoạn một.\nĐoạn hai.\nĐoạn ba", 2).await;
        assert_eq!(status, 200, "{answer}");
        let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer["text"], "Đoạn một đã sửa.\nĐoạn hai.\nĐoạn ba");
        let base = answer["base"].as_i64().unwrap();
        assert!(base < answer["version"].as_i64().unwrap());
        let on = "Đoạn một.\nĐoạn hai.\nĐoạn ba, rồi bốn";
        assert_eq!(autosave(&mut other, &meeting, on, base).await.0, 200);
        let saved = text(&app, meeting.id, "conclusion").await;
        assert_eq!(saved.text, "Đoạn một đã sửa.\nĐoạn hai.\nĐoạn ba, rồi bốn");
    }

    async fn where_both_changed_the_same_words_both_are_shown_and_kept(app) {
        let meeting = over(&app).await;
        let (mut one, mut other) = (colleague(&app).await, colleague(&app).await);
        write(&mut one, &meeting, "conclusion", "Hạn là ngày 25.", 1).await;
        let hostile = "Hạn là ngày <img src=x onerror=alert(1)>.";
        assert_eq!(autosave(&mut other, &meeting, hostile, 1).await.0, 409);
        let both = write(&mut other, &meeting, "conclusion", hostile, 1).await;
        assert_eq!(both.status, 409);
        let page = both.text();
        assert!(page.contains("Hạn là ngày 25.") && !page.contains("<img src=x"), "escaped on either side");
        assert!(page.contains("&#60;img src=x onerror=alert(1)&#62;"), "and whole: {page}");
        assert_eq!(text(&app, meeting.id, "conclusion").await.text, "Hạn là ngày 25.", "nothing was overwritten");
        let chosen = "Hạn là ngày 25.\nHạn là ngày 30.";
        assert_eq!(write(&mut other, &meeting, "conclusion", chosen, 2).await.status, 303);
        assert_eq!(text(&app, meeting.id, "conclusion").await.text, chosen);
    }

    async fn every_version_that_was_saved_is_kept(app) {
        let meeting = over(&app).await;
        let mut secretary = colleague(&app).await;
        for (version, text) in [(1, "một"), (2, "một hai"), (3, "ba")] {
            write(&mut secretary, &meeting, "conclusion", text, version).await;
        }
        let minutes = newest(&app, meeting.id).await;
        let mut tx = app.app.db.read().await.unwrap();
        for (version, text) in [(2, "một"), (3, "một hai"), (4, "ba")] {
            let kept = store::text_at(&mut tx, minutes.id, "conclusion", version).await.unwrap();
            assert_eq!(kept.as_deref(), Some(text));
        }
    }

    async fn the_draft_tells_speakers_answers_opinions_and_breaks(app) {
        let mut meeting = app.meeting().under_way().await;
        let item = meeting.items[0];
        meeting.secretary.upload(&meeting.path("papers"), "a.pdf", &crate::harness::pdf::pdf(&["A"]), &[("item", &item.to_string())]).await;
        app.run_jobs().await;
        record_something(&app, &meeting).await;
        app.app.clock.advance(600);
        meeting.act("closing", &[]).await;
        app.run_jobs().await;
        let page = meeting.secretary.get(&meeting.path("minutes")).await.visible_text();
        for said in [
            "Nguyễn Văn delegate1 (12:00–12:03, 3 phút): &#60;b&#62;vốn&#60;/b&#62;",
            "Nguyễn Văn delegate2 chất vấn Nguyễn Văn delegate3",
            "Trả lời tại phiên họp: Đã có phương án",
            "1 ý kiến bằng văn bản về tài liệu; 0 ý kiến đã được giải trình.",
            "Nghỉ giải lao: 12:01–12:02.",
        ] {
            assert!(page.contains(said), "{said} is missing: {page}");
        }
        let preview = meeting.secretary.get(&meeting.path("minutes/preview")).await;
        let Some(words) = words_of(&preview.body) else { return };
        for said in ["Phát biểu:", "<b>vốn</b>", "Đã có phương án", "Nghỉ giải lao: 12:01–12:02."] {
            assert!(words.contains(said), "{said} is missing: {words}");
        }
    }

    async fn a_sentence_of_the_office_is_offered_with_its_gaps_filled(app) {
        let meeting = over(&app).await;
        let mut secretary = colleague(&app).await;
        let fields = [("title", "Giao việc"), ("text", "{chủ trì} giao <i>: {nội dung}")];
        assert_eq!(secretary.post("/phrases", &fields).await.status, 303);
        assert_eq!(secretary.post("/phrases", &fields).await.status, 409, "one of a name");
        assert_eq!(secretary.post("/phrases", &[("title", "x"), ("text", " ")]).await.status, 422);
        let page = secretary.get(&meeting.path("minutes")).await.text();
        assert!(page.contains("data-text=\"Nguyễn Văn chair giao &#60;i&#62;: {nội dung}\""), "{page}");
        for login in ["delegate1", "chair"] {
            assert_eq!(app.sign_in(login).await.get("/phrases").await.status, 403, "{login}");
        }
        let mut stranger = app.sign_in("stranger").await;
        assert!(!stranger.get("/phrases").await.visible_text().contains("Giao việc"));
        let id = secretary.get("/phrases").await.text().split("/phrases/").nth(1).unwrap()[..32].to_owned();
        let removal = format!("/phrases/{id}/removal");
        assert_eq!(stranger.post(&removal, &[]).await.status, 404);
        assert_eq!(secretary.post(&removal, &[]).await.status, 303);
        assert_eq!(secretary.post(&removal, &[]).await.status, 404);
    }

    async fn of_a_restricted_meeting_the_request_to_sign_names_nothing_outside(app) {
        let app = practising(app).await;
        let mut meeting = over(&app).await;
        let mut tx = app.app.db.write().await.unwrap();
        ecabinet::sql!(tx => execute "UPDATE meeting SET restricted = TRUE WHERE 1 = 1").unwrap();
        ecabinet::sql!(tx => execute "DELETE FROM delivery").unwrap();
        tx.commit().await.unwrap();
        sign_both(&app, &mut meeting).await;
        let mut secretary = colleague(&app).await;
        let outbox = secretary.get("/mails").await.visible_text();
        assert!(outbox.contains("Bạn có thông báo mới"), "{outbox}");
        assert!(!outbox.contains("Biên bản") && !outbox.contains("Họp thường kỳ"), "{outbox}");
        let inside = secretary.get("/notices").await.visible_text();
        assert!(inside.contains("Chờ ký: "), "{inside}");
    }

    async fn signed_minutes_are_corrected_by_new_ones_that_name_them(app) {
        let app = practising(app).await;
        let mut meeting = over(&app).await;
        let mut secretary = colleague(&app).await;
        write(&mut secretary, &meeting, "conclusion", "Thông qua với 5 phiếu.", 1).await;
        let corrections = meeting.path("minutes/corrections");
        assert_eq!(secretary.post(&corrections, &[("reason", "Sai")]).await.status, 409, "a draft");
        let first = sign_both(&app, &mut meeting).await;
        let (was, code, signed) = state(&app, first).await;
        assert_eq!(was, DocumentState::Complete);
        assert_eq!(secretary.post(&corrections, &[("reason", " ")]).await.status, 422);
        let mut delegate = app.sign_in("delegate1").await;
        assert_eq!(delegate.post(&corrections, &[("reason", "Sai")]).await.status, 403);
        let opened = secretary.post(&corrections, &[("reason", "Ghi sai số phiếu")]).await;
        assert_eq!(opened.status, 303, "{}", opened.visible_text());
        assert_eq!(secretary.post(&corrections, &[("reason", "Nữa")]).await.status, 409, "one at a time");

        // It begins with the signed words; a member sees the signed ones until it is locked.
        assert_eq!(text(&app, meeting.id, "conclusion").await.text, "Thông qua với 5 phiếu.");
        write(&mut secretary, &meeting, "conclusion", "Thông qua với 6 phiếu.", 1).await;
        let seen = delegate.get(&meeting.path("minutes")).await.visible_text();
        assert!(seen.contains("5 phiếu") && !seen.contains("6 phiếu"), "{seen}");
        let second = sign_both(&app, &mut meeting).await;
        let page = delegate.get(&meeting.path("minutes")).await.visible_text();
        for said in ["Biên bản đính chính lần 1", "Lý do đính chính: Ghi sai số phiếu", "Biên bản phiên họp", "6 phiếu"] {
            assert!(page.contains(said), "{said} is missing: {page}");
        }

        // The old file is the same, byte for byte, and still holds its two signatures.
        let (still, _, now) = state(&app, first).await;
        assert_eq!(still, DocumentState::Complete);
        assert!(now == signed, "the signed file changed");
        let Some(words) = words_of(&state(&app, second).await.2) else { return };
        assert!(words.contains("đính chính lần 1 biên bản của cùng phiên họp"), "{words}");
        // Long words are set with breaks of no width in them.
        let letters: String =
            words.chars().filter(|letter| !letter.is_whitespace() && *letter != '\u{200b}').collect();
        assert!(letters.contains(&code) && letters.contains(&ecabinet::storage::Hash::of(&signed).to_string()));
    }

    async fn minutes_that_were_sent_back_are_a_draft_again(app) {
        let app = practising(app).await;
        let mut meeting = over(&app).await;
        let mut secretary = colleague(&app).await;
        write(&mut secretary, &meeting, "conclusion", "Thông qua với 5 phiếu.", 1).await;
        meeting.act("minutes/locking", &[]).await;
        let first = newest(&app, meeting.id).await.document_id.unwrap();
        assert_eq!(secretary.post(&urls::signatures(first, 1), &[("pin", PIN)]).await.status, 303);
        let mut chair = app.sign_in("chair").await;
        let back = chair.post(&urls::refusals(first, 2), &[("reason", "Sai số phiếu")]).await;
        assert_eq!(back.status, 303, "{}", back.visible_text());
        app.run_jobs().await;
        assert_eq!(newest(&app, meeting.id).await.document_id, None);
        let before = text(&app, meeting.id, "conclusion").await;
        assert_eq!(before.text, "Thông qua với 5 phiếu.");
        write(&mut secretary, &meeting, "conclusion", "Thông qua với 6 phiếu.", before.version).await;
        // What was sent back stays as it is, with the signature it has, and nobody is handed it.
        let (was, code, _) = state(&app, first).await;
        assert_eq!(was, DocumentState::Returned);
        assert_ne!(app.browser().get(&urls::public_file(&code)).await.status, 200);
        let second = sign_both(&app, &mut meeting).await;
        assert_ne!(first, second);
        assert_eq!(state(&app, second).await.0, DocumentState::Complete);
    }

    async fn a_correction_whose_last_signature_was_cut_off_is_retried_and_the_old_one_stays(app) {
        let app = practising(app).await;
        let mut meeting = over(&app).await;
        let first = sign_both(&app, &mut meeting).await;
        let before = state(&app, first).await;
        meeting.act("minutes/corrections", &[("reason", "Sai ngày")]).await;
        meeting.act("minutes/locking", &[]).await;
        let second = newest(&app, meeting.id).await.document_id.unwrap();
        let mut secretary = colleague(&app).await;
        assert_eq!(secretary.post(&urls::signatures(second, 1), &[("pin", PIN)]).await.status, 303);

        // The signature is made and its bytes are stored, then the process dies before anything is written down.
        let chair = app.actor("chair").await;
        let desk = Desk::of(&app.app);
        signature::make(&desk, &chair, second, 2, PIN.into(), app.app.clock.now()).await.unwrap();
        assert_eq!(state(&app, second).await.0, DocumentState::Signing, "not complete, and said so");
        let waiting = app.sign_in("chair").await.get("/signing").await.visible_text();
        assert!(waiting.contains("Biên bản đính chính lần 1"), "{waiting}");

        // Written down, but the process dies before the commit.
        let made = signature::make(&desk, &chair, second, 2, PIN.into(), app.app.clock.now()).await.unwrap();
        let mut tx = app.app.db.write().await.unwrap();
        signature::record(&mut tx, &chair, &made, app.app.clock.now()).await.unwrap();
        drop(tx);
        assert_eq!(state(&app, second).await.0, DocumentState::Signing);

        let mut again = app.sign_in("chair").await;
        assert_eq!(again.post(&urls::signatures(second, 2), &[("pin", PIN)]).await.status, 303);
        assert_eq!(state(&app, second).await.0, DocumentState::Complete);
        assert!(state(&app, first).await == before, "the minutes it corrects are as they were");
    }

    async fn two_corrections_opened_at_once_are_one(app) {
        let app = practising(app).await;
        let mut meeting = over(&app).await;
        sign_both(&app, &mut meeting).await;
        let path = meeting.path("minutes/corrections");
        let posts = (0..8).map(|_| {
            let (app, path) = (&app, path.clone());
            async move { colleague(app).await.post(&path, &[("reason", "Sai")]).await.status }
        });
        let mut answers: Vec<u16> = futures_util::future::join_all(posts).await;
        answers.sort_unstable();
        assert_eq!(answers, [303, 409, 409, 409, 409, 409, 409, 409]);
    }
}

/// A speech, a questioning, an opinion and a rest, as their features write them down.
async fn record_something(app: &TestApp, meeting: &Meeting) {
    let now = app.app.clock.now();
    let item = meeting.items[0];
    let [one, two, three] =
        [app.person("delegate1").await, app.person("delegate2").await, app.person("delegate3").await];
    let mut tx = app.app.db.write().await.unwrap();
    for (id, person, kind, topic, addressee) in [
        (ecabinet::minutes::MinutesId::new(), one, "speech", "<b>vốn</b>", None),
        (ecabinet::minutes::MinutesId::new(), two, "questioning", "đất", Some(three)),
    ] {
        sql!(tx => execute
            "INSERT INTO speech_request (id, meeting_id, item_id, person_id, kind, topic, addressee_id, state, position,
                                         allotted_seconds, spoken, asked_at, called_at, ended_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'finished', 0, 300, 180000000, $8, $8, $9)",
            id, meeting.id, item, person, kind, topic, addressee, now, now.plus_seconds(180))
        .unwrap();
        if addressee.is_some() {
            sql!(tx => execute
                "INSERT INTO question_answer (request_id, way, text, answered_by, answered_at)
                 VALUES ($1, 'in_room', 'Đã có phương án', $2, $3)", id, three, now)
            .unwrap();
        }
    }
    let papers = ecabinet::meetings::store::agenda_papers(&mut tx, meeting.id, one).await.unwrap();
    sql!(tx => execute
        "INSERT INTO opinion (id, meeting_id, item_id, paper_id, version_id, person_id, text, written_at, changed_at,
                              answer)
         VALUES ($1, $2, $3, $4, $5, $6, 'Cần rõ hơn', $7, $7, '')",
        ecabinet::minutes::MinutesId::new(), meeting.id, item, papers[0].paper_id, papers[0].version_id, one, now)
    .unwrap();
    sql!(tx => execute
        "INSERT INTO meeting_break (id, meeting_id, kind, started_at, ended_at) VALUES ($1, $2, 'paused', $3, $4)",
        ecabinet::minutes::MinutesId::new(), meeting.id, now.plus_seconds(60), now.plus_seconds(120))
    .unwrap();
    tx.commit().await.unwrap();
}
