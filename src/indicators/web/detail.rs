//! One indicator: month by month, unit by unit, person by person, and the list
//! of what it is made of.

use askama::Template;
use axum::extract::State;
use axum::response::Html;

use super::chart::Columns;
use super::{Asked, FigureView, FilterView, Question, key, name, of, shown};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{self, Actor, Chrome, Section};
use crate::indicators::actions::{self, Scope, Table};
use crate::indicators::heads::Holder;
use crate::indicators::rules::{By, Indicator};
use crate::indicators::store::{self, Cut, FactLine};
use crate::indicators::urls;
use crate::web::{self, App, Lang, Now, Path, Query};
use crate::{files, incoming, meetings, outgoing, slips, tasks};

/// Lines of a page of the list.
const LISTED: i64 = 50;

#[derive(Template)]
#[template(path = "indicators/indicator.html")]
struct IndicatorPage {
    chrome: Chrome,
    filter: FilterView,
    back: String,
    name: String,
    shown: FigureView,
    /// What is counted, of what, and by which norm.
    part: String,
    whole: String,
    norm: String,
    months: Tabular,
    columns: Columns,
    groups: Vec<Tabular>,
    /// `None`: the titles are not for this person.
    list: Option<Vec<Item>>,
    earlier: Option<String>,
    later: Option<String>,
}

/// A table of shares.
struct Tabular {
    id: &'static str,
    title: String,
    head: String,
    lines: Vec<ShareLine>,
}

struct ShareLine {
    label: String,
    number: String,
    of: String,
    /// For the bar; `None`: nothing of nothing, or no share.
    percent: Option<i64>,
}

/// One thing behind the figure.
struct Item {
    title: String,
    /// `None`: it has no page.
    link: Option<String>,
    who: String,
    day: String,
    counts: Option<bool>,
    /// Why it falls short, a sentence each.
    reasons: Vec<String>,
}

pub(super) async fn show(
    Path(indicator): Path<Indicator>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, web::Error> {
    let lang = chrome.lang();
    let question = Question::of(&app, &actor, &asked, now).await?;
    let months = actions::table(&app.db, question.cut, By::Month, now).await?;
    let mut groups = Vec::new();
    for by in grouped_by(question.scope) {
        groups.push(tabular(&actions::table(&app.db, question.cut, *by, now).await?, indicator, lang));
    }
    if question.compares_offices(&app).await? {
        groups.push(tabular(&question.offices(&app, now).await?, indicator, lang));
    }
    let page: i64 = asked.page.as_deref().and_then(|page| page.parse().ok()).unwrap_or(1);
    let page = page.clamp(1, 100_000);
    let mut tx = app.db.read().await?;
    let list = match actions::may_list(&actor, question.scope) {
        true => Some(items(&mut tx, question.cut, indicator, (page, now), lang).await?),
        false => None,
    };
    let has_more = list.as_ref().is_some_and(|list| i64::try_from(list.len()).is_ok_and(|len| len > LISTED));
    let to = |page: i64| urls::list(indicator, &question.query, page);
    let action = format!("/indicators/{}", indicator.as_str());
    web::page(&IndicatorPage {
        filter: FilterView::load(&mut tx, action, &question, (lang, now)).await?,
        back: urls::dashboard(&question.query),
        name: name(indicator, lang),
        shown: FigureView::of(indicator, &months, lang),
        part: lang.t(&key("indicators-part", indicator.as_str())),
        whole: lang.t(&key("indicators-whole", indicator.as_str())),
        norm: lang.t(&key("indicators-norm", indicator.as_str())),
        columns: Columns::of(indicator, &months, months.target(indicator)),
        months: tabular(&months, indicator, lang),
        groups,
        list: list.map(|list| list.into_iter().take(usize::try_from(LISTED).unwrap_or(0)).collect()),
        earlier: (page > 1).then(|| to(page - 1)),
        later: has_more.then(|| to(page + 1)),
        chrome: chrome.at(Section::Indicators),
    })
}

fn grouped_by(scope: Scope) -> &'static [By] {
    match scope {
        Scope::Office => &[By::Unit, By::Person],
        Scope::Unit(_) => &[By::Person],
        Scope::Person(_) => &[],
    }
}

fn tabular(table: &Table, indicator: Indicator, lang: Lang) -> Tabular {
    let lines = table.lines.iter().map(|line| (line, line.figures.of(indicator)));
    let is_listed = |figure: crate::indicators::rules::Figure| figure.part > 0 || figure.whole > 0;
    let lines = lines.filter(|(_, figure)| table.by == By::Month || is_listed(*figure));
    let line = |(line, figure): (&actions::Line, crate::indicators::rules::Figure)| ShareLine {
        label: line.label.clone(),
        number: shown(indicator, figure, lang),
        of: of(indicator, figure, lang),
        percent: figure.permille().map(|share| (share / 10).min(100)).filter(|_| !indicator.is_count()),
    };
    Tabular {
        id: table.by.as_str(),
        title: lang.t(&key("indicators-by", table.by.as_str())),
        head: lang.t(&key("indicators-head", table.by.as_str())),
        lines: lines.map(line).collect(),
    }
}

/// A page of what the figure is made of, and one more if another page follows.
async fn items(
    tx: &mut Tx,
    cut: Cut,
    indicator: Indicator,
    (page, now): (i64, Timestamp),
    lang: Lang,
) -> Result<Vec<Item>, web::Error> {
    let skipped = (page - 1) * LISTED;
    if indicator != Indicator::CertBound {
        let found = store::facts(tx, cut, indicator, (skipped, LISTED + 1)).await?;
        return Ok(found.into_iter().map(|line| item(line, indicator, lang)).collect());
    }
    let people = identity::store::people(tx, cut.organisation).await?;
    let units = identity::store::units(tx, cut.organisation).await?;
    let holder = |holder: Holder| {
        let person = people.iter().find(|one| Some(one.id) == holder.person);
        let unit = units.iter().find(|unit| person.is_some_and(|person| person.unit_id == unit.id));
        let title = person.map_or_else(|| lang.t("indicators-seal"), |person| person.full_name.clone());
        let until = holder.until.map(|until| lang.t_with("indicators-until", &[("day", &until.date())]));
        Item {
            title,
            link: None,
            who: unit.map(|unit| unit.name.clone()).unwrap_or_default(),
            day: until.unwrap_or_else(|| lang.t("indicators-no-certificate")),
            counts: Some(holder.until.is_some()),
            reasons: Vec::new(),
        }
    };
    let (skipped, listed) = (usize::try_from(skipped).unwrap_or(0), usize::try_from(LISTED + 1).unwrap_or(0));
    let holders = actions::holders(tx, cut, now).await?;
    Ok(holders.into_iter().skip(skipped).take(listed).map(holder).collect())
}

fn item(line: FactLine, indicator: Indicator, lang: Lang) -> Item {
    let id = line.subject_id;
    let places = [
        (line.document, Some(outgoing::urls::document(id.into()))),
        (line.letter, Some(incoming::urls::document(id.into()))),
        (line.file, Some(files::urls::file(id.into()))),
        (line.task, Some(tasks::urls::task(id.into()))),
        (line.slip, Some(slips::urls::slip(id.into()))),
        (line.meeting, Some(meetings::urls::meeting(id.into()))),
        (line.number, None),
    ];
    let found = places.into_iter().find_map(|(title, link)| Some((title?, link)));
    let (title, link) = found.unwrap_or((line.person.clone(), None));
    let reasons = line.reasons.split_whitespace().map(|code| lang.t(&key("deviation", code)));
    let counts = (line.whole > 0).then_some(line.part == line.whole);
    Item {
        title,
        link,
        who: format!("{}, {}", line.person, line.unit),
        day: line.at.date(),
        counts: counts.filter(|_| indicator != Indicator::UsersActive),
        reasons: reasons.collect(),
    }
}
