//! Office files made into PDF by LibreOffice, when it is installed.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;

/// What a zip file is, by its table of contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zip {
    Office,
    /// Unpacks to more than any document needs.
    Bomb,
    Other,
}

/// Most bytes an office file may unpack to.
const LARGEST_UNPACKED: u64 = 1 << 30;
/// Above this size, packed more tightly than any real document.
const SMALL: u64 = 32 << 20;
const TIGHTEST: u64 = 100;
const MOST_ENTRIES: u16 = 20_000;
/// The end record and the longest comment after it.
const LONGEST_END: u64 = 22 + 65_535;

/// Judges a zip file without unpacking anything.
pub(super) fn judge_zip(file: &mut (impl Read + Seek)) -> io::Result<Zip> {
    let Some(table) = table_of_contents(file)? else { return Ok(Zip::Other) };
    let (mut packed, mut unpacked, mut is_office) = (0_u64, 0_u64, false);
    let mut rest = table.bytes.as_slice();
    for _ in 0..table.entries {
        let Some((entry, after)) = Entry::read(rest) else { return Ok(Zip::Other) };
        packed += u64::from(entry.packed);
        unpacked += u64::from(entry.unpacked);
        is_office |= matches!(entry.name, b"[Content_Types].xml" | b"mimetype");
        rest = after;
    }
    let is_bomb = unpacked > LARGEST_UNPACKED || (unpacked > SMALL && unpacked / packed.max(1) > TIGHTEST);
    Ok(match (is_bomb, is_office) {
        (true, _) => Zip::Bomb,
        (false, true) => Zip::Office,
        (false, false) => Zip::Other,
    })
}

struct Table {
    entries: u16,
    bytes: Vec<u8>,
}

fn table_of_contents(file: &mut (impl Read + Seek)) -> io::Result<Option<Table>> {
    let length = file.seek(SeekFrom::End(0))?;
    let start = length.saturating_sub(LONGEST_END);
    file.seek(SeekFrom::Start(start))?;
    let mut tail = Vec::new();
    file.take(LONGEST_END).read_to_end(&mut tail)?;
    let Some(at) = tail.windows(4).rposition(|window| window == b"PK\x05\x06") else { return Ok(None) };
    let end = tail.get(at..).unwrap_or_default();
    let (Some(entries), Some(size), Some(offset)) = (u16_at(end, 10), u32_at(end, 12), u32_at(end, 16))
    else {
        return Ok(None);
    };
    // 0xffff and 0xffffffff stand for the 64-bit form, which no office file needs.
    if entries > MOST_ENTRIES || u64::from(offset) + u64::from(size) > length {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(u64::from(offset)))?;
    let mut bytes = Vec::new();
    file.take(u64::from(size)).read_to_end(&mut bytes)?;
    Ok(Some(Table { entries, bytes }))
}

struct Entry<'a> {
    packed: u32,
    unpacked: u32,
    name: &'a [u8],
}

impl<'a> Entry<'a> {
    fn read(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        if !bytes.starts_with(b"PK\x01\x02") {
            return None;
        }
        let name_length = usize::from(u16_at(bytes, 28)?);
        let after_name = 46 + name_length;
        let after = after_name + usize::from(u16_at(bytes, 30)?) + usize::from(u16_at(bytes, 32)?);
        let entry = Self {
            packed: u32_at(bytes, 20)?,
            unpacked: u32_at(bytes, 24)?,
            name: bytes.get(46..after_name)?,
        };
        Some((entry, bytes.get(after..)?))
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

#[derive(Debug, thiserror::Error)]
pub(super) enum ConvertError {
    #[error("soffice is not installed")]
    NoConverter,
    #[error("soffice made no PDF of the file")]
    Failed,
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A PDF in a folder that goes away when this is dropped.
#[derive(Debug)]
pub(super) struct Made {
    path: PathBuf,
    _folder: TempDir,
}

impl Made {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

const DEADLINE: Duration = Duration::from_secs(120);
/// LibreOffice is large; one at a time is enough for an office.
static TURN: Semaphore = Semaphore::const_new(1);

/// Limits for LibreOffice and all it starts: 4 GiB of addresses, 150 s of
/// processor, 2 GiB a file (in blocks of 512 bytes).
const LIMITED: &str = "ulimit -v 4194304 -t 150 -f 4194304; exec \"$0\" \"$@\"";

/// Settings of the private profile: no macros, and no way out to the network,
/// which a linked picture would otherwise use.
const PROFILE: &str = include_str!("office-profile.xcu");

/// Makes a PDF of an office file, in a profile and a folder of its own.
pub(super) async fn convert(path: &Path) -> Result<Made, ConvertError> {
    let _turn = TURN.acquire().await.map_err(|_| ConvertError::Failed)?;
    let folder = tempfile::tempdir()?;
    let profile = folder.path().join("profile");
    tokio::fs::create_dir_all(profile.join("user")).await?;
    tokio::fs::write(profile.join("user/registrymodifications.xcu"), PROFILE).await?;
    // Its own name for the file: the sent one may mean something to a program.
    let input = folder.path().join("document");
    tokio::fs::copy(path, &input).await?;
    let mut running = Group(start(folder.path(), &profile, &input)?);
    let ended = tokio::time::timeout(DEADLINE, running.0.wait()).await.map_err(|_| ConvertError::Failed)?;
    if ended?.code() == Some(NOT_FOUND) {
        return Err(ConvertError::NoConverter);
    }
    let made = folder.path().join("document.pdf");
    match tokio::fs::metadata(&made).await {
        Ok(data) if data.len() > 0 => Ok(Made { path: made, _folder: folder }),
        _ => Err(ConvertError::Failed),
    }
}

/// Converts a word. False: LibreOffice is not installed.
pub async fn probe() -> io::Result<bool> {
    let mut document = tempfile::NamedTempFile::new()?;
    document.write_all(b"{\\rtf1 E-cabinet}")?;
    match convert(document.path()).await {
        Ok(_) => Ok(true),
        Err(ConvertError::NoConverter) => Ok(false),
        Err(ConvertError::Failed) => Err(io::Error::other(ConvertError::Failed)),
        Err(ConvertError::Io(error)) => Err(error),
    }
}

/// What a shell answers when there is no such program.
const NOT_FOUND: i32 = 127;

fn start(folder: &Path, profile: &Path, input: &Path) -> io::Result<Child> {
    Command::new("sh")
        .args(["-c", LIMITED, "soffice", "--headless", "--norestore", "--nologo", "--convert-to", "pdf"])
        .arg(format!("-env:UserInstallation=file://{}", profile.display()))
        .arg("--outdir")
        .args([folder, input])
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("HOME", folder)
        .env("TMPDIR", folder)
        .env("LANG", "C.UTF-8")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
}

/// A process and all it started; they end with this.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        let leader = self.0.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let Some(leader) = leader {
            // Gone already is fine.
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}
