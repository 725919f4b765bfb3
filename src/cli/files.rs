//! Files named on the command line.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use pades::pdf::Source;
use tempfile::NamedTempFile;

/// Reads a file the person named.
#[expect(clippy::disallowed_methods, reason = "a command has no runtime to block")]
pub(super) fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Writes a file whole or not at all: beside its place first, then moved.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let written = || {
        let mut file = beside(path)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok::<_, std::io::Error>(())
    };
    written().map_err(|error| format!("{}: {error}", path.display()))
}

/// A new file in the folder of another, so that moving it there cannot fail half-way.
fn beside(path: &Path) -> std::io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    NamedTempFile::new_in(folder)
}

/// Writes the first `end` bytes of one file into another, whole or not at all.
pub(super) fn copy(from: &Path, end: usize, path: &Path) -> Result<(), String> {
    let end = u64::try_from(end).map_err(|error| error.to_string())?;
    let written = || {
        let mut file = beside(path)?;
        std::io::copy(&mut File::open(from)?.take(end), &mut file)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok::<_, std::io::Error>(())
    };
    written().map_err(|error| format!("{}: {error}", path.display()))
}

/// A file in the making beside its place: a copy of another that grows at its end, and is read in pieces.
///
/// What happens to the other meanwhile changes nothing. Dropped unfinished, it leaves nothing behind.
pub(super) struct Draft {
    file: NamedTempFile,
    length: usize,
    place: PathBuf,
}

impl Draft {
    pub(super) fn copy(from: &Path, place: &Path) -> Result<Self, String> {
        let mut original = File::open(from).map_err(|error| format!("{}: {error}", from.display()))?;
        let failed = |error: std::io::Error| format!("{}: {error}", place.display());
        let mut file = beside(place).map_err(failed)?;
        let copied = std::io::copy(&mut original, file.as_file_mut()).map_err(failed)?;
        let length = usize::try_from(copied).map_err(|error| error.to_string())?;
        Ok(Self { file, length, place: place.to_owned() })
    }

    /// Adds the last bytes and moves the file to its place.
    pub(super) fn finish(mut self, appended: &[u8]) -> Result<(), String> {
        let written = self.file.write_all(appended).and_then(|()| self.file.as_file().sync_all());
        let Self { file, place, .. } = self;
        let done = written.and_then(|()| file.persist(&place).map(|_| ()).map_err(|error| error.error));
        done.map_err(|error| format!("{}: {error}", place.display()))
    }
}

impl Source for Draft {
    fn length(&self) -> usize {
        self.length
    }

    fn read_at(&self, offset: usize, into: &mut [u8]) -> std::io::Result<()> {
        self.file.as_file().read_exact_at(into, offset as u64)
    }
}

/// The secret in an environment variable.
#[expect(clippy::disallowed_methods, reason = "the person names the variable; settings are another matter")]
pub(super) fn secret(variable: &str) -> Result<String, String> {
    std::env::var(variable).map_err(|_| format!("the environment variable {variable} is not set"))
}
