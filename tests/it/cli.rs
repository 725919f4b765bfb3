//! The commands, run as a person at a terminal would.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use pades::authority::{Authority, KeyKind, Subject, Terms};
use serde_json::Value;

use crate::harness::left_out;
use crate::signing::small_pdf;
use crate::verify::altered;

const PASSPHRASE: &str = "mật khẩu khóa";

/// A folder with a key, a plain PDF, and whatever commands write.
pub struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    pub fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        desk.put("plain.pdf", &small_pdf());
        desk.put("key.p12", &key());
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn put(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// Runs `ecabinet` in the folder.
    pub fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_ecabinet"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env("PASSPHRASE", PASSPHRASE)
            .env_remove("ECABINET_TRUST_FILE")
            .output()
            .unwrap()
    }

    fn sign(&self, file: &str, out: &str, more: &[&str]) -> Output {
        let mut arguments =
            vec!["sign", file, "-o", out, "--pkcs12", "key.p12", "--passphrase-env", "PASSPHRASE"];
        arguments.extend(more);
        self.run(&arguments)
    }

    fn verify(&self, files: &[&str]) -> Output {
        let root = root("certs-dev/root.cert.pem");
        let mut arguments = vec!["verify", "--trust", root.to_str().unwrap()];
        arguments.extend(files);
        self.run(&arguments)
    }
}

pub fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A key of the test authority, valid whenever this test runs.
fn key() -> Vec<u8> {
    let pem = |name: &str| std::fs::read(root("certs-dev").join(name)).unwrap();
    let authority = Authority::from_pem(&pem("sub-ca.cert.pem"), &pem("sub-ca.key.pem"), &[]).unwrap();
    let subject = Subject { common_name: "Trần Văn Thư".into(), ..Subject::default() };
    let terms = Terms {
        not_before: "2025-06-01T00:00:00Z".parse().unwrap(),
        not_after: "2054-01-01T00:00:00Z".parse().unwrap(),
        serial: 77,
        key: KeyKind::Rsa2048,
    };
    authority.issue_person(&subject, &terms).unwrap().to_pkcs12("Trần Văn Thư", PASSPHRASE).unwrap()
}

pub fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_exit_code_tells_the_worst_of_the_files() {
    let desk = Desk::new();
    let signed = desk.sign("plain.pdf", "signed.pdf", &[]);
    assert_eq!(code(&signed), 0, "{}", said(&signed));
    desk.put("altered.pdf", &altered(&desk.read("signed.pdf")));
    desk.put("garbage.pdf", b"not a PDF");
    assert_eq!(code(&desk.verify(&["signed.pdf"])), 0);
    assert_eq!(code(&desk.verify(&["signed.pdf", "plain.pdf"])), 4);
    assert_eq!(code(&desk.run(&["verify", "--no-default-trust", "signed.pdf", "plain.pdf"])), 3);
    let mixed = desk.run(&["verify", "--no-default-trust", "altered.pdf", "signed.pdf", "plain.pdf"]);
    assert_eq!(code(&mixed), 1);
    let unreadable = desk.verify(&["altered.pdf", "garbage.pdf"]);
    assert_eq!(code(&unreadable), 2);
    assert_eq!(said(&unreadable).lines().count(), 1, "{}", said(&unreadable));
    assert_eq!(code(&desk.verify(&["no-such-file.pdf"])), 2);
}

#[test]
fn json_is_one_object_per_line() {
    let desk = Desk::new();
    desk.sign("plain.pdf", "signed.pdf", &[]);
    let output = desk.verify(&["--json", "signed.pdf", "plain.pdf", "no-such-file.pdf"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let reports: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let verdicts: Vec<&str> = reports.iter().map(|report| report["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["valid", "unsigned", "unreadable"]);
    assert_eq!(reports[0]["file"], "signed.pdf");
    assert_eq!(reports[2]["error"]["code"], "not-readable");
}

#[test]
fn a_folder_becomes_one_table_in_the_order_of_its_names() {
    let desk = Desk::new();
    desk.sign("plain.pdf", "signed.pdf", &[]);
    std::fs::create_dir_all(desk.path("archive/2026")).unwrap();
    for number in 0..30 {
        let name = format!("archive/2026/{number:02}.pdf");
        desk.put(&name, &desk.read(if number % 2 == 0 { "signed.pdf" } else { "plain.pdf" }));
    }
    desk.put("archive/a.PDF", &altered(&desk.read("signed.pdf")));
    desk.put("archive/notes.txt", b"no PDF, and not asked about");
    let table = desk.verify(&["archive", "--progress", "--workers", "2"]);
    assert_eq!(code(&table), 1, "{}", said(&table));
    let text = String::from_utf8(table.stdout.clone()).unwrap();
    let names: Vec<&str> = text.lines().filter_map(|line| line.split("archive/").nth(1)).collect();
    let mut wanted: Vec<String> = (0..30).map(|number| format!("2026/{number:02}.pdf")).collect();
    wanted.push("a.PDF".into());
    assert_eq!(names, wanted);
    assert!(
        text.contains("31 tệp: 15 hợp lệ, 0 chưa kết luận được, 1 không hợp lệ, 15 không có chữ ký"),
        "{text}"
    );
    assert!(said(&table).contains("31 files judged"), "{}", said(&table));
    let json = desk.verify(&["archive", "--json"]);
    assert_eq!(String::from_utf8(json.stdout).unwrap().lines().count(), 31);
    let csv = desk.verify(&["archive", "--csv"]);
    let csv = String::from_utf8(csv.stdout).unwrap();
    let mut sheet = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    let rows: Vec<csv::StringRecord> = sheet.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 31);
    assert_eq!((&rows[0][1], &rows[0][8], &rows[30][1]), ("valid", "Trần Văn Thư", "invalid"));
    let empty = desk.path("nothing");
    std::fs::create_dir(&empty).unwrap();
    let nothing = desk.verify(&["nothing"]);
    assert_eq!((code(&nothing), said(&nothing).lines().count()), (2, 1), "{}", said(&nothing));
}

#[test]
fn a_reader_that_has_seen_enough_does_no_harm() {
    let desk = Desk::new();
    let mut running = Command::new(env!("CARGO_BIN_EXE_ecabinet"))
        .args(["verify", "--no-default-trust", "--json", "plain.pdf", "plain.pdf"])
        .current_dir(desk.folder.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(running.stdout.take());
    let output = running.wait_with_output().unwrap();
    assert_eq!((code(&output), said(&output)), (4, String::new()));
}

#[test]
fn a_report_holds_the_verdict_in_three_forms() {
    let desk = Desk::new();
    desk.sign("plain.pdf", "signed.pdf", &[]);
    std::fs::create_dir(desk.path("reports")).unwrap();
    let at = ["--at", "2027-01-01T00:00:00Z"];
    let done = desk.verify(&["signed.pdf", "plain.pdf", "--report", "reports", at[0], at[1]]);
    assert_eq!(code(&done), 4, "{}", said(&done));
    let mut names: Vec<String> = std::fs::read_dir(desk.path("reports"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names.len(), 6, "{names:?}");
    let signed = |ending: &str| {
        let name =
            names.iter().find(|name| name.starts_with("signed.pdf.") && name.ends_with(ending)).unwrap();
        format!("reports/{name}")
    };
    let report: Value = serde_json::from_slice(&desk.read(&signed(".json"))).unwrap();
    let verdict = desk.verify(&["--json", "signed.pdf", at[0], at[1]]);
    assert_eq!(report["result"], serde_json::from_slice::<Value>(&verdict.stdout).unwrap());
    assert_eq!(
        (&report["software"], &report["version"]),
        (&"ecabinet".into(), &env!("CARGO_PKG_VERSION").into())
    );
    assert_eq!(report["trust_fingerprint"].as_str().unwrap().len(), 64);
    assert!(report["at"].is_string() && report["policy"].is_string());
    let pdf = desk.read(&signed(".pdf"));
    assert!(pdf.starts_with(b"%PDF-1.7"));
    // Nobody set a key, so nobody signed it, and it says so.
    assert_eq!(code(&desk.verify(&[&signed(".pdf")])), 4);
    xml_is_as_the_schema_wants(&desk.path(&signed(".xml")), "total-passed");
    let refused = desk.verify(&["signed.pdf", "--report", "no-such-folder/x"]);
    assert_eq!((code(&refused), said(&refused).lines().count()), (2, 1));
}

/// pyHanko's classes, made from the schema, take every element of the report.
fn xml_is_as_the_schema_wants(report: &Path, indication: &str) {
    let python = std::env::var("ECABINET_TEST_PYTHON").unwrap_or_else(|_| "python3".into());
    let script = "import sys\n\
        from xsdata.formats.dataclass.parsers import XmlParser\n\
        from pyhanko.generated.etsi.ts_11910202 import ValidationReport\n\
        report = XmlParser().from_path(__import__('pathlib').Path(sys.argv[1]), ValidationReport)\n\
        print(report.signature_validation_report[0].signature_validation_status.main_indication)";
    let read = Command::new(python).args(["-c", script]).arg(report).output();
    match read {
        Ok(output) if said(&output).contains("No module named") => {
            left_out("pyHanko's schema classes", &said(&output))
        }
        Ok(output) => {
            assert!(output.status.success(), "{}", said(&output));
            let wanted = format!("urn:etsi:019102:mainindication:{indication}");
            assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), wanted);
        }
        Err(error) => left_out("pyHanko's schema classes", &error.to_string()),
    }
}

#[test]
fn a_report_is_signed_when_there_is_a_key_and_never_with_a_test_key_in_earnest() {
    let desk = Desk::new();
    let run = |more: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ecabinet"));
        command.args(["verify", "plain.pdf", "--report", "report.pdf"]).current_dir(desk.folder.path());
        command.env_remove("ECABINET_TRUST_FILE").envs(more.iter().copied()).output().unwrap()
    };
    assert_eq!(code(&run(&[("ECABINET_TEST_AUTHORITY", "true")])), 4);
    assert_eq!(code(&desk.verify(&["report.pdf"])), 0, "signed by the test authority");
    let key = [("ECABINET_REPORT_KEY", "key.p12"), ("ECABINET_REPORT_PASSPHRASE", PASSPHRASE)];
    let refused = run(&key);
    assert_eq!(code(&refused), 2);
    assert!(said(&refused).contains("test authority"), "{}", said(&refused));
}

#[test]
fn a_comparison_tells_what_is_not_as_it_was() {
    let desk = Desk::new();
    desk.sign("plain.pdf", "signed.pdf", &[]);
    let at = ["--at", "2027-01-01T00:00:00Z"];
    desk.verify(&["signed.pdf", "--report", "report.json", at[0], at[1]]);
    let same = desk.verify(&["signed.pdf", "--compare", "report.json", at[0], at[1]]);
    let text = String::from_utf8(same.stdout).unwrap();
    assert!(text.contains("Không có gì khác"), "{text}");
    desk.put("altered.pdf", &altered(&desk.read("signed.pdf")));
    let other = desk.verify(&["altered.pdf", "--compare", "report.json"]);
    assert_eq!(code(&other), 1);
    let text = String::from_utf8(other.stdout).unwrap();
    for part in ["Đây là tệp khác", "Thời điểm kiểm tra", "trước là hợp lệ, nay là không hợp lệ"]
    {
        assert!(text.contains(part), "{part} is missing: {text}");
    }
    assert!(!text.contains("Danh sách tin cậy"), "{text}");
    let without =
        desk.run(&["verify", "--no-default-trust", "signed.pdf", "--compare", "report.json", at[0], at[1]]);
    assert!(String::from_utf8(without.stdout).unwrap().contains("Danh sách tin cậy đã thay đổi"));
    let garbage = desk.verify(&["signed.pdf", "--compare", "plain.pdf"]);
    assert_eq!((code(&garbage), said(&garbage).lines().count()), (2, 1), "{}", said(&garbage));
}

#[test]
fn a_moment_before_the_certificate_began_is_judged_so() {
    let desk = Desk::new();
    desk.sign("plain.pdf", "signed.pdf", &[]);
    assert_ne!(code(&desk.verify(&["--at", "2020-01-01T00:00:00Z", "signed.pdf"])), 0);
    assert_eq!(code(&desk.verify(&["--at", "yesterday", "signed.pdf"])), 2);
}

#[test]
fn a_wish_that_contradicts_itself_is_refused_and_writes_nothing() {
    let desk = Desk::new();
    for more in
        [&["--level", "b-lta"][..], &["--level", "b-t"], &["--pkcs11", "module.so"], &["--visible", "1,2"]]
    {
        let refused = desk.sign("plain.pdf", "out.pdf", more);
        assert_eq!(code(&refused), 2, "{more:?}: {}", said(&refused));
        assert!(!desk.path("out.pdf").exists());
    }
}

#[test]
fn an_encrypted_file_is_judged_with_its_password() {
    let desk = Desk::new();
    let made = Command::new("qpdf")
        .args(["--encrypt", "lockword", "ownerword", "256", "--", "plain.pdf", "locked.pdf"])
        .current_dir(desk.folder.path())
        .output();
    match made {
        Ok(made) => assert!(made.status.success(), "{}", said(&made)),
        Err(error) => return left_out("qpdf", &error.to_string()),
    }
    let without = desk.verify(&["locked.pdf"]);
    assert_eq!((code(&without), said(&without).lines().count()), (2, 1), "{}", said(&without));
    let run = |word: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ecabinet"));
        command.args(["verify", "--offline", "--password-env", "WORD", "locked.pdf"]).env("WORD", word);
        code(&command.current_dir(desk.folder.path()).output().unwrap())
    };
    assert_eq!((run("lockword"), run("wrong")), (4, 2));
    assert_eq!(code(&desk.verify(&["--password-env", "NO_SUCH_VARIABLE", "plain.pdf"])), 2);
}

#[test]
fn a_large_file_costs_no_memory() {
    let desk = Desk::new();
    let mut large = desk.read("plain.pdf");
    // A stream of zeros that no object refers to, in an update of its own.
    let start = large.len();
    let head = format!("4 0 obj\n<< /Length {} >>\nstream\n", 64 << 20);
    large.extend_from_slice(head.as_bytes());
    large.resize(large.len() + (64 << 20), b'0');
    large.extend_from_slice(b"\nendstream\nendobj\n");
    let table = large.len();
    let old = String::from_utf8_lossy(&desk.read("plain.pdf")).into_owned();
    let old = old.rsplit("startxref").next().unwrap().lines().nth(1).unwrap().trim().to_owned();
    let update = format!(
        "xref\n4 1\n{start:010} 00000 n \ntrailer\n<< /Size 5 /Root 1 0 R /Prev {old} /ID [<00112233> <00112233>] >>\n\
         startxref\n{table}\n%%EOF\n"
    );
    large.extend_from_slice(update.as_bytes());
    desk.put("large.pdf", &large);
    let program = env!("CARGO_BIN_EXE_ecabinet");
    // 40 MiB beyond what the program itself takes, for a file of 64.
    let script =
        format!("{program} --version >/dev/null; ulimit -d 40960; {program} verify --offline large.pdf");
    let run = Command::new("sh").args(["-c", &script]).current_dir(desk.folder.path()).output().unwrap();
    assert_eq!(code(&run), 4, "{}", said(&run));
}

#[test]
fn a_refusal_to_sign_leaves_no_file() {
    let desk = Desk::new();
    desk.put("garbage.pdf", b"not a PDF");
    let garbage = desk.sign("garbage.pdf", "out.pdf", &[]);
    assert_eq!((code(&garbage), said(&garbage).lines().count()), (1, 1), "{}", said(&garbage));
    let wrong =
        desk.run(&["sign", "plain.pdf", "-o", "out.pdf", "--pkcs12", "key.p12", "--passphrase-env", "HOME"]);
    assert_eq!(code(&wrong), 1, "{}", said(&wrong));
    assert!(said(&wrong).contains("passphrase is wrong"), "{}", said(&wrong));
    let unheard = ["--level", "b-t", "--tsa", "http://127.0.0.1:9/"];
    assert_eq!(code(&desk.sign("plain.pdf", "out.pdf", &unheard)), 1);
    assert_eq!(
        code(&desk.run(&["timestamp", "plain.pdf", "-o", "out.pdf", "--tsa", "http://127.0.0.1:9/"])),
        1
    );
    let names: Vec<_> =
        std::fs::read_dir(desk.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
}

#[test]
fn a_certified_file_takes_no_second_signature() {
    let desk = Desk::new();
    assert_eq!(code(&desk.sign("plain.pdf", "one.pdf", &["--certify", "1"])), 0);
    let second = desk.sign("one.pdf", "two.pdf", &[]);
    assert_eq!(code(&second), 1, "{}", said(&second));
    assert!(!desk.path("two.pdf").exists());
}

#[test]
fn a_visible_signature_with_text_passes() {
    let desk = Desk::new();
    let shown = [
        "--visible",
        "1,60,100,200,60",
        "--text",
        "Ký bởi: Trần Văn Thư\\n05/02/2026",
        "--reason",
        "Phê duyệt",
    ];
    let signed = desk.sign("plain.pdf", "signed.pdf", &shown);
    assert_eq!(code(&signed), 0, "{}", said(&signed));
    assert_eq!(code(&desk.verify(&["signed.pdf"])), 0);
}

#[test]
fn revisions_come_out_byte_for_byte() {
    let desk = Desk::new();
    desk.sign("plain.pdf", "one.pdf", &[]);
    desk.sign("one.pdf", "two.pdf", &[]);
    let list = desk.run(&["revisions", "two.pdf"]);
    let text = String::from_utf8(list.stdout.clone()).unwrap();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(text.lines().nth(1).unwrap().contains("Trần Văn Thư"), "{text}");
    for (number, original) in [("1", "plain.pdf"), ("2", "one.pdf"), ("3", "two.pdf")] {
        assert_eq!(code(&desk.run(&["revisions", "two.pdf", "--extract", number, "out.pdf"])), 0);
        assert_eq!(desk.read("out.pdf"), desk.read(original), "{number}");
    }
    assert_eq!(code(&desk.run(&["revisions", "two.pdf", "--extract", "4", "none.pdf"])), 2);
    assert!(!desk.path("none.pdf").exists());
}

#[test]
fn pdfsig_and_pyhanko_agree_on_a_file_with_two_signatures() {
    let desk = Desk::new();
    desk.sign("plain.pdf", "one.pdf", &["--visible", "1,60,100,200,60", "--text", "Thư ký"]);
    desk.sign("one.pdf", "two.pdf", &["--visible", "1,330,100,200,60", "--text", "Chủ tọa"]);
    let file = desk.path("two.pdf");
    match Command::new("pdfsig").arg(&file).output() {
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            assert_eq!(text.matches("Signature is Valid").count(), 2, "{text}");
        }
        Err(error) => left_out("pdfsig", &error.to_string()),
    }
    let pyhanko = std::env::var("ECABINET_TEST_PYHANKO").unwrap_or_else(|_| "pyhanko".into());
    let trusted = root("certs-dev/root.cert.pem");
    let arguments = ["sign", "validate", "--no-revocation-check", "--trust-replace", "--trust"];
    match Command::new(pyhanko).args(arguments).args([&trusted, &file]).output() {
        Ok(output) => {
            let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), said(&output));
            assert_eq!(text.matches("INTACT:TRUSTED").count(), 2, "{text}");
        }
        Err(error) => left_out("pyHanko", &error.to_string()),
    }
}

#[test]
fn every_file_of_the_corpus_gets_an_answer() {
    let folder = std::env::var("ECABINET_TEST_CORPUS").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|_| root("../shared/corpus/signed-pdfs"));
    let mut files = Vec::new();
    pdfs(&folder, &mut files);
    if files.is_empty() {
        left_out("the corpus of signed PDFs", "set ECABINET_TEST_CORPUS to its folder");
        return;
    }
    let desk = Desk::new();
    for some in files.chunks(100) {
        let mut arguments = vec!["verify", "--json", "--no-default-trust", "--offline"];
        arguments.extend(some.iter().map(|path| path.to_str().unwrap()));
        let output = desk.run(&arguments);
        assert!([1, 2, 3, 4].contains(&code(&output)), "{}", said(&output));
        let answers = String::from_utf8(output.stdout.clone()).unwrap();
        assert_eq!(answers.lines().count(), some.len(), "{}", said(&output));
        assert!(!answers.contains("\"verdict\":\"valid\""), "nobody is trusted, so nothing can be valid");
    }
}

fn pdfs(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            pdfs(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "pdf") {
            found.push(path);
        }
    }
}
