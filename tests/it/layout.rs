//! The format check: documents made faultless, each fault alone, and files
//! from elsewhere.

mod faults;
mod letter;
mod pages;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use jiff::civil::date;
use serde_json::Value;
use typeset::{
    Attendance, Block, Fonts, Invitation, Letterhead, Making, Minutes, NamedDocument, NumberLine, Person,
    PlaceLine, Placed, Present, Signer, Typesetter,
};

use self::letter::{Letter, decision, official_letter, party_decision, urgent_plan};
use crate::harness::{left_out, pdf};

/// A folder with documents in it.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        fs::write(self.path(name), bytes).unwrap();
        self.path(name)
    }

    /// Makes PDFs of letters, all in one go; nothing if LibreOffice is not installed.
    pub fn convert(&self, letters: &[Letter]) -> Option<Vec<PathBuf>> {
        let fonts =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("static/node_modules/@expo-google-fonts/tinos");
        if Command::new("soffice").arg("--version").output().is_err() || !fonts.exists() {
            left_out("documents of LibreOffice", "soffice or the typeface is not installed");
            return None;
        }
        let list = format!(
            "<?xml version=\"1.0\"?><fontconfig><dir>{}</dir><dir>/usr/share/fonts</dir><cachedir>{}</cachedir></fontconfig>",
            fonts.display(),
            self.path("cache").display()
        );
        let fonts = self.put("fonts.conf", list.as_bytes());
        let names: Vec<String> = (0..letters.len()).map(|at| format!("letter-{at}")).collect();
        let sources: Vec<PathBuf> = names
            .iter()
            .zip(letters)
            .map(|(name, letter)| self.put(&format!("{name}.fodt"), letter.fodt().as_bytes()))
            .collect();
        let made = Command::new("soffice")
            .arg(format!("-env:UserInstallation=file://{}", self.path("profile").display()))
            .args(["--headless", "--convert-to", "pdf", "--outdir"])
            .arg(self.0.path())
            .args(&sources)
            .env("FONTCONFIG_FILE", fonts)
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        Some(names.iter().map(|name| self.path(&format!("{name}.pdf"))).collect())
    }
}

fn lint(files: &[PathBuf], more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ecabinet")).arg("lint").args(more).args(files).output().unwrap()
}

/// The report on each file.
pub fn reports(files: &[PathBuf], more: &[&str]) -> Vec<Value> {
    let mut arguments = vec!["--json"];
    arguments.extend(more);
    let output = lint(files, &arguments);
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The codes of what was found.
pub fn codes(report: &Value) -> BTreeSet<String> {
    let findings = report["findings"].as_array().unwrap_or_else(|| panic!("{report}"));
    findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

/// What was found, a sentence a line.
pub fn sentences(report: &Value) -> String {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| format!("{} {}\n", finding["code"], finding["sentence"]["vi"])).collect()
}

#[test]
fn faultless_documents_of_libreoffice_give_no_finding() {
    let folder = Folder::new();
    let Some(files) = folder.convert(&[decision(), official_letter(), urgent_plan()]) else { return };
    for report in reports(&files, &[]) {
        assert_eq!(sentences(&report), "", "{}", report["file"]);
    }
}

#[test]
fn each_fault_alone_is_found_alone() {
    let folder = Folder::new();
    let faults = faults::all();
    assert!(faults.len() >= 40);
    let letters: Vec<Letter> = faults.iter().map(|fault| fault.letter.clone()).collect();
    let Some(files) = folder.convert(&letters) else { return };
    let mut wrong = Vec::new();
    for (fault, report) in faults.iter().zip(reports(&files, &[])) {
        let expected = BTreeSet::from([fault.code.to_owned()]);
        if codes(&report) != expected {
            wrong.push(format!("{} wants {}:\n{}", fault.name, fault.code, sentences(&report)));
        }
    }
    assert!(wrong.is_empty(), "{} of {} faults:\n{}", wrong.len(), faults.len(), wrong.join("\n"));
}

#[test]
fn a_document_without_number_and_date_needs_blanks_for_them() {
    let folder = Folder::new();
    let with = |number: &str, date: &str| {
        let mut letter = decision();
        letter.number.as_mut().unwrap().text = number.into();
        letter.date.as_mut().unwrap().text = date.into();
        letter
    };
    let blank = "Số:              /QĐ-UBND";
    let blank_date = "Quế Sơn, ngày          tháng          năm 2026";
    let letters = [
        with(blank, blank_date),
        with("Số:  /QĐ-UBND", blank_date),
        with(blank, "Quế Sơn, ngày   tháng   năm 2026"),
    ];
    let Some(files) = folder.convert(&letters) else { return };
    let found: Vec<String> =
        reports(&files, &["--unnumbered"]).iter().map(|report| codes(report).into_iter().collect()).collect();
    assert_eq!(found, ["", "number.space", "date.space"]);
    let issued = codes(&reports(&files[..1], &[])[0]);
    assert_eq!(issued, BTreeSet::from(["number.missing".to_owned(), "date.form".to_owned()]));
}

fn typesetter() -> Option<Typesetter> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("static/node_modules/@expo-google-fonts/tinos");
    let faces = [
        "400Regular/Tinos_400Regular",
        "400Regular_Italic/Tinos_400Regular_Italic",
        "700Bold/Tinos_700Bold",
        "700Bold_Italic/Tinos_700Bold_Italic",
    ];
    let files: Result<Vec<Vec<u8>>, _> =
        faces.iter().map(|face| fs::read(folder.join(format!("{face}.ttf")))).collect();
    match files {
        Ok(files) => Some(Typesetter::new(Fonts::new(files).unwrap())),
        Err(_) => {
            left_out("forms", "the typeface is not installed");
            None
        }
    }
}

fn letterhead(number: Option<u32>, symbol: &str) -> Letterhead {
    Letterhead {
        parent_body: Some("Ủy ban nhân dân thành phố Đà Nẵng".into()),
        issuing_body: "Ủy ban nhân dân xã Quế Sơn".into(),
        number_line: Some(NumberLine { number, symbol: symbol.into() }),
        place_line: Some(PlaceLine { place: "Quế Sơn".into(), date: number.map(|_| date(2026, 11, 2)) }),
    }
}

fn making() -> Making {
    Making {
        ident: "layout".into(),
        made_at: "2026-11-02T01:30:00Z".parse().unwrap(),
        author: "UBND xã".into(),
    }
}

fn lines(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

fn signer() -> Signer {
    Signer { capacity: lines(&["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]), name: "Nguyễn Văn An".into() }
}

fn named(setter: &Typesetter, kind: &str, symbol: &str, number: Option<u32>) -> Placed {
    let text = "Ủy ban nhân dân xã kính trình phương án phân bổ vốn đầu tư công năm 2027, gồm các công trình chuyển tiếp và \
        khởi công mới trên địa bàn, với tổng số vốn là 13.313.000.000 đồng, bảo đảm đúng nguyên tắc và thứ tự ưu tiên.";
    let paragraph = || Block::Paragraph(text.into());
    let form = NamedDocument {
        banner: None,
        letterhead: letterhead(number, symbol),
        type_name: kind.into(),
        subject: "Về việc phân bổ vốn đầu tư công năm 2027".into(),
        issuer: None,
        addressees: lines(&["Thường trực Hội đồng nhân dân xã", "Ban Kinh tế - Ngân sách"]),
        bases: lines(&[
            "Căn cứ Luật Đầu tư công ngày 29 tháng 11 năm 2024",
            "Căn cứ Nghị quyết số 12/NQ-HĐND của Hội đồng nhân dân xã",
        ]),
        body: vec![
            paragraph(),
            Block::Heading("I. Kết quả".into()),
            paragraph(),
            Block::Table {
                head: lines(&["STT", "Công trình", "Số vốn (đồng)"]),
                rows: vec![
                    lines(&["1", "Kênh thủy lợi", "4.200.000.000"]),
                    lines(&["2", "Đường liên thôn", "1.850.000.000"]),
                ],
            },
            Block::Heading("II. Đề nghị".into()),
            paragraph(),
            paragraph(),
            paragraph(),
        ],
        signer: signer(),
        recipients: lines(&["Như trên", "Lưu: VT, VP (Hạnh)"]),
        verify_url: Some("https://example.vn/d/7K3M9QWT2XHD".into()),
    };
    setter.document(&form, &making()).unwrap()
}

fn invitation(setter: &Typesetter) -> Placed {
    let form = Invitation {
        banner: None,
        letterhead: letterhead(Some(12), "GM-UBND"),
        subject: "Họp Ủy ban nhân dân xã tháng 11 năm 2026".into(),
        inviter: "Ủy ban nhân dân xã Quế Sơn".into(),
        invitees: lines(&["Các thành viên Ủy ban nhân dân xã", "Trưởng các phòng chuyên môn"]),
        occasion: "Phiên họp thường kỳ tháng 11 năm 2026".into(),
        chair: Some("Ông Nguyễn Văn An, Chủ tịch Ủy ban nhân dân xã".into()),
        starts_at: date(2026, 11, 5).at(8, 0, 0, 0),
        ends_at: None,
        venue: "Phòng họp số 1, trụ sở Ủy ban nhân dân xã".into(),
        agenda: Vec::new(),
        notes: Vec::new(),
        signer: signer(),
        recipients: lines(&["Như trên", "Lưu: VT"]),
        verify_url: None,
    };
    setter.invitation(&form, &making()).unwrap()
}

fn minutes(setter: &Typesetter) -> Placed {
    let person = |name: &str, position: &str| Person { name: name.into(), position: position.into() };
    let present = |name: &str| Present {
        person: person(name, "Ủy viên Ủy ban nhân dân xã"),
        checked_in: None,
        remark: None,
    };
    let form = Minutes {
        banner: None,
        letterhead: Letterhead { place_line: None, ..letterhead(Some(7), "BB-UBND") },
        subject: "Họp Ủy ban nhân dân xã, phiên thường kỳ tháng 11 năm 2026".into(),
        correction: None,
        started_at: date(2026, 11, 5).at(8, 0, 0, 0),
        ended_at: date(2026, 11, 5).at(11, 25, 0, 0),
        venue: "Phòng họp số 1, trụ sở Ủy ban nhân dân xã Quế Sơn".into(),
        course: Vec::new(),
        attendance: Attendance {
            members_total: 3,
            chair: person("Nguyễn Văn An", "Chủ tịch Ủy ban nhân dân xã"),
            secretary: person("Vũ Thị Hạnh", "Chánh Văn phòng"),
            present: ["Nguyễn Văn An", "Lê Hữu Đức"].map(present).into(),
            absent: Vec::new(),
            substitutes: Vec::new(),
            guests: Vec::new(),
            quorum: None,
        },
        agenda: Vec::new(),
        proceedings: Vec::new(),
        votes: Vec::new(),
        conclusions: lines(&[
            "Thống nhất thông qua báo cáo kinh tế - xã hội tháng 10 và nhiệm vụ trọng tâm tháng 11.",
        ]),
        recipients: lines(&["Như thành phần dự họp", "Lưu: VT, VP (Hạnh)"]),
        verify_url: Some("https://example.vn/d/7K3M9QWT2XHD".into()),
    };
    setter.minutes(&form, &making()).unwrap()
}

#[test]
fn the_forms_that_the_program_sets_give_no_finding() {
    let Some(setter) = typesetter() else { return };
    let folder = Folder::new();
    let files = [
        folder.put("to-trinh.pdf", &named(&setter, "Tờ trình", "TTr-UBND", Some(5)).pdf),
        folder.put("bao-cao.pdf", &named(&setter, "Báo cáo", "BC-UBND", Some(105)).pdf),
        folder.put("giay-moi.pdf", &invitation(&setter).pdf),
        folder.put("bien-ban.pdf", &minutes(&setter).pdf),
    ];
    for report in reports(&files, &[]) {
        assert_eq!(sentences(&report), "", "{}", report["file"]);
    }
    let blank = folder.put("du-thao.pdf", &named(&setter, "Kế hoạch", "KH-UBND", None).pdf);
    for report in reports(&[blank], &["--unnumbered"]) {
        assert_eq!(sentences(&report), "", "{}", report["file"]);
    }
}

#[test]
fn a_document_of_the_party_follows_its_own_rules() {
    let folder = Folder::new();
    let mut slashed = party_decision();
    slashed.position[0].text = "TM. BAN THƯỜNG VỤ".into();
    let mut coloned = party_decision();
    coloned.number.as_mut().unwrap().text = "Số: 127-QĐ/ĐU".into();
    let mut unstarred = party_decision();
    unstarred.star = None;
    let Some(files) = folder.convert(&[party_decision(), slashed, coloned, unstarred]) else { return };
    let reports = reports(&files, &["--profile", "party"]);
    assert_eq!(sentences(&reports[0]), "");
    let found: Vec<String> = reports.iter().map(|report| codes(report).into_iter().collect()).collect();
    assert_eq!(found, ["", "position.form", "number.form", "issuer.line"]);
}

#[test]
fn letters_whose_marks_stand_apart_are_noted() {
    let folder = Folder::new();
    let file = folder
        .put("nfd.pdf", &pdf::pdf(&["Ba\u{301}o ca\u{301}o ti\u{300}nh hi\u{300}nh kinh te\u{302}\u{301}"]));
    let found = codes(&reports(&[file], &[])[0]);
    assert!(found.contains("text.composition") && found.contains("text.embedding"), "{found:?}");
}

#[test]
fn what_cannot_be_read_never_passes() {
    let folder = Folder::new();
    let picture = pdf::PdfBuilder::new().page_drawing(b"0.9 g 0 0 595 842 re f").build();
    let scan = folder.put("scan.pdf", &picture);
    let report = &reports(std::slice::from_ref(&scan), &[])[0];
    assert_eq!(codes(report), BTreeSet::from(["text.missing".to_owned()]));
    assert_eq!(lint(&[scan], &[]).status.code(), Some(1));

    let broken = folder.put("broken.pdf", b"%PDF-1.7 nothing %%EOF");
    assert_eq!(lint(std::slice::from_ref(&broken), &[]).status.code(), Some(2));
    assert_eq!(lint(&[folder.path("absent.pdf")], &[]).status.code(), Some(2));
    let refused = &reports(&[broken], &[])[0];
    assert_eq!(refused["error"], "the file cannot be read as a PDF");
    assert_eq!(lint(&[], &["--profile", "nonsense", "x.pdf"]).status.code(), Some(2));
}

#[test]
fn a_profile_of_the_office_changes_only_what_it_names() {
    let Some(setter) = typesetter() else { return };
    let folder = Folder::new();
    let file = folder.put("a.pdf", &named(&setter, "Báo cáo", "BC-UBND", Some(105)).pdf);
    let own = "base = \"nd30_state\"\nname = \"own\"\n[parts]\nrecipients = { size = [13, 13] }\n[severity]\n\"recipients.size\" = \"blocking\"";
    let own = folder.put("own.toml", own.as_bytes());
    let output = lint(std::slice::from_ref(&file), &["--profile", own.to_str().unwrap()]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains(
            "cỡ 13; ở đây cỡ 12. [recipients.size; Nghị định 30/2020/NĐ-CP, Phụ lục I, Phần I, mục II.9]"
        ),
        "{said}"
    );
    assert_eq!(lint(&[file], &[]).status.code(), Some(0));
}

#[test]
fn files_from_elsewhere_are_judged_in_bounded_time() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let corpus = std::env::var_os("ECABINET_TEST_CORPUS").map_or(beside, PathBuf::from).join("pdfs");
    let Ok(files) = fs::read_dir(corpus) else {
        return left_out("foreign files", "ECABINET_TEST_CORPUS names no folder");
    };
    let files = files.map(|entry| entry.unwrap().path());
    let files: Vec<PathBuf> =
        files.filter(|file| file.extension().is_some_and(|ending| ending == "pdf")).collect();
    assert!(!files.is_empty());
    let begun = Instant::now();
    let reports = reports(&files, &[]);
    assert_eq!(reports.len(), files.len());
    assert!(reports.iter().all(|report| report["error"].is_string() || report["findings"].is_array()));
    let most = Duration::from_secs(40) * u32::try_from(files.len()).unwrap();
    assert!(begun.elapsed() < most, "the limit of the reading process did not hold");
}
