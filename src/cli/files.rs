//! Files named on the command line.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

/// Reads a file the person named.
#[expect(clippy::disallowed_methods, reason = "a command has no runtime to block")]
pub(super) fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Writes a file whole or not at all: beside its place first, then moved.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = || {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok::<_, std::io::Error>(())
    };
    written().map_err(|error| format!("{}: {error}", path.display()))
}

/// Writes the first `end` bytes of one file into another, whole or not at all.
pub(super) fn copy(from: &Path, end: usize, path: &Path) -> Result<(), String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let end = u64::try_from(end).map_err(|error| error.to_string())?;
    let written = || {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        std::io::copy(&mut File::open(from)?.take(end), &mut file)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok::<_, std::io::Error>(())
    };
    written().map_err(|error| format!("{}: {error}", path.display()))
}

/// The secret in an environment variable.
#[expect(clippy::disallowed_methods, reason = "the person names the variable; settings are another matter")]
pub(super) fn secret(variable: &str) -> Result<String, String> {
    std::env::var(variable).map_err(|_| format!("the environment variable {variable} is not set"))
}
