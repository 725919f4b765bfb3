//! The folder of an organisation's exchange: messages lie in `out` until the
//! program of the hub fetches them, and in `in` until we have them.
//!
//! A file appears under its name when it is whole and not before, ours and
//! theirs; names that begin with a point are nobody's business. What cannot be
//! taken goes to `refused`, with the reason in a file beside it.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use pades::pdf::Source;

use super::edxml::{self, Enclosure, Letter, Organ, ReadError, Received, Status};
use super::receiving::{self, Kept};
use super::rules::{Business, Report};
use super::sending::{self, Content, enclosure};
use super::{ExchangeError, store};
use crate::config::ExchangeFolder;
use crate::db::Tx;
use crate::identity::store::Organisation;
use crate::identity::{self, OrganisationId};
use crate::jobs::Failure;
use crate::lookout::Lookout;
use crate::papers;
use crate::storage::Stored;
use crate::web::App;

pub use super::sending::{POSTING_JOB, PostingPayload};

/// The folder, where what could be read is noted; where it lies is for the administrator to know.
pub const PLACE: &str = "exchange";
/// How often the folders are looked into.
const PAUSE: Duration = Duration::from_secs(15);
/// A message that cannot be read may still be being copied; older than this it is not.
const PATIENCE: Duration = Duration::from_secs(300);
/// Messages taken in one look, so that one folder does not keep the others waiting.
const AT_ONCE: usize = 100;
/// A message is longer than the files in it: base64 by a third, and its head.
const GROWTH: u64 = 2;

/// Looks into every folder of the settings, again and again, each on its own.
pub fn watch(app: &App) {
    for folder in app.config.exchange.clone() {
        let app = app.clone();
        tokio::spawn(async move { watch_one(&app, &folder).await });
    }
}

async fn watch_one(app: &App, folder: &ExchangeFolder) {
    let mut ticks = tokio::time::interval(PAUSE);
    let mut lookout = Lookout::new(&folder.organisation, PLACE);
    loop {
        ticks.tick().await;
        lookout.note(app, take_in(app, folder).await).await;
    }
}

/// Makes the folders an organisation needs, and tries to write there. The
/// service itself makes none: a share that is not mounted must not be taken for
/// an empty one.
pub async fn prepare(folder: &ExchangeFolder) -> io::Result<()> {
    for part in ["in", "out", "refused"] {
        tokio::fs::create_dir_all(folder.folder.join(part)).await?;
    }
    let probe = folder.folder.join("out").join(".probe");
    tokio::fs::write(&probe, b"").await?;
    tokio::fs::remove_file(&probe).await
}

/// Writes a posting into its organisation's folder. Twice does no harm: the
/// name is the same, and so are the bytes.
pub async fn write_out(app: &App, payload: PostingPayload) -> Result<(), ExchangeError> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(posting) = store::claim_posting(&mut tx, payload.posting).await? else { return Ok(()) };
    let files = store::posted_files(&mut tx, posting.id).await?;
    let office = identity::store::organisation(&mut tx, posting.organisation_id).await?;
    tx.commit().await?;
    let folder = app.config.exchange.iter().find(|folder| folder.organisation == office.code);
    let folder = folder.ok_or_else(|| ExchangeError::NoFolder(office.code.clone()))?;
    let from = Organ { code: folder.identifier.as_str().to_owned(), name: office.name };
    let head = match serde_json::from_str(&posting.content)? {
        Content::Letter(letter) => {
            let announced: Vec<Enclosure> = files.iter().map(enclosure).collect();
            edxml::letter(&Letter { from, ..*letter }, &announced)
        }
        Content::Status(status) => edxml::status(&Status { from, ..status }),
    };
    let mut sources = Vec::new();
    for file in &files {
        sources.push((enclosure(file), Reader::of(app.storage.source(file.sha256).await?)));
    }
    let when = posting.queued_at.in_office().strftime("%Y%m%d-%H%M%S").to_string();
    let name = format!("{when}-{}.edxml", posting.id);
    let out = folder.folder.join("out");
    tokio::task::spawn_blocking(move || write_whole(&out, &name, &head, sources)).await??;
    let mut tx = app.db.write().await?;
    store::mark_sent(&mut tx, payload.posting, now).await?;
    Ok(tx.commit().await?)
}

fn write_whole(folder: &Path, name: &str, head: &str, files: Vec<(Enclosure, Reader)>) -> io::Result<()> {
    let part = folder.join(format!(".{name}.part"));
    let mut to = BufWriter::new(File::create(&part)?);
    to.write_all(head.as_bytes())?;
    edxml::write_files(&mut to, files)?;
    to.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    std::fs::rename(&part, folder.join(name))?;
    // The name too must outlast a power cut.
    File::open(folder)?.sync_all()
}

/// A stored file, read from its start to its end.
struct Reader {
    source: Stored,
    at: usize,
}

impl Reader {
    fn of(source: Stored) -> Self {
        Self { source, at: 0 }
    }
}

impl Read for Reader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = into.len().min(self.source.length() - self.at);
        let into = into.get_mut(..count).unwrap_or_default();
        self.source.read_at(self.at, into)?;
        self.at += count;
        Ok(count)
    }
}

/// Takes in what lies in a folder. A message that cannot be taken holds up no other.
pub async fn take_in(app: &App, folder: &ExchangeFolder) -> Result<(), ExchangeError> {
    let mut tx = app.db.read().await?;
    let all = identity::store::organisations(&mut tx).await?;
    drop(tx);
    let office = all.into_iter().find(|one| one.code == folder.organisation);
    let office = office.ok_or_else(|| ExchangeError::NoFolder(folder.organisation.clone()))?;
    // What has no place to go would be refused again at each look.
    tokio::fs::metadata(folder.folder.join("refused")).await?;
    for path in waiting_in(&folder.folder.join("in")).await? {
        if let Err(error) = take_one(app, folder, (&office, &path)).await {
            let cause = Failure::from_error(&error);
            tracing::warn!(%cause, path = %path.display(), "A message of the exchange could not be taken now");
        }
    }
    Ok(())
}

/// The messages in a folder, in the order of their names.
async fn waiting_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut entries = tokio::fs::read_dir(folder).await?;
    while let Some(entry) = entries.next_entry().await? {
        let path = entry.path();
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        let is_message = path.extension().is_some_and(|ending| ending == "edxml" || ending == "xml");
        if is_message && !is_hidden && entry.file_type().await?.is_file() {
            found.push(path);
        }
    }
    found.sort();
    found.truncate(AT_ONCE);
    Ok(found)
}

/// Takes one message: the file goes once the transaction is committed.
async fn take_one(
    app: &App,
    folder: &ExchangeFolder,
    (office, path): (&Organisation, &Path),
) -> Result<(), ExchangeError> {
    let limit = app.config.upload_limit_mib.saturating_mul(1024 * 1024);
    let kept = match look_at(path, limit).await? {
        Look::Later => return Ok(()),
        Look::Never(reason) => return reject(app, folder, (office, path), &reason).await,
        Look::Whole(received, bytes) => act_on(app, (folder, office), received, bytes).await?,
    };
    app.bell.notify_one();
    match kept {
        Kept::Done => Ok(tokio::fs::remove_file(path).await?),
        Kept::Rejected(reason) => reject(app, folder, (office, path), reason).await,
    }
}

/// What a file in the folder is.
enum Look {
    Whole(Received, Vec<u8>),
    /// It may still be being copied.
    Later,
    /// No message that can be read, for this reason.
    Never(String),
}

async fn look_at(path: &Path, limit: u64) -> Result<Look, ExchangeError> {
    let about = tokio::fs::metadata(path).await?;
    if about.len() > limit.saturating_mul(GROWTH) {
        return Ok(Look::Never("Thông điệp lớn hơn giới hạn".to_owned()));
    }
    let bytes = tokio::fs::read(path).await?;
    let (read, bytes) = tokio::task::spawn_blocking(move || (edxml::read(&bytes, limit), bytes)).await?;
    let is_new = about.modified()?.elapsed().is_ok_and(|age| age < PATIENCE);
    Ok(match read {
        Ok(received) => Look::Whole(received, bytes),
        Err(_) if is_new => Look::Later,
        Err(error) => Look::Never(in_words(&error)),
    })
}

async fn act_on(
    app: &App,
    (folder, office): (&ExchangeFolder, &Organisation),
    received: Received,
    bytes: Vec<u8>,
) -> Result<Kept, ExchangeError> {
    let (letter, files) = match received {
        Received::Letter(letter, files) => (letter, files),
        Received::Status(status) => {
            let mut tx = app.db.write().await?;
            let is_ours = sending::hear(&mut tx, office.id, &status, app.clock.now()).await?;
            tx.commit().await?;
            let stranger = Kept::Rejected("Trạng thái của một văn bản không gửi từ đây");
            return Ok(if is_ours { Kept::Done } else { stranger });
        }
    };
    if letter.business != Business::Recall {
        return keep(app, (folder, office), (&letter, files), bytes).await;
    }
    let mut tx = app.db.write().await?;
    let given = receiving::give_back(&mut tx, office, &letter, app.clock.now()).await?;
    tx.commit().await?;
    Ok(given)
}

/// What is wrong with a message, for whoever runs the office's computers.
fn in_words(error: &ReadError) -> String {
    match error {
        ReadError::Encoding(_) => "Không phải văn bản UTF-8".to_owned(),
        ReadError::Xml(cause) => format!("Không đúng định dạng XML: {cause}"),
        ReadError::Field(name) => format!("Thiếu hoặc sai trường {name}"),
        ReadError::ManyFiles => "Quá nhiều tệp".to_owned(),
        ReadError::File(name) => format!("Không mở được tệp {name}"),
        ReadError::Large { limit } => format!("Các tệp lớn hơn giới hạn {} MiB", limit / 1024 / 1024),
    }
}

/// Keeps a document with its files, unless it is none of ours or bears a
/// marking of state secrets; of such a one nothing is kept here.
async fn keep(
    app: &App,
    (folder, office): (&ExchangeFolder, &Organisation),
    (letter, files): (&Letter, Vec<edxml::Enclosed>),
    bytes: Vec<u8>,
) -> Result<Kept, ExchangeError> {
    let is_for_us = letter.to.iter().any(|to| to.code == folder.identifier.as_str());
    if !is_for_us {
        return refuse(app, (office.id, letter), "Sai địa chỉ nhận").await;
    }
    let is_marked = files.iter().any(|file| papers::marking_in_name(&file.name).is_some());
    if is_marked || papers::marking_in_lines([letter.subject.as_str()]).is_some() {
        return refuse(app, (office.id, letter), "Không nhận văn bản mật qua hệ thống này").await;
    }
    if files.is_empty() {
        return refuse(app, (office.id, letter), "Không có tệp văn bản").await;
    }
    let mut kept = Vec::new();
    for file in files {
        let name = papers::file_name(&file.name);
        kept.push((name, app.storage.put(file.bytes).await?));
    }
    let raw = app.storage.put(bytes).await?;
    let mut tx = app.db.write().await?;
    let done = receiving::keep(&mut tx, office, (letter, raw, &kept), app.clock.now()).await?;
    tx.commit().await?;
    Ok(done)
}

/// Tells a sender that its document was not taken.
async fn refuse(
    app: &App,
    (office, letter): (OrganisationId, &Letter),
    reason: &'static str,
) -> Result<Kept, ExchangeError> {
    let about = edxml::Reference {
        organ: letter.from.code.clone(),
        symbol: letter.symbol(),
        dated: letter.dated,
        document_id: letter.document_id.clone(),
    };
    let mut tx: Tx = app.db.write().await?;
    let subject = format!("organisation:{office}");
    receiving::tell_sender(&mut tx, office, about, (&subject, (Report::Refused, reason)), app.clock.now())
        .await?;
    tx.commit().await?;
    Ok(Kept::Rejected(reason))
}

/// Lays a message aside with the reason, where the part-time IT officer finds both.
async fn reject(
    app: &App,
    folder: &ExchangeFolder,
    (office, path): (&Organisation, &Path),
    reason: &str,
) -> Result<(), ExchangeError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut tx = app.db.write().await?;
    let shown = papers::file_name(&name);
    store::insert_rejection(&mut tx, office.id, (&shown, reason), app.clock.now()).await?;
    tx.commit().await?;
    let refused = folder.folder.join("refused");
    tokio::fs::write(refused.join(format!("{name}.reason.txt")), format!("{reason}\n")).await?;
    Ok(tokio::fs::rename(path, refused.join(&name)).await?)
}
