//! Drafting, writing and locking minutes.

use serde_json::json;

use super::form;
use super::merge::{Merge, merge};
use super::store::{self, Edit, Minutes, Text};
use super::{MinutesId, MinutesState, correction, urls};
use crate::audit::{self, Act};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::rules::clean_text;
use crate::identity::{self, Actor, OrganisationId};
use crate::jobs;
use crate::meetings::actions::{MeetingError, Standing};
use crate::meetings::rules::MeetingRole;
use crate::meetings::store::Meeting;
use crate::meetings::{self, MeetingId};
use crate::signing::{self, DocumentId, NewDocument, Step};
use crate::storage;
use crate::voting;
use crate::voting::rules::Outcome;
use crate::web::App;

/// The part that is not an agenda item.
pub const CONCLUSION: &str = "conclusion";
/// Longest text of one part, in characters.
const LONGEST_TEXT: usize = 50_000;

#[derive(Debug, thiserror::Error)]
pub enum MinutesError {
    #[error("there are no such minutes for this person")]
    NotFound,
    #[error("the minutes are locked")]
    Locked,
    /// Both texts and both in one, so that nothing typed is lost.
    #[error("someone else changed the same words meanwhile")]
    Stale { theirs: Box<Text>, ours: String, both: String },
    #[error("the text is longer than {LONGEST_TEXT} characters")]
    TooLong,
    #[error("minutes need a chair and a secretary to sign them")]
    NoSigners,
    #[error("only minutes that both have signed are corrected")]
    NotSigned,
    #[error("a correction says why")]
    NoReason,
    #[error(transparent)]
    Meeting(#[from] MeetingError),
    #[error("the minutes cannot be typeset")]
    Typeset(#[from] typeset::TypesetError),
    #[error("the typesetting broke off")]
    Task(#[from] tokio::task::JoinError),
    #[error("no random numbers")]
    Random(#[from] openssl::error::ErrorStack),
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error(transparent)]
    Job(#[from] jobs::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Opens the draft of a meeting that has ended, with what can be said already.
/// Runs as a job; the second time it changes nothing.
pub async fn draft(tx: &mut Tx, meeting: MeetingId, now: Timestamp) -> Result<(), db::Error> {
    store::insert(tx, meeting, now).await?;
    let Some(minutes) = store::minutes(tx, meeting).await? else { return Ok(()) };
    for item in meetings::store::items(tx, meeting).await? {
        store::insert_text(tx, minutes.id, &item.id.to_string(), "", now).await?;
    }
    let conclusion = first_conclusion(tx, meeting).await?;
    store::insert_text(tx, minutes.id, CONCLUSION, &conclusion, now).await
}

/// What the votes decided, one line each: the conclusion to start from.
async fn first_conclusion(tx: &mut Tx, meeting: MeetingId) -> Result<String, db::Error> {
    let votes = voting::store::votes_of(tx, meeting).await?;
    let results = voting::store::results_of(tx, meeting).await?;
    let lines = votes.iter().filter_map(|vote| {
        let (_, result) = results.iter().find(|(of, _)| *of == vote.id)?;
        let word = match result.outcome {
            Outcome::Adopted => "Thông qua",
            Outcome::Rejected => "Không thông qua",
            Outcome::NoQuorum => "Chưa đủ số người có mặt để quyết định",
            Outcome::Void => "Kết quả không có giá trị",
        };
        Some(format!("{word}: {}", vote.question))
    });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

/// Finds the newest minutes of a meeting for someone who may know of them:
/// whoever runs the meeting sees the draft, every participant the locked ones.
pub async fn find(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
) -> Result<(Meeting, Standing, Minutes), MinutesError> {
    let (meeting, standing) = meetings::actions::find(tx, actor, meeting).await?;
    let all = store::all(tx, meeting.id).await?;
    let is_for_them = |one: &Minutes| standing.may_conduct() || one.state == MinutesState::Locked;
    let newest = all.into_iter().find(is_for_them).ok_or(MinutesError::NotFound)?;
    Ok((meeting, standing, newest))
}

/// What became of a text that was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The text as it stands now, with what others typed meanwhile.
    pub text: String,
    pub version: i64,
    /// The version that holds what was sent and nothing else: whoever typed on
    /// while it was on its way goes on from there.
    pub base: i64,
}

/// Saves one text, typed over `version`. If someone else saved meanwhile, both
/// are merged; only where they changed the same words a person must choose.
pub async fn save(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
    edit: Edit<'_>,
    now: Timestamp,
) -> Result<Saved, MinutesError> {
    let (_, standing, _) = find(tx, actor, meeting).await?;
    if !standing.is_organiser {
        return Err(MeetingError::NotOrganiser.into());
    }
    let text = clean_text(edit.text);
    if text.chars().count() > LONGEST_TEXT {
        return Err(MinutesError::TooLong);
    }
    let minutes = store::claim_draft(tx, meeting).await?.ok_or(MinutesError::Locked)?;
    let texts = store::texts(tx, minutes.id).await?;
    let known = texts.into_iter().find(|known| known.part == edit.part).ok_or(MinutesError::NotFound)?;
    // The same text saved twice, as by a retry after a lost answer, changes nothing.
    if known.text == text {
        return Ok(Saved { text, version: known.version, base: known.version });
    }
    let saved = if known.version == edit.version {
        Saved { text, version: known.version + 1, base: known.version + 1 }
    } else {
        let base = store::text_at(tx, minutes.id, edit.part, edit.version).await?.unwrap_or_default();
        join(tx, &minutes, known.clone(), Typed { over: edit.version, base, text }, (actor, now)).await?
    };
    put(tx, actor, &minutes, &known, &saved, now).await?;
    Ok(saved)
}

/// A text as it came in, with the one it was typed over.
struct Typed {
    over: i64,
    base: String,
    text: String,
}

/// Merges what was typed with what others saved meanwhile. What was typed is
/// kept as a version of its own, which the person who typed it goes on from.
async fn join(
    tx: &mut Tx,
    minutes: &Minutes,
    theirs: Text,
    ours: Typed,
    (actor, now): (&Actor, Timestamp),
) -> Result<Saved, MinutesError> {
    if ours.text == ours.base {
        return Ok(Saved { version: theirs.version, base: ours.over, text: theirs.text });
    }
    match merge(&ours.base, &ours.text, &theirs.text) {
        Merge::Clean(text) => {
            let base = theirs.version + 1;
            let typed = Edit { part: &theirs.part, text: &ours.text, version: base };
            store::keep_version(tx, minutes.id, &typed, Some(actor.person), now).await?;
            Ok(Saved { text, version: base + 1, base })
        }
        Merge::Overlap(both) => Err(MinutesError::Stale { theirs: Box::new(theirs), ours: ours.text, both }),
    }
}

/// Writes the text down, if it is another than the one that stands.
async fn put(
    tx: &mut Tx,
    actor: &Actor,
    minutes: &Minutes,
    known: &Text,
    saved: &Saved,
    now: Timestamp,
) -> Result<(), MinutesError> {
    if saved.version == known.version {
        return Ok(());
    }
    let edit = Edit { part: &known.part, text: &saved.text, version: saved.version };
    // The draft is held, so nobody else can have saved since it was read.
    if !store::save_text(tx, minutes.id, edit, known.version, actor.person, now).await? {
        return Err(MeetingError::Stale.into());
    }
    let details = json!({ "part": known.part, "version": saved.version });
    Ok(identity::actions::log(tx, actor, "minutes_saved", subject(minutes.id), details, now).await?)
}

/// The PDF as it would be now, for a look before locking.
pub async fn preview(
    app: &App,
    actor: &Actor,
    meeting: MeetingId,
    now: Timestamp,
) -> Result<Vec<u8>, MinutesError> {
    let mut tx = app.db.read().await?;
    let (meeting, standing, minutes) = find(&mut tx, actor, meeting).await?;
    if !standing.may_conduct() {
        return Err(MinutesError::NotFound);
    }
    draft_pdf(app, &mut tx, &meeting, &minutes, now).await
}

/// The PDF of a draft, without a code that leads anywhere.
pub async fn draft_pdf(
    app: &App,
    tx: &mut Tx,
    meeting: &Meeting,
    minutes: &Minutes,
    now: Timestamp,
) -> Result<Vec<u8>, MinutesError> {
    let form = form::minutes(tx, app, meeting, minutes, None).await?;
    Ok(typeset(app, form, minutes.id, now).await?.pdf)
}

async fn typeset(
    app: &App,
    form: typeset::Minutes,
    id: MinutesId,
    now: Timestamp,
) -> Result<typeset::Placed, MinutesError> {
    let making = typeset::Making {
        ident: format!("minutes {id}"),
        made_at: now.to_jiff(),
        author: form.letterhead.issuing_body.clone(),
    };
    let typesetter = app.typesetter.clone();
    Ok(tokio::task::spawn_blocking(move || typesetter.minutes(&form, &making)).await??)
}

/// Locks the minutes: makes the PDF/A, stores it, and opens it for the
/// signatures of secretary and chair.
///
/// The file is made outside the transaction, which then takes it only if no
/// text changed meanwhile. A stop in between leaves the draft as it was.
pub async fn lock(app: &App, actor: &Actor, meeting: MeetingId, now: Timestamp) -> Result<(), MinutesError> {
    let code = signing::new_code()?;
    let mut tx = app.db.read().await?;
    let (meeting, standing, minutes) = find(&mut tx, actor, meeting).await?;
    if !standing.is_organiser {
        return Err(MeetingError::NotOrganiser.into());
    }
    let typed_from = versions(&mut tx, minutes.id).await?;
    let form = form::minutes(&mut tx, app, &meeting, &minutes, Some(&code)).await?;
    let signers = signers(&mut tx, actor, meeting.id).await?;
    drop(tx);
    let placed = typeset(app, form, minutes.id, now).await?;
    let size = placed.pdf.len() as u64;
    let original = app.storage.put(placed.pdf).await?;

    let mut tx = app.db.write().await?;
    let minutes = store::claim_draft(&mut tx, meeting.id).await?.ok_or(MinutesError::Locked)?;
    if versions(&mut tx, minutes.id).await? != typed_from {
        return Err(MeetingError::Stale.into());
    }
    let steps = signers.iter().filter_map(|(person, capacity)| {
        let space = placed.signature_boxes.iter().find(|space| space.name == capacity.as_str())?;
        Some(Step {
            person: *person,
            capacity: capacity.as_str().to_owned(),
            page: i64::try_from(space.page).ok()?,
            area: [space.x, space.y, space.w, space.h],
        })
    });
    let steps = steps.collect();
    let link = urls::minutes(meeting.id);
    let title = correction::title(&minutes, &meeting.title);
    let is_discreet = meetings::store::plan(&mut tx, meeting.id).await?.restricted;
    let document =
        NewDocument { title: &title, code: &code, link: &link, original, size, is_discreet, steps };
    let document = signing::actions::open_document(&mut tx, actor, document, now).await?;
    store::lock(&mut tx, minutes.id, document, now).await?;
    let details = json!({ "sha256": original.to_string(), "document": document.to_string() });
    identity::actions::log(&mut tx, actor, "minutes_locked", subject(minutes.id), details, now).await?;
    Ok(tx.commit().await?)
}

/// Opens minutes again whose document a signer sent back: they are a draft as
/// before, and the document that was sent back stays as it is.
pub async fn reopen(
    tx: &mut Tx,
    organisation: OrganisationId,
    document: DocumentId,
    now: Timestamp,
) -> Result<(), db::Error> {
    let Some(minutes) = store::reopen(tx, document).await? else { return Ok(()) };
    let act = Act {
        chain: organisation.into(),
        actor: None,
        act: "minutes_reopened",
        subject: subject(minutes),
        details: json!({ "document": document.to_string() }),
    };
    audit::record(tx, act, now).await
}

/// The secretary signs first, then the chair.
async fn signers(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
) -> Result<[(identity::PersonId, MeetingRole); 2], MinutesError> {
    let people = meetings::store::participants(tx, meeting).await?;
    let chair = people.iter().find(|person| person.role == MeetingRole::Chair);
    let secretaries = people.iter().filter(|person| person.role == MeetingRole::Secretary);
    // The one who locks signs, if that is a secretary of this meeting.
    let secretary =
        secretaries.clone().find(|person| person.person_id == actor.person).or(secretaries.clone().next());
    match (secretary, chair) {
        (Some(secretary), Some(chair)) => {
            Ok([(secretary.person_id, MeetingRole::Secretary), (chair.person_id, MeetingRole::Chair)])
        }
        _ => Err(MinutesError::NoSigners),
    }
}

async fn versions(tx: &mut Tx, minutes: MinutesId) -> Result<Vec<(String, i64)>, db::Error> {
    Ok(store::texts(tx, minutes).await?.into_iter().map(|text| (text.part, text.version)).collect())
}

pub(super) fn subject(minutes: MinutesId) -> String {
    format!("minutes:{minutes}")
}
