//! Finding the place between title and name.

use pades::sign::{NoPlace, Place, TextRun, find_place};
use proptest::prelude::*;

/// A line of text at a place, 13 points high, with letters 7 points wide.
fn line(page: usize, left: f64, bottom: f64, text: &str) -> TextRun {
    let width = 7.0 * text.chars().count() as f64;
    TextRun { page, text: text.to_owned(), rectangle: [left, bottom, width, 13.0] }
}

/// The end of an ordinary decision: recipients on the left, signer on the right.
fn decision() -> Vec<TextRun> {
    vec![
        line(1, 60.0, 780.0, "ỦY BAN NHÂN DÂN"),
        line(1, 300.0, 780.0, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        line(1, 80.0, 500.0, "Chủ tịch Ủy ban nhân dân phường và ông Nguyễn Văn An chịu trách nhiệm"),
        line(1, 60.0, 300.0, "Nơi nhận:"),
        line(1, 340.0, 300.0, "TM. ỦY BAN NHÂN DÂN"),
        line(1, 60.0, 284.0, "- Như Điều 3;"),
        line(1, 378.0, 284.0, "CHỦ TỊCH"),
        line(1, 60.0, 268.0, "- Lưu: VT."),
        line(1, 358.0, 190.0, "Nguyễn Văn An"),
    ]
}

fn rectangle(runs: &[TextRun], title: &str, name: &str) -> [f64; 4] {
    find_place(runs, title, name).unwrap().rectangle
}

#[test]
fn the_place_is_between_title_and_name() {
    // From the top of the name, 203, to the bottom of the title, 284; as wide as the wider of the two.
    assert_eq!(rectangle(&decision(), "CHỦ TỊCH", "Nguyễn Văn An"), [358.0, 203.0, 91.0, 81.0]);
}

#[test]
fn a_vice_chairman_does_not_sign_as_chairman() {
    let mut runs = decision();
    runs[4] = line(1, 371.0, 300.0, "KT. CHỦ TỊCH");
    runs[6] = line(1, 364.0, 284.0, "PHÓ CHỦ TỊCH");
    assert_eq!(rectangle(&runs, "PHÓ CHỦ TỊCH", "Nguyễn Văn An")[3], 81.0);
    // Under the bare word the line below it is no free room either.
    assert_eq!(rectangle(&runs, "KT. CHỦ TỊCH", "Nguyễn Văn An")[3], 81.0);
}

#[test]
fn two_columns_are_told_apart() {
    let runs = vec![
        line(1, 90.0, 284.0, "KẾ TOÁN"),
        line(1, 370.0, 284.0, "CHỦ TỊCH"),
        line(1, 70.0, 190.0, "Trần Thị Bình"),
        line(1, 350.0, 190.0, "Nguyễn Văn An"),
    ];
    let left = rectangle(&runs, "Kế toán", "Trần Thị Bình");
    let right = rectangle(&runs, "Chủ tịch", "Nguyễn Văn An");
    assert!(left[0] + left[2] < right[0]);
    assert_eq!(find_place(&runs, "Kế toán", "Nguyễn Văn An"), Err(NoPlace::NotTogether));
    // One run for both columns, as simple text readers give it.
    let joined = vec![
        line(1, 90.0, 284.0, "KẾ TOÁN                       CHỦ TỊCH"),
        line(1, 70.0, 190.0, "Trần Thị Bình                 Nguyễn Văn An"),
    ];
    let right = rectangle(&joined, "Chủ tịch", "Nguyễn Văn An");
    assert!(right[0] > 270.0 && right[0] + right[2] < 400.0, "{right:?}");
}

#[test]
fn the_last_page_that_matches_counts() {
    let mut runs = decision();
    runs.extend(decision().into_iter().map(|run| TextRun { page: 3, ..run }));
    runs.push(line(4, 60.0, 700.0, "Phụ lục: Nguyễn Văn An"));
    assert_eq!(find_place(&runs, "CHỦ TỊCH", "Nguyễn Văn An").unwrap().page, 3);
}

#[test]
fn a_title_on_two_lines_is_one_title() {
    let mut runs = decision();
    runs[4] = line(1, 340.0, 300.0, "TRƯỞNG BAN KINH TẾ");
    runs[6] = line(1, 350.0, 284.0, "VÀ NGÂN SÁCH");
    let place = rectangle(&runs, "Trưởng ban Kinh tế và Ngân sách", "Nguyễn Văn An");
    assert_eq!((place[1], place[3]), (203.0, 81.0));
}

#[test]
fn what_stands_between_is_left_free() {
    let mut runs = decision();
    runs.push(line(1, 350.0, 268.0, "(Ký, đóng dấu)"));
    assert_eq!(rectangle(&runs, "CHỦ TỊCH", "Nguyễn Văn An")[3], 65.0);
    runs.push(line(1, 350.0, 206.0, "(đã ký)"));
    assert_eq!(find_place(&runs, "CHỦ TỊCH", "Nguyễn Văn An"), Err(NoPlace::NoRoom));
}

#[test]
fn what_is_missing_is_named() {
    let runs = decision();
    assert_eq!(find_place(&runs, "BÍ THƯ", "Nguyễn Văn An"), Err(NoPlace::NoTitle));
    assert_eq!(find_place(&runs, "CHỦ TỊCH", "Lê Thị Cúc"), Err(NoPlace::NoName));
    assert_eq!(find_place(&[], "CHỦ TỊCH", "A"), Err(NoPlace::NoTitle));
    assert_eq!(find_place(&runs, "", ""), Err(NoPlace::NoTitle));
    let broken =
        vec![TextRun { page: 1, text: "CHỦ TỊCH".to_owned(), rectangle: [f64::NAN, 0.0, 1.0, 1.0] }];
    assert_eq!(find_place(&broken, "CHỦ TỊCH", "A"), Err(NoPlace::NoTitle));
}

/// Cuts a run in two at a letter, as text readers do at any place.
fn cut(run: &TextRun, at: usize) -> Vec<TextRun> {
    let letters: Vec<char> = run.text.chars().collect();
    let at = at % letters.len().max(1);
    let [left, bottom, width, height] = run.rectangle;
    let share = width / letters.len() as f64;
    let part = |range: std::ops::Range<usize>| TextRun {
        page: run.page,
        text: letters[range.clone()].iter().collect(),
        rectangle: [left + share * range.start as f64, bottom, share * range.len() as f64, height],
    };
    vec![part(0..at), part(at..letters.len())]
}

/// The same letters with their marks apart; a reader gives no other width for them.
fn decomposed(run: &TextRun) -> TextRun {
    use unicode_normalization::UnicodeNormalization;
    TextRun { text: run.text.nfd().collect(), ..run.clone() }
}

proptest! {
    #[test]
    fn order_cuts_and_composition_make_no_difference(
        cuts in proptest::collection::vec(0usize..40, 9),
        is_apart in proptest::collection::vec(any::<bool>(), 18),
        order in Just((0..18).collect::<Vec<usize>>()).prop_shuffle(),
    ) {
        let pieces: Vec<TextRun> =
            decision().iter().zip(cuts).flat_map(|(run, at)| cut(run, at)).collect();
        let pieces: Vec<TextRun> = pieces
            .iter()
            .zip(is_apart)
            .map(|(run, apart)| if apart { decomposed(run) } else { run.clone() })
            .collect();
        let shuffled: Vec<TextRun> = order.into_iter().map(|index| pieces[index].clone()).collect();
        let Place { page, rectangle } = find_place(&shuffled, "Chủ tịch", "NGUYỄN VĂN AN").unwrap();
        prop_assert_eq!(page, 1);
        for (found, right) in rectangle.iter().zip([358.0, 203.0, 91.0, 81.0]) {
            prop_assert!((found - right).abs() < 0.01, "{:?}", rectangle);
        }
    }

    #[test]
    fn no_text_makes_it_panic(
        texts in proptest::collection::vec(("\\PC{0,12}", any::<[f64; 4]>()), 0..30),
        title in "\\PC{0,6}",
        name in "\\PC{0,6}",
    ) {
        let runs: Vec<TextRun> = texts
            .into_iter()
            .map(|(text, rectangle)| TextRun { page: 1, text, rectangle })
            .collect();
        if let Ok(place) = find_place(&runs, &title, &name) {
            prop_assert!(place.rectangle[3] >= 12.0);
        }
    }
}
