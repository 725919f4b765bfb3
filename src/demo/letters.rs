//! What other bodies send to the sample office, each letter as far on its way
//! as it would be: at the door, before the chairman, with a unit, in its file.

use jiff::civil::Date;
use typeset::{Block, Letterhead, Making, NamedDocument, NumberLine, PlaceLine, Signer};

use super::meetings::{Stage, act};
use super::office::Office;
use super::{DemoError, by_login, files};
use crate::clock::Timestamp;
use crate::files::store::Of;
use crate::identity::{Actor, UnitId};
use crate::incoming::door::{self, Registration};
use crate::incoming::rules::Typed;
use crate::incoming::store::{self, Direction};
use crate::incoming::{IncomingId, directing, working};
use crate::papers;
use crate::web::App;

const MINUTE: i64 = 60;
const DAY: i64 = 86_400;

/// How far a letter has come.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Reach {
    Door,
    Presented,
    Directed,
    AtWork,
    Done,
    Filed,
}

pub(super) struct Letter {
    pub kind: &'static str,
    pub number: u32,
    pub symbol: &'static str,
    pub sender: &'static str,
    pub subject: &'static str,
    text: &'static str,
    pub priority: i64,
    days_ago: i64,
    reach: Reach,
    /// The lead unit, its person, and the days it was given.
    charge: (&'static str, &'static str, i64),
    said: &'static str,
}

const ECONOMY: &str = "Phòng Kinh tế, Hạ tầng và Đô thị";
const CULTURE: &str = "Phòng Văn hóa - Xã hội";
const CITY: &str = "Ủy ban nhân dân thành phố Đà Nẵng";

/// Who signs them all.
pub(super) const SIGNER: &str = "Nguyễn Đình Khoa";

/// What came by the exchange and nobody has taken yet.
pub(super) const BY_EXCHANGE: Letter = Letter {
    kind: "Công văn",
    number: 1843,
    symbol: "SXD-QLHT",
    sender: "Sở Xây dựng thành phố Đà Nẵng",
    subject: "Phối hợp kiểm tra thoát nước các tuyến hẻm trước mùa mưa",
    text: "Sở Xây dựng đề nghị Ủy ban nhân dân phường phối hợp kiểm tra, khơi thông thoát nước các tuyến hẻm \
           trước mùa mưa và gửi kết quả về Sở",
    priority: 1,
    days_ago: 0,
    reach: Reach::Door,
    charge: ("", "", 0),
    said: "",
};

/// The oldest first: numbers are given in the order of arrival.
const LETTERS: [Letter; 7] = [
    Letter {
        kind: "Kế hoạch",
        number: 214,
        symbol: "KH-UBND",
        sender: CITY,
        subject: "Tổng kiểm tra an toàn phòng cháy tại chợ và trung tâm thương mại năm 2026",
        text: "Các phường kiểm tra toàn bộ chợ trên địa bàn, lập biên bản và báo cáo kết quả về Thành phố.",
        priority: 0,
        days_ago: 21,
        reach: Reach::Filed,
        charge: (ECONOMY, "daibieu6", 10),
        said: "Đã kiểm tra hai chợ, báo cáo tại văn bản số 88/BC-UBND.",
    },
    Letter {
        kind: "Thông báo",
        number: 96,
        symbol: "TB-SNV",
        sender: "Sở Nội vụ thành phố Đà Nẵng",
        subject: "Rà soát, bổ sung vị trí việc làm của phường sau sắp xếp",
        text: "Đề nghị các phường gửi bảng tổng hợp vị trí việc làm theo mẫu kèm theo.",
        priority: 0,
        days_ago: 12,
        reach: Reach::AtWork,
        charge: (CULTURE, "daibieu8", 9),
        said: "Đã tổng hợp số liệu của bốn phòng, còn thiếu Trung tâm Phục vụ hành chính công.",
    },
    Letter {
        kind: "Báo cáo",
        number: 31,
        symbol: "BC-TDP14",
        sender: "Tổ dân phố 14 phường An Hải",
        subject: "Tình trạng ngập nước tại hẻm K52 sau các trận mưa đầu tháng 11",
        text: "Hẻm K52 ngập 30 cm sau mỗi trận mưa lớn; đề nghị phường cho nạo vét cống trước mùa bão.",
        priority: 0,
        days_ago: 6,
        reach: Reach::Done,
        charge: (ECONOMY, "daibieu16", 8),
        said: "Đã nạo vét 120 m cống ngày 19, nước rút trong 15 phút.",
    },
    Letter {
        kind: "Công điện",
        number: 7,
        symbol: "CĐ-UBND",
        sender: CITY,
        subject: "Chủ động ứng phó bão số 13",
        text: "Các phường rà soát phương án sơ tán, kiểm tra công trình xung yếu và trực ban 24 giờ.",
        priority: 3,
        days_ago: 1,
        reach: Reach::AtWork,
        charge: (ECONOMY, "chuyenvien", 3),
        said: "Đã kiểm tra 6 công trình xung yếu; đang lập danh sách 42 hộ cần sơ tán.",
    },
    Letter {
        kind: "Hướng dẫn",
        number: 18,
        symbol: "HD-STC",
        sender: "Sở Tài chính thành phố Đà Nẵng",
        subject: "Lập dự toán ngân sách phường năm 2027",
        text: "Dự toán gửi về Sở trước ngày 15 tháng 12; số liệu lấy đến hết ngày 30 tháng 11.",
        priority: 0,
        days_ago: 0,
        reach: Reach::Directed,
        charge: (ECONOMY, "daibieu7", 14),
        said: "",
    },
    Letter {
        kind: "Kế hoạch",
        number: 233,
        symbol: "KH-UBND",
        sender: CITY,
        subject: "Tổ chức Tết Nguyên đán Đinh Mùi năm 2027",
        text: "Các phường chuẩn bị chăm lo Tết cho hộ nghèo, gia đình chính sách và trang trí đường phố.",
        priority: 1,
        days_ago: 0,
        reach: Reach::Presented,
        charge: (CULTURE, "daibieu20", 20),
        said: "",
    },
    Letter {
        kind: "Thông báo",
        number: 140,
        symbol: "TB-CAP",
        sender: "Công an thành phố Đà Nẵng",
        subject: "Thay đổi địa điểm tiếp nhận hồ sơ căn cước trong tháng 12",
        text: "Từ ngày 01 tháng 12, hồ sơ căn cước của ba phường được nhận tại cơ sở mới.",
        priority: 0,
        days_ago: 0,
        reach: Reach::Door,
        charge: (CULTURE, "", 0),
        said: "",
    },
];

/// Brings every letter in, and as far as it has come.
pub(super) async fn make(app: &App, office: &Office, now: Timestamp) -> Result<(), DemoError> {
    let stage = Stage::new(app, office)?;
    for (minute, letter) in (0..).zip(&LETTERS) {
        let at = now.plus_seconds(-letter.days_ago * DAY - (40 - minute * 5) * MINUTE);
        bring(&stage, office, letter, at).await?;
    }
    Ok(())
}

async fn bring(stage: &Stage<'_>, office: &Office, letter: &Letter, at: Timestamp) -> Result<(), DemoError> {
    let clerk = office.actor("vanthu")?;
    let upload = letter.upload(stage.app, at).await?;
    let read = door::read_particulars(stage.app, &upload).await.map_err(DemoError::new)?;
    let id = act!(stage, tx => door::arrive(&mut tx, &clerk, (&upload, &read), at));
    door::judge(stage.app, &clerk, id, at).await.map_err(DemoError::new)?;
    if letter.reach == Reach::Door {
        return Ok(());
    }
    let asked = Registration {
        typed: letter.typed(at),
        leader: Some(stage.chair.person),
        has_looked: false,
        is_no_twin: false,
        seen: seen(stage, id).await?,
    };
    act!(stage, tx => door::register(&mut tx, &clerk, id, &asked, at.plus_seconds(4 * MINUTE)));
    if letter.reach > Reach::Presented {
        work(stage, office, letter, (id, at.plus_seconds(5 * MINUTE))).await?;
    }
    if letter.reach == Reach::Filed {
        let filed_at = at.plus_seconds(8 * DAY);
        files::lay_down(stage.app, &clerk, Of::Incoming(id), files::MARKETS, filed_at).await?;
    }
    Ok(())
}

/// The chairman's direction and what came of it.
async fn work(
    stage: &Stage<'_>,
    office: &Office,
    letter: &Letter,
    (id, at): (IncomingId, Timestamp),
) -> Result<(), DemoError> {
    let (unit, person, days) = letter.charge;
    let direction = Direction {
        lead: Some(unit_named(stage, office, unit).await?),
        help: Vec::new(),
        deadline: Some(at.plus_seconds(days * DAY).day().1.plus_seconds(-MINUTE)),
        text: "Tham mưu thực hiện, báo cáo kết quả đúng hạn.".to_owned(),
    };
    let asked = (direction, seen(stage, id).await?);
    act!(stage, tx => directing::direct(&mut tx, &stage.chair, id, asked, at));
    if letter.reach == Reach::Directed {
        return Ok(());
    }
    let head = head_of(office, unit)?;
    let people = [by_login(&office.people, person)?];
    let asked = (people.as_slice(), "", seen(stage, id).await?);
    act!(stage, tx => working::assign(&mut tx, &head, id, asked, at.plus_seconds(10 * MINUTE)));
    let (worker, is_done) = (office.actor(person)?, letter.reach >= Reach::Done);
    let said = (letter.said, is_done, seen(stage, id).await?);
    let said_at = at.plus_seconds(if is_done { 5 * DAY } else { 3 * 60 * MINUTE });
    act!(stage, tx => working::report(&mut tx, &worker, id, said, said_at));
    Ok(())
}

fn head_of(office: &Office, unit: &str) -> Result<Actor, DemoError> {
    office.actor(if unit == ECONOMY { "truongphong" } else { "daibieu2" })
}

async fn unit_named(stage: &Stage<'_>, office: &Office, name: &str) -> Result<UnitId, DemoError> {
    let mut tx = stage.app.db.read().await.map_err(DemoError::new)?;
    let units = crate::identity::store::units(&mut tx, office.id).await.map_err(DemoError::new)?;
    let found = units.into_iter().find(|unit| unit.name == name);
    found.map(|unit| unit.id).ok_or_else(|| DemoError(format!("{name} is missing")))
}

async fn seen(stage: &Stage<'_>, id: IncomingId) -> Result<i64, DemoError> {
    let mut tx = stage.app.db.read().await.map_err(DemoError::new)?;
    let found = store::document(&mut tx, stage.office.id, id).await.map_err(DemoError::new)?;
    found.map(|document| document.version).ok_or_else(|| DemoError("a letter is missing".to_owned()))
}

impl Letter {
    pub(super) fn dated(&self, at: Timestamp) -> Date {
        at.plus_seconds(-DAY).in_office().date()
    }

    fn typed(&self, at: Timestamp) -> Typed {
        Typed {
            symbol: format!("{:02}/{}", self.number, self.symbol),
            dated_on: self.dated(at).to_string(),
            sender: self.sender.to_owned(),
            subject: self.subject.to_owned(),
            signer_name: String::new(),
            signer_position: String::new(),
            priority: self.priority,
        }
    }

    /// Makes the letter and brings it in by the door every upload passes.
    async fn upload(&self, app: &App, at: Timestamp) -> Result<papers::Upload, DemoError> {
        let pdf = self.pdf(app, at).await?;
        let name = format!("{} {}-{}.pdf", self.kind, self.number, self.symbol);
        let bytes = futures_util::stream::once(std::future::ready(Ok::<_, std::io::Error>(pdf.into())));
        papers::actions::read_upload(app, &name, bytes).await.map_err(DemoError::new)
    }

    pub(super) async fn pdf(&self, app: &App, at: Timestamp) -> Result<Vec<u8>, DemoError> {
        let (form, typesetter) = (self.form(at), app.typesetter.clone());
        let making = Making {
            ident: format!("letter {}/{}", self.number, self.symbol),
            made_at: at.to_jiff(),
            author: self.sender.to_owned(),
        };
        let placed = tokio::task::spawn_blocking(move || typesetter.document(&form, &making));
        Ok(placed.await.map_err(DemoError::new)?.map_err(DemoError::new)?.pdf)
    }

    fn form(&self, at: Timestamp) -> NamedDocument {
        let is_city = self.sender == CITY;
        NamedDocument {
            banner: None,
            letterhead: Letterhead {
                parent_body: (!is_city).then(|| CITY.to_owned()),
                issuing_body: self.sender.to_owned(),
                number_line: Some(NumberLine { number: Some(self.number), symbol: self.symbol.to_owned() }),
                place_line: Some(PlaceLine { place: "Đà Nẵng".to_owned(), date: Some(self.dated(at)) }),
            },
            type_name: self.kind.to_owned(),
            subject: self.subject.to_owned(),
            issuer: None,
            addressees: vec!["Ủy ban nhân dân phường An Hải".to_owned()],
            bases: Vec::new(),
            body: vec![Block::Paragraph(format!("{}/.", self.text))],
            signer: Signer { capacity: vec!["THỦ TRƯỞNG".to_owned()], name: SIGNER.to_owned() },
            recipients: vec!["Như trên".to_owned(), "Lưu: VT".to_owned()],
            verify_url: None,
        }
    }
}
