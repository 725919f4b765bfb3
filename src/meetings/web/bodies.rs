//! The kinds of meeting and their rules, for their keeper.

use std::collections::BTreeMap;
use std::str::FromStr;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;

use crate::db::Db;
use crate::identity::{Actor, Chrome, OrgRole, Section};
use crate::meetings::actions::MeetingError;
use crate::meetings::bodies::{self, BodyDetails};
use crate::meetings::rules::{
    BallotOption, Fraction, Meaning, PassBase, PlanningRules, Secrecy, SubstitutesFrom, Tie, VoteTerms,
    usual_options,
};
use crate::meetings::store::{self, MeetingType};
use crate::meetings::{MeetingTypeId, TermsId, urls};
use crate::web::{self, App, Form, Now, Path};

/// Who may look; the administrator changes.
const READERS: &[OrgRole] = &[OrgRole::SystemAdmin, OrgRole::Secretary];
/// Choices a form has room for.
const MOST_OPTIONS: usize = 6;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/bodies", get(list).post(create))
        .route("/bodies/new", get(new))
        .route("/bodies/{kind}", get(show).post(edit))
}

#[derive(Template)]
#[template(path = "meetings/bodies.html")]
struct BodiesPage {
    chrome: Chrome,
    kinds: Vec<MeetingType>,
    may_change: bool,
}

async fn list(chrome: Chrome, actor: Actor, State(db): State<Db>) -> Result<Html<String>, web::Error> {
    actor.must_be(READERS)?;
    let mut tx = db.read().await?;
    let kinds = store::types(&mut tx, actor.organisation).await?;
    let may_change = actor.is(OrgRole::SystemAdmin);
    web::page(&BodiesPage { chrome: chrome.at(Section::Bodies), kinds, may_change })
}

#[derive(Template)]
#[template(path = "meetings/body.html")]
struct BodyPage {
    chrome: Chrome,
    url: String,
    heading: String,
    /// The rule the form is made from; empty for a new kind.
    terms_id: String,
    details: BodyDetails,
    options: Vec<OptionRow>,
    meanings: &'static [Meaning],
    bases: &'static [PassBase],
    ties: &'static [Tie],
    secrecies: &'static [Secrecy],
    origins: &'static [SubstitutesFrom],
    may_change: bool,
    problem: Option<String>,
}

/// A choice in the form; without a meaning it is not used.
struct OptionRow {
    number: usize,
    key: String,
    label: String,
    meaning: Option<Meaning>,
}

fn page(chrome: Chrome, actor: &Actor, url: String, terms_id: String, details: BodyDetails) -> BodyPage {
    let heading = if terms_id.is_empty() { chrome.t("body-new") } else { details.name.clone() };
    let row = |number: usize| {
        let option = details.terms.options.get(number - 1);
        OptionRow {
            number,
            key: option.map(|option| option.key.clone()).unwrap_or_default(),
            label: option.map(|option| option.label.clone()).unwrap_or_default(),
            meaning: option.map(|option| option.meaning),
        }
    };
    BodyPage {
        options: (1..=MOST_OPTIONS.max(details.terms.options.len())).map(row).collect(),
        heading,
        url,
        terms_id,
        details,
        meanings: Meaning::ALL,
        bases: PassBase::ALL,
        ties: Tie::ALL,
        secrecies: Secrecy::ALL,
        origins: SubstitutesFrom::ALL,
        may_change: actor.is(OrgRole::SystemAdmin),
        problem: None,
        chrome: chrome.at(Section::Bodies),
    }
}

async fn new(chrome: Chrome, actor: Actor) -> Result<Html<String>, web::Error> {
    actor.must_be(&[OrgRole::SystemAdmin])?;
    let half = Fraction { numerator: 1, denominator: 2 };
    let terms = VoteTerms {
        options: usual_options(),
        quorum: Fraction { numerator: 2, denominator: 3 },
        pass: half,
        base: PassBase::TotalMembers,
        strict: true,
        tie: Tie::ChairSide,
        change_allowed: true,
        secrecy: Secrecy::Allowed,
        member_proxies: false,
        substitutes_vote: false,
        signed_ballots: false,
    };
    let planning = PlanningRules {
        deadline_days: 3,
        substitutes: SubstitutesFrom::Office,
        speech_minutes: 5,
        opinions_shown: false,
    };
    let details = BodyDetails { name: String::new(), body_name: String::new(), terms, planning };
    web::page(&page(chrome, &actor, urls::bodies(), String::new(), details))
}

async fn show(
    Path(id): Path<MeetingTypeId>,
    chrome: Chrome,
    actor: Actor,
    State(db): State<Db>,
) -> Result<Html<String>, web::Error> {
    let mut tx = db.read().await?;
    let kind = bodies::find(&mut tx, &actor, id).await?;
    actor.must_be(READERS)?;
    let planning = store::planning_rules(&mut tx, id).await?;
    let details = BodyDetails { name: kind.name, body_name: kind.body_name, terms: kind.terms, planning };
    web::page(&page(chrome, &actor, urls::body(id), kind.terms_id.to_string(), details))
}

async fn create(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
    Form(fields): Form<BTreeMap<String, String>>,
) -> Result<Response, web::Error> {
    let details = read(&fields)?;
    let mut tx = db.write().await?;
    match bodies::create(&mut tx, &actor, &details, now).await {
        Ok(_) => {
            tx.commit().await?;
            Ok(Redirect::to(&urls::bodies()).into_response())
        }
        Err(error) => refused(page(chrome, &actor, urls::bodies(), String::new(), details), error),
    }
}

/// The form again, as typed, with what is wrong with it.
fn refused(mut page: BodyPage, error: MeetingError) -> Result<Response, web::Error> {
    let (status, problem) = match web::Error::from(error) {
        web::Error::Invalid(problem) => (StatusCode::UNPROCESSABLE_ENTITY, problem),
        web::Error::Conflict(problem) => (StatusCode::CONFLICT, problem),
        other => return Err(other),
    };
    page.problem = Some(problem.text(page.chrome.lang()));
    Ok((status, web::page(&page)?).into_response())
}

async fn edit(
    Path(id): Path<MeetingTypeId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
    Form(fields): Form<BTreeMap<String, String>>,
) -> Result<Response, web::Error> {
    let mut tx = db.write().await?;
    bodies::find(&mut tx, &actor, id).await?;
    let details = read(&fields)?;
    let terms: TermsId = word(&fields, "terms")?;
    match bodies::edit(&mut tx, &actor, id, &details, terms, now).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(Redirect::to(&urls::bodies()).into_response())
        }
        Err(error) => refused(page(chrome, &actor, urls::body(id), terms.to_string(), details), error),
    }
}

fn word<T: FromStr>(fields: &BTreeMap<String, String>, name: &str) -> Result<T, web::Error> {
    let found = fields.get(name).and_then(|value| value.trim().parse().ok());
    found.ok_or_else(|| web::Error::Invalid("body-rules-bad".into()))
}

fn read(fields: &BTreeMap<String, String>) -> Result<BodyDetails, web::Error> {
    let text = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let is_set = |name: &str| fields.contains_key(name);
    let part = |name: &str| -> Result<Fraction, web::Error> {
        Ok(Fraction {
            numerator: word(fields, &format!("{name}_part"))?,
            denominator: word(fields, &format!("{name}_whole"))?,
        })
    };
    let terms = VoteTerms {
        options: options(fields),
        quorum: part("quorum")?,
        pass: part("pass")?,
        base: word(fields, "base")?,
        strict: word::<String>(fields, "majority")? == "more",
        tie: word(fields, "tie")?,
        change_allowed: is_set("change_allowed"),
        secrecy: word(fields, "secrecy")?,
        member_proxies: is_set("member_proxies"),
        substitutes_vote: is_set("substitutes_vote"),
        signed_ballots: is_set("signed_ballots"),
    };
    let planning = PlanningRules {
        deadline_days: word(fields, "deadline_days")?,
        substitutes: word(fields, "substitutes")?,
        speech_minutes: word(fields, "speech_minutes")?,
        opinions_shown: is_set("opinions_shown"),
    };
    Ok(BodyDetails { name: text("name"), body_name: text("body_name"), terms, planning })
}

/// The choices the form uses. One that is new gets a key from its meaning;
/// ballots hold the key, never the words.
fn options(fields: &BTreeMap<String, String>) -> Vec<BallotOption> {
    let mut options: Vec<BallotOption> = Vec::new();
    for number in 1..=9 {
        let field = |name: &str| fields.get(&format!("{name}-{number}")).map(String::as_str);
        let Some(meaning) = field("meaning").and_then(|meaning| meaning.parse::<Meaning>().ok()) else {
            continue;
        };
        let usual = meaning.as_str().to_owned();
        let is_taken = |key: &str| options.iter().any(|option| option.key == key);
        let key = match field("key").filter(|key| !key.is_empty()) {
            Some(key) => key.to_owned(),
            None if is_taken(&usual) => format!("{usual}_{number}"),
            None => usual,
        };
        options.push(BallotOption { key, label: field("label").unwrap_or_default().to_owned(), meaning });
    }
    options
}
