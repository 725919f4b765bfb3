//! The page of a verdict: the sentence, what happened, each signature, what
//! changed since, and everything that can be taken along.

use askama::Template;
use axum::extract::{Extension, State};
use axum::response::Html;
use serde::Deserialize;

use super::Desk;
use super::case::{Case, CaseKind};
use crate::clock::Timestamp;
use crate::identity::{Actor, Chrome, Section};
use crate::papers::ComparedPage;
use crate::storage::Incoming;
use crate::verify::bench::Judged;
use crate::verify::closer;
use crate::verify::report::{Difference, EarlierReport, Report};
use crate::verify::store;
use crate::verify::timeline::{self, Event};
use crate::verify::verdict::VerdictView;
use crate::web::{self, App, Lang, Now, Query};

#[derive(Template)]
#[template(path = "verify/verdict.html")]
struct VerdictPage {
    chrome: Chrome,
    /// File name, size and when it was checked; or the title of a document.
    about: String,
    verdict: VerdictView,
    events: Vec<Event>,
    revisions: Vec<RevisionLine>,
    comparison: Option<Comparison>,
    reports: Vec<(String, String)>,
    /// How today's verdict compares with the report put aside last.
    earlier: Option<Earlier>,
    /// Where the report of now can be put aside.
    keep_url: Option<String>,
    /// The signed file, when it is ours to give.
    download: Option<String>,
    /// Until when a stranger's file is kept.
    until: Option<String>,
    /// A stranger's file was not kept, and could be.
    offers_keeping: bool,
    is_stranger: bool,
}

/// One saved state of the file.
struct RevisionLine {
    number: usize,
    size: String,
    what: String,
    url: Option<String>,
}

/// The file as it is beside what it was.
struct Comparison {
    title: String,
    note: String,
    pairs: Vec<Pair>,
    choices: Vec<Choice>,
}

/// A report put aside, and what is not as it was then.
struct Earlier {
    heading: String,
    differences: Vec<String>,
}

/// One page, before and after. A side without a picture has no such page.
struct Pair {
    page: i64,
    before: Option<String>,
    after: Option<String>,
}

/// A state to compare with.
struct Choice {
    label: String,
    url: String,
    is_current: bool,
}

#[derive(Template)]
#[template(path = "verify/unfinished.html")]
struct UnfinishedPage {
    chrome: Chrome,
    title: String,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Compared {
    /// The revision to compare with, from 1.
    from: Option<usize>,
}

/// A file that was judged in passing and is gone already.
pub(super) async fn passing(
    chrome: Chrome,
    app: &App,
    desk: &Desk,
    file: &Incoming,
    name: &str,
    now: Timestamp,
) -> Result<Html<String>, web::Error> {
    let (_, judged) = desk.judge(app, file, now).await?;
    let about = format!("{name}, {}", checked(&chrome, file.size(), now));
    let verdict = VerdictView::new(&judged.report, chrome.lang());
    web::page(&VerdictPage {
        about,
        events: timeline::events(&judged.report, judged.ends.len(), &verdict.signatures, chrome.lang()),
        revisions: revisions(&chrome, &judged, None),
        verdict,
        comparison: None,
        reports: Vec::new(),
        earlier: None,
        keep_url: None,
        download: None,
        until: None,
        offers_keeping: !judged.ends.is_empty(),
        is_stranger: true,
        chrome,
    })
}

/// A file that is here: kept for a stranger, behind a code, or a paper.
pub(super) async fn show(
    chrome: Chrome,
    case: Case,
    Now(now): Now,
    State(app): State<App>,
    Extension(desk): Extension<Desk>,
    (actor, Query(compared)): (Result<Actor, web::Error>, Query<Compared>),
) -> Result<Html<String>, web::Error> {
    if case.is_unfinished {
        return web::page(&UnfinishedPage { chrome, title: case.title });
    }
    let chrome = if case.kind == CaseKind::Paper { chrome } else { chrome.at(Section::Verify) };
    let (grounds, mut judged) = desk.judge(&app, case.file()?, now).await?;
    judged.report.file = case.title.clone();
    let member = actor.ok().filter(|actor| case.belongs_to(actor));
    let earlier = match &member {
        Some(actor) => {
            let now = Report::new(judged.report.clone(), &grounds);
            earlier(&chrome, &app, actor, (&case, &now)).await?
        }
        None => None,
    };
    let verdict = VerdictView::new(&judged.report, chrome.lang());
    let comparison = compare(&chrome, &app, &desk, &case, (&judged, compared.from)).await?;
    let download = match case.kind {
        CaseKind::Public => Some(format!("{}/file", case.base)),
        CaseKind::Paper | CaseKind::Kept => None,
    };
    web::page(&VerdictPage {
        about: format!("{}, {}", case.title, checked(&chrome, case.file()?.size(), now)),
        events: timeline::events(&judged.report, judged.ends.len(), &verdict.signatures, chrome.lang()),
        revisions: revisions(&chrome, &judged, Some(&case)),
        verdict,
        comparison,
        reports: reports(&chrome, &case),
        earlier,
        keep_url: member.map(|_| case.reports_url()),
        download,
        until: case.until(),
        offers_keeping: false,
        is_stranger: case.kind != CaseKind::Paper,
        chrome,
    })
}

/// Where the report can be had, form by form.
fn reports(chrome: &Chrome, case: &Case) -> Vec<(String, String)> {
    let form = |form: &str| (chrome.t(&format!("report-as-{form}")), case.report_url(form));
    ["pdf", "json", "xml"].map(form).into()
}

/// What differs from the last report put aside. That time has passed is no
/// news by itself.
async fn earlier(
    chrome: &Chrome,
    app: &App,
    actor: &Actor,
    (case, now): (&Case, &Report),
) -> Result<Option<Earlier>, web::Error> {
    let mut tx = app.db.read().await?;
    let Some(row) = store::last_report(&mut tx, actor.organisation, case.hash).await? else {
        return Ok(None);
    };
    drop(tx);
    let Some(before) = EarlierReport::from_json(row.report.as_bytes()) else { return Ok(None) };
    let found = before.differences(now);
    let is_same = found.iter().all(|one| matches!(one, Difference::Clock { .. }));
    let key = if is_same { "report-same" } else { "report-differs" };
    let words = |one: &Difference| match chrome.lang() {
        Lang::Vi => one.sentence().vi,
        Lang::En => one.sentence().en,
    };
    Ok(Some(Earlier {
        heading: chrome.t2(key, "name", row.full_name, "time", row.made_at.date_time()),
        differences: if is_same { Vec::new() } else { found.iter().map(words).collect() },
    }))
}

fn checked(chrome: &Chrome, bytes: u64, now: Timestamp) -> String {
    chrome.t2("verify-checked", "kib", bytes.div_ceil(1024), "time", now.date_time())
}

fn revisions(chrome: &Chrome, judged: &Judged, case: Option<&Case>) -> Vec<RevisionLine> {
    let line = |(number, end): (usize, &usize)| {
        let closer = closer(&judged.report, number).map(|one| {
            let signer = one.signer.as_ref().and_then(|signer| signer.common_name.clone());
            signer.unwrap_or_else(|| chrome.t("signer-unknown"))
        });
        RevisionLine {
            number,
            size: chrome.t1("revision-size", "kib", end.div_ceil(1024)),
            what: closer.map_or_else(
                || chrome.t("revision-unsigned"),
                |name| chrome.t1("revision-signed", "name", name),
            ),
            url: case.filter(|case| case.may_download).map(|case| case.revision_url(number)),
        }
    };
    (1..).zip(&judged.ends).map(line).collect()
}

/// The states worth comparing with: what each signature closed, or what the
/// file was at first.
fn bases(chrome: &Chrome, judged: &Judged) -> Vec<(usize, String)> {
    let last = judged.ends.len();
    let mut bases: Vec<(usize, String)> = Vec::new();
    for revision in 1..last {
        if let Some(one) = closer(&judged.report, revision) {
            let name = one.signer.as_ref().and_then(|signer| signer.common_name.clone());
            let name = name.unwrap_or_else(|| chrome.t("signer-unknown"));
            bases.push((revision, chrome.t1("compare-after", "name", name)));
        }
    }
    if bases.is_empty() && last > 1 {
        bases.push((1, chrome.t("compare-first")));
    }
    bases
}

async fn compare(
    chrome: &Chrome,
    app: &App,
    desk: &Desk,
    case: &Case,
    (judged, wanted): (&Judged, Option<usize>),
) -> Result<Option<Comparison>, web::Error> {
    let bases = bases(chrome, judged);
    let chosen = bases.iter().find(|(revision, _)| Some(*revision) == wanted).or_else(|| bases.first());
    let Some((revision, title)) = chosen.cloned() else { return Ok(None) };
    let end = revision.checked_sub(1).and_then(|at| judged.ends.get(at)).copied().unwrap_or_default();
    let end = u64::try_from(end).map_err(web::Error::internal)?;
    let found = desk.changes(app, case, (revision, end)).await?;
    let last = judged.ends.len();
    let pair = |page: &ComparedPage| Pair {
        page: page.page,
        before: page.was.then(|| case.picture_url(revision, page.page)),
        after: page.is.then(|| case.picture_url(last, page.page)),
    };
    let note = match &found {
        None => chrome.t("compare-undrawn"),
        Some(found) if found.is_whole && found.pages.is_empty() => chrome.t("compare-same"),
        Some(found) if found.is_whole => chrome.t1("compare-count", "count", found.pages.len()),
        Some(found) => chrome.t1("compare-partial", "page", found.compared),
    };
    let choice = |(number, label): &(usize, String)| Choice {
        label: label.clone(),
        url: format!("{}?from={number}#changes", case.base),
        is_current: *number == revision,
    };
    Ok(Some(Comparison {
        title,
        note,
        pairs: found.iter().flat_map(|found| &found.pages).map(pair).collect(),
        choices: if bases.len() > 1 { bases.iter().map(choice).collect() } else { Vec::new() },
    }))
}
