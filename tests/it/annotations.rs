//! Annotations: kept once, joined from several devices, seen by nobody else,
//! and found again when the paper is replaced.

mod replaced;

use axum::body::Body;
use axum::http::{Method, header};
use ecabinet::annotations::{AnnotationId, urls};
use ecabinet::papers::VersionId;
use ecabinet::sql;
use serde_json::{Value, json};

use crate::harness::pdf::pdf;
use crate::harness::{Answer, Browser, TestApp};
use crate::on_both;
use crate::papers::{let_read, ready};

/// What a device makes of one note.
fn note(id: AnnotationId, text: &str, revision: i64) -> Value {
    json!({ "id": id, "kind": "note", "page": 1, "shape": { "points": [0.5, 0.5] }, "text": text, "revision": revision })
}

fn removal(id: AnnotationId) -> Value {
    json!({ "id": id, "kind": "note", "page": 1, "deleted": true, "revision": 1 })
}

async fn send(browser: &mut Browser, version: VersionId, changes: &[Value]) -> Answer {
    let body = json!({ "changes": changes }).to_string();
    let request = browser
        .request(Method::POST, &urls::annotations(version))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body))
        .unwrap();
    browser.send(request).await
}

/// Sends changes that must be taken, and gives what was kept.
async fn keep(browser: &mut Browser, version: VersionId, changes: &[Value]) -> Vec<Value> {
    let answer = send(browser, version, changes).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let kept: Value = serde_json::from_slice(&answer.body).unwrap();
    kept["saved"].as_array().unwrap().clone()
}

async fn listed(browser: &mut Browser, version: VersionId) -> Value {
    let answer = browser.get(&urls::annotations(version)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    serde_json::from_slice(&answer.body).unwrap()
}

async fn texts(browser: &mut Browser, version: VersionId) -> Vec<String> {
    let listed = listed(browser, version).await;
    let all = listed["annotations"].as_array().unwrap().iter();
    all.map(|one| one["text"].as_str().unwrap().to_owned()).collect()
}

/// A paper that two delegates read, and the first of them at two devices.
async fn read_by_two(app: &TestApp) -> (VersionId, Browser, Browser, Browser) {
    let (paper, version) = ready(app, "Tờ trình", &pdf(&["Trang một", "Trang hai"])).await;
    let_read(app, paper, &[("delegate1", false), ("delegate2", true)]).await;
    let tablet = app.sign_in("delegate1").await;
    let phone = app.sign_in("delegate1").await;
    (version, tablet, phone, app.sign_in("delegate2").await)
}

on_both! {
    async fn an_annotation_is_for_its_maker_alone(app) {
        let (version, mut maker, _, mut other) = read_by_two(&app).await;
        let id = AnnotationId::new();
        keep(&mut maker, version, &[note(id, "Hỏi lại số liệu", 0)]).await;
        assert_eq!(texts(&mut maker, version).await, ["Hỏi lại số liệu"]);
        assert_eq!(texts(&mut other, version).await, [""; 0]);
        // Another reader who guesses the id changes nothing and learns nothing.
        let own = keep(&mut other, version, &[note(id, "của tôi", 5)]).await;
        assert_eq!(own[0]["text"], "của tôi");
        keep(&mut other, version, &[removal(id)]).await;
        assert_eq!(texts(&mut maker, version).await, ["Hỏi lại số liệu"]);
        for login in ["admin", "delegate3", "stranger"] {
            let mut outsider = app.sign_in(login).await;
            assert_eq!(outsider.get(&urls::annotations(version)).await.status, 404, "{login}");
            assert_eq!(outsider.get(&urls::notes(version)).await.status, 404, "{login}");
            assert_eq!(send(&mut outsider, version, &[note(id, "x", 0)]).await.status, 404, "{login}");
            assert_eq!(outsider.post(&urls::removal(version, id), &[]).await.status, 404, "{login}");
        }
        assert_eq!(other.post(&urls::removal(version, AnnotationId::new()), &[]).await.status, 404);
    }

    async fn no_log_tells_what_somebody_noted(app) {
        let (version, mut maker, _, _) = read_by_two(&app).await;
        let count = async || {
            let mut tx = app.app.db.read().await.unwrap();
            sql!(tx => fetch_one "SELECT CAST(count(act) AS BIGINT) FROM audit_entry" as (i64,)).unwrap().0
        };
        let before = count().await;
        keep(&mut maker, version, &[note(AnnotationId::new(), "Không tán thành", 0)]).await;
        maker.post(&urls::notes(version), &[("page", "2"), ("text", "Kín")]).await;
        assert_eq!(count().await, before);
    }

    async fn a_change_sent_twice_is_kept_once(app) {
        let (version, mut tablet, _, _) = read_by_two(&app).await;
        let id = AnnotationId::new();
        for _ in 0..3 {
            let saved = keep(&mut tablet, version, &[note(id, "một", 0)]).await;
            assert_eq!((saved[0]["revision"].as_i64(), saved[0]["text"].as_str()), (Some(1), Some("một")));
        }
        for _ in 0..2 {
            let saved = keep(&mut tablet, version, &[note(id, "một hai", 1)]).await;
            assert_eq!((saved[0]["revision"].as_i64(), saved[0]["text"].as_str()), (Some(2), Some("một hai")));
        }
        assert_eq!(texts(&mut tablet, version).await, ["một hai"]);
    }

    async fn two_devices_lose_neither_text(app) {
        let (version, mut tablet, mut phone, _) = read_by_two(&app).await;
        let id = AnnotationId::new();
        keep(&mut tablet, version, &[note(id, "gốc", 0)]).await;
        keep(&mut tablet, version, &[note(id, "trên máy tính bảng", 1)]).await;
        let saved = keep(&mut phone, version, &[note(id, "trên điện thoại", 1)]).await;
        assert_eq!(saved[0]["text"], "trên máy tính bảng\n—\ntrên điện thoại");
        assert_eq!(texts(&mut tablet, version).await, texts(&mut phone, version).await);
    }

    async fn what_is_taken_away_stays_away(app) {
        let (version, mut tablet, mut phone, _) = read_by_two(&app).await;
        let id = AnnotationId::new();
        keep(&mut tablet, version, &[note(id, "gốc", 0)]).await;
        keep(&mut tablet, version, &[removal(id)]).await;
        let saved = keep(&mut phone, version, &[note(id, "sửa trên máy khác, gửi muộn", 1)]).await;
        assert_eq!(saved[0]["deleted"], true);
        assert_eq!(texts(&mut phone, version).await, [""; 0]);
        let mut tx = app.app.db.read().await.unwrap();
        let left = sql!(tx => fetch_one "SELECT text, shape FROM annotation WHERE id = $1" as (String, String), id).unwrap();
        assert_eq!(left, (String::new(), "{}".to_owned()));
        // Its removal may arrive before it does.
        let other = AnnotationId::new();
        keep(&mut phone, version, &[removal(other), note(other, "muộn", 0)]).await;
        drop(tx);
        assert_eq!(texts(&mut phone, version).await, [""; 0]);
    }

    async fn eight_at_once_keep_one(app) {
        let (version, tablet, mut phone, _) = read_by_two(&app).await;
        let id = AnnotationId::new();
        let all = (0..8).map(|_| {
            let mut device = tablet.clone();
            async move { keep(&mut device, version, &[note(id, "như nhau", 0)]).await[0]["revision"].as_i64() }
        });
        assert_eq!(futures_util::future::join_all(all).await, [Some(1); 8]);
        assert_eq!(texts(&mut phone, version).await, ["như nhau"]);
    }

    async fn whoever_may_read_no_more_reads_no_notes(app) {
        let (paper, version) = ready(&app, "Tờ trình", &pdf(&["Trang một"])).await;
        let_read(&app, paper, &[("delegate1", false)]).await;
        let mut maker = app.sign_in("delegate1").await;
        keep(&mut maker, version, &[note(AnnotationId::new(), "giữ", 0)]).await;
        let_read(&app, paper, &[]).await;
        assert_eq!(maker.get(&urls::annotations(version)).await.status, 404);
        assert_eq!(send(&mut maker, version, &[note(AnnotationId::new(), "x", 0)]).await.status, 404);
        // Given back, everything is there again.
        let_read(&app, paper, &[("delegate1", false)]).await;
        assert_eq!(texts(&mut maker, version).await, ["giữ"]);
    }

    async fn what_no_page_holds_is_refused(app) {
        let (version, mut maker, _, _) = read_by_two(&app).await;
        let shapes = [
            json!({ "id": AnnotationId::new(), "kind": "note", "page": 9, "shape": { "points": [0.1, 0.1] }, "text": "x" }),
            json!({ "id": AnnotationId::new(), "kind": "ink", "page": 1, "shape": { "points": [0.1] } }),
            json!({ "id": AnnotationId::new(), "kind": "ink", "page": 1, "shape": { "points": [5.0, 9.0] } }),
            json!({ "id": AnnotationId::new(), "kind": "spell", "page": 1 }),
            json!({ "id": "7", "kind": "mark", "page": 1 }),
            json!({ "id": AnnotationId::new(), "kind": "mark", "page": 1, "person_id": "x" }),
        ];
        for shape in shapes {
            assert_eq!(send(&mut maker, version, std::slice::from_ref(&shape)).await.status, 422, "{shape}");
        }
        assert_eq!(listed(&mut maker, version).await["annotations"], json!([]));
    }

    async fn an_id_belongs_to_one_paper(app) {
        let (version, mut maker, _, _) = read_by_two(&app).await;
        let (paper, other) = ready(&app, "Báo cáo", &pdf(&["Trang khác"])).await;
        let_read(&app, paper, &[("delegate1", false)]).await;
        let id = AnnotationId::new();
        keep(&mut maker, version, &[note(id, "gốc", 0)]).await;
        assert_eq!(send(&mut maker, other, &[note(id, "nơi khác", 1)]).await.status, 404);
        assert_eq!(maker.post(&urls::removal(other, id), &[]).await.status, 404);
        assert_eq!(texts(&mut maker, version).await, ["gốc"]);
    }

    async fn hostile_text_is_text(app) {
        let (version, mut maker, _, _) = read_by_two(&app).await;
        let hostile = "</textarea><script>alert(1)</script><img src=x onerror=alert(2)>";
        keep(&mut maker, version, &[note(AnnotationId::new(), hostile, 0)]).await;
        let page = maker.get(&urls::notes(version)).await.text();
        assert!(!page.contains("<script>alert") && !page.contains("<img src=x"), "{page}");
        assert!(page.contains("&#60;script&#62;alert") || page.contains("&lt;script&gt;alert"), "{page}");
        let answer = maker.get(&urls::annotations(version)).await;
        assert_eq!(answer.headers["content-type"], "application/json");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    }

    async fn without_scripts_notes_are_a_form(app) {
        let (version, mut maker, _, mut other) = read_by_two(&app).await;
        let added = maker.post(&urls::notes(version), &[("page", "2"), ("text", "Xem lại mục này")]).await;
        assert_eq!((added.status, added.location()), (303, urls::notes(version)));
        let page = maker.get(&urls::notes(version)).await.visible_text();
        assert!(page.contains("Trang 2") && page.contains("Xem lại mục này"), "{page}");
        let refused = maker.post(&urls::notes(version), &[("page", "99"), ("text", "Không có trang này")]).await;
        assert!(refused.text().contains("Không có trang này</textarea>"), "what was typed is still there");
        assert!(refused.visible_text().contains("số trang từ 1 đến 2"), "{}", refused.visible_text());
        let all = listed(&mut maker, version).await;
        let id: AnnotationId = all["annotations"][0]["id"].as_str().unwrap().parse().unwrap();
        assert_eq!(other.post(&urls::removal(version, id), &[]).await.status, 404);
        assert_eq!(maker.post(&urls::removal(version, id), &[]).await.status, 303);
        assert_eq!(texts(&mut maker, version).await, [""; 0]);
    }
}
