//! The pages of letters: what waits, one letter, and what is done with it.

mod acts;

use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::actions::{self, Choice, LetterError};
use super::rules::{LetterAct, LetterState, Trouble};
use super::store::{self, Letter, LetterFile, LetterLine};
use crate::db::Tx;
use crate::identity::{self, Actor, Chrome, OrgRole, Section};
use crate::incoming::{LetterId, urls};
use crate::papers::web::{attachment, upload_refusal};
use crate::web::{self, App, Path, StateBadge};

pub(in crate::incoming) fn router() -> Router<App> {
    Router::new()
        .route("/incoming/letters", get(list))
        .route("/incoming/letters/{letter}", get(show))
        .route("/incoming/letters/{letter}/raw", get(raw))
        .merge(acts::router())
}

impl From<LetterError> for web::Error {
    fn from(error: LetterError) -> Self {
        match error {
            LetterError::NotFound => Self::NotFound,
            LetterError::NotNow(state) => Self::Conflict(not_now(state).into()),
            LetterError::Stale => Self::Conflict("mailbox-stale".into()),
            LetterError::NothingChosen => Self::Invalid("mailbox-nothing-chosen".into()),
            LetterError::File { source, .. } => upload_refusal(source),
            LetterError::Document(error) => error.into(),
            LetterError::Reader(error) => Self::internal(error),
            LetterError::Storage(error) => error.into(),
            LetterError::Db(error) => error.into(),
        }
    }
}

fn not_now(state: LetterState) -> &'static str {
    match state {
        LetterState::Waiting => "mailbox-not-now-waiting",
        LetterState::Taken => "mailbox-taken-before",
        LetterState::PutAside => "mailbox-not-now-put-aside",
        LetterState::Refused => "mailbox-not-now-refused",
    }
}

fn trouble_words(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::TooLarge => "mailbox-trouble-too-large",
        Trouble::TooManyFiles => "mailbox-trouble-too-many-files",
        Trouble::TooDeep => "mailbox-trouble-too-deep",
        Trouble::Empty => "mailbox-trouble-empty",
        Trouble::Unreadable => "mailbox-trouble-unreadable",
        Trouble::NotGiven => "mailbox-trouble-not-given",
        Trouble::Classified => "mailbox-trouble-classified",
        Trouble::Twin => "mailbox-trouble-twin",
    }
}

fn state_badge(chrome: &Chrome, state: LetterState) -> StateBadge {
    let (kind, icon, key) = match state {
        LetterState::Waiting => ("now", "mail", "mailbox-state-waiting"),
        LetterState::Taken => ("good", "good", "mailbox-state-taken"),
        LetterState::PutAside => ("", "archive", "mailbox-state-put-aside"),
        LetterState::Refused => ("bad", "warn", "mailbox-state-refused"),
    };
    StateBadge { kind, icon, word: chrome.t(key) }
}

/// A letter in a list, every word chosen.
pub(in crate::incoming) struct LetterRow {
    pub(in crate::incoming) link: String,
    pub(in crate::incoming) title: String,
    pub(in crate::incoming) more: String,
    pub(in crate::incoming) state: StateBadge,
    /// What is against it.
    pub(in crate::incoming) trouble: Option<String>,
}

impl LetterRow {
    fn of(chrome: &Chrome, line: LetterLine) -> Self {
        let files = chrome.t1("mailbox-file-count", "count", line.files);
        let parts = [line.sender, line.received_at.date_time(), files];
        Self {
            link: urls::letter(line.id),
            title: title(chrome, &line.subject),
            more: parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
            state: state_badge(chrome, line.state),
            trouble: line.trouble.map(|trouble| chrome.t(trouble_words(trouble))),
        }
    }
}

/// What waits for this clerk, for the desk.
pub(in crate::incoming) async fn waiting(
    tx: &mut Tx,
    chrome: &Chrome,
    actor: &Actor,
) -> Result<Vec<LetterRow>, web::Error> {
    let lines = store::waiting(tx, actor.organisation).await?;
    Ok(lines.into_iter().map(|line| LetterRow::of(chrome, line)).collect())
}

fn title(chrome: &Chrome, subject: &str) -> String {
    if subject.is_empty() { chrome.t("mailbox-no-subject") } else { subject.to_owned() }
}

#[derive(Template)]
#[template(path = "incoming/letters.html")]
struct LettersPage {
    chrome: Chrome,
    waiting: Vec<LetterRow>,
    done: Vec<LetterRow>,
}

async fn list(chrome: Chrome, actor: Actor, State(app): State<App>) -> Result<Html<String>, web::Error> {
    actor.must_be(&[OrgRole::Clerk])?;
    let mut tx = app.db.read().await?;
    let waiting = waiting(&mut tx, &chrome, &actor).await?;
    let done = store::done(&mut tx, actor.organisation).await?;
    let done = done.into_iter().map(|line| LetterRow::of(&chrome, line)).collect();
    web::page(&LettersPage { waiting, done, chrome: chrome.at(Section::Incoming) })
}

/// What was chosen or typed in a form that was refused.
#[derive(Debug, Default)]
struct Kept {
    choice: Choice,
    reason: String,
    problem: Option<String>,
}

struct FileView {
    place: i64,
    name: String,
    size: String,
    /// Its name is that of a file that can be a document.
    is_readable: bool,
    is_document: bool,
    is_attachment: bool,
}

#[derive(Template)]
#[template(path = "incoming/letter.html")]
struct LetterPage {
    chrome: Chrome,
    base: String,
    title: String,
    letter: Letter,
    size: String,
    state: StateBadge,
    trouble: Option<String>,
    files: Vec<FileView>,
    has_document: bool,
    alike: Vec<LetterRow>,
    /// The document made of it.
    document: Option<String>,
    /// Who did the last thing with it, and when.
    acted: Option<String>,
    may_take: bool,
    may_put_aside: bool,
    may_take_up: bool,
    kept: Kept,
}

async fn show(
    Path(id): Path<LetterId>,
    chrome: Chrome,
    actor: Actor,
    State(app): State<App>,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    web::page(&load(&mut tx, chrome, &actor, id, Kept::default()).await?)
}

async fn load(
    tx: &mut Tx,
    chrome: Chrome,
    actor: &Actor,
    id: LetterId,
    kept: Kept,
) -> Result<LetterPage, web::Error> {
    let (letter, files) = actions::find(tx, actor, id).await?;
    let alike = store::alike(tx, actor.organisation, &letter).await?;
    let people = identity::store::people(tx, actor.organisation).await?;
    let person = people.into_iter().find(|one| Some(one.id) == letter.acted_by);
    let acted = person.zip(letter.acted_at);
    let may = |act| letter.state.after(act, letter.trouble).is_some();
    Ok(LetterPage {
        base: urls::letter(id),
        title: title(&chrome, &letter.subject),
        size: size_words(letter.size),
        state: state_badge(&chrome, letter.state),
        trouble: letter.trouble.map(|trouble| chrome.t(trouble_words(trouble))),
        has_document: files.iter().any(|file| is_readable(&file.name)),
        files: views(files, &kept.choice),
        alike: alike.into_iter().map(|line| LetterRow::of(&chrome, line)).collect(),
        document: letter.document_id.map(urls::document),
        acted: acted.map(|(one, at)| format!("{}, {}", one.full_name, at.date_time())),
        may_take: may(LetterAct::Take),
        may_put_aside: may(LetterAct::PutAside),
        may_take_up: may(LetterAct::TakeUp),
        letter,
        kept,
        chrome: chrome.at(Section::Incoming),
    })
}

/// The first file that may be a document is chosen, unless the clerk chose.
fn views(files: Vec<LetterFile>, choice: &Choice) -> Vec<FileView> {
    let first = files.iter().find(|file| is_readable(&file.name)).map(|file| file.place);
    let document = choice.document.or(first);
    let view = |file: LetterFile| FileView {
        is_readable: is_readable(&file.name),
        is_document: document == Some(file.place),
        is_attachment: choice.attachments.contains(&file.place),
        size: size_words(file.size),
        place: file.place,
        name: file.name,
    };
    files.into_iter().map(view).collect()
}

/// By its name alone; what it really is, is looked at when it is taken.
fn is_readable(name: &str) -> bool {
    const ENDINGS: [&str; 10] =
        [".pdf", ".doc", ".docx", ".odt", ".xls", ".xlsx", ".ods", ".ppt", ".pptx", ".odp"];
    let name = name.to_lowercase();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

fn size_words(bytes: i64) -> String {
    match bytes {
        ..1_000_000 => format!("{} KB", (bytes + 999) / 1_000),
        _ => format!("{},{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// The letter, byte for byte.
async fn raw(Path(id): Path<LetterId>, actor: Actor, State(app): State<App>) -> Result<Response, web::Error> {
    let (letter, _) = actions::find(&mut app.db.read().await?, &actor, id).await?;
    let hash = letter.sha256.ok_or(web::Error::NotFound)?;
    let bytes = app.storage.stream(hash).await?;
    let headers = [
        (CONTENT_TYPE, "message/rfc822".to_owned()),
        (CONTENT_DISPOSITION, attachment(&format!("thu-{}.eml", hash.short()))),
        // Whatever is in the letter, it acts for nobody.
        (CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'".to_owned()),
    ];
    Ok((headers, Body::from_stream(bytes)).into_response())
}

#[cfg(test)]
mod tests {
    use super::{is_readable, size_words};

    #[test]
    fn sizes_are_told_as_people_say_them() {
        assert_eq!(size_words(0), "0 KB");
        assert_eq!(size_words(5), "1 KB");
        assert_eq!(size_words(12_340_000), "12,3 MB");
    }

    #[test]
    fn a_picture_is_no_document() {
        assert!(is_readable("Công văn.PDF") && is_readable("a.docx") && !is_readable("logo.png"));
    }
}
