//! A paper is replaced: pages shifted, put in, taken out, text corrected.

use std::collections::BTreeMap;

use ecabinet::annotations::{AnnotationId, urls};
use ecabinet::papers::{self, PaperId, VersionId, actions};
use serde_json::{Value, json};

use super::{keep, listed};
use crate::harness::pdf::{PdfBuilder, pdf};
use crate::harness::{Browser, TestApp};
use crate::on_both;
use crate::papers::{actor, let_read, ready, upload};

const PAGES: usize = 30;
const LINES: usize = 14;
const WORDS: usize = 9;

/// Words of an office, so that the same ones stand on every page.
const VOCABULARY: [&str; 48] = [
    "ủy",
    "ban",
    "nhân",
    "dân",
    "phường",
    "kế",
    "hoạch",
    "đầu",
    "tư",
    "công",
    "ngân",
    "sách",
    "năm",
    "quý",
    "báo",
    "cáo",
    "thực",
    "hiện",
    "nhiệm",
    "vụ",
    "giao",
    "phòng",
    "kinh",
    "tế",
    "hạ",
    "tầng",
    "đô",
    "thị",
    "văn",
    "hóa",
    "xã",
    "hội",
    "rà",
    "soát",
    "hồ",
    "sơ",
    "thủ",
    "tục",
    "tiến",
    "độ",
    "giải",
    "ngân",
    "chỉ",
    "tiêu",
    "đạt",
    "phần",
    "trăm",
    "triệu",
];

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit
    }
}

type Page = Vec<Vec<String>>;

fn corpus(dice: &mut Dice) -> Vec<Page> {
    let word = |dice: &mut Dice| VOCABULARY[dice.below(VOCABULARY.len())].to_owned();
    let line = |dice: &mut Dice| (0..WORDS).map(|_| word(dice)).collect();
    (0..PAGES).map(|_| (0..LINES).map(|_| line(dice)).collect()).collect()
}

fn file(pages: &[Page]) -> Vec<u8> {
    let texts: Vec<String> = pages
        .iter()
        .map(|page| page.iter().map(|line| line.join(" ")).collect::<Vec<_>>().join("\n"))
        .collect();
    pdf(&texts.iter().map(String::as_str).collect::<Vec<_>>())
}

/// What an annotation was made on: page, line and words, or the page alone.
struct Made {
    page: usize,
    line: Option<usize>,
    words: Vec<usize>,
}

async fn words(browser: &mut Browser, version: VersionId, page: usize) -> Vec<Value> {
    let answer = browser.get(&format!("{}?page={page}", papers::urls::text(version))).await;
    let text: Value = serde_json::from_slice(&answer.body).unwrap();
    text["words"].as_array().unwrap().clone()
}

fn number(word: &Value, key: &str) -> f64 {
    word[key].as_f64().unwrap()
}

/// Four highlights, two strokes, a note and a mark on every page.
async fn annotate(
    browser: &mut Browser,
    version: VersionId,
    dice: &mut Dice,
) -> BTreeMap<AnnotationId, Made> {
    let mut made = BTreeMap::new();
    let mut changes = Vec::new();
    for page in 1..=PAGES {
        let words = words(browser, version, page).await;
        for kind in ["highlight", "highlight", "highlight", "highlight", "ink", "ink", "note", "mark"] {
            let id = AnnotationId::new();
            let line = dice.below(LINES);
            let first = dice.below(WORDS - 4);
            let under: Vec<usize> = (first..first + 2 + dice.below(3)).collect();
            let boxes: Vec<[f64; 4]> = under
                .iter()
                .map(|at| &words[line * WORDS + at])
                .map(|word| [number(word, "x"), number(word, "y"), number(word, "w"), number(word, "h")])
                .collect();
            let (start, end) = (boxes[0], boxes[boxes.len() - 1]);
            let shape = match kind {
                "highlight" => json!({ "boxes": boxes }),
                // A line drawn under the words, and through their feet.
                "ink" => {
                    json!({ "points": [start[0], start[1] + start[3] * 0.8, end[0] + end[2], end[1] + end[3] * 0.8] })
                }
                "note" => json!({ "points": [start[0] + start[2] / 2.0, start[1] + start[3] / 2.0] }),
                _ => json!({}),
            };
            let text = if kind == "note" { "nhớ hỏi" } else { "" };
            changes.push(json!({ "id": id, "kind": kind, "page": page, "shape": shape, "text": text }));
            let words = if kind == "note" { under[..1].to_vec() } else { under };
            made.insert(id, Made { page: page - 1, line: (kind != "mark").then_some(line), words });
        }
    }
    for part in changes.chunks(50) {
        keep(browser, version, part).await;
    }
    made
}

/// A page of the new version, and which lines it has from which old page.
#[derive(Clone)]
struct Edited {
    lines: Vec<Vec<String>>,
    /// Old page and line of each line.
    from: Vec<Option<(usize, usize)>>,
}

/// Every kind of change an office makes between two versions.
fn edited(old: &[Page], dice: &mut Dice) -> Vec<Edited> {
    let mut pages: Vec<Edited> = old
        .iter()
        .enumerate()
        .map(|(page, lines)| Edited {
            lines: lines.clone(),
            from: (0..lines.len()).map(|line| Some((page, line))).collect(),
        })
        .collect();
    // One word in twenty-five is corrected, on every third page.
    for page in pages.iter_mut().step_by(3) {
        for word in page.lines.iter_mut().flatten() {
            if dice.below(25) == 0 {
                *word = format!("sửa{}", dice.below(90));
            }
        }
    }
    // A paragraph comes in at the top of page 11: what stands below moves down.
    let added = vec!["đoạn".to_owned(), "mới".to_owned(), "thêm".to_owned()];
    pages[10].lines.insert(0, added.clone());
    pages[10].from.insert(0, None);
    pages[10].lines.insert(5, added);
    pages[10].from.insert(5, None);
    // Three lines of page 15 go; pages 21 and 22 change places; page 8 goes.
    pages[14].lines.drain(4..7);
    pages[14].from.drain(4..7);
    pages.swap(20, 21);
    pages.remove(7);
    // Two pages come in near the front.
    let fresh = |name: &str| Edited { lines: vec![vec![name.to_owned(); 6]; 10], from: vec![None; 10] };
    pages.insert(2, fresh("bổ"));
    pages.insert(2, fresh("sung"));
    pages
}

/// How an annotation fared.
#[derive(Debug, PartialEq)]
enum Fate {
    Right,
    Wrong,
    Lost,
    /// Its words are gone, and it says so.
    RightlyLost,
}

/// The middle of an annotation, in parts of the page.
fn middle(shape: &Value) -> Vec<(f64, f64)> {
    if let Some(boxes) = shape["boxes"].as_array() {
        let at = |part: &Value, index: usize| part[index].as_f64().unwrap();
        return boxes
            .iter()
            .map(|one| (at(one, 0) + at(one, 2) / 2.0, at(one, 1) + at(one, 3) / 2.0))
            .collect();
    }
    let points: Vec<f64> =
        shape["points"].as_array().unwrap().iter().map(|part| part.as_f64().unwrap()).collect();
    let count = (points.len() / 2) as f64;
    let sum = |from: usize| points.iter().skip(from).step_by(2).sum::<f64>() / count;
    vec![(sum(0), sum(1))]
}

fn judge(made: &Made, found: Option<&Value>, new: &[Edited], words: &BTreeMap<usize, Vec<Value>>) -> Fate {
    let line = made.line.unwrap_or_default();
    let expected = new.iter().enumerate().find_map(|(page, edited)| {
        let is_there = |from: &Option<(usize, usize)>| match made.line {
            Some(_) => *from == Some((made.page, line)),
            None => from.is_some_and(|(page, _)| page == made.page),
        };
        edited.from.iter().position(is_there).map(|line| (page, line))
    });
    let Some((page, line)) = expected else {
        return if found.is_none() { Fate::RightlyLost } else { Fate::Wrong };
    };
    let Some(found) = found else { return Fate::Lost };
    if found["page"].as_u64() != Some(page as u64 + 1) {
        return Fate::Wrong;
    }
    if made.line.is_none() {
        return Fate::Right;
    }
    let before: usize = new[page].lines[..line].iter().map(Vec::len).sum();
    let targets: Vec<&Value> = made.words.iter().map(|at| &words[&(page + 1)][before + at]).collect();
    let (left, right) =
        (number(targets[0], "x"), targets.last().map(|word| number(word, "x") + number(word, "w")).unwrap());
    let (top, bottom) = (number(targets[0], "y"), number(targets[0], "y") + number(targets[0], "h"));
    let is_over = |(x, y): &(f64, f64)| {
        *x > left - 0.01 && *x < right + 0.01 && *y > top - 0.002 && *y < bottom + 0.002
    };
    if middle(&found["shape"]).iter().all(is_over) { Fate::Right } else { Fate::Wrong }
}

async fn replace(app: &TestApp, paper: PaperId, bytes: &[u8]) -> VersionId {
    let upload = upload(app, "to-trinh-2.pdf", bytes).await.unwrap();
    let secretary = actor(app, "secretary").await;
    let mut tx = app.app.db.write().await.unwrap();
    let version =
        actions::add_version(&mut tx, &secretary, paper, &upload, crate::harness::noon()).await.unwrap();
    tx.commit().await.unwrap();
    app.run_jobs().await;
    version
}

on_both! {
    async fn annotations_are_found_again_on_a_new_version(app) {
        let mut dice = Dice(20_261_124);
        let old = corpus(&mut dice);
        let (paper, first) = ready(&app, "Báo cáo", &file(&old)).await;
        let_read(&app, paper, &[("delegate1", false)]).await;
        let mut maker = app.sign_in("delegate1").await;
        let made = annotate(&mut maker, first, &mut dice).await;
        let new = edited(&old, &mut dice);
        let pages: Vec<Page> = new.iter().map(|page| page.lines.clone()).collect();
        let second = replace(&app, paper, &file(&pages)).await;

        let listed = listed(&mut maker, second).await;
        let found: BTreeMap<AnnotationId, &Value> = listed["annotations"].as_array().unwrap().iter()
            .map(|one| (one["id"].as_str().unwrap().parse().unwrap(), one)).collect();
        let lost = listed["lost"].as_array().unwrap();
        assert_eq!(found.len() + lost.len(), made.len(), "every annotation is somewhere");
        let mut words_of = BTreeMap::new();
        for page in 1..=pages.len() {
            words_of.insert(page, words(&mut maker, second, page).await);
        }
        let fates: Vec<Fate> =
            made.iter().map(|(id, made)| judge(made, found.get(id).copied(), &new, &words_of)).collect();
        let count = |fate: Fate| fates.iter().filter(|one| **one == fate).count();
        let (right, wrong, missed) = (count(Fate::Right), count(Fate::Wrong), count(Fate::Lost));
        println!("re-anchored {right} right, {wrong} wrong, {missed} listed though there, {} rightly listed of {}", count(Fate::RightlyLost), made.len());
        assert!(made.len() >= 200, "{}", made.len());
        assert!(right * 100 >= (right + wrong + missed) * 95, "{right} of {}", right + wrong + missed);
        assert!(wrong * 100 <= made.len(), "{wrong} stand on other words");
        assert!(count(Fate::RightlyLost) >= 8, "page 8 is gone and what was on it is listed");
        assert!(lost.iter().all(|one| one["url"].as_str().unwrap().starts_with(&papers::urls::reader(first))));
    }

    async fn a_lost_note_is_listed_with_its_old_page(app) {
        let (paper, first) = ready(&app, "Tờ trình", &pdf(&["Điều 1 Phạm vi", "Điều 2 Kinh phí thực hiện"])).await;
        let_read(&app, paper, &[("delegate1", false)]).await;
        let mut maker = app.sign_in("delegate1").await;
        maker.post(&urls::notes(first), &[("page", "2"), ("text", "Nguồn nào?")]).await;
        maker.post(&urls::notes(first), &[("page", "1"), ("text", "Quá rộng")]).await;
        let second = replace(&app, paper, &pdf(&["Bìa", "Điều 1 Phạm vi"])).await;
        let page = maker.get(&urls::notes(second)).await;
        let seen = page.visible_text();
        assert!(seen.contains("Không còn chỗ trong bản này") && seen.contains("Nguồn nào?"), "{seen}");
        assert!(seen.contains("Đã chuyển từ trang 1"), "{seen}");
        assert!(page.text().contains(&papers::urls::page_image(first, 2, 640)), "the old page is shown");
        // The first version keeps what was made on it.
        let old = listed(&mut maker, first).await;
        assert_eq!((old["annotations"].as_array().unwrap().len(), old["lost"].as_array().unwrap().len()), (2, 0));
        assert_eq!(old["newest"], papers::urls::reader(second));
        // Back in a third version, it is found there.
        let third = replace(&app, paper, &pdf(&["Điều 2 Kinh phí thực hiện", "Điều 1 Phạm vi"])).await;
        assert_eq!(listed(&mut maker, third).await["lost"], json!([]));
    }

    async fn what_arrives_late_for_an_old_version_is_found_on_the_new(app) {
        let (paper, first) = ready(&app, "Tờ trình", &pdf(&["Điều 1 Phạm vi", "Điều 2 Kinh phí"])).await;
        let_read(&app, paper, &[("delegate1", false)]).await;
        let mut maker = app.sign_in("delegate1").await;
        let second = replace(&app, paper, &pdf(&["Bìa", "Điều 1 Phạm vi", "Điều 2 Kinh phí"])).await;
        assert_eq!(listed(&mut maker, second).await["annotations"], json!([]));
        keep(&mut maker, first, &[json!({ "id": AnnotationId::new(), "kind": "mark", "page": 2 })]).await;
        let found = listed(&mut maker, second).await;
        assert_eq!((found["annotations"][0]["page"].as_i64(), found["annotations"][0]["moved_from"].as_i64()), (Some(3), Some(2)));
    }

    async fn scanned_pages_are_known_by_their_pictures(app) {
        let scan = |grey: &[f64]| {
            let page = |builder: PdfBuilder, grey: &f64| builder.page_drawing(format!("{grey} g 90 90 300 400 re f").as_bytes());
            grey.iter().fold(PdfBuilder::new(), page).build()
        };
        let (paper, first) = ready(&app, "Bản quét", &scan(&[0.1, 0.5])).await;
        let_read(&app, paper, &[("delegate1", false)]).await;
        let mut maker = app.sign_in("delegate1").await;
        let stroke = |page: i64| json!({ "id": AnnotationId::new(), "kind": "ink", "page": page, "shape": { "points": [0.2, 0.2, 0.4, 0.4] } });
        keep(&mut maker, first, &[stroke(1), stroke(2)]).await;
        let second = replace(&app, paper, &scan(&[0.9, 0.5])).await;
        let found = listed(&mut maker, second).await;
        assert_eq!((found["annotations"].as_array().unwrap().len(), found["annotations"][0]["page"].as_i64()), (1, Some(2)));
        assert_eq!(found["lost"][0]["page"], 1);
    }
}
