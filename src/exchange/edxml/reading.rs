//! A message as it came: whatever a stranger wrote, within limits.

use std::borrow::Cow;
use std::io::{Cursor, Read};

use openssl::base64::decode_block;
use roxmltree::{Document, Node, ParsingOptions};
use zip::ZipArchive;

use super::{Letter, Organ, Reference, Status};
use crate::clock::Timestamp;
use crate::exchange::rules::{Business, Report};
use crate::identity::rules::clean_line;

/// Elements, attributes and texts in one message; a real one has some hundreds.
const MOST_NODES: u32 = 20_000;
/// Files of one message.
const MOST_FILES: usize = 200;
/// Longest text of a field, in characters: that of a subject (annex VI).
const LONGEST: usize = 500;

/// What a message turned out to be.
#[derive(Clone, Debug)]
pub enum Received {
    Letter(Box<Letter>, Vec<Enclosed>),
    Status(Status),
}

/// A file of a letter, unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enclosed {
    pub name: String,
    pub bytes: Vec<u8>,
}

#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("the message is not text in UTF-8")]
    Encoding(#[from] std::str::Utf8Error),
    #[error("the message is not well-formed XML, or declares entities")]
    Xml(#[from] roxmltree::Error),
    #[error("{0} is missing, or cannot be read")]
    Field(&'static str),
    #[error("there are more than {MOST_FILES} files")]
    ManyFiles,
    #[error("the file {0:?} cannot be unpacked")]
    File(String),
    #[error("the files are larger than {limit} bytes")]
    Large { limit: u64 },
}

/// Reads a message whose files may have `limit` bytes together.
///
/// A document type is refused, and with it every entity: none can name a file
/// of this machine or grow without end.
pub fn read(message: &[u8], limit: u64) -> Result<Received, ReadError> {
    let text = std::str::from_utf8(message.strip_prefix(b"\xef\xbb\xbf").unwrap_or(message))?;
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options)?;
    let root = document.root_element();
    let header = find(root, "edXMLHeader").ok_or(ReadError::Field("edXMLHeader"))?;
    if let Some(status) = child(header, "Status") {
        return Ok(Received::Status(read_status(status)?));
    }
    let message = child(header, "MessageHeader").ok_or(ReadError::Field("MessageHeader"))?;
    let letter = read_letter(message, child(header, "TraceHeaderList"))?;
    Ok(Received::Letter(Box::new(letter), read_files(root, limit)?))
}

fn read_letter(header: Node<'_, '_>, trace: Option<Node<'_, '_>>) -> Result<Letter, ReadError> {
    let from = child(header, "From").map(organ).unwrap_or_default();
    let document_id = text(header, &["DocumentId"]);
    if from.code.is_empty() {
        return Err(ReadError::Field("From/OrganId"));
    }
    if document_id.is_empty() {
        return Err(ReadError::Field("DocumentId"));
    }
    let business = trace.and_then(|trace| find(trace, "Bussiness").or_else(|| find(trace, "Business")));
    let told = |field: &str| business.map(|business| text(business, &[field])).unwrap_or_default();
    let subject = text(header, &["Subject"]);
    Ok(Letter {
        from,
        to: children(header, "To").map(organ).collect(),
        document_id,
        number: text(header, &["Code", "CodeNumber"]),
        notation: text(header, &["Code", "CodeNotation"]),
        place: text(header, &["PromulgationInfo", "Place"]),
        dated: day(&text(header, &["PromulgationInfo", "PromulgationDate"])),
        kind: text(header, &["DocumentType", "TypeName"]),
        subject: if subject.is_empty() { text(header, &["Content"]) } else { subject },
        capacity: text(header, &["SignerInfo", "Competence"]),
        position: text(header, &["SignerInfo", "Position"]),
        signer: text(header, &["SignerInfo", "FullName"]),
        due: day(&text(header, &["DueDate"])),
        // Some systems count a fourth: hỏa tốc at a set hour.
        priority: text(header, &["OtherInfo", "Priority"]).parse::<i64>().unwrap_or(0).clamp(0, 3),
        copies: text(header, &["OtherInfo", "PromulgationAmount"]).parse().unwrap_or(1),
        answers: children(header, "ResponseFor").map(reference).collect(),
        business: Business::of_number(&told("BussinessDocType"))
            .ok_or(ReadError::Field("BussinessDocType"))?,
        reason: told("BussinessDocReason"),
        replaces: business.map(replaced).unwrap_or_default(),
        sent_at: trace.and_then(sent_at).unwrap_or(Timestamp::from_micros(0)),
    })
}

/// The documents it says it replaces.
fn replaced(business: Node<'_, '_>) -> Vec<String> {
    let all = business.descendants().filter(|node| is(*node, "ReplacementInfo"));
    all.map(|info| text(info, &["DocumentId"])).filter(|id| !id.is_empty()).collect()
}

fn sent_at(trace: Node<'_, '_>) -> Option<Timestamp> {
    moment(&text(find(trace, "TraceHeader")?, &["Timestamp"]))
}

fn read_status(status: Node<'_, '_>) -> Result<Status, ReadError> {
    let from = child(status, "From").map(organ).unwrap_or_default();
    if from.code.is_empty() {
        return Err(ReadError::Field("Status/From/OrganId"));
    }
    Ok(Status {
        about: child(status, "ResponseFor").map(reference).ok_or(ReadError::Field("Status/ResponseFor"))?,
        from,
        report: Report::of_code(&text(status, &["StatusCode"])).ok_or(ReadError::Field("StatusCode"))?,
        description: text(status, &["Description"]),
        at: moment(&text(status, &["Timestamp"])).unwrap_or(Timestamp::from_micros(0)),
    })
}

fn organ(node: Node<'_, '_>) -> Organ {
    Organ { code: text(node, &["OrganId"]), name: text(node, &["OrganName"]) }
}

fn reference(node: Node<'_, '_>) -> Reference {
    Reference {
        organ: text(node, &["OrganId"]),
        symbol: text(node, &["Code"]),
        dated: day(&text(node, &["PromulgationDate"])),
        document_id: text(node, &["DocumentId"]),
    }
}

/// The files, in the order of the message, whatever the manifest says of them.
fn read_files(root: Node<'_, '_>, limit: u64) -> Result<Vec<Enclosed>, ReadError> {
    let Some(list) = find(root, "AttachmentEncoded") else { return Ok(Vec::new()) };
    let mut files = Vec::new();
    let mut left = limit;
    for attachment in children(list, "Attachment") {
        if files.len() == MOST_FILES {
            return Err(ReadError::ManyFiles);
        }
        let name = text(attachment, &["AttachmentName"]);
        let encoded =
            child(attachment, "ContentTransferEncoded").and_then(|node| node.text()).unwrap_or_default();
        let file = unpacked(name, encoded, left).map_err(|refused| match refused {
            Refused::Large => ReadError::Large { limit },
            Refused::Broken(name) => ReadError::File(name),
        })?;
        left = left.saturating_sub(file.bytes.len() as u64);
        files.push(file);
    }
    Ok(files)
}

enum Refused {
    Large,
    Broken(String),
}

fn unpacked(name: String, encoded: &str, limit: u64) -> Result<Enclosed, Refused> {
    let dense: String = encoded.split_ascii_whitespace().collect();
    // Three quarters of it: before the bytes are there, not after.
    if dense.len() as u64 / 4 * 3 > limit.saturating_add(3) {
        return Err(Refused::Large);
    }
    let Ok(bytes) = decode_block(&dense) else { return Err(Refused::Broken(name)) };
    match packed(&bytes, limit)? {
        Some((inside, bytes)) => Ok(Enclosed { name: if name.is_empty() { inside } else { name }, bytes }),
        None => Ok(Enclosed { name, bytes }),
    }
}

/// The one file of a ZIP; `None`: it is no such ZIP, but the file itself.
/// Word's own files are ZIPs too, of many parts.
fn packed(bytes: &[u8], limit: u64) -> Result<Option<(String, Vec<u8>)>, Refused> {
    if !bytes.starts_with(b"PK\x03\x04") {
        return Ok(None);
    }
    let Ok(mut zip) = ZipArchive::new(Cursor::new(bytes)) else { return Ok(None) };
    if zip.len() != 1 {
        return Ok(None);
    }
    let mut inside = Vec::new();
    let entry = zip.by_index(0).map_err(|_| Refused::Broken("ZIP".to_owned()))?;
    let name = entry.name().map(Cow::into_owned).unwrap_or_default();
    // What it says of its size is not believed.
    entry
        .take(limit.saturating_add(1))
        .read_to_end(&mut inside)
        .map_err(|_| Refused::Broken(name.clone()))?;
    if inside.len() as u64 > limit { Err(Refused::Large) } else { Ok(Some((name, inside))) }
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

fn find<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.descendants().find(|node| is(*node, name))
}

fn children<'a, 'i>(node: Node<'a, 'i>, name: &str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |node| is(*node, name))
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    children(node, name).next()
}

/// The text at the end of a path, on one line; empty where there is none.
fn text(node: Node<'_, '_>, path: &[&str]) -> String {
    let end = path.iter().try_fold(node, |node, name| child(node, name));
    let found = end.and_then(|node| node.text()).unwrap_or_default();
    let line = found.split_whitespace().collect::<Vec<_>>().join(" ");
    clean_line(&line.chars().take(LONGEST).collect::<String>()).unwrap_or_default()
}

/// "2026/02/05", or with hyphens.
fn day(written: &str) -> Option<Timestamp> {
    let date = written.split_ascii_whitespace().next()?;
    Timestamp::from_date_input(&date.replace('/', "-"))
}

/// "2026/02/05 14:30:15", office time; the seconds are let go.
fn moment(written: &str) -> Option<Timestamp> {
    let (date, time) = written.split_once([' ', 'T'])?;
    let minutes = time.get(..5)?;
    Timestamp::from_input(&format!("{}T{minutes}", date.replace('/', "-")))
}

#[cfg(test)]
mod tests;
