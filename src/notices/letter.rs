//! What leaves the house for one person who is told something.

use std::collections::HashMap;

use super::rules::{Channel, Hours, Kind, PATIENCE, State, Way, Wishes};
use super::store::outbox::Delivery;
use super::{DeliveryId, Manner, Tidings, push, wishes};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId};
use crate::web::Lang;

/// Texts that leave the house are in the office's language.
const LANG: Lang = Lang::Vi;

/// Something one person is told.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    pub person: PersonId,
    /// May be empty: then there is no mail.
    pub email: &'a str,
    pub tidings: Tidings<'a>,
    pub manner: Manner<'a>,
}

/// By which ways a person is reached about one kind of matter.
#[derive(Clone, Debug, Default)]
pub(super) struct Reach {
    pub wishes: Wishes,
    pub hours: Hours,
    pub phone: String,
    /// Addresses of their devices at push services.
    pub devices: Vec<String>,
}

impl Reach {
    pub async fn of(tx: &mut Tx, person: PersonId, kind: Kind) -> Result<Self, db::Error> {
        let reach = wishes::of(tx, person, kind).await?;
        let devices = if reach.wishes.push { push::endpoints(tx, person).await? } else { Vec::new() };
        Ok(Self { devices, ..reach })
    }

    /// Of everyone in an organisation.
    pub async fn of_all(
        tx: &mut Tx,
        organisation: OrganisationId,
        kind: Kind,
    ) -> Result<HashMap<PersonId, Self>, db::Error> {
        let mut people = wishes::of_all(tx, organisation, kind).await?;
        for (person, endpoint) in push::endpoints_of_all(tx, organisation).await? {
            if let Some(reach) = people.get_mut(&person).filter(|reach| reach.wishes.push) {
                reach.devices.push(endpoint);
            }
        }
        Ok(people)
    }
}

impl Letter<'_> {
    pub(super) fn kind(&self) -> Kind {
        Kind::of(self.tidings.link)
    }

    /// What leaves the house for it: now, after the quiet hours, or with the next digest.
    pub(super) fn leaving(&self, reach: &Reach, now: Timestamp) -> Vec<Delivery> {
        let kind = self.kind();
        let usual = Delivery {
            person_id: Some(self.person),
            due_at: reach.hours.after_quiet(now),
            ..Delivery::new(&self.tidings, self.manner, now)
        };
        let mail = self.mail(reach, &usual, now);
        let sms = (reach.wishes.sms && !reach.phone.is_empty()).then(|| Delivery {
            id: DeliveryId::new(),
            channel: Channel::Sms,
            recipient: reach.phone.clone(),
            body: LANG.t(&format!("notice-sms-{}", kind.as_str())),
            calendar: None,
            ..usual.clone()
        });
        let push = reach.devices.iter().map(|endpoint| Delivery {
            id: DeliveryId::new(),
            channel: Channel::Push,
            recipient: endpoint.clone(),
            calendar: None,
            ..usual.clone()
        });
        mail.into_iter().chain(sms).chain(push).map(Delivery::with_patience).collect()
    }

    fn mail(&self, reach: &Reach, usual: &Delivery, now: Timestamp) -> Option<Delivery> {
        let mail = Delivery { recipient: self.email.to_owned(), ..usual.clone() };
        match reach.wishes.mail {
            _ if self.email.is_empty() => None,
            Way::Off => None,
            Way::Digest if self.manner.calendar.is_none() => {
                Some(Delivery { due_at: reach.hours.next_digest(now), state: State::Gathered, ..mail })
            }
            Way::Now | Way::Digest => Some(mail),
        }
    }
}

impl Delivery {
    /// A mail as it would go now, with nobody on it yet.
    pub(super) fn new(tidings: &Tidings<'_>, manner: Manner<'_>, now: Timestamp) -> Self {
        let (subject, body) = if manner.is_discreet {
            (LANG.t("notice-discreet-subject"), LANG.t("notice-discreet-body"))
        } else {
            (tidings.subject.to_owned(), tidings.body.to_owned())
        };
        Self {
            id: DeliveryId::new(),
            organisation_id: tidings.organisation,
            person_id: None,
            channel: Channel::Mail,
            recipient: String::new(),
            subject,
            body,
            link: tidings.link.to_owned(),
            calendar: manner.calendar.map(str::to_owned),
            state: State::Waiting,
            created_at: now,
            due_at: now,
            attempts: 0,
            give_up_at: now.plus_seconds(PATIENCE),
            last_error: None,
            sent_at: None,
            kept_at: None,
        }
    }

    /// Quiet hours do not shorten the time for trying.
    pub(super) fn with_patience(self) -> Self {
        Self { give_up_at: self.due_at.plus_seconds(PATIENCE), ..self }
    }
}
