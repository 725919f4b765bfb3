//! What is done for each kind of job.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use crate::circulation::CirculationId;
use crate::identity::PersonId;
use crate::jobs::{self, Failure, Handler, Worker};
use crate::meetings::MeetingId;
use crate::notices::Mailer;
use crate::outgoing::OutgoingError;
use crate::slips::SlipId;
use crate::tasks::TaskId;
use crate::tasks::actions::TaskError;
use crate::web::App;
use crate::{
    circulation, conclusions, copies, exchange, files, identity, incoming, indicators, lights, meetings,
    minutes, notices, outgoing, papers, signing, slips, tasks, verify, voting,
};

/// The worker with the handlers of every kind of job.
pub fn worker(app: &App, mailer: Mailer) -> Worker {
    let handlers = HashMap::from([
        (
            notices::DELIVERY_JOB,
            handler(app, move |app, payload| {
                let mailer = mailer.clone();
                async move { notices::deliver(&app, &mailer, jobs::payload(payload)?).await }
            }),
        ),
        (
            notices::DIGEST_JOB,
            handler(app, |app, payload| async move {
                let gathered = notices::gather(&app, jobs::payload(payload)?).await;
                gathered.map_err(|error| Failure::from_error(&error))
            }),
        ),
        (
            papers::DERIVE_JOB,
            handler(app, |app, payload| async move { papers::derive(&app, jobs::payload(payload)?).await }),
        ),
        (signing::timestamp::JOB, signing::timestamp::handler(signing::Desk::of(app), app.clock.clone())),
        (
            outgoing::stamping::JOB,
            handler(app, |app, payload| async move { outgoing::stamping::run(&app, payload).await }),
        ),
        (
            copies::stamping::JOB,
            handler(app, |app, payload| async move { copies::stamping::run(&app, payload).await }),
        ),
        (
            signing::certificates::EXPIRY_JOB,
            handler(app, |app, _| async move {
                signing::certificates::look(&app.db, app.clock.now())
                    .await
                    .map_err(|error| Failure::from_error(&error))
            }),
        ),
        (lights::JOB, handler(app, |app, _| async move { light(&app).await })),
        (
            indicators::REBUILD_JOB,
            handler(app, |app, payload| async move {
                indicators::following::rebuild(&app.db, jobs::payload(payload)?).await
            }),
        ),
        (
            voting::secret::FORGET_JOB,
            handler(app, |app, _| async move {
                voting::secret::forget(&app.db).await.map_err(|error| Failure::from_error(&error))
            }),
        ),
        (
            meetings::ENDED_JOB,
            handler(app, |app, payload| async move { draft_minutes(&app, jobs::payload(payload)?).await }),
        ),
        (
            signing::actions::SENT_BACK_JOB,
            handler(app, |app, payload| async move { reopen(&app, jobs::payload(payload)?).await }),
        ),
        (
            outgoing::consulting::REMINDER_JOB,
            handler(app, |app, payload| async move {
                outgoing::consulting::run(&app, jobs::payload(payload)?).await
            }),
        ),
        (
            exchange::folder::POSTING_JOB,
            handler(app, |app, payload| async move {
                let written = exchange::folder::write_out(&app, jobs::payload(payload)?).await;
                written.map_err(|error| Failure::from_error(&error))
            }),
        ),
        (
            outgoing::answers::ANSWER_JOB,
            handler(app, |app, payload| async move {
                incoming::answering::run(&app, jobs::payload(payload)?).await
            }),
        ),
        (
            circulation::REMINDER_JOB,
            handler(app, |app, payload| async move { remind(&app, jobs::payload(payload)?).await }),
        ),
        (
            tasks::REMINDER_JOB,
            handler(app, |app, payload| async move { remind_of_task(&app, jobs::payload(payload)?).await }),
        ),
        (
            files::HAND_IN_JOB,
            handler(app, |app, payload| async move { files::remind(&app, jobs::payload(payload)?).await }),
        ),
        (
            identity::RETIRED_JOB,
            handler(app, |app, payload| async move { hand_over(&app, jobs::payload(payload)?).await }),
        ),
        (
            slips::REMINDER_JOB,
            handler(app, |app, payload| async move { remind_of_slip(&app, jobs::payload(payload)?).await }),
        ),
    ]);
    Worker { db: app.db.clone(), clock: app.clock.clone(), handlers, bell: app.bell.clone() }
}

fn handler<W, O>(app: &App, work: W) -> Handler
where
    W: Fn(App, Value) -> O + Send + Sync + 'static,
    O: Future<Output = Result<(), Failure>> + Send + 'static,
{
    let app = app.clone();
    Arc::new(move |payload| Box::pin(work(app.clone(), payload)))
}

/// Lights the lamps; what they come to counts in the figures.
async fn light(app: &App) -> Result<(), Failure> {
    verify::light_all(app).await?;
    indicators::following::follow_lights(&app.db).await
}

async fn remind(app: &App, circulation: CirculationId) -> Result<(), Failure> {
    let reminded = async {
        let mut tx = app.db.write().await?;
        circulation::remind(&mut tx, circulation, app.clock.now()).await?;
        Ok::<_, jobs::Error>(tx.commit().await?)
    };
    reminded.await.map_err(|error| Failure::from_error(&error))?;
    app.bell.notify_one();
    Ok(())
}

/// The draft of a document that was sent back, whoever made it.
async fn reopen(app: &App, back: signing::actions::SentBack) -> Result<(), Failure> {
    let reopened = async {
        let (now, mut tx) = (app.clock.now(), app.db.write().await?);
        minutes::actions::reopen(&mut tx, back.organisation, back.document, now).await?;
        conclusions::issue::reopen(&mut tx, back.organisation, back.document, now).await?;
        outgoing::reviewing::reopen(&mut tx, back.organisation, back.document, now).await?;
        Ok::<_, OutgoingError>(tx.commit().await?)
    };
    reopened.await.map_err(|error| Failure::from_error(&error))?;
    app.bell.notify_one();
    Ok(())
}

async fn remind_of_task(app: &App, task: TaskId) -> Result<(), Failure> {
    let reminded = async {
        let (now, mut tx) = (app.clock.now(), app.db.write().await?);
        if tasks::remind_with_others(&mut tx, task, now).await.is_err() {
            // One bad row holds up nobody else: alone, only its own job fails.
            drop(tx);
            tx = app.db.write().await?;
            tasks::remind(&mut tx, task, now).await?;
        }
        Ok::<_, TaskError>(tx.commit().await?)
    };
    reminded.await.map_err(|error| Failure::from_error(&error))?;
    app.bell.notify_one();
    Ok(())
}

async fn remind_of_slip(app: &App, slip: SlipId) -> Result<(), Failure> {
    let reminded = async {
        let (now, mut tx) = (app.clock.now(), app.db.write().await?);
        if slips::remind_with_others(&mut tx, slip, now).await.is_err() {
            drop(tx);
            tx = app.db.write().await?;
            slips::remind(&mut tx, slip, now).await?;
        }
        Ok::<_, jobs::Error>(tx.commit().await?)
    };
    reminded.await.map_err(|error| Failure::from_error(&error))?;
    app.bell.notify_one();
    Ok(())
}

/// Somebody left the office, and what they held must go to others.
async fn hand_over(app: &App, person: PersonId) -> Result<(), Failure> {
    let told = async {
        let mut tx = app.db.write().await?;
        tasks::retired(&mut tx, person, app.clock.now()).await?;
        Ok::<_, TaskError>(tx.commit().await?)
    };
    told.await.map_err(|error| Failure::from_error(&error))?;
    app.bell.notify_one();
    Ok(())
}

async fn draft_minutes(app: &App, meeting: MeetingId) -> Result<(), Failure> {
    let drafted = async {
        let mut tx = app.db.write().await?;
        minutes::actions::draft(&mut tx, meeting, app.clock.now()).await?;
        tx.commit().await
    };
    drafted.await.map_err(|error| Failure::from_error(&error))?;
    app.live.changed(meetings::topic(meeting));
    Ok(())
}
