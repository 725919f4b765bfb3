//! Outgoing documents of the sample office, one in each state on the way.

use typeset::{Block, Letterhead, Making, NamedDocument, NumberLine, PlaceLine, Signer};

use super::office::Office;
use super::{DemoError, Keys, files};
use crate::clock::Timestamp;
use crate::copies;
use crate::files::store::Of;
use crate::identity::{Actor, store as people};
use crate::outgoing::drafting::{self, Details, Origin};
use crate::outgoing::rules::{Act, Capacity, Kind, Priority};
use crate::outgoing::{OutgoingId, desk, issue_test_seal, preparing, reviewing, sealing, store};
use crate::papers::Upload;
use crate::signing::{self, Desk};
use crate::web::App;

/// How far a sample has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Point {
    Draft,
    Submitted,
    Approved,
    ToSign,
    Signed,
    Numbered,
    Issued,
    Filed,
}

struct Sample {
    kind: Kind,
    subject: &'static str,
    text: &'static str,
    priority: Priority,
    point: Point,
}

const SAMPLES: [Sample; 8] = [
    Sample {
        kind: Kind::Decision,
        subject: "Ban hành Kế hoạch chỉnh trang hẻm, ngõ năm 2026",
        text: "Điều 1. Ban hành kèm theo Quyết định này Kế hoạch chỉnh trang hẻm, ngõ trên địa bàn phường An Hải năm \
               2026./.",
        priority: Priority::Normal,
        point: Point::Filed,
    },
    Sample {
        kind: Kind::Notice,
        subject: "Lịch tiếp công dân của lãnh đạo phường tháng 12",
        text: "Ủy ban nhân dân phường thông báo lịch tiếp công dân tháng 12 vào các sáng thứ Năm hằng tuần./.",
        priority: Priority::Normal,
        point: Point::Issued,
    },
    Sample {
        kind: Kind::Plan,
        subject: "Phòng, chống mưa bão những tháng cuối năm",
        text: "Các tổ dân phố rà soát cây xanh, nhà yếu, cống thoát nước và báo cáo trước ngày 30 tháng 11./.",
        priority: Priority::Urgent,
        point: Point::Numbered,
    },
    Sample {
        kind: Kind::Report,
        subject: "Kết quả cải cách hành chính năm 2026",
        text: "Trong năm, bộ phận Một cửa đã giải quyết 12.480 hồ sơ, đúng hạn và trước hạn 99,1%./.",
        priority: Priority::Normal,
        point: Point::Signed,
    },
    Sample {
        kind: Kind::Submission,
        subject: "Xin bổ sung kinh phí sửa chữa chợ An Hải Đông",
        text: "Kính trình cấp có thẩm quyền xem xét bổ sung kinh phí sửa chữa mái chợ trước mùa mưa./.",
        priority: Priority::Normal,
        point: Point::ToSign,
    },
    Sample {
        kind: Kind::Decision,
        subject: "Thành lập Tổ công tác chuyển đổi số phường",
        text: "Điều 1. Thành lập Tổ công tác chuyển đổi số phường An Hải gồm 7 thành viên./.",
        priority: Priority::Normal,
        point: Point::Approved,
    },
    Sample {
        kind: Kind::Guideline,
        subject: "Thu gom rác thải cồng kềnh tại hộ gia đình",
        text: "Hộ gia đình đăng ký qua tổ dân phố; xe thu gom vào sáng thứ Bảy đầu tháng./.",
        priority: Priority::Normal,
        point: Point::Submitted,
    },
    Sample {
        kind: Kind::Programme,
        subject: "Công tác của Ủy ban nhân dân phường năm 2027",
        text: "Chương trình gồm các nhiệm vụ trọng tâm về kinh tế, đô thị, văn hóa và cải cách hành chính./.",
        priority: Priority::Normal,
        point: Point::Draft,
    },
];

/// Who carries documents on.
struct Hands {
    drafter: Actor,
    head: Actor,
    secretary: Actor,
    chair: Actor,
    clerk: Actor,
}

/// Makes the documents, the seal that some of them bear, and the head who signs copies.
pub async fn make(app: &App, office: &Office, keys: &Keys, now: Timestamp) -> Result<(), DemoError> {
    let mut tx = app.db.write().await.map_err(DemoError::new)?;
    issue_test_seal(&mut tx, office.id, &keys.pin, now).await.map_err(DemoError::new)?;
    let (admin, chair) = (office.actor("quantri")?, office.actor("chutich")?.person);
    copies::signers::name_head(&mut tx, &admin, chair, now).await.map_err(DemoError::new)?;
    tx.commit().await.map_err(DemoError::new)?;
    let hands = Hands {
        drafter: office.actor("chuyenvien")?,
        head: office.actor("truongphong")?,
        secretary: office.actor("thuky")?,
        chair: office.actor("chutich")?,
        clerk: office.actor("vanthu")?,
    };
    for sample in &SAMPLES {
        carry(app, &hands, sample, (keys, now)).await?;
    }
    Ok(())
}

/// Takes a sample as far as it goes.
async fn carry(
    app: &App,
    hands: &Hands,
    sample: &Sample,
    (keys, now): (&Keys, Timestamp),
) -> Result<(), DemoError> {
    let id = draft(app, hands, sample, now).await?;
    let reaches = |point: Point| sample.point >= point;
    if reaches(Point::Submitted) {
        act(app, &hands.drafter, id, (Act::Submit, ""), now).await?;
    }
    if reaches(Point::Approved) {
        act(app, &hands.head, id, (Act::ApproveContent, ""), now).await?;
    }
    if reaches(Point::ToSign) {
        let approved = preparing::approve_format(app, &hands.secretary, id, "Đúng mẫu", now).await;
        approved.map_err(DemoError::new)?;
    }
    if reaches(Point::Signed) {
        sign(app, &hands.chair, id, keys).await?;
    }
    if reaches(Point::Numbered) {
        let mut tx = app.db.write().await.map_err(DemoError::new)?;
        desk::number(&mut tx, &hands.clerk, id, None, app.clock.now()).await.map_err(DemoError::new)?;
        tx.commit().await.map_err(DemoError::new)?;
    }
    if reaches(Point::Issued) {
        issue(app, &hands.clerk, id, keys).await?;
    }
    if reaches(Point::Filed) {
        files::lay_down(app, &hands.drafter, Of::Outgoing(id), files::CITY_CARE, app.clock.now()).await?;
    }
    Ok(())
}

async fn draft(app: &App, hands: &Hands, sample: &Sample, now: Timestamp) -> Result<OutgoingId, DemoError> {
    let upload = upload(app, sample, now).await?;
    let mut tx = app.db.write().await.map_err(DemoError::new)?;
    let offices = people::organisations(&mut tx).await.map_err(DemoError::new)?;
    let details = Details {
        kind: sample.kind,
        subject: sample.subject.to_owned(),
        priority: sample.priority,
        checker: hands.head.person,
        signer: hands.chair.person,
        capacity: Capacity::Tm,
        symbol: symbol(sample),
        copies: 5,
        organisations: offices.iter().filter(|one| one.code == "sontra").map(|one| one.id).collect(),
        addresses: String::new(),
        bodies: String::new(),
        others: "Các tổ dân phố".to_owned(),
        answer_by: String::new(),
    };
    let drafted = drafting::draft(&mut tx, &hands.drafter, &details, (&upload, Origin::default()), now).await;
    let id = drafted.map_err(DemoError::new)?;
    tx.commit().await.map_err(DemoError::new)?;
    Ok(id)
}

fn symbol(sample: &Sample) -> String {
    format!("{}-UBND", sample.kind.code())
}

/// The draft as the decree lays it out, with blanks for number and date.
async fn upload(app: &App, sample: &Sample, now: Timestamp) -> Result<Upload, DemoError> {
    let form = NamedDocument {
        banner: None,
        letterhead: Letterhead {
            parent_body: Some("Ủy ban nhân dân thành phố Đà Nẵng".to_owned()),
            issuing_body: "Ủy ban nhân dân phường An Hải".to_owned(),
            number_line: Some(NumberLine { number: None, symbol: symbol(sample) }),
            place_line: Some(PlaceLine { place: "An Hải".to_owned(), date: None }),
        },
        type_name: sample.kind.legal_name().to_owned(),
        subject: sample.subject.to_owned(),
        issuer: None,
        addressees: Vec::new(),
        bases: Vec::new(),
        body: vec![Block::Paragraph(sample.text.to_owned())],
        signer: Signer {
            capacity: vec!["TM. ỦY BAN NHÂN DÂN".to_owned(), "CHỦ TỊCH".to_owned()],
            name: "Nguyễn Văn Hùng".to_owned(),
        },
        recipients: vec!["Các tổ dân phố".to_owned(), "Lưu: VT, KTHT".to_owned()],
        verify_url: None,
    };
    let making = Making {
        ident: sample.subject.to_owned(),
        made_at: now.to_jiff(),
        author: "UBND phường An Hải".to_owned(),
    };
    let typesetter = app.typesetter.clone();
    let placed = tokio::task::spawn_blocking(move || typesetter.document(&form, &making)).await;
    let placed = placed.map_err(DemoError::new)?.map_err(DemoError::new)?;
    let size = placed.pdf.len() as u64;
    Ok(Upload {
        hash: app.storage.put(placed.pdf).await.map_err(DemoError::new)?,
        size,
        file_name: format!("{}.pdf", sample.subject),
        title: sample.subject.to_owned(),
        source: None,
        pages: u32::try_from(placed.pages).unwrap_or(1),
    })
}

async fn act(
    app: &App,
    actor: &Actor,
    id: OutgoingId,
    act: (Act, &str),
    now: Timestamp,
) -> Result<(), DemoError> {
    let mut tx = app.db.write().await.map_err(DemoError::new)?;
    reviewing::act(&mut tx, actor, id, act, now).await.map_err(DemoError::new)?;
    tx.commit().await.map_err(DemoError::new)
}

async fn sign(app: &App, chair: &Actor, id: OutgoingId, keys: &Keys) -> Result<(), DemoError> {
    let mut tx = app.db.read().await.map_err(DemoError::new)?;
    let found = store::outgoing(&mut tx, chair.organisation, id).await.map_err(DemoError::new)?;
    drop(tx);
    let document = found.and_then(|found| found.document_id);
    let document = document.ok_or_else(|| DemoError("the document is not prepared".to_owned()))?;
    // Signed now, in truth: a signature cannot be dated back.
    let now = app.clock.now();
    let made = signing::signature::make(&Desk::of(app), chair, document, 1, keys.pin.clone(), now).await;
    let made = made.map_err(DemoError::new)?;
    let mut tx = app.db.write().await.map_err(DemoError::new)?;
    signing::signature::record(&mut tx, chair, &made, now).await.map_err(DemoError::new)?;
    tx.commit().await.map_err(DemoError::new)
}

async fn issue(app: &App, clerk: &Actor, id: OutgoingId, keys: &Keys) -> Result<(), DemoError> {
    let now = app.clock.now();
    let open = sealing::open(app, clerk, keys.pin.clone(), now).await.map_err(DemoError::new)?;
    sealing::seal(app, clerk, &open, id, now).await.map_err(DemoError::new)?;
    let mut tx = app.db.write().await.map_err(DemoError::new)?;
    desk::issue(&mut tx, clerk, id, now).await.map_err(DemoError::new)?;
    tx.commit().await.map_err(DemoError::new)
}
