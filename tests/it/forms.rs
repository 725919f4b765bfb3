//! Forms with files, made to fill the memory or to lose what was typed.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, Bytes};
use axum::http::{Method, header};
use futures_util::stream;

use crate::harness::{Answer, Browser};
use crate::on_both;

const PIECE: usize = 64 << 10;
/// The service takes no more than this of a form that gives nothing, in bytes.
const MOST: usize = 3 << 20;

/// Sends a start, many times the same piece, and an end, the way a slow line
/// does; gives the answer and how many bytes the service took.
async fn send(
    browser: &mut Browser,
    path: &str,
    start: &str,
    (piece, times): (Vec<u8>, usize),
    end: &str,
) -> (Answer, usize) {
    let parts = [Bytes::from(start.to_owned())]
        .into_iter()
        .chain(std::iter::repeat_n(Bytes::from(piece), times))
        .chain([Bytes::from(end.to_owned())]);
    let taken = Arc::new(AtomicUsize::new(0));
    let counted = taken.clone();
    let parts = parts.map(move |part| {
        counted.fetch_add(part.len(), Ordering::Relaxed);
        Ok::<_, Infallible>(part)
    });
    let request = browser
        .request(Method::POST, path)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .body(Body::from_stream(stream::iter(parts)))
        .unwrap();
    let answer = browser.send(request).await;
    (answer, taken.load(Ordering::Relaxed))
}

fn letters() -> Vec<u8> {
    vec![b'a'; PIECE]
}

on_both! {
    async fn what_does_not_end_is_not_kept_in_memory(app) {
        let mut drafter = app.sign_in("drafter").await;
        let starts = [
            ("before the first part", "words and words"),
            ("the head of a part", "--edge\r\nContent-Disposition: form-data; name=\"subject"),
            ("the words of a field", "--edge\r\nContent-Disposition: form-data; name=\"subject\"\r\n\r\n"),
        ];
        for path in ["/outgoing/draft", "/verify"] {
            for (what, start) in starts {
                if (path, what) == ("/verify", "the words of a field") {
                    continue; // No field of that page has words: they are passed over.
                }
                let (answer, taken) = send(&mut drafter, path, start, (letters(), 512), "").await;
                assert_eq!(answer.status, 422, "{path}: {what}");
                assert!(taken < MOST, "{path}: {taken} bytes were taken of {what}");
            }
        }
    }

    async fn names_count_too(app) {
        let mut drafter = app.sign_in("drafter").await;
        let name = String::from_utf8(letters()).unwrap();
        let part = format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n\r\n").into_bytes();
        let (answer, taken) = send(&mut drafter, "/outgoing/draft", "", (part, 512), "").await;
        // The parser takes in one piece more with each part it gives.
        assert!(answer.status == 422 && taken < 2 * MOST, "{taken} bytes of names");
    }

    async fn words_behind_a_large_file_that_is_refused_come_back(app) {
        let mut drafter = app.sign_in("drafter").await;
        let start = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"MẬT.pdf\"\r\n\r\n";
        let end = "\r\n--edge\r\nContent-Disposition: form-data; name=\"subject\"\r\n\r\nChỉnh trang hẻm\r\n--edge--\r\n";
        let (answer, taken) = send(&mut drafter, "/outgoing/draft", start, (letters(), 128), end).await;
        assert_eq!((answer.status, taken > 8 << 20), (422, true));
        assert!(answer.text().contains("Chỉnh trang hẻm"), "{}", answer.visible_text());
    }

    async fn a_large_file_comes_in_whole_piece_by_piece(app) {
        let mut secretary = app.sign_in("secretary").await;
        let start = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n";
        let (answer, taken) = send(&mut secretary, "/verify", start, (letters(), 64), "\r\n--edge--\r\n").await;
        assert_eq!(taken, start.len() + 64 * PIECE + 12);
        // It was read to its end, and judged: it is no PDF.
        assert_eq!(answer.status, 200, "{}", answer.visible_text());
    }
}
