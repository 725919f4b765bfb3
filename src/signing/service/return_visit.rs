//! Documents whose signer is asked on a page of the service: what is kept
//! while they are there, and what follows when they come back.
//!
//! The hashes were laid out before, and the service was asked about just
//! them. An answer is taken once, from the person who was sent; opened again,
//! its address says what became of it.

use pades::sign::Prepared;

use super::batch::{Batch, LaidOut, Outcome};
use super::consent::{CameBack, Secrets};
use super::credential::{KeyUse, hashed};
use crate::db;
use crate::signing::rules::{ServiceRefusal, Way};
use crate::signing::signature::SignError;
use crate::signing::store::acts::Act;
use crate::signing::store::authorisations::{self, AskedStep, Authorisation};
use crate::signing::{AuthorisationId, DocumentId, acts};
use crate::storage::Hash;

/// How long the person may take on the service's page.
const AWAY_SECONDS: i64 = 10 * 60;

/// What became of an answer.
pub struct Return {
    /// Nothing was signed by it, and why.
    pub problem: Option<Problem>,
    /// Each document in question; `None`: it waits, and was not tried.
    pub found: Vec<Found>,
}

type Found = ((DocumentId, i64), Option<Result<(), SignError>>);

/// Why nothing follows from an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It came too late.
    Expired,
    /// It is being worked on, or that broke off.
    UnderWay,
    /// The service did not sign, or the person did not agree.
    Service(ServiceRefusal),
}

impl Batch<'_> {
    /// Keeps what is needed to go on when the person comes back, and gives the
    /// page they are sent to.
    pub(super) async fn send_away(
        &self,
        steps: &[(DocumentId, i64)],
        (laid_out, outcomes): (Vec<LaidOut>, Vec<Outcome>),
        (key, hashes): (&KeyUse, &[Vec<u8>]),
    ) -> Result<String, SignError> {
        let secrets = Secrets::new()?;
        let page = self.service.page(key, hashes, &secrets, self.returns)?;
        let asked = Authorisation {
            id: AuthorisationId::new(),
            person_id: self.actor.person,
            service: self.service.settings.name.as_str().to_owned(),
            state_sha256: Hash::of(secrets.state.as_bytes()),
            verifier: Some(secrets.verifier),
            credential: key.credential.clone(),
            hash_algorithm: key.hash_algorithm.clone(),
            sign_algorithm: key.sign_algorithm.clone(),
            asked_at: self.now,
            expires_at: self.now.plus_seconds(AWAY_SECONDS),
            ended_at: None,
            why: None,
        };
        let mut tx = self.desk.db.write().await?;
        authorisations::insert(&mut tx, &asked, &asked_steps(steps, laid_out, &outcomes)).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// Takes the answer that the browser brings, once. `None`: this person was
    /// asked nothing that has it.
    pub async fn come_back(&self, came: CameBack<'_>) -> Result<Option<Return>, SignError> {
        let whose = (self.actor.person, self.service.settings.name.as_str());
        let state = Hash::of(came.state.as_bytes());
        let mut tx = self.desk.db.write().await?;
        let Some(asked) = authorisations::find(&mut tx, state, whose).await? else { return Ok(None) };
        let steps = authorisations::steps(&mut tx, asked.id).await?;
        let is_first = authorisations::take(&mut tx, asked.id, self.now).await?;
        tx.commit().await?;
        let Some(verifier) = asked.verifier.as_deref().filter(|_| is_first) else {
            return Ok(Some(self.look_again(&asked, &steps).await?));
        };
        match self.use_answer(&asked, &steps, (came, verifier)).await {
            Ok(found) => {
                self.end(&asked, None).await?;
                Ok(Some(Return { problem: None, found }))
            }
            Err(SignError::Service(error)) => {
                self.log(&error).await?;
                self.end(&asked, Some(error.why())).await?;
                let found = steps.iter().map(|step| (step.name(), None)).collect();
                Ok(Some(Return { problem: Some(Problem::Service(error.why())), found }))
            }
            Err(error) => Err(error),
        }
    }

    /// Has the service sign what the person agreed to.
    async fn use_answer(
        &self,
        asked: &Authorisation,
        steps: &[AskedStep],
        (came, verifier): (CameBack<'_>, &str),
    ) -> Result<Vec<Found>, SignError> {
        let code = came.agreed()?;
        let mut standing = self.standing(steps).await?;
        let mut asked_about = steps.iter().zip(&standing).filter(|(step, _)| step.prepared.is_some());
        if asked_about.all(|(_, (_, outcome))| outcome.is_some()) {
            // Pressed twice, or signed by another way: the key is not used for what nobody waits for.
            return Ok(standing);
        }
        let laid_out = self.laid_out(steps)?;
        let hashes: Vec<Vec<u8>> = laid_out.iter().map(|one| one.hash.clone()).collect();
        let key = KeyUse {
            credential: asked.credential.clone(),
            hash_algorithm: asked.hash_algorithm.clone(),
            sign_algorithm: asked.sign_algorithm.clone(),
        };
        let (admission, activation) = self.service.redeem(code, verifier, self.returns).await?;
        let values = self.service.sign(&admission, &key, activation, &hashes).await?;
        for (one, value) in laid_out.into_iter().zip(values) {
            let waiting = standing.iter_mut().find(|(step, done)| *step == one.step && done.is_none());
            if let Some((_, outcome)) = waiting {
                *outcome = Some(self.finish(&one.act, value).await);
            }
        }
        Ok(standing)
    }

    /// What was laid out before.
    fn laid_out(&self, steps: &[AskedStep]) -> Result<Vec<LaidOut>, SignError> {
        let mut laid_out = Vec::new();
        for step in steps {
            let (Some(base), Some(kept)) = (step.base_sha256, step.prepared.clone()) else { continue };
            let prepared: Prepared = serde_json::from_str(&kept).map_err(|_| SignError::NotFound)?;
            let (step, algorithm) = (step.name(), prepared.algorithm());
            let hash = hashed(prepared.to_be_signed(), algorithm);
            let act = acts::laid_out_before(self.actor, step, (base, kept), self.now);
            laid_out.push(LaidOut { step, act, hash, algorithm });
        }
        Ok(laid_out)
    }

    /// What an answer that is not taken now has come to.
    async fn look_again(&self, asked: &Authorisation, steps: &[AskedStep]) -> Result<Return, SignError> {
        let problem = match (asked.why, asked.ended_at, &asked.verifier) {
            (Some(why), ..) => Some(Problem::Service(why)),
            (None, Some(_), _) => None,
            (None, None, Some(_)) if asked.expires_at <= self.now => Some(Problem::Expired),
            (None, None, _) => Some(Problem::UnderWay),
        };
        let mut found = self.standing(steps).await?;
        for (_, outcome) in &mut found {
            if matches!(outcome, Some(Err(SignError::AlreadySigned))) {
                *outcome = Some(Ok(()));
            }
        }
        Ok(Return { problem, found })
    }

    /// What keeps each document from being signed now; `None`: nothing does.
    async fn standing(&self, steps: &[AskedStep]) -> Result<Vec<Found>, SignError> {
        let mut tx = self.desk.db.read().await?;
        let mut found = Vec::new();
        for step in steps {
            let own = acts::own_step(&mut tx, self.actor, step.name(), Way::Remote, self.now).await;
            let outcome = match own {
                Err(SignError::Db(error)) => return Err(error.into()),
                Err(error) => Some(Err(error)),
                Ok(_) if step.is_left => Some(Err(SignError::TooManyAtOnce)),
                Ok(_) => None,
            };
            found.push((step.name(), outcome));
        }
        Ok(found)
    }

    async fn end(&self, asked: &Authorisation, why: Option<ServiceRefusal>) -> Result<(), db::Error> {
        let mut tx = self.desk.db.write().await?;
        authorisations::end(&mut tx, asked.id, why, self.now).await?;
        tx.commit().await
    }
}

/// The chosen documents as they are kept. One that is not the person's is forgotten.
fn asked_steps(steps: &[(DocumentId, i64)], laid_out: Vec<LaidOut>, outcomes: &[Outcome]) -> Vec<AskedStep> {
    let kept = |step: &(DocumentId, i64), act: Option<&Act>, is_left| AskedStep {
        document_id: step.0,
        number: step.1,
        base_sha256: act.map(|act| act.base_sha256),
        prepared: act.and_then(|act| act.prepared.clone()),
        is_left,
    };
    let of_step = |step: &(DocumentId, i64)| {
        if let Some(one) = laid_out.iter().find(|one| one.step == *step) {
            return Some(kept(step, Some(&one.act), false));
        }
        match outcomes.iter().find(|(name, _)| name == step)? {
            (_, Err(SignError::NotFound)) => None,
            (_, outcome) => Some(kept(step, None, matches!(outcome, Err(SignError::TooManyAtOnce)))),
        }
    };
    steps.iter().filter_map(of_step).collect()
}
