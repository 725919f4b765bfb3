//! The register of copies, line by line.

use crate::clock::Timestamp;
use crate::copies::rules::{Form, State};
use crate::db::{self, Tx};
use crate::identity::OrganisationId;
use crate::registers::printing::MOST_LINES;
use crate::registers::{NumberState, Part};
use crate::sql;

/// A number with the copy that holds it, if one does.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct BookLine {
    pub number: i64,
    pub day: Timestamp,
    pub number_state: NumberState,
    pub reason: String,
    pub note: String,
    pub code: String,
    pub symbol: Option<String>,
    pub form: Option<Form>,
    pub state: Option<State>,
    pub subject: String,
    pub source_symbol: Option<String>,
    pub source_day: Option<Timestamp>,
    pub source_issuer: Option<String>,
    pub pages: Option<String>,
    pub recipient: Option<String>,
    pub signer: Option<String>,
}

/// The numbers of a part, day by day; one more than a printing holds, to tell that there are more.
/// Without a code, of every form.
pub async fn book(
    tx: &mut Tx,
    organisation: OrganisationId,
    (part, (from, to)): (Part, (Timestamp, Timestamp)),
    code: Option<&str>,
) -> Result<Vec<BookLine>, db::Error> {
    sql!(tx => fetch_all
        "SELECT n.number, n.day, n.state AS number_state, n.reason, n.note, s.code, c.symbol, c.form, c.state,
                coalesce(c.source_subject, n.subject) AS subject, c.source_symbol, c.source_day, c.source_issuer,
                c.pages, c.recipient, signer.full_name AS signer
         FROM register_number n JOIN number_series s ON s.id = n.series_id
         LEFT JOIN copy_document c ON c.number_id = n.id LEFT JOIN person signer ON signer.id = c.signer_id
         WHERE s.organisation_id = $1 AND s.kind = 'copy' AND s.year = $2 AND ($3 OR s.code = $4)
           AND n.day >= $5 AND n.day < $6 AND n.number >= $7 AND n.number <= $8
         ORDER BY n.day, s.code, n.number LIMIT $9" as BookLine,
        organisation, part.year, code.is_none(), code.unwrap_or_default(), from, to, part.first, part.last,
        MOST_LINES + 1)
}
