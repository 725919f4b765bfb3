//! A report as the page shows it: pictures of the pages with numbered frames,
//! and beside them the sentences.

use openssl::base64::encode_block;

use crate::identity::Chrome;
use crate::layout::finding::{Finding, Report, Severity};
use crate::layout::row::Area;
use crate::storage::Incoming;
use crate::web::App;

/// Pages drawn at most; what lies behind is told without a picture.
const MOST_PICTURES: usize = 6;
/// Wide enough to read 11 pt letters.
const WIDTH: u32 = 1000;
/// Room between a frame and what it frames, in millimetres, and the least it is high.
const ROOM: f64 = 1.2;
/// From a frame to the middle of its number, which stands left of it.
const LABEL: f64 = 3.2;

pub(super) struct ReportView {
    pub name: String,
    /// good, unsure or bad, with its icon.
    pub class: &'static str,
    pub icon: &'static str,
    pub sentence: String,
    pub counts: String,
    pub source: String,
    pub sheets: Vec<SheetView>,
}

/// One page on which something was found.
pub(super) struct SheetView {
    pub title: String,
    /// The picture itself, as an address; `None`: not drawn.
    pub picture: Option<String>,
    pub view_box: String,
    pub frames: Vec<FrameView>,
    pub findings: Vec<FindingView>,
}

pub(super) struct FrameView {
    pub number: usize,
    pub class: &'static str,
    pub x: String,
    pub y: String,
    pub width: String,
    pub height: String,
    pub label_x: String,
    pub label_y: String,
}

pub(super) struct FindingView {
    pub number: usize,
    pub class: &'static str,
    pub icon: &'static str,
    pub severity: String,
    pub sentence: String,
    pub clause: String,
    pub code: String,
}

impl ReportView {
    pub(super) async fn new(app: &App, chrome: &Chrome, sent: (&str, &Incoming), report: &Report) -> Self {
        let (name, file) = sent;
        let (class, icon, key) = match (report.is_blocked(), report.findings.is_empty()) {
            (true, _) => ("bad", "bad", "layout-verdict-bad"),
            (false, false) => ("unsure", "warn", "layout-verdict-unsure"),
            (false, true) => ("good", "good", "layout-verdict-good"),
        };
        let mut numbered: Vec<(usize, &Finding)> = (1..).zip(&report.findings).collect();
        let mut sheets = Vec::new();
        while let Some(page) = numbered.first().map(|(_, finding)| finding.page) {
            let rest = numbered.split_off(numbered.partition_point(|(_, finding)| finding.page == page));
            let mut sheet = SheetView::new(chrome, report, page, &numbered);
            if sheets.len() < MOST_PICTURES {
                sheet.picture = picture(app, file, page).await;
            }
            sheets.push(sheet);
            numbered = rest;
        }
        Self {
            name: name.to_owned(),
            class,
            icon,
            sentence: chrome.t(key),
            counts: counts(chrome, report),
            source: source(chrome, report),
            sheets,
        }
    }
}

fn counts(chrome: &Chrome, report: &Report) -> String {
    let count = |severity| report.count(severity).to_string();
    let gaps = [
        ("pages", report.pages.to_string()),
        ("blocking", count(Severity::Blocking)),
        ("warnings", count(Severity::Warning)),
        ("notes", count(Severity::Note)),
    ];
    let gaps: Vec<(&'static str, &str)> = gaps.iter().map(|(name, value)| (*name, value.as_str())).collect();
    chrome.lang().t_with("layout-counts", &gaps)
}

fn source(chrome: &Chrome, report: &Report) -> String {
    chrome.t1("layout-by", "source", if chrome.lang == "en" { &report.source.1 } else { &report.source.0 })
}

async fn picture(app: &App, file: &Incoming, page: usize) -> Option<String> {
    let page = i64::try_from(page).ok()?;
    let drawn = app.renderer.picture_at(file.path(), file.size(), page, WIDTH).await.ok()?;
    let kind = if drawn.starts_with(b"\x89PNG") { "png" } else { "jpeg" };
    Some(format!("data:image/{kind};base64,{}", encode_block(&drawn)))
}

impl SheetView {
    fn new(chrome: &Chrome, report: &Report, page: usize, findings: &[(usize, &Finding)]) -> Self {
        let (width, height) =
            page.checked_sub(1).and_then(|at| report.page_sizes.get(at)).copied().unwrap_or((210.0, 297.0));
        let frames = findings.iter().filter_map(|(number, finding)| {
            Some(FrameView::new(*number, class(finding.severity).0, finding.place?, (width, height)))
        });
        Self {
            title: chrome.t1("layout-page", "page", page),
            picture: None,
            view_box: format!("0 0 {width:.1} {height:.1}"),
            frames: frames.collect(),
            findings: findings.iter().map(|(number, one)| FindingView::new(chrome, *number, one)).collect(),
        }
    }
}

impl FrameView {
    fn new(number: usize, class: &'static str, place: Area, (width, height): (f64, f64)) -> Self {
        let (x0, y0) = ((place.x0 - ROOM).max(0.3), (place.y0 - ROOM).max(0.3));
        let (x1, y1) = ((place.x1 + ROOM).min(width - 0.3), (place.y1 + ROOM).min(height - 0.3));
        let shown = |length: f64| format!("{length:.2}");
        Self {
            number,
            class,
            x: shown(x0),
            y: shown(y0),
            width: shown((x1 - x0).max(1.0)),
            height: shown((y1 - y0).max(1.0)),
            label_x: shown((x0 - LABEL).max(LABEL)),
            label_y: shown((y0 + LABEL).min(f64::midpoint(y0, y1)).max(LABEL)),
        }
    }
}

impl FindingView {
    fn new(chrome: &Chrome, number: usize, finding: &Finding) -> Self {
        let (class, icon) = class(finding.severity);
        Self {
            number,
            class,
            icon,
            severity: chrome.t(&format!("layout-severity-{}", finding.severity.as_str())),
            sentence: finding.sentence(chrome.lang()),
            clause: clause(chrome, finding),
            code: finding.code(),
        }
    }
}

/// The verdict names the regulation; here its clause is enough.
fn clause(chrome: &Chrome, finding: &Finding) -> String {
    if finding.clause.is_empty() {
        return String::new();
    }
    chrome.t1("layout-clause", "clause", &finding.clause)
}

fn class(severity: Severity) -> (&'static str, &'static str) {
    match severity {
        Severity::Blocking => ("bad", "bad"),
        Severity::Warning => ("warn", "warn"),
        Severity::Note | Severity::Off => ("now", "info"),
    }
}
