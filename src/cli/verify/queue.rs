//! Work on many things at once, answered in their order.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};

/// Things begun and not yet answered, per worker: enough that a large file
/// does not make the others wait, few enough that memory stays flat.
const AHEAD: usize = 4;

/// How many workers keep this machine busy.
pub(super) fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Does `work` on each item, several at a time, and hands the answers to
/// `take` in the order of the items. `work` must not panic.
pub(super) fn each<T: Send, R: Send>(
    items: impl Iterator<Item = T>,
    workers: usize,
    work: impl Fn(T) -> R + Sync,
    mut take: impl FnMut(R),
) {
    let (window, workers) = (workers.saturating_mul(AHEAD).max(1), workers.max(1));
    let (give, given) = sync_channel::<(usize, T)>(window);
    let (answer, answers) = channel::<(usize, R)>();
    let given = Mutex::new(given);
    std::thread::scope(|scope| {
        let mut items = items.enumerate();
        let mut begun = 0;
        let mut early = BTreeMap::new();
        for next in 0.. {
            while begun < next + window
                && let Some(item) = items.next()
            {
                // No more workers than there is work.
                if begun < workers {
                    let answer = answer.clone();
                    scope.spawn(|| serve(&given, answer, &work));
                }
                begun += 1;
                if give.send(item).is_err() {
                    break;
                }
            }
            if next == begun {
                break;
            }
            if let Some(answered) = awaited(next, &answers, &mut early) {
                take(answered);
            }
        }
        // The workers end when nobody gives any more.
        drop(give);
    });
}

/// Works until nobody gives any more.
fn serve<T, R>(given: &Mutex<Receiver<(usize, T)>>, answer: Sender<(usize, R)>, work: &impl Fn(T) -> R) {
    let taken = || given.lock().unwrap_or_else(PoisonError::into_inner).recv().ok();
    while let Some((number, item)) = taken() {
        if answer.send((number, work(item))).is_err() {
            break;
        }
    }
}

/// The answer with this number; those that come before their turn wait.
fn awaited<R>(number: usize, answers: &Receiver<(usize, R)>, early: &mut BTreeMap<usize, R>) -> Option<R> {
    while !early.contains_key(&number) {
        let (other, answered) = answers.recv().ok()?;
        early.insert(other, answered);
    }
    early.remove(&number)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::each;

    #[test]
    fn answers_come_in_order_and_never_far_ahead() {
        let (begun, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let mut answers = Vec::new();
        let items = (0..1000).inspect(|_| {
            begun.fetch_add(1, Ordering::SeqCst);
        });
        each(
            items,
            3,
            |number| {
                let spin = if number % 7 == 0 { 20_000 } else { 10 };
                (0..spin).fold(number, |sum, one| std::hint::black_box(sum ^ one ^ one))
            },
            |answer| {
                answers.push(answer);
                most.fetch_max(begun.load(Ordering::SeqCst) - answers.len(), Ordering::SeqCst);
            },
        );
        assert_eq!(answers, (0..1000).collect::<Vec<_>>());
        assert!(most.load(Ordering::SeqCst) <= 13, "{most:?} were under way");
    }

    #[test]
    fn nothing_to_do_is_done() {
        each(std::iter::empty::<u8>(), 2, |one| one, |_| unreachable!("there is nothing"));
    }
}
