//! The little DER that is needed (ITU-T X.690): read as spans, written as nested values.

/// Tag of the universal types used here, constructed bit included where it belongs.
pub(crate) mod tag {
    pub(crate) const BOOLEAN: u8 = 0x01;
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const BIT_STRING: u8 = 0x03;
    pub(crate) const OCTET_STRING: u8 = 0x04;
    pub(crate) const NULL: u8 = 0x05;
    pub(crate) const OID: u8 = 0x06;
    pub(crate) const ENUMERATED: u8 = 0x0A;
    pub(crate) const UTC_TIME: u8 = 0x17;
    pub(crate) const GENERALIZED_TIME: u8 = 0x18;
    pub(crate) const SEQUENCE: u8 = 0x30;
    pub(crate) const SET: u8 = 0x31;

    /// `[n]` with content of its own structure.
    pub(crate) const fn context(number: u8) -> u8 {
        0xA0 | number
    }

    /// `[n]` IMPLICIT of a primitive type.
    pub(crate) const fn context_primitive(number: u8) -> u8 {
        0x80 | number
    }
}

/// Why bytes are not the DER they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the expected DER: {0}")]
pub(crate) struct Asn1Error(pub(crate) &'static str);

/// One element: its tag, its content and all its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
    pub(crate) raw: &'a [u8],
}

impl<'a> Element<'a> {
    /// The elements inside.
    pub(crate) fn children(&self) -> Reader<'a> {
        Reader { rest: self.content }
    }

    /// The content, if the tag is the expected one.
    pub(crate) fn expect(&self, tag: u8, what: &'static str) -> Result<&'a [u8], Asn1Error> {
        if self.tag == tag { Ok(self.content) } else { Err(Asn1Error(what)) }
    }

    /// The content of a BIT STRING that fills whole bytes, such as a key or a signature.
    pub(crate) fn bits(&self) -> Result<&'a [u8], Asn1Error> {
        match self.expect(tag::BIT_STRING, "a bit string")? {
            [0, bits @ ..] => Ok(bits),
            _ => Err(Asn1Error("a bit string of whole bytes")),
        }
    }

    /// A small non-negative integer such as a version.
    pub(crate) fn small(&self) -> Result<u64, Asn1Error> {
        let bytes = self.expect(tag::INTEGER, "an integer")?;
        if bytes.is_empty() || bytes.len() > 8 || bytes.first().is_some_and(|b| *b >= 0x80) {
            return Err(Asn1Error("a small non-negative integer"));
        }
        Ok(bytes.iter().fold(0, |n, b| n << 8 | u64::from(*b)))
    }
}

/// Reads elements one after the other.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { rest: bytes }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// What has not been read.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next element. Indefinite lengths are BER and refused here; see `signed_data::normalise`.
    pub(crate) fn next(&mut self) -> Result<Element<'a>, Asn1Error> {
        let (tag, after_tag) = self.rest.split_first().ok_or(Asn1Error("one more element"))?;
        if tag & 0x1F == 0x1F {
            return Err(Asn1Error("a tag of one byte"));
        }
        let (first, mut after) = after_tag.split_first().ok_or(Asn1Error("a length"))?;
        let length = match first {
            0..=0x7F => usize::from(*first),
            0x81..=0x84 => {
                let (bytes, rest) =
                    after.split_at_checked(usize::from(first & 0x7F)).ok_or(Asn1Error("a length"))?;
                after = rest;
                bytes.iter().fold(0usize, |n, b| n << 8 | usize::from(*b))
            }
            _ => return Err(Asn1Error("a definite length below 4 GiB")),
        };
        let (content, rest) =
            after.split_at_checked(length).ok_or(Asn1Error("as many bytes as the length says"))?;
        let raw = self.rest.get(..self.rest.len() - rest.len()).unwrap_or_default();
        self.rest = rest;
        Ok(Element { tag: *tag, content, raw })
    }

    /// The next element, which must have this tag.
    pub(crate) fn expect(&mut self, tag: u8, what: &'static str) -> Result<Element<'a>, Asn1Error> {
        let element = self.next()?;
        element.expect(tag, what)?;
        Ok(element)
    }

    /// The next element if it has this tag; otherwise nothing is read.
    pub(crate) fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>, Asn1Error> {
        if self.rest.first() == Some(&tag) { self.next().map(Some) } else { Ok(None) }
    }

    /// All remaining elements.
    pub(crate) fn all(mut self) -> Result<Vec<Element<'a>>, Asn1Error> {
        let mut elements = Vec::new();
        while !self.is_empty() {
            elements.push(self.next()?);
        }
        Ok(elements)
    }
}

/// One element that is all there is.
pub(crate) fn only<'a>(bytes: &'a [u8], tag: u8, what: &'static str) -> Result<Element<'a>, Asn1Error> {
    let mut reader = Reader::new(bytes);
    let element = reader.expect(tag, what)?;
    if reader.is_empty() { Ok(element) } else { Err(Asn1Error("nothing behind the element")) }
}

/// Writes one element around some content.
pub(crate) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let length = content.len();
    if length < 0x80 {
        out.push(length as u8);
    } else {
        let bytes: Vec<u8> = length.to_be_bytes().into_iter().skip_while(|b| *b == 0).collect();
        out.push(0x80 | bytes.len() as u8);
        out.extend(bytes);
    }
    out.extend_from_slice(content);
    out
}

/// A SEQUENCE of encoded parts.
pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(tag::SEQUENCE, &parts.concat())
}

/// A SET OF, in the order that DER wants (X.690 §11.6).
pub(crate) fn set_of(mut parts: Vec<Vec<u8>>) -> Vec<u8> {
    parts.sort();
    element(tag::SET, &parts.concat())
}

/// A non-negative INTEGER from big-endian bytes.
pub(crate) fn unsigned(bytes: &[u8]) -> Vec<u8> {
    let mut content: Vec<u8> = bytes.iter().copied().skip_while(|b| *b == 0).collect();
    if content.first().is_none_or(|b| *b >= 0x80) {
        content.insert(0, 0);
    }
    element(tag::INTEGER, &content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_every_form_read_back() {
        for length in [0, 1, 127, 128, 255, 256, 70_000] {
            let bytes = element(tag::OCTET_STRING, &vec![7; length]);
            let read = only(&bytes, tag::OCTET_STRING, "octets").unwrap();
            assert_eq!((read.content.len(), read.raw), (length, bytes.as_slice()));
        }
    }

    #[test]
    fn a_length_beyond_the_data_is_refused() {
        assert!(Reader::new(&[0x04, 0x84, 0xFF, 0xFF, 0xFF, 0xFF, 0]).next().is_err());
        assert!(Reader::new(&[0x30, 0x80, 0, 0]).next().is_err());
    }

    #[test]
    fn unsigned_integers_never_turn_negative() {
        assert_eq!(unsigned(&[0, 0x80]), [2, 2, 0, 0x80]);
        assert_eq!(unsigned(&[]), [2, 1, 0]);
    }
}
