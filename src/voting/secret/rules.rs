//! What is true about secret ballots: the code on each, and the box they
//! wait in.

use std::fmt;

/// Characters of a code: none that is read as another.
const LETTERS: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_LENGTH: usize = 20;
/// A written box is as long as the next multiple of this, so that its length
/// does not tell how much was put in last.
const STEP: usize = 16 * 1024;

/// The random name of a ballot, 100 bits: the voter's receipt.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Code(String);

impl Code {
    /// Reads what a person typed: any case, with or without dashes and spaces.
    pub fn parse(text: &str) -> Option<Self> {
        // Nobody types more; a longer text is not worth a look.
        if text.len() > 4 * CODE_LENGTH {
            return None;
        }
        let mut code = String::with_capacity(CODE_LENGTH);
        for letter in text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-') {
            code.push(match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                letter => letter,
            });
        }
        let is_sound = code.len() == CODE_LENGTH && code.chars().all(|letter| LETTERS.contains(letter));
        is_sound.then_some(Self(code))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `K7QM-2XRP-…`: five groups of four, as it is shown.
    pub fn grouped(&self) -> String {
        let letters: Vec<char> = self.0.chars().collect();
        letters.chunks(4).map(|group| group.iter().collect()).collect::<Vec<String>>().join("-")
    }
}

/// Never printed: before the vote closes, a code in a log next to a request
/// would be half of the pair that must not exist.
impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

/// One secret ballot: nothing in it says whose.
#[derive(Clone, PartialEq, Eq)]
pub struct Ballot {
    pub code: Code,
    /// The key of one of the vote's options.
    pub choice: String,
    /// Over the vote and the code, by the vote's key.
    pub signature: Vec<u8>,
}

impl fmt::Debug for Ballot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ballot(…)")
    }
}

/// What came of putting a ballot in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    Taken,
    /// The same ballot is in already: a repeated request.
    TakenBefore,
    /// The paper was spent on another choice.
    Spent,
}

/// The ballots of one vote, always sorted by code: the order in which they
/// came is nowhere.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct BallotBox {
    ballots: Vec<Ballot>,
}

impl BallotBox {
    pub fn put(&mut self, ballot: Ballot) -> Put {
        match self.ballots.binary_search_by(|known| known.code.cmp(&ballot.code)) {
            Ok(place) if self.ballots.get(place).is_some_and(|known| known.choice == ballot.choice) => {
                Put::TakenBefore
            }
            Ok(_) => Put::Spent,
            Err(place) => {
                self.ballots.insert(place, ballot);
                Put::Taken
            }
        }
    }

    pub fn ballots(&self) -> &[Ballot] {
        &self.ballots
    }

    /// Count, then each ballot with the length before each part, then zeros.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(STEP);
        put_length(&mut bytes, self.ballots.len());
        for ballot in &self.ballots {
            for part in [ballot.code.0.as_bytes(), ballot.choice.as_bytes(), &ballot.signature] {
                put_length(&mut bytes, part.len());
                bytes.extend_from_slice(part);
            }
        }
        bytes.resize(bytes.len().next_multiple_of(STEP), 0);
        bytes
    }

    /// `None`: these bytes are no box.
    pub fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let count = take_length(&mut bytes)?;
        let mut ballots = Vec::new();
        for _ in 0..count {
            let code = Code::parse(&take_text(&mut bytes)?)?;
            let choice = take_text(&mut bytes)?;
            let signature = take_part(&mut bytes)?.to_vec();
            ballots.push(Ballot { code, choice, signature });
        }
        Some(Self { ballots })
    }
}

fn put_length(bytes: &mut Vec<u8>, length: usize) {
    // A box of four thousand million ballots is not for us.
    bytes.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
}

fn take_length(bytes: &mut &[u8]) -> Option<usize> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    *bytes = rest;
    usize::try_from(u32::from_be_bytes(*length)).ok()
}

fn take_part<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = take_length(bytes)?;
    let (part, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(part)
}

fn take_text(bytes: &mut &[u8]) -> Option<String> {
    String::from_utf8(take_part(bytes)?.to_vec()).ok()
}

/// With fewer voters than this, a total tells who chose what.
pub const FEW_VOTERS: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    fn ballot(letter: char, choice: &str) -> Ballot {
        let code = Code::parse(&letter.to_string().repeat(CODE_LENGTH)).unwrap();
        Ballot { code, choice: choice.into(), signature: vec![letter as u8; 256] }
    }

    fn box_of(letters: &str) -> BallotBox {
        let mut made = BallotBox::default();
        for letter in letters.chars() {
            assert_eq!(made.put(ballot(letter, "approve")), Put::Taken);
        }
        made
    }

    #[test]
    fn a_box_keeps_no_order() {
        assert_eq!(box_of("CAB").to_bytes(), box_of("BCA").to_bytes());
    }

    #[test]
    fn a_box_is_read_back_as_it_was() {
        let made = box_of("7Z0");
        assert_eq!(BallotBox::from_bytes(&made.to_bytes()), Some(made));
        assert_eq!(BallotBox::from_bytes(&box_of("").to_bytes()), Some(BallotBox::default()));
        assert_eq!(BallotBox::from_bytes(&[0, 0, 0, 9, 1]), None);
    }

    #[test]
    fn the_length_of_a_box_grows_by_steps() {
        assert_eq!(box_of("").to_bytes().len(), box_of("ABCDEFGH").to_bytes().len());
    }

    #[test]
    fn a_repeated_ballot_counts_once_and_a_paper_is_spent_once() {
        let mut made = box_of("AB");
        assert_eq!(made.put(ballot('A', "approve")), Put::TakenBefore);
        assert_eq!(made.put(ballot('A', "reject")), Put::Spent);
        assert_eq!(made.ballots(), box_of("AB").ballots());
    }

    #[test]
    fn a_code_is_read_as_people_write_it() {
        let code = Code::parse("K7QM2XRP0123ABCD4567").unwrap();
        assert_eq!(code.grouped(), "K7QM-2XRP-0123-ABCD-4567");
        assert_eq!(Code::parse(" k7qm-2xrp-oL23-abcd-4567 "), Some(code));
        for wrong in ["", "K7QM-2XRP", "K7QM-2XRP-0123-ABCD-456U", "K7QM2XRP0123ABCD45678", &"A".repeat(200)]
        {
            assert_eq!(Code::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_ballot_is_not_printed() {
        let printed = format!("{:?}", box_of("AB"));
        assert!(!printed.contains("AAAA") && !printed.contains("approve"), "{printed}");
    }
}
