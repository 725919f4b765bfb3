//! SMS and web push: what a stranger's server is given, and what it cannot read.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;

use ecabinet::app;
use ecabinet::config::Config;
use ecabinet::notices::Mailer;
use ecabinet::remote::{Hosts, Reach, Remote};
use openssl::base64;
use openssl::bn::BigNumContext;
use openssl::ec::{EcGroup, EcKey, PointConversionForm};
use openssl::nid::Nid;
use openssl::pkey::Private;
use serde_json::{Value, json};
use tokio::runtime::Handle;

use super::{deliveries, tell, wish};
use crate::harness::receiver::Receiver;
use crate::harness::{TestApp, left_out};
use crate::on_both;

/// The office with its SMS gateway there, and "push.test" for the same place.
fn reaching(mut app: TestApp, receiver: &Receiver) -> TestApp {
    let mut config: Config = (*app.app.config).clone();
    config.sms_url = format!("http://{}/send", receiver.host);
    config.sms_token = "a-secret-word".to_owned().into();
    app.app.config = Arc::new(config);
    let hosts = Hosts::try_from(format!("push.test={}", receiver.host)).unwrap();
    app.app.remote = Remote::new(hosts, Reach::Outside, Handle::current());
    app
}

async fn run(app: &TestApp) {
    let mailer = Mailer::new(&app.app.config).unwrap();
    app::worker(&app.app, mailer).run_due().await.unwrap();
}

/// A device with its keys, as a browser makes them.
struct Device {
    key: EcKey<Private>,
    auth: String,
}

const ENDPOINT: &str = "http://push.test/devices/1";

impl Device {
    fn new() -> Self {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        Self { key: EcKey::generate(&group).unwrap(), auth: to_url(&[9; 16]) }
    }

    fn point(&self) -> String {
        let mut context = BigNumContext::new().unwrap();
        let form = PointConversionForm::UNCOMPRESSED;
        to_url(&self.key.public_key().to_bytes(self.key.group(), form, &mut context).unwrap())
    }

    async fn ask_for_notices(&self, app: &TestApp, login: &str) -> u16 {
        let fields = [("endpoint", ENDPOINT), ("p256dh", &self.point()), ("auth", &self.auth)];
        app.sign_in(login).await.post("/notices/devices", &fields).await.status
    }

    /// What the device reads, and what the sender vouches for. `None`: no Python with `cryptography` here.
    fn read(&self, authorization: &str, body: &[u8]) -> Option<Value> {
        let python = std::env::var("ECABINET_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let has_crypto = Command::new(&python).args(["-c", "import cryptography"]).output();
        if !has_crypto.is_ok_and(|done| done.status.success()) {
            left_out("web push", "Python's cryptography is not installed; set ECABINET_TEST_PYTHON");
            return None;
        }
        let given = json!({
            "key": String::from_utf8(self.key.private_key_to_pem().unwrap()).unwrap(),
            "auth": self.auth, "body": base64::encode_block(body), "authorization": authorization,
        });
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/notices/unseal.py");
        let mut reader = Command::new(python)
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        reader.stdin.take().unwrap().write_all(given.to_string().as_bytes()).unwrap();
        let read = reader.wait_with_output().unwrap();
        assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
        Some(serde_json::from_slice(&read.stdout).unwrap())
    }
}

fn to_url(bytes: &[u8]) -> String {
    base64::encode_block(bytes).replace('+', "-").replace('/', "_").trim_end_matches('=').to_owned()
}

on_both! {
    async fn an_sms_names_the_kind_of_matter_and_leads_to_it_and_goes_once(app) {
        let gateway = Receiver::start(&[503]).await;
        let app = reaching(app, &gateway);
        wish(&app, "delegate1", &[("mail-task", "off"), ("sms-task", "on"), ("phone", "0905 123 456")]).await;
        tell(&app, "delegate1", "Việc được giao: <b>Rà soát nhà đất</b>", "/tasks/7").await;
        run(&app).await;
        assert_eq!(deliveries(&app).await, [("sms".to_owned(), "waiting".to_owned())], "tried again later");
        app.app.clock.advance(120);
        run(&app).await;
        run(&app).await;
        let posts = gateway.posts();
        assert_eq!(posts.len(), 2, "the first was not taken");
        let (headers, body) = &posts[1];
        assert_eq!(headers["authorization"], "Bearer a-secret-word");
        let sms: Value = serde_json::from_slice(body).unwrap();
        assert_eq!(sms["to"], "0905123456");
        assert_eq!(sms["text"], "E-cabinet: co thong bao moi ve nhiem vu. http://office.test/tasks/7");
        assert_eq!(posts[0].1, posts[1].1, "the same id, so that the gateway knows it again");
        assert_eq!(deliveries(&app).await, [("sms".to_owned(), "sent".to_owned())]);
    }

    async fn a_push_message_is_read_by_its_device_alone_and_bears_our_word(app) {
        let service = Receiver::start(&[]).await;
        let app = reaching(app, &service);
        let device = Device::new();
        assert_eq!(device.ask_for_notices(&app, "delegate1").await, 204);
        wish(&app, "delegate1", &[("mail-slip", "off"), ("push-slip", "on")]).await;
        tell(&app, "delegate1", "Lấy ý kiến: Vốn", "/slips/7").await;
        run(&app).await;
        let posts = service.posts();
        let [(headers, body)] = posts.as_slice() else { panic!("{} messages", posts.len()) };
        assert_eq!(headers["content-encoding"], "aes128gcm");
        assert!(headers.contains_key("ttl") && headers["topic"].len() == 32);
        assert!(!String::from_utf8_lossy(body).contains("slips"), "sealed");
        let Some(read) = device.read(headers["authorization"].to_str().unwrap(), body) else { return };
        assert_eq!(read["message"]["title"], "Lấy ý kiến: Vốn");
        assert_eq!(read["message"]["link"], "/slips/7");
        assert_eq!(read["claims"]["aud"], "http://push.test");
        let until = read["claims"]["exp"].as_i64().unwrap() - app.app.clock.now().as_micros() / 1_000_000;
        assert!((1..=86_400).contains(&until), "{until}");
    }

    async fn who_signs_out_is_not_told_there_any_more_and_elsewhere_still_is(app) {
        let service = Receiver::start(&[]).await;
        let app = reaching(app, &service);
        let device = Device::new();
        let fields = [("endpoint", ENDPOINT), ("p256dh", &*device.point()), ("auth", &device.auth)];
        let mut here = app.sign_in("delegate1").await;
        let mut elsewhere = app.sign_in("delegate1").await;
        assert_eq!(here.post("/notices/devices", &fields).await.status, 204);
        assert_eq!(elsewhere.post("/sign-out", &[]).await.status, 303);
        tell(&app, "delegate1", "Còn nhận", "/tasks/1").await;
        run(&app).await;
        assert_eq!(service.posts().len(), 1, "another device signed out");
        assert_eq!(here.post("/sign-out", &[]).await.status, 303);
        tell(&app, "delegate1", "Không còn nhận", "/tasks/2").await;
        run(&app).await;
        assert_eq!(service.posts().len(), 1, "this one did");
    }

    async fn a_device_that_is_gone_is_forgotten(app) {
        let service = Receiver::start(&[410]).await;
        let app = reaching(app, &service);
        assert_eq!(Device::new().ask_for_notices(&app, "delegate1").await, 204);
        for number in 0..2 {
            tell(&app, "delegate1", "Nhắc việc", &format!("/tasks/{number}")).await;
            run(&app).await;
        }
        assert_eq!(service.posts().len(), 1, "nobody asks a device that is gone");
        let wishes = app.sign_in("delegate1").await.get("/notices/wishes").await.visible_text();
        assert!(wishes.contains("Chưa thiết bị nào"), "{wishes}");
    }

    async fn a_device_is_whose_it_is_now_and_leads_nowhere_inside(app) {
        let service = Receiver::start(&[]).await;
        let app = reaching(app, &service);
        let device = Device::new();
        assert_eq!(device.ask_for_notices(&app, "delegate1").await, 204);
        assert_eq!(device.ask_for_notices(&app, "delegate2").await, 204);
        tell(&app, "delegate1", "Không còn ở máy này", "/tasks/1").await;
        run(&app).await;
        assert!(service.posts().is_empty());
        let mut browser = app.sign_in("delegate1").await;
        let inside = format!("http://{}/inside", service.host);
        let fields = [("endpoint", inside.as_str()), ("p256dh", &device.point()), ("auth", &device.auth)];
        assert_eq!(browser.post("/notices/devices", &fields).await.status, 204);
        tell(&app, "delegate1", "Vào bên trong", "/tasks/2").await;
        run(&app).await;
        assert!(service.posts().is_empty(), "an address in the own network is not asked");
        for (endpoint, key) in [("ftp://x", device.point()), (ENDPOINT, "AAAA".to_owned())] {
            let fields = [("endpoint", endpoint), ("p256dh", &key), ("auth", &device.auth)];
            assert_eq!(browser.post("/notices/devices", &fields).await.status, 422);
        }
        assert_eq!(browser.post("/notices/devices/removals", &[("endpoint", &inside)]).await.status, 204);
        tell(&app, "delegate1", "Sau khi bỏ", "/tasks/3").await;
        let pushed = deliveries(&app).await.into_iter().filter(|(channel, _)| channel == "push").count();
        assert_eq!(pushed, 1, "no more is put out for a device that was taken off");
    }
}
