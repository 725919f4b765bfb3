//! Objects from bytes (ISO 32000-2 §7.3).

use crate::pdf::lexer::Lexer;
use crate::pdf::{Dict, Object, PdfError, Ref};

/// Deeper nesting than any honest file has; more would overflow the stack.
const MAX_DEPTH: usize = 100;

/// Reads objects forward from a position.
#[derive(Debug)]
pub(crate) struct Parser<'a> {
    pub(crate) lexer: Lexer<'a>,
}

impl<'a> Parser<'a> {
    pub(crate) fn at(data: &'a [u8], pos: usize) -> Parser<'a> {
        Parser { lexer: Lexer::new(data, pos) }
    }

    /// The next direct object or reference. A stream is read by its file, which knows the length.
    pub(crate) fn object(&mut self) -> Result<Object, PdfError> {
        self.nested(0)
    }

    /// `12 0 obj`: the head of an indirect object.
    pub(crate) fn head(&mut self) -> Option<Ref> {
        let start = self.lexer.pos;
        let found = self.head_inner();
        if found.is_none() {
            self.lexer.pos = start;
        }
        found
    }

    fn head_inner(&mut self) -> Option<Ref> {
        self.lexer.skip_space();
        let number = u32::try_from(self.lexer.unsigned()?).ok()?;
        self.lexer.skip_space();
        let generation = u16::try_from(self.lexer.unsigned()?).ok()?;
        self.lexer.skip_space();
        // "obj" may run into the object: `1 0 obj<<` has a delimiter, `1 0 obj5` happens too.
        self.lexer.literal(b"obj").then_some(Ref { number, generation })
    }

    fn nested(&mut self, depth: usize) -> Result<Object, PdfError> {
        if depth > MAX_DEPTH {
            return Err(PdfError::Limit("objects nested too deeply"));
        }
        let lexer = &mut self.lexer;
        lexer.skip_space();
        match lexer.peek().ok_or(lexer.fail("the file ends inside an object"))? {
            b'/' => Ok(Object::Name(lexer.name())),
            b'(' => lexer.literal_string().map(Object::String),
            b'<' if lexer.literal(b"<<") => self.dict(depth).map(Object::Dict),
            b'<' => lexer.hex_string().map(Object::String),
            b'[' => self.array(depth),
            b'0'..=b'9' => match self.reference() {
                Some(target) => Ok(Object::Reference(target)),
                None => self.lexer.number(),
            },
            _ if lexer.keyword(b"true") => Ok(Object::Bool(true)),
            _ if lexer.keyword(b"false") => Ok(Object::Bool(false)),
            _ if lexer.keyword(b"null") => Ok(Object::Null),
            _ => lexer.number(),
        }
    }

    fn reference(&mut self) -> Option<Ref> {
        let mut ahead = self.lexer.clone();
        let number = u32::try_from(ahead.unsigned()?).ok()?;
        ahead.skip_space();
        let generation = u16::try_from(ahead.unsigned()?).ok()?;
        ahead.skip_space();
        if !ahead.keyword(b"R") {
            return None;
        }
        self.lexer = ahead;
        Some(Ref { number, generation })
    }

    fn array(&mut self, depth: usize) -> Result<Object, PdfError> {
        self.lexer.pos += 1;
        let mut items = Vec::new();
        loop {
            self.lexer.skip_space();
            if self.lexer.literal(b"]") {
                return Ok(Object::Array(items));
            }
            items.push(self.nested(depth + 1)?);
        }
    }

    fn dict(&mut self, depth: usize) -> Result<Dict, PdfError> {
        let mut entries = Vec::new();
        loop {
            self.lexer.skip_space();
            if self.lexer.literal(b">>") {
                return Ok(Dict(entries));
            }
            if self.lexer.peek() != Some(b'/') {
                return Err(self.lexer.fail("a dictionary key must be a name"));
            }
            let key = self.lexer.name();
            if entries.is_empty() {
                // Most have so many keys; growing step by step would copy them three times.
                entries.reserve(8);
            }
            entries.push((key, self.nested(depth + 1)?));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::Name;

    fn parse(text: &str) -> Result<Object, PdfError> {
        Parser::at(text.as_bytes(), 0).object()
    }

    #[test]
    fn a_string_knows_its_own_span() {
        let Ok(Object::Dict(dict)) = parse("<</A (x) /Contents <0A 0b> /B 1>>") else {
            panic!("not a dictionary")
        };
        let string = dict.get("Contents").unwrap().string().unwrap();
        assert_eq!((string.bytes.as_slice(), string.span.clone()), (&[10, 11][..], 19..26));
    }

    #[test]
    fn numbers_and_references_are_told_apart() {
        let items = parse("[1 2 3 0 R -4 +5 .5 1.0 99999999999999999999]").unwrap();
        assert_eq!(
            items.array().unwrap(),
            [
                Object::Integer(1),
                Object::Integer(2),
                Object::Reference(Ref { number: 3, generation: 0 }),
                Object::Integer(-4),
                Object::Integer(5),
                Object::Real(0.5),
                Object::Integer(1),
                Object::Real(1e20)
            ]
        );
    }

    #[test]
    fn deep_nesting_is_refused_not_followed() {
        assert_eq!(parse(&"[".repeat(1_000_000)), Err(PdfError::Limit("objects nested too deeply")));
        assert_eq!(parse(&"<</A".repeat(1_000_000)), Err(PdfError::Limit("objects nested too deeply")));
    }

    #[test]
    fn escapes_in_strings_are_decoded() {
        let string = parse("(a\\(b\\)\\101\\\r\n(c)\\n)").unwrap();
        assert_eq!(string.string().unwrap().bytes, b"a(b)A(c)\n");
    }

    #[test]
    fn a_doubled_key_is_seen() {
        let dict = parse("<</A 1/B 2/#41 3>>").unwrap();
        assert_eq!(dict.dict().unwrap().doubled(), Some(&Name::from("A")));
    }
}
