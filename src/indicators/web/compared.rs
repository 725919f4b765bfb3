//! The office and those under it side by side, level by level: sums only.

use askama::Template;
use axum::extract::State;
use axum::response::Html;

use super::{Asked, FilterView, Question, key, name, of, shown};
use crate::identity::{Actor, Chrome, Level, Section};
use crate::indicators::actions::Line;
use crate::indicators::rules::{Figures, Indicator};
use crate::indicators::urls;
use crate::web::{self, App, Lang, Now, Query};

#[derive(Template)]
#[template(path = "indicators/organisations.html")]
struct ComparedPage {
    chrome: Chrome,
    filter: FilterView,
    back: String,
    as_of: String,
    is_behind: bool,
    heads: Vec<HeadView>,
    levels: Vec<LevelView>,
    xlsx: String,
    pdf: String,
}

struct HeadView {
    short: String,
    name: String,
    /// The figure with all offices beside one another, and its definition.
    url: String,
}

/// The offices of one level.
struct LevelView {
    id: &'static str,
    title: String,
    lines: Vec<LineView>,
    /// `None`: there is one office, and nothing to add up.
    total: Option<LineView>,
}

struct LineView {
    label: String,
    /// A figure each: `87,5%` and `35 / 40`.
    cells: Vec<(String, String)>,
}

pub(super) async fn show(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, web::Error> {
    let lang = chrome.lang();
    let asked = Asked { unit: None, ..asked };
    let question = Question::of(&app, &actor, &asked, now).await?;
    if !question.compares_offices(&app).await? {
        return Err(web::Error::NotFound);
    }
    let table = question.offices(&app, now).await?;
    let mut tx = app.db.read().await?;
    let filter = FilterView::load(&mut tx, urls::COMPARED.to_owned(), &question, (lang, now)).await?;
    web::page(&ComparedPage {
        filter: FilterView { units: Vec::new(), sentence: lang.t("indicators-of-offices"), ..filter },
        back: urls::dashboard(&question.query),
        as_of: table.as_of.date_time(),
        is_behind: table.is_behind,
        heads: Indicator::ALL.iter().map(|one| head(*one, &question.query, lang)).collect(),
        levels: levels(&table.lines, lang),
        xlsx: urls::file("table.xlsx", &question.query),
        pdf: urls::file("report.pdf", &question.query),
        chrome: chrome.at(Section::Indicators),
    })
}

fn head(indicator: Indicator, query: &str, lang: Lang) -> HeadView {
    HeadView {
        short: lang.t(&key("indicators-short", indicator.as_str())),
        name: name(indicator, lang),
        url: urls::indicator(indicator, query),
    }
}

fn levels(lines: &[Line], lang: Lang) -> Vec<LevelView> {
    let of_level = |level: &Level| {
        let lines: Vec<&Line> = lines.iter().filter(|line| line.level == Some(*level)).collect();
        let mut sum = Figures::default();
        for line in &lines {
            sum.take(&line.figures);
        }
        let count = lines.len().to_string();
        let total = (lines.len() > 1).then(|| LineView {
            label: lang.t_with("indicators-level-sum", &[("count", &count)]),
            cells: cells(&sum, lang),
        });
        (!lines.is_empty()).then(|| LevelView {
            id: level.as_str(),
            title: lang.t(&key("indicators-level", level.as_str())),
            lines: lines.iter().map(|line| line_view(line, lang)).collect(),
            total,
        })
    };
    Level::ALL.iter().filter_map(of_level).collect()
}

fn line_view(line: &Line, lang: Lang) -> LineView {
    LineView { label: line.label.clone(), cells: cells(&line.figures, lang) }
}

fn cells(figures: &Figures, lang: Lang) -> Vec<(String, String)> {
    let cell = |one: &Indicator| (shown(*one, figures.of(*one), lang), of(*one, figures.of(*one), lang));
    Indicator::ALL.iter().map(cell).collect()
}
