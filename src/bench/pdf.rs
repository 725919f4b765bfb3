//! PDFs of a wanted size, plain and always the same.

use std::io::{self, Write};

/// A scanned page at 200 dpi: three bytes a pixel, not compressed.
const SCAN: (usize, usize) = (1_700, 2_048);
const LINES: usize = 40;

/// A PDF in the making.
struct Pdf<W> {
    out: W,
    at: usize,
    /// Where each object starts.
    starts: Vec<usize>,
}

impl<W: Write> Pdf<W> {
    /// Begins a file; `kids` are the numbers its pages will have.
    fn begin(out: W, kids: &[usize]) -> io::Result<Self> {
        let mut pdf = Self { out, at: 0, starts: Vec::new() };
        pdf.write(b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")?;
        let kids: String = kids.iter().map(|kid| format!("{kid} 0 R ")).collect();
        let count = kids.matches('R').count();
        pdf.object("<< /Type /Catalog /Pages 2 0 R >>")?;
        pdf.object(&format!("<< /Type /Pages /Count {count} /Kids [ {kids}] >>"))?;
        pdf.object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")?;
        Ok(pdf)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.at += bytes.len();
        self.out.write_all(bytes)
    }

    /// Opens the next object and gives its number.
    fn open(&mut self) -> io::Result<usize> {
        self.starts.push(self.at);
        let number = self.starts.len();
        self.write(format!("{number} 0 obj\n").as_bytes())?;
        Ok(number)
    }

    fn object(&mut self, content: &str) -> io::Result<()> {
        self.open()?;
        self.write(content.as_bytes())?;
        self.write(b"\nendobj\n")
    }

    fn stream(&mut self, entries: &str, parts: &[&[u8]]) -> io::Result<()> {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        self.open()?;
        self.write(format!("<< {entries} /Length {length} >>\nstream\n").as_bytes())?;
        parts.iter().try_for_each(|part| self.write(part))?;
        self.write(b"\nendstream\nendobj\n")
    }

    fn page(&mut self, resources: &str, content: usize) -> io::Result<()> {
        self.object(&format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << {resources} >> \
             /Contents {content} 0 R >>"
        ))
    }

    /// Writes the cross-reference table and gives the file's size.
    fn end(mut self) -> io::Result<usize> {
        let (table, count) = (self.at, self.starts.len() + 1);
        let lines: String = self.starts.iter().map(|start| format!("{start:010} 00000 n \n")).collect();
        self.write(format!("xref\n0 {count}\n0000000000 65535 f \n{lines}").as_bytes())?;
        let trailer = format!("trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
        self.write(trailer.as_bytes())?;
        self.out.flush()?;
        Ok(self.at)
    }
}

/// Pages full of text, about 2.7 KB each.
pub(super) fn text(pages: usize) -> io::Result<Vec<u8>> {
    let kids: Vec<usize> = (0..pages).map(|page| 4 + 2 * page).collect();
    let mut bytes = Vec::new();
    let mut pdf = Pdf::begin(&mut bytes, &kids)?;
    for (page, kid) in (1..).zip(kids) {
        let mut content = "BT /F 11 Tf 14 TL 60 780 Td\n".to_owned();
        for line in 1..=LINES {
            content +=
                &format!("(Page {page}, line {line}: the committee has discussed this point.) Tj T*\n");
        }
        pdf.page("/Font << /F 3 0 R >>", kid + 1)?;
        pdf.stream("", &[content.as_bytes(), b"ET"])?;
    }
    pdf.end()?;
    Ok(bytes)
}

/// Scanned pages of 10.4 MB each; gives the size of it all.
pub(super) fn scan(out: impl Write, pages: usize) -> io::Result<usize> {
    let (width, height) = SCAN;
    let noise = noise(width * height * 3);
    let kids: Vec<usize> = (0..pages).map(|page| 4 + 3 * page).collect();
    let mut pdf = Pdf::begin(out, &kids)?;
    for (page, kid) in kids.iter().enumerate() {
        pdf.page(&format!("/XObject << /I {} 0 R >>", kid + 2), kid + 1)?;
        pdf.stream("", &[b"q 595 0 0 842 0 0 cm /I Do Q"])?;
        let entries = format!(
            "/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceRGB \
             /BitsPerComponent 8"
        );
        // Each page starts elsewhere in the noise, so that no two are alike.
        let (end, start) = noise.split_at(page * 3_001 % noise.len());
        pdf.stream(&entries, &[start, end])?;
    }
    pdf.end()
}

/// Paper as a scanner sees it: nearly white, no two pixels alike.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes().map(|byte| 0xE0 | (byte & 0x1F))
    };
    std::iter::repeat_with(&mut next).flatten().take(length).collect()
}

#[cfg(test)]
mod tests {
    use pades::pdf::{Pdf, pages};

    #[test]
    fn what_is_made_can_be_read() {
        let text = super::text(3).unwrap();
        assert_eq!(pages(&Pdf::open(&text).unwrap()).unwrap().len(), 3);

        let mut scan = Vec::new();
        let size = super::scan(&mut scan, 2).unwrap();
        assert_eq!(size, scan.len());
        assert_eq!(pages(&Pdf::open(&scan).unwrap()).unwrap().len(), 2);
    }
}
