//! Extracts: the chosen pages as a file of their own.

use pades::sign::{Appearance, SignOptions};

use super::measured::drawn;
use super::refused::{registered, signed};
use super::{asked, finished, judge, office, row, words};
use crate::harness::TestApp;
use crate::on_both;
use crate::outgoing::archiving::faults;
use crate::outgoing::decision_of;
use crate::outgoing::hsm::ring;

/// Three pages, with a signature that is seen on the second.
fn source(app: &TestApp) -> Vec<u8> {
    let look = Appearance {
        page: 2,
        rectangle: [100.0, 300.0, 120.0, 120.0],
        image: Some(ring()),
        ..Appearance::default()
    };
    let options = SignOptions { appearance: Some(look), ..SignOptions::default() };
    signed(&decision_of(app, "Nguyễn Văn chair", 70), &options)
}

on_both! {
    async fn an_extract_has_the_chosen_pages_as_they_look_and_says_where_they_are_from(app) {
        let app = office(app).await;
        let source = source(&app);
        let page = registered(&app, &source).await;
        let copy = asked(&app, "clerk", &page, &[("form", "copy_extract"), ("pages", "2")]).await;
        let chair = app.sign_in("chair").await.get(&format!("{copy}/source")).await.body;
        assert_eq!(drawn(&chair, 1), drawn(&source, 2), "the page looks the same, its signature included");
        assert!(words(&chair).contains("Điều 1.") && !words(&chair).contains("QUYẾT ĐỊNH"), "the second page alone");
        let bytes = finished(&app, &copy).await;
        assert!(bytes.starts_with(&chair), "what was signed for is what is sealed");
        judge(&app, &bytes, 1);
        let text = words(&bytes);
        // Read line by line: the page's own number stands beside the mark.
        for part in ["Trích sao; 01/TrS-UBND; Trích trang 2 của 452/UBND-VX,", "20/11/2026; UBND phường An Hải"] {
            assert!(text.contains(part), "{part} is missing: {text}");
        }
        let kept = row(&app, &copy).await;
        assert_eq!((kept.pages.as_str(), kept.base_pages), ("2", 1));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trich-sao.pdf");
        std::fs::write(&path, &bytes).unwrap();
        let told = std::process::Command::new("pdfinfo").arg(&path).output().unwrap();
        let told = String::from_utf8_lossy(&told.stdout).into_owned();
        let from = format!("SHA-256 của tệp gốc: {}", kept.source_sha256);
        assert!(told.contains("Trích trang 2 từ văn bản số 452/UBND-VX ngày 20/11/2026") && told.contains(&from), "{told}");
        assert!(told.contains("Pages:           1"), "{told}");
        if let Some(found) = faults(&[("source", &source), ("extract", &chair), ("sealed", &bytes)]) {
            assert_eq!(found, "", "what is taken of PDF/A is PDF/A");
        }
    }

    async fn an_extract_holds_nothing_of_the_pages_left_out(app) {
        let app = office(app).await;
        let source = source(&app);
        let page = registered(&app, &source).await;
        let copy = asked(&app, "clerk", &page, &[("form", "copy_extract"), ("pages", "1, 3")]).await;
        let base = app.sign_in("chair").await.get(&format!("{copy}/source")).await.body;
        let text = String::from_utf8_lossy(&base).into_owned();
        // The picture of the page left out is no part of it, nor is any signature.
        assert!(!text.contains("/Im0") && !text.contains("/Sig") && !text.contains("/ByteRange"));
        assert_eq!(drawn(&base, 1), drawn(&source, 1));
        assert_eq!(drawn(&base, 2), drawn(&source, 3));
        judge(&app, &finished(&app, &copy).await, 1);
    }
}
