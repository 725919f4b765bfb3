//! The metadata of annex VI of decree 30/2020/NĐ-CP as XML: every field there,
//! in the annex's order and within its length. `docs/file-export.md` describes it.

mod gathering;

pub(super) use self::gathering::{Reader, Stored, folder, incoming, outgoing};

use self::gathering::places;
use super::actions::FileError;
use super::store::Of;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{self, Actor};
use crate::storage::Hash;
use crate::xml::Xml;

/// The namespace of our schema.
const NAMESPACE: &str = "urn:ecabinet:ho-so:1";

/// Mã hồ sơ: whose file, of which year, under which number and symbol.
#[derive(Clone, Debug, Default)]
pub struct FileCode {
    pub organ_id: String,
    /// `None`: it lies in no file yet.
    pub catalog: Option<i64>,
    pub notation: String,
}

/// A document's place in a file.
#[derive(Clone, Debug, Default)]
pub struct Place {
    pub code: FileCode,
    pub ordinal: Option<i64>,
}

/// The file itself.
#[derive(Clone, Debug)]
pub struct Folder {
    pub code: FileCode,
    pub title: String,
    pub maintenance: String,
    pub rights: &'static str,
    pub creator: String,
    pub language: String,
    pub start_date: Option<Timestamp>,
    pub end_date: Option<Timestamp>,
    pub doc_total: usize,
    pub page_total: i64,
    pub description: String,
}

/// Whoever signed, as far as it is known.
#[derive(Clone, Debug, Default)]
pub struct SignerInfo {
    pub position: String,
    pub full_name: String,
}

/// A body a document went to; one of another system has no code here.
#[derive(Clone, Debug)]
pub struct To {
    pub organ_id: String,
    pub name: String,
}

/// What only one of the two kinds has.
#[derive(Clone, Debug)]
pub enum Way {
    Outgoing {
        to: Vec<To>,
        issued_amount: i64,
    },
    Incoming {
        arrival_date: Option<Timestamp>,
        arrival_number: Option<i64>,
        to_places: String,
        /// Directions, remarks and states, line by line.
        trace: String,
    },
}

/// A stored file that belongs to a document.
#[derive(Clone, Debug)]
pub struct Enclosed {
    /// Its name in the package; empty where there is none.
    pub path: String,
    pub title: String,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
}

/// A document, outgoing or incoming.
#[derive(Clone, Debug)]
pub struct Document {
    /// The files it lies in, or the one it is described in.
    pub places: Vec<Place>,
    pub type_name: String,
    pub code_number: String,
    pub code_notation: String,
    pub issued_date: Option<Timestamp>,
    pub organ_name: String,
    pub subject: String,
    pub language: String,
    pub pages: i64,
    pub description: String,
    pub signer: SignerInfo,
    pub priority: i64,
    pub due_date: Option<Timestamp>,
    pub way: Way,
    /// The document first, then what is attached to it.
    pub enclosed: Vec<Enclosed>,
}

/// The metadata of one document that this person may read, with each file it
/// lies in; and what the document is called.
pub(super) async fn of_one(tx: &mut Tx, actor: &Actor, of: Of) -> Result<(String, String), FileError> {
    let office = identity::store::organisation(tx, actor.organisation).await?;
    let reader = Reader { actor, office: &office, reads_all: false };
    let places = places(tx, &office, of).await?;
    let found = match of {
        Of::Outgoing(id) => outgoing(tx, reader, id, places).await?,
        Of::Incoming(id) => incoming(tx, reader, id, places).await?,
    };
    let Stored { mut document, symbol, files } = found;
    let enclosed =
        |(title, hash): (String, Hash)| Enclosed { path: String::new(), title, sha256: hash.to_string() };
    document.enclosed = files.into_iter().map(enclosed).collect();
    Ok((symbol, document.written()))
}

/// A file with its documents, in the order of their dates.
pub fn written(folder: &Folder, documents: &[Document]) -> String {
    let mut xml = Xml::begin();
    xml.group("WorkFile", &[("xmlns", NAMESPACE)], |xml| {
        folder.write(xml);
        xml.group("Documents", &[], |xml| documents.iter().for_each(|one| one.write(&[], xml)));
    });
    xml.into_text()
}

impl FileCode {
    fn write(&self, xml: &mut Xml) {
        xml.group("FileCode", &[], |xml| {
            xml.whole("OrganId", &self.organ_id);
            xml.whole("FileCatalog", number(self.catalog));
            xml.field("FileNotation", &self.notation, 20);
        });
    }
}

/// Digits, or nothing.
fn number(value: Option<i64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

impl Folder {
    fn write(&self, xml: &mut Xml) {
        xml.group("File", &[], |xml| {
            self.code.write(xml);
            xml.field("Title", &self.title, 500);
            xml.field("Maintenance", &self.maintenance, 30);
            xml.field("Rights", self.rights, 30);
            xml.field("Creator", &self.creator, 30);
            xml.field("Language", &self.language, 50);
            xml.date("StartDate", self.start_date);
            xml.date("EndDate", self.end_date);
            xml.whole("DocTotal", self.doc_total);
            xml.whole("PageTotal", self.page_total);
            xml.field("Description", &self.description, 500);
        });
    }
}

impl Document {
    /// The metadata of this document alone.
    pub fn written(&self) -> String {
        let mut xml = Xml::begin();
        self.write(&[("xmlns", NAMESPACE)], &mut xml);
        xml.into_text()
    }

    fn write(&self, attributes: &[(&str, &str)], xml: &mut Xml) {
        let name = match self.way {
            Way::Outgoing { .. } => "OutgoingDocument",
            Way::Incoming { .. } => "IncomingDocument",
        };
        xml.group(name, attributes, |xml| {
            for place in &self.places {
                place.code.write(xml);
                xml.whole("DocOrdinal", number(place.ordinal));
            }
            xml.field("TypeName", &self.type_name, 100);
            xml.whole("CodeNumber", &self.code_number);
            xml.field("CodeNotation", &self.code_notation, 30);
            xml.date("IssuedDate", self.issued_date);
            xml.field("OrganName", &self.organ_name, 200);
            xml.field("Subject", &self.subject, 500);
            xml.field("Language", &self.language, 30);
            xml.whole("PageAmount", self.pages);
            xml.field("Description", &self.description, 500);
            self.write_way(xml);
            xml.group("Enclosed", &[], |xml| self.enclosed.iter().for_each(|one| one.write(xml)));
        });
    }

    /// Fields 12 to 16 of an outgoing document, 12 to 18 of an incoming one.
    fn write_way(&self, xml: &mut Xml) {
        match &self.way {
            Way::Outgoing { to, issued_amount } => {
                self.write_signer(xml);
                for one in to {
                    xml.group("To", &[], |xml| {
                        xml.whole("OrganId", &one.organ_id);
                        xml.field("OrganName", &one.name, 200);
                    });
                }
                xml.whole("Priority", self.priority);
                xml.whole("IssuedAmount", issued_amount);
            }
            Way::Incoming { arrival_date, arrival_number, to_places, trace } => {
                xml.date("ArrivalDate", *arrival_date);
                xml.whole("ArrivalNumber", number(*arrival_number));
                self.write_signer(xml);
                xml.whole("Priority", self.priority);
                xml.field("ToPlaces", to_places, 1000);
                xml.whole("TraceHeaderList", trace);
            }
        }
        xml.date("DueDate", self.due_date);
    }

    fn write_signer(&self, xml: &mut Xml) {
        xml.group("SignerInfo", &[], |xml| {
            xml.field("Position", &self.signer.position, 100);
            xml.field("FullName", &self.signer.full_name, 50);
        });
    }
}

impl Enclosed {
    fn write(&self, xml: &mut Xml) {
        xml.leaf("Path", &[("sha256", &self.sha256), ("title", &self.title)], &self.path);
    }
}
