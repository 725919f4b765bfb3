//! Small PDFs, written by hand so that each says what is special in it.

use std::fmt::Write;

/// A PDF in the making: objects by number, from 1.
#[derive(Debug, Default)]
pub struct PdfBuilder {
    objects: Vec<Vec<u8>>,
    pages: Vec<usize>,
}

/// A PDF of one A4 page a text; lines are parted by `\n`.
pub fn pdf(pages: &[&str]) -> Vec<u8> {
    let mut builder = PdfBuilder::new();
    for text in pages {
        builder = builder.page(text);
    }
    builder.build()
}

/// The number of the font every page uses.
const FONT: usize = 3;
const UNICODE: usize = 4;

impl PdfBuilder {
    pub fn new() -> Self {
        let mut builder = Self::default();
        // 1 and 2, catalog and page tree, are written at the end.
        builder.objects.resize(2, Vec::new());
        builder.add(
            format!(
                "<< /Type /Font /Subtype /Type0 /BaseFont /Tinos /Encoding /Identity-H /ToUnicode {UNICODE} 0 R \
                 /DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Tinos /DW 500 /CIDSystemInfo \
                 << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor << /Type /FontDescriptor \
                 /FontName /Tinos /Flags 4 /FontBBox [0 -250 1000 900] /ItalicAngle 0 /Ascent 900 /Descent -250 \
                 /CapHeight 700 /StemV 80 >> >>] >>"
            )
            .into_bytes(),
        );
        builder.add(stream(UNICODE_MAP.as_bytes()));
        builder
    }

    fn add(&mut self, object: Vec<u8>) -> usize {
        self.objects.push(object);
        self.objects.len()
    }

    /// Adds a page with these lines of text.
    pub fn page(self, text: &str) -> Self {
        let mut content = String::from("BT /F1 14 Tf 20 TL 72 770 Td\n");
        for line in text.lines() {
            let codes: String = line.encode_utf16().map(|unit| format!("{unit:04x}")).collect();
            writeln!(content, "<{codes}> Tj T*").unwrap();
        }
        content.push_str("ET");
        self.page_drawing(content.as_bytes())
    }

    /// Adds a page with this content stream.
    pub fn page_drawing(self, content: &[u8]) -> Self {
        self.page_with(content, "")
    }

    /// Adds a page of so many millimetres that a JPEG of so many dots covers: a scan.
    pub fn page_of_picture(mut self, jpeg: &[u8], [wide, high]: [u32; 2], millimetres: [f64; 2]) -> Self {
        let head = format!(
            "<< /Type /XObject /Subtype /Image /Width {wide} /Height {high} /ColorSpace /DeviceGray \
             /BitsPerComponent 8 /Filter /DCTDecode /Length {} >>\nstream\n",
            jpeg.len()
        );
        let picture = self.add([head.as_bytes(), jpeg, b"\nendstream"].concat());
        let [width, height] = millimetres.map(|n| n / 25.4 * 72.0);
        let content = self.add(stream(format!("q {width:.3} 0 0 {height:.3} 0 0 cm /Im0 Do Q").as_bytes()));
        let page = self.add(
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width:.3} {height:.3}] /Contents {content} 0 R \
                 /Resources << /XObject << /Im0 {picture} 0 R >> >> >>"
            )
            .into_bytes(),
        );
        self.pages.push(page);
        self
    }

    /// Adds a page whose colour is computed by braces within braces: whoever
    /// follows them by recursion runs out of stack.
    pub fn page_that_overflows(mut self) -> Self {
        const DEPTH: usize = 400_000;
        let program = ["{".repeat(DEPTH), "}".repeat(DEPTH)].concat();
        let head = "<< /FunctionType 4 /Domain [0 1] /Range [0 1 0 1 0 1]";
        let function = self
            .add(format!("{head} /Length {} >>\nstream\n{program}\nendstream", program.len()).into_bytes());
        let colours = format!("/ColorSpace << /C [/Separation /X /DeviceRGB {function} 0 R] >>");
        self.page_with(b"/C cs 0.5 scn 0 0 100 100 re f", &colours)
    }

    fn page_with(mut self, content: &[u8], resources: &str) -> Self {
        let content = self.add(stream(content));
        let page = self.add(
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R \
                 /Resources << /Font << /F1 {FONT} 0 R >> {resources} >> >>"
            )
            .into_bytes(),
        );
        self.pages.push(page);
        self
    }

    pub fn build(self) -> Vec<u8> {
        self.build_with_trailer("")
    }

    pub fn build_with_trailer(mut self, more: &str) -> Vec<u8> {
        let kids: Vec<String> = self.pages.iter().map(|page| format!("{page} 0 R")).collect();
        self.objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>".to_vec();
        self.objects[1] =
            format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), kids.len()).into_bytes();
        let mut bytes = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
        let mut offsets = Vec::new();
        for (number, object) in (1..).zip(&self.objects) {
            offsets.push(bytes.len());
            bytes.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
            bytes.extend_from_slice(object);
            bytes.extend_from_slice(b"\nendobj\n");
        }
        let start = bytes.len();
        let mut end = format!("xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1);
        for offset in &offsets {
            writeln!(end, "{offset:010} 00000 n ").unwrap();
        }
        let size = offsets.len() + 1;
        write!(end, "trailer\n<< /Size {size} /Root 1 0 R {more} >>\nstartxref\n{start}\n%%EOF\n").unwrap();
        bytes.extend_from_slice(end.as_bytes());
        bytes
    }
}

fn stream(content: &[u8]) -> Vec<u8> {
    let mut object = format!("<< /Length {} >>\nstream\n", content.len()).into_bytes();
    object.extend_from_slice(content);
    object.extend_from_slice(b"\nendstream");
    object
}

/// Codes are UTF-16 units, so that any letter can be written.
const UNICODE_MAP: &str = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def \
/CMapType 2 def 1 begincodespacerange <0000> <ffff> endcodespacerange 1 beginbfrange <0000> <ffff> <0000> \
endbfrange endcmap end end";
