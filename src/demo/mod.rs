//! The sample office: UBND phường An Hải, with its people, papers, and its
//! meetings: two weeks ago, one finished and signed with a notice of its
//! conclusions, one under way, one in preparation, and one that is planned,
//! with answers and papers on their way; outgoing documents in every state,
//! what other bodies sent it, and the files both go into; tasks in every state, some late, and a slip
//! before its members.
//!
//! Everything is made by the actions that people use, at the times they would
//! have used them; nothing is written past the rules.

mod after;
mod documents;
mod exchange;
mod files;
mod letters;
mod meetings;
mod neighbours;
mod office;
mod planning;
mod session;
mod texts;
mod work;

use openssl::rand::rand_bytes;

use crate::clock::Timestamp;
use crate::identity::PersonId;
use crate::identity::store as people;
use crate::jobs::Failure;
use crate::web::App;

pub use self::office::ACCOUNTS;

/// What the person at the terminal needs to know.
#[derive(Debug)]
pub struct Keys {
    /// Everyone's password.
    pub password: String,
    /// Everyone's PIN for signing.
    pub pin: String,
}

#[derive(Debug, thiserror::Error)]
#[error("the sample office cannot be made: {0}")]
pub struct DemoError(String);

impl DemoError {
    fn new(error: impl std::error::Error) -> Self {
        Self(Failure::from_error(&error).to_string())
    }
}

/// Fills an empty database with the sample office.
pub async fn fill(app: &App, now: Timestamp) -> Result<Keys, DemoError> {
    let mut tx = app.db.read().await.map_err(DemoError::new)?;
    if people::organisation_count(&mut tx).await.map_err(DemoError::new)? > 0 {
        return Err(DemoError("the database is not empty".to_owned()));
    }
    drop(tx);
    let keys = Keys { password: format!("anhai-{}", digits(6)?), pin: digits(6)? };
    let office = office::make(app, &keys, now).await?;
    meetings::make(app, &office, &keys, now).await?;
    planning::make(app, &office, now).await?;
    files::make(app, &office, now).await?;
    documents::make(app, &office, &keys, now).await?;
    letters::make(app, &office, now).await?;
    exchange::make(app, now).await?;
    work::make(app, &office, now).await?;
    Ok(keys)
}

/// A random number of so many digits.
fn digits(count: usize) -> Result<String, DemoError> {
    let mut bytes = vec![0; count];
    rand_bytes(&mut bytes).map_err(DemoError::new)?;
    // The tiny lean towards low digits does no harm to a password that is printed on a screen.
    Ok(bytes.into_iter().map(|byte| char::from(b'0' + byte % 10)).collect())
}

/// A person of the sample office by login.
fn by_login(people: &[people::Person], login: &str) -> Result<PersonId, DemoError> {
    let found = people.iter().find(|person| person.login == login);
    found.map(|person| person.id).ok_or_else(|| DemoError(format!("{login} is missing")))
}
