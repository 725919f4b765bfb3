//! What waits for a person: at the door, on the leader's desk, in the unit.

use super::IncomingId;
use super::actions::{IncomingError, heads_of};
use super::rules::State;
use super::store::{self, Line};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{Actor, OrgRole, UnitId};
use crate::meetings;

/// Everything that waits for one person, by what they have to do.
#[derive(Debug, Default)]
pub(super) struct Desk {
    pub is_clerk: bool,
    pub at_door: Vec<Line>,
    pub to_present: Vec<Line>,
    pub to_direct: Vec<Line>,
    pub to_assign: Vec<Line>,
    pub to_do: Vec<Line>,
    pub to_file: Vec<Line>,
    /// What they directed, or their unit works on, and others have to do.
    pub under_way: Vec<Line>,
}

/// The unit a person speaks for.
pub async fn headed(tx: &mut Tx, actor: &Actor) -> Result<Option<UnitId>, IncomingError> {
    let unit = meetings::store::unit_of(tx, actor.person).await?;
    let heads = heads_of(tx, actor.organisation, unit).await?;
    Ok(heads.iter().any(|head| head.id == actor.person).then_some(unit))
}

pub(super) async fn desk(tx: &mut Tx, actor: &Actor) -> Result<Desk, IncomingError> {
    let mut desk = Desk { is_clerk: actor.is(OrgRole::Clerk), ..Desk::default() };
    if desk.is_clerk {
        for line in store::of_clerk(tx, actor.organisation).await? {
            match line.state {
                State::Arrived | State::Verified => desk.at_door.push(line),
                State::Registered => desk.to_present.push(line),
                _ => desk.to_file.push(line),
            }
        }
    }
    for line in store::of_leader(tx, actor.person).await? {
        if line.state == State::Presented { desk.to_direct.push(line) } else { desk.under_way.push(line) }
    }
    desk.to_do = store::assigned_to(tx, actor.person).await?;
    if let Some(unit) = headed(tx, actor).await? {
        for (line, is_open) in store::of_unit(tx, unit).await? {
            let is_listed = [&desk.under_way, &desk.to_do].into_iter().flatten().any(|one| one.id == line.id);
            if is_open {
                desk.to_assign.push(line);
            } else if !is_listed {
                desk.under_way.push(line);
            }
        }
    }
    Ok(desk)
}

/// One thing that waits for a person, as home tells it.
#[derive(Debug)]
pub struct Waiting {
    pub id: IncomingId,
    pub subject: String,
    /// Key of what is to be done, with the gap `subject`.
    pub key: &'static str,
    pub deadline: Option<Timestamp>,
}

/// What waits for this person, the nearest task of each kind first.
pub async fn waiting_for(tx: &mut Tx, actor: &Actor) -> Result<Vec<Waiting>, IncomingError> {
    let desk = desk(tx, actor).await?;
    let kinds = [
        (desk.to_direct, "incoming-todo-direct"),
        (desk.to_assign, "incoming-todo-assign"),
        (desk.to_do, "incoming-todo-work"),
        (desk.at_door, "incoming-todo-register"),
        (desk.to_present, "incoming-todo-present"),
    ];
    let lines = kinds.into_iter().flat_map(|(lines, key)| lines.into_iter().map(move |line| (line, key)));
    Ok(lines
        .map(|(line, key)| Waiting { id: line.id, subject: line.subject, key, deadline: line.deadline })
        .collect())
}
