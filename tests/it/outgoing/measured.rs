//! Signature and seal, measured on the rendered page.

use std::process::Command;

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

on_both! {
    async fn the_seal_covers_the_left_third_of_the_signature_in_its_real_size(app) {
        let app = sealed_office(app).await;
        let page = to_sign(&app).await;
        sign(&app, &page).await;
        let blue = ink(&file(&app, &page).await, |[red, _, blue]| blue > 90 && u16::from(red) + 60 < u16::from(blue));
        let sealed = issued(&app).await;
        let red = ink(&file(&app, &sealed).await, |[red, green, _]| red > 150 && green < 90);
        near("the seal's width", red[2] - red[0], 36.0);
        near("the seal's height", red[3] - red[1], 36.0);
        near("the share that is covered", red[2], blue[0] + (blue[2] - blue[0]) / 3.0);
        near("the seal's middle", f64::midpoint(red[1], red[3]), f64::midpoint(blue[1], blue[3]));
        assert!(blue[2] - blue[0] <= 51.0, "no wider than fifty millimetres");
    }
}
