//! How the answers come in, and what is made of them.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{Html, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::{draft, member_badge, state_badge};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::store::Person;
use crate::identity::{self, Actor, Chrome, PersonId, Section};
use crate::meetings;
use crate::signing::web::{Disposition, pdf_response};
use crate::slips::actions::{self, SlipError, View, Wanted};
use crate::slips::rules::{Choice, State as SlipState, Tally};
use crate::slips::store::{self, Answer, Member, Paper, Slip};
use crate::slips::{QuestionId, SlipId, page, urls};
use crate::web::{self, App, Form, Lang, Now, Path, StateBadge};
use crate::{outgoing, signing};

const DAY: i64 = 86_400;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/slips/{slip}/deadline", post(extend))
        .route("/slips/{slip}/reminders", post(remind))
        .route("/slips/{slip}/substitutes", post(substitute))
        .route("/slips/{slip}/closing", post(close))
        .route("/slips/{slip}/responses", post(respond))
        .route("/slips/{slip}/report", get(show_report).post(report))
        .route("/slips/{slip}/documents", post(draft_document))
        .route("/slips/{slip}/table.csv", get(export))
}

#[derive(Template)]
#[template(path = "slips/office.html")]
struct OfficePage {
    chrome: Chrome,
    slip: Slip,
    badge: StateBadge,
    body: String,
    members: Vec<MemberView>,
    silent: usize,
    back: usize,
    progress: usize,
    questions: Vec<QuestionView>,
    papers: Vec<Paper>,
    people: Vec<Person>,
    is_collecting: bool,
    is_closed: bool,
    is_late: bool,
    manages: bool,
    is_asked: bool,
    usual_deadline: String,
    following: Following,
}

/// The document that follows the report.
struct Following {
    /// It is there.
    link: Option<String>,
    /// Otherwise the kinds to choose from, if this person may draft it now.
    kinds: Vec<(&'static str, &'static str)>,
    /// Who may check it: everyone but the drafter.
    checkers: Vec<Person>,
    signers: Vec<Person>,
    signer: PersonId,
}

struct MemberView {
    member: Member,
    badge: StateBadge,
    is_back: bool,
    is_late: bool,
    may_be_replaced: bool,
    /// The signed slip.
    file: Option<String>,
}

struct QuestionView {
    number: usize,
    id: QuestionId,
    text: String,
    tally: Tally,
    rows: Vec<(&'static str, String, usize, usize)>,
    opinions: Vec<Opinion>,
}

struct Opinion {
    answer: Answer,
    name: String,
    choice: String,
}

pub(super) async fn page(
    tx: &mut Tx,
    chrome: Chrome,
    actor: &Actor,
    view: View,
    now: Timestamp,
) -> Result<Html<String>, web::Error> {
    let people = identity::store::people(tx, actor.organisation).await?;
    let is_free = |one: &Person| {
        one.active
            && !view.members.iter().any(|known| known.answerer() == one.id || known.person_id == one.id)
    };
    let free = people.into_iter().filter(is_free).collect();
    let following = following(tx, actor, &view).await?;
    let slip = &view.slip;
    let members: Vec<MemberView> = view.members.iter().map(|one| member(&chrome, slip, one)).collect();
    let back = members.iter().filter(|one| one.is_back).count();
    // How each voted is for those who put it together; others see the report.
    let questions = if view.manages { questions(tx, &chrome, &view).await? } else { Vec::new() };
    web::page(&OfficePage {
        badge: state_badge(&chrome, slip.state),
        body: meetings::store::meeting_type(tx, slip.type_id).await?.body_name,
        silent: members.len() - back,
        back,
        progress: (back * 100).checked_div(members.len()).unwrap_or_default(),
        members,
        questions,
        papers: store::papers(tx, slip.id).await?,
        people: identity::actions::sorted_by_name(free),
        is_collecting: slip.state == SlipState::Collecting,
        is_closed: slip.state == SlipState::Closed,
        is_late: slip.deadline < now && slip.state == SlipState::Collecting,
        usual_deadline: slip.deadline.max(now.day().0).plus_seconds(2 * DAY).for_input(),
        manages: view.manages,
        is_asked: view.own.is_some(),
        following,
        slip: view.slip,
        chrome: chrome.at(Section::Slips),
    })
}

fn member(chrome: &Chrome, slip: &Slip, one: &Member) -> MemberView {
    let is_back = slip.terms().is_back(one.state);
    MemberView {
        badge: member_badge(chrome, one.state),
        is_back,
        is_late: page::is_late(slip, one),
        may_be_replaced: one.answered_at.is_none() && slip.state == SlipState::Collecting,
        file: one.document_id.map(signing::urls::file),
        member: one.clone(),
    }
}

async fn questions(tx: &mut Tx, chrome: &Chrome, view: &View) -> Result<Vec<QuestionView>, web::Error> {
    let answers = page::counted(view, store::answers(tx, view.slip.id).await?);
    let word = |choice: Choice| chrome.t(&format!("slip-choice-{}", choice.as_str()));
    let mut views = Vec::new();
    for (number, question) in (1..).zip(store::questions(tx, view.slip.id).await?) {
        let tally = page::tally(view, &question, &answers);
        let row = |kind, label, count| (kind, label, count, tally.share(count));
        let of_question = answers.iter().filter(|one| one.question_id == question.id && !one.text.is_empty());
        let opinion = |answer: &Answer| {
            let member = view.members.iter().find(|one| one.person_id == answer.person_id);
            Opinion {
                name: member.map(|one| one.full_name.clone()).unwrap_or_default(),
                choice: word(answer.choice),
                answer: answer.clone(),
            }
        };
        views.push(QuestionView {
            number,
            id: question.id,
            rows: vec![
                row("good", word(Choice::Agree), tally.agree),
                row("bad", word(Choice::Disagree), tally.disagree),
                row("", word(Choice::Other), tally.other),
                row("none", chrome.t("slip-silent"), tally.silent),
            ],
            opinions: of_question.map(opinion).collect(),
            text: question.text,
            tally,
        });
    }
    Ok(views)
}

async fn following(tx: &mut Tx, actor: &Actor, view: &View) -> Result<Following, web::Error> {
    let document = store::document(tx, view.slip.id).await?;
    let may_draft = view.manages && view.slip.state == SlipState::Reported && document.is_none();
    let people = if may_draft { identity::store::people(tx, actor.organisation).await? } else { Vec::new() };
    let signers = identity::actions::sorted_by_name(people.into_iter().filter(|one| one.active).collect());
    let kind = |kind: &outgoing::rules::Kind| (kind.as_str(), kind.legal_name());
    Ok(Following {
        link: document.filter(|_| view.manages || view.approves).map(outgoing::urls::document),
        kinds: if may_draft { actions::KINDS.iter().map(kind).collect() } else { Vec::new() },
        checkers: signers.iter().filter(|one| one.id != actor.person).cloned().collect(),
        signers,
        signer: view.slip.approver_id,
    })
}

#[derive(Debug, Deserialize)]
struct DocumentForm {
    kind: String,
    checker: PersonId,
    signer: PersonId,
}

async fn draft_document(
    Path(id): Path<SlipId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<DocumentForm>,
) -> Result<Redirect, web::Error> {
    let kind = form.kind.parse().map_err(|_| SlipError::NotFound)?;
    let wanted = Wanted { kind, checker: form.checker, signer: form.signer };
    let document = actions::draft_document(&app, &actor, id, wanted, now).await?;
    app.bell.notify_one();
    Ok(Redirect::to(&outgoing::urls::document(document)))
}

#[derive(Debug, Deserialize)]
struct DeadlineForm {
    deadline: String,
}

async fn extend(
    Path(id): Path<SlipId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<DeadlineForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::find(&mut tx, &actor, id).await?;
    let deadline = Timestamp::from_input(&form.deadline).ok_or(SlipError::Deadline)?;
    actions::extend(&mut tx, &actor, id, deadline, now).await?;
    draft::done(&app, tx, id).await
}

async fn remind(
    Path(id): Path<SlipId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::remind_now(&mut tx, &actor, id, now).await?;
    draft::done(&app, tx, id).await
}

#[derive(Debug, Deserialize)]
struct SubstituteForm {
    member: PersonId,
    substitute: PersonId,
}

async fn substitute(
    Path(id): Path<SlipId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<SubstituteForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::substitute(&mut tx, &actor, id, (form.member, form.substitute), now).await?;
    draft::done(&app, tx, id).await
}

async fn close(
    Path(id): Path<SlipId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::close(&mut tx, &actor, id, now).await?;
    draft::done(&app, tx, id).await
}

#[derive(Debug, Deserialize)]
struct ResponseForm {
    member: PersonId,
    question: QuestionId,
    text: String,
}

async fn respond(
    Path(id): Path<SlipId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<ResponseForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::respond(&mut tx, &actor, id, (form.member, form.question, &form.text), now).await?;
    draft::done(&app, tx, id).await
}

async fn report(
    Path(id): Path<SlipId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    actions::report(&app, &actor, id, now).await?;
    app.bell.notify_one();
    Ok(Redirect::to(&urls::slip(id)))
}

async fn show_report(
    Path(id): Path<SlipId>,
    actor: Actor,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.read().await?;
    let view = actions::find(&mut tx, &actor, id).await?;
    let sha256 = view.slip.report_sha256.ok_or(web::Error::NotFound)?;
    drop(tx);
    let title = format!("Báo cáo lấy ý kiến: {}", view.slip.title);
    pdf_response(&app.storage, sha256, &title, Disposition::Inline).await
}

/// A line for each member and question, for those who put it together.
async fn export(
    Path(id): Path<SlipId>,
    actor: Actor,
    lang: Lang,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.read().await?;
    let view = actions::find(&mut tx, &actor, id).await?;
    if !view.manages {
        return Err(SlipError::NotYours.into());
    }
    let answers = store::answers(&mut tx, id).await?;
    let head = [
        "full-name",
        "position",
        "slip-question",
        "slip-answer",
        "slip-opinion",
        "slip-response",
        "slip-answered-at",
    ];
    let mut lines = vec![head.map(|key| lang.t(key))];
    for question in store::questions(&mut tx, id).await? {
        for member in &view.members {
            let is_of = |one: &&Answer| one.person_id == member.person_id && one.question_id == question.id;
            let of = answers.iter().find(is_of).filter(|_| view.slip.terms().is_back(member.state));
            lines.push(row(lang, member, &question.text, of));
        }
    }
    web::csv("phieu-lay-y-kien.csv", lines.into_iter())
}

fn row(lang: Lang, member: &Member, question: &str, of: Option<&Answer>) -> [String; 7] {
    let choice = of.map(|one| lang.t(&format!("slip-choice-{}", one.choice.as_str())));
    [
        member.full_name.clone(),
        member.position.clone(),
        question.to_owned(),
        choice.unwrap_or_else(|| lang.t("slip-silent")),
        of.map(|one| one.text.clone()).unwrap_or_default(),
        of.map(|one| one.response.clone()).unwrap_or_default(),
        member.answered_at.map(Timestamp::date_time).unwrap_or_default(),
    ]
}
