use serde::Serialize;

use crate::Letterhead;

/// The routing slip of an incoming document (phiếu giải quyết văn bản đến) as
/// decree 30/2020/NĐ-CP, annex IV lays it out. Nobody signs it: it repeats what
/// the system has on record.
#[derive(Clone, Debug, Serialize)]
pub struct RoutingSlip {
    /// A red line on top of every page, for what is not a real document.
    pub banner: Option<String>,
    /// Who deals with the document, and when it was registered.
    pub letterhead: Letterhead,
    /// "Phiếu giải quyết văn bản đến".
    pub title: String,
    /// The document it is about.
    pub about: Vec<SlipLine>,
    /// The leader's, the unit's and the worker's words.
    pub sections: Vec<SlipSection>,
    /// That it comes from the system and when, at the foot of every page.
    pub mark: String,
}

/// Something known of the document.
#[derive(Clone, Debug, Serialize)]
pub struct SlipLine {
    pub label: String,
    pub value: String,
}

/// What people of one rank said.
#[derive(Clone, Debug, Serialize)]
pub struct SlipSection {
    pub title: String,
    /// Empty: room to write by hand is left.
    pub remarks: Vec<SlipRemark>,
}

/// One direction, assignment or report.
#[derive(Clone, Debug, Serialize)]
pub struct SlipRemark {
    pub what: String,
    /// What was written, line by line.
    pub lines: Vec<String>,
    /// Who and when.
    pub by: String,
}
