//! What a document is found by, and who may find it, from its own rows.

use uuid::Uuid;

use super::rules::{Facet, Register, Words};
use super::store::Entry;
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{self, OrgRole, OrganisationId, PersonId};
use crate::incoming::IncomingId;
use crate::outgoing::OutgoingId;
use crate::outgoing::rules::State as Outgone;
use crate::papers::{self, Version};
use crate::{incoming, outgoing};

/// An entry and its words. `None`: there is no such document.
pub(super) async fn describe(
    tx: &mut Tx,
    organisation: OrganisationId,
    register: Register,
    id: Uuid,
) -> Result<Option<(Entry, Words)>, db::Error> {
    match register {
        Register::Outgoing => outgoing(tx, organisation, id.into()).await,
        Register::Incoming => incoming(tx, organisation, id.into()).await,
    }
}

async fn outgoing(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: OutgoingId,
) -> Result<Option<(Entry, Words)>, db::Error> {
    let Some(document) = outgoing::store::outgoing(tx, organisation, id).await? else { return Ok(None) };
    let versions = papers::versions_of(tx, organisation, document.paper_id).await?;
    let Some(version) = versions.iter().find(|version| version.number == document.edition) else {
        return Ok(None);
    };
    let hands = document.hands();
    let day = document.day.unwrap_or(version.uploaded_at);
    let mut facets = own_facets(organisation, Register::Outgoing, day);
    facets.extend(outgoing::actions::READERS.iter().map(|role| Facet::role(*role)));
    facets.extend([hands.drafter, hands.checker, hands.signer].map(Facet::person));
    if matches!(document.state, Outgone::Issued | Outgone::Filed | Outgone::Recalled) {
        facets.push(Facet::everybody());
    }
    let signer = name(tx, organisation, document.signer_id).await?;
    let drafter = name(tx, organisation, document.drafter_id).await?;
    let checker = name(tx, organisation, document.checker_id).await?;
    let number = document.number_and_symbol();
    let recipients = recipients(tx, id).await?;
    let attached = outgoing::store::attachments(tx, id).await?;
    let mut fields = vec![
        number.as_str(),
        document.kind.legal_name(),
        &document.subject,
        &signer,
        &drafter,
        &checker,
        &document.others,
        &recipients,
        &document.filed_in,
    ];
    fields.extend(attached.iter().map(|one| one.title.as_str()));
    let words = Words::new(facets, &fields, &papers::folded_pages(tx, version.id).await?);
    let entry = Entry {
        register: Register::Outgoing,
        subject_id: id.into(),
        state: document.state.as_str().to_owned(),
        number: number.clone(),
        arrival_number: None,
        day,
        title: document.subject.clone(),
        origin: signer.clone(),
        version_id: version.id,
        awaits_text: awaits(version),
    };
    Ok(Some((entry, words)))
}

async fn incoming(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: IncomingId,
) -> Result<Option<(Entry, Words)>, db::Error> {
    let Some(document) = incoming::store::document(tx, organisation, id).await? else { return Ok(None) };
    let Some(version) = papers::version(tx, organisation, document.version_id).await? else {
        return Ok(None);
    };
    let units = incoming::store::units_of(tx, id).await?;
    let people = incoming::store::assignments(tx, id).await?;
    let attached = incoming::store::attachments(tx, id).await?;
    let day = document.dated_on.unwrap_or(document.arrived_at);
    let mut facets = own_facets(organisation, Register::Incoming, day);
    facets.push(Facet::role(OrgRole::Clerk));
    if document.arrival_number.is_some() {
        facets.push(Facet::role(OrgRole::Auditor));
    }
    facets.extend(document.presented_to.map(Facet::person));
    facets.extend(units.iter().map(|unit| Facet::unit(unit.unit_id)));
    facets.extend(people.iter().map(|one| Facet::person(one.person_id)));
    let arrival = document.arrival_number.map(|number| number.to_string()).unwrap_or_default();
    let mut fields = vec![
        document.symbol.as_str(),
        &document.sender,
        &document.subject,
        &document.signer_name,
        &document.direction,
        &document.file_code,
        &arrival,
    ];
    fields.extend(units.iter().map(|unit| unit.name.as_str()));
    fields.extend(people.iter().map(|one| one.full_name.as_str()));
    fields.extend(attached.iter().map(|(_, _, title)| title.as_str()));
    let words = Words::new(facets, &fields, &papers::folded_pages(tx, version.id).await?);
    let entry = Entry {
        register: Register::Incoming,
        subject_id: id.into(),
        state: document.state.as_str().to_owned(),
        number: document.symbol.clone(),
        arrival_number: document.arrival_number,
        day,
        title: document.subject.clone(),
        origin: document.sender.clone(),
        version_id: version.id,
        awaits_text: awaits(&version),
    };
    Ok(Some((entry, words)))
}

fn own_facets(organisation: OrganisationId, register: Register, day: Timestamp) -> Vec<Facet> {
    vec![Facet::organisation(organisation), Facet::register(register), Facet::month(day)]
}

fn awaits(version: &Version) -> bool {
    version.state == papers::State::Deriving
}

async fn name(tx: &mut Tx, organisation: OrganisationId, person: PersonId) -> Result<String, db::Error> {
    let found = identity::store::person(tx, organisation, person).await?;
    Ok(found.map(|person| person.full_name).unwrap_or_default())
}

/// The names of the recipients this system serves, a space between.
async fn recipients(tx: &mut Tx, id: OutgoingId) -> Result<String, db::Error> {
    let all = outgoing::recipients_of(tx, id).await?;
    Ok(all.into_iter().map(|one| one.name).collect::<Vec<_>>().join(" "))
}
