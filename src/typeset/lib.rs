//! Vietnamese official forms as PDF/A.
//!
//! A form is a struct with what the office wants to say; a [`Typesetter`]
//! makes pages of it as decree 30/2020/NĐ-CP lays them out, tagged for screen
//! readers, fonts embedded, ready to be signed. It reaches no file, network
//! or clock: fonts and the time of making are arguments, and the same
//! arguments give the same bytes.
//!
//! ```no_run
//! use jiff::civil::date;
//! use typeset::{Fonts, Invitation, Letterhead, Making, NumberLine, PlaceLine, Signer, Typesetter};
//!
//! # fn font_files() -> Vec<Vec<u8>> { Vec::new() }
//! let typesetter = Typesetter::new(Fonts::new(font_files())?);
//! let invitation = Invitation {
//!     banner: None,
//!     letterhead: Letterhead {
//!         parent_body: Some("Ủy ban nhân dân thành phố Đà Nẵng".into()),
//!         issuing_body: "Ủy ban nhân dân xã Quế Sơn".into(),
//!         number_line: Some(NumberLine { number: Some(12), symbol: "GM-UBND".into() }),
//!         place_line: Some(PlaceLine { place: "Quế Sơn".into(), date: Some(date(2026, 11, 2)) }),
//!     },
//!     subject: "Họp Ủy ban nhân dân xã tháng 11 năm 2026".into(),
//!     inviter: "Ủy ban nhân dân xã Quế Sơn".into(),
//!     invitees: vec!["Các thành viên Ủy ban nhân dân xã".into()],
//!     occasion: "Phiên họp thường kỳ tháng 11 năm 2026".into(),
//!     chair: Some("Ông Nguyễn Văn An, Chủ tịch Ủy ban nhân dân xã".into()),
//!     starts_at: date(2026, 11, 5).at(8, 0, 0, 0),
//!     ends_at: None,
//!     venue: "Phòng họp số 1, trụ sở Ủy ban nhân dân xã".into(),
//!     agenda: Vec::new(),
//!     notes: Vec::new(),
//!     signer: Signer {
//!         capacity: vec!["TM. ỦY BAN NHÂN DÂN".into(), "CHỦ TỊCH".into()],
//!         name: "Nguyễn Văn An".into(),
//!     },
//!     recipients: vec!["Như trên".into(), "Lưu: VT".into()],
//!     verify_url: None,
//! };
//! let making = Making {
//!     ident: "invitation 0197".into(),
//!     made_at: "2026-11-02T01:30:00Z".parse()?,
//!     author: "Ủy ban nhân dân xã Quế Sơn".into(),
//! };
//! let placed = typesetter.invitation(&invitation, &making)?;
//! // A visible signature goes here: /Rect [x y x+w y+h] on this page.
//! let signer = placed.signature_boxes.iter().find(|space| space.name == "signer");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod clean;
mod conclusion_notice;
mod error;
mod fonts;
mod invitation;
mod letterhead;
mod minutes;
mod named_document;
mod qr;
mod register_book;
mod routing_slip;
mod signature_box;
mod typesetter;
mod verification_report;
mod vote;
mod words;
mod world;

pub use conclusion_notice::{Conclusion, ConclusionNotice};
pub use error::TypesetError;
pub use fonts::Fonts;
pub use invitation::Invitation;
pub use letterhead::{AgendaItem, Letterhead, NumberLine, PlaceLine, Signer};
pub use minutes::{Absent, Attendance, Minutes, Paper, Person, Present, Proceeding, Substitute};
pub use named_document::{Block, NamedDocument};
pub use register_book::{RegisterBook, RegisterColumn};
pub use routing_slip::{RoutingSlip, SlipLine, SlipRemark, SlipSection};
pub use signature_box::SignatureBox;
pub use typesetter::{Making, Placed, Typesetter};
pub use verification_report::{ReportSection, VerificationReport};
pub use vote::{Vote, VoteOption};
