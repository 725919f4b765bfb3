//! Stream filters that the file structure itself uses (ISO 32000-2 §7.4): Flate and its predictors.

use std::io::Read;

use flate2::read::ZlibDecoder;

use crate::pdf::{Dict, Object, PdfError};

/// The largest cross-reference or object stream we inflate. A few kilobytes can claim terabytes (zip bomb).
const MAX_INFLATED: u64 = 64 << 20;

/// Decodes the data of a structural stream. Filters for images and the like are none of its business.
pub(crate) fn decode(dict: &Dict, raw: &[u8]) -> Result<Vec<u8>, PdfError> {
    let parms = dict.get("DecodeParms").or(dict.get("DP"));
    let (filter, parms) = match (dict.get("Filter"), parms) {
        (None | Some(Object::Null), _) => return Ok(raw.to_vec()),
        (Some(Object::Array(filters)), parms) => match (filters.as_slice(), parms) {
            ([], _) => return Ok(raw.to_vec()),
            ([one], Some(Object::Array(parms))) => (one, parms.first()),
            ([one], parms) => (one, parms),
            _ => return Err(PdfError::Filter("several filters on a structural stream")),
        },
        (Some(one), parms) => (one, parms),
    };
    match filter.name() {
        // Decryption is done when data get here.
        Some(name) if name == "Crypt" => Ok(raw.to_vec()),
        Some(name) if name == "FlateDecode" || name == "Fl" => {
            unpredict(inflate(raw)?, parms.and_then(Object::dict))
        }
        _ => Err(PdfError::Filter("a structural stream uses a filter other than FlateDecode")),
    }
}

fn inflate(raw: &[u8]) -> Result<Vec<u8>, PdfError> {
    let mut data = Vec::new();
    let result = ZlibDecoder::new(raw).take(MAX_INFLATED + 1).read_to_end(&mut data);
    if data.len() as u64 > MAX_INFLATED {
        return Err(PdfError::Limit("a stream inflates beyond 64 MiB"));
    }
    result.map_err(|_| PdfError::Filter("damaged Flate data"))?;
    Ok(data)
}

/// Undoes the PNG predictors (ISO 32000-2 §7.4.4.4).
fn unpredict(data: Vec<u8>, parms: Option<&Dict>) -> Result<Vec<u8>, PdfError> {
    let number = |key: &str, default: i64| {
        parms.map_or(Some(default), |p| p.get(key).map_or(Some(default), Object::integer))
    };
    let unknown = PdfError::Filter("bad predictor parameters");
    match number("Predictor", 1) {
        Some(1) => return Ok(data),
        Some(10..=15) => {}
        _ => return Err(PdfError::Filter("unknown predictor")),
    }
    let (Some(colors @ 1..=32), Some(bits @ 1..=16), Some(columns @ 1..=1_000_000)) =
        (number("Colors", 1), number("BitsPerComponent", 8), number("Columns", 1))
    else {
        return Err(unknown);
    };
    let row = usize::try_from((colors * bits * columns + 7) / 8).map_err(|_| unknown)?;
    let pixel = usize::try_from((colors * bits + 7) / 8).unwrap_or(1);

    let mut out = Vec::with_capacity(data.len());
    let mut above = vec![0u8; row];
    for line in data.chunks(row + 1) {
        let Some((kind, line)) = line.split_first() else { break };
        let mut current = line.to_vec();
        unfilter(*kind, &mut current, &above, pixel)?;
        out.extend_from_slice(&current);
        current.resize(row, 0);
        above = current;
    }
    Ok(out)
}

/// One PNG row (PNG specification §9.2).
fn unfilter(kind: u8, line: &mut [u8], above: &[u8], pixel: usize) -> Result<(), PdfError> {
    for index in 0..line.len() {
        let before = |row: &[u8]| index.checked_sub(pixel).and_then(|i| row.get(i).copied()).unwrap_or(0);
        let left = before(line);
        let up = above.get(index).copied().unwrap_or(0);
        let guess = match kind {
            0 => 0,
            1 => left,
            2 => up,
            3 => ((u16::from(left) + u16::from(up)) / 2) as u8,
            4 => paeth(left, up, before(above)),
            _ => return Err(PdfError::Filter("unknown PNG row filter")),
        };
        if let Some(byte) = line.get_mut(index) {
            *byte = byte.wrapping_add(guess);
        }
    }
    Ok(())
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let estimate = i16::from(left) + i16::from(up) - i16::from(corner);
    let distance = |value: u8| (estimate - i16::from(value)).abs();
    if distance(left) <= distance(up) && distance(left) <= distance(corner) {
        left
    } else if distance(up) <= distance(corner) {
        up
    } else {
        corner
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::ZlibEncoder};

    use super::*;

    #[test]
    fn a_zip_bomb_is_refused() {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        let zeros = vec![0; 1 << 20];
        (0..65).for_each(|_| encoder.write_all(&zeros).unwrap());
        let bomb = encoder.finish().unwrap();
        let dict = Dict::new().with("Filter", "FlateDecode");
        assert_eq!(decode(&dict, &bomb), Err(PdfError::Limit("a stream inflates beyond 64 MiB")));
    }

    #[test]
    fn the_up_predictor_adds_the_row_above() {
        let parms = Dict::new().with("Predictor", 12).with("Columns", 2);
        assert_eq!(unpredict(vec![2, 1, 2, 2, 1, 1], Some(&parms)), Ok(vec![1, 2, 2, 3]));
    }
}
