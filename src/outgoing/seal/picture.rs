//! The picture of a seal, given by the administrator or kept beside its key.

use std::io::Cursor;

use image::{ImageFormat, ImageReader, Limits};
use serde_json::json;

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{self, Actor, OrgRole, OrganisationId};
use crate::outgoing::actions::OutgoingError;
use crate::sql;

/// Bytes of a picture: it goes into every document that is sealed.
pub const MOST_BYTES: usize = 512 * 1024;
/// Pixels along an edge; a seal of 36 mm at 600 dots an inch has 850.
const MOST_PIXELS: u32 = 2000;
/// Real diameters of seals, in millimetres.
pub const DIAMETERS: std::ops::RangeInclusive<i64> = 10..=60;

/// The picture of a seal and its real size.
#[derive(Clone, Debug)]
pub struct SealPicture {
    /// PNG with transparent background.
    pub image: Vec<u8>,
    /// In millimetres.
    pub diameter: f64,
}

#[derive(sqlx::FromRow)]
struct PictureRow {
    image: Vec<u8>,
    diameter: i64,
}

/// The picture of an organisation's seal; `None` while nobody has given one.
pub async fn of(tx: &mut Tx, organisation: OrganisationId) -> Result<Option<SealPicture>, db::Error> {
    let given = sql!(tx => fetch_optional
        "SELECT image, diameter FROM seal_picture WHERE organisation_id = $1" as PictureRow, organisation)?;
    let row = match given {
        Some(row) => Some(row),
        None => sql!(tx => fetch_optional
            "SELECT image, diameter FROM seal_key WHERE organisation_id = $1" as PictureRow, organisation)?,
    };
    #[expect(clippy::cast_precision_loss, reason = "at most sixty")]
    let picture = |row: PictureRow| SealPicture { image: row.image, diameter: row.diameter as f64 };
    Ok(row.map(picture))
}

/// Takes a picture for the seal of the actor's organisation.
pub async fn set(
    tx: &mut Tx,
    actor: &Actor,
    image: &[u8],
    diameter: i64,
    now: Timestamp,
) -> Result<(), OutgoingError> {
    if !actor.is(OrgRole::SystemAdmin) {
        return Err(OutgoingError::NotYours);
    }
    if !DIAMETERS.contains(&diameter) || !is_seal(image) {
        return Err(OutgoingError::NoPicture);
    }
    sql!(tx => execute
        "INSERT INTO seal_picture (organisation_id, image, diameter, set_by, set_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (organisation_id) DO UPDATE
         SET image = excluded.image, diameter = excluded.diameter, set_by = excluded.set_by,
             set_at = excluded.set_at",
        actor.organisation, image, diameter, actor.person, now)?;
    let subject = format!("organisation:{}", actor.organisation);
    let details = json!({ "sha256": crate::storage::Hash::of(image).to_string(), "diameter": diameter });
    Ok(identity::actions::log(tx, actor, "seal_picture_set", subject, details, now).await?)
}

/// A PNG of one square, not too large and not empty.
fn is_seal(image: &[u8]) -> bool {
    let mut reader = ImageReader::with_format(Cursor::new(image), ImageFormat::Png);
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_PIXELS);
    limits.max_image_height = Some(MOST_PIXELS);
    reader.limits(limits);
    let Ok(picture) = reader.decode() else { return false };
    let (width, height) = (picture.width(), picture.height());
    image.len() <= MOST_BYTES && width.abs_diff(height) <= width.max(height) / 50
}
