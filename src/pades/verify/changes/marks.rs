//! Where content leaves marks: text that is read, and areas that hide what lies beneath (ISO 32000-2 §8, §9).
//!
//! Not a renderer. Text is taken as boxes of less than half an em a character, paths as the box around them. That is
//! enough to tell a seal beside the text from a white sheet over it.

use crate::pdf::{Dict, Object, Parser, Pdf, PdfError, Stream, is_space};
use crate::verify::changes::rectangle::{Matrix, Rectangle};

/// More operators than the pages of any office have; content beyond is not looked at.
const MAX_OPERATORS: usize = 2_000_000;
/// Forms within forms.
const MAX_DEPTH: usize = 6;
/// A stroke this wide hides what lies beneath.
const BROAD: f64 = 4.0;
/// An image over more than this share of a page is its scan or its background, not a mark on it.
const SCAN: f64 = 0.5;

/// The marks that some content leaves.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    /// Lines of text and small pictures.
    pub(crate) read: Vec<Rectangle>,
    /// Areas painted over, through which nothing is seen.
    pub(crate) opaque: Vec<Rectangle>,
    /// Areas painted so that what lies beneath shines through, once.
    pub(crate) faint: Vec<Rectangle>,
    /// The bytes of the strings shown, in order.
    pub(crate) text: Vec<u8>,
}

#[derive(Debug, Clone)]
struct State {
    place: Matrix,
    line: Matrix,
    text: Matrix,
    size: f64,
    leading: f64,
    width: f64,
    /// Bytes that spell one character.
    unit: usize,
    is_silent: bool,
    paint: Paint,
    is_dark: bool,
}

impl State {
    /// The state in which content begins.
    fn at(place: Matrix) -> State {
        State {
            place,
            line: Matrix::IDENTITY,
            text: Matrix::IDENTITY,
            size: 0.0,
            leading: 0.0,
            width: 1.0,
            unit: 1,
            is_silent: false,
            paint: Paint::Opaque,
            is_dark: true,
        }
    }
}

/// How much of what lies beneath a fill is still seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Paint {
    Opaque,
    Faint,
    /// Blended so that dark text stays: a marker pen.
    Multiplied,
}

struct Reader<'p, 'a> {
    pdf: &'p Pdf<'a>,
    marks: Marks,
    left: usize,
    page: f64,
}

/// The marks of a page's own content, annotations not counted.
pub(crate) fn of_page(pdf: &Pdf<'_>, page: &Dict, area: f64) -> Result<Marks, PdfError> {
    let mut content = Vec::new();
    let parts = pdf.value(page, "Contents")?;
    let parts = match parts {
        Object::Array(items) => items,
        one => vec![one],
    };
    for part in &parts {
        if let Object::Stream(stream) = pdf.resolve(part)? {
            content.extend(pdf.stream_data(&stream)?);
            content.push(b'\n');
        }
    }
    let resources = inherited(pdf, page, "Resources")?.dict().cloned().unwrap_or_default();
    let mut reader = Reader { pdf, marks: Marks::default(), left: MAX_OPERATORS, page: area };
    reader.run(&content, &resources, Matrix::IDENTITY, 0)?;
    Ok(reader.marks)
}

/// The marks of an appearance stream laid into a rectangle (ISO 32000-2 §12.5.5).
pub(crate) fn of_appearance(pdf: &Pdf<'_>, look: &Stream, area: &Rectangle) -> Result<Marks, PdfError> {
    let matrix = Matrix::of(&pdf.value(&look.dict, "Matrix")?);
    let bounds = Rectangle::of(pdf, &look.dict, "BBox")?.unwrap_or(*area);
    let bounds = matrix.area(&bounds);
    let scale = |from: f64, to: f64| if from > 0.0 { to / from } else { 1.0 };
    let (x, y) = (
        scale(bounds.right - bounds.left, area.right - area.left),
        scale(bounds.top - bounds.bottom, area.top - area.bottom),
    );
    let fit = Matrix([x, 0.0, 0.0, y, area.left - bounds.left * x, area.bottom - bounds.bottom * y]);
    let mut reader = Reader { pdf, marks: Marks::default(), left: MAX_OPERATORS, page: f64::INFINITY };
    let resources = pdf.dict_value(&look.dict, "Resources")?.unwrap_or_default();
    reader.run(&pdf.stream_data(look)?, &resources, matrix.then(&fit), 0)?;
    Ok(reader.marks)
}

/// A value that a page may take from the nodes above it (ISO 32000-2 §7.7.3.4).
pub(crate) fn inherited(pdf: &Pdf<'_>, page: &Dict, key: &str) -> Result<Object, PdfError> {
    let mut node = page.clone();
    for _ in 0..64 {
        let value = pdf.value(&node, key)?;
        if value != Object::Null {
            return Ok(value);
        }
        match pdf.dict_value(&node, "Parent")? {
            Some(parent) => node = parent,
            None => break,
        }
    }
    Ok(Object::Null)
}

impl Reader<'_, '_> {
    fn run(&mut self, content: &[u8], resources: &Dict, place: Matrix, depth: usize) -> Result<(), PdfError> {
        let mut parser = Parser::at(content, 0);
        let mut state = State::at(place);
        let mut stack = Vec::new();
        let mut path = Vec::new();
        let mut operands: Vec<Object> = Vec::new();
        loop {
            parser.lexer.skip_space();
            let Some(next) = parser.lexer.peek() else { return Ok(()) };
            let is_operand = matches!(next, b'/' | b'(' | b'<' | b'[' | b'0'..=b'9' | b'+' | b'-' | b'.');
            if is_operand {
                operands.push(parser.object()?);
                continue;
            }
            let operator = parser.lexer.regular().to_vec();
            if operator.is_empty() {
                return Err(parser.lexer.fail("content that is no operator"));
            }
            self.left = self.left.checked_sub(1).ok_or(PdfError::Limit("too many drawing operators"))?;
            match operator.as_slice() {
                b"q" => stack.push(state.clone()),
                b"Q" => state = stack.pop().unwrap_or(state),
                b"ID" => {
                    skip_image(&mut parser);
                    self.picture(&state, false);
                }
                b"Do" => self.show(&state, resources, &operands, depth)?,
                b"gs" => state.paint = self.paint(resources, &operands)?.unwrap_or(state.paint),
                b"Tf" => {
                    state.unit = self.unit(resources, &operands)?;
                    state.size = numbers(&operands).last().copied().unwrap_or(0.0).abs();
                }
                _ => {
                    self.text(&operator, &operands, &mut state);
                    self.draw(&operator, &operands, &mut state, &mut path);
                }
            }
            operands.clear();
        }
    }

    /// Text operators (ISO 32000-2 §9.4).
    fn text(&mut self, operator: &[u8], operands: &[Object], state: &mut State) {
        let n = numbers(operands);
        let to = |state: &mut State, x: f64, y: f64| {
            state.line = Matrix([1.0, 0.0, 0.0, 1.0, x, y]).then(&state.line);
            state.text = state.line;
        };
        match (operator, n.as_slice()) {
            (b"BT", _) => (state.line, state.text) = (Matrix::IDENTITY, Matrix::IDENTITY),
            (b"TL", [leading, ..]) => state.leading = *leading,
            // Mode 3 is not seen: the text under a scan.
            (b"Tr", [mode, ..]) => state.is_silent = *mode == 3.0 || *mode == 7.0,
            (b"Tm", [a, b, c, d, e, f]) => {
                state.line = Matrix([*a, *b, *c, *d, *e, *f]);
                state.text = state.line;
            }
            (b"Td", [x, y]) => to(state, *x, *y),
            (b"TD", [x, y]) => {
                state.leading = -y;
                to(state, *x, *y);
            }
            (b"T*", _) => to(state, 0.0, -state.leading),
            (b"Tj" | b"TJ", _) => self.write(operands, state),
            (b"'" | b"\"", _) => {
                to(state, 0.0, -state.leading);
                self.write(operands, state);
            }
            _ => {}
        }
    }

    fn write(&mut self, operands: &[Object], state: &mut State) {
        let mut shown = 0;
        for operand in operands {
            let parts = operand.array().unwrap_or(std::slice::from_ref(operand));
            for string in parts.iter().filter_map(Object::string) {
                self.marks.text.extend_from_slice(&string.bytes);
                shown += string.bytes.len();
            }
        }
        let width = 0.45 * state.size * (shown / state.unit) as f64;
        let line = Rectangle { left: 0.0, bottom: -0.2 * state.size, right: width, top: 0.8 * state.size };
        if shown > 0 && !state.is_silent {
            self.marks.read.push(state.text.then(&state.place).area(&line));
        }
        state.text = Matrix([1.0, 0.0, 0.0, 1.0, width, 0.0]).then(&state.text);
    }

    /// Path and state operators (ISO 32000-2 §8.4, §8.5).
    fn draw(&mut self, operator: &[u8], operands: &[Object], state: &mut State, path: &mut Vec<(f64, f64)>) {
        let n = numbers(operands);
        match (operator, n.as_slice()) {
            (b"cm", [a, b, c, d, e, f]) => state.place = Matrix([*a, *b, *c, *d, *e, *f]).then(&state.place),
            (b"w", [width, ..]) => state.width = *width,
            (b"g", [gray]) => state.is_dark = *gray < 0.4,
            (b"rg", [r, g, b]) => state.is_dark = r.max(*g).max(*b) < 0.4,
            (b"k", [c, m, y, k]) => state.is_dark = c.min(*m).min(*y) + k > 0.6,
            (b"re", [x, y, w, h]) => {
                path.extend([(*x, *y), (x + w, y + h)].map(|point| state.place.point(point)));
            }
            (b"m" | b"l" | b"c" | b"v" | b"y", points) => {
                let pairs = points.chunks_exact(2).filter_map(|p| Some((*p.first()?, *p.last()?)));
                path.extend(pairs.map(|point| state.place.point(point)));
            }
            (b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*", _) => self.fill(state, path),
            (b"S" | b"s", _) if state.width >= BROAD => self.fill(state, path),
            (b"S" | b"s" | b"n", _) => path.clear(),
            // A shading fills all that is not clipped away.
            (b"sh", _) => {
                let far = 1e6;
                path.extend([(-far, -far), (far, far)]);
                self.fill(state, path);
            }
            _ => {}
        }
    }

    fn fill(&mut self, state: &State, path: &mut Vec<(f64, f64)>) {
        if !path.is_empty() {
            self.paint_over(state, Rectangle::around(path));
        }
        path.clear();
    }

    fn paint_over(&mut self, state: &State, area: Rectangle) {
        match state.paint {
            Paint::Multiplied if !state.is_dark => {}
            Paint::Faint => self.marks.faint.push(area),
            _ => self.marks.opaque.push(area),
        }
    }

    /// An image fills the unit square (ISO 32000-2 §8.9.5).
    fn picture(&mut self, state: &State, has_mask: bool) {
        let unit = Rectangle { left: 0.0, bottom: 0.0, right: 1.0, top: 1.0 };
        let area = state.place.area(&unit);
        if area.size() < SCAN * self.page {
            self.marks.read.push(area);
        }
        if !has_mask {
            self.paint_over(state, area);
        }
    }

    /// An image or a form (ISO 32000-2 §8.8).
    fn show(
        &mut self,
        state: &State,
        resources: &Dict,
        operands: &[Object],
        depth: usize,
    ) -> Result<(), PdfError> {
        let Some(name) = operands.last().and_then(Object::name) else { return Ok(()) };
        let list = self.pdf.dict_value(resources, "XObject")?.unwrap_or_default();
        let Object::Stream(stream) = self.pdf.value(&list, &name.text())? else { return Ok(()) };
        if stream.dict.is("Subtype", "Image") {
            let masks = ["SMask", "Mask"].iter().any(|key| stream.dict.has(key));
            self.picture(state, masks || stream.dict.get("ImageMask") == Some(&Object::Bool(true)));
        } else if depth < MAX_DEPTH {
            let place = Matrix::of(&self.pdf.value(&stream.dict, "Matrix")?).then(&state.place);
            let own = self.pdf.dict_value(&stream.dict, "Resources")?;
            self.run(&self.pdf.stream_data(&stream)?, own.as_ref().unwrap_or(resources), place, depth + 1)?;
        }
        Ok(())
    }

    /// What a graphics state says of transparency, if anything (ISO 32000-2 §11.6.4.4, §11.3.5).
    fn paint(&self, resources: &Dict, operands: &[Object]) -> Result<Option<Paint>, PdfError> {
        let Some(name) = operands.last().and_then(Object::name) else { return Ok(None) };
        let list = self.pdf.dict_value(resources, "ExtGState")?.unwrap_or_default();
        let state = self.pdf.dict_value(&list, &name.text())?.unwrap_or_default();
        let opacity = state.get("ca").and_then(Object::number);
        let blend = state.name("BM");
        Ok(match (opacity, blend) {
            (None, None) => None,
            (_, Some(mode)) if mode == "Multiply" || mode == "Darken" => Some(Paint::Multiplied),
            (Some(opacity), _) if opacity <= 0.5 => Some(Paint::Faint),
            _ => Some(Paint::Opaque),
        })
    }

    /// Composite fonts spell a character with two bytes (ISO 32000-2 §9.7.6.2).
    fn unit(&self, resources: &Dict, operands: &[Object]) -> Result<usize, PdfError> {
        let Some(name) = operands.first().and_then(Object::name) else { return Ok(1) };
        let list = self.pdf.dict_value(resources, "Font")?.unwrap_or_default();
        let font = self.pdf.dict_value(&list, &name.text())?.unwrap_or_default();
        Ok(if font.is("Subtype", "Type0") { 2 } else { 1 })
    }
}

fn numbers(operands: &[Object]) -> Vec<f64> {
    operands.iter().filter_map(Object::number).collect()
}

/// Steps over the data of an inline image (ISO 32000-2 §8.9.7).
fn skip_image(parser: &mut Parser<'_>) {
    let lexer = &mut parser.lexer;
    let mut last = 0;
    while let Some(byte) = lexer.peek() {
        lexer.pos += 1;
        if is_space(last) && byte == b'E' && lexer.literal(b"I") && lexer.peek().is_none_or(is_space) {
            return;
        }
        last = byte;
    }
}
