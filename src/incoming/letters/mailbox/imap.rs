//! A session with an IMAP server: sign in, open a folder, look what is new,
//! read it part by part without marking it, mark it.

use std::time::Duration;

use native_tls::{Certificate, TlsConnector};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::wire::{Line, Response, Wire, WireError, starts_with_word};
use crate::config::MailboxAddress;

/// How long a connection may take to come about.
const PATIENCE_TO_CONNECT: Duration = Duration::from_secs(20);
/// Bytes of a letter asked for at once.
pub(super) const PART: usize = 1 << 20;
/// Bytes of the head of a letter too large to be taken in.
const HEAD: usize = 64 << 10;
/// Bytes of the longest list of letters, of a million and more.
const LONGEST_LIST: usize = 16 << 20;

/// A session with a folder open.
#[derive(Debug)]
pub(super) struct Session {
    wire: Wire,
    /// As long as it is the same, a UID names the same letter (RFC 3501, 2.3.1.1).
    pub uid_validity: i64,
}

impl Session {
    /// Signs in and opens the folder.
    pub async fn open(
        address: &MailboxAddress,
        authority: Option<&[u8]>,
        patience: Duration,
    ) -> Result<Self, WireError> {
        let stream = timeout(PATIENCE_TO_CONNECT, connect(address, authority));
        let stream = stream.await.map_err(|_| WireError::Silent)??;
        let mut wire = Wire::open(stream, patience).await?;
        let (user, password) = (quoted(&address.user), quoted(address.password.reveal()));
        wire.command(&format!("LOGIN {user} {password}"), 0).await?;
        let folder = quoted(&in_utf7(&address.folder));
        let opened = wire.command(&format!("SELECT {folder}"), 0).await?;
        let uid_validity = opened.iter().find_map(uid_validity).ok_or(WireError::Answer)?;
        Ok(Self { wire, uid_validity })
    }

    /// The letters after `uid`, in their order.
    pub async fn letters_after(&mut self, uid: i64) -> Result<Vec<i64>, WireError> {
        let found = self.wire.command(&format!("UID SEARCH UID {}:*", uid + 1), LONGEST_LIST).await?;
        let lists = found.iter().filter_map(|response| {
            response.untagged().filter(|text| starts_with_word(text, "SEARCH"))?.split_once(' ')
        });
        let numbers = lists.flat_map(|(_, list)| list.split_ascii_whitespace());
        let mut uids: Vec<i64> = numbers.filter_map(|number| number.parse().ok()).collect();
        // `n:*` also names the last letter where its UID is below n (RFC 3501, 6.4.8).
        uids.retain(|found| *found > uid && *found <= i64::from(u32::MAX));
        uids.sort_unstable();
        uids.dedup();
        Ok(uids)
    }

    /// What the server says of a letter's size; `None`: the letter is not there any more.
    pub async fn size(&mut self, uid: i64) -> Result<Option<u64>, WireError> {
        let said = self.wire.command(&format!("UID FETCH {uid} (UID RFC822.SIZE)"), 0).await?;
        Ok(said.iter().filter(|response| is_of(response, uid)).find_map(|response| {
            let (_, size) = response.text.split_once("RFC822.SIZE ")?;
            size.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
        }))
    }

    /// A part of a letter, [`PART`] bytes; the last is shorter, and may be empty.
    pub async fn part(&mut self, uid: i64, from: u64) -> Result<Vec<u8>, WireError> {
        self.piece(uid, &format!("BODY.PEEK[]<{from}.{PART}>"), PART).await
    }

    /// The beginning of a letter's head.
    pub async fn head(&mut self, uid: i64) -> Result<Vec<u8>, WireError> {
        self.piece(uid, &format!("BODY.PEEK[HEADER]<0.{HEAD}>"), HEAD).await
    }

    async fn piece(&mut self, uid: i64, name: &str, most: usize) -> Result<Vec<u8>, WireError> {
        let said = self.wire.command(&format!("UID FETCH {uid} (UID {name})"), most).await?;
        let piece = said.into_iter().filter(|response| is_of(response, uid)).find_map(body);
        piece.filter(|bytes| bytes.len() <= most).ok_or(WireError::Answer)
    }

    /// Marks a letter as read.
    pub async fn mark(&mut self, uid: i64) -> Result<(), WireError> {
        self.wire.command(&format!("UID STORE {uid} +FLAGS.SILENT (\\Seen)"), 0).await.map(drop)
    }

    /// Says good-bye; whether the server hears it makes no difference.
    pub async fn close(mut self) {
        drop(self.wire.command("LOGOUT", 0).await);
    }
}

async fn connect(address: &MailboxAddress, authority: Option<&[u8]>) -> Result<Box<dyn Line>, WireError> {
    let host = address.host.trim_matches(['[', ']']);
    let stream = TcpStream::connect((host, address.port)).await.map_err(WireError::Connect)?;
    if !address.is_over_tls {
        return Ok(Box::new(stream));
    }
    let tls = |error: native_tls::Error| WireError::Tls(error.to_string());
    let mut connector = TlsConnector::builder();
    if let Some(pem) = authority {
        connector.disable_built_in_roots(true).add_root_certificate(Certificate::from_pem(pem).map_err(tls)?);
    }
    let connector = tokio_native_tls::TlsConnector::from(connector.build().map_err(tls)?);
    Ok(Box::new(connector.connect(host, stream).await.map_err(tls)?))
}

/// `* OK [UIDVALIDITY 3857529045] UIDs valid`.
fn uid_validity(response: &Response) -> Option<i64> {
    let (_, value) = response.untagged()?.split_once("[UIDVALIDITY ")?;
    value.split(']').next()?.parse().ok()
}

/// The answer is about this letter; a server may speak of others meanwhile.
fn is_of(response: &Response, uid: i64) -> bool {
    let Some((_, items)) = response.untagged().and_then(|text| text.split_once(" FETCH (")) else {
        return false;
    };
    let mut words = items.split([' ', ')']);
    words.any(|word| word == "UID") && words.next() == Some(&uid.to_string())
}

/// What `BODY[…]` gives: a literal, a quoted string, or NIL for nothing.
fn body(response: Response) -> Option<Vec<u8>> {
    let (_, value) = response.text.split_once("BODY[")?;
    if let Some(literal) = response.literal {
        return Some(literal);
    }
    // Past the name, and where the part begins if that is said: `]<0> `.
    let (_, value) = value.split_once(']')?.1.split_once(' ')?;
    if value.starts_with("NIL") {
        return Some(Vec::new());
    }
    let (mut bytes, mut letters) = (Vec::new(), value.strip_prefix('"')?.bytes());
    loop {
        match letters.next()? {
            b'"' => return Some(bytes),
            b'\\' => bytes.push(letters.next()?),
            letter => bytes.push(letter),
        }
    }
}

/// A string as commands take it. The settings hold no line breaks.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The name of a folder as servers know it (RFC 3501, 5.1.3).
fn in_utf7(name: &str) -> String {
    let (mut coded, mut foreign) = (String::new(), Vec::new());
    for letter in name.chars() {
        if letter == ' ' || letter.is_ascii_graphic() {
            coded.push_str(&shifted(&mut foreign));
            coded.push(letter);
            if letter == '&' {
                coded.push('-');
            }
        } else {
            foreign.extend(letter.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    coded + &shifted(&mut foreign)
}

/// Letters that are not ASCII, as `&…-`; takes them away.
fn shifted(foreign: &mut Vec<u8>) -> String {
    if foreign.is_empty() {
        return String::new();
    }
    let base64 = openssl::base64::encode_block(&std::mem::take(foreign));
    format!("&{}-", base64.trim_end_matches('=').replace('/', ","))
}

#[cfg(test)]
mod tests {
    use super::{Response, body, in_utf7, is_of, quoted};

    fn response(text: &str) -> Response {
        Response { text: text.to_owned(), literal: None }
    }

    #[test]
    fn a_folder_may_have_a_vietnamese_name() {
        assert_eq!(in_utf7("INBOX"), "INBOX");
        assert_eq!(in_utf7("Văn bản & đến"), "V&AQM-n b&HqM-n &- &AREevw-n");
    }

    #[test]
    fn a_quotation_mark_ends_no_string() {
        assert_eq!(quoted(r#"a"b\c"#), r#""a\"b\\c""#);
    }

    #[test]
    fn an_answer_is_for_the_letter_it_names() {
        assert!(is_of(&response("* 1 FETCH (UID 7 RFC822.SIZE 3)"), 7));
        assert!(is_of(&response("* 1 FETCH (RFC822.SIZE 3 UID 7)"), 7));
        assert!(!is_of(&response("* 1 FETCH (UID 70 RFC822.SIZE 3)"), 7));
        assert!(!is_of(&response("* 1 FETCH (FLAGS (\\Seen))"), 7));
        assert!(!is_of(&response("* OK UID 7"), 7));
    }

    #[test]
    fn a_short_part_may_come_as_a_string() {
        assert_eq!(body(response(r#"* 1 FETCH (UID 7 BODY[]<0> "a\"b")"#)).unwrap(), b"a\"b");
        assert_eq!(body(response("* 1 FETCH (UID 7 BODY[]<5> NIL)")).unwrap(), b"");
        assert_eq!(body(response("* 1 FETCH (UID 7 BODY[HEADER] \"\")")).unwrap(), b"");
        assert!(body(response("* 1 FETCH (UID 7 BODY[]<0> \"a")).is_none());
        assert!(body(response("* 1 FETCH (UID 7)")).is_none());
    }
}
