//! The document that follows a report: a resolution, a decision or a notice,
//! drafted with the counted numbers and put on its way as an outgoing document.

use serde_json::json;
use typeset::{Block, Letterhead, Making, NamedDocument, NumberLine, PlaceLine, Signer};

use super::SlipId;
use super::actions::{SlipError, View, claim_to_manage, find, log};
use super::page::{counted, tally};
use super::rules::{State, Tally};
use super::store;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::rules::fold;
use crate::identity::{self, Actor, PersonId};
use crate::meetings;
use crate::meetings::store::MeetingType;
use crate::outgoing::drafting::{self, Details, Origin};
use crate::outgoing::rules::{Capacity, Kind, Priority};
use crate::outgoing::{OutgoingError, OutgoingId};
use crate::papers::Upload;
use crate::web::{App, Lang};

/// The kinds that may follow a slip. The first two need the question carried.
pub const KINDS: [Kind; 3] = [Kind::Resolution, Kind::Decision, Kind::Notice];

/// What the form asks for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    pub kind: Kind,
    pub checker: PersonId,
    pub signer: PersonId,
}

/// Drafts the document, once for a slip.
///
/// The file is made outside the transaction: a reported slip does not change
/// any more. A refusal leaves nothing behind but stored bytes that nobody names.
pub async fn draft_document(
    app: &App,
    actor: &Actor,
    id: SlipId,
    wanted: Wanted,
    now: Timestamp,
) -> Result<OutgoingId, SlipError> {
    if !KINDS.contains(&wanted.kind) {
        return Err(SlipError::NotFound);
    }
    let mut tx = app.db.read().await?;
    let view = find(&mut tx, actor, id).await?;
    if !view.manages {
        return Err(SlipError::NotYours);
    }
    if view.slip.state != State::Reported {
        return Err(SlipError::NotNow);
    }
    let body = meetings::store::meeting_type(&mut tx, view.slip.type_id).await?;
    let symbol = format!("{}-{}", wanted.kind.code(), short(&body.body_name));
    let form = form(&mut tx, app, (&view, &body), wanted, &symbol).await?;
    drop(tx);
    let upload = upload(app, &view, form, now).await?;

    let mut tx = app.db.write().await?;
    let slip = claim_to_manage(&mut tx, actor, id, State::Reported).await?.slip;
    let details = Details {
        kind: wanted.kind,
        subject: slip.title.clone(),
        priority: Priority::Normal,
        checker: wanted.checker,
        signer: wanted.signer,
        capacity: Capacity::Tm,
        symbol,
        copies: 1,
        organisations: Vec::new(),
        addresses: String::new(),
        bodies: String::new(),
        others: String::new(),
        answer_by: String::new(),
    };
    let document = drafting::draft(&mut tx, actor, &details, (&upload, Origin::default()), now).await;
    let document = document.map_err(refusal)?;
    if !store::insert_document(&mut tx, id, document).await? {
        return Err(SlipError::Drafted);
    }
    let about = json!({ "document": document.to_string(), "kind": wanted.kind });
    log(&mut tx, actor, "slip_document_drafted", id, about, now).await?;
    tx.commit().await?;
    Ok(document)
}

fn refusal(error: OutgoingError) -> SlipError {
    SlipError::Outgoing(Box::new(error))
}

async fn form(
    tx: &mut Tx,
    app: &App,
    (view, body): (&View, &MeetingType),
    wanted: Wanted,
    symbol: &str,
) -> Result<NamedDocument, SlipError> {
    let slip = &view.slip;
    let organisation = identity::store::organisation(tx, slip.organisation_id).await?;
    let signer = identity::store::person(tx, slip.organisation_id, wanted.signer).await?;
    let signer = signer.ok_or(SlipError::NotFound)?;
    let outcomes = outcomes(tx, view, body).await?;
    let is_carried = outcomes.iter().all(|one| one.is_carried);
    if !is_carried && wanted.kind != Kind::Notice {
        return Err(SlipError::NotCarried);
    }
    let position = signer.position.to_uppercase();
    Ok(NamedDocument {
        banner: app.config.test_authority.then(|| Lang::Vi.t("banner-test-office")),
        letterhead: Letterhead {
            parent_body: Some(organisation.parent_name),
            issuing_body: body.body_name.clone(),
            number_line: Some(NumberLine { number: None, symbol: symbol.to_owned() }),
            place_line: Some(PlaceLine { place: organisation.place, date: None }),
        },
        type_name: wanted.kind.legal_name().to_owned(),
        subject: slip.title.clone(),
        issuer: None,
        addressees: Vec::new(),
        bases: match wanted.kind {
            Kind::Notice => Vec::new(),
            _ => vec![ground(view, body)],
        },
        body: text(view, wanted.kind, &outcomes, &ground(view, body)),
        signer: Signer {
            capacity: [format!("TM. {}", authority(&body.body_name)), position]
                .into_iter()
                .filter(|line| !line.is_empty())
                .collect(),
            name: signer.full_name,
        },
        recipients: vec![format!("Thành viên {}", body.body_name), "Lưu: VT".to_owned()],
        verify_url: None,
    })
}

/// What came of one question.
struct Outcome {
    question: String,
    agreeing: usize,
    tally: Tally,
    is_carried: bool,
}

impl Outcome {
    fn words(&self) -> String {
        let Self { question, agreeing, tally, is_carried } = self;
        let share = tally.share(*agreeing);
        let end =
            if *is_carried { "đạt tỷ lệ thông qua" } else { "chưa đạt tỷ lệ thông qua" };
        format!("{question} {agreeing}/{} thành viên đồng ý ({share}%), {end}.", tally.asked())
    }
}

async fn outcomes(tx: &mut Tx, view: &View, body: &MeetingType) -> Result<Vec<Outcome>, SlipError> {
    let answers = counted(view, store::answers(tx, view.slip.id).await?);
    let outcome = |question: store::Question| {
        let tally = tally(view, &question, &answers);
        Outcome {
            agreeing: tally.agreeing(view.slip.unanswered),
            is_carried: tally.is_carried(view.slip.unanswered, &body.terms),
            question: question.text,
            tally,
        }
    };
    Ok(store::questions(tx, view.slip.id).await?.into_iter().map(outcome).collect())
}

/// "Căn cứ kết quả lấy ý kiến …".
fn ground(view: &View, body: &MeetingType) -> String {
    let slip = &view.slip;
    let day = slip.closed_at.unwrap_or(slip.deadline).date();
    format!("Căn cứ kết quả lấy ý kiến thành viên {} bằng phiếu, tổng hợp ngày {day}", body.body_name)
}

fn text(view: &View, kind: Kind, outcomes: &[Outcome], ground: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    match kind {
        Kind::Notice => {
            blocks.push(Block::Paragraph(format!("{ground}, kết quả như sau:")));
            let lines = (1..).zip(outcomes).map(|(number, one)| format!("{number}. {}", one.words()));
            blocks.extend(lines.map(Block::Paragraph));
            blocks.push(Block::Paragraph(
                "Thông báo để các đơn vị, cá nhân có liên quan biết, thực hiện./.".to_owned(),
            ));
        }
        _ => {
            let verb = if kind == Kind::Resolution { "QUYẾT NGHỊ:" } else { "QUYẾT ĐỊNH:" };
            blocks.push(Block::Heading(verb.to_owned()));
            blocks.push(Block::Heading(format!("Điều 1. Thông qua: {}", view.slip.title)));
            let lines = view.slip.statement.lines().map(str::trim).filter(|line| !line.is_empty());
            blocks.extend(lines.map(|line| Block::Paragraph(line.to_owned())));
            blocks.push(Block::Heading("Điều 2. Kết quả lấy ý kiến".to_owned()));
            blocks.extend(outcomes.iter().map(|one| Block::Paragraph(one.words())));
            blocks.push(Block::Heading("Điều 3. Tổ chức thực hiện".to_owned()));
            let end = "Các đơn vị, cá nhân có liên quan chịu trách nhiệm thi hành./.";
            blocks.push(Block::Paragraph(end.to_owned()));
        }
    }
    blocks
}

/// The body in whose name it is signed.
fn authority(body: &str) -> &'static str {
    match fold(body) {
        name if name.starts_with("hoi dong nhan dan") => "HỘI ĐỒNG NHÂN DÂN",
        name if name.starts_with("dang uy") => "ĐẢNG ỦY",
        _ => "ỦY BAN NHÂN DÂN",
    }
}

/// Its short name, as symbols write it.
fn short(body: &str) -> &'static str {
    match authority(body) {
        "HỘI ĐỒNG NHÂN DÂN" => "HĐND",
        "ĐẢNG ỦY" => "ĐU",
        _ => "UBND",
    }
}

async fn upload(app: &App, view: &View, form: NamedDocument, now: Timestamp) -> Result<Upload, SlipError> {
    let title = view.slip.title.clone();
    let file_name = format!("{}.pdf", form.type_name);
    let author = form.letterhead.issuing_body.clone();
    let making = Making { ident: format!("slip document {}", view.slip.id), made_at: now.to_jiff(), author };
    let typesetter = app.typesetter.clone();
    let placed = tokio::task::spawn_blocking(move || typesetter.document(&form, &making)).await??;
    let (size, pages) = (placed.pdf.len() as u64, u32::try_from(placed.pages).unwrap_or(1));
    let hash = app.storage.put(placed.pdf).await?;
    Ok(Upload { hash, size, file_name, title, source: None, pages })
}
