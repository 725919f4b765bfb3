//! Signing with a token in a real browser: the office on loopback, the agent
//! as it is started by hand, and SoftHSM in the token's place.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use ecabinet::signing::rules::Way;
use ecabinet::storage::Hash;
use ecabinet::{app, sql};
use pades::trust::ValidationData;
use pades::verify::{Context, Verdict};

use super::ways::{bind, issued};
use super::{open, practising};
use crate::harness::server::has_program;
use crate::harness::{Database, PASSWORD, TestApp, left_out, noon};

pub const PIN: &str = "135790";
/// Documents of the batch that succeeds; one is signed before, ten after.
const MANY: usize = 50;

/// A folder with a token in it.
pub struct Token {
    folder: tempfile::TempDir,
    module: &'static str,
}

impl Token {
    /// Where SoftHSM's module may be.
    pub const MODULES: [&str; 3] = [
        "/usr/lib/softhsm/libsofthsm2.so",
        "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
        "/usr/lib64/pkcs11/libsofthsm2.so",
    ];

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn new(key: &pades::authority::Issued) -> Option<Self> {
        let module = Self::MODULES.into_iter().find(|module| Path::new(module).exists())?;
        let token = Self { folder: tempfile::tempdir().unwrap(), module };
        std::fs::create_dir(token.path("tokens")).unwrap();
        let settings = format!("directories.tokendir = {}\n", token.path("tokens").display());
        std::fs::write(token.path("softhsm2.conf"), settings).unwrap();
        std::fs::write(token.path("key.pem"), key.key.private_key_to_pem_pkcs8().unwrap()).unwrap();
        token.run(&["--init-token", "--free", "--label", "Thư ký", "--pin", PIN, "--so-pin", "24680"]);
        let key = ["--import", "key.pem", "--token", "Thư ký", "--label", "khóa", "--id", "01", "--pin", PIN];
        token.run(&key);
        Some(token)
    }

    fn run(&self, arguments: &[&str]) {
        let mut command = Command::new("softhsm2-util");
        command.args(arguments).current_dir(self.folder.path());
        let done = command.env("SOFTHSM2_CONF", self.path("softhsm2.conf")).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
}

/// `ecabinet agent`; it ends with the test, however that ends.
struct Agent {
    process: Child,
    port: String,
    code: String,
}

impl Agent {
    fn start(token: &Token, office: &str) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_ecabinet"))
            .args(["agent", "--port", "0", "--origin", office, "--module", token.module])
            .env("SOFTHSM2_CONF", token.path("softhsm2.conf"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut value = |label: &str| {
            let line = lines.next().unwrap().unwrap();
            line.split_once(label).unwrap_or_else(|| panic!("{line}")).1.trim().to_owned()
        };
        let port = value("http://127.0.0.1:");
        let code = value("pairing code:");
        Self { process, port, code }
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_documents_are_signed_with_one_pin_and_a_token_pulled_out_leaves_the_rest() {
    let key = issued("Nguyễn Văn secretary", 31);
    let browser = std::env::var("ECABINET_TEST_CHROMIUM").unwrap_or_else(|_| "chromium".into());
    let token = Token::new(&key).filter(|_| has_program(&browser) && has_program("node"));
    let Some(token) = token else {
        return left_out("signing with a token in a browser", "softhsm2, chromium or node is missing");
    };
    let app = practising(TestApp::new(Database::Sqlite).await.unwrap()).await;
    assert_eq!(bind(&app, "secretary", &key.certificate).await.status, 303);
    for _ in 0..MANY + 11 {
        open(&app).await;
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let office = format!("http://{}", listener.local_addr().unwrap());
    let router = app::router(app.app.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let agent = Agent::start(&token, &office);
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("journey").join("ways");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/ways.mjs");
    let mut command = Command::new("node");
    command.arg(script).args([&office, PASSWORD]).arg(out).args([&agent.port, &agent.code, PIN]);
    command.arg(token.path("tokens")).arg(MANY.to_string());
    let done = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let said = [String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr)].concat();
    assert!(done.status.success(), "{said}");
    println!("{said}");
    every_signature_holds(&app).await;
}

/// What the office has: one, fifty and four signatures by the token, each good.
async fn every_signature_holds(app: &TestApp) {
    let mut tx = app.app.db.read().await.unwrap();
    let signed = sql!(tx => fetch_all
        "SELECT sha256 FROM signature_step WHERE way = $1" as (Hash,), Way::Token)
    .unwrap();
    assert_eq!(signed.len(), 1 + MANY + 4);
    // A token's card need not carry the certificate of its issuer; whoever judges asks for it.
    let issuer = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/certs-dev/sub-ca.cert.pem")).unwrap();
    let evidence = [ValidationData::from_bytes(&issuer).unwrap()];
    let mut context = Context::new(&app.app.anchors, noon().to_jiff());
    context.evidence = &evidence;
    for (hash,) in signed {
        let file = app.app.storage.read(hash).await.unwrap();
        let report = pades::verify::verify(&file, &context).unwrap();
        assert_eq!((report.verdict, report.signatures.len()), (Verdict::Valid, 1), "{report:?}");
    }
}
