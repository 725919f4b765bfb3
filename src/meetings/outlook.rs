//! What should be known before a meeting is announced, and keeps nobody from it.

use super::rules::{Advice, Outlook, PaperState, deadline, fixed_holiday};
use super::store::{self, Meeting};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId};
use crate::web::Lang;

/// The advice on a meeting as it stands.
pub async fn advice(
    tx: &mut Tx,
    meeting: &Meeting,
    lang: Lang,
    now: Timestamp,
) -> Result<Vec<Advice>, db::Error> {
    let plan = store::plan(tx, meeting.id).await?;
    let rules = store::planning_rules(tx, meeting.type_id).await?;
    let rooms = store::rooms(tx, meeting.organisation_id).await?;
    let room = rooms.into_iter().find(|room| Some(room.id) == meeting.room_id);
    let people = store::participants(tx, meeting.id).await?.len();
    let papers = store::all_papers(tx, meeting.id, PersonId::default()).await?;
    let items = store::items(tx, meeting.id).await?;
    let has_paper = |item| papers.iter().any(|paper| paper.item_id == item);
    let days = holidays(tx, meeting.organisation_id).await?;
    let outlook = Outlook {
        has_place: room.is_some() || !plan.online_url.is_empty(),
        seats: room.map(|room| room.seats),
        people: i64::try_from(people).unwrap_or(i64::MAX),
        papers_on_the_way: papers.iter().filter(|paper| paper.progress != PaperState::Published).count(),
        items_without_papers: items
            .iter()
            .filter(|item| item.unit_id.is_some() && !has_paper(item.id))
            .count(),
        deadline: deadline(meeting.starts_at, rules.deadline_days, &days),
        holiday: holiday_on(tx, meeting.organisation_id, meeting.starts_at, lang).await?,
    };
    Ok(outlook.advice(now))
}

async fn holidays(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<String>, db::Error> {
    Ok(store::holidays(tx, organisation).await?.into_iter().map(|holiday| holiday.day).collect())
}

/// The name of the holiday on which a moment falls.
pub async fn holiday_on(
    tx: &mut Tx,
    organisation: OrganisationId,
    at: Timestamp,
    lang: Lang,
) -> Result<Option<String>, db::Error> {
    let day = at.in_office().date();
    if let Some(key) = fixed_holiday(day) {
        return Ok(Some(lang.t(key)));
    }
    let holidays = store::holidays(tx, organisation).await?;
    Ok(holidays.into_iter().find(|holiday| holiday.day == day.to_string()).map(|holiday| holiday.name))
}
