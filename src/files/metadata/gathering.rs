//! What is known of a file and of its documents, from the features that keep them.

use super::{Document, FileCode, Folder, Place, SignerInfo, To, Way};
use crate::db::{self, Tx};
use crate::files::actions::{FileError, LANGUAGE};
use crate::files::store::{self, Of, Paper, WorkFile};
use crate::identity::store::Organisation;
use crate::identity::{self, Actor};
use crate::incoming::rules::{Act, parts_of_symbol};
use crate::incoming::store::{CourseLine, Document as Incoming};
use crate::incoming::{self, IncomingId};
use crate::lights::Light;
use crate::outgoing::rules::Kind;
use crate::outgoing::store::Outgoing;
use crate::outgoing::{self, OutgoingId};
use crate::registers::{self, printed};
use crate::storage::Hash;
use crate::web::Lang;
use crate::{papers, signing};

/// Who reads, and whether they read whatever the office keeps.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    pub actor: &'a Actor,
    pub office: &'a Organisation,
    pub reads_all: bool,
}

/// A document, and its stored files: title and hash, the document itself first.
#[derive(Clone, Debug)]
pub struct Stored {
    pub document: Document,
    /// Number and symbol as people write them.
    pub symbol: String,
    pub files: Vec<(String, Hash)>,
}

/// A file with these documents in it.
pub async fn folder(
    tx: &mut Tx,
    office: &Organisation,
    file: &WorkFile,
    papers: &[Paper],
) -> Result<Folder, db::Error> {
    let keeper = identity::store::person(tx, file.organisation_id, file.keeper_id).await?;
    let first = papers.iter().filter_map(|paper| paper.dated_on).min();
    Ok(Folder {
        code: FileCode {
            organ_id: office.code.clone(),
            catalog: Some(file.year),
            notation: file.notation.clone(),
        },
        title: file.title.clone(),
        maintenance: file.retention.legal_name(),
        rights: file.access.legal_name(),
        creator: keeper.map(|keeper| keeper.full_name).unwrap_or_default(),
        language: file.language.clone(),
        // A document may be older than the file it was put into.
        start_date: file.opened_at.into_iter().chain(first).min(),
        end_date: file.closed_at,
        doc_total: papers.len(),
        page_total: papers.iter().map(|paper| paper.pages).sum(),
        description: file.note.clone(),
    })
}

/// Where a document lies; in no file yet, a place of which only the office is known.
pub async fn places(tx: &mut Tx, office: &Organisation, of: Of) -> Result<Vec<Place>, db::Error> {
    let code = |catalog, notation| FileCode { organ_id: office.code.clone(), catalog, notation };
    let mut places = Vec::new();
    for (id, year, notation, _) in store::files_of(tx, of).await? {
        let papers = store::contents(tx, id).await?;
        let at = (1..).zip(&papers).find(|(_, paper)| paper.of() == Some(of));
        places.push(Place { code: code(Some(year), notation), ordinal: at.map(|(ordinal, _)| ordinal) });
    }
    if places.is_empty() {
        places.push(Place { code: code(None, String::new()), ordinal: None });
    }
    Ok(places)
}

/// An outgoing document with its number.
pub async fn outgoing(
    tx: &mut Tx,
    reader: Reader<'_>,
    id: OutgoingId,
    places: Vec<Place>,
) -> Result<Stored, FileError> {
    let office = reader.office;
    let document = match reader.reads_all {
        true => outgoing::store::outgoing(tx, office.id, id).await?.ok_or(FileError::NotFound)?,
        false => outgoing::actions::find(tx, reader.actor, id).await?,
    };
    let files = files_of_outgoing(tx, &document).await?;
    let signer = identity::store::person(tx, office.id, document.signer_id).await?;
    let version = papers::latest_version(tx, office.id, document.paper_id).await?;
    let described = Document {
        places,
        type_name: document.kind.legal_name().to_owned(),
        code_number: document.number.map(printed).unwrap_or_default(),
        code_notation: document.symbol.clone(),
        issued_date: document.day,
        organ_name: office.name.clone(),
        subject: document.subject.clone(),
        language: LANGUAGE.to_owned(),
        pages: version.map(|version| version.pages).unwrap_or_default(),
        description: registers::store::note_of(tx, &format!("outgoing:{id}")).await?,
        signer: signer
            .map(|signer| SignerInfo { position: signer.position, full_name: signer.full_name })
            .unwrap_or_default(),
        priority: document.priority.number(),
        due_date: document.answer_by,
        way: Way::Outgoing {
            to: recipients(tx, id, &document.others).await?,
            issued_amount: document.copies,
        },
        enclosed: Vec::new(),
    };
    Ok(Stored { document: described, symbol: document.number_and_symbol(), files })
}

/// The signed file, then its attachments with their seals; nothing before it has a number.
async fn files_of_outgoing(tx: &mut Tx, document: &Outgoing) -> Result<Vec<(String, Hash)>, FileError> {
    let signed = document.document_id.filter(|_| document.number.is_some()).ok_or(FileError::NoNumber)?;
    let signed = signing::status(tx, signed).await?.ok_or(FileError::NoNumber)?;
    let mut files = vec![(document.subject.clone(), signed.sha256)];
    for attachment in outgoing::store::attachments(tx, document.id).await? {
        files.push((attachment.title.clone(), attachment.newest().0));
    }
    Ok(files)
}

async fn recipients(tx: &mut Tx, id: OutgoingId, others: &str) -> Result<Vec<To>, db::Error> {
    let sent_to = outgoing::recipients_of(tx, id).await?;
    let mut to: Vec<To> = sent_to.into_iter().map(|one| To { organ_id: one.code, name: one.name }).collect();
    to.extend(others.lines().map(|name| To { organ_id: String::new(), name: name.to_owned() }));
    Ok(to)
}

/// An incoming document that was registered.
pub async fn incoming(
    tx: &mut Tx,
    reader: Reader<'_>,
    id: IncomingId,
    places: Vec<Place>,
) -> Result<Stored, FileError> {
    let office = reader.office;
    let document = match reader.reads_all {
        true => incoming::store::document(tx, office.id, id).await?.ok_or(FileError::NotFound)?,
        false => incoming::actions::find(tx, reader.actor, id).await?.document,
    };
    let files = files_of_incoming(tx, &document).await?;
    let version = papers::version(tx, office.id, document.version_id).await?;
    let (number, notation) = parts_of_symbol(&document.symbol);
    let kind = kind_of(tx, &document).await?;
    let described = Document {
        places,
        type_name: kind.map(Kind::legal_name).unwrap_or_default().to_owned(),
        code_number: number.to_owned(),
        code_notation: notation.to_owned(),
        issued_date: document.dated_on,
        organ_name: document.sender.clone(),
        subject: document.subject.clone(),
        language: LANGUAGE.to_owned(),
        pages: version.map(|version| version.pages).unwrap_or_default(),
        description: registers::store::note_of(tx, &format!("incoming:{id}")).await?,
        signer: SignerInfo {
            position: document.signer_position.clone(),
            full_name: document.signer_name.clone(),
        },
        priority: document.priority.number(),
        due_date: document.deadline,
        way: Way::Incoming {
            arrival_date: document.registered_at,
            arrival_number: document.arrival_number,
            to_places: places_of(tx, id).await?,
            trace: trace(incoming::store::course(tx, id).await?),
        },
        enclosed: Vec::new(),
    };
    Ok(Stored { document: described, symbol: document.symbol, files })
}

/// What its sender called it, where the sender is served here too; else what its symbol says.
async fn kind_of(tx: &mut Tx, document: &Incoming) -> Result<Option<Kind>, db::Error> {
    if let Some(dispatch) = document.dispatch_id
        && let Some(sent) = outgoing::store::dispatch(tx, document.organisation_id, dispatch).await?
    {
        return Ok(Some(sent.kind));
    }
    Ok(Kind::of_notation(parts_of_symbol(&document.symbol).1))
}

/// The file as it arrived, then what came with it; nothing before it is registered.
async fn files_of_incoming(tx: &mut Tx, document: &Incoming) -> Result<Vec<(String, Hash)>, FileError> {
    if document.arrival_number.is_none() {
        return Err(FileError::NoNumber);
    }
    let mut files = vec![(document.subject.clone(), document.sha256)];
    for (_, version, title) in incoming::store::attachments(tx, document.id).await? {
        let version = papers::version(tx, document.organisation_id, version).await?;
        files.push((title, version.ok_or(FileError::NotFound)?.sha256));
    }
    Ok(files)
}

/// The units and people it was given to.
async fn places_of(tx: &mut Tx, id: IncomingId) -> Result<String, db::Error> {
    let people = incoming::store::assignments(tx, id).await?;
    let mut places = Vec::new();
    for unit in incoming::store::units_of(tx, id).await? {
        let own = people.iter().filter(|one| one.unit_id == unit.unit_id).map(|one| one.full_name.clone());
        places.extend(std::iter::once(unit.name).chain(own));
    }
    Ok(places.join("; "))
}

/// Directions, remarks and states, a line each.
fn trace(course: Vec<CourseLine>) -> String {
    let line = |one: CourseLine| {
        let act = Lang::Vi.t(&format!("incoming-act-{}", one.act.as_str()));
        let note = match (one.act, one.note.parse::<Light>()) {
            (Act::Verify, Ok(light)) => {
                Lang::Vi.t(light.badge().map_or("incoming-unsigned", |badge| badge.word))
            }
            _ => one.note.replace('\n', ", "),
        };
        format!("{}; {}; {act}; {note}", one.done_at.date_time(), one.full_name)
    };
    course.into_iter().map(line).collect::<Vec<_>>().join("\n")
}
