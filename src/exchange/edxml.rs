//! Messages as bodies of the State exchange them: edXML, the format of QCVN 102:2016/BTTTT.
//!
//! A message is either a document with its files, or word of how far one has
//! come. What we write follows the format strictly; what we read may leave out
//! prefixes, fields and the packing of files, as the systems in use do.

mod reading;
mod writing;

pub use self::reading::{Enclosed, ReadError, Received, read};
pub use self::writing::{Enclosure, letter, status, write_files};

use serde::{Deserialize, Serialize};

use super::rules::{Business, Report};
use crate::clock::Timestamp;

/// The namespace of the format.
pub const NAMESPACE: &str = "http://www.mic.gov.vn/TBT/QCVN_102_2016";

/// A body of the State, under its code (QĐ 20/2020/QĐ-TTg).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organ {
    pub code: String,
    pub name: String,
}

/// How a message names another one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// The code of the body that issued the document.
    pub organ: String,
    /// Number and notation: "15/QĐ-UBND".
    pub symbol: String,
    pub dated: Option<Timestamp>,
    pub document_id: String,
}

/// A document on its way from one body to others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    pub from: Organ,
    pub to: Vec<Organ>,
    /// The sender's name of the document: an id, or "H17.27,2026,15/QĐ-UBND".
    pub document_id: String,
    /// "15".
    pub number: String,
    /// "QĐ-UBND".
    pub notation: String,
    /// Where it was issued: "Đà Nẵng".
    pub place: String,
    /// The day it bears, as its first moment.
    pub dated: Option<Timestamp>,
    /// "Quyết định".
    pub kind: String,
    pub subject: String,
    /// "KT.", "TM."; empty: the head's own power.
    pub capacity: String,
    pub position: String,
    pub signer: String,
    /// Until when an answer is awaited.
    pub due: Option<Timestamp>,
    /// 0 none, 1 khẩn, 2 thượng khẩn, 3 hỏa tốc.
    pub priority: i64,
    pub copies: i64,
    /// What it answers.
    pub answers: Vec<Reference>,
    pub business: Business,
    /// Why it is taken back, corrected or replaced; empty otherwise.
    pub reason: String,
    /// The documents it replaces or corrects, by their senders' names of them.
    pub replaces: Vec<String>,
    pub sent_at: Timestamp,
}

impl Letter {
    /// "15/QĐ-UBND".
    pub fn symbol(&self) -> String {
        let parts = [self.number.as_str(), self.notation.as_str()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
    }

    /// A letter that says nothing yet of its document, nor who sends it.
    pub fn blank(to: Vec<Organ>, sent_at: Timestamp) -> Self {
        Self {
            from: Organ::default(),
            to,
            document_id: String::new(),
            number: String::new(),
            notation: String::new(),
            place: String::new(),
            dated: None,
            kind: String::new(),
            subject: String::new(),
            capacity: String::new(),
            position: String::new(),
            signer: String::new(),
            due: None,
            priority: 0,
            copies: 1,
            answers: Vec::new(),
            business: Business::New,
            reason: String::new(),
            replaces: Vec::new(),
            sent_at,
        }
    }
}

/// Word of how far a document has come at a body that received it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    pub about: Reference,
    pub from: Organ,
    pub report: Report,
    /// In the receiver's words, a reason for example.
    pub description: String,
    pub at: Timestamp,
}
