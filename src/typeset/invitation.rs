use jiff::civil::DateTime;
use serde::Serialize;

use crate::words;
use crate::{AgendaItem, Letterhead, Signer};

/// An invitation to a meeting (giấy mời, GM).
#[derive(Clone, Debug, Serialize)]
pub struct Invitation {
    /// A red line on top of every page, for what is not a real document.
    pub banner: Option<String>,
    /// The upper part of page one.
    pub letterhead: Letterhead,
    /// The line under the title (trích yếu).
    pub subject: String,
    /// Who invites, as the sentence begins: "Ủy ban nhân dân xã Quế Sơn".
    pub inviter: String,
    /// Who is invited, a line each.
    pub invitees: Vec<String>,
    /// What they come to ("Tới dự …").
    pub occasion: String,
    /// Who chairs.
    pub chair: Option<String>,
    /// When the meeting starts.
    #[serde(serialize_with = "words::serialize_moment")]
    pub starts_at: DateTime,
    /// When it should end.
    #[serde(serialize_with = "words::serialize_moment_option")]
    pub ends_at: Option<DateTime>,
    /// Where: room and address, or how to join from afar.
    pub venue: String,
    /// What it is about, in order.
    pub agenda: Vec<AgendaItem>,
    /// Anything else the invited should know, a paragraph each.
    pub notes: Vec<String>,
    /// Who signs. The signature box is named `signer`.
    pub signer: Signer,
    /// Where copies go (nơi nhận), a line each, without dash and semicolon.
    pub recipients: Vec<String>,
    /// Where anyone can verify the signed document; becomes a QR code.
    pub verify_url: Option<String>,
}
