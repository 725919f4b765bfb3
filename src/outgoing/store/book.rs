//! The register of outgoing documents, line by line.

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::OrganisationId;
use crate::outgoing::OutgoingId;
use crate::outgoing::rules::{Kind, State};
use crate::registers::printing::MOST_LINES;
use crate::registers::{NumberState, Part};
use crate::sql;

/// Recipients of one document that a line names; of more it says how many.
const NAMED: i64 = 12;

/// Which lines.
#[derive(Clone, Copy, Debug)]
pub struct Book<'a> {
    pub organisation: OrganisationId,
    pub part: Part,
    /// The first moment of the part, and the one after its last.
    pub period: (Timestamp, Timestamp),
    /// `None`: of every series.
    pub code: Option<&'a str>,
}

/// A number with the document that holds it, if one does.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct BookLine {
    pub number: i64,
    pub day: Timestamp,
    pub number_state: NumberState,
    pub reason: String,
    pub note: String,
    pub code: String,
    pub id: Option<OutgoingId>,
    pub kind: Option<Kind>,
    pub subject: String,
    pub symbol: Option<String>,
    pub copies: Option<i64>,
    pub others: Option<String>,
    pub state: Option<State>,
    pub signer: Option<String>,
    pub drafter: Option<String>,
    pub unit: Option<String>,
}

/// The numbers of a part, day by day; one more than a printing holds, to tell that there are more.
pub async fn book(tx: &mut Tx, wanted: Book<'_>) -> Result<Vec<BookLine>, db::Error> {
    let (from, to) = wanted.period;
    sql!(tx => fetch_all
        "SELECT n.number, n.day, n.state AS number_state, n.reason, n.note, s.code, o.id, o.kind,
                coalesce(o.subject, n.subject) AS subject, o.symbol, o.copies, o.others, o.state,
                signer.full_name AS signer, drafter.full_name AS drafter, unit.name AS unit
         FROM register_number n JOIN number_series s ON s.id = n.series_id
         LEFT JOIN outgoing_document o ON o.number_id = n.id
         LEFT JOIN person signer ON signer.id = o.signer_id LEFT JOIN person drafter ON drafter.id = o.drafter_id
         LEFT JOIN unit ON unit.id = drafter.unit_id
         WHERE s.organisation_id = $1 AND s.kind = 'outgoing' AND s.year = $2 AND ($3 OR s.code = $4)
           AND n.day >= $5 AND n.day < $6 AND n.number >= $7 AND n.number <= $8
         ORDER BY n.day, s.code, n.number LIMIT $9" as BookLine,
        wanted.organisation, wanted.part.year, wanted.code.is_none(), wanted.code.unwrap_or_default(), from, to,
        wanted.part.first, wanted.part.last, MOST_LINES + 1)
}

/// A recipient of a document, and how many it has.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct NamedRecipient {
    pub outgoing_id: OutgoingId,
    pub name: String,
    pub total: i64,
}

/// Whom the documents of the same part went to, by name or address.
pub async fn book_recipients(tx: &mut Tx, wanted: Book<'_>) -> Result<Vec<NamedRecipient>, db::Error> {
    let (from, to) = wanted.period;
    sql!(tx => fetch_all
        "SELECT outgoing_id, name, total FROM (
             SELECT r.outgoing_id, coalesce(body.name, r.address) AS name,
                    row_number() OVER (PARTITION BY r.outgoing_id ORDER BY r.id) AS place,
                    count(*) OVER (PARTITION BY r.outgoing_id) AS total
             FROM number_series s JOIN register_number n ON n.series_id = s.id
             JOIN outgoing_document o ON o.number_id = n.id JOIN outgoing_recipient r ON r.outgoing_id = o.id
             LEFT JOIN organisation body ON body.id = r.organisation_id
             WHERE s.organisation_id = $1 AND s.kind = 'outgoing' AND s.year = $2 AND ($3 OR s.code = $4)
               AND n.day >= $5 AND n.day < $6 AND n.number >= $7 AND n.number <= $8) AS named
         WHERE place <= $9 ORDER BY outgoing_id, place" as NamedRecipient,
        wanted.organisation, wanted.part.year, wanted.code.is_none(), wanted.code.unwrap_or_default(), from, to,
        wanted.part.first, wanted.part.last, NAMED)
}
