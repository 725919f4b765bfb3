//! Files named on the command line, and those in the folders named there.

use std::path::{Path, PathBuf};

/// Gives each file as it is reached, so that a large archive is never listed
/// whole. Folders are walked in the order of their names; a link to a folder
/// is not followed, since it may lead back.
pub(super) struct Walk {
    /// What is still to be looked at, the next at the end.
    waiting: Vec<Step>,
}

enum Step {
    /// Named by the person: taken whatever it is called.
    Named(PathBuf),
    Folder(PathBuf),
    File(PathBuf),
    Failed(String),
}

impl Walk {
    pub(super) fn new(named: &[PathBuf]) -> Self {
        Self { waiting: named.iter().rev().map(|path| Step::Named(path.clone())).collect() }
    }

    /// Puts what a folder holds in front of what waits.
    fn enter(&mut self, folder: &Path) -> Result<(), String> {
        let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
        let mut steps = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let path = entry.path();
            if entry.file_type().map_err(failed)?.is_dir() {
                steps.push((path.clone(), Step::Folder(path)));
            } else if is_pdf(&path) && path.is_file() {
                steps.push((path.clone(), Step::File(path)));
            }
        }
        steps.sort_by(|(one, _), (other, _)| other.cmp(one));
        self.waiting.extend(steps.into_iter().map(|(_, step)| step));
        Ok(())
    }
}

impl Iterator for Walk {
    type Item = Result<PathBuf, String>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let folder = match self.waiting.pop()? {
                Step::Named(path) if path.is_dir() => path,
                Step::Folder(path) => path,
                Step::Named(path) | Step::File(path) => return Some(Ok(path)),
                Step::Failed(reason) => return Some(Err(reason)),
            };
            if let Err(reason) = self.enter(&folder) {
                self.waiting.push(Step::Failed(reason));
            }
        }
    }
}

fn is_pdf(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("pdf"))
}

#[cfg(test)]
mod tests {
    use super::Walk;

    #[test]
    fn folders_are_walked_in_order_and_other_files_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(path("b/inner")).unwrap();
        for name in ["c.PDF", "a.pdf", "notes.txt", "b/inner/x.pdf", "b/y.pdf"] {
            std::fs::File::create(path(name)).unwrap();
        }
        std::os::unix::fs::symlink(folder.path(), path("b/back")).unwrap();
        let named = [path("notes.txt"), folder.path().to_owned(), path("none.pdf")];
        let found: Vec<_> = Walk::new(&named).map(|one| one.unwrap()).collect();
        let wanted = ["notes.txt", "a.pdf", "b/inner/x.pdf", "b/y.pdf", "c.PDF", "none.pdf"].map(path);
        assert_eq!(found, wanted);
    }
}
