//! An official document as an office program holds it, every measure a
//! parameter, so that a test can make one fault and no other.

use std::fmt::Write;

/// How some words are set.
#[derive(Clone, Debug)]
pub struct Look {
    pub size: f64,
    pub bold: bool,
    pub italic: bool,
    pub font: &'static str,
    pub colour: &'static str,
    pub extra: &'static str,
}

const fn look(size: f64, bold: bool, italic: bool) -> Look {
    Look { size, bold, italic, font: "Tinos", colour: "#000000", extra: "" }
}

/// A text and its look.
#[derive(Clone, Debug)]
pub struct Words {
    pub text: String,
    pub look: Look,
}

fn words(text: &str, size: f64, bold: bool, italic: bool) -> Words {
    Words { text: text.into(), look: look(size, bold, italic) }
}

/// A line drawn under a text, in parts of it; `None`: no line.
pub type Line = Option<f64>;

#[derive(Clone, Debug)]
pub struct Letter {
    pub page: (f64, f64),
    /// Top, bottom, left, right, in millimetres.
    pub margins: [f64; 4],
    pub state_title: Option<Words>,
    pub title_line: Line,
    pub motto: Option<Words>,
    pub motto_line: Line,
    pub superior: Option<Words>,
    pub issuer: Option<Words>,
    pub issuer_line: Line,
    /// What stands under the issuing body instead of a line.
    pub star: Option<Words>,
    pub number: Option<Words>,
    pub date: Option<Words>,
    /// Moves the date down, in points.
    pub date_drop: f64,
    pub date_align: &'static str,
    pub letter_subject: Option<Words>,
    pub mark: Option<Words>,
    /// Width and height of the mark's frame; nothing without one.
    pub frame: Option<(f64, f64)>,
    pub type_name: Option<Words>,
    pub type_align: &'static str,
    pub subject: Option<Words>,
    pub subject_line: Line,
    pub addressees: Vec<Words>,
    pub issuer_again: Option<Words>,
    pub bases: Vec<Words>,
    pub body: Vec<Words>,
    pub align: &'static str,
    pub indent: f64,
    pub gap: f64,
    pub pitch: f64,
    pub chapter: Option<Words>,
    pub chapter_align: &'static str,
    /// The head of an article, and the words behind it.
    pub article: Option<(Words, Words)>,
    /// The widths of the columns at the end, in millimetres.
    pub ending: (f64, f64),
    pub recipients: Option<Words>,
    pub list: Vec<Words>,
    pub position: Vec<Words>,
    /// Blank lines of 14 pt between position and name.
    pub blank: usize,
    pub in_blank: Option<Words>,
    pub signer: Option<Words>,
    pub numbering: Numbering,
    pub appendix: Vec<Words>,
    pub appendix_align: &'static str,
}

#[derive(Clone, Debug)]
pub struct Numbering {
    pub look: Look,
    pub align: &'static str,
    pub in_footer: bool,
    pub on_first: bool,
    pub before: &'static str,
    /// Added to each number.
    pub offset: i32,
    pub is_shown: bool,
}

const LONG: &str = "Trong chín tháng đầu năm, kinh tế - xã hội của xã tiếp tục phát triển; thu ngân sách trên địa bàn đạt \
    13.313.000.000 đồng, bằng 96,4% dự toán giao; các công trình thủy lợi, giao thông nông thôn được thi công đúng tiến độ và \
    bảo đảm chất lượng theo hồ sơ thiết kế đã được phê duyệt, không để phát sinh nợ đọng xây dựng cơ bản.";

/// A decision with a second page, faultless.
pub fn decision() -> Letter {
    Letter {
        page: (210.0, 297.0),
        margins: [20.0, 20.0, 30.0, 20.0],
        state_title: Some(words("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12.0, true, false)),
        title_line: None,
        motto: Some(words("Độc lập - Tự do - Hạnh phúc", 13.0, true, false)),
        motto_line: Some(1.0),
        superior: Some(words("UBND THÀNH PHỐ ĐÀ NẴNG", 12.0, false, false)),
        issuer: Some(words("ỦY BAN NHÂN DÂN XÃ QUẾ SƠN", 12.0, true, false)),
        issuer_line: Some(0.4),
        star: None,
        number: Some(words("Số: 05/QĐ-UBND", 13.0, false, false)),
        date: Some(words("Quế Sơn, ngày 05 tháng 02 năm 2026", 13.0, false, true)),
        date_drop: 0.0,
        date_align: "center",
        letter_subject: None,
        mark: None,
        frame: None,
        type_name: Some(words("QUYẾT ĐỊNH", 14.0, true, false)),
        type_align: "center",
        subject: Some(words("Về việc phân bổ vốn đầu tư công năm 2026", 14.0, true, false)),
        subject_line: Some(0.4),
        addressees: Vec::new(),
        issuer_again: Some(words("ỦY BAN NHÂN DÂN XÃ QUẾ SƠN", 14.0, true, false)),
        bases: [
            "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;",
            "Căn cứ Luật Đầu tư công ngày 29 tháng 11 năm 2024;",
            "Theo đề nghị của Trưởng phòng Kinh tế tại Tờ trình số 12/TTr-KT ngày 02 tháng 02 năm 2026.",
        ]
        .map(|text| words(text, 14.0, false, true))
        .into(),
        body: (1..=6).map(|at| words(&format!("{at}. {LONG}"), 14.0, false, false)).collect(),
        align: "justify",
        indent: 12.7,
        gap: 6.0,
        pitch: 1.0,
        chapter: None,
        chapter_align: "center",
        article: Some((
            words("Điều 1.", 14.0, true, false),
            words(&format!("Phân bổ vốn như sau. {LONG}"), 14.0, false, false),
        )),
        ending: (80.0, 80.0),
        recipients: Some(words("Nơi nhận:", 12.0, true, true)),
        list: ["- Như Điều 3;", "- Sở Tài chính;", "- Lưu: VT, KT (An). 05 bản."]
            .map(|text| words(text, 11.0, false, false))
            .into(),
        position: ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]
            .map(|text| words(text, 14.0, true, false))
            .into(),
        blank: 4,
        in_blank: None,
        signer: Some(words("Trần Thị Bích Ngọc", 14.0, true, false)),
        numbering: Numbering {
            look: look(13.0, false, false),
            align: "center",
            in_footer: false,
            on_first: false,
            before: "",
            offset: 0,
            is_shown: true,
        },
        appendix: Vec::new(),
        appendix_align: "center",
    }
}

/// An official letter on one page, faultless.
pub fn official_letter() -> Letter {
    Letter {
        number: Some(words("Số: 452/UBND-KT", 13.0, false, false)),
        letter_subject: Some(words("V/v báo cáo giải ngân vốn đầu tư công", 12.0, false, false)),
        type_name: None,
        subject: None,
        subject_line: None,
        issuer_again: None,
        bases: Vec::new(),
        article: None,
        addressees: ["Kính gửi:", "- Sở Tài chính thành phố Đà Nẵng;", "- Kho bạc Nhà nước khu vực XIII."]
            .map(|text| words(text, 14.0, false, false))
            .into(),
        body: (1..=2).map(|_| words(LONG, 14.0, false, false)).collect(),
        list: ["- Như trên;", "- Lưu: VT, KT (An)."].map(|text| words(text, 11.0, false, false)).into(),
        position: ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"].map(|text| words(text, 14.0, true, false)).into(),
        ..decision()
    }
}

/// A decision of a Party committee, faultless.
pub fn party_decision() -> Letter {
    Letter {
        margins: [20.0, 20.0, 30.0, 15.0],
        state_title: Some(words("ĐẢNG CỘNG SẢN VIỆT NAM", 15.0, true, false)),
        motto: Some(words("", 4.0, true, false)),
        motto_line: None,
        title_line: Some(1.0),
        superior: Some(words("ĐẢNG BỘ THÀNH PHỐ ĐÀ NẴNG", 12.0, false, false)),
        issuer: Some(words("ĐẢNG ỦY XÃ QUẾ SƠN", 12.0, true, false)),
        issuer_line: None,
        star: Some(words("*", 12.0, false, false)),
        number: Some(words("Số 127-QĐ/ĐU", 13.0, false, false)),
        issuer_again: None,
        position: ["T/M BAN THƯỜNG VỤ", "BÍ THƯ"].map(|text| words(text, 14.0, true, false)).into(),
        ..decision()
    }
}

/// An urgent plan with an appendix, faultless.
pub fn urgent_plan() -> Letter {
    Letter {
        number: Some(words("Số: 31/KH-UBND", 13.0, false, false)),
        type_name: Some(words("KẾ HOẠCH", 14.0, true, false)),
        subject: Some(words("Ứng phó mưa lũ, sạt lở đất năm 2026", 14.0, true, false)),
        issuer_again: None,
        bases: Vec::new(),
        article: None,
        chapter: Some(words("Phần I", 14.0, true, false)),
        mark: Some(words("HỎA TỐC", 13.0, true, false)),
        frame: Some((30.0, 8.0)),
        body: decision().body.into_iter().take(5).collect(),
        appendix: vec![
            words("Phụ lục I", 14.0, true, false),
            words("DANH SÁCH ĐIỂM SƠ TÁN", 14.0, true, false),
            words(
                "(Kèm theo Kế hoạch số 31/KH-UBND ngày 05 tháng 02 năm 2026 của UBND xã)",
                14.0,
                false,
                true,
            ),
            words(LONG, 14.0, false, false),
        ],
        ..decision()
    }
}

/// The width of the heading's right column, in millimetres.
const RIGHT_COLUMN: f64 = 88.0;

impl Letter {
    /// As a flat document of LibreOffice.
    pub fn fodt(&self) -> String {
        let mut sheet = Fodt::default();
        sheet.heading(self);
        sheet.title(self);
        sheet.body(self);
        sheet.ending(self);
        sheet.appendix(self);
        sheet.wrap(self)
    }
}

/// Styles and text as they grow.
#[derive(Default)]
struct Fodt {
    styles: String,
    text: String,
    count: usize,
}

/// How a paragraph stands.
#[derive(Clone, Copy)]
struct Stand {
    align: &'static str,
    indent: f64,
    above: f64,
    below: f64,
    pitch: f64,
    breaks: bool,
}

const CENTRED: Stand =
    Stand { align: "center", indent: 0.0, above: 0.0, below: 0.0, pitch: 1.0, breaks: false };
const LEFT: Stand = Stand { align: "start", ..CENTRED };

impl Fodt {
    fn style(&mut self, family: &str, inner: &str) -> String {
        self.count += 1;
        let name = format!("S{}", self.count);
        let styles = &mut self.styles;
        write!(styles, "<style:style style:name=\"{name}\" style:family=\"{family}\">{inner}</style:style>")
            .unwrap();
        name
    }

    fn text_style(&mut self, look: &Look) -> String {
        let properties = text_properties(look);
        self.style("text", &properties)
    }

    fn paragraph_style(&mut self, stand: Stand, look: &Look) -> String {
        let Stand { align, indent, above, below, pitch, breaks } = stand;
        let breaks = if breaks { " fo:break-before=\"page\"" } else { "" };
        let properties = format!(
            "<style:paragraph-properties fo:text-align=\"{align}\" fo:text-indent=\"{indent}mm\" fo:margin-top=\"{above}pt\" \
             fo:margin-bottom=\"{below}pt\" fo:line-height=\"{:.0}%\" fo:orphans=\"0\" fo:widows=\"0\"{breaks}/>{}",
            pitch * 100.0,
            text_properties(look)
        );
        self.style("paragraph", &properties)
    }

    fn paragraph(&mut self, words: &Words, stand: Stand) {
        let style = self.paragraph_style(stand, &words.look);
        let text = escaped(&words.text);
        write!(self.text, "<text:p text:style-name=\"{style}\">{text}</text:p>").unwrap();
    }

    /// A line of this share of a text's width, drawn in a paragraph of its own.
    fn line(&mut self, words: &Words, share: Line) {
        let Some(share) = share else { return };
        let width = measured(words) * share;
        let style = self.paragraph_style(CENTRED, &look(4.0, false, false));
        let graphic = self.style(
            "graphic",
            "<style:graphic-properties draw:stroke=\"solid\" svg:stroke-width=\"0.25mm\" svg:stroke-color=\"#000000\" \
             style:vertical-pos=\"middle\" style:vertical-rel=\"line\"/>",
        );
        write!(
            self.text,
            "<text:p text:style-name=\"{style}\"><draw:line text:anchor-type=\"as-char\" draw:style-name=\"{graphic}\" \
             svg:x1=\"0mm\" svg:y1=\"0mm\" svg:x2=\"{width:.2}mm\" svg:y2=\"0mm\"/></text:p>"
        )
        .unwrap();
    }

    fn cell(&mut self, fill: impl FnOnce(&mut Self)) {
        self.text.push_str("<table:table-cell>");
        let before = self.text.len();
        fill(self);
        if self.text.len() == before {
            self.text.push_str("<text:p/>");
        }
        self.text.push_str("</table:table-cell>");
    }

    fn table(&mut self, (left, right): (f64, f64), rows: &mut dyn FnMut(&mut Self)) {
        let table = self.style(
            "table",
            &format!("<style:table-properties style:width=\"{}mm\" table:align=\"left\"/>", left + right),
        );
        let one = self.style(
            "table-column",
            &format!("<style:table-column-properties style:column-width=\"{left}mm\"/>"),
        );
        let other = self.style(
            "table-column",
            &format!("<style:table-column-properties style:column-width=\"{right}mm\"/>"),
        );
        write!(
            self.text,
            "<table:table table:style-name=\"{table}\"><table:table-column table:style-name=\"{one}\"/>\
             <table:table-column table:style-name=\"{other}\"/>"
        )
        .unwrap();
        rows(self);
        self.text.push_str("</table:table>");
    }

    fn heading(&mut self, letter: &Letter) {
        let width = letter.page.0 - letter.margins[2] - letter.margins[3];
        self.table((width - RIGHT_COLUMN, RIGHT_COLUMN), &mut |sheet| {
            sheet.text.push_str("<table:table-row>");
            sheet.cell(|cell| {
                for words in letter.superior.iter().chain(&letter.issuer).chain(&letter.star) {
                    cell.paragraph(words, CENTRED);
                }
                if let Some(words) = &letter.issuer {
                    cell.line(words, letter.issuer_line);
                }
            });
            sheet.cell(|cell| {
                if let Some(words) = &letter.state_title {
                    cell.paragraph(words, CENTRED);
                    cell.line(words, letter.title_line);
                }
                if let Some(words) = &letter.motto {
                    cell.paragraph(words, CENTRED);
                }
                if let Some(words) = &letter.motto {
                    cell.line(words, letter.motto_line);
                }
            });
            sheet.text.push_str("</table:table-row><table:table-row>");
            sheet.cell(|cell| {
                if let Some(words) = &letter.number {
                    cell.paragraph(words, CENTRED);
                }
                if let Some(words) = &letter.letter_subject {
                    cell.paragraph(words, Stand { above: 6.0, ..CENTRED });
                }
            });
            sheet.cell(|cell| {
                if let Some(words) = &letter.date {
                    cell.paragraph(
                        words,
                        Stand { above: letter.date_drop, align: letter.date_align, ..CENTRED },
                    );
                }
            });
            sheet.text.push_str("</table:table-row>");
        });
        if let Some(mark) = &letter.mark {
            self.mark(mark, letter.frame);
        }
    }

    fn mark(&mut self, mark: &Words, frame: Option<(f64, f64)>) {
        let Some((width, height)) = frame else { return self.paragraph(mark, LEFT) };
        let table = self.style(
            "table",
            &format!("<style:table-properties style:width=\"{width}mm\" table:align=\"left\"/>"),
        );
        let column = self.style(
            "table-column",
            &format!("<style:table-column-properties style:column-width=\"{width}mm\"/>"),
        );
        let row = self
            .style("table-row", &format!("<style:table-row-properties style:row-height=\"{height}mm\"/>"));
        let cell = self.style(
            "table-cell",
            "<style:table-cell-properties fo:border=\"0.5pt solid #c00000\" fo:padding=\"0mm\" style:vertical-align=\"middle\"/>",
        );
        write!(
            self.text,
            "<table:table table:style-name=\"{table}\"><table:table-column table:style-name=\"{column}\"/>\
             <table:table-row table:style-name=\"{row}\"><table:table-cell table:style-name=\"{cell}\">"
        )
        .unwrap();
        self.paragraph(mark, CENTRED);
        self.text.push_str("</table:table-cell></table:table-row></table:table>");
    }

    fn title(&mut self, letter: &Letter) {
        if let Some(words) = &letter.type_name {
            self.paragraph(words, Stand { align: letter.type_align, above: 12.0, ..CENTRED });
        }
        if let Some(words) = &letter.subject {
            self.paragraph(words, CENTRED);
            self.line(words, letter.subject_line);
        }
        for (at, words) in letter.addressees.iter().enumerate() {
            let above = if at == 0 { 12.0 } else { 0.0 };
            let indent = if at == 0 { 30.0 } else { 50.0 };
            self.paragraph(words, Stand { indent, above, ..LEFT });
        }
        if let Some(words) = &letter.issuer_again {
            self.paragraph(words, Stand { above: 12.0, ..CENTRED });
        }
    }

    fn body(&mut self, letter: &Letter) {
        let Letter { align, indent, gap, pitch, .. } = letter;
        let stand = Stand { align, indent: *indent, above: *gap, below: 0.0, pitch: *pitch, breaks: false };
        for words in &letter.bases {
            self.paragraph(words, stand);
        }
        if let Some(words) = &letter.chapter {
            let indent = if letter.chapter_align == "center" { 0.0 } else { *indent };
            self.paragraph(words, Stand { align: letter.chapter_align, indent, ..stand });
        }
        if let Some((head, rest)) = &letter.article {
            let style = self.paragraph_style(stand, &rest.look);
            let bold = self.text_style(&head.look);
            let (head, rest) = (escaped(&head.text), escaped(&rest.text));
            write!(
                self.text,
                "<text:p text:style-name=\"{style}\"><text:span text:style-name=\"{bold}\">{head}</text:span> {rest}</text:p>"
            )
            .unwrap();
        }
        for words in &letter.body {
            self.paragraph(words, stand);
        }
    }

    fn ending(&mut self, letter: &Letter) {
        self.paragraph(&words("", 8.0, false, false), LEFT);
        let row = self.style("table-row", "<style:table-row-properties fo:keep-together=\"always\"/>");
        self.table(letter.ending, &mut |sheet| {
            write!(sheet.text, "<table:table-row table:style-name=\"{row}\">").unwrap();
            sheet.cell(|cell| {
                for words in letter.recipients.iter().chain(&letter.list) {
                    cell.paragraph(words, LEFT);
                }
            });
            sheet.cell(|cell| {
                for words in &letter.position {
                    cell.paragraph(words, CENTRED);
                }
                for at in 0..letter.blank {
                    let blank = words("", 14.0, false, false);
                    let filled = letter.in_blank.as_ref().filter(|_| at == 1);
                    cell.paragraph(filled.unwrap_or(&blank), CENTRED);
                }
                if let Some(words) = &letter.signer {
                    cell.paragraph(words, CENTRED);
                }
            });
            sheet.text.push_str("</table:table-row>");
        });
    }

    fn appendix(&mut self, letter: &Letter) {
        for (at, words) in letter.appendix.iter().enumerate() {
            let align = match at {
                0 => letter.appendix_align,
                3 => "justify",
                _ => "center",
            };
            self.paragraph(
                words,
                Stand { align, breaks: at == 0, above: if at == 3 { 6.0 } else { 0.0 }, ..CENTRED },
            );
        }
    }

    fn wrap(mut self, letter: &Letter) -> String {
        let (width, height) = letter.page;
        let [top, bottom, left, right] = letter.margins;
        let numbering = &letter.numbering;
        let number = self.paragraph_style(Stand { align: numbering.align, ..CENTRED }, &numbering.look);
        let shown = format!(
            "<text:p text:style-name=\"{number}\">{}<text:page-number text:page-adjust=\"{}\" \
             text:select-page=\"current\">1</text:page-number></text:p>",
            numbering.before, numbering.offset
        );
        let (tag, margin) = if numbering.in_footer { ("footer", bottom) } else { ("header", top) };
        let empty = |tag: &str| format!("<style:{tag}-first><text:p/></style:{tag}-first>");
        let first = if numbering.on_first { String::new() } else { empty(tag) };
        let content = if numbering.is_shown {
            format!("<style:{tag}>{shown}</style:{tag}>{first}")
        } else {
            String::new()
        };
        // The number stands in the margin: header and margin together are as high as the margin asked for.
        let (outer, height_of) = (10.0, margin - 10.0);
        let side = if numbering.in_footer { "bottom" } else { "top" };
        let other = if numbering.in_footer {
            format!("fo:margin-top=\"{top}mm\"")
        } else {
            format!("fo:margin-bottom=\"{bottom}mm\"")
        };
        let outer = if numbering.is_shown { outer } else { margin };
        let (styles, text) = (&self.styles, &self.text);
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document {NAMESPACES} office:version=\"1.3\" \
             office:mimetype=\"application/vnd.oasis.opendocument.text\"><office:automatic-styles>{styles}\
             <style:page-layout style:name=\"P\"><style:page-layout-properties fo:page-width=\"{width}mm\" \
             fo:page-height=\"{height}mm\" {other} fo:margin-{side}=\"{outer}mm\" fo:margin-left=\"{left}mm\" \
             fo:margin-right=\"{right}mm\"/><style:{tag}-style><style:header-footer-properties \
             svg:height=\"{height_of}mm\" fo:margin-bottom=\"0mm\" fo:margin-top=\"0mm\" style:dynamic-spacing=\"false\"/></style:{tag}-style>\
             </style:page-layout></office:automatic-styles><office:master-styles><style:master-page style:name=\"Standard\" \
             style:page-layout-name=\"P\">{content}</style:master-page></office:master-styles>\
             <office:body><office:text>{text}</office:text></office:body></office:document>"
        )
    }
}

const NAMESPACES: &str = "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
    xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" \
    xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
    xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
    xmlns:draw=\"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0\" \
    xmlns:fo=\"urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0\" \
    xmlns:svg=\"urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0\"";

fn text_properties(look: &Look) -> String {
    let Look { size, bold, italic, font, colour, extra } = look;
    let (weight, slant) = (if *bold { "bold" } else { "normal" }, if *italic { "italic" } else { "normal" });
    format!(
        "<style:text-properties style:font-name=\"{font}\" fo:font-family=\"'{font}'\" fo:font-size=\"{size}pt\" \
         fo:font-weight=\"{weight}\" fo:font-style=\"{slant}\" fo:color=\"{colour}\" fo:language=\"vi\" fo:country=\"VN\" {extra}/>"
    )
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    // Spaces in a row stand for a blank place.
    text.replace("  ", " <text:s/>").replace("> ", "><text:s/>")
}

/// About how wide a bold text is, in millimetres.
fn measured(words: &Words) -> f64 {
    let width = |letter: char| {
        let plain = identity_letter(letter);
        let at = plain.to_ascii_uppercase() as usize;
        let table = if plain.is_ascii_uppercase() { &CAPITALS } else { &SMALL };
        match plain {
            'a'..='z' | 'A'..='Z' => table[at - 'A' as usize],
            ' ' => 250,
            '-' | ':' => 333,
            _ => 500,
        }
    };
    let parts: u32 = words.text.chars().map(width).sum();
    f64::from(parts) / 1000.0 * words.look.size * 25.4 / 72.0
}

/// A letter without its marks.
fn identity_letter(letter: char) -> char {
    match letter {
        'Đ' => 'D',
        'đ' => 'd',
        _ => unicode_normalization::UnicodeNormalization::nfd(std::iter::once(letter)).next().unwrap(),
    }
}

/// Widths of Times Bold, A to Z, in thousandths of the size.
const CAPITALS: [u32; 26] = [
    722, 667, 722, 722, 667, 611, 778, 778, 389, 500, 778, 667, 944, 722, 778, 611, 778, 722, 556, 667, 722,
    722, 1000, 722, 722, 667,
];
const SMALL: [u32; 26] = [
    500, 556, 444, 556, 444, 333, 500, 556, 278, 333, 556, 278, 833, 556, 500, 556, 556, 444, 389, 333, 556,
    500, 722, 500, 500, 444,
];
