//! Drafting, writing and locking minutes.

use serde_json::json;

use super::form;
use super::store::{self, Minutes, Text};
use super::{MinutesId, urls};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::rules::clean_text;
use crate::identity::{self, Actor};
use crate::jobs;
use crate::meetings::actions::{MeetingError, Standing};
use crate::meetings::rules::MeetingRole;
use crate::meetings::store::Meeting;
use crate::meetings::{self, MeetingId};
use crate::signing::{self, NewDocument, Step};
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
    /// Both texts, so that nothing typed is lost.
    #[error("someone else saved this text meanwhile")]
    Stale { theirs: Box<Text>, ours: String },
    #[error("the text is longer than {LONGEST_TEXT} characters")]
    TooLong,
    #[error("minutes need a chair and a secretary to sign them")]
    NoSigners,
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

/// Finds the minutes of a meeting for someone who may know of them:
/// whoever runs the meeting sees the draft, every participant the locked ones.
pub async fn find(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
) -> Result<(Meeting, Standing, Minutes), MinutesError> {
    let (meeting, standing) = meetings::actions::find(tx, actor, meeting).await?;
    let minutes = store::minutes(tx, meeting.id).await?.ok_or(MinutesError::NotFound)?;
    let is_public = minutes.document_id.is_some();
    if standing.may_conduct() || is_public {
        Ok((meeting, standing, minutes))
    } else {
        Err(MinutesError::NotFound)
    }
}

/// Saves one text, over the version it was typed on.
pub async fn save(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
    part: &str,
    text: &str,
    version: i64,
    now: Timestamp,
) -> Result<i64, MinutesError> {
    let (_, standing, _) = find(tx, actor, meeting).await?;
    if !standing.is_organiser {
        return Err(MeetingError::NotOrganiser.into());
    }
    let text = clean_text(text);
    if text.chars().count() > LONGEST_TEXT {
        return Err(MinutesError::TooLong);
    }
    let minutes = store::claim_draft(tx, meeting).await?.ok_or(MinutesError::Locked)?;
    if let Some(saved) = store::save_text(tx, minutes.id, part, &text, version, actor.person, now).await? {
        let details = json!({ "part": part, "version": saved });
        identity::actions::log(tx, actor, "minutes_saved", subject(minutes.id), details, now).await?;
        return Ok(saved);
    }
    let texts = store::texts(tx, minutes.id).await?;
    let theirs = texts.into_iter().find(|known| known.part == part).ok_or(MinutesError::NotFound)?;
    // The same text saved twice, as by a retry after a lost answer, is no conflict.
    if theirs.text == text {
        Ok(theirs.version)
    } else {
        Err(MinutesError::Stale { theirs: Box::new(theirs), ours: text })
    }
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
    let form = form::minutes(&mut tx, app, &meeting, &minutes, None).await?;
    drop(tx);
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
    let link = urls::minutes(meeting.id);
    let title = format!("Biên bản: {}", meeting.title);
    let document =
        NewDocument { title: &title, code: &code, link: &link, original, size, steps: steps.collect() };
    let document = signing::actions::open_document(&mut tx, actor, document, now).await?;
    store::lock(&mut tx, minutes.id, document, now).await?;
    let details = json!({ "sha256": original.to_string(), "document": document.to_string() });
    identity::actions::log(&mut tx, actor, "minutes_locked", subject(minutes.id), details, now).await?;
    Ok(tx.commit().await?)
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

fn subject(minutes: MinutesId) -> String {
    format!("minutes:{minutes}")
}
