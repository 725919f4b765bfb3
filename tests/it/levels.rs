//! Long-term levels, tokens and passwords at the command line, with services
//! that answer over HTTP.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::{Timestamp, ToSpan};
use pades::authority::{
    Addresses, Answer, Authority, Issued, KeyKind, ListTerms, Period, Profile, Role, Subject, Terms,
    TestTimestampAuthority,
};
use serde_json::Value;

use crate::cli::{Desk, code, said};
use crate::harness::left_out;
use crate::harness::server::has_program;

const NO_PASSPHRASE: &str = "";

/// A public key infrastructure on loopback: a root that answers OCSP and lists, a timestamp authority, a person.
struct World {
    root: Authority,
    person: Issued,
    tsa: TestTimestampAuthority,
    is_mute: AtomicBool,
}

fn terms(serial: u64, key: KeyKind) -> Terms {
    let [not_before, not_after] =
        ["2025-01-01T00:00:00Z", "2055-01-01T00:00:00Z"].map(|time| time.parse().unwrap());
    Terms { not_before, not_after, serial, key }
}

fn named(name: &str) -> Subject {
    Subject { common_name: name.to_owned(), ..Subject::default() }
}

impl World {
    /// Certificates that name services at this address.
    fn new(address: &str) -> Self {
        let root = Authority::root(&named("Gốc"), &terms(1, KeyKind::P256)).unwrap();
        let issue = |name, serial, role, ocsp: Option<String>, crl: Option<String>| {
            let addresses = Addresses { ocsp, crl, issuer: None };
            root.issue(
                &named(name),
                &terms(serial, KeyKind::Rsa2048),
                &Profile { addresses, ..Profile::new(role) },
            )
            .unwrap()
        };
        let person = issue("Lê Văn Thư", 2, Role::Person, Some(format!("{address}/ocsp")), None);
        let stamper = issue("Dấu thời gian", 3, Role::Timestamping, None, Some(format!("{address}/crl")));
        let tsa = stamper.timestamp_authority().unwrap();
        Self { root, person, tsa, is_mute: AtomicBool::new(false) }
    }

    fn period() -> Period {
        let now = Timestamp::now();
        Period { this_update: now - 1.hours(), next_update: Some(now + 23.hours()) }
    }
}

async fn stamp(State(world): State<Arc<World>>, request: Bytes) -> Response {
    let token = world.tsa.respond(&request, Timestamp::now()).unwrap();
    ([(header::CONTENT_TYPE, "application/timestamp-reply")], token).into_response()
}

async fn ocsp(State(world): State<Arc<World>>, _: Bytes) -> Response {
    if world.is_mute.load(Ordering::SeqCst) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let answer = world.root.answer(&world.person.certificate, Answer::Good, World::period(), None).unwrap();
    ([(header::CONTENT_TYPE, "application/ocsp-response")], answer).into_response()
}

async fn crl(State(world): State<Arc<World>>) -> Vec<u8> {
    let terms = ListTerms { period: World::period(), revoked: Vec::new(), extensions: Vec::new() };
    world.root.list(&terms).unwrap()
}

/// A desk with the person's key and the root, and the services it needs.
async fn desk() -> (Arc<Desk>, Arc<World>, String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let world = Arc::new(World::new(&address));
    let router = Router::new()
        .route("/tsa", post(stamp))
        .route("/ocsp", post(ocsp))
        .route("/crl", get(crl))
        .with_state(world.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let desk = Desk::new();
    desk.put("key.p12", &world.person.to_pkcs12("Lê Văn Thư", NO_PASSPHRASE).unwrap());
    desk.put("root.pem", &world.root.certificate().to_pem().unwrap());
    (Arc::new(desk), world, address)
}

/// Runs a command while the services go on answering.
async fn run(desk: &Arc<Desk>, arguments: Vec<String>) -> std::process::Output {
    let desk = desk.clone();
    let work = move || desk.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    tokio::task::spawn_blocking(work).await.unwrap()
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

/// The level of the first signature, and the verdict.
async fn level(desk: &Arc<Desk>, file: &str) -> (String, String) {
    let judged = run(desk, words(&format!("verify --json --trust root.pem {file}"))).await;
    let report: Value = serde_json::from_slice(&judged.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&report["signatures"][0]["level"]), text(&report["verdict"]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_is_raised_to_every_level_and_renewed() {
    let (desk, _world, address) = desk().await;
    for (name, proven) in [("b-t", "B-T"), ("b-lt", "B-LT"), ("b-lta", "B-LTA")] {
        let command = format!(
            "sign plain.pdf -o {name}.pdf --pkcs12 key.p12 --level {name} --tsa {address}/tsa --trust root.pem"
        );
        let signed = run(&desk, words(&command)).await;
        assert_eq!(code(&signed), 0, "{name}: {}", said(&signed));
        // Certificates that say where their revocation is told are believed once somebody has asked there.
        let offline = if name == "b-t" { ("B-B", "indeterminate") } else { (proven, "valid") };
        let judged = level(&desk, &format!("--offline {name}.pdf")).await;
        assert_eq!((judged.0.as_str(), judged.1.as_str()), offline, "{name}");
        assert_eq!(level(&desk, &format!("{name}.pdf")).await, (proven.to_owned(), "valid".to_owned()));
    }
    let renew = format!("timestamp b-lta.pdf -o renewed.pdf --tsa {address}/tsa --trust root.pem");
    let renewed = run(&desk, words(&renew)).await;
    assert_eq!(code(&renewed), 0, "{}", said(&renewed));
    assert_eq!(said(&renewed), "");
    assert_eq!(level(&desk, "--offline renewed.pdf").await, ("B-LTA".to_owned(), "valid".to_owned()));
    assert!(desk.read("renewed.pdf").starts_with(&desk.read("b-lta.pdf")));
    let later =
        run(&desk, words(&format!("timestamp plain.pdf -o plain-stamped.pdf --tsa {address}/tsa"))).await;
    assert_eq!(code(&later), 0, "{}", said(&later));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_level_that_is_not_reached_is_not_pretended() {
    let (desk, world, address) = desk().await;
    world.is_mute.store(true, Ordering::SeqCst);
    let command = format!(
        "sign plain.pdf -o out.pdf --pkcs12 key.p12 --level b-lt --tsa {address}/tsa --trust root.pem"
    );
    let refused = run(&desk, words(&command)).await;
    assert_eq!((code(&refused), said(&refused).lines().count()), (1, 1), "{}", said(&refused));
    let reason = said(&refused);
    assert!(reason.contains("Lê Văn Thư") && reason.contains("status 404"), "{reason}");
    assert!(!reason.contains("Dấu thời gian"), "{reason}");
    assert!(!desk.path("out.pdf").exists());
}

/// Where the module of SoftHSM2 stands on common systems.
const MODULES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
];
const PIN: &str = "135790";

/// Runs a program at the desk, where the token's settings are.
fn at_token(desk: &Desk, program: &str, arguments: &[&str]) -> std::process::Output {
    std::process::Command::new(program)
        .args(arguments)
        .current_dir(desk.path(""))
        .env("SOFTHSM2_CONF", desk.path("softhsm2.conf"))
        .env("PIN", PIN)
        .env("WRONG", "999999")
        .output()
        .unwrap()
}

/// A token with the person's key and certificate.
fn fill_token(desk: &Desk, world: &World, module: &str) {
    std::fs::create_dir(desk.path("tokens")).unwrap();
    let folder = format!("directories.tokendir = {}\n", desk.path("tokens").display());
    desk.put("softhsm2.conf", folder.as_bytes());
    desk.put("key.pem", &world.person.key.private_key_to_pem_pkcs8().unwrap());
    desk.put("person.der", &world.person.certificate.to_der().unwrap());
    let token = ["--token", "Văn thư", "--label", "khóa", "--id", "01", "--pin", PIN];
    let made = ["--init-token", "--free", "--label", "Văn thư", "--pin", PIN, "--so-pin", "24680"];
    let steps: [(&str, Vec<&str>); 3] = [
        ("softhsm2-util", made.to_vec()),
        ("softhsm2-util", [&["--import", "key.pem"][..], &token[..]].concat()),
        (
            "pkcs11-tool",
            vec![
                "--module",
                module,
                "--login",
                "--pin",
                PIN,
                "--write-object",
                "person.der",
                "--type",
                "cert",
                "--id",
                "01",
                "--label",
                "khóa",
            ],
        ),
    ];
    for (program, arguments) in steps {
        let done = at_token(desk, program, &arguments);
        assert!(done.status.success(), "{program}: {}", said(&done));
    }
}

#[tokio::test]
async fn a_token_signs_and_a_wrong_pin_is_tried_once() {
    let module = MODULES.into_iter().find(|module| std::path::Path::new(module).exists());
    let (Some(module), true, true) = (module, has_program("softhsm2-util"), has_program("pkcs11-tool"))
    else {
        return left_out("keys on tokens", "softhsm2 or opensc is missing");
    };
    let (desk, world, _) = desk().await;
    fill_token(&desk, &world, module);
    let ecabinet = env!("CARGO_BIN_EXE_ecabinet");
    let sign = |pin: &'static str| {
        let arguments = ["sign", "plain.pdf", "-o", "out.pdf", "--pkcs11", module, "--pin-env", pin];
        at_token(&desk, ecabinet, &[&arguments[..], &["--token", "Văn thư", "--key", "khóa"]].concat())
    };
    let wrong = sign("WRONG");
    assert_eq!((code(&wrong), said(&wrong).lines().count()), (1, 1), "{}", said(&wrong));
    assert!(!desk.path("out.pdf").exists());
    let right = sign("PIN");
    assert_eq!(code(&right), 0, "{}", said(&right));
    let judged =
        at_token(&desk, ecabinet, &["verify", "--json", "--offline", "--trust", "root.pem", "out.pdf"]);
    let report: Value = serde_json::from_slice(&judged.stdout).unwrap();
    let signature = &report["signatures"][0];
    assert_eq!(
        (&signature["intact"], &signature["signer"]["common_name"]),
        (&true.into(), &"Lê Văn Thư".into())
    );
}
