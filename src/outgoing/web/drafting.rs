//! Writing a draft: a new one, its next edition, its fields. A refused form
//! comes back as it was typed.

use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::form::DraftForm;
use super::sent_draft::{Sent, one_file, value};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{self, Actor, Chrome, Section};
use crate::outgoing::actions::{self, OutgoingError};
use crate::outgoing::drafting::{self, Details, Origin};
use crate::outgoing::rules::{Act, may};
use crate::outgoing::store::{self, Outgoing};
use crate::outgoing::writing::{self, Frame, Written};
use crate::outgoing::{AttachmentId, OutgoingId, Relation, answers, urls};
use crate::web::{self, App, Form, Now, Parts, Path, Query};

/// Seconds in which the page after a form hears that the form was taken.
const SETTLED_SECONDS: i64 = 600;

#[derive(Template)]
#[template(path = "outgoing/draft.html")]
struct DraftPage {
    chrome: Chrome,
    /// Keys of heading and button.
    heading: &'static str,
    button: &'static str,
    /// Where it is sent to.
    action: String,
    problem: Option<String>,
    /// `None`: the fields are not asked for here.
    form: Option<DraftForm>,
    /// `None`: neither file nor words are.
    written: Option<Written>,
    /// The edition that the next one follows.
    seen: Option<i64>,
    /// Under which name the browser keeps what is typed until it is taken.
    kept: String,
    origin: OriginQuery,
    /// What it answers: title and address.
    answers: Option<(String, String)>,
}

impl DraftPage {
    async fn of_new(
        tx: &mut Tx,
        (chrome, actor): (Chrome, &Actor),
        origin: OriginQuery,
    ) -> Result<Self, web::Error> {
        let mut form = DraftForm::load(tx, actor, None, chrome.lang()).await?;
        let answered = match origin.answers.as_deref() {
            Some(subject) => Some(answers::asked(tx, actor, subject).await?),
            None => None,
        };
        if let Some(asker) = answers::asker_of(tx, answered.as_ref()).await? {
            form.send_to(asker);
        }
        Ok(Self {
            chrome: chrome.at(Section::Outgoing),
            heading: "outgoing-new",
            button: "outgoing-create",
            action: "/outgoing/draft".to_owned(),
            problem: None,
            form: Some(form),
            written: Some(Written::default()),
            seen: None,
            kept: kept_new(actor),
            origin,
            answers: answered.map(|to| (to.title, to.link)),
        })
    }

    /// Of a draft that is there; what is asked for comes with what was typed.
    fn again(chrome: Chrome, heading: &'static str, action: String) -> Self {
        Self {
            chrome: chrome.at(Section::Outgoing),
            heading,
            button: "save",
            action,
            problem: None,
            form: None,
            written: None,
            seen: None,
            kept: String::new(),
            origin: OriginQuery::default(),
            answers: None,
        }
    }

    /// The page with what was typed and why it was not taken.
    fn refused(
        mut self,
        error: web::Error,
        (fields, had_file): (&[(String, String)], bool),
    ) -> Result<Response, web::Error> {
        let (status, message) = error.of_form()?;
        let mut problem = message.text(self.chrome.lang());
        if had_file {
            problem = format!("{problem} {}", self.chrome.t("outgoing-choose-again"));
        }
        self.problem = Some(problem);
        if let Some(form) = &mut self.form {
            form.retype(fields);
        }
        if let Some(written) = &mut self.written {
            *written = Written::typed(fields);
        }
        Ok((status, web::page(&self)?).into_response())
    }
}

/// Under which name a browser keeps what this person types of a new draft.
fn kept_new(actor: &Actor) -> String {
    format!("outgoing-{}-new", actor.person)
}

/// The same of the edition that is to follow this one.
pub(super) fn kept_edition(actor: &Actor, (id, edition): (OutgoingId, i64)) -> String {
    format!("outgoing-{}-{id}-{edition}", actor.person)
}

/// Tells the browser that what it kept under a name was taken.
fn settled(app: &App, kept: &str) -> [(header::HeaderName, String); 1] {
    [(header::SET_COOKIE, web::cookie("settled", kept, SETTLED_SECONDS, identity::is_secure(&app.config)))]
}

/// What a new draft answers or follows; other features link here with it.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub(super) struct OriginQuery {
    answers: Option<String>,
    relation: Option<Relation>,
    related: Option<OutgoingId>,
}

impl OriginQuery {
    fn of(fields: &[(String, String)]) -> Self {
        Self {
            answers: value(fields, "answers").map(str::to_owned),
            relation: value(fields, "relation").and_then(|word| word.parse().ok()),
            related: value(fields, "related").and_then(|id| id.parse().ok()),
        }
    }
}

pub(super) async fn show(
    chrome: Chrome,
    actor: Actor,
    State(app): State<App>,
    Query(origin): Query<OriginQuery>,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    web::page(&DraftPage::of_new(&mut tx, (chrome, &actor), origin).await?)
}

/// Drafts from a form, with its file or its words.
pub(super) async fn draft(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    form: Parts,
) -> Result<Response, web::Error> {
    let sent = Sent::read(&app, form).await?;
    let error = match create(&app, &actor, &sent, now).await {
        Ok(id) => {
            let settled = settled(&app, &kept_new(&actor));
            return Ok((settled, Redirect::to(&urls::document(id))).into_response());
        }
        Err(error) => error,
    };
    let mut tx = app.db.read().await?;
    let page = DraftPage::of_new(&mut tx, (chrome, &actor), OriginQuery::of(&sent.fields)).await?;
    page.refused(error, (&sent.fields, sent.had_file()))
}

async fn create(app: &App, actor: &Actor, sent: &Sent, now: Timestamp) -> Result<OutgoingId, web::Error> {
    let (details, origin) = (details(&sent.fields)?, OriginQuery::of(&sent.fields));
    let origin = Origin { answers: origin.answers, related: origin.relation.zip(origin.related) };
    let mut tx = app.db.read().await?;
    // Laying out takes its time, and what it makes is kept.
    drafting::must_be_right(&mut tx, actor, &details).await?;
    let frame = Frame::of_new(&mut tx, &details).await?;
    drop(tx);
    let upload = sent.file(app, actor, &frame, now).await?;
    let mut tx = app.db.write().await?;
    let id = drafting::draft(&mut tx, actor, &details, (&upload, origin), now).await?;
    sent.keep(&mut tx, id, 1).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(id)
}

/// `organisation` may stand many times.
fn details(fields: &[(String, String)]) -> Result<Details, OutgoingError> {
    fn read<T: std::str::FromStr>(fields: &[(String, String)], name: &str) -> Result<T, OutgoingError> {
        value(fields, name).and_then(|text| text.trim().parse().ok()).ok_or(OutgoingError::Fields)
    }
    let text = |name: &str| value(fields, name).unwrap_or_default().to_owned();
    let organisations = fields.iter().filter(|(name, value)| name == "organisation" && !value.is_empty());
    Ok(Details {
        kind: read(fields, "kind")?,
        subject: text("subject"),
        priority: read(fields, "priority")?,
        checker: read(fields, "checker")?,
        signer: read(fields, "signer")?,
        capacity: read(fields, "capacity")?,
        symbol: text("symbol"),
        copies: read(fields, "copies")?,
        organisations: organisations
            .map(|(_, id)| id.parse().map_err(|_| OutgoingError::Fields))
            .collect::<Result<_, _>>()?,
        addresses: text("addresses"),
        bodies: text("bodies"),
        others: text("others"),
        answer_by: text("answer_by"),
    })
}

pub(super) async fn save(
    Path(id): Path<OutgoingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, web::Error> {
    let Err(error) = change(&app, &actor, (id, &fields), now).await else {
        return Ok(Redirect::to(&urls::document(id)).into_response());
    };
    let mut tx = app.db.read().await?;
    // Whose it is not learns nothing from what is wrong with the form.
    let draft = actions::find(&mut tx, &actor, id).await?;
    let form = Some(DraftForm::load(&mut tx, &actor, Some(&draft), chrome.lang()).await?);
    let page = DraftPage::again(chrome, "outgoing-edit", format!("{}/details", urls::document(id)));
    DraftPage { form, ..page }.refused(error, (&fields, false))
}

/// Saves the fields. A draft of words is laid out anew where they stand on it.
async fn change(
    app: &App,
    actor: &Actor,
    (id, fields): (OutgoingId, &[(String, String)]),
    now: Timestamp,
) -> Result<(), web::Error> {
    let version = value(fields, "version").and_then(|version| version.parse().ok()).unwrap_or_default();
    let mut tx = app.db.read().await?;
    let draft = must_act(&mut tx, actor, id, Act::Submit).await?;
    let details = details(fields)?;
    drafting::must_be_right(&mut tx, actor, &details).await?;
    let (before, after) = (Frame::of(&mut tx, &draft).await?, Frame::of_new(&mut tx, &details).await?);
    let written = store::text(&mut tx, id, draft.edition).await?.filter(|_| before != after);
    drop(tx);
    let upload = match &written {
        Some(written) => Some(writing::lay_out(app, actor, (&after, written), now).await?),
        None => None,
    };
    let mut tx = app.db.write().await?;
    drafting::save(&mut tx, actor, id, (&details, version), now).await?;
    if let Some((written, upload)) = written.zip(upload) {
        let edition = drafting::revise(&mut tx, actor, id, (&upload, draft.edition), now).await?;
        writing::keep(&mut tx, id, edition, &written).await?;
    }
    Ok(tx.commit().await?)
}

async fn must_act(tx: &mut Tx, actor: &Actor, id: OutgoingId, act: Act) -> Result<Outgoing, OutgoingError> {
    let found = actions::find(tx, actor, id).await?;
    may(found.state, act, found.hands(), actions::who(actor))?;
    Ok(found)
}

/// Takes the next edition: a file, or words to lay out. Who may not bring one
/// any more, for it was taken back or changed meanwhile, keeps what they typed.
pub(super) async fn revise(
    Path(id): Path<OutgoingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    form: Parts,
) -> Result<Response, web::Error> {
    actions::find(&mut app.db.read().await?, &actor, id).await?;
    let sent = Sent::read(&app, form).await?;
    let seen = value(&sent.fields, "seen").and_then(|seen| seen.parse().ok()).unwrap_or_default();
    let kept = kept_edition(&actor, (id, seen));
    let Err(error) = replace(&app, &actor, (id, seen), &sent, now).await else {
        return Ok((settled(&app, &kept), Redirect::to(&urls::document(id))).into_response());
    };
    let page = DraftPage::again(chrome, "outgoing-act-revise", format!("{}/editions", urls::document(id)));
    let written = Some(Written::default());
    DraftPage { written, seen: Some(seen), kept, ..page }.refused(error, (&sent.fields, sent.had_file()))
}

async fn replace(
    app: &App,
    actor: &Actor,
    (id, seen): (OutgoingId, i64),
    sent: &Sent,
    now: Timestamp,
) -> Result<(), web::Error> {
    let mut tx = app.db.read().await?;
    let draft = must_act(&mut tx, actor, id, Act::Revise).await?;
    let frame = Frame::of(&mut tx, &draft).await?;
    drop(tx);
    let upload = sent.file(app, actor, &frame, now).await?;
    let mut tx = app.db.write().await?;
    let edition = drafting::revise(&mut tx, actor, id, (&upload, seen), now).await?;
    sent.keep(&mut tx, id, edition).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(())
}

pub(super) async fn attach(
    Path(id): Path<OutgoingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    form: Parts,
) -> Result<Redirect, web::Error> {
    // Refused before a long upload is read, not after.
    must_act(&mut app.db.read().await?, &actor, id, Act::Submit).await?;
    let upload = one_file(&app, form).await?;
    let mut tx = app.db.write().await?;
    drafting::attach(&mut tx, &actor, id, &upload, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::document(id)))
}

pub(super) async fn detach(
    Path((id, attachment)): Path<(OutgoingId, AttachmentId)>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    drafting::detach(&mut tx, &actor, id, attachment, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::document(id)))
}
