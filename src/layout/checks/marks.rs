//! Marks: urgency and circulation in their frames, and secrecy, which may not
//! be here at all.

use super::{Check, Spot, rounded};
use crate::layout::finding::{Aspect, Part};
use crate::layout::profile::Mark;
use crate::layout::row::{Area, Row};
use crate::papers::marking_in_lines;
use crate::web::Message;

/// A frame may differ so much from its size, in millimetres.
const SLACK: f64 = 2.0;
/// A larger frame is a table.
const LARGEST: f64 = 70.0;

impl Check<'_> {
    pub(super) fn marked(&mut self) {
        for (row, mark) in &self.document.heading.marks {
            self.look(mark.part, std::slice::from_ref(row));
            self.frame(row, mark);
        }
        self.secrecy();
    }

    fn frame(&mut self, row: &Row, mark: &Mark) {
        let middle = row.y() - 1.5;
        let around = |frame: &&Area| {
            frame.x0 < row.x0()
                && row.x1() < frame.x1
                && frame.y0 < middle
                && middle < frame.y1
                && frame.x1 - frame.x0 < LARGEST
        };
        let page = self.document.page(row.page);
        let frame = page.and_then(|page| page.boxes.iter().find(around).copied());
        let asked = match mark.frame {
            Some((width, height)) => Message::with(
                "layout-asked-sized-frame",
                "size",
                format!("{} × {}", rounded(width), rounded(height)),
            ),
            None => Message::from("layout-asked-frame"),
        };
        let found = match (frame, mark.frame) {
            (None, _) => Message::from("layout-found-no-frame"),
            (Some(frame), Some((width, height))) => {
                let (wide, high) = (frame.x1 - frame.x0, frame.y1 - frame.y0);
                if (wide - width).abs() <= SLACK && (high - height).abs() <= SLACK {
                    return;
                }
                Message::with("layout-found-frame", "size", format!("{} × {}", rounded(wide), rounded(high)))
            }
            (Some(_), None) => return,
        };
        self.add(mark.part, Aspect::Frame, Spot::row(row), vec![asked], vec![found]);
    }

    /// What bears a mark of state secrets may not be on a networked system.
    fn secrecy(&mut self) {
        for page in &self.document.pages {
            let parts = page.rows.iter().flat_map(|row| row.cut(1.2));
            let marked = parts.into_iter().find_map(|part| {
                let marking = marking_in_lines([part.text().as_str()])?;
                Some((part, marking))
            });
            if let Some((row, marking)) = marked {
                let asked = vec![Message::from("layout-asked-not-secret")];
                let found = vec![Message::with("layout-found-secret", "level", marking.as_str())];
                return self.add(Part::Secrecy, Aspect::Marked, Spot::row(&row), asked, found);
            }
        }
    }
}
