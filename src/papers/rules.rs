//! What is true about papers: what a file is, what a marking is, what a name
//! may be, which picture sizes there are.

use unicode_normalization::UnicodeNormalization;

use crate::identity::rules::{clean_line, fold};

/// What a file is, judged by its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Pdf,
    /// docx, xlsx, pptx, odt, ods, odp, perhaps: a zip file.
    Zip,
    /// doc, xls, ppt, perhaps: a compound file.
    Compound,
    Other,
}

/// Bytes at each end of a file that [`kind`] and [`is_complete`] look at.
pub const ENDS: usize = 4096;
/// Readers take a header that starts this late.
const LATEST_HEADER: usize = 1024;

/// What a file is, by its first bytes; its name plays no part.
pub fn kind(head: &[u8]) -> Kind {
    let front = head.get(..LATEST_HEADER).unwrap_or(head);
    if contains(front, b"%PDF-") {
        Kind::Pdf
    } else if head.starts_with(b"PK\x03\x04") {
        Kind::Zip
    } else if head.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        Kind::Compound
    } else {
        Kind::Other
    }
}

/// True when the end of a PDF is there, by its last bytes.
pub fn is_complete(tail: &[u8]) -> bool {
    contains(tail, b"%%EOF")
}

fn contains(bytes: &[u8], sought: &[u8]) -> bool {
    bytes.windows(sought.len()).any(|window| window == sought)
}

/// Levels of state secrets. What bears one is refused at every door: such
/// papers may not be on a networked system at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marking {
    Secret,
    HighSecret,
    TopSecret,
}

impl Marking {
    /// As it is stamped.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "Mật",
            Self::HighSecret => "Tối mật",
            Self::TopSecret => "Tuyệt mật",
        }
    }

    fn of_words(words: &str) -> Option<Self> {
        match words {
            "MẬT" => Some(Self::Secret),
            "TỐI MẬT" | "TỐIMẬT" => Some(Self::HighSecret),
            "TUYỆT MẬT" | "TUYỆTMẬT" => Some(Self::TopSecret),
            _ => None,
        }
    }
}

/// The marking typed in a title or a file's name, if any.
///
/// "mật" alone is also a part of ordinary words (mật độ, bảo mật, mật khẩu),
/// so it counts only where it stands by itself, between marks such as brackets
/// and dashes, or in capitals within a line that is not. The other two count
/// anywhere.
pub fn marking_in_name(name: &str) -> Option<Marking> {
    let name: String = split_ending(name).0.nfc().collect();
    let upper = name.to_uppercase();
    let words: Vec<&str> = upper.split(|letter: char| !letter.is_alphanumeric()).collect();
    let pair = |first: &str| words.windows(2).any(|pair| pair == [first, "MẬT"]);
    if pair("TUYỆT") {
        return Some(Marking::TopSecret);
    }
    if pair("TỐI") {
        return Some(Marking::HighSecret);
    }
    let stands_alone = upper
        .split(|letter: char| !letter.is_alphanumeric() && !letter.is_whitespace())
        .any(|part| part.trim() == "MẬT");
    (stands_alone || is_shouted(&name) || unmarked_marking(&name)).then_some(Marking::Secret)
}

/// "Kế hoạch MẬT năm 2026", but neither "MẬT ĐỘ DÂN CƯ" nor "BẢO MẬT thông tin".
fn is_shouted(name: &str) -> bool {
    let words: Vec<&str> =
        name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_capital = |word: &&str| word.chars().all(|letter| !letter.is_lowercase());
    words.iter().enumerate().any(|(at, word)| {
        let before = at.checked_sub(1).and_then(|at| words.get(at));
        let is_part = before.is_some_and(|word| matches!(*word, "BẢO" | "BÍ"));
        *word == "MẬT" && !is_part && !words.get(at + 1).is_some_and(is_capital)
    })
}

/// File names often come without Vietnamese marks.
fn unmarked_marking(name: &str) -> bool {
    name.is_ascii()
        && name
            .split(|letter: char| !letter.is_alphanumeric() && !letter.is_whitespace() && letter != '_')
            .any(|part| matches!(fold(part).as_str(), "tuyet mat" | "toi mat"))
}

/// The marking stamped on a page: a line that is nothing else.
pub fn marking_in_lines<'a>(lines: impl IntoIterator<Item = &'a str>) -> Option<Marking> {
    lines.into_iter().find_map(|line| {
        let line: String = line.nfc().collect();
        let line = line.trim_matches(|letter: char| !letter.is_alphanumeric());
        Marking::of_words(&line.split_whitespace().collect::<Vec<_>>().join(" "))
            // Stamps are often letter-spaced: "M Ậ T".
            .or_else(|| Marking::of_words(&line.split_whitespace().collect::<String>()))
    })
}

/// The longest file name kept, in characters.
const LONGEST_NAME: usize = 200;

/// A file's name as it is kept and shown: the last part of what a browser
/// sent, cleaned and cut. It is never used as a path.
pub fn file_name(sent: &str) -> String {
    let base = sent.rsplit(['/', '\\']).next().unwrap_or(sent);
    let (stem, ending) = split_ending(base);
    let room = LONGEST_NAME.saturating_sub(ending.chars().count());
    let cut: String = stem.chars().take(room).chain(ending.chars()).collect();
    clean_line(&cut).unwrap_or_else(|| "file.pdf".to_owned())
}

/// The title a file's name proposes: no ending, no underscores.
pub fn proposed_title(file_name: &str) -> String {
    let (stem, _) = split_ending(file_name);
    clean_line(&stem.replace('_', " ")).unwrap_or_else(|| file_name.to_owned())
}

/// The name under which the PDF of a file is downloaded.
pub fn pdf_name(file_name: &str) -> String {
    let (stem, _) = split_ending(file_name);
    format!("{stem}.pdf")
}

/// The name of a copy with its reader's name on the pages: not to be taken for the original.
pub fn copy_name(file_name: &str) -> String {
    let (stem, _) = split_ending(file_name);
    format!("{stem} (bản đọc).pdf")
}

/// A name without its ending, and the ending with its dot.
fn split_ending(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if at > 0 && name.len() - at <= 6 => name.split_at(at),
        _ => (name, ""),
    }
}

/// Widths of page pictures, in pixels, besides the widest. Few, so that what one person's screen
/// asked for serves the next; `static/js/reader.js` asks for these.
pub const WIDTHS: [u32; 5] = [THUMBNAIL, 640, 960, 1440, 1920];
pub const THUMBNAIL: u32 = 160;
const WIDEST: u32 = 2560;

/// The width drawn when `wanted` is asked for: the next wider one.
pub fn drawn_width(wanted: u32) -> u32 {
    WIDTHS.into_iter().find(|width| *width >= wanted).unwrap_or(WIDEST)
}

#[cfg(test)]
mod tests {
    use super::{
        Kind, Marking, drawn_width, file_name, is_complete, kind, marking_in_lines, marking_in_name,
        pdf_name, proposed_title,
    };

    #[test]
    fn content_says_what_a_file_is() {
        assert_eq!(kind(b"%PDF-1.7\n"), Kind::Pdf);
        assert_eq!(kind(b"\xef\xbb\xbf\n%PDF-1.4"), Kind::Pdf);
        assert_eq!(kind(b"MZ\x90\x00"), Kind::Other);
        assert_eq!(kind(b"PK\x03\x04rest"), Kind::Zip);
        assert!(is_complete(b"startxref\n9\n%%EOF\n") && !is_complete(b"endobj"));
    }

    #[test]
    fn a_marking_in_a_name_is_seen() {
        assert_eq!(marking_in_name("Báo cáo (Mật)"), Some(Marking::Secret));
        assert_eq!(marking_in_name("MẬT - Kế hoạch diễn tập"), Some(Marking::Secret));
        assert_eq!(marking_in_name("Kế hoạch MẬT năm 2026"), Some(Marking::Secret));
        assert_eq!(marking_in_name("Kế hoạch MẬT, năm 2026"), Some(Marking::Secret));
        assert_eq!(marking_in_name("Phương án_TỐI MẬT.pdf"), Some(Marking::HighSecret));
        assert_eq!(marking_in_name("Hồ sơ tuyệt mật"), Some(Marking::TopSecret));
        assert_eq!(marking_in_name("Hồ sơ (Ma\u{323}\u{302}t)"), Some(Marking::Secret));
        assert_eq!(marking_in_name("bao-cao-tuyet_mat.pdf"), Some(Marking::Secret));
    }

    #[test]
    fn ordinary_words_are_no_marking() {
        for title in [
            "Mật độ xây dựng",
            "MẬT ĐỘ DÂN CƯ.pdf",
            "Bảo mật thông tin",
            "BẢO MẬT thông tin",
            "Đổi mật khẩu",
            "mat bang.pdf",
        ] {
            assert_eq!(marking_in_name(title), None, "{title}");
        }
    }

    #[test]
    fn a_stamp_is_a_line_by_itself() {
        assert_eq!(marking_in_lines(["UBND", "TỐI MẬT"]), Some(Marking::HighSecret));
        assert_eq!(marking_in_lines(["[ M Ậ T ]"]), Some(Marking::Secret));
        assert_eq!(marking_in_lines(["Tài liệu TỐI MẬT", "Mật độ"]), None);
    }

    #[test]
    fn a_name_is_no_path_and_does_not_deceive() {
        assert_eq!(file_name("../../etc/passwd"), "passwd");
        assert_eq!(file_name("C:\\tmp\\Tờ trình.pdf"), "Tờ trình.pdf");
        assert_eq!(file_name("\u{202e}fdp.exe\u{0}"), "fdp.exe");
        assert_eq!(file_name("\n"), "file.pdf");
        assert!(file_name(&format!("{}.pdf", "a".repeat(900))).ends_with("a.pdf"));
        assert_eq!(proposed_title("To_trinh 12.docx"), "To trinh 12");
        assert_eq!(pdf_name("bảng tính.xlsx"), "bảng tính.pdf");
    }

    #[test]
    fn pictures_come_in_few_widths() {
        assert_eq!([drawn_width(1), drawn_width(641), drawn_width(9999)], [160, 960, 2560]);
    }
}
