//! A member's own slip: opened, answered, signed.

use serde_json::json;

use super::actions::{SlipError, View, bounded, claim, find, log};
use super::page;
use super::rules::{Choice, State};
use super::store::{self, Answer, Member};
use super::{QuestionId, SlipId, urls};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::Actor;
use crate::signing::{self, Desk, NewDocument};
use crate::web::App;

/// What a form says to one question.
#[derive(Clone, Debug)]
pub struct Given {
    pub question: QuestionId,
    pub choice: Option<Choice>,
    pub text: String,
}

/// Notes that the member has seen the slip.
pub async fn open(tx: &mut Tx, actor: &Actor, id: SlipId, now: Timestamp) -> Result<(), SlipError> {
    let view = find(tx, actor, id).await?;
    let Some(own) = view.own.filter(|_| !view.is_replaced && view.slip.state == State::Collecting) else {
        return Ok(());
    };
    if store::mark_opened(tx, id, own.person_id, now).await? {
        log(tx, actor, "slip_opened", id, json!({}), now).await?;
    }
    Ok(())
}

/// Writes the member's answer down, in place of an earlier one. Gives the
/// version of the row that now stands.
pub async fn answer(
    tx: &mut Tx,
    actor: &Actor,
    id: SlipId,
    (given, version): (&[Given], i64),
    now: Timestamp,
) -> Result<i64, SlipError> {
    let (view, own) = claim_own(tx, actor, id).await?;
    let questions = store::questions(tx, view.slip.id).await?;
    let mut answers = Vec::new();
    for question in &questions {
        let found = given.iter().find(|one| one.question == question.id).ok_or(SlipError::Unanswered)?;
        let (choice, text) = (found.choice.ok_or(SlipError::Unanswered)?, bounded(&found.text)?);
        if choice == Choice::Other && text.is_empty() {
            return Err(SlipError::Unanswered);
        }
        let person_id = own.person_id;
        answers.push(Answer { person_id, question_id: question.id, choice, text, response: String::new() });
    }
    for answer in &answers {
        store::put_answer(tx, id, answer).await?;
    }
    if !store::save_answered(tx, id, (own.person_id, version), now).await? {
        return Err(SlipError::OtherDevice);
    }
    // The log tells that somebody answered, not what.
    log(tx, actor, "slip_answered", id, json!({ "version": version + 1 }), now).await?;
    Ok(version + 1)
}

/// The row the actor answers on, while answers are taken.
async fn claim_own(tx: &mut Tx, actor: &Actor, id: SlipId) -> Result<(View, Member), SlipError> {
    let view = claim(tx, actor, id).await?;
    let own = view.own.clone().ok_or(SlipError::NotFound)?;
    if view.is_replaced {
        return Err(SlipError::Replaced);
    }
    if view.slip.state != State::Collecting {
        return Err(SlipError::Closed);
    }
    if own.document_id.is_some() {
        return Err(SlipError::Signed);
    }
    Ok((view, own))
}

/// Signs the answer as it stands at `version`: a page of PDF/A with the
/// member's signature.
///
/// Page and signature are made outside the transaction, which then takes them
/// only if nobody changed the answer meanwhile. After a wrong PIN the answer
/// stands unsigned, and may be changed.
pub async fn sign(
    app: &App,
    actor: &Actor,
    id: SlipId,
    (version, pin): (i64, String),
    now: Timestamp,
) -> Result<(), SlipError> {
    let code = signing::new_code()?;
    let mut tx = app.db.read().await?;
    let view = find(&mut tx, actor, id).await?;
    let own = view.own.clone().ok_or(SlipError::NotFound)?;
    if own.version != version {
        return Err(SlipError::OtherDevice);
    }
    let made = page::own_slip(&mut tx, app, (&view.slip, &own), &code, now).await?;
    drop(tx);
    let (original, size, step) = page::store(app, made, actor.person).await?;
    let signed = signing::sign_alone(&Desk::of(app), actor, (original, &step), pin, now).await?;

    let mut tx = app.db.write().await?;
    let (view, own) = claim_own(&mut tx, actor, id).await?;
    let title = format!("Phiếu ý kiến của {}: {}", own.full_name, view.slip.title);
    let link = urls::slip(id);
    let new = NewDocument {
        title: &title,
        code: &code,
        link: &link,
        original,
        size,
        is_discreet: false,
        steps: vec![step],
    };
    let document = signing::record_alone(&mut tx, actor, new, &signed, now).await?;
    if !store::save_signed(&mut tx, id, (own.person_id, version), document).await? {
        return Err(SlipError::OtherDevice);
    }
    let details = json!({ "document": document.to_string() });
    log(&mut tx, actor, "slip_signed", id, details, now).await?;
    Ok(tx.commit().await?)
}
