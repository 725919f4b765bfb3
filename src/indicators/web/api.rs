//! The figures as JSON, read-only, for an operations centre (IOC).

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Asked, key};
use crate::identity::store::Organisation;
use crate::identity::{self, Level, OrganisationId};
use crate::indicators::actions::{self, Scope, Table};
use crate::indicators::keys;
use crate::indicators::offices;
use crate::indicators::rules::{By, Figure, Figures, Indicator, Month, Months};
use crate::verify::Throttle;
use crate::web::{self, App, Lang, Now, Query};

/// What may be asked; a value that cannot be read is refused, not guessed.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Options {
    from: Option<String>,
    to: Option<String>,
    by: Option<String>,
    unit: Option<String>,
}

pub(super) async fn answer(
    Now(now): Now,
    State(app): State<App>,
    Extension(throttle): Extension<Throttle>,
    headers: HeaderMap,
    Query(asked): Query<Options>,
) -> Result<Response, web::Error> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(secret) = bearer.and_then(|value| value.strip_prefix("Bearer ")) else { return Ok(unknown()) };
    let Some(key) = keys::open(&app.db, secret.trim(), now).await? else { return Ok(unknown()) };
    if !throttle.admits(&key.id.to_string(), now) {
        return Ok(refused(StatusCode::TOO_MANY_REQUESTS, "too many questions; wait a minute"));
    }
    let usual = Asked { from: asked.from.clone(), to: asked.to.clone(), ..Asked::default() }.months(now);
    let Some(months) = months(&asked, usual) else {
        return Ok(refused(
            StatusCode::UNPROCESSABLE_ENTITY,
            "from and to are months as 2026-11, at most 36",
        ));
    };
    let Ok(by) = asked.by.as_deref().unwrap_or("month").parse::<By>() else {
        return Ok(refused(StatusCode::UNPROCESSABLE_ENTITY, "by is month, unit, person or organisation"));
    };
    let Ok(unit) = asked.unit.as_deref().map(str::parse).transpose() else {
        return Ok(refused(StatusCode::UNPROCESSABLE_ENTITY, "unit is an id from by=unit"));
    };
    let table = match (by, unit) {
        (By::Organisation, None) => offices::table_of(&app.db, key.organisation_id, months, now).await?,
        (By::Organisation, Some(_)) => {
            return Ok(refused(StatusCode::UNPROCESSABLE_ENTITY, "unit does not go with by=organisation"));
        }
        (By::Month | By::Unit | By::Person, unit) => {
            let cut = actions::cut(key.organisation_id, Scope::Office, months, unit);
            actions::table(&app.db, cut, by, now).await?
        }
    };
    Ok(Json(body(&office(&app, key.organisation_id).await?, &table)).into_response())
}

/// `None`: a month cannot be read, or they are the wrong way round or too many.
fn months(asked: &Options, usual: Months) -> Option<Months> {
    let read = |typed: &Option<String>, usual| typed.as_deref().map_or(Some(usual), Month::read);
    Months::new(read(&asked.from, usual.first)?, read(&asked.to, usual.last)?)
}

async fn office(app: &App, id: OrganisationId) -> Result<Organisation, web::Error> {
    let mut tx = app.db.read().await?;
    Ok(identity::store::organisation(&mut tx, id).await?)
}

fn unknown() -> Response {
    let mut response = refused(StatusCode::UNAUTHORIZED, "a key is missing, unknown or revoked");
    response.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
    response
}

fn refused(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "error": error }))).into_response()
}

fn body(office: &Organisation, table: &Table) -> Value {
    let indicator = |one: &Indicator| {
        let text = |before| json!({ "vi": Lang::Vi.t(&key(before, one.as_str())), "en": Lang::En.t(&key(before, one.as_str())) });
        let mut value = figure(*one, table.total.of(*one));
        if let Some(known) = value.as_object_mut() {
            known.insert("code".to_owned(), json!(one));
            known.insert("name".to_owned(), text("indicators-name"));
            known.insert("numerator".to_owned(), text("indicators-part"));
            known.insert("denominator".to_owned(), text("indicators-whole"));
            known.insert("norm".to_owned(), text("indicators-norm"));
            known.insert("target_percent".to_owned(), json!(table.targets.get(one)));
        }
        value
    };
    json!({
        "organisation": { "code": office.code, "name": office.name, "level": office.level.as_str() },
        "from": table.months.first.code(),
        "to": table.months.last.code(),
        "by": table.by,
        "as_of": table.as_of.for_clock(),
        "is_behind": table.is_behind,
        "overdue_now": { "incoming": table.overdue.0, "tasks": table.overdue.1 },
        "indicators": Indicator::ALL.iter().map(indicator).collect::<Vec<_>>(),
        "lines": table.lines.iter().map(|line| json!({
            "key": line.key, "label": line.label, "level": line.level.map(Level::as_str), "figures": figures(&line.figures),
        })).collect::<Vec<_>>(),
    })
}

fn figures(of: &Figures) -> Value {
    let each = Indicator::ALL.iter().map(|one| (one.as_str().to_owned(), figure(*one, of.of(*one))));
    Value::Object(each.collect::<Map<_, _>>())
}

/// A count has no denominator and no share.
fn figure(indicator: Indicator, figure: Figure) -> Value {
    match indicator.is_count() {
        true => json!({ "numerator_value": figure.part, "denominator_value": null, "permille": null }),
        false => json!({
            "numerator_value": figure.part, "denominator_value": figure.whole, "permille": figure.permille(),
        }),
    }
}

/// Describes this feature's routes (OpenAPI 3.1).
pub fn paths() -> Value {
    let text = |description: &str| json!({ "type": "string", "description": description });
    let parameter = |name: &str, description: &str| json!({ "name": name, "in": "query", "schema": text(description), "description": description });
    let answer = |description: &str| json!({ "description": description });
    json!({ "/api/v1/indicators": { "get": {
        "summary": "The figures of the office whose key asks. Read-only.",
        "security": [{ "indicatorKey": [] }],
        "parameters": [
            parameter("from", "First month, 2026-01; a year before `to` unless given"),
            parameter("to", "Last month, 2026-12; this month unless given"),
            parameter("by", "What a line is about: month, unit, person, or organisation: the office and those under it"),
            parameter("unit", "Only this unit, by its id"),
        ],
        "responses": {
            "200": {
                "description": "Totals, and a line for each month, unit, person or organisation",
                "content": { "application/json": { "schema": { "type": "object" } } },
            },
            "401": answer("The key is missing, unknown or revoked"),
            "422": answer("A value cannot be read, or more than 36 months were asked for"),
            "429": answer("More than 60 questions in a minute"),
        },
    } } })
}
