//! Organisations, units and people of the sample office.

use super::{DemoError, Keys, neighbours};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::actions::hash_password;
use crate::identity::store::{self, Organisation, Person, Unit};
use crate::identity::{Actor, Level, OrgRole, OrganisationId, PersonId, UnitId};
use crate::signing;
use crate::web::App;

/// Logins worth telling at the start, with what they are.
pub const ACCOUNTS: &[(&str, &str)] = &[
    ("chutich", "Chủ tịch, chủ trì"),
    ("photich", "Phó Chủ tịch"),
    ("thuky", "Thư ký"),
    ("daibieu1 … daibieu20", "Thành viên"),
    ("truongphong", "Trưởng phòng"),
    ("chuyenvien", "Chuyên viên"),
    ("vanthu", "Văn thư"),
    ("luutru", "Lưu trữ viên"),
    ("quantri", "Quản trị"),
    ("khach", "Khách mời"),
];

/// The office, once it is made.
pub struct Office {
    pub id: OrganisationId,
    pub people: Vec<Person>,
}

impl Office {
    /// A person acting, as if signed in.
    pub fn actor(&self, login: &str) -> Result<Actor, DemoError> {
        let person = self.people.iter().find(|person| person.login == login);
        let person = person.ok_or_else(|| DemoError(format!("{login} is missing")))?;
        let roles = PEOPLE.iter().find(|line| line.login == login).map_or(&[][..], |line| line.roles);
        Ok(Actor {
            person: person.id,
            organisation: self.id,
            full_name: person.full_name.clone(),
            position: person.position.clone(),
            roles: roles.to_vec(),
            session: Vec::new(),
        })
    }
}

pub(super) struct Line {
    pub login: &'static str,
    name: &'static str,
    pub unit: &'static str,
    position: &'static str,
    roles: &'static [OrgRole],
}

const LEADERS: &str = "Lãnh đạo UBND";
const OFFICE: &str = "Văn phòng HĐND và UBND";
const ECONOMY: &str = "Phòng Kinh tế, Hạ tầng và Đô thị";
const CULTURE: &str = "Phòng Văn hóa - Xã hội";
const SERVICE: &str = "Trung tâm Phục vụ hành chính công";
const DEFENCE: &str = "Công an và Quân sự phường";
const FRONT: &str = "Mặt trận và đoàn thể";
const GUESTS: &str = "Khách mời thường xuyên";

const UNITS: &[&str] = &[LEADERS, OFFICE, ECONOMY, CULTURE, SERVICE, DEFENCE, FRONT, GUESTS];

pub(super) const fn line(
    login: &'static str,
    name: &'static str,
    unit: &'static str,
    position: &'static str,
    roles: &'static [OrgRole],
) -> Line {
    Line { login, name, unit, position, roles }
}

const PEOPLE: &[Line] = &[
    line("chutich", "Nguyễn Văn Hùng", LEADERS, "Chủ tịch UBND phường", &[]),
    line("photich", "Lê Thị Thu Hà", LEADERS, "Phó Chủ tịch UBND phường", &[]),
    line("thuky", "Phạm Thị Ngọc Mai", OFFICE, "Chuyên viên tổng hợp", &[OrgRole::Secretary]),
    line("truongphong", "Phan Quốc Bảo", ECONOMY, "Trưởng phòng", &[OrgRole::UnitAdmin]),
    line("chuyenvien", "Đỗ Thị Mai", ECONOMY, "Chuyên viên", &[]),
    line("vanthu", "Trương Thị Diệu", OFFICE, "Văn thư", &[OrgRole::Clerk]),
    line("luutru", "Ngô Thị Lành", OFFICE, "Lưu trữ viên", &[OrgRole::Archivist, OrgRole::Auditor]),
    line(
        "quantri",
        "Đinh Công Thành",
        OFFICE,
        "Phụ trách công nghệ thông tin",
        &[OrgRole::SystemAdmin, OrgRole::UnitAdmin],
    ),
    line("khach", "Bùi Quang Dũng", GUESTS, "Trưởng ban Quản lý chợ An Hải Đông", &[]),
    line("daibieu1", "Võ Minh Tâm", OFFICE, "Chánh Văn phòng", &[OrgRole::UnitAdmin]),
    line("daibieu2", "Trần Thị Kim Oanh", CULTURE, "Trưởng phòng", &[OrgRole::UnitAdmin]),
    line("daibieu3", "Huỳnh Đức Thọ", DEFENCE, "Trưởng Công an phường", &[]),
    line("daibieu4", "Đặng Ngọc Lan", SERVICE, "Giám đốc Trung tâm", &[]),
    line("daibieu5", "Hồ Tấn Lộc", DEFENCE, "Chỉ huy trưởng Quân sự", &[]),
    line("daibieu6", "Mai Xuân Bình", ECONOMY, "Phó Trưởng phòng", &[]),
    line("daibieu7", "Lý Thị Hồng", ECONOMY, "Kế toán trưởng", &[]),
    line("daibieu8", "Cao Xuân Sơn", CULTURE, "Phó Trưởng phòng", &[]),
    line("daibieu9", "Ngô Văn Phước", FRONT, "Chủ tịch Ủy ban MTTQ phường", &[]),
    line("daibieu10", "Đoàn Thị Yến", FRONT, "Chủ tịch Hội Liên hiệp Phụ nữ", &[]),
    line("daibieu11", "Tạ Quang Vinh", FRONT, "Chủ tịch Hội Cựu chiến binh", &[]),
    line("daibieu12", "Lương Văn Đạt", FRONT, "Bí thư Đoàn Thanh niên", &[]),
    line("daibieu13", "Vũ Thị Ánh", SERVICE, "Phó Giám đốc Trung tâm", &[]),
    line("daibieu14", "Châu Ngọc Ẩn", CULTURE, "Phụ trách y tế", &[]),
    line("daibieu15", "Kiều Thị Ý", CULTURE, "Phụ trách giáo dục", &[]),
    line("daibieu16", "Thái Bá Quyền", ECONOMY, "Phụ trách địa chính", &[]),
    line("daibieu17", "Quách Thị Ưng", OFFICE, "Phụ trách tư pháp, hộ tịch", &[]),
    line("daibieu18", "Âu Dương Khánh", ECONOMY, "Phụ trách xây dựng", &[]),
    line("daibieu19", "Nghiêm Xuân Ước", OFFICE, "Phụ trách tiếp công dân", &[]),
    line("daibieu20", "Uông Thị Thủy", CULTURE, "Phụ trách lao động, thương binh", &[]),
    line("uyvien1", "Đào Duy Mạnh", DEFENCE, "Phó Trưởng Công an phường", &[]),
    line("uyvien2", "Giang Thị Nguyệt", FRONT, "Chủ tịch Hội Nông dân", &[]),
    line("uyvien3", "Hà Thế Vương", ECONOMY, "Phụ trách môi trường", &[]),
    line("uyvien4", "Tôn Nữ Hoài An", SERVICE, "Tổ trưởng Tổ một cửa", &[]),
];

/// Those who sign in the sample office.
const SIGNERS: &[&str] = &[
    "chutich",
    "photich",
    "thuky",
    "truongphong",
    "vanthu",
    "daibieu1",
    "daibieu2",
    "daibieu3",
    "daibieu4",
    "daibieu5",
];

/// Makes the office, its neighbour and the city above it.
pub async fn make(app: &App, keys: &Keys, now: Timestamp) -> Result<Office, DemoError> {
    let hash = hash_password(keys.password.clone()).await.map_err(DemoError::new)?;
    let mut tx = app.db.write().await.map_err(DemoError::new)?;
    let id = organisation(&mut tx, "anhai", "UBND phường An Hải", "An Hải", Level::Commune, now).await?;
    let units = units(&mut tx, id, "UBND phường An Hải", UNITS).await?;
    let mut people = Vec::new();
    for line in PEOPLE {
        let unit = units.iter().find(|(name, _)| *name == line.unit).map(|(_, unit)| *unit);
        let unit = unit.ok_or_else(|| DemoError(format!("unit of {} is missing", line.login)))?;
        people.push(person(&mut tx, id, unit, line, &hash, now).await?);
    }
    for login in SIGNERS {
        let signer = super::by_login(&people, login)?;
        signing::keys::issue_test_key(&mut tx, id, signer, &keys.pin, now).await.map_err(DemoError::new)?;
    }
    neighbours::make(&mut tx, (keys, &hash), now).await?;
    tx.commit().await.map_err(DemoError::new)?;
    Ok(Office { id, people })
}

pub(super) async fn organisation(
    tx: &mut Tx,
    code: &str,
    name: &str,
    place: &str,
    level: Level,
    now: Timestamp,
) -> Result<OrganisationId, DemoError> {
    let organisation = Organisation {
        id: OrganisationId::new(),
        code: code.to_owned(),
        name: name.to_owned(),
        parent_name: "Ủy ban nhân dân thành phố Đà Nẵng".to_owned(),
        place: place.to_owned(),
        level,
        parent_id: None,
    };
    store::insert_organisation(tx, &organisation, now).await.map_err(DemoError::new)?;
    Ok(organisation.id)
}

/// A root unit with the others below it; gives the others.
pub(super) async fn units(
    tx: &mut Tx,
    organisation: OrganisationId,
    root: &str,
    names: &[&'static str],
) -> Result<Vec<(&'static str, UnitId)>, DemoError> {
    let root = Unit { id: UnitId::new(), parent_id: None, name: root.to_owned(), position: 0 };
    store::insert_unit(tx, organisation, &root).await.map_err(DemoError::new)?;
    let mut made = Vec::new();
    for (position, name) in (1..).zip(names) {
        let unit = Unit { id: UnitId::new(), parent_id: Some(root.id), name: (*name).to_owned(), position };
        store::insert_unit(tx, organisation, &unit).await.map_err(DemoError::new)?;
        made.push((*name, unit.id));
    }
    Ok(made)
}

pub(super) async fn person(
    tx: &mut Tx,
    organisation: OrganisationId,
    unit_id: UnitId,
    line: &Line,
    hash: &str,
    now: Timestamp,
) -> Result<Person, DemoError> {
    let person = Person {
        id: PersonId::new(),
        unit_id,
        login: line.login.to_owned(),
        full_name: line.name.to_owned(),
        position: line.position.to_owned(),
        email: format!("{}@anhai.example", line.login),
        active: true,
    };
    store::insert_person(tx, organisation, &person, hash, now).await.map_err(DemoError::new)?;
    for role in line.roles {
        store::add_role(tx, person.id, *role).await.map_err(DemoError::new)?;
    }
    Ok(person)
}
