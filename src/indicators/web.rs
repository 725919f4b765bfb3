//! The dashboard, and the question every page of the figures answers.

mod api;
mod chart;
mod compared;
mod detail;
mod files;
mod settings;

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use axum::routing::{get, post};
use axum::{Extension, Router};
use serde::Deserialize;

pub use self::api::paths as api_paths;

use self::chart::Columns;
use super::actions::{self, IndicatorError, Scope, Table};
use super::offices;
use super::rules::{By, Figure, Indicator, Month, Months};
use super::store::Cut;
use super::urls;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::store::Unit;
use crate::identity::{self, Actor, Chrome, OrgRole, Section, UnitId};
use crate::verify::Throttle;
use crate::web::{self, App, Lang, Now, Query, StateBadge};

/// Questions a minute that one key may ask.
const QUESTIONS: u32 = 60;
/// Months shown unless asked otherwise: a year.
const USUAL: i32 = 12;

pub fn router() -> Router<App> {
    let api = Router::new()
        .route("/api/v1/indicators", get(api::answer))
        .layer(Extension(Throttle::new(QUESTIONS)));
    Router::new()
        .route("/indicators", get(show))
        .route("/indicators/table.xlsx", get(files::xlsx))
        .route("/indicators/report.pdf", get(files::pdf))
        .route("/indicators/organisations", get(compared::show))
        .route("/indicators/settings", get(settings::show))
        .route("/indicators/targets", post(settings::set_targets))
        .route("/indicators/keys", post(settings::make_key))
        .route("/indicators/keys/{key}/revocation", post(settings::revoke_key))
        .route("/indicators/rebuilds", post(settings::rebuild))
        .route("/indicators/{indicator}", get(detail::show))
        .merge(api)
}

impl From<IndicatorError> for web::Error {
    fn from(error: IndicatorError) -> Self {
        match error {
            IndicatorError::NotAdmin => Self::Forbidden("error-not-your-role".into()),
            IndicatorError::Target => Self::Invalid("indicators-error-target".into()),
            IndicatorError::Name => Self::Invalid("indicators-error-name".into()),
            IndicatorError::NotFound => Self::NotFound,
            IndicatorError::UnderWay => Self::Conflict("indicators-error-under-way".into()),
            IndicatorError::Crypto(_) | IndicatorError::Jobs(_) | IndicatorError::Db(_) => {
                Self::internal(error)
            }
        }
    }
}

/// What the form asks; what is missing or unreadable is left at its default.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Asked {
    from: Option<String>,
    to: Option<String>,
    unit: Option<String>,
    page: Option<String>,
}

impl Asked {
    fn months(&self, now: Timestamp) -> Months {
        let month = |typed: &Option<String>| typed.as_deref().and_then(Month::read);
        let last = month(&self.to).unwrap_or(Month::of(now));
        let usual = Months { first: last.plus(1 - USUAL), last };
        Months::new(month(&self.from).unwrap_or(usual.first), last).unwrap_or(usual)
    }

    fn unit(&self) -> Option<UnitId> {
        self.unit.as_deref().and_then(|unit| unit.parse().ok())
    }
}

/// A question of a person, and what they may see.
pub(super) struct Question {
    pub scope: Scope,
    pub cut: Cut,
    pub query: String,
}

impl Question {
    async fn of(app: &App, actor: &Actor, asked: &Asked, now: Timestamp) -> Result<Self, web::Error> {
        let mut tx = app.db.read().await?;
        let scope = actions::scope(&mut tx, actor).await?;
        let (months, unit) = (asked.months(now), asked.unit());
        let cut = actions::cut(actor.organisation, scope, months, unit);
        Ok(Self { scope, cut, query: urls::query(months, cut.unit) })
    }

    /// The whole office is asked about, and others stand under it.
    async fn compares_offices(&self, app: &App) -> Result<bool, web::Error> {
        if self.scope != Scope::Office || self.cut.unit.is_some() {
            return Ok(false);
        }
        let mut tx = app.db.read().await?;
        Ok(!identity::store::organisations_below(&mut tx, self.cut.organisation).await?.is_empty())
    }

    /// The office and those under it, side by side.
    async fn offices(&self, app: &App, now: Timestamp) -> Result<Table, web::Error> {
        Ok(offices::table_of(&app.db, self.cut.organisation, self.cut.months, now).await?)
    }
}

/// The form above every page of figures.
pub(super) struct FilterView {
    action: String,
    /// Months to choose from, the newest first: code, name.
    months: Vec<(String, String)>,
    from: String,
    to: String,
    /// Empty: there is nothing to choose.
    units: Vec<Unit>,
    unit: String,
    /// What is shown, in words.
    sentence: String,
}

/// Months one can choose, back from this one.
const CHOICE: i32 = 36;

impl FilterView {
    async fn load(
        tx: &mut Tx,
        action: String,
        question: &Question,
        (lang, now): (Lang, Timestamp),
    ) -> Result<Self, web::Error> {
        let cut = question.cut;
        let units = match question.scope {
            Scope::Office => identity::store::units(tx, cut.organisation).await?,
            Scope::Unit(_) | Scope::Person(_) => Vec::new(),
        };
        let whose = match question.scope {
            Scope::Office => "indicators-of-office",
            Scope::Unit(_) => "indicators-of-unit",
            Scope::Person(_) => "indicators-of-person",
        };
        let this = Month::of(now);
        let months = cut.months;
        Ok(Self {
            action,
            months: (0..CHOICE).map(|back| this.plus(-back)).map(|one| (one.code(), one.name())).collect(),
            from: months.first.code(),
            to: months.last.code(),
            units,
            unit: cut.unit.map(|unit| unit.to_string()).unwrap_or_default(),
            sentence: lang.t(whose),
        })
    }
}

/// How a figure stands to its target.
fn standing(figure: Figure, target: Option<i64>, lang: Lang) -> Option<StateBadge> {
    let (kind, word) = match figure.reaches(target?)? {
        true => ("good", "indicators-reached"),
        false => ("bad", "indicators-missed"),
    };
    Some(StateBadge { kind, icon: kind, word: lang.t(word) })
}

/// A figure in large, and how it stands to its target.
pub(super) struct FigureView {
    /// `87,5%`, `1.204`, or a dash.
    number: String,
    /// `35 / 40`; empty for a count.
    of: String,
    target: Option<String>,
    standing: Option<StateBadge>,
}

impl FigureView {
    fn of(indicator: Indicator, table: &Table, lang: Lang) -> Self {
        let (figure, target) = (table.total.of(indicator), table.target(indicator));
        let aim = |percent: i64| lang.t_with("indicators-target-is", &[("percent", &percent.to_string())]);
        Self {
            number: shown(indicator, figure, lang),
            of: of(indicator, figure, lang),
            target: target.map(aim),
            standing: standing(figure, target, lang),
        }
    }
}

/// One indicator at a glance.
struct Card {
    name: String,
    url: String,
    shown: FigureView,
    /// For the bar: percent of the figure and of the target.
    bar: Option<(i64, i64)>,
    columns: Columns,
    /// `3 quá hạn`.
    overdue: Option<String>,
}

#[derive(Template)]
#[template(path = "indicators/dashboard.html")]
struct DashboardPage {
    chrome: Chrome,
    filter: FilterView,
    cards: Vec<Card>,
    as_of: String,
    is_behind: bool,
    xlsx: String,
    pdf: String,
    settings: Option<String>,
    /// Where the figures of those under this office stand side by side.
    offices: Option<String>,
    /// The office above, which reads the sums.
    above: Option<String>,
}

async fn show(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, web::Error> {
    let lang = chrome.lang();
    let question = Question::of(&app, &actor, &asked, now).await?;
    let table = actions::table(&app.db, question.cut, By::Month, now).await?;
    let offices = question.compares_offices(&app).await?.then(|| urls::offices(&question.query));
    let mut tx = app.db.read().await?;
    let office = identity::store::organisation(&mut tx, actor.organisation).await?;
    let above = match office.parent_id {
        Some(parent) => Some(identity::store::organisation(&mut tx, parent).await?.name),
        None => None,
    };
    web::page(&DashboardPage {
        filter: FilterView::load(&mut tx, "/indicators".to_owned(), &question, (lang, now)).await?,
        cards: Indicator::ALL.iter().map(|one| card(*one, &table, &question.query, lang)).collect(),
        as_of: table.as_of.date_time(),
        is_behind: table.is_behind,
        xlsx: urls::file("table.xlsx", &question.query),
        pdf: urls::file("report.pdf", &question.query),
        settings: actor.is(OrgRole::SystemAdmin).then(urls::settings),
        offices,
        above,
        chrome: chrome.at(Section::Indicators),
    })
}

fn card(indicator: Indicator, table: &Table, query: &str, lang: Lang) -> Card {
    let figure = table.total.of(indicator);
    let target = table.target(indicator);
    let late = match indicator {
        Indicator::IncomingOnTime => table.overdue.0,
        Indicator::TaskOnTime => table.overdue.1,
        _ => 0,
    };
    let percent = figure.permille().map(|permille| (permille / 10).min(100));
    Card {
        name: name(indicator, lang),
        url: urls::indicator(indicator, query),
        shown: FigureView::of(indicator, table, lang),
        bar: percent.filter(|_| !indicator.is_count()).map(|percent| (percent, target.unwrap_or(0))),
        columns: Columns::of(indicator, table, None),
        overdue: (late > 0).then(|| lang.t_with("indicators-overdue", &[("count", &late.to_string())])),
    }
}

pub(super) fn name(indicator: Indicator, lang: Lang) -> String {
    lang.t(&key("indicators-name", indicator.as_str()))
}

/// A key whose end is a code.
pub(super) fn key(before: &str, code: &str) -> String {
    format!("{before}-{}", code.replace('_', "-"))
}

/// `87,5%`, or a number; nothing of nothing is a dash.
pub(super) fn shown(indicator: Indicator, figure: Figure, lang: Lang) -> String {
    if indicator.is_count() {
        return grouped(figure.part, lang);
    }
    let mark = decimal_mark(lang);
    figure.permille().map_or_else(|| "–".to_owned(), |share| format!("{}{mark}{}%", share / 10, share % 10))
}

pub(super) fn of(indicator: Indicator, figure: Figure, lang: Lang) -> String {
    if indicator.is_count() || figure.whole == 0 {
        return String::new();
    }
    format!("{} / {}", grouped(figure.part, lang), grouped(figure.whole, lang))
}

fn decimal_mark(lang: Lang) -> char {
    match lang {
        Lang::Vi => ',',
        Lang::En => '.',
    }
}

/// `12.345` in Vietnamese, `12,345` in English.
fn grouped(number: i64, lang: Lang) -> String {
    let mark = match lang {
        Lang::Vi => '.',
        Lang::En => ',',
    };
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(mark);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{grouped, shown};
    use crate::indicators::rules::{Figure, Indicator};
    use crate::web::Lang;

    #[test]
    fn numbers_are_written_as_the_reader_writes_them() {
        assert_eq!(grouped(1_234_567, Lang::Vi), "1.234.567");
        assert_eq!(grouped(123, Lang::En), "123");
        assert_eq!(shown(Indicator::TaskOnTime, Figure::new(7, 8), Lang::Vi), "87,5%");
        assert_eq!(shown(Indicator::TaskOnTime, Figure::new(1, 1), Lang::En), "100.0%");
        assert_eq!(shown(Indicator::TaskOnTime, Figure::default(), Lang::Vi), "–");
        assert_eq!(shown(Indicator::PagesSaved, Figure::new(12_000, 0), Lang::Vi), "12.000");
    }
}
