//! The fields of a draft: what they offer and hold.

use super::dashed;
use super::sent_draft::value;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::exchange;
use crate::identity::store::Person;
use crate::identity::{self, Actor, OrganisationId};
use crate::outgoing::drafting;
use crate::outgoing::rules::{Capacity, Kind, Priority};
use crate::outgoing::store::{self, Outgoing};
use crate::web::{self, Lang};

/// What the fields offer and hold.
pub(super) struct DraftForm {
    pub kinds: Vec<Choice>,
    pub priorities: Vec<Choice>,
    pub capacities: Vec<Choice>,
    pub checkers: Vec<Choice>,
    pub signers: Vec<Choice>,
    pub organisations: Vec<Choice>,
    pub subject: String,
    pub symbol: String,
    pub copies: i64,
    pub addresses: String,
    /// Bodies of the exchange by name; `None`: no body is known here.
    pub bodies: Option<String>,
    pub others: String,
    pub answer_by: String,
    pub version: i64,
}

pub(super) struct Choice {
    pub value: String,
    pub label: String,
    pub is_chosen: bool,
}

impl DraftForm {
    /// The form, with what a draft holds already.
    pub(super) async fn load(
        tx: &mut Tx,
        actor: &Actor,
        draft: Option<&Outgoing>,
        lang: Lang,
    ) -> Result<Self, web::Error> {
        let people = identity::store::people(tx, actor.organisation).await?;
        let neighbours = drafting::neighbours(tx, actor).await?;
        let sent = match draft {
            Some(draft) => store::recipients(tx, draft.id).await?,
            None => Vec::new(),
        };
        let addresses: Vec<&str> =
            sent.iter().filter(|(to, _)| to.is_none()).map(|(_, address)| address.as_str()).collect();
        let kind = |one: &Kind| Choice {
            value: one.as_str().to_owned(),
            label: match one.code() {
                "" => one.legal_name().to_owned(),
                code => format!("{} ({code})", one.legal_name()),
            },
            is_chosen: draft.map_or(*one == Kind::OfficialLetter, |draft| draft.kind == *one),
        };
        let capacity = |one: &Capacity| Choice {
            value: one.as_str().to_owned(),
            label: lang.t(&format!("outgoing-capacity-{}", one.as_str())),
            is_chosen: draft.map_or(*one == Capacity::Tm, |draft| draft.capacity == *one),
        };
        let priority = |one: &Priority| Choice {
            value: one.as_str().to_owned(),
            label: lang.t(&format!("outgoing-priority-{}", dashed(one.as_str()))),
            is_chosen: draft.map_or(*one == Priority::Normal, |draft| draft.priority == *one),
        };
        let office = |(id, name): (OrganisationId, String)| Choice {
            is_chosen: sent.iter().any(|(to, _)| *to == Some(id)),
            value: id.to_string(),
            label: name,
        };
        Ok(Self {
            kinds: Kind::ALL.iter().map(kind).collect(),
            priorities: Priority::ALL.iter().map(priority).collect(),
            capacities: Capacity::ALL.iter().map(capacity).collect(),
            checkers: choices(
                &people,
                |person| draft.is_some_and(|draft| draft.checker_id == person.id),
                |person| person.id != actor.person,
            ),
            signers: choices(
                &people,
                |person| draft.is_some_and(|draft| draft.signer_id == person.id),
                |_| true,
            ),
            organisations: neighbours.into_iter().map(office).collect(),
            subject: draft.map(|draft| draft.subject.clone()).unwrap_or_default(),
            symbol: draft.map(|draft| draft.symbol.clone()).unwrap_or_default(),
            copies: draft.map_or(1, |draft| draft.copies),
            addresses: addresses.join("\n"),
            bodies: bodies_of(tx, draft).await?,
            others: draft.map(|draft| draft.others.clone()).unwrap_or_default(),
            answer_by: draft.and_then(|draft| draft.answer_by).map(for_date_input).unwrap_or_default(),
            version: draft.map_or(1, |draft| draft.version),
        })
    }
}

/// The bodies of the exchange it goes to, a name a line.
async fn bodies_of(tx: &mut Tx, draft: Option<&Outgoing>) -> Result<Option<String>, web::Error> {
    let chosen = match draft {
        Some(draft) => store::bodies_of(tx, draft.id).await?,
        None => Vec::new(),
    };
    if chosen.is_empty() && !exchange::bodies::are_known(tx).await? {
        return Ok(None);
    }
    let lines: Vec<String> = chosen.into_iter().map(|body| body.code).collect();
    Ok(Some(lines.join("\n")))
}

/// A day as a date field takes it.
fn for_date_input(day: Timestamp) -> String {
    day.in_office().date().to_string()
}

impl DraftForm {
    /// Puts in what was typed into a form that was refused.
    pub(super) fn retype(&mut self, fields: &[(String, String)]) {
        let lists = [
            ("kind", &mut self.kinds),
            ("priority", &mut self.priorities),
            ("capacity", &mut self.capacities),
            ("checker", &mut self.checkers),
            ("signer", &mut self.signers),
            ("organisation", &mut self.organisations),
        ];
        for (name, choices) in lists {
            for choice in choices {
                choice.is_chosen = fields.iter().any(|(key, value)| key == name && *value == choice.value);
            }
        }
        let text = |name: &str| value(fields, name).unwrap_or_default().to_owned();
        self.subject = text("subject");
        self.symbol = text("symbol");
        self.copies = text("copies").parse().unwrap_or(1);
        self.addresses = text("addresses");
        self.bodies = self.bodies.take().map(|_| text("bodies"));
        self.others = text("others");
        self.answer_by = text("answer_by");
        self.version = text("version").parse().unwrap_or(self.version);
    }

    pub(super) fn send_to(&mut self, office: OrganisationId) {
        let office = office.to_string();
        for choice in self.organisations.iter_mut().filter(|choice| choice.value == office) {
            choice.is_chosen = true;
        }
    }
}

fn choices(
    people: &[Person],
    is_chosen: impl Fn(&Person) -> bool,
    is_offered: impl Fn(&Person) -> bool,
) -> Vec<Choice> {
    let offered = people.iter().filter(|person| person.active && is_offered(person));
    let choice = |person: &Person| Choice {
        value: person.id.to_string(),
        label: match person.position.as_str() {
            "" => person.full_name.clone(),
            position => format!("{}, {position}", person.full_name),
        },
        is_chosen: is_chosen(person),
    };
    offered.map(choice).collect()
}
