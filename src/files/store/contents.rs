//! Which documents lie in which file.

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::files::{PlacementId, WorkFileId};
use crate::identity::PersonId;
use crate::incoming::{self, IncomingId};
use crate::outgoing::{self, OutgoingId};
use crate::sql;

/// The document that lies in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    Outgoing(OutgoingId),
    Incoming(IncomingId),
}

impl Of {
    fn columns(self) -> (Option<OutgoingId>, Option<IncomingId>) {
        match self {
            Self::Outgoing(id) => (Some(id), None),
            Self::Incoming(id) => (None, Some(id)),
        }
    }
}

/// Puts a document in a file. False: it lies there already.
pub async fn insert_placement(
    tx: &mut Tx,
    file: WorkFileId,
    of: Of,
    by: PersonId,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let (outgoing, incoming) = of.columns();
    let made = sql!(tx => execute
        "INSERT INTO work_file_document (id, file_id, outgoing_id, incoming_id, put_in_by, put_in_at, reason)
         VALUES ($1, $2, $3, $4, $5, $6, '') ON CONFLICT DO NOTHING",
        PlacementId::new(), file, outgoing, incoming, by, now)?;
    Ok(made == 1)
}

/// The document at a place of a file, while it lies there.
pub async fn placement(tx: &mut Tx, file: WorkFileId, id: PlacementId) -> Result<Option<Of>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT outgoing_id, incoming_id FROM work_file_document
         WHERE id = $1 AND file_id = $2 AND taken_out_at IS NULL" as (Option<OutgoingId>, Option<IncomingId>), id, file)?;
    Ok(row.and_then(|(outgoing, incoming)| outgoing.map(Of::Outgoing).or(incoming.map(Of::Incoming))))
}

/// Takes a document out; the row says why. False: it does not lie there any more.
pub async fn take_out(
    tx: &mut Tx,
    id: PlacementId,
    (by, reason): (PersonId, &str),
    now: Timestamp,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE work_file_document SET taken_out_by = $2, taken_out_at = $3, reason = $4
         WHERE id = $1 AND taken_out_at IS NULL", id, by, now, reason)?;
    Ok(changed == 1)
}

/// The files a document lies in: id, year, number and symbol, title.
pub async fn files_of(tx: &mut Tx, of: Of) -> Result<Vec<(WorkFileId, i64, String, String)>, db::Error> {
    let (outgoing, incoming) = of.columns();
    sql!(tx => fetch_all
        "SELECT f.id, f.year, f.notation, f.title FROM work_file_document d JOIN work_file f ON f.id = d.file_id
         WHERE (d.outgoing_id = $1 OR d.incoming_id = $2) AND d.taken_out_at IS NULL
         ORDER BY d.put_in_at, d.id" as (WorkFileId, i64, String, String), outgoing, incoming)
}

/// Number and symbol of the files a document lies in, a semicolon between.
pub async fn notations_of(tx: &mut Tx, of: Of) -> Result<String, db::Error> {
    let files = files_of(tx, of).await?;
    Ok(files.into_iter().map(|(.., notation, _)| notation).collect::<Vec<_>>().join("; "))
}

/// The open file this person put a document in last.
pub async fn latest_for(tx: &mut Tx, person: PersonId) -> Result<Option<WorkFileId>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT d.file_id FROM work_file_document d JOIN work_file f ON f.id = d.file_id
         WHERE d.put_in_by = $1 AND f.state = 'open' ORDER BY d.put_in_at DESC, d.id DESC LIMIT 1"
        as (WorkFileId,), person)?;
    Ok(row.map(|(file,)| file))
}

/// A document of a file, as its table of contents names it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Paper {
    pub id: PlacementId,
    pub outgoing_id: Option<OutgoingId>,
    pub incoming_id: Option<IncomingId>,
    pub kind: Option<outgoing::rules::Kind>,
    pub number: Option<i64>,
    /// Behind the number of an outgoing document; number and symbol of an incoming one.
    pub symbol: String,
    pub dated_on: Option<Timestamp>,
    pub sender: Option<String>,
    pub subject: String,
    pub pages: i64,
    pub outgoing_state: Option<outgoing::rules::State>,
    pub incoming_state: Option<incoming::rules::State>,
    pub put_in_by: String,
    pub put_in_at: Timestamp,
}

impl Paper {
    /// Which document it is.
    pub fn of(&self) -> Option<Of> {
        self.outgoing_id.map(Of::Outgoing).or(self.incoming_id.map(Of::Incoming))
    }
}

/// What lies in a file, in the order of the documents' dates.
pub async fn contents(tx: &mut Tx, file: WorkFileId) -> Result<Vec<Paper>, db::Error> {
    sql!(tx => fetch_all
        "SELECT d.id, d.outgoing_id, d.incoming_id, o.kind, n.number, coalesce(o.symbol, i.symbol) AS symbol,
                coalesce(n.day, i.dated_on, i.registered_at) AS dated_on, i.sender,
                coalesce(o.subject, i.subject) AS subject, coalesce(ov.pages, iv.pages, 0) AS pages,
                o.state AS outgoing_state, i.state AS incoming_state, person.full_name AS put_in_by, d.put_in_at
         FROM work_file_document d JOIN person ON person.id = d.put_in_by
         LEFT JOIN outgoing_document o ON o.id = d.outgoing_id
         LEFT JOIN register_number n ON n.id = o.number_id
         LEFT JOIN paper_version ov ON ov.paper_id = o.paper_id AND ov.number = o.edition
         LEFT JOIN incoming_document i ON i.id = d.incoming_id
         LEFT JOIN paper_version iv ON iv.id = i.version_id
         WHERE d.file_id = $1 AND d.taken_out_at IS NULL
         ORDER BY coalesce(n.day, i.dated_on, i.registered_at), d.put_in_at, d.id" as Paper, file)
}
