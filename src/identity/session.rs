//! Who is asking: from the cookie to the [`Actor`].

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use openssl::rand::rand_bytes;
use sha2::{Digest, Sha256};

use super::rules::SessionTerms;
use super::{OrgRole, OrganisationId, PersonId, store};
use crate::clock::Timestamp;
use crate::config::Config;
use crate::db::{self, Tx};
use crate::web::{self, App, Cookies};

/// A session's last use is written down this often, not at every request.
const SEEN_STEP: i64 = 60;

/// The person who asks, signed in.
#[derive(Clone, Debug)]
pub struct Actor {
    pub person: PersonId,
    pub organisation: OrganisationId,
    pub full_name: String,
    pub position: String,
    pub roles: Vec<OrgRole>,
    pub session: SessionKey,
}

/// SHA-256 of the id in the cookie: what the database knows a session by.
pub type SessionKey = Vec<u8>;

/// The secret in the cookie and what the database keeps of it.
pub(super) fn new_session() -> Result<(String, SessionKey), openssl::error::ErrorStack> {
    let mut secret = [0_u8; 32];
    rand_bytes(&mut secret)?;
    let secret = hex::encode(secret);
    let key = session_key(&secret);
    Ok((secret, key))
}

fn session_key(secret: &str) -> SessionKey {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// Over TLS the cookie is bound to this very host; on a plain address, as in
/// a trial on the office network, browsers would refuse that name.
pub(super) fn cookie_name(config: &Config) -> &'static str {
    if is_secure(config) { "__Host-session" } else { "session" }
}

/// Does the office reach this over TLS? Then its cookies go no other way.
pub fn is_secure(config: &Config) -> bool {
    config.public_url().starts_with("https://")
}

pub(super) fn terms(config: &Config) -> SessionTerms {
    SessionTerms {
        idle_seconds: config.session_idle_minutes * 60,
        absolute_seconds: config.session_hours * 3600,
    }
}

/// The actor of a request, looked up once and remembered with it.
#[derive(Clone, Debug)]
struct Known(Option<Actor>);

pub(super) async fn actor_of(parts: &mut Parts, app: &App) -> Result<Option<Actor>, db::Error> {
    if let Some(Known(actor)) = parts.extensions.get() {
        return Ok(actor.clone());
    }
    let cookies = Cookies::of(&parts.headers);
    let actor = match cookies.get(cookie_name(&app.config)) {
        Some(secret) => find(app, session_key(secret)).await?,
        None => None,
    };
    parts.extensions.insert(Known(actor.clone()));
    Ok(actor)
}

async fn find(app: &App, key: SessionKey) -> Result<Option<Actor>, db::Error> {
    let now = app.clock.now();
    let Some((actor, seen_at)) = read(app, key).await? else { return Ok(None) };
    if now.seconds_since(seen_at) >= SEEN_STEP {
        note_seen(app, &actor.session, now).await?;
    }
    Ok(Some(actor))
}

/// The person of a session as they are now, if it still holds. Does not count
/// as a use of the session: a stream left open must not keep it for ever.
pub async fn still_signed_in(app: &App, key: &SessionKey) -> Result<Option<Actor>, db::Error> {
    Ok(read(app, key.clone()).await?.map(|(actor, _)| actor))
}

/// The person of a session that holds, and when they were last seen.
async fn read(app: &App, key: SessionKey) -> Result<Option<(Actor, Timestamp)>, db::Error> {
    let mut tx = app.db.read().await?;
    let Some(session) = store::session(&mut tx, &key).await? else { return Ok(None) };
    if !session.active || !terms(&app.config).holds(session.created_at, session.seen_at, app.clock.now()) {
        return Ok(None);
    }
    let roles = store::roles_of(&mut tx, session.person_id).await?;
    let actor = Actor {
        person: session.person_id,
        organisation: session.organisation_id,
        full_name: session.full_name,
        position: session.position,
        roles,
        session: key,
    };
    Ok(Some((actor, session.seen_at)))
}

/// A person as they are now, for what comes back to the office on their behalf
/// without a session. `None`: they have left.
pub async fn on_behalf_of(
    tx: &mut Tx,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<Option<Actor>, db::Error> {
    let found = store::person(tx, organisation, person).await?.filter(|person| person.active);
    let Some(person) = found else { return Ok(None) };
    let roles = store::roles_of(tx, person.id).await?;
    Ok(Some(Actor {
        person: person.id,
        organisation,
        full_name: person.full_name,
        position: person.position,
        roles,
        session: SessionKey::new(),
    }))
}

async fn note_seen(app: &App, key: &[u8], now: Timestamp) -> Result<(), db::Error> {
    let mut tx = app.db.write().await?;
    store::touch_session(&mut tx, key, now).await?;
    tx.commit().await
}

/// How the session of a browser stands.
#[derive(Clone, Debug)]
pub enum SessionState {
    In(Actor),
    /// Not used for too long; the person may sign in again and go on.
    Expired,
    /// Somebody ended it: the person elsewhere, or the office.
    Revoked,
    /// There was none.
    Out,
}

impl FromRequestParts<App> for SessionState {
    type Rejection = web::Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, web::Error> {
        if let Some(actor) = actor_of(parts, app).await? {
            return Ok(Self::In(actor));
        }
        let cookies = Cookies::of(&parts.headers);
        let Some(secret) = cookies.get(cookie_name(&app.config)) else { return Ok(Self::Out) };
        let mut tx = app.db.read().await?;
        let session = store::session(&mut tx, &session_key(secret)).await?;
        Ok(if session.is_some_and(|session| session.active) { Self::Expired } else { Self::Revoked })
    }
}

impl FromRequestParts<App> for Actor {
    type Rejection = web::Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, web::Error> {
        match actor_of(parts, app).await? {
            Some(actor) => Ok(actor),
            None => Err(web::Error::SignIn { back: parts.uri.path().to_owned() }),
        }
    }
}
