//! Finding minutes and notices by the meeting they are of.

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::rules::fold;
use crate::identity::{Actor, OrgRole};
use crate::meetings::MeetingId;
use crate::signing::DocumentId;
use crate::sql;

/// What is left of one meeting.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Found {
    pub meeting_id: MeetingId,
    pub title: String,
    pub ended_at: Timestamp,
    /// Locked minutes, the corrections too.
    pub minutes: i64,
    /// The newest locked minutes, and whether both have signed them.
    pub minutes_document: Option<DocumentId>,
    pub minutes_state: Option<String>,
    pub notice_document: Option<DocumentId>,
    pub notice_state: Option<String>,
}

/// Meetings this person may know of that have locked minutes or a locked
/// notice, the newest first; `typed` is searched in their titles.
pub(super) async fn search(tx: &mut Tx, actor: &Actor, typed: &str) -> Result<Vec<Found>, db::Error> {
    let all = actor.is(OrgRole::Secretary) || actor.is(OrgRole::Auditor);
    sql!(tx => fetch_all
        "SELECT meeting.id AS meeting_id, meeting.title, coalesce(meeting.ended_at, meeting.ends_at) AS ended_at,
                (SELECT count(minutes.id) FROM minutes
                 WHERE minutes.meeting_id = meeting.id AND minutes.state = 'locked') AS minutes,
                newest.document_id AS minutes_document, minutes_document.state AS minutes_state,
                notice.document_id AS notice_document, notice_document.state AS notice_state
         FROM meeting
         LEFT JOIN minutes newest ON newest.meeting_id = meeting.id AND newest.state = 'locked'
              AND NOT EXISTS (SELECT later.id FROM minutes later WHERE later.meeting_id = meeting.id
                              AND later.state = 'locked' AND later.number > newest.number)
         LEFT JOIN signing_document minutes_document ON minutes_document.id = newest.document_id
         LEFT JOIN conclusion_notice notice ON notice.meeting_id = meeting.id AND notice.state = 'locked'
         LEFT JOIN signing_document notice_document ON notice_document.id = notice.document_id
         WHERE meeting.organisation_id = $1 AND (newest.id IS NOT NULL OR notice.id IS NOT NULL)
           AND (($3 AND $3) OR EXISTS (SELECT participant.person_id FROM participant
                                       WHERE participant.meeting_id = meeting.id AND participant.person_id = $2))
           AND meeting.folded_title LIKE '%' || $4 || '%'
         ORDER BY meeting.starts_at DESC, meeting.id DESC LIMIT 100" as Found,
        actor.organisation, actor.person, all, fold(typed))
}
