//! A picture that stands for a handwritten signature: blue, on a transparent
//! ground, as NĐ 30 wants it between title and name.
//!
//! Drawn as a pen would: one running line whose loops follow the letters of
//! the given name, and a flourish back under it. The same name always gives
//! the same picture. It proves nothing; the certificate does.

use std::io::Cursor;

use image::{ImageFormat, Rgba, RgbaImage};

use crate::identity::rules::fold;

const WIDTH: u32 = 720;
const HEIGHT: u32 = 280;
/// Ink of a ballpoint pen.
const INK: [u8; 3] = [0x1b, 0x3c, 0xa8];
const PEN: f64 = 3.4;
/// Height of a small letter, in pixels.
const LETTER: f64 = 46.0;
/// How far the writing leans to the right.
const SLANT: f64 = 0.32;
/// Points between two knots of the line.
const SMOOTHNESS: u32 = 48;
/// Letters drawn of a long name; a signature is short.
const MOST_LETTERS: usize = 8;

type Point = (f64, f64);

/// Draws the signature of a name as a PNG.
pub fn draw(full_name: &str) -> Result<Vec<u8>, image::ImageError> {
    let knots = fit(knots(&fold(full_name)));
    let mut picture = RgbaImage::new(WIDTH, HEIGHT);
    let line = curve(&knots);
    for pair in line.windows(2) {
        if let [from, to] = pair {
            // A pen presses on the way down and glides on the way up.
            let falls = (to.1 - from.1) / ((to.0 - from.0).hypot(to.1 - from.1)).max(1e-6);
            dab(&mut picture, *to, PEN * (1.0 + 0.45 * falls));
        }
    }
    let mut png = Vec::new();
    picture.write_to(&mut Cursor::new(&mut png), ImageFormat::Png)?;
    Ok(png)
}

/// The points the pen passes, in letter heights; up is negative.
fn knots(folded_name: &str) -> Vec<Point> {
    let given = folded_name.rsplit(' ').next().unwrap_or_default();
    let mut knots = vec![(-0.6, 0.1), (0.1, -1.9), (0.5, -2.3), (0.3, 0.2), (-0.5, 0.5), (-0.2, -0.2)];
    let mut x = 0.7;
    for letter in given.chars().take(MOST_LETTERS) {
        let (shape, advance) = stroke(letter);
        knots.extend(shape.iter().map(|(dx, y)| (x + dx, *y)));
        x += advance;
    }
    // The flourish: out, back under the name, and out again.
    knots.extend([
        (x + 0.9, -0.5),
        (x + 1.5, 0.2),
        (x * 0.5, 0.95),
        (-0.3, 1.15),
        (x * 0.6, 0.8),
        (x + 1.9, 0.5),
    ]);
    knots
}

/// One letter of the running line: its points and how far it moves on.
fn stroke(letter: char) -> (&'static [Point], f64) {
    match letter {
        'b' | 'f' | 'h' | 'k' | 'l' | 't' => (
            &[(0.1, -0.4), (0.5, -1.9), (0.3, -2.1), (0.15, -0.6), (0.3, 0.0), (0.6, -0.5), (0.75, 0.0)],
            0.85,
        ),
        'd' => (
            &[(0.6, -0.7), (0.1, -0.6), (0.2, 0.0), (0.6, -0.5), (0.75, -2.0), (0.65, -0.1), (0.8, 0.0)],
            0.9,
        ),
        'g' | 'j' | 'p' | 'q' | 'y' => {
            (&[(0.5, -0.7), (0.1, -0.5), (0.3, 0.0), (0.6, -0.6), (0.5, 1.0), (0.1, 1.1), (0.7, -0.1)], 0.85)
        }
        'a' | 'c' | 'e' | 'o' | 's' | 'x' => {
            (&[(0.5, -0.7), (0.1, -0.5), (0.15, -0.05), (0.5, -0.15), (0.55, -0.65), (0.65, -0.05)], 0.75)
        }
        'm' | 'w' => (&[(0.1, -0.8), (0.15, 0.0), (0.4, -0.8), (0.5, 0.0), (0.75, -0.8), (0.85, 0.0)], 0.95),
        _ => (&[(0.1, -0.8), (0.2, 0.0), (0.45, -0.75), (0.55, 0.0)], 0.65),
    }
}

/// Leans the points, and scales them onto the picture.
fn fit(knots: Vec<Point>) -> Vec<Point> {
    let leaning: Vec<Point> =
        knots.into_iter().map(|(x, y)| ((x - y * SLANT) * LETTER, y * LETTER)).collect();
    let low = |of: fn(&Point) -> f64| leaning.iter().map(of).fold(f64::INFINITY, f64::min);
    let high = |of: fn(&Point) -> f64| leaning.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
    let (left, top) = (low(|p| p.0), low(|p| p.1));
    let (wide, tall) = (high(|p| p.0) - left, high(|p| p.1) - top);
    let room = 2.0 * 6.0 * PEN;
    let scale = ((f64::from(WIDTH) - room) / wide).min((f64::from(HEIGHT) - room) / tall);
    let (x0, y0) = ((f64::from(WIDTH) - wide * scale) / 2.0, (f64::from(HEIGHT) - tall * scale) / 2.0);
    leaning.into_iter().map(|(x, y)| (x0 + (x - left) * scale, y0 + (y - top) * scale)).collect()
}

/// A smooth line through the points (Catmull–Rom).
fn curve(knots: &[Point]) -> Vec<Point> {
    let mut line = Vec::new();
    for part in knots.windows(4) {
        let [a, b, c, d] = part else { continue };
        for step in 0..SMOOTHNESS {
            let t = f64::from(step) / f64::from(SMOOTHNESS);
            let along = |a: f64, b: f64, c: f64, d: f64| {
                0.5 * (2.0 * b
                    + (c - a) * t
                    + (2.0 * a - 5.0 * b + 4.0 * c - d) * t * t
                    + (3.0 * b - a - 3.0 * c + d) * t * t * t)
            };
            line.push((along(a.0, b.0, c.0, d.0), along(a.1, b.1, c.1, d.1)));
        }
    }
    line
}

/// One dab of ink with a soft edge.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the picture just before"
)]
fn dab(picture: &mut RgbaImage, (x, y): Point, radius: f64) {
    let span = |middle: f64, end: u32| {
        let low = (middle - radius - 1.0).clamp(0.0, f64::from(end)) as u32;
        let high = (middle + radius + 2.0).clamp(0.0, f64::from(end)) as u32;
        low..high
    };
    for row in span(y, HEIGHT) {
        for column in span(x, WIDTH) {
            let distance = (f64::from(column) - x).hypot(f64::from(row) - y);
            let ink = ((radius + 0.5 - distance).clamp(0.0, 1.0) * 255.0) as u8;
            let Rgba([_, _, _, before]) = *picture.get_pixel(column, row);
            let [red, green, blue] = INK;
            picture.put_pixel(column, row, Rgba([red, green, blue, ink.max(before)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{HEIGHT, INK, WIDTH, draw};

    #[test]
    fn a_name_is_drawn_in_blue_on_nothing() {
        let png = draw("Trần Thị Kim Oanh").unwrap();
        let picture = image::load_from_memory(&png).unwrap().into_rgba8();
        assert_eq!(picture.dimensions(), (WIDTH, HEIGHT));
        let inked = picture.pixels().filter(|pixel| pixel.0[3] > 0).count();
        let share = inked as f64 / f64::from(WIDTH * HEIGHT);
        assert!((0.01..0.3).contains(&share), "{share}");
        assert!(picture.pixels().all(|pixel| pixel.0[3] == 0 || pixel.0[..3] == INK));
    }

    #[test]
    fn names_differ_and_stay_the_same() {
        assert_eq!(draw("Lê Văn Bảy").unwrap(), draw("Lê Văn Bảy").unwrap());
        assert_ne!(draw("Lê Văn Bảy").unwrap(), draw("Lê Văn Tám").unwrap());
        assert!(draw("").is_ok());
    }
}
