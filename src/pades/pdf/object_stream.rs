//! Object streams (ISO 32000-2 §7.5.7).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::pdf::filters::decode;
use crate::pdf::{Entry, Object, Parser, Pdf, PdfError, Ref, Stream};

/// All object streams of a file together may not inflate beyond this.
const MAX_TOTAL: usize = 256 << 20;
/// More objects in one stream than any writer puts there.
const MAX_OBJECTS: usize = 1 << 20;

/// One inflated object stream.
#[derive(Debug)]
struct Container {
    data: Vec<u8>,
    /// Object number and where it begins, in stream order.
    index: Vec<(u32, usize)>,
}

/// The object streams read so far, by their place in the file: revisions may reuse a number.
#[derive(Debug, Default)]
pub(crate) struct Containers {
    read: Mutex<HashMap<usize, Arc<Container>>>,
}

impl Containers {
    /// Reads the object at a position of a container.
    pub(crate) fn object(
        &self,
        pdf: &Pdf<'_>,
        target: Ref,
        container: u32,
        index: u32,
    ) -> Result<Object, PdfError> {
        let container = self.container(pdf, container)?;
        let position = usize::try_from(index).unwrap_or(usize::MAX);
        match container.index.get(position) {
            Some((number, start)) if *number == target.number && target.generation == 0 => {
                Parser::at(&container.data, *start).object()
            }
            _ => Err(PdfError::Misplaced(target)),
        }
    }

    /// The numbers of all objects in a container.
    pub(crate) fn numbers(&self, pdf: &Pdf<'_>, container: u32) -> Result<Vec<u32>, PdfError> {
        Ok(self.container(pdf, container)?.index.iter().map(|(number, _)| *number).collect())
    }

    fn container(&self, pdf: &Pdf<'_>, number: u32) -> Result<Arc<Container>, PdfError> {
        // Only a stream in the file body: a container inside a container would never end.
        let target = Ref { number, generation: 0 };
        let Some(Entry::InUse { offset, generation: 0 }) = pdf.entry(number) else {
            return Err(PdfError::Misplaced(target));
        };
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = read.get(&offset) {
            return Ok(known.clone());
        }
        let container = Arc::new(open(pdf, offset, target)?);
        let total: usize = read.values().map(|c| c.data.len()).sum();
        if total + container.data.len() > MAX_TOTAL {
            return Err(PdfError::Limit("the object streams inflate beyond 256 MiB"));
        }
        read.insert(offset, container.clone());
        Ok(container)
    }
}

fn open(pdf: &Pdf<'_>, offset: usize, target: Ref) -> Result<Container, PdfError> {
    let broken = PdfError::Structure("an object stream is malformed");
    let (object, pos) = pdf.input().parse(offset, |lexer| {
        let mut parser = Parser { lexer };
        if parser.head() != Some(target) {
            return Err(PdfError::Misplaced(target));
        }
        Ok((parser.object()?, parser.lexer.pos))
    })?;
    let Object::Dict(mut dict) = object else { return Err(broken) };
    if !dict.is("Type", "ObjStm") {
        return Err(broken);
    }
    // The length must be in the body too, for the same reason as the container itself.
    if let Some(length) = dict.reference("Length") {
        let Some(Entry::InUse { .. }) = pdf.entry(length.number) else { return Err(broken) };
        let value = pdf.indirect(length)?.object;
        dict.set("Length", value);
    }
    let (span, _) = crate::pdf::file::plain_stream(pdf.input(), &dict, pos)?;
    let data = decode(&dict, &pdf.decrypted(&Stream { dict: dict.clone(), data: span, owner: target })?)?;
    let number = |key: &str| dict.integer(key).and_then(|n| usize::try_from(n).ok());
    let (Some(count), Some(first)) = (number("N"), number("First")) else { return Err(broken) };
    let index = index(&data, count.min(MAX_OBJECTS), first).ok_or(broken)?;
    Ok(Container { data, index })
}

fn index(data: &[u8], count: usize, first: usize) -> Option<Vec<(u32, usize)>> {
    let mut parser = Parser::at(data, 0);
    let mut unsigned = || {
        parser.lexer.skip_space();
        parser.lexer.unsigned()
    };
    let mut index = Vec::new();
    for _ in 0..count {
        let number = u32::try_from(unsigned()?).ok()?;
        let start = usize::try_from(unsigned()?).ok()?.checked_add(first)?;
        index.push((number, start));
    }
    Some(index)
}
