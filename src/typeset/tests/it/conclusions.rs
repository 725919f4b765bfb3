//! What a reader, a register and a checker find in a notice of conclusions.

use jiff::civil::date;
use typeset::{Letterhead, NumberLine, PlaceLine};

use crate::samples::{self, lines};
use crate::signing::words;
use crate::{letters, run, set_notice, text};

#[test]
fn each_conclusion_names_who_carries_it_out_and_until_when() {
    let Some(text) = set_notice(&samples::notice()).and_then(|placed| text(&placed, 1)) else { return };
    let text = letters(&text);
    let mut rest = text.as_str();
    for part in [
        "THÔNG BÁO",
        "Kết luận của Chủ tịch Ủy ban nhân dân xã",
        "Chủ tịch kết luận như sau:",
        "1. Hoàn thiện tờ trình phân bổ vốn đầu tư công năm 2027.",
        "đơn vị chủ trì: Phòng Kinh tế; phối hợp: Văn phòng, Ban Quản lý dự án",
        "ngày 15 tháng 11 năm 2026",
        "2. Rà soát các tuyến kênh",
        "3. Thống nhất dự thảo quy chế.",
        "thực hiện./.",
        "CHÁNH VĂN PHÒNG",
    ] {
        let (_, after) =
            rest.split_once(&letters(part)).unwrap_or_else(|| unreachable!("{part} is not next"));
        rest = after;
    }
}

#[test]
fn number_and_date_have_empty_rooms_where_the_decree_wants_them() {
    let Some(placed) = set_notice(&samples::notice()) else { return };
    let Some(words) = words(&placed) else { return };
    let [number, date] = placed.register_boxes.as_slice() else { unreachable!("two rooms") };

    assert_eq!((number.name.as_str(), date.name.as_str()), ("number", "date"));
    assert_eq!((number.page, date.page), (1, 1));
    // Side by side, number on the left, both on the paper and over the title.
    assert!((number.y - date.y).abs() < 0.1 && number.x + number.w < date.x);
    assert!(number.x >= 85.0 && date.x + date.w <= 595.3 - 56.0);
    let title = words.iter().find(|word| word.text == "THÔNG").unwrap();
    assert!(number.y > title.top);
    for room in [number, date] {
        assert!(room.h >= 16.0 && room.w > 140.0, "a line of 13 points has room");
        let inside = |word: &&crate::signing::Word| {
            word.page == 1
                && word.left < room.x + room.w
                && word.right > room.x
                && word.bottom + 2.0 < room.y + room.h
                && word.top - 2.0 > room.y
        };
        assert_eq!(words.iter().find(inside).map(|word| &word.text), None);
    }
}

#[test]
fn a_notice_that_has_its_number_and_date_shows_them_and_leaves_no_room() {
    let mut form = samples::notice();
    form.letterhead = Letterhead {
        number_line: Some(NumberLine { number: Some(9), symbol: "TB-UBND".into() }),
        place_line: Some(PlaceLine { place: "Quế Sơn".into(), date: Some(date(2026, 11, 6)) }),
        ..form.letterhead
    };
    let Some(placed) = set_notice(&form) else { return };
    let Some(text) = text(&placed, 1) else { return };

    assert!(text.contains("Số: 09/TB-UBND") && text.contains("ngày 06 tháng 11 năm 2026"), "{text}");
    assert!(placed.register_boxes.is_empty());
}

#[test]
fn the_signature_stands_with_the_last_words_and_markup_is_only_text() {
    let hostile = "#panic(\"a\") *đậm* <b> $x$ // ";
    let mut form = samples::notice();
    form.subject = hostile.into();
    form.opening = lines(&[hostile]);
    for count in 0..12 {
        form.closing = lines(&vec!["Đoạn sau cùng."; count + 1]);
        let Some(placed) = set_notice(&form) else { return };
        let Some(last) = text(&placed, placed.pages) else { return };
        assert!(letters(&last).contains(&letters("Đoạn sau cùng.")) && last.contains("Vũ Thị Hạnh"));
        assert_eq!(placed.signature_boxes.len(), 1);
        let Some(all) = text(&placed, 1) else { return };
        assert_eq!(letters(&all).matches(&letters(hostile)).count(), 2);
    }
}

#[test]
fn the_file_is_pdf_a_and_sound() {
    let Some(placed) = set_notice(&samples::notice()) else { return };
    let Some(check) = run("qpdf", &["--check", "{}"], &placed) else { return };
    let Some(plain) = run("qpdf", &["--qdf", "--object-streams=disable", "{}", "-"], &placed) else { return };
    let file = String::from_utf8_lossy(&plain.stdout);

    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));
    for wanted in [
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "/S /Title",
        "Thông báo: ",
    ] {
        assert!(file.contains(wanted), "{wanted} is missing");
    }
}
