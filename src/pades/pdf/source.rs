//! Where the bytes come from: memory, or a file that is read in pieces.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::io;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::pdf::PdfError;
use crate::pdf::lexer::Lexer;

/// What is read of a source at first; objects are mostly shorter.
const WINDOW: usize = 8 << 10;
/// The longest object, stream data not counted, that is read from a source.
const MAX_WINDOW: usize = 32 << 20;
/// Pieces in which long ranges are read, so that memory does not depend on the length of the file.
const PIECE: usize = 256 << 10;

/// A file that is read in pieces: on disk, in a bucket, in a database.
///
/// Objects are asked for in windows of a few kilobytes and long ranges in pieces of 256 KiB, so a slow source
/// does well to keep what it fetched. The file must not change while it is read.
pub trait Source: Sync {
    /// How many bytes there are.
    fn length(&self) -> usize;

    /// Fills `into` with the bytes from `offset` on. The range is always inside the file.
    fn read_at(&self, offset: usize, into: &mut [u8]) -> io::Result<()>;

    /// All bytes, if they are in memory anyway; then nothing is copied.
    fn whole(&self) -> Option<&[u8]> {
        None
    }
}

#[derive(Clone, Copy)]
enum Data<'a> {
    Held(&'a [u8]),
    Fetched(&'a dyn Source),
}

/// The bytes of a file up to an end. Cloning is cheap.
#[derive(Clone)]
pub struct Input<'a> {
    data: Data<'a>,
    end: usize,
    /// The first failure to read. Rules take what they cannot read for damage; this is what tells it apart.
    failure: Arc<OnceLock<PdfError>>,
}

impl<'a> Input<'a> {
    /// A file in memory.
    pub fn held(bytes: &'a [u8]) -> Input<'a> {
        Input { data: Data::Held(bytes), end: bytes.len(), failure: Arc::default() }
    }

    /// A file that is read when needed.
    pub fn fetched(source: &'a dyn Source) -> Input<'a> {
        match source.whole() {
            Some(bytes) => Input::held(bytes),
            None => Input { data: Data::Fetched(source), end: source.length(), failure: Arc::default() },
        }
    }

    /// How many bytes there are.
    pub fn length(&self) -> usize {
        self.end
    }

    /// The same bytes, cut off at `end`.
    pub(crate) fn until(&self, end: usize) -> Input<'a> {
        Input { end: end.min(self.end), ..self.clone() }
    }

    /// The failure to read that came first, if there was one.
    pub(crate) fn failure(&self) -> Result<(), PdfError> {
        self.failure.get().map_or(Ok(()), |error| Err(error.clone()))
    }

    /// The bytes of a range, as far as the file has them.
    pub fn window(&self, range: Range<usize>) -> Result<Cow<'a, [u8]>, PdfError> {
        let range = self.clip(range);
        match self.data {
            Data::Held(bytes) => Ok(Cow::Borrowed(bytes.get(range).unwrap_or_default())),
            Data::Fetched(_) => {
                let mut buffer = vec![0; range.len()];
                self.fill(range.start, &mut buffer)?;
                Ok(Cow::Owned(buffer))
            }
        }
    }

    /// Shows a range piece by piece, each with its offset, until a visit says `false`.
    pub(crate) fn visit(
        &self,
        range: Range<usize>,
        visit: &mut dyn FnMut(usize, &[u8]) -> bool,
    ) -> Result<(), PdfError> {
        let range = self.clip(range);
        let mut buffer = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let end = range.end.min(at + PIECE);
            let more = match self.data {
                Data::Held(bytes) => visit(at, bytes.get(at..end).unwrap_or_default()),
                Data::Fetched(_) => {
                    buffer.resize(end - at, 0);
                    self.fill(at, &mut buffer)?;
                    visit(at, &buffer)
                }
            };
            if !more {
                break;
            }
            at = end;
        }
        Ok(())
    }

    /// Whether all bytes of a range are of a kind.
    pub(crate) fn all(&self, range: Range<usize>, is: impl Fn(u8) -> bool) -> Result<bool, PdfError> {
        let mut all = true;
        self.visit(range, &mut |_, piece| {
            all = piece.iter().all(|byte| is(*byte));
            all
        })?;
        Ok(all)
    }

    /// Whether two ranges hold the same bytes.
    pub(crate) fn same(&self, one: Range<usize>, other: Range<usize>) -> Result<bool, PdfError> {
        let (one, other) = (self.clip(one), self.clip(other));
        let mut same = one.len() == other.len();
        if !same || one == other {
            return Ok(same);
        }
        let mut failure = Ok(());
        self.visit(one.clone(), &mut |at, piece| {
            let twin = other.start + (at - one.start);
            match self.window(twin..twin + piece.len()) {
                Ok(twin) => same = *twin == *piece,
                Err(error) => failure = Err(error),
            }
            same && failure.is_ok()
        })?;
        failure.map(|()| same)
    }

    /// Reads something at an offset without knowing how long it is.
    ///
    /// A source gives a window, and a wider one as long as the reader comes to its end. The lexer's positions
    /// are those of the file in either case.
    pub(crate) fn parse<T>(
        &self,
        offset: usize,
        mut read: impl FnMut(Lexer<'_>) -> Result<T, PdfError>,
    ) -> Result<T, PdfError> {
        if let Data::Held(bytes) = self.data {
            return read(Lexer::new(bytes.get(..self.end).unwrap_or(bytes), offset));
        }
        let mut size = WINDOW;
        loop {
            let end = offset.saturating_add(size).min(self.end);
            let window = self.window(offset..end)?;
            let came_to_end = Cell::new(false);
            let result = read(Lexer::windowed(&window, offset, &came_to_end));
            if end == self.end || !came_to_end.get() {
                return result;
            }
            size *= 2;
            if size > MAX_WINDOW {
                return Err(PdfError::Limit("an object longer than 32 MiB"));
            }
        }
    }

    fn clip(&self, range: Range<usize>) -> Range<usize> {
        range.start.min(self.end)..range.end.min(self.end).max(range.start.min(self.end))
    }

    fn fill(&self, offset: usize, into: &mut [u8]) -> Result<(), PdfError> {
        let Data::Fetched(source) = self.data else { return Ok(()) };
        source.read_at(offset, into).map_err(|error| {
            let error = PdfError::Io { offset, reason: error.to_string() };
            self.failure.get_or_init(|| error).clone()
        })
    }
}

impl fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = matches!(self.data, Data::Held(_));
        f.debug_struct("Input").field("end", &self.end).field("held", &held).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::{Object, Parser};

    struct Slow(Vec<u8>);

    impl Source for Slow {
        fn length(&self) -> usize {
            self.0.len()
        }

        fn read_at(&self, offset: usize, into: &mut [u8]) -> io::Result<()> {
            into.copy_from_slice(&self.0[offset..offset + into.len()]);
            Ok(())
        }
    }

    #[test]
    fn an_object_longer_than_a_window_reads_like_from_memory() {
        for length in [WINDOW - 20, WINDOW - 10, WINDOW - 9, WINDOW, 3 * WINDOW, 40 * WINDOW] {
            let text = format!("     [({}) 12 0{}R /Key]  ", "x".repeat(length), " ".repeat(length));
            let source = Slow(text.clone().into_bytes());
            let read = |input: Input<'_>| {
                input.parse(3, |lexer| {
                    let mut parser = Parser { lexer };
                    Ok((parser.object()?, parser.lexer.pos))
                })
            };
            let (object, end) = read(Input::fetched(&source)).unwrap();
            assert_eq!(Ok((object.clone(), end)), read(Input::held(text.as_bytes())));
            assert!(matches!(
                object.array(),
                Some([Object::String(_), Object::Reference(_), Object::Name(_)])
            ));
        }
    }

    #[test]
    fn ranges_are_compared_across_pieces() {
        let mut bytes = vec![7; 3 * PIECE];
        let length = PIECE + 5;
        assert_eq!(Input::fetched(&Slow(bytes.clone())).same(0..length, PIECE..PIECE + length), Ok(true));
        bytes[PIECE + length - 1] = 8;
        assert_eq!(Input::fetched(&Slow(bytes)).same(0..length, PIECE..PIECE + length), Ok(false));
    }

    struct Broken;

    impl Source for Broken {
        fn length(&self) -> usize {
            100
        }

        fn read_at(&self, _: usize, _: &mut [u8]) -> io::Result<()> {
            Err(io::Error::other("the disk is gone"))
        }
    }

    #[test]
    fn a_failure_to_read_is_remembered() {
        let input = Input::fetched(&Broken);
        let copy = input.until(50);
        assert!(copy.window(0..5).is_err());
        assert_eq!(input.failure().unwrap_err().code(), "not-readable");
    }
}
