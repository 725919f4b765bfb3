//! Codes that a service sends, or questions it asks, before a key is used
//! (CSC API 2.0 §8.3.1.4, §11.8).

use serde::Deserialize;
use serde_json::json;

use super::batch::Batch;
use super::credential::Credential;
use super::protocol::{Admission, Service, ServiceError, read};
use crate::signing::signature::SignError;
use crate::signing::store::accounts;

/// Seconds until a code can be asked for again: each may be a message that somebody pays for.
const PAUSE_SECONDS: i64 = 60;
/// Letters of a question that are shown.
const LONGEST_QUESTION: usize = 200;

/// What came of asking for a code.
#[derive(Debug, PartialEq, Eq)]
pub enum Sent {
    /// It reaches the person by a way of the service's own.
    Away,
    /// What the service wants answered.
    Question(String),
    /// The key takes no code that is sent.
    Nothing,
    /// One was asked for just now.
    TooSoon,
}

impl Batch<'_> {
    /// Has the service send the code that the next use of the key takes.
    pub async fn send_code(&self, account: &str) -> Result<Sent, SignError> {
        let certificates = self.certificates().await?;
        self.keep_account(account).await?;
        let admission = self.service.admission().await?;
        let found = self.service.credential(&admission, account, &certificates).await?;
        let credential = found.ok_or(SignError::NoCredential)?;
        let whose = (self.actor.person, self.service.settings.name.as_str());
        let mut tx = self.desk.db.write().await?;
        // Counted before it is asked for, and only what may have sent something.
        let is_due =
            accounts::ask_code(&mut tx, whose, self.now.plus_seconds(-PAUSE_SECONDS), self.now).await?;
        tx.commit().await?;
        if !is_due {
            return Ok(Sent::TooSoon);
        }
        Ok(self.service.send_code(&admission, &credential).await?)
    }
}

impl Service {
    async fn send_code(&self, admission: &Admission, credential: &Credential) -> Result<Sent, ServiceError> {
        #[derive(Deserialize)]
        struct Asked {
            challenge: String,
        }
        let Some((credential, object)) = credential.challenge() else { return Ok(Sent::Nothing) };
        let body = json!({ "credentialID": credential, "authObjectID": object });
        let answer = self.asked("credentials/getChallenge", Some(admission), &body).await?;
        if answer.is_empty() {
            return Ok(Sent::Away);
        }
        let asked: Asked = read(&answer)?;
        let question = asked.challenge.chars().filter(|letter| !letter.is_control());
        Ok(Sent::Question(question.take(LONGEST_QUESTION).collect()))
    }
}
