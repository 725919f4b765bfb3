//! What follows a meeting of the sample office: sentences for its minutes, and
//! the notice of what was concluded.

use super::office::Office;
use super::{DemoError, Keys};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{self, Actor, UnitId};
use crate::meetings::MeetingId;
use crate::signing::{self, Desk};
use crate::web::App;
use crate::{conclusions, phrases};

const DAY: i64 = 86_400;

/// The chair's conclusion, a point each.
pub const CONCLUDED: &str = "1. Thông qua Kế hoạch chỉnh trang hẻm, ngõ năm 2026; ưu tiên các tuyến thuộc tổ dân phố 14 \
                             trước mùa mưa bão.\n2. Thông qua Quy chế tiếp công dân; niêm yết công khai tại bộ phận Một \
                             cửa.\n3. Tuyên truyền để người dân biết và cùng giám sát.";

/// Who leads each point, who helps, and in how many days.
const CHARGES: [(&str, &[&str], i64); 3] = [
    ("Phòng Kinh tế, Hạ tầng và Đô thị", &["Công an và Quân sự phường"], 30),
    ("Văn phòng HĐND và UBND", &["Trung tâm Phục vụ hành chính công"], 10),
    ("Phòng Văn hóa - Xã hội", &["Mặt trận và đoàn thể"], 20),
];

const PHRASES: [(&str, &str); 3] = [
    ("Khai mạc", "{chủ trì} khai mạc {phiên họp} lúc {giờ bắt đầu}, có mặt {có mặt}/{tổng số} thành viên."),
    ("Tiếp thu", "Cơ quan trình tiếp thu ý kiến của các thành viên, hoàn thiện và gửi lại trong tuần."),
    ("Giao nhiệm vụ", "{chủ trì} giao đơn vị … chủ trì, phối hợp với … hoàn thành trước ngày …"),
];

/// Those who finish a meeting.
#[derive(Clone, Copy)]
pub struct Leaders<'a> {
    pub secretary: &'a Actor,
    pub chair: &'a Actor,
}

/// Keeps the office's sentences, and issues the notice with the chair's signature.
pub async fn conclude(
    app: &App,
    office: &Office,
    who: Leaders<'_>,
    meeting: MeetingId,
    (keys, end): (&Keys, Timestamp),
) -> Result<(), DemoError> {
    let mut tx = app.db.write().await.map_err(DemoError::new)?;
    for (title, text) in PHRASES {
        phrases::actions::add(&mut tx, who.secretary, title, text, end).await.map_err(DemoError::new)?;
    }
    conclusions::actions::draft(&mut tx, who.secretary, meeting, end).await.map_err(DemoError::new)?;
    charge(&mut tx, office, who.secretary, meeting, end).await?;
    tx.commit().await.map_err(DemoError::new)?;
    conclusions::issue::lock(app, who.secretary, meeting, end.plus_seconds(DAY))
        .await
        .map_err(DemoError::new)?;
    sign(app, who.chair, meeting, keys).await
}

async fn charge(
    tx: &mut Tx,
    office: &Office,
    secretary: &Actor,
    meeting: MeetingId,
    end: Timestamp,
) -> Result<(), DemoError> {
    let units = identity::store::units(tx, office.id).await.map_err(DemoError::new)?;
    let unit =
        |name: &str| -> Option<UnitId> { units.iter().find(|unit| unit.name == name).map(|unit| unit.id) };
    let notice = conclusions::store::notice(tx, meeting).await.map_err(DemoError::new)?;
    let notice = notice.ok_or_else(|| DemoError("the notice is missing".to_owned()))?;
    let points = conclusions::store::conclusions(tx, notice.id).await.map_err(DemoError::new)?;
    for (mut point, (lead, helping, days)) in points.into_iter().zip(CHARGES) {
        point.lead_unit = unit(lead);
        point.co_units = helping.iter().filter_map(|name| unit(name)).collect();
        point.deadline = Some(end.plus_seconds(days * DAY).day().1.plus_seconds(-60));
        conclusions::actions::save(tx, secretary, meeting, point, end).await.map_err(DemoError::new)?;
    }
    Ok(())
}

async fn sign(app: &App, chair: &Actor, meeting: MeetingId, keys: &Keys) -> Result<(), DemoError> {
    let mut tx = app.db.read().await.map_err(DemoError::new)?;
    let notice = conclusions::store::notice(&mut tx, meeting).await.map_err(DemoError::new)?;
    drop(tx);
    let document = notice.and_then(|notice| notice.document_id);
    let document = document.ok_or_else(|| DemoError("the notice is not locked".to_owned()))?;
    // Signed now, in truth: a signature cannot be dated back.
    let now = app.clock.now();
    let made = signing::signature::make(&Desk::of(app), chair, document, 1, keys.pin.clone(), now).await;
    let made = made.map_err(DemoError::new)?;
    let mut tx = app.db.write().await.map_err(DemoError::new)?;
    signing::signature::record(&mut tx, chair, &made, now).await.map_err(DemoError::new)?;
    tx.commit().await.map_err(DemoError::new)
}
