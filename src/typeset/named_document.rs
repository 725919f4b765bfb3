use serde::Serialize;

use crate::{Letterhead, Signer};

/// A document with a name of its kind (văn bản có tên loại): report, submission,
/// plan, decision and the like. The decree's form with component 5a; or a letter
/// (công văn), which has component 5b instead: "V/v …" below its number.
#[derive(Clone, Debug, Serialize)]
pub struct NamedDocument {
    /// A red line on top of every page, for what is not a real document.
    pub banner: Option<String>,
    /// The upper part of page one.
    pub letterhead: Letterhead,
    /// The kind of document in ordinary letters ("Tờ trình"); the form writes
    /// capitals. Empty: a letter, which has no such name.
    pub type_name: String,
    /// The line under the title (trích yếu).
    pub subject: String,
    /// Who decides (thẩm quyền ban hành), above what a decision or a resolution
    /// rests on: "Chủ tịch Ủy ban nhân dân phường An Hải". The form writes capitals.
    pub issuer: Option<String>,
    /// To whom it is addressed ("Kính gửi"), a line each, without dash and
    /// semicolon. None leaves the line out.
    pub addressees: Vec<String>,
    /// What it rests on (căn cứ), a line each, without semicolon.
    pub bases: Vec<String>,
    /// What it says, in order. The closing "./." is the writer's.
    pub body: Vec<Block>,
    /// Who signs. The signature box is named `signer`.
    pub signer: Signer,
    /// Where copies go (nơi nhận), a line each, without dash and semicolon.
    pub recipients: Vec<String>,
    /// Where anyone can verify the signed document; becomes a QR code.
    pub verify_url: Option<String>,
}

/// A piece of a document's body.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// A paragraph. The number of an article it begins with ("Điều 1.") is bold.
    Paragraph(String),
    /// A heading with its number as written: "I. KẾT QUẢ", "Điều 1. Phạm vi".
    ///
    /// A part, chapter or section ("Chương I. Quy định chung") is centred with
    /// its title in capitals on a line of its own; so is what announces the
    /// articles ("QUYẾT ĐỊNH:").
    Heading(String),
    /// A bordered table. Its head is repeated on every page it runs over.
    Table {
        /// What the columns are called; may be empty.
        head: Vec<String>,
        /// Cells, row by row. A short row is filled up with empty cells; a
        /// long one adds columns. Beyond a dozen they get too narrow to read.
        rows: Vec<Vec<String>>,
    },
}
