//! The format check, and what it leads to: a file with room for number and
//! date, opened for its signer.

use pades::pdf::Pdf;
use pades::sign::{PageArea, Place, ReservedField, SignError, reserve_fields};
use serde_json::json;

use super::actions::{OutgoingError, claim, find, log};
use super::reviewing;
use super::rules::Act;
use super::store::{self, Edition, Outgoing};
use super::{OutgoingId, urls};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::Actor;
use crate::identity::rules::clean_line;
use crate::layout::{self, Area, Blank, Places, Profile, Report, Severity, Stage};
use crate::papers::{self, Version};
use crate::signing::rules::thousandths;
use crate::signing::{self, DocumentId, NewDocument, Step};
use crate::storage::Hash;
use crate::web::App;

/// The regulation that documents of state bodies follow.
const USUAL: &str = "nd30_state";
/// Points in a millimetre.
const MILLIMETRE: f64 = 72.0 / 25.4;
/// The personal signature: no wider and no higher, in millimetres.
const SIGNATURE: [f64; 2] = [50.0, 20.0];
/// Less room between position and name takes no signature.
const LEAST_HEIGHT: f64 = 12.0;
/// The fields for number and date; filled when the seal is applied.
pub(super) const NUMBER: &str = "So";
pub(super) const DAY: &str = "Ngay";
pub(super) const MONTH: &str = "Thang";
pub(super) const YEAR: &str = "Nam";

/// What the check of a document's newest file finds.
#[derive(Debug)]
pub struct Checked {
    pub document: Outgoing,
    pub report: Report,
    pub places: Places,
}

/// Checks the layout of the current edition.
pub async fn check(app: &App, actor: &Actor, id: OutgoingId) -> Result<Checked, OutgoingError> {
    let mut tx = app.db.read().await?;
    let document = find(&mut tx, actor, id).await?;
    let version = newest(&mut tx, &document).await?;
    drop(tx);
    let profile = match layout::own_profile(&app.config).await? {
        Some(own) => own,
        None => Profile::named(USUAL)?,
    };
    let file = app.storage.copy_to_scratch(version.sha256).await?;
    let stage = Stage { is_unnumbered: true };
    let report = layout::check(&app.renderer, file.path(), &profile, stage).await?;
    let places = layout::places(&app.renderer, file.path(), &profile).await?;
    Ok(Checked { document, report, places })
}

async fn newest(tx: &mut Tx, document: &Outgoing) -> Result<Version, OutgoingError> {
    let version = papers::latest_version(tx, document.organisation_id, document.paper_id).await?;
    version.ok_or(OutgoingError::NoFile)
}

/// A person's yes to the format: makes room for number and date, and opens the
/// file for its signer. Where the layout breaks a rule that blocks, the yes
/// needs a reason.
///
/// The file is made outside the transaction, which takes it only if the
/// document is still at that point with that edition.
pub async fn approve_format(
    app: &App,
    actor: &Actor,
    id: OutgoingId,
    note: &str,
    now: Timestamp,
) -> Result<(), OutgoingError> {
    let checked = check(app, actor, id).await?;
    let note = clean_line(note).unwrap_or_default();
    if checked.report.is_blocked() && note.is_empty() {
        return Err(OutgoingError::Findings);
    }
    let mut tx = app.db.read().await?;
    let version = newest(&mut tx, &checked.document).await?;
    drop(tx);
    let pdf = app.storage.read(version.sha256).await?.to_vec();
    let places = checked.places.clone();
    let prepared = tokio::task::spawn_blocking(move || prepare(pdf, &places, now)).await??;
    let size = prepared.pdf.len() as u64;
    let original = app.storage.put(prepared.pdf.clone()).await?;

    let mut tx = app.db.write().await?;
    let document = claim(&mut tx, actor, id, Act::ApproveFormat).await?;
    if document.edition != checked.document.edition {
        return Err(OutgoingError::Overtaken);
    }
    let signing = open_for_signer(&mut tx, actor, &document, (original, size, &prepared), now).await?;
    store::insert_edition(&mut tx, id, &prepared.edition(&document, signing, &checked.report)).await?;
    store::await_signature(&mut tx, id, signing).await?;
    let details =
        json!({ "sha256": original.to_string(), "blocking": checked.report.count(Severity::Blocking) });
    log(&mut tx, actor, "outgoing_prepared", &document, details, now).await?;
    reviewing::done(&mut tx, actor, &document, (Act::ApproveFormat, &note), now).await?;
    Ok(tx.commit().await?)
}

/// Puts the prepared file in its signer's queue.
async fn open_for_signer(
    tx: &mut Tx,
    actor: &Actor,
    document: &Outgoing,
    (original, size, prepared): (Hash, u64, &Prepared),
    now: Timestamp,
) -> Result<DocumentId, OutgoingError> {
    let title =
        format!("{} {}: {}", document.kind.legal_name(), document.number_and_symbol(), document.subject);
    let step = Step {
        person: document.signer_id,
        capacity: "signer".to_owned(),
        page: prepared.page,
        area: prepared.area,
    };
    let code = signing::new_code()?;
    let link = urls::document(document.id);
    let new = NewDocument {
        title: &title,
        code: &code,
        link: &link,
        original,
        size,
        is_discreet: false,
        steps: vec![step],
    };
    let delegation = reviewing::delegation(tx, document, now).await?;
    let opened = signing::actions::open_document(tx, actor, new, now).await?;
    if let Some(delegation) = delegation {
        signing::delegations::rely(tx, opened, delegation).await?;
    }
    Ok(opened)
}

/// A file with its empty fields, and the place of the signature.
struct Prepared {
    pdf: Vec<u8>,
    fields: Vec<String>,
    page: i64,
    area: [f64; 4],
}

impl Prepared {
    /// What is kept of it, with what the check found.
    fn edition(&self, document: &Outgoing, signing: DocumentId, report: &Report) -> Edition {
        let [box_x, box_y, box_width, box_height] = self.area.map(thousandths);
        let count = |severity| i64::try_from(report.count(severity)).unwrap_or(i64::MAX);
        Edition {
            number: document.edition,
            document_id: signing,
            fields: self.fields.join(" "),
            page: self.page,
            box_x,
            box_y,
            box_width,
            box_height,
            blocking: count(Severity::Blocking),
            warnings: count(Severity::Warning),
        }
    }
}

fn prepare(pdf: Vec<u8>, places: &Places, now: Timestamp) -> Result<Prepared, OutgoingError> {
    let (page, area) = places.signature.ok_or(OutgoingError::NoRoomForSignature)?;
    if area.y1 - area.y0 < LEAST_HEIGHT {
        return Err(OutgoingError::NoRoomForSignature);
    }
    let file = Pdf::open(&pdf).map_err(SignError::from)?;
    let (first, last) = (Sheet::of(&file, 1)?, Sheet::of(&file, page)?);
    drop(file);
    let wanted = [(NUMBER, places.number), (DAY, places.day), (MONTH, places.month)];
    let mut reserved = Vec::new();
    for (name, blank) in wanted {
        let blank = blank.ok_or(OutgoingError::NoRoomForNumber)?;
        reserved.push(ReservedField { name: name.to_owned(), place: first.line(blank) });
    }
    // Most offices print the year.
    if let Some(blank) = places.year {
        reserved.push(ReservedField { name: YEAR.to_owned(), place: first.line(blank) });
    }
    let appended = reserve_fields(&pdf, &reserved, now.to_jiff()).map_err(|error| match error {
        SignError::SignedAlready => OutgoingError::SignedFile,
        other => OutgoingError::Pdf(other),
    })?;
    Ok(Prepared {
        pdf: [pdf, appended].concat(),
        fields: reserved.into_iter().map(|field| field.name).collect(),
        page: i64::try_from(page).unwrap_or(1),
        area: last.signature(area),
    })
}

/// Where the top left of a page lies in its own points.
struct Sheet {
    page: usize,
    left: f64,
    top: f64,
}

impl Sheet {
    fn of(file: &Pdf<'_>, page: usize) -> Result<Self, OutgoingError> {
        let area = PageArea::of(file, page)?;
        let [left, _, _, top] = area.corners;
        // Room that was measured on a turned page would lie elsewhere.
        if area.rotation == 0 { Ok(Self { page, left, top }) } else { Err(OutgoingError::NoRoomForSignature) }
    }

    /// A field in a line, so that what is written in it stands on the line.
    fn line(&self, blank: Blank) -> Place {
        let height = 1.25 * blank.size + 4.5;
        let baseline = self.top - blank.y * MILLIMETRE;
        let bottom = baseline - height / 2.0 + 0.375 * blank.size;
        let left = self.left + blank.x0 * MILLIMETRE;
        Place { page: self.page, rectangle: [left, bottom, (blank.x1 - blank.x0) * MILLIMETRE, height] }
    }

    /// The middle of the place between position and name.
    fn signature(&self, area: Area) -> [f64; 4] {
        let [width, height] = [SIGNATURE[0], SIGNATURE[1].min(area.y1 - area.y0)].map(|n| n * MILLIMETRE);
        let x = self.left + f64::midpoint(area.x0, area.x1) * MILLIMETRE;
        let y = self.top - f64::midpoint(area.y0, area.y1) * MILLIMETRE;
        [x - width / 2.0, y - height / 2.0, width, height]
    }
}
