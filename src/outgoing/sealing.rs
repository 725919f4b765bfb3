//! The organisation's signature: with the seal over the left third of the
//! leader's signature, number and date in their fields, and a mark on each
//! attachment (NĐ 30/2020, Phụ lục I).

use pades::pdf::{Pdf, Source as _};
use pades::sign::{
    self as pdf, Appearance, Font, Note, NoteTarget, PageArea, SignError, SignOptions, Signed,
    TimestampOutcome,
};

use super::actions::{OutgoingError, claim, find, log};
use super::preparing::{DAY, MONTH, NUMBER, YEAR};
use super::reviewing;
use super::rules::{Act, may};
use super::seal::{self, OpenSeal};
use super::store::{self, Attachment, Edition, Outgoing};
use super::{AttachmentId, OutgoingId, actions, stamping};
use crate::clock::Timestamp;
use crate::identity::Actor;
use crate::lights;
use crate::registers::printed;
use crate::signing::rules::{Level, points};
use crate::signing::{self, Desk, Sealed};
use crate::storage::{Hash, Stored};
use crate::web::{self, App};

/// How number and date are printed (components 3 and 4), in points.
const NOTE_SIZE: f64 = 13.0;

/// The seal of the actor's organisation, opened once for a batch.
pub struct OpenDesk {
    desk: Desk,
    seal: OpenSeal,
}

impl OpenDesk {
    /// The picture of the seal, and its real size in millimetres.
    pub fn picture(&self) -> (Vec<u8>, f64) {
        (self.seal.image.clone(), self.seal.diameter)
    }

    /// SHA-256 of the seal's certificate, for the log.
    pub fn fingerprint(&self) -> Option<String> {
        self.seal.fingerprint()
    }

    /// Appends the organisation's signature to a stored file, with a trusted time if there is one now.
    pub async fn append(
        &self,
        base: Hash,
        options: SignOptions,
        now: Timestamp,
    ) -> Result<Sealed, OutgoingError> {
        let source = self.desk.storage.source(base).await?;
        let (desk, signer) = (self.desk.clone(), self.seal.signer.clone());
        let work = move || {
            let stamping = desk.stamps.as_ref().map(|stamps| desk.stamping(stamps, false)).transpose()?;
            let signed = pdf::sign_source(&source, &options, &*signer, stamping.as_ref(), now.to_jiff())?;
            Ok::<(Stored, Signed), OutgoingError>((source, signed))
        };
        let (source, signed) = tokio::task::spawn_blocking(work).await??;
        let is_stamped = matches!(signed.timestamp, TimestampOutcome::Present(_));
        let size = i64::try_from(source.length() + signed.appended.len()).unwrap_or(i64::MAX);
        Ok(Sealed {
            base,
            result: self.desk.storage.append(source, signed.appended.into()).await?,
            size,
            level: if is_stamped { Level::Bt } else { Level::Bb },
            is_stamped_later: !is_stamped && self.desk.stamps.is_some(),
        })
    }
}

/// Opens the seal with its PIN, or with the clerk's password where a device holds it.
pub async fn open(
    app: &App,
    actor: &Actor,
    secret: String,
    now: Timestamp,
) -> Result<OpenDesk, OutgoingError> {
    let seal = seal::open(app, actor, secret, now).await?;
    Ok(OpenDesk { desk: Desk::of(app), seal })
}

/// Seals one document with its attachments.
///
/// The files are made outside the transaction, which puts them in place only
/// if the document is still numbered and its bytes are those they were made
/// from. A stop in between leaves it as it was.
pub async fn seal(
    app: &App,
    actor: &Actor,
    open: &OpenDesk,
    id: OutgoingId,
    now: Timestamp,
) -> Result<(), OutgoingError> {
    let mut tx = app.db.read().await?;
    let document = find(&mut tx, actor, id).await?;
    may(document.state, Act::Seal, document.hands(), actions::who(actor))?;
    let signing = document.document_id.ok_or(OutgoingError::NotNow)?;
    let status = signing::status(&mut tx, signing).await?.ok_or(OutgoingError::NotFound)?;
    let edition = store::edition(&mut tx, signing).await?.ok_or(OutgoingError::NotFound)?;
    let attachments = store::attachments(&mut tx, id).await?;
    drop(tx);
    let options = main_options(&document, &edition, &open.seal);
    let sealed = open.append(status.sha256, options, now).await?;
    let mut marked: Vec<(AttachmentId, Sealed)> = Vec::new();
    for attachment in &attachments {
        let options = attachment_options(app, &document, attachment, now).await?;
        marked.push((attachment.id, open.append(attachment.sha256, options, now).await?));
    }
    let mut tx = app.db.write().await?;
    let document = claim(&mut tx, actor, id, Act::Seal).await?;
    if !signing::put_sealed(&mut tx, signing, &sealed, now).await? {
        return Err(OutgoingError::Overtaken);
    }
    for (attachment, sealed) in marked {
        stamping::put_sealed(&mut tx, attachment, &sealed, now).await?;
    }
    store::set_sealed(&mut tx, id, now).await?;
    lights::ask(&mut tx, sealed.result, now).await?;
    let details = serde_json::json!({
        "base": status.sha256.to_string(),
        "sha256": sealed.result.to_string(),
        "level": sealed.level,
        "certificate": open.fingerprint(),
    });
    log(&mut tx, actor, "outgoing_sealed", &document, details, now).await?;
    reviewing::done(&mut tx, actor, &document, (Act::Seal, ""), now).await?;
    Ok(tx.commit().await?)
}

/// The seal over the left third of the signature, and number and date.
fn main_options(document: &Outgoing, edition: &Edition, seal: &OpenSeal) -> SignOptions {
    let area = [edition.box_x, edition.box_y, edition.box_width, edition.box_height].map(points);
    let page = usize::try_from(edition.page).unwrap_or(1);
    let signature = Appearance { page, rectangle: area, ..Appearance::default() };
    let appearance = Appearance::seal(&signature, seal.image.clone(), [seal.diameter; 2]);
    let day = document.day.map(|day| day.in_office().date());
    let (upright, italic) = (Font(web::form_font()), Font(web::form_font_italic()));
    let text = |field: &str| match field {
        NUMBER => document.number.map(printed),
        DAY => day.map(|day| format!("{:02}", day.day())),
        // January and February have a zero in front (component 4).
        MONTH => day
            .map(|day| if day.month() < 3 { format!("{:02}", day.month()) } else { day.month().to_string() }),
        YEAR => day.map(|day| day.year().to_string()),
        _ => None,
    };
    let note = |field: &str| {
        Some(Note {
            target: NoteTarget::Field(field.to_owned()),
            text: text(field)?,
            size: NOTE_SIZE,
            font: if field == NUMBER { upright.clone() } else { italic.clone() },
        })
    };
    SignOptions {
        appearance: Some(appearance),
        notes: edition.fields.split(' ').filter_map(note).collect(),
        ..SignOptions::default()
    }
}

/// Number and symbol with the time of signing, in the corner of the first page.
async fn attachment_options(
    app: &App,
    document: &Outgoing,
    attachment: &Attachment,
    now: Timestamp,
) -> Result<SignOptions, OutgoingError> {
    let source = app.storage.source(attachment.sha256).await?;
    let number = document.number_and_symbol();
    let work = move || {
        let file = Pdf::open_source(&source).map_err(SignError::from)?;
        let area = PageArea::of(&file, 1)?;
        let appearance = Appearance::attachment_note(&area, &number, now.to_jiff(), Font(web::form_font()))?;
        Ok::<_, OutgoingError>(SignOptions { appearance: Some(appearance), ..SignOptions::default() })
    };
    tokio::task::spawn_blocking(work).await?
}
