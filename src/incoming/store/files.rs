//! SQL on what came with a document.

use crate::db::{self, Tx};
use crate::identity::OrganisationId;
use crate::incoming::IncomingId;
use crate::outgoing::DispatchId;
use crate::papers::{PaperId, VersionId};
use crate::sql;

/// What was made of a dispatch, if it came to the door.
pub async fn of_dispatch(
    tx: &mut Tx,
    organisation: OrganisationId,
    dispatch: DispatchId,
) -> Result<Option<IncomingId>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT id FROM incoming_document WHERE organisation_id = $1 AND dispatch_id = $2" as (IncomingId,),
        organisation, dispatch)?;
    Ok(row.map(|(id,)| id))
}

pub async fn attach(tx: &mut Tx, id: IncomingId, paper: PaperId, file: VersionId) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO incoming_attachment (document_id, paper_id, version_id) VALUES ($1, $2, $3)", id, paper, file)?;
    Ok(())
}

/// The files that came with a document: paper, file and title, as they were sent.
pub async fn attachments(
    tx: &mut Tx,
    id: IncomingId,
) -> Result<Vec<(PaperId, VersionId, String)>, db::Error> {
    sql!(tx => fetch_all
        "SELECT a.paper_id, a.version_id, paper.title FROM incoming_attachment a
         JOIN paper ON paper.id = a.paper_id
         WHERE a.document_id = $1 ORDER BY a.paper_id" as (PaperId, VersionId, String), id)
}
