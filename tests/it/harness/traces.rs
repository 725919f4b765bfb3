//! Looks for bytes in files and in the memory of a running process, as
//! somebody would who got hold of them.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;

/// Strings of bytes to look for, at least two bytes each.
#[derive(Debug)]
pub struct Finder {
    wanted: Vec<Vec<u8>>,
    /// By the first two bytes: which of them may begin there.
    begins: Vec<Vec<usize>>,
}

/// Where a string was found: its place among the wanted, and the offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    pub which: usize,
    pub at: usize,
}

impl Finder {
    pub fn new(wanted: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let wanted: Vec<Vec<u8>> = wanted.into_iter().collect();
        let mut begins = vec![Vec::new(); 1 << 16];
        for (which, bytes) in wanted.iter().enumerate() {
            begins[usize::from(u16::from_be_bytes([bytes[0], bytes[1]]))].push(which);
        }
        Self { wanted, begins }
    }

    pub fn find(&self, bytes: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        for (at, pair) in bytes.windows(2).enumerate() {
            for which in &self.begins[usize::from(pair[0]) << 8 | usize::from(pair[1])] {
                if bytes[at..].starts_with(&self.wanted[*which]) {
                    hits.push(Hit { which: *which, at });
                }
            }
        }
        hits
    }

    /// Hits in any of several places.
    pub fn find_in(&self, places: &[(String, Vec<u8>)]) -> Vec<(String, Hit)> {
        let of = |(name, bytes): &(String, Vec<u8>)| {
            self.find(bytes).into_iter().map(|hit| (name.clone(), hit)).collect::<Vec<_>>()
        };
        places.iter().flat_map(of).collect()
    }
}

/// What a process may write to, as it is now: heap, stacks, and the rest.
pub fn memory(pid: u32) -> Vec<(String, Vec<u8>)> {
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    let memory = File::open(format!("/proc/{pid}/mem")).unwrap();
    let mut regions = Vec::new();
    for line in maps.lines() {
        let mut parts = line.split_whitespace();
        let (range, rights) = (parts.next().unwrap(), parts.next().unwrap());
        // Devices and shared memory of the database are looked at as files.
        if !rights.starts_with("rw") || rights.ends_with('s') {
            continue;
        }
        let (start, end) = range.split_once('-').unwrap();
        let address = |text| u64::from_str_radix(text, 16).unwrap();
        let (start, end) = (address(start), address(end));
        let mut bytes = vec![0; usize::try_from(end - start).unwrap()];
        // A region may go while we look.
        if memory.read_exact_at(&mut bytes, start).is_ok() {
            regions.push((format!("memory at {line}"), bytes));
        }
    }
    regions
}

/// Every file in a folder, folders below not.
pub fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            found.push((path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()));
        }
    }
    found
}
