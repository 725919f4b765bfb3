//! A draft that is written in a form: the system lays it out as annex I of
//! decree 30/2020/NĐ-CP wants it, with room for number and date.

use std::convert::Infallible;

use futures_util::stream;
use typeset::{Block, Letterhead, Making, NamedDocument, NumberLine, PlaceLine, Signer};

use super::actions::OutgoingError;
use super::drafting::Details;
use super::rules::Kind;
use super::store::Outgoing;
use super::{OutgoingId, exchanging, recipients_of, store};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::rules::{clean_line, clean_text};
use crate::identity::{self, Actor, OrganisationId, PersonId};
use crate::papers::{self, Upload};
use crate::web::{App, Lang};

/// Longest text of each field, in characters: some forty pages.
const LONGEST: usize = 100_000;

/// What was typed, line by line.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Written {
    /// Thẩm quyền ban hành, of decisions and resolutions.
    pub issuer: String,
    /// Kính gửi.
    pub addressees: String,
    /// Căn cứ.
    pub bases: String,
    pub body: String,
    /// Authority and office above the signature: "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH".
    pub authority: String,
}

impl Written {
    /// What the fields of a form hold.
    pub fn typed(fields: &[(String, String)]) -> Self {
        let text = |name: &str| {
            let field = fields.iter().find(|(key, _)| key == name);
            field.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        Self {
            issuer: text("issuer"),
            addressees: text("addressees"),
            bases: text("bases"),
            body: text("body"),
            authority: text("authority"),
        }
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Cleans what was typed; `None`: without a body there is nothing to lay out.
    pub fn read(self) -> Result<Option<Self>, OutgoingError> {
        let clean = |text: &str| clean_text(text).trim().to_owned();
        let written = Self {
            issuer: clean(&self.issuer),
            addressees: clean(&self.addressees),
            bases: clean(&self.bases),
            body: clean(&self.body),
            authority: clean(&self.authority),
        };
        let Self { issuer, addressees, bases, body, authority } = &written;
        let fields = [issuer, addressees, bases, body, authority];
        if fields.iter().any(|field| field.chars().count() > LONGEST) {
            return Err(OutgoingError::TooLong);
        }
        let lines = fields.iter().flat_map(|field| field.lines());
        if papers::marking_in_lines(lines).is_some() {
            return Err(OutgoingError::Classified);
        }
        Ok(Some(written).filter(|written| !written.body.is_empty()))
    }
}

/// What a draft's other fields say, for its layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    kind: Kind,
    symbol: String,
    subject: String,
    signer: PersonId,
    recipients: Vec<String>,
}

impl Frame {
    /// Of a draft that is not there yet.
    pub async fn of_new(tx: &mut Tx, details: &Details) -> Result<Self, OutgoingError> {
        let here = identity::store::organisations(tx).await?;
        // A body that is served here is called by its own name, not by the directory's.
        let (bodies, neighbours) = exchanging::bodies(tx, &details.bodies).await?;
        let is_chosen = |id: &OrganisationId| details.organisations.contains(id) || neighbours.contains(id);
        let chosen = here.into_iter().filter(|one| is_chosen(&one.id));
        let names = chosen.map(|one| one.name).chain(bodies.into_iter().map(|one| one.name));
        Ok(Self {
            kind: details.kind,
            symbol: clean_line(&details.symbol).ok_or(OutgoingError::Fields)?,
            subject: clean_line(&details.subject).ok_or(OutgoingError::Fields)?,
            signer: details.signer,
            recipients: names.chain(lines(&clean_text(&details.others))).collect(),
        })
    }

    /// Of a draft whose next edition this will be.
    pub async fn of(tx: &mut Tx, draft: &Outgoing) -> Result<Self, OutgoingError> {
        let sent_to = recipients_of(tx, draft.id).await?;
        let names = sent_to.into_iter().filter(|one| !one.code.is_empty()).map(|one| one.name);
        Ok(Self {
            kind: draft.kind,
            symbol: draft.symbol.clone(),
            subject: draft.subject.clone(),
            signer: draft.signer_id,
            recipients: names.chain(lines(&draft.others)).collect(),
        })
    }
}

/// Lays a draft out; what comes of it is looked at as every upload is.
pub async fn lay_out(
    app: &App,
    actor: &Actor,
    (frame, written): (&Frame, &Written),
    now: Timestamp,
) -> Result<Upload, OutgoingError> {
    let mut tx = app.db.read().await?;
    let office = identity::store::organisation(&mut tx, actor.organisation).await?;
    let signer = identity::store::person(&mut tx, office.id, frame.signer).await?;
    drop(tx);
    let is_letter = frame.kind.code().is_empty();
    let form = NamedDocument {
        banner: app.config.test_authority.then(|| Lang::Vi.t("banner-test-office")),
        letterhead: Letterhead {
            parent_body: Some(spelled_out(&office.parent_name)).filter(|name| !name.is_empty()),
            issuing_body: spelled_out(&office.name),
            number_line: Some(NumberLine { number: None, symbol: frame.symbol.clone() }),
            place_line: Some(PlaceLine { place: office.place, date: None }),
        },
        type_name: if is_letter { "" } else { frame.kind.legal_name() }.to_owned(),
        subject: if is_letter { about(&frame.subject) } else { &frame.subject }.to_owned(),
        issuer: lines(&written.issuer).next(),
        addressees: points(&written.addressees),
        bases: points(&written.bases),
        body: blocks(&written.body),
        signer: Signer {
            capacity: lines(&written.authority).collect(),
            name: signer.ok_or(OutgoingError::Fields)?.full_name,
        },
        recipients: recipients(&frame.recipients, !written.addressees.is_empty()),
        verify_url: None,
    };
    let making =
        Making { ident: format!("draft {}", OutgoingId::new()), made_at: now.to_jiff(), author: office.name };
    let typesetter = app.typesetter.clone();
    let placed = tokio::task::spawn_blocking(move || typesetter.document(&form, &making)).await??;
    let name = exchanging::file_name(&frame.subject);
    let bytes = stream::once(async move { Ok::<_, Infallible>(placed.pdf.into()) });
    papers::actions::read_upload(app, &name, bytes).await.map_err(OutgoingError::Upload)
}

/// Keeps what an edition was laid out from.
pub async fn keep(tx: &mut Tx, id: OutgoingId, edition: i64, written: &Written) -> Result<(), OutgoingError> {
    Ok(store::insert_text(tx, id, edition, written).await?)
}

/// A body's name as documents bear it: without abbreviations.
fn spelled_out(name: &str) -> String {
    match name.split_once(' ') {
        Some(("UBND", rest)) => format!("Ủy ban nhân dân {rest}"),
        Some(("HĐND", rest)) => format!("Hội đồng nhân dân {rest}"),
        _ => name.to_owned(),
    }
}

/// What a letter is about, without the words that the form prints before it.
fn about(subject: &str) -> &str {
    let begins = ["Về việc ", "về việc ", "V/v ", "v/v "];
    begins.into_iter().find_map(|words| subject.strip_prefix(words)).unwrap_or(subject)
}

/// The lines that hold something, with single blanks; a paragraph may be longer than a title.
fn lines(typed: &str) -> impl Iterator<Item = String> {
    let lines = typed.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty())
}

/// Lines of an enumeration: the form sets the signs at their ends.
fn points(typed: &str) -> Vec<String> {
    let lines =
        lines(typed).map(|line| line.trim_start_matches("- ").trim_end_matches([';', '.']).to_owned());
    lines.filter(|line| !line.is_empty()).collect()
}

/// "Như trên" where somebody is addressed, then everyone, at last the registry.
fn recipients(names: &[String], is_addressed: bool) -> Vec<String> {
    let mut lines: Vec<String> = is_addressed.then(|| "Như trên".to_owned()).into_iter().collect();
    lines.extend(names.iter().flat_map(|name| points(name)));
    if !lines.iter().any(|line| line.starts_with("Lưu")) {
        lines.push("Lưu: VT".to_owned());
    }
    lines
}

/// The words as pieces: a line that ends without a stop and begins as parts of
/// documents do is a heading. The last line closes the document ("./.").
fn blocks(typed: &str) -> Vec<Block> {
    let mut lines: Vec<String> = lines(typed).collect();
    if let Some(last) = lines.last_mut()
        && !last.ends_with("./.")
    {
        *last = format!("{}./.", last.trim_end_matches(['.', '/', ';']));
    }
    let block = |line: String| if is_heading(&line) { Block::Heading(line) } else { Block::Paragraph(line) };
    lines.into_iter().map(block).collect()
}

fn is_heading(line: &str) -> bool {
    if line.ends_with(['.', ';', ',', '/']) {
        return false;
    }
    let first = line.split([' ', '.']).next().unwrap_or_default();
    let second = line.split([' ', '.', ':']).nth(1).unwrap_or_default();
    let is_number =
        second == "thứ" || second.chars().all(|sign| sign.is_ascii_digit() || "IVXLC".contains(sign));
    // "Điều 1. Phê duyệt … như sau:" is said, not called: only its number is bold.
    let is_part = ["Phần", "Chương", "Mục", "Điều"].contains(&first)
        && !second.is_empty()
        && is_number
        && !line.ends_with(':');
    let is_roman =
        line.contains(". ") && !first.is_empty() && first.chars().all(|sign| "IVXLC".contains(sign));
    let is_called_out = line.ends_with(':') && line.to_uppercase() == line;
    is_part || is_roman || is_called_out
}

#[cfg(test)]
mod tests {
    use typeset::Block;

    use super::{Written, blocks, points, recipients};

    fn shape(typed: &str) -> Vec<(bool, String)> {
        let shape = |block: Block| match block {
            Block::Heading(words) => (true, words),
            Block::Paragraph(words) => (false, words),
            Block::Table { .. } => panic!("nobody typed a table"),
        };
        blocks(typed).into_iter().map(shape).collect()
    }

    #[test]
    fn headings_are_known_by_how_they_begin_and_end() {
        let typed = "QUYẾT ĐỊNH:\n\nĐiều 1. Phạm vi\nĐiều kiện hưởng gồm:\nĐiều 3. Phê duyệt như sau:\n\
                     Phần lớn đã xong\nPhần thứ nhất\nĐiều 2. Giao Phòng Kinh tế thực hiện.\nI. KẾT QUẢ\nIm lặng\nViệc khác.";
        let expected = [
            (true, "QUYẾT ĐỊNH:"),
            (true, "Điều 1. Phạm vi"),
            (false, "Điều kiện hưởng gồm:"),
            (false, "Điều 3. Phê duyệt như sau:"),
            (false, "Phần lớn đã xong"),
            (true, "Phần thứ nhất"),
            (false, "Điều 2. Giao Phòng Kinh tế thực hiện."),
            (true, "I. KẾT QUẢ"),
            (false, "Im lặng"),
            (false, "Việc khác./."),
        ];
        assert_eq!(shape(typed), expected.map(|(is_heading, words)| (is_heading, words.to_owned())));
        assert_eq!(shape("Hết./."), [(false, "Hết./.".to_owned())]);
        let long = "Một đoạn dài hơn một đầu đề. ".repeat(40);
        assert_eq!(shape(&long), [(false, format!("{}/.", long.trim()))]);
    }

    #[test]
    fn the_form_sets_the_signs_of_enumerations() {
        assert_eq!(points("- Sở Nội vụ;\n\n  Sở Tài chính.\n;"), ["Sở Nội vụ", "Sở Tài chính"]);
        assert_eq!(recipients(&["Tổ 1;".to_owned()], true), ["Như trên", "Tổ 1", "Lưu: VT"]);
        assert_eq!(recipients(&["Lưu: VT, KT".to_owned()], false), ["Lưu: VT, KT"]);
    }

    #[test]
    fn nothing_written_is_none_and_secrets_are_refused() {
        let written = |body: &str| Written { body: body.to_owned(), ..Written::default() }.read();
        assert_eq!(written(" \n").unwrap(), None);
        assert!(written("Một câu.").unwrap().is_some());
        assert!(written("TUYỆT MẬT\nMột câu.").is_err());
        assert!(written(&"a".repeat(100_001)).is_err());
    }
}
