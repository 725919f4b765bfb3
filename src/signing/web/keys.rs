//! The signing keys of an organisation, for its administrator.

use askama::Template;
use axum::extract::State;
use axum::response::{Html, Redirect};

use super::day;
use crate::db::Db;
use crate::identity::{Actor, Chrome, OrgRole, PersonId, Section};
use crate::signing::certificate::Certificate;
use crate::signing::keys::{self, UnlockError};
use crate::signing::rules::MOST_WRONG_PINS;
use crate::signing::store::{self, HolderRow};
use crate::signing::urls;
use crate::web::{self, App, Now, Path};

#[derive(Template)]
#[template(path = "signing/keys.html")]
struct KeysPage {
    chrome: Chrome,
    keys: Vec<KeyLine>,
}

struct KeyLine {
    holder: String,
    issuer: String,
    until: String,
    /// Where to unlock it, while it is locked.
    unlock_url: Option<String>,
}

pub(super) async fn list(
    chrome: Chrome,
    actor: Actor,
    State(db): State<Db>,
) -> Result<Html<String>, web::Error> {
    actor.must_be(&[OrgRole::SystemAdmin])?;
    let mut tx = db.read().await?;
    let rows = store::keys_of(&mut tx, actor.organisation).await?;
    let keys = rows.into_iter().map(line).collect::<Result<_, _>>()?;
    web::page(&KeysPage { chrome: chrome.at(Section::Signing), keys })
}

fn line(row: HolderRow) -> Result<KeyLine, web::Error> {
    let certificate = Certificate::from_der(&row.certificate).map_err(web::Error::internal)?;
    Ok(KeyLine {
        holder: row.full_name,
        issuer: certificate.issuer,
        until: day(certificate.not_after),
        unlock_url: (row.wrong_pins >= MOST_WRONG_PINS).then(|| urls::unlocking(row.person_id)),
    })
}

pub(super) async fn unlock(
    Path(person): Path<PersonId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    keys::unlock(&mut tx, &actor, person, now).await.map_err(|error| match error {
        UnlockError::NotAllowed => web::Error::Forbidden("error-not-your-role".into()),
        UnlockError::NotFound => web::Error::NotFound,
        UnlockError::Db(error) => error.into(),
    })?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::keys()))
}
