use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

use crate::TypesetError;

/// The address as a QR code, drawn as SVG: sharp at any size, and the quiet
/// zone that scanners need is part of it.
pub(crate) fn qr_svg(address: &str) -> Result<Vec<u8>, TypesetError> {
    let code = QrCode::with_error_correction_level(address, EcLevel::M).map_err(TypesetError::VerifyUrl)?;
    Ok(code.render::<svg::Color<'_>>().build().into_bytes())
}
