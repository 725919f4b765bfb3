//! The organisation's key and the picture of its seal.
//!
//! The key lies in a device of the server, or it is a PKCS#12 file that only
//! the PIN of the clerk opens; each try is counted before it is made, as for
//! personal keys.

mod in_module;
pub mod picture;

use std::io::Cursor;
use std::sync::Arc;

use image::{ImageFormat, Rgba, RgbaImage};
use openssl::rand::rand_bytes;
use pades::authority::{KeyKind, Subject, Terms};
use pades::sign::{Pkcs12Error, Pkcs12Signer, Signer};
use serde_json::json;

pub use self::in_module::is_in_module;
use super::actions::OutgoingError;
use crate::clock::Timestamp;
use crate::db::{self, Db, Tx};
use crate::identity::{self, Actor, OrganisationId};
use crate::signing::authority;
use crate::signing::certificate::Certificate;
use crate::signing::policy;
use crate::signing::rules::{MOST_WRONG_PINS, SignerRole, Validity, Way};
use crate::sql;
use crate::storage::Hash;
use crate::web::App;

const DAY: i64 = 86_400;
const TEST_YEARS: i64 = 3;
/// A ward's seal (DOMAIN: round, with the national emblem), in millimetres.
const DIAMETER: i64 = 36;

#[derive(sqlx::FromRow)]
struct SealRow {
    pkcs12: Vec<u8>,
    certificate: Vec<u8>,
    image: Vec<u8>,
    diameter: i64,
    test: bool,
}

/// A seal that its PIN, or the clerk's password, has opened.
pub(super) struct OpenSeal {
    pub signer: Arc<dyn Signer + Send + Sync>,
    pub image: Vec<u8>,
    /// In millimetres.
    pub diameter: f64,
}

impl OpenSeal {
    /// SHA-256 of its certificate, for the log.
    pub fn fingerprint(&self) -> Option<String> {
        let der = self.signer.certificates().first()?.to_der().ok()?;
        Some(Hash::of(&der).to_string())
    }
}

/// Opens the seal of the actor's organisation with what was just typed, once.
///
/// Opens its own transactions: a wrong word stays counted although the request
/// is refused.
pub(super) async fn open(
    app: &App,
    actor: &Actor,
    secret: String,
    now: Timestamp,
) -> Result<OpenSeal, OutgoingError> {
    let mut tx = app.db.read().await?;
    let is_in_module = is_in_module(&mut tx, app, actor.organisation).await?;
    let way = if is_in_module { Way::Module } else { Way::KeptKey };
    let open = policy::open_ways(&mut tx, actor.organisation, SignerRole::Clerk).await?;
    drop(tx);
    if !open.contains(&way) {
        return Err(OutgoingError::WayClosed);
    }
    if is_in_module {
        in_module::open(app, actor, secret, now).await
    } else {
        open_file((&app.db, app.config.test_authority), actor, secret, now).await
    }
}

async fn open_file(
    (db, accepts_test_keys): (&Db, bool),
    actor: &Actor,
    pin: String,
    now: Timestamp,
) -> Result<OpenSeal, OutgoingError> {
    let mut tx = db.write().await?;
    let row = row(&mut tx, actor.organisation).await?.ok_or(OutgoingError::NoSeal)?;
    if row.test && !accepts_test_keys {
        return Err(OutgoingError::TestSeal);
    }
    if Certificate::from_der(&row.certificate)?.validity(now) != Validity::Holds {
        return Err(OutgoingError::SealExpired);
    }
    let tries = count_pin(&mut tx, actor.organisation).await?.ok_or(OutgoingError::SealLocked)?;
    tx.commit().await?;
    let pkcs12 = row.pkcs12;
    let opened = tokio::task::spawn_blocking(move || Pkcs12Signer::open(&pkcs12, &pin)).await?;
    let mut tx = db.write().await?;
    let signer = match opened {
        Ok(signer) => signer,
        Err(Pkcs12Error::WrongPassphrase) => {
            let left = MOST_WRONG_PINS - tries;
            let subject = format!("organisation:{}", actor.organisation);
            identity::actions::log(&mut tx, actor, "pin_wrong", subject, json!({ "left": left }), now)
                .await?;
            tx.commit().await?;
            return Err(if left > 0 { OutgoingError::WrongPin { left } } else { OutgoingError::SealLocked });
        }
        Err(error) => return Err(OutgoingError::KeyFile(error)),
    };
    forget_wrong_pins(&mut tx, actor.organisation).await?;
    tx.commit().await?;
    #[expect(clippy::cast_precision_loss, reason = "at most sixty")]
    let diameter = row.diameter as f64;
    Ok(OpenSeal { signer: Arc::new(signer), image: row.image, diameter })
}

async fn row(tx: &mut Tx, organisation: OrganisationId) -> Result<Option<SealRow>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT pkcs12, certificate, image, diameter, test FROM seal_key WHERE organisation_id = $1"
        as SealRow, organisation)
}

async fn count_pin(tx: &mut Tx, organisation: OrganisationId) -> Result<Option<i64>, db::Error> {
    let row = sql!(tx => fetch_optional
        "UPDATE seal_key SET wrong_pins = wrong_pins + 1 WHERE organisation_id = $1 AND wrong_pins < $2
         RETURNING wrong_pins" as (i64,), organisation, MOST_WRONG_PINS)?;
    Ok(row.map(|(tries,)| tries))
}

async fn forget_wrong_pins(tx: &mut Tx, organisation: OrganisationId) -> Result<(), db::Error> {
    sql!(tx => execute "UPDATE seal_key SET wrong_pins = 0 WHERE organisation_id = $1", organisation)?;
    Ok(())
}

/// Gives an organisation a seal of the built-in test authority, opened by
/// `pin`. One it had before is replaced.
pub async fn issue_test_seal(
    tx: &mut Tx,
    organisation: OrganisationId,
    pin: &str,
    now: Timestamp,
) -> Result<(), OutgoingError> {
    let office = identity::store::organisation(tx, organisation).await?;
    let pin = pin.to_owned();
    let seal = tokio::task::spawn_blocking(move || make_test_seal(office.name, &pin, now)).await??;
    sql!(tx => execute
        "INSERT INTO seal_key (organisation_id, pkcs12, certificate, image, diameter, test, wrong_pins, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 0, $7)
         ON CONFLICT (organisation_id) DO UPDATE
         SET pkcs12 = excluded.pkcs12, certificate = excluded.certificate, image = excluded.image,
             diameter = excluded.diameter, test = excluded.test, wrong_pins = 0, created_at = excluded.created_at",
        organisation, seal.pkcs12.as_slice(), seal.certificate.as_slice(), seal.image.as_slice(), seal.diameter,
        seal.test, now)?;
    Ok(())
}

fn make_test_seal(name: String, pin: &str, now: Timestamp) -> Result<SealRow, OutgoingError> {
    let mut serial = [0_u8; 8];
    rand_bytes(&mut serial)?;
    let terms = Terms {
        // Begun yesterday, so that no clock is too slow for it.
        not_before: now.plus_seconds(-DAY).to_jiff(),
        not_after: now.plus_seconds(TEST_YEARS * 365 * DAY).to_jiff(),
        // Half the range: a serial number is positive (RFC 5280 §4.1.2.2).
        serial: u64::from_be_bytes(serial) >> 1,
        key: KeyKind::P256,
    };
    let subject =
        Subject { common_name: name.clone(), organisation: Some(name.clone()), unit: None, title: None };
    let issued = authority::issuer()?.issue_person(&subject, &terms)?;
    Ok(SealRow {
        pkcs12: issued.to_pkcs12(&name, pin)?,
        certificate: issued.certificate.to_der()?,
        image: picture()?,
        diameter: DIAMETER,
        test: true,
    })
}

const PIXELS: u32 = 600;
const RED: [u8; 3] = [0xc8, 0x10, 0x2e];

/// A red ring with a star on a transparent ground: a test seal imitates no
/// office's real one.
fn picture() -> Result<Vec<u8>, image::ImageError> {
    let mut picture = RgbaImage::new(PIXELS, PIXELS);
    let middle = f64::from(PIXELS) / 2.0;
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let (dx, dy) = ((f64::from(x) + 0.5 - middle) / middle, (f64::from(y) + 0.5 - middle) / middle);
        let ring = |radius: f64, width: f64| (dx.hypot(dy) - radius).abs() < width / 2.0;
        if ring(0.975, 0.05) || ring(0.62, 0.02) || is_in_star(dx, dy, 0.4) {
            let [red, green, blue] = RED;
            *pixel = Rgba([red, green, blue, 0xd8]);
        }
    }
    let mut png = Vec::new();
    picture.write_to(&mut Cursor::new(&mut png), ImageFormat::Png)?;
    Ok(png)
}

/// Inside a five-pointed star of some radius, one point up.
fn is_in_star(x: f64, y: f64, radius: f64) -> bool {
    use std::f64::consts::PI;
    let step = PI / 5.0;
    let angle = (x.atan2(-y) + 2.0 * PI) % (2.0 * step);
    // Within one fifth, the edge runs straight from the point to the inner corner.
    let angle = angle.min(2.0 * step - angle);
    let inner = radius * 0.382;
    let (px, py) = (inner * step.sin(), inner * step.cos());
    let (rx, ry) = (angle.sin(), angle.cos());
    // Where the ray meets the line through (0, radius) and the inner corner.
    let along = radius * px / (rx * (radius - py) + ry * px);
    x.hypot(y) <= along
}
