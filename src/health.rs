//! Is the service alive, and can it work.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

use crate::sql;
use crate::web::App;

pub fn router() -> Router<App> {
    Router::new().route("/health/live", get(async || "ok")).route("/health/ready", get(ready))
}

/// 200 when the database and the object storage answer, else 503 with the
/// name of what does not.
async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    if database_answers(&app).await.is_err() {
        (StatusCode::SERVICE_UNAVAILABLE, "database")
    } else if app.storage.probe().await.is_err() {
        (StatusCode::SERVICE_UNAVAILABLE, "storage")
    } else {
        (StatusCode::OK, "ok")
    }
}

async fn database_answers(app: &App) -> Result<(), crate::db::Error> {
    let mut tx = app.db.read().await?;
    let (_,) = sql!(tx => fetch_one "SELECT CAST(1 AS BIGINT)" as (i64,))?;
    Ok(())
}
