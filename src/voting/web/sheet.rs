//! The sheet of an open vote: what everyone sees, and what one person may do.
//!
//! The two are kept apart, for the first is the same on every screen.

use super::super::actions::seat;
use super::super::rules::{self, Mandate, Proxy, VoteKind, VoteState, Way};
use super::super::secret::web::{self as secret, SecretBallotView};
use super::super::store::{self, Ballot, Vote};
use super::super::{VoteId, urls};
use super::{option_label, rule_text};
use crate::db::{self, Tx};
use crate::identity::{Chrome, PersonId};
use crate::meetings::rules::Meaning;
use crate::meetings::store::Participant;
use crate::meetings::{self, MeetingId};
use crate::web::Lang;

/// The mark of a person's own mandate.
const OWN: &str = "own";

/// The ballots a person holds in the votes that are open.
pub struct Sheet {
    pub shared: SharedSheet,
    pub mandates: Vec<MandateView>,
    /// The same as forms of a secret vote, each on its own.
    pub secret: Vec<SecretBallotView>,
    /// Where the answers go.
    pub action: String,
    /// Every mandate the person can use has been used.
    pub has_voted: bool,
    /// Some mandate can be used now.
    pub can_vote: bool,
}

/// What is the same on every screen.
pub struct SharedSheet {
    pub vote: VoteId,
    pub meeting: MeetingId,
    pub questions: Vec<QuestionView>,
    pub is_list: bool,
    pub is_secret: bool,
    pub may_change: bool,
    pub rule: String,
    /// Each ballot is signed with the voter's PIN.
    pub is_signed: bool,
}

pub struct QuestionView {
    pub vote: VoteId,
    pub number: i64,
    pub text: String,
    pub draft: Option<DraftLine>,
}

pub struct DraftLine {
    pub title: String,
    pub number: i64,
    /// The first letters: enough to compare by eye.
    pub hash: String,
    pub url: String,
}

/// One mandate on the sheet: the person's own first, then those held.
pub struct MandateView {
    /// Whose it is; not said on a sheet that is drawn for many.
    pub member: Option<PersonId>,
    /// Tells it from the others on the sheet.
    pub mark: String,
    /// The member's name, when it is not the person's own.
    pub name: Option<String>,
    /// Why it cannot be used; it is shown all the same.
    pub hindrance: Option<String>,
    pub ballots: Vec<BallotView>,
}

/// One question, for one mandate.
pub struct BallotView {
    /// Name of the field that carries the choice.
    pub field: String,
    pub number: i64,
    pub question: String,
    pub choices: Vec<ChoiceButton>,
}

pub struct ChoiceButton {
    pub value: String,
    pub label: String,
    pub icon: &'static str,
    pub class: &'static str,
    pub is_chosen: bool,
}

/// The sheet that is open in a meeting, as far as it is everyone's.
pub async fn shared(tx: &mut Tx, lang: Lang, votes: &[Vote]) -> Result<Option<SharedSheet>, db::Error> {
    let open = open_votes(votes);
    let Some(first) = open.first() else { return Ok(None) };
    let mut questions = Vec::new();
    for vote in &open {
        let (text, draft) = (vote.question.clone(), draft(tx, vote).await?);
        questions.push(QuestionView { vote: vote.id, number: vote.number, text, draft });
    }
    Ok(Some(SharedSheet {
        vote: first.id,
        meeting: first.meeting,
        is_list: questions.len() > 1,
        questions,
        is_secret: first.kind == VoteKind::Secret,
        may_change: first.terms.change_allowed && first.kind == VoteKind::Open,
        rule: rule_text(lang, first),
        is_signed: first.terms.signed_ballots && first.kind == VoteKind::Open,
    }))
}

/// The exact bytes a vote is on.
pub(super) async fn draft(tx: &mut Tx, vote: &Vote) -> Result<Option<DraftLine>, db::Error> {
    let Some(version) = vote.paper_version else { return Ok(None) };
    let draft = store::draft(tx, vote.meeting, version).await?;
    Ok(draft.map(|draft| DraftLine {
        title: draft.title,
        number: draft.number,
        hash: draft.sha256.chars().take(16).collect(),
        url: crate::papers::urls::reader(version),
    }))
}

/// The votes of the sheet that is open.
pub fn open_votes(votes: &[Vote]) -> Vec<&Vote> {
    let mut open: Vec<&Vote> = votes.iter().filter(|vote| vote.state == VoteState::Open).collect();
    open.sort_by_key(|vote| vote.number);
    let first = open.first().map(|vote| vote.sheet);
    open.retain(|vote| Some(vote.sheet) == first);
    open
}

/// The sheet of one person. Whoever has no mandate has none; a member who
/// cannot vote right now sees why.
pub async fn load(
    tx: &mut Tx,
    chrome: &Chrome,
    votes: &[Vote],
    me: Option<&Participant>,
) -> Result<Option<Sheet>, db::Error> {
    let open = open_votes(votes);
    let Some(first) = open.first() else { return Ok(None) };
    let Some(shared) = shared(tx, chrome.lang(), votes).await? else { return Ok(None) };
    let Some(me) = me else { return Ok(None) };
    let mut mandates = Vec::new();
    let (mut is_any_used, mut is_any_waiting) = (false, false);
    for member in usable(tx, first, me).await? {
        let (view, is_used) = mandate_view(tx, chrome, &open, me, &member).await?;
        is_any_used |= is_used;
        is_any_waiting |= !is_used && view.hindrance.is_none();
        mandates.push(view);
    }
    if mandates.is_empty() {
        return Ok(None);
    }
    let can_vote = mandates.iter().any(|mandate| mandate.hindrance.is_none());
    // Whether a secret ballot was cast only its device knows.
    let has_voted = is_any_used && !is_any_waiting && !shared.is_secret;
    let secret =
        if shared.is_secret { secret::ballots(tx, chrome, &open, &mandates).await? } else { Vec::new() };
    Ok(Some(Sheet { secret, action: urls::ballots(shared.vote), shared, mandates, has_voted, can_vote }))
}

/// The sheet of every member who is there, holds no mandate but their own and
/// has not voted: [`Viewers::fresh`](super::super::actions::Viewers). It
/// must be what [`load`] gives each of them.
pub async fn fresh(tx: &mut Tx, lang: Lang, votes: &[Vote]) -> Result<Option<Sheet>, db::Error> {
    let Some(shared) = shared(tx, lang, votes).await? else { return Ok(None) };
    let ballots = open_votes(votes).into_iter().map(|vote| BallotView {
        field: own_field(vote),
        number: vote.number,
        question: vote.question.clone(),
        choices: buttons(lang, vote, None),
    });
    let own = MandateView {
        member: None,
        mark: OWN.to_owned(),
        name: None,
        hindrance: None,
        ballots: ballots.collect(),
    };
    let action = urls::ballots(shared.vote);
    Ok(Some(Sheet {
        secret: Vec::new(),
        action,
        shared,
        mandates: vec![own],
        has_voted: false,
        can_vote: true,
    }))
}

/// The members whose mandates stand on a person's sheet: the own one first.
async fn usable(tx: &mut Tx, vote: &Vote, me: &Participant) -> Result<Vec<Participant>, db::Error> {
    let mut members = Vec::new();
    members.extend(me.member.then(|| me.clone()));
    for held in store::held_by(tx, vote.meeting, me.person_id).await? {
        let Some(giver) = meetings::store::participant(tx, vote.meeting, held).await? else { continue };
        let named = store::holding(tx, vote.meeting, held).await?;
        let proxies: Vec<Proxy> = named.into_iter().map(|holder| Proxy { giver: held, holder }).collect();
        let mandates = rules::mandates(&[seat(&giver), seat(me)], &proxies, &vote.terms);
        members.extend(
            mandates.contains(&Mandate { member: held, holder: Some(me.person_id) }).then_some(giver),
        );
    }
    Ok(members)
}

async fn mandate_view(
    tx: &mut Tx,
    chrome: &Chrome,
    open: &[&Vote],
    me: &Participant,
    member: &Participant,
) -> Result<(MandateView, bool), db::Error> {
    let way = if member.person_id == me.person_id { Way::Own } else { Way::Proxy };
    let mut ballots = Vec::new();
    let mut hindrance = None;
    let mut is_used = true;
    for vote in open {
        let ballot = store::ballot_of(tx, vote.id, member.person_id).await?;
        is_used &= ballot.is_some();
        hindrance = hindrance.or_else(|| hindrance_of(vote, member, way, ballot.as_ref()));
        ballots.push(BallotView {
            field: field_name(vote, member, way),
            number: vote.number,
            question: vote.question.clone(),
            choices: buttons(chrome.lang(), vote, ballot.as_ref().map(|ballot| ballot.choice.as_str())),
        });
    }
    let name = (way == Way::Proxy).then(|| member.full_name.clone());
    let hindrance = hindrance.map(|key| chrome.t(key));
    let mark = if way == Way::Proxy { member.person_id.to_string() } else { OWN.to_owned() };
    Ok((MandateView { member: Some(member.person_id), mark, name, hindrance, ballots }, is_used))
}

fn field_name(vote: &Vote, member: &Participant, way: Way) -> String {
    match way {
        Way::Own => own_field(vote),
        Way::Proxy | Way::Hand => format!("choice-{}-{}", vote.id, member.person_id),
    }
}

fn own_field(vote: &Vote) -> String {
    format!("choice-{}", vote.id)
}

/// Why a mandate cannot be used: the text's key.
fn hindrance_of(
    vote: &Vote,
    member: &Participant,
    way: Way,
    ballot: Option<&Ballot>,
) -> Option<&'static str> {
    if way == Way::Own && !member.attendance.is_there() {
        return Some("vote-not-present");
    }
    let old = ballot.map(|ballot| ballot.way)?;
    if rules::may_replace(old, way, vote.terms.change_allowed) {
        None
    } else if old == way {
        Some("vote-already-cast")
    } else {
        Some("vote-own-ballot-stands")
    }
}

pub(in crate::voting) fn buttons(lang: Lang, vote: &Vote, chosen: Option<&str>) -> Vec<ChoiceButton> {
    let button = |option: &crate::meetings::rules::BallotOption| {
        let (icon, class) = match option.meaning {
            Meaning::Approve => ("check", "choice-button--for"),
            Meaning::Reject => ("cross", "choice-button--against"),
            Meaning::Abstain => ("minus", "choice-button--other"),
            Meaning::Other => ("edit", "choice-button--other"),
        };
        ChoiceButton {
            value: option.key.clone(),
            label: option_label(lang, option),
            icon,
            class,
            is_chosen: chosen == Some(option.key.as_str()),
        }
    };
    vote.terms.options.iter().map(button).collect()
}
