//! From the draft to the file that is signed.

use serde_json::json;
use typeset::{ConclusionNotice, Letterhead, Placed, Signer};

use super::actions::{ConclusionError, find, find_as_organiser, log};
use super::rules::lines;
use super::store::{self, Conclusion, Notice};
use super::urls;
use crate::audit::{self, Act};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{self, Actor, OrganisationId};
use crate::meetings::store::Meeting;
use crate::meetings::{self, MeetingId};
use crate::signing::{self, DocumentId, NewDocument, Step};
use crate::web::{App, Lang};

/// The capacity in which the one signer signs; also the name of the place on the page.
const SIGNER: &str = "signer";

/// The PDF as it would be now.
pub(super) async fn preview(
    app: &App,
    actor: &Actor,
    meeting: MeetingId,
    now: Timestamp,
) -> Result<Vec<u8>, ConclusionError> {
    let mut tx = app.db.read().await?;
    let (meeting, standing, notice) = find(&mut tx, actor, meeting).await?;
    let notice = notice.filter(|_| standing.may_conduct()).ok_or(ConclusionError::NotFound)?;
    let form = form(&mut tx, app, &meeting, &notice, None).await?;
    drop(tx);
    Ok(typeset(app, form, &notice, now).await?.pdf)
}

/// Locks the notice: makes the PDF/A, stores it, and opens it for its signer.
///
/// The file is made outside the transaction, which then takes it only if
/// nothing changed meanwhile. A stop in between leaves the draft as it was.
pub async fn lock(
    app: &App,
    actor: &Actor,
    meeting: MeetingId,
    now: Timestamp,
) -> Result<(), ConclusionError> {
    let code = signing::new_code()?;
    let mut tx = app.db.read().await?;
    let (meeting, _, notice) = find_as_organiser(&mut tx, actor, meeting).await?;
    let made_from = notice.ok_or(ConclusionError::NotFound)?;
    if store::conclusions(&mut tx, made_from.id).await?.is_empty() {
        return Err(ConclusionError::Empty);
    }
    let form = form(&mut tx, app, &meeting, &made_from, Some(&code)).await?;
    drop(tx);
    let placed = typeset(app, form, &made_from, now).await?;
    let steps = vec![step(&placed, &made_from)?];
    let size = placed.pdf.len() as u64;
    let original = app.storage.put(placed.pdf).await?;

    let mut tx = app.db.write().await?;
    let notice = store::claim_draft(&mut tx, meeting.id).await?.ok_or(ConclusionError::Locked)?;
    // Claiming counts as a change of its own.
    if notice.changes != made_from.changes + 1 {
        return Err(ConclusionError::Stale);
    }
    let title = format!("Thông báo kết luận: {}", meeting.title);
    let link = urls::notice(meeting.id);
    let is_discreet = meetings::store::plan(&mut tx, meeting.id).await?.restricted;
    let document =
        NewDocument { title: &title, code: &code, link: &link, original, size, is_discreet, steps };
    let document = signing::actions::open_document(&mut tx, actor, document, now).await?;
    store::lock(&mut tx, notice.id, document, now).await?;
    store::insert_spaces(&mut tx, notice.id, &placed.register_boxes).await?;
    let details = json!({ "sha256": original.to_string(), "document": document.to_string() });
    log(&mut tx, actor, "conclusions_locked", notice.id, details, now).await?;
    Ok(tx.commit().await?)
}

/// Opens a notice again whose document its signer sent back.
pub async fn reopen(
    tx: &mut Tx,
    organisation: OrganisationId,
    document: DocumentId,
    now: Timestamp,
) -> Result<(), db::Error> {
    let Some(notice) = store::reopen(tx, document).await? else { return Ok(()) };
    let act = Act {
        chain: organisation.into(),
        actor: None,
        act: "conclusions_reopened",
        subject: format!("conclusions:{notice}"),
        details: json!({ "document": document.to_string() }),
    };
    audit::record(tx, act, now).await
}

/// The signer's place on the page.
fn step(placed: &Placed, notice: &Notice) -> Result<Step, ConclusionError> {
    let space = placed.signature_boxes.iter().find(|space| space.name == SIGNER);
    let space = space.ok_or(ConclusionError::NoRoom)?;
    Ok(Step {
        person: notice.signer_id,
        capacity: SIGNER.to_owned(),
        page: i64::try_from(space.page).unwrap_or(1),
        area: [space.x, space.y, space.w, space.h],
    })
}

async fn form(
    tx: &mut Tx,
    app: &App,
    meeting: &Meeting,
    notice: &Notice,
    code: Option<&str>,
) -> Result<ConclusionNotice, ConclusionError> {
    let organisation = identity::store::organisation(tx, meeting.organisation_id).await?;
    let kind = meetings::store::meeting_type(tx, meeting.type_id).await?;
    let signer = identity::store::person(tx, meeting.organisation_id, notice.signer_id).await?;
    let conclusions = conclusions(tx, meeting, notice).await?;
    Ok(ConclusionNotice {
        banner: app.config.test_authority.then(|| Lang::Vi.t("banner-test-office")),
        letterhead: Letterhead {
            parent_body: Some(organisation.parent_name),
            issuing_body: kind.body_name,
            // The register gives number and date when it issues the notice.
            number_line: None,
            place_line: None,
        },
        subject: notice.subject.clone(),
        opening: lines(&notice.opening),
        conclusions,
        closing: lines(&notice.closing),
        signer: Signer {
            capacity: lines(&notice.capacity),
            name: signer.map(|person| person.full_name).unwrap_or_default(),
        },
        recipients: lines(&notice.recipients),
        verify_url: code.map(|code| format!("{}{}", app.config.public_url(), signing::urls::public(code))),
    })
}

async fn conclusions(
    tx: &mut Tx,
    meeting: &Meeting,
    notice: &Notice,
) -> Result<Vec<typeset::Conclusion>, db::Error> {
    let units = identity::store::units(tx, meeting.organisation_id).await?;
    let name = |id: &identity::UnitId| {
        units.iter().find(|unit| unit.id == *id).map(|unit| unit.name.clone()).unwrap_or_default()
    };
    let conclusion = |one: Conclusion| typeset::Conclusion {
        text: lines(&one.text),
        lead_unit: one.lead_unit.as_ref().map(name),
        co_units: one.co_units.iter().map(name).collect(),
        deadline: one.deadline.map(|deadline| deadline.in_office().date()),
    };
    Ok(store::conclusions(tx, notice.id).await?.into_iter().map(conclusion).collect())
}

async fn typeset(
    app: &App,
    form: ConclusionNotice,
    notice: &Notice,
    now: Timestamp,
) -> Result<Placed, ConclusionError> {
    let making = typeset::Making {
        ident: format!("conclusions {}", notice.id),
        made_at: now.to_jiff(),
        author: form.letterhead.issuing_body.clone(),
    };
    let typesetter = app.typesetter.clone();
    Ok(tokio::task::spawn_blocking(move || typesetter.conclusion_notice(&form, &making)).await??)
}
