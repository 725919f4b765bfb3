//! Looking into an e-mail box: what is new is kept, then marked as read there.
//!
//! A letter is known by the folder's UIDVALIDITY and its UID, so it is there
//! once however often it is read, by whichever node. Letters are kept in the
//! order of their UIDs, and nothing is deleted or marked before its row is
//! committed: a stop at any moment loses none.

mod imap;
mod wire;

use std::time::Duration;

use serde_json::json;
use tokio::time::{MissedTickBehavior, interval};

use self::imap::{PART, Session};
pub use self::wire::WireError;
use super::reading::{Contents, Enclosed};
use super::rules::{LARGEST_MIB, LONGEST_LINE, LONGEST_TEXT, LetterState, MOST_FILES, Trouble};
use super::store::{self, Letter, LetterFile, Place};
use crate::audit::{self, Act};
use crate::clock::Timestamp;
use crate::config::{Config, Mailbox};
use crate::db::{self, Db};
use crate::identity::rules::{clean_line, clean_text};
use crate::identity::{self, OrganisationId};
use crate::incoming::LetterId;
use crate::lookout::Lookout;
use crate::papers::{self, marking_in_lines, marking_in_name};
use crate::storage::{self, Hash, Incoming};
use crate::web::App;

/// Letters taken in before the next look, so that a full box holds nobody up.
const MOST_AT_ONCE: usize = 200;
/// Looks in which one letter may break the connection before the others go on without it.
const MOST_TRIES: u32 = 3;
/// What the reading process says of a letter at the most.
const LONGEST_ANSWER: u64 = 4 << 20;

#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    #[error("there is no organisation with the code {0:?}")]
    NoOrganisation(String),
    #[error("the file with the authority of the server's certificate cannot be read")]
    Authority(#[source] std::io::Error),
    #[error(transparent)]
    Wire(#[from] WireError),
    #[error("the process that reads letters cannot be run")]
    Reader(#[source] std::io::Error),
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// A letter that broke the connection, and how often.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stumble {
    uid_validity: i64,
    uid: i64,
    tries: u32,
}

/// Looks into every box of the settings, again and again, each on its own.
pub fn watch(app: &App) {
    for mailbox in app.config.mailboxes.clone() {
        let app = app.clone();
        tokio::spawn(async move { watch_one(&app, &mailbox).await });
    }
}

async fn watch_one(app: &App, mailbox: &Mailbox) {
    let mut looks = interval(Duration::from_secs(mailbox.pause_seconds.max(1)));
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut lookout = Lookout::new(&mailbox.organisation, mailbox.url.name());
    let mut stumble = Stumble::default();
    loop {
        looks.tick().await;
        let looked = look(app, mailbox, &mut stumble).await;
        lookout.note(app, looked.map(drop)).await;
    }
}

/// Looks into a box once, and gives how many letters were kept.
pub async fn look(app: &App, mailbox: &Mailbox, stumble: &mut Stumble) -> Result<usize, MailboxError> {
    let organisation = organisation(&app.db, mailbox).await?;
    let mut session = open(mailbox).await?;
    let name = mailbox.url.name();
    let place = Place { organisation, mailbox: &name, uid_validity: session.uid_validity };
    let last = store::last_uid(&mut app.db.read().await?, &place).await?;
    let (mut kept, new) = (0, session.letters_after(last).await?);
    for uid in new.into_iter().take(MOST_AT_ONCE) {
        let found = match stumble.passes_over(&place, uid) {
            true => Some(Found::not_given()),
            false => {
                let fetched = fetch(app, &mut session, uid).await;
                stumble.note(&place, uid, &fetched);
                fetched?
            }
        };
        // Deleted between the two questions.
        let Some(found) = found else { continue };
        kept += usize::from(keep(app, &place, uid, found).await?);
        match session.mark(uid).await {
            Ok(()) | Err(WireError::Refused(_)) => {}
            Err(broken) => return Err(broken.into()),
        }
    }
    session.close().await;
    Ok(kept)
}

/// Tries to sign in and open the folder.
pub async fn probe(config: &Config, mailbox: &Mailbox) -> Result<(), MailboxError> {
    organisation(&Db::open(config.database_url.reveal()).await?, mailbox).await?;
    open(mailbox).await?.close().await;
    Ok(())
}

async fn organisation(db: &Db, mailbox: &Mailbox) -> Result<OrganisationId, MailboxError> {
    let all = identity::store::organisations(&mut db.read().await?).await?;
    let found = all.iter().find(|one| one.code == mailbox.organisation);
    Ok(found.ok_or_else(|| MailboxError::NoOrganisation(mailbox.organisation.clone()))?.id)
}

async fn open(mailbox: &Mailbox) -> Result<Session, MailboxError> {
    let authority = match mailbox.authority_file.as_str() {
        "" => None,
        file => Some(tokio::fs::read(file).await.map_err(MailboxError::Authority)?),
    };
    let patience = Duration::from_secs(mailbox.answer_seconds.max(1));
    Ok(Session::open(&mailbox.url, authority.as_deref(), patience).await?)
}

impl Stumble {
    fn is_at(&self, place: &Place<'_>, uid: i64) -> bool {
        (self.uid_validity, self.uid) == (place.uid_validity, uid)
    }

    fn passes_over(&self, place: &Place<'_>, uid: i64) -> bool {
        self.is_at(place, uid) && self.tries >= MOST_TRIES
    }

    /// Counts what the connection broke at. A full disk is not the letter's fault.
    fn note(&mut self, place: &Place<'_>, uid: i64, fetched: &Result<Option<Found>, MailboxError>) {
        if matches!(fetched, Err(MailboxError::Wire(_))) {
            let tries = if self.is_at(place, uid) { self.tries + 1 } else { 1 };
            *self = Self { uid_validity: place.uid_validity, uid, tries };
        }
    }
}

/// What was found where a letter lies.
#[derive(Debug)]
struct Found {
    /// `None`: it was not taken in.
    raw: Option<Incoming>,
    size: u64,
    contents: Contents,
}

impl Found {
    fn not_given() -> Self {
        let contents = Contents { trouble: Some(Trouble::NotGiven), ..Contents::default() };
        Self { raw: None, size: 0, contents }
    }
}

async fn fetch(app: &App, session: &mut Session, uid: i64) -> Result<Option<Found>, MailboxError> {
    let largest = app.config.upload_limit_mib.min(LARGEST_MIB).saturating_mul(1 << 20);
    let Some(size) = session.size(uid).await? else { return Ok(None) };
    let raw = if size <= largest { letter(app, session, uid, largest).await? } else { None };
    let contents = match &raw {
        Some(raw) => read(app, raw).await?,
        None => head(app, session, uid).await?,
    };
    let size = raw.as_ref().map_or(size, Incoming::size);
    if !is_classified(&contents) {
        return Ok(Some(Found { raw, size, contents }));
    }
    // Whom to ask, and nothing of what it is about.
    let Contents { message_id, sender, written_at, .. } = contents;
    let trouble = Some(Trouble::Classified);
    let contents = Contents { message_id, sender, written_at, trouble, ..Contents::default() };
    Ok(Some(Found { raw: None, size, contents }))
}

/// What the head of a letter says that is too large to be taken in.
async fn head(app: &App, session: &mut Session, uid: i64) -> Result<Contents, MailboxError> {
    let mut head = app.storage.incoming(u64::MAX).await?;
    head.write(&session.head(uid).await?).await?;
    head.finish().await?;
    // Beyond the head nothing was read, so what looks like a text or a file is none.
    let Contents { message_id, sender, subject, written_at, .. } = read(app, &head).await?;
    let trouble = Some(Trouble::TooLarge);
    Ok(Contents { message_id, sender, subject, written_at, trouble, ..Contents::default() })
}

/// The letter, byte for byte. What the server said of its size may be a lie,
/// or an estimate; `None`: it is larger than `largest`.
async fn letter(
    app: &App,
    session: &mut Session,
    uid: i64,
    largest: u64,
) -> Result<Option<Incoming>, MailboxError> {
    let mut raw = app.storage.incoming(u64::MAX).await?;
    loop {
        let part = session.part(uid, raw.size()).await?;
        raw.write(&part).await?;
        if raw.size() > largest {
            return Ok(None);
        }
        if part.len() < PART {
            raw.finish().await?;
            return Ok(Some(raw));
        }
    }
}

/// What stands in a letter, as a process of its own reads it, cleaned.
async fn read(app: &App, letter: &Incoming) -> Result<Contents, MailboxError> {
    let answer = app.renderer.ask(&["letter", "contents"], letter.path(), LONGEST_ANSWER).await;
    let answer = answer.map_err(MailboxError::Reader)?;
    let contents: Option<Contents> = answer.and_then(|json| serde_json::from_slice(&json).ok());
    let unreadable = || Contents { trouble: Some(Trouble::Unreadable), ..Contents::default() };
    let mut contents = contents.unwrap_or_else(unreadable);
    for line in [&mut contents.message_id, &mut contents.sender, &mut contents.subject] {
        *line = line_of(line);
    }
    contents.text = clean_text(contents.text.trim()).chars().take(LONGEST_TEXT).collect();
    contents.files.truncate(MOST_FILES);
    for file in &mut contents.files {
        file.name = papers::file_name(&file.name);
    }
    Ok(contents)
}

/// A line of a head, cleaned and cut; a long one ends in dots.
fn line_of(text: &str) -> String {
    let text = text.trim();
    let cut: String = text.chars().take(LONGEST_LINE).collect();
    let line = clean_line(&cut).unwrap_or_default();
    if cut.len() < text.len() { line + "…" } else { line }
}

fn is_classified(contents: &Contents) -> bool {
    let names = contents.files.iter().map(|file| &file.name).chain([&contents.subject]);
    let mut names = names.map(|name| marking_in_name(name));
    names.any(|marking| marking.is_some()) || marking_in_lines(contents.text.lines()).is_some()
}

/// Keeps a letter with its files; false: another node was faster.
async fn keep(app: &App, place: &Place<'_>, uid: i64, found: Found) -> Result<bool, MailboxError> {
    let hash = match &found.raw {
        Some(raw) => Some(app.storage.keep(raw).await?),
        None => None,
    };
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let is_twin = match hash {
        Some(hash) => store::came_before(&mut tx, place.organisation, hash).await?,
        None => false,
    };
    let (letter, files) = rows(place, found, (hash, is_twin), now);
    let is_new = store::insert(&mut tx, place, uid, (&letter, &files)).await?;
    if is_new {
        let hash = hash.map(|hash| hash.to_string());
        let act = Act {
            chain: place.organisation.into(),
            actor: None,
            act: "letter_received",
            subject: format!("letter:{}", letter.id),
            details: json!({ "mailbox": place.mailbox, "uid": uid, "sha256": hash }),
        };
        audit::record(&mut tx, act, now).await?;
    }
    tx.commit().await?;
    Ok(is_new)
}

fn rows(
    place: &Place<'_>,
    Found { size, contents, .. }: Found,
    (sha256, is_twin): (Option<Hash>, bool),
    now: Timestamp,
) -> (Letter, Vec<LetterFile>) {
    let trouble = contents.trouble.or(is_twin.then_some(Trouble::Twin));
    let letter = Letter {
        id: LetterId::new(),
        mailbox: place.mailbox.to_owned(),
        sha256,
        size: i64::try_from(size).unwrap_or(i64::MAX),
        message_id: contents.message_id,
        sender: contents.sender,
        subject: contents.subject,
        written_at: contents.written_at.map(|seconds| seconds.saturating_mul(1_000_000).into()),
        text: contents.text,
        received_at: now,
        state: LetterState::first(trouble),
        version: 1,
        trouble,
        reason: String::new(),
        document_id: None,
        acted_by: None,
        acted_at: None,
    };
    let files = (0..).zip(contents.files);
    let file = |(place, file): (i64, Enclosed)| LetterFile { place, name: file.name, size: file.size };
    (letter, files.map(file).collect())
}
