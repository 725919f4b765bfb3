//! The answer to an incoming document: an outgoing one that names it, and ends
//! it when it is issued.

use serde_json::json;

use super::IncomingId;
use super::actions::{Found, IncomingError, find, heads_of};
use super::course::tell;
use super::rules::{Act, State};
use super::store::{self, Document};
use super::{sent, urls};
use crate::audit;
use crate::db::Tx;
use crate::identity::{self, Actor, PersonId};
use crate::jobs::Failure;
use crate::outgoing::answers::{self, AnswerLine, AnswerNews, Answerable};
use crate::web::App;

/// May this person draft the answer now? Who leads the work does.
pub(super) fn may_answer(found: &Found) -> bool {
    found.standing.leads_work() && found.document.state.after(Act::Answer).is_some()
}

/// Lets a person who leads the work draft an answer; gives the address of the form.
pub async fn start(tx: &mut Tx, actor: &Actor, id: IncomingId) -> Result<String, IncomingError> {
    let found = find(tx, actor, id).await?;
    found.must(found.standing.leads_work())?;
    found.after(Act::Answer)?;
    let document = &found.document;
    let to = Answerable {
        subject: name(id),
        title: format!("{}, {}: {}", document.symbol, document.sender, document.subject),
        link: urls::document(id),
        dispatch_id: document.dispatch_id,
    };
    Ok(answers::allow(tx, actor, &to).await?)
}

/// The documents drafted as answers so far.
pub(super) async fn drafted(
    tx: &mut Tx,
    actor: &Actor,
    id: IncomingId,
) -> Result<Vec<AnswerLine>, IncomingError> {
    Ok(answers::answers_to(tx, actor, &name(id)).await?)
}

fn name(id: IncomingId) -> String {
    format!("incoming:{id}")
}

/// Writes down that an answer was drafted or issued; issued by who leads the
/// work, it ends the work. What another feature keeps is passed over, and a
/// second run finds its own line and adds nothing.
async fn follow(tx: &mut Tx, news: &AnswerNews) -> Result<(), IncomingError> {
    let Some(id) = news.subject.strip_prefix("incoming:").and_then(|id| id.parse().ok()) else {
        return Ok(());
    };
    let Some(document) = store::claim(tx, news.organisation, id).await? else { return Ok(()) };
    let act = act_of(tx, &document, news).await?;
    let line = (act, news.title.as_str());
    if document.state.is_over() || store::is_in_course(tx, id, line, news.at).await? {
        return Ok(());
    }
    let state = document.state.after(act).unwrap_or(document.state);
    if act == Act::Complete {
        store::complete(tx, id, state, Some(news.at)).await?;
        store::mark_done(tx, id, news.drafter, Some(news.at)).await?;
        let mut leader = identity::store::people(tx, news.organisation).await?;
        leader.retain(|one| Some(one.id) == document.presented_to);
        tell(tx, &document, &leader, "incoming-completed-notice", news.at).await?;
    } else {
        store::set_state(tx, id, state).await?;
    }
    sent::follow(tx, &document, state, news.at).await?;
    store::note_in_course(tx, news.drafter, id, line, news.at).await?;
    let details = json!({ "answer": news.title, "issued": news.is_issued });
    let act = audit::Act {
        chain: news.organisation.into(),
        actor: Some(news.drafter.into()),
        act: "incoming_answered",
        subject: name(id),
        details,
    };
    Ok(audit::record(tx, act, news.at).await?)
}

/// The job that hears of answers.
pub async fn run(app: &App, news: AnswerNews) -> Result<(), Failure> {
    let followed = async {
        let mut tx = app.db.write().await?;
        follow(&mut tx, &news).await?;
        Ok::<_, IncomingError>(tx.commit().await?)
    };
    followed.await.map_err(|error| Failure::from_error(&error))?;
    app.bell.notify_one();
    Ok(())
}

/// An issued answer ends the work when its drafter leads it, and the work is on.
async fn act_of(tx: &mut Tx, document: &Document, news: &AnswerNews) -> Result<Act, IncomingError> {
    let may_end = document.state.after(Act::Complete).is_some() || document.state == State::Completed;
    let ends = news.is_issued && may_end && leads(tx, document, news.drafter).await?;
    Ok(if ends { Act::Complete } else { Act::Answer })
}

async fn leads(tx: &mut Tx, document: &Document, person: PersonId) -> Result<bool, IncomingError> {
    let Some(unit) = document.lead_unit_id else { return Ok(false) };
    let people = store::assignments(tx, document.id).await?;
    let heads = heads_of(tx, document.organisation_id, unit).await?;
    Ok(people.iter().any(|one| one.person_id == person && one.unit_id == unit)
        || heads.iter().any(|head| head.id == person))
}
