use std::io::{Cursor, Write};

use openssl::base64::encode_block;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{Enclosed, ReadError, Received, read};
use crate::clock::Timestamp;
use crate::exchange::edxml::{Enclosure, Letter, Organ, Reference, Status, letter, status, write_files};
use crate::exchange::rules::{Business, Report};

const LIMIT: u64 = 1 << 20;

fn sample() -> Letter {
    let organ = |code: &str, name: &str| Organ { code: code.to_owned(), name: name.to_owned() };
    let to = vec![organ("H17.28", "UBND xã \"Hòa <Vang>\""), organ("G01", "Bộ Công an")];
    Letter {
        from: organ("H17.27", "UBND phường An Hải & bạn"),
        document_id: "0190".to_owned(),
        number: "05".to_owned(),
        notation: "QĐ-UBND".to_owned(),
        place: "An Hải".to_owned(),
        dated: Timestamp::from_date_input("2026-02-05"),
        kind: "Quyết định".to_owned(),
        subject: "Chỉnh trang hẻm, ngõ".to_owned(),
        capacity: "KT.".to_owned(),
        position: "Phó Chủ tịch".to_owned(),
        signer: "Nguyễn Văn A".to_owned(),
        due: Timestamp::from_date_input("2026-03-01"),
        priority: 2,
        copies: 5,
        answers: vec![Reference {
            organ: "G01".to_owned(),
            symbol: "7/BCA".to_owned(),
            dated: None,
            document_id: "x".to_owned(),
        }],
        business: Business::Replace,
        reason: "Sai căn cứ".to_owned(),
        replaces: vec!["0188".to_owned()],
        ..Letter::blank(to, Timestamp::from_input("2026-02-05T14:30").unwrap())
    }
}

fn enclosure(name: &str) -> Enclosure {
    Enclosure { content_id: format!("cid:{name}"), name: name.to_owned(), description: String::new() }
}

fn written(letter_of: &Letter, files: &[(&str, &[u8])]) -> Vec<u8> {
    let announced: Vec<Enclosure> = files.iter().map(|(name, _)| enclosure(name)).collect();
    let mut message = letter(letter_of, &announced).into_bytes();
    write_files(&mut message, files.iter().map(|(name, bytes)| (enclosure(name), *bytes))).unwrap();
    message
}

fn letter_of(received: Received) -> (Letter, Vec<Enclosed>) {
    match received {
        Received::Letter(letter, files) => (*letter, files),
        Received::Status(_) => panic!("a status"),
    }
}

/// A message of another system: no prefixes, and what stands for the files.
fn foreign(files: &str) -> String {
    format!(
        "<edXML><edXMLEnvelope><edXMLHeader><MessageHeader><From><OrganId>000.00.00.H01</OrganId></From>\
         <To><OrganId>H17.27</OrganId></To><DocumentId>000.00.00.H01,2018,10/CV-ABC</DocumentId>\
         <Subject>\n  Về việc\n  họp </Subject></MessageHeader></edXMLHeader></edXMLEnvelope>\
         <AttachmentEncoded>{files}</AttachmentEncoded></edXML>"
    )
}

fn attachment(name: &str, bytes: &[u8]) -> String {
    let encoded = encode_block(bytes);
    format!(
        "<Attachment><AttachmentName>{name}</AttachmentName>\
         <ContentTransferEncoded>{encoded}</ContentTransferEncoded></Attachment>"
    )
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn what_is_written_is_read_back() {
    // Longer than the piece that is encoded at once, and no multiple of three.
    let long: Vec<u8> = (0..200_003_u32).map(|at| at.wrapping_mul(2_654_435_761) as u8).collect();
    let files: [(&str, &[u8]); 3] =
        [("05-QĐ-UBND.pdf", &long), ("phụ lục.pdf", b"%PDF-1.7"), ("rỗng.pdf", b"")];
    let (read_back, enclosed) = letter_of(read(&written(&sample(), &files), LIMIT).unwrap());
    assert_eq!(read_back, sample());
    let enclosed: Vec<(&str, &[u8])> =
        enclosed.iter().map(|file| (file.name.as_str(), file.bytes.as_slice())).collect();
    assert_eq!(enclosed, files);
}

#[test]
fn a_status_is_read_back() {
    let told = Status {
        about: Reference { document_id: "0190".to_owned(), ..sample().answers.remove(0) },
        from: Organ { code: "G01".to_owned(), name: "Bộ Công an".to_owned() },
        report: Report::Refused,
        description: "Sai địa chỉ".to_owned(),
        at: Timestamp::from_input("2026-02-05T15:00").unwrap(),
    };
    let mut message = status(&told).into_bytes();
    write_files(&mut message, std::iter::empty::<(Enclosure, &[u8])>()).unwrap();
    let Received::Status(read_back) = read(&message, LIMIT).unwrap() else { panic!("a letter") };
    assert_eq!(read_back, told);
}

#[test]
fn messages_of_other_systems_are_read_as_they_are() {
    let packed = zipped(&[("van-ban.pdf", b"%PDF-1.4 packed")]);
    let word = zipped(&[("[Content_Types].xml", b"<a/>"), ("word/document.xml", b"<b/>")]);
    let files =
        [attachment("a.pdf", b"%PDF-1.4 plain"), attachment("", &packed), attachment("c.docx", &word)];
    let message = format!("\u{feff}{}", foreign(&files.concat()));
    let (letter, enclosed) = letter_of(read(message.as_bytes(), LIMIT).unwrap());
    assert_eq!((letter.subject.as_str(), letter.business), ("Về việc họp", Business::New));
    let enclosed: Vec<(&str, &[u8])> =
        enclosed.iter().map(|file| (file.name.as_str(), file.bytes.as_slice())).collect();
    let expected: [(&str, &[u8]); 3] =
        [("a.pdf", b"%PDF-1.4 plain"), ("van-ban.pdf", b"%PDF-1.4 packed"), ("c.docx", &word)];
    assert_eq!(enclosed, expected, "Word's own files are ZIPs of many parts and stay whole");
}

#[test]
fn entities_and_document_types_are_refused() {
    let bomb = "<!DOCTYPE a [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]>".to_owned() + &foreign("&b;");
    assert!(matches!(read(bomb.as_bytes(), LIMIT), Err(ReadError::Xml(_))));
    let file = "<!DOCTYPE a [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>".to_owned() + &foreign("&a;");
    assert!(matches!(read(file.as_bytes(), LIMIT), Err(ReadError::Xml(_))));
}

#[test]
fn what_is_too_much_is_refused() {
    let deep = "<a>".repeat(100_000) + &"</a>".repeat(100_000);
    assert!(matches!(read(deep.as_bytes(), LIMIT), Err(ReadError::Xml(_))));
    let many = foreign(&attachment("a", b"x").repeat(201));
    assert!(matches!(read(many.as_bytes(), LIMIT), Err(ReadError::ManyFiles)));
    let zeros = vec![0; 3 << 20];
    let bomb = zipped(&[("a.pdf", &zeros)]);
    assert!(bomb.len() < 1 << 14);
    let bomb = foreign(&attachment("a.pdf", &bomb));
    assert!(matches!(read(bomb.as_bytes(), LIMIT), Err(ReadError::Large { limit: LIMIT })));
    let two = foreign(&attachment("a.pdf", &zeros[..700_000]).repeat(2));
    assert!(
        matches!(read(two.as_bytes(), LIMIT), Err(ReadError::Large { .. })),
        "together they are too large"
    );
}

#[test]
fn what_is_missing_or_broken_is_named() {
    let without = |part: &str| foreign("").replace(part, "");
    let fails = |message: &str| read(message.as_bytes(), LIMIT).unwrap_err().to_string();
    assert!(fails(&without("<OrganId>000.00.00.H01</OrganId>")).contains("From/OrganId"));
    assert!(fails(&without("<DocumentId>000.00.00.H01,2018,10/CV-ABC</DocumentId>")).contains("DocumentId"));
    assert!(fails("<html/>").contains("edXMLHeader"));
    assert!(fails("<edXML><edXMLHeader/></edXML>").contains("MessageHeader"));
    assert!(fails("").contains("XML"));
    assert!(matches!(read(b"<a>\xff</a>", LIMIT), Err(ReadError::Encoding(_))));
    let broken = foreign(
        "<Attachment><AttachmentName>b.pdf</AttachmentName><ContentTransferEncoded>%%%</ContentTransferEncoded></Attachment>",
    );
    assert!(fails(&broken).contains("b.pdf"));
    let cut = written(&sample(), &[("a.pdf", b"%PDF")]);
    assert!(read(&cut[..cut.len() - 20], LIMIT).is_err(), "a message that is still being copied");
}
