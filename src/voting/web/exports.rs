//! A vote as a file: its record, its ballots for a spreadsheet, its result on paper.

use axum::Router;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use typeset::{Block, Letterhead, Making, NamedDocument, PlaceLine, Signer};

use super::super::rules::VoteState;
use super::super::store::{self, MandateLine, Vote};
use super::super::{VoteId, actions};
use super::result::{BallotLine, ResultView, ballots};
use super::{result_view, rule_text};
use crate::clock::Timestamp;
use crate::db::{self, Db, Tx};
use crate::identity::{self, Actor};
use crate::meetings;
use crate::meetings::store::Meeting;
use crate::web::{self, App, Lang, Path};

/// Documents are in Vietnamese, whatever language the reader uses.
const LANG: Lang = Lang::Vi;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/votes/{vote}/record.json", get(record))
        .route("/votes/{vote}/ballots.csv", get(csv))
        .route("/votes/{vote}/result.pdf", get(pdf))
}

fn file(kind: &'static str, name: &str, body: Vec<u8>) -> Response {
    let name = format!("attachment; filename=\"{name}\"");
    ([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, name)], body).into_response()
}

async fn record(Path(id): Path<VoteId>, actor: Actor, State(db): State<Db>) -> Result<Response, web::Error> {
    let mut tx = db.read().await?;
    let (vote, _) = actions::find(&mut tx, &actor, id).await?;
    let body = actions::export(&mut tx, &actor, id).await?;
    Ok(file("application/json", &format!("bieu-quyet-{}.json", vote.number), body.into_bytes()))
}

/// A vote that is over, with everything its page shows.
struct Outcome {
    vote: Vote,
    meeting: Meeting,
    result: ResultView,
    ballots: Vec<BallotLine>,
    mandates: Vec<MandateLine>,
}

async fn outcome(tx: &mut Tx, actor: &Actor, id: VoteId) -> Result<Outcome, web::Error> {
    let (vote, meeting) = actions::find(tx, actor, id).await?;
    let result = store::result(tx, id).await?.filter(|_| vote.state == VoteState::Published);
    let result = result_view(LANG, &vote, result.ok_or(web::Error::NotFound)?);
    let ballots = ballots(tx, LANG, &vote).await?;
    let mandates = store::mandates_of(tx, id).await?;
    Ok(Outcome { vote, meeting, result, ballots, mandates })
}

async fn csv(Path(id): Path<VoteId>, actor: Actor, State(db): State<Db>) -> Result<Response, web::Error> {
    let mut tx = db.read().await?;
    let over = outcome(&mut tx, &actor, id).await?;
    let name = format!("bieu-quyet-{}.csv", over.vote.number);
    Ok(file("text/csv; charset=utf-8", &name, table(&over).map_err(web::Error::internal)?))
}

fn table(over: &Outcome) -> Result<Vec<u8>, csv::Error> {
    // The mark in front tells a spreadsheet that this is UTF-8.
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer("\u{feff}".as_bytes().to_vec());
    let mut line = |cells: &[&str]| writer.write_record(cells.iter().map(|cell| harmless(cell)));
    line(&[&LANG.t("vote-question"), &over.vote.question])?;
    line(&[&LANG.t("outcome"), &over.result.outcome])?;
    for (label, count) in figures(&over.result) {
        line(&[&label, &count.to_string()])?;
    }
    line(&[&LANG.t("full-name"), &LANG.t("choice"), &LANG.t("ballot-remark")])?;
    for ballot in &over.ballots {
        line(&[&ballot.full_name, &ballot.choice, ballot.remark.as_deref().unwrap_or_default()])?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// A spreadsheet runs what begins like a formula, and a question is anybody's text.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

/// Every denominator, then every option.
fn figures(result: &ResultView) -> Vec<(String, i64)> {
    let tally = &result.result.tally;
    let mut figures = vec![
        (LANG.t("total-members"), tally.total_members),
        (LANG.t("present"), tally.present),
        (LANG.t("proxies-counted"), tally.proxies),
        (LANG.t("voted"), tally.voted),
        (LANG.t("invalid-ballots"), tally.invalid),
        (LANG.t("not-voting"), tally.not_voting),
    ];
    let options = result.rows.iter().filter(|row| row.is_option);
    figures.extend(options.map(|row| (row.label.clone(), row.count)));
    figures
}

async fn pdf(Path(id): Path<VoteId>, actor: Actor, State(app): State<App>) -> Result<Response, web::Error> {
    let mut tx = app.db.read().await?;
    let over = outcome(&mut tx, &actor, id).await?;
    let form = form(&mut tx, &app, &over).await?;
    drop(tx);
    let making = Making {
        ident: format!("vote {id}"),
        made_at: over.vote.closed_at.unwrap_or(over.meeting.starts_at).to_jiff(),
        author: form.letterhead.issuing_body.clone(),
    };
    let typesetter = app.typesetter.clone();
    let placed = tokio::task::spawn_blocking(move || typesetter.document(&form, &making)).await;
    let pdf = placed.map_err(web::Error::internal)?.map_err(web::Error::internal)?.pdf;
    Ok(file("application/pdf", &format!("bieu-quyet-{}.pdf", over.vote.number), pdf))
}

async fn form(tx: &mut Tx, app: &App, over: &Outcome) -> Result<NamedDocument, db::Error> {
    let organisation = identity::store::organisation(tx, over.meeting.organisation_id).await?;
    let body = meetings::store::meeting_type(tx, over.meeting.type_id).await?;
    let people = meetings::store::participants(tx, over.meeting.id).await?;
    let chair = people.iter().find(|one| one.role == meetings::rules::MeetingRole::Chair);
    let head = store::record_head(tx, over.vote.id).await?;
    let date = over.vote.closed_at.map(|at: Timestamp| at.in_office().date());
    Ok(NamedDocument {
        banner: app.config.test_authority.then(|| LANG.t("banner-test-office")),
        letterhead: Letterhead {
            parent_body: Some(organisation.parent_name),
            issuing_body: body.body_name,
            number_line: None,
            place_line: Some(PlaceLine { place: organisation.place, date }),
        },
        type_name: LANG.t("vote-result-title"),
        subject: over.vote.question.clone(),
        issuer: None,
        addressees: Vec::new(),
        bases: Vec::new(),
        body: blocks(over, head),
        signer: Signer {
            capacity: vec![LANG.t("vote-result-signer")],
            name: chair.map(|chair| chair.full_name.clone()).unwrap_or_default(),
        },
        recipients: Vec::new(),
        verify_url: None,
    })
}

fn blocks(over: &Outcome, head: Option<String>) -> Vec<Block> {
    let number = over.vote.number.to_string();
    let mut blocks = vec![
        Block::Paragraph(LANG.t_with(
            "vote-result-intro",
            &[("number", number.as_str()), ("meeting", over.meeting.title.as_str())],
        )),
        Block::Paragraph(rule_text(LANG, &over.vote)),
    ];
    let rows = figures(&over.result).into_iter().map(|(label, count)| vec![label, count.to_string()]);
    blocks.push(Block::Table {
        head: vec![LANG.t("vote-result-figure"), LANG.t("vote-result-count")],
        rows: rows.collect(),
    });
    let why = over.result.decided_by.clone().unwrap_or_default();
    blocks.push(Block::Paragraph(format!("{}. {why}", over.result.outcome).trim_end().to_owned()));
    if !over.ballots.is_empty() {
        let row = |one: &BallotLine| {
            vec![one.full_name.clone(), one.choice.clone(), one.remark.clone().unwrap_or_default()]
        };
        let head = vec![LANG.t("full-name"), LANG.t("choice"), LANG.t("ballot-remark")];
        blocks.push(Block::Table { head, rows: over.ballots.iter().map(row).collect() });
    }
    let held = over.mandates.iter().filter(|line| line.is_held_by_another());
    let held: Vec<Vec<String>> =
        held.map(|line| vec![line.member.clone(), line.holder.clone().unwrap_or_default()]).collect();
    if !held.is_empty() {
        blocks.push(Block::Table { head: vec![LANG.t("proxy-giver"), LANG.t("proxy-holder")], rows: held });
    }
    if let Some(head) = head {
        blocks.push(Block::Paragraph(LANG.t_with("vote-result-record", &[("head", head.as_str())])));
    }
    blocks
}
