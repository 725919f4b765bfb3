//! A file under judgement, on the disk: small ones in memory, large ones read
//! piece by piece, so that their size costs no memory.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;

use pades::pdf::Source;

/// Read whole up to here; above, memory stays the same however large.
const WHOLE: u64 = 8 << 20;

#[derive(Debug)]
pub struct Disk {
    file: File,
    length: usize,
    whole: Option<Vec<u8>>,
}

impl Disk {
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        let whole = if length <= WHOLE {
            let mut bytes = Vec::new();
            // What is no ordinary file, such as a pipe, tells no length; nor may it be endless.
            (&mut file).take(WHOLE).read_to_end(&mut bytes)?;
            Some(bytes)
        } else {
            None
        };
        let length = match &whole {
            Some(bytes) => bytes.len(),
            None => usize::try_from(length).map_err(io::Error::other)?,
        };
        Ok(Self { file, length, whole })
    }
}

impl Source for Disk {
    fn length(&self) -> usize {
        self.length
    }

    fn read_at(&self, offset: usize, into: &mut [u8]) -> io::Result<()> {
        match &self.whole {
            Some(bytes) => {
                let found = offset.checked_add(into.len()).and_then(|end| bytes.get(offset..end));
                into.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
                Ok(())
            }
            None => self.file.read_exact_at(into, u64::try_from(offset).map_err(io::Error::other)?),
        }
    }

    fn whole(&self) -> Option<&[u8]> {
        self.whole.as_deref()
    }
}

/// Bytes that are in memory already.
#[derive(Debug)]
pub struct Held<'a>(pub &'a [u8]);

impl Source for Held<'_> {
    fn length(&self) -> usize {
        self.0.len()
    }

    fn read_at(&self, offset: usize, into: &mut [u8]) -> io::Result<()> {
        let found = offset.checked_add(into.len()).and_then(|end| self.0.get(offset..end));
        into.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn whole(&self) -> Option<&[u8]> {
        Some(self.0)
    }
}
