//! The body that votes, as it is now.

use std::collections::HashSet;

use super::super::rules::{self, Mandate, Proxy, Seat, VoteKind};
use super::super::secret;
use super::super::store::{self, Vote};
use crate::db::{self, Tx};
use crate::identity::PersonId;
use crate::meetings::rules::{Meaning, MeetingRole, VoteTerms};
use crate::meetings::store::Participant;
use crate::meetings::{self, MeetingId};

/// The body that votes: who is there, and who gave whom the mandate.
#[derive(Clone, Debug)]
pub struct Body {
    pub people: Vec<Participant>,
    pub proxies: Vec<Proxy>,
}

impl Body {
    pub async fn load(tx: &mut Tx, meeting: MeetingId) -> Result<Self, db::Error> {
        let people = meetings::store::body(tx, meeting).await?;
        let proxies = store::proxies(tx, meeting).await?.into_iter().map(|(proxy, _)| proxy).collect();
        Ok(Self { people, proxies })
    }

    pub fn mandates(&self, terms: &VoteTerms) -> Vec<Mandate> {
        let seats: Vec<Seat> = self.people.iter().map(seat).collect();
        rules::mandates(&seats, &self.proxies, terms)
    }

    pub(super) fn chair(&self) -> Option<PersonId> {
        self.people.iter().find(|one| one.role == MeetingRole::Chair).map(|one| one.person_id)
    }
}

/// A participant, as far as mandates ask.
pub fn seat(one: &Participant) -> Seat {
    Seat {
        person: one.person_id,
        is_member: one.member,
        is_there: one.attendance.is_there(),
        substitute_for: one.substitute_for,
    }
}

/// How far an open vote is, for those who run it.
#[derive(Clone, Debug, Default)]
pub struct Turnout {
    pub voted: i64,
    pub mandates: i64,
    /// Members whose mandate can be used and was not.
    pub waiting: Vec<PersonId>,
    /// Everyone there voted, and everyone approved.
    pub is_unanimous: bool,
}

pub async fn turnout(tx: &mut Tx, vote: &Vote, body: &Body) -> Result<Turnout, db::Error> {
    if vote.kind == VoteKind::Secret {
        return secret_turnout(tx, vote, body).await;
    }
    let ballots = store::ballots_of(tx, vote.id).await?;
    let voted: HashSet<PersonId> = ballots.iter().map(|ballot| ballot.member_id).collect();
    let usable: Vec<PersonId> = body
        .mandates(&vote.terms)
        .into_iter()
        .filter(|mandate| mandate.holder.is_some() || voted.contains(&mandate.member))
        .map(|mandate| mandate.member)
        .collect();
    let approves = |choice: &str| vote.terms.meaning(choice) == Some(Meaning::Approve);
    let all_approve = ballots.iter().all(|ballot| approves(&ballot.choice));
    Ok(Turnout {
        is_unanimous: !usable.is_empty() && voted.len() == usable.len() && all_approve,
        voted: i64::try_from(voted.len()).unwrap_or(i64::MAX),
        mandates: i64::try_from(usable.len()).unwrap_or(i64::MAX),
        waiting: usable.into_iter().filter(|member| !voted.contains(member)).collect(),
    })
}

/// Of a secret vote there is only the number of ballots: nobody knows whose.
async fn secret_turnout(tx: &mut Tx, vote: &Vote, body: &Body) -> Result<Turnout, db::Error> {
    let voted = secret::store::public_side(tx, vote.id).await?.map_or(0, |(_, ballots)| ballots);
    let papers = secret::store::papers(tx, vote.id).await?;
    let has_paper = |member| papers.iter().any(|(known, _)| *known == member);
    let usable = body.mandates(&vote.terms);
    let usable =
        usable.iter().filter(|mandate| mandate.holder.is_some() || has_paper(mandate.member)).count();
    Ok(Turnout {
        voted,
        mandates: i64::try_from(usable).unwrap_or(i64::MAX),
        waiting: Vec::new(),
        is_unanimous: false,
    })
}

/// Who sees which sheet of a vote that is open.
#[derive(Debug, Default)]
pub struct Viewers {
    /// Members who are there, hold no mandate but their own and have not voted:
    /// their sheets are alike.
    pub fresh: HashSet<PersonId>,
    /// All who have a sheet at all, the fresh among them.
    pub all: HashSet<PersonId>,
    /// The mandates that somebody else holds: if they change, sheets do.
    pub held: Vec<Mandate>,
}

impl Viewers {
    pub async fn load(tx: &mut Tx, sheet: &[&Vote], body: &Body) -> Result<Self, db::Error> {
        let Some(first) = sheet.first() else { return Ok(Self::default()) };
        let mandates = body.mandates(&first.terms);
        let members = mandates.iter().map(|mandate| mandate.member);
        let all = members.chain(mandates.iter().filter_map(|mandate| mandate.holder)).collect();
        let own = mandates.iter().filter(|mandate| mandate.is_own());
        let mut fresh: HashSet<PersonId> = own.map(|mandate| mandate.member).collect();
        let held: Vec<Mandate> = mandates.into_iter().filter(Mandate::is_proxy).collect();
        for holder in held.iter().filter_map(|mandate| mandate.holder) {
            fresh.remove(&holder);
        }
        for vote in sheet {
            for ballot in store::ballots_of(tx, vote.id).await? {
                fresh.remove(&ballot.member_id);
            }
        }
        Ok(Self { fresh, all, held })
    }
}
