use crate::pdf::Ref;

/// Why the bytes cannot be read as the PDF they claim to be.
///
/// Each case is an answer to "could not judge": reading on would need a guess, and another viewer may guess
/// differently.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PdfError {
    /// No `%PDF-` header near the start (ISO 32000-2 §7.5.2).
    #[error("this is not a PDF: the %PDF- header is missing")]
    NoHeader,
    /// No `startxref` near the end (ISO 32000-2 §7.5.5): truncated, or not a PDF.
    #[error("the end of the file is missing or damaged: no startxref")]
    NoStartXref,
    /// A cross-reference section is damaged; the file would have to be repaired first.
    #[error("the cross-reference section at byte {offset} is damaged: {reason}")]
    DamagedXref {
        /// Where the section should begin.
        offset: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The bytes at an offset are not the object syntax of ISO 32000-2 §7.3.
    #[error("bad object syntax at byte {offset}: {reason}")]
    Syntax {
        /// Where the parser stood.
        offset: usize,
        /// What it missed.
        reason: &'static str,
    },
    /// A cross-reference entry points to something else than the object it names.
    #[error("object {0} is not where the cross-reference table says")]
    Misplaced(Ref),
    /// A stream whose `/Length` does not lead to `endstream`.
    #[error("the stream at byte {0} has a wrong /Length")]
    StreamLength(usize),
    /// A stream filter that is unknown or whose data are damaged.
    #[error("cannot decode a stream: {0}")]
    Filter(&'static str),
    /// More data, objects or levels than any honest file has.
    #[error("the file exceeds a safety limit: {0}")]
    Limit(&'static str),
    /// The file is encrypted (ISO 32000-2 §7.6), not with the empty password, and no other was given.
    #[error("the file is encrypted and needs a password")]
    Encrypted,
    /// The password is neither the user's nor the owner's.
    #[error("the password does not open the file")]
    WrongPassword,
    /// The file is encrypted in a way this reader does not know, or that does not make sense.
    #[error("the file's encryption cannot be opened: {0}")]
    Encryption(&'static str),
    /// The cross-reference is damaged, and there is more than one way to repair it.
    #[error("the file is damaged, and repairing it would be a guess: {0}")]
    Repaired(&'static str),
    /// The bytes could not be had. This says nothing about the file.
    #[error("reading at byte {offset} failed: {reason}")]
    Io {
        /// Where the read began.
        offset: usize,
        /// What the source said.
        reason: String,
    },
    /// The document structure (catalog, page tree) lacks a required part.
    #[error("the document structure is broken: {0}")]
    Structure(&'static str),
}

impl PdfError {
    /// A short, stable name of the case, for reports that machines read.
    pub fn code(&self) -> &'static str {
        match self {
            PdfError::NoHeader => "not-a-pdf",
            PdfError::NoStartXref => "truncated",
            PdfError::DamagedXref { .. } => "damaged-xref",
            PdfError::Syntax { .. } => "damaged-object",
            PdfError::Misplaced(_) => "misplaced-object",
            PdfError::StreamLength(_) => "wrong-stream-length",
            PdfError::Filter(_) => "undecodable-stream",
            PdfError::Limit(_) => "limit-exceeded",
            PdfError::Encrypted => "encrypted",
            PdfError::Repaired(_) => "needs-repair",
            PdfError::WrongPassword => "wrong-password",
            PdfError::Encryption(_) => "unsupported-encryption",
            PdfError::Io { .. } => "not-readable",
            PdfError::Structure(_) => "broken-structure",
        }
    }
}
