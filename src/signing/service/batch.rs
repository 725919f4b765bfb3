//! Many documents signed by one authorisation, and an outcome for each.

use pades::SignatureAlgorithm;
use serde_json::json;

use super::credential::{Credential, hashed};
use super::protocol::{Hashes, Service, ServiceError};
use crate::clock::Timestamp;
use crate::db;
use crate::identity::{self, Actor};
use crate::signing::certificate::Certificate;
use crate::signing::rules::{Validity, Way};
use crate::signing::signature::{self, SignError};
use crate::signing::store::{accounts, acts as handed_out, bound};
use crate::signing::{Desk, DocumentId, acts};

/// What the person typed for the service. Kept nowhere but the account.
#[derive(Clone, Copy)]
pub struct Typed<'a> {
    /// By which name the service knows the person.
    pub account: &'a str,
    pub pin: &'a str,
    pub code: &'a str,
}

/// What became of one document.
pub type Outcome = ((DocumentId, i64), Result<(), SignError>);

/// How far signing has come.
#[derive(Debug)]
pub enum Course {
    Done(Vec<Outcome>),
    /// Nothing is signed yet: the person is asked on this page of the service.
    Elsewhere(String),
}

/// What one person signs at one service.
pub struct Batch<'a> {
    pub desk: &'a Desk,
    pub service: &'a Service,
    pub actor: &'a Actor,
    /// Where the service's own page sends the browser back to.
    pub returns: &'a str,
    pub now: Timestamp,
}

/// A document that is laid out, and what the service signs of it.
pub(super) struct LaidOut {
    pub step: (DocumentId, i64),
    pub act: handed_out::Act,
    pub hash: Vec<u8>,
    pub algorithm: SignatureAlgorithm,
}

/// What the service made of a batch.
enum Asked {
    Signed(Vec<(LaidOut, Vec<u8>)>, Vec<Outcome>),
    Elsewhere(String),
}

impl Batch<'_> {
    /// Signs with the person's key at the service: one authorisation, one
    /// call, one try.
    ///
    /// `Err`: nothing was signed, and why. A document counts when its value was
    /// put in, judged and recorded; whatever fails before leaves all of them waiting.
    pub async fn sign(&self, steps: &[(DocumentId, i64)], typed: Typed<'_>) -> Result<Course, SignError> {
        let certificates = self.certificates().await?;
        self.keep_account(typed.account).await?;
        let (values, mut outcomes) = match self.ask(steps, &certificates, typed).await {
            Ok(Asked::Signed(values, outcomes)) => (values, outcomes),
            Ok(Asked::Elsewhere(page)) => return Ok(Course::Elsewhere(page)),
            Err(SignError::Service(error)) => {
                self.log(&error).await?;
                return Err(error.into());
            }
            Err(error) => return Err(error),
        };
        for (one, value) in values {
            let done = self.finish(&one.act, value).await;
            outcomes.push((one.step, done));
        }
        // As the person saw them before they signed.
        outcomes.sort_by_key(|(step, _)| steps.iter().position(|one| one == step));
        Ok(Course::Done(outcomes))
    }

    /// Has the service sign what can be signed; the rest has its outcome already.
    async fn ask(
        &self,
        steps: &[(DocumentId, i64)],
        certificates: &[Vec<u8>],
        typed: Typed<'_>,
    ) -> Result<Asked, SignError> {
        let admission = self.service.admission().await?;
        let found = self.service.credential(&admission, typed.account, certificates).await?;
        let credential = found.ok_or(SignError::NoCredential)?;
        let (laid_out, outcomes) = self.lay_out(steps, &credential).await;
        let Some(algorithm) = laid_out.first().map(|one| one.algorithm) else {
            return Ok(Asked::Signed(Vec::new(), outcomes));
        };
        let key = credential.usage(algorithm)?;
        let values: Vec<Vec<u8>> = laid_out.iter().map(|one| one.hash.clone()).collect();
        if credential.has_own_page() {
            let page = self.send_away(steps, (laid_out, outcomes), (&key, &values)).await?;
            return Ok(Asked::Elsewhere(page));
        }
        let hashes = Hashes { values: &values, algorithm };
        let secrets = (typed.pin, typed.code);
        let activation = self.service.authorise(&admission, &credential, hashes, secrets).await?;
        let signed = self.service.sign(&admission, &key, activation, &values).await?;
        Ok(Asked::Signed(laid_out.into_iter().zip(signed).collect(), outcomes))
    }

    /// The bound certificates that hold today.
    pub(super) async fn certificates(&self) -> Result<Vec<Vec<u8>>, SignError> {
        let mut tx = self.desk.db.read().await?;
        let mut valid = Vec::new();
        for certificate in bound::of_person(&mut tx, self.actor.person).await? {
            if Certificate::from_der(&certificate)?.validity(self.now) == Validity::Holds {
                valid.push(certificate);
            }
        }
        if valid.is_empty() { Err(SignError::NotBound) } else { Ok(valid) }
    }

    pub(super) async fn keep_account(&self, account: &str) -> Result<(), db::Error> {
        let mut tx = self.desk.db.write().await?;
        let name = self.service.settings.name.as_str();
        accounts::set(&mut tx, self.actor.person, (name, account), self.now).await?;
        tx.commit().await
    }

    /// Lays out as many as one authorisation may cover.
    async fn lay_out(
        &self,
        steps: &[(DocumentId, i64)],
        credential: &Credential,
    ) -> (Vec<LaidOut>, Vec<Outcome>) {
        let (mut laid_out, mut outcomes) = (Vec::new(), Vec::new());
        for step in steps {
            if laid_out.len() == credential.most {
                outcomes.push((*step, Err(SignError::TooManyAtOnce)));
                continue;
            }
            let way = (Way::Remote, Some(credential.chain.as_slice()));
            match acts::lay_out(self.desk, self.actor, *step, way, self.now).await {
                Ok((act, prepared, _)) => {
                    let algorithm = prepared.algorithm();
                    let hash = hashed(prepared.to_be_signed(), algorithm);
                    laid_out.push(LaidOut { step: *step, act, hash, algorithm });
                }
                Err(error) => outcomes.push((*step, Err(error))),
            }
        }
        (laid_out, outcomes)
    }

    /// Makes one value count.
    ///
    /// The act is written down only now: a second press of the button, which the
    /// service refuses, must not close what the first one waits for.
    pub(super) async fn finish(&self, act: &handed_out::Act, value: Vec<u8>) -> Result<(), SignError> {
        let mut tx = self.desk.db.write().await?;
        handed_out::insert(&mut tx, act).await?;
        tx.commit().await?;
        let made = acts::complete(self.desk, self.actor, act.id, value, self.now).await?;
        let mut tx = self.desk.db.write().await?;
        signature::record(&mut tx, self.actor, &made, self.now).await?;
        Ok(tx.commit().await?)
    }

    /// That the service did not sign, for whoever asks why a key there is locked.
    pub(super) async fn log(&self, error: &ServiceError) -> Result<(), db::Error> {
        tracing::warn!(%error, service = self.service.settings.name.as_str(), "A remote signing service did not sign");
        let mut tx = self.desk.db.write().await?;
        let details = json!({ "service": self.service.settings.name.as_str(), "why": error.why() });
        let subject = format!("person:{}", self.actor.person);
        identity::actions::log(&mut tx, self.actor, "service_refused", subject, details, self.now).await?;
        tx.commit().await
    }
}
