//! Characters and tokens (ISO 32000-2 §7.2, §7.3.2–7.3.5).

use std::cell::Cell;

use crate::pdf::{Name, Object, PdfError, PdfString};

/// A position in some bytes that reads tokens forward.
#[derive(Debug, Clone)]
pub(crate) struct Lexer<'a> {
    data: &'a [u8],
    /// Where `data` begins in the file.
    base: usize,
    /// Set when a decision rested on the end of `data`, which is not that of the file.
    came_to_end: Option<&'a Cell<bool>>,
    /// Where the next token begins, in the file.
    pub(crate) pos: usize,
}

/// White space (ISO 32000-2 Table 1).
pub(crate) const fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

const fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

/// Each byte is looked up rather than compared, since most of reading is this question.
fn is_regular(byte: u8) -> bool {
    #[expect(clippy::indexing_slicing, reason = "computed while compiling, where it cannot fail unseen")]
    const REGULAR: [bool; 256] = {
        let mut table = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            table[byte] = !is_space(byte as u8) && !is_delimiter(byte as u8);
            byte += 1;
        }
        table
    };
    REGULAR.get(usize::from(byte)).copied().unwrap_or(true)
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(data: &'a [u8], pos: usize) -> Lexer<'a> {
        Lexer { data, base: 0, came_to_end: None, pos }
    }

    /// A lexer over a part of the file that begins at `base`.
    pub(crate) fn windowed(data: &'a [u8], base: usize, came_to_end: &'a Cell<bool>) -> Lexer<'a> {
        Lexer { data, base, came_to_end: Some(came_to_end), pos: base }
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        let byte = self.data.get(self.pos.wrapping_sub(self.base)).copied();
        if byte.is_none() {
            self.note_end();
        }
        byte
    }

    fn rest(&self) -> &'a [u8] {
        self.data.get(self.pos.wrapping_sub(self.base)..).unwrap_or_default()
    }

    fn note_end(&self) {
        if let Some(flag) = self.came_to_end {
            flag.set(true);
        }
    }

    /// Whether these bytes stand here.
    pub(crate) fn sees(&self, bytes: &[u8]) -> bool {
        let rest = self.rest();
        if rest.len() < bytes.len() {
            self.note_end();
        }
        rest.starts_with(bytes)
    }

    pub(crate) fn fail(&self, reason: &'static str) -> PdfError {
        PdfError::Syntax { offset: self.pos, reason }
    }

    /// Skips white space and comments.
    pub(crate) fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                while self.peek().is_some_and(|b| b != b'\n' && b != b'\r') {
                    self.pos += 1;
                }
            } else if is_space(byte) {
                self.pos += 1;
            } else {
                return;
            }
        }
    }

    /// Skips white space only, for where a comment means something, as in `%%EOF`.
    pub(crate) fn skip_plain_space(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.pos += 1;
        }
    }

    /// Steps over a keyword if it stands here and ends here.
    pub(crate) fn keyword(&mut self, word: &[u8]) -> bool {
        let mut ahead = self.clone();
        let found = ahead.literal(word) && ahead.peek().is_none_or(|b| !is_regular(b));
        if found {
            self.pos = ahead.pos;
        }
        found
    }

    /// Steps over these bytes if they stand here.
    pub(crate) fn literal(&mut self, bytes: &[u8]) -> bool {
        let found = self.sees(bytes);
        if found {
            self.pos += bytes.len();
        }
        found
    }

    /// Steps over so many bytes, if there are so many.
    pub(crate) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let taken = self.rest().get(..length);
        match taken {
            Some(_) => self.pos += length,
            None => self.note_end(),
        }
        taken
    }

    /// The run of regular characters from here.
    pub(crate) fn regular(&mut self) -> &'a [u8] {
        let rest = self.rest();
        let length = rest.iter().position(|b| !is_regular(*b)).unwrap_or_else(|| {
            self.note_end();
            rest.len()
        });
        self.pos += length;
        rest.get(..length).unwrap_or_default()
    }

    /// An unsigned decimal, as in `12 0 obj` and in cross-reference tables.
    pub(crate) fn unsigned(&mut self) -> Option<u64> {
        let start = self.pos;
        let digits = self.regular();
        let value = decimal(digits);
        if value.is_none() {
            self.pos = start;
        }
        value
    }

    /// A number (ISO 32000-2 §7.3.3). Integers beyond 64 bits become reals, so they cannot pass as offsets.
    pub(crate) fn number(&mut self) -> Result<Object, PdfError> {
        let start = self.pos;
        let token = self.regular();
        if let Some(value) = decimal(token).and_then(|value| i64::try_from(value).ok()) {
            return Ok(Object::Integer(value));
        }
        let text = std::str::from_utf8(token).unwrap_or_default();
        if let Ok(value) = text.parse::<i64>() {
            return Ok(Object::Integer(value));
        }
        let shape_ok = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.'));
        match text.parse::<f64>() {
            Ok(value) if shape_ok => Ok(Object::Real(value)),
            _ => Err(PdfError::Syntax { offset: start, reason: "unknown token" }),
        }
    }

    /// A name; the slash stands here (ISO 32000-2 §7.3.5).
    pub(crate) fn name(&mut self) -> Name {
        self.pos += 1;
        let token = self.regular();
        if !token.contains(&b'#') {
            return Name(token.to_vec());
        }
        let mut bytes = Vec::with_capacity(token.len());
        let mut rest = token;
        while let [first, tail @ ..] = rest {
            match (first, tail) {
                (b'#', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                    bytes.push(hex_value(*high) << 4 | hex_value(*low));
                    rest = after;
                }
                _ => {
                    bytes.push(*first);
                    rest = tail;
                }
            }
        }
        Name(bytes)
    }

    /// A string in angle brackets (ISO 32000-2 §7.3.4.3).
    pub(crate) fn hex_string(&mut self) -> Result<PdfString, PdfError> {
        let start = self.pos;
        self.pos += 1;
        let mut bytes = Vec::new();
        let mut high: Option<u8> = None;
        loop {
            let byte = self.peek().ok_or(self.fail("unterminated string"))?;
            self.pos += 1;
            match byte {
                b'>' => break,
                b if b.is_ascii_hexdigit() => match high.take() {
                    Some(nibble) => bytes.push(nibble << 4 | hex_value(b)),
                    None => high = Some(hex_value(b)),
                },
                b if is_space(b) => {}
                _ => return Err(self.fail("stray character in a hexadecimal string")),
            }
        }
        bytes.extend(high.map(|nibble| nibble << 4));
        Ok(PdfString { bytes, span: start..self.pos, hex: true })
    }

    /// A string in parentheses (ISO 32000-2 §7.3.4.2).
    pub(crate) fn literal_string(&mut self) -> Result<PdfString, PdfError> {
        let start = self.pos;
        self.pos += 1;
        let mut bytes = Vec::new();
        let mut open = 1usize;
        loop {
            let byte = self.peek().ok_or(self.fail("unterminated string"))?;
            self.pos += 1;
            match byte {
                b'(' => open += 1,
                b')' if open == 1 => break,
                b')' => open -= 1,
                b'\\' => {
                    bytes.extend(self.escape());
                    continue;
                }
                // An end of line inside a string reads as a line feed, however it is spelled.
                b'\r' => {
                    self.literal(b"\n");
                    bytes.push(b'\n');
                    continue;
                }
                _ => {}
            }
            bytes.push(byte);
        }
        Ok(PdfString { bytes, span: start..self.pos, hex: false })
    }

    /// What a backslash sequence stands for (ISO 32000-2 Table 3).
    fn escape(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.pos += 1;
        match byte {
            b'n' => Some(b'\n'),
            b'r' => Some(b'\r'),
            b't' => Some(b'\t'),
            b'b' => Some(8),
            b'f' => Some(12),
            b'\n' => None,
            b'\r' => {
                self.literal(b"\n");
                None
            }
            b'0'..=b'7' => {
                let mut value = u32::from(byte - b'0');
                for _ in 0..2 {
                    match self.peek() {
                        Some(digit @ b'0'..=b'7') => {
                            value = value << 3 | u32::from(digit - b'0');
                            self.pos += 1;
                        }
                        _ => break,
                    }
                }
                Some((value & 0xFF) as u8)
            }
            other => Some(other),
        }
    }
}

/// Plain digits as a number that fits 64 bits.
fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 20 {
        return None;
    }
    digits.iter().try_fold(0u64, |value, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then(|| value.checked_mul(10)?.checked_add(u64::from(digit))).flatten()
    })
}

fn hex_value(byte: u8) -> u8 {
    char::from(byte).to_digit(16).map_or(0, |digit| digit as u8)
}
