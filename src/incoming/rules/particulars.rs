//! What is written down of a document when it is registered.

use super::Priority;
use crate::clock::Timestamp;
use crate::identity::rules::{clean_line, fold};

/// Number, day, sender and subject, as a person typed them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// Number and symbol: "452/UBND-VX".
    pub symbol: String,
    /// As `2026-11-20`.
    pub dated_on: String,
    pub sender: String,
    pub subject: String,
    /// May stay empty.
    pub signer_name: String,
    pub signer_position: String,
    pub priority: i64,
}

/// The same, read and found right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Particulars {
    pub symbol: String,
    pub dated_on: Timestamp,
    pub sender: String,
    pub subject: String,
    pub signer_name: String,
    pub signer_position: String,
    pub priority: Priority,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParticularsError {
    #[error("the number and symbol are missing or too long")]
    Symbol,
    #[error("the date cannot be read or is in the future")]
    Date,
    #[error("the sender is missing or too long")]
    Sender,
    #[error("the subject is missing or too long")]
    Subject,
    #[error("the signer's name or position is too long")]
    Signer,
    #[error("there is no such priority")]
    Priority,
}

/// Longest number and symbol, in characters: annex VI gives 11 and 30, and a
/// stroke stands between them.
const LONGEST_SYMBOL: usize = 42;
/// Longest name of a body, by annex VI.
const LONGEST_SENDER: usize = 200;
/// Longest name and position of a signer, by annex VI.
const LONGEST_NAME: usize = 50;
const LONGEST_POSITION: usize = 100;

impl Particulars {
    pub fn read(typed: &Typed, now: Timestamp) -> Result<Self, ParticularsError> {
        let line =
            |text: &str, longest: usize| clean_line(text).filter(|line| line.chars().count() <= longest);
        let symbol = line(&typed.symbol, LONGEST_SYMBOL).ok_or(ParticularsError::Symbol)?;
        let signer = |text: &str, longest: usize| match text.trim() {
            "" => Ok(String::new()),
            text => line(text, longest).ok_or(ParticularsError::Signer),
        };
        let dated_on = Timestamp::from_date_input(&typed.dated_on).filter(|day| *day <= now);
        Ok(Self {
            symbol,
            dated_on: dated_on.ok_or(ParticularsError::Date)?,
            sender: line(&typed.sender, LONGEST_SENDER).ok_or(ParticularsError::Sender)?,
            subject: clean_line(&typed.subject).ok_or(ParticularsError::Subject)?,
            signer_name: signer(&typed.signer_name, LONGEST_NAME)?,
            signer_position: signer(&typed.signer_position, LONGEST_POSITION)?,
            priority: Priority::try_from(typed.priority).map_err(|_| ParticularsError::Priority)?,
        })
    }

    /// What a search looks through: found with and without marks.
    pub fn folded(&self) -> String {
        fold(&format!("{} {} {}", self.symbol, self.sender, self.subject))
    }
}

/// Number and symbol apart: "452/UBND-VX" gives "452" and "UBND-VX". What does
/// not begin with a number has none.
pub fn parts_of_symbol(symbol: &str) -> (&str, &str) {
    let number = symbol.split_once('/').filter(|(number, _)| {
        !number.is_empty() && number.trim().chars().all(|letter| letter.is_ascii_digit())
    });
    number.map_or(("", symbol), |(number, rest)| (number.trim(), rest.trim()))
}

#[cfg(test)]
mod tests {
    use super::{Particulars, ParticularsError, Typed, parts_of_symbol};
    use crate::clock::Timestamp;

    fn typed() -> Typed {
        Typed {
            symbol: " 452/UBND-VX ".into(),
            dated_on: "2026-11-20".into(),
            sender: "UBND thành phố Đà Nẵng".into(),
            subject: "V/v phòng, chống bão số 13".into(),
            signer_name: "Trần Thị Bình".into(),
            signer_position: String::new(),
            priority: 1,
        }
    }

    fn read(typed: &Typed) -> Result<Particulars, ParticularsError> {
        Particulars::read(typed, Timestamp::from_input("2026-11-23T12:00").unwrap())
    }

    #[test]
    fn each_field_is_asked_for() {
        assert_eq!(read(&typed()).unwrap().symbol, "452/UBND-VX");
        assert_eq!(read(&Typed { symbol: " ".into(), ..typed() }), Err(ParticularsError::Symbol));
        assert_eq!(read(&Typed { symbol: "1".repeat(43), ..typed() }), Err(ParticularsError::Symbol));
        assert_eq!(read(&Typed { sender: String::new(), ..typed() }), Err(ParticularsError::Sender));
        assert_eq!(read(&Typed { subject: "a".repeat(501), ..typed() }), Err(ParticularsError::Subject));
        assert_eq!(read(&Typed { signer_name: "a".repeat(51), ..typed() }), Err(ParticularsError::Signer));
        assert_eq!(read(&Typed { priority: 4, ..typed() }), Err(ParticularsError::Priority));
    }

    #[test]
    fn a_document_is_not_dated_in_the_future() {
        assert!(read(&Typed { dated_on: "2026-11-23".into(), ..typed() }).is_ok());
        assert_eq!(read(&Typed { dated_on: "2026-11-24".into(), ..typed() }), Err(ParticularsError::Date));
        assert_eq!(read(&Typed { dated_on: "mai".into(), ..typed() }), Err(ParticularsError::Date));
    }

    #[test]
    fn it_is_searched_without_marks() {
        assert_eq!(
            read(&typed()).unwrap().folded(),
            "452 ubnd vx ubnd thanh pho da nang v v phong chong bao so 13"
        );
    }

    #[test]
    fn number_and_symbol_part_at_the_first_stroke() {
        assert_eq!(parts_of_symbol("452/UBND-VX"), ("452", "UBND-VX"));
        assert_eq!(parts_of_symbol("05/2026/QĐ-UBND"), ("05", "2026/QĐ-UBND"));
        assert_eq!(parts_of_symbol("Không số"), ("", "Không số"));
    }
}
