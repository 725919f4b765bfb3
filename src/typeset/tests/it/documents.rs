//! What a reader, a checker and a signer find in a named document.

use typeset::Block;

use crate::samples::{self, lines, paragraph};
use crate::{letters, run, set_document, text};

#[test]
fn all_parts_stand_in_the_decrees_order() {
    let Some(text) = set_document(&samples::document()).and_then(|placed| text(&placed, 1)) else { return };
    let text = letters(&text);
    let mut rest = text.as_str();
    for part in [
        "TỜ TRÌNH",
        "Về việc phân bổ vốn đầu tư công năm 2027",
        "Kính gửi:",
        "Thường trực Hội đồng nhân dân xã;",
        "Ban Kinh tế - Ngân sách.",
        "ngày 16 tháng 6 năm 2025;",
        "ngày 29 tháng 11 năm 2024.",
        "kính trình phương án",
        "Phần I KẾT QUẢ THỰC HIỆN NĂM 2026",
        "13.313.000.000",
        "II. Phương án phân bổ",
        "Chuyển tiếp",
        "xem xét, quyết định./.",
        "PHÓ CHỦ TỊCH",
    ] {
        let (_, after) =
            rest.split_once(&letters(part)).unwrap_or_else(|| unreachable!("{part} is not next"));
        rest = after;
    }
}

#[test]
fn one_addressee_stands_on_the_line_and_none_leaves_it_out() {
    let mut form = samples::document();
    form.addressees = lines(&["Hội đồng nhân dân xã"]);
    let Some(one) = set_document(&form).and_then(|placed| text(&placed, 1)) else { return };
    form.addressees = Vec::new();
    let Some(none) = set_document(&form).and_then(|placed| text(&placed, 1)) else { return };

    assert!(one.contains("Kính gửi: Hội đồng nhân dân xã\n"));
    assert!(!none.contains("Kính gửi"));
}

#[test]
fn who_decides_stands_between_the_title_and_what_it_rests_on() {
    let mut form = samples::document();
    form.type_name = "Quyết định".into();
    form.issuer = Some("Chủ tịch Ủy ban nhân dân xã".into());
    form.addressees = Vec::new();
    let Some(text) = set_document(&form).and_then(|placed| text(&placed, 1)) else { return };

    let expected = "năm 2027 CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ Căn cứ Luật Tổ chức";
    assert!(letters(&text).contains(&letters(expected)), "{text}");
}

#[test]
fn a_letter_is_not_named_and_says_what_it_is_about_below_its_number() {
    let mut form = samples::document();
    form.type_name = String::new();
    let Some(text) = set_document(&form).and_then(|placed| text(&placed, 1)) else { return };

    let (number, rest) = text.split_once("TTr-UBND").unwrap_or_else(|| unreachable!("no number in {text}"));
    assert!(!number.contains("V/v") && letters(rest).contains(&letters("V/v Về việc phân bổ")), "{text}");
}

#[test]
fn only_numbered_parts_are_parted() {
    let mut form = samples::document();
    let headings =
        ["Chương trình 135", "Phần mềm", "Điều 1. Phạm vi", "QUYẾT ĐỊNH:", "Chương II", "Mục 1. Vốn"];
    form.body = headings.iter().map(|it| Block::Heading((*it).to_owned())).collect();
    let Some(text) = set_document(&form).and_then(|placed| text(&placed, 1)) else { return };

    let expected = "Chương trình 135 Phần mềm Điều 1. Phạm vi QUYẾT ĐỊNH: Chương II Mục 1 VỐN";
    assert!(letters(&text).contains(&letters(expected)), "{text}");
}

#[test]
fn what_looks_like_markup_is_only_text() {
    let hostile = r##"#panic("a") #read("/etc/passwd") $x^2$ *đậm* _nghiêng_ = a <b> @c [d] {e} \ // f /* g */ `h` -- ... ~ "##;
    let mut form = samples::document();
    form.type_name = hostile.into();
    form.subject = hostile.into();
    form.addressees = lines(&[hostile, hostile]);
    form.bases = lines(&[hostile]);
    form.body = vec![
        paragraph(hostile),
        Block::Heading(hostile.into()),
        Block::Table { head: lines(&[hostile, "a"]), rows: vec![lines(&[hostile])] },
    ];
    let Some(text) = set_document(&form).and_then(|placed| text(&placed, 1)) else { return };
    let text = letters(&text);

    assert_eq!(text.matches(&letters(hostile)).count(), 8);
    assert_eq!(text.matches(&letters(&hostile.to_uppercase())).count(), 1);
}

#[test]
fn a_table_breaks_over_pages_and_repeats_its_head() {
    let mut form = samples::document();
    let row = |at: usize| vec![at.to_string(), format!("Công trình thứ {at}."), "850.000".to_owned()];
    form.body = vec![Block::Table {
        head: lines(&["STT", "Tên gọi", "Số vốn"]),
        rows: (1..=120).map(row).collect(),
    }];
    let Some(placed) = set_document(&form) else { return };
    let Some(text) = text(&placed, 1) else { return };

    assert!(placed.pages > 3);
    assert!((placed.pages - 1..=placed.pages).contains(&text.matches("Tên gọi").count()));
    assert!((1..=120).all(|at| text.contains(&format!("Công trình thứ {at}."))));
}

#[test]
fn tables_of_any_shape_lose_no_text_and_stay_on_the_paper() {
    let mut form = samples::document();
    let table = |head: &[&str], rows: &[&[&str]]| Block::Table {
        head: lines(head),
        rows: rows.iter().map(|row| lines(row)).collect(),
    };
    let endless = "w".repeat(10_000);
    let speech = "Ý kiến. ".repeat(1_500);
    form.body = vec![
        table(&[], &[]),
        table(&[], &[&[]]),
        table(&["riêngđầu"], &[]),
        table(&[], &[&["mộtô"], &["haiô", "baô"]]),
        table(&[&endless, "b"], &[&["c", &speech]]),
        table(&["đ"; 20], &[&["ôm"; 20]]),
    ];
    let Some(placed) = set_document(&form) else { return };
    let Some(text) = text(&placed, 1) else { return };
    let text = letters(&text);

    for cell in ["riêngđầu", "mộtô", "haiô", "baô"] {
        assert!(text.contains(cell), "{cell} is lost");
    }
    assert_eq!(text.matches("Ýkiến.").count(), 1_500);
    assert_eq!(text.matches("ôm").count(), 20);
    let words = crate::signing::words(&placed).unwrap_or_default();
    let outside = words.iter().find(|word| word.right > 595.3 - 56.0);
    assert_eq!(outside.map(|word| (word.page, &word.text, word.right)), None);
}

#[test]
fn the_pages_of_a_long_body_are_numbered_from_the_second() {
    let mut form = samples::document();
    form.body = vec![paragraph(&"Ủy ban nhân dân xã báo cáo. ".repeat(40)); 30];
    let Some(placed) = set_document(&form) else { return };
    let Some(text) = text(&placed, 1) else { return };

    assert!(placed.pages > 9);
    for (at, page) in text.split('\u{c}').take(placed.pages).enumerate() {
        let number = page.lines().next().and_then(|line| line.parse().ok());
        assert_eq!(number, (at > 0).then_some(at + 1));
    }
}

#[test]
fn the_signature_never_stands_alone() {
    let mut form = samples::document();
    let row = lines(&["1", "Đường liên thôn"]);
    for count in 0..24 {
        let rows = vec![row.clone(); 4];
        form.body = vec![paragraph("Đề nghị xem xét."); count];
        form.body.push(match count % 2 {
            0 => paragraph("Đoạn sau cùng."),
            _ => Block::Table { head: lines(&["STT", "Đoạn sau cùng."]), rows },
        });
        let Some(placed) = set_document(&form) else { return };
        let Some(last) = text(&placed, placed.pages) else { return };
        for part in ["Đoạn sau cùng.", "PHÓ CHỦ TỊCH", "Trần Thị Bích Ngọc", "Nơi nhận:", "Quét mã"]
        {
            assert!(letters(&last).contains(&letters(part)), "{part} is not on the last page after {count}");
        }
        assert_eq!(placed.signature_boxes.len(), 1);
        assert!(
            placed
                .signature_boxes
                .iter()
                .all(|space| { space.name == "signer" && space.page == placed.pages && space.h >= 85.0 })
        );
    }
}

#[test]
fn the_file_is_pdf_a_with_headings_and_tables_tagged() {
    let Some(placed) = set_document(&samples::document()) else { return };
    let Some(check) = run("qpdf", &["--check", "{}"], &placed) else { return };
    let Some(output) = run("qpdf", &["--qdf", "--object-streams=disable", "{}", "-"], &placed) else {
        return;
    };
    let file = String::from_utf8_lossy(&output.stdout);

    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));
    for wanted in [
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "Tờ trình: Về việc phân bổ vốn đầu tư công năm 2027",
        "/S /H1",
        "/S /Table",
        "/S /TH",
        "/S /TD",
        "/S /L\n",
    ] {
        assert!(file.contains(wanted), "{wanted} is missing");
    }
}
