//! Columns, a month each: drawn by the server, so that the oldest tablet shows
//! them. The same numbers stand in a table beside them.

use crate::indicators::actions::Table;
use crate::indicators::rules::Indicator;

/// Units of the drawing; it is stretched to the place it gets.
const HEIGHT: i64 = 100;
const STEP: i64 = 12;
const WIDTH: i64 = 8;
/// So much is drawn of a share above zero that would not be seen.
const LEAST: i64 = 2;

/// A chart with a column for each month.
#[derive(Clone, Debug)]
pub struct Columns {
    pub width: i64,
    pub columns: Vec<Column>,
    /// Where the target's line lies.
    pub line: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct Column {
    pub x: i64,
    pub y: i64,
    pub width: i64,
    pub height: i64,
    /// Below the target.
    pub is_low: bool,
}

impl Columns {
    pub fn of(indicator: Indicator, table: &Table, target: Option<i64>) -> Self {
        let figures: Vec<_> = table.lines.iter().map(|line| line.figures.of(indicator)).collect();
        let most = figures.iter().map(|figure| figure.part).max().unwrap_or_default().max(1);
        let columns = (0..).zip(&figures).map(|(index, figure)| {
            let height = if indicator.is_count() {
                figure.part * HEIGHT / most
            } else {
                figure.permille().unwrap_or_default().min(1_000) * HEIGHT / 1_000
            };
            let height = if figure.part > 0 { height.max(LEAST) } else { height };
            let is_low = target.and_then(|target| figure.reaches(target)) == Some(false);
            Column { x: index * STEP, y: HEIGHT - height, width: WIDTH, height, is_low }
        });
        Self {
            width: i64::try_from(figures.len()).unwrap_or_default() * STEP - (STEP - WIDTH),
            columns: columns.collect(),
            line: target.map(|target| HEIGHT - target * HEIGHT / 100),
        }
    }
}
