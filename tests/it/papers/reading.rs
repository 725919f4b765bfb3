//! Reading papers, for those who may.

use ecabinet::papers::{State, urls};
use ecabinet::sql;
use serde_json::Value;

use super::{added, let_read, ready, state};
use crate::harness::pdf::{PdfBuilder, pdf};
use crate::on_both;

on_both! {
    async fn only_those_who_may_can_open_a_paper(app) {
        let (paper, version) = ready(&app, "Tờ trình", &pdf(&["Trang một"])).await;
        let_read(&app, paper, &[("delegate1", true), ("delegate2", false)]).await;
        let all = [
            urls::reader(version), urls::page_image(version, 1, 160), urls::text(version),
            format!("{}?q=trang", urls::search(version)), urls::reading_copy(version),
        ];
        let mut seen = Vec::new();
        for login in ["secretary", "delegate1", "delegate2", "delegate3", "admin", "stranger"] {
            let mut browser = app.sign_in(login).await;
            let mut statuses = Vec::new();
            for path in &all {
                statuses.push(browser.get(path).await.status);
            }
            seen.push((login, statuses));
        }
        let all_of_it = vec![200; 5];
        assert_eq!(seen[0], ("secretary", all_of_it.clone()));
        assert_eq!(seen[1], ("delegate1", all_of_it));
        assert_eq!(seen[2], ("delegate2", vec![200, 200, 200, 200, 404]));
        for (login, statuses) in &seen[3..] {
            assert_eq!(statuses, &vec![404; 5], "{login}");
        }
        for path in &all {
            assert_eq!(app.browser().get(path).await.status, 303, "{path}");
        }
    }

    async fn a_reader_taken_off_the_list_reads_no_more(app) {
        let (paper, version) = ready(&app, "Tờ trình", &pdf(&["Trang một"])).await;
        let_read(&app, paper, &[("delegate1", true)]).await;
        let mut browser = app.sign_in("delegate1").await;
        assert_eq!(browser.get(&urls::page_image(version, 1, 640)).await.status, 200);
        let_read(&app, paper, &[("delegate2", false), ("delegate2", true)]).await;
        assert_eq!(browser.get(&urls::page_image(version, 1, 640)).await.status, 404);
    }

    async fn the_download_link_stands_only_for_those_who_may(app) {
        let (paper, version) = ready(&app, "Tờ trình", &pdf(&["Trang một", "Trang hai"])).await;
        let_read(&app, paper, &[("delegate1", true), ("delegate2", false)]).await;
        let page = app.sign_in("delegate1").await.get(&urls::reader(version)).await.text();
        assert!(page.contains(&urls::downloads(version)));
        assert!(page.contains("<h1>Tờ trình</h1>"));
        assert!(page.contains(&format!("data-page=\"2\" data-width=\"595\" data-height=\"842\" data-src=\"/papers/{version}/pages/2?w={{w}}\"")), "{page}");
        let page = app.sign_in("delegate2").await.get(&urls::reader(version)).await.text();
        assert!(!page.contains(&urls::downloads(version)));
    }

    async fn the_reader_leads_back_inside_only(app) {
        let (_, version) = ready(&app, "Tờ trình", &pdf(&["Trang một"])).await;
        let mut browser = app.sign_in("secretary").await;
        let inside = browser.get(&format!("{}?back=/meetings/7&next=/papers/8", urls::reader(version))).await.text();
        assert!(inside.contains("href=\"/meetings/7\"") && inside.contains("href=\"/papers/8\""));
        let outside = browser.get(&format!("{}?back=//evil.example&next=https://evil.example", urls::reader(version))).await.text();
        assert!(!outside.contains("evil"));
    }

    async fn pages_are_prepared_by_a_job_and_only_once(app) {
        let (_, version) = added(&app, "Tờ trình", &pdf(&["Trang một", "Trang hai"])).await;
        let mut browser = app.sign_in("secretary").await;
        let waiting = browser.get(&urls::reader(version)).await;
        assert!(waiting.visible_text().contains("Đang chuẩn bị"), "{}", waiting.visible_text());
        assert!(waiting.text().contains("http-equiv=\"refresh\""));
        app.run_jobs().await;
        assert_eq!(state(&app, version).await, State::Ready);
        ecabinet::papers::derive(&app.app, version).await.unwrap();
        let mut tx = app.app.db.read().await.unwrap();
        let (pages,) = sql!(tx => fetch_one "SELECT count(page) FROM paper_page" as (i64,)).unwrap();
        assert_eq!(pages, 2);
        let text: Value = serde_json::from_slice(&browser.get(&format!("{}?page=2", urls::text(version))).await.body).unwrap();
        assert_eq!((text["words"][0]["t"].as_str(), text["words"][1]["t"].as_str()), (Some("Trang"), Some("hai")));
        let left = text["words"][0]["x"].as_f64().unwrap() * 595.0;
        assert!((left - 72.0).abs() < 1.0, "{left}");
    }

    async fn plain_letters_find_marked_ones(app) {
        let pages = ["UBND thị xã\nvề chợ Điện Bàn và Điện\nBàn Bắc", "Không có gì", "ĐIỆN BÀN"];
        let (_, version) = ready(&app, "Tờ trình", &pdf(&pages)).await;
        let mut browser = app.sign_in("secretary").await;
        let mut find = async |sought: &str| -> Vec<(i64, usize)> {
            let answer = browser.get(&format!("{}?q={sought}", urls::search(version))).await;
            let found: Value = serde_json::from_slice(&answer.body).unwrap();
            let hits = found["hits"].as_array().unwrap().iter();
            hits.map(|hit| (hit["page"].as_i64().unwrap(), hit["boxes"].as_array().unwrap().len())).collect()
        };
        assert_eq!(find("dien%20ban").await, [(1, 2), (1, 2), (3, 2)]);
        assert_eq!(find("%C4%90i%E1%BB%87n").await, [(1, 1), (1, 1), (3, 1)]);
        assert_eq!(find("%25").await, []);
        assert_eq!(find("sontra").await, []);
        assert_eq!(find("").await, []);
    }

    async fn pictures_come_in_few_widths_and_may_be_kept(app) {
        let (_, version) = ready(&app, "Tờ trình", &pdf(&["Trang một"])).await;
        let mut browser = app.sign_in("secretary").await;
        for (asked, drawn) in [(1, 160), (160, 160), (700, 960), (99_999, 2560)] {
            let answer = browser.get(&urls::page_image(version, 1, asked)).await;
            assert_eq!(answer.headers["content-type"], "image/png");
            assert_eq!(answer.headers["cache-control"], "private, max-age=31536000, immutable");
            assert_eq!(u32::from_be_bytes(answer.body[16..20].try_into().unwrap()), drawn);
        }
        for page in [0, 2, -1] {
            assert_eq!(browser.get(&urls::page_image(version, page, 160)).await.status, 404);
        }
    }

    async fn a_noisy_page_is_sent_as_jpeg(app) {
        let mut image = b"q 595 0 0 842 0 0 cm BI /W 600 /H 840 /CS /G /BPC 8 ID ".to_vec();
        let mut noise = 1_u32;
        image.extend((0..600 * 840).map(|_| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            b' ' + (noise >> 26) as u8
        }));
        image.extend_from_slice(b" EI Q");
        let (_, version) = ready(&app, "Bản quét", &PdfBuilder::new().page_drawing(&image).build()).await;
        let answer = app.sign_in("secretary").await.get(&urls::page_image(version, 1, 640)).await;
        assert_eq!((answer.status, answer.headers["content-type"].to_str().unwrap()), (200, "image/jpeg"));
    }

    async fn the_first_opening_is_written_down_once(app) {
        let (paper, version) = ready(&app, "Tờ trình", &pdf(&["Trang một"])).await;
        let_read(&app, paper, &[("delegate1", false)]).await;
        let mut browser = app.sign_in("delegate1").await;
        browser.get(&urls::reader(version)).await;
        app.app.clock.advance(60);
        browser.get(&urls::reader(version)).await;
        let mut tx = app.app.db.read().await.unwrap();
        let rows = sql!(tx => fetch_all
            "SELECT first_opened_at FROM paper_opening WHERE version_id = $1" as (i64,), version).unwrap();
        assert_eq!(rows, [(crate::harness::noon().as_micros(),)]);
    }
}
