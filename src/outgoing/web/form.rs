//! The form of a draft, and its files.

use askama::Template;
use axum::extract::multipart::Field;
use axum::extract::{Multipart, State};
use axum::response::{Html, Redirect};

use super::dashed;
use super::sent_draft::Sent;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::exchange;
use crate::identity::store::Person;
use crate::identity::{self, Actor, Chrome, OrganisationId, Section};
use crate::outgoing::actions::{self, OutgoingError};
use crate::outgoing::drafting::{self, Details, Origin};
use crate::outgoing::rules::{Act, Capacity, Kind, Priority, may};
use crate::outgoing::store::{self, Outgoing};
use crate::outgoing::writing::{Frame, Written};
use crate::outgoing::{AttachmentId, OutgoingId, Relation, answers, urls};
use crate::papers::{self, Upload};
use crate::web::{self, App, Form, Lang, Now, Path, Query};

#[derive(Template)]
#[template(path = "outgoing/draft.html")]
struct DraftPage {
    chrome: Chrome,
    form: DraftForm,
    origin: OriginQuery,
    /// What it answers: title and address.
    answers: Option<(String, String)>,
    written: Written,
}

/// What the fields offer and hold.
pub(super) struct DraftForm {
    pub kinds: Vec<Choice>,
    pub priorities: Vec<Choice>,
    pub capacities: Vec<Choice>,
    pub checkers: Vec<Choice>,
    pub signers: Vec<Choice>,
    pub organisations: Vec<Choice>,
    pub subject: String,
    pub symbol: String,
    pub copies: i64,
    pub addresses: String,
    /// Bodies of the exchange by name; `None`: no body is known here.
    pub bodies: Option<String>,
    pub others: String,
    pub answer_by: String,
    pub version: i64,
}

pub(super) struct Choice {
    pub value: String,
    pub label: String,
    pub is_chosen: bool,
}

impl DraftForm {
    /// The form, with what a draft holds already.
    pub(super) async fn load(
        tx: &mut Tx,
        actor: &Actor,
        draft: Option<&Outgoing>,
        lang: Lang,
    ) -> Result<Self, web::Error> {
        let people = identity::store::people(tx, actor.organisation).await?;
        let neighbours = drafting::neighbours(tx, actor).await?;
        let sent = match draft {
            Some(draft) => store::recipients(tx, draft.id).await?,
            None => Vec::new(),
        };
        let addresses: Vec<&str> =
            sent.iter().filter(|(to, _)| to.is_none()).map(|(_, address)| address.as_str()).collect();
        let kind = |one: &Kind| Choice {
            value: one.as_str().to_owned(),
            label: match one.code() {
                "" => one.legal_name().to_owned(),
                code => format!("{} ({code})", one.legal_name()),
            },
            is_chosen: draft.map_or(*one == Kind::OfficialLetter, |draft| draft.kind == *one),
        };
        let capacity = |one: &Capacity| Choice {
            value: one.as_str().to_owned(),
            label: lang.t(&format!("outgoing-capacity-{}", one.as_str())),
            is_chosen: draft.map_or(*one == Capacity::Tm, |draft| draft.capacity == *one),
        };
        let priority = |one: &Priority| Choice {
            value: one.as_str().to_owned(),
            label: lang.t(&format!("outgoing-priority-{}", dashed(one.as_str()))),
            is_chosen: draft.map_or(*one == Priority::Normal, |draft| draft.priority == *one),
        };
        let office = |(id, name): (OrganisationId, String)| Choice {
            is_chosen: sent.iter().any(|(to, _)| *to == Some(id)),
            value: id.to_string(),
            label: name,
        };
        Ok(Self {
            kinds: Kind::ALL.iter().map(kind).collect(),
            priorities: Priority::ALL.iter().map(priority).collect(),
            capacities: Capacity::ALL.iter().map(capacity).collect(),
            checkers: choices(
                &people,
                |person| draft.is_some_and(|draft| draft.checker_id == person.id),
                |person| person.id != actor.person,
            ),
            signers: choices(
                &people,
                |person| draft.is_some_and(|draft| draft.signer_id == person.id),
                |_| true,
            ),
            organisations: neighbours.into_iter().map(office).collect(),
            subject: draft.map(|draft| draft.subject.clone()).unwrap_or_default(),
            symbol: draft.map(|draft| draft.symbol.clone()).unwrap_or_default(),
            copies: draft.map_or(1, |draft| draft.copies),
            addresses: addresses.join("\n"),
            bodies: bodies_of(tx, draft).await?,
            others: draft.map(|draft| draft.others.clone()).unwrap_or_default(),
            answer_by: draft.and_then(|draft| draft.answer_by).map(for_date_input).unwrap_or_default(),
            version: draft.map_or(1, |draft| draft.version),
        })
    }
}

/// The bodies of the exchange it goes to, a name a line.
async fn bodies_of(tx: &mut Tx, draft: Option<&Outgoing>) -> Result<Option<String>, web::Error> {
    let chosen = match draft {
        Some(draft) => store::bodies_of(tx, draft.id).await?,
        None => Vec::new(),
    };
    if chosen.is_empty() && !exchange::bodies::are_known(tx).await? {
        return Ok(None);
    }
    let lines: Vec<String> = chosen.into_iter().map(|body| body.code).collect();
    Ok(Some(lines.join("\n")))
}

/// A day as a date field takes it.
fn for_date_input(day: Timestamp) -> String {
    day.in_office().date().to_string()
}

impl DraftForm {
    fn send_to(&mut self, office: OrganisationId) {
        let office = office.to_string();
        for choice in self.organisations.iter_mut().filter(|choice| choice.value == office) {
            choice.is_chosen = true;
        }
    }
}

fn choices(
    people: &[Person],
    is_chosen: impl Fn(&Person) -> bool,
    is_offered: impl Fn(&Person) -> bool,
) -> Vec<Choice> {
    let offered = people.iter().filter(|person| person.active && is_offered(person));
    let choice = |person: &Person| Choice {
        value: person.id.to_string(),
        label: match person.position.as_str() {
            "" => person.full_name.clone(),
            position => format!("{}, {position}", person.full_name),
        },
        is_chosen: is_chosen(person),
    };
    offered.map(choice).collect()
}

/// What a new draft answers or follows; other features link here with it.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub(super) struct OriginQuery {
    answers: Option<String>,
    relation: Option<Relation>,
    related: Option<OutgoingId>,
}

pub(super) async fn show(
    chrome: Chrome,
    actor: Actor,
    State(app): State<App>,
    Query(origin): Query<OriginQuery>,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    let mut form = DraftForm::load(&mut tx, &actor, None, chrome.lang()).await?;
    let answered = match origin.answers.as_deref() {
        Some(subject) => Some(answers::asked(&mut tx, &actor, subject).await?),
        None => None,
    };
    if let Some(asker) = answers::asker_of(&mut tx, answered.as_ref()).await? {
        form.send_to(asker);
    }
    let answers = answered.map(|to| (to.title, to.link));
    let written = Written::default();
    web::page(&DraftPage { chrome: chrome.at(Section::Outgoing), form, origin, answers, written })
}

/// Drafts from a form with its file.
pub(super) async fn draft(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    mut form: Multipart,
) -> Result<Redirect, web::Error> {
    let sent = Sent::read(&app, &mut form).await?;
    let (details, origin) = (details(&sent.fields)?, origin(&sent.fields));
    let frame = Frame::of_new(&mut app.db.read().await?, &details).await?;
    let upload = sent.file(&app, &actor, &frame, now).await?;
    let mut tx = app.db.write().await?;
    let id = drafting::draft(&mut tx, &actor, &details, (&upload, origin), now).await?;
    sent.keep(&mut tx, id, 1).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(Redirect::to(&urls::document(id)))
}

pub(super) fn value<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
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

fn origin(fields: &[(String, String)]) -> Origin {
    let related = value(fields, "related").and_then(|id| id.parse().ok());
    let relation = value(fields, "relation").and_then(|word| word.parse().ok());
    Origin { answers: value(fields, "answers").map(str::to_owned), related: relation.zip(related) }
}

pub(super) async fn save(
    Path(id): Path<OutgoingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Redirect, web::Error> {
    let version = value(&fields, "version").and_then(|version| version.parse().ok()).unwrap_or_default();
    let mut tx = app.db.write().await?;
    // Whose it is not learns nothing from what is wrong with the form.
    actions::find(&mut tx, &actor, id).await?;
    drafting::save(&mut tx, &actor, id, (&details(&fields)?, version), now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::document(id)))
}

/// Refuses before a long upload is read, not after.
async fn must_act(app: &App, actor: &Actor, id: OutgoingId, act: Act) -> Result<(), OutgoingError> {
    let mut tx = app.db.read().await?;
    let found = actions::find(&mut tx, actor, id).await?;
    may(found.state, act, found.hands(), actions::who(actor))?;
    Ok(())
}

pub(super) async fn revise(
    Path(id): Path<OutgoingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    mut form: Multipart,
) -> Result<Redirect, web::Error> {
    must_act(&app, &actor, id, Act::Revise).await?;
    let sent = Sent::read(&app, &mut form).await?;
    let mut tx = app.db.read().await?;
    let draft = actions::find(&mut tx, &actor, id).await?;
    let frame = Frame::of(&mut tx, &draft).await?;
    drop(tx);
    let upload = sent.file(&app, &actor, &frame, now).await?;
    let mut tx = app.db.write().await?;
    let edition = drafting::revise(&mut tx, &actor, id, &upload, now).await?;
    sent.keep(&mut tx, id, edition).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(Redirect::to(&urls::document(id)))
}

pub(super) async fn attach(
    Path(id): Path<OutgoingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    form: Multipart,
) -> Result<Redirect, web::Error> {
    must_act(&app, &actor, id, Act::Submit).await?;
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

async fn one_file(app: &App, mut form: Multipart) -> Result<Upload, web::Error> {
    while let Some(field) = form.next_field().await.map_err(|_| broken_form())? {
        if field.name() == Some("file") {
            return receive(app, field).await;
        }
    }
    Err(OutgoingError::NoFile.into())
}

pub(super) async fn receive(app: &App, field: Field<'_>) -> Result<Upload, web::Error> {
    let name = field.file_name().unwrap_or_default().to_owned();
    papers::actions::read_upload(app, &name, field).await.map_err(papers::web::upload_refusal)
}

pub(super) fn broken_form() -> web::Error {
    web::Error::Invalid("error-form".into())
}
