//! All votes of a meeting: what was decided, and what is prepared.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Html;
use axum::routing::get;

use super::super::actions;
use super::super::actions::Body;
use super::super::rules::{VoteKind, VoteState, may_hold};
use super::super::store::{self, Vote};
use super::result::{ResultView, result_view};
use crate::db::{self, Db, Tx};
use crate::identity::{Actor, Chrome, PersonId, Section};
use crate::meetings;
use crate::meetings::MeetingId;
use crate::meetings::rules::Secrecy;
use crate::meetings::store::{Meeting, MeetingType};
use crate::web::{self, App, Path};

/// Questions that fit one form.
const ROWS: usize = 4;

pub(super) fn router() -> Router<App> {
    Router::new().route("/meetings/{meeting}/votes", get(show))
}

#[derive(Template)]
#[template(path = "voting/list.html")]
struct ListPage {
    chrome: Chrome,
    meeting: Meeting,
    votes: Vec<VoteLine>,
    may_conduct: bool,
    /// Items and papers a question may be about, as the form names them.
    subjects: Vec<(String, String)>,
    rows: Vec<usize>,
    may_choose_kind: bool,
    proxies: Option<ProxyForms>,
}

struct VoteLine {
    vote: Vote,
    state: String,
    icon: &'static str,
    is_secret: bool,
    result: Option<ResultView>,
}

/// Who gave the mandate to whom, and who may.
struct ProxyForms {
    given: Vec<ProxyLine>,
    givers: Vec<(PersonId, String)>,
    holders: Vec<(PersonId, String)>,
}

struct ProxyLine {
    giver: PersonId,
    giver_name: String,
    holder_name: String,
    reason: String,
}

async fn show(
    Path(id): Path<MeetingId>,
    chrome: Chrome,
    actor: Actor,
    State(db): State<Db>,
) -> Result<Html<String>, web::Error> {
    let mut tx = db.read().await?;
    let (meeting, standing) = meetings::actions::find(&mut tx, &actor, id).await?;
    let body = meetings::store::meeting_type(&mut tx, meeting.type_id).await?;
    let may_conduct = standing.may_conduct() && meeting.state.is_editable();
    let subjects = if may_conduct { subjects(&mut tx, &actor, id).await? } else { Vec::new() };
    let proxies = if may_conduct { proxy_forms(&mut tx, id, &body).await? } else { None };
    web::page(&ListPage {
        votes: lines(&mut tx, &chrome, id).await?,
        may_choose_kind: body.terms.secrecy == Secrecy::Allowed,
        rows: (1..=ROWS).collect(),
        chrome: chrome.at(Section::Meetings),
        meeting,
        may_conduct,
        subjects,
        proxies,
    })
}

async fn lines(tx: &mut Tx, chrome: &Chrome, meeting: MeetingId) -> Result<Vec<VoteLine>, db::Error> {
    let mut votes = store::votes_of(tx, meeting).await?;
    votes.sort_by_key(|vote| vote.number);
    let results = store::results_of(tx, meeting).await?;
    let line = |vote: Vote| {
        let result = results.iter().find(|(of, _)| *of == vote.id);
        let (key, icon) = match vote.state {
            VoteState::Prepared => ("vote-state-prepared", "wait"),
            VoteState::Open => ("vote-state-open", "vote"),
            VoteState::Published => ("vote-state-published", "good"),
            VoteState::Cancelled => ("vote-state-cancelled", "cross"),
        };
        VoteLine {
            state: chrome.t(key),
            icon,
            is_secret: vote.kind == VoteKind::Secret,
            result: result.map(|(_, result)| result_view(chrome.lang(), &vote, result.clone())),
            vote,
        }
    };
    Ok(votes.into_iter().map(line).collect())
}

/// Each item, and each of its papers in the newest version.
async fn subjects(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
) -> Result<Vec<(String, String)>, db::Error> {
    let papers = meetings::store::agenda_papers(tx, meeting, actor.person).await?;
    let mut subjects = Vec::new();
    for (number, item) in (1..).zip(meetings::store::items(tx, meeting).await?) {
        for paper in papers.iter().filter(|paper| paper.item_id == item.id) {
            let title = format!("{number}. {}", paper.title);
            subjects.push((format!("{}/{}", item.id, paper.version_id), title));
        }
        subjects.push((item.id.to_string(), format!("{number}. {}", item.title)));
    }
    Ok(subjects)
}

/// Nothing where the rule knows no proxies between members.
async fn proxy_forms(
    tx: &mut Tx,
    meeting: MeetingId,
    kind: &MeetingType,
) -> Result<Option<ProxyForms>, db::Error> {
    if !kind.terms.member_proxies && !kind.terms.substitutes_vote {
        return Ok(None);
    }
    let body = Body::load(tx, meeting).await?;
    let name = |person: PersonId| {
        body.people.iter().find(|one| one.person_id == person).map(|one| one.full_name.clone())
    };
    let given = store::proxies(tx, meeting).await?;
    let line = |(proxy, reason): (super::super::rules::Proxy, String)| ProxyLine {
        giver: proxy.giver,
        giver_name: name(proxy.giver).unwrap_or_default(),
        holder_name: name(proxy.holder).unwrap_or_default(),
        reason,
    };
    let members = body.people.iter().filter(|one| one.member);
    let absent = members.filter(|one| !one.attendance.is_there());
    let givers: Vec<(PersonId, String)> = absent.map(|one| (one.person_id, one.full_name.clone())).collect();
    let may = |holder: &meetings::store::Participant| {
        let seat = actions::seat(holder);
        givers.iter().any(|(giver, _)| *giver != holder.person_id && may_hold(&seat, *giver, &kind.terms))
    };
    let there = body.people.iter().filter(|one| one.attendance.is_there() && may(one));
    let holders = there.map(|one| (one.person_id, one.full_name.clone())).collect();
    Ok(Some(ProxyForms { given: given.into_iter().map(line).collect(), givers, holders }))
}
