//! A PNG as an image XObject, its transparency as a soft mask (ISO 32000-2 §8.9.5, §11.6.5.2).

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use crate::pdf::{Dict, Ref, Update};
use crate::sign::SignError;

/// A scanned signature or seal has no need of more.
const MAX_PIXELS: u64 = 16_000_000;

/// Pixels, colour and transparency apart.
pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    rgb: Vec<u8>,
    alpha: Option<Vec<u8>>,
}

/// Decodes a PNG of any colour type to eight-bit RGB and alpha.
pub(crate) fn decode(bytes: &[u8]) -> Result<Picture, SignError> {
    let bad = |_| SignError::Appearance("the image is not a readable PNG");
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(bad)?;
    let (width, height) = (reader.info().width, reader.info().height);
    // The header is read before any pixel is: a PNG bomb stops here.
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(SignError::Appearance("the image has more than 16 million pixels"));
    }
    let size = reader.output_buffer_size().ok_or(SignError::Appearance("the image is too large"))?;
    let mut pixels = vec![0; size];
    let info = reader.next_frame(&mut pixels).map_err(bad)?;
    pixels.truncate(info.buffer_size());
    let samples = info.color_type.samples();
    let mut rgb = Vec::with_capacity(pixels.len());
    let mut alpha = Vec::new();
    for pixel in pixels.chunks_exact(samples) {
        match pixel {
            [r, g, b] => rgb.extend([r, g, b]),
            [r, g, b, a] => {
                rgb.extend([r, g, b]);
                alpha.push(*a);
            }
            [grey] => rgb.extend([grey; 3]),
            [grey, a] => {
                rgb.extend([grey; 3]);
                alpha.push(*a);
            }
            _ => return Err(SignError::Appearance("the image has an unknown colour type")),
        }
    }
    let alpha = alpha.iter().any(|a| *a != 255).then_some(alpha);
    Ok(Picture { width, height, rgb, alpha })
}

/// Width and height in pixels, read from the header alone.
pub(crate) fn dimensions(bytes: &[u8]) -> Result<[f64; 2], SignError> {
    let reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info();
    let reader = reader.map_err(|_| SignError::Appearance("the image is not a readable PNG"))?;
    Ok([reader.info().width, reader.info().height].map(f64::from))
}

/// Adds the image and its mask.
pub(crate) fn embed(update: &mut Update<'_, '_>, picture: Picture) -> Ref {
    let frame = |colours: &str| {
        Dict::new()
            .with("Type", "XObject")
            .with("Subtype", "Image")
            .with("Width", i64::from(picture.width))
            .with("Height", i64::from(picture.height))
            .with("BitsPerComponent", 8)
            .with("ColorSpace", colours)
            .with("Filter", "FlateDecode")
    };
    let mut dict = frame("DeviceRGB");
    if let Some(alpha) = &picture.alpha {
        let mask = update.add_stream(frame("DeviceGray"), deflate(alpha));
        dict.set("SMask", mask);
    }
    update.add_stream(dict, deflate(&picture.rgb))
}

/// Compresses; writing to memory does not fail.
pub(crate) fn deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(data).and_then(|()| encoder.finish());
    written.unwrap_or_default()
}
