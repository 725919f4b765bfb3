//! Where the mark stands, measured on the rendered page.

use std::process::Command;

use image::{GrayImage, Luma, RgbImage};

use super::refused::{registered, signed};
use super::{ask, asked, finished, office};
use crate::harness::pdf::{PdfBuilder, pdf};
use crate::on_both;
use crate::outgoing::issued;
use pades::sign::SignOptions;

/// Pixels of a millimetre at 254 dpi.
const PIXELS: f64 = 10.0;

/// A scanned page: a picture of so many dots an inch over a page of some millimetres, with lines of "text" on it.
pub fn scan(dots: u32, [width, height]: [f64; 2]) -> Vec<u8> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a page")]
    let size = |millimetres: f64| (millimetres / 25.4 * f64::from(dots)).round() as u32;
    let picture = GrayImage::from_fn(size(width), size(height), |x, y| {
        let is_line =
            y % (dots / 4) < dots / 16 && y > size(30.0) && (size(25.0)..size(width - 20.0)).contains(&x);
        Luma([if is_line { 40 } else { 244 }])
    });
    let mut jpeg = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 85).encode_image(&picture).unwrap();
    PdfBuilder::new().page_of_picture(&jpeg, [picture.width(), picture.height()], [width, height]).build()
}

/// The first page as poppler draws it.
pub fn drawn(bytes: &[u8], page: u32) -> RgbImage {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page.pdf");
    std::fs::write(&path, bytes).unwrap();
    let out = folder.path().join("page");
    let page = page.to_string();
    let status = Command::new("pdftoppm")
        .args(["-r", "254", "-png", "-f", &page, "-l", &page, "-singlefile"])
        .arg(&path)
        .arg(&out)
        .status()
        .unwrap();
    assert!(status.success());
    image::open(out.with_extension("png")).unwrap().into_rgb8()
}

/// What the copy shows that its source does not: left, top, right and bottom in millimetres; nothing of it lies on
/// what the source shows.
fn mark(source: &[u8], copy: &[u8]) -> [f64; 4] {
    let (before, after) = (drawn(source, 1), drawn(copy, 1));
    assert_eq!(before.dimensions(), after.dimensions());
    let mut found = [f64::INFINITY, f64::INFINITY, 0.0, 0.0];
    for (x, y, pixel) in after.enumerate_pixels() {
        if pixel != before.get_pixel(x, y) {
            let (x, y) = (f64::from(x) / PIXELS, f64::from(y) / PIXELS);
            found = [found[0].min(x), found[1].min(y), found[2].max(x), found[3].max(y)];
        }
    }
    assert!(found[0].is_finite(), "there is no mark");
    let [left, top, right, bottom] = found.map(|n| n * PIXELS);
    let dark = before.enumerate_pixels().filter(|(x, y, pixel)| {
        let is_there = (left..=right).contains(&f64::from(*x)) && (top..=bottom).contains(&f64::from(*y));
        is_there && pixel.0.iter().any(|part| *part < 150)
    });
    assert_eq!(dark.count(), 0, "the mark covers something: {found:?}");
    found
}

fn near(claim: &str, measured: f64, expected: f64) {
    assert!((measured - expected).abs() <= 1.0, "{claim}: {measured} mm instead of {expected} mm");
}

on_both! {
    async fn the_mark_stands_in_the_upper_right_corner_and_covers_nothing(app) {
        let app = office(app).await;
        let page = issued(&app).await;
        let source = app.sign_in("drafter").await.get(&format!("{page}/file")).await.body;
        let copy = asked(&app, "drafter", &page, &[("form", "copy_true")]).await;
        let [left, top, right, bottom] = mark(&source, &finished(&app, &copy).await);
        // Text of ten points in three lines, 15 mm from the right edge and 5 mm from the upper one: the letters of the
        // longest line end at the edge of their place, those of the first stand a little below its top.
        near("the right edge", right, 210.0 - 15.0 - 0.7);
        // Quốc hiệu begins 20 mm from above, its marks a little higher: then the mark stands higher too.
        assert!((3.0..=8.0).contains(&top), "{top}");
        assert!(bottom < 20.0 && left > 100.0, "{left} {bottom}");
    }

    async fn a_taken_corner_sends_the_mark_to_the_nearest_free_place(app) {
        let app = office(app).await;
        // A black stamp where the mark would stand: 150 to 200 mm from the left, 2 to 18 mm from above.
        let stamp = b"425 791 142 43 re f BT /F1 14 Tf 72 600 Td <0041> Tj ET";
        let source = signed(&PdfBuilder::new().page_drawing(stamp).build(), &SignOptions::default());
        let page = registered(&app, &source).await;
        let copy = asked(&app, "clerk", &page, &[("form", "copy_true"), ("looked", "on")]).await;
        let [left, top, right, _] = mark(&source, &finished(&app, &copy).await);
        let is_beside = right < 150.0 && top < 20.0;
        let is_below = top > 18.0 && right > 150.0;
        assert!(is_beside || is_below, "{left} {top} {right}");
        assert!(top < 30.0, "near the corner: {top}");
    }

    async fn a_page_without_room_is_refused_in_words(app) {
        let app = office(app).await;
        let full = b"0 0 595 842 re f";
        let page = registered(&app, &PdfBuilder::new().page_drawing(full).build()).await;
        let mut clerk = app.sign_in("clerk").await;
        let answer = ask(&app, &mut clerk, &page, &[("form", "copy_true"), ("looked", "on")]).await;
        assert!(answer.status == 422 && answer.visible_text().contains("không còn chỗ trống"), "{}", answer.visible_text());
    }

    async fn an_office_that_wants_it_shows_its_seal_in_real_size_where_it_has_room(app) {
        let app = office(app).await;
        let chosen = app.sign_in("chair").await.post("/copies/settings", &[("symbol", "UBND"), ("shows_seal", "on")]).await;
        assert_eq!(chosen.status, 303, "{}", chosen.visible_text());
        // The first line stands 25 mm from above: there is room on the left of it only further down.
        let lines = pdf(&["\n\n\n\n\n\n\n\n\n\n\n\nCông văn"]);
        let source = signed(&lines, &SignOptions::default());
        let page = registered(&app, &source).await;
        let copy = asked(&app, "clerk", &page, &[("form", "copy_true"), ("looked", "on")]).await;
        let bytes = finished(&app, &copy).await;
        mark(&source, &bytes);
        let mut red = [f64::INFINITY, f64::INFINITY, 0.0, 0.0];
        for (x, y, pixel) in drawn(&bytes, 1).enumerate_pixels() {
            if pixel.0[0] > 150 && pixel.0[1] < 90 {
                let (x, y) = (f64::from(x) / PIXELS, f64::from(y) / PIXELS);
                red = [red[0].min(x), red[1].min(y), red[2].max(x), red[3].max(y)];
            }
        }
        near("the seal's width", red[2] - red[0], 36.0);
        near("the seal's height", red[3] - red[1], 36.0);
        near("its upper edge", red[1], 5.0 + 0.7);
        // On a page laid out by the decree it has no room; the text stands alone then.
        let page = issued(&app).await;
        let source = app.sign_in("drafter").await.get(&format!("{page}/file")).await.body;
        let copy = asked(&app, "drafter", &page, &[("form", "copy_true")]).await;
        let [_, _, _, bottom] = mark(&source, &finished(&app, &copy).await);
        assert!(bottom < 20.0, "{bottom}");
    }
}
