use jiff::civil::{DateTime, Time};
use serde::{Serialize, Serializer};

use crate::words;
use crate::{AgendaItem, Letterhead, Vote};

/// Minutes of a meeting (biên bản, BB).
///
/// The form writes down what it is given: it counts the names in the lists,
/// and judges nothing.
#[derive(Clone, Debug, Serialize)]
pub struct Minutes {
    /// A red line on top of every page, for what is not a real document.
    pub banner: Option<String>,
    /// The upper part of page one.
    pub letterhead: Letterhead,
    /// The line under the title (trích yếu).
    pub subject: String,
    /// A sentence that names the minutes which these correct.
    pub correction: Option<String>,
    /// When the meeting started.
    #[serde(serialize_with = "words::serialize_moment")]
    pub started_at: DateTime,
    /// When it ended.
    #[serde(serialize_with = "words::serialize_moment")]
    pub ended_at: DateTime,
    /// Where it was held.
    pub venue: String,
    /// I. Who was there.
    pub attendance: Attendance,
    /// II. What was planned.
    pub agenda: Vec<AgendaItem>,
    /// Breaks, and who ran the meeting instead of its chair; a sentence each.
    pub course: Vec<String>,
    /// III. What happened.
    pub proceedings: Vec<Proceeding>,
    /// IV. What was voted on.
    pub votes: Vec<Vote>,
    /// V. What the chair concluded, a paragraph each.
    pub conclusions: Vec<String>,
    /// Where copies go (nơi nhận), a line each, without dash and semicolon.
    pub recipients: Vec<String>,
    /// Where anyone can verify the signed minutes; becomes a QR code.
    pub verify_url: Option<String>,
}

/// Who was at a meeting, and who was not.
#[derive(Clone, Debug, Serialize)]
pub struct Attendance {
    /// How many members the body has.
    pub members_total: u32,
    /// Signs on the right. The signature box is named `chair`.
    pub chair: Person,
    /// Signs on the left. The signature box is named `secretary`.
    pub secretary: Person,
    /// The members who came, the chair too if a member.
    pub present: Vec<Present>,
    /// The members who did not.
    pub absent: Vec<Absent>,
    /// Those who came for an absent member.
    pub substitutes: Vec<Substitute>,
    /// Those invited from elsewhere.
    pub guests: Vec<Person>,
    /// A sentence on the quorum.
    pub quorum: Option<String>,
}

/// A person as the form names them.
#[derive(Clone, Debug, Serialize)]
pub struct Person {
    /// Full name, without degrees and honours.
    pub name: String,
    /// Office, or the body they come from; may be empty.
    pub position: String,
}

/// A member who came.
#[derive(Clone, Debug, Serialize)]
pub struct Present {
    /// Who.
    pub person: Person,
    /// When they checked in.
    #[serde(serialize_with = "words::serialize_short_time_option")]
    pub checked_in: Option<Time>,
    /// "Trực tuyến", "Đến muộn"; none for a person simply in the room.
    pub remark: Option<String>,
}

/// A member who did not come.
#[derive(Clone, Debug, Serialize)]
pub struct Absent {
    /// Who.
    pub person: Person,
    /// Why; none is written as absence without a reason.
    pub reason: Option<String>,
}

/// A person who came for a member.
#[derive(Clone, Debug, Serialize)]
pub struct Substitute {
    /// Who came.
    pub person: Person,
    /// For whom, name and office.
    pub instead_of: String,
}

/// What happened on one point of the agenda.
#[derive(Clone, Debug, Serialize)]
pub struct Proceeding {
    /// What it was about.
    pub title: String,
    /// The person or unit that presented it.
    pub presenter: Option<String>,
    /// When it began.
    #[serde(serialize_with = "words::serialize_time_option")]
    pub from: Option<Time>,
    /// When it was over.
    #[serde(serialize_with = "words::serialize_time_option")]
    pub to: Option<Time>,
    /// The papers that were before the meeting.
    pub papers: Vec<Paper>,
    /// Written opinions on the papers, with what was answered.
    pub opinions: Vec<String>,
    /// Who spoke, when and on what.
    pub speeches: Vec<String>,
    /// Who was questioned, and what was answered.
    pub questions: Vec<String>,
    /// What was said, a paragraph each.
    pub text: Vec<String>,
}

/// A paper that was before the meeting.
#[derive(Clone, Debug, Serialize)]
pub struct Paper {
    /// Its name.
    pub title: String,
    /// SHA-256 of its bytes in hexadecimal; the form shows the first sixteen
    /// digits.
    #[serde(serialize_with = "serialize_short_hash")]
    pub sha256: String,
}

fn serialize_short_hash<S: Serializer>(hash: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hash.chars().take(16).collect::<String>())
}
