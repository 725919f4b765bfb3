//! How people wish to be told.

use super::actions::log;
use super::rules::{Hours, Kind, Way, Wishes};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{Actor, PersonId};
use crate::sql;

#[derive(sqlx::FromRow)]
struct WishesRow {
    mail: Option<Way>,
    sms: Option<bool>,
    push: Option<bool>,
    quiet_from: Option<i64>,
    quiet_until: Option<i64>,
    digest_at: Option<i64>,
    phone: Option<String>,
}

/// What holds for one person and one kind: wishes, hours, telephone.
pub(super) async fn of(
    tx: &mut Tx,
    person: PersonId,
    kind: Kind,
) -> Result<(Wishes, Hours, String), db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT notice_choice.mail, notice_choice.sms, notice_choice.push, notice_hours.quiet_from,
                notice_hours.quiet_until, notice_hours.digest_at, notice_hours.phone
         FROM person LEFT JOIN notice_choice ON notice_choice.person_id = person.id AND notice_choice.kind = $2
         LEFT JOIN notice_hours ON notice_hours.person_id = person.id
         WHERE person.id = $1" as WishesRow, person, kind)?;
    let Some(row) = row else { return Ok((Wishes::default(), Hours::default(), String::new())) };
    let usual = (Wishes::default(), Hours::default());
    let wishes = Wishes {
        mail: row.mail.unwrap_or(usual.0.mail),
        sms: row.sms.unwrap_or(usual.0.sms),
        push: row.push.unwrap_or(usual.0.push),
    };
    let hours = Hours {
        quiet_from: row.quiet_from.unwrap_or(usual.1.quiet_from),
        quiet_until: row.quiet_until.unwrap_or(usual.1.quiet_until),
        digest_at: row.digest_at.unwrap_or(usual.1.digest_at),
    };
    Ok((wishes, hours, row.phone.unwrap_or_default()))
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
        let (wishes, hours, phone) = of(tx, person, *kind).await?;
        settings.wishes.push((*kind, wishes));
        settings.hours = hours;
        settings.phone = phone;
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
