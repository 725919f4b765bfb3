use jiff::civil::Date;
use serde::{Serialize, Serializer};

use crate::words;

/// The upper part of page one: who issues, under which number, where and when.
///
/// Names are given in ordinary letters ("Ủy ban nhân dân xã Quế Sơn"); the
/// form writes capitals where the decree wants them.
#[derive(Clone, Debug, Serialize)]
pub struct Letterhead {
    /// The body above the issuing one (cơ quan chủ quản), if the form names it.
    pub parent_body: Option<String>,
    /// The issuing body (cơ quan ban hành).
    pub issuing_body: String,
    /// "Số: 12/GM-UBND"; none leaves the line out.
    pub number_line: Option<NumberLine>,
    /// "Quế Sơn, ngày 05 tháng 02 năm 2026"; none leaves the line out, as the
    /// decree's form of minutes does.
    pub place_line: Option<PlaceLine>,
}

/// Number and symbol of a document.
#[derive(Clone, Debug)]
pub struct NumberLine {
    /// None leaves a blank for the registry to fill.
    pub number: Option<u32>,
    /// The part behind the slash: "GM-UBND".
    pub symbol: String,
}

/// Place and date of a document.
#[derive(Clone, Debug)]
pub struct PlaceLine {
    /// The name of the place without its kind: "Quế Sơn".
    pub place: String,
    /// None leaves blanks for the registry to fill.
    pub date: Option<Date>,
}

/// The person in the signature block.
#[derive(Clone, Debug, Serialize)]
pub struct Signer {
    /// Authority and office, a line each: "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH".
    pub capacity: Vec<String>,
    /// Full name, without degrees and honours.
    pub name: String,
}

/// One point of a meeting's agenda.
#[derive(Clone, Debug, Serialize)]
pub struct AgendaItem {
    /// What it is about.
    pub title: String,
    /// The person or unit that presents it.
    pub presenter: Option<String>,
}

impl Serialize for NumberLine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = self.number.map_or_else(|| BLANK.to_owned(), words::number);
        serializer.serialize_str(&format!("Số: {number}/{}", self.symbol))
    }
}

impl Serialize for PlaceLine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let date =
            self.date.map_or_else(|| format!("ngày {BLANK} tháng {BLANK} năm {BLANK}"), words::long_date);
        serializer.serialize_str(&format!("{}, {date}", self.place))
    }
}

/// Room for a hand or a stamp to fill: no-break spaces, which are neither
/// stretched nor broken at.
const BLANK: &str = "\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}";
