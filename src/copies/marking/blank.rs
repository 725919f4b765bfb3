//! Where a drawn page has nothing on it.

use image::{DynamicImage, GrayImage};

/// Points in a millimetre.
const MILLIMETRE: f64 = 72.0 / 25.4;
/// No mark comes nearer to the edges of the page, in millimetres.
const EDGE: f64 = 3.0;
/// Kept free around a mark.
const DISTANCE: f64 = 0.5;
/// How much darker than the paper ink is; a scanner's paper is never quite even.
const INK: u8 = 40;
/// Specks of dust: so many of ten thousand dots may be dark.
const DUST: u64 = 3;
/// The mark stays in this part of the page from above: further down nobody looks for it.
const LOWEST: f64 = 0.34;

/// The dark dots of a page, summed from its top left corner.
pub(super) struct Blank {
    /// For each dot how many dark ones lie above and left of it; one row and column more than the picture.
    sums: Vec<u32>,
    width: usize,
    height: usize,
    /// Dots of a millimetre, across and down.
    scale: [f64; 2],
    /// The page in millimetres.
    page: [f64; 2],
}

impl Blank {
    /// Reads the drawing of a page that is so many points wide and high, as its reader sees it.
    pub(super) fn of(drawn: &DynamicImage, points: [f64; 2]) -> Self {
        let picture = drawn.to_luma8();
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let darkest = paper(&picture).saturating_sub(INK);
        let mut sums = vec![0_u32; (width + 1) * (height + 1)];
        for (y, row) in picture.rows().enumerate() {
            let mut dark = 0;
            for (x, pixel) in row.enumerate() {
                let [luma] = pixel.0;
                dark += u32::from(luma < darkest);
                let above = sums.get(y * (width + 1) + x + 1).copied().unwrap_or_default();
                if let Some(sum) = sums.get_mut((y + 1) * (width + 1) + x + 1) {
                    *sum = above + dark;
                }
            }
        }
        let page = points.map(|n| n / MILLIMETRE);
        #[expect(clippy::cast_precision_loss, reason = "a few thousand dots")]
        let scale = [width as f64 / page[0], height as f64 / page[1]];
        Self { sums, width, height, scale, page }
    }

    /// The free place nearest to `corner` for something so many points wide and
    /// high, at most `reach` millimetres away: both as distances from the right
    /// and the upper edge.
    pub(super) fn nearest(&self, corner: [f64; 2], size: [f64; 2], reach: f64) -> Option<[f64; 2]> {
        let [width, height] = size.map(|n| n / MILLIMETRE);
        let most = [self.page[0] - width - EDGE, (self.page[1] * LOWEST - height).max(EDGE)];
        let steps = |from: f64, most: f64| {
            let all = std::iter::successors(Some(EDGE), |at| Some(at + 1.0));
            let all = all.take_while(move |at| *at <= most);
            all.chain((EDGE..=most).contains(&from).then_some(from))
        };
        let mut places: Vec<[f64; 2]> = Vec::new();
        for down in steps(corner[1], most[1]) {
            places.extend(steps(corner[0], most[0]).map(|aside| [aside, down]));
        }
        let far = |place: &[f64; 2]| (place[0] - corner[0]).hypot(place[1] - corner[1]);
        places.retain(|place| far(place) <= reach);
        places.sort_by(|one, other| far(one).total_cmp(&far(other)));
        places.into_iter().find(|place| self.is_free(*place, [width, height]))
    }

    /// Is nothing drawn at a place, in millimetres from the right and the upper edge?
    fn is_free(&self, [aside, down]: [f64; 2], [width, height]: [f64; 2]) -> bool {
        let right = self.page[0] - aside;
        let across = |at: f64| self.dot(at * self.scale[0], self.width);
        let along = |at: f64| self.dot(at * self.scale[1], self.height);
        let (x0, x1) = (across(right - width - DISTANCE), across(right + DISTANCE));
        let (y0, y1) = (along(down - DISTANCE), along(down + height + DISTANCE));
        let sum = |x: usize, y: usize| {
            u64::from(self.sums.get(y * (self.width + 1) + x).copied().unwrap_or_default())
        };
        let dark = (sum(x1, y1) + sum(x0, y0)).saturating_sub(sum(x1, y0) + sum(x0, y1));
        let dots = u64::try_from(x1.saturating_sub(x0) * y1.saturating_sub(y0)).unwrap_or(u64::MAX);
        dark * 10_000 <= dots * DUST
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "held within the picture before"
    )]
    fn dot(&self, at: f64, most: usize) -> usize {
        (at.max(0.0).round() as usize).min(most)
    }
}

/// The brightness of the paper: the commonest among bright dots.
fn paper(picture: &GrayImage) -> u8 {
    let mut counts = [0_u32; 256];
    for pixel in picture.pixels() {
        if let Some(count) = counts.get_mut(usize::from(pixel.0[0])) {
            *count += 1;
        }
    }
    let bright = (128..=255_u8).max_by_key(|luma| counts.get(usize::from(*luma)).copied());
    bright.unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, GrayImage, Luma};

    use super::{Blank, MILLIMETRE};

    const A4: [f64; 2] = [595.0, 842.0];
    /// Of the mark: 60 by 15 millimetres.
    const SIZE: [f64; 2] = [60.0 * MILLIMETRE, 15.0 * MILLIMETRE];
    const CORNER: [f64; 2] = [15.0, 5.0];

    /// A page with a black box: left, top, right, bottom in millimetres.
    fn page(paper: u8, boxes: &[[u32; 4]]) -> Blank {
        let is_in = |x: u32, y: u32, [left, top, right, bottom]: [u32; 4]| {
            (left * 4..right * 4).contains(&x) && (top * 4..bottom * 4).contains(&y)
        };
        let dot = |x, y| Luma([if boxes.iter().any(|one| is_in(x, y, *one)) { 20 } else { paper }]);
        Blank::of(&DynamicImage::from(GrayImage::from_fn(840, 1188, dot)), A4)
    }

    #[test]
    fn an_empty_corner_is_taken() {
        assert_eq!(page(255, &[]).nearest(CORNER, SIZE, 100.0), Some(CORNER));
        // So is one that is free a little higher up.
        assert_eq!(page(255, &[[100, 19, 200, 60]]).nearest(CORNER, SIZE, 100.0), Some([15.0, 3.0]));
        // Yellowed paper too; and what stands elsewhere is no matter.
        assert_eq!(page(190, &[[20, 60, 190, 280]]).nearest(CORNER, SIZE, 100.0), Some(CORNER));
    }

    #[test]
    fn beside_something_in_the_corner_the_nearest_free_place_is_taken() {
        let [aside, down] = page(255, &[[150, 8, 200, 22]]).nearest(CORNER, SIZE, 100.0).unwrap();
        assert_eq!(page(255, &[[150, 8, 200, 22]]).nearest(CORNER, SIZE, 5.0), None, "not so near");
        let below = down > 22.0;
        let beside = aside > 60.0;
        assert!(below || beside, "{aside} {down}");
        let covers =
            |right: f64, top: f64| right > 150.0 && right - 60.0 < 200.0 && top < 22.0 && top + 15.0 > 8.0;
        assert!(!covers(210.0 - aside, down), "{aside} {down}");
    }

    #[test]
    fn a_full_page_has_no_place() {
        assert_eq!(page(255, &[[0, 0, 210, 297]]).nearest(CORNER, SIZE, 100.0), None);
        let lines: Vec<[u32; 4]> = (0..29).map(|line| [5, line * 10, 205, line * 10 + 1]).collect();
        assert_eq!(page(255, &lines).nearest(CORNER, SIZE, 100.0), None);
    }

    #[test]
    fn a_speck_of_dust_is_no_ink() {
        let mut picture = GrayImage::from_pixel(840, 1188, Luma([250]));
        picture.put_pixel(600, 40, Luma([30]));
        assert_eq!(Blank::of(&DynamicImage::from(picture), A4).nearest(CORNER, SIZE, 100.0), Some(CORNER));
    }
}
