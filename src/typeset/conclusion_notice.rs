use jiff::civil::Date;
use serde::Serialize;

use crate::{Letterhead, Signer, words};

/// Notice of conclusions (thông báo kết luận, TB).
///
/// Number and date are the register's: where the letterhead holds none, room
/// is left, and [`Placed::register_boxes`](crate::Placed::register_boxes) says
/// where.
#[derive(Clone, Debug, Serialize)]
pub struct ConclusionNotice {
    /// A red line on top of every page, for what is not a real document.
    pub banner: Option<String>,
    /// The upper part of page one.
    pub letterhead: Letterhead,
    /// The line under the title (trích yếu).
    pub subject: String,
    /// What stands before the conclusions, a paragraph each.
    pub opening: Vec<String>,
    /// What was concluded, in order; the form numbers them.
    pub conclusions: Vec<Conclusion>,
    /// What stands behind them, a paragraph each. The closing "./." is the writer's.
    pub closing: Vec<String>,
    /// Who signs. The signature box is named `signer`.
    pub signer: Signer,
    /// Where copies go (nơi nhận), a line each, without dash and semicolon.
    pub recipients: Vec<String>,
    /// Where anyone can verify the signed notice; becomes a QR code.
    pub verify_url: Option<String>,
}

/// One conclusion and who is to carry it out.
#[derive(Clone, Debug, Serialize)]
pub struct Conclusion {
    /// What was concluded, a paragraph each.
    pub text: Vec<String>,
    /// The unit that leads (đơn vị chủ trì).
    pub lead_unit: Option<String>,
    /// The units that help (đơn vị phối hợp).
    pub co_units: Vec<String>,
    /// The last day for it.
    #[serde(serialize_with = "words::serialize_date_option")]
    pub deadline: Option<Date>,
}
