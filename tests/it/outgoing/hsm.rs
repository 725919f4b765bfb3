//! The seal's key in a device of the server: SoftHSM stands in for it.

use std::process::Command;

use ecabinet::signing::SealModule;
use openssl::x509::X509;
use pades::authority::Issued;

use super::{judge, number, sign, to_sign};
use crate::harness::{Database, PASSWORD, TestApp, left_out};
use crate::on_both;
use crate::signing::token::{PIN as DEVICE_PIN, Token};
use crate::signing::ways::{bind_to, issued};
use crate::signing::{practising, set_up};

/// Names the folder of the token to the process that has the device.
const FOLDER: &str = "ECABINET_TEST_TOKEN";

/// Runs a test in a process of its own, whose module finds the token: it reads
/// its settings from the environment, which the tests of a process share.
fn alone(test: &str, key: &Issued) {
    let Some(token) = Token::new(key) else {
        return left_out("the seal's key in a device", "softhsm2 is missing");
    };
    std::fs::write(token.path("cert.pem"), key.certificate.to_pem().unwrap()).unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(FOLDER, token.path(""));
    let done = command.env("SOFTHSM2_CONF", token.path("softhsm2.conf")).output().unwrap();
    let said = [String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr)].concat();
    assert!(done.status.success() && said.contains("1 passed"), "{said}");
}

/// The office with its seal in the device, which opens with `pin`.
fn with_device(app: TestApp, pin: &str) -> TestApp {
    let mut app = set_up(app, |config| {
        config.seal_module =
            Token::MODULES.into_iter().find(|path| std::fs::exists(path).unwrap()).unwrap().into();
        config.seal_pin = pin.to_owned().into();
    });
    app.app.seal_module = SealModule::of(&app.app.config).unwrap();
    app
}

/// A red ring, as an administrator would upload it.
pub fn ring() -> Vec<u8> {
    let picture = image::RgbaImage::from_fn(300, 300, |x, y| {
        let radius = (f64::from(x) - 150.0).hypot(f64::from(y) - 150.0);
        image::Rgba(if (130.0..148.0).contains(&radius) { [200, 16, 46, 220] } else { [0; 4] })
    });
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

#[tokio::test]
async fn the_clerk_seals_with_a_key_that_never_leaves_the_servers_device() {
    let Ok(folder) = std::env::var(FOLDER) else {
        let test = "outgoing::hsm::the_clerk_seals_with_a_key_that_never_leaves_the_servers_device";
        return alone(test, &issued("UBND phường An Hải", 61));
    };
    let certificate = X509::from_pem(&std::fs::read(format!("{folder}/cert.pem")).unwrap()).unwrap();
    let app = with_device(practising(TestApp::new(Database::Sqlite).await.unwrap()).await, DEVICE_PIN);
    let page = to_sign(&app).await;
    sign(&app, &page).await;
    number(&app, &page).await;
    let id = page.rsplit('/').next().unwrap().to_owned();
    assert_eq!(bind_to(&app, "organisation", &certificate).await.status, 303);
    let mut clerk = app.sign_in("clerk").await;
    let mut press = async |word: &str| {
        let answer = clerk.post("/outgoing/desk/seals", &[("document", &id), ("pin", word)]).await;
        (answer.status, answer.visible_text())
    };
    let (code, said) = press(PASSWORD).await;
    assert!(code == 409 && said.contains("Chưa có hình con dấu"), "{code} {said}");
    let mut admin = app.sign_in("admin").await;
    assert_eq!(admin.upload("/outgoing/seal", "dau.png", &ring(), &[("diameter", "36")]).await.status, 303);
    assert!(admin.get("/outgoing/seal").await.visible_text().contains("Khóa nằm trong thiết bị"));
    // The device's own PIN opens nothing here: it is the clerk who must be known.
    let (code, said) = press(DEVICE_PIN).await;
    assert!(code == 422 && said.contains("Mật khẩu không đúng"), "{code} {said}");
    assert_eq!(press(PASSWORD).await.0, 303);
    let bytes = app.sign_in("secretary").await.get(&format!("{page}/file")).await.body;
    judge(&app, &bytes);
}

#[tokio::test]
async fn a_device_that_refuses_its_pin_is_not_asked_again() {
    if std::env::var(FOLDER).is_err() {
        let test = "outgoing::hsm::a_device_that_refuses_its_pin_is_not_asked_again";
        return alone(test, &issued("UBND phường An Hải", 62));
    }
    let certificate = std::fs::read(format!("{}/cert.pem", std::env::var(FOLDER).unwrap())).unwrap();
    let certificate = X509::from_pem(&certificate).unwrap();
    let app = with_device(practising(TestApp::new(Database::Sqlite).await.unwrap()).await, "000000");
    let module = app.app.seal_module.clone().unwrap();
    let der = certificate.to_der().unwrap();
    for _ in 0..20 {
        module.open(&der).await.unwrap_err();
    }
    let right = with_device(app, DEVICE_PIN).app.seal_module.unwrap();
    // Its PIN is still good. Two clerks at once: the second waits for the first.
    let open = async || right.open(&der).await.map(drop);
    let (one, two) = tokio::join!(open(), open());
    one.unwrap();
    two.unwrap();
}

#[test]
fn check_names_the_token_of_the_seals_device_and_misses_one_that_is_gone() {
    let Some(token) = Token::new(&issued("UBND phường An Hải", 63)) else {
        return left_out("the seal's key in a device", "softhsm2 is missing");
    };
    let module = Token::MODULES.into_iter().find(|path| std::fs::exists(path).unwrap()).unwrap();
    let line = |tokens: &str| {
        let settings = format!("directories.tokendir = {}\n", token.path(tokens).display());
        std::fs::write(token.path("checked.conf"), settings).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_ecabinet"));
        command.arg("check").current_dir(token.path("")).env("SOFTHSM2_CONF", token.path("checked.conf"));
        let said = command.env("ECABINET_SEAL_MODULE", module).output().unwrap();
        let said = String::from_utf8(said.stdout).unwrap();
        let line = said.lines().find(|line| line.contains("device of the seal")).unwrap();
        line.to_owned()
    };
    assert_eq!(line("tokens"), "ok      device of the seal: Thư ký");
    std::fs::create_dir(token.path("none")).unwrap();
    let gone = line("none");
    assert!(gone.starts_with("FAILS"), "{gone}");
}

on_both! {
    async fn only_the_administrator_gives_a_picture_and_only_one_of_a_seal(app) {
        let app = practising(app).await;
        let mut clerk = app.sign_in("clerk").await;
        assert_eq!(clerk.get("/outgoing/seal").await.status, 403);
        assert_eq!(clerk.upload("/outgoing/seal", "dau.png", &ring(), &[("diameter", "36")]).await.status, 403);
        let mut admin = app.sign_in("admin").await;
        assert_eq!(admin.get("/outgoing/seal/picture").await.status, 404);
        for (file, diameter) in [(ring(), "5"), (b"no picture".to_vec(), "36"), (Vec::new(), "36")] {
            assert_eq!(admin.upload("/outgoing/seal", "dau.png", &file, &[("diameter", diameter)]).await.status, 422);
        }
        for diameter in ["36", "34"] {
            let answer = admin.upload("/outgoing/seal", "dau.png", &ring(), &[("diameter", diameter)]).await;
            assert_eq!(answer.status, 303, "{}", answer.visible_text());
        }
        assert_eq!(admin.get("/outgoing/seal/picture").await.body, ring());
        let page = admin.get("/outgoing/seal").await;
        assert!(page.text().contains("value=\"34\""));
        assert!(page.visible_text().contains("chưa được cấu hình thiết bị"));
    }
}
