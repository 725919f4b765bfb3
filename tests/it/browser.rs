//! A whole meeting in a real browser: the demo as it is started by hand, the
//! script `tests/browser/journey.mjs` as the people in it, and programs of
//! others as judges of the minutes and the official document that come out.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use crate::harness::server::has_program;
use crate::harness::{fresh_postgres, left_out};

const GROUP: &str = "the journey in a browser";

/// One after the other: one browser with six people in it at a time is what two cores can bear.
#[tokio::test]
async fn a_meeting_goes_from_invitation_to_signed_minutes_on_both_databases() {
    travel("sqlite", "tablet,desk,phone", None);
    if let Some(database) = fresh_postgres().await {
        // The pages are the same, and were looked at in every size.
        travel("postgres", "", Some(database));
    }
}

fn travel(name: &str, sizes: &str, database: Option<String>) {
    if let Some(missing) = missing() {
        return left_out(GROUP, &missing);
    }
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("journey").join(name);
    // Nothing of an earlier run may pass for what this one made.
    std::fs::remove_dir_all(&out).ok();
    let demo = Demo::start(database);
    let script = demo.run_script(&out, sizes);
    let said = format!("{}{}", text(&script.stdout), text(&script.stderr));
    assert!(script.status.success(), "{said}");
    judge(&out.join("minutes.pdf"), ["Phạm Thị Ngọc Mai", "Nguyễn Văn Hùng"]);
    judge(&out.join("issued.pdf"), ["Nguyễn Văn Hùng", "UBND phường An Hải"]);
}

/// Why the journey cannot be made here.
fn missing() -> Option<String> {
    let browser = std::env::var("ECABINET_TEST_CHROMIUM").unwrap_or_else(|_| "chromium".into());
    for program in [&browser, "node", "pdfsig", "qpdf", &pyhanko()] {
        if !has_program(program) {
            return Some(format!("{program} is missing"));
        }
    }
    let packages = root("static/node_modules/playwright-core");
    (!packages.exists()).then(|| "static/node_modules is without playwright-core; run npm ci there".into())
}

/// Both signatures, in this order, hold for programs that are not ours, and the file is sound.
fn judge(file: &Path, signers: [&str; 2]) {
    let seen = run(Command::new("pdfsig").arg("-nocert").arg(file));
    let said = text(&seen.stdout);
    assert_eq!(said.matches("Signature is Valid").count(), 2, "{said}");
    let names: Vec<&str> = said
        .lines()
        .filter_map(|line| line.split_once("Signer Certificate Common Name: "))
        .map(|(_, name)| name)
        .collect();
    assert_eq!(names, signers, "{said}");
    let arguments = ["sign", "validate", "--no-revocation-check", "--trust-replace", "--trust"];
    let trusted = root("certs-dev/root.cert.pem");
    let seen = run(Command::new(pyhanko()).args(arguments).arg(trusted).arg(file));
    let said = format!("{}{}", text(&seen.stdout), text(&seen.stderr));
    assert!(seen.status.success() && !said.contains("ILLEGAL_MODIFICATIONS"), "{said}");
    let intact =
        said.lines().filter(|line| line.starts_with("Signature") && line.contains(":INTACT:TRUSTED"));
    assert_eq!(intact.count(), 2, "{said}");
    let sound = run(Command::new("qpdf").arg("--check").arg(file));
    assert!(sound.status.success(), "{}{}", text(&sound.stdout), text(&sound.stderr));
}

/// The service with its sample office; it ends with the test, however that ends.
struct Demo {
    process: Child,
    /// Open as long as the process may still print.
    stdout: BufReader<ChildStdout>,
    address: String,
    password: String,
    pin: String,
    /// Where the script may listen as the push service that the demo knows by name.
    push_port: u16,
}

impl Demo {
    fn start(database: Option<String>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ecabinet"));
        let push_port = free_port();
        command.arg("demo").env("ECABINET_LISTEN", "127.0.0.1:0").stdout(Stdio::piped());
        command.env("ECABINET_REMOTE_HOSTS", format!("push.example=127.0.0.1:{push_port}"));
        if let Some(database) = database {
            command.env("ECABINET_DATABASE_URL", database);
        }
        let mut process = command.spawn().unwrap();
        let stdout = BufReader::new(process.stdout.take().unwrap());
        // Held from here on, so that a demo that says something else is stopped too.
        let mut demo = Self {
            process,
            stdout,
            address: String::new(),
            password: String::new(),
            pin: String::new(),
            push_port,
        };
        demo.address = demo.value_after("E-cabinet: ");
        demo.password = demo.value_after("password: ");
        demo.pin = demo.value_after("signing PIN:");
        demo
    }

    /// Reads lines until one holds `label`, and gives what follows it.
    fn value_after(&mut self, label: &str) -> String {
        loop {
            let mut line = String::new();
            let length = self.stdout.read_line(&mut line).unwrap();
            assert!(length > 0, "the demo ended before it said {label:?}");
            if let Some((_, value)) = line.split_once(label) {
                return value.trim().to_owned();
            }
        }
    }

    fn run_script(&self, out: &Path, sizes: &str) -> Output {
        let mut command = Command::new("node");
        command
            .arg(root("tests/browser/journey.mjs"))
            .args([&self.address, &self.password, &self.pin])
            .arg(out)
            .env("ECABINET_JOURNEY_SIZES", sizes)
            .env("ECABINET_DEMO_PID", self.process.id().to_string())
            .env("ECABINET_PUSH_PORT", self.push_port.to_string());
        if let Ok(corpus) = std::env::var("ECABINET_TEST_CORPUS") {
            command.arg(Path::new(&corpus).join("pdfs"));
        }
        run(&mut command)
    }
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn pyhanko() -> String {
    std::env::var("ECABINET_TEST_PYHANKO").unwrap_or_else(|_| "pyhanko".into())
}

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn run(command: &mut Command) -> Output {
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
