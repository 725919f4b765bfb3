//! What the page of the minutes shows.

use askama::Template;

use super::actions::{self, CONCLUSION};
use super::record::{self, Notes, Record};
use super::store::{self, Minutes, Text};
use super::{MinutesState, correction};
use crate::db::Tx;
use crate::identity::{Actor, Chrome, Section};
use crate::lights::{self, Badge};
use crate::meetings::rules::Presence;
use crate::meetings::store::{Item, Meeting, Participant};
use crate::meetings::{self, MeetingId};
use crate::phrases::{self, Phrase};
use crate::signing::{self, DocumentState, Status};
use crate::voting;
use crate::voting::web::result::{ResultView, result_view};
use crate::web;

#[derive(Template)]
#[template(path = "minutes/minutes.html")]
pub(super) struct MinutesPage {
    chrome: Chrome,
    meeting: Meeting,
    people: Vec<Participant>,
    presence: Presence,
    /// Breaks, and who ran the meeting instead of its chair.
    course: Vec<String>,
    parts: Vec<Part>,
    conclusion: Option<Text>,
    is_draft: bool,
    may_write: bool,
    /// The minutes can be corrected: both have signed, and nobody began yet.
    may_correct: bool,
    /// Why these minutes correct others; empty when they do not.
    reason: String,
    /// The newest minutes that are locked first.
    signed: Vec<SigningView>,
    phrases: Vec<Phrase>,
    stale: Option<StaleText>,
}

struct Part {
    number: usize,
    item: Item,
    text: Option<Text>,
    results: Vec<(String, ResultView)>,
    notes: Notes,
}

/// Minutes that are locked, and how far their signatures have come.
struct SigningView {
    id: String,
    title: String,
    reason: String,
    status: Status,
    is_complete: bool,
    file: String,
    public: String,
    light: Option<Badge>,
}

/// Two people's versions of one text, and both in one.
pub(super) struct StaleText {
    pub part: String,
    pub theirs: Text,
    pub ours: String,
    pub both: String,
}

impl MinutesPage {
    /// Both versions stand above, so the ordinary field would be a third.
    fn is_asked_about(&self, part: &str) -> bool {
        self.stale.as_ref().is_some_and(|stale| stale.part == part)
    }
}

pub(super) async fn load(
    tx: &mut Tx,
    chrome: Chrome,
    actor: &Actor,
    id: MeetingId,
    stale: Option<StaleText>,
) -> Result<MinutesPage, web::Error> {
    let (meeting, standing, minutes) = actions::find(tx, actor, id).await?;
    let people = meetings::store::participants(tx, id).await?;
    let presence = Presence::count(people.iter().map(|one| (one.role, one.member, &one.attendance)));
    let texts = store::texts(tx, minutes.id).await?;
    let record = record::read(tx, &meeting).await?;
    let is_draft = minutes.state == MinutesState::Draft;
    let may_write = is_draft && standing.is_organiser;
    let signed = signed(tx, &chrome, id).await?;
    Ok(MinutesPage {
        parts: parts(tx, &chrome, &meeting, (&texts, &record)).await?,
        course: record.course,
        conclusion: texts.iter().find(|text| text.part == CONCLUSION).cloned(),
        may_correct: !is_draft && standing.is_organiser && correction::is_signed(tx, &minutes).await?,
        phrases: if may_write { phrases(tx, actor, &meeting, &people).await? } else { Vec::new() },
        chrome: chrome.at(Section::Meetings),
        reason: minutes.reason,
        meeting,
        people,
        presence,
        is_draft,
        may_write,
        signed,
        stale,
    })
}

/// The office's sentences, with the names and times of this meeting in them.
async fn phrases(
    tx: &mut Tx,
    actor: &Actor,
    meeting: &Meeting,
    people: &[Participant],
) -> Result<Vec<Phrase>, web::Error> {
    let values = super::gaps::of(meeting, people);
    Ok(phrases::filled(tx, actor.organisation, &values).await?)
}

async fn signed(tx: &mut Tx, chrome: &Chrome, meeting: MeetingId) -> Result<Vec<SigningView>, web::Error> {
    let mut views = Vec::new();
    for minutes in store::all(tx, meeting).await? {
        views.extend(signing_view(tx, chrome, minutes).await?);
    }
    Ok(views)
}

async fn signing_view(
    tx: &mut Tx,
    chrome: &Chrome,
    minutes: Minutes,
) -> Result<Option<SigningView>, web::Error> {
    let Some(document) = minutes.document_id else { return Ok(None) };
    let Some(status) = signing::status(tx, document).await? else { return Ok(None) };
    Ok(Some(SigningView {
        id: minutes.id.to_string(),
        title: match minutes.number {
            1 => chrome.t("minutes-first"),
            number => chrome.t1("minutes-correction", "number", number - 1),
        },
        reason: minutes.reason,
        is_complete: status.state == DocumentState::Complete,
        file: signing::urls::file(document),
        public: signing::urls::public(&status.code),
        light: lights::badge_of(tx, status.sha256).await?,
        status,
    }))
}

async fn parts(
    tx: &mut Tx,
    chrome: &Chrome,
    meeting: &Meeting,
    (texts, record): (&[Text], &Record),
) -> Result<Vec<Part>, web::Error> {
    let votes = voting::store::votes_of(tx, meeting.id).await?;
    let results = voting::store::results_of(tx, meeting.id).await?;
    let items = meetings::store::items(tx, meeting.id).await?.into_iter().zip(1..);
    let parts = items.map(|(item, number)| {
        let of_item = votes.iter().filter(|vote| vote.item == item.id).filter_map(|vote| {
            let (_, result) = results.iter().find(|(of, _)| *of == vote.id)?;
            Some((vote.question.clone(), result_view(chrome.lang(), vote, result.clone())))
        });
        let part = item.id.to_string();
        Part {
            number,
            notes: record.of(item.id),
            results: of_item.collect(),
            text: texts.iter().find(|text| text.part == part).cloned(),
            item,
        }
    });
    Ok(parts.collect())
}
