//! Signature and seal, measured on the rendered page.

use std::process::Command;

use ecabinet::outgoing::store;
use ecabinet::signing::rules::points;

use super::{issued, sealed_office, sign, to_sign};
use crate::harness::TestApp;
use crate::on_both;

/// Pixels of a millimetre at 254 dpi.
const PIXELS: f64 = 10.0;

/// The rectangle of all ink of a colour on the first page: left, top, right
/// and bottom in millimetres.
fn ink(bytes: &[u8], is_ink: impl Fn([u8; 3]) -> bool) -> [f64; 4] {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page.pdf");
    std::fs::write(&path, bytes).unwrap();
    let out = folder.path().join("page");
    let drawn = Command::new("pdftoppm")
        .args(["-r", "254", "-png", "-f", "1", "-l", "1", "-singlefile"])
        .arg(&path)
        .arg(&out)
        .status()
        .unwrap();
    assert!(drawn.success());
    let picture = image::open(out.with_extension("png")).unwrap().into_rgb8();
    let mut found = [f64::INFINITY, f64::INFINITY, 0.0, 0.0];
    for (x, y, _) in picture.enumerate_pixels().filter(|(_, _, pixel)| is_ink(pixel.0)) {
        let (x, y) = (f64::from(x) / PIXELS, f64::from(y) / PIXELS);
        found = [found[0].min(x), found[1].min(y), found[2].max(x), found[3].max(y)];
    }
    assert!(found[0].is_finite(), "there is no such ink");
    found
}

fn near(claim: &str, measured: f64, expected: f64) {
    assert!((measured - expected).abs() <= 1.0, "{claim}: {measured} mm instead of {expected} mm");
}

async fn file(app: &TestApp, page: &str) -> Vec<u8> {
    app.sign_in("clerk").await.get(&format!("{page}/file")).await.body.to_vec()
}

/// The place that was left for the signature: left, top, right and bottom in
/// millimetres from the top left of an A4 page.
async fn place(app: &TestApp, page: &str) -> [f64; 4] {
    let id = page.rsplit('/').next().unwrap().parse().unwrap();
    let mut tx = app.app.db.read().await.unwrap();
    let found = store::outgoing(&mut tx, app.organisation, id).await.unwrap().unwrap();
    let edition = store::edition(&mut tx, found.document_id.unwrap()).await.unwrap().unwrap();
    let [x, y, width, height] = [edition.box_x, edition.box_y, edition.box_width, edition.box_height]
        .map(|n| points(n) * 25.4 / 72.0);
    [x, 297.0 - y - height, x + width, 297.0 - y]
}

on_both! {
    async fn the_seal_covers_the_left_third_of_the_signature_in_its_real_size(app) {
        let app = sealed_office(app).await;
        let page = to_sign(&app).await;
        sign(&app, &page).await;
        let blue = ink(&file(&app, &page).await, |[red, _, blue]| blue > 90 && u16::from(red) + 60 < u16::from(blue));
        let [left, top, right, bottom] = place(&app, &page).await;
        near("the signature's middle across", f64::midpoint(blue[0], blue[2]), f64::midpoint(left, right));
        near("the signature's middle down", f64::midpoint(blue[1], blue[3]), f64::midpoint(top, bottom));
        assert!(blue[0] >= left && blue[2] <= right, "{blue:?} within {left} to {right}");
        let sealed = issued(&app).await;
        let red = ink(&file(&app, &sealed).await, |[red, green, _]| red > 150 && green < 90);
        near("the seal's width", red[2] - red[0], 36.0);
        near("the seal's height", red[3] - red[1], 36.0);
        near("the third of the picture that is covered", red[2], left + (right - left) / 3.0);
        near("the seal's middle", f64::midpoint(red[1], red[3]), f64::midpoint(top, bottom));
    }
}
