//! How people wish to be told.

use std::collections::HashMap;

use super::actions::log;
use super::letter::Reach;
use super::rules::{Hours, Kind, Way, Wishes};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{Actor, OrganisationId, PersonId};
use crate::sql;

#[derive(sqlx::FromRow)]
struct WishesRow {
    person_id: PersonId,
    mail: Option<Way>,
    sms: Option<bool>,
    push: Option<bool>,
    quiet_from: Option<i64>,
    quiet_until: Option<i64>,
    digest_at: Option<i64>,
    phone: Option<String>,
}

impl From<WishesRow> for Reach {
    fn from(row: WishesRow) -> Self {
        let usual = Self::default();
        let wishes = Wishes {
            mail: row.mail.unwrap_or(usual.wishes.mail),
            sms: row.sms.unwrap_or(usual.wishes.sms),
            push: row.push.unwrap_or(usual.wishes.push),
        };
        let hours = Hours {
            quiet_from: row.quiet_from.unwrap_or(usual.hours.quiet_from),
            quiet_until: row.quiet_until.unwrap_or(usual.hours.quiet_until),
            digest_at: row.digest_at.unwrap_or(usual.hours.digest_at),
        };
        Self { wishes, hours, phone: row.phone.unwrap_or_default(), devices: Vec::new() }
    }
}

/// What one person wishes for one kind; their devices are not looked up.
pub(super) async fn of(tx: &mut Tx, person: PersonId, kind: Kind) -> Result<Reach, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT notice_choice.mail, notice_choice.sms, notice_choice.push, notice_hours.quiet_from,
                notice_hours.quiet_until, notice_hours.digest_at, notice_hours.phone, person.id AS person_id
         FROM person LEFT JOIN notice_choice ON notice_choice.person_id = person.id AND notice_choice.kind = $2
         LEFT JOIN notice_hours ON notice_hours.person_id = person.id
         WHERE person.id = $1" as WishesRow, person, kind)?;
    Ok(row.map(Reach::from).unwrap_or_default())
}

/// The same of everyone in an organisation.
pub(super) async fn of_all(
    tx: &mut Tx,
    organisation: OrganisationId,
    kind: Kind,
) -> Result<HashMap<PersonId, Reach>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT notice_choice.mail, notice_choice.sms, notice_choice.push, notice_hours.quiet_from,
                notice_hours.quiet_until, notice_hours.digest_at, notice_hours.phone, person.id AS person_id
         FROM person LEFT JOIN notice_choice ON notice_choice.person_id = person.id AND notice_choice.kind = $2
         LEFT JOIN notice_hours ON notice_hours.person_id = person.id
         WHERE person.organisation_id = $1" as WishesRow, organisation, kind)?;
    Ok(rows.into_iter().map(|row| (row.person_id, row.into())).collect())
}

/// Everything a person's form says.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub wishes: Vec<(Kind, Wishes)>,
    pub hours: Hours,
    pub phone: String,
}

pub(super) async fn all(tx: &mut Tx, person: PersonId) -> Result<Settings, db::Error> {
    let mut settings = Settings { wishes: Vec::new(), hours: Hours::default(), phone: String::new() };
    for kind in Kind::ALL {
        let reach = of(tx, person, *kind).await?;
        settings.wishes.push((*kind, reach.wishes));
        settings.hours = reach.hours;
        settings.phone = reach.phone;
    }
    Ok(settings)
}

/// Keeps a person's own wishes.
pub(super) async fn save(
    tx: &mut Tx,
    actor: &Actor,
    settings: &Settings,
    now: Timestamp,
) -> Result<(), db::Error> {
    for (kind, wishes) in &settings.wishes {
        sql!(tx => execute
            "INSERT INTO notice_choice (person_id, kind, mail, sms, push) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (person_id, kind) DO UPDATE SET mail = excluded.mail, sms = excluded.sms,
                 push = excluded.push", actor.person, *kind, wishes.mail, wishes.sms, wishes.push)?;
    }
    let hours = settings.hours;
    sql!(tx => execute
        "INSERT INTO notice_hours (person_id, quiet_from, quiet_until, digest_at, phone) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (person_id) DO UPDATE SET quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until,
             digest_at = excluded.digest_at, phone = excluded.phone",
        actor.person, hours.quiet_from, hours.quiet_until, hours.digest_at, settings.phone.as_str())?;
    log(tx, actor, "notice_wishes_saved", format!("person:{}", actor.person), now).await
}
