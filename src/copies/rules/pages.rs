//! Which pages an extract has.

/// More pages than anybody types.
const LONGEST: usize = 200;

/// Pages of a document, each once, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pages(Vec<usize>);

impl Pages {
    /// Reads "1-2, 5" for a document of so many pages. `None`: it cannot be
    /// read, names pages that are not there, or all there are: that is no part.
    pub fn read(typed: &str, of: usize) -> Option<Self> {
        if typed.chars().count() > LONGEST {
            return None;
        }
        let mut pages = Vec::new();
        for part in typed.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()) {
            let (first, last) = part.split_once(['-', '–']).unwrap_or((part, part));
            let (first, last): (usize, usize) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
            if first == 0 || first > last || last > of {
                return None;
            }
            pages.extend(first..=last);
        }
        pages.sort_unstable();
        pages.dedup();
        (!pages.is_empty() && pages.len() < of).then_some(Self(pages))
    }

    pub fn numbers(&self) -> &[usize] {
        &self.0
    }
}

impl std::fmt::Display for Pages {
    /// "1-2, 5".
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let runs = self.0.chunk_by(|one, next| one + 1 == *next);
        let mut is_first = true;
        for run in runs {
            let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
            let comma = if is_first { "" } else { ", " };
            is_first = false;
            match first == last {
                true => write!(f, "{comma}{first}")?,
                false => write!(f, "{comma}{first}-{last}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Pages;

    fn read(typed: &str) -> Option<String> {
        Pages::read(typed, 6).map(|pages| pages.to_string())
    }

    #[test]
    fn pages_are_read_as_people_write_them() {
        assert_eq!(read("1-2, 5").as_deref(), Some("1-2, 5"));
        assert_eq!(read(" 5; 2–3,1 ").as_deref(), Some("1-3, 5"));
        assert_eq!(read("4,4,4").as_deref(), Some("4"));
    }

    #[test]
    fn what_is_no_part_of_the_document_is_none() {
        for typed in
            ["", ",", "0", "7", "3-2", "1-", "hai", "-1", "1-99999999999999999999", "1-6", "1,2,3,4-6"]
        {
            assert_eq!(read(typed), None, "{typed}");
        }
        assert_eq!(read(&"1,".repeat(101)), None);
    }
}
