//! What a reader finds on the pages.

use unicode_normalization::UnicodeNormalization;

use crate::samples::{self, lines};
use crate::{letters, run, set_invitation, set_minutes, text};

#[test]
fn every_vietnamese_letter_survives_in_every_face() {
    let alphabet = vietnamese_letters();
    let mut form = samples::invitation();
    form.notes = vec![alphabet.clone()];
    form.subject = alphabet.clone();
    form.invitees = vec![alphabet.nfd().collect()];
    let Some(text) = set_invitation(&form).and_then(|placed| text(&placed, 1)) else { return };

    assert_eq!(letters(&text).matches(&letters(&alphabet)).count(), 3);
}

#[test]
fn the_head_of_a_form_stands_as_the_decree_draws_it() {
    let Some(placed) = set_invitation(&samples::invitation()) else { return };
    let Some(output) = run("pdftotext", &["-layout", "-l", "1", "{}", "-"], &placed) else { return };
    let text = String::from_utf8(output.stdout).unwrap();
    let head: Vec<String> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(7)
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();

    assert_eq!(
        head,
        [
            "ỦY BAN NHÂN DÂN CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "THÀNH PHỐ ĐÀ NẴNG Độc lập - Tự do - Hạnh phúc",
            "ỦY BAN NHÂN DÂN",
            "XÃ QUẾ SƠN",
            "Số: 12/GM-UBND Quế Sơn, ngày 02 tháng 11 năm 2026",
            "GIẤY MỜI",
            "Họp Ủy ban nhân dân xã, phiên thường kỳ tháng 11 năm 2026",
        ],
    );
}

#[test]
fn a_number_that_is_not_given_yet_leaves_room() {
    let mut form = samples::invitation();
    form.letterhead = samples::letterhead(None, "GM-UBND");
    let Some(text) = set_invitation(&form).and_then(|placed| text(&placed, 1)) else { return };

    assert!(letters(&text).contains("Số:/GM-UBND"));
}

#[test]
fn what_looks_like_markup_is_only_text() {
    let hostile = r##"#panic("a") #read("/etc/passwd") $x^2$ *đậm* _nghiêng_ = a <b> @c [d] {e} \ // f /* g */ `h` -- ... ~ "##;
    let mut form = samples::invitation();
    form.letterhead.parent_body = Some(hostile.into());
    form.letterhead.issuing_body = hostile.into();
    form.subject = hostile.into();
    form.inviter = hostile.into();
    form.invitees = lines(&[hostile]);
    form.chair = Some(hostile.into());
    form.venue = hostile.into();
    form.notes = lines(&[hostile]);
    form.signer.name = hostile.into();
    form.recipients = lines(&[hostile]);
    form.banner = Some("#banner".into());
    let Some(text) = set_invitation(&form).and_then(|placed| text(&placed, 1)) else { return };
    let text = letters(&text);

    // Eight fields in small letters; the two bodies are set in capitals.
    assert_eq!(text.matches(&letters(hostile)).count(), 8);
    assert_eq!(text.matches(&letters(&hostile.to_uppercase())).count(), 2);
    assert!(text.contains("#banner"));
}

#[test]
fn marks_that_turn_the_direction_do_not_reach_the_page() {
    let mut form = samples::minutes();
    form.conclusions = lines(&["Ông \u{202e}nA nahT\u{202c} đồng ý \u{2066}không\u{2069}"]);
    let Some(text) = set_minutes(&form).and_then(|placed| text(&placed, 1)) else { return };

    assert!(text.contains("Ông nA nahT đồng ý không"));
}

#[test]
fn a_letter_that_no_font_has_is_marked_and_does_not_stop_the_form() {
    let mut form = samples::minutes();
    form.conclusions = lines(&["Thống nhất 👍 漢字 \u{e001} \u{0}."]);
    let Some(text) = set_minutes(&form).and_then(|placed| text(&placed, 1)) else { return };

    assert!(letters(&text).contains("Thốngnhất\u{fffd}\u{fffd}\u{fffd}\u{fffd}."));
}

#[test]
fn endless_texts_stay_on_the_paper() {
    let word = "w".repeat(10_000);
    let speech = "Ý kiến của đại biểu. ".repeat(500);
    let mut form = samples::minutes();
    form.conclusions = vec![word.clone(), speech.clone()];
    form.attendance.guests = vec![samples::person(&word, &speech)];
    for present in &mut form.attendance.present {
        present.remark = Some("w".repeat(100));
    }
    let Some(placed) = set_minutes(&form) else { return };
    let Some(text) = text(&placed, 1) else { return };

    let pages: String = text.split('\u{c}').map(without_page_number).collect();
    assert_eq!(letters(&pages).matches(&word).count(), 2);
    assert_eq!(letters(&pages).matches("Ýkiếncủađạibiểu.").count(), 1000);
    let words = crate::signing::words(&placed).unwrap_or_default();
    let outside = words.iter().find(|word| word.right > 595.3 - 56.0);
    assert_eq!(outside.map(|word| (word.page, &word.text, word.right)), None);
}

#[test]
fn a_head_and_a_name_without_measure_are_set_all_the_same() {
    let endless = "Ủy ban ".repeat(1_500);
    let mut form = samples::invitation();
    form.letterhead.issuing_body = endless.clone();
    form.subject = "w".repeat(10_000);
    form.signer.name = endless.clone();
    form.banner = Some(endless);
    form.recipients = vec!["Sở Tài chính".into(); 200];

    assert!(set_invitation(&form).is_none_or(|placed| placed.pages > 1));
}

#[test]
fn a_banner_stands_on_every_page() {
    let mut form = samples::long_minutes();
    form.banner = Some("VĂN BẢN THỬ NGHIỆM – KHÔNG CÓ GIÁ TRỊ".into());
    let Some(placed) = set_minutes(&form) else { return };
    let Some(text) = text(&placed, 1) else { return };

    assert_eq!(text.matches("VĂN BẢN THỬ NGHIỆM – KHÔNG CÓ GIÁ TRỊ").count(), placed.pages);
}

#[test]
fn pages_are_numbered_from_the_second() {
    let Some(placed) = set_minutes(&samples::long_minutes()) else { return };
    let Some(text) = text(&placed, 1) else { return };

    for (at, page) in text.split('\u{c}').take(placed.pages).enumerate() {
        let number = page.lines().next().unwrap().parse().ok();
        assert_eq!(number, (at > 0).then_some(at + 1));
    }
    assert!(text.contains(&format!("Biên bản gồm {} trang", placed.pages)));
}

/// A, Ă, Â … Y with every tone mark, in both cases, and Đ; a word for each.
fn vietnamese_letters() -> String {
    let tones = ["", "\u{300}", "\u{301}", "\u{309}", "\u{303}", "\u{323}"];
    let word = |letter: char| tones.map(|tone| format!("{letter}{tone}")).concat();
    let words: Vec<String> = "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY".chars().map(word).collect();
    format!("{} đĐ", words.join(" ")).nfc().collect()
}

fn without_page_number(page: &str) -> String {
    let (first, rest) = page.split_once('\n').unwrap_or((page, ""));
    if first.parse::<usize>().is_ok() { rest.to_owned() } else { page.to_owned() }
}
