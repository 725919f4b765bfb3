//! What is printed: a member's own slip, and the report on all of them.

use typeset::{Block, Letterhead, NamedDocument, Placed, Signer};

use super::actions::{SlipError, View};
use super::rules::{Choice, Tally, Unanswered};
use super::store::{self, Answer, Member, Question, Slip};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{self, Actor, PersonId};
use crate::meetings;
use crate::signing::{self, Step};
use crate::storage::Hash;
use crate::web::{App, Lang};

/// The place of the one signature.
const SIGNER: &str = "signer";

/// The page of one member's answer, ready to be signed.
pub(super) async fn own_slip(
    tx: &mut Tx,
    app: &App,
    (slip, own): (&Slip, &Member),
    code: &str,
    now: Timestamp,
) -> Result<Placed, SlipError> {
    let body = meetings::store::meeting_type(tx, slip.type_id).await?.body_name;
    let questions = store::questions(tx, slip.id).await?;
    let answers = store::answers(tx, slip.id).await?;
    let mut blocks = paragraphs(&slip.statement);
    for (number, question) in (1..).zip(&questions) {
        let answer =
            answers.iter().find(|one| one.person_id == own.person_id && one.question_id == question.id);
        let answer = answer.ok_or(SlipError::Unanswered)?;
        blocks.push(Block::Heading(format!("{number}. {}", question.text)));
        blocks.push(Block::Paragraph(boxes(answer.choice)));
        if !answer.text.is_empty() {
            blocks.push(Block::Paragraph(format!("Ý kiến: {}", answer.text)));
        }
    }
    let answered_at = own.answered_at.unwrap_or(now);
    blocks.push(Block::Paragraph(format!("Trả lời lúc {}.", answered_at.date_time())));
    let form = NamedDocument {
        type_name: "Phiếu lấy ý kiến".to_owned(),
        subject: format!("Thành viên {body} về {}", slip.title),
        issuer: None,
        addressees: Vec::new(),
        signer: signer(own),
        verify_url: Some(format!("{}{}", app.config.public_url(), signing::urls::public(code))),
        ..frame(tx, app, slip, body, blocks).await?
    };
    set(app, form, format!("slip {} {} {}", slip.id, own.person_id, own.version), now).await
}

/// "☒ Đồng ý   ☐ Không đồng ý   ☐ Ý kiến khác", in letters every font has.
fn boxes(chosen: Choice) -> String {
    let mark =
        |choice: &Choice| format!("[{}] {}", if *choice == chosen { "X" } else { "  " }, word(*choice));
    Choice::ALL.iter().map(mark).collect::<Vec<_>>().join("     ")
}

fn word(choice: Choice) -> &'static str {
    match choice {
        Choice::Agree => "Đồng ý",
        Choice::Disagree => "Không đồng ý",
        Choice::Other => "Ý kiến khác",
    }
}

fn signer(own: &Member) -> Signer {
    let capacity = match &own.substitute {
        Some(_) => format!("TRẢ LỜI THAY {}", own.full_name.to_uppercase()),
        None if own.position.is_empty() => "THÀNH VIÊN".to_owned(),
        None => own.position.to_uppercase(),
    };
    Signer { capacity: vec![capacity], name: own.substitute.clone().unwrap_or_else(|| own.full_name.clone()) }
}

/// Stores a page that is to be signed; gives where the signature goes.
pub(super) async fn store(
    app: &App,
    placed: Placed,
    person: PersonId,
) -> Result<(Hash, u64, Step), SlipError> {
    let space = placed.signature_boxes.iter().find(|space| space.name == SIGNER).ok_or(SlipError::NoRoom)?;
    let step = Step {
        person,
        capacity: SIGNER.to_owned(),
        page: i64::try_from(space.page).unwrap_or(1),
        area: [space.x, space.y, space.w, space.h],
    };
    let size = placed.pdf.len() as u64;
    Ok((app.storage.put(placed.pdf).await?, size, step))
}

/// What came of it: who was asked, the count of each question, every opinion
/// with the answer to it.
pub(super) async fn report(
    tx: &mut Tx,
    app: &App,
    view: &View,
    actor: &Actor,
    now: Timestamp,
) -> Result<Placed, SlipError> {
    let slip = &view.slip;
    let body = meetings::store::meeting_type(tx, slip.type_id).await?.body_name;
    let questions = store::questions(tx, slip.id).await?;
    let answers = counted(view, store::answers(tx, slip.id).await?);
    let mut blocks = vec![Block::Heading("I. VIỆC LẤY Ý KIẾN".to_owned())];
    blocks.extend(facts(view).into_iter().map(Block::Paragraph));
    blocks.push(Block::Heading("II. KẾT QUẢ".to_owned()));
    blocks.push(results(view, &questions, &answers));
    if slip.unanswered == Unanswered::Agrees {
        let rule = "Theo quy chế, phiếu không trả lời được tính là đồng ý.";
        blocks.push(Block::Paragraph(rule.to_owned()));
    }
    blocks.push(Block::Heading("III. Ý KIẾN VÀ GIẢI TRÌNH, TIẾP THU".to_owned()));
    blocks.push(opinions(view, &questions, &answers));
    let form = NamedDocument {
        type_name: "Báo cáo".to_owned(),
        subject: format!("Kết quả lấy ý kiến thành viên {body} về {}", slip.title),
        issuer: None,
        addressees: vec![body.clone()],
        signer: Signer { capacity: vec!["NGƯỜI TỔNG HỢP".to_owned()], name: actor.full_name.clone() },
        ..frame(tx, app, slip, body, blocks).await?
    };
    set(app, form, format!("slip report {}", slip.id), now).await
}

/// The answers that count: signed ones only, where that is the rule.
pub(super) fn counted(view: &View, answers: Vec<Answer>) -> Vec<Answer> {
    let is_back = |person: PersonId| {
        let member = view.members.iter().find(|one| one.person_id == person);
        member.is_some_and(|one| view.slip.terms().is_back(one.state))
    };
    answers.into_iter().filter(|one| is_back(one.person_id)).collect()
}

/// Was this member's answer given after the deadline?
pub(super) fn is_late(slip: &Slip, member: &Member) -> bool {
    member.answered_at.is_some_and(|at| at > slip.deadline)
}

fn facts(view: &View) -> Vec<String> {
    let slip = &view.slip;
    let back: Vec<&Member> = view.members.iter().filter(|one| slip.terms().is_back(one.state)).collect();
    let late = back.iter().filter(|one| is_late(slip, one)).count();
    let silent: Vec<String> = view
        .members
        .iter()
        .filter(|one| !slip.terms().is_back(one.state))
        .map(|one| one.full_name.clone())
        .collect();
    let sent_at = slip.sent_at.map(Timestamp::date_time).unwrap_or_default();
    let mut facts = vec![
        format!("Gửi {} phiếu lúc {sent_at}; hạn trả lời {}.", view.members.len(), slip.deadline.date_time()),
        format!(
            "Thu về {} phiếu, trong đó {late} phiếu sau hạn; {} phiếu không trả lời.",
            back.len(),
            silent.len()
        ),
    ];
    if !silent.is_empty() {
        facts.push(format!("Chưa trả lời: {}.", silent.join(", ")));
    }
    facts
}

fn results(view: &View, questions: &[Question], answers: &[Answer]) -> Block {
    let row = |(number, question): (usize, &Question)| {
        let tally = tally(view, question, answers);
        let part = |count: usize| format!("{count} ({}%)", tally.share(count));
        let agreeing = part(tally.agreeing(view.slip.unanswered));
        vec![
            format!("{number}. {}", question.text),
            agreeing,
            part(tally.disagree),
            part(tally.other),
            part(tally.silent),
        ]
    };
    Block::Table {
        head: ["Nội dung", "Đồng ý", "Không đồng ý", "Ý kiến khác", "Không trả lời"]
            .map(str::to_owned)
            .to_vec(),
        rows: (1..).zip(questions).map(row).collect(),
    }
}

pub(super) fn tally(view: &View, question: &Question, answers: &[Answer]) -> Tally {
    let choices = answers.iter().filter(|one| one.question_id == question.id).map(|one| one.choice);
    Tally::of(view.members.len(), choices)
}

fn opinions(view: &View, questions: &[Question], answers: &[Answer]) -> Block {
    let mut rows = Vec::new();
    for (number, question) in (1..).zip(questions) {
        for member in &view.members {
            let said = answers
                .iter()
                .find(|one| one.person_id == member.person_id && one.question_id == question.id);
            if let Some(said) = said.filter(|said| !said.text.is_empty()) {
                let opinion = format!("{}: {}", word(said.choice), said.text);
                rows.push(vec![number.to_string(), member.full_name.clone(), opinion, said.response.clone()]);
            }
        }
    }
    if rows.is_empty() {
        return Block::Paragraph("Không có ý kiến bằng lời.".to_owned());
    }
    let head = ["Câu", "Thành viên", "Ý kiến", "Giải trình, tiếp thu"].map(str::to_owned).to_vec();
    Block::Table { head, rows }
}

/// What both documents share; the rest is filled in by each.
async fn frame(
    tx: &mut Tx,
    app: &App,
    slip: &Slip,
    body: String,
    blocks: Vec<Block>,
) -> Result<NamedDocument, SlipError> {
    let organisation = identity::store::organisation(tx, slip.organisation_id).await?;
    Ok(NamedDocument {
        banner: app.config.test_authority.then(|| Lang::Vi.t("banner-test-office")),
        letterhead: Letterhead {
            parent_body: Some(organisation.parent_name),
            issuing_body: body,
            number_line: None,
            place_line: None,
        },
        type_name: String::new(),
        subject: String::new(),
        issuer: None,
        addressees: Vec::new(),
        bases: Vec::new(),
        body: blocks,
        signer: Signer { capacity: Vec::new(), name: String::new() },
        recipients: Vec::new(),
        verify_url: None,
    })
}

fn paragraphs(text: &str) -> Vec<Block> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| Block::Paragraph(line.to_owned())).collect()
}

async fn set(app: &App, form: NamedDocument, ident: String, now: Timestamp) -> Result<Placed, SlipError> {
    let author = form.letterhead.issuing_body.clone();
    let making = typeset::Making { ident, made_at: now.to_jiff(), author };
    let typesetter = app.typesetter.clone();
    Ok(tokio::task::spawn_blocking(move || typesetter.document(&form, &making)).await??)
}
