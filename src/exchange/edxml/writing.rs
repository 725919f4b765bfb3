//! A message as it leaves: the envelope as one text, the files behind it.

use std::io::{self, Read, Write};

use openssl::base64::encode_block;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{Letter, NAMESPACE, Organ, Reference, Status};
use crate::clock::Timestamp;
use crate::xml::{Xml, escaped};

/// Văn bản hành chính, as opposed to law.
const ADMINISTRATIVE: u8 = 2;
/// Bytes encoded at once: a multiple of three, so that no padding stands inside.
const PIECE: usize = 3 * 16 * 1024;

/// A file that a letter announces.
#[derive(Clone, Debug)]
pub struct Enclosure {
    pub content_id: String,
    /// What its receiver sees: "15-QĐ-UBND.pdf".
    pub name: String,
    pub description: String,
}

/// A letter up to where its files begin; [`write_files`] writes the rest.
pub fn letter(letter: &Letter, files: &[Enclosure]) -> String {
    let mut xml = begin();
    xml.group("edXMLEnvelope", &[], |xml| {
        xml.group("edXMLHeader", &[], |xml| {
            xml.group("MessageHeader", &[], |xml| message_header(xml, letter));
            xml.group("TraceHeaderList", &[], |xml| trace(xml, letter));
        });
        xml.group("edXMLBody", &[], |xml| {
            xml.group("edXMLManifest", &[("edXML:version", "1.0")], |xml| {
                for file in files {
                    xml.group("Reference", &[], |xml| {
                        xml.whole("ContentId", &file.content_id);
                        xml.whole("ContentType", "application/pdf");
                        xml.whole("AttachmentName", &file.name);
                        xml.whole("Description", &file.description);
                    });
                }
            });
        });
    });
    xml.into_text()
}

fn message_header(xml: &mut Xml, letter: &Letter) {
    organ(xml, "From", &letter.from);
    for to in &letter.to {
        organ(xml, "To", to);
    }
    xml.whole("DocumentId", &letter.document_id);
    xml.group("Code", &[], |xml| {
        xml.whole("CodeNumber", &letter.number);
        xml.whole("CodeNotation", &letter.notation);
    });
    xml.group("PromulgationInfo", &[], |xml| {
        xml.whole("Place", &letter.place);
        xml.whole("PromulgationDate", day(letter.dated));
    });
    xml.group("DocumentType", &[], |xml| {
        xml.whole("Type", ADMINISTRATIVE);
        xml.whole("TypeName", &letter.kind);
    });
    xml.whole("Subject", &letter.subject);
    xml.whole("Content", &letter.subject);
    xml.group("SignerInfo", &[], |xml| {
        xml.whole("Competence", &letter.capacity);
        xml.whole("Position", &letter.position);
        xml.whole("FullName", &letter.signer);
    });
    xml.whole("DueDate", day(letter.due));
    xml.group("ToPlaces", &[], |xml| {
        for to in &letter.to {
            xml.whole("Place", &to.name);
        }
    });
    xml.group("OtherInfo", &[], |xml| {
        xml.whole("Priority", letter.priority);
        xml.whole("PromulgationAmount", letter.copies);
    });
    for answered in &letter.answers {
        reference(xml, answered);
    }
}

fn trace(xml: &mut Xml, letter: &Letter) {
    xml.group("TraceHeader", &[], |xml| {
        xml.whole("OrganId", &letter.from.code);
        xml.whole("Timestamp", moment(letter.sent_at));
    });
    // The format spells it so.
    xml.group("Bussiness", &[], |xml| {
        xml.whole("BussinessDocType", letter.business.number());
        xml.whole("BussinessDocReason", &letter.reason);
        xml.whole("DocumentId", &letter.document_id);
        // Nothing follows on paper (QĐ 28/2018/QĐ-TTg, Điều 5).
        xml.whole("Paper", "0");
        if !letter.replaces.is_empty() {
            xml.group("ReplacementInfoList", &[], |xml| {
                for replaced in &letter.replaces {
                    xml.group("ReplacementInfo", &[], |xml| xml.whole("DocumentId", replaced));
                }
            });
        }
    });
}

/// Word of how far a document has come: a whole message.
pub fn status(status: &Status) -> String {
    let mut xml = begin();
    xml.group("edXMLEnvelope", &[], |xml| {
        xml.group("edXMLHeader", &[], |xml| {
            xml.group("Status", &[], |xml| {
                reference(xml, &status.about);
                organ(xml, "From", &status.from);
                xml.whole("StatusCode", status.report.code());
                xml.whole("Description", &status.description);
                xml.whole("Timestamp", moment(status.at));
            });
        });
    });
    xml.into_text()
}

fn organ(xml: &mut Xml, name: &str, organ: &Organ) {
    xml.group(name, &[], |xml| {
        xml.whole("OrganId", &organ.code);
        xml.whole("OrganName", &organ.name);
    });
}

fn reference(xml: &mut Xml, to: &Reference) {
    xml.group("ResponseFor", &[], |xml| {
        xml.whole("OrganId", &to.organ);
        xml.whole("Code", &to.symbol);
        xml.whole("PromulgationDate", day(to.dated));
        xml.whole("DocumentId", &to.document_id);
    });
}

fn day(at: Option<Timestamp>) -> String {
    at.map(|at| at.in_office().strftime("%Y/%m/%d").to_string()).unwrap_or_default()
}

fn moment(at: Timestamp) -> String {
    at.in_office().strftime("%Y/%m/%d %H:%M:%S").to_string()
}

/// The head of a message; every element bears the prefix, the root does not.
fn begin() -> Xml {
    Xml::within(&format!("<edXML xmlns:edXML=\"{NAMESPACE}\">"), "edXML:")
}

/// Writes the files behind a letter and ends the message; without files it only ends it.
///
/// Each file is packed as a ZIP of its own and written as base64, a piece at
/// a time: memory does not grow with the file.
pub fn write_files<R: Read>(
    to: &mut impl Write,
    files: impl IntoIterator<Item = (Enclosure, R)>,
) -> io::Result<()> {
    let mut files = files.into_iter().peekable();
    if files.peek().is_some() {
        writeln!(to, "<edXML:AttachmentEncoded>")?;
        for (file, bytes) in files {
            write_file(to, &file, bytes)?;
        }
        writeln!(to, "</edXML:AttachmentEncoded>")?;
    }
    writeln!(to, "</edXML>")
}

fn write_file(to: &mut impl Write, file: &Enclosure, mut bytes: impl Read) -> io::Result<()> {
    write!(
        to,
        "<edXML:Attachment>\n  <edXML:ContentId>{}</edXML:ContentId>\n  <edXML:AttachmentName>{}</edXML:AttachmentName>\n  \
         <edXML:ContentType>application/pdf</edXML:ContentType>\n  <edXML:ContentTransferEncoded>",
        escaped(&file.content_id),
        escaped(&file.name)
    )?;
    let mut encoder = Base64 { to, waiting: Vec::with_capacity(PIECE) };
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut zip = ZipWriter::new_stream(&mut encoder);
    zip.start_file(file.name.as_str(), options)?;
    io::copy(&mut bytes, &mut zip)?;
    zip.finish()?;
    encoder.finish()?;
    writeln!(to, "</edXML:ContentTransferEncoded>\n</edXML:Attachment>")
}

/// Passes on as base64 what is written to it.
struct Base64<'a, W> {
    to: &'a mut W,
    waiting: Vec<u8>,
}

impl<W: Write> Base64<'_, W> {
    fn finish(self) -> io::Result<()> {
        self.to.write_all(encode_block(&self.waiting).as_bytes())
    }
}

impl<W: Write> Write for Base64<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = PIECE - self.waiting.len();
        let taken = bytes.get(..room).unwrap_or(bytes);
        self.waiting.extend_from_slice(taken);
        if self.waiting.len() == PIECE {
            self.to.write_all(encode_block(&self.waiting).as_bytes())?;
            self.waiting.clear();
        }
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
