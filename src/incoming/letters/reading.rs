//! `ecabinet letter`: the process in which foreign letters are read.
//!
//! It gets the letter as a file, answers on its output, and touches nothing
//! else. Whatever a letter does to it, nest without end, ask for memory or
//! run in circles, ends there.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use mail_parser::{Address, HeaderName, Message, MessageParser, MessagePart, MimeHeaders, PartType};
use serde::{Deserialize, Serialize};

use super::rules::{DEEPEST, LONGEST_TEXT, MOST_FILES, Trouble};
use crate::papers;

/// What the process is asked.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Head, text and the names of the files, as JSON.
    Contents { letter: PathBuf },
    /// The bytes of one file.
    File {
        letter: PathBuf,
        #[arg(long)]
        place: usize,
    },
}

/// What stands in a letter. All of it is claimed: anybody can write anything.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Contents {
    pub message_id: String,
    pub sender: String,
    pub subject: String,
    /// Seconds since 1970.
    pub written_at: Option<i64>,
    pub text: String,
    pub files: Vec<Enclosed>,
    pub trouble: Option<Trouble>,
}

/// A file in a letter; it is called by its place from 0 on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Enclosed {
    pub name: String,
    pub size: i64,
}

/// Does one task and ends.
pub fn run(task: &Task) -> ExitCode {
    match answer(task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn answer(task: &Task) -> io::Result<()> {
    let mut output = io::stdout().lock();
    match task {
        Task::Contents { letter } => {
            serde_json::to_writer(&mut output, &contents_of(&open(letter)?))?;
        }
        Task::File { letter, place } => {
            let letter = open(letter)?;
            let message = parser().parse(&letter).ok_or(io::ErrorKind::InvalidData)?;
            let mut files = Vec::new();
            // Too many or too deep: what is found before is under the same place.
            let _ = enclosed(&message, 0, &mut files);
            let file = files.get(*place).ok_or(io::ErrorKind::NotFound)?;
            output.write_all(file.contents())?;
        }
    }
    output.flush()
}

fn open(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    papers::limit_reader(size)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads of a head what is shown and what the parts need; the rest, which may
/// be long and wrong, stays unread.
fn parser() -> MessageParser {
    MessageParser::new()
        .with_mime_headers()
        .header_date(HeaderName::Date)
        .header_text(HeaderName::Subject)
        .header_address(HeaderName::From)
        .header_id(HeaderName::MessageId)
        .default_header_ignore()
}

fn contents_of(letter: &[u8]) -> Contents {
    let nothing = || Contents { trouble: Some(Trouble::Empty), ..Contents::default() };
    parser().parse(letter).map_or_else(nothing, |message| contents(&message))
}

fn contents(message: &Message<'_>) -> Contents {
    let mut files = Vec::new();
    let trouble = enclosed(message, 0, &mut files).err();
    let text = text(message);
    let is_empty = files.is_empty() && text.trim().is_empty();
    let date = message.date().filter(|date| date.is_valid());
    Contents {
        message_id: message.message_id().unwrap_or_default().to_owned(),
        sender: message.from().map(sender).unwrap_or_default(),
        subject: message.subject().unwrap_or_default().to_owned(),
        written_at: date.map(mail_parser::DateTime::to_timestamp),
        text,
        trouble: trouble.or(is_empty.then_some(Trouble::Empty)),
        files: files.iter().take(MOST_FILES).enumerate().map(|(place, part)| named(place, part)).collect(),
    }
}

/// "Văn thư <vanthu@anhai.vn>".
fn sender(address: &Address<'_>) -> String {
    let Some(first) = address.first() else { return String::new() };
    match (first.name(), first.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (one, other) => one.or(other).unwrap_or_default().to_owned(),
    }
}

/// The text; of a letter in HTML its words alone, so that nothing is fetched and nothing runs.
fn text(message: &Message<'_>) -> String {
    let parts = (0..message.text_body_count()).filter_map(|place| message.body_text(place));
    let mut text = String::new();
    for part in parts {
        if text.len() > LONGEST_TEXT * 4 {
            break;
        }
        text.push_str(&part);
        text.push('\n');
    }
    text.chars().take(LONGEST_TEXT).collect()
}

/// The files, also those in letters that are enclosed themselves.
fn enclosed<'a>(
    message: &'a Message<'a>,
    depth: usize,
    found: &mut Vec<&'a MessagePart<'a>>,
) -> Result<(), Trouble> {
    if depth > DEEPEST {
        return Err(Trouble::TooDeep);
    }
    for part in message.attachments() {
        match &part.body {
            PartType::Message(inner) => enclosed(inner, depth + 1, found)?,
            _ if found.len() == MOST_FILES => return Err(Trouble::TooManyFiles),
            _ => found.push(part),
        }
    }
    Ok(())
}

fn named(place: usize, part: &MessagePart<'_>) -> Enclosed {
    let ending = || match part.content_type().and_then(|kind| kind.subtype()) {
        Some("pdf") => ".pdf",
        Some("msword") => ".doc",
        Some("vnd.openxmlformats-officedocument.wordprocessingml.document") => ".docx",
        Some("html") => ".html",
        Some("plain") => ".txt",
        _ => "",
    };
    let name = part.attachment_name().map(str::to_owned);
    Enclosed {
        name: name.unwrap_or_else(|| format!("tep-{}{}", place + 1, ending())),
        size: i64::try_from(part.contents().len()).unwrap_or(i64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::{Contents, Trouble, contents_of};

    fn read(letter: &str) -> Contents {
        contents_of(letter.as_bytes())
    }

    #[test]
    fn a_letter_in_html_is_reduced_to_its_words() {
        let html = "Subject: a\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Kính gửi <b>quý cơ quan</b></p>\
                    <img src=\"http://spy.example/1.png\"><script>alert(1)</script>";
        let read = read(html);
        assert!(read.text.contains("Kính gửi quý cơ quan") && !read.text.contains("spy"), "{}", read.text);
        assert!(!read.text.contains("alert"), "{}", read.text);
        assert!(read.files.is_empty() && read.trouble.is_none());
    }

    #[test]
    fn names_and_subjects_are_decoded() {
        let letter = "From: =?utf-8?B?VsSDbiB0aMaw?= <vt@a.vn>\r\nSubject: =?utf-8?Q?C=C3=B4ng_v=C4=83n?=\r\n\
                      Date: Mon, 23 Nov 2026 08:00:00 +0700\r\nMessage-ID: <1@a.vn>\r\n\
                      Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nChào\r\n--b\r\n\
                      Content-Type: application/pdf\r\n\
                      Content-Disposition: attachment; filename*=utf-8''C%C3%B4ng%20v%C4%83n.pdf\r\n\
                      Content-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--b--\r\n";
        let read = read(letter);
        assert_eq!((read.sender.as_str(), read.subject.as_str()), ("Văn thư <vt@a.vn>", "Công văn"));
        assert_eq!((read.message_id.as_str(), read.written_at), ("1@a.vn", Some(1_795_395_600)));
        assert_eq!((read.files[0].name.as_str(), read.files[0].size), ("Công văn.pdf", 5));
    }

    #[test]
    fn what_is_nothing_is_called_empty() {
        for nothing in ["", "\r\n", "Subject: a", "Subject: a\r\n\r\n"] {
            assert_eq!(read(nothing).trouble, Some(Trouble::Empty), "{nothing:?}");
        }
    }

    #[test]
    fn files_beyond_the_limit_are_a_reason_to_refuse() {
        let part = "--b\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\nx\r\n";
        let letter = format!("Content-Type: multipart/mixed; boundary=b\r\n\r\n{}--b--", part.repeat(51));
        assert_eq!(read(&letter).trouble, Some(Trouble::TooManyFiles));
        let letter = format!("Content-Type: multipart/mixed; boundary=b\r\n\r\n{}--b--", part.repeat(50));
        assert_eq!(read(&letter).files.len(), 50);
    }
}
