//! The organisations around the sample office: a ward that answers what it is
//! sent, and the city above both.

use super::office::{Line, line, organisation, person, units};
use super::{DemoError, Keys};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{self, Level, OrgRole, OrganisationId};
use crate::{outgoing, signing};

const OFFICE: &str = "Văn phòng HĐND và UBND";
const ECONOMY: &str = "Phòng Kinh tế, Hạ tầng và Đô thị";

const WARD: &[Line] = &[
    line("thuky.sontra", "Nguyễn Thị Thanh", OFFICE, "Chuyên viên", &[OrgRole::Secretary]),
    line("vanthu.sontra", "Lê Thị Hạnh", OFFICE, "Văn thư", &[OrgRole::Clerk]),
    line("chutich.sontra", "Trần Quốc Toản", OFFICE, "Chủ tịch UBND phường", &[]),
    line("truongphong.sontra", "Đặng Văn Phúc", ECONOMY, "Trưởng phòng", &[OrgRole::UnitAdmin]),
    line("chuyenvien.sontra", "Võ Thị Loan", ECONOMY, "Chuyên viên", &[]),
];
const CITY: &[Line] =
    &[line("thuky.danang", "Nguyễn Thị Thanh", OFFICE, "Chuyên viên", &[OrgRole::Secretary])];

/// Makes both. The ward has a leader who signs and a seal.
pub(super) async fn make(tx: &mut Tx, (keys, hash): (&Keys, &str), now: Timestamp) -> Result<(), DemoError> {
    let ward = organisation(tx, "sontra", "UBND phường Sơn Trà", "Sơn Trà", Level::Commune, now).await?;
    populate(tx, (ward, "UBND phường Sơn Trà"), WARD, (keys, hash), now).await?;
    outgoing::issue_test_seal(tx, ward, &keys.pin, now).await.map_err(DemoError::new)?;
    let city = organisation(tx, "danang", "UBND thành phố Đà Nẵng", "Đà Nẵng", Level::Province, now).await?;
    populate(tx, (city, "UBND thành phố Đà Nẵng"), CITY, (keys, hash), now).await?;
    for ward in ["anhai", "sontra"] {
        identity::actions::place(tx, ward, Some("danang"), now).await.map_err(DemoError::new)?;
    }
    Ok(())
}

async fn populate(
    tx: &mut Tx,
    (id, name): (OrganisationId, &str),
    people: &[Line],
    (keys, hash): (&Keys, &str),
    now: Timestamp,
) -> Result<(), DemoError> {
    let units = units(tx, id, name, &[OFFICE, ECONOMY]).await?;
    for line in people {
        let unit = units.iter().find(|(name, _)| *name == line.unit).map(|(_, unit)| *unit);
        let unit = unit.ok_or_else(|| DemoError(format!("unit of {} is missing", line.login)))?;
        let made = person(tx, id, unit, line, hash, now).await?;
        if line.login.starts_with("chutich") {
            signing::keys::issue_test_key(tx, id, made.id, &keys.pin, now).await.map_err(DemoError::new)?;
        }
    }
    Ok(())
}
