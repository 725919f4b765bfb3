//! Appending where the objects are files of a local folder.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Writes `base` and then `appended` to `target`, which is there complete or not at all.
///
/// The system copies the base: where the file system can, without moving a byte.
pub(super) fn append(base: &Path, appended: &[u8], target: &Path) -> io::Result<()> {
    let parent = target.parent().ok_or(io::ErrorKind::InvalidInput)?;
    make_folder(parent)?;
    let mut copy = tempfile::Builder::new().prefix("append#").tempfile_in(parent)?;
    let mut from = File::open(base)?;
    let about = from.metadata()?;
    if io::copy(&mut from, copy.as_file_mut())? != about.len() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    copy.write_all(appended)?;
    // A temporary file is its owner's alone; a backup may run as somebody else.
    copy.as_file().set_permissions(about.permissions())?;
    copy.as_file().sync_all()?;
    copy.persist(target)?;
    File::open(parent)?.sync_all()
}

fn make_folder(folder: &Path) -> io::Result<()> {
    match fs::create_dir(folder) {
        Ok(()) => folder.parent().map_or(Ok(()), |above| File::open(above)?.sync_all()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}
